"""The columns of the line grid: how a line's cell is shown, typed and found again in a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from app.ui.editor import catalogue, cells
from app.ui.editor.cells import Line, Option
from app.ui.editor.numbers import is_number, shown_number, typed_number

Kind = Literal["text", "number", "code", "computed"]
#: What a new line starts with; a line that holds nothing else is blank.
NEW_LINE: Final[Mapping[str, Any]] = {"unit": "C62", "vat_rate": "20"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `read` gives the kept text of a line, `write` a new line with a typed text in it."""

    key: str
    title: str
    width: int
    kind: Kind
    read: Callable[[Line], str]
    write: Callable[[Line, str], Line]
    #: Finding places (`lines[2].<place>`) that belong to this cell, by their beginning.
    places: tuple[str, ...] = ()
    decimals: int = 0
    options: Callable[[], list[Option]] = field(default=list)
    #: What a cell says and what its editor starts with, where that is more than the kept text.
    show: Callable[[Line], str] | None = None
    edit: Callable[[Line], str] | None = None
    #: Words that come with the line and are not typed here.
    is_fixed: bool = False

    @property
    def holds(self) -> str:
        """The line's own key behind the cell: `discounts`, `withholding`."""
        return self.places[0].partition(".")[0].partition("[")[0] if self.places else self.key

    def shown(self, line: Line) -> str:
        if self.show is not None:
            return self.show(line)
        text = self.read(line)
        if self.kind == "number":
            return shown_number(text, decimals=self.decimals)
        if self.kind == "code":
            return cells.short_of(self.options, text)
        return text

    def told(self, line: Line) -> str:
        """The cell in full words, for a tool tip: the name behind a code, a text that may be cut."""
        text = self.read(line)
        if self.kind == "code":
            option = cells.by_code(self.options).get(text)
            return option.title if option is not None else text
        return self.shown(line)

    def typed(self, line: Line) -> str:
        """What stands in the editor when the cell is opened."""
        if self.edit is not None:
            return self.edit(line)
        text = self.read(line)
        return typed_number(text) if self.kind == "number" else text

    def is_odd(self, line: Line) -> bool:
        """Whether the kept text is no number where one is wanted."""
        text = self.read(line)
        return self.kind == "number" and bool(text) and not is_number(text.removeprefix("%"))


def _number(key: str, title: str, width: int, *, decimals: int = 0) -> Column:
    return Column(
        key=key,
        title=title,
        width=width,
        kind="number",
        read=cells.read_text(key),
        write=cells.put_number(key),
        places=(key,),
        decimals=decimals,
    )


def _words(key: str, title: str, width: int) -> Column:
    return Column(
        key=key,
        title=title,
        width=width,
        kind="text",
        read=cells.read_text(key),
        write=cells.put_text(key),
        places=(key,),
    )


def _allowance(key: str, title: str, width: int) -> Column:
    return Column(
        key=key.removesuffix("s"),
        title=title,
        width=width,
        kind="number",
        read=cells.read_allowance(key),
        write=cells.write_allowance(key),
        places=(key,),
        show=cells.show_allowances(key),
        edit=cells.edit_allowance(key),
    )


#: In the order of a paper invoice; the amount stands before what only few invoices need, so that it stays in sight.
COLUMNS: Final = (
    _words("name", "Mal / hizmet", 20),
    _number("quantity", "Miktar", 8),
    Column(
        key="unit",
        title="Birim",
        width=8,
        kind="code",
        read=cells.read_text("unit"),
        write=cells.write_unit,
        places=("unit",),
        options=cells.unit_options,
    ),
    _number("unit_price", "Birim fiyat", 11, decimals=2),
    _allowance("discounts", "İndirim", 8),
    _allowance("charges", "Artırım", 8),
    _number("vat_rate", "KDV %", 7),
    Column(key="net", title="Tutar", width=12, kind="computed", read=lambda _line: "", write=cells.keep),
    Column(
        key="withholding",
        title="Tevkifat",
        width=11,
        kind="code",
        read=cells.read_nested("withholding", "code"),
        write=cells.write_withholding,
        places=("withholding",),
        options=cells.withholding_options,
    ),
    Column(
        key="withholding_rate",
        title="Tevk. %",
        width=7,
        kind="number",
        read=cells.read_nested("withholding", "rate"),
        write=cells.write_withholding_rate,
        places=("withholding.rate",),
    ),
    Column(
        key="exemption",
        title="İstisna",
        width=8,
        kind="code",
        read=cells.read_nested("exemption", "code"),
        write=cells.write_exemption,
        places=("exemption",),
        options=cells.exemption_options,
    ),
    Column(
        key="other_tax",
        title="Diğer vergi",
        width=11,
        kind="code",
        read=cells.read_tax,
        write=cells.write_tax,
        places=("other_taxes",),
        options=cells.tax_options,
        show=cells.show_taxes,
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
    _words("seller_code", "Stok kodu", 9),
    _words("description", "Açıklama", 14),
)
KEYS: Final = tuple(column.key for column in COLUMNS)
NET: Final = KEYS.index("net")
#: Those that are there only when they are used or asked for, with what brings each of them.
OPTIONAL: Final[Mapping[str, str]] = {
    "charge": "charges",
    "withholding": "withholding",
    "withholding_rate": "",
    "exemption": "exemption",
    "other_tax": "other_taxes",
    "other_tax_rate": "other_taxes",
    "seller_code": "seller_code",
    "description": "description",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The grid of one kind of document. `amount` is the key of the column that shows a line's sum, or empty."""

    columns: tuple[Column, ...]
    new_line: Mapping[str, Any]
    optional: Mapping[str, str] = field(default_factory=dict)
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

    def column_of_place(self, place: str) -> int:
        """The column to which `withholding.rate` in a finding's field belongs; 0 for the line as a whole."""
        best, length = 0, 0
        for index, column in enumerate(self.columns):
            for start in column.places:
                if (place == start or place.startswith((f"{start}.", f"{start}["))) and len(start) > length:
                    best, length = index, len(start)
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
        found = {key for key, held in missing.items() if held in line}
        if "withholding_rate" in missing and _has_other_rate(line):
            found.add("withholding_rate")
        if "exemption" in missing and line.get("vat_rate") == "0":
            found.add("exemption")
        keys |= found
        for key in found:
            del missing[key]
    return keys
