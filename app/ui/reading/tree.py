"""A quiet two- or three-column tree: groups that fold, long values wrapped, colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItemIterator, QWidget

from app.ui.theme import tokens
from app.ui.theme.style import theme

_QUIET = Qt.ItemDataRole.UserRole + 7


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
        theme().changed.connect(self._on_theme_changed)

    def quiet_brush(self) -> QBrush:
        return QBrush(QColor(theme().palette.quiet))

    @Slot()
    def _on_theme_changed(self) -> None:
        walk = QTreeWidgetItemIterator(self)
        while (item := walk.value()) is not None:
            for column in range(self.columnCount()):
                if item.foreground(column).style() is not Qt.BrushStyle.NoBrush:
                    item.setForeground(column, self.quiet_brush())
            walk += 1
