"""Fund units: what GİB's own rules would refuse, said before any XML exists."""

from __future__ import annotations

import pytest

from app.edefter.measures import MeasuredLine, breaches


@pytest.mark.parametrize(
    ("amount", "quantity", "cost", "code"),
    [
        (150_000, "1000", "0.015", ""),
        (150_000, "1000", "0.016", "DEFTER.MEASURE_AMOUNT"),
        (3_000, "3", "0.1", "DEFTER.MEASURE_BINARY"),
        (3_000, "1", "0.3", ""),
        (150_000, "", "0.015", "DEFTER.MEASURE_PART"),
        (150_000, "1000", "", "DEFTER.MEASURE_PART"),
        (150_000, "", "", ""),
    ],
)
def test_cost_times_quantity_is_the_amount(amount: int, quantity: str, cost: str, code: str) -> None:
    found = [one[0] for one in breaches(MeasuredLine(amount, "", quantity, cost))]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(("currency", "is_wrong"), [("USD", False), ("", False), ("usd", True), ("DOLAR", True)])
def test_the_currency_of_the_amount_is_a_code(currency: str, is_wrong: bool) -> None:
    found = [one[0] for one in breaches(MeasuredLine(1, currency, "", ""))]
    assert found == (["DEFTER.CURRENCY_CODE"] if is_wrong else [])
