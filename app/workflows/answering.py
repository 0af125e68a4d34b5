"""KABUL or RED: one answer per commercial invoice, within eight days, a reason to reject.

With the integrator's seal the answer goes by one call. With the company's own seal it is prepared by the integrator,
sealed here and sent; its bytes are stored before they leave.
"""

from __future__ import annotations

from datetime import datetime

from app.connectors.base import (
    Answer,
    AuthenticationFailed,
    ConnectorError,
    EndpointKind,
    RateLimited,
    Rejected,
    Session,
    SessionExpired,
    Unreachable,
)
from app.domain.errors import InputError, RuleBroken, SealError
from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, DocumentKind, SealingMode, State
from app.domain.protocols import Sealer
from app.domain.turkish import format_date, format_datetime
from app.storage import documents, outbox
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.workflows import answer_outcomes, points, tracking
from app.workflows.answer_outcomes import AnswerReport
from app.workflows.answer_seals import listed_ettn, sealed_answer
from app.workflows.context import WorkContext
from app.workflows.sealing import SEAL_STOPPERS
from app.workflows.sending import backoff
from app.workflows.settling import SURE_AFTER


def answer(ctx: WorkContext, company: CompanyRecord, ettn: str, what: Answer, reason: str) -> DocumentRecord:
    """Write down the intent to answer a received commercial invoice; it goes out with the next sync.

    Raises: RuleBroken, with the rule that forbids it (ANSWER.*).
    """
    reason = reason.strip()
    with ctx.db.write(points.ANSWER_QUEUE) as s:
        record = documents.find(s, company.id, Direction.IN, ettn)
        if record is None:
            raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmanın gelen kutusunda yok.", todo="ETTN'yi kontrol edin.")
        ensure_answerable(ctx, record, what, reason)
        documents.set_state(
            s,
            record.id,
            State.ANSWERING,
            at=ctx.clock.now(),
            note=f"Yanıt: {what.value}. {reason}".strip(),
            is_final=False,
        )
        documents.set_answer(s, record.id, what.value, at=ctx.clock.now())
        outbox.enqueue(s, company.id, record.id, "answer", {"answer": what.value, "reason": reason}, at=ctx.clock.now())
        return documents.get(s, record.id)


def ensure_answerable(ctx: WorkContext, record: DocumentRecord, what: Answer, reason: str) -> None:
    """Raise RuleBroken unless this invoice may be answered so, now."""
    if record.kind is DocumentKind.DESPATCH:
        raise RuleBroken(
            "ANSWER.DESPATCH",
            f"{record.number} bir irsaliye; kabul veya red yanıtı verilmez.",
            why="İrsaliyeye, gelen malı satır satır yazan bir irsaliye yanıtıyla karşılık verilir.",
            todo="Gelen Kutusu'nda irsaliyeyi seçip 'İrsaliyeye yanıt hazırla' deyin.",
        )
    if record.profile != TICARIFATURA:
        raise RuleBroken(
            "ANSWER.BASIC",
            f"{record.number} temel fatura; kabul veya red yanıtı verilmez.",
            why="Yalnız ticari faturalar sistemden yanıtlanır.",
            todo="İtirazınız varsa iade faturası düzenleyin.",
        )
    if record.state in (State.ANSWERED, State.ANSWERING):
        raise RuleBroken(
            "ANSWER.ONCE",
            f"{record.number} zaten yanıtlandı ({record.answer or 'yanıt gönderiliyor'}).",
            why="Bir faturaya yalnız bir yanıt verilebilir.",
            todo="Yanıt değiştirilemez; gerekirse göndericiyle görüşün.",
        )
    if record.state is State.LAPSED or _is_late(ctx, record):
        due = f" ({format_datetime(record.answer_due_at)})" if record.answer_due_at is not None else ""
        raise RuleBroken(
            "ANSWER.LATE",
            f"{record.number} için yanıt süresi doldu{due}.",
            why="Ticari fatura geldiği günden sonra sekiz gün içinde yanıtlanır.",
            todo="Fatura kabul edilmiş sayılır; itiraz için iade faturası veya noter/KEP yolu kullanılır.",
        )
    if record.state is not State.ANSWER_DUE:
        raise RuleBroken("ANSWER.STATE", f"{record.number} yanıt bekleyen bir fatura değil.", todo="Durumuna bakın.")
    if what is Answer.REJECT and not reason:
        raise RuleBroken(
            "ANSWER.REASON",
            "Red nedeni yazılmadı.",
            why="Gönderici ve GİB red nedenini görür.",
            todo="Kısa bir neden yazın, örneğin 'Fiyat siparişle uyuşmuyor'.",
        )


def _is_late(ctx: WorkContext, record: DocumentRecord) -> bool:
    return record.answer_due_at is not None and ctx.clock.now() > record.answer_due_at


def recover(ctx: WorkContext, company: CompanyRecord) -> int:
    """Mark answers that a crash left under way, so that their status is asked before anything is sent again."""
    with ctx.db.read() as s:
        rows = [r for r in outbox.in_flight(s, company.id) if r.action == "answer"]
    if not rows:
        return 0
    now = ctx.clock.now()
    with ctx.db.write(points.RECOVER) as s:
        for row in rows:
            outbox.postpone(
                s,
                row.id,
                until=now,
                error_code="CRASH",
                error_text="yarıda kaldı",
                at=now,
                payload={**row.payload, "ask": True},
            )
    return len(rows)


