"""Mizan: sums per account of the month or of the year so far; below, the card of the chosen account."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.turkish import format_amount, format_date
from app.storage.ledgers import queries
from app.storage.ledgers.accounts import CardLine, account_card
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
CARD_COLUMNS: Final = (
    TextColumn("Tarih", 10),
    TextColumn("Fiş no", 11),
    TextColumn("Hesap", 11, gives_way=True),
    TextColumn("Açıklama", 0),
    TextColumn("Borç", 13, is_number=True),
    TextColumn("Alacak", 13, is_number=True),
    TextColumn("Bakiye", 15, is_number=True),
)
_CARD_LINES: Final = 2_000


class BalancesTab(QWidget):
    """Read when the month or one of the chips changes. `voucher_wanted(id, day)` when a card's line is opened."""

    failed = Signal(object)
    voucher_wanted = Signal(int, object)

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
        self.table.selectionModel().currentRowChanged.connect(self._on_account_changed)
        self._card_asked = 0
        self.card_head = QLabel("", self)
        self.card_head.setContentsMargins(tokens.S, 0, tokens.S, 0)
        self.card = TextModel(CARD_COLUMNS, self)
        self.card_table = RowTable(self.tr("Hesap kartı"), CARD_COLUMNS, self)
        self.card_table.setModel(self.card)
        self.card_table.setAccessibleDescription(self.tr("Enter satırın fişini açar"))
        self.card_table.activated.connect(self._on_line_opened)
        below = QWidget(self)
        beside = QVBoxLayout(below)
        beside.setContentsMargins(0, tokens.XS, 0, 0)
        beside.setSpacing(tokens.XS)
        beside.addWidget(self.card_head)
        beside.addWidget(self.card_table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(below)
        self.splitter.setSizes([320, 220])
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.splitter)
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
        if self._month is None or self._month[0] != path or self._month[2:] != (first, last):
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
        before = self.table.currentIndex().row()
        kept = self.model.rows[before].what if 0 <= before < len(self.model.rows) else None
        self.model.set_rows(rows)
        even = self.tr("borç ve alacak eşit") if debit == credit else self.tr("borç ve alacak eşit değil")
        self.totals.setText(self.tr("{0} hesap, {1}").format(number(len(found)), even) if found else "")
        self.stack.setCurrentWidget(self.splitter if found else self.empty)
        self.table.share_room()
        self._show_card("", [])
        if found:
            places = [i for i, row in enumerate(rows) if kept is not None and row.what == kept]
            self.table.selectRow(places[0] if places else 0)

    # -- the account's card ----------------------------------------------------------------------------------------

    @Slot(QModelIndex, QModelIndex)
    def _on_account_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        place, month = current.row(), self._month
        if month is None or not 0 <= place < len(self.model.rows) or self.model.rows[place].what is None:
            self._show_card("", [])
            return
        row = self.model.rows[place]
        self._card_asked += 1
        question, code, title = self._card_asked, str(row.what), f"{row.what} {row.texts[1]}"
        path, year_start, first, last = month
        start, by_sub = year_start if self.year.isChecked() else first, self.sub.isChecked()

        def read(_s: object) -> tuple[int, str, list[CardLine]]:
            lines: list[CardLine] = facts.read_with(
                path,
                lambda c: account_card(c, code=code, first=start, last=last, by_sub=by_sub, limit=_CARD_LINES),
                [],
            )
            return question, title, lines

        self._desk.read(read, self._on_card, owner=self, failed=self.failed.emit)

    def _on_card(self, answer: tuple[int, str, list[CardLine]]) -> None:
        question, title, lines = answer
        if question == self._card_asked:
            self._show_card(title, lines)

    def _show_card(self, title: str, lines: list[CardLine]) -> None:
        if not title:
            self._card_asked += 1
            self.card_head.setText(self.tr("Kartını görmek için bir hesap seçin."))
        elif len(lines) >= _CARD_LINES:
            words = self.tr("{0} · ilk {1} satır gösteriliyor")
            self.card_head.setText(words.format(title, number(_CARD_LINES)))
        else:
            self.card_head.setText(self.tr("{0} · {1} satır").format(title, number(len(lines))))
        self.card.set_rows([_card_row(line) for line in lines])
        self.card_table.share_room()

    @Slot(QModelIndex)
    def _on_line_opened(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self.card.rows):
            line: CardLine = self.card.rows[index.row()].what
            self.voucher_wanted.emit(line.voucher_id, line.day)


def _card_row(line: CardLine) -> TextRow:
    figure = format_amount(line.amount)
    sides = (figure, "") if line.is_debit else ("", figure)
    side = "B" if line.balance > 0 else "A" if line.balance < 0 else ""
    balance = f"{format_amount(abs(line.balance))} {side}".strip()
    texts = (format_date(line.day), line.reference, line.code, line.comment, *sides, balance)
    return TextRow(texts=texts, what=line)


def _row(one: AccountBalance) -> TextRow:
    left = format_amount(one.balance) if one.balance > 0 else ""
    right = format_amount(-one.balance) if one.balance < 0 else ""
    texts = (one.code, one.name, format_amount(one.debit), format_amount(one.credit), left, right)
    return TextRow(texts=texts, what=one.code)
