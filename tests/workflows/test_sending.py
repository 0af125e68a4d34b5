"""Sending over a real socket: every end that a send can come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.errors import LeaseHeld
from app.domain.lifecycle import Direction, State
from app.domain.protocols import NoProgress
from app.storage import documents, leases
from app.workflows import companies, points, sending, sync

from .conftest import Desk


def test_queue_send_track_and_bring_the_legal_copy_home(desk: Desk) -> None:
    ettn = desk.draft(0)
    assert desk.issue(ettn).is_clean
    assert desk.get(ettn).state is State.QUEUED
    assert not desk.sync().errors
    assert desk.get(ettn).state is State.SENT
    desk.push(hours=4, minutes=1)
    desk.sync()
    record = desk.get(ettn)
    assert record.state is State.DELIVERED
    assert record.is_final
    assert record.has_legal_copy
    with desk.office.db.read() as s:
        assert documents.load_file(s, record.id, "legal") == documents.load_file(s, record.id, "sealed")


def test_an_answer_lost_after_processing_is_settled_without_a_second_send(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_after", "SendInvoice")
    report = desk.sync()
    assert not report.errors, report.to_json()
    assert desk.get(ettn).state is State.SENT
    assert desk.calls("SendInvoice") == 1
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_a_request_that_never_arrived_is_sent_again_after_it_is_surely_unknown(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_before", "SendInvoice")
    desk.sync()
    assert desk.get(ettn).state is State.UNKNOWN
    assert desk.calls("SendInvoice") == 0 or [d.ettn for d in desk.sandbox.stored("out")] == []
    desk.push(minutes=3)
    desk.sync()
    assert desk.get(ettn).state is State.SENT
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


@pytest.mark.parametrize("fault", ["garbage_html", "garbage_truncated", "garbage_empty"])
def test_a_garbage_reply_leaves_the_outcome_unknown_and_then_settled(desk: Desk, fault: str) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm(fault, "SendInvoice")
    desk.sync()
    desk.push(minutes=3)
    desk.sync()
    assert desk.get(ettn).state is State.SENT
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_offline_documents_wait_and_go_out_later(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    port = desk.sandbox.port
    desk.sandbox.stop()
    report = desk.sync()
    assert report.offline
    assert desk.get(ettn).state is State.QUEUED
    desk.sandbox.start(port=port)
    desk.push(minutes=5)
    desk.sync()
    assert desk.get(ettn).state is State.SENT


def test_a_bad_member_does_not_hold_the_batch_back(desk: Desk) -> None:
    good, bad, other = desk.draft(0), desk.draft(0), desk.draft(0)
    desk.issue(good, bad, other)
    desk.sandbox.arm("reject_member", "SendInvoice", ettn=bad, code=10003, times=9)
    for _ in range(4):
        desk.sync()
        desk.push(minutes=20)
    assert desk.get(good).state is State.SENT
    assert desk.get(other).state is State.SENT
    record = desk.get(bad)
    assert record.state is State.FAILED
    assert record.review_code
    assert "10003" in record.raw_code
    assert all(d.sends == 1 for d in desk.sandbox.stored("out"))


def test_refused_login_keeps_everything_queued(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.office.close()
    desk.sandbox.set_password("demo", "değişti")
    report = desk.sync()
    assert [e.code for e in report.errors]
    assert not report.offline
    assert desk.get(ettn).state is State.QUEUED


def test_a_queued_invoice_that_grew_too_old_goes_to_manual_review(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.push(days=8)
    desk.sync()
    record = desk.get(ettn)
    assert record.state is State.QUEUED
    assert record.review_code == "DATE.SEVEN_DAYS"
    assert desk.calls("SendInvoice") == 0
    desk.push(days=1)
    desk.sync()
    assert desk.calls("SendInvoice") == 0, "a parked document is not tried again by itself"


def test_session_expiry_logs_in_once_more(desk: Desk) -> None:
    desk.sync()
    ettn = desk.draft(0)
    desk.issue(ettn)
    logins = desk.calls("Login")
    desk.sandbox.arm("session_expired", "SendInvoice")
    desk.sync()
    assert desk.get(ettn).state is State.SENT
    assert desk.calls("Login") == logins + 1


def test_failed_at_gib_goes_again_with_the_same_ettn_and_at_the_receiver_with_a_new_one(desk: Desk) -> None:
    from app.workflows import issuing

    for gib_code, plan in ((1150, "fail_at_gib"), (1215, "fail_at_receiver")):
        ettn = desk.draft(0)
        desk.issue(ettn)
        desk.sync()
        desk.sandbox.set_plan(ettn, **{plan: gib_code})
        desk.push(hours=4, minutes=1)
        desk.sync()
        record = desk.get(ettn)
        assert record.state is State.FAILED
        assert record.gib_code == gib_code
        assert record.review_code == "SEND.FAILED"
        report = issuing.reissue(desk.ctx, desk.company, ettn, desk.means())
        assert report.is_clean
        again = report.sealing.done[0]
        assert (again == ettn) is (gib_code == 1150)
        desk.push(minutes=1)
        desk.sync()
        after = desk.get(again)
        assert (after.number, after.state, after.attempt_no) == (record.number, State.SENT, 2)


def test_another_holder_of_the_lease_is_named(desk: Desk) -> None:
    import os

    lease = leases.acquire(
        desk.office.db, desk.company.id, owner="öteki pencere", pid=os.getpid(), now=desk.clock.now()
    )
    with pytest.raises(LeaseHeld, match="öteki pencere"):
        desk.sync()
    lease.release()
    desk.sync()


def test_status_queries_obey_the_floor_and_final_ones_are_never_asked(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sync()
    asked = desk.calls("GetInvoiceStatusAll")
    desk.push(hours=3, minutes=50)
    report = desk.sync()
    step = report.step("status")
    assert step is not None and step.skipped_until is not None
    assert desk.calls("GetInvoiceStatusAll") == asked
    desk.push(minutes=11)
    desk.sync()
    assert desk.get(ettn).is_final
    asked = desk.calls("GetInvoiceStatusAll")
    desk.push(hours=5)
    desk.sync()
    assert desk.calls("GetInvoiceStatusAll") == asked


def test_commercial_documents_lapse_after_eight_days(desk: Desk) -> None:
    ettn = desk.draft(1)
    desk.issue(ettn)
    desk.sync()
    desk.sandbox.set_plan(ettn, answer=None)
    desk.push(hours=5)
    desk.sync()
    assert desk.get(ettn).state is State.DELIVERED
    desk.push(days=7)
    desk.sync()
    desk.push(days=1)
    desk.sync()
    assert desk.get(ettn).state is State.LAPSED
    asked = desk.calls("GetInvoiceStatusAll")
    desk.clock.advance(timedelta(hours=5))
    desk.sync()
    assert desk.calls("GetInvoiceStatusAll") == asked


class _Thief(NoProgress):
    """While the first batch is being prepared the computer sleeps, and another command takes the company over."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def report(self, done: int, total: int, what: str) -> None:
        if what == "Faturalar gönderiliyor" and total:
            self._desk.clock.advance(timedelta(seconds=90))
            with self._desk.office.db.write(leases.POINT) as s:
                s.execute(text("UPDATE lease SET token = 'somebody else'"))


