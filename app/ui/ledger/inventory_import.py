"""Before an inventory list is taken: its first rows as they were understood; what cannot be known is asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.inventory import InventoryRow
from app.domain.ledger_rows import BadRow
from app.domain.turkish import format_amount, format_date
from app.storage.ledgers.queries import amount
from app.storage.records import CompanyRecord
from app.ubl.codes import units
from app.ui.desk import Desk
from app.ui.dialogs.sizes import open_at
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, EmptyState, HeadingLabel, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows.inventory_facts import look_at_list

ITEM_COLUMNS: Final = (
    TextColumn("Satır", 6, is_number=True),
    TextColumn("Hesap", 13),
    TextColumn("Ürün kodu", 13, gives_way=True),
    TextColumn("Ürün", 0),
    TextColumn("Miktar", 9, is_number=True),
    TextColumn("Birim", 11),
    TextColumn("Şube", 6, gives_way=True),
    TextColumn("Tutar", 14, is_number=True),
)
_ASKED: Final = "LEDGER.QUESTION"


def item_row(row: InventoryRow | BadRow) -> TextRow:
    """A line of a list as the tables show it."""
    if isinstance(row, BadRow):
        texts = (str(row.source_line), "", "", row.message, "", "", "", "")
        return TextRow(texts=texts, icon="error", tone="error")
    quantity = format_amount(Decimal(row.quantity), _places(row.quantity)) if row.quantity else ""
    name = row.product_name or row.sub_name or row.main_name
    texts = (
        str(row.source_line),
        row.sub_id or row.main_id,
        row.product_id,
        name,
        quantity,
        _unit_words(row.unit),
        row.branch_no,
        format_amount(amount(row.amount)),
    )
    return TextRow(texts=texts, what=row)


def _unit_words(code: str) -> str:
    """The unit's name; a code that is not among the usual ones stands as it will be written."""
    known = units().get(code)
    return known.name if known is not None else code


def _places(quantity: str) -> int:
    return len(quantity.partition(".")[2])


class InventoryImportDialog(QDialog):
    """`decimals` is the user's answer, empty where nothing had to be asked."""

    def __init__(
        self, desk: Desk, company: CompanyRecord, path: Path, day: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self.path = desk, path
        self._asked = 0
        self.decimals = ""
        title = self.tr("Envanter listesini al")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.message = MessageBar(parent=self, closable=False)
        self.choices = QWidget(self)
        row = QHBoxLayout(self.choices)
        row.setContentsMargins(0, 0, 0, 0)
        self.group = QButtonGroup(self)
        for value, words in ((",", self.tr("virgül: 1.234,50")), (".", self.tr("nokta: 1,234.50"))):
            button = QRadioButton(words, self.choices)
            button.setProperty("answer", value)
            self.group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.choices.hide()
        self.group.buttonClicked.connect(self._on_answered)
        self.model = TextModel(ITEM_COLUMNS, self)
        self.table = RowTable(self.tr("Önizleme"), ITEM_COLUMNS, self)
        self.table.setModel(self.model)
        self.waiting = EmptyState("import", self.tr("Liste okunuyor…"), "", parent=self)
        self.go = PrimaryButton(self.tr("Listeyi al"), self, icon="import")
        self.go.clicked.connect(self.accept)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(path.name, self))
        column.addWidget(ElidedLabel(company.company.party.display_name, self))
        words = self.tr("{0} günü envanteri olarak alınır.").format(format_date(day))
        column.addWidget(QuietLabel(words, self, wrap=True))
        column.addWidget(self.message)
        column.addWidget(self.choices)
        column.addWidget(self.waiting, 1)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        open_at(self, tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + 160)
        self.table.hide()
        self.go.setEnabled(False)
        self._look()

    def _look(self) -> None:
        self._asked += 1
        question, path, decimals = self._asked, self.path, self.decimals

        def read(_s: object) -> tuple[int, list[TextRow]]:
            return question, [item_row(row) for row in look_at_list(path, decimals=decimals)]

        self._desk.read(read, self._on_rows, owner=self, failed=self._on_failed)

    def _on_rows(self, answer: tuple[int, list[TextRow]]) -> None:
        question, rows = answer
        if question != self._asked:
            return
        if not self.decimals:
            self.message.hide()
        self.waiting.hide()
        self.table.show()
        self.model.set_rows(rows)
        self.table.share_room()
        self.go.setEnabled(any(row.what is not None for row in rows))
        if not rows:
            self._say(self.tr("Liste boş"), self.tr("Başlığın altında satır yok."))

    def _on_failed(self, error: AppError) -> None:
        if error.code == _ASKED:
            self.message.show_message("warn", error.what)
            self.choices.show()
            self._say(self.tr("Doğru okunuşu yukarıda seçin"), error.why)
            return
        self._say(self.tr("Liste alınamaz"), error.sentence)

    def _say(self, title: str, sentence: str) -> None:
        self.table.hide()
        self.waiting.set_words(title, sentence)
        self.waiting.show()
        self.go.setEnabled(False)

    @Slot(object)
    def _on_answered(self, button: QRadioButton) -> None:
        self.decimals = str(button.property("answer"))
        self._look()
