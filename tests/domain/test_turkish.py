"""Turkish letters, order and number forms."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.turkish import fold, format_amount, format_date, format_datetime, lower, sort_key, upper


def test_case_of_dotted_and_dotless_i() -> None:
    assert upper("istanbul ışık") == "İSTANBUL IŞIK"
    assert lower("İSTANBUL IŞIK") == "istanbul ışık"


@pytest.mark.parametrize(
    "text", ["İSTANBUL", "istanbul", "ISTANBUL", "ıstanbul", "İstanbul", "  İs  tanbul".replace("  ", "")]
)
def test_all_forms_of_istanbul_fold_alike(text: str) -> None:
    assert fold(text) == "istanbul"


def test_fold_drops_marks_and_joins_white_space() -> None:
    assert fold(" Şükrü\tÇağlar\n GÖĞÜŞ ") == "sukru caglar gogus"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ ", max_size=30))
def test_fold_does_not_care_about_turkish_case(text: str) -> None:
    assert fold(upper(text)) == fold(lower(text)) == fold(text)


@given(st.text(st.one_of(st.sampled_from("İIıŞşĞğÜüÖöÇçÂâÎîÛû \t\u0307ﬁß"), st.characters(codec="utf-8"))))
def test_the_short_way_of_folding_gives_what_the_long_way_gives(text: str) -> None:
    dotless = text.translate(str.maketrans({"İ": "i", "I": "i", "ı": "i"}))
    bare = unicodedata.normalize("NFKD", dotless).casefold()
    assert fold(text) == " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def test_alphabetical_order() -> None:
    names = ["Zeki", "Çelik", "Cem", "İnci", "Işık", "Şule", "Sema", "Ömer", "Osman", "Ünal", "Umut", "Ğ", "Gül", "3M"]
    assert sorted(names, key=sort_key) == [
        "3M", "Cem", "Çelik", "Gül", "Ğ", "Işık", "İnci", "Osman", "Ömer", "Sema", "Şule", "Umut", "Ünal", "Zeki",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [
        ("1234.5", 2, "1.234,50"),
        ("0", 2, "0,00"),
        ("-1234567.891", 2, "-1.234.567,89"),
        ("0.125", 2, "0,13"),
        ("0.005", 2, "0,01"),
        ("-0.001", 2, "0,00"),
        ("12345678901234567890123456789012.5", 0, "12.345.678.901.234.567.890.123.456.789.013"),
    ],
)
def test_amounts_are_written_the_turkish_way_and_rounded_half_up(amount: str, decimals: int, text: str) -> None:
    assert format_amount(Decimal(amount), decimals) == text


def test_dates() -> None:
    assert format_date(date(2026, 1, 9)) == "09.01.2026"
    assert format_datetime(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)) == "01.01.2027 01:30"
