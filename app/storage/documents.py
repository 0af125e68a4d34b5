"""Documents: drafts, states, review flags, history. Received ones and files come from the sister modules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.errors import RuleBroken, StorageError
from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, DocumentKind, State, ensure_transition
from app.storage import codec
from app.storage.database import OpenSession
from app.storage.document_files import add_file, attempts, files, load_file
from app.storage.document_rows import (
    COLUMNS,
    DOCUMENT,
    FIND,
    add_history,
    add_history_line,
    fetch,
    index_values,
    insert_document,
    record_of,
    update_document,
    write_search,
)
from app.storage.models import AttemptRow, DraftRow, HistoryRow, table
from app.storage.received import set_received_ack, store_received, unacked
from app.storage.records import DocumentIndex, DocumentRecord, HistoryRecord

__all__ = [
    "add_file",
    "attempts",
    "clear_review",
    "discard_draft",
    "due_for_status",
    "files",
    "find",
    "find_by_number",
    "flag_review",
    "get",
    "history",
    "load_draft",
    "load_file",
    "mark_read",
    "mark_status_asked",
    "overdue_answers",
    "restore_draft",
    "save_draft",
    "set_answer",
    "set_received_ack",
    "set_state",
    "stale_outcomes",
    "store_received",
    "unacked",
]

DRAFT_SCHEMA_VERSION = 1
_DRAFT = table(DraftRow)
_HISTORY = table(HistoryRow)
_ATTEMPT = table(AttemptRow)
_LAST_LINE = (
    select(_HISTORY.c.state, _HISTORY.c.raw_code, _HISTORY.c.raw_text, _HISTORY.c.note)
    .where(_HISTORY.c.document_id == bindparam("document_id"))
    .order_by(_HISTORY.c.id.desc())
    .limit(1)
)
_DRAFT_INSERT = upsert(_DRAFT)
_UPSERT_DRAFT = _DRAFT_INSERT.on_conflict_do_update(
    index_elements=["document_id"],
    set_={name: _DRAFT_INSERT.excluded[name] for name in ("schema_version", "data", "updated_at")},
)
_EDITABLE = (State.DRAFT, State.READY)


def save_draft(
    s: OpenSession,
    company_id: int,
    *,
    kind: DocumentKind,
    ettn: str,
    data: dict[str, Any],
    index: DocumentIndex,
    at: datetime,
    state: State = State.DRAFT,
    correcting: bool = False,
) -> DocumentRecord:
    """Insert or update the draft with this ETTN. `state` is DRAFT or READY.

    Raises: RuleBroken (DRAFT.LOCKED) when the document already has a number. With `correcting` the fields of a FAILED
    document may be changed for its next attempt; its number and state stay.
    """
    record = find(s, company_id, Direction.OUT, ettn)
    if record is None:
        document_id = insert_document(
            s, company_id, direction=Direction.OUT, kind=kind, ettn=ettn, index=index, state=state, at=at
        )
        add_history_line(s, company_id, document_id, state, at=at, note="Taslak oluşturuldu.")
    else:
        document_id = record.id
        is_correction = correcting and record.state is State.FAILED
        if record.state not in _EDITABLE and not is_correction:
            raise RuleBroken(
                "DRAFT.LOCKED",
                f"{record.number or record.ettn} numaralı belge kilitli.",
                why="Numara alan belge değiştirilemez.",
                todo="Yanlışsa alıcı reddetsin ya da iade faturası düzenleyin.",
            )
        values = index_values(index)
        if not is_correction:
            values |= {"state": state.value, "kind": kind.value}
        update_document(s, document_id, at=at, **values)
        write_search(s, company_id, document_id, number=record.number, index=index)
    fields = {
        "document_id": document_id,
        "company_id": company_id,
        "schema_version": DRAFT_SCHEMA_VERSION,
        "data": codec.dumps(data),
        "updated_at": at,
    }
    s.execute(_UPSERT_DRAFT, fields)
    return fetch(s, document_id)


def load_draft(s: OpenSession, document_id: int) -> dict[str, Any]:
    """The draft's fields as they were saved. Raises: StorageError (DRAFT.MISSING, DRAFT.NEWER)."""
    row = s.execute(
        select(_DRAFT.c.data, _DRAFT.c.schema_version).where(_DRAFT.c.document_id == document_id)
    ).one_or_none()
    if row is None:
        raise StorageError("DRAFT.MISSING", "Bu belgenin taslağı yok.", todo="Belge dışarıdan alınmış olabilir.")
    if row.schema_version > DRAFT_SCHEMA_VERSION:
        raise StorageError(
            "DRAFT.NEWER", "Taslak daha yeni bir program sürümüyle yazılmış.", todo="Programı güncelleyin."
        )
    data: dict[str, Any] = codec.loads(row.data)
    return data


