"""What the pane says of several selected documents: how many, how much, in which states."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.lifecycle import State
from app.storage import search
from app.storage.database import OpenSession
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, MoneyLabel, QuietLabel, StateBadge


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Sums are per currency; states from the commonest down."""

    count: int
    payable: dict[str, Decimal]
    states: dict[State, int]
    in_review: int


def summary(s: OpenSession, ids: list[int]) -> Summary:
    """Count the documents of a selection of any size. Any thread."""
    payable: dict[str, Decimal] = {}
    states: Counter[State] = Counter()
    in_review = 0
    for group in search.tally(s, ids):
        payable[group.currency] = payable.get(group.currency, Decimal(0)) + group.payable
        states[group.state] += group.count
        in_review += group.count if group.in_review else 0
    return Summary(
        count=states.total(),
        payable=dict(sorted(payable.items())),
        states=dict(states.most_common()),
        in_review=in_review,
    )


class ManyView(QScrollArea):
    """Shows one summary."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Seçilen belgelerin özeti"))
        self.lines: list[tuple[str, str]] = []

    def show_summary(self, said: Summary) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.M)
        count = f"{said.count:,}".replace(",", ".")
        column.addWidget(HeadingLabel(self.tr("{n} belge seçili").format(n=count), inside))
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.L)
        grid.setVerticalSpacing(tokens.S)
        grid.setColumnStretch(1, 1)
        self.lines = []
        for currency, amount in said.payable.items():
            self._line(grid, self.tr("Toplam"), MoneyLabel(amount, currency, strong=True))
        if said.in_review:
            self._line(grid, self.tr("Elle incelenecek"), QLabel(f"{said.in_review:,}".replace(",", ".")))
        column.addLayout(grid)
        states = QGridLayout()
        states.setVerticalSpacing(tokens.S)
        states.setColumnStretch(0, 1)
        for row, (state, number) in enumerate(said.states.items()):
            states.addWidget(StateBadge(state, inside), row, 0)
            label = QLabel(f"{number:,}".replace(",", "."), inside)
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            states.addWidget(label, row, 1)
        column.addLayout(states)
        column.addStretch(1)
        self.setWidget(inside)

    def _line(self, grid: QGridLayout, title: str, value: QLabel) -> None:
        row = grid.rowCount()
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(QuietLabel(title), row, 0)
        grid.addWidget(value, row, 1)
        self.lines.append((title, value.text()))
