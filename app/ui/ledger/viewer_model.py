"""Rows of an open ledger file by their places; a block of them is read when it is seen, and no more is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.ui.desk import Desk
from app.ui.ledger.tables import LEFT, NOWHERE, RIGHT, Index, TextColumn, WhatRole

_BLOCK: Final = 200
_KEPT: Final = 4_000
#: (row as it was read, its texts)
Row = tuple[Any, tuple[str, ...]]
Read = Callable[[Sequence[int]], list[Row]]


class SpanModel(QAbstractTableModel):
    """GUI thread only. `failed` when a block could not be read: the file is gone or has changed."""

    failed = Signal(object)
    loaded = Signal()

    def __init__(self, desk: Desk, columns: Sequence[TextColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.columns = tuple(columns)
        self._places: Sequence[int] = ()
        self._read: Read | None = None
        self._asked = 0
        self._cache: dict[int, Row] = {}
        self._wanted: list[int] = []
        self._is_fetching = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fetch)

    @property
    def places(self) -> Sequence[int]:
        """What the rows stand for, in their order."""
        return self._places

    def set_places(self, places: Sequence[int], read: Read | None, columns: Sequence[TextColumn] = ()) -> None:
        """Show these; `read` turns places into rows, off the GUI thread."""
        self.beginResetModel()
        self._asked += 1
        self._places, self._read = places, read
        if columns:
            self.columns = tuple(columns)
        self._cache.clear()
        self._wanted.clear()
        self.endResetModel()

    def row_at(self, place: int) -> Any:
        """The row as it was read; None while it is not there yet."""
        row = self._cache.get(place)
        return None if row is None else row[0]

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._places)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.columns[section].is_number else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._places):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self.columns[index.column()].is_number else LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, WhatRole):
            return None
        row = self._cache.get(index.row())
        if row is None:
            self._want(index.row())
            return None
        return row[0] if role == WhatRole else row[1][index.column()]

    def _want(self, place: int) -> None:
        block = place // _BLOCK
        if block not in self._wanted:
            self._wanted.append(block)
            # Who scrolls fast leaves blocks behind; they ask again when seen.
            del self._wanted[:-3]
        if not self._is_fetching:
            self._soon.start()

    @Slot()
    def _fetch(self) -> None:
        read = self._read
        if self._is_fetching or not self._wanted or read is None:
            return
        block, question = self._wanted.pop(), self._asked
        places = self._places[block * _BLOCK : (block + 1) * _BLOCK]
        self._is_fetching = True

        def work(_s: object) -> tuple[int, int, list[Row]]:
            return question, block, read(places)

        self._desk.read(work, self._on_rows, owner=self, failed=self._on_failed)

    def _on_rows(self, answer: tuple[int, int, list[Row]]) -> None:
        question, block, rows = answer
        self._is_fetching = False
        if question == self._asked and rows:
            if len(self._cache) > _KEPT:
                self._cache.clear()
            first = block * _BLOCK
            self._cache |= dict(enumerate(rows, start=first))
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, len(self.columns) - 1))
            self.loaded.emit()
        if self._wanted:
            self._soon.start()

    def _on_failed(self, error: AppError) -> None:
        self._is_fetching = False
        self._wanted.clear()
        self.failed.emit(error)
