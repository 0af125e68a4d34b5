"""A list as others want it: tab-separated for pasting, CSV and Excel files. Any thread; no Qt here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from app.ui.lists.columns import Column, RowView, Value, plain

#: Written so in UTF-8 with BOM, and with ';', Turkish Excel opens the file right with a double click.
CSV_ENCODING: Final = "utf-8-sig"
#: A cell that begins so would be run as a formula by Excel: names of senders are not ours.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
#: Excel's own limit; the header takes one.
MAX_EXCEL_ROWS: Final = 1_048_575


def tsv(views: Iterable[RowView], columns: Sequence[Column], all_columns: Sequence[Column]) -> str:
    """Header and rows for the clipboard; numbers and dates in the Turkish form."""
    places = [list(all_columns).index(c) for c in columns]
    lines = ["\t".join(c.title for c in columns)]
    lines += ["\t".join(_one_line(v.values[i], v.texts[i]) for i in places) for v in views]
    return "\n".join(lines) + "\n"


def write_csv(
    path: Path, blocks: Iterable[Sequence[RowView]], columns: Sequence[Column], all_columns: Sequence[Column]
) -> int:
    """`;`-separated, UTF-8 with BOM, Turkish numbers and dates. Returns the rows written."""
    places = [list(all_columns).index(c) for c in columns]
    count = 0
    with path.open("w", encoding=CSV_ENCODING, newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow([c.title for c in columns])
        for block in blocks:
            writer.writerows([[_one_line(v.values[i], v.texts[i]) for i in places] for v in block])
            count += len(block)
    return count


def write_excel(
    path: Path,
    blocks: Iterable[Sequence[RowView]],
    columns: Sequence[Column],
    all_columns: Sequence[Column],
    *,
    title: str,
) -> int:
    """Real numbers and dates, a header that stays, a filter on every column. Returns the rows written."""
    import xlsxwriter

    places = [list(all_columns).index(c) for c in columns]
    count = 0
    with xlsxwriter.Workbook(
        path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "bottom": 1})
        money = book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width + 2)
            sheet.write_string(0, place, column.title, head)
        for block in blocks:
            for view in block:
                count += 1
                if count > MAX_EXCEL_ROWS:
                    continue
                for place, index in enumerate(places):
                    match view.values[index]:
                        case None:
                            sheet.write_blank(count, place, None)
                        case Decimal() as amount:
                            sheet.write_number(count, place, float(amount), money)
                        case date() as when:
                            sheet.write_datetime(count, place, when, day)
                        case int() as number:
                            sheet.write_number(count, place, number)
                        case str() as text:
                            sheet.write_string(count, place, text)
        sheet.autofilter(0, 0, min(count, MAX_EXCEL_ROWS), max(0, len(columns) - 1))
    return min(count, MAX_EXCEL_ROWS)


def with_currency(columns: Sequence[Column], all_columns: Sequence[Column]) -> list[Column]:
    """The columns to write: a bare figure is never without its currency beside it."""
    keys = [c.key for c in columns]
    result = list(columns)
    if "payable" in keys and "currency" not in keys:
        result.insert(keys.index("payable") + 1, next(c for c in all_columns if c.key == "currency"))
    return result


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, on one line."""
    flat = " ".join(text.split()) if any(c in text for c in "\t\r\n") else text
    return f"'{flat}" if flat.startswith(_FORMULA_STARTS) else flat


def _one_line(value: Value, text: str) -> str:
    # Amounts and days are ours: a minus there is a minus. An amount is a bare figure; its currency has a column.
    if isinstance(value, Decimal | int):
        return plain(value)
    return text if isinstance(value, date) else safe(text or plain(value))