def send_answers(
    ctx: WorkContext,
    company: CompanyRecord,
    session: Session,
    sealer: Sealer | None,
    *,
    kind: EndpointKind,
    limit: int = 500,
) -> AnswerReport:
    """Send the answers that wait. `kind` is where `session` leads: a TEST seal answers nothing on a live endpoint.

    Raises: AuthenticationFailed, SessionExpired, Unreachable when the account is unusable now; SealError.
    """
    report = AnswerReport()
    with ctx.db.read() as s:
        rows = outbox.due(s, company.id, now=ctx.clock.now(), action="answer", limit=limit)
        todo = [(row, documents.get(s, row.document_id)) for row in rows]
    mode = company.company.sealing_mode(DocumentKind.APPLICATION_RESPONSE)
    for done, (row, record) in enumerate(todo):
        ctx.progress.report(done, len(todo), "Yanıtlar gönderiliyor")
        ctx.progress.checkpoint()
        if row.payload.get("ask"):
            settled = _ask(ctx, session, record, row, report)
            if settled:
                continue
        if _is_late(ctx, record):
            answer_outcomes.too_late(ctx, record, row, report)
            continue
        if mode is SealingMode.OWN and sealer is None:
            report.needs_seal.append(record.ettn)
            continue
        if mode is SealingMode.OWN and sealer is not None and sealer.is_test and kind is EndpointKind.LIVE:
            raise SealError(
                "SEAL.TEST_ON_LIVE",
                "Yanıtlar gönderilmedi: TEST mührüyle gerçek ortamda yanıt verilemez.",
                why="Bu hesap gerçek gönderim yapar.",
                todo="Firmanın mali mührüyle yeniden deneyin.",
            )
        try:
            _send_one(ctx, session, record, row, mode, sealer, report)
        except (SealError, InputError) as error:
            if isinstance(error, SealError) and error.code.startswith(SEAL_STOPPERS):
                answer_outcomes.put_off(ctx, row, error)
                report.needs_seal.append(record.ettn)
                raise
            answer_outcomes.unsealable(ctx, record, row, error, report)
    return report


def _ask(ctx: WorkContext, session: Session, record: DocumentRecord, row: OutboxRecord, report: AnswerReport) -> bool:
    """After a lost answer: has it been processed over there? True when nothing is left to send now."""
    answers = session.statuses([listed_ettn(ctx, record)], direction=Direction.IN)
    status = answers[0] if answers else None
    now = ctx.clock.now()
    asked = int(row.payload.get("asked", 0))
    if status is not None and status.found and status.state in (State.ANSWERED, State.ANSWERING):
        with ctx.db.write(points.ANSWER_END) as s:
            tracking.apply_report(ctx, s, record, status)
            outbox.settle(s, row.id, at=now)
        report.sent.append(record.ettn)
        return True
    if status is None or not status.found:
        with ctx.db.write(points.ANSWER_END) as s:
            outbox.postpone(
                s,
                row.id,
                until=now + backoff(asked + 1),
                error_code=row.error_code,
                error_text=row.error_text,
                at=now,
                payload={**row.payload, "asked": asked + 1},
            )
        report.unknown.append(record.ettn)
        return True
    # It waits for an answer over there. A request whose answer was lost may still be worked on, so this counts only
    # when it is said twice, some time apart.
    first = row.payload.get("open_at")
    if isinstance(first, str) and now - datetime.fromisoformat(first) >= SURE_AFTER:
        return False
    first = first if isinstance(first, str) else now.isoformat()
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.postpone(
            s,
            row.id,
            until=datetime.fromisoformat(first) + SURE_AFTER,
            error_code=row.error_code,
            error_text=row.error_text,
            at=now,
            payload={**row.payload, "open_at": first},
        )
    report.unknown.append(record.ettn)
    return True


def _send_one(
    ctx: WorkContext,
    session: Session,
    record: DocumentRecord,
    row: OutboxRecord,
    mode: SealingMode,
    sealer: Sealer | None,
    report: AnswerReport,
) -> None:
    what, reason = Answer(str(row.payload["answer"])), str(row.payload["reason"])
    document = [(listed_ettn(ctx, record), record.number)]
    sealed: bytes | None = None
    if mode is SealingMode.OWN and sealer is not None:
        try:
            sealed, row = sealed_answer(ctx, session, record, row, sealer)
        except ConnectorError as error:
            # Preparing changes nothing over there, so whatever happened the answer has not been given.
            answer_outcomes.not_sent(ctx, record, row, error, report)
            return
    with ctx.db.write(points.ANSWER_BEGIN) as s:
        outbox.begin(s, [row.id], at=ctx.clock.now())
    try:
        if sealed is not None:
            session.send_answers([sealed])
        else:
            session.respond(document, what, reason)
    except (AuthenticationFailed, SessionExpired, RateLimited) as error:
        answer_outcomes.put_off(ctx, row, error)
        raise
    except Rejected as error:
        if error.retry_safe:
            answer_outcomes.ask_later(ctx, record, row, error, report)
        else:
            answer_outcomes.refused(ctx, record, row, error, report)
    except Unreachable as error:
        if not error.maybe_processed:
            answer_outcomes.put_off(ctx, row, error)
            raise
        answer_outcomes.ask_later(ctx, record, row, error, report)
    except ConnectorError as error:
        answer_outcomes.ask_later(ctx, record, row, error, report)
    else:
        with ctx.db.write(points.ANSWER_END) as s:
            outbox.settle(s, row.id, at=ctx.clock.now())
            documents.set_state(s, record.id, State.ANSWERING, at=ctx.clock.now(), note="Yanıt entegratöre iletildi.")
        report.sent.append(record.ettn)


def deadline_text(record: DocumentRecord) -> str:
    """For lists: until when this invoice may be answered."""
    return format_date(record.answer_due_at.date()) if record.answer_due_at is not None else ""
