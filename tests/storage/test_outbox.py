from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import RuleBroken, StorageError
from app.domain.lifecycle import State
from app.storage import documents, outbox


def _queued(lab: Any, ettn: str = "e-1", **payload: Any) -> Any:
    record = lab.sealed(ettn)
    with lab.db.write(lab.point) as s:
        documents.set_state(s, record.id, State.QUEUED, at=lab.now)
        return outbox.enqueue(s, lab.company.id, record.id, "send", payload, at=lab.now)


def _due(lab: Any, **more: Any) -> list[int]:
    with lab.db.read() as s:
        return [row.id for row in outbox.due(s, lab.company.id, now=lab.now, **more)]


def test_intent_waits_flies_and_is_done(lab: Any) -> None:
    row = _queued(lab, solo=True)
    assert (row.state, row.tries, row.ettn, row.payload) == ("waiting", 0, "e-1", {"solo": True})
    assert _due(lab) == [row.id]
    with lab.db.write(lab.point) as s:
        outbox.begin(s, [row.id], at=lab.now)
    assert _due(lab) == []
    with lab.db.read() as s:
        flying = outbox.in_flight(s, lab.company.id)
    assert [(r.id, r.tries, r.state) for r in flying] == [(row.id, 1, "in_flight")]
    with lab.db.write(lab.point) as s:
        outbox.settle(s, row.id, at=lab.now)
        assert outbox.get(s, row.id).state == "done"
        assert outbox.in_flight(s, lab.company.id) == []


def test_postponed_intent_comes_due_again_with_its_reason(lab: Any) -> None:
    row = _queued(lab)
    later = lab.now + timedelta(minutes=2)
    with lab.db.write(lab.point) as s:
        outbox.begin(s, [row.id], at=lab.now)
        outbox.postpone(s, row.id, until=later, error_code="X", error_text="neden", at=lab.now, payload={"n": 1})
        assert outbox.due(s, lab.company.id, now=later - timedelta(seconds=1)) == []
        again = outbox.due(s, lab.company.id, now=later)[0]
        assert outbox.next_due_at(s, lab.company.id) == later
    assert (again.error_code, again.error_text, again.payload, again.tries) == ("X", "neden", {"n": 1}, 1)


def test_parked_intent_is_left_to_a_person(lab: Any) -> None:
    row = _queued(lab)
    with lab.db.write(lab.point) as s:
        outbox.park(s, row.id, error_code="DATE.SEVEN_DAYS", error_text="süre", at=lab.now)
        assert outbox.open_for(s, row.document_id) == []
        fresh = outbox.enqueue(s, lab.company.id, row.document_id, "send", {}, at=lab.now)
        assert [r.state for r in outbox.for_document(s, row.document_id)] == ["parked", "waiting"]
    assert fresh.id != row.id


def test_one_open_intent_per_document_and_action(lab: Any) -> None:
    row = _queued(lab)
    with lab.db.write(lab.point) as s:
        assert outbox.enqueue(s, lab.company.id, row.document_id, "send", {}, at=lab.now).id == row.id
        assert outbox.enqueue(s, lab.company.id, row.document_id, "legal_copy", {}, at=lab.now).id != row.id


def test_a_second_answer_that_says_something_else_is_refused(lab: Any) -> None:
    record = lab.receive("r-1")
    with lab.db.write(lab.point) as s:
        outbox.enqueue(s, lab.company.id, record.id, "answer", {"answer": "KABUL"}, at=lab.now)
        with pytest.raises(RuleBroken) as refusal:
            outbox.enqueue(s, lab.company.id, record.id, "answer", {"answer": "RED"}, at=lab.now)
    assert refusal.value.code == "OUTBOX.PENDING"


def test_an_intent_on_the_wire_is_nobody_elses(lab: Any) -> None:
    row = _queued(lab)
    with lab.db.write(lab.point) as s:
        outbox.begin(s, [row.id], at=lab.now)
    for act in (
        lambda s: outbox.begin(s, [row.id], at=lab.now),
        lambda s: outbox.withdraw(s, row.id, at=lab.now),
    ):
        with lab.db.write(lab.point) as s, pytest.raises(StorageError) as refusal:
            act(s)
        assert refusal.value.code == "OUTBOX.STATE"


def test_withdrawn_intent_is_over(lab: Any) -> None:
    row = _queued(lab)
    with lab.db.write(lab.point) as s:
        outbox.withdraw(s, row.id, at=lab.now, reason="kullanıcı")
        assert outbox.due(s, lab.company.id, now=lab.now) == []
        with pytest.raises(StorageError):
            outbox.settle(s, row.id, at=lab.now)


def test_due_is_per_company_action_and_in_order(lab: Any) -> None:
    first, second = _queued(lab, "e-1"), _queued(lab, "e-2")
    other = lab.add_company("1111111111", "Öteki")
    with lab.db.write(lab.point) as s:
        outbox.enqueue(s, lab.company.id, first.document_id, "legal_copy", {}, at=lab.now)
        assert outbox.due(s, other.id, now=lab.now) == []
        with pytest.raises(StorageError):
            outbox.enqueue(s, other.id, first.document_id, "send", {}, at=lab.now)
    assert _due(lab, action="send") == [first.id, second.id]
    assert _due(lab, action="send", limit=1) == [first.id]


def test_open_intents_of_many_documents_come_at_once(lab: Any) -> None:
    first, second, third = lab.sealed("m-1"), lab.sealed("m-2"), lab.sealed("m-3")
    with lab.db.write(lab.point) as s:
        waiting = outbox.enqueue(s, lab.company.id, first.id, "send", {}, at=lab.now)
        ended = outbox.enqueue(s, lab.company.id, second.id, "send", {}, at=lab.now)
        outbox.settle(s, ended.id, at=lab.now)
        found = outbox.open_by_document(s, [first.id, second.id, third.id], "send")
    assert {key: row.id for key, row in found.items()} == {first.id: waiting.id}
