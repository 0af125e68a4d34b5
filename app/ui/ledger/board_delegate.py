"""Paints the board's cells: icon and word of the month, the days left below; the client with its terms."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.ledger.board_model import CellRole, RowRole
from app.ui.ledger.facts import BoardRow, Cell
from app.ui.ledger.words import days_tone, days_words, is_waiting, look_of_month
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import pixmap
from app.ui.theme.style import theme
from app.ui.theme.tokens import Tone

Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
#: The widest word that a month's cell must show whole.
_WIDEST = "Denetlendi"


def row_height(metrics: QFontMetrics) -> int:
    """Two lines and their room."""
    return max(tokens.ROW_PX, 2 * metrics.height() + tokens.S)


def month_width(metrics: QFontMetrics) -> int:
    """Icon, the widest word, room."""
    return tokens.S + tokens.ICON_PX + tokens.XS + metrics.horizontalAdvance(_WIDEST) + tokens.XS


class BoardDelegate(QStyledItemDelegate):
    """For BoardModel only."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = QFontMetrics(option.font)
        return QSize(month_width(metrics), row_height(metrics))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme().palette
        rect: QRect = option.rect
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, QColor(colours.selection))
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        cell = index.data(CellRole)
        if isinstance(cell, Cell):
            self._paint_month(painter, option, cell, is_selected=is_selected)
        else:
            row = index.data(RowRole)
            if isinstance(row, BoardRow):
                self._paint_client(painter, option, row, is_selected=is_selected)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def _paint_client(
        self, painter: QPainter, option: QStyleOptionViewItem, row: BoardRow, *, is_selected: bool
    ) -> None:
        colours = theme().palette
        inside = option.rect.adjusted(tokens.S, tokens.XS, -tokens.S, -tokens.XS)
        metrics = QFontMetrics(option.font)
        half = inside.height() // 2
        painter.setFont(option.font)
        painter.setPen(QColor(colours.text))
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideMiddle, inside.width())
        painter.drawText(inside.adjusted(0, 0, 0, -half), _LEFT, title)
        quiet = colours.text if is_selected else colours.quiet
        painter.setPen(QColor(colours.error if row.fault else quiet))
        words = metrics.elidedText(row.fault or row.terms, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside.adjusted(0, half, 0, 0), _LEFT, words)

    def _paint_month(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell, *, is_selected: bool) -> None:
        if cell.state is None and not cell.is_expected:
            return
        colours = theme().palette
        look = look_of_month(cell.state)
        said: str
        tone: Tone
        inside = option.rect.adjusted(tokens.S, tokens.XS, 0, -tokens.XS)
        half = inside.height() // 2
        upper, lower = inside.adjusted(0, 0, 0, -half), inside.adjusted(0, half, 0, 0)
        ratio = painter.device().devicePixelRatioF()
        top = upper.top() + (upper.height() - tokens.ICON_PX) // 2
        painter.drawPixmap(upper.left(), top, pixmap(look.icon, look.tone, ratio=ratio))
        words = upper.adjusted(tokens.ICON_PX + tokens.XS, 0, 0, 0)
        metrics = QFontMetrics(option.font)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.quiet if cell.state is None and not is_selected else colours.text))
        painter.drawText(words, _LEFT, metrics.elidedText(look.title, Qt.TextElideMode.ElideRight, words.width()))
        if cell.is_broken:
            said, tone = "arşiv sorunu", "error"
        elif cell.left is None or not is_waiting(cell.state):
            return
        else:
            said, tone = days_words(cell.left), days_tone(cell.left)
        if is_selected and tone == "quiet":
            tone = "text"
        painter.setFont(fonts.medium(option.font) if tone == "error" else option.font)
        painter.setPen(QColor(colours.tone(tone)))
        metrics = QFontMetrics(painter.font())
        painter.drawText(lower, _LEFT, metrics.elidedText(said, Qt.TextElideMode.ElideRight, lower.width()))
