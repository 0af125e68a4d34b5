"""How often an account may be polled. Kept in the database per account, so restarts obey it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.connectors.base import PollingFloors
from app.domain.errors import ConfigError
from app.storage import polling
from app.storage.records import AccountRecord
from app.workflows import points
from app.workflows.context import WorkContext

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

    For receiving the button has a shorter floor of its own; status queries keep the status floor whoever asks.
    """
    with ctx.db.read() as s:
        last = polling.last_poll(s, account.id, what)
    if last is None:
        return None
    if what == "receive":
        wait = floors.button if mode == "button" else max(intervals.receive, floors.receive)
    else:
        wait = floors.status if mode == "button" else max(intervals.status, floors.status)
    allowed = last + wait
    return None if ctx.clock.now() >= allowed else allowed


def mark(ctx: WorkContext, account: AccountRecord, what: What) -> None:
    """Remember that this account is being polled now. Called before the question, so that a crash counts too."""
    with ctx.db.write(points.POLL) as s:
        polling.mark_poll(s, account.id, what, ctx.clock.now())


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
