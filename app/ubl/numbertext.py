"""How numbers stand in the XML: point decimal, no exponent, no thousands."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from app.domain.money import round_kurus


def plain(value: Decimal) -> str:
    """The digits as they were typed, never with an exponent (`1E+3` is `1000`)."""
    return format(value, "f")


def amount(value: Decimal) -> str:
    """Two decimals, half up: the form of every sum."""
    return format(round_kurus(value), "f")


def percent(value: Decimal) -> str:
    """The shortest form: `90`, never `90.0`, because GİB compares code and percent as text.

    Exchange rates are written so too: GİB counts their decimals, and zeros at the end count.
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def read_decimal(text: str | None) -> Decimal | None:
    """The number in `text`, tolerant of blanks; None when there is none. Any sender's text may come here."""
    if text is None or len(text) > 100:
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    # An absurd exponent would blow up to gigabytes when written out again.
    if not value.is_finite() or abs(value.adjusted()) > 40:
        return None
    return value
