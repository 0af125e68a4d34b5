"""Months and fiscal periods, with a liquidation in the middle of a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.party import Company, Party
from app.domain.spans import fiscal_year, key_of_day, month_of_key, span_of, spans_of
from app.domain.taxnumber import TaxNumber
from app.domain.voucher import LIQUIDATION, Period

PLAIN = Company(party=Party(tax_number=TaxNumber("1234567808")), fiscal_year_start="2016-01-01")
LIQUIDATED = replace(PLAIN, liquidation_start="2016-05-21")


def days(company: Company, year: int, month: int) -> list[tuple[str, str, str, str]]:
    return [
        tuple(day.isoformat() for day in (s.first_day, s.last_day, s.fiscal_start, s.fiscal_end))  # type: ignore[misc]
        for s in spans_of(company, Period(year, month))
    ]


def test_the_guides_example() -> None:
    assert days(LIQUIDATED, 2016, 5) == [
        ("2016-05-01", "2016-05-21", "2016-01-01", "2016-12-31"),
        ("2016-05-21", "2016-05-31", "2016-05-21", "2016-12-31"),
    ]
    before, after = spans_of(LIQUIDATED, Period(2016, 5))
    assert (before.period.key, after.period.key) == (201605, LIQUIDATION + 201605)
    assert before.shares_month and after.shares_month and before.period < after.period
    assert [span_of(LIQUIDATED, span.period) for span in (before, after)] == [before, after]
    assert str(after.period) == "2016-05" and after.period.compact == "201605"


def test_months_around_it() -> None:
    assert days(LIQUIDATED, 2016, 4) == [("2016-04-01", "2016-04-30", "2016-01-01", "2016-12-31")]
    assert days(LIQUIDATED, 2016, 6) == [("2016-06-01", "2016-06-30", "2016-05-21", "2016-12-31")]
    (june,) = spans_of(LIQUIDATED, Period(2016, 6))
    assert june.period.is_liquidation and not june.shares_month


def test_the_next_year_is_a_period_by_itself() -> None:
    (january,) = spans_of(LIQUIDATED, Period(2017, 1))
    assert (january.fiscal_start, january.period.is_liquidation) == (date(2017, 1, 1), False)


def test_the_end_shortens_its_month_only() -> None:
    over = replace(LIQUIDATED, liquidation_end="2016-09-10")
    assert days(over, 2016, 9) == [("2016-09-01", "2016-09-10", "2016-05-21", "2016-12-31")]
    assert days(over, 2016, 8) == [("2016-08-01", "2016-08-31", "2016-05-21", "2016-12-31")]


@pytest.mark.parametrize(("begun", "count"), [("2016-05-01", 1), ("2016-01-01", 1), ("", 1), ("2016-05-31", 2)])
def test_a_first_day_divides_nothing(begun: str, count: int) -> None:
    assert len(spans_of(replace(PLAIN, liquidation_start=begun), Period(2016, 5))) == count


def test_a_special_fiscal_year() -> None:
    company = replace(PLAIN, fiscal_year_start="2016-07-01")
    assert fiscal_year(company, Period(2017, 3)) == (date(2016, 7, 1), date(2017, 6, 30))


def test_keys_of_days() -> None:
    assert key_of_day("2016-05-20", "2016-05-21") == 201605
    assert key_of_day("2016-05-21", "2016-05-21") == LIQUIDATION + 201605
    assert key_of_day("2016-06-01", "") == 201606
    assert (month_of_key(LIQUIDATION + 201605), month_of_key(201605)) == (Period(2016, 5, True), Period(2016, 5))
