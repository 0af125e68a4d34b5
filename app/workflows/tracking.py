"""What the integrator says of a document, turned into our states."""

from __future__ import annotations

from datetime import timedelta

from app.connectors.base import Answer, StatusReport
from app.connectors.gib_codes import ResendRule, resend_rule
from app.domain.dates import ANSWER_DAYS
from app.domain.errors import AppError
from app.domain.lifecycle import TRANSITIONS, Direction, State
from app.storage import documents, outbox
from app.storage.database import OpenSession
from app.storage.records import DocumentRecord
from app.workflows.context import WorkContext

#: Nothing is asked any more this long after it arrived (IZ-F-21).
ASK_FOR = timedelta(days=ANSWER_DAYS)
#: Flags that say "cannot be found": they go when the integrator knows the document again.
_LOST = ("STATUS.MISSING", "SEND.ODD_STATUS")
_CANCELLED_THERE = "Entegratör bu belgenin iptal edildiğini bildiriyor."
_DELIVERED = (State.DELIVERED, State.ACCEPTED, State.REJECTED, State.LAPSED)


def apply_report(ctx: WorkContext, s: OpenSession, record: DocumentRecord, report: StatusReport) -> State:
    """Write one status report into the document and its history, inside the caller's transaction.

    A report that would take the document back (a late answer of an earlier stage) leaves the state and is kept as
    history. Returns the state afterwards.
    """
    new = report.state if report.state is not None else record.state
    if record.state is State.ANSWERING and new is State.ANSWER_DUE and not report.final:
        # "Waits for an answer" right after ours went out: the integrator has not booked it yet. Only a failed answer
        # (final) opens the invoice again, else a second answer could slip out.
        new = record.state
    if new is not record.state and new not in TRANSITIONS[record.direction].get(record.state, frozenset()):
        new = record.state
    note = _note(report)
    documents.set_state(
        s,
        record.id,
        new,
        at=ctx.clock.now(),
        raw_code=report.raw_code,
        raw_text=report.raw_text,
        gib_code=report.gib_code,
        note=note,
        is_final=report.final and new is report.state,
        arrived_at=report.arrived_at,
        status_at=ctx.clock.now(),
    )
    customs = report.extra.get("GTB_REFNO", "")
    if customs and customs != record.gtb_refno:
        documents.set_gtb_refno(s, record.id, customs, at=ctx.clock.now())
    if record.review_code in _LOST and report.number in ("", record.number):
        documents.clear_review(s, record.id, at=ctx.clock.now(), note="Entegratör belgeyi yeniden tanıyor.")
    if record.direction is Direction.OUT and report.cancelled and record.state is not State.CANCELLED:
        _flag_cancelled_there(ctx, s, record)
    if new is State.FAILED and record.state is not State.FAILED:
        _flag_failure(ctx, s, record, report)
    if record.direction is Direction.IN and report.answer is not None and report.answer.value != record.answer:
        _flag_other_answer(ctx, s, record, report.answer)
    if new is State.ANSWER_DUE and record.state is State.ANSWERING:
        _flag_failed_answer(ctx, s, record, report)
    is_first_delivery = new in _DELIVERED and record.state not in _DELIVERED
    if record.direction is Direction.OUT and is_first_delivery and not record.has_legal_copy:
        outbox.enqueue(s, record.company_id, record.id, "legal_copy", {}, at=ctx.clock.now())
    return new


def flag(ctx: WorkContext, s: OpenSession, record: DocumentRecord, error: AppError) -> None:
    """Put a document on the manual-review list with the error's own reason and advice."""
    documents.flag_review(
        s, record.id, code=error.code, reason=f"{error.what} {error.why}".strip(), todo=error.todo, at=ctx.clock.now()
    )


def _flag_failure(ctx: WorkContext, s: OpenSession, record: DocumentRecord, report: StatusReport) -> None:
    rule = resend_rule(report.gib_code) if report.gib_code is not None else ResendRule.SAME_ETTN
    todo = {
        ResendRule.SAME_ETTN: "Düzeltip aynı numara ve ETTN ile yeniden gönderebilirsiniz.",
        ResendRule.NEW_ETTN: "Aynı numara, yeni ETTN ile yeniden mühürleyip gönderebilirsiniz.",
        ResendRule.ASK: "Yeniden göndermeyin; önce belgenin GİB'deki durumunu sorgulayın.",
        ResendRule.NEVER: "Bu numara bir daha gönderilemez.",
        ResendRule.WAIT: "GİB'in sonucu bekleniyor.",
    }[rule]
    reason = report.gib_text or report.raw_text or "Entegratör belgeyi gönderemedi."
    documents.flag_review(s, record.id, code="SEND.FAILED", reason=reason, todo=todo, at=ctx.clock.now())


def _flag_cancelled_there(ctx: WorkContext, s: OpenSession, record: DocumentRecord) -> None:
    """Cancelled at a portal: shown once. The state stays until a person has looked."""
    if any(_CANCELLED_THERE in line.note for line in documents.history(s, record.id)):
        return
    documents.flag_review(
        s,
        record.id,
        code="STATUS.CANCELLED_THERE",
        reason=_CANCELLED_THERE,
        todo="Entegratörün portalında bakın; iptal edilmişse burada da iptal edildiğini onaylayın.",
        at=ctx.clock.now(),
    )


def _flag_failed_answer(ctx: WorkContext, s: OpenSession, record: DocumentRecord, report: StatusReport) -> None:
    documents.set_answer(s, record.id, "", at=ctx.clock.now())
    documents.flag_review(
        s,
        record.id,
        code="ANSWER.FAILED",
        reason=f"Verdiğiniz yanıt GİB'e ulaşmadı. {report.raw_text}".strip(),
        todo="Süre dolmadan yeniden yanıtlayın.",
        at=ctx.clock.now(),
    )


def _flag_other_answer(ctx: WorkContext, s: OpenSession, record: DocumentRecord, given: Answer) -> None:
    """Somebody answered elsewhere (the integrator's portal): what counts is shown, not what we meant."""
    documents.set_answer(s, record.id, given.value, at=ctx.clock.now())
    if record.answer:
        documents.flag_review(
            s,
            record.id,
            code="ANSWER.OTHER",
            reason=f"Bu programdan {record.answer} yanıtı verildi, entegratörde {given.value} yanıtı kayıtlı.",
            todo="Yanıtı kimin verdiğini entegratörün portalında kontrol edin; yanıt değiştirilemez.",
            at=ctx.clock.now(),
        )


def _note(report: StatusReport) -> str:
    parts = []
    if report.gib_code is not None:
        parts.append(f"GİB {report.gib_code} {report.gib_text}".strip())
    if report.response_code or report.response_text:
        parts.append(f"Yanıt {report.response_code} {report.response_text}".strip())
    parts.extend(f"{name}: {value}" for name, value in sorted(report.extra.items()) if value)
    return "; ".join(parts)
