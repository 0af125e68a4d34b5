"""What a ledger needs of the card, each with its mark: there or missing. A press leads to the field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import HeadingLabel, QuietButton, QuietLabel
from app.workflows.ledger_card import CardField


class CardMarks(QFrame):
    """`wanted(str)` carries the key of the field to go to."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "raised")
        self.setAccessibleName(self.tr("Defter için gereken bilgiler"))
        self._fields: tuple[CardField, ...] = ()
        self._columns = 0
        self.buttons: dict[str, QuietButton] = {}
        self.title = HeadingLabel("", self)
        self.words = QuietLabel("", self, wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(tokens.S)
        self._grid.setVerticalSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.S)
        column.setSpacing(tokens.XS)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(self._grid)

    def show_fields(self, fields: Sequence[CardField]) -> None:
        """Show how the card stands now."""
        if tuple(fields) == self._fields:
            return
        is_same = [field.key for field in fields] == [field.key for field in self._fields]
        self._fields = tuple(fields)
        missing = [field for field in fields if not field.is_complete and field.is_required]
        if missing:
            self.title.setText(self.tr("Defter için {0} bilgi eksik").format(len(missing)))
            self.words.setText(self.tr("Eksikler tamamlanmadan defter oluşturulmaz. Bilgiye basınca alanına gidilir."))
        else:
            self.title.setText(self.tr("Defter için gereken bilgiler tamam"))
            self.words.setText(self.tr("Uyarı işaretliler olmadan da defter oluşturulur; yazılmaları yararlıdır."))
        if not is_same:
            self._make_buttons()
        for field in fields:
            self._dress(self.buttons[field.key], field)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _make_buttons(self) -> None:
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for field in self._fields:
            button = QuietButton(field.title, self)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setStyleSheet(f"text-align: left; padding: 1px {tokens.XS}px; min-height: 0;")
            button.clicked.connect(partial(self.wanted.emit, field.key))
            self.buttons[field.key] = button
        self._columns = 0
        self._lay()

    def _dress(self, button: QuietButton, field: CardField) -> None:
        if field.is_complete:
            bind_icon(button, "check-circle", "ok")
            said = self.tr("{0}: tamam").format(field.title)
        elif field.is_required:
            bind_icon(button, "error", "error")
            said = self.tr("{0}: eksik, {1}").format(field.title, field.needs)
        else:
            bind_icon(button, "warn", "warn")
            said = self.tr("{0}: boş, {1}").format(field.title, field.needs)
        button.setAccessibleName(said)
        button.setToolTip(said)

    def _lay(self) -> None:
        """As many columns as the widest title leaves room for."""
        if not self.buttons:
            return
        widest = max(button.sizeHint().width() for button in self.buttons.values())
        columns = max(1, (self.width() - 2 * tokens.M) // (widest + tokens.S))
        if columns == self._columns:
            return
        self._columns = columns
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        for place, button in enumerate(self.buttons.values()):
            # Down the columns, as one reads a list.
            rows = -(-len(self.buttons) // columns)
            self._grid.addWidget(button, place % rows, place // rows, Qt.AlignmentFlag.AlignVCenter)
            self._grid.setColumnStretch(place // rows, 1)
            button.show()
