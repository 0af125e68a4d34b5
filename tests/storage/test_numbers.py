from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.document_number import DocumentNumber, SeriesPurpose
from app.domain.errors import InputError, RuleBroken, StorageError
from app.domain.lifecycle import Direction, State
from app.storage import documents, numbers


def _store(lab: Any, record: Any, number: DocumentNumber, *, issue_date: date | None = None, **more: Any) -> bool:
    with lab.db.write(lab.point) as s:
        return numbers.store_sealed(
            s,
            record.id,
            number=number,
            xml=b"<Invoice/>",
            ettn=record.ettn,
            issue_date=issue_date or lab.day,
            sealed_by="own",
            at=lab.now,
            **more,
        )


def _peek(lab: Any, series: str = "ABC", year: int = 2026) -> tuple[str, date | None]:
    with lab.db.read() as s:
        number, last = numbers.peek_next(s, lab.company.id, series, year)
    return str(number), last


def test_first_number_of_a_series_and_year_is_one(lab: Any) -> None:
    assert _peek(lab) == ("ABC2026000000001", None)
    assert _peek(lab, year=2027) == ("ABC2027000000001", None)


def test_sealing_gives_number_bytes_and_state_together(lab: Any) -> None:
    record = lab.draft("e-1")
    assert _store(lab, record, DocumentNumber("ABC", 2026, 1), sender_label="urn:gb", receiver_label="urn:pk")
    after = lab.get(record.id)
    assert (after.number, after.state, after.attempt_no, after.sealed_by) == (
        "ABC2026000000001",
        State.SEALED,
        1,
        "own",
    )
    assert (after.sender_label, after.receiver_label) == ("urn:gb", "urn:pk")
    with lab.db.read() as s:
        assert documents.load_file(s, record.id, "sealed") == b"<Invoice/>"
        assert [a.ettn for a in documents.attempts(s, record.id)] == ["e-1"]
    assert _peek(lab) == ("ABC2026000000002", lab.day)


def test_a_number_that_is_not_next_writes_nothing(lab: Any) -> None:
    record = lab.draft("e-1")
    for sequence in (2, 9):
        assert not _store(lab, record, DocumentNumber("ABC", 2026, sequence))
    assert lab.get(record.id) == record
    assert _peek(lab) == ("ABC2026000000001", None)
    with lab.db.read() as s:
        assert documents.files(s, record.id) == []


def test_same_draft_is_never_sealed_twice(lab: Any) -> None:
    record = lab.sealed("e-1")
    for sequence in (1, 2):
        with pytest.raises(RuleBroken) as refusal:
            _store(lab, record, DocumentNumber("ABC", 2026, sequence))
        assert refusal.value.code == "DOC.ALREADY_SEALED"
    assert _peek(lab)[0] == "ABC2026000000002"


def test_dates_never_run_backwards_in_a_series(lab: Any) -> None:
    lab.sealed("e-1")
    late = lab.draft("e-2")
    with pytest.raises(RuleBroken) as refusal:
        _store(lab, late, DocumentNumber("ABC", 2026, 2), issue_date=lab.day - timedelta(days=1))
    assert refusal.value.code == "NUMBER.DATE_BACK"
    assert "21.11.2026" in refusal.value.sentence
    assert _store(lab, late, DocumentNumber("ABC", 2026, 2))
    assert _store(lab, lab.draft("e-3"), DocumentNumber("XYZ", 2026, 1), issue_date=lab.day - timedelta(days=3))


def test_the_year_is_that_of_the_issue_date(lab: Any) -> None:
    record = lab.draft("e-1")
    with pytest.raises(RuleBroken) as refusal:
        _store(lab, record, DocumentNumber("ABC", 2027, 1))
    assert refusal.value.code == "NUMBER.YEAR"


