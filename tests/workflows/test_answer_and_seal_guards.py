"""What must never leave: a TEST seal towards a live endpoint, a late answer, an answer's second wording."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.connectors.base import Answer, EndpointKind, StatusReport
from app.domain.lifecycle import Direction, State
from app.signing.soft import TestSealer
from app.storage import documents
from app.workflows import answering, companies, points, sync, tracking

from .conftest import Desk

SELLER = "9205121120"


class _Live:
    """The sandbox's connector, said to lead to the real integrator."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def endpoint_kind(self, url: str) -> EndpointKind:
        return EndpointKind.LIVE


def _sync_live(desk: Desk) -> sync.SyncReport:
    line = desk.office.line(companies.require_account(desk.ctx, desk.company))
    live = replace(line, connector=_Live(line.connector))
    return sync.sync_company(desk.ctx, desk.company, live, sealer=desk.sealer)


def _sync_until_settled(desk: Desk, **options: Any) -> None:
    for _ in range(3):
        desk.push(minutes=10)
        desk.sync(**options)


@pytest.fixture
def commercial(desk: Desk) -> str:
    desk.sandbox.add_incoming(count=12, to_vkn=SELLER)
    desk.sync()
    return next(r.ettn for r in desk.records(Direction.IN) if r.profile == "TICARIFATURA")


def test_a_test_sealed_document_queued_before_going_live_is_not_sent(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    _sync_live(desk)
    assert desk.calls("SendInvoice") == 0
    record = desk.get(ettn)
    assert (record.state, record.review_code) == (State.QUEUED, "SEAL.TEST_ON_LIVE")


def test_a_test_seal_answers_nothing_on_a_live_endpoint(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    report = _sync_live(desk)
    assert [e.code for e in report.errors] == ["SEAL.TEST_ON_LIVE"]
    assert desk.calls("PrepareInvoiceResponse") == desk.calls("SendInvoiceResponse") == 0


def test_an_answer_sealed_with_another_certificate_is_made_anew(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sandbox.arm("drop_before", "SendInvoiceResponse")
    desk.sync()
    owner = desk.sealer.certificate.owner
    assert owner is not None
    _sync_until_settled(desk, sealer=TestSealer.create(owner, "TEST"))
    assert desk.calls("PrepareInvoiceResponse") == 2
    assert next(d.answers for d in desk.sandbox.stored("in") if d.ettn == commercial) == ["KABUL"]


def test_the_same_sealed_answer_goes_again_after_a_lost_one(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sandbox.arm("drop_before", "SendInvoiceResponse")
    desk.sync()
    _sync_until_settled(desk)
    assert next(d.answers for d in desk.sandbox.stored("in") if d.ettn == commercial) == ["KABUL"]
    assert desk.calls("PrepareInvoiceResponse") == 1


def test_an_answer_that_waited_past_eight_days_is_not_sent(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.REJECT, "Fiyat yanlış")
    desk.sync(sealer=None)
    desk.push(days=8, minutes=1)
    desk.sync()
    assert desk.calls("SendInvoiceResponse") == desk.calls("PrepareInvoiceResponse") == 0
    record = desk.get(commercial, Direction.IN)
    assert (record.state, record.answer, record.review_code) == (State.LAPSED, "", "ANSWER.LATE")


def test_an_answer_given_elsewhere_is_shown_as_it_was_given(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    said = StatusReport(ettn=commercial, found=True, state=State.ANSWERED, final=True, answer=Answer.REJECT)
    with desk.office.db.write(points.STATUS) as s:
        tracking.apply_report(desk.ctx, s, documents.get(s, desk.get(commercial, Direction.IN).id), said)
    record = desk.get(commercial, Direction.IN)
    assert (record.state, record.answer, record.review_code) == (State.ANSWERED, "RED", "ANSWER.OTHER")
