"""A block of cells from Excel: which of its columns belongs to which of ours when it brings its own headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.turkish import fold
from app.ui.editor.columns import INVOICE, Sheet

_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("mal hizmet", "mal", "hizmet", "urun", "urun adi", "stok adi", "malzeme", "ad"),
    "quantity": ("adet", "mik"),
    "unit": ("birimi", "olcu birimi"),
    "unit_price": ("fiyat", "birim fiyati", "b fiyat"),
    "discount": ("iskonto", "indirim orani", "iskonto %"),
    "vat_rate": ("kdv", "kdv orani", "kdv %"),
    "seller_code": ("kod", "urun kodu", "stok kod"),
    "net": ("toplam", "mal hizmet tutari"),
}


def _plain(text: str) -> str:
    return " ".join(fold(text).replace("/", " ").replace(".", " ").replace("(", " ").replace(")", " ").split())


def _known(sheet: Sheet) -> dict[str, int]:
    known = {_plain(column.title): number for number, column in enumerate(sheet.columns)}
    for key, words in _ALSO.items():
        if key in sheet.keys:
            known |= dict.fromkeys(words, sheet.keys.index(key))
    return known


def headings(block: Sequence[Sequence[str]], sheet: Sheet = INVOICE) -> list[int | None] | None:
    """Our column for each column of the block when its first row is headings; None when it is not.

    Two known words, or all of them, make a row of headings: one cell alone may be the name of a thing.
    """
    if len(block) < 2:
        return None
    known = _known(sheet)
    found = [known.get(_plain(cell)) for cell in block[0]]
    hits = sum(number is not None for number in found)
    return found if hits >= 2 and sheet.keys.index("name") in found else None
