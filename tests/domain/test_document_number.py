"""Series, numbers and ETTNs."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.document_number import DocumentNumber, parse_document_number, parse_series
from app.domain.errors import InputError
from app.domain.ettn import new_ettn, parse_ettn


@given(
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=3),
    st.integers(2000, 2099),
    st.integers(0, 10**9 - 1),
)
def test_a_number_there_and_back(series: str, year: int, sequence: int) -> None:
    number = DocumentNumber(series, year, sequence)
    assert len(str(number)) == 16
    assert parse_document_number(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABC202600000001",
        "ABC20260000000010",
        "abc2026000000001",
        "ABÇ2026000000001",
        "ABC1999000000001",
        "İBC2026000000001",
        "ABC2026 00000001",
        "ABC2026000000001\n",
        "ABC202600000000٢",
    ],
)
def test_bad_numbers_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_document_number(text)
    assert caught.value.code == "NUMBER.SHAPE"


def test_placeholder_is_the_zeroth_number() -> None:
    assert parse_document_number("ABC2026000000000").is_placeholder
    assert not parse_document_number("ABC2026000000001").is_placeholder


def test_numbers_of_one_series_sort_by_year_then_sequence() -> None:
    numbers = [DocumentNumber("ABC", 2027, 1), DocumentNumber("ABC", 2026, 12), DocumentNumber("ABC", 2026, 2)]
    assert [str(n) for n in sorted(numbers)] == ["ABC2026000000002", "ABC2026000000012", "ABC2027000000001"]


@pytest.mark.parametrize("text", ["AB", "ABCD", "abc", "İBC", "A C", ""])
def test_bad_series_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="3 karakter"):
        parse_series(text)


def test_ettn_is_kept_in_lower_case() -> None:
    assert parse_ettn(" F47AC10B-58CC-4372-A567-0E02B2C3D479 ") == "f47ac10b-58cc-4372-a567-0e02b2c3d479"
    assert uuid.UUID(parse_ettn(new_ettn())).version == 4


@pytest.mark.parametrize(
    "text", ["", "{f47ac10b-58cc-4372-a567-0e02b2c3d479}", "f47ac10b58cc4372a5670e02b2c3d479", "x"]
)
def test_bad_ettns_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_ettn(text)
    assert caught.value.code == "ETTN.SHAPE"
