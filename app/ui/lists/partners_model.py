"""The model of Cariler: some thousands of cards at most, read whole, searched by folded words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.turkish import fold, format_datetime, sort_key
from app.storage.records import CompanyRecord, PartnerRecord
from app.ui.theme.icons import icon
from app.ui.theme.tokens import Tone

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
PartnerRole = Qt.ItemDataRole.UserRole

#: Key and title of each column.
COLUMNS: Final = (
    ("registered", "e-Fatura"),
    ("name", "Unvan"),
    ("company", "Firma"),
    ("tax_number", "VKN/TCKN"),
    ("tax_office", "Vergi dairesi"),
    ("preferred", "Gönderilen etiket"),
    ("labels", "Etiketler"),
    ("checked", "Son sorgu"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """A card with the firm it belongs to and its folded text."""

    company: CompanyRecord
    partner: PartnerRecord
    texts: tuple[str, ...]
    folded: str


def registration(partner: PartnerRecord) -> tuple[str, Tone, str]:
    """Icon, tone and word of a partner's registration."""
    if partner.registered is None:
        return "question", "wait", "Sorgulanmadı"
    return ("check-circle", "ok", "Mükellef") if partner.registered else ("cancelled", "warn", "Mükellef değil")


def row_of(company: CompanyRecord, partner: PartnerRecord) -> PartnerRow:
    """Format one card. Any thread."""
    party = partner.party
    if partner.preferred_pk:
        preferred = partner.preferred_pk
    elif len(partner.pk_labels) > 1:
        preferred = "Seçilmedi"
    else:
        preferred = "".join(partner.pk_labels)
    texts = (
        registration(partner)[2],
        party.display_name,
        company.company.party.display_name,
        party.tax_number.digits,
        party.tax_office,
        preferred,
        ", ".join(partner.pk_labels),
        format_datetime(partner.checked_at) if partner.checked_at is not None else "",
    )
    return PartnerRow(company=company, partner=partner, texts=texts, folded=fold(" ".join(texts)))


class PartnersModel(QAbstractTableModel):
    """GUI thread only."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[PartnerRow, ...] = ()
        self._rows: list[PartnerRow] = []
        self._words: list[str] = []
        self._sort = (1, False)

    @property
    def rows(self) -> Sequence[PartnerRow]:
        return self._rows

    @property
    def is_bare(self) -> bool:
        """Whether there is no card at all, searched for or not."""
        return not self._all

    def set_rows(self, rows: Sequence[PartnerRow]) -> None:
        self._all = tuple(rows)
        self._apply()

    def set_text(self, text: str) -> None:
        """Show only cards that hold every word."""
        self._words = fold(text).split()
        self._apply()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sort = (column, order == Qt.SortOrder.DescendingOrder)
        self._apply()

    def row_of_id(self, partner_id: int) -> int:
        return next((i for i, row in enumerate(self._rows) if row.partner.id == partner_id), -1)

    def _apply(self) -> None:
        column, descending = self._sort
        found = [row for row in self._all if all(word in row.folded for word in self._words)]
        found.sort(key=lambda row: (sort_key(row.texts[column]), row.partner.id), reverse=descending)
        self.beginResetModel()
        self._rows = found
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_title = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        if is_title and 0 <= section < len(COLUMNS):
            return COLUMNS[section][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.texts[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            name, tone, _ = registration(row.partner)
            return icon(name, tone)
        if role == PartnerRole:
            return row
        return None
