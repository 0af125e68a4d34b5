"""What only the integrator still has, stored again; the counters that follow; the mark of a restored company."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.document_number import DocumentNumber, parse_document_number
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import backup, documents, numbers, outbox, recovered, restored
from app.storage.database import Database
from app.storage.records import DocumentRecord
from app.storage.recovered import Missing

RAW = b"<Invoice>as it was sent</Invoice>"


def _store(
    lab: Any, ettn: str, number: str, *, raw: bytes = RAW, has_failed: bool = False
) -> tuple[DocumentRecord | None, Missing]:
    with lab.db.write(lab.point) as s:
        return recovered.store_sent(
            s,
            lab.company.id,
            ettn=ettn,
            number=parse_document_number(number),
            kind=DocumentKind.INVOICE,
            index=lab.index(number=number),
            raw=raw,
            has_failed=has_failed,
            at=lab.now,
        )


def _bytes(lab: Any, record: DocumentRecord) -> bytes | None:
    with lab.db.read() as s:
        return documents.load_file(s, record.id, "legal")


def test_an_unknown_document_comes_back_whole(lab: Any) -> None:
    record, missing = _store(lab, "e-9", "ABC2026000000007")
    assert record is not None and missing is Missing.DOCUMENT
    assert (record.number, record.state, record.has_legal_copy) == ("ABC2026000000007", State.SENT, True)
    assert record.direction is Direction.OUT and not record.is_final
    assert _bytes(lab, record) == RAW
    with lab.db.read() as s:
        assert [h.state for h in documents.history(s, record.id)] == [State.SENT]
    again, missing = _store(lab, "e-9", "ABC2026000000007")
    assert again == record and missing is Missing.NOTHING


@pytest.mark.parametrize("is_discarded", [False, True])
def test_a_draft_gets_the_number_it_went_out_with(lab: Any, is_discarded: bool) -> None:
    draft = lab.draft("e-1")
    if is_discarded:
        with lab.db.write(lab.point) as s:
            documents.discard_draft(s, draft.id, at=lab.now)
    record, missing = _store(lab, "e-1", "ABC2026000000003")
    assert record is not None and missing is Missing.NUMBER
    assert (record.id, record.number, record.state) == (draft.id, "ABC2026000000003", State.SENT)
    assert not record.is_final
    assert _bytes(lab, record) == RAW


def test_a_failed_document_that_was_sent_again_gets_a_new_attempt(lab: Any) -> None:
    first = lab.move(lab.sealed("e-1").id, State.QUEUED, State.SENDING, State.FAILED)
    record, missing = _store(lab, "e-2", first.number)
    assert record is not None and missing is Missing.ATTEMPT
    assert (record.id, record.ettn, record.attempt_no, record.state) == (first.id, "e-2", 2, State.SENT)
    with lab.db.read() as s:
        assert documents.load_file(s, record.id, "sealed", attempt_no=1) == b"<Invoice>e-1</Invoice>"
    assert _bytes(lab, record) == RAW
    # What the integrator lists of the first attempt is no news.
    assert _store(lab, "e-1", first.number, has_failed=True)[1] is Missing.NOTHING


def test_corrected_bytes_under_the_same_ettn_are_an_attempt_too(lab: Any) -> None:
    first = lab.move(lab.sealed("e-1").id, State.QUEUED, State.SENDING, State.FAILED)
    assert _store(lab, "e-1", first.number, has_failed=True)[1] is Missing.NOTHING
    record, missing = _store(lab, "e-1", first.number)
    assert record is not None and missing is Missing.ATTEMPT
    assert (record.attempt_no, record.state) == (2, State.SENT)


@pytest.mark.parametrize("is_queued", [False, True])
def test_what_waited_is_sent(lab: Any, is_queued: bool) -> None:
    sealed = lab.sealed("e-1")
    if is_queued:
        lab.move(sealed.id, State.QUEUED)
        with lab.db.write(lab.point) as s:
            outbox.enqueue(s, lab.company.id, sealed.id, "send", {}, at=lab.now)
    record, missing = _store(lab, "e-1", sealed.number)
    assert record is not None and (missing, record.state) == (Missing.SENDING, State.SENT)
    with lab.db.read() as s:
        assert outbox.open_for(s, sealed.id, "send") == []


def test_a_waiting_second_attempt_is_not_taken_for_the_failed_first(lab: Any) -> None:
    first = lab.move(lab.sealed("e-1").id, State.QUEUED, State.SENDING, State.FAILED)
    with lab.db.write(lab.point) as s:
        numbers.store_new_attempt(s, first.id, xml=b"<b/>", ettn="e-1", at=lab.now, sealed_by="own")
    assert _store(lab, "e-1", first.number, has_failed=True)[1] is Missing.NOTHING
    assert lab.get(first.id).state is State.SEALED


def test_a_number_of_another_document_is_never_moved(lab: Any) -> None:
    ours = lab.sealed("e-1")
    assert _store(lab, "e-2", ours.number) == (ours, Missing.TAKEN)
    draft = lab.draft("e-3")
    assert _store(lab, "e-3", ours.number) == (ours, Missing.TAKEN)
    assert lab.get(draft.id) == draft
    assert _store(lab, "e-1", "ABC2026000000009") == (ours, Missing.TAKEN)
    assert lab.get(ours.id) == ours


def test_counters_follow_and_never_go_back(lab: Any) -> None:
    lab.sealed("e-1")
    later = lab.day + timedelta(days=2)

    def raise_to(sequence: int, day: date) -> bool:
        with lab.db.write(lab.point) as s:
            return numbers.raise_counter(s, lab.company.id, DocumentNumber("ABC", 2026, sequence), last_date=day)

    def following() -> tuple[str, date | None]:
        with lab.db.read() as s:
            number, day = numbers.peek_next(s, lab.company.id, "ABC", 2026)
        return str(number), day

    assert raise_to(1, later) is False
    assert following() == ("ABC2026000000002", lab.day)
    assert raise_to(4, later) is True
    assert following() == ("ABC2026000000005", later)
    assert raise_to(5, lab.day) is True
    assert following() == ("ABC2026000000006", later)
    assert raise_to(3, later) is False


def _marks(lab: Any, path: Path) -> restored.RestoredMark | None:
    db = Database.open(path, clock=lab.clock)
    try:
        with db.read() as s:
            return restored.mark_of(s, lab.company.id)
    finally:
        db.close()


def test_restore_marks_every_company_and_the_backup_itself_stays_as_it_is(lab: Any, tmp_path: Path) -> None:
    other = lab.add_company("9876543210", "Boş Ltd. Şti.")
    lab.sealed("e-1")
    saved = tmp_path / "yedek.db"
    backup.backup(lab.path, saved)
    before = saved.read_bytes()
    lab.db.close()
    assert backup.restore(saved, lab.path, dry_run=True, clock=lab.clock).marked == 2
    assert _marks(lab, lab.path) is None
    assert backup.restore(saved, lab.path, clock=lab.clock).marked == 2
    assert saved.read_bytes() == before
    assert _marks(lab, lab.path) == restored.RestoredMark(at=lab.now, since=lab.now)
    db = Database.open(lab.path, clock=lab.clock)
    with db.write(lab.point) as s:
        assert restored.mark_of(s, other.id) == restored.RestoredMark(at=lab.now, since=None)
        mark = restored.mark_of(s, lab.company.id)
        assert mark is not None
        restored.mark_numbered(s, lab.company.id, mark)
        restored.clear(s, other.id)
    with db.read() as s:
        assert restored.mark_of(s, lab.company.id) == restored.RestoredMark(at=lab.now, since=lab.now, is_numbered=True)
        assert restored.mark_of(s, other.id) is None
    db.close()


def test_a_mark_in_the_backup_keeps_its_older_beginning(lab: Any, tmp_path: Path) -> None:
    """Restored, worked on offline, backed up, restored: the first gap is still open."""
    lab.sealed("e-1")
    lab.db.close()
    with closing(sqlite3.connect(lab.path, isolation_level=None)) as connection:
        restored.mark_all(connection, at=lab.now)
        connection.execute("UPDATE document SET updated_at = updated_at + 86400000000")
        restored.mark_all(connection, at=lab.now + timedelta(days=2))
    assert _marks(lab, lab.path) == restored.RestoredMark(at=lab.now + timedelta(days=2), since=lab.now)


def test_whoever_opens_the_old_file_while_it_is_replaced_cannot_write_into_it(lab: Any, tmp_path: Path) -> None:
    """The window between "nobody has it open" and the replacement is shut by a lock on the old file."""
    lab.sealed("e-1")
    saved = tmp_path / "yedek.db"
    backup.backup(lab.path, saved)
    lab.db.close()
    with backup.ExitStack() as guard:
        alone = backup._take_alone(lab.path, guard, now=lab.now)
        assert alone is not None
        with closing(sqlite3.connect(lab.path, isolation_level=None, timeout=0)) as late:
            late.execute("UPDATE setting SET value = value")
            late.execute("INSERT INTO setting (name, value) VALUES ('x', '1')")
        with pytest.raises(backup.StorageError) as refusal:
            backup._shut(alone)
        assert refusal.value.code == "RESTORE.IN_USE"
    with backup.ExitStack() as guard:
        alone = backup._take_alone(lab.path, guard, now=lab.now)
        assert alone is not None
        backup._shut(alone)
        with (
            closing(sqlite3.connect(lab.path, isolation_level=None, timeout=0)) as late,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            late.execute("INSERT INTO setting (name, value) VALUES ('y', '1')")
