"""How the editor's window was left: places, splitters, folds and columns, kept from one invoice to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from app.ui.memory import memory_of

if TYPE_CHECKING:
    from app.ui.editor.window import EditorWindow

_KEY: Final = "editor"
_FIRST_SIZE: Final = (1500, 900)


class Room(QObject):
    """Restores when it is made; folds and columns are kept at once, the rest by `keep`."""

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._window = window
        self._memory = memory_of(window.desk)
        self._restore()
        window.form.section_folded.connect(self._on_section_folded)
        window.form.columns_chosen.connect(self._on_columns_chosen)

    def _restore(self) -> None:
        window, memory = self._window, self._memory
        if not memory.restore_geometry(window, _KEY):
            screen = window.screen().availableSize()
            window.resize(min(_FIRST_SIZE[0], screen.width()), min(_FIRST_SIZE[1], screen.height()))
        if not memory.restore_splitter(window.split, _KEY):
            window.split.setSizes([620, 380])
        if not memory.restore_splitter(window.right, f"{_KEY}/right"):
            window.right.setSizes([550, 450])
        # A splitter that was moved by hand stays; one that was not goes on sharing the room by need.
        is_shared = not memory.restore_splitter(window.form, f"{_KEY}/form")
        folded = memory.get(f"{_KEY}/folded", {})
        columns = memory.get(f"{_KEY}/columns", [])
        window.form.restore_room(
            folded if isinstance(folded, dict) else {},
            [str(key) for key in columns] if isinstance(columns, list) else [],
            is_shared=is_shared,
        )

    def keep(self) -> None:
        """When the window closes."""
        window, memory = self._window, self._memory
        memory.keep_geometry(window, _KEY)
        memory.keep_splitter(window.split, _KEY)
        memory.keep_splitter(window.right, f"{_KEY}/right")
        if not window.form.is_shared:
            memory.keep_splitter(window.form, f"{_KEY}/form")

    @Slot(str, bool)
    def _on_section_folded(self, key: str, folded: bool) -> None:
        known = self._memory.get(f"{_KEY}/folded", {})
        self._memory.set(f"{_KEY}/folded", (known if isinstance(known, dict) else {}) | {key: folded})

    @Slot(list)
    def _on_columns_chosen(self, keys: list[str]) -> None:
        self._memory.set(f"{_KEY}/columns", keys)
