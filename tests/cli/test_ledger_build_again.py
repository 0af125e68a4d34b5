"""A sealed month is built again on the user's word only; SIGKILL on the way leaves the old files or the new ones."""

from __future__ import annotations

import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from app.signing.soft import TestSealer
from tests.workflows.test_ledger_life import countersigned, gib

from .test_ledger_build_commands import source
from .test_ledger_build_crash import muhurdar, office

__all__ = ["gib", "office"]
CANCELLED = "İPTAL EDİLENLER-SİLİNENLER"


def build_words(vkn: str, out: Path, *more: str) -> tuple[Any, ...]:
    return ("ledger", "build", "--company", vkn, "--period", "2026-01", "--out", out, "--seal", "test", "--json", *more)


def files_in(out: Path, *, cancelled: bool) -> dict[str, str]:
    """Name and SHA-256 of the signed files that stand in the month, or in its folder of cancelled ones."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.suffix in (".xml", ".zip") and (path.parent.name == CANCELLED) is cancelled
    }


@pytest.fixture
def sealed(office: tuple[Path, str], tmp_path: Path) -> tuple[Path, str, Path, dict[str, str]]:
    """January sealed in two parts."""
    folder, vkn = office
    out = tmp_path / "defterler"
    built = muhurdar(folder, *build_words(vkn, out, "--split-after", "2026-01-15"))
    assert built.returncode == 0, built.stderr
    before = files_in(out, cancelled=False)
    assert len(before) == 12
    return folder, vkn, out, before


def test_a_sealed_month_is_not_built_again_unasked(sealed: tuple[Path, str, Path, dict[str, str]]) -> None:
    folder, vkn, out, before = sealed
    refused = muhurdar(folder, *build_words(vkn, out))
    assert refused.returncode == 1 and "imzalı dosyalara dokunulmadı" in refused.stderr
    assert "geri alın" in refused.stderr
    assert files_in(out, cancelled=False) == before and not files_in(out, cancelled=True)


def test_files_that_no_record_knows_are_not_written_over(
    sealed: tuple[Path, str, Path, dict[str, str]], tmp_path: Path, company_file: Path
) -> None:
    _folder, vkn, out, before = sealed
    other = tmp_path / "yeni veri"
    assert muhurdar(other, "company", "add", "--from", tmp_path / "firma.json").returncode == 0
    taken = muhurdar(other, "ledger", "import", source(tmp_path / "01.csv", 2026, 1, 6), "--company", vkn)
    assert taken.returncode == 0, taken.stderr
    refused = muhurdar(other, *build_words(vkn, out))
    assert refused.returncode == 1 and "imzalı dosyalara dokunulmadı" in refused.stderr
    assert files_in(out, cancelled=False) == before


def test_built_again_the_old_files_lie_aside_and_no_part_of_theirs_stays(
    sealed: tuple[Path, str, Path, dict[str, str]],
) -> None:
    folder, vkn, out, before = sealed
    again = muhurdar(folder, *build_words(vkn, out, "--again"))
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert len(told["set_aside"]) == 12 and told["parts"] == 1
    assert files_in(out, cancelled=True) == before
    assert {name[-10:-4] for name in files_in(out, cancelled=False)} == {"000000"}
    assert muhurdar(folder, "ledger", "verify", out).returncode == 0
    # Once more: the earlier files of a name stay where they are.
    assert muhurdar(folder, *build_words(vkn, out, "--again")).returncode == 0
    assert before.items() <= files_in(out, cancelled=True).items() and len(files_in(out, cancelled=True)) == 18


def test_a_filed_month_is_never_built_again(sealed: tuple[Path, str, Path, dict[str, str]]) -> None:
    folder, vkn, out, before = sealed
    filed = muhurdar(folder, "ledger", "filed", "--company", vkn, "--period", "2026-01")
    assert filed.returncode == 0, filed.stderr
    refused = muhurdar(folder, *build_words(vkn, out, "--again"))
    assert refused.returncode == 1 and "GİB'e yüklenmiş" in refused.stderr
    assert files_in(out, cancelled=False) == before


# Twelve old files leave their places, then six new ones come.
@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("at", ["number", "built", "book:1", "book:7", "book:12", "book:13", "book:16", "moved"])
def test_a_killed_rebuild_leaves_the_old_month_or_the_new_one(
    sealed: tuple[Path, str, Path, dict[str, str]], at: str, phase: str
) -> None:
    folder, vkn, out, before = sealed
    name, _, nth = at.partition(":")
    killed = muhurdar(
        folder, *build_words(vkn, out, "--again"), crash_at=f"ledger.{name}:{phase}" + (f":{nth}" if nth else "")
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # The next one who works on the month finishes what was begun.
    assert muhurdar(folder, *build_words(vkn, out)).returncode == 1
    now, aside = files_in(out, cancelled=False), files_in(out, cancelled=True)
    if name == "number" or (name == "built" and phase == "before"):
        assert now == before and not aside
    else:
        assert aside == before and len(now) == 6 and {one[-10:-4] for one in now} == {"000000"}
    assert muhurdar(folder, "ledger", "verify", out).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("at", ["taken_back:before", "taken_back:after", "book:before:5", "moved:before"])
def test_a_killed_undoing_leaves_the_month_sealed_or_open(
    sealed: tuple[Path, str, Path, dict[str, str]], at: str
) -> None:
    folder, vkn, out, before = sealed
    words = ("ledger", "takeback", "--company", vkn, "--period", "2026-01", "--out", out)
    killed = muhurdar(folder, *words, crash_at=f"ledger.{at}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    built = muhurdar(folder, *build_words(vkn, out))
    if at == "taken_back:before":
        assert built.returncode == 1 and files_in(out, cancelled=False) == before
    else:
        assert built.returncode == 0, built.stderr
        assert files_in(out, cancelled=True) == before and len(files_in(out, cancelled=False)) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_killed_report_is_there_whole_or_not_at_all(
    office: tuple[Path, str], tmp_path: Path, gib: TestSealer, phase: str
) -> None:
    folder, vkn = office
    out = tmp_path / "defterler"
    month = ("--company", vkn, "--period", "2026-01")
    assert muhurdar(folder, *build_words(vkn, out)).returncode == 0
    assert muhurdar(folder, "ledger", "filed", *month).returncode == 0
    berats = []
    for kind in ("YB", "KB"):
        (ours,) = out.rglob(f"*-{kind}-000000.xml")
        berats.append(tmp_path / f"GIB-{ours.name}")
        berats[-1].write_bytes(countersigned(ours, gib))
    assert muhurdar(folder, "ledger", "approve", *berats, *month, "--out", out).returncode == 0
    words = ("ledger", "report", *month, "--out", out, "--seal", "test")
    first = muhurdar(folder, *words)
    assert first.returncode == 0, first.stderr
    (report,) = out.rglob("*-DR-*.xml")
    before = report.read_bytes()
    killed = muhurdar(folder, *words, crash_at=f"ledger.reported:{phase}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # Taking the approval once more finishes what was begun and begins nothing new.
    assert muhurdar(folder, "ledger", "approve", *berats, *month, "--out", out).returncode == 0
    (now,) = (path for path in out.rglob("*-DR-*.xml") if path.parent.name != CANCELLED)
    aside = [path.read_bytes() for path in out.rglob("*-DR-*.xml") if path.parent.name == CANCELLED]
    assert (now.read_bytes() == before and not aside) if phase == "before" else (now.read_bytes() != before)
    assert aside == ([before] if phase == "after" else [])
    assert muhurdar(folder, "ledger", "verify", out).returncode == 0
