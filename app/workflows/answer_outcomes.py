"""What became of an answer: refused, late, not sealable, not sent, or unknown; each is written down at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.connectors.base import (
    AuthenticationFailed,
    ConnectorError,
    RateLimited,
    Rejected,
    SessionExpired,
    Unreachable,
)
from app.domain.errors import AppError, SealError
from app.domain.lifecycle import State
from app.storage import documents, outbox
from app.storage.records import DocumentRecord, OutboxRecord
from app.workflows import points, tracking
from app.workflows.context import WorkContext
from app.workflows.sending import backoff


@dataclass(slots=True, kw_only=True)
class AnswerReport:
    """ETTNs by what became of their answers. `needs_seal` wait for the company's card."""

    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    needs_seal: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "sent": self.sent,
            "refused": self.refused,
            "unknown": self.unknown,
            "waiting": self.waiting,
            "needs_seal": self.needs_seal,
        }


def refused(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: ConnectorError, report: AnswerReport
) -> None:
    """The integrator said no for good: the invoice waits for an answer again, and a person looks."""
    now = ctx.clock.now()
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.park(s, row.id, error_code=error.code, error_text=error.sentence, at=now)
        documents.set_state(
            s,
            record.id,
            State.ANSWER_DUE,
            at=now,
            raw_code=error.raw_code or "",
            raw_text=error.raw_text or "",
            note=error.sentence,
        )
        documents.set_answer(s, record.id, "", at=now)
        tracking.flag(ctx, s, record, error)
    report.refused.append(record.ettn)


def too_late(ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, report: AnswerReport) -> None:
    """An answer that waited (no card, no line) until its eight days were over is not sent: a person is told."""
    now = ctx.clock.now()
    what = str(row.payload["answer"])
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.park(s, row.id, error_code="ANSWER.LATE", error_text="", at=now)
        documents.set_state(s, record.id, State.LAPSED, at=now, note="Yanıt gönderilmeden süre doldu.", is_final=True)
        documents.set_answer(s, record.id, "", at=now)
        documents.flag_review(
            s,
            record.id,
            code="ANSWER.LATE",
            reason=f"{what} yanıtınız gönderilemeden sekiz günlük süre doldu.",
            todo="Fatura kabul edilmiş sayılır; itiraz için iade faturası veya noter/KEP yolu kullanılır.",
            at=now,
        )
    report.refused.append(record.ettn)


def unsealable(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: AppError, report: AnswerReport
) -> None:
    """What the integrator prepared cannot be sealed: a person is told, it is tried again later, the others go on."""
    now = ctx.clock.now()
    odd = int(row.payload.get("odd", 0)) + 1
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.postpone(
            s,
            row.id,
            until=now + backoff(odd),
            error_code=error.code,
            error_text=error.sentence,
            at=now,
            payload={**row.payload, "odd": odd},
        )
        tracking.flag(ctx, s, record, error)
    report.waiting.append(record.ettn)


def not_sent(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: ConnectorError, report: AnswerReport
) -> None:
    """Nothing has left. Raises `error` again when the whole account is unusable now."""
    if isinstance(error, Rejected) and not error.retry_safe:
        refused(ctx, record, row, error, report)
        return
    put_off(ctx, row, error)
    if isinstance(error, AuthenticationFailed | SessionExpired | RateLimited | Unreachable):
        raise error
    report.waiting.append(record.ettn)


def ask_later(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: ConnectorError, report: AnswerReport
) -> None:
    """It may have arrived: its status is asked before anything is sent again."""
    now = ctx.clock.now()
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.postpone(
            s,
            row.id,
            until=now,
            error_code=error.code,
            error_text=error.sentence,
            at=now,
            payload={**{k: v for k, v in row.payload.items() if k != "open_at"}, "ask": True},
        )
        documents.set_state(
            s, record.id, record.state, at=now, note=f"Yanıtın sonucu bilinmiyor; durumu sorulacak. {error.sentence}"
        )
    report.unknown.append(record.ettn)


def put_off(ctx: WorkContext, row: OutboxRecord, error: AppError) -> None:
    """Try again later; at once where a person must act first."""
    now = ctx.clock.now()
    wait = error.retry_after if isinstance(error, RateLimited) else backoff(row.tries + 1)
    until = now if isinstance(error, SealError | AuthenticationFailed | SessionExpired) else now + wait
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.postpone(s, row.id, until=until, error_code=error.code, error_text=error.sentence, at=now)
