from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.turkish import format_amount, format_date
from app.edefter.sources.values import (
    DayOrder,
    Decimals,
    amount_of,
    day_of,
    day_order_in,
    decimals_in,
    text_of,
    texts_of,
)

COMMA, POINT = Decimals.COMMA, Decimals.POINT


@pytest.mark.parametrize(
    ("cell", "decimals", "units"),
    [
        ("1.234,56", COMMA, 12_345_600),
        ("1,234.56", POINT, 12_345_600),
        ("1234,5", COMMA, 12_345_000),
        ("0,01", COMMA, 100),
        (",5", COMMA, 5_000),
        ("1 234,56 TL", COMMA, 12_345_600),
        ("₺1.000.000,00", COMMA, 10_000_000_000),
        ("12", COMMA, 120_000),
        ("-7,25", COMMA, -72_500),
        ("0.1234", POINT, 1_234),
        ("5.000000", POINT, 50_000),
        ("1.234", COMMA, 12_340_000),
        ("1.234", POINT, 12_340),
    ],
)
def test_amounts(cell: str, decimals: Decimals, units: int) -> None:
    assert amount_of(cell, decimals) == units


@pytest.mark.parametrize(
    "cell", ["", "abc", "1,2,3", "1.23,45", "1,", "1.2345,6", "0,12345", "1e5", "٣", "1" + "0" * 15, "--1", "1,5.0"]
)
def test_what_is_no_amount_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        amount_of(cell, COMMA)
    assert str(caught.value)


@given(st.integers(min_value=-(10**16), max_value=10**16))
def test_a_turkish_amount_is_read_back(kurus: int) -> None:
    assert amount_of(format_amount(Decimal(kurus).scaleb(-2)), COMMA) == kurus * 100


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["1.234,56", "10"], COMMA),
        (["1,234.56"], POINT),
        (["12.5", "1000"], POINT),
        (["1.234"], None),
        (["1.234", "7,5"], COMMA),
        (["1.234.567"], COMMA),
        (["0.125"], POINT),
        (["1,5", "1.5"], None),
        (["10", "20", "NULL", ""], COMMA),
    ],
)
def test_the_decimal_sign_is_proved_or_asked(cells: list[str], found: Decimals | None) -> None:
    assert decimals_in(cells) is found


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-04", "2026-03-04"),
        ("2026-03-04 00:00:00", "2026-03-04"),
        ("2026-03-04T10:11:12", "2026-03-04"),
        ("20260304", "2026-03-04"),
        ("4.3.2026", "2026-03-04"),
        ("04/03/2026", "2026-03-04"),
        ("04-03-2026 09:30", "2026-03-04"),
    ],
)
def test_days(cell: str, day: str) -> None:
    assert day_of(cell, DayOrder.DAY_FIRST) == day


def test_the_order_matters_with_slashes_only() -> None:
    assert day_of("04/03/2026", DayOrder.MONTH_FIRST) == "2026-04-03"
    assert day_of("04.03.2026", DayOrder.MONTH_FIRST) == "2026-03-04"


@pytest.mark.parametrize("cell", ["", "31.02.2026", "2026-13-01", "yarın", "1.1.26", "00.01.2026", "2026/1/1"])
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"tarih|takvim"):
        day_of(cell, DayOrder.DAY_FIRST)


@given(st.dates(min_value=date(2005, 1, 1), max_value=date(2099, 12, 31)))
def test_a_turkish_day_is_read_back(day: date) -> None:
    assert day_of(format_date(day), DayOrder.DAY_FIRST) == day.isoformat()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["13/01/2026", "02/03/2026"], DayOrder.DAY_FIRST),
        (["01/13/2026"], DayOrder.MONTH_FIRST),
        (["02/03/2026"], None),
        (["03/03/2026"], DayOrder.DAY_FIRST),
        (["02.03.2026", "2026-01-05"], DayOrder.DAY_FIRST),
        (["13/01/2026", "01/13/2026"], None),
    ],
)
def test_the_order_of_days_is_proved_or_asked(cells: list[str], found: DayOrder | None) -> None:
    assert day_order_in(cells) is found


@pytest.mark.parametrize("cell", ["", " ", "-", "NULL", "null", " None "])
def test_nothing_is_written_in_many_ways(cell: str) -> None:
    assert text_of(cell) == ""


def test_a_text_that_only_begins_so_stays() -> None:
    assert text_of(" Null Kargo ") == "Null Kargo"


@given(st.lists(st.text(max_size=8) | st.sampled_from(["NULL", " null ", "-", "n/a", "None", "nan ", "100", " 1.5 "])))
def test_a_row_is_cleaned_as_its_cells_are(cells: list[str]) -> None:
    assert texts_of(cells) == [text_of(cell) for cell in cells]


@given(st.integers(0, 10**14), st.text("0123456789", max_size=6))
def test_a_plain_amount_is_read_as_one_written_with_care(whole: int, fraction: str) -> None:
    """The quick way and the careful way (which a blank before the amount asks for) give the same."""
    text = f"{whole},{fraction}" if fraction else str(whole)

    def read(cell: str) -> int | str:
        try:
            return amount_of(cell, COMMA)
        except ValueError as error:
            return str(error)

    assert read(text) == read(f" {text}") == read(f"{text} TL")
