"""The bytes of a document by role: sealed, legal, received, answer. Nothing is ever overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.domain.errors import StorageError
from app.storage import blobs
from app.storage.database import OpenSession
from app.storage.document_rows import fetch, update_document
from app.storage.models import AttemptRow, BlobRow, DocumentFileRow, table
from app.storage.records import AttemptRecord, FileRecord

_FILE = table(DocumentFileRow)
_BLOB = table(BlobRow)
_ATTEMPT = table(AttemptRow)
_INSERT_FILE = insert(_FILE)
_INSERT_ATTEMPT = insert(_ATTEMPT)
#: Roles whose bytes belong to one attempt of ours.
_PER_ATTEMPT = frozenset({"sealed", "legal"})


def add_file(s: OpenSession, document_id: int, role: str, raw: bytes, *, at: datetime) -> str:
    """Keep `raw` as the document's file of this role; return its SHA-256 hex.

    The same bytes again change nothing. "sealed" and "legal" belong to the current attempt and "received" to the
    document: other bytes there raise StorageError (FILE.IMMUTABLE). A new "answer" is kept beside the older one.
    """
    record = fetch(s, document_id)
    attempt_no = record.attempt_no if role in _PER_ATTEMPT else 0
    existing = s.execute(
        select(_FILE.c.attempt_no, _BLOB.c.sha256)
        .join(_BLOB, _BLOB.c.id == _FILE.c.blob_id)
        .where(_FILE.c.document_id == document_id, _FILE.c.role == role)
        .order_by(_FILE.c.attempt_no)
    ).all()
    digest = blobs.sha256_hex(raw)
    if role == "answer":
        if existing and existing[-1].sha256 == digest:
            return digest
        attempt_no = existing[-1].attempt_no + 1 if existing else 1
    else:
        here = next((row for row in existing if row.attempt_no == attempt_no), None)
        if here is not None and here.sha256 == digest:
            return digest
        if here is not None:
            raise StorageError(
                "FILE.IMMUTABLE",
                "Belgenin saklı içeriği değiştirilemez.",
                why="Aynı belge için başka bir içerik geldi; ilki korundu.",
                todo="Belgenin geçmişine bakın; kuşku varsa entegratörünüze danışın.",
            )
    insert_file(s, record.company_id, document_id, role, raw, attempt_no=attempt_no, at=at)
    if role == "legal":
        update_document(s, document_id, at=at, has_legal_copy=True)
    return digest


def insert_file(
    s: OpenSession, company_id: int, document_id: int, role: str, raw: bytes, *, attempt_no: int, at: datetime
) -> str:
    """Add a file row that is known to be new; return the SHA-256 hex."""
    blob_id, digest = blobs.store(s, company_id, raw)
    values = {
        "company_id": company_id,
        "document_id": document_id,
        "role": role,
        "attempt_no": attempt_no,
        "blob_id": blob_id,
        "at": at,
    }
    s.execute(_INSERT_FILE, values)
    return digest


def load_file(s: OpenSession, document_id: int, role: str, *, attempt_no: int | None = None) -> bytes | None:
    """The bytes of a role, None when there are none. Without `attempt_no`: of the current attempt, and of an answer
    the latest. Raises: StorageError (BLOB.DAMAGED) when they are not what was stored.
    """
    statement = select(_FILE.c.blob_id).where(_FILE.c.document_id == document_id, _FILE.c.role == role)
    if attempt_no is None and role in _PER_ATTEMPT:
        attempt_no = fetch(s, document_id).attempt_no
    if attempt_no is not None:
        statement = statement.where(_FILE.c.attempt_no == attempt_no)
    blob_id = s.execute(statement.order_by(_FILE.c.attempt_no.desc()).limit(1)).scalar()
    return None if blob_id is None else blobs.load(s, blob_id)


def files(s: OpenSession, document_id: int) -> list[FileRecord]:
    """What bytes there are, oldest first."""
    rows: Any = s.execute(
        select(_FILE.c.role, _FILE.c.attempt_no, _BLOB.c.sha256, _BLOB.c.size_bytes, _FILE.c.at)
        .join(_BLOB, _BLOB.c.id == _FILE.c.blob_id)
        .where(_FILE.c.document_id == document_id)
        .order_by(_FILE.c.id)
    )
    return [
        FileRecord(role=r.role, attempt_no=r.attempt_no, sha256=r.sha256, size_bytes=r.size_bytes, at=r.at)
        for r in rows
    ]


def attempts(s: OpenSession, document_id: int) -> list[AttemptRecord]:
    """The sealings of a document, first to last."""
    rows = s.execute(select(_ATTEMPT).where(_ATTEMPT.c.document_id == document_id).order_by(_ATTEMPT.c.attempt_no))
    return [
        AttemptRecord(attempt_no=r.attempt_no, ettn=r.ettn, sealed_by=r.sealed_by, sha256=r.sha256, at=r.at)
        for r in rows
    ]


def insert_attempt(
    s: OpenSession,
    company_id: int,
    document_id: int,
    *,
    attempt_no: int,
    ettn: str,
    sealed_by: str,
    xml: bytes,
    at: datetime,
) -> None:
    """An attempt with its sealed bytes."""
    digest = insert_file(s, company_id, document_id, "sealed", xml, attempt_no=attempt_no, at=at)
    values = {
        "company_id": company_id,
        "document_id": document_id,
        "attempt_no": attempt_no,
        "ettn": ettn,
        "sealed_by": sealed_by,
        "sha256": digest,
        "at": at,
    }
    s.execute(_INSERT_ATTEMPT, values)
