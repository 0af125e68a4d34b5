"""What a list shows when nothing is there: what belongs here, and the one button that starts it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.widgets.buttons import PrimaryButton, QuietButton
from app.ui.widgets.labels import HeadingLabel, IconLabel


class EmptyState(QWidget):
    """Icon, title, sentence and, when `button` has words, a button whose press is `pressed`."""

    pressed = Signal()

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        button: str = "",
        parent: QWidget | None = None,
        *,
        primary: bool = True,
        lines: int = 0,
    ) -> None:
        """`lines` of the sentence have their room in any case: several of these side by side stand level."""
        super().__init__(parent)
        self._icon = IconLabel(icon, "quiet", self, size=tokens.HERO_ICON_PX)
        self._title = HeadingLabel(title, self)
        self._title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence = QLabel(sentence, self)
        self._sentence.setProperty("role", "quiet")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._sentence.setMaximumWidth(tokens.TEXT_WIDTH_PX)
        if lines:
            self._sentence.setMinimumHeight(lines * self._sentence.fontMetrics().lineSpacing())
        self.button = PrimaryButton(button, self) if primary else QuietButton(button, self)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.XL)
        column.setSpacing(tokens.S)
        column.addStretch(2)
        column.addWidget(self._icon, alignment=centre)
        column.addWidget(self._title, alignment=centre)
        # No alignment: a wrapped label that is aligned takes its narrowest width and loses its second line.
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._sentence, 1000)
        row.addStretch(1)
        column.addLayout(row)
        column.addSpacing(tokens.XS)
        column.addWidget(self.button, alignment=centre)
        column.addStretch(3)
        self._sentence.setMinimumWidth(min(tokens.TEXT_WIDTH_PX, 280))
        self.setAccessibleName(title)

    def set_words(self, title: str, sentence: str, button: str = "") -> None:
        """Other words for the same place, e.g. when a filter hides everything."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(title)
