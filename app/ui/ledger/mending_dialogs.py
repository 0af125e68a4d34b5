"""The previews before data change: fixes to choose from, and a voucher's summary. Nothing is preselected but what is
safe, and what each would change stands there line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.turkish import format_amount
from app.storage.ledgers.queries import amount
from app.storage.records import CompanyRecord
from app.ui.dialogs.sizes import open_at
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import number, size_words
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, PrimaryButton, QuietButton, QuietLabel
from app.workflows.ledger_fix_model import FixOffer
from app.workflows.ledger_summarise import SummaryPreview

CHANGES: Final = (
    TextColumn("Fiş", 16),
    TextColumn("Satır", 6, is_number=True),
    TextColumn("Alan", 18),
    TextColumn("Şimdi", 0),
    TextColumn("Olacak", 0),
)
ACCOUNTS: Final = (
    TextColumn("Hesap", 14),
    TextColumn("Hesap adı", 0),
    TextColumn("Yön", 8),
    TextColumn("Satır", 10, is_number=True),
    TextColumn("Özette", 8, is_number=True),
    TextColumn("Tutar", 16, is_number=True),
)
_SIDES: Final = {"D": "Borç", "C": "Alacak"}


class FixDialog(QDialog):
    """Which of the offered fixes are made, by whose word."""

    def __init__(self, offers: Sequence[FixOffer], company: CompanyRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers = list(offers)
        title = self.tr("Güvenli düzeltmeler")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        column = _column(self, title, company)
        column.addWidget(
            QuietLabel(
                self.tr("Yalnız işaretledikleriniz yapılır; değişenler aşağıda. Düzeltme geri alınabilir."),
                self,
                wrap=True,
            )
        )
        self.boxes: list[QCheckBox] = []
        for offer in self._offers:
            count = self.tr(" ({0} değer)").format(number(offer.total)) if offer.total else ""
            box = QCheckBox(f"{offer.title}{count}", self)
            box.setEnabled(not offer.refusal and bool(offer.total))
            box.setChecked(box.isEnabled())
            box.toggled.connect(self._show_chosen)
            self.boxes.append(box)
            column.addWidget(box)
            if offer.refusal:
                column.addWidget(QuietLabel(offer.refusal, self, wrap=True))
            elif offer.left_out:
                names = ", ".join(f"{reference}: {reason}" for reference, reason in offer.left_out[:3])
                said = self.tr("{0} fiş dışarıda kalır ({1})").format(number(len(offer.left_out)), names)
                column.addWidget(QuietLabel(said, self, wrap=True))
        self.model = TextModel(CHANGES, self)
        self.table = _table(self, self.tr("Değişecekler"), CHANGES, self.model)
        column.addWidget(self.table, 1)
        self.more = QuietLabel("", self)
        column.addWidget(self.more)
        self.who, self.yes = _foot(self, column, self.tr("Düzelt"), "wrench")
        self._show_chosen()

    def chosen(self) -> list[FixOffer]:
        """The offers that are ticked."""
        return [offer for offer, box in zip(self._offers, self.boxes, strict=True) if box.isChecked()]

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self.chosen()
        rows = [
            TextRow(
                texts=(
                    change.reference.partition("@")[0],
                    number(change.source_line) if change.source_line else "",
                    change.field,
                    change.before or "(boş)",
                    change.after or "(boş)",
                ),
                what=change,
            )
            for offer in chosen
            for change in offer.changes
        ]
        self.model.set_rows(rows)
        self.table.share_room()
        total = sum(offer.total for offer in chosen)
        hidden = total - len(rows)
        self.more.setText(self.tr("… ve {0} değişiklik daha").format(number(hidden)) if hidden > 0 else "")
        self.yes.setText(self.tr("{0} değeri düzelt").format(number(total)))
        self.yes.setEnabled(bool(total))


class SummaryDialog(QDialog):
    """What becomes of a voucher that is too large for one part, account by account."""

    def __init__(self, preview: SummaryPreview, company: CompanyRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = self.tr("{0}. madde özetlensin mi?").format(number(preview.entry))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        column = _column(self, title, company)
        said = self.tr(
            "Aynı hesabın, aynı yöndeki ve aynı belgeli satırları tek satırda toplanır; borç ve alacak toplamı "
            "değişmez. Eski satırlar saklanır, özet geri alınabilir."
        )
        column.addWidget(QuietLabel(said, self, wrap=True))
        form = QFormLayout()
        lines = self.tr("{0} satır → {1} satır")
        for name, value in (
            (self.tr("Fiş"), preview.reference.partition("@")[0]),
            (self.tr("Satır"), lines.format(number(preview.lines_before), number(preview.lines_after))),
            (self.tr("Boyut"), f"{size_words(preview.bytes_before)} → {size_words(preview.bytes_after)}"),
            (self.tr("Borç"), format_amount(amount(preview.debit))),
            (self.tr("Alacak"), format_amount(amount(preview.credit))),
        ):
            form.addRow(name, QLabel(value, self))
        column.addLayout(form)
        warnings = []
        if preview.texts_lost:
            warnings.append(
                self.tr("{0} satırın kendi açıklaması ortak açıklamaya bırakılır.").format(number(preview.texts_lost))
            )
        if preview.numbers_change:
            warnings.append(self.tr("Kaynağın verdiği satır numaraları bu ayda ve sonrakilerde kayar."))
        if not preview.helps:
            warnings.append(self.tr("Bu fişte birleşecek iki satır yok: özetlemek küçültmez."))
        for words in warnings:
            column.addWidget(QLabel(words, self))
        self.model = TextModel(ACCOUNTS, self)
        self.model.set_rows(
            [
                TextRow(
                    texts=(
                        code,
                        name,
                        _SIDES.get(side, side),
                        number(before),
                        number(after),
                        format_amount(amount(units)),
                    ),
                    what=code,
                )
                for code, name, side, before, after, units in preview.accounts
            ]
        )
        self.table = _table(self, self.tr("Hesap hesap özet"), ACCOUNTS, self.model)
        column.addWidget(self.table, 1)
        self.who, self.yes = _foot(self, column, self.tr("Özetle"), "wrench")
        self.yes.setEnabled(preview.helps)


def _column(dialog: QDialog, title: str, company: CompanyRecord) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
    column.setSpacing(tokens.S)
    column.addWidget(HeadingLabel(title, dialog))
    firm = QLabel(company.company.party.display_name, dialog)
    firm.setWordWrap(True)
    column.addWidget(firm)
    open_at(dialog, tokens.TEXT_WIDTH_PX + 320, tokens.POPUP_HEIGHT_PX + 120)
    return column


def _table(dialog: QDialog, title: str, columns: Sequence[TextColumn], model: TextModel) -> RowTable:
    table = RowTable(title, columns, dialog)
    table.setModel(model)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return table


def _foot(dialog: QDialog, column: QVBoxLayout, yes: str, icon: str) -> tuple[QLineEdit, PrimaryButton]:
    """Whose word it is, and the two buttons; Enter goes to neither by itself."""
    who = QLineEdit(dialog)
    who.setAccessibleName(dialog.tr("Kimin kararı"))
    who.setPlaceholderText(dialog.tr("kimin kararı (adı soyadı, istenirse)"))
    going = PrimaryButton(yes, dialog, icon=icon)
    going.clicked.connect(dialog.accept)
    staying = QuietButton(dialog.tr("Vazgeç"), dialog)
    staying.clicked.connect(dialog.reject)
    row = QHBoxLayout()
    row.setSpacing(tokens.S)
    row.addWidget(who, 1)
    row.addWidget(staying)
    row.addWidget(going)
    column.addLayout(row)
    return who, going
