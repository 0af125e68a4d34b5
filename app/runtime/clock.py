"""Where now comes from: the machine, or a clock that tests and the demo set themselves."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from app.domain.dates import istanbul_date, utc_now


class SystemClock:
    """The machine's clock. Any thread."""

    def now(self) -> datetime:
        return utc_now()

    def today(self) -> date:
        return istanbul_date(utc_now())


class FixedClock:
    """A clock that stands still until it is pushed. Any thread."""

    def __init__(self, moment: datetime) -> None:
        self._lock = threading.Lock()
        self._moment = _aware(moment)

    def now(self) -> datetime:
        with self._lock:
            return self._moment

    def today(self) -> date:
        return istanbul_date(self.now())

    def advance(self, by: timedelta) -> datetime:
        """Push the clock forward and return the new now. Raises ValueError for a step backwards."""
        if by < timedelta(0):
            raise ValueError("a clock does not run backwards; use set()")
        with self._lock:
            self._moment += by
            return self._moment

    def set(self, moment: datetime) -> None:
        """Put the clock to an aware moment, earlier ones too (a machine's clock may be corrected)."""
        aware = _aware(moment)
        with self._lock:
            self._moment = aware


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("moment must be aware")
    return moment.astimezone(UTC)
