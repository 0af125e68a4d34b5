"""What an inventory list must hold before a ledger is made of it.

Source: e-Defter package, Envanter Defteri guide, and the official rules envanter_defter (measurableID with its
description; currency pairing).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from app.domain.inventory import InventoryRow


class Breach(NamedTuple):
    """One breach, in words. `source_line` is the list's."""

    code: str
    source_line: int
    message: str
    why: str


_WHY: Final = {
    "ENVANTER.AMOUNT": "Envanter satırının tutarı sıfırdan büyük, en çok iki ondalıklı olur.",
    "ENVANTER.MAIN_ACCOUNT": "Ana hesap üç ya da dört rakamdır.",
    "ENVANTER.ACCOUNT_NAME": "Hesapların adları defterde yazılır.",
    "ENVANTER.SUB_ACCOUNT": "Alt hesap kodu ana hesapla başlar.",
    "ENVANTER.PRODUCT": "Ürün kodu yazılan satırda ürünün adı, miktarı ve birimi de bulunur.",
    "ENVANTER.CURRENCY": "Döviz cinsi kur ile, döviz tutarı cins ve kur tarihi ile birlikte yazılır.",
    "ENVANTER.BRANCH": "Şube numarası dört rakamdır ve şubenin adıyla yazılır.",
    "ENVANTER.UNIT": "Birim, UN/ECE kod listesindeki bir koddur (C62, KGM, LTR…).",
}


def breaches(rows: Iterable[InventoryRow], units: frozenset[str]) -> Iterator[Breach]:
    """Every breach of a list. `units` are the known UN/ECE codes."""
    for row in rows:
        for code, message in _of_row(row, units):
            yield Breach(code, row.source_line, f"{row.source_line}. satır: {message}", _WHY[code])


def _of_row(row: InventoryRow, units: frozenset[str]) -> Iterator[tuple[str, str]]:
    account = row.sub_id or row.main_id
    if row.amount <= 0 or row.amount % 100:
        yield "ENVANTER.AMOUNT", f"{account} hesabının tutarı uygun değil; listeyi düzeltip yeniden alın."
    if not (row.main_id.isascii() and row.main_id.isdigit() and len(row.main_id) in (3, 4)):
        yield "ENVANTER.MAIN_ACCOUNT", f"'{row.main_id}' bir ana hesap kodu değil."
    if not row.main_name or (row.sub_id and not row.sub_name):
        yield "ENVANTER.ACCOUNT_NAME", f"{account} hesabının ya da ana hesabının adı boş."
    if row.sub_id and not row.sub_id.startswith(row.main_id):
        yield "ENVANTER.SUB_ACCOUNT", f"{row.sub_id} alt hesabı {row.main_id} ile başlamıyor."
    product = (row.product_id, row.product_name, row.quantity, row.unit)
    if any(product) and not all(product):
        yield "ENVANTER.PRODUCT", f"{row.product_id or account}: ürün bilgisi eksik (kod, ad, miktar, birim)."
    elif row.quantity.startswith("-"):
        yield "ENVANTER.PRODUCT", f"{row.product_id}: miktar eksi olamaz."
    if row.unit and row.unit not in units:
        yield "ENVANTER.UNIT", f"'{row.unit}' bilinen bir birim kodu değil."
    has = (bool(row.currency), bool(row.currency_rate))
    if has[0] != has[1] or (row.currency_amount and not (row.currency and row.currency_rate_day)):
        yield "ENVANTER.CURRENCY", f"{account}: döviz bilgisi eksik."
    number = row.branch_no
    if number and not (number.isascii() and number.isdigit() and len(number) == 4 and row.branch_name):
        yield "ENVANTER.BRANCH", f"'{number}' şubesinin numarası ya da adı uygun değil."
