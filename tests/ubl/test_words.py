"""The amount in Turkish words."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ubl.words import amount_in_words, number_in_words

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("0", "TRY", "Yalnız Sıfır TürkLirası"),
        ("0.50", "TRY", "Yalnız ElliKuruş"),
        ("1", "TRY", "Yalnız Bir TürkLirası"),
        ("11.01", "TRY", "Yalnız OnBir TürkLirası BirKuruş"),
        ("100", "TRY", "Yalnız Yüz TürkLirası"),
        ("1000", "TRY", "Yalnız Bin TürkLirası"),
        ("1100.10", "TRY", "Yalnız BinYüz TürkLirası OnKuruş"),
        ("2250.50", "TRY", "Yalnız İkiBinİkiYüzElli TürkLirası ElliKuruş"),
        ("1001001", "TRY", "Yalnız BirMilyonBinBir TürkLirası"),
        ("21000", "TRY", "Yalnız YirmiBirBin TürkLirası"),
        ("654321.99", "USD", "Yalnız AltıYüzElliDörtBinÜçYüzYirmiBir ABD Doları DoksanDokuzSent"),
        ("12.30", "EUR", "Yalnız Onİki Euro OtuzSent"),
        ("5.05", "GBP", "Yalnız Beş Sterlin BeşPeni"),
        ("7.40", "JPY", "Yalnız Yedi Japon Yeni 40/100"),
        ("7.40", "XYZ", "Yalnız Yedi XYZ 40/100"),
        ("0.005", "TRY", "Yalnız BirKuruş"),
        ("-3", "TRY", "Yalnız Eksi Üç TürkLirası"),
        (
            "99999999999999999.99",
            "TRY",
            "Yalnız DoksanDokuzKatrilyonDokuzYüzDoksanDokuzTrilyonDokuzYüzDoksanDokuzMilyarDokuzYüzDoksanDokuzMilyon"
            "DokuzYüzDoksanDokuzBinDokuzYüzDoksanDokuz TürkLirası DoksanDokuzKuruş",
        ),
    ],
)  # fmt: skip
def test_words(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(D(amount), currency) == words


def test_an_absurd_amount_is_written_in_digits() -> None:
    assert amount_in_words(D("1e30"), "TRY") == "Yalnız 1000000000000000000000000000000.00 TRY"


_DIGITS = {"Bir": 1, "İki": 2, "Üç": 3, "Dört": 4, "Beş": 5, "Altı": 6, "Yedi": 7, "Sekiz": 8, "Dokuz": 9}
_TENS = {
    "On": 10,
    "Yirmi": 20,
    "Otuz": 30,
    "Kırk": 40,
    "Elli": 50,
    "Altmış": 60,
    "Yetmiş": 70,
    "Seksen": 80,
    "Doksan": 90,
}
_BIG = {"Bin": 10**3, "Milyon": 10**6, "Milyar": 10**9, "Trilyon": 10**12, "Katrilyon": 10**15, "Kentilyon": 10**18,
        "Sekstilyon": 10**21}  # fmt: skip


def _value(words: str) -> int:
    """An independent reading: words of one sum back to the number."""
    total = group = 0
    for word in re.findall(r"[A-ZİÜÖ][a-zçğıöşü]*", words):
        if word in _DIGITS:
            group += _DIGITS[word]
        elif word in _TENS:
            group += _TENS[word]
        elif word == "Yüz":
            group = (group or 1) * 100 if group < 10 else pytest.fail(f"{word} behind {group}")
        else:
            total += (group or 1) * _BIG[word]
            group = 0
    return total + group


@given(st.one_of(st.integers(1, 10**6), st.integers(1, 10**24 - 1)))
def test_the_words_mean_the_number(number: int) -> None:
    assert _value(number_in_words(number)) == number
