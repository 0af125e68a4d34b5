"""A list of doors: rows of an icon, a title, something at the right, and one or two quiet lines. Enter opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui.theme import fonts, tokens
from app.ui.theme.icons import pixmap
from app.ui.theme.style import theme
from app.ui.theme.tokens import Tone

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOST_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. `details` are quiet lines below the title; `what` is the door: handed out when the row is opened."""

    title: str
    details: tuple[str, ...] = ()
    right: str = ""
    right_tone: Tone = "text"
    icon: str = ""
    tone: Tone = "wait"
    is_strong: bool = False
    is_header: bool = False
    #: Details after the first go on in further lines instead of being cut; the last one stands out (the next step).
    wraps: bool = False
    tip: str = ""
    what: Any = None

    @property
    def spoken(self) -> str:
        """For screen readers."""
        return ". ".join(part for part in (self.title, *self.details, self.right) if part)


class LineModel(QAbstractListModel):
    """The rows; set whole, for a list is short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    @property
    def lines(self) -> list[Line]:
        return self._lines

    def set_lines(self, lines: list[Line]) -> None:
        if lines == self._lines:
            return
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return line.spoken
            case Qt.ItemDataRole.ToolTipRole:
                return line.tip or "\n".join((line.title, *line.details))
            case Qt.ItemDataRole.UserRole:
                return line
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if index.isValid() and self._lines[index.row()].is_header:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)


class LineDelegate(QStyledItemDelegate):
    """Paints a Line; the row is as high as its lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        height = QFontMetrics(option.font).height()
        if line.is_header:
            return QSize(0, height + tokens.S + tokens.XS)
        details = sum(2 + self._detail_height(option, line, number) for number in range(len(line.details)))
        return QSize(0, max(tokens.ROW_PX, height + details + 2 * tokens.S))

    def _detail_height(self, option: QStyleOptionViewItem, line: Line, number: int) -> int:
        metrics = QFontMetrics(option.font)
        text = line.details[number]
        if not line.wraps or number == 0:
            return metrics.height()
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        room = width - 2 * tokens.S - (tokens.ICON_PX + tokens.S if line.icon else 0)
        needed = metrics.boundingRect(QRect(0, 0, room, 10_000), Qt.TextFlag.TextWordWrap, text).height()
        return min(needed, _MOST_LINES * metrics.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        colours = theme().palette
        rect: QRect = option.rect
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if line.is_header:
            painter.setPen(QColor(colours.quiet))
            painter.setFont(fonts.medium(option.font))
            area = rect.adjusted(tokens.S, tokens.XS, -tokens.S, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line.title)
            painter.restore()
            return
        if is_selected:
            painter.fillRect(rect, QColor(colours.selection))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.setPen(QColor(colours.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._paint_words(painter, option, line, is_selected=is_selected)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()

    def _paint_words(self, painter: QPainter, option: QStyleOptionViewItem, line: Line, *, is_selected: bool) -> None:
        colours = theme().palette
        rect: QRect = option.rect
        title_font = fonts.medium(option.font) if line.is_strong else option.font
        metrics, plain = QFontMetrics(title_font), QFontMetrics(option.font)
        x, y = rect.left() + tokens.S, rect.top() + tokens.S
        if not line.details:
            y = rect.top() + (rect.height() - metrics.height()) // 2
        if line.icon:
            ratio = painter.device().devicePixelRatioF()
            top = y + (metrics.height() - tokens.ICON_PX) // 2
            painter.drawPixmap(QPoint(x, top), pixmap(line.icon, line.tone, ratio=ratio))
            x += tokens.ICON_PX + tokens.S
        end = rect.right() - tokens.S
        room = end - x
        beside = 0
        if line.right:
            painter.setFont(fonts.medium(option.font) if line.right_tone != "text" else option.font)
            width = QFontMetrics(painter.font()).horizontalAdvance(line.right)
            # In a narrow column the name has its line to itself: whose it is counts more than the facts below.
            is_below = bool(line.details) and metrics.horizontalAdvance(line.title) > room - width - tokens.M
            below = metrics.height() + 2 if is_below else 0
            painter.setPen(QColor(colours.tone(line.right_tone)))
            place = QRect(end - width, y + below, width + 1, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, line.right)
            if is_below:
                beside = width + tokens.M
            else:
                room -= width + tokens.M
        painter.setFont(title_font)
        painter.setPen(QColor(colours.text))
        title = metrics.elidedText(line.title, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(x, y, room + 1, metrics.height()), Qt.AlignmentFlag.AlignVCenter, title)
        painter.setFont(option.font)
        # Quiet words would be too pale on a selected row.
        painter.setPen(QColor(colours.text if is_selected else colours.quiet))
        y += metrics.height()
        for number, detail in enumerate(line.details):
            if line.wraps and number == len(line.details) - 1:
                painter.setPen(QColor(colours.text))
            height = self._detail_height(option, line, number)
            place = QRect(x, y + 2, end - x, height)
            if height > plain.height():
                painter.drawText(place, Qt.TextFlag.TextWordWrap, detail)
            else:
                text = plain.elidedText(detail, Qt.TextElideMode.ElideRight, end - x - (0 if number else beside))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            y += height + 2


class LineList(QListView):
    """The view. `opened` carries the row's `what` (Enter, a click, or double click in a list with `on_click` False)."""

    opened = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None, *, on_click: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.lines = LineModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(LineDelegate(self))
        self.setAccessibleName(title)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        if on_click:
            self.clicked.connect(self._on_index_chosen)
        else:
            self.doubleClicked.connect(self._on_index_chosen)
        theme().changed.connect(self._on_theme_changed)

    def content_height(self) -> int:
        """How high it would be with every row in sight."""
        return sum(self.sizeHintForRow(row) for row in range(self.lines.rowCount()))

    def open_current(self) -> None:
        self._on_index_chosen(self.currentIndex())

    def select_first(self) -> None:
        """The first row that is no header."""
        row = next((i for i, line in enumerate(self.lines.lines) if not line.is_header), -1)
        self.setCurrentIndex(self.lines.index(row, 0) if row >= 0 else QModelIndex())

    def step(self, key: int) -> bool:
        """Move the choice by a key pressed elsewhere (in a search field); whether the key was one for it."""
        page = max(1, self.viewport().height() // max(1, self.sizeHintForRow(0)))
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        by = steps.get(Qt.Key(key))
        rows = [i for i, line in enumerate(self.lines.lines) if not line.is_header]
        if by is None or not rows:
            return False
        here = self.currentIndex().row()
        place = rows.index(here) if here in rows else -1
        self.setCurrentIndex(self.lines.index(rows[max(0, min(len(rows) - 1, place + by))], 0))
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows whose words wrap are higher in a narrower list; Qt lays a column out anew for its height only."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width() and any(line.wraps for line in self.lines.lines):
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_current()
            return
        super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_index_chosen(self, index: AnyIndex) -> None:
        line = index.data(Qt.ItemDataRole.UserRole) if index.isValid() else None
        if isinstance(line, Line) and not line.is_header:
            self.opened.emit(line.what)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.viewport().update()
