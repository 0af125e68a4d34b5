"""Bilgiler: the parsed fields in groups; rows are copied by Ctrl+C, all of them by the button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QMenu, QTreeWidgetItem, QVBoxLayout, QWidget

from app.ui.reading.fields import Group, place_in
from app.ui.reading.tree import CalmTree
from app.ui.theme import fonts, tokens
from app.ui.widgets import QuietButton

_MORE = Qt.ItemDataRole.UserRole + 1
#: A group's rows that are made at once, and that each further step adds: wrapped rows are measured one by one.
_FIRST_ROWS: Final = 100
_MORE_ROWS: Final = 500


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
        self._shown = _FIRST_ROWS
        self._is_stale = False
        self.tree.itemActivated.connect(self._on_item_activated)

    def show_groups(self, groups: list[Group]) -> None:
        """Drawn now, or when the tab is first seen."""
        self._groups = groups
        self._shown = _FIRST_ROWS
        self._is_stale = True
        self.copy_all_button.setEnabled(bool(groups))
        if self.isVisible():
            self._rebuild()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._rebuild()

    def reveal(self, field: str) -> bool:
        """Select the row where a finding's field stands; False when the document does not show it."""
        found = place_in(self._groups, field)
        if found is None:
            return False
        group, row = found
        self._shown = max(self._shown, row + 1)
        self._rebuild()
        top = self.tree.topLevelItem(group)
        item = top.child(row) if top is not None else None
        if item is None:
            return False
        self.tree.setCurrentItem(item)
        self.tree.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.tree.setFocus()
        return True

    def _rebuild(self) -> None:
        self._is_stale = False
        self.tree.clear()
        bold = fonts.medium(self.tree.font())
        for group in self._groups:
            top = QTreeWidgetItem(self.tree, [group.title])
            top.setFont(0, bold)
            top.setFirstColumnSpanned(True)
            for name, value in group.fields[: self._shown]:
                item = QTreeWidgetItem(top, [name, value])
                item.setToolTip(1, value)
                item.setForeground(0, self.tree.quiet_brush())
            left = len(group.fields) - self._shown
            if left > 0:
                said = self.tr("{n} satır daha: göstermek için çift tıklayın ya da Enter'a basın")
                more = QTreeWidgetItem(top, ["…", said.format(n=f"{left:,}".replace(",", "."))])
                more.setData(0, _MORE, True)
            top.setExpanded(True)

    @Slot(QTreeWidgetItem, int)
    def _on_item_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        if item.data(0, _MORE):
            self._shown += _MORE_ROWS
            place = self.tree.verticalScrollBar().value()
            self._rebuild()
            self.tree.verticalScrollBar().setValue(place)

    @Slot()
    def copy_selected(self) -> None:
        items = [i for i in self.tree.selectedItems() if i.parent() is not None and not i.data(0, _MORE)]
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
