"""entryHeader and entryDetail of the inventory ledger, as canonical text.

Source: e-Defter package, Envanter Defteri guide; the order is the XSD's. measurableCodeDescription is never written:
the official rules misspell the quantity's name beside it and would refuse every such line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from app.domain.inventory import InventoryLine, InventoryRow
from app.edefter.books.head import BOOK_CURRENCY
from app.edefter.books.text import escape, money, rate

_A = 'contextRef="assets_context"'
_COUNT = 'decimals="INF" unitRef="countable"'
_MONEY = 'decimals="INF" unitRef="try"'


def inventory_entries(
    lines: Iterable[InventoryLine], *, day: str, entered_by: str, branch_no: str = "", branch_name: str = ""
) -> Iterator[str]:
    """An entryHeader per madde. `lines` come in the order of their numbers; `day` is the inventory's ISO day."""
    branch = (
        f"<gl-bus:batchID {_A}>{escape(branch_no)}</gl-bus:batchID>"
        f"<gl-bus:batchDescription {_A}>{escape(branch_name)}</gl-bus:batchDescription>"
        if branch_no
        else ""
    )
    for entry, group in groupby(lines, attrgetter("entry")):
        rows = list(group)
        name = rows[0].item.main_name
        yield (
            f"<gl-cor:entryHeader><gl-cor:enteredBy {_A}>{escape(entered_by)}</gl-cor:enteredBy>"
            f"<gl-cor:enteredDate {_A}>{day}</gl-cor:enteredDate>"
            f"<gl-cor:entryNumber {_A}>{entry}</gl-cor:entryNumber>"
            f"<gl-cor:entryComment {_A}>{escape(name)} envanteri</gl-cor:entryComment>{branch}"
            f"<gl-cor:entryNumberCounter {_A} {_COUNT}>{entry}</gl-cor:entryNumberCounter>"
            + "".join(detail(row) for row in rows)
            + "</gl-cor:entryHeader>"
        )


def detail(line: InventoryLine) -> str:
    """One item."""
    item = line.item
    sub = (
        f"<gl-cor:accountSub><gl-cor:accountSubDescription {_A}>{escape(item.sub_name)}"
        f"</gl-cor:accountSubDescription><gl-cor:accountSubID {_A}>{escape(item.sub_id)}"
        "</gl-cor:accountSubID></gl-cor:accountSub>"
        if item.sub_id
        else ""
    )
    return (
        f"<gl-cor:entryDetail><gl-cor:lineNumber {_A}>{line.number}</gl-cor:lineNumber>"
        f"<gl-cor:lineNumberCounter {_A} {_COUNT}>{line.entry}</gl-cor:lineNumberCounter>"
        f"<gl-cor:account><gl-cor:accountMainID {_A}>{escape(item.main_id)}</gl-cor:accountMainID>"
        f"<gl-cor:accountMainDescription {_A}>{escape(item.main_name)}</gl-cor:accountMainDescription>{sub}"
        f"</gl-cor:account><gl-cor:amount {_A} {_MONEY}>{money(item.amount)}</gl-cor:amount>"
        f"{_currency(item)}"
        + (f"<gl-cor:detailComment {_A}>{escape(item.comment)}</gl-cor:detailComment>" if item.comment else "")
        + _measurable(item)
        + "</gl-cor:entryDetail>"
    )


def _measurable(item: InventoryRow) -> str:
    parts = (
        ("measurableID", "", item.product_id),
        ("measurableDescription", "", item.product_name),
        ("measurableQuantity", f" {_COUNT}", item.quantity),
        ("measurableUnitOfMeasure", "", item.unit),
    )
    inside = "".join(
        f"<gl-bus:{name} {_A}{more}>{escape(value)}</gl-bus:{name}>" for name, more, value in parts if value
    )
    return f"<gl-bus:measurable>{inside}</gl-bus:measurable>" if inside else ""


def _currency(item: InventoryRow) -> str:
    """The currency's fields in the XSD's order: of the record, then the foreign side's date, amount, currency, rate.

    A foreign item says that its amount is in the book's currency; others say it only where the list does.
    """
    own = item.amount_currency or (BOOK_CURRENCY if item.currency else "")
    head = f"<gl-muc:amountCurrency {_A}>iso4217:{escape(own)}</gl-muc:amountCurrency>" if own else ""
    if not item.currency:
        return head
    prefix = "gl-muc:amountOriginal"
    parts = (
        ("ExchangeRateDate", "", item.currency_rate_day),
        ("Amount", f" {_MONEY}", money(item.currency_amount) if item.currency_amount else ""),
        ("Currency", "", f"iso4217:{item.currency}"),
        ("ExchangeRate", f" {_COUNT}", rate(item.currency_rate)),
        ("ExchangeRateSource", "", item.rate_source),
        ("ExchangeRateComment", "", item.rate_comment),
    )
    return head + "".join(
        f"<{prefix}{name} {_A}{more}>{escape(value)}</{prefix}{name}>" for name, more, value in parts if value
    )
