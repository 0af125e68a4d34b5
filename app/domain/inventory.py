"""Inventory lists (envanter): what a company owned on a day, as lists give it and as the ledger is written.

Source: GİB e-Defter package, Envanter Defteri guide (entryHeader, entryDetail, measurable).
"""

from __future__ import annotations

from typing import NamedTuple


class InventoryRow(NamedTuple):
    """One item of a list. Amounts are integers of 1/10,000; `quantity` is plain decimal text with a point.

    `unit` is a UN/ECE code. Text that is absent is empty; `product_id` empty means an item that is not counted.
    """

    source_line: int
    branch_no: str
    branch_name: str
    main_id: str
    main_name: str
    sub_id: str
    sub_name: str
    product_id: str
    product_name: str
    quantity: str
    unit: str
    amount: int
    comment: str = ""
    currency: str = ""
    currency_amount: int = 0
    currency_rate: str = ""
    currency_rate_day: str = ""
    amount_currency: str = ""
    rate_source: str = ""
    rate_comment: str = ""


class InventoryLine(NamedTuple):
    """A numbered item: `entry` is the envanter maddesi (one per main account), `number` the line."""

    entry: int
    number: int
    item: InventoryRow
