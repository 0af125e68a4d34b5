"""Rounding and reading of numbers."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.domain.money import from_scaled, parse_decimal, round_kurus, to_scaled


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("2.345", "2.35"),
        ("2.335", "2.34"),
        ("2.344999", "2.34"),
        ("-2.345", "-2.35"),
        ("0.005", "0.01"),
        ("1E+3", "1000"),
    ],
)
def test_half_a_kurus_goes_up(amount: str, rounded: str) -> None:
    assert round_kurus(Decimal(amount)) == Decimal(rounded)


def test_rounding_does_not_depend_on_size_or_on_the_context_of_the_thread() -> None:
    with localcontext() as context:
        context.prec = 5
        assert round_kurus(Decimal("12345678901234567890123456789012.345")) == Decimal(
            "12345678901234567890123456789012.35"
        )


@pytest.mark.parametrize("value", ["1250.50", " 1250.50 ", 12, Decimal("0.1"), "-3", "1e3"])
def test_numbers_are_read(value: object) -> None:
    assert parse_decimal(value) == Decimal(str(value).strip())


@pytest.mark.parametrize(
    "value", [1.5, True, None, "", "abc", "1,5", "1_000", "NaN", "Infinity", "١٢", [], "1e999999999", "1e-99", "9" * 61]
)
def test_what_is_no_number_or_has_lost_digits_is_refused(value: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_decimal(value, field="lines[0].quantity")
    assert caught.value.code == "NUMBER.FORMAT"
    assert "lines[0].quantity" in caught.value.what


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_database_form_there_and_back(scaled: int) -> None:
    assert to_scaled(from_scaled(scaled)) == scaled


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_four_decimals_survive_the_database(amount: Decimal) -> None:
    scaled = to_scaled(amount)
    assert scaled is not None
    assert from_scaled(scaled) == amount


def test_absurd_amounts_have_no_database_form() -> None:
    assert to_scaled(Decimal("1e16")) is None
    assert to_scaled(Decimal("1e4000")) is None
    assert to_scaled(Decimal("922337203685477.5807")) == 2**63 - 1
