"""A despatch note that came is answered within seven days of its own date; the list counts them, sealing ends it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import time, timedelta

import pytest

from app.connectors.base import Answer
from app.demo import people
from app.domain.dates import istanbul_date
from app.domain.despatch import Despatch
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import documents, overview
from app.ubl.despatch import build_despatch
from app.workflows import answering, companies, papers
from tests.ubl.scenarios import despatch_for
from tests.workflows.conftest import Desk

SELLER = people.SELLER["vkn"]


@pytest.fixture
def answering_desk(desk: Desk) -> Desk:
    card = replace(desk.company.company, series={**desk.company.company.series, "receipt": "YNT"})
    desk.company = companies.save_company(desk.ctx, card)
    return desk


def arrive(desk: Desk, *, days_ago: int = 0) -> str:
    """Let a despatch note to the firm come in; returns its ETTN."""
    day = desk.clock.today() - timedelta(days=days_ago)
    note = despatch_for(issue_date=day, customer=desk.company.company.party)
    note = replace(note, shipment=replace(note.shipment, despatch_day=day, despatch_time=time(8, 0)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{note.uuid}.xml", build_despatch(note, template=None))
    desk.sandbox.add_raw_incoming(out.getvalue(), to_vkn=SELLER, number=note.number_text, ettn=note.uuid)
    step = desk.sync().step("receive")
    assert step is not None and step.error is None, step
    return note.uuid


def find(desk: Desk, ettn: str) -> documents.DocumentRecord:
    with desk.office.db.read() as s:
        record = documents.find(s, desk.company.id, Direction.IN, ettn)
    assert record is not None
    return record


def test_the_days_for_the_answer_are_counted_and_run_out(answering_desk: Desk) -> None:
    desk = answering_desk
    ettn = arrive(desk, days_ago=2)
    record = find(desk, ettn)
    assert (record.kind, record.state) == (DocumentKind.DESPATCH, State.ANSWER_DUE)
    assert record.answer_due_at is not None
    assert istanbul_date(record.answer_due_at) == desk.clock.today() + timedelta(days=5)
    desk.push(days=3)
    with desk.office.db.read() as s:
        found = overview.due_answers(s, now=desk.clock.now(), within=timedelta(days=3))
    assert [r.ettn for r in found.rows] == [ettn]
    desk.push(days=2)
    desk.sync()
    assert find(desk, ettn).state is State.ANSWER_DUE, "the last day is a day too"
    desk.push(days=1)
    desk.sync()
    late = find(desk, ettn)
    assert late.state is State.LAPSED
    with desk.office.db.read() as s:
        assert "yedi gün" in documents.history(s, late.id)[-1].note


def test_a_note_that_comes_too_late_is_late_at_once(answering_desk: Desk) -> None:
    assert find(answering_desk, arrive(answering_desk, days_ago=9)).state is State.LAPSED


def test_the_sealed_answer_ends_the_waiting(answering_desk: Desk) -> None:
    desk = answering_desk
    ettn = arrive(desk)
    fields = papers.answer_fields(desk.ctx, desk.company, find(desk, ettn).id)
    draft = papers.save_paper(desk.ctx, desk.company, DocumentKind.RECEIPT, fields)
    assert find(desk, ettn).state is State.ANSWER_DUE
    assert desk.issue(draft.record.ettn).sealing.failed == []
    record = find(desk, ettn)
    assert record.state is State.ANSWERED
    with desk.office.db.read() as s:
        assert "YNT2026000000001" in documents.history(s, record.id)[-1].note


def test_an_answer_to_a_note_of_a_file_touches_nothing(answering_desk: Desk) -> None:
    desk = answering_desk
    note: Despatch = despatch_for(issue_date=desk.clock.today(), customer=desk.company.company.party)
    fields = papers.answer_fields(desk.ctx, desk.company, build_despatch(note, template=None))
    draft = papers.save_paper(desk.ctx, desk.company, DocumentKind.RECEIPT, fields)
    assert desk.issue(draft.record.ettn).sealing.failed == []


def test_accept_and_reject_are_not_for_despatch_notes(answering_desk: Desk) -> None:
    ettn = arrive(answering_desk)
    with pytest.raises(RuleBroken) as caught:
        answering.ensure_answerable(answering_desk.ctx, find(answering_desk, ettn), Answer.ACCEPT, "")
    assert caught.value.code == "ANSWER.DESPATCH"
