"""Received things that cannot be read, kept as they came with the reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.storage import blobs
from app.storage.database import OpenSession
from app.storage.models import BlobRow, QuarantineRow, table
from app.storage.records import KeptFile

_KEPT = table(QuarantineRow)
_BLOB = table(BlobRow)


def keep(s: OpenSession, company_id: int, *, name: str, raw: bytes, code: str, reason: str, at: datetime) -> int:
    """Keep `raw`; the same bytes with the same code again are one row. Returns its id."""
    blob_id, _ = blobs.store(s, company_id, raw)
    statement = (
        upsert(QuarantineRow)
        .values(company_id=company_id, name=name, blob_id=blob_id, code=code, reason=reason, at=at)
        .on_conflict_do_update(index_elements=["company_id", "blob_id", "code"], set_={"reason": reason})
        .returning(QuarantineRow.id)
    )
    return s.execute(statement).scalar_one()


def list_kept(s: OpenSession, company_id: int) -> list[KeptFile]:
    """What is kept for a company, newest first."""
    rows: Any = s.execute(
        select(_KEPT, _BLOB.c.sha256, _BLOB.c.size_bytes)
        .join(_BLOB, _BLOB.c.id == _KEPT.c.blob_id)
        .where(_KEPT.c.company_id == company_id)
        .order_by(_KEPT.c.id.desc())
    )
    return [
        KeptFile(
            id=r.id,
            company_id=r.company_id,
            name=r.name,
            sha256=r.sha256,
            size_bytes=r.size_bytes,
            code=r.code,
            reason=r.reason,
            at=r.at,
        )
        for r in rows
    ]


def load_kept(s: OpenSession, kept_id: int) -> bytes:
    """The bytes as they came. Raises: StorageError (BLOB.MISSING, BLOB.DAMAGED)."""
    blob_id = s.execute(select(_KEPT.c.blob_id).where(_KEPT.c.id == kept_id)).scalar()
    return blobs.load(s, -1 if blob_id is None else blob_id)
