"""The legal copy comes home: the signed XML as it went to GİB, archived beside ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.connectors.base import ConnectorError, FetchQuery, Session, Unreachable
from app.domain.errors import AppError
from app.domain.lifecycle import Direction
from app.signing.verify import verify_document
from app.storage import documents, outbox
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.ubl.reader import summarize
from app.workflows import points
from app.workflows.context import WorkContext
from app.workflows.sending import backoff


@dataclass(slots=True, kw_only=True)
class LegalReport:
    fetched: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"fetched": self.fetched, "later": self.later, "differs": self.differs}


def fetch_legal_copies(ctx: WorkContext, company: CompanyRecord, session: Session, *, limit: int = 500) -> LegalReport:
    """Fetch the copies that are due, one by one by ETTN. Raises Unreachable when the line is down."""
    report = LegalReport()
    with ctx.db.read() as s:
        rows = outbox.due(s, company.id, now=ctx.clock.now(), action="legal_copy", limit=limit)
        todo = [(row, documents.get(s, row.document_id)) for row in rows]
    for done, (row, record) in enumerate(todo):
        ctx.progress.report(done, len(todo), "Yasal nüshalar alınıyor")
        ctx.progress.checkpoint()
        try:
            raw = _fetch(session, record)
        except Unreachable:
            raise
        except ConnectorError as error:
            _later(ctx, row, error)
            report.later.append(record.ettn)
            continue
        if raw is None or not _is_same_document(record, raw):
            _later(ctx, row, None)
            report.later.append(record.ettn)
            continue
        _store(ctx, record, row, raw, report)
    return report


def _fetch(session: Session, record: DocumentRecord) -> bytes | None:
    for page in session.fetch(FetchQuery(direction=Direction.OUT, include_read=True, ettn=record.ettn)):
        for document in page:
            if document.ettn.lower() == record.ettn and document.damage is None and document.content:
                return document.content
    return None


def _is_same_document(record: DocumentRecord, raw: bytes) -> bool:
    """Whether `raw` may be archived for good: it is this document, and it carries a seal.

    Where the integrator seals, ours has none; an answer that came before its sealing would be just our own bytes back.
    """
    try:
        summary = summarize(raw)
        return summary.ettn == record.ettn and summary.number == record.number and has_seal(raw)
    except AppError:
        return False


def has_seal(raw: bytes) -> bool:
    """Whether there is any signature in the document, good or bad. Raises: InputError for what cannot be read."""
    return bool(verify_document(raw).signatures)


def _store(ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, raw: bytes, report: LegalReport) -> None:
    now = ctx.clock.now()
    with ctx.db.write(points.LEGAL) as s:
        ours = documents.load_file(s, record.id, "sealed")
        documents.add_file(s, record.id, "legal", raw, at=now)
        outbox.settle(s, row.id, at=now)
        if record.sealed_by != "integrator" and ours is not None and ours != raw:
            # We sealed it ourselves, so the bytes should be ours; both copies stay and the user is told.
            documents.set_state(
                s,
                record.id,
                record.state,
                at=now,
                note="GİB'e giden nüsha bizim mühürlediğimizden farklı; ikisi de saklandı.",
            )
            report.differs.append(record.ettn)
    report.fetched.append(record.ettn)


def _later(ctx: WorkContext, row: OutboxRecord, error: ConnectorError | None) -> None:
    now = ctx.clock.now()
    asked = int(row.payload.get("asked", 0))
    with ctx.db.write(points.LEGAL) as s:
        outbox.postpone(
            s,
            row.id,
            until=now + backoff(asked + 1),
            error_code=error.code if error is not None else "LEGAL.NOT_YET",
            error_text=error.sentence if error is not None else "",
            at=now,
            payload={**row.payload, "asked": asked + 1},
        )
