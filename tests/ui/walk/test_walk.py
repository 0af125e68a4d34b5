"""A walk over every page at 1366×768, at 100 and 150 %, light and dark: nothing cut, faint, nameless or English."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from app.ui.theme.tokens import DARK, LIGHT, Palette
from tests.ui.walk.looking import LEAST_CONTRAST, contrast

Faults = dict[str, dict[str, list[str]]]
WALKER = Path(__file__).with_name("walker.py")
WHATS = ("cut", "squeezed", "tabs", "nameless", "english", "contrast", "unreachable")
_walked: dict[int, Faults] = {}


def walked(root: Path, percent: int, project: Path, place: Path) -> Faults:
    """One walk per scale serves all tests of it."""
    if percent not in _walked:
        mine = place / "ground"
        shutil.copytree(root, mine)
        environment = os.environ | {
            "QT_SCALE_FACTOR": f"{percent / 100:g}",
            "PYTHONPATH": str(project),
            "PYTHONUTF8": "1",
            "QT_QPA_PLATFORM": "offscreen",
        }
        done = subprocess.run(
            [sys.executable, str(WALKER), str(mine), str(percent)],
            env=environment,
            cwd=project,
            capture_output=True,
            timeout=240,
            check=False,
        )
        said = done.stderr.decode("utf-8", "replace")
        assert done.returncode == 0, said[-3000:]
        _walked[percent] = json.loads(done.stdout.decode("utf-8").strip().splitlines()[-1])
    return _walked[percent]


@pytest.mark.slow
@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("percent", [100, 150])
def test_pages_are_whole(walk_ground: Path, project: Path, tmp_path: Path, percent: int, what: str) -> None:
    found = walked(walk_ground, percent, project, tmp_path)
    assert len(found) > 10
    faults = [f"{place}: {fault}" for place, all_ in found.items() for fault in all_.get(what, ())]
    assert not faults, "\n" + "\n".join(dict.fromkeys(faults))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize("ground", ["ground", "surface", "raised", "selection", "hover"])
@pytest.mark.parametrize("ink", ["text", "quiet", "accent", "ok", "wait", "warn", "error"])
def test_tokens_have_contrast(palette: Palette, ground: str, ink: str) -> None:
    if ground in ("selection", "hover") and ink != "text":
        # What stands on a selected row is asked below: there only the words of rows are drawn.
        ratio = contrast(QColor(getattr(palette, ink)), QColor(getattr(palette, ground)))
        assert ratio >= 3.0, f"{palette.name}: {ink} on {ground} has {ratio:.2f}"
        return
    ratio = contrast(QColor(getattr(palette, ink)), QColor(getattr(palette, ground)))
    assert ratio >= LEAST_CONTRAST, f"{palette.name}: {ink} on {ground} has {ratio:.2f}"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
def test_words_on_coloured_grounds_have_contrast(palette: Palette) -> None:
    pairs = [(palette.on_accent, palette.accent), (palette.on_accent, palette.accent_hover)]
    pairs += [(palette.text, palette.soft(tone)) for tone in ("ok", "wait", "warn", "error")]
    for ink, ground in pairs:
        assert contrast(QColor(ink), QColor(ground)) >= LEAST_CONTRAST, (palette.name, ink, ground)
