"""What every page is: a widget with a key, a title, and the manners of refreshing only when it is seen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from app.ui.desk import Desk
from app.ui.jobs import Changes


class Page(QWidget):
    """Base of all pages. Subclasses set `key`, `title` and `shows`, and implement `refresh`."""

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    #: A change that touches this makes the page refresh.
    shows: ClassVar[Changes] = Changes()
    shortcut: ClassVar[str] = ""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._is_stale = True
        self.setObjectName(f"page-{self.key}")
        self.setAccessibleName(self.title)
        desk.company_changed.connect(self._on_company_changed)
        desk.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again what the page shows. Called only while it is visible."""

    def reveal(self, what: Any) -> None:
        """Select and show one thing (a document id, a setting's name); called after the page came to front."""

    def take_focus(self) -> None:
        """Let the keys work at once; called when the page comes to front."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def unsaved(self) -> str | None:
        """One sentence that names what would be lost if the page went away now; None when nothing would."""
        return None

    def mark_stale(self) -> None:
        """Refresh now if visible, else when the page is next shown."""
        self._is_stale = True
        if self.isVisible():
            self._refresh_if_stale()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._refresh_if_stale()

    def _refresh_if_stale(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.refresh()

    @Slot(object)
    def _on_company_changed(self, _company: object) -> None:
        self.mark_stale()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if self.shows.touches(changes):
            self.mark_stale()
