"""The columns that a source may have, and how programs spell their names.

Sources: İzibiz e-Defter data pattern (25 columns), Uyumsoft LedgerIntegration fields, Turkcell TXT order; the element
names are those of GİB's Yevmiye guide. Names are compared without case, marks, blanks and signs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.domain.turkish import fold


class Kind(StrEnum):
    """How a column's text is read."""

    TEXT = "text"
    DAY = "day"
    AMOUNT = "amount"
    NUMBER = "number"
    SIDE = "side"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Field:
    """A column that we understand. `names` are folded spellings; the first is the field's own."""

    key: str
    title: str
    kind: Kind
    names: tuple[str, ...]


def _field(key: str, title: str, kind: Kind, *names: str) -> Field:
    return Field(key, title, kind, tuple(dict.fromkeys((squeeze(key), *map(squeeze, names), squeeze(title)))))


def squeeze(name: str) -> str:
    """A header's name without case, Turkish marks, blanks and signs: `Fiş No.` is `fisno`."""
    return "".join(c for c in fold(unicodedata.normalize("NFC", name)) if c.isalnum())


FIELDS: tuple[Field, ...] = (
    _field("reference", "Fiş referansı", Kind.TEXT, "entryref", "fisref", "fisreferansi", "fisid", "headerid"),
    _field("day", "Fiş tarihi", Kind.DAY, "postingdate", "entereddate", "fistarihi", "tarih", "yevmiyetarihi"),
    _field("entered_day", "Giriş tarihi", Kind.DAY, "kayittarihi"),
    _field("entry_number", "Fiş no", Kind.TEXT, "entrynumber", "fisnumarasi", "fisno"),
    _field("entry_comment", "Fiş açıklaması", Kind.TEXT, "entrycomment", "fisaciklama", "baslikaciklama"),
    _field("entered_by", "Kaydeden", Kind.TEXT, "enteredby", "girisyapan", "kullanici"),
    _field("counter", "Yevmiye madde no", Kind.NUMBER, "entrynumbercounter", "yevmiyeno", "maddeno", "yevmiyemaddeno"),
    _field("number", "Satır no", Kind.NUMBER, "linenumber", "satirno", "yevmiyesatirno", "sirano"),
    _field("line_counter", "Madde sayacı", Kind.NUMBER, "linenumbercounter"),
    _field("branch_no", "Şube no", Kind.TEXT, "batchid", "divisionno", "subeno", "subekodu"),
    _field("branch_name", "Şube adı", Kind.TEXT, "batchdescription", "subeadi", "sube"),
    _field("main_id", "Ana hesap", Kind.TEXT, "accountmainid", "accmainid", "anahesapkodu", "kebirhesap"),
    _field(
        "main_name", "Ana hesap adı", Kind.TEXT, "accountmaindescription", "accmainiddesc", "accmaindesc", "anahesapadi"
    ),
    _field(
        "sub_id", "Hesap kodu", Kind.TEXT, "accountsubid", "accsubid", "althesapkodu", "hesapno", "hesap", "muavinhesap"
    ),
    _field("sub_name", "Hesap adı", Kind.TEXT, "accountsubdescription", "accsubdesc", "accsubiddesc", "althesapadi"),
    _field("amount", "Tutar", Kind.AMOUNT, "amount", "tutari", "meblag"),
    _field("debit", "Borç", Kind.AMOUNT, "borctutari", "borctutar", "debit"),
    _field("credit", "Alacak", Kind.AMOUNT, "alacaktutari", "alacaktutar", "credit"),
    _field("side", "Borç/Alacak", Kind.SIDE, "debitcreditcode", "borcalacak", "ba", "yon", "bakodu"),
    _field("document_type", "Belge türü", Kind.DOCUMENT, "documenttype", "doctype", "belgetipi", "belgecinsi"),
    _field(
        "document_description",
        "Belge türü açıklaması",
        Kind.TEXT,
        "documenttypedescription",
        "documenttypedesc",
        "doctypedesc",
        "belgeaciklamasi",
    ),
    _field("document_number", "Belge no", Kind.TEXT, "documentnumber", "belgenumarasi", "evrakno"),
    _field("document_day", "Belge tarihi", Kind.DAY, "documentdate", "evraktarihi"),
    _field("document_reference", "Belge referansı", Kind.TEXT, "documentreference"),
    _field("payment_method", "Ödeme şekli", Kind.TEXT, "paymentmethod", "odemeyontemi", "odemeturu"),
    _field("comment", "Açıklama", Kind.TEXT, "detailcomment", "satiraciklamasi", "aciklamasi"),
    _field("currency", "Döviz cinsi", Kind.TEXT, "amountoriginalcurrency", "doviz", "parabirimi", "dovizkodu"),
    _field("currency_amount", "Döviz tutarı", Kind.AMOUNT, "amountoriginalamount", "doviztutar"),
    _field("currency_rate", "Kur", Kind.AMOUNT, "amountoriginalexchangerate", "dovizkuru", "kurdegeri"),
    _field("currency_rate_day", "Kur tarihi", Kind.DAY, "amountoriginalexchangeratedate"),
    _field("amount_currency", "Tutarın para birimi", Kind.TEXT, "amountcurrency", "kayitparabirimi"),
    _field("rate_source", "Kur kaynağı", Kind.TEXT, "amountoriginalexchangeratesource", "dovizkurkaynagi"),
    _field("rate_comment", "Kur açıklaması", Kind.TEXT, "amountoriginalexchangeratecomment", "dovizkuraciklamasi"),
    _field("measure_quantity", "Fon payı adedi", Kind.AMOUNT, "measurablequantity", "fonadedi", "payadedi"),
    _field("measure_cost", "Fon payı birim maliyeti", Kind.AMOUNT, "measurablecostperunit", "fonbirimmaliyeti"),
    _field("measure_code", "Ölçü kodu", Kind.TEXT, "measurablecode"),
    _field("measure_name", "Ölçü kodu açıklaması", Kind.TEXT, "measurablecodedescription"),
    _field("measure_qualifier", "Ölçü niteleyicisi", Kind.TEXT, "measurablequalifier"),
    _field("measure_unit", "Ölçü birimi", Kind.TEXT, "measurableunitofmeasure"),
)

BY_KEY = {field.key: field for field in FIELDS}
# Known columns of the patterns that carry nothing for a ledger.
IGNORED = frozenset(map(squeeze, ("detailref", "erpno", "totaldebit", "totalcredit")))
#: A line cannot be made without these; the amount may come as one column with a side, or as two.
REQUIRED = ("day", "amount", "sub_id")
_MIN_FUZZY = 6


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for field in FIELDS:
        for name in field.names:
            found.setdefault(name, field.key)
    return found


def field_of(header: str) -> str | None:
    """The key of the field that a header names: exactly, or but for one letter; None when none or several fit."""
    name = squeeze(header)
    known = _names()
    if name in known:
        return known[name]
    if len(name) < _MIN_FUZZY or name in IGNORED:
        return None
    near = {key for spelling, key in known.items() if len(spelling) >= _MIN_FUZZY and _is_one_apart(name, spelling)}
    return near.pop() if len(near) == 1 else None


def is_ignored(header: str) -> bool:
    """Whether the column is known and holds nothing we take."""
    return squeeze(header) in IGNORED


def _is_one_apart(left: str, right: str) -> bool:
    """Whether one letter added, dropped, changed, or two neighbours swapped turn one word into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    a, b = left[start:], right[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])
