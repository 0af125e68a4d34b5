"""VKN and TCKN: shape is enforced, the check digit only told."""

from __future__ import annotations

import pytest

from app.domain.taxnumber import InvalidTaxNumber, TaxNumber, TaxNumberKind, parse_tax_number

# Published numbers of authorities and companies; each fits its check digit.
VALID_VKN = ["9205121120", "3900892152", "1460415308", "7750409379", "4840847211"]
VALID_TCKN = ["10000000146"]
# Numbers of GİB's own samples, and valid ones with one digit changed.
WRONG = ["1288331521", "1111111111", "9205121121", "3900892153", "10000000147", "10000000156", "20000000146"]


@pytest.mark.parametrize("digits", VALID_VKN + VALID_TCKN)
def test_check_digit_fits(digits: str) -> None:
    assert parse_tax_number(digits).is_checksum_valid


@pytest.mark.parametrize("digits", WRONG)
def test_check_digit_does_not_fit_but_number_is_read(digits: str) -> None:
    assert not parse_tax_number(digits).is_checksum_valid


@pytest.mark.parametrize("digits", ["11111111111", "2222222222"])
def test_customary_buyers_count_as_valid(digits: str) -> None:
    assert parse_tax_number(digits).is_checksum_valid


@pytest.mark.parametrize("digits", ["", "abc", "12345", "1234567890123", "ABCDEFGHIJ", "١٢٣٤٥٦٧٨٩٠"])
def test_check_digit_of_what_a_stranger_wrote_never_raises(digits: str) -> None:
    assert not TaxNumber(digits).is_checksum_valid


def test_kind_follows_length() -> None:
    assert parse_tax_number(" 9205121120 ").kind is TaxNumberKind.VKN
    assert parse_tax_number("10000000146").kind is TaxNumberKind.TCKN


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "boş"),
        ("123456789", "9 rakam"),
        ("123456789012", "12 rakam"),
        ("12345 67890", "Rakam olmayan"),
        ("920512112O", "Rakam olmayan"),
        ("٩٢٠٥١٢١١٢٠", "Rakam olmayan"),
        ("01234567890", "sıfırla başlamaz"),
    ],
)
def test_bad_shape_is_told(text: str, why: str) -> None:
    with pytest.raises(InvalidTaxNumber) as caught:
        parse_tax_number(text)
    assert caught.value.code == "TAXNO.FORMAT"
    assert why in caught.value.why


def test_masked_keeps_four_digits_only() -> None:
    assert parse_tax_number("9205121120").masked == "92******20"
    assert parse_tax_number("10000000146").masked == "10*******46"