def test_a_lost_lease_stops_the_work_before_the_next_batch(desk: Desk) -> None:
    desk.issue(desk.draft(0), desk.draft(1))
    account = companies.require_account(desk.ctx, desk.company)
    ctx = replace(desk.ctx, progress=_Thief(desk))
    with pytest.raises(LeaseHeld) as caught:
        sync.sync_company(ctx, desk.company, desk.office.line(account), sealer=desk.sealer)
    assert caught.value.code == "LEASE.LOST"
    assert desk.calls("SendInvoice") == 0
    assert len(desk.records(Direction.OUT, State.QUEUED)) == 2


def test_an_invoice_nobody_asked_about_is_not_called_accepted(desk: Desk) -> None:
    ettn = desk.draft(1)
    desk.issue(ettn)
    desk.sync()
    desk.sandbox.set_plan(ettn, answer="RED", after=timedelta(days=3))
    desk.push(hours=5)
    desk.sync()
    desk.push(days=9)
    desk.sync()
    record = desk.get(ettn)
    assert (record.state, record.review_code) == (State.DELIVERED, "STATUS.STALE"), "the buyer had refused it"
    asked = desk.calls("GetInvoiceStatusAll") + desk.calls("GetInvoiceStatus")
    with desk.office.db.write(points.REVIEW) as s:
        documents.clear_review(s, record.id, at=desk.clock.now())
    desk.push(hours=5)
    desk.sync()
    assert desk.get(ettn).review_code == "", "shown once"
    assert desk.calls("GetInvoiceStatusAll") + desk.calls("GetInvoiceStatus") == asked


def test_a_long_queue_is_loaded_a_part_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOADED_AT_ONCE", 2)
    ettns = [desk.draft(0) for _ in range(5)]
    desk.issue(*ettns)
    step = desk.sync().step("send")
    assert step is not None and step.result is not None
    assert sorted(step.result["sent"]) == sorted(ettns)
    assert desk.calls("SendInvoice") == 3


def test_after_a_refusal_without_a_culprit_each_goes_alone(desk: Desk) -> None:
    """The integrator refused three together and did not say because of which: none of them may hold the others back."""
    ettns = [desk.draft(0) for _ in range(3)]
    desk.issue(*ettns)
    desk.sandbox.arm("error_type", "SendInvoice", code=10003)
    desk.sync()
    assert [desk.get(e).state for e in ettns] == [State.QUEUED] * 3
    refused = desk.calls("SendInvoice")
    desk.push(minutes=20)
    desk.sync()
    assert [desk.get(e).state for e in ettns] == [State.SENT] * 3
    assert desk.calls("SendInvoice") - refused == 3, "one request each"
    assert [d.sends for d in desk.sandbox.stored("out")] == [1, 1, 1]
