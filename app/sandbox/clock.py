"""The sandbox's own clock: a start moment, a pushable offset, and either standing still or running on."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from app.domain.dates import utc_now


class SandboxClock:
    """Any thread. A frozen clock moves only by `advance`; a running one also with the machine's clock."""

    def __init__(self, moment: datetime | None = None, *, frozen: bool | None = None) -> None:
        self._lock = threading.Lock()
        if moment is not None and moment.tzinfo is None:
            raise ValueError("moment must be aware")
        self._frozen = moment is not None if frozen is None else frozen
        self._base = (moment or utc_now()).astimezone(UTC)
        self._since = utc_now()

    @property
    def is_frozen(self) -> bool:
        return self._frozen

    def now(self) -> datetime:
        with self._lock:
            return self._base if self._frozen else self._base + (utc_now() - self._since)

    def timestamp(self) -> float:
        return self.now().timestamp()

    def advance(self, by: timedelta) -> datetime:
        """Push the clock forward; returns the new now. Raises ValueError for a step backwards."""
        if by < timedelta(0):
            raise ValueError("the clock does not run backwards")
        with self._lock:
            self._base += by
        return self.now()

    def freeze(self, frozen: bool) -> None:
        """Stop the clock where it stands, or let it run on from there."""
        moment = self.now()
        with self._lock:
            self._base, self._since, self._frozen = moment, utc_now(), frozen

    def set(self, moment: datetime) -> None:
        """Put the clock to an aware moment (a restarted sandbox goes on where it stood)."""
        with self._lock:
            self._base, self._since = moment.astimezone(UTC), utc_now()
