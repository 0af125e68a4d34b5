"""What can be done in the editor besides typing: each a menu entry with its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.ui.editor.buyer import number_of
from app.ui.editor.earlier import choose_earlier
from app.ui.editor.spreading import ask_spread

if TYPE_CHECKING:
    from app.ui.editor.window import EditorWindow


class EditorVerbs(QObject):
    """Makes the window's actions and its menu. `actions` begin with undo and redo."""

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._window = window
        #: What the company has sold, as the pickers of the grid offer it after its favourites.
        self.goods: list[dict[str, Any]] = []
        undo = window.store.undo.createUndoAction(window, self.tr("Geri al:"))
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        redo = window.store.undo.createRedoAction(window, self.tr("Yinele:"))
        redo.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        menu = QMenu(self.tr("Diğer"), window)
        self.actions: list[QAction] = [undo, redo]
        for title, keys, slot in (
            (self.tr("Alıcı ara"), "Ctrl+B", self.go_to_buyer),
            (self.tr("Satırlara git"), "Ctrl+L", self.go_to_lines),
            (self.tr("Satırın ayrıntısı"), "F4", self.show_details),
            (self.tr("Sonraki bulgu"), "F8", self._go_to_next_finding),
            (self.tr("Önceki bulgu"), "Shift+F8", self._go_to_previous_finding),
            (self.tr("Önizlemeyi göster/gizle"), "F9", self._toggle_preview),
            (self.tr("Önceki faturadan satır al…"), "Ctrl+Shift+O", self._take_from_earlier),
            (self.tr("Genel indirim / artırım…"), "Ctrl+Shift+G", self._spread),
            (self.tr("Satırdaki malı sık kullanılan yap / çıkar"), "Ctrl+Shift+F", self._star_goods),
            (self.tr("Kopyasını düzenle"), "Ctrl+Shift+D", self._open_copy),
            (self.tr("Pencereyi kapat"), "Ctrl+W", window.close),
        ):
            action = QAction(title, window)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.actions.append(action)
        for verb in self.actions:
            window.addAction(verb)
            menu.addAction(verb)
        menu.insertSeparator(self.actions[2])
        menu.addSeparator()
        for row_verb in window.form.table.actions_for_menu:
            menu.addAction(row_verb)
        window.menu_button.setMenu(menu)

    @Slot()
    def go_to_buyer(self) -> None:
        window = self._window
        window.form.open_section("buyer")
        window.form.buyer.picker.setFocus()

    @Slot()
    def go_to_lines(self) -> None:
        window = self._window
        window.form.table.go_to(max(window.form.table.currentIndex().row(), 0), 0)

    @Slot()
    def show_details(self) -> None:
        window = self._window
        window.tabs.setCurrentWidget(window.details)
        window.details.setFocus()

    @Slot()
    def _go_to_next_finding(self) -> None:
        self._go_to_finding(1)

    @Slot()
    def _go_to_previous_finding(self) -> None:
        self._go_to_finding(-1)

    def _go_to_finding(self, by: int) -> None:
        window = self._window
        finding = window.findings.step(by)
        if finding is None:
            window.totals.state.setText(self.tr("bulgu yok"))
            return
        window.tabs.setCurrentWidget(window.findings)
        window.form.jump(finding)

    def show_goods(self) -> None:
        """The favourites stand first in the picker of the grid."""
        favourites, delegate = self._window.favourites, self._window.form.table.delegate
        delegate.goods = favourites.goods_first(self.goods)
        delegate.marked = frozenset(str(good["name"]) for good in favourites.goods)

    @Slot()
    def _star_goods(self) -> None:
        window = self._window
        line = window.store.lines.line(max(window.form.table.currentIndex().row(), 0))
        if line.get("name"):
            is_mine = window.favourites.toggle_good(line)
            self.show_goods()
            words = self.tr("sık kullanılanlara eklendi") if is_mine else self.tr("sık kullanılanlardan çıkarıldı")
            window.totals.state.setText(words)

    @Slot(str)
    def star_buyer(self, number: str) -> None:
        window = self._window
        if number:
            window.favourites.toggle_buyer(number)
            window.form.buyer.show_favourites(window.favourites.buyers)

    @Slot()
    def _take_from_earlier(self) -> None:
        window = self._window
        if window.worker.is_locked:
            return
        number = number_of(window.store.get("customer", {}) or {})
        chosen = choose_earlier(window.desk, window.company, number, window)
        if chosen:
            window.store.lines.append_lines(chosen, self.tr("Önceki faturadan"))
            self.go_to_lines()

    @Slot()
    def _spread(self) -> None:
        window = self._window
        window.leave_fields()
        if not window.worker.is_locked:
            ask_spread(window.store, window)

    @Slot()
    def _toggle_preview(self) -> None:
        window = self._window
        shown = not window.preview.isVisible()
        window.preview.setVisible(shown)
        window.worker.draws = shown
        if shown:
            window.worker.redraw()

    @Slot()
    def _open_copy(self) -> None:
        window = self._window
        if window.document_id is not None:
            type(window)(window.desk, copy_of=window.document_id, company=window.company).show()
