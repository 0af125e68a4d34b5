from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import StorageError
from app.storage import blobs, documents, quarantine


def test_bytes_come_back_exactly(lab: Any) -> None:
    record = lab.sealed("e-1")
    raw = bytes(range(256)) * 40 + "ığüşöç\r\n\n \ufeff".encode()
    with lab.db.write(lab.point) as s:
        digest = documents.add_file(s, record.id, "legal", raw, at=lab.now)
        assert documents.load_file(s, record.id, "legal") == raw
        assert documents.get(s, record.id).has_legal_copy is True
        kept = {file.role: file for file in documents.files(s, record.id)}
    assert digest == hashlib.sha256(raw).hexdigest()
    assert kept["legal"].sha256 == digest
    assert kept["legal"].size_bytes == len(raw)
    assert kept["sealed"].attempt_no == 1


@pytest.mark.parametrize("raw", [b"", b"\x00", b"a" * 1_000_000])
def test_odd_sizes(lab: Any, raw: bytes) -> None:
    with lab.db.write(lab.point) as s:
        blob_id, _ = blobs.store(s, lab.company.id, raw)
        assert blobs.load(s, blob_id) == raw


def test_same_bytes_are_kept_once_per_company(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    with lab.db.write(lab.point) as s:
        first, _ = blobs.store(s, lab.company.id, b"<same/>")
        second, _ = blobs.store(s, lab.company.id, b"<same/>")
        third, _ = blobs.store(s, other.id, b"<same/>")
    assert first == second != third


def test_absent_role_is_none(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.read() as s:
        assert documents.load_file(s, record.id, "legal") is None


def test_sealed_and_legal_bytes_are_never_overwritten(lab: Any) -> None:
    record = lab.sealed("e-1")
    with lab.db.write(lab.point) as s:
        documents.add_file(s, record.id, "legal", b"<one/>", at=lab.now)
        documents.add_file(s, record.id, "legal", b"<one/>", at=lab.now)
        for role in ("legal", "sealed"):
            with pytest.raises(StorageError) as refusal:
                documents.add_file(s, record.id, role, b"<two/>", at=lab.now)
            assert refusal.value.code == "FILE.IMMUTABLE"
        assert documents.load_file(s, record.id, "legal") == b"<one/>"


def test_answers_are_kept_beside_each_other_and_the_latest_counts(lab: Any) -> None:
    record = lab.receive("r-1")
    with lab.db.write(lab.point) as s:
        for raw in (b"<first/>", b"<second/>", b"<second/>"):
            documents.add_file(s, record.id, "answer", raw, at=lab.now)
        assert documents.load_file(s, record.id, "answer") == b"<second/>"
        assert documents.load_file(s, record.id, "answer", attempt_no=1) == b"<first/>"
        assert len([f for f in documents.files(s, record.id) if f.role == "answer"]) == 2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE blob SET content = x'00'",
        "UPDATE blob SET content = substr(content, 1, length(content) - 9)",
        "UPDATE blob SET content = (SELECT content FROM blob AS other WHERE other.id <> blob.id LIMIT 1)",
        "UPDATE blob SET size_bytes = size_bytes - 1",
        "UPDATE blob SET codec = 'raw'",
    ],
)
def test_damaged_bytes_are_never_handed_out(lab: Any, damage: str) -> None:
    record = lab.receive("r-1", raw=b"<Invoice/>" * 100)
    lab.receive("r-2", raw=b"<Other/>" * 100)
    with lab.db.write(lab.point) as s:
        s.execute(text("DROP TRIGGER blob_immutable"))
        s.execute(text(damage))
    with lab.db.read() as s, pytest.raises(StorageError) as error:
        documents.load_file(s, record.id, "received")
    assert error.value.code == "BLOB.DAMAGED"


def test_quarantine_keeps_what_came_with_the_reason(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        for _ in range(2):
            quarantine.keep(
                s, lab.company.id, name="x.zip", raw=b"PK\x03\x04", code="ZIP.BOMB", reason="Çok büyük.", at=lab.now
            )
        (kept,) = quarantine.list_kept(s, lab.company.id)
        assert quarantine.load_kept(s, kept.id) == b"PK\x03\x04"
        with pytest.raises(StorageError):
            quarantine.load_kept(s, kept.id + 1)
    assert (kept.name, kept.code, kept.reason, kept.size_bytes) == ("x.zip", "ZIP.BOMB", "Çok büyük.", 4)
