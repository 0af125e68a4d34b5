"""Turkcell e-Şirket's tab-separated TXT, GİB's own forms of every value.

Source: the vendor's e-Defter guide: Y, then per voucher H and its lines of 16 fields, 23 with a currency, 29 with fund
units (whose currency fields then stay empty). Tabs and line ends inside a value have no place in it and become
blanks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.books import BookLine
from app.domain.voucher import FundUnits
from app.edefter.books.text import money, rate
from app.edefter.targets.common import ExportHead, vouchers

ENCODING: Final = "utf-8"
_BLANKS = str.maketrans("\t\r\n", "   ")


def turkcell_txt(lines: Iterable[BookLine], head: ExportHead) -> Iterator[str]:
    """The text line by line."""
    yield _row("Y", head.fiscal_start.isoformat(), head.fiscal_end.isoformat(), head.branch_no, head.tax_number)
    for rows in vouchers(lines):
        first = rows[0]
        yield _row(
            "H",
            first.entered_by,
            first.day,
            first.entry_number or str(first.entry),
            first.entry_comment,
            money(first.debit),
            money(first.credit),
            str(first.entry),
        )
        for row in rows:
            yield _row(*_line(row))


def _line(row: BookLine) -> list[str]:
    fields = [
        str(row.number),
        str(row.entry),
        row.main_id,
        row.main_name,
        row.sub_name if row.sub_id else "",
        row.sub_id,
        money(row.amount),
        row.side,
        row.day,
        row.document_type,
        row.document_description,
        row.document_number,
        row.document_reference,
        row.document_day,
        row.payment_method,
        row.comment,
    ]
    if row.currency:
        amount = money(row.currency_amount) if row.currency_amount else ""
        day, currency = row.currency_rate_day, f"iso4217:{row.currency}"
        fields += [_iso(row.amount_currency), day, amount, currency, rate(row.currency_rate)]
        fields += [row.rate_source, row.rate_comment]
    elif row.amount_currency or row.measure_quantity:
        fields += [_iso(row.amount_currency), "", "", "", "", row.rate_source, row.rate_comment]
    if row.measure_quantity:
        fields += [FundUnits.CODE, FundUnits.DESCRIPTION, row.measure_quantity, FundUnits.QUALIFIER]
        fields += [FundUnits.UNIT, row.measure_cost]
    return fields


def _iso(currency: str) -> str:
    return f"iso4217:{currency}" if currency else ""


def _row(*values: str) -> str:
    return "\t".join(value.translate(_BLANKS) for value in values) + "\n"
