"""A quiet two- or three-column tree: groups that fold, long values wrapped, colours of the theme."""

from __future__ import annotations

import re

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

#: A number, a code or a digest has no place to break a line at; it may break after so many letters.
_LONG_WORD = re.compile(r"(\S{8})(?=\S{4})")
_MAY_BREAK = "\\1\u200b"


def breakable(text: str) -> str:
    """The text with invisible places to break in its long words; for drawing, never for copying."""
    return _LONG_WORD.sub(_MAY_BREAK, text)


class _Wrapped(QStyledItemDelegate):
    """As high as the text needs in its column: Qt's own tree measures one line, however long the value."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.column() > 0 and not self._fits(option, index):
            option.text = breakable(option.text)

    def _room(self, index: QModelIndex | QPersistentModelIndex) -> int:
        icon = tokens.ICON_PX + tokens.S if index.data(Qt.ItemDataRole.DecorationRole) is not None else 0
        return self._tree.columnWidth(index.column()) - 2 * tokens.XS - tokens.S - icon

    def _fits(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> bool:
        widest = max((option.fontMetrics.horizontalAdvance(w) for w in option.text.split()), default=0)
        return widest <= self._room(index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if index.column() == 0 or not text:
            return hint
        words = str(text)
        if any(option.fontMetrics.horizontalAdvance(word) > self._room(index) for word in words.split()):
            words = breakable(words)
        flags = Qt.TextFlag.TextWordWrap
        needed = option.fontMetrics.boundingRect(QRect(0, 0, max(self._room(index), 1), 10_000), int(flags), words)
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
