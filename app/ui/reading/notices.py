"""Messages of the pane, one at a time: the most important one stands there, "+1" unfolds the others."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.widgets import MessageBar, QuietButton

_RANKS: Final = {"error": 0, "warn": 1, "ok": 2, "wait": 3}


class Notice(MessageBar):
    """A message bar that says whether it wants to be seen; its stack decides whether it is."""

    wanted_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        self.is_wanted = False
        super().__init__(parent=parent, closable=closable)

    def setVisible(self, visible: bool) -> None:
        self.is_wanted = visible
        if not visible:
            super().setVisible(False)
        self.wanted_changed.emit()

    def place(self, *, is_on: bool) -> None:
        """Show it or not; for the stack."""
        super().setVisible(is_on)

    @property
    def rank(self) -> int:
        """The lower, the more important."""
        tone: Any = self.property("tone")
        return _RANKS.get(tone, len(_RANKS))


class NoticeStack(QWidget):
    """`add` the bars from the most to the least important among equals. `first` goes before all while it is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[Notice] = []
        self._first: Notice | None = None
        self._is_open = False
        self.more = QuietButton("", self)
        self.more.clicked.connect(self._on_more_clicked)
        self.more.setVisible(False)
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.XS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        row.addLayout(self._column, 1)
        row.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignTop)
        self.setVisible(False)

    def add(self, bar: Notice, *, is_first: bool = False) -> None:
        self._bars.append(bar)
        if is_first:
            self._first = bar
        self._column.addWidget(bar)
        bar.wanted_changed.connect(self._arrange)

    def fold(self) -> None:
        """Another document: one message at a time again."""
        self._is_open = False
        self._arrange()

    def shown(self) -> list[Notice]:
        """The bars that are to be seen, from the top."""
        return [bar for bar in self._ordered() if not bar.isHidden()]

    def _ordered(self) -> list[Notice]:
        # What the user has just done is answered first; it can be sent away.
        return sorted((b for b in self._bars if b.is_wanted), key=lambda b: -1 if b is self._first else b.rank)

    @Slot()
    def _arrange(self) -> None:
        wanted = self._ordered()
        hidden = len(wanted) - 1
        for place, bar in enumerate(wanted):
            self._column.removeWidget(bar)
            self._column.insertWidget(place, bar)
            bar.place(is_on=self._is_open or place == 0)
        self.more.setVisible(hidden > 0)
        if hidden > 0:
            said = self.tr("Öteki iletileri gizle") if self._is_open else self.tr("{n} ileti daha").format(n=hidden)
            self.more.setText("−" if self._is_open else f"+{hidden}")
            self.more.setToolTip(said)
            self.more.setAccessibleName(said)
        self.setVisible(bool(wanted))

    @Slot()
    def _on_more_clicked(self) -> None:
        self._is_open = not self._is_open
        self._arrange()
