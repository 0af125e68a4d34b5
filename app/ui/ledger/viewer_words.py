"""How the parts of a ledger file are called: kinds, columns, rows, facts and totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.turkish import format_amount, format_date, format_datetime
from app.domain.voucher import DOCUMENT_TYPE_TITLES, DocumentType
from app.edefter.archive import parse_name
from app.edefter.reading.reader import HeaderRow, LedgerReader, LineRow
from app.edefter.reading.seal import SealFacts
from app.ui.ledger.tables import TextColumn
from app.ui.ledger.words import MONTHS, number, size_words
from app.ui.theme.tokens import Tone

KINDS: Final = {
    "Y": "Yevmiye defteri",
    "K": "Büyük defter (kebir)",
    "E": "Envanter defteri",
    "YB": "Yevmiye beratı",
    "KB": "Kebir beratı",
    "EB": "Envanter beratı",
    "DR": "Defter raporu",
}
#: What a header is called, one and in the totals.
_HEADERS: Final = {"K": "hesap", "DR": "liste", "YB": "liste", "KB": "liste"}
_UNIT: Final = Decimal(10_000)
_DAY: Final = 10

JOURNAL_HEADERS: Final = (
    TextColumn("Madde", 8, is_number=True),
    TextColumn("Tarih", 10),
    TextColumn("Fiş no", 11),
    TextColumn("Açıklama", 0),
    TextColumn("Kaydeden", 14, gives_way=True),
    TextColumn("Satır", 6, is_number=True, gives_way=True),
    TextColumn("Borç", 15, is_number=True),
    TextColumn("Alacak", 15, is_number=True),
)
ACCOUNT_HEADERS: Final = (
    TextColumn("Hesap", 14),
    TextColumn("Hesap adı", 0),
    TextColumn("Satır", 8, is_number=True),
    TextColumn("Borç kalanı", 16, is_number=True),
    TextColumn("Alacak kalanı", 16, is_number=True),
)
INVENTORY_HEADERS: Final = (
    TextColumn("Madde", 8, is_number=True),
    TextColumn("Tarih", 10),
    TextColumn("Açıklama", 0),
    TextColumn("Satır", 6, is_number=True),
)
LINES: Final = (
    TextColumn("Satır", 8, is_number=True),
    TextColumn("Madde", 8, is_number=True, gives_way=True),
    TextColumn("Tarih", 10),
    TextColumn("Hesap", 12),
    TextColumn("Hesap adı", 0),
    TextColumn("Açıklama", 0),
    TextColumn("Borç", 14, is_number=True),
    TextColumn("Alacak", 14, is_number=True),
    TextColumn("Belge", 26),
    TextColumn("Belge tarihi", 12, gives_way=True),
)
#: Under a voucher its number and day are said already.
JOURNAL_LINES: Final = (LINES[0], *LINES[3:])
INVENTORY_LINES: Final = (
    TextColumn("Satır", 8, is_number=True),
    TextColumn("Hesap", 12),
    TextColumn("Hesap adı", 0),
    TextColumn("Ürün", 0),
    TextColumn("Miktar", 10, is_number=True),
    TextColumn("Birim", 6),
    TextColumn("Tutar", 14, is_number=True),
)
SUM_LINES: Final = (
    TextColumn("Hesap", 12),
    TextColumn("Hesap adı", 0),
    TextColumn("Borç", 18, is_number=True),
    TextColumn("Alacak", 18, is_number=True),
    TextColumn("Satır sayısı", 10, is_number=True),
)


def header_columns(kind: str) -> tuple[TextColumn, ...]:
    """The columns of the upper list; empty where a file has one list of sums and no more."""
    if kind == "K":
        return ACCOUNT_HEADERS
    if kind == "E":
        return INVENTORY_HEADERS
    return JOURNAL_HEADERS if kind in ("Y", "") else ()


def line_columns(kind: str) -> tuple[TextColumn, ...]:
    """The columns of the lines."""
    if kind == "E":
        return INVENTORY_LINES
    if kind in ("Y", ""):
        return JOURNAL_LINES
    return LINES if kind == "K" else SUM_LINES


def header_texts(kind: str, row: HeaderRow) -> tuple[str, ...]:
    """A header's cells, as `header_columns` has them."""
    lines, debit, credit = number(row.lines), money(row.debit), money(row.credit)
    comment = row.comment or row.first_comment
    if kind == "K":
        return (row.account, row.account_name, lines, debit, credit)
    if kind == "E":
        return (row.number, day(row.day), comment, lines)
    return (row.number, day(row.day), row.entry_number, comment, row.entered_by, lines, debit, credit)


def line_texts(kind: str, row: LineRow) -> tuple[str, ...]:
    """A line's cells, as `line_columns` has them."""
    account, name = row.sub or row.main, row.sub_name or row.main_name
    amount = money(row.amount)
    debit, credit = (amount, "") if row.side.upper().startswith("D") else ("", amount)
    if kind == "E":
        return (row.number, account, name, row.product or row.comment, row.quantity, row.unit, amount)
    if kind in ("Y", "K", ""):
        paper = (document(row), day(row.document_date))
        under = (row.entry, day(row.day)) if kind == "K" else ()
        return (row.number, *under, account, name, row.comment, debit, credit, *paper)
    return (account, name, debit, credit, row.counted)


