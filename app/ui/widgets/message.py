"""A message in its place: icon, sentence, at most one action, and a way to close it. Never a modal box."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain.errors import AppError
from app.ui.theme import tokens
from app.ui.widgets.buttons import IconButton, QuietButton
from app.ui.widgets.labels import IconLabel

Kind = Literal["ok", "wait", "warn", "error"]
_ICONS: Final[dict[Kind, str]] = {"ok": "check-circle", "wait": "info", "warn": "warn", "error": "error"}
_KIND_WORDS: Final[dict[Kind, str]] = {"ok": "Tamam", "wait": "Bilgi", "warn": "Uyarı", "error": "Hata"}


class MessageBar(QFrame):
    """Hidden until `show_message`. `acted` when its action is pressed, `closed` when it is sent away."""

    acted = Signal()
    closed = Signal()

    def __init__(
        self,
        kind: Kind = "wait",
        sentence: str = "",
        action: str = "",
        parent: QWidget | None = None,
        *,
        closable: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self._icon = IconLabel("info", "wait", self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.action = QuietButton("", self)
        self.action.clicked.connect(self.acted)
        self.close_button = IconButton("close", self.tr("Kapat"), self)
        self.close_button.clicked.connect(self._on_close_button_clicked)
        self.close_button.setVisible(closable)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.M, tokens.XS, tokens.XS, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button)
        self.setVisible(False)
        if sentence:
            self.show_message(kind, sentence, action)

    @property
    def sentence(self) -> str:
        return self._words.text()

    def show_message(self, kind: Kind, sentence: str, action: str = "") -> None:
        """Show the bar with these words."""
        self.setProperty("tone", kind)
        # A changed property is looked at again only when the style is put on again.
        self.style().unpolish(self)
        self.style().polish(self)
        self._icon.set_icon(_ICONS[kind], kind)
        self._words.setText(sentence)
        self.action.setText(action)
        self.action.setVisible(bool(action))
        self.setAccessibleName(f"{_KIND_WORDS[kind]}: {sentence}")
        self.setVisible(True)

    def show_error(self, error: AppError, action: str = "") -> None:
        """An error's own sentence."""
        self.show_message("error", error.sentence, action)

    @Slot()
    def _on_close_button_clicked(self) -> None:
        self.setVisible(False)
        self.closed.emit()
