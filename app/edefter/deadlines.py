"""Until when a month's berats must be uploaded. The dates are data (`resources/edefter/deadlines.json`), not code.

Every date says whether its source is confirmed. A day that falls on a weekend or a holiday moves to the next working
day (VUK 18). Religious holidays move yearly: for a year whose holidays are not in the table the date says so.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from app.domain.party import Company
from app.domain.turkish import fold
from app.domain.voucher import Period
from app.runtime.resources import resource_path

_SATURDAY = 5
_YEAR = 12
_QUARTER = 3


class TaxpayerKind(StrEnum):
    """Who the date is for: payers of income tax, and all others."""

    INCOME = "gelir"
    CORPORATE = "kurumlar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`day` is the last day to upload. `source` names the rule, `note` says what is not known about it."""

    day: date
    source: str
    is_confirmed: bool
    note: str
    is_moved: bool

    def days_left(self, today: date) -> int:
        """Negative when the day has passed."""
        return (self.day - today).days


def kind_of(company: Company) -> TaxpayerKind:
    """The kind on the company's card; where the card says nothing, a person pays income tax and a firm does not."""
    said = fold(company.taxpayer_kind)
    if "kurum" in said:
        return TaxpayerKind.CORPORATE
    if "gelir" in said or "sahis" in said or not company.tax_number.is_vkn:
        return TaxpayerKind.INCOME
    return TaxpayerKind.CORPORATE


def is_quarterly(company: Company) -> bool:
    """Whether the card says that berats are uploaded per geçici vergi dönemi; monthly is GİB's default."""
    said = fold(company.upload_preference)
    return any(word in said for word in ("uc ay", "ucay", "3 ay", "gecici", "quarter"))


def deadline_of(company: Company, period: Period, *, first_month: int = 1) -> Deadline | None:
    """The company's own deadline of a month; `first_month` begins its fiscal year. None where no rule is known."""
    return deadline(period, kind=kind_of(company), quarterly=is_quarterly(company), first_month=first_month)


def deadline(period: Period, *, kind: TaxpayerKind, quarterly: bool = False, first_month: int = 1) -> Deadline | None:
    """The last day to upload the month's berats; the months of a quarter share one."""
    table = _table()
    rule = next((rule for rule in table["rules"] if _holds(rule, period)), None)
    if rule is None:
        return None
    place = (period.month - first_month) % _YEAR + 1
    is_last = place > _YEAR - _QUARTER if quarterly else place == _YEAR
    if is_last:
        end, span = _shifted(period, _YEAR - place), rule["year_end"]
    elif quarterly:
        end, span = _shifted(period, -place % _QUARTER), rule["quarterly"]
    else:
        end, span = period, rule["monthly"]
    after = span["months_after"]
    month = _shifted(end, int(after[kind] if isinstance(after, Mapping) else after))
    day = date(month.year, month.month, min(int(span["day"][kind]), monthrange(month.year, month.month)[1]))
    working = next_working_day(day)
    return Deadline(
        day=working,
        source=rule["source"],
        is_confirmed=bool(table["confirmed"]),
        note=_note(table, working),
        is_moved=working != day,
    )


def next_working_day(day: date) -> date:
    """The day itself, or the first day after it that is neither a weekend nor a holiday (half days count as work)."""
    while day.weekday() >= _SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def is_holiday(day: date) -> bool:
    """Whether the whole day is an official or a religious holiday, as far as the table knows the year."""
    table = _table()
    name = f"{day:%m-%d}"
    return name in table["holidays"] or name in table["moving_holidays"].get(str(day.year), ())


def _note(table: Mapping[str, Any], day: date) -> str:
    """What is not known about the date."""
    said = str(table["note"])
    if str(day.year) in table["moving_holidays"]:
        return said
    return f"{said} {day.year} yılının dini bayramları tabloda yok; gün bayrama rastlıyorsa izleyen iş günüdür."


def _holds(rule: Mapping[str, Any], period: Period) -> bool:
    return bool(rule["from"] <= str(period) and (not rule["until"] or str(period) <= rule["until"]))


def _shifted(period: Period, months: int) -> Period:
    count = period.year * _YEAR + period.month - 1 + months
    return Period(count // _YEAR, count % _YEAR + 1)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(resource_path("edefter/deadlines.json").read_text("utf-8"))
    return table
