"""Filter chips: a word with the count of what it would show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget


class Chip(QPushButton):
    """Checkable; put several into an exclusive QButtonGroup where only one may hold. `count` None shows none."""

    def __init__(self, text: str, parent: QWidget | None = None, *, key: str = "", count: int | None = None) -> None:
        super().__init__(parent)
        self.key = key or text
        self._title = text
        self._count = count
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._show()

    @property
    def count(self) -> int | None:
        return self._count

    def set_count(self, count: int | None) -> None:
        """Show how many there are; thousands with a dot."""
        if count != self._count:
            self._count = count
            self._show()

    def _show(self) -> None:
        number = "" if self._count is None else f"  {self._count:,}".replace(",", ".")
        self.setText(f"{self._title}{number}")
        self.setAccessibleName(self._title if self._count is None else f"{self._title}, {self._count}")
