"""A titled part of a page or form: heading, quiet sentence, place for actions at the right, content below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.widgets.labels import HeadingLabel, QuietLabel


class Section(QFrame):
    """`body` is the layout to fill, `buttons` the row at the right of the title. `raised` draws it as a panel."""

    def __init__(self, title: str, parent: QWidget | None = None, *, sentence: str = "", raised: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        if raised:
            self.setProperty("role", "raised")
        self.heading = HeadingLabel(title, self)
        self.badge = QLabel(self)
        self.badge.setProperty("role", "badge")
        self.badge.setVisible(False)
        self._sentence = QuietLabel(sentence, self, wrap=True)
        self._sentence.setVisible(bool(sentence))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(tokens.XS)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        top.addWidget(self.heading)
        top.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        top.addLayout(self.buttons)
        self.body = QVBoxLayout()
        self.body.setSpacing(tokens.S)
        edge = tokens.L if raised else 0
        column = QVBoxLayout(self)
        column.setContentsMargins(edge, tokens.M if raised else 0, edge, tokens.M if raised else 0)
        column.setSpacing(tokens.S)
        column.addLayout(top)
        column.addWidget(self._sentence)
        column.addLayout(self.body, 1)

    def set_count(self, count: int | None) -> None:
        """A number beside the title; None or 0 hides it."""
        self.badge.setVisible(bool(count))
        self.badge.setText(f"{count or 0:,}".replace(",", "."))

    def set_sentence(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
