"""Berats and the ledger report: the short documents about a book.

Source: e-Defter package: Berat Kılavuzu, Defter Raporu Beratı Kılavuzu.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from app.domain.books import BookHead, BookKind
from app.edefter.books.head import context_of, opening
from app.edefter.books.text import escape, money

#: The ten sums of a berat: account and name, each debit then credit.
TAX_ACCOUNTS: Final = (
    ("391", "Hesaplanan KDV"),
    ("191", "İndirilecek KDV"),
    ("600", "Yurt İçi Satışlar"),
    ("601", "Yurt Dışı Satışlar"),
    ("602", "Diğer Gelirler Hesabı"),
)
_MIB: Final = 1024 * 1024


class AccountSum(NamedTuple):
    """Gross sums and line counts of a main account. Amounts in units of 1/10,000."""

    debit: int
    credit: int
    debit_lines: int
    credit_lines: int
    name: str = ""


class SealedBook(NamedTuple):
    """What a berat says of its sealed book: how many vouchers, how large, and the seal itself (Base64)."""

    entries: int
    size_bytes: int
    signature_value: str


def size_in_mib(size_bytes: int) -> str:
    """measurableQuantity: bytes/1024/1024, at most two decimals (`66135` is `0.06`, `417061` is `0.4`)."""
    value = (Decimal(size_bytes) / _MIB).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP).normalize()
    return f"{value:f}"


def berat_xml(head: BookHead, kind: BookKind, *, book: SealedBook, ettn: str, sums: Mapping[str, AccountSum]) -> str:
    """A berat from the processing instruction to the book's SignatureValue; its own signature and end tag follow.

    `kind` is YB, KB or EB, `ettn` a new UUID, `sums` the book's sums by main account.
    """
    context = context_of(kind)
    entries = (
        f'<gl-bus:numberOfEntries contextRef="{context}" decimals="INF" unitRef="countable">{book.entries}'
        "</gl-bus:numberOfEntries>"
        if kind is not BookKind.LEDGER_BERAT
        else ""
    )
    segment = (
        f'{entries}<gl-cor:uniqueID contextRef="{context}">{escape(ettn)}</gl-cor:uniqueID>'
        f'<gl-bus:measurableQuantity contextRef="{context}" decimals="INF" unitRef="countable">'
        f"{size_in_mib(book.size_bytes)}</gl-bus:measurableQuantity>"
    )
    body = ""
    if kind is not BookKind.INVENTORY_BERAT:
        body = f'<gl-cor:entryHeader><gl-cor:qualifierEntry contextRef="{context}">standard</gl-cor:qualifierEntry>'
        number = 0
        for account, name in TAX_ACCOUNTS:
            found = sums.get(account, AccountSum(0, 0, 0, 0))
            for side, units in (("D", found.debit), ("C", found.credit)):
                number += 1
                body += _sum_detail(context, number, account, name, units, side)
        body += "</gl-cor:entryHeader>"
    return (
        f"{opening(head, kind, segment=segment)}{body}</gl-cor:accountingEntries></xbrli:xbrl>"
        f"<ds:SignatureValue>{book.signature_value}</ds:SignatureValue>"
    )


def report_xml(head: BookHead, *, ettn: str, sums: Iterable[tuple[str, AccountSum]]) -> str:
    """The defter raporu up to where its signature stands: per main account the gross debit and credit of the month."""
    kind = BookKind.REPORT
    context = context_of(kind)
    parts = [
        opening(head, kind, segment=f'<gl-cor:uniqueID contextRef="{context}">{escape(ettn)}</gl-cor:uniqueID>'),
        f'<gl-cor:entryHeader><gl-cor:qualifierEntry contextRef="{context}">standard</gl-cor:qualifierEntry>',
    ]
    number = 0
    for account, found in sums:
        for side, units, lines in (
            ("D", found.debit, found.debit_lines),
            ("C", found.credit, found.credit_lines),
        ):
            number += 1
            parts.append(_sum_detail(context, number, account, found.name, units, side, lines=lines))
    parts.append("</gl-cor:entryHeader></gl-cor:accountingEntries></xbrli:xbrl>")
    return "".join(parts)


def _sum_detail(
    context: str, number: int, account: str, name: str, units: int, side: str, *, lines: int | None = None
) -> str:
    counted = (
        f'<gl-cor:documentApplyToNumber contextRef="{context}">{lines}</gl-cor:documentApplyToNumber>'
        if lines is not None
        else ""
    )
    return (
        f'<gl-cor:entryDetail><gl-cor:lineNumber contextRef="{context}">{number}</gl-cor:lineNumber><gl-cor:account>'
        f'<gl-cor:accountMainID contextRef="{context}">{escape(account)}</gl-cor:accountMainID>'
        f'<gl-cor:accountMainDescription contextRef="{context}">{escape(name)}</gl-cor:accountMainDescription>'
        f'</gl-cor:account><gl-cor:amount contextRef="{context}" decimals="INF" unitRef="try">{money(units)}'
        "</gl-cor:amount>"
        f'<gl-cor:debitCreditCode contextRef="{context}">{side}</gl-cor:debitCreditCode>{counted}'
        f'<gl-cor:xbrlInfo><gl-cor:xbrlInclude contextRef="{context}">period_change</gl-cor:xbrlInclude>'
        "</gl-cor:xbrlInfo></gl-cor:entryDetail>"
    )
