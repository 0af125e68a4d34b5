"""Uyumsoft's fields as a CSV. Source: LedgerIntegration, field list; headers unconfirmed by a vendor's sample."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.books import BookLine
from app.edefter.books.text import money
from app.edefter.targets.common import ExportHead

COLUMNS: Final = (
    "StartDate", "EndDate", "EnteredBy", "EnteredDate", "EntryNumber", "EntryComment", "BatchID", "BatchDescription",
    "TotalDebit", "TotalCredit", "DocumentType", "DocumentTypeDescription", "DocumentNumber", "DocumentDate",
    "PaymentMethod", "EntryNumberCounter", "AccountMainID", "AccountMainDescription", "AccountSubID",
    "AccountSubDescription", "Amount", "DebitCreditCode", "DetailComment", "LineNumberCounter",
)  # fmt: skip
ENCODING: Final = "utf-8-sig"


def uyumsoft_csv(lines: Iterable[BookLine], head: ExportHead, *, is_first: bool = True) -> Iterator[str]:
    """The text line by line. `is_first` writes the header. There is no column here for currency,
    fund units and documentReference.
    """
    if is_first:
        yield _row(COLUMNS)
    start, end = head.start.isoformat(), head.end.isoformat()
    for line in lines:
        yield _row(
            (
                start,
                end,
                line.entered_by,
                line.day,
                line.entry_number or str(line.entry),
                line.entry_comment,
                head.branch_no,
                head.branch_name if head.branch_no else "",
                money(line.debit),
                money(line.credit),
                line.document_type,
                line.document_description,
                line.document_number,
                line.document_day,
                line.payment_method,
                str(line.entry),
                line.main_id,
                line.main_name,
                line.sub_id,
                line.sub_name,
                money(line.amount),
                line.side,
                line.comment,
                str(line.number),
            )
        )


def _row(values: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(values)
    return out.getvalue()
