"""The Uniform Chart of Accounts as the checks need it: on which side an account stands, and KDV's rates by date.

The facts are data (`resources/edefter/accounts.json`), not code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

from app.runtime.resources import resource_path

#: Of more bases than this not every sum is tried: their number grows fourfold with each.
_TRIED_BASES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Main accounts by what is known of them; three-digit codes as text, classes by their first digit."""

    debit_classes: tuple[str, ...]
    credit_classes: tuple[str, ...]
    #: Stand on the credit side though their class stands on the debit side, and the other way round.
    contra_of_debit: tuple[str, ...]
    contra_of_credit: tuple[str, ...]
    either_side: tuple[str, ...]
    result_classes: tuple[str, ...]
    never_below_zero: tuple[str, ...]
    acts_not_documents: tuple[str, ...]
    vat_output: tuple[str, ...]
    vat_input: tuple[str, ...]
    sales: tuple[str, ...]
    purchases: tuple[str, ...]
    returns: tuple[str, ...]
    #: Bases of a purchase; a sale of one is no plain sale (the base is the price, not the book value).
    assets: tuple[str, ...]
    expense_classes: tuple[str, ...]
    #: A voucher that moves one of these settles the month's tax and is neither a sale nor a purchase.
    vat_skip: tuple[str, ...]
    withheld_tenths: tuple[int, ...]

    def stands(self, main: str) -> str:
        """ "D" or "C": the side of the account's natural balance; "" when it may stand on either."""
        head = main[:3]
        if head in self.either_side:
            return ""
        if head[:1] in self.debit_classes:
            return "C" if head in self.contra_of_debit else "D"
        if head[:1] in self.credit_classes:
            return "D" if head in self.contra_of_credit else "C"
        return ""


@cache
def chart() -> Chart:
    """The chart in force."""
    data = _data()
    vat = data["vat"]
    return Chart(
        debit_classes=tuple(data["debit_classes"]),
        credit_classes=tuple(data["credit_classes"]),
        contra_of_debit=tuple(data["contra_of_debit_classes"]),
        contra_of_credit=tuple(data["contra_of_credit_classes"]),
        either_side=tuple(data["either_side"]),
        result_classes=tuple(data["result_classes"]),
        never_below_zero=tuple(data["never_below_zero"]),
        acts_not_documents=tuple(data["acts_not_documents"]),
        vat_output=tuple(vat["output"]),
        vat_input=tuple(vat["input"]),
        sales=tuple(vat["sales"]),
        purchases=tuple(vat["purchases"]),
        returns=tuple(vat["returns"]),
        assets=tuple(vat["assets"]),
        expense_classes=tuple(vat["expense_classes"]),
        vat_skip=tuple(vat["skip_with"]),
        withheld_tenths=tuple(vat["withheld_tenths"]),
    )


@lru_cache(maxsize=512)
def vat_percents(day: str) -> tuple[int, ...]:
    """KDV's rates on an ISO day; empty for a day that the table does not know."""
    for rule in _data()["vat"]["rates"]:
        if rule["from"] <= day and (not rule["until"] or day <= rule["until"]):
            return tuple(rule["percent"])
    return ()


def fits_a_rate(tax: int, bases: Sequence[int], *, day: str, is_sale: bool) -> bool:
    """Whether `tax` is what KDV's rates make of the bases, each at its own rate or at none, within rounding.

    Amounts in units of 1/10,000. Of a sale a part of the tax may have been withheld by the buyer (tevkifat). Of many
    bases only the whole is looked at: one rate of all, or at most the highest.
    """
    percents = vat_percents(day)
    if not percents or not bases:
        return True
    # A kuruş per line that was rounded, and one for the sum.
    tolerance = 100 * (len(bases) + 1) * 1000
    total = sum(bases)
    if any(abs(tax * 100 - total * percent) * 10 <= tolerance for percent in percents):
        return True
    tenths = chart().withheld_tenths if is_sale else (10,)
    if len(bases) > _TRIED_BASES:
        return tax * 100 <= total * max(percents) + tolerance // 10
    possible = {0}
    for base in bases:
        possible = {known + base * percent for known in possible for percent in (0, *percents)}
    return any(abs(tax * 1000 - whole * tenth) <= tolerance for whole in possible if whole for tenth in tenths)


def percent_of(tax: int, base: int) -> str:
    """`18,18`: how many per cent the tax is of the base."""
    if not base:
        return "-"
    return str((Decimal(tax) * 100 / Decimal(base)).quantize(Decimal("0.01"))).replace(".", ",")


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource_path("edefter/accounts.json").read_text("utf-8"))
    return data
