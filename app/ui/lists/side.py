"""What stands beside a list: the reading pane for one document, a summary with the bulk actions for several."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.ui.desk import Desk
from app.ui.lists.document_model import DocumentModel
from app.ui.lists.selection import Selection
from app.ui.lists.selection_panel import SelectionPanel

#: So many documents below and above the shown one are likely next; the pane draws them ahead.
_AHEAD = 2


class SidePane(QStackedWidget):
    """GUI thread only. `reading` is None in a build without the pane."""

    def __init__(self, desk: Desk, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.reading: Any = _reading_pane(desk, self)
        self.many = SelectionPanel(self)
        for part in (self.reading, self.many):
            if part is not None:
                self.addWidget(part)

    def show_one(self, document_id: int) -> None:
        """One document, and those around it drawn ahead."""
        if self.reading is None:
            return
        self.setCurrentWidget(self.reading)
        row = self._model.row_of(document_id)
        near = [row + step * way for step in range(1, _AHEAD + 1) for way in (1, -1)] if row >= 0 else []
        likely = [i for i in map(self._model.id_at, near) if i is not None]
        self.reading.show_document(document_id, neighbours=likely)

    def show_none(self) -> None:
        if self.reading is not None:
            self.setCurrentWidget(self.reading)
            self.reading.show_document(None)

    def show_many(self, selection: Selection, actions: Sequence[tuple[str, QAction]]) -> None:
        """What several are together, and what can be done with them."""
        self.many.show_selection(selection, list(actions))
        self.setCurrentWidget(self.many)


def _reading_pane(desk: Desk, parent: QWidget) -> Any:
    """The reading pane; None in a build without it."""
    try:
        found = find_spec("app.ui.reading.pane")
    except ModuleNotFoundError:
        return None
    return import_module("app.ui.reading.pane").ReadingPane(desk, parent) if found is not None else None
