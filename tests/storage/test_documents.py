from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import RuleBroken, StorageError
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import documents, quarantine


def test_draft_is_inserted_then_updated(lab: Any) -> None:
    first = lab.draft("e-1")
    second = lab.draft("e-1", partner_name="Başka Alıcı", payable=Decimal("0.1234"))
    assert second.id == first.id
    assert second.partner_name == "Başka Alıcı"
    assert second.payable == Decimal("0.1234")
    assert (second.state, second.direction, second.number) == (State.DRAFT, Direction.OUT, "")
    with lab.db.read() as s:
        assert [h.note for h in documents.history(s, first.id)] == ["Taslak oluşturuldu."]


def test_draft_fields_come_back_exactly(lab: Any) -> None:
    data = {"lines": [{"name": "Çıkış 'ğ'", "quantity": "1.50", "unit_price": Decimal("10.10")}], "n": 3, "no": None}
    with lab.db.write(lab.point) as s:
        record = documents.save_draft(
            s, lab.company.id, kind=DocumentKind.INVOICE, ettn="e-9", data=data, index=lab.index(), at=lab.now
        )
    with lab.db.read() as s:
        loaded = documents.load_draft(s, record.id)
    assert loaded["lines"][0] == {"name": "Çıkış 'ğ'", "quantity": "1.50", "unit_price": "10.10"}
    assert loaded["n"] == 3
    assert loaded["no"] is None


def test_sealed_document_is_locked_for_drafting(lab: Any) -> None:
    lab.sealed("e-1")
    with pytest.raises(RuleBroken) as refusal:
        lab.draft("e-1")
    assert refusal.value.code == "DRAFT.LOCKED"


def test_failed_document_may_be_corrected_and_keeps_its_number(lab: Any) -> None:
    record = lab.sealed("e-1")
    lab.move(record.id, State.QUEUED, State.SENDING, State.FAILED)
    with lab.db.write(lab.point) as s:
        corrected = documents.save_draft(
            s,
            lab.company.id,
            kind=DocumentKind.INVOICE,
            ettn="e-1",
            data={"fixed": "yes"},
            index=lab.index(partner_name="Düzeltildi"),
            at=lab.now,
            correcting=True,
        )
    assert corrected.state is State.FAILED
    assert corrected.number == record.number
    assert corrected.partner_name == "Düzeltildi"


def test_draft_that_never_was_is_said(lab: Any) -> None:
    record = lab.receive("r-1")
    with lab.db.read() as s, pytest.raises(StorageError) as error:
        documents.load_draft(s, record.id)
    assert error.value.code == "DRAFT.MISSING"


