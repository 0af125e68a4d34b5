"""The amount in Turkish words, as it stands on an invoice."""

from __future__ import annotations

from decimal import Decimal

from app.domain.money import round_kurus
from app.ubl import codes

_ONES = ("", "Bir", "İki", "Üç", "Dört", "Beş", "Altı", "Yedi", "Sekiz", "Dokuz")
_TENS = ("", "On", "Yirmi", "Otuz", "Kırk", "Elli", "Altmış", "Yetmiş", "Seksen", "Doksan")
_SCALES = ("", "Bin", "Milyon", "Milyar", "Trilyon", "Katrilyon", "Kentilyon", "Sekstilyon")
_LIMIT = 10 ** (3 * len(_SCALES))


def amount_in_words(amount: Decimal, currency: str) -> str:
    """`2250.50` TRY as `Yalnız İkiBinİkiYüzElli TürkLirası ElliKuruş`.

    Shape: the number is written together, so that nothing can be put in between (TDK: sums of money are written
    together), each word with a capital, so that it can be read. Fractions of currencies without a customary
    hundredth, and of unknown codes, are written `50/100`. A whole sum names no kuruş; a sum below one names only
    the kuruş; zero is `Yalnız Sıfır TürkLirası`. The amount is rounded to two decimals first.
    """
    rounded = round_kurus(amount)
    whole, cents = divmod(int(rounded.copy_abs().scaleb(2)) if rounded.adjusted() < 25 else 0, 100)
    if rounded.adjusted() >= 25 or whole >= _LIMIT:
        return f"Yalnız {rounded:f} {currency}"
    known = codes.currencies().get(currency)
    word = known.word if known else currency
    minor = known.minor if known else ""

    parts = ["Yalnız"]
    if rounded < 0:
        parts.append("Eksi")
    if whole or not cents or not minor:
        parts.append(f"{number_in_words(whole)} {word}")
    if cents:
        parts.append(f"{number_in_words(cents)}{minor}" if minor else f"{cents:02d}/100")
    return " ".join(parts)


def number_in_words(number: int) -> str:
    """`1250` as `BinİkiYüzElli`. Shape: 0 ≤ number < 10^24."""
    if number == 0:
        return "Sıfır"
    words: list[str] = []
    group = 0
    while number:
        number, part = divmod(number, 1000)
        if part:
            # "bin", never "bir bin".
            text = "" if group == 1 and part == 1 else _below_thousand(part)
            words.append(text + _SCALES[group])
        group += 1
    return "".join(reversed(words))


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    # "yüz", never "bir yüz".
    head = "" if hundreds == 0 else ("Yüz" if hundreds == 1 else _ONES[hundreds] + "Yüz")
    return head + _TENS[tens] + _ONES[ones]
