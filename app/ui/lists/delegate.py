"""Paints the cells of a document list by hand: state with its icon, countdown, placeholders, a line under each row."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from app.ui.lists.columns import Column, RowView
from app.ui.lists.document_model import DocumentModel
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import pixmap
from app.ui.theme.style import theme
from app.ui.theme.tokens import Tone
from app.ui.widgets.skeleton import paint_skeleton_row

Index = QModelIndex | QPersistentModelIndex
_VCENTER: Final = Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | _VCENTER)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | _VCENTER)
_WIDE: Final = ("partner_name", "company")


class RowDelegate(QStyledItemDelegate):
    """For DocumentModel only; DocumentTable paints through `paint_rows`. Nothing here asks SQL or formats."""

    def __init__(self, model: DocumentModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._colours: dict[str, QColor] = {}
        self._line = QPen(QColor(theme().palette.line), 1)
        self.take_font(QFont())
        theme().changed.connect(self._on_theme_changed)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._colours.clear()
        self._line = QPen(QColor(theme().palette.line), 1)

    def _colour(self, name: str) -> QColor:
        found = self._colours.get(name)
        if found is None:
            found = self._colours[name] = QColor(getattr(theme().palette, name))
        return found

    def take_font(self, font: QFont) -> None:
        """The view's font; said once and not asked for in each cell."""
        self._plain = fonts.tabular(font)
        self._medium = fonts.medium(self._plain)
        self._plain_metrics = QFontMetrics(self._plain)
        self._medium_metrics = QFontMetrics(self._medium)
        self._safe_px = self._medium_metrics.horizontalAdvance("M")

    def _fit(self, metrics: QFontMetrics, text: str, mode: Qt.TextElideMode, width: int) -> str:
        # Measuring costs more than drawing; most cells are surely short enough.
        return text if len(text) * self._safe_px < width else metrics.elidedText(text, mode, width)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column = self._model.columns[index.column()]
        return QSize(QFontMetrics(option.font).averageCharWidth() * column.width + 2 * tokens.S, tokens.ROW_PX)

    def paint_rows(self, painter: QPainter, table: QTableView, seen: QRect) -> None:
        """Paint all cells of `seen` at once.

        Cell by cell Qt comes into Python two hundred times a page, and each time a worker thread may be holding the
        interpreter's lock (measured while rows are read: pauses of 60 to 190 ms between two pages).
        """
        first = table.rowAt(seen.top())
        if first < 0:
            return
        last = table.rowAt(seen.bottom())
        last = self._model.rowCount() - 1 if last < 0 else last
        header = table.horizontalHeader()
        columns = [
            (place, table.columnViewportPosition(place), table.columnWidth(place))
            for place in range(header.count())
            if not header.isSectionHidden(place)
        ]
        shown = [c for c in columns if c[1] <= seen.right() and c[1] + c[2] > seen.left()]
        left = min((x for _, x, _ in shown), default=0)
        right = max((x + width for _, x, width in shown), default=0)
        chosen = table.selectionModel()
        current = table.currentIndex() if table.hasFocus() else QModelIndex()
        for row in range(first, last + 1):
            top, height = table.rowViewportPosition(row), table.rowHeight(row)
            is_selected = chosen.isSelected(self._model.index(row, 0))
            painter.fillRect(left, top, right - left, height, self._colour("selection" if is_selected else "surface"))
            painter.setPen(self._line)
            painter.drawLine(left, top + height - 1, right - 1, top + height - 1)
            view = self._model.seen(row)
            if view is None:
                if self._model.shows_skeletons:
                    for place, x, width in shown:
                        paint_skeleton_row(painter, QRect(x, top, width, height), row * 7 + place)
                continue
            for place, x, width in shown:
                self._paint_cell(painter, QRect(x, top, width, height), place, view, table)
            if row == current.row():
                # The keys act on the row, so the row has the ring; what is scrolled out of sight has none.
                ring = QRect(left, top, right - left, height).intersected(seen.adjusted(0, -height, 0, height))
                painter.setPen(QPen(self._colour("accent"), 1))
                painter.drawRect(ring.adjusted(0, 0, -1, -2))

    def _paint_cell(self, painter: QPainter, rect: QRect, place: int, view: RowView, table: QTableView) -> None:
        column = self._model.columns[place]
        inside = rect.adjusted(tokens.S, 0, -tokens.S, 0)
        is_unread = not view.record.is_read
        painter.setFont(self._medium if is_unread else self._plain)
        metrics = self._medium_metrics if is_unread else self._plain_metrics
        match column.kind:
            case "state":
                self._paint_state(painter, inside, view, metrics, table)
            case "due":
                self._paint_due(painter, inside, view, view.texts[place], table)
            case _:
                if view.texts[place]:
                    painter.setPen(self._colour("text"))
                    self._paint_text(painter, inside, column, view.texts[place], metrics)

    def _paint_text(self, painter: QPainter, rect: QRect, column: Column, text: str, metrics: QFontMetrics) -> None:
        if column.kind == "number":
            # A cut amount would be a wrong amount: what does not fit shows its end.
            fits = self._fit(metrics, text, Qt.TextElideMode.ElideLeft, rect.width())
            painter.drawText(rect, _RIGHT, fits)
            return
        mode = Qt.TextElideMode.ElideMiddle if column.key in _WIDE else Qt.TextElideMode.ElideRight
        painter.drawText(rect, _LEFT, self._fit(metrics, text, mode, rect.width()))

    def _paint_state(
        self, painter: QPainter, rect: QRect, view: RowView, metrics: QFontMetrics, widget: QWidget | None
    ) -> None:
        word_at = self._paint_icon(painter, rect, view.look.icon, view.look.tone, widget)
        painter.setPen(self._colour("text"))
        word = self._fit(metrics, view.look.title, Qt.TextElideMode.ElideRight, word_at.width())
        painter.drawText(word_at, _LEFT, word)
        if not view.step:
            return
        step_at = word_at.adjusted(metrics.horizontalAdvance(word) + tokens.S, 0, 0, 0)
        if step_at.width() < metrics.averageCharWidth() * 4:
            return
        painter.setFont(self._plain)
        painter.setPen(self._colour("quiet"))
        step = self._fit(self._plain_metrics, view.step, Qt.TextElideMode.ElideRight, step_at.width())
        painter.drawText(step_at, _LEFT, step)

    def _paint_due(self, painter: QPainter, rect: QRect, view: RowView, text: str, widget: QWidget | None) -> None:
        if not text:
            return
        if view.due_tone in ("warn", "error"):
            self._paint_icon(painter, rect, "clock" if view.due_tone == "warn" else "warn", view.due_tone, widget)
        painter.setPen(self._colour(view.due_tone))
        painter.drawText(rect, _RIGHT, text)

    def _paint_icon(self, painter: QPainter, rect: QRect, name: str, tone: Tone, widget: QWidget | None) -> QRect:
        """Draw the icon at the left; returns the room that is left for words."""
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        top = rect.top() + (rect.height() - tokens.ICON_PX) // 2
        painter.drawPixmap(rect.left(), top, pixmap(name, tone, ratio=ratio))
        return rect.adjusted(tokens.ICON_PX + tokens.XS + 2, 0, 0, 0)


class LinedDelegate(QStyledItemDelegate):
    """Qt's own cells with our line under each row and our room at the left; for small tables."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        # The whole row is what is chosen; a frame around one cell of it says nothing.
        option.state &= ~QStyle.StateFlag.State_HasFocus

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        painter.setPen(QPen(QColor(theme().palette.line), 1))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