def test_states_follow_the_one_lifecycle(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.write(lab.point) as s, pytest.raises(RuleBroken) as refusal:
        documents.set_state(s, record.id, State.SENT, at=lab.now)
    assert refusal.value.code == "STATE.FORBIDDEN"
    assert lab.get(record.id).state is State.SEALED


def test_set_state_keeps_what_is_not_said_and_writes_history(lab: Any) -> None:
    record = lab.sealed("e-1")
    lab.move(record.id, State.QUEUED, State.SENDING)
    with lab.db.write(lab.point) as s:
        documents.set_state(
            s, record.id, State.SENT, at=lab.now, raw_code="109", raw_text="PACKAGE - PROCESSING", gib_code=-1
        )
        after = documents.set_state(
            s, record.id, State.DELIVERED, at=lab.now + timedelta(hours=1), arrived_at=lab.now, note="Teslim edildi."
        )
        lines = documents.history(s, record.id)
    assert (after.raw_code, after.raw_text, after.gib_code) == ("109", "PACKAGE - PROCESSING", -1)
    assert after.arrived_at == lab.now
    assert after.is_final is False
    assert [line.state for line in lines] == [
        State.DRAFT,
        State.SEALED,
        State.QUEUED,
        State.SENDING,
        State.SENT,
        State.DELIVERED,
    ]
    assert (lines[-1].note, lines[-1].at) == ("Teslim edildi.", lab.now + timedelta(hours=1))


def test_same_words_again_add_no_history(lab: Any) -> None:
    record = lab.sealed("e-1")
    lab.move(record.id, State.QUEUED, State.SENDING, State.SENT)
    with lab.db.write(lab.point) as s:
        for _ in range(3):
            documents.set_state(s, record.id, State.SENT, at=lab.now, raw_code="109", raw_text="bekliyor")
        assert len([h for h in documents.history(s, record.id) if h.raw_code == "109"]) == 1
        documents.set_state(s, record.id, State.SENT, at=lab.now, raw_code="110", raw_text="bekliyor")
        assert documents.history(s, record.id)[-1].raw_code == "110"


def test_review_is_a_flag_with_a_reason_and_leaves_the_state(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.write(lab.point) as s:
        documents.flag_review(s, record.id, code="DATE.SEVEN_DAYS", reason="Süre geçti.", todo="Bakın.", at=lab.now)
        documents.flag_review(s, record.id, code="DATE.SEVEN_DAYS", reason="Süre geçti.", todo="Bakın.", at=lab.now)
        flagged = documents.get(s, record.id)
        documents.clear_review(s, record.id, at=lab.now)
        cleared = documents.get(s, record.id)
        notes = [h.note for h in documents.history(s, record.id)][2:]
    assert (flagged.review_code, flagged.review_reason, flagged.review_todo, flagged.state) == (
        "DATE.SEVEN_DAYS",
        "Süre geçti.",
        "Bakın.",
        State.SEALED,
    )
    assert (cleared.review_code, cleared.review_reason, cleared.review_todo) == ("", "", "")
    assert notes == ["Elle incelemeye alındı: Süre geçti.", "İnceleme tamamlandı."]


def test_received_document_is_one_by_ettn(lab: Any) -> None:
    raw = "<Invoice>ığüşöç</Invoice>".encode()
    with lab.db.write(lab.point) as s:
        first, is_new = documents.store_received(
            s, lab.company.id, ettn="r-1", index=lab.index(number="XYZ2026000000007"), raw=raw, at=lab.now
        )
        again, is_new_again = documents.store_received(
            s, lab.company.id, ettn="r-1", index=lab.index(number="XYZ2026000000007"), raw=raw, at=lab.now
        )
        assert documents.load_file(s, first.id, "received") == raw
    assert (is_new, is_new_again) == (True, False)
    assert again.id == first.id
    assert (first.state, first.number, first.duplicate_of) == (State.RECEIVED, "XYZ2026000000007", None)


def test_answerable_document_waits_for_its_answer(lab: Any) -> None:
    due = lab.now + timedelta(days=8)
    with lab.db.write(lab.point) as s:
        record, _ = documents.store_received(
            s, lab.company.id, ettn="r-1", index=lab.index(), raw=b"<a/>", at=lab.now, answer_due_at=due
        )
    assert (record.state, record.answer_due_at) == (State.ANSWER_DUE, due)


def test_same_number_of_the_same_sender_is_linked_as_duplicate(lab: Any) -> None:
    first = lab.receive("r-1", number="XYZ2026000000007")
    second = lab.receive("r-2", number="XYZ2026000000007")
    third = lab.receive("r-3", number="XYZ2026000000007")
    other_sender = lab.receive("r-4", number="XYZ2026000000007", partner_vkn="5555555555")
    assert (first.duplicate_of, second.duplicate_of, third.duplicate_of) == (None, first.id, first.id)
    assert other_sender.duplicate_of is None
    with lab.db.read() as s:
        assert "mükerrer" in documents.history(s, second.id)[0].note


def test_duplicates_do_not_cross_companies(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    lab.receive("r-1", number="XYZ2026000000007")
    theirs = lab.receive("r-1", company=other, number="XYZ2026000000007")
    assert theirs.company_id == other.id
    assert theirs.duplicate_of is None


def test_same_ettn_with_other_bytes_is_kept_aside_and_flagged(lab: Any) -> None:
    record = lab.receive("r-1", raw=b"<first/>")
    with lab.db.write(lab.point) as s:
        after, is_new = documents.store_received(
            s, lab.company.id, ettn="r-1", index=lab.index(), raw=b"<second/>", at=lab.now
        )
        assert documents.load_file(s, record.id, "received") == b"<first/>"
        kept = quarantine.list_kept(s, lab.company.id)
        assert quarantine.load_kept(s, kept[0].id) == b"<second/>"
    assert not is_new
    assert after.review_code == "RECEIVE.DIFFERS"


def test_numbers_of_foreign_shape_are_kept_as_they_came(lab: Any) -> None:
    record = lab.receive("r-1", number="odd number 12", payable=Decimal(10) ** 30)
    assert record.number == "odd number 12"
    assert record.payable is None


def test_unacked_are_those_the_integrator_does_not_know_we_have(lab: Any) -> None:
    first, second = lab.receive("r-1"), lab.receive("r-2")
    with lab.db.write(lab.point) as s:
        documents.set_received_ack(s, first.id, at=lab.now)
        assert [r.id for r in documents.unacked(s, lab.company.id)] == [second.id]
        assert documents.get(s, first.id).acked_at == lab.now


def test_status_is_due_only_for_open_documents_past_the_floor(lab: Any) -> None:
    floor = timedelta(hours=4)
    sent, final, early, queued = (lab.sealed(f"e-{i}") for i in range(4))
    for record in (sent, final, early):
        lab.move(record.id, State.QUEUED, State.SENDING, State.SENT)
    lab.move(queued.id, State.QUEUED)
    received = lab.receive("r-1")
    with lab.db.write(lab.point) as s:
        documents.set_state(s, final.id, State.ACCEPTED, at=lab.now, is_final=True)
        documents.mark_status_asked(s, [early.id], at=lab.now)
        now = lab.now + timedelta(hours=3, minutes=59)
        assert [r.id for r in documents.due_for_status(s, lab.company.id, now=now, floor=floor)] == [sent.id]
        now += timedelta(minutes=1)
        assert [r.id for r in documents.due_for_status(s, lab.company.id, now=now, floor=floor)] == [sent.id, early.id]
        documents.set_state(s, sent.id, State.DELIVERED, at=lab.now, arrived_at=lab.now - timedelta(days=9))
        late = documents.due_for_status(
            s, lab.company.id, now=now, floor=floor, arrived_after=lab.now - timedelta(days=8)
        )
        assert [r.id for r in late] == [early.id]
    assert received.state is State.RECEIVED


def test_an_answer_under_way_is_asked_for_until_it_is_answered(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        record, _ = documents.store_received(
            s, lab.company.id, ettn="r-1", index=lab.index(), raw=b"<a/>", at=lab.now, answer_due_at=lab.now
        )
        floor = timedelta(hours=4)
        assert documents.due_for_status(s, lab.company.id, now=lab.now, floor=floor) == [], "not before our answer"
        documents.set_state(s, record.id, State.ANSWERING, at=lab.now)
        documents.set_answer(s, record.id, "KABUL", at=lab.now)
        assert [r.id for r in documents.due_for_status(s, lab.company.id, now=lab.now, floor=floor)] == [record.id]
        documents.set_state(s, record.id, State.ANSWERED, at=lab.now, is_final=True)
        assert documents.due_for_status(s, lab.company.id, now=lab.now, floor=floor) == []
        assert documents.get(s, record.id).answer == "KABUL"


def test_outcomes_that_never_came_are_listed_once_they_may_not_be_asked_for(lab: Any) -> None:
    waited = timedelta(days=8)
    with lab.db.write(lab.point) as s:
        record, _ = documents.store_received(
            s,
            lab.company.id,
            ettn="r-2",
            index=lab.index(),
            raw=b"<b/>",
            at=lab.now,
            arrived_at=lab.now,
            answer_due_at=lab.now + waited,
        )
        documents.set_state(s, record.id, State.ANSWERING, at=lab.now)
        later = lab.now + waited
        assert documents.stale_outcomes(s, lab.company.id, now=later, waited=waited) == []
        later += timedelta(minutes=1)
        assert [r.id for r in documents.stale_outcomes(s, lab.company.id, now=later, waited=waited)] == [record.id]
        documents.flag_review(s, record.id, code="X", reason="r", todo="t", at=later)
        assert documents.stale_outcomes(s, lab.company.id, now=later, waited=waited) == []


def test_find_knows_company_direction_and_earlier_attempts(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.read() as s:
        assert documents.find(s, lab.company.id, Direction.OUT, "e-1") == record
        assert documents.find(s, lab.company.id, Direction.IN, "e-1") is None
        assert documents.find(s, lab.company.id + 1, Direction.OUT, "e-1") is None
        assert documents.find_by_number(s, lab.company.id, Direction.OUT, "ABC2026000000001") == [record]


def test_unknown_document_is_said(lab: Any) -> None:
    with lab.db.read() as s, pytest.raises(StorageError) as error:
        documents.get(s, 4711)
    assert error.value.code == "DOC.UNKNOWN"


def test_read_mark(lab: Any) -> None:
    record = lab.receive("r-1")
    assert record.is_read is False
    with lab.db.write(lab.point) as s:
        documents.mark_read(s, [record.id])
    assert lab.get(record.id).is_read is True


def test_issue_date_may_be_missing(lab: Any) -> None:
    assert lab.receive("r-1", issue_date=None).issue_date is None
    assert lab.receive("r-2", issue_date=date(1999, 12, 31)).issue_date == date(1999, 12, 31)


def test_overdue_are_commercial_documents_that_nobody_answered_in_time(lab: Any) -> None:
    waited = timedelta(days=8)
    due, answering, basic = (
        lab.sealed(f"e-{i}", profile=p) for i, p in enumerate(("TICARIFATURA",) * 2 + ("TEMELFATURA",))
    )
    with lab.db.write(lab.point) as s:
        for record in (due, basic):
            for state in (State.QUEUED, State.SENDING, State.SENT):
                documents.set_state(s, record.id, state, at=lab.now)
            documents.set_state(s, record.id, State.DELIVERED, at=lab.now, arrived_at=lab.now)
        received = [
            documents.store_received(
                s,
                lab.company.id,
                ettn=f"r-{i}",
                index=lab.index(),
                raw=b"<a/>",
                at=lab.now,
                answer_due_at=lab.now + waited,
            )[0]
            for i in range(2)
        ]
        documents.set_state(s, received[1].id, State.ANSWERING, at=lab.now)
        at_limit = documents.overdue_answers(s, lab.company.id, now=lab.now + waited, waited=waited)
        past = lab.now + waited + timedelta(seconds=1)
        late = documents.overdue_answers(s, lab.company.id, now=past, waited=waited)
    assert at_limit == []
    assert [record.id for record in late] == [due.id, received[0].id]
    assert answering.state is State.SEALED


def test_a_discarded_draft_comes_back_with_its_fields(lab: Any) -> None:
    draft = lab.draft("d-1")
    with lab.db.write(lab.point) as s:
        gone = documents.discard_draft(s, draft.id, at=lab.now)
    assert (gone.state, gone.is_final) == (State.CANCELLED, True)
    with lab.db.write(lab.point) as s:
        back = documents.restore_draft(s, draft.id, at=lab.now)
        assert documents.load_draft(s, draft.id)
    assert (back.state, back.is_final) == (State.DRAFT, False)
    with lab.db.read() as s:
        notes = [line.note for line in documents.history(s, draft.id)]
    assert notes[-2:] == ["Taslak silindi.", "Silinen taslak geri alındı."]


def test_a_numbered_document_is_neither_discarded_nor_restored(lab: Any) -> None:
    sealed = lab.sealed("n-1")
    with lab.db.write(lab.point) as s:
        with pytest.raises(RuleBroken, match="numara"):
            documents.discard_draft(s, sealed.id, at=lab.now)
        documents.set_state(s, sealed.id, State.CANCELLED, at=lab.now)
        with pytest.raises(RuleBroken, match="silinmiş bir taslak değil"):
            documents.restore_draft(s, sealed.id, at=lab.now)
    assert lab.get(sealed.id).state is State.CANCELLED


def test_a_draft_that_was_never_discarded_is_not_restored(lab: Any) -> None:
    draft = lab.draft("d-2")
    with lab.db.write(lab.point) as s, pytest.raises(RuleBroken):
        documents.restore_draft(s, draft.id, at=lab.now)
