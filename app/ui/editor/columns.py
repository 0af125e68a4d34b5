"""The grid of an invoice, and what a grid of any kind is: its columns and what a new line starts with."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from app.ui.editor import catalogue, cells
from app.ui.editor.cells import Line
from app.ui.editor.column_kinds import (
    Column,
    allowance,
    amount,
    code,
    extra,
    holds,
    number,
    unit,
    withholding,
    words,
)

#: What a new line starts with; a line that holds nothing else is blank.
NEW_LINE: Final[Mapping[str, Any]] = {"unit": "C62", "vat_rate": "20"}


#: What single scenarios ask of each line. What only a few machines or parcels have is told in the line's details.
EXTRAS: Final = (
    extra("item_ids[KUNYENO]", "Künye no", 25),
    extra("item_ids[ETIKETNO]", "Etiket no", 12),
    extra("item_ids[ILAC|TIBBICIHAZ|DIGER]", "İlaç / cihaz no", 18),
    extra("item_ids[TELEFON|TABLET_PC]", "IMEI / seri no", 20),
    extra("delivery.customs_id", "GTİP", 15),
    extra("delivery.buyer_line_code", "Alıcı DİİB satır", 16),
)
#: In the order of a paper invoice; the amount stands before what only few invoices need, so that it stays in sight.
COLUMNS: Final = (
    words("name", "Mal / hizmet", 20),
    number("quantity", "Miktar", 8),
    unit(),
    number("unit_price", "Birim fiyat", 11, decimals=2),
    allowance("discounts", "İndirim", 8),
    allowance("charges", "Artırım", 8),
    number("vat_rate", "KDV %", 7),
    amount("Tutar"),
    withholding("Tevkifat"),
    number(
        "withholding_rate",
        "Tevk. %",
        7,
        read=cells.read_nested("withholding", "rate"),
        write=cells.write_withholding_rate,
        places=("withholding.rate",),
    ),
    code("exemption", "İstisna", 8, cells.exemption_options, cells.write_exemption),
    code(
        "other_tax",
        "Diğer vergi",
        11,
        cells.tax_options,
        cells.write_tax,
        read=cells.read_tax,
        show=cells.show_taxes,
        places=("other_taxes",),
    ),
    Column(
        key="other_tax_rate",
        title="Vergi %",
        width=8,
        kind="number",
        read=cells.read_tax_rate,
        write=cells.write_tax_rate,
        places=("other_taxes[0].rate", "other_taxes[0].per_unit"),
        show=cells.show_tax_rate,
        edit=lambda line: cells.tax_value_text(cells.first_tax(line)),
    ),
    words("seller_code", "Stok kodu", 9),
    words("description", "Açıklama", 14),
    *EXTRAS,
)
KEYS: Final = tuple(column.key for column in COLUMNS)
NET: Final = KEYS.index("net")
#: Those that are there only when they are used or asked for, with what brings each of them.
OPTIONAL: Final[Mapping[str, str | Callable[[Line], bool]]] = {
    "charge": "charges",
    "withholding": "withholding",
    "withholding_rate": "",
    "exemption": "exemption",
    "other_tax": "other_taxes",
    "other_tax_rate": "other_taxes",
    "seller_code": "seller_code",
    "description": "description",
    **{column.key: holds(column) for column in EXTRAS},
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The grid of one kind of document. `amount` is the key of the column that shows a line's sum, or empty.

    `optional` are the columns that are there only when they are asked for, or when a line holds what belongs to them:
    a key of the line, or a function that says so.
    """

    columns: tuple[Column, ...]
    new_line: Mapping[str, Any]
    optional: Mapping[str, str | Callable[[Line], bool]] = field(default_factory=dict)
    amount: str = ""
    title: str = "Satırlar"
    #: Lines come from elsewhere: none can be added, taken away or moved.
    is_fixed: bool = False

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)

    @cached_property
    def amount_at(self) -> int:
        """The number of that column; -1 where no line has a sum."""
        return self.keys.index(self.amount) if self.amount else -1

    def column_of_place(self, place: str, hidden: Collection[str] = ()) -> int:
        """The column to which `withholding.rate` in a finding's field belongs; 0 for the line as a whole.

        Where several claim it, one that is shown wins over the `hidden`.
        """
        best, rank = 0, (0, False)
        for index, column in enumerate(self.columns):
            for start in column.places:
                fits = place == start or place.startswith((f"{start}.", f"{start}["))
                if fits and (len(start), column.key not in hidden) > rank:
                    best, rank = index, (len(start), column.key not in hidden)
        return best

    def is_blank(self, line: Line) -> bool:
        """Whether nobody has written anything into the line."""
        return all(line.get(key) == self.new_line.get(key) for key in line)


INVOICE: Final = Sheet(columns=COLUMNS, new_line=NEW_LINE, optional=OPTIONAL, amount="net", title="Fatura satırları")


def column_of_place(place: str) -> int:
    """The same for the grid of an invoice."""
    return INVOICE.column_of_place(place)


def is_blank(line: Line) -> bool:
    """The same for a line of an invoice."""
    return INVOICE.is_blank(line)


def has_cell(place: str) -> bool:
    """Whether the grid itself shows this place of a line: a second discount or a GTİP stands in the details only."""
    if not place:
        return True
    if re.search(r"\[[1-9]", place):
        return False
    return any(place == s or place.startswith((f"{s}.", f"{s}[")) for column in COLUMNS for s in column.places)


def _has_other_rate(line: Line) -> bool:
    """A withholding whose percent is not the one its code has today: the cell of the code does not tell it."""
    held = line.get("withholding")
    if not isinstance(held, Mapping):
        return False
    known = catalogue.current().withholding_rate(str(held.get("code", "")))
    return known is None or str(held.get("rate", known)) != str(known)


def visible_keys(wanted: frozenset[str], lines: Iterable[Line], sheet: Sheet = INVOICE) -> set[str]:
    """The columns this document uses: `wanted` by its type or by the user, and whatever a line holds.

    What a line holds is always shown: nothing works behind the user's back.
    """
    keys = set(sheet.keys) - (sheet.optional.keys() - wanted)
    missing = {key: held for key, held in sheet.optional.items() if key not in keys}
    for line in lines:
        if not missing:
            break
        found = {key for key, held in missing.items() if (held in line if isinstance(held, str) else held(line))}
        if "withholding_rate" in missing and _has_other_rate(line):
            found.add("withholding_rate")
        if "exemption" in missing and line.get("vat_rate") == "0":
            found.add("exemption")
        keys |= found
        for key in found:
            del missing[key]
    return keys
