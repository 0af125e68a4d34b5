"""Running the tour: builds the ground, starts one child per scale, and lays the pictures on one sheet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from app.domain.errors import EnvironmentFault

#: Percent of the screen's own size.
SCALES: Final = (100, 150)
_GROUND, _SCALE = "MUHURDAR_TOUR_GROUND", "MUHURDAR_TOUR_SCALE"
#: For one child; the pictures of a slow machine take their time.
_DEADLINE_S: Final = 900.0


def run_tour(out: Path, *, quick: bool, say: Callable[[str], None], only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Draw all pictures into `out`. Returns {"pictures": […], "missing": […], "failed": […]}.

    `only` keeps to the scenes in whose name one of its parts occurs; other pictures in `out` stay as they are.
    Raises: EnvironmentFault (TOUR.CHILD) when a child ends without its report.
    """
    ground = os.environ.get(_GROUND)
    if ground:
        from app.ui.tour.child import play_all

        return play_all(Path(ground), out, scale=int(os.environ[_SCALE]), quick=quick, only=only)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        if not only or any(part in old.name for part in only):
            old.unlink()
    report: dict[str, Any] = {"pictures": [], "missing": [], "failed": []}
    with tempfile.TemporaryDirectory(prefix="muhurdar-tur-", ignore_cleanup_errors=True) as folder:
        from app.ui.tour.ground import build

        say("Deneme ofisi hazırlanıyor")
        build(Path(folder), quick=quick)
        for scale in SCALES:
            say(f"%{scale} ölçekte çiziliyor")
            for key, values in _child(Path(folder), out, scale, quick=quick, only=only).items():
                report[key].extend(values)
    from app.ui.tour.contact import write_index

    # Pictures that were not asked for this time are on the sheet too.
    write_index(out, report | {"pictures": sorted(path.name for path in out.glob("*.png"))} if only else report)
    return report


def _child(ground: Path, out: Path, scale: int, *, quick: bool, only: tuple[str, ...]) -> dict[str, Any]:
    environment = os.environ | {
        _GROUND: str(ground),
        _SCALE: str(scale),
        "QT_SCALE_FACTOR": f"{scale / 100:g}",
        "MUHURDAR_DATA_DIR": str(ground / "log"),
        "PYTHONUTF8": "1",
    }
    if sys.platform.startswith("linux"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        if os.geteuid() == 0:
            # Chromium refuses its sandbox to root; containers only.
            environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    command = [*program, "tour", "--out", str(out), "--json", *(["--quick"] if quick else [])]
    command += ["--only", ",".join(only)] if only else []
    done = subprocess.run(command, env=environment, capture_output=True, timeout=_DEADLINE_S, check=False)
    text = done.stdout.decode("utf-8", "replace")
    try:
        report: dict[str, Any] = json.loads(text[text.index("{") :])
    except ValueError as error:
        raise EnvironmentFault(
            "TOUR.CHILD",
            f"%{scale} ölçekteki çizim yarıda kaldı.",
            why=f"Çizen süreç {done.returncode} koduyla bitti.",
            todo="Günlüğe bakın; ekran sürücüsü olmayan bir makinede QT_QPA_PLATFORM=offscreen gerekir.",
            raw_text=done.stderr.decode("utf-8", "replace")[-2000:],
        ) from error
    if "pictures" not in report:
        raise EnvironmentFault("TOUR.CHILD", str(report.get("error", {}).get("message", "Çizim yarıda kaldı.")))
    return report
