"""The two sides of a month in which a liquidation (tasfiye) begins: what they are called, which days they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.party import Company
from app.domain.spans import span_of, spans_of
from app.domain.turkish import format_date
from app.domain.voucher import Period, PeriodState
from app.ui.ledger.words import MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One fiscal period of a month that has two, as the board tells it. `state` None: no vouchers."""

    name: str
    state: PeriodState | None
    vouchers: int


def side_days(company: Company, period: Period) -> tuple[date, date]:
    """First and last day of the vouchers of a month's side; those of the registration day are the liquidation's.

    The books of the side before it cover that day as well: their last part ends there.
    """
    span = span_of(company, period)
    is_before = span.shares_month and not span.period.is_liquidation
    return span.first_day, span.last_day - timedelta(days=1) if is_before else span.last_day


def side_name(company: Company, period: Period) -> str:
    """`01–20 Mayıs`, `21–31 Mayıs (tasfiye)`."""
    first, last = side_days(company, period)
    days = f"{first.day:02d}" if first == last else f"{first.day:02d}–{last.day:02d}"
    tail = " (tasfiye)" if span_of(company, period).period.is_liquidation else ""
    return f"{days} {MONTHS[first.month - 1]}{tail}"


def side_tip(company: Company, period: Period) -> str:
    """The fiscal period that the side lies in, and the days its books cover."""
    span = span_of(company, period)
    year = f"{format_date(span.fiscal_start)}–{format_date(span.fiscal_end)}"
    return (
        f"Hesap dönemi {year}; defterleri {format_date(span.first_day)}–{format_date(span.last_day)} günlerini kapsar"
    )


def liquidation_words(company: Company, last_year: int) -> str:
    """` · tasfiye 21.05.2026` on a board whose fiscal year ends in this calendar year; empty before it or without."""
    try:
        day = date.fromisoformat(company.liquidation_start)
    except ValueError:
        return ""
    return f" · tasfiye {format_date(day)}" if day.year <= last_year else ""


def has_two_sides(company: Company, period: Period) -> bool:
    """Whether the liquidation begins inside the month."""
    return len(spans_of(company, period)) > 1