def discard_draft(s: OpenSession, document_id: int, *, at: datetime) -> DocumentRecord:
    """Set a draft without a number aside as CANCELLED; its fields stay, so that it can come back.

    Raises: RuleBroken (DRAFT.LOCKED) for anything that has a number or has left the draft states.
    """
    record = fetch(s, document_id)
    if record.direction is not Direction.OUT or record.number or record.state not in _EDITABLE:
        raise RuleBroken(
            "DRAFT.LOCKED",
            f"{record.number or record.ettn} silinemez.",
            why="Yalnız numara almamış taslaklar silinir.",
            todo="Numaralı belge yanlışsa alıcı reddetsin ya da iade faturası düzenleyin.",
        )
    return set_state(s, document_id, State.CANCELLED, at=at, note="Taslak silindi.", is_final=True)


def restore_draft(s: OpenSession, document_id: int, *, at: datetime) -> DocumentRecord:
    """Take a discarded draft back to DRAFT. Raises: RuleBroken (DRAFT.NOT_DISCARDED), StorageError (DRAFT.MISSING)."""
    record = fetch(s, document_id)
    if record.direction is not Direction.OUT or record.number or record.state is not State.CANCELLED:
        raise RuleBroken(
            "DRAFT.NOT_DISCARDED",
            f"{record.number or record.ettn} silinmiş bir taslak değil.",
            todo="Listeyi yenileyin.",
        )
    load_draft(s, document_id)
    # Not a step of TRANSITIONS: a cancelled document with a number must never come back, only an unnumbered draft may.
    update_document(s, document_id, at=at, state=State.DRAFT.value, is_final=False)
    add_history(s, record, State.DRAFT, at=at, note="Silinen taslak geri alındı.")
    return fetch(s, document_id)


def get(s: OpenSession, document_id: int) -> DocumentRecord:
    """Raises: StorageError (DOC.UNKNOWN)."""
    return fetch(s, document_id)


def find(
    s: OpenSession, company_id: int, direction: Direction, ettn: str, *, any_attempt: bool = False
) -> DocumentRecord | None:
    """The document with this ETTN. `any_attempt` also looks through the ETTNs of earlier attempts."""
    key = {"company_id": company_id, "direction": direction.value, "ettn": ettn}
    row = s.execute(FIND, key).one_or_none()
    if row is None and any_attempt and direction is Direction.OUT:
        earlier = s.execute(
            select(_ATTEMPT.c.document_id).where(_ATTEMPT.c.company_id == company_id, _ATTEMPT.c.ettn == ettn).limit(1)
        ).scalar()
        return None if earlier is None else fetch(s, earlier)
    return None if row is None else record_of(row)


def find_by_number(s: OpenSession, company_id: int, direction: Direction, number: str) -> list[DocumentRecord]:
    """Documents with this number; several only among received ones."""
    rows = s.execute(
        select(*COLUMNS)
        .where(
            DOCUMENT.c.company_id == company_id, DOCUMENT.c.direction == direction.value, DOCUMENT.c.number == number
        )
        .order_by(DOCUMENT.c.id)
    )
    return [record_of(row) for row in rows]


