"""Runs the walker over one theme and scale and gives its faults; shared by the files of the walk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

Faults = dict[str, dict[str, list[str]]]
WALKER = Path(__file__).with_name("walker.py")
#: What depends on theme and scale; names, language and keys do not.
SEEN = ("cut", "squeezed", "tabs", "contrast")
_LEAST_PLACES = 40
_DEADLINE_S = 240


def walk(ground: Path, project: Path, place: Path, *, percent: int, theme: str, looks: tuple[str, ...]) -> Faults:
    """{scene: {look: faults}} over every page, dialog and window."""
    mine = place / "ground"
    shutil.copytree(ground, mine)
    environment = os.environ | {
        "QT_SCALE_FACTOR": f"{percent / 100:g}",
        "PYTHONPATH": str(project),
        "PYTHONUTF8": "1",
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, str(WALKER), str(mine), str(percent), theme, ",".join(looks)],
        env=environment,
        cwd=project,
        capture_output=True,
        timeout=_DEADLINE_S,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, said[-3000:]
    found: Faults = json.loads(done.stdout.decode("utf-8").strip().splitlines()[-1])
    assert len(found) > _LEAST_PLACES
    return found


def told(found: Faults, look: str) -> str:
    """All faults of one look as lines; empty when there are none."""
    return "\n".join(
        dict.fromkeys(f"{place}: {fault}" for place, all_ in found.items() for fault in all_.get(look, ()))
    )
