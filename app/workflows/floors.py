"""How often an account may be polled. Kept in the database per account, so restarts obey it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from app.connectors.base import (
    AuthenticationFailed,
    FetchedDocument,
    FetchQuery,
    PollingFloors,
    Session,
    SessionExpired,
    StatusReport,
    Unreachable,
)
from app.domain.errors import ConfigError
from app.domain.lifecycle import Direction
from app.storage import polling
from app.storage.records import AccountRecord
from app.workflows import points
from app.workflows.context import WorkContext

#: A clock that runs a little differently is no clock put right.
CLOCK_SLACK = timedelta(minutes=5)
What = Literal["receive", "status"]
Mode = Literal["timer", "button"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The user's own intervals; never below the integrator's floors."""

    receive: timedelta
    status: timedelta


def ensure_intervals(intervals: Intervals, floors: PollingFloors) -> None:
    """Raise ConfigError when a setting is below the integrator's floor."""
    for name, value, floor in (
        ("Gelen belge alma aralığı", intervals.receive, floors.receive),
        ("Durum sorgulama aralığı", intervals.status, floors.status),
    ):
        if value < floor:
            raise ConfigError(
                "SETTING.FLOOR",
                f"{name} {_minutes(floor)} dakikadan kısa olamaz.",
                why="Entegratör daha sık sorulmasına izin vermiyor.",
                todo=f"{_minutes(floor)} dakika veya daha uzun bir süre seçin.",
            )


def next_allowed(
    ctx: WorkContext, account: AccountRecord, what: What, *, mode: Mode, floors: PollingFloors, intervals: Intervals
) -> datetime | None:
    """None when this account may be polled now, else the moment from which it may.

    For receiving the button has a shorter floor of its own; status queries keep the status floor whoever asks. A poll
    that lies in the future (the computer's clock was wrong and has been put right) counts as made now.
    """
    now = ctx.clock.now()
    with ctx.db.read() as s:
        last = polling.last_poll(s, account.id, what)
    if last is None:
        return None
    if last - now > CLOCK_SLACK:
        with ctx.db.write(points.POLL) as s:
            polling.mark_poll(s, account.id, what, now)
        last = now
    if what == "receive":
        wait = floors.button if mode == "button" else max(intervals.receive, floors.receive)
    else:
        wait = floors.status if mode == "button" else max(intervals.status, floors.status)
    allowed = last + wait
    return None if now >= allowed else allowed


class Floored:
    """A session whose first question is remembered as the poll: before it is asked, so that a crash counts too.

    No question, no mark. A first question that surely never arrived takes its mark back: a computer that was offline
    in the morning need not wait four hours.
    """

    def __init__(self, ctx: WorkContext, account: AccountRecord, what: What, inner: Session) -> None:
        self._ctx, self._account, self._what, self._inner = ctx, account, what, inner
        self._is_marked = False
        self._is_answered = False
        self._before: datetime | None = None

    def statuses(self, ettns: Sequence[str], *, direction: Direction | None = None) -> list[StatusReport]:
        with self._asking():
            return self._inner.statuses(ettns, direction=direction)

    def fetch(self, query: FetchQuery) -> Iterator[list[FetchedDocument]]:
        pages = iter(self._inner.fetch(query))
        while True:
            with self._asking():
                page = next(pages, None)
            if page is None:
                return
            yield page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if not self._is_marked:
            self._is_marked = True
            with self._ctx.db.write(points.POLL) as s:
                self._before = polling.last_poll(s, self._account.id, self._what)
                polling.mark_poll(s, self._account.id, self._what, self._ctx.clock.now())
        try:
            yield
        except (Unreachable, AuthenticationFailed, SessionExpired) as error:
            if not self._is_answered and not getattr(error, "maybe_processed", False):
                with self._ctx.db.write(points.POLL) as s:
                    polling.restore_poll(s, self._account.id, self._what, self._before)
            raise
        self._is_answered = True


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
