"""Unknown outcomes: ask at once, then with backoff; send again only when the integrator surely has nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.connectors.base import Session, StatusReport
from app.domain.lifecycle import Direction, State
from app.storage import documents, outbox
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.workflows import points, slices, tracking
from app.workflows.context import WorkContext
from app.workflows.sending import backoff

#: A request whose answer was lost may still be worked on over there: "not found" counts only when it is said twice,
#: at least this far apart. When an answer did come (an error), once is enough.
SURE_AFTER = timedelta(minutes=2)
#: After so many tries a person should look.
MAX_TRIES = 8


@dataclass(slots=True, kw_only=True)
class SettleReport:
    """ETTNs by what the question brought."""

    found: list[str] = field(default_factory=list)
    requeued: list[str] = field(default_factory=list)
    still_unknown: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "found": self.found,
            "requeued": self.requeued,
            "still_unknown": self.still_unknown,
            "review": self.review,
        }


def settle_unknown(ctx: WorkContext, company: CompanyRecord, session: Session, *, limit: int = 1000) -> SettleReport:
    """Ask for the status of every send whose outcome is unknown and due. Not bound by the status floor.

    Raises: ConnectorError when the question itself fails; nothing changes then.
    """
    report = SettleReport()
    asked: list[tuple[DocumentRecord, OutboxRecord]] = []
    with ctx.db.read() as s:
        for row in outbox.due(s, company.id, now=ctx.clock.now(), action="send", limit=limit):
            record = documents.get(s, row.document_id)
            if record.state is State.UNKNOWN:
                asked.append((record, row))
    if not asked:
        return report
    answers = {r.ettn: r for r in session.statuses([record.ettn for record, _ in asked], direction=Direction.OUT)}

    def settle_one(s: OpenSession, item: tuple[DocumentRecord, OutboxRecord]) -> None:
        record, row = item
        answer = answers.get(record.ettn)
        if answer is not None and answer.found and _is_ours(record, answer):
            documents.set_state(s, record.id, State.SENT, at=ctx.clock.now(), note="Belge entegratöre ulaşmış.")
            outbox.settle(s, row.id, at=ctx.clock.now())
            tracking.apply_report(ctx, s, documents.get(s, record.id), answer)
            report.found.append(record.ettn)
        elif answer is not None and not answer.found:
            _not_found(ctx, s, record, row, report)
        else:
            _wait(ctx, s, record, row, report)

    slices.write_each(ctx, points.SETTLE, asked, settle_one)
    return report


def _is_ours(record: DocumentRecord, answer: StatusReport) -> bool:
    return not answer.number or answer.number == record.number


def _not_found(ctx: WorkContext, s: Any, record: DocumentRecord, row: OutboxRecord, report: SettleReport) -> None:
    now = ctx.clock.now()
    first = row.payload.get("not_found_at")
    is_sure = bool(row.payload.get("answered")) or (isinstance(first, str) and now - _moment(first) >= SURE_AFTER)
    if not is_sure:
        if not isinstance(first, str):
            first = now.isoformat()
        outbox.postpone(
            s,
            row.id,
            until=_moment(first) + SURE_AFTER,
            error_code=row.error_code,
            error_text=row.error_text,
            at=now,
            payload={**row.payload, "not_found_at": first},
        )
        report.still_unknown.append(record.ettn)
        return
    payload = {k: v for k, v in row.payload.items() if k not in ("not_found_at", "answered")}
    documents.set_state(s, record.id, State.QUEUED, at=now, note="Entegratörde kaydı yok; yeniden gönderilecek.")
    if row.tries >= MAX_TRIES:
        documents.flag_review(
            s,
            record.id,
            code="SEND.TOO_MANY",
            reason=f"Belge {row.tries} kez gönderildi, entegratör her seferinde kaydetmedi. {row.error_text}",
            todo="Entegratörünüze danışın; sonra belgeyi yeniden kuyruğa alın.",
            at=now,
        )
        outbox.park(s, row.id, error_code="SEND.TOO_MANY", error_text=row.error_text, at=now)
        report.review.append(record.ettn)
        return
    wait = timedelta(0) if row.tries <= 1 else backoff(row.tries)
    outbox.postpone(
        s, row.id, until=now + wait, error_code=row.error_code, error_text=row.error_text, at=now, payload=payload
    )
    report.requeued.append(record.ettn)


def _wait(ctx: WorkContext, s: Any, record: DocumentRecord, row: OutboxRecord, report: SettleReport) -> None:
    """No clear word (the answer names another number): ask again later, and show it."""
    now = ctx.clock.now()
    documents.flag_review(
        s,
        record.id,
        code="SEND.ODD_STATUS",
        reason="Entegratör bu ETTN için başka bir belge numarası bildiriyor.",
        todo="Entegratörün portalında belgeyi açıp karşılaştırın; yeniden göndermeyin.",
        at=now,
    )
    outbox.postpone(s, row.id, until=now + backoff(row.tries + 1), error_code="SEND.ODD_STATUS", error_text="", at=now)
    report.still_unknown.append(record.ettn)


def _moment(text: str) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(text)
