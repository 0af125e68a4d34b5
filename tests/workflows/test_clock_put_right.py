"""A computer whose clock was years ahead and has been put right: nothing may wait until then."""

from __future__ import annotations

from datetime import timedelta

from app.domain.lifecycle import State

from .conftest import Desk


def test_what_was_put_off_in_the_wrong_year_goes_out(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    port = desk.sandbox.port
    desk.sandbox.stop()
    desk.clock.advance(timedelta(days=3))
    desk.sync()
    desk.clock.set(desk.clock.now() - timedelta(days=3))
    desk.sandbox.start(port=port)
    desk.push(minutes=1)
    desk.sync()
    assert desk.get(ettn).state is State.SENT


def test_a_small_correction_does_not_cut_the_waiting_short(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    port = desk.sandbox.port
    desk.sandbox.stop()
    desk.sync()
    desk.sandbox.start(port=port)
    desk.clock.set(desk.clock.now() - timedelta(seconds=20))
    desk.sync()
    assert desk.get(ettn).state is State.QUEUED, "its backoff of a minute is not over"