def test_companies_count_apart(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    lab.sealed("e-1")
    theirs = lab.seal(lab.draft("e-1", company=other))
    assert theirs.number == "ABC2026000000001"


def test_series_has_one_purpose_for_ever(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        numbers.set_series(s, lab.company.id, SeriesPurpose.EINVOICE, "DEF", year=2026)
        assert numbers.series_for(s, lab.company.id, SeriesPurpose.EINVOICE) == "DEF"
        assert numbers.series_for(s, lab.company.id, SeriesPurpose.EARCHIVE) is None
        with pytest.raises(RuleBroken) as refusal:
            numbers.set_series(s, lab.company.id, SeriesPurpose.EARCHIVE, "ABC", year=2026)
        assert refusal.value.code == "SERIES.TAKEN"
        numbers.set_series(s, lab.company.id, SeriesPurpose.EINVOICE, "ABC", year=2026)
        assert numbers.series_for(s, lab.company.id, SeriesPurpose.EINVOICE) == "ABC"


def test_series_may_go_on_where_another_program_stopped_but_not_later(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        numbers.set_series(s, lab.company.id, SeriesPurpose.EARCHIVE, "ARS", next_sequence=42, year=2026)
        numbers.set_series(s, lab.company.id, SeriesPurpose.EARCHIVE, "ARS", year=2026)
    assert _peek(lab, "ARS") == ("ARS2026000000042", None)
    assert _store(lab, lab.draft("e-1"), DocumentNumber("ARS", 2026, 42))
    with lab.db.write(lab.point) as s, pytest.raises(RuleBroken) as refusal:
        numbers.set_series(s, lab.company.id, SeriesPurpose.EARCHIVE, "ARS", next_sequence=10, year=2026)
    assert refusal.value.code == "SERIES.STARTED"
    assert _peek(lab, "ARS")[0] == "ARS2026000000043"


def test_series_of_wrong_shape_is_refused(lab: Any) -> None:
    with lab.db.write(lab.point) as s, pytest.raises(InputError):
        numbers.set_series(s, lab.company.id, SeriesPurpose.EARCHIVE, "ŞŞŞ", year=2026)


def test_new_attempt_keeps_the_number_and_the_older_bytes(lab: Any) -> None:
    record = lab.sealed("e-1")
    lab.move(record.id, State.QUEUED, State.SENDING, State.FAILED)
    with lab.db.write(lab.point) as s:
        documents.add_file(s, record.id, "legal", b"<legal1/>", at=lab.now)
        after = numbers.store_new_attempt(s, record.id, xml=b"<second/>", ettn="e-1-new", at=lab.now, sealed_by="test")
        assert (after.number, after.ettn, after.attempt_no, after.state, after.sealed_by) == (
            record.number,
            "e-1-new",
            2,
            State.SEALED,
            "test",
        )
        assert after.has_legal_copy is False
        assert documents.load_file(s, record.id, "sealed") == b"<second/>"
        assert documents.load_file(s, record.id, "sealed", attempt_no=1) == b"<Invoice>e-1</Invoice>"
        assert documents.load_file(s, record.id, "legal") is None
        assert documents.load_file(s, record.id, "legal", attempt_no=1) == b"<legal1/>"
        assert [a.ettn for a in documents.attempts(s, record.id)] == ["e-1", "e-1-new"]
        assert documents.find(s, lab.company.id, Direction.OUT, "e-1") is None
        assert documents.find(s, lab.company.id, Direction.OUT, "e-1", any_attempt=True) == after
    assert _peek(lab)[0] == "ABC2026000000002"


def test_new_attempt_is_for_failed_documents_only(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.write(lab.point) as s, pytest.raises(RuleBroken) as refusal:
        numbers.store_new_attempt(s, record.id, xml=b"<x/>", ettn="e-1", at=lab.now, sealed_by="own")
    assert refusal.value.code == "STATE.FORBIDDEN"


def test_new_attempt_cannot_take_the_ettn_of_another_document(lab: Any) -> None:
    first, second = lab.sealed("e-1"), lab.sealed("e-2")
    lab.move(second.id, State.QUEUED, State.SENDING, State.FAILED)
    with lab.db.write(lab.point) as s, pytest.raises(RuleBroken) as refusal:
        numbers.store_new_attempt(s, second.id, xml=b"<x/>", ettn=first.ettn, at=lab.now, sealed_by="own")
    assert refusal.value.code == "ETTN.TAKEN"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document SET sequence = 7, number = 'ABC2026000000007' WHERE number <> ''",
        "UPDATE document SET number = '' WHERE number <> ''",
        "UPDATE document SET sequence = NULL, series = NULL, year = NULL, number = '' WHERE number <> ''",
        "DELETE FROM document WHERE number <> ''",
        "UPDATE counter SET next_sequence = 1",
        "DELETE FROM counter",
        "UPDATE attempt SET ettn = 'x'",
        "DELETE FROM attempt",
        "UPDATE blob SET content = x'00'",
        "UPDATE document_file SET role = 'legal'",
        "UPDATE history SET note = ''",
        "UPDATE document SET state = 'received'",
        "UPDATE document SET company_id = 4711",
    ],
)
def test_the_database_itself_guards_what_is_sacred(lab: Any, statement: str) -> None:
    record = lab.sealed("e-1")
    with pytest.raises(StorageError) as refusal, lab.db.write(lab.point) as s:
        s.execute(text(statement))
    assert refusal.value.code == "STORAGE.CONSTRAINT"
    assert lab.get(record.id) == record


def test_two_documents_never_share_a_number(lab: Any) -> None:
    lab.sealed("e-1")
    other = lab.draft("e-2")
    with pytest.raises(StorageError), lab.db.write(lab.point) as s:
        s.execute(
            text(
                "UPDATE document SET series = 'ABC', year = 2026, sequence = 1, number = 'ABC2026000000001' "
                "WHERE id = :id"
            ),
            {"id": other.id},
        )
    assert lab.get(other.id).number == ""
