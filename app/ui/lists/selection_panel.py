"""What stands beside a list when several documents are selected: whose, how much, in which states, and what now."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.lifecycle import State
from app.ui.lists.selection import Selection
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, MoneyLabel, QuietButton, QuietLabel, StateBadge, line_frame

#: Titles of companies that are named; more of them are counted.
_NAMED = 4


class SelectionPanel(QScrollArea):
    """Built anew for each selection; its buttons press the list's own actions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Seçilen belgelerin özeti"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons: list[QuietButton] = []

    def show_selection(self, selection: Selection, actions: list[tuple[str, QAction]]) -> None:
        """Say what is selected; `actions` (icon, action) are those that can be done with it, the likeliest first."""
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.M)
        column.addWidget(HeadingLabel(self.tr("{0} belge seçili").format(_grouped(selection.total)), inside))
        firms = QVBoxLayout()
        firms.setSpacing(tokens.XS)
        for name in selection.names[:_NAMED]:
            firms.addWidget(ElidedLabel(name, inside, quiet=True))
        if len(selection.names) > _NAMED:
            more = self.tr("ve {0} firma daha").format(len(selection.names) - _NAMED)
            firms.addWidget(QuietLabel(more, inside))
        column.addLayout(firms)
        column.addLayout(self._sums(selection, inside))
        column.addWidget(line_frame(inside))
        column.addLayout(self._states(selection, inside))
        if actions:
            column.addWidget(line_frame(inside))
            column.addLayout(self._doing(actions, inside))
        column.addStretch(1)
        self.setWidget(inside)

    def _sums(self, selection: Selection, inside: QWidget) -> QGridLayout:
        grid = _grid()
        for row, (amount, currency) in enumerate(selection.sums()):
            grid.addWidget(QuietLabel(self.tr("Toplam"), inside), row, 0)
            grid.addWidget(MoneyLabel(amount, currency, inside, strong=True), row, 1, Qt.AlignmentFlag.AlignRight)
        for title, number in (
            (self.tr("Okunmamış"), selection.unread),
            (self.tr("Elle incelenecek"), selection.in_review),
        ):
            if number:
                row = grid.rowCount()
                grid.addWidget(QuietLabel(title, inside), row, 0)
                grid.addWidget(QLabel(_grouped(number), inside), row, 1, Qt.AlignmentFlag.AlignRight)
        return grid

    def _states(self, selection: Selection, inside: QWidget) -> QGridLayout:
        counted: Counter[State] = Counter()
        for tally in selection.tallies:
            counted[tally.state] += tally.count
        grid = _grid()
        for row, (state, number) in enumerate(counted.most_common()):
            grid.addWidget(StateBadge(state, inside), row, 0)
            grid.addWidget(QLabel(_grouped(number), inside), row, 1, Qt.AlignmentFlag.AlignRight)
        return grid

    def _doing(self, actions: list[tuple[str, QAction]], inside: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(tokens.XS)
        column.addWidget(QuietLabel(self.tr("Seçilenlerle yapılabilecekler"), inside))
        self.buttons = []
        for icon, action in actions:
            button = QuietButton(action.text(), inside, icon=icon)
            button.clicked.connect(action.trigger)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            line = QHBoxLayout()
            line.setSpacing(tokens.M)
            line.addWidget(button)
            line.addStretch(1)
            line.addWidget(QuietLabel(keys, inside))
            column.addLayout(line)
            self.buttons.append(button)
        return column


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(tokens.L)
    grid.setVerticalSpacing(tokens.S)
    grid.setColumnStretch(0, 1)
    return grid


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
