"""A freelance fee both ways: what is paid for a gross fee, and which gross fee pays a wanted sum.

Each part is rounded to the kuruş as on the receipt (`ubl.totals`): stopaj and KDV of the fee, tevkifat of the KDV.
Source: income tax law art. 94; KDV general communiqué, withholding; guide Karekod Standardı V1.2 §2.4 (the amounts).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.money import round_kurus

_HUNDRED: Final = Decimal(100)
_KURUS: Final = Decimal("0.01")
#: Three roundings can move the sum by so many kuruş at most.
_REACH: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRates:
    """Percents: stopaj of the fee, KDV of the fee, and how much of the KDV the customer withholds."""

    income_tax: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    withheld: Decimal = Decimal(0)


def payable_of(gross: Decimal, rates: FeeRates) -> Decimal:
    """What the customer pays for this gross fee (tahsil edilecek)."""
    vat = round_kurus(gross * rates.vat / _HUNDRED)
    return gross - round_kurus(gross * rates.income_tax / _HUNDRED) + vat - round_kurus(vat * rates.withheld / _HUNDRED)


def gross_of(payable: Decimal, rates: FeeRates) -> Decimal:
    """The gross fee whose sum comes to `payable`, or as near to it as whole kuruş allow; zero where nothing is left."""
    part = 1 - rates.income_tax / _HUNDRED + rates.vat / _HUNDRED * (1 - rates.withheld / _HUNDRED)
    if part <= 0:
        return Decimal("0.00")
    near = round_kurus(payable / part)
    tried = (near + step * _KURUS for step in sorted(range(-_REACH, _REACH + 1), key=abs))
    return min(tried, key=lambda gross: abs(payable_of(gross, rates) - payable))
