"""entryHeader and entryDetail of the journal and of the general ledger, as canonical text.

Order and conditions are GİB's: Yevmiye Defteri Kılavuzu (entryHeader, entryDetail), Büyük Defter Kılavuzu. Plain string
formatting on purpose: it costs a fifth of what an XML library does, and the result is hashed as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from app.domain.books import BookLine
from app.edefter.books.text import escape, escape_often, money, rate

_J = 'contextRef="journal_context"'
_K = 'contextRef="ledger_context"'
_COUNT = 'decimals="INF" unitRef="countable"'
_MONEY = 'decimals="INF" unitRef="try"'
#: The tags and numbers of a voucher's head, with a branch of a long name.
_HEAD_BYTES = 1_400


def journal_entries(lines: Iterable[BookLine], *, branch_no: str = "", branch_name: str = "") -> Iterator[str]:
    """An entryHeader per voucher. `lines` come in the order of their numbers, a voucher's together."""
    branch = _branch(_J, branch_no, branch_name)
    for _, group in groupby(lines, attrgetter("entry")):
        rows = list(group)
        head = rows[0]
        yield (
            f"<gl-cor:entryHeader><gl-cor:enteredBy {_J}>{escape_often(head.entered_by)}</gl-cor:enteredBy>"
            f"<gl-cor:enteredDate {_J}>{head.day}</gl-cor:enteredDate>"
            f"<gl-cor:entryNumber {_J}>{escape(head.entry_number)}</gl-cor:entryNumber>"
            + (
                f"<gl-cor:entryComment {_J}>{escape(head.entry_comment)}</gl-cor:entryComment>"
                if head.entry_comment
                else ""
            )
            + branch
            + f"<gl-bus:totalDebit {_J} {_MONEY}>{money(head.debit)}</gl-bus:totalDebit>"
            f"<gl-bus:totalCredit {_J} {_MONEY}>{money(head.credit)}</gl-bus:totalCredit>"
            f"<gl-cor:entryNumberCounter {_J} {_COUNT}>{head.entry}</gl-cor:entryNumberCounter>"
            + "".join([_detail(row, _J) for row in rows])
            + "</gl-cor:entryHeader>"
        )


def ledger_entries(
    lines: Iterable[BookLine],
    totals: Iterable[tuple[str, str, int, int]],
    *,
    branch_no: str = "",
    branch_name: str = "",
) -> Iterator[str]:
    """An entryHeader per account. `lines` come by account, inside it by line number.

    `totals` gives (main, sub, debit, credit) of every account in the same order: an account's header stands before
    its lines, and holding a million lines back to sum them would not do. Raises: ValueError when they disagree.
    """
    branch = _branch(_K, branch_no, branch_name)
    sums = iter(totals)
    for key, rows in groupby(lines, attrgetter("main_id", "sub_id")):
        main, sub, debit, credit = next(sums, ("", "", 0, 0))
        if (main, sub) != key:
            raise ValueError(f"the totals are of {main} {sub}, the lines of {key[0]} {key[1]}")
        balance = debit - credit
        yield (
            f"<gl-cor:entryHeader>{branch}<gl-bus:totalDebit {_K} {_MONEY}>{money(max(balance, 0))}</gl-bus:totalDebit>"
            f"<gl-bus:totalCredit {_K} {_MONEY}>{money(max(-balance, 0))}</gl-bus:totalCredit>"
        )
        for row in rows:
            yield _detail(row, _K)
        yield "</gl-cor:entryHeader>"


def detail_size(row: BookLine) -> int:
    """Bytes of a line's entryDetail in the journal, the longer of its two forms."""
    return len(_detail(row, _J).encode("utf-8"))


def entry_head_size(row: BookLine) -> int:
    """Bytes of a voucher's entryHeader without its lines, at most."""
    texts = (row.entered_by, row.entry_number, row.entry_comment)
    return _HEAD_BYTES + sum(len(escape(text).encode("utf-8")) for text in texts)


