"""Amounts and days as programs write them. Two readings that are both possible are never chosen between in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.money import SCALE

#: What programs write for "nothing".
_NOTHING = frozenset({"", "-", "null", "none", "nan", "n/a"})
_BLANKS = str.maketrans("", "", " \xa0\u202f'")
_MONEY_SIGNS = re.compile(r"^(?:TL|TRY|₺)|(?:TL|TRY|₺)$", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?: \d{1,2}:\d{2}.*)?")
MAX_AMOUNT: Final = 10**15 * SCALE
#: Of a fund's units or unit cost; far beyond what funds have.
_MAX_DIGITS: Final = 24
#: What XML cannot hold, and so no ledger. Source: XML 1.0, Char.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CONTROL_CODE: Final = "LEDGER.CONTROL"


class Decimals(StrEnum):
    """The sign before the decimals; the other one, if it comes, groups thousands."""

    COMMA = ","
    POINT = "."


class DayOrder(StrEnum):
    """How `03/04/2026` is read. Days with points are day first always, in Turkey nothing else is written."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def text_of(cell: str) -> str:
    """The cell without blanks around; empty for `NULL`, `-` and their like."""
    stripped = cell.strip()
    return stripped if len(stripped) > 4 else _short_text(stripped)


def texts_of(cells: Iterable[str]) -> list[str]:
    """`text_of` of every cell; a row has dozens, and most are empty or longer than anything that says nothing."""
    return [(text if len(text := cell.strip()) > 4 else _short_text(text)) if cell else "" for cell in cells]


@lru_cache(maxsize=4096)
def _short_text(text: str) -> str:
    return "" if text.lower() in _NOTHING else text


def control_in(cells: Iterable[str]) -> str:
    """The first sign that no XML may hold, as `U+000B`; empty when there is none."""
    found = _CONTROL.search("\t".join(cells))
    return f"U+{ord(found[0]):04X}" if found else ""


def without_control(cells: Iterable[str]) -> tuple[str, ...]:
    """The cells without the signs that no XML may hold. For the user's word only: nothing is cleaned in silence."""
    return tuple(_CONTROL.sub("", cell) for cell in cells)


def control_sentence(sign: str) -> str:
    """Why a row with such a sign is refused."""
    return f"Satırda görünmeyen bir denetim karakteri ({sign}) var; kaynak programda o metni yeniden yazın."


def amount_of(cell: str, decimals: Decimals) -> int:
    """The amount in units of 1/10,000. Raises: ValueError with a Turkish reason.

    `1.234,56` with `COMMA`, `1,234.56` with `POINT`; blanks and a currency sign are passed over. More than four
    decimals are refused rather than rounded. A sign is kept: whether it may be negative is the caller's matter.
    """
    whole, _, fraction = cell.partition(decimals)
    # Nearly every amount of a source is plain, `1234,50`; the rest is taken apart with care.
    if len(whole) < 15 and whole.isdigit() and whole.isascii() and fraction.isdigit() and fraction.isascii():
        width = len(fraction)
        if width == 2:
            return int(whole + fraction) * 100
        if width < 5:
            return int(whole) * SCALE + int(fraction.ljust(4, "0"))
    sign, whole, fraction = _parted(cell, decimals)
    if len(fraction) > 4:
        raise ValueError("dörtten çok ondalık hane var")
    value = sign * (int(whole or "0") * SCALE + int((fraction + "0000")[:4]))
    if abs(value) >= MAX_AMOUNT:
        raise ValueError("sayı çok büyük")
    return value


def number_of(cell: str, decimals: Decimals) -> str:
    """A number of any precision as plain text with a point: a fund's units, or what one of them costs.

    Raises: ValueError with a Turkish reason; a sign is refused.
    """
    sign, whole, fraction = _parted(cell, decimals)
    if sign < 0:
        raise ValueError("eksi olamaz")
    if len(whole) + len(fraction) > _MAX_DIGITS:
        raise ValueError("sayı çok uzun")
    plain = whole.lstrip("0") or "0"
    return f"{plain}.{fraction}" if fraction else plain


def _parted(cell: str, decimals: Decimals) -> tuple[int, str, str]:
    """Sign, digits before and digits behind the decimal sign, the last zeros aside."""
    text = _MONEY_SIGNS.sub("", cell.strip()).translate(_BLANKS)
    sign = 1
    if text[:1] in "+-" and text:
        sign = -1 if text[0] == "-" else 1
        text = text[1:]
    grouping = "." if decimals is Decimals.COMMA else ","
    whole, mark, fraction = text.partition(decimals.value)
    if grouping in fraction or decimals.value in fraction:
        raise ValueError("binlik ve ondalık ayırıcı karışık")
    if grouping in whole:
        parts = whole.split(grouping)
        if any(len(part) != 3 for part in parts[1:]) or not 1 <= len(parts[0]) <= 3:
            raise ValueError("binlik ayırıcının yeri yanlış")
        whole = "".join(parts)
    if (
        not (whole or fraction)
        or (mark and not fraction)
        or not _PLAIN.fullmatch(whole or "0")
        or (fraction and not _PLAIN.fullmatch(fraction))
    ):
        raise ValueError("sayı değil")
    return sign, whole, fraction.rstrip("0")


def day_of(cell: str, order: DayOrder) -> str:
    """The day as ISO text. Raises: ValueError with a Turkish reason."""
    text = cell.strip()
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DOTTED.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day, month = (first, second) if found[2] == "." or order is DayOrder.DAY_FIRST else (second, first)
    else:
        raise ValueError("tarih değil")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError("takvimde böyle bir gün yok") from None


def decimals_in(cells: Iterable[str]) -> Decimals | None:
    """The decimal sign that the cells prove; None when they prove neither (`1.234`) or both.

    Cells without any sign prove nothing and harm nothing: a column of whole numbers may be read either way.
    """
    proved: set[Decimals] = set()
    doubtful = False
    for cell in cells:
        text = _MONEY_SIGNS.sub("", text_of(cell)).translate(_BLANKS).lstrip("+-")
        last = max(text.rfind(","), text.rfind("."))
        if last < 0:
            continue
        mark, other = text[last], "." if text[last] == "," else ","
        tail = len(text) - last - 1
        if text.count(mark) > 1:
            proved.add(Decimals(other))  # a sign that comes twice groups
        elif other in text or tail != 3 or text[:last] in ("", "0"):
            proved.add(Decimals(mark))
        else:
            doubtful = True
    if len(proved) == 1:
        return proved.pop()
    return Decimals.COMMA if not proved and not doubtful else None


def day_order_in(cells: Iterable[str]) -> DayOrder | None:
    """The order that the cells prove; None when days like `03/04/2026` stand alone, or when they contradict."""
    proved: set[DayOrder] = set()
    doubtful = False
    for cell in cells:
        found = _DOTTED.fullmatch(text_of(cell))
        if not found or found[2] == ".":
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            proved.add(DayOrder.DAY_FIRST)
        elif second > 12 >= first:
            proved.add(DayOrder.MONTH_FIRST)
        elif first != second:
            doubtful = True
    if len(proved) == 1:
        return proved.pop()
    return DayOrder.DAY_FIRST if not proved and not doubtful else None
