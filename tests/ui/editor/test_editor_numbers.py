"""Numbers, dates and blocks as they come from keyboards and from Excel."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.ui.editor.cells import find_code
from app.ui.editor.columns import COLUMNS, KEYS, column_of_place, is_blank
from app.ui.editor.numbers import join_block, read_number, shown_number, split_block, stored_number


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1.234,56", "1234.56"),
        ("1234,5", "1234.5"),
        ("12.500", "12500"),
        ("12.5", "12.5"),
        ("0.125", "0.125"),
        ("1,234.56", "1234.56"),
        ("₺ 1.250,00", "1250.00"),
        ("18 450,00 TL", "18450.00"),
        ("%20", "20"),
        ("-3,5", "-3.5"),
    ],
)
def test_turkish_numbers_are_read(typed: str, meant: str) -> None:
    assert read_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "on iki", "1,2,3", "1.2.3", "NaN", "1e400"])
def test_what_is_no_number_is_none_and_kept_as_typed(typed: str) -> None:
    assert read_number(typed) is None
    assert stored_number(typed) == typed


def test_shown_numbers_are_turkish() -> None:
    assert shown_number("18450", decimals=2) == "18.450,00"
    assert shown_number("0.125") == "0,125"
    assert shown_number("abc") == "abc"


def test_block_with_quotes_and_line_ends_in_cells() -> None:
    text = 'Masa\t2\t"1.234,56"\r\n"İki\nsatırlı ""özel"" ad"\t1\t3,5\r\n5" boru\t4\t2\r\n'
    assert split_block(text) == [
        ["Masa", "2", "1.234,56"],
        ['İki satırlı "özel" ad', "1", "3,5"],
        ['5" boru', "4", "2"],
    ]
    assert split_block(join_block([["a", "b"], ["c", ""]])) == [["a", "b"], ["c", ""]]


def test_codes_are_found_by_word_and_code() -> None:
    units = COLUMNS[KEYS.index("unit")].options()
    assert find_code(units, "adet") == "C62"
    assert find_code(units, "kgm") == "KGM"
    assert find_code(units, "KİLOGRAM") == "KGM"
    assert find_code(units, "hiç yok") == "hiç yok"
    withholding = COLUMNS[KEYS.index("withholding")]
    assert withholding.write({}, "624")["withholding"] == {"code": "624", "rate": "20"}


def test_discount_is_a_rate_or_an_amount() -> None:
    discount = COLUMNS[KEYS.index("discount")]
    assert discount.write({}, "%5")["discounts"] == [{"rate": "0.05"}]
    assert discount.write({}, "150,50")["discounts"] == [{"amount": "150.50"}]
    kept = {"discounts": [{"rate": "0.05", "reason": "Kampanya"}]}
    assert discount.shown(kept) == "%5"
    assert discount.write(kept, "7,5 %")["discounts"] == [{"rate": "0.075", "reason": "Kampanya"}]
    assert "discounts" not in discount.write(kept, "")


def test_findings_go_to_their_column() -> None:
    assert KEYS[column_of_place("withholding.rate")] == "withholding_rate"
    assert KEYS[column_of_place("withholding.code")] == "withholding"
    assert KEYS[column_of_place("discounts[0].rate")] == "discount"
    assert KEYS[column_of_place("unit")] == "unit"
    assert is_blank({"unit": "C62", "vat_rate": "20"}) and not is_blank({"name": "x"})
