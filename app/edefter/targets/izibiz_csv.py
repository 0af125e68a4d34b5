"""İzibiz's data pattern: 25 columns, `;`, NULL for nothing. Source: the vendor's e-Defter chapter and its sample."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.books import BookLine
from app.edefter.books.text import money
from app.edefter.targets.common import ExportHead

#: In the order of the published sample, `doctypedesc` as the sample spells it.
COLUMNS: Final = (
    "detailref", "entryref", "linenumber", "linenumbercounter", "accmainid", "accmainiddesc", "accsubid", "accsubdesc",
    "amount", "debitcreditcode", "postingdate", "documenttype", "doctypedesc", "documentnumber", "documentreference",
    "entrynumbercounter", "documentdate", "paymentmethod", "detailcomment", "erpno", "divisionno", "enteredby",
    "entereddate", "entrynumber", "entrycomment",
)  # fmt: skip
ENCODING: Final = "cp1254"
_FIRM: Final = "001"


def izibiz_csv(lines: Iterable[BookLine], head: ExportHead, *, is_first: bool = True) -> Iterator[str]:
    """The text line by line. `is_first` writes the header. What the pattern has no column for (currency, fund
    units) stays out.
    """
    if is_first:
        yield _row(COLUMNS)
    for line in lines:
        values = (
            str(line.number),
            str(line.entry),
            str(line.number),
            str(line.entry),
            line.main_id,
            line.main_name,
            line.sub_id,
            line.sub_name,
            money(line.amount),
            line.side,
            line.day,
            line.document_type,
            line.document_description,
            line.document_number,
            line.document_reference,
            str(line.entry),
            line.document_day,
            line.payment_method,
            line.comment,
            _FIRM,
            head.branch_no or "0",
            line.entered_by,
            line.day,
            line.entry_number or str(line.entry),
            line.entry_comment,
        )
        yield _row(value or "NULL" for value in values)


def _row(values: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(values)
    return out.getvalue()
