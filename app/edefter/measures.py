"""What is wrong with a line that measures fund units, and with the currency of its amount, before any XML exists.

Source: Yevmiye Defteri guide (measurable, amountCurrency) and the official rules: all six fields of a measure, and the
amount is the product of cost and quantity as a computer multiplies them in binary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from app.edefter.books.text import money

_CODE = re.compile(r"[A-Z]{3}")


class MeasuredLine(NamedTuple):
    """What is asked of a line. `amount` is units of 1/10,000; `quantity` and `cost` are plain decimal texts."""

    amount: int
    amount_currency: str
    quantity: str
    cost: str


def breaches(line: MeasuredLine) -> Iterator[tuple[str, str, str]]:
    """(rule, a, b) for every rule that the line breaks."""
    if line.amount_currency and not _CODE.fullmatch(line.amount_currency):
        yield "DEFTER.CURRENCY_CODE", line.amount_currency, ""
    if not line.quantity and not line.cost:
        return
    if not line.quantity or not line.cost:
        yield "DEFTER.MEASURE_PART", "", ""
        return
    try:
        product = Decimal(line.quantity) * Decimal(line.cost)
    except InvalidOperation:
        yield "DEFTER.MEASURE_PART", "", ""
        return
    amount = money(line.amount)
    if product != Decimal(amount):
        yield "DEFTER.MEASURE_AMOUNT", f"{line.quantity} × {line.cost} = {product.normalize():f}", amount
    elif float(line.quantity) * float(line.cost) != float(amount):
        # GİB's rules multiply doubles: 0.1 × 3 is not 0.3 for them.
        yield "DEFTER.MEASURE_BINARY", f"{line.quantity} × {line.cost}", amount
