"""The card of one business partner: how it is registered, where it is, to which mailbox it gets its invoices."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.lifecycle import Direction
from app.domain.party import Address
from app.domain.turkish import format_datetime
from app.storage import search
from app.storage.database import OpenSession
from app.ui.desk import Desk
from app.ui.lists.partners_model import PartnerRow, registration
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, HeadingLabel, IconLabel, QuietLabel

_Counts = tuple[int, int, int]


class PartnerCard(QStackedWidget):
    """`show_partner` with one card, None when none (or several) are chosen. GUI thread only."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._row: PartnerRow | None = None
        self.counts = QLabel()
        sentence = self.tr("Soldan bir cari seçin; kaydı, adresi ve etiketleri burada görünür.")
        self.empty = EmptyState("partners", self.tr("Cari seçilmedi"), sentence, parent=self)
        self.body = QScrollArea(self)
        self.body.setWidgetResizable(True)
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.body.setAccessibleName(self.tr("Cari kartı"))
        self.addWidget(self.empty)
        self.addWidget(self.body)

    def show_partner(self, row: PartnerRow | None) -> None:
        if row is not None and self._row == row:
            return
        self._row = row
        self.setCurrentWidget(self.empty if row is None else self.body)
        if row is None:
            return
        party = row.partner.party
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.M)
        heading = HeadingLabel(party.display_name, inside)
        heading.setWordWrap(True)
        column.addWidget(heading)
        icon, tone, word = registration(row.partner)
        state = QHBoxLayout()
        state.setSpacing(tokens.XS)
        state.addWidget(IconLabel(icon, tone, inside))
        state.addWidget(QLabel(self.tr("e-Fatura: {0}").format(word), inside), 1)
        column.addLayout(state)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.L)
        grid.setVerticalSpacing(tokens.S)
        grid.setColumnStretch(1, 1)
        self.counts = QLabel(inside)
        for title, value in self._facts(row):
            line = grid.rowCount()
            grid.addWidget(QuietLabel(title, inside), line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_value(value, inside), line, 1)
        line = grid.rowCount()
        grid.addWidget(QuietLabel(self.tr("Belgeler"), inside), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.counts, line, 1)
        column.addLayout(grid)
        column.addStretch(1)
        self.body.setWidget(inside)
        self._count(row)

    def _facts(self, row: PartnerRow) -> Iterable[tuple[str, str]]:
        partner, party = row.partner, row.partner.party
        checked = format_datetime(partner.checked_at) if partner.checked_at is not None else self.tr("hiç sorulmadı")
        chosen = partner.preferred_pk
        labels = [
            f"{label} ✓" if label == chosen and len(partner.pk_labels) > 1 else label for label in partner.pk_labels
        ]
        found = (
            (self.tr("VKN") if party.tax_number.is_vkn else self.tr("TCKN"), party.tax_number.digits),
            (self.tr("Vergi dairesi"), party.tax_office),
            (self.tr("Adres"), _address(party.address)),
            (self.tr("Telefon"), party.phone),
            (self.tr("E-posta"), party.email),
            (self.tr("Etiketler"), "\n".join(labels)),
            (self.tr("Son sorgu"), checked),
            (self.tr("Firma"), row.company.company.party.display_name),
        )
        return ((title, value) for title, value in found if value)

    def _count(self, row: PartnerRow) -> None:
        company_id, digits, card = row.company.id, row.partner.party.tax_number.digits, row.partner.id

        def count(s: OpenSession) -> _Counts:
            sent, received = (
                search.count(
                    s, search.DocumentQuery(company_id=company_id, direction=direction, partner_vkn=digits, sort=())
                )
                for direction in (Direction.OUT, Direction.IN)
            )
            return card, sent, received

        self._desk.read(count, self._on_counted, owner=self)

    def _on_counted(self, counts: _Counts) -> None:
        card, sent, received = counts
        if self._row is not None and self._row.partner.id == card:
            self.counts.setText(self.tr("{0} giden, {1} gelen").format(_grouped(sent), _grouped(received)))


def _value(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _address(address: Address) -> str:
    street = " ".join(part for part in (address.street, address.building) if part)
    place = " ".join(part for part in (address.postal_code, address.district) if part)
    town = " / ".join(part for part in (place, address.city) if part)
    return "\n".join(part for part in (street, town) if part)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
