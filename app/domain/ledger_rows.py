"""Flat rows of accounting entries, as importers give them and the ledger database takes them.

A row is one debit or credit together with the head of its voucher. Plain tuples: a month may hold a million of them.
"""

from __future__ import annotations

from typing import NamedTuple


class LedgerRow(NamedTuple):
    """One line of a source, read and checked. Amounts are integers of 1/10,000; days are ISO texts.

    `amount_currency` is the currency of `amount` where the source says it (a nazım account may be in USD);
    `measure_quantity` and `measure_cost` are fund units and their cost, plain decimals with a point, both or neither.
    `source_line` is where it stands in the file (1-based; the row's number in a table or query). `counter` and
    `number` are the yevmiye numbers that the source gives, 0 for none. Text that is absent is empty.
    """

    source_line: int
    day: str
    reference: str
    branch_no: str
    branch_name: str
    entry_number: str
    entry_comment: str
    entered_by: str
    counter: int
    number: int
    main_id: str
    main_name: str
    sub_id: str
    sub_name: str
    amount: int
    side: str
    document_type: str
    document_description: str
    document_number: str
    document_day: str
    document_reference: str
    payment_method: str
    comment: str
    currency: str = ""
    currency_amount: int = 0
    currency_rate: str = ""
    currency_rate_day: str = ""
    amount_currency: str = ""
    rate_source: str = ""
    rate_comment: str = ""
    measure_quantity: str = ""
    measure_cost: str = ""


class BadRow(NamedTuple):
    """A row that cannot become a line; the rows around it still can. `message` is one Turkish sentence."""

    source_line: int
    code: str
    field: str
    message: str
    text: str = ""
