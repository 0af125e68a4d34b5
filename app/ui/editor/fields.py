"""Fields of the form: each holds one path of the store, with its title above and what is wrong with it below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import Finding, Severity
from app.domain.turkish import format_date
from app.ui.editor.numbers import read_date, shown_number, stored_number
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, IconButton, IconLabel

Shown = Callable[[str], str]


def is_undo(event: QEvent) -> bool:
    """Whether a field asks to keep Ctrl+Z or Ctrl+Y for itself."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    standard = QKeySequence.StandardKey
    return event.matches(standard.Undo) or event.matches(standard.Redo)


class FormEdit(QLineEdit):
    """A line whose undo is the form's: Ctrl+Z goes to the window."""

    def event(self, event: QEvent) -> bool:
        if is_undo(event):
            event.ignore()
            return False
        return super().event(event)


class FormText(QPlainTextEdit):
    """Several lines whose undo is the form's; Tab leaves the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def event(self, event: QEvent) -> bool:
        if is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def fit_lines(self, least: int, most: int) -> None:
        """As high as its text needs, between so many lines."""
        # The layout of plain text measures its height in lines.
        lines = max(least, min(most, int(self.document().size().height())))
        # The sheet's padding and line above and below, as high as a field of one line.
        edge = self.document().documentMargin() * 2 + 2 * tokens.XS + 1
        self.setFixedHeight(int(self.fontMetrics().lineSpacing() * lines + edge))


class _Said(QWidget):
    """What is wrong with a field, on one line: the whole of it stands in its tool tip and in the list of findings.

    The form must not jump while one types.
    """

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.icon = IconLabel("error", "error", self, size=tokens.M)
        self.words = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        self.fix = IconButton("wrench", self.tr("Düzelt"), self)
        self.fix.setAccessibleName(self.tr("{0}: düzelt").format(field.title))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        row.addWidget(self.icon)
        row.addWidget(self.words, 1)
        row.addWidget(self.fix)


class Field(QWidget):
    """Title, editor, message. `places` are findings' fields that belong here; `mended` asks for a finding's fix."""

    mended = Signal(object)

    def __init__(self, title: str, editor: QWidget, places: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.editor = editor
        self.places = tuple(places)
        self._finding: Finding | None = None
        #: Made with the first finding: most of the forty fields never have one.
        self._said: _Said | None = None
        label = QLabel(title, self)
        label.setProperty("role", "quiet")
        label.setBuddy(editor)
        editor.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label)
        column.addWidget(editor)
        column.addStretch(1)
        self._column_layout = column

    def add_below(self, layout: QLayout) -> None:
        """A line of the field's own between the editor and what is wrong with it."""
        self._column_layout.insertLayout(2, layout)

    @property
    def message(self) -> str:
        """What stands below the field; empty when nothing is wrong."""
        return self._finding.message if self._finding is not None else ""

    def show_finding(self, finding: Finding | None) -> None:
        """Say what is wrong, or nothing."""
        if finding == self._finding:
            return
        self._finding = finding
        self.editor.setAccessibleDescription(finding.message if finding is not None else "")
        if finding is None:
            if self._said is not None:
                self._said.hide()
            return
        if self._said is None:
            self._said = _Said(self)
            self._said.fix.clicked.connect(self._on_fix_clicked)
            self._column_layout.insertWidget(self._column_layout.count() - 1, self._said)
        is_error = finding.severity is Severity.ERROR
        self._said.icon.set_icon("error" if is_error else "warn", "error" if is_error else "warn")
        self._said.words.setText(finding.message)
        self._said.fix.setVisible(bool(finding.fix))
        self._said.show()

    @Slot()
    def _on_fix_clicked(self) -> None:
        if self._finding is not None:
            self.mended.emit(self._finding)