def document(row: LineRow) -> str:
    """`Fatura ABC2026000000001`."""
    title = row.document_description
    if not title and row.document_type:
        known = row.document_type in {one.value for one in DocumentType}
        title = DOCUMENT_TYPE_TITLES[DocumentType(row.document_type)] if known else row.document_type
    return " ".join(part for part in (title, row.document_number) if part)


def money(amount: Decimal | None) -> str:
    """Two decimals in the Turkish form; what is no number stays empty."""
    return "" if amount is None else format_amount(amount)


def day(text: str) -> str:
    """`2026-03-05` as `05.03.2026`; what is no day is shown as it stands."""
    try:
        return format_date(date.fromisoformat(text[:_DAY])) if text else ""
    except ValueError:
        return text


def title_of(reader: LedgerReader) -> str:
    """`GİB onaylı yevmiye beratı · Mart 2026 · 2. parça`."""
    head, named = reader.head(), parse_name(reader.path.name)
    title = KINDS.get(head.kind, "e-Defter dosyası")
    if named is not None and named.is_gibs:
        title = f"GİB onaylı {title[0].lower()}{title[1:]}"
    parts = [title]
    month = head.period_start[5:7]
    if month.isdigit() and 1 <= int(month) <= len(MONTHS):
        parts.append(f"{MONTHS[int(month) - 1]} {head.period_start[:4]}")
    if named is not None and named.part:
        parts.append(f"{named.part}. parça")
    if head.branch:
        parts.append(head.branch)
    return " · ".join(parts)


def totals_of(reader: LedgerReader) -> str:
    """`28.828 madde · 122.000 satır · borç 4.668.584,56 · alacak 4.668.584,56`."""
    index, kind = reader.index, reader.head().kind
    parts = []
    if kind in ("Y", "K", "E", ""):
        parts.append(f"{number(index.headers)} {_HEADERS.get(kind, 'madde')}")
    parts.append(f"{number(index.lines)} satır")
    debit, credit = format_amount(index.debit / _UNIT), format_amount(index.credit / _UNIT)
    if kind == "E":
        parts.append(f"toplam {debit}")
    elif index.lines:
        even = " (eşit)" if index.debit == index.credit and kind in ("Y", "K") else ""
        parts += [f"borç {debit}", f"alacak {credit}{even}"]
    return " · ".join(parts)


def range_of(reader: LedgerReader) -> str:
    """First and last number, from the index; empty for a kebir."""
    numbers = reader.index.header_number
    known = [one for one in (numbers[0], numbers[-1]) if one] if len(numbers) else []
    return f"{number(known[0])}–{number(known[-1])}" if known else ""


def seal_words(seal: SealFacts) -> tuple[str, Tone, str]:
    """Icon, tone and sentence of the seal's line."""
    if not seal.is_sealed:
        return "warn", "warn", "Mühürsüz dosya"
    if not seal.is_valid:
        return "error", "error", f"Mühür tutmuyor: {' '.join(seal.reasons)}".strip()
    at = f", {format_datetime(seal.sealed_at)}" if seal.sealed_at is not None else ""
    test = " (deneme mührü)" if seal.is_test else ""
    parts = [f"Mühür geçerli: {seal.owner}{test}{at}"]
    if seal.approved_by:
        when = f", {format_datetime(seal.approved_at)}" if seal.approved_at is not None else ""
        parts.append(f"onay: {seal.approved_by}{when}")
    if seal.has_stamp:
        parts.append("zaman damgalı")
    return "check-circle", "ok", " · ".join(parts)


def facts_of(reader: LedgerReader, seal: SealFacts | None) -> list[tuple[str, str]]:
    """(name, value) of everything that is known of the file; what is empty is left out."""
    head, index = reader.head(), reader.index
    between = "–".join(part for part in (day(head.period_start), day(head.period_end)) if part)
    year = "–".join(part for part in (day(head.year_start), day(head.year_end)) if part)
    rows = [
        ("Dosya", str(reader.path)),
        ("Boyut", size_words(index.size_bytes) if index.is_whole else ""),
        ("SHA-256", index.sha256),
        ("Firma", head.title),
        ("VKN/TCKN", head.owner),
        ("Şube", head.branch),
        ("Dönem", between),
        ("Hesap dönemi", year),
        ("Defter kimliği", head.unique_id),
        ("Berat/rapor kimliği (ETTN)", head.ettn),
        ("Madde aralığı", range_of(reader) if index.is_whole else ""),
        ("Beratta yazan madde sayısı", head.stated_entries),
        ("Beratta yazan boyut (MB)", head.stated_size.replace(".", ",")),
        ("Oluşturma", " · ".join(part for part in (day(head.created), head.creator) if part)),
        ("Program", head.application),
        ("Açıklama", head.comment),
    ]
    if seal is not None:
        rows += [
            ("Mühür sahibi", " · ".join(part for part in (seal.owner, seal.owner_number) if part)),
            ("Mühür zamanı", format_datetime(seal.sealed_at) if seal.sealed_at is not None else ""),
            ("Sertifikayı veren", seal.issuer),
            ("Zaman damgası", _stamp_words(seal)),
            ("GİB onayı", seal.approved_by),
            ("Onay zamanı", format_datetime(seal.approved_at) if seal.approved_at is not None else ""),
        ]
    return [(name, value) for name, value in rows if value]


def _stamp_words(seal: SealFacts) -> str:
    if not seal.has_stamp:
        return "yok" if seal.is_sealed else ""
    when = format_datetime(seal.stamped_at) if seal.stamped_at is not None else ""
    return " · ".join(part for part in ("var", seal.stamped_by, when) if part)
