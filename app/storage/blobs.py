"""Raw bytes, compressed and checked. What was sealed, sent or received lies here byte for byte."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import bindparam, insert, select

from app.domain.errors import StorageError
from app.storage.database import OpenSession
from app.storage.models import BlobRow, table

_BLOB = table(BlobRow)
_LEVEL = 6
_KNOWN = select(_BLOB.c.id).where(_BLOB.c.company_id == bindparam("company_id"), _BLOB.c.sha256 == bindparam("sha256"))
_INSERT = insert(_BLOB).returning(_BLOB.c.id)


def sha256_hex(raw: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(raw).hexdigest()


def store(s: OpenSession, company_id: int, raw: bytes) -> tuple[int, str]:
    """Keep `raw` for a company; return (blob id, SHA-256 hex). The same bytes are kept once per company."""
    digest = sha256_hex(raw)
    known = s.execute(_KNOWN, {"company_id": company_id, "sha256": digest}).scalar()
    if known is not None:
        return known, digest
    packed = zlib.compress(raw, _LEVEL)
    codec, content = ("zlib", packed) if len(packed) < len(raw) else ("raw", raw)
    values = {
        "company_id": company_id,
        "sha256": digest,
        "size_bytes": len(raw),
        "codec": codec,
        "content": content,
    }
    return s.execute(_INSERT, values).scalar_one(), digest


def load(s: OpenSession, blob_id: int) -> bytes:
    """The raw bytes, checked against their SHA-256. Raises: StorageError (BLOB.DAMAGED, BLOB.MISSING)."""
    row = s.execute(
        select(_BLOB.c.codec, _BLOB.c.content, _BLOB.c.size_bytes, _BLOB.c.sha256).where(_BLOB.c.id == blob_id)
    ).one_or_none()
    if row is None:
        raise StorageError("BLOB.MISSING", "Belgenin içeriği veritabanında yok.", todo="Yedeği geri yükleyin.")
    raw = bytes(row.content)
    if row.codec == "zlib":
        unpacker = zlib.decompressobj()
        try:
            # One byte over the known size is enough to see that it differs.
            raw = unpacker.decompress(raw, row.size_bytes + 1)
        except zlib.error as error:
            raise _damaged() from error
    if len(raw) != row.size_bytes or sha256_hex(raw) != row.sha256:
        raise _damaged()
    return raw


def _damaged() -> StorageError:
    return StorageError(
        "BLOB.DAMAGED",
        "Belgenin saklanan içeriği bozulmuş.",
        why="İçerik, kaydedilirken alınan SHA-256 özetiyle uyuşmuyor (disk arızası olabilir).",
        todo="Belgeyi yedekten geri yükleyin ya da entegratörden yeniden indirin; diski denetleyin.",
    )