def set_state(
    s: OpenSession,
    document_id: int,
    new: State,
    *,
    at: datetime,
    raw_code: str = "",
    raw_text: str = "",
    gib_code: int | None = None,
    note: str = "",
    is_final: bool | None = None,
    arrived_at: datetime | None = None,
    answer_due_at: datetime | None = None,
    status_at: datetime | None = None,
) -> DocumentRecord:
    """Move a document to `new` and write its history; returns it afterwards.

    Raises: RuleBroken (STATE.FORBIDDEN) for a forbidden step. The same words again (same state, code, text and note as
    the last line) add no line. `None` and empty leave the stored value; `status_at` says that the integrator was asked.
    """
    record = fetch(s, document_id)
    ensure_transition(record.direction, record.state, new)
    values: dict[str, Any] = {"state": new.value}
    if raw_code or raw_text:
        values |= {"raw_code": raw_code, "raw_text": raw_text}
    if gib_code is not None:
        values["gib_code"] = gib_code
    if is_final is not None:
        values["is_final"] = is_final
    if arrived_at is not None:
        values["arrived_at"] = arrived_at
    if answer_due_at is not None:
        values["answer_due_at"] = answer_due_at
    if status_at is not None:
        values["last_status_at"] = status_at
    update_document(s, document_id, at=at, **values)
    if new is not record.state or not _is_repeated(s, document_id, new, raw_code, raw_text, note):
        add_history(s, record, new, at=at, raw_code=raw_code, raw_text=raw_text, note=note)
    return fetch(s, document_id)


def _is_repeated(s: OpenSession, document_id: int, state: State, raw_code: str, raw_text: str, note: str) -> bool:
    if not (raw_code or raw_text or note):
        return True
    last = s.execute(_LAST_LINE, {"document_id": document_id}).one_or_none()
    return last is not None and tuple(last) == (state.value, raw_code, raw_text, note)


def flag_review(s: OpenSession, document_id: int, *, code: str, reason: str, todo: str, at: datetime) -> None:
    """Put a document on the manual-review list. The state stays."""
    record = fetch(s, document_id)
    update_document(s, document_id, at=at, review_code=code, review_reason=reason, review_todo=todo)
    if (record.review_code, record.review_reason) != (code, reason):
        add_history(s, record, record.state, at=at, note=f"Elle incelemeye alındı: {reason}")


def clear_review(s: OpenSession, document_id: int, *, at: datetime, note: str = "") -> None:
    """Take a document off the manual-review list."""
    record = fetch(s, document_id)
    if not record.review_code:
        return
    update_document(s, document_id, at=at, review_code="", review_reason="", review_todo="")
    add_history(s, record, record.state, at=at, note=note or "İnceleme tamamlandı.")


def set_answer(s: OpenSession, document_id: int, answer: str, *, at: datetime) -> None:
    """Note our KABUL or RED on a received document, or the buyer's on a sent one; "" takes it back."""
    update_document(s, document_id, at=at, answer=answer)


def set_gtb_refno(s: OpenSession, document_id: int, reference: str, *, at: datetime) -> None:
    """Note the Ministry of Trade's own number of an export invoice."""
    update_document(s, document_id, at=at, gtb_refno=reference)


def mark_read(s: OpenSession, document_ids: Iterable[int], *, is_read: bool = True) -> None:
    """Remember that the user has opened these."""
    s.execute(update(DOCUMENT).where(DOCUMENT.c.id.in_(list(document_ids))).values(is_read=is_read))


def history(s: OpenSession, document_id: int) -> list[HistoryRecord]:
    """Everything that happened, oldest first."""
    rows = s.execute(select(_HISTORY).where(_HISTORY.c.document_id == document_id).order_by(_HISTORY.c.id))
    return [
        HistoryRecord(at=r.at, state=State(r.state), raw_code=r.raw_code, raw_text=r.raw_text, note=r.note)
        for r in rows
    ]


