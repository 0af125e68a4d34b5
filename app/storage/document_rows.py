"""Between the document table and DocumentRecord: columns in one order, built without ORM entities.

The statements of the hot path are built once, with bound parameters: building a 40-column insert anew costs ten times
what SQLite needs for it (measured).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.document_number import parse_document_number
from app.domain.errors import StorageError
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.turkish import fold
from app.storage.database import OpenSession
from app.storage.folding import fold_extra, fold_keys, sort_text
from app.storage.models import DocumentRow, DocumentSearchRow, HistoryRow, table
from app.storage.records import DocumentIndex, DocumentRecord

DOCUMENT = table(DocumentRow)
_SEARCH = table(DocumentSearchRow)
_HISTORY = table(HistoryRow)
_FIELDS: tuple[str, ...] = DocumentRecord.__slots__
COLUMNS = [DOCUMENT.c[name] for name in _FIELDS]
_DIRECTION = _FIELDS.index("direction")
_KIND = _FIELDS.index("kind")
_STATE = _FIELDS.index("state")
_DIRECTIONS = {d.value: d for d in Direction}
_KINDS = {k.value: k for k in DocumentKind}
_STATES = {st.value: st for st in State}

_FETCH = select(*COLUMNS).where(DOCUMENT.c.id == bindparam("by_id"))
FIND = select(*COLUMNS).where(
    DOCUMENT.c.company_id == bindparam("company_id"),
    DOCUMENT.c.direction == bindparam("direction"),
    DOCUMENT.c.ettn == bindparam("ettn"),
)
_INSERT = insert(DOCUMENT).returning(DOCUMENT.c.id)
_UPDATE = update(DOCUMENT).where(DOCUMENT.c.id == bindparam("by_id"))
_INSERT_HISTORY = insert(_HISTORY)
_SEARCH_INSERT = upsert(_SEARCH)
_UPSERT_SEARCH = _SEARCH_INSERT.on_conflict_do_update(
    index_elements=["document_id"],
    set_={"keys": _SEARCH_INSERT.excluded["keys"], "extra": _SEARCH_INSERT.excluded["extra"]},
)
_UPDATE_SEARCH_KEYS = update(_SEARCH).where(_SEARCH.c.document_id == bindparam("by_id"))


_UNSET: dict[str, Any] = dict.fromkeys(DOCUMENT.c.keys()[1:]) | {
    "number": "",
    "is_final": False,
    "review_code": "",
    "review_reason": "",
    "review_todo": "",
    "sealed_by": "",
    "attempt_no": 0,
    "raw_code": "",
    "raw_text": "",
    "answer": "",
    "has_legal_copy": False,
    "gtb_refno": "",
}


def record_of(row: Sequence[Any]) -> DocumentRecord:
    """The record of a row selected by `COLUMNS`."""
    values = dict(zip(_FIELDS, row, strict=True))
    values["direction"] = _DIRECTIONS[row[_DIRECTION]]
    values["kind"] = _KINDS[row[_KIND]]
    values["state"] = _STATES[row[_STATE]]
    return DocumentRecord(**values)


def fetch(s: OpenSession, document_id: int) -> DocumentRecord:
    """Raises: StorageError (DOC.UNKNOWN)."""
    row = s.execute(_FETCH, {"by_id": document_id}).one_or_none()
    if row is None:
        raise StorageError("DOC.UNKNOWN", "Belge bulunamadı.", todo="Listeyi yenileyin.")
    return record_of(row)


def index_values(index: DocumentIndex) -> dict[str, Any]:
    """The columns that a DocumentIndex fills, number aside."""
    return {
        "profile": index.profile,
        "type_code": index.type_code,
        "issue_date": index.issue_date,
        "partner_vkn": index.partner_vkn,
        "partner_name": index.partner_name,
        "partner_folded": fold(index.partner_name)[:80],
        "partner_sort": sort_text(index.partner_name),
        "currency": index.currency,
        "payable": index.payable,
        "vat": index.vat,
        "sender_label": index.sender_label,
        "receiver_label": index.receiver_label,
    }


def number_values(text: str) -> dict[str, Any]:
    """Number columns of one of our own numbers. Raises: InputError (NUMBER.SHAPE)."""
    number = parse_document_number(text)
    return {"number": text, "series": number.series, "year": number.year, "sequence": number.sequence}


def insert_document(
    s: OpenSession,
    company_id: int,
    *,
    direction: Direction,
    kind: DocumentKind,
    ettn: str,
    index: DocumentIndex,
    state: State,
    at: datetime,
    **more: Any,
) -> int:
    """A new row with defaults for everything not given; returns its id. Writes the search row too."""
    values: dict[str, Any] = {
        **_UNSET,
        "company_id": company_id,
        "direction": direction.value,
        "kind": kind.value,
        "ettn": ettn,
        "state": state.value,
        "created_at": at,
        "updated_at": at,
        "is_read": direction is Direction.OUT,
        **index_values(index),
        **more,
    }
    document_id: int = s.execute(_INSERT, values).scalar_one()
    write_search(s, company_id, document_id, number=values["number"], index=index)
    return document_id


def write_search(s: OpenSession, company_id: int, document_id: int, *, number: str, index: DocumentIndex) -> None:
    """Insert or replace the folded text of a document."""
    values = {
        "document_id": document_id,
        "company_id": company_id,
        "keys": fold_keys(number, index.partner_name, index.partner_vkn),
        "extra": fold_extra(index.search_text),
    }
    s.execute(_UPSERT_SEARCH, values)


def write_search_number(s: OpenSession, record: DocumentRecord, number: str) -> None:
    """Add the number that a draft has got to its folded text."""
    keys = fold_keys(number, record.partner_name, record.partner_vkn)
    s.execute(_UPDATE_SEARCH_KEYS, {"by_id": record.id, "keys": keys})


def add_history(
    s: OpenSession,
    record: DocumentRecord,
    state: State,
    *,
    at: datetime,
    raw_code: str = "",
    raw_text: str = "",
    note: str = "",
) -> None:
    """One line of history."""
    add_history_line(s, record.company_id, record.id, state, at=at, raw_code=raw_code, raw_text=raw_text, note=note)


def add_history_line(
    s: OpenSession,
    company_id: int,
    document_id: int,
    state: State,
    *,
    at: datetime,
    raw_code: str = "",
    raw_text: str = "",
    note: str = "",
) -> None:
    """One line of history of a document whose record was not read."""
    values = {
        "company_id": company_id,
        "document_id": document_id,
        "at": at,
        "state": state.value,
        "raw_code": raw_code,
        "raw_text": raw_text,
        "note": note,
    }
    s.execute(_INSERT_HISTORY, values)


def update_document(s: OpenSession, document_id: int, *, at: datetime, **values: Any) -> None:
    """Set columns of one document."""
    s.execute(_UPDATE, {"by_id": document_id, "updated_at": at, **values})