class TextBinding(FormEdit):
    """A line bound to a path. `shown` and `stored` turn the kept text into what is read, and back."""

    def __init__(
        self,
        store: FormStore,
        path: str,
        title: str,
        parent: QWidget | None = None,
        *,
        shown: Shown | None = None,
        stored: Shown | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self._shown, self._stored = shown or str, stored or str
        self.textEdited.connect(self._on_text_edited)
        self.editingFinished.connect(self._show)
        store.field_changed.connect(self._on_field_changed)
        self._show()

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        self._store.set(self._path, self._stored(text.strip()), self._title, merges=True)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        is_mine = path in ("", self._path) or self._path.startswith(f"{path}.")
        # While one types, the text stays as typed; another hand (undo, a fix) is shown at once.
        if is_mine and self._stored(self.text().strip()) != self._store.text(self._path):
            self._show()

    @Slot()
    def _show(self) -> None:
        text = self._shown(self._store.text(self._path))
        if text != self.text():
            self.setText(text)
            # A long title is known by its beginning.
            if not self.hasFocus():
                self.setCursorPosition(0)
        self.setToolTip(text if self.fontMetrics().horizontalAdvance(text) > self.width() - tokens.L else "")


def number_edit(store: FormStore, path: str, title: str, parent: QWidget | None = None) -> TextBinding:
    """A number in Turkish form, right-aligned."""
    edit = TextBinding(store, path, title, parent, shown=shown_number, stored=stored_number)
    edit.setAlignment(Qt.AlignmentFlag.AlignRight)
    return edit


def _shown_date(stored: str) -> str:
    day = read_date(stored)
    return format_date(day) if day is not None else stored


def _stored_date(text: str) -> str:
    day: date | None = read_date(text)
    return day.isoformat() if day is not None else text


def date_edit(store: FormStore, path: str, title: str, parent: QWidget | None = None) -> TextBinding:
    """A date as `21.11.2026`; typed by hand, which is quicker than a calendar."""
    edit = TextBinding(store, path, title, parent, shown=_shown_date, stored=_stored_date)
    edit.setPlaceholderText(edit.tr("gg.aa.yyyy"))
    return edit


class ChoiceBinding(QComboBox):
    """One of some codes, bound to a path. A code that is not in the list is shown as it is, never dropped."""

    def __init__(
        self,
        store: FormStore,
        path: str,
        title: str,
        choices: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.set_choices(choices)
        self.activated.connect(self._on_activated)
        store.field_changed.connect(self._on_field_changed)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        self.clear()
        for code, words in choices:
            self.addItem(words, code)
        self._show()

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self._store.set(self._path, self.itemData(index), self._title)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", self._path) or self._path.startswith(f"{path}."):
            self._show()

    def _show(self) -> None:
        code = self._store.text(self._path)
        if code == self.currentData():
            return
        index = self.findData(code)
        if index < 0 and code:
            self.addItem(code, code)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def wheelEvent(self, event: object) -> None:
        """The wheel scrolls the form; it must not change a scenario by accident."""
        event.ignore()  # type: ignore[attr-defined]


class NotesBinding(FormText):
    """A list of texts, one per line."""

    def __init__(self, store: FormStore, path: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self._is_showing = False
        self.fit_lines(2, 6)
        self.textChanged.connect(self._on_text_changed)
        store.field_changed.connect(self._on_field_changed)

    def _typed(self) -> list[str]:
        return [line.strip() for line in self.toPlainText().splitlines() if line.strip()]

    @Slot()
    def _on_text_changed(self) -> None:
        self.fit_lines(2, 6)
        if not self._is_showing:
            self._store.set(self._path, self._typed(), self._title, merges=True)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        kept = self._store.get(self._path, None) or []
        if path in ("", self._path) and self._typed() != kept:
            self._is_showing = True
            self.setPlainText("\n".join(str(note) for note in kept))
            self._is_showing = False


class WrapBinding(FormText):
    """One text that may be long (an address of eight lines): wraps and grows to four lines, then scrolls."""

    def __init__(self, store: FormStore, path: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self._is_showing = False
        self.fit_lines(1, 4)
        self.textChanged.connect(self._on_text_changed)
        store.field_changed.connect(self._on_field_changed)

    def text(self) -> str:
        """On one line, as it is kept: pasted line ends become commas."""
        lines = [" ".join(line.split()) for line in self.toPlainText().splitlines()]
        return ", ".join(line.rstrip(",") for line in lines if line)

    @Slot()
    def _on_text_changed(self) -> None:
        self.fit_lines(1, 4)
        if not self._is_showing:
            self._store.set(self._path, self.text(), self._title, merges=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_lines(1, 4)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        is_mine = path in ("", self._path) or self._path.startswith(f"{path}.")
        kept = self._store.text(self._path)
        if is_mine and self.text() != kept:
            self._is_showing = True
            self.setPlainText(kept)
            self._is_showing = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            event.ignore()
            return
        super().keyPressEvent(event)
