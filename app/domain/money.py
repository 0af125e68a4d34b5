"""Money and the rounding rules, written down once.

1. Quantities and unit prices are never rounded.
2. quantity × price, each line discount and each charge are rounded to kuruş, half up. A discount or charge given as
   a rate is taken from the line's own quantity × price, whatever other discounts the line has.
3. Tax is computed per rate on the document's sum of line bases, and rounded to kuruş half up once per subtotal;
   a line's own tax is rounded the same way for showing and carries no sum. One exception: a tax that is part of the
   KDV base (ÖTV) is rounded on each line and summed, so that the KDV bases are exactly goods + ÖTV.
4. Withheld KDV is computed on the rounded KDV of its group (tevkifat code and percent) and rounded half up.
5. Nothing is ever a float. In the database an amount is an integer of 1/10,000.

Source: UBL-TR Fatura guide; the Schematron enforces at most two decimals on document totals (decimalCheck).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from app.domain.errors import InputError

KURUS = Decimal("0.01")
ZERO = Decimal("0.00")
SCALE = 10_000
_INT64_MAX = 2**63 - 1
#: Wide enough that no product of a received document is cut, whatever context the thread has (28 digits by default).
WIDE = Context(prec=200, rounding=ROUND_HALF_UP)


def round_kurus(amount: Decimal) -> Decimal:
    """`amount` with two decimals, half up (away from zero)."""
    return amount.quantize(KURUS, rounding=ROUND_HALF_UP, context=WIDE)


def parse_decimal(value: object, *, field: str = "") -> Decimal:
    """A Decimal out of a JSON string or integer. Floats are refused: they have already lost digits.

    Raises: InputError (code NUMBER.FORMAT).
    """
    if isinstance(value, Decimal):
        result = value
    elif isinstance(value, (bool, float)):
        raise _bad_number(value, field)
    elif isinstance(value, int):
        result = Decimal(value)
    elif isinstance(value, str) and value.isascii() and "_" not in value:
        try:
            result = Decimal(value.strip())
        except InvalidOperation:
            raise _bad_number(value, field) from None
    else:
        raise _bad_number(value, field)
    if not result.is_finite() or not _is_reasonable(result):
        raise _bad_number(value, field)
    return result


def _is_reasonable(number: Decimal) -> bool:
    # "1e999999999" is nine characters to read and a gigabyte to write.
    return len(number.as_tuple().digits) <= 60 and -40 <= number.adjusted() <= 40


def _bad_number(value: object, field: str) -> InputError:
    return InputError(
        "NUMBER.FORMAT",
        f"Sayı okunamadı{f' ({field})' if field else ''}.",
        why=f"Yazılan: {str(value)[:40]!r}.",
        todo='Ondalığı noktayla ayrılmış metin olarak yazın, örneğin "1250.50".',
    )


def to_scaled(amount: Decimal) -> int | None:
    """The database form, 1/10,000 units; None when it does not fit 64 bits (only absurd received amounts)."""
    if amount.adjusted() > 20:
        return None
    scaled = int(WIDE.multiply(amount, Decimal(SCALE)).to_integral_value(rounding=ROUND_HALF_UP))
    return scaled if abs(scaled) <= _INT64_MAX else None


def from_scaled(scaled: int) -> Decimal:
    """The amount of a database integer, without trailing noise: at least two decimals."""
    amount = WIDE.divide(Decimal(scaled), Decimal(SCALE))
    two = amount.quantize(KURUS)
    return two if two == amount else amount
