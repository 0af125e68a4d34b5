"""The grids of despatch notes, answers, producer and freelance receipts: which columns, and what each writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain.despatch import HKSIRSALIYE, IDISIRSALIYE
from app.domain.lifecycle import DocumentKind
from app.domain.money import round_kurus
from app.ubl import codes
from app.ubl.fees import FeeRates, gross_of, payable_of
from app.ubl.numbertext import plain
from app.ui.editor import catalogue
from app.ui.editor.cells import Line, put
from app.ui.editor.column_kinds import Column, amount, extra, holds, number, unit, withholding, words
from app.ui.editor.columns import Sheet
from app.ui.editor.numbers import is_number, stored_number

STOPAJ: Final = "0003"


# --- cuts of a line ---------------------------------------------------------------------------------------------------


def read_cut(code: str) -> Callable[[Line], str]:
    """The percent of one cut of a line."""
    return lambda line: next((str(t.get("rate", "")) for t in line.get("other_taxes", ()) if t.get("code") == code), "")


def write_cut(code: str) -> Callable[[Line, str], Line]:
    """The percent of one cut; empty takes it away, the others stay as they are."""

    def write(line: Line, text: str) -> Line:
        others = [tax for tax in line.get("other_taxes", ()) if tax.get("code") != code]
        rate = stored_number(text.strip().removeprefix("%"))
        order = [STOPAJ, *codes.producer_cuts()]
        if rate:
            others.append({"code": code, "rate": rate})
        others.sort(key=lambda tax: order.index(tax["code"]) if tax["code"] in order else len(order))
        return put(line, "other_taxes", others)

    return write


def _cut(code: str, title: str, *, places: tuple[str, ...] = ()) -> Column:
    return number(f"cut_{code}", title, 8, read=read_cut(code), write=write_cut(code), places=places)


# --- a freelance fee, from gross or from net --------------------------------------------------------------------------


def rates_of(line: Line) -> FeeRates:
    """The percents of a fee's line; what cannot be read counts as zero."""
    held: Mapping[str, Any] = line.get("withholding") or {}
    told = str(held.get("rate", catalogue.current().withholding_rate(str(held.get("code", ""))) or "0"))
    return FeeRates(
        income_tax=_decimal(read_cut(STOPAJ)(line)),
        vat=_decimal(str(line.get("vat_rate", ""))),
        withheld=_decimal(told) if held else Decimal(0),
    )


def _decimal(text: str) -> Decimal:
    return Decimal(text) if text and is_number(text) else Decimal(0)


def read_paid(line: Line) -> str:
    """What the customer pays for the gross fee of the line."""
    gross = str(line.get("unit_price", ""))
    return plain(payable_of(round_kurus(Decimal(gross)), rates_of(line))) if gross and is_number(gross) else ""


def write_paid(line: Line, text: str) -> Line:
    """A wanted sum: the gross fee is reckoned back from it."""
    wanted = stored_number(text)
    if not wanted or not is_number(wanted):
        return put(line, "unit_price", wanted)
    return put(line, "unit_price", plain(gross_of(round_kurus(Decimal(wanted)), rates_of(line))))


# --- what became of a line of a despatch note -------------------------------------------------------------------------


def sent_of(line: Line) -> Decimal:
    """What the note says was sent: received and short, without what came beyond it."""
    told = {key: _decimal(str(line.get(key, ""))) for key in ("received", "short", "oversupply")}
    return told["received"] + told["short"] - told["oversupply"]


def write_received(line: Line, text: str) -> Line:
    """What arrived; less than sent is short, more is oversupply."""
    stored = stored_number(text)
    if not stored or not is_number(stored):
        return put(line, "received", stored)
    sent, received = sent_of(line), Decimal(stored)
    return _missing(put(line, "received", stored), sent - received)


def _missing(line: Line, by: Decimal) -> Line:
    line = put(line, "short", plain(by) if by > 0 else "")
    return put(line, "oversupply", plain(-by) if by < 0 else "")


def _sent_text(line: Line) -> str:
    return plain(sent_of(line))


_TAGS: Final = (extra("item_ids[KUNYENO]", "Künye no", 25), extra("item_ids[ETIKETNO]", "Etiket no", 12))
DESPATCH: Final = Sheet(
    columns=(
        words("name", "Mal", 20),
        number("quantity", "Miktar", 9),
        unit(),
        *_TAGS,
        number("unit_price", "Birim fiyat", 11, decimals=2),
        number("outstanding", "Kalan", 8),
        words("seller_code", "Stok kodu", 9),
        words("note", "Not", 12),
    ),
    new_line={"unit": "C62"},
    optional={
        **{column.key: holds(column) for column in _TAGS},
        "outstanding": "outstanding",
        "seller_code": "seller_code",
        "note": "note",
    },
    title="İrsaliye satırları",
)
#: The columns that a scenario of despatch notes brings along.
TAGS_OF: Final[Mapping[str, frozenset[str]]] = {
    HKSIRSALIYE: frozenset({"item_ids[KUNYENO]"}),
    IDISIRSALIYE: frozenset({"item_ids[ETIKETNO]"}),
}
RECEIPT: Final = Sheet(
    columns=(
        words("name", "Mal", 20, is_fixed=True),
        number("sent", "Gönderilen", 9, read=_sent_text, places=(), is_fixed=True),
        number("received", "Gelen", 9, write=write_received),
        number("rejected", "İade edilen", 9),
        words("reason", "İade sebebi", 14),
        number("short", "Eksik", 8, is_fixed=True),
        number("oversupply", "Fazla", 8, is_fixed=True),
        unit(is_fixed=True),
    ),
    new_line={},
    title="Teslim alınan mallar",
    is_fixed=True,
)
CREDIT_NOTE: Final = Sheet(
    columns=(
        words("name", "Ürün", 18),
        number("quantity", "Miktar", 9),
        unit(),
        number("unit_price", "Birim fiyat", 11, decimals=2),
        _cut(STOPAJ, "Stopaj %", places=("other_taxes", "vat_rate")),
        _cut("SGK_PRIM", "Bağkur %"),
        _cut("8001", "Borsa %"),
        _cut("9040", "Mera %"),
        amount("Tutar"),
    ),
    new_line={"unit": "KGM", "vat_rate": "0"},
    amount="net",
    title="Müstahsil makbuzu satırları",
)
SMM: Final = Sheet(
    columns=(
        words("name", "Hizmet", 18),
        number("unit_price", "Brüt ücret", 12, decimals=2),
        _cut(STOPAJ, "Stopaj %", places=("other_taxes",)),
        number("vat_rate", "KDV %", 7),
        withholding("KDV tevkifatı"),
        number("paid", "Net (tahsil)", 12, decimals=2, read=read_paid, write=write_paid, places=()),
    ),
    new_line={
        "quantity": "1",
        "unit": "C62",
        "vat_rate": "20",
        "other_taxes": [{"code": STOPAJ, "rate": "20"}],
    },
    title="Makbuz satırları",
)
SHEETS: Final[Mapping[DocumentKind, Sheet]] = {
    DocumentKind.DESPATCH: DESPATCH,
    DocumentKind.RECEIPT: RECEIPT,
    DocumentKind.CREDIT_NOTE: CREDIT_NOTE,
    DocumentKind.SMM: SMM,
}
