"""KABUL and RED: the rules, both ways of sealing, and answers whose outcome is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.connectors.base import Answer, EndpointKind
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, SealingMode, State
from app.signing.verify import verify_document
from app.storage import documents
from app.ubl.response import read_response
from app.workflows import answering, companies

from .conftest import Desk

SELLER = "9205121120"


@pytest.fixture
def commercial(desk: Desk) -> str:
    return _receive(desk, "TICARIFATURA")


def _receive(desk: Desk, profile: str) -> str:
    desk.sandbox.add_incoming(count=12, to_vkn=SELLER)
    desk.sync()
    return next(r.ettn for r in desk.records(Direction.IN) if r.profile == profile)


def _answers(desk: Desk, ettn: str) -> list[str]:
    return next(d.answers for d in desk.sandbox.stored("in") if d.ettn == ettn)


def _incoming(desk: Desk, ettn: str):  # type: ignore[no-untyped-def]
    return desk.get(ettn, Direction.IN)


def test_own_seal_prepares_seals_and_sends(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.REJECT, "Fiyat siparişle uyuşmuyor")
    assert _incoming(desk, commercial).state is State.ANSWERING
    desk.sync()
    assert _answers(desk, commercial) == ["RED"]
    assert desk.calls("SendInvoiceResponse") == 1
    assert desk.calls("SendInvoiceResponseWithServerSign") == 0
    with desk.office.db.read() as s:
        sealed = documents.load_file(s, _incoming(desk, commercial).id, "answer")
    assert sealed is not None
    assert verify_document(sealed).valid
    assert "Fiyat siparişle uyuşmuyor" in " ".join(read_response(sealed).reasons)
    desk.push(hours=4, minutes=1)
    desk.sync()
    record = _incoming(desk, commercial)
    assert (record.state, record.answer, record.is_final) == (State.ANSWERED, "RED", True)


def test_integrators_seal_answers_by_server_sign(desk: Desk, commercial: str) -> None:
    desk.company = companies.save_company(
        desk.ctx, replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
    )
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sync(sealer=None)
    assert _answers(desk, commercial) == ["KABUL"]
    assert desk.calls("SendInvoiceResponseWithServerSign") == 1


def test_without_the_card_the_answer_waits(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    step = desk.sync(sealer=None).step("answer")
    assert step is not None and step.result is not None
    assert step.result["needs_seal"] == [commercial]
    assert _answers(desk, commercial) == []
    desk.sync()
    assert _answers(desk, commercial) == ["KABUL"]


def test_basic_invoices_are_not_answered(desk: Desk) -> None:
    ettn = _receive(desk, "TEMELFATURA")
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, ettn, Answer.ACCEPT, "")
    assert caught.value.code == "ANSWER.BASIC"


def test_one_answer_a_reason_and_eight_days(desk: Desk, commercial: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, commercial, Answer.REJECT, "  ")
    assert caught.value.code == "ANSWER.REASON"
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, commercial, Answer.REJECT, "Vazgeçtik")
    assert caught.value.code == "ANSWER.ONCE"
    other = next(r.ettn for r in desk.records(Direction.IN, State.ANSWER_DUE))
    desk.push(days=8, minutes=1)
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, other, Answer.ACCEPT, "")
    assert caught.value.code == "ANSWER.LATE"
    desk.sync()
    assert _incoming(desk, other).state is State.LAPSED


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "garbage_html"])
@pytest.mark.parametrize("mode", [SealingMode.OWN, SealingMode.INTEGRATOR])
def test_a_lost_answer_is_asked_about_and_given_once(
    desk: Desk, commercial: str, fault: str, mode: SealingMode
) -> None:
    desk.company = companies.save_company(desk.ctx, replace(desk.company.company, default_sealing_mode=mode))
    operation = "SendInvoiceResponse" if mode is SealingMode.OWN else "SendInvoiceResponseWithServerSign"
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sandbox.arm(fault, operation)
    for _ in range(4):
        desk.sync()
        desk.push(minutes=10)
    assert _answers(desk, commercial) == ["KABUL"]
    desk.push(hours=4)
    desk.sync()
    assert _incoming(desk, commercial).state is State.ANSWERED


def test_a_refused_answer_opens_the_invoice_again_for_a_person(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sandbox.arm("soap_fault", "SendInvoiceResponse", code=10013)
    desk.sync()
    record = _incoming(desk, commercial)
    assert record.state is State.ANSWER_DUE
    assert record.review_code
    assert record.answer == ""
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sync()
    assert _answers(desk, commercial) == ["KABUL"]


def test_a_lost_answer_that_is_not_booked_yet_is_not_given_twice_at_once(desk: Desk, commercial: str) -> None:
    answering.answer(desk.ctx, desk.company, commercial, Answer.ACCEPT, "")
    desk.sandbox.arm("drop_before", "SendInvoiceResponse")
    desk.sync()
    assert desk.calls("SendInvoiceResponse") <= 1
    tried = desk.calls("PrepareInvoiceResponse")
    desk.push(seconds=5)
    step = desk.sync().step("answer")
    assert step is not None and step.result is not None and step.result["unknown"] == [commercial]
    assert _answers(desk, commercial) == []
    assert desk.calls("PrepareInvoiceResponse") == tried
    desk.push(minutes=3)
    desk.sync()
    assert _answers(desk, commercial) == ["KABUL"]


class _OddFirstAnswer:
    """A session that prepares another text than was asked for the first invoice."""

    def __init__(self, session: Any, ettn: str) -> None:
        self._session, self._ettn = session, ettn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def prepare_answers(self, documents: Any, answer: Answer, reason: str) -> Any:
        wanted = Answer.REJECT if documents[0][0] == self._ettn else answer
        return self._session.prepare_answers(documents, wanted, reason or "başka")


def test_an_oddly_prepared_answer_does_not_hold_the_others_up(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=12, to_vkn=SELLER)
    desk.sync()
    odd, good = [r.ettn for r in desk.records(Direction.IN, State.ANSWER_DUE)][:2]
    for ettn in (odd, good):
        answering.answer(desk.ctx, desk.company, ettn, Answer.ACCEPT, "")
    session = _OddFirstAnswer(desk.office.session(companies.require_account(desk.ctx, desk.company)), odd)
    report = answering.send_answers(desk.ctx, desk.company, session, desk.sealer, kind=EndpointKind.SANDBOX)
    assert (report.sent, report.waiting) == ([good], [odd])
    assert _answers(desk, odd) == []
    record = _incoming(desk, odd)
    assert (record.state, record.review_code) == (State.ANSWERING, "ANSWER.OTHER_TEXT")
    again = answering.send_answers(desk.ctx, desk.company, session, desk.sealer, kind=EndpointKind.SANDBOX)
    assert (again.sent, again.waiting) == ([], []), "tried again later, not at once"
