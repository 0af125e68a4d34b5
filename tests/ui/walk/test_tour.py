"""The tour as a user starts it: pictures of both scales and themes and the sheet; a missing widget stops nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.ui.tour import scenes
from app.ui.tour.contact import write_index


@pytest.mark.slow
def test_quick_tour_draws_every_look(tmp_path: Path, project: Path) -> None:
    out = tmp_path / "tur"
    done = subprocess.run(
        [sys.executable, "-m", "app", "tour", "--out", str(out), "--quick", "--data-dir", str(tmp_path / "veri")],
        cwd=project,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    for look in ("light-100", "dark-100", "light-150", "dark-150"):
        for name in ("bugun-tum-firmalar", "gelen-yanit-bekleyen", "giden-hata", "pencere-hata"):
            assert (out / f"{name}-{look}.png").stat().st_size > 10_000
    assert "gelen-yanit-bekleyen-dark-150.png" in (out / "index.html").read_text(encoding="utf-8")


def test_scenes_have_names_of_their_own() -> None:
    everything = scenes.all_scenes()
    assert len({s.name for s in everything}) == len(everything) > 40
    assert 0 < len(scenes.all_scenes(quick=True)) < len(everything)


def test_sheet_tells_what_is_missing(tmp_path: Path) -> None:
    report = {"pictures": ["a-b-light-100.png"], "missing": ["c-d-light-100: NotThere <x>"], "failed": []}
    page = write_index(tmp_path, report).read_text(encoding="utf-8")
    assert "a-b-light-100.png" in page and "NotThere &lt;x&gt;" in page and "Hatalı" not in page
