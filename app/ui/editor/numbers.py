"""Numbers and dates as people type and paste them, and as the editor shows them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.domain.errors import InputError
from app.domain.money import parse_decimal
from app.ubl.numbertext import plain

_GROUPED_DOT = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_NOISE = str.maketrans("", "", " \u00a0\u202f₺%$€")
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


def read_number(text: str) -> Decimal | None:
    """The number that a person in Turkey means by `text`; None when there is none.

    `1.234,56` and `1234,56` are decimals with a comma. Dots alone group where every group has three digits
    (`12.500` is twelve thousand five hundred), else they are decimal points (`12.5`). A comma after which a dot
    comes (`1,234.56`) is English. Currency and percent signs and blanks are left out.
    """
    bare = text.translate(_NOISE).removesuffix("TL").removesuffix("TRY")
    if "," in bare and "." in bare:
        if bare.rfind(",") > bare.rfind("."):
            bare = bare.replace(".", "").replace(",", ".")
        else:
            bare = bare.replace(",", "")
    elif "," in bare:
        bare = bare.replace(",", "") if bare.count(",") > 1 and _GROUPED_COMMA.fullmatch(bare) else bare
        bare = bare.replace(",", ".")
    elif _GROUPED_DOT.fullmatch(bare):
        bare = bare.replace(".", "")
    try:
        return parse_decimal(bare)
    except InputError:
        return None


def stored_number(text: str) -> str:
    """What the form keeps for a typed number: the point form, or the very text when it is no number."""
    bare = text.strip()
    value = read_number(bare) if bare else None
    return bare if value is None else plain(value)


def shown_number(stored: str, *, decimals: int = 0) -> str:
    """A kept number in Turkish form, digits as typed, at least `decimals` after the comma; other text as it is."""
    try:
        value = parse_decimal(stored)
    except InputError:
        return stored
    text = format(value, ",f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(decimals, "0") if decimals else fraction
    whole = whole.replace(",", ".")
    return f"{whole},{fraction}" if fraction else whole


def typed_number(stored: str) -> str:
    """The same without thousands, for a cell that is being edited."""
    return stored.replace(".", ",") if is_number(stored) else stored


def is_number(stored: str) -> bool:
    """Whether a kept text is a number."""
    try:
        parse_decimal(stored)
    except InputError:
        return False
    return True


def read_date(text: str) -> date | None:
    """`21.11.2026`, also with / or -, or the ISO form."""
    bare = text.strip()
    found = _DATE.fullmatch(bare)
    try:
        if found is not None:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(bare)
    except ValueError:
        return None


def split_block(text: str) -> list[list[str]]:
    """Rows and cells of a block from Excel: tabs between cells, quoted cells may hold line ends and tabs."""
    rows: list[list[str]] = [[]]
    cell: list[str] = []
    quoted = False
    index = 0
    while index < len(text):
        c = text[index]
        if quoted:
            if c == '"' and text[index + 1 : index + 2] == '"':
                cell.append('"')
                index += 1
            elif c == '"':
                quoted = False
            else:
                cell.append(c)
        elif c == '"' and not cell:
            # Excel quotes a cell only when it must; a lone inch mark at the start has no partner before the tab.
            quoted = _closes(text, index + 1)
            if not quoted:
                cell.append(c)
        elif c in "\t\n":
            rows[-1].append("".join(cell))
            cell = []
            if c == "\n":
                rows.append([])
        elif c != "\r":
            cell.append(c)
        index += 1
    rows[-1].append("".join(cell))
    if rows[-1] == [""]:
        rows.pop()
    return [[" ".join(part.split()) for part in row] for row in rows]


def _closes(text: str, start: int) -> bool:
    """Whether a quote opened before `start` is closed right before a tab, a line end or the end."""
    index = start
    while (index := text.find('"', index)) != -1:
        if text[index + 1 : index + 2] == '"':
            index += 2
            continue
        return text[index + 1 : index + 2] in ("", "\t", "\n", "\r")
    return False


def join_block(rows: list[list[str]]) -> str:
    """The inverse of `split_block` for cells of one line each."""
    return "\n".join("\t".join(row) for row in rows)
