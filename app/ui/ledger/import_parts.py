"""What the import dialog is made of: its choices, the rows of its preview."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.turkish import format_amount
from app.edefter.sources.shape import Format
from app.storage.ledgers.queries import amount
from app.ui.ledger.tables import TextColumn, TextRow

ENCODINGS: Final = (("utf-8-sig", "UTF-8"), ("cp1254", "Windows-1254 (Türkçe)"), ("iso8859-9", "ISO-8859-9"))
DELIMITERS: Final = ((";", "noktalı virgül"), (",", "virgül"), ("\t", "sekme"))
PREVIEW_COLUMNS: Final = (
    TextColumn("Satır", 7, is_number=True),
    TextColumn("Tarih", 11),
    TextColumn("Fiş", 14),
    TextColumn("Hesap", 16),
    TextColumn("Açıklama", 0),
    TextColumn("Borç", 14, is_number=True),
    TextColumn("Alacak", 14, is_number=True),
)
_FORMATS: Final = {
    Format.TABLE: "Sütunlu metin (CSV)",
    Format.TURKCELL: "Turkcell TXT",
    Format.EXCEL: "Excel",
    Format.UYUMSOFT_XML: "Uyumsoft XML",
}


def format_title(source: Format) -> str:
    """How the format is called; one that has come since goes by its own name."""
    return _FORMATS.get(source, source.value)


def make_combo(title: str, choices: tuple[tuple[str, str], ...], parent: QWidget) -> QComboBox:
    combo = QComboBox(parent)
    combo.setAccessibleName(title)
    for value, words in choices:
        combo.addItem(words, value)
    return combo


def choose(combo: QComboBox, value: str) -> None:
    plain = "utf-8-sig" if value in ("utf-8", "utf_8", "utf_8_sig") else value
    place = combo.findData(plain)
    if place < 0 and plain:
        combo.addItem(plain, plain)
        place = combo.count() - 1
    combo.setCurrentIndex(place)


def preview_row(row: LedgerRow | BadRow) -> TextRow:
    if isinstance(row, BadRow):
        texts = (str(row.source_line), "", "", "", row.message, "", "")
        return TextRow(texts=texts, what=row.code, icon="error", tone="error")
    figure = format_amount(amount(row.amount))
    sides = (figure, "") if row.side == "D" else ("", figure)
    day = f"{row.day[8:]}.{row.day[5:7]}.{row.day[:4]}"
    texts = (
        str(row.source_line),
        day,
        row.entry_number or row.reference,
        row.sub_id or row.main_id,
        row.comment or row.entry_comment,
        *sides,
    )
    return TextRow(texts=texts)
