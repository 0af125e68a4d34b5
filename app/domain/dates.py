"""Istanbul dates and the seven-day rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")
# An invoice is issued within seven days of the delivery (VUK 231/5); integrators refuse older ones (IZ-F-10).
MAX_DAYS_BACK = 7
# A commercial invoice is answered within eight calendar days of its arrival (CDATE).
ANSWER_DAYS = 8


def istanbul_date(moment: datetime) -> date:
    """The calendar day in Istanbul of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("moment must be aware")
    return moment.astimezone(ISTANBUL).date()


def is_issue_date_allowed(issue_date: date, *, today: date) -> bool:
    """Seven days back passes; eight days back and tomorrow fail. Both are Istanbul dates."""
    return timedelta(0) <= today - issue_date <= timedelta(days=MAX_DAYS_BACK)


def answer_deadline(arrived_at: datetime) -> datetime:
    """The moment until which a commercial invoice may be answered: eight calendar days from its arrival."""
    return arrived_at + timedelta(days=ANSWER_DAYS)


def utc_now() -> datetime:
    """Aware now. Only `runtime.clock` should call this; everything else takes a Clock."""
    return datetime.now(UTC)