def due_for_status(
    s: OpenSession, company_id: int, *, now: datetime, floor: timedelta, arrived_after: datetime | None = None
) -> list[DocumentRecord]:
    """Documents whose status may be asked now: not final, not asked within `floor`.

    Outgoing ones that are SENT or DELIVERED, incoming ones whose answer is under way; UNKNOWN sends are not among them
    (`settle` asks for those at once). With `arrived_after` older arrivals are left out; those without one are kept.
    """
    asked_before = now - floor
    conditions = [
        DOCUMENT.c.company_id == company_id,
        DOCUMENT.c.is_final == False,  # noqa: E712 - the partial index needs this very form
        DOCUMENT.c.state.in_([State.SENT.value, State.DELIVERED.value, State.ANSWERING.value]),
        # Asked in the future: the computer's clock was wrong then.
        or_(
            DOCUMENT.c.last_status_at.is_(None),
            DOCUMENT.c.last_status_at <= asked_before,
            DOCUMENT.c.last_status_at > now,
        ),
    ]
    if arrived_after is not None:
        conditions.append(or_(DOCUMENT.c.arrived_at.is_(None), DOCUMENT.c.arrived_at >= arrived_after))
    rows = s.execute(select(*COLUMNS).where(and_(*conditions)).order_by(DOCUMENT.c.id))
    return [record_of(row) for row in rows]


def overdue_answers(s: OpenSession, company_id: int, *, now: datetime, waited: timedelta) -> list[DocumentRecord]:
    """Commercial documents and despatch notes whose time for an answer is over and that nobody has answered.

    Incoming: ANSWER_DUE past `answer_due_at`. Outgoing: DELIVERED longer than `waited` ago. An answer that is already
    under way (ANSWERING) is not overdue.
    """
    incoming = and_(DOCUMENT.c.state == State.ANSWER_DUE.value, DOCUMENT.c.answer_due_at < now)
    outgoing = and_(
        DOCUMENT.c.state == State.DELIVERED.value,
        DOCUMENT.c.direction == Direction.OUT.value,
        DOCUMENT.c.profile == TICARIFATURA,
        DOCUMENT.c.arrived_at < now - waited,
    )
    rows = s.execute(
        select(*COLUMNS)
        .where(
            DOCUMENT.c.company_id == company_id,
            DOCUMENT.c.is_final == False,  # noqa: E712 - the partial index needs this very form
            DOCUMENT.c.state.in_([State.ANSWER_DUE.value, State.DELIVERED.value]),
            or_(incoming, outgoing),
        )
        .order_by(DOCUMENT.c.id)
    ).all()
    # Nobody is asked how a despatch note stands: it is final in the sense of that index, and waits all the same.
    notes = s.execute(
        select(*COLUMNS)
        .where(
            DOCUMENT.c.company_id == company_id,
            DOCUMENT.c.direction == Direction.IN.value,
            incoming,
            DOCUMENT.c.kind == DocumentKind.DESPATCH.value,
        )
        .order_by(DOCUMENT.c.id)
    ).all()
    seen = {row.id for row in rows}
    return [record_of(row) for row in (*rows, *(row for row in notes if row.id not in seen))]


def stale_outcomes(s: OpenSession, company_id: int, *, now: datetime, waited: timedelta) -> list[DocumentRecord]:
    """Sends and answers that arrived longer than `waited` ago, have no outcome yet and are not in review.

    Their status is not asked any more (the integrator forbids it), so a person must look.
    """
    rows = s.execute(
        select(*COLUMNS)
        .where(
            DOCUMENT.c.company_id == company_id,
            DOCUMENT.c.is_final == False,  # noqa: E712 - the partial index needs this very form
            DOCUMENT.c.state.in_([State.SENT.value, State.ANSWERING.value]),
            DOCUMENT.c.arrived_at < now - waited,
            DOCUMENT.c.review_code == "",
        )
        .order_by(DOCUMENT.c.id)
    )
    return [record_of(row) for row in rows]


def mark_status_asked(s: OpenSession, document_ids: Iterable[int], *, at: datetime) -> None:
    """Remember when the status was last asked, so that the floor holds after a restart too."""
    s.execute(update(DOCUMENT).where(DOCUMENT.c.id.in_(list(document_ids))).values(last_status_at=at))
