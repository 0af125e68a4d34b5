"""Turkish letters, numbers and dates. `str.lower` is wrong for Turkish: use these."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from app.domain.money import WIDE

_UPPER = str.maketrans({"i": "İ", "ı": "I"})
_LOWER = str.maketrans({"I": "ı", "İ": "i"})
# For search all forms of i are one letter, and the other Turkish letters lose their marks.
_FOLD = str.maketrans("İIıŞşĞğÜüÖöÇçÂâÎîÛû", "iiissgguuooccaaiiuu")
_ALPHABET = "aâbcçdefgğhıiîjklmnoöpqrsştuûüvwxyz"
_ORDER = {letter: index for index, letter in enumerate(_ALPHABET)}


def upper(text: str) -> str:
    """Upper case with Turkish i/ı."""
    return text.translate(_UPPER).upper()


def lower(text: str) -> str:
    """Lower case with Turkish I/İ."""
    return text.translate(_LOWER).lower()


def fold(text: str) -> str:
    """The form under which text is searched: `İSTANBUL`, `istanbul` and `ISTANBUL` fold alike.

    Marks are dropped (ş→s, ğ→g, ü→u), runs of white space become one blank.
    """
    plain = text.translate(_FOLD)
    if plain.isascii():
        return " ".join(plain.lower().split())
    bare = unicodedata.normalize("NFKD", plain).casefold()
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """Key for Turkish alphabetical order (ç after c, ı before i ...); digits before letters."""
    return tuple((_ORDER.get(c, -1 if not c.isalpha() else 99), c) for c in lower(text))


def format_amount(amount: Decimal, decimals: int = 2) -> str:
    """`1234.5` as `1.234,50`."""
    # format() alone would round half to even.
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=WIDE)
    text = f"{rounded if rounded else abs(rounded):,.{decimals}f}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def format_date(day: date) -> str:
    """`21.11.2026`."""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def format_datetime(moment: datetime) -> str:
    """`21.11.2026 13:40` in Istanbul time."""
    from app.domain.dates import ISTANBUL

    local = moment.astimezone(ISTANBUL)
    return f"{format_date(local.date())} {local:%H:%M}"
