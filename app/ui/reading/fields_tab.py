"""Bilgiler: the parsed fields in groups; rows are copied by Ctrl+C, all of them by the button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QMenu, QTreeWidgetItem, QVBoxLayout, QWidget

from app.ui.reading.fields import Group
from app.ui.reading.tree import CalmTree
from app.ui.theme import fonts, tokens
from app.ui.widgets import QuietButton


class FieldsTab(QWidget):
    """`show_groups` fills it; copying takes "name<TAB>value" lines, or the bare value of a single row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = CalmTree([self.tr("Alan"), self.tr("Değer")], self.tr("Belgenin alanları"), self)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(True)
        self._copy = QAction(self.tr("Kopyala"), self.tree)
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self.copy_selected)
        self.tree.addAction(self._copy)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_context_menu_requested)
        self.copy_all_button = QuietButton(self.tr("Tümünü kopyala"), self, icon="copy")
        self.copy_all_button.clicked.connect(self.copy_all)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bottom.addStretch(1)
        bottom.addWidget(self.copy_all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tree, 1)
        column.addLayout(bottom)
        self._groups: list[Group] = []

    def show_groups(self, groups: list[Group]) -> None:
        self._groups = groups
        self.tree.clear()
        self.copy_all_button.setEnabled(bool(groups))
        bold = fonts.medium(self.tree.font())
        for group in groups:
            top = QTreeWidgetItem(self.tree, [group.title])
            top.setFont(0, bold)
            top.setFirstColumnSpanned(True)
            top.setExpanded(True)
            for name, value in group.fields:
                item = QTreeWidgetItem(top, [name, value])
                item.setToolTip(1, value)
                item.setForeground(0, self.tree.quiet_brush())

    @Slot()
    def copy_selected(self) -> None:
        items = [item for item in self.tree.selectedItems() if item.parent() is not None]
        if not items:
            return
        text = items[0].text(1) if len(items) == 1 else "\n".join(f"{i.text(0)}\t{i.text(1)}" for i in items)
        QGuiApplication.clipboard().setText(text)

    @Slot()
    def copy_all(self) -> None:
        parts = ["\n".join([g.title, *(f"{n}\t{v}" for n, v in g.fields)]) for g in self._groups]
        QGuiApplication.clipboard().setText("\n\n".join(parts))

    @Slot(QPoint)
    def _on_context_menu_requested(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._copy)
        everything = menu.addAction(self.tr("Tümünü kopyala"))
        everything.triggered.connect(self.copy_all)
        menu.popup(self.tree.viewport().mapToGlobal(at))
