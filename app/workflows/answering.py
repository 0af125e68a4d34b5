"""KABUL or RED: one answer per commercial invoice, within eight days, a reason to reject.

With the integrator's seal the answer goes by one call. With the company's own seal it is prepared by the integrator,
sealed here and sent; its bytes are stored before they leave.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

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
from app.domain.errors import AppError, InputError, RuleBroken, SealError
from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, DocumentKind, SealingMode, State
from app.domain.protocols import Sealer
from app.domain.turkish import format_date, format_datetime
from app.signing.xades import seal_ubl
from app.storage import documents, outbox
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.ubl.response import read_response
from app.workflows import points, tracking
from app.workflows.context import WorkContext
from app.workflows.sealing import SEAL_STOPPERS
from app.workflows.sending import backoff
from app.workflows.settling import SURE_AFTER


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
            _too_late(ctx, record, row, report)
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
                _put_off(ctx, row, error)
                report.needs_seal.append(record.ettn)
                raise
            _unsealable(ctx, record, row, error, report)
    return report


def _ask(ctx: WorkContext, session: Session, record: DocumentRecord, row: OutboxRecord, report: AnswerReport) -> bool:
    """After a lost answer: has it been processed over there? True when nothing is left to send now."""
    answers = session.statuses([record.ettn], direction=Direction.IN)
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
    document = [(record.ettn, record.number)]
    sealed: bytes | None = None
    if mode is SealingMode.OWN and sealer is not None:
        try:
            sealed, row = _sealed_answer(ctx, session, record, row, sealer)
        except ConnectorError as error:
            # Preparing changes nothing over there, so whatever happened the answer has not been given.
            _not_sent(ctx, record, row, error, report)
            return
    with ctx.db.write(points.ANSWER_BEGIN) as s:
        outbox.begin(s, [row.id], at=ctx.clock.now())
    try:
        if sealed is not None:
            session.send_answers([sealed])
        else:
            session.respond(document, what, reason)
    except (AuthenticationFailed, SessionExpired, RateLimited) as error:
        _put_off(ctx, row, error)
        raise
    except Rejected as error:
        if error.retry_safe:
            _ask_later(ctx, record, row, error, report)
        else:
            _refused(ctx, record, row, error, report)
    except Unreachable as error:
        if not error.maybe_processed:
            _put_off(ctx, row, error)
            raise
        _ask_later(ctx, record, row, error, report)
    except ConnectorError as error:
        _ask_later(ctx, record, row, error, report)
    else:
        with ctx.db.write(points.ANSWER_END) as s:
            outbox.settle(s, row.id, at=ctx.clock.now())
            documents.set_state(s, record.id, State.ANSWERING, at=ctx.clock.now(), note="Yanıt entegratöre iletildi.")
        report.sent.append(record.ettn)


def _sealed_answer(
    ctx: WorkContext, session: Session, record: DocumentRecord, row: OutboxRecord, sealer: Sealer
) -> tuple[bytes, OutboxRecord]:
    """The sealed application response of this intent and the intent that knows of it.

    Made once, stored, and the same bytes ever after.
    """
    # Bytes sealed with another certificate (a TEST seal of the days before going live) are never sent.
    fingerprint = hashlib.sha256(sealer.certificate.der).hexdigest()
    if row.payload.get("sealed") and row.payload.get("certificate") == fingerprint:
        with ctx.db.read() as s:
            stored = documents.load_file(s, record.id, "answer")
        if stored is not None and hashlib.sha256(stored).hexdigest() == row.payload["sealed"]:
            return stored, row
    what, reason = Answer(str(row.payload["answer"])), str(row.payload["reason"])
    prepared = session.prepare_answers([(record.ettn, record.number)], what, reason)
    if len(prepared) != 1:
        raise SealError(
            "ANSWER.PREPARED", "Entegratör yanıt belgesini hazırlamadı.", todo="Daha sonra yeniden deneyin."
        )
    ensure_says(prepared[0].xml, record, what)
    sealed = seal_ubl(prepared[0].xml, sealer, signing_time=ctx.clock.now(), role="Alıcı")
    with ctx.db.write(points.ANSWER_SEALED) as s:
        digest = documents.add_file(s, record.id, "answer", sealed, at=ctx.clock.now())
        payload = {**row.payload, "sealed": digest, "certificate": fingerprint}
        outbox.postpone(
            s,
            row.id,
            until=ctx.clock.now(),
            error_code="",
            error_text="",
            at=ctx.clock.now(),
            payload=payload,
        )
    return sealed, replace(row, payload=payload)


def ensure_says(xml: bytes, record: DocumentRecord, what: Answer) -> None:
    """Never seal a text that we did not read: it must answer this invoice, and so. Raises SealError."""
    response = read_response(xml)
    # GİB's own samples name the answered invoice by its number, the guide by its ETTN.
    names_it = response.ettn == record.ettn if response.ettn else response.document_number == record.number
    if not names_it or response.code != what.value:
        raise SealError(
            "ANSWER.OTHER_TEXT",
            f"Entegratörün hazırladığı yanıt mühürlenmedi: {record.number} için {what.value} demiyor.",
            why=f"Belgede {response.code} / {response.document_id[:8]}… yazıyor.",
            todo="Entegratörünüze bildirin; yanıt gönderilmedi.",
        )


def _refused(
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


def _too_late(ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, report: AnswerReport) -> None:
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


def _unsealable(
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


def _not_sent(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: ConnectorError, report: AnswerReport
) -> None:
    if isinstance(error, Rejected) and not error.retry_safe:
        _refused(ctx, record, row, error, report)
        return
    _put_off(ctx, row, error)
    if isinstance(error, AuthenticationFailed | SessionExpired | RateLimited | Unreachable):
        raise error
    report.waiting.append(record.ettn)


def _ask_later(
    ctx: WorkContext, record: DocumentRecord, row: OutboxRecord, error: ConnectorError, report: AnswerReport
) -> None:
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


def _put_off(ctx: WorkContext, row: OutboxRecord, error: AppError) -> None:
    now = ctx.clock.now()
    wait = error.retry_after if isinstance(error, RateLimited) else backoff(row.tries + 1)
    until = now if isinstance(error, SealError | AuthenticationFailed | SessionExpired) else now + wait
    with ctx.db.write(points.ANSWER_END) as s:
        outbox.postpone(s, row.id, until=until, error_code=error.code, error_text=error.sentence, at=now)


def deadline_text(record: DocumentRecord) -> str:
    """For lists: until when this invoice may be answered."""
    return format_date(record.answer_due_at.date()) if record.answer_due_at is not None else ""