def _branch(context: str, number: str, name: str) -> str:
    if not number:
        return ""
    return (
        f"<gl-bus:batchID {context}>{escape(number)}</gl-bus:batchID>"
        f"<gl-bus:batchDescription {context}>{escape(name)}</gl-bus:batchDescription>"
    )


def _detail(row: BookLine, context: str) -> str:
    sub = (
        f"<gl-cor:accountSub><gl-cor:accountSubDescription {context}>{escape_often(row.sub_name)}"
        f"</gl-cor:accountSubDescription><gl-cor:accountSubID {context}>{escape_often(row.sub_id)}"
        "</gl-cor:accountSubID></gl-cor:accountSub>"
        if row.sub_id
        else ""
    )
    return (
        f"<gl-cor:entryDetail><gl-cor:lineNumber {context}>{row.number}</gl-cor:lineNumber>"
        f"<gl-cor:lineNumberCounter {context} {_COUNT}>{row.entry}</gl-cor:lineNumberCounter>"
        f"<gl-cor:account><gl-cor:accountMainID {context}>{escape_often(row.main_id)}</gl-cor:accountMainID>"
        f"<gl-cor:accountMainDescription {context}>{escape_often(row.main_name)}</gl-cor:accountMainDescription>{sub}"
        f"</gl-cor:account><gl-cor:amount {context} {_MONEY}>{money(row.amount)}</gl-cor:amount>"
        f"{_currency(row, context) if row.currency else ''}"
        f"<gl-cor:debitCreditCode {context}>{row.side}</gl-cor:debitCreditCode>"
        f"<gl-cor:postingDate {context}>{row.day}</gl-cor:postingDate>{_document(row, context)}"
        + (
            f"<gl-bus:paymentMethod {context}>{escape_often(row.payment_method)}</gl-bus:paymentMethod>"
            if row.payment_method
            else ""
        )
        + (f"<gl-cor:detailComment {context}>{escape(row.comment)}</gl-cor:detailComment>" if row.comment else "")
        + "</gl-cor:entryDetail>"
    )


def _document(row: BookLine, context: str) -> str:
    """documentType to documentDate. Without a document (openings, closings) nothing is written."""
    if not row.document_type:
        return ""
    parts = [f"<gl-cor:documentType {context}>{escape_often(row.document_type)}</gl-cor:documentType>"]
    if row.document_description:
        text = escape_often(row.document_description)
        parts.append(f"<gl-cor:documentTypeDescription {context}>{text}</gl-cor:documentTypeDescription>")
    if row.document_number:
        parts.append(f"<gl-cor:documentNumber {context}>{escape(row.document_number)}</gl-cor:documentNumber>")
    if row.document_reference:
        parts.append(f"<gl-cor:documentReference {context}>{escape(row.document_reference)}</gl-cor:documentReference>")
    if row.document_day:
        parts.append(f"<gl-cor:documentDate {context}>{row.document_day}</gl-cor:documentDate>")
    return "".join(parts)


def _currency(row: BookLine, context: str) -> str:
    """The foreign side of a line (gl-muc), in the XSD's order: date, amount, currency, rate."""
    parts = []
    if row.currency_rate_day:
        day = row.currency_rate_day
        parts.append(f"<gl-muc:amountOriginalExchangeRateDate {context}>{day}</gl-muc:amountOriginalExchangeRateDate>")
    if row.currency_amount:
        value = money(row.currency_amount)
        parts.append(f"<gl-muc:amountOriginalAmount {context} {_MONEY}>{value}</gl-muc:amountOriginalAmount>")
    code = escape_often(row.currency)
    parts.append(f"<gl-muc:amountOriginalCurrency {context}>iso4217:{code}</gl-muc:amountOriginalCurrency>")
    if row.currency_rate:
        value = rate(row.currency_rate)
        parts.append(
            f"<gl-muc:amountOriginalExchangeRate {context} {_COUNT}>{value}</gl-muc:amountOriginalExchangeRate>"
        )
    return "".join(parts)
