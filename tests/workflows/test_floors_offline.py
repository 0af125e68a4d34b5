"""What counts as a poll: a question that was asked; not a question nobody had, nor one that never left the house."""

from __future__ import annotations

from app.domain.lifecycle import State

from .conftest import Desk


def _skipped(desk: Desk) -> list[str]:
    return [step.step for step in desk.sync().steps if step.skipped_until is not None]


def test_a_pass_with_nothing_to_ask_does_not_close_the_status_floor(desk: Desk) -> None:
    desk.sync()
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.push(minutes=6)
    assert _skipped(desk) == []
    assert desk.calls("GetInvoiceStatus") == 1
    assert desk.get(ettn).state is State.SENT
    desk.push(minutes=6)
    assert _skipped(desk) == ["status"]


def test_a_question_that_never_left_does_not_close_the_floor(desk: Desk) -> None:
    desk.issue(desk.draft(0))
    desk.sync()
    desk.push(hours=4, minutes=1)
    port = desk.sandbox.port
    desk.sandbox.stop()
    desk.office.close()
    assert desk.sync().offline
    desk.sandbox.start(port=port)
    desk.push(minutes=1)
    assert _skipped(desk) == []
    assert _skipped(desk) == ["status", "receive"]


def test_a_question_that_may_have_arrived_closes_the_floor(desk: Desk) -> None:
    desk.issue(desk.draft(0))
    desk.sync()
    desk.push(hours=4, minutes=1)
    desk.sandbox.arm("drop_after", "GetInvoiceStatus")
    assert desk.sync().offline
    assert _skipped(desk) == ["status"]
