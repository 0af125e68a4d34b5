"""Documents of ours that only the integrator still has: stored again after an older backup was restored.

The one place where a document gets a number that this database did not give. The unique index and the triggers of
the document table stay the judges: a number that is another document's is refused, never moved.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.domain.document_number import DocumentNumber
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import documents, numbers, outbox
from app.storage.database import OpenSession
from app.storage.document_rows import (
    add_history,
    add_history_line,
    fetch,
    index_values,
    insert_document,
    number_values,
    update_document,
    write_search,
)
from app.storage.records import DocumentIndex, DocumentRecord

_NOTE = "Yedekten sonra gönderilmiş; entegratördeki kaydından geri alındı."
#: The way of a document that was waiting when the backup was made and has been sent since.
_WAY_OUT = (State.SEALED, State.QUEUED, State.SENDING, State.SENT)


class Missing(StrEnum):
    """What this database lacks of a document that the integrator has. TAKEN: its number is another document's here."""

    NOTHING = "nothing"
    SENDING = "sending"
    NUMBER = "number"
    ATTEMPT = "attempt"
    DOCUMENT = "document"
    TAKEN = "taken"


def what_is_missing(
    s: OpenSession, company_id: int, *, ettn: str, number: str, has_failed: bool
) -> tuple[Missing, DocumentRecord | None]:
    """Compare one outgoing document over there with ours. `has_failed` is what the integrator says of it.

    Returns the record it is about (for TAKEN the one that holds the number), None when there is none.
    """
    known = documents.find(s, company_id, Direction.OUT, ettn)
    if known is None and documents.find(s, company_id, Direction.OUT, ettn, any_attempt=True) is not None:
        return Missing.NOTHING, None  # an earlier attempt of a document that has moved on
    holders = documents.find_by_number(s, company_id, Direction.OUT, number)
    holder = next((r for r in holders if known is None or r.id != known.id), None)
    if holder is not None:
        # The same number under a new ETTN: a failed document that was sealed and sent again since the backup.
        is_next_attempt = known is None and holder.state is State.FAILED
        return (Missing.ATTEMPT if is_next_attempt else Missing.TAKEN), holder
    if known is None:
        return Missing.DOCUMENT, None
    if not known.number:
        return Missing.NUMBER, known
    if known.number != number:
        return Missing.TAKEN, known
    if known.state is State.FAILED and not has_failed:
        return Missing.ATTEMPT, known
    # A failed outcome of a second attempt may be that of the first one: the waiting one is then still to be sent.
    if known.state in (State.SEALED, State.QUEUED) and not (has_failed and known.attempt_no > 1):
        return Missing.SENDING, known
    return Missing.NOTHING, known


def store_sent(
    s: OpenSession,
    company_id: int,
    *,
    ettn: str,
    number: DocumentNumber,
    kind: DocumentKind,
    index: DocumentIndex,
    raw: bytes,
    has_failed: bool,
    at: datetime,
) -> tuple[DocumentRecord | None, Missing]:
    """Bring a document back as SENT with its bytes (role "legal") and its number; returns it and what was missing.

    With NOTHING and TAKEN nothing is written. A draft that had not been sealed yet gets the number it went out with.
    """
    missing, record = what_is_missing(s, company_id, ettn=ettn, number=str(number), has_failed=has_failed)
    if missing in (Missing.NOTHING, Missing.TAKEN):
        return record, missing
    if missing is Missing.SENDING and record is not None:
        return note_sent(s, record, at=at), missing
    if missing is Missing.ATTEMPT and record is not None:
        numbers.store_new_attempt(
            s,
            record.id,
            xml=raw,
            ettn=ettn,
            at=at,
            sealed_by=record.sealed_by or "integrator",
            index=index,
            note=_NOTE,
        )
        documents.clear_review(s, record.id, at=at)
        record = note_sent(s, fetch(s, record.id), at=at)
    elif record is not None:
        update_document(
            s,
            record.id,
            at=at,
            **index_values(index),
            **number_values(str(number)),
            state=State.SENT.value,
            is_final=False,
        )
        write_search(s, company_id, record.id, number=str(number), index=index)
        add_history(s, record, State.SENT, at=at, note=_NOTE)
    else:
        document_id = insert_document(
            s,
            company_id,
            direction=Direction.OUT,
            kind=kind,
            ettn=ettn,
            index=index,
            state=State.SENT,
            at=at,
            **number_values(str(number)),
        )
        add_history_line(s, company_id, document_id, State.SENT, at=at, note=_NOTE)
        record = fetch(s, document_id)
    documents.add_file(s, record.id, "legal", raw, at=at)
    return fetch(s, record.id), missing


def note_sent(s: OpenSession, record: DocumentRecord, *, at: datetime) -> DocumentRecord:
    """A sealed or queued document was sent after the backup: walk it to SENT and end its intent."""
    for state in _WAY_OUT[_WAY_OUT.index(record.state) + 1 :]:
        documents.set_state(s, record.id, state, at=at, note=_NOTE if state is State.SENT else "")
    for row in outbox.open_for(s, record.id, "send"):
        outbox.settle(s, row.id, at=at)
    return fetch(s, record.id)
