"""Inventory lists from CSV and Excel: account, product, quantity, unit, amount; columns known by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final

from app.domain.errors import InputError
from app.domain.inventory import InventoryRow
from app.domain.ledger_rows import BadRow
from app.edefter.sources.doubts import amount_words
from app.edefter.sources.excel import sheet_cells
from app.edefter.sources.fields import field_of, squeeze
from app.edefter.sources.shape import inspect_table, table_rows
from app.edefter.sources.texts import TextShape
from app.edefter.sources.values import (
    CONTROL_CODE,
    DayOrder,
    Decimals,
    amount_of,
    control_in,
    control_sentence,
    day_of,
    decimals_in,
    text_of,
)
from app.ubl.sheets import is_sheet

_OWN: Final = {
    "product_id": ("urunkodu", "stokkodu", "malzemekodu", "malkodu", "measurableid", "kod"),
    "product_name": ("urunadi", "stokadi", "malzemeadi", "maladi", "urun", "measurabledescription", "cinsi"),
    "quantity": ("miktar", "miktari", "measurablequantity", "kalanmiktar"),
    "unit": ("birim", "birimi", "olcubirimi", "measurableunitofmeasure", "birimkodu"),
}
_NAMES: Final = {name: key for key, names in _OWN.items() for name in names}
_COMMON: Final = frozenset(
    {"main_id", "main_name", "sub_id", "sub_name", "amount", "comment", "branch_no", "branch_name", "currency"}
    | {"currency_amount", "currency_rate", "currency_rate_day", "amount_currency", "rate_source", "rate_comment"}
)
#: Turkish names of units, squeezed, to UN/ECE Recommendation 20.
UNITS: Final = {
    "adet": "C62", "ad": "C62", "tane": "C62", "kg": "KGM", "kilogram": "KGM", "kilo": "KGM", "gr": "GRM",
    "gram": "GRM", "ton": "TNE", "lt": "LTR", "litre": "LTR", "m": "MTR", "mt": "MTR", "metre": "MTR", "m2": "MTK",
    "metrekare": "MTK", "m3": "MTQ", "metrekup": "MTQ", "kwh": "KWH", "paket": "PA", "kutu": "BX", "koli": "CT",
    "cift": "PR", "takim": "SET", "cuval": "SA", "saat": "HUR",
}  # fmt: skip
_HEADER_SEARCH = 15
_SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class _Layout:
    header_rows: int
    columns: dict[str, int]
    decimals: Decimals


def read_inventory(path: Path, *, decimals: str = "") -> Iterator[InventoryRow | BadRow]:
    """The rows of a list, with flat memory. `decimals` answers what a list alone cannot tell.

    Raises: InputError LEDGER.COLUMNS, LEDGER.QUESTION, and what the readers underneath raise.
    """
    layout = _layout(list(islice(_cells(path, until=_SAMPLE), _SAMPLE)), decimals)
    return _rows(_cells(path), layout)


def _cells(path: Path, *, until: int = 0) -> Iterator[list[str]]:
    with path.open("rb") as file:
        is_workbook = is_sheet(file.read(8))
    if is_workbook:
        return sheet_cells(path, until=until)
    text: TextShape = inspect_table(path).text
    return table_rows(path, text)


def _layout(sample: list[list[str]], decimals: str) -> _Layout:
    best: dict[str, int] = {}
    at = 0
    for index, row in enumerate(sample[:_HEADER_SEARCH]):
        found = _columns(row)
        if len(found) > len(best):
            best, at = found, index
    missing = [
        title
        for keys, title in (({"main_id", "sub_id"}, "Hesap kodu"), ({"amount"}, "Tutar"))
        if not keys & best.keys()
    ]
    if missing:
        raise InputError(
            "LEDGER.COLUMNS",
            f"Gereken sütunlar bulunamadı: {', '.join(missing)}.",
            why="Envanter satırı bunlarsız kurulamaz.",
            todo="Başlıkları 'Hesap Kodu', 'Ürün Kodu', 'Ürün Adı', 'Miktar', 'Birim', 'Tutar' olarak yazın.",
        )
    keys = [best[key] for key in ("amount", "quantity", "currency_amount") if key in best]
    proved = decimals_in(row[place] for row in sample[at + 1 :] for place in keys if place < len(row))
    if not decimals and proved is None:
        raise InputError(
            "LEDGER.QUESTION",
            amount_words(row[place] for row in sample[at + 1 :] for place in keys if place < len(row))[0],
            why="Yanlış okunursa tutarlar sessizce değişirdi; bu yüzden soruluyor.",
            todo="--decimals , ya da --decimals . verin.",
        )
    return _Layout(at + 1, best, Decimals(decimals) if decimals else proved or Decimals.COMMA)


def _columns(row: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        name = squeeze(cell)
        key = _NAMES.get(name) or field_of(cell) if name else None
        if key in _COMMON or key in _OWN:
            found.setdefault(str(key), index)
    return found


def _rows(cells: Iterable[list[str]], layout: _Layout) -> Iterator[InventoryRow | BadRow]:
    for number, row in enumerate(cells, start=1):
        if number <= layout.header_rows or not any(cell.strip() for cell in row):
            continue
        picked = {key: row[place] if place < len(row) else "" for key, place in layout.columns.items()}
        shown = " | ".join(row)[:80]
        if not "".join(picked.values()).isprintable() and (sign := control_in(picked.values())):
            yield BadRow(number, CONTROL_CODE, "", control_sentence(sign), shown)
            continue
        try:
            yield _row(number, {key: text_of(cell) for key, cell in picked.items()}, layout.decimals)
        except ValueError as error:
            yield BadRow(number, "LEDGER.VALUE", "", f"Satırdaki bir değer okunamadı: {error}.", shown)


def _row(number: int, cells: dict[str, str], decimals: Decimals) -> InventoryRow:
    def get(key: str) -> str:
        return cells.get(key, "")

    sub = get("sub_id")
    main = get("main_id") or sub[:3]
    if not main:
        raise ValueError("hesap kodu boş")
    if not get("amount"):
        raise ValueError("tutar boş")
    currency = get("currency").removeprefix("iso4217:").upper()
    unit = get("unit")
    return InventoryRow(
        source_line=number,
        branch_no="" if get("branch_no") in ("0", "0000") else get("branch_no"),
        branch_name=get("branch_name"),
        main_id=main,
        main_name=get("main_name") or (get("sub_name") if sub == main else ""),
        sub_id="" if sub == main else sub,
        sub_name="" if sub == main else get("sub_name"),
        product_id=get("product_id"),
        product_name=get("product_name"),
        quantity=_quantity(get("quantity"), decimals),
        unit=UNITS.get(squeeze(unit), unit.upper()),
        amount=amount_of(get("amount"), decimals),
        comment=get("comment"),
        currency="" if currency in ("TRY", "TL") else currency,
        currency_amount=amount_of(get("currency_amount"), decimals) if get("currency_amount") else 0,
        currency_rate=get("currency_rate"),
        currency_rate_day=day_of(get("currency_rate_day"), DayOrder.DAY_FIRST) if get("currency_rate_day") else "",
        amount_currency=get("amount_currency").removeprefix("iso4217:").upper(),
        rate_source=get("rate_source"),
        rate_comment=get("rate_comment"),
    )


def _quantity(cell: str, decimals: Decimals) -> str:
    if not cell:
        return ""
    units = Decimal(amount_of(cell, decimals)) / 10_000
    return format(units.normalize(), "f")
