"""The copy as it went to GİB: only the document itself, only with its seal, and then it is what counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.connectors.base import FetchedDocument, FetchQuery
from app.domain.lifecycle import SealingMode
from app.storage import documents, outbox
from app.workflows import companies, legal_copies, viewing

from .conftest import Desk


class _Copies:
    """A session that gives out these bytes as the legal copy."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def fetch(self, query: FetchQuery) -> Iterator[list[FetchedDocument]]:
        yield [FetchedDocument(ettn=query.ettn, number="", content=self.raw)]


def _due(desk: Desk, ettn: str) -> bytes:
    """Bring a sent document to where its legal copy is due; returns our bytes."""
    record = desk.get(ettn)
    with desk.office.db.write("db.legal") as s:
        outbox.enqueue(s, desk.company.id, record.id, "legal_copy", {}, at=desk.clock.now())
        raw = documents.load_file(s, record.id, "sealed")
    assert raw is not None
    return raw


def _fetch(desk: Desk, raw: bytes) -> legal_copies.LegalReport:
    session: Any = _Copies(raw)
    return legal_copies.fetch_legal_copies(desk.ctx, desk.company, session)


def test_bytes_without_a_seal_are_never_the_legal_copy(desk: Desk) -> None:
    desk.company = companies.save_company(
        desk.ctx, replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
    )
    ettn = desk.draft(0)
    desk.issue(ettn)
    ours = _due(desk, ettn)
    report = _fetch(desk, ours)
    assert (report.fetched, report.later) == ([], [ettn])
    assert not desk.get(ettn).has_legal_copy


def test_another_document_is_never_the_legal_copy(desk: Desk) -> None:
    first, second = desk.draft(0), desk.draft(0)
    desk.issue(first, second)
    _due(desk, first)
    with desk.office.db.read() as s:
        other = documents.load_file(s, desk.get(second).id, "sealed")
    assert other is not None
    report = _fetch(desk, other)
    assert (report.fetched, report.later) == ([], [first])


def test_the_legal_copy_is_what_is_shown_and_a_difference_is_told(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    copy = _due(desk, ettn) + b"\n"
    assert _fetch(desk, copy).differs == [ettn]
    seen = viewing.viewable(desk.ctx, desk.company, ettn, template=b"")
    assert (seen.role, seen.raw) == ("legal", copy)
    assert seen.watermark == "TEST"
    with desk.office.db.read() as s:
        lines = [h.note for h in documents.history(s, desk.get(ettn).id)]
    assert any("farklı" in line for line in lines)
