"""What a source may say of a measured line (gl-bus:measurable). Source: Yevmiye Defteri guide, measurable."""

from __future__ import annotations

from app.domain.turkish import fold
from app.domain.voucher import FundUnits

_ALLOWED = (
    ("Ölçü kodu", FundUnits.CODE),
    ("Ölçü kodu açıklaması", FundUnits.DESCRIPTION),
    ("Ölçü niteleyicisi", FundUnits.QUALIFIER),
    ("Ölçü birimi", FundUnits.UNIT),
)


def measure_problem(code: str, name: str, qualifier: str, unit: str) -> str:
    """A Turkish sentence when one of the words is not the only one that e-Defter allows; empty ones are ours to write.

    Case does not matter: the guide prints FON where GİB's own rules want Fon.
    """
    for (title, allowed), said in zip(_ALLOWED, (code, name, qualifier, unit), strict=True):
        if said and fold(said) != fold(allowed):
            return f"{title} '{said[:30]}' olamaz; e-Defter'de yalnız '{allowed}' yazılır."
    return ""
