"""A discount of the whole invoice on its lines: to the kuruş, by gross, nothing lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.workflows.drafting import spread_over_lines

LINES: list[dict[str, Any]] = [
    {"name": "A", "quantity": "1", "unit_price": "100"},
    {"name": "B", "quantity": "2", "unit_price": "50.005", "discounts": [{"rate": "0.1"}]},
    {"name": "C", "quantity": "3", "unit_price": "33.33"},
    {"name": "yarım", "quantity": "iki", "unit_price": ""},
]


@pytest.mark.parametrize("amount", ["0.01", "0.02", "10", "99.99", "299.99"])
def test_an_amount_is_shared_without_rest(amount: str) -> None:
    spread = spread_over_lines(LINES, Decimal(amount), is_rate=False, is_charge=False, reason="Yıl sonu")
    parts = [Decimal(item["amount"]) for line in spread for item in line.get("discounts", ()) if item.get("reason")]
    assert sum(parts) == Decimal(amount)
    assert all(part != 0 for part in parts)
    assert "discounts" not in spread[3], "a line whose numbers cannot be read is left as it is"
    assert spread[1]["discounts"][0] == {"rate": "0.1"}, "what stood there stays"
    assert "discounts" not in LINES[0]


def test_a_rate_stands_on_every_line_as_it_is() -> None:
    spread = spread_over_lines(LINES, Decimal("0.05"), is_rate=True, is_charge=True, reason="")
    assert [line.get("charges") for line in spread] == [[{"rate": "0.05"}]] * 3 + [None]


def test_nothing_is_laid_on_nothing() -> None:
    assert spread_over_lines([], Decimal(5), is_rate=False, is_charge=False, reason="x") == []
    assert spread_over_lines(LINES[3:], Decimal(5), is_rate=False, is_charge=False, reason="x") == LINES[3:]
