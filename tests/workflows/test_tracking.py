"""Status reports that come late, go backwards, or speak of another document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.connectors.base import StatusReport
from app.domain.lifecycle import Direction, State
from app.storage import documents
from app.workflows import points, polling, settling, tracking

from .conftest import Desk


class _Says:
    """A session that answers every status question with these reports and remembers who was asked for."""

    def __init__(self, *reports: StatusReport) -> None:
        self.reports = reports
        self.asked: list[str] = []

    def statuses(self, ettns: Sequence[str], *, direction: Direction | None = None) -> list[StatusReport]:
        self.asked += ettns
        return [r for r in self.reports if r.ettn in ettns]


def _report(ettn: str, state: State | None, **more: Any) -> StatusReport:
    return StatusReport(ettn=ettn, found=True, state=state, raw_code="1", raw_text=str(state), **more)


@pytest.fixture
def sent(desk: Desk) -> str:
    ettn = desk.draft(1)
    desk.issue(ettn)
    desk.sync()
    assert desk.get(ettn).state is State.SENT
    return ettn


def _apply(desk: Desk, report: StatusReport) -> State:
    with desk.office.db.write(points.STATUS) as s:
        return tracking.apply_report(desk.ctx, s, desk.get(report.ettn), report)


@pytest.mark.parametrize("earlier", [State.SENT, State.QUEUED, State.DRAFT, State.ANSWERED])
def test_a_status_that_goes_backwards_is_kept_as_history_only(desk: Desk, sent: str, earlier: State) -> None:
    assert _apply(desk, _report(sent, State.DELIVERED)) is State.DELIVERED
    assert _apply(desk, _report(sent, earlier, final=True)) is State.DELIVERED
    record = desk.get(sent)
    assert (record.state, record.is_final) == (State.DELIVERED, False)
    with desk.office.db.read() as s:
        assert documents.history(s, record.id)[-1].raw_text == str(earlier)


def test_final_documents_are_not_asked_about_whatever_their_state(desk: Desk, sent: str) -> None:
    session: Any = _Says(_report(sent, State.DELIVERED, final=True))
    polling.poll_statuses(desk.ctx, desk.company, session)
    assert session.asked == [sent]
    desk.push(hours=5)
    polling.poll_statuses(desk.ctx, desk.company, session)
    assert session.asked == [sent]


def test_an_unknown_send_is_not_settled_by_another_number(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_before", "SendInvoice")
    desk.sync()
    desk.push(minutes=3)
    session: Any = _Says(_report(ettn, State.DELIVERED, number="XYZ2026000000009"))
    report = settling.settle_unknown(desk.ctx, desk.company, session)
    assert (report.found, report.still_unknown) == ([], [ettn])
    assert (desk.get(ettn).state, desk.get(ettn).review_code) == (State.UNKNOWN, "SEND.ODD_STATUS")


def test_silence_about_an_unknown_send_does_not_send_it_again(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_before", "SendInvoice")
    desk.sync()
    session: Any = _Says()
    for _ in range(3):
        desk.push(hours=5)
        assert settling.settle_unknown(desk.ctx, desk.company, session).requeued == []
    assert desk.get(ettn).state is State.UNKNOWN


def test_a_lost_one_that_is_found_again_leaves_the_review_list(desk: Desk, sent: str) -> None:
    nothing: Any = _Says(StatusReport(ettn=sent, found=False))
    polling.poll_statuses(desk.ctx, desk.company, nothing)
    assert desk.get(sent).review_code == "STATUS.MISSING"
    assert _apply(desk, _report(sent, State.SENT, number="XYZ2026000000009")) is State.SENT
    assert desk.get(sent).review_code == "STATUS.MISSING", "that is another document"
    assert _apply(desk, _report(sent, State.SENT)) is State.SENT
    assert desk.get(sent).review_code == ""


def test_an_odd_status_put_right_leaves_the_review_list(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_before", "SendInvoice")
    desk.sync()
    for number in ("XYZ2026000000009", desk.get(ettn).number):
        desk.push(minutes=30)
        session: Any = _Says(_report(ettn, State.SENT, number=number))
        settling.settle_unknown(desk.ctx, desk.company, session)
        assert (desk.get(ettn).review_code == "SEND.ODD_STATUS") == number.startswith("XYZ")
    assert desk.get(ettn).state is State.SENT


def test_another_flag_stays_whatever_the_status(desk: Desk, sent: str) -> None:
    with desk.office.db.write(points.REVIEW) as s:
        documents.flag_review(s, desk.get(sent).id, code="X", reason="Bakın", todo="Bakın", at=desk.clock.now())
    _apply(desk, _report(sent, State.DELIVERED))
    assert desk.get(sent).review_code == "X"


def test_the_ministrys_number_of_an_export_invoice_is_kept(desk: Desk, sent: str) -> None:
    assert desk.get(sent).gtb_refno == ""
    customs = {"GTB_REFNO": "16545419880849000000392", "GTB_GCB_TESCILNO": "00060200EX000293"}
    _apply(desk, _report(sent, State.DELIVERED, extra=customs))
    assert desk.get(sent).gtb_refno == customs["GTB_REFNO"]
    with desk.office.db.read() as s:
        notes = " ".join(line.note for line in documents.history(s, desk.get(sent).id))
    assert customs["GTB_GCB_TESCILNO"] in notes
