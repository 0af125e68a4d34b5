"""A quiet two- or three-column tree: groups that fold, long values wrapped, colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItemIterator,
    QWidget,
)

from app.ui.theme import tokens
from app.ui.theme.style import theme

_QUIET = Qt.ItemDataRole.UserRole + 7


class _Wrapped(QStyledItemDelegate):
    """As high as the text needs in its column: Qt's own tree measures one line, however long the value."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        column = index.column()
        if column == 0 or not text:
            return hint
        icon = tokens.ICON_PX + tokens.S if index.data(Qt.ItemDataRole.DecorationRole) is not None else 0
        room = self._tree.columnWidth(column) - 2 * tokens.XS - tokens.S - icon
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        needed = option.fontMetrics.boundingRect(QRect(0, 0, max(room, 1), 10_000), int(flags), str(text))
        return QSize(hint.width(), max(hint.height(), needed.height() + 2 * tokens.XS + 2))


class CalmTree(QTreeWidget):
    """Rows of the tokens' height at least; values wrap inside their column."""

    def __init__(self, headings: list[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setHeaderLabels(headings)
        self.setColumnCount(len(headings))
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setIndentation(tokens.L)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.setUniformRowHeights(False)
        self.setStyleSheet(f"QTreeView::item {{ padding: {tokens.XS}px {tokens.XS}px; }}")
        self.setItemDelegate(_Wrapped(self))
        self.header().sectionResized.connect(self._on_section_resized)
        theme().changed.connect(self._on_theme_changed)

    def quiet_brush(self) -> QBrush:
        return QBrush(QColor(theme().palette.quiet))

    @Slot()
    def _on_section_resized(self) -> None:
        self.scheduleDelayedItemsLayout()

    @Slot()
    def _on_theme_changed(self) -> None:
        walk = QTreeWidgetItemIterator(self)
        while (item := walk.value()) is not None:
            for column in range(self.columnCount()):
                if item.foreground(column).style() is not Qt.BrushStyle.NoBrush:
                    item.setForeground(column, self.quiet_brush())
            walk += 1
