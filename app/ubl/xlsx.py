"""The values of an Excel workbook's first sheet (xlsx), row by row.

Small and ours: a stranger's file goes through the same doors as every other (safe unzipping, safe XML). Formulas are
never computed, the value that Excel stored counts; numbers come with a point, dates in ISO form.
Source: ECMA-376, SpreadsheetML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from app.domain.errors import InputError
from app.runtime.safezip import iter_chunks, iter_members, member_names
from app.ubl.xmlsafe import parse, pull

MAX_COLUMNS: Final = 300
#: A sheet read as a stream; Excel's own limit of 1,048,576 rows stays below.
MAX_STREAMED_BYTES: Final = 2 * 1024**3
MAX_STYLES_BYTES: Final = 16 * 1024**2
_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
#: Excel counts days from here (its 1900 was a leap year).
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_LAST_DAY: Final = 2_958_466
#: Built-in number formats that show a date.
_DATE_FORMATS: Final = frozenset({14, 15, 16, 17, 22, 27, 30, 36, 50, 57})
_DATE_LETTERS = re.compile(r"[dmyga]", re.IGNORECASE)
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def is_xlsx(raw: bytes) -> bool:
    """Whether these bytes are a zip, as every xlsx is."""
    return raw.startswith(b"PK\x03\x04")


def sheet_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of the first sheet. Raises: InputError XLSX.NONE, ZIP.* and XML.* as the doors do."""
    members = {member.name: member.data for member in iter_members(raw)}
    sheet = _first_sheet(members)
    strings = _shared_strings(members.get(_STRINGS))
    dates = _date_styles(members.get(_STYLES))
    root = parse(members[sheet]).getroot()
    for row in root.iter("{*}row"):
        number = int(row.get("r", "0")) if row.get("r", "0").isdigit() else 0
        yield number, _cells_of(row, strings, dates)


def stream_rows(raw: bytes, *, max_sheet_bytes: int = MAX_STREAMED_BYTES) -> Iterator[tuple[int, list[str]]]:
    """As `sheet_rows`, for sheets of a million rows: of the sheet one row is in memory at a time.

    Raises: as `sheet_rows`, and what comes late, such as XML.* in the middle of a sheet, after the rows before it.
    """
    names = member_names(raw)
    sheet = _first_sheet(names)

    def whole(name: str) -> bytes | None:
        return b"".join(iter_chunks(raw, name, max_bytes=MAX_STYLES_BYTES)) if name in names else None

    strings: list[str] = []
    if _STRINGS in names:
        for item in pull(iter_chunks(raw, _STRINGS, max_bytes=max_sheet_bytes), tag="{*}si"):
            strings.append("".join(t.text or "" for t in item.iter("{*}t") if not _is_phonetic(t)))
    dates = _date_styles(whole(_STYLES))
    for row in pull(iter_chunks(raw, sheet, max_bytes=max_sheet_bytes), tag="{*}row"):
        number = int(row.get("r", "0")) if row.get("r", "0").isdigit() else 0
        yield number, _cells_of(row, strings, dates)


def _first_sheet(names: Iterable[str]) -> str:
    sheets = sorted(
        (name for name in names if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name)),
        key=lambda name: (len(name), name),
    )
    if not sheets:
        raise InputError(
            "XLSX.NONE",
            "Dosya açılmadı.",
            why="Zip dosyası bir Excel (xlsx) çalışma kitabı değil.",
            todo="Excel dosyasını xlsx olarak kaydedip yeniden seçin.",
        )
    return sheets[0]


def _cells_of(row: etree._Element, strings: list[str], dates: frozenset[int]) -> list[str]:
    values: list[str] = []
    for cell in row.iterfind("{*}c"):
        match = _CELL.fullmatch(cell.get("r", ""))
        at = _column(match[1]) if match else len(values)
        if at >= MAX_COLUMNS:
            break
        values.extend([""] * (at - len(values)))
        values.append(_value_of(cell, strings, dates))
    return values


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value_of(cell: etree._Element, strings: list[str], dates: frozenset[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter("{*}t"))
    text = cell.findtext("{*}v", default="")
    if kind == "s":
        return strings[int(text)] if text.isdigit() and int(text) < len(strings) else ""
    if kind == "b":
        return "1" if text == "1" else "0"
    if kind != "n":
        return "" if kind == "e" else text
    style = cell.get("s", "")
    return _number(text, is_date=style.isdigit() and int(style) in dates)


def _number(text: str, *, is_date: bool) -> str:
    """A number as Excel shows it (15 digits: the file holds binary fractions), or the day that it counts."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return text
    if is_date and 0 < value < _LAST_DAY:
        return (_EXCEL_EPOCH + timedelta(days=int(value))).isoformat()
    shown = value if value == 0 else value.quantize(Decimal(1).scaleb(value.adjusted() - 14))
    plain = format(shown, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _shared_strings(raw: bytes | None) -> list[str]:
    if raw is None:
        return []
    return [
        "".join(t.text or "" for t in item.iter("{*}t") if not _is_phonetic(t))
        for item in parse(raw).getroot().iterfind("{*}si")
    ]


def _is_phonetic(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and etree.QName(parent).localname == "rPh"


def _date_styles(raw: bytes | None) -> frozenset[int]:
    """The cell styles (their places in cellXfs) that show a date."""
    if raw is None:
        return frozenset()
    root = parse(raw).getroot()
    formats = set(_DATE_FORMATS)
    for custom in root.iterfind("{*}numFmts/{*}numFmt"):
        bare = _NOT_FORMAT.sub("", custom.get("formatCode", ""))
        if _DATE_LETTERS.search(bare) and "0" not in bare and "#" not in bare:
            formats.add(int(custom.get("numFmtId", "0") or 0))
    styles = root.findall("{*}cellXfs/{*}xf")
    return frozenset(place for place, style in enumerate(styles) if int(style.get("numFmtId", "0") or 0) in formats)
