"""One of a long code list: typed by code or by a Turkish word, or chosen from the list; plain, or bound to a path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from app.ui.editor import catalogue
from app.ui.editor.catalogue import Option
from app.ui.editor.delegates import PickerEdit
from app.ui.editor.fields import is_undo
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon


class CodeEdit(PickerEdit):
    """`edited` when another code is meant. A word that means no code is kept as it was typed: the checks speak of it.

    The list is read when it is first wanted and again when another package has come; undo belongs to the form.
    """

    edited = Signal()

    def __init__(self, options: Callable[[], list[Option]], parent: QWidget | None = None) -> None:
        super().__init__(options, parent)
        self._options = options
        self._code = ""
        self.setPlaceholderText(self.tr("kod ya da ad yazın"))
        self.list_action = QAction(self)
        self.list_action.setToolTip(self.tr("Listeyi aç (Alt+Aşağı)"))
        bind_icon(self.list_action, "chevron-down", "quiet")
        self.list_action.triggered.connect(self.open_list)
        self.addAction(self.list_action, QLineEdit.ActionPosition.TrailingPosition)
        for button in self.findChildren(QToolButton):
            # A picture has no room for a word; who hears the window is told one.
            button.setAccessibleName(self.tr("Listeyi aç"))
        self.editingFinished.connect(self._on_editing_finished)

    def event(self, event: QEvent) -> bool:
        if is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def value(self) -> Any:
        """The code; empty when nothing is chosen."""
        return self._code

    def show_value(self, value: Any) -> None:
        """Show a code with its word. What is being typed stays."""
        code = str(value or "")
        if code == self._code and self.text():
            return
        self._code = code
        if not (self.hasFocus() and self.isModified()):
            self._show()

    def retitle(self) -> None:
        """Another package may have other words."""
        if not (self.hasFocus() and self.isModified()):
            self._show()

    @Slot()
    def open_list(self) -> None:
        self.setFocus()
        super().open_list()

    def _on_words_activated(self, index: QModelIndex) -> None:
        super()._on_words_activated(index)
        self._take()

    @Slot()
    def _on_editing_finished(self) -> None:
        # While the list is open, leaving the line for it is not the end of typing.
        if self.isModified() and not self.words.list.isVisible():
            self._take()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.words.list.isVisible():
            self._show()

    def take_over(self) -> None:
        """What stands in the line counts as typed."""
        if self.isModified():
            self._take()

    def _take(self) -> None:
        code, self.chosen = self.meant(), None
        is_other = code != self._code
        self._code = code
        self._show()
        if is_other:
            self.edited.emit()

    def _show(self) -> None:
        option = catalogue.by_code(self._options).get(self._code)
        text = option.title if option is not None else self._code
        if text != self.text():
            self.setText(text)
        self.setModified(False)
        self.setCursorPosition(0)
        self.setToolTip(text if self.fontMetrics().horizontalAdvance(text) > self.width() - 2 * tokens.L else "")


class CodeBinding(CodeEdit):
    """The same, bound to a path of the form."""

    def __init__(
        self,
        store: FormStore,
        path: str,
        title: str,
        options: Callable[[], list[Option]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(options, parent)
        self._store, self._path, self._title = store, path, title
        self.edited.connect(self._on_edited)
        store.field_changed.connect(self._on_field_changed)
        self.show_value(store.text(path))

    @Slot()
    def _on_edited(self) -> None:
        self._store.set(self._path, self.value(), self._title)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", self._path) or self._path.startswith(f"{path}."):
            self.show_value(self._store.text(self._path))
