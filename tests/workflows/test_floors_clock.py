"""Polling on a computer whose clock was years ahead and has been put right."""

from __future__ import annotations

from datetime import timedelta

from app.domain.lifecycle import Direction
from app.storage import polling
from app.workflows import companies, points

from .conftest import Desk

YEARS = timedelta(days=900)


def test_receiving_waits_one_interval_and_no_longer(desk: Desk) -> None:
    account = companies.require_account(desk.ctx, desk.company)
    desk.clock.advance(YEARS)
    with desk.office.db.write(points.POLL) as s:
        polling.mark_poll(s, account.id, "receive", desk.clock.now())
    desk.clock.set(desk.clock.now() - YEARS)
    desk.sandbox.add_incoming(count=1, to_vkn="9205121120")
    step = desk.sync().step("receive")
    assert step is not None and step.skipped_until is not None, "the floor holds all the same"
    assert step.skipped_until - desk.clock.now() == timedelta(minutes=5)
    desk.push(minutes=4)
    assert desk.calls("GetInvoice") == 0
    desk.push(minutes=1)
    desk.sync()
    assert len(desk.records(Direction.IN)) == 1
