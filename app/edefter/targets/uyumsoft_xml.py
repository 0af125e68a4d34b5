"""Uyumsoft's fields as XML. The vendor publishes names of fields but no schema: the elements around them are ours.

Source: LedgerIntegration, field list; unconfirmed by a vendor's sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.domain.books import BookLine
from app.edefter.books.text import escape, money, rate
from app.edefter.targets.common import ExportHead, vouchers


def uyumsoft_xml(lines: Iterable[BookLine], head: ExportHead) -> Iterator[str]:
    """The document piece by piece."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<LedgerSource>'
    yield _items((("StartDate", head.start.isoformat()), ("EndDate", head.end.isoformat())))
    yield "<Entries>\n"
    for rows in vouchers(lines):
        first = rows[0]
        yield "<Entry>" + _items(
            (
                ("EnteredBy", first.entered_by),
                ("EnteredDate", first.day),
                ("EntryNumber", first.entry_number or str(first.entry)),
                ("EntryComment", first.entry_comment),
                ("BatchID", head.branch_no),
                ("BatchDescription", head.branch_name if head.branch_no else ""),
                ("TotalDebit", money(first.debit)),
                ("TotalCredit", money(first.credit)),
            )
        )
        yield "<Details>" + "".join(f"<Detail>{_items(_line(row))}</Detail>" for row in rows) + "</Details></Entry>\n"
    yield "</Entries></LedgerSource>\n"


def _line(row: BookLine) -> Iterable[tuple[str, str]]:
    return (
        ("DocumentType", row.document_type),
        ("DocumentTypeDescription", row.document_description),
        ("DocumentNumber", row.document_number),
        ("DocumentReference", row.document_reference),
        ("DocumentDate", row.document_day),
        ("PaymentMethod", row.payment_method),
        ("EntryNumberCounter", str(row.entry)),
        ("AccountMainID", row.main_id),
        ("AccountMainDescription", row.main_name),
        ("AccountSubID", row.sub_id),
        ("AccountSubDescription", row.sub_name),
        ("Amount", money(row.amount)),
        ("DebitCreditCode", row.side),
        ("AmountOriginalCurrency", row.currency),
        ("AmountOriginalAmount", money(row.currency_amount) if row.currency_amount else ""),
        ("AmountOriginalExchangeRate", rate(row.currency_rate)),
        ("AmountOriginalExchangeRateDate", row.currency_rate_day),
        ("AmountCurrency", row.amount_currency),
        ("AmountOriginalExchangeRateSource", row.rate_source),
        ("AmountOriginalExchangeRateComment", row.rate_comment),
        ("MeasurableQuantity", row.measure_quantity),
        ("MeasurableCostPerUnit", row.measure_cost),
        ("DetailComment", row.comment),
        ("LineNumberCounter", str(row.number)),
    )


def _items(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in pairs if value)
