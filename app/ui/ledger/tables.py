"""Small tables of ready texts, and the table view that all of them are shown in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.ui.lists.delegate import LinedDelegate
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import icon
from app.ui.theme.style import theme
from app.ui.theme.tokens import Tone

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
_MEASURED = 2_000
WhatRole = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column's title, its width in characters (0 takes what is left), and whether it holds figures.

    One that `gives_way` is left out where the screen is too narrow for all.
    """

    title: str
    width: int
    is_number: bool = False
    gives_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A row's texts; `what` is handed out, `tone` and `icon` stand before the first cell."""

    texts: tuple[str, ...]
    what: Any = None
    icon: str = ""
    tone: Tone = "wait"
    is_strong: bool = False


class TextModel(QAbstractTableModel):
    """GUI thread only; rows are set whole."""

    def __init__(self, columns: Sequence[TextColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: list[TextRow] = []

    @property
    def rows(self) -> Sequence[TextRow]:
        return self._rows

    def set_rows(self, rows: Sequence[TextRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

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
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return row.texts[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if self.columns[column].is_number else LEFT
            case Qt.ItemDataRole.DecorationRole:
                return icon(row.icon, row.tone) if row.icon and column == 0 else None
            case Qt.ItemDataRole.FontRole:
                view = self.parent()
                base = view.font() if isinstance(view, QWidget) else None
                return fonts.medium(base) if row.is_strong and base is not None else None
            case _ if role == WhatRole:
                return row.what
        return None


class _Delegate(LinedDelegate):
    """Cells begin where their header's words begin."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(theme().palette.selection))
        painter.setPen(QColor(theme().palette.line))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(tokens.XS + 1, 0, -tokens.XS - 1, 0)
        super().paint(painter, inner, index)


class RowTable(QTableView):
    """Rows only, our line under each; columns of width 0 share what room the others leave."""

    def __init__(self, title: str, columns: Sequence[TextColumn], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self.setAccessibleName(title)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Delegate(self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFont(fonts.tabular(self.font()))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(max(tokens.ROW_PX, self.fontMetrics().height() + 2 * tokens.XS))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(1)

    def set_columns(self, columns: Sequence[TextColumn]) -> None:
        """Other columns for another kind of rows; the model changes its own."""
        for place in range(len(self._columns)):
            self.setColumnHidden(place, False)
        self._columns = tuple(columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_room()

    def share_room(self) -> None:
        """Give each column its width; the loose ones what is left."""
        if self.model() is None:
            return
        each = self.fontMetrics().averageCharWidth()
        fixed = {i: self._width(i, column) for i, column in enumerate(self._columns) if column.width}
        loose = [i for i, column in enumerate(self._columns) if not column.width]
        least = sum(fixed.values()) + len(loose) * each * 10
        for place, column in enumerate(self._columns):
            if column.gives_way:
                is_hidden = least > self.viewport().width()
                self.setColumnHidden(place, is_hidden)
                if is_hidden:
                    least -= fixed.pop(place, 0)
        room = max(0, self.viewport().width() - sum(fixed.values()))
        for place, width in fixed.items():
            self.setColumnWidth(place, width)
        for place in loose:
            self.setColumnWidth(place, max(each * 10, room // len(loose)))

    def _width(self, place: int, column: TextColumn) -> int:
        """Figures are as wide as they are, for a cut amount would be a wrong one."""
        metrics, model = self.fontMetrics(), self.model()
        if not column.is_number:
            return metrics.averageCharWidth() * column.width + 2 * tokens.S
        if not isinstance(model, TextModel):
            least = metrics.horizontalAdvance("0") * column.width
            return max(least, metrics.horizontalAdvance(column.title)) + 2 * tokens.S + tokens.XS
        # The last rows too: sums are the longest figures and stand at the end.
        seen = [*model.rows[:_MEASURED], *model.rows[-1:]]
        texts = [column.title, *(row.texts[place] for row in seen)]
        bold = QFontMetrics(fonts.medium(self.font()))
        return max(bold.horizontalAdvance(text) for text in texts) + 2 * tokens.S + tokens.XS
