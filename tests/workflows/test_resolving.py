"""What a person may decide of a stuck document, and what is refused because it could double or lose it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from app.connectors.base import StatusReport
from app.connectors.izibiz import IzibizConnector
from app.domain.errors import InputError, LeaseHeld, RuleBroken, StorageError
from app.domain.lifecycle import Direction, State
from app.sandbox.server import Sandbox
from app.storage import documents, leases, outbox
from app.workflows import companies, points, resolving, sync, tracking

from .conftest import Desk, found

WHY = "Portala baktım"


def _line(desk: Desk) -> sync.Line:
    return desk.office.line(companies.require_account(desk.ctx, desk.company))


def _requeue(desk: Desk, ettn: str) -> State:
    return resolving.queue_again(desk.ctx, desk.company, ettn, reason=WHY, line=_line(desk)).state


def _keys(desk: Desk, ettn: str) -> list[str]:
    return [step.key for step in resolving.next_steps(desk.get(ettn), today=desk.clock.today())]


def _sends(desk: Desk, ettn: str) -> list[str]:
    with desk.office.db.read() as s:
        return [r.state for r in outbox.for_document(s, desk.get(ettn).id) if r.action == "send"]


def _notes(desk: Desk, ettn: str) -> str:
    with desk.office.db.read() as s:
        return "\n".join(h.note for h in documents.history(s, desk.get(ettn).id))


def _queued(desk: Desk) -> str:
    ettn = desk.draft(0)
    assert desk.issue(ettn).is_clean
    return ettn


def _lost(desk: Desk, fault: str) -> str:
    """A send whose answer was lost, and nobody can be asked for now."""
    ettn = _queued(desk)
    desk.sandbox.arm(fault, "SendInvoice")
    desk.sandbox.arm("drop_before", "GetInvoiceStatus", times=20)
    desk.sandbox.arm("drop_before", "GetInvoiceStatusAll", times=20)
    desk.sync()
    assert desk.get(ettn).state is State.UNKNOWN
    desk.sandbox.clear_faults()
    return ettn


def _moved(desk: Desk, other: Sandbox, fault: str) -> str:
    ettn = _lost(desk, fault)
    found(desk.office, other, desk.office.folder.root)
    assert desk.get(ettn).review_code == "ACCOUNT.MOVED"
    desk.push(minutes=10)
    other.advance(desk.clock.now() - other.now())
    return ettn


def _too_old(desk: Desk) -> str:
    ettn = _queued(desk)
    desk.push(days=8)
    desk.sync()
    assert desk.get(ettn).review_code == "DATE.SEVEN_DAYS"
    return ettn


# --- arrived ----------------------------------------------------------------------------------------------------------


def test_seen_in_the_portal_is_sent_and_followed_further(desk: Desk) -> None:
    with Sandbox(now=desk.sandbox.now()) as other:
        ettn = _moved(desk, other, "drop_after")
        assert _keys(desk, ettn) == ["arrived", "requeue"]
        resolving.confirm_arrived(desk.ctx, desk.company, ettn, reason=" Eski  portalda gördüm ")
        record = desk.get(ettn)
        assert (record.state, record.review_code, record.is_final) == (State.SENT, "", False)
        assert _sends(desk, ettn) == ["done"]
        assert "Portalda görüldü: Eski portalda gördüm" in _notes(desk, ettn)
        found(desk.office, desk.sandbox, desk.office.folder.root)
        desk.push(hours=5)
        desk.sync()
        assert desk.get(ettn).state is State.DELIVERED
        assert other.stored("out") == []
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_only_an_unknown_outcome_can_be_said_to_have_arrived(desk: Desk) -> None:
    ettn = _queued(desk)
    with pytest.raises(RuleBroken) as caught:
        resolving.confirm_arrived(desk.ctx, desk.company, ettn, reason=WHY)
    assert caught.value.code == "RESOLVE.NOT_OFFERED"
    assert desk.get(ettn).state is State.QUEUED


# --- queue again ------------------------------------------------------------------------------------------------------


def test_another_integrators_no_record_does_not_send_it_again(desk: Desk) -> None:
    with Sandbox(now=desk.sandbox.now()) as other:
        ettn = _moved(desk, other, "drop_before")
        with pytest.raises(RuleBroken) as caught:
            _requeue(desk, ettn)
        assert caught.value.code == "RESOLVE.OTHER_PLACE"
        assert (desk.get(ettn).state, _sends(desk, ettn)) == (State.UNKNOWN, ["parked"])
        assert other.calls == []
        # Back at the old address the question means something.
        found(desk.office, desk.sandbox, desk.office.folder.root)
        assert _requeue(desk, ettn) is State.QUEUED
        assert (desk.get(ettn).review_code, _sends(desk, ettn)) == ("", ["withdrawn", "waiting"])
        desk.sync()
    assert desk.get(ettn).state is State.SENT
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_what_the_integrator_knows_after_all_is_not_sent_again(desk: Desk) -> None:
    with Sandbox(now=desk.sandbox.now()) as other:
        ettn = _moved(desk, other, "drop_after")
        found(desk.office, desk.sandbox, desk.office.folder.root)
        assert _requeue(desk, ettn) is State.SENT
    assert (desk.get(ettn).review_code, _sends(desk, ettn)) == ("", ["done"])
    desk.sync()
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_a_question_right_after_the_loss_is_too_soon(desk: Desk) -> None:
    ettn = _lost(desk, "drop_before")
    asked = desk.calls("GetInvoiceStatus")
    with pytest.raises(RuleBroken) as caught:
        _requeue(desk, ettn)
    assert caught.value.code == "RESOLVE.TOO_SOON"
    desk.push(minutes=3)
    assert _requeue(desk, ettn) is State.QUEUED
    assert desk.calls("GetInvoiceStatus") == asked + 1


@pytest.mark.parametrize("number", ["", "XYZ2026000000009"])
def test_no_clear_word_changes_nothing(desk: Desk, number: str) -> None:
    ettn = _lost(desk, "drop_before")
    desk.push(minutes=3)
    said = [StatusReport(ettn=ettn, found=True, number=number, state=State.SENT)] if number else []

    class _Says:
        def statuses(self, ettns: object, *, direction: object = None) -> list[StatusReport]:
            return said

    line = replace(_line(desk), open_session=_Says)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken) as caught:
        resolving.queue_again(desk.ctx, desk.company, ettn, reason=WHY, line=line)
    assert caught.value.code == ("RESOLVE.OTHER_NUMBER" if number else "RESOLVE.NO_ANSWER")
    assert (desk.get(ettn).state, _sends(desk, ettn)) == (State.UNKNOWN, ["waiting"])


def test_past_seven_days_it_is_cancelled_not_sent(desk: Desk) -> None:
    ettn = _too_old(desk)
    assert _keys(desk, ettn) == ["cancel"]
    with pytest.raises(RuleBroken) as caught:
        _requeue(desk, ettn)
    assert caught.value.code == "DATE.SEVEN_DAYS"
    with pytest.raises(RuleBroken):
        resolving.dismiss(desk.ctx, desk.company, ettn, reason=WHY)
    assert desk.get(ettn).review_code == "DATE.SEVEN_DAYS", "without its flag nobody would ever see it again"


class _Live(IzibizConnector):
    def endpoint_kind(self, url: str):  # type: ignore[no-untyped-def]
        from app.connectors.base import EndpointKind

        return EndpointKind.LIVE


def test_a_test_seal_goes_to_no_live_endpoint_whoever_says_so(desk: Desk) -> None:
    ettn = _queued(desk)
    account = companies.require_account(desk.ctx, desk.company)
    line = replace(_line(desk), connector=_Live(cache_folder=desk.office.folder.cache, clock=desk.clock))
    sync.sync_company(desk.ctx, desk.company, line, sealer=desk.sealer)
    assert desk.get(ettn).review_code == "SEAL.TEST_ON_LIVE"
    with pytest.raises(RuleBroken) as caught:
        resolving.queue_again(desk.ctx, desk.company, ettn, reason=WHY, line=line)
    assert caught.value.code == "SEAL.TEST_ON_LIVE"
    assert _requeue(desk, ettn) is State.QUEUED, "the account leads to the sandbox again"
    sync.sync_company(desk.ctx, desk.company, desk.office.line(account), sealer=desk.sealer)
    assert desk.get(ettn).state is State.SENT


# --- cancel -----------------------------------------------------------------------------------------------------------


def test_a_cancelled_one_is_never_sent_and_its_number_stays_used(desk: Desk) -> None:
    ettn = _queued(desk)
    number = desk.get(ettn).number
    resolving.cancel(desk.ctx, desk.company, ettn, reason="Müşteri vazgeçti")
    record = desk.get(ettn)
    assert (record.state, record.is_final, record.number) == (State.CANCELLED, True, number)
    assert _sends(desk, ettn) == ["withdrawn"]
    assert number in _notes(desk, ettn) and "Müşteri vazgeçti" in _notes(desk, ettn)
    second = _queued(desk)
    assert int(desk.get(second).number[-9:]) == int(number[-9:]) + 1
    desk.sync()
    assert [d.ettn for d in desk.sandbox.stored("out")] == [second]


@pytest.mark.parametrize("fate", ["unknown", "sent", "draft"])
def test_what_may_have_left_the_house_is_not_cancelled(desk: Desk, fate: str) -> None:
    if fate == "unknown":
        ettn = _lost(desk, "drop_before")
    elif fate == "sent":
        ettn = _queued(desk)
        desk.sync()
    else:
        ettn = desk.draft(0)
    before = desk.get(ettn)
    with pytest.raises(RuleBroken):
        resolving.cancel(desk.ctx, desk.company, ettn, reason=WHY)
    assert desk.get(ettn) == before


def test_one_on_the_wire_is_not_cancelled(desk: Desk) -> None:
    ettn = _queued(desk)
    with desk.office.db.write(points.SEND_BEGIN) as s:
        outbox.begin(s, [r.id for r in outbox.open_for(s, desk.get(ettn).id)], at=desk.clock.now())
    with pytest.raises(StorageError):
        resolving.cancel(desk.ctx, desk.company, ettn, reason=WHY)
    assert desk.get(ettn).state is State.QUEUED


@pytest.mark.parametrize(("code", "offered"), [(1150, True), (1215, True), (1163, False), (1300, False), (None, True)])
def test_a_failure_that_gib_may_hold_all_the_same_is_not_cancelled(desk: Desk, code: int | None, offered: bool) -> None:
    ettn = _queued(desk)
    desk.sync()
    with desk.office.db.write(points.STATUS) as s:
        said = StatusReport(ettn=ettn, found=True, state=State.FAILED, final=True, gib_code=code)
        tracking.apply_report(desk.ctx, s, desk.get(ettn), said)
    assert _keys(desk, ettn) == (["cancel", "dismiss"] if offered else ["dismiss"])


def test_one_cancelled_at_the_portal_is_shown_once_and_confirmed(desk: Desk) -> None:
    ettn = _queued(desk)
    desk.sync()
    said = StatusReport(ettn=ettn, found=True, state=State.DELIVERED, cancelled=True)
    with desk.office.db.write(points.STATUS) as s:
        assert tracking.apply_report(desk.ctx, s, desk.get(ettn), said) is State.DELIVERED
    assert desk.get(ettn).review_code == "STATUS.CANCELLED_THERE"
    assert _keys(desk, ettn) == ["cancel", "dismiss"]
    resolving.dismiss(desk.ctx, desk.company, ettn, reason=WHY)
    with desk.office.db.write(points.STATUS) as s:
        tracking.apply_report(desk.ctx, s, desk.get(ettn), said)
    assert desk.get(ettn).review_code == "", "shown once"


def test_a_portal_cancellation_that_a_person_confirms_is_final(desk: Desk) -> None:
    ettn = _queued(desk)
    desk.sync()
    with desk.office.db.write(points.STATUS) as s:
        said = StatusReport(ettn=ettn, found=True, state=State.DELIVERED, cancelled=True)
        tracking.apply_report(desk.ctx, s, desk.get(ettn), said)
    resolving.cancel(desk.ctx, desk.company, ettn, reason=WHY)
    record = desk.get(ettn)
    assert (record.state, record.is_final, record.review_code) == (State.CANCELLED, True, "")


# --- dismiss, reasons, lease ------------------------------------------------------------------------------------------


def test_a_stale_outcome_that_was_looked_at_does_not_come_back(desk: Desk) -> None:
    ettn = _queued(desk)
    desk.sync()
    with desk.office.db.write(points.STATUS) as s:
        documents.set_state(s, desk.get(ettn).id, State.SENT, at=desk.clock.now(), arrived_at=desk.clock.now())
    desk.push(days=9)
    desk.sync()
    assert desk.get(ettn).review_code == "STATUS.STALE"
    resolving.dismiss(desk.ctx, desk.company, ettn, reason="Portalda teslim görünüyor")
    desk.sync()
    record = desk.get(ettn)
    assert (record.state, record.review_code, record.is_final) == (State.SENT, "", True)
    assert "Portalda teslim görünüyor" in _notes(desk, ettn)


def test_a_received_one_is_dismissed_too(desk: Desk) -> None:
    (ettn,) = desk.sandbox.add_incoming(count=1, to_vkn="9205121120")
    desk.sync()
    record = desk.get(ettn, Direction.IN)
    with desk.office.db.write(points.REVIEW) as s:
        documents.flag_review(s, record.id, code="X", reason="Bakın", todo="Bakın", at=desk.clock.now())
    resolving.dismiss(desk.ctx, desk.company, ettn, reason=WHY)
    assert desk.get(ettn, Direction.IN).review_code == ""


@pytest.mark.parametrize("verb", [resolving.confirm_arrived, resolving.cancel, resolving.dismiss])
def test_every_verb_wants_a_reason(desk: Desk, verb: object) -> None:
    ettn = _queued(desk)
    for reason in ("", "  \n", " x "):
        with pytest.raises(InputError) as caught:
            verb(desk.ctx, desk.company, ettn, reason=reason)  # type: ignore[operator]
        assert caught.value.code == "RESOLVE.REASON"
    with pytest.raises(InputError):
        resolving.queue_again(desk.ctx, desk.company, ettn, reason="", line=_line(desk))
    assert desk.get(ettn).state is State.QUEUED


def test_nobody_decides_while_another_is_sending(desk: Desk) -> None:
    ettn = _queued(desk)
    lease = leases.acquire(desk.office.db, desk.company.id, owner="öteki", pid=os.getpid(), now=desk.clock.now())
    with pytest.raises(LeaseHeld, match="öteki"):
        resolving.cancel(desk.ctx, desk.company, ettn, reason=WHY)
    lease.release()
    resolving.cancel(desk.ctx, desk.company, ettn, reason=WHY)


def test_nothing_is_offered_where_there_is_nothing_to_decide(desk: Desk) -> None:
    ettn = _queued(desk)
    desk.sync()
    assert _keys(desk, ettn) == []
