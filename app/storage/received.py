"""Received documents: one by company + direction + ETTN; a repeated number is linked, never merged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import blobs, quarantine
from app.storage.database import OpenSession
from app.storage.document_files import files, insert_file
from app.storage.document_rows import (
    COLUMNS,
    DOCUMENT,
    FIND,
    add_history_line,
    fetch,
    insert_document,
    record_of,
    update_document,
)
from app.storage.records import DocumentIndex, DocumentRecord

_SAME_NUMBER = (
    select(DOCUMENT.c.id)
    .where(
        DOCUMENT.c.company_id == bindparam("company_id"),
        DOCUMENT.c.direction == Direction.IN.value,
        DOCUMENT.c.partner_vkn == bindparam("vkn"),
        DOCUMENT.c.number == bindparam("number"),
    )
    .order_by(DOCUMENT.c.id)
    .limit(1)
)


def store_received(
    s: OpenSession,
    company_id: int,
    *,
    ettn: str,
    index: DocumentIndex,
    raw: bytes,
    at: datetime,
    kind: DocumentKind = DocumentKind.INVOICE,
    state: State | None = None,
    arrived_at: datetime | None = None,
    answer_due_at: datetime | None = None,
    raw_code: str = "",
    raw_text: str = "",
    is_final: bool = False,
    answer: str = "",
    note: str = "",
) -> tuple[DocumentRecord, bool]:
    """Keep a received document with its bytes; returns it and whether it is new.

    `state` is ANSWER_DUE when `answer_due_at` is given, else RECEIVED, unless said otherwise. Another document of the
    same sender and number is linked by `duplicate_of`. The same ETTN again changes nothing; with other bytes the new
    ones go to quarantine and the document to manual review.
    """
    key = {"company_id": company_id, "direction": Direction.IN.value, "ettn": ettn}
    known = s.execute(FIND, key).one_or_none()
    if known is not None:
        return _again(s, record_of(known), raw, at), False
    if state is None:
        state = State.ANSWER_DUE if answer_due_at is not None else State.RECEIVED
    original = _original(s, company_id, index)
    document_id = insert_document(
        s,
        company_id,
        direction=Direction.IN,
        kind=kind,
        ettn=ettn,
        index=index,
        state=state,
        at=at,
        number=index.number,
        arrived_at=arrived_at,
        answer_due_at=answer_due_at,
        raw_code=raw_code,
        raw_text=raw_text,
        is_final=is_final,
        answer=answer,
        duplicate_of=original,
    )
    insert_file(s, company_id, document_id, "received", raw, attempt_no=0, at=at)
    text = note or "Belge alındı."
    if original is not None:
        text += " Yeniden gönderim / mükerrer: aynı göndericinin bu numarayla başka bir belgesi var."
    add_history_line(s, company_id, document_id, state, at=at, raw_code=raw_code, raw_text=raw_text, note=text)
    return fetch(s, document_id), True


def _again(s: OpenSession, record: DocumentRecord, raw: bytes, at: datetime) -> DocumentRecord:
    digest = blobs.sha256_hex(raw)
    if any(file.sha256 == digest for file in files(s, record.id) if file.role == "received"):
        return record
    reason = "Aynı ETTN ile içeriği farklı bir belge geldi; ilk gelen korundu, yenisi karantinada."
    quarantine.keep(
        s, record.company_id, name=f"{record.ettn}.xml", raw=raw, code="RECEIVE.DIFFERS", reason=reason, at=at
    )
    update_document(
        s,
        record.id,
        at=at,
        review_code="RECEIVE.DIFFERS",
        review_reason=reason,
        review_todo="Göndericiye hangisinin geçerli olduğunu sorun.",
    )
    add_history_line(s, record.company_id, record.id, record.state, at=at, note=reason)
    return fetch(s, record.id)


def _original(s: OpenSession, company_id: int, index: DocumentIndex) -> int | None:
    """The first document of the same sender and number, if any."""
    if not index.number or not index.partner_vkn:
        return None
    key = {"company_id": company_id, "vkn": index.partner_vkn, "number": index.number}
    found: int | None = s.execute(_SAME_NUMBER, key).scalar()
    return found


def set_received_ack(s: OpenSession, document_id: int, *, at: datetime) -> None:
    """Remember that the integrator was told (MarkInvoice) that we keep this document."""
    s.execute(update(DOCUMENT).where(DOCUMENT.c.id == document_id).values(acked_at=at))


def unacked(s: OpenSession, company_id: int, *, limit: int = 10_000) -> list[DocumentRecord]:
    """Received documents that the integrator does not know we have (a crash between storing and marking)."""
    rows: Any = s.execute(
        select(*COLUMNS)
        .where(
            DOCUMENT.c.company_id == company_id,
            DOCUMENT.c.direction == Direction.IN.value,
            DOCUMENT.c.acked_at.is_(None),
        )
        .order_by(DOCUMENT.c.id)
        .limit(limit)
    )
    return [record_of(row) for row in rows]
