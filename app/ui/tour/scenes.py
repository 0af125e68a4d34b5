"""What a scene is, and the list of all of them. The `scenes_*` modules of this folder fill it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.ui.tour.stage import Stage

#: A widget is drawn when the scene has settled; a modal box draws itself, because it holds the event loop.
Play = Callable[["Stage"], QWidget | QPixmap]
_MODULES: Final = (
    "scenes_pages",
    "scenes_dialogs",
    "scenes_states",
    "scenes_later",
    "scenes_seals",
    "scenes_editor",
    "scenes_ledger",
    "scenes_ledger_dialogs",
    "scenes_settings",
    "scenes_papers",
)


class NotThere(Exception):
    """What the scene shows does not exist in this version, or the office holds nothing to show it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture. `play` brings it about and returns the widget to draw."""

    page: str
    state: str
    play: Play
    quick: bool

    @property
    def name(self) -> str:
        return f"{self.page}-{self.state}"


_SCENES: dict[str, Scene] = {}


def scene(page: str, state: str, *, quick: bool = False) -> Callable[[Play], Play]:
    """Put a function on the list. `quick` ones are drawn by `--quick` too."""

    def note(play: Play) -> Play:
        made = Scene(page=page, state=state, play=play, quick=quick)
        if made.name in _SCENES:
            raise ValueError(f"two scenes are called {made.name}")
        _SCENES[made.name] = made
        return play

    return note


def all_scenes(*, quick: bool = False, only: tuple[str, ...] = ()) -> list[Scene]:
    """The scenes in the order in which they were written down; `only` keeps those whose name has one of its parts."""
    for module in _MODULES:
        import_module(f"app.ui.tour.{module}")
    wanted = [s for s in _SCENES.values() if s.quick or not quick]
    return [s for s in wanted if not only or any(part in s.name for part in only)]
