"""Mizan: sums per account of the month, or from the beginning of the fiscal year; by main account or the finest."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.turkish import format_amount
from app.storage.ledgers import queries
from app.storage.ledgers.queries import AccountBalance
from app.ui.desk import Desk
from app.ui.ledger import facts
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import number
from app.ui.theme import tokens
from app.ui.widgets import Chip, EmptyState, QuietLabel

COLUMNS: Final = (
    TextColumn("Hesap", 9),
    TextColumn("Hesap adı", 0),
    TextColumn("Borç", 14, is_number=True),
    TextColumn("Alacak", 14, is_number=True),
    TextColumn("Borç bakiye", 14, is_number=True),
    TextColumn("Alacak bakiye", 14, is_number=True),
)


class BalancesTab(QWidget):
    """Read when the month or one of the chips changes."""

    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = 0
        self._month: tuple[Path, str, str, str] | None = None
        self.main = Chip(self.tr("Ana hesap"), self, key="main")
        self.sub = Chip(self.tr("Alt hesap"), self, key="sub")
        self.month = Chip(self.tr("Bu ay"), self, key="month")
        self.year = Chip(self.tr("Dönem başından"), self, key="year")
        self._groups = (QButtonGroup(self), QButtonGroup(self))
        for group, chips in zip(self._groups, ((self.main, self.sub), (self.month, self.year)), strict=True):
            for chip in chips:
                group.addButton(chip)
            for chip in chips:
                # A checked chip is drawn heavier than it is measured.
                chip.setMinimumWidth(chip.sizeHint().width() + tokens.S)
            chips[0].setChecked(True)
            group.buttonClicked.connect(self._ask)
        self.totals = QuietLabel("", self)
        self.model = TextModel(COLUMNS, self)
        self.table = RowTable(self.tr("Mizan"), COLUMNS, self)
        self.table.setModel(self.model)
        self.empty = EmptyState(
            "ledger",
            self.tr("Mizanda hesap yok"),
            self.tr("Fişler alındığında hesapların toplamları burada durur."),
            parent=self,
        )
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar.setSpacing(tokens.XS)
        for part in (self.main, self.sub):
            bar.addWidget(part)
        bar.addSpacing(tokens.M)
        for part in (self.month, self.year):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.totals)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)

    def show_month(self, path: Path, year_start: str, first: str, last: str) -> None:
        """ISO days: where the fiscal year begins, and the month's first and last."""
        if self._month is None or self._month[0] != path or self._month[2] != first:
            self.model.set_rows([])
        self._month = (path, year_start, first, last)
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._month is None:
            return
        self._asked += 1
        question = self._asked
        path, year_start, first, last = self._month
        start, by_sub = year_start if self.year.isChecked() else first, self.sub.isChecked()

        def read(_s: object) -> tuple[int, list[AccountBalance]]:
            found: list[AccountBalance] = facts.read_with(
                path, lambda c: queries.trial_balance(c, first=start, last=last, by_sub=by_sub), []
            )
            return question, found

        self._desk.read(read, self._on_balances, owner=self, failed=self.failed.emit)

    def _on_balances(self, answer: tuple[int, list[AccountBalance]]) -> None:
        question, found = answer
        if question != self._asked:
            return
        rows = [_row(one) for one in found]
        debit = sum((one.debit for one in found), Decimal(0))
        credit = sum((one.credit for one in found), Decimal(0))
        if found:
            positive = sum((max(one.balance, Decimal(0)) for one in found), Decimal(0))
            negative = sum((max(-one.balance, Decimal(0)) for one in found), Decimal(0))
            figures = tuple(format_amount(value) for value in (debit, credit, positive, negative))
            rows.append(TextRow(texts=(self.tr("Toplam"), "", *figures), is_strong=True))
        self.model.set_rows(rows)
        even = self.tr("borç ve alacak eşit") if debit == credit else self.tr("borç ve alacak eşit değil")
        self.totals.setText(self.tr("{0} hesap, {1}").format(number(len(found)), even) if found else "")
        self.stack.setCurrentWidget(self.table if found else self.empty)
        self.table.share_room()


def _row(one: AccountBalance) -> TextRow:
    left = format_amount(one.balance) if one.balance > 0 else ""
    right = format_amount(-one.balance) if one.balance < 0 else ""
    texts = (one.code, one.name, format_amount(one.debit), format_amount(one.credit), left, right)
    return TextRow(texts=texts, what=one.code)
