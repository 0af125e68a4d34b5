"""What the settings' forms are made of: rows of title, field, hint and the sentence that stands when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import tokens
from app.ui.widgets import IconLabel, QuietButton, QuietLabel

Kind = Literal["ok", "wait", "warn", "error"]
_ICONS: Final[Mapping[Kind, str]] = {"ok": "check-circle", "wait": "info", "warn": "warn", "error": "error"}
_WORDS: Final[Mapping[Kind, str]] = {"ok": "Tamam", "wait": "Bilgi", "warn": "Uyarı", "error": "Hata"}


class PlainButton(QuietButton):
    """A button with a line round it: worth pressing, but not the next thing to press."""

    _role = ""


class Verdict(QWidget):
    """One sentence with its icon, under the thing it speaks of. Hidden while it has none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind: Kind = "wait"
        self._icon = IconLabel("info", "wait", self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.setVisible(False)

    @property
    def sentence(self) -> str:
        return self._words.text()

    def say(self, kind: Kind, sentence: str) -> None:
        """Show `sentence`; an empty one hides the row."""
        self.kind = kind
        self._icon.set_icon(_ICONS[kind], kind)
        self._words.setText(sentence)
        self.setAccessibleName(f"{_WORDS[kind]}: {sentence}")
        self.setVisible(bool(sentence))

    def clear(self) -> None:
        self._words.setText("")
        self.setVisible(False)


class Lines(QPlainTextEdit):
    """A few lines of text, one value per line; Tab leaves the field."""

    def __init__(self, rows: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._fit()

    def lines(self) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in self.toPlainText().splitlines() if line.strip()]

    def set_lines(self, lines: list[str] | tuple[str, ...]) -> None:
        self.setPlainText("\n".join(lines))

    def changeEvent(self, event: object) -> None:
        super().changeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        # By the font, not by pixels: at 150 % the same lines fit.
        margin = 2 * (self.frameWidth() + int(self.document().documentMargin())) + tokens.S
        self.setFixedHeight(QFontMetrics(self.font()).lineSpacing() * self._rows + margin)


class Form(QWidget):
    """Rows of a form. Each has a key; `problem` puts a sentence under one, `clear_problems` takes all away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.L)
        self._grid.setVerticalSpacing(tokens.S)
        # The fields take what they may; what is left over stays empty at the right.
        self._grid.setColumnStretch(1, 1000)
        self._grid.setColumnStretch(2, 1)
        self._grid.setColumnMinimumWidth(0, tokens.TEXT_WIDTH_PX * 3 // 10)
        self._editors: dict[str, QWidget] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}

    def add(self, key: str, title: str, editor: QWidget, *, hint: str = "", unit: str = "") -> None:
        """One row. The title becomes the editor's accessible name and its buddy."""
        row = self._grid.rowCount()
        label = QLabel(title, self)
        label.setWordWrap(True)
        label.setBuddy(editor)
        label.setContentsMargins(0, tokens.XS, 0, 0)
        if not editor.accessibleName():
            editor.setAccessibleName(title)
        if hint:
            editor.setAccessibleDescription(hint)
        line = QHBoxLayout()
        line.setSpacing(tokens.S)
        line.addWidget(editor)
        if unit:
            line.addWidget(QuietLabel(unit, self))
        if unit or editor.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Fixed:
            line.addStretch(1)
        cell = QWidget(self)
        cell.setMaximumWidth(tokens.TEXT_WIDTH_PX + 2 * tokens.XL)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        if hint:
            column.addWidget(QuietLabel(hint, cell, wrap=True))
        verdict = Verdict(cell)
        column.addWidget(verdict)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(cell, row, 1)
        self._editors[key], self._verdicts[key] = editor, verdict
        self._rows[key] = label, cell

    def add_wide(self, widget: QWidget) -> None:
        """Something that takes the whole width."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 3)

    def remove(self, key: str) -> None:
        """Take a row out again."""
        for part in self._rows.pop(key):
            self._grid.removeWidget(part)
            part.deleteLater()
        del self._editors[key], self._verdicts[key]

    def set_row_visible(self, key: str, is_visible: bool) -> None:
        for part in self._rows[key]:
            part.setVisible(is_visible)

    def keys(self) -> list[str]:
        return list(self._editors)

    def editor(self, key: str) -> QWidget:
        return self._editors[key]

    def verdict(self, key: str) -> Verdict:
        return self._verdicts[key]

    def problem(self, key: str, sentence: str) -> None:
        """Say under the field what is wrong with it; an empty sentence takes it away."""
        if sentence:
            self._verdicts[key].say("error", sentence)
        else:
            self._verdicts[key].clear()
        mark_invalid(self._editors[key], bool(sentence))

    def clear_problems(self) -> None:
        for key in self._editors:
            self.problem(key, "")


def mark_invalid(editor: QWidget, is_invalid: bool) -> None:
    """Give a line edit its red line, or take it away."""
    if bool(editor.property("invalid")) == is_invalid:
        return
    editor.setProperty("invalid", is_invalid)
    editor.style().unpolish(editor)
    editor.style().polish(editor)


def secret_edit(parent: QWidget | None = None) -> QLineEdit:
    """A field whose text shows as dots; pasting is allowed."""
    edit = QLineEdit(parent)
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit


def narrow_edit(letters: int, parent: QWidget | None = None) -> QLineEdit:
    """A line edit for about `letters` characters."""
    edit = QLineEdit(parent)
    width = edit.fontMetrics().horizontalAdvance("0" * letters)
    edit.setMinimumWidth(width + tokens.XL)
    edit.setMaximumWidth(width + tokens.XL + tokens.S)
    edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return edit


def scrolled(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """`content` in a scroll area; it scrolls sideways only where the window is too narrow for the least widths."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def bring_into_view(widget: QWidget) -> None:
    """Scroll the form so that `widget` is seen, once what was just said has its place.

    At 150 % what a button says would else appear below the edge of the window.
    """
    QTimer.singleShot(0, widget, lambda: _scroll_to(widget))


def _scroll_to(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = parent.parentWidget()
    if parent is not None and widget.isVisible():
        # Widgets added just now get their height here.
        content = parent.widget()
        layout = content.layout() if content is not None else None
        if layout is not None:
            layout.activate()
        parent.ensureWidgetVisible(widget, 0, tokens.L)


def pad_items(view: QAbstractItemView, *, vertical_px: int = 0) -> None:
    """Cells begin where their header's words begin."""
    view.setStyleSheet(f"QAbstractItemView::item {{ padding: {vertical_px}px {tokens.S}px; }}")


def clear_layout(layout: QVBoxLayout) -> None:
    """Take every widget out of `layout` and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
