from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.domain.protocols import Clock
from app.runtime.clock import FixedClock, SystemClock

EVENING = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)  # 00:30 of the next day in Istanbul


def test_both_clocks_have_the_shape_of_a_clock() -> None:
    clocks: list[Clock] = [SystemClock(), FixedClock(EVENING)]
    assert all(clock.now().utcoffset() == timedelta(0) for clock in clocks)


def test_today_is_the_istanbul_day() -> None:
    assert FixedClock(EVENING).today() == date(2026, 11, 22)
    assert FixedClock(EVENING - timedelta(hours=1)).today() == date(2026, 11, 21)


def test_the_system_clock_runs() -> None:
    clock = SystemClock()
    first = clock.now()
    assert first <= clock.now()
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert abs((clock.today() - first.date()).days) <= 1


def test_a_fixed_clock_stands_until_pushed() -> None:
    clock = FixedClock(EVENING)
    assert clock.now() == clock.now() == EVENING
    assert clock.advance(timedelta(days=8)) == EVENING + timedelta(days=8)
    assert clock.now() == EVENING + timedelta(days=8)
    clock.set(EVENING)
    assert clock.now() == EVENING


def test_any_zone_is_taken_and_utc_given() -> None:
    local = EVENING.astimezone(timezone(timedelta(hours=3)))
    clock = FixedClock(local)
    assert clock.now() == EVENING
    assert clock.now().tzinfo is UTC


def test_a_naive_moment_and_a_step_back_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 21, 12, 0))
    with pytest.raises(ValueError, match="backwards"):
        FixedClock(EVENING).advance(timedelta(seconds=-1))
