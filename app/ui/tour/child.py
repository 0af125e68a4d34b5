"""One child of the tour: one scale, both themes, every scene. A scene that fails is noted, the others go on."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.ui.app import make_application
from app.ui.theme.style import theme
from app.ui.tour import ground
from app.ui.tour.scenes import NotThere, Scene, all_scenes
from app.ui.tour.stage import Stage

log = logging.getLogger(__name__)
THEMES: Final = ("light", "dark")


def play_all(source: Path, out: Path, *, scale: int, quick: bool, only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Play in a copy of the ground, so that every scale sees the same office."""
    root = source / f"scale-{scale}"
    root.mkdir()
    for part in source.iterdir():
        if part.is_dir() and part.name in ("data", "empty", "new", "crowd"):
            shutil.copytree(part, root / part.name)
        elif part.is_file():
            shutil.copy(part, root)
    report: dict[str, Any] = {"pictures": [], "missing": [], "failed": []}
    app = make_application()
    with ground.opened(root) as (office, sandbox):
        theme().apply(THEMES[0])
        stage = Stage(office, sandbox, root, scale=scale / 100)
        try:
            for name in THEMES:
                theme().apply(name)
                stage.settle()
                for scene in all_scenes(quick=quick, only=only):
                    _play(stage, scene, out / f"{scene.name}-{name}-{scale}.png", report)
        finally:
            stage.close()
    app.processEvents()
    return report


def _play(stage: Stage, scene: Scene, picture: Path, report: dict[str, Any]) -> None:
    try:
        shown = scene.play(stage)
        if isinstance(shown, QWidget):
            # The first drawing of a freshly shown widget may come before its last layout.
            shown.grab()
            stage.wait(30)
            shown = shown.grab()
        if not shown.save(str(picture), "PNG"):
            raise OSError(f"{picture} could not be written")
        report["pictures"].append(picture.name)
    except (NotThere, ImportError, AttributeError, LookupError, TypeError) as absent:
        log.info("scene %s is missing", scene.name, exc_info=absent)
        report["missing"].append(f"{picture.stem}: {type(absent).__name__} {absent}")
    except Exception as error:  # the other scenes are still wanted
        log.exception("scene %s", scene.name)
        report["failed"].append(f"{picture.stem}: {type(error).__name__} {error}")
    finally:
        stage.clear()
