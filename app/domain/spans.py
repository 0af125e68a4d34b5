"""A month of the ledgers and the fiscal period it lies in: one stretch, or two in the month of liquidation (tasfiye).

From the day on which the liquidation is registered a fiscal period of its own begins: its own numbers, its own folder.
Source: Uyumluluk Onay Kılavuzu 1.7, section 7 (example of 21/05/2016: the old period's last part covers 01-21 May, the
new one's first part 21-31 May; both sides number their parts from 000001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.party import Company
from app.domain.voucher import LIQUIDATION, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What of a month lies in one fiscal period; days included on both ends. `period` tells the two sides apart.

    `shares_month`: another fiscal period has the rest of the month, so no part of it is the whole month (000000).
    """

    period: Period
    first_day: date
    last_day: date
    fiscal_start: date
    fiscal_end: date
    shares_month: bool = False


def spans_of(company: Company, period: Period) -> tuple[Span, ...]:
    """The month's stretches in the order of their days; two only in the month of the liquidation's registration.

    A voucher of the registration day itself belongs to the liquidation. Years after that of the registration are
    fiscal periods by themselves already. The end of the liquidation shortens its last month, not the fiscal year:
    that must stay the same in all parts of the year, and the earlier ones are sealed.
    """
    period = Period(period.year, period.month)
    start, end = fiscal_year(company, period)
    first, last = period.first_day, last_day(period)
    over = _day(company.liquidation_end)
    if over is not None and first <= over < last:
        last = over
    begun = liquidation_of(company, period)
    if begun is None or last < begun:
        return (Span(period=period, first_day=first, last_day=last, fiscal_start=start, fiscal_end=end),)
    shares = first < begun
    after = Span(
        period=replace(period, is_liquidation=True),
        first_day=max(first, begun),
        last_day=last,
        fiscal_start=begun,
        fiscal_end=end,
        shares_month=shares,
    )
    if not shares:
        return (after,)
    before = Span(period=period, first_day=first, last_day=begun, fiscal_start=start, fiscal_end=end, shares_month=True)
    return (before, after)


def sides_of(company: Company, period: Period) -> tuple[Period, ...]:
    """The month as the ledger file keeps it: one period, or before and after the liquidation's registration."""
    return tuple(span.period for span in spans_of(company, period))


def span_of(company: Company, period: Period) -> Span:
    """The stretch that `period` means: of two the one on its side, else the whole month."""
    spans = spans_of(company, period)
    return next((span for span in spans if span.period.is_liquidation == period.is_liquidation), spans[0])


def period_of_day(company: Company, day: date) -> Period:
    """The month of a day, on the day's side of a liquidation."""
    period = Period(day.year, day.month)
    begun = liquidation_of(company, period)
    return replace(period, is_liquidation=begun is not None and day >= begun)


def liquidation_of(company: Company, period: Period) -> date | None:
    """The day on which the liquidation's period begins inside the fiscal year of the month; None without one.

    A liquidation registered on the first day of the fiscal year divides nothing.
    """
    day = _day(company.liquidation_start)
    if day is None:
        return None
    start, end = fiscal_year(company, period)
    return day if start < day <= end else None


def key_of_day(day: str, begun: str) -> int:
    """The month of an ISO day as the ledger file knows it; `begun` is the liquidation's ISO day, empty without one."""
    month = int(day[:4]) * 100 + int(day[5:7])
    return month + LIQUIDATION if begun and day >= begun else month


def first_key(key: int) -> int:
    """From which key on months are of the same fiscal period as this one: numbers and balances begin again there."""
    return LIQUIDATION if key > LIQUIDATION else 0


def month_of_key(key: int) -> Period:
    """The month behind a key."""
    month = key % LIQUIDATION
    return Period(month // 100, month % 100, key > LIQUIDATION)


def fiscal_year(company: Company, period: Period) -> tuple[date, date]:
    """First and last day of the company's ordinary fiscal year that holds the month, from the dates on its card."""
    first = company.fiscal_year_start
    month = int(first[5:7]) if len(first) >= 7 and first[5:7].isdigit() and 1 <= int(first[5:7]) <= 12 else 1
    year = period.year if period.month >= month else period.year - 1
    return date(year, month, 1), last_day(Period(year + (month > 1), (month - 2) % 12 + 1))


def last_day(period: Period) -> date:
    """The last day of the month."""
    following = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
