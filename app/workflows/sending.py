"""The outbox worked off: intent first, one outcome per document, nothing resent blindly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.connectors.base import (
    AuthenticationFailed,
    Connector,
    ConnectorError,
    ContractBroken,
    Duplicate,
    EndpointKind,
    Mailbox,
    OutgoingDocument,
    RateLimited,
    Rejected,
    SendOutcome,
    Session,
    SessionExpired,
    Unreachable,
)
from app.connectors.batching import split_batches
from app.domain.errors import AppError, StorageError
from app.domain.lifecycle import State
from app.storage import documents, outbox
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.workflows import points, tracking
from app.workflows.context import WorkContext
from app.workflows.queueing import ensure_date, ensure_real_seal

_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=4)
#: Documents whose bytes are in memory at a time, some 50 MB; a request holds a hundred at most.
LOADED_AT_ONCE = 500


@dataclass(slots=True, kw_only=True)
class SendReport:
    """ETTNs by what became of them. `waiting` holds those left for later with no harm done."""

    sent: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    review: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "sent": self.sent,
            "unknown": self.unknown,
            "refused": self.refused,
            "waiting": self.waiting,
            "review": self.review,
        }


@dataclass(frozen=True, slots=True)
class _Item:
    record: DocumentRecord
    row: OutboxRecord
    wire: OutgoingDocument


def backoff(tries: int) -> timedelta:
    """1, 2, 4 … minutes, at most 4 hours."""
    doubled: timedelta = _FIRST_WAIT * (1 << max(0, min(tries, 20) - 1))
    return min(doubled, _LONGEST_WAIT)


def recover(ctx: WorkContext, company: CompanyRecord) -> int:
    """Turn sends that a crash left under way into UNKNOWN, to be asked about at once. Returns how many.

    Call it only under the company's lease: nobody else may be sending.
    """
    with ctx.db.read() as s:
        rows = [r for r in outbox.in_flight(s, company.id) if r.action == "send"]
    if not rows:
        return 0
    now = ctx.clock.now()
    with ctx.db.write(points.RECOVER) as s:
        for row in rows:
            record = documents.get(s, row.document_id)
            if record.state is State.SENDING:
                documents.set_state(
                    s, record.id, State.UNKNOWN, at=now, note="Gönderim yarıda kaldı; durumu sorulacak."
                )
            outbox.postpone(s, row.id, until=now, error_code="CRASH", error_text="yarıda kaldı", at=now)
    return len(rows)


def send_due(
    ctx: WorkContext,
    company: CompanyRecord,
    connector: Connector,
    session: Session,
    *,
    kind: EndpointKind,
    limit: int = 10_000,
) -> SendReport:
    """Send everything that is queued and due, in groups of one sender and one receiver label.

    `kind` is where `session` leads: nothing with the TEST seal goes to a live endpoint.

    Raises: AuthenticationFailed, SessionExpired, Unreachable (surely not processed): the account is unusable now; all
    documents are back in the queue by then.
    """
    report = SendReport()
    with ctx.db.read() as s:
        rows = outbox.due(s, company.id, now=ctx.clock.now(), action="send", limit=limit)
    for start in range(0, len(rows), LOADED_AT_ONCE):
        items = _collect(ctx, company, connector, kind, report, rows[start : start + LOADED_AT_ONCE])
        by_ettn = {item.wire.ettn: item for item in items}
        solo = [[i.wire] for i in items if i.row.payload.get("solo")]
        grouped = split_batches(
            [i.wire for i in items if not i.row.payload.get("solo")],
            max_documents=connector.capabilities.max_documents,
            max_request_bytes=connector.capabilities.max_request_bytes,
        )
        done = start
        for batch in [*grouped, *solo]:
            ctx.progress.report(done, len(rows), "Faturalar gönderiliyor")
            ctx.progress.checkpoint()
            _send_batch(ctx, session, [by_ettn[w.ettn] for w in batch], report)
            done += len(batch)
    ctx.progress.report(len(rows), len(rows), "Gönderim bitti")
    return report


def _collect(
    ctx: WorkContext,
    company: CompanyRecord,
    connector: Connector,
    kind: EndpointKind,
    report: SendReport,
    rows: Sequence[OutboxRecord],
) -> list[_Item]:
    """The queued documents among `rows` with their bytes.

    Those that may not go (past seven days, TEST seal on a live endpoint) go to manual review.
    """
    items: list[_Item] = []
    refused: list[tuple[DocumentRecord, OutboxRecord, AppError]] = []
    with ctx.db.read() as s:
        for row in rows:
            record = documents.get(s, row.document_id)
            if record.state is not State.QUEUED:
                continue
            try:
                ensure_date(ctx, record)
                ensure_real_seal(record, kind, connector.title)
                items.append(_Item(record, row, _wire(s, company, record)))
            except AppError as problem:
                refused.append((record, row, problem))
    if refused:
        with ctx.db.write(points.REVIEW) as s:
            for record, row, reason in refused:
                tracking.flag(ctx, s, record, reason)
                outbox.park(s, row.id, error_code=reason.code, error_text=reason.sentence, at=ctx.clock.now())
                report.review.append(record.ettn)
    return items


def _wire(s: OpenSession, company: CompanyRecord, record: DocumentRecord) -> OutgoingDocument:
    xml = documents.load_file(s, record.id, "sealed")
    if xml is None:
        raise StorageError(
            "DOC.BYTES_MISSING",
            f"{record.number} numaralı belgenin XML'i bulunamadı.",
            todo="Yedekten geri yükleyin; belge gönderilmedi.",
        )
    return OutgoingDocument(
        ettn=record.ettn,
        number=record.number,
        kind=record.kind,
        xml=xml,
        sender=Mailbox(vkn=company.company.tax_number.digits, alias=record.sender_label),
        receiver=Mailbox(vkn=record.partner_vkn, alias=record.receiver_label),
    )


def _send_batch(ctx: WorkContext, session: Session, batch: Sequence[_Item], report: SendReport) -> None:
    now = ctx.clock.now()
    with ctx.db.write(points.SEND_BEGIN) as s:
        for item in batch:
            documents.set_state(s, item.record.id, State.SENDING, at=now)
        outbox.begin(s, [item.row.id for item in batch], at=now)
    try:
        outcomes = session.send([item.wire for item in batch])
    except (AuthenticationFailed, SessionExpired, RateLimited) as error:
        _back_to_queue(ctx, batch, error, report)
        raise
    except Unreachable as error:
        if not error.maybe_processed:
            _back_to_queue(ctx, batch, error, report)
            raise
        _unknown(ctx, batch, error, report)
        return
    except ConnectorError as error:
        # ContractBroken and anything else that leaves us without a clear answer.
        _unknown(ctx, batch, error, report)
        return
    except BaseException:
        # Our own fault after the bytes may have left: the outcome is unknown, never "not sent".
        broken = ContractBroken(
            "WIRE.BUG", "Gönderim sırasında program hatası oldu.", todo="Belgenin durumu sorulacak."
        )
        _unknown(ctx, batch, broken, report)
        raise
    _record_outcomes(ctx, batch, {o.ettn: o for o in outcomes}, report)


def _back_to_queue(ctx: WorkContext, batch: Sequence[_Item], error: ConnectorError, report: SendReport) -> None:
    now = ctx.clock.now()
    with ctx.db.write(points.SEND_END) as s:
        for item in batch:
            documents.set_state(
                s, item.record.id, State.QUEUED, at=now, raw_code=error.raw_code or "", note=error.sentence
            )
            wait = error.retry_after if isinstance(error, RateLimited) else backoff(item.row.tries + 1)
            until = now if isinstance(error, AuthenticationFailed | SessionExpired) else now + wait
            outbox.postpone(s, item.row.id, until=until, error_code=error.code, error_text=error.sentence, at=now)
            report.waiting.append(item.record.ettn)


def _unknown(ctx: WorkContext, batch: Sequence[_Item], error: ConnectorError, report: SendReport) -> None:
    now = ctx.clock.now()
    with ctx.db.write(points.SEND_END) as s:
        for item in batch:
            documents.set_state(
                s,
                item.record.id,
                State.UNKNOWN,
                at=now,
                raw_code=error.raw_code or "",
                raw_text=error.raw_text or "",
                note=error.sentence,
            )
            outbox.postpone(s, item.row.id, until=now, error_code=error.code, error_text=error.sentence, at=now)
            report.unknown.append(item.record.ettn)


def _record_outcomes(
    ctx: WorkContext, batch: Sequence[_Item], outcomes: dict[str, SendOutcome], report: SendReport
) -> None:
    now = ctx.clock.now()
    with ctx.db.write(points.SEND_END) as s:
        for position, item in enumerate(batch):
            outcome = outcomes.get(item.wire.ettn)
            error = outcome.error if outcome is not None else None
            if outcome is not None and error is None:
                documents.set_state(
                    s,
                    item.record.id,
                    State.SENT,
                    at=now,
                    raw_text=outcome.text,
                    note=f"Entegratör aldı. İşlem no {outcome.txn_id}".strip(),
                )
                outbox.settle(s, item.row.id, at=now)
                report.sent.append(item.record.ettn)
            else:
                _record_error(ctx, s, item, error, position=position, batch_size=len(batch), report=report)


def _record_error(
    ctx: WorkContext,
    s: OpenSession,
    item: _Item,
    error: ConnectorError | None,
    *,
    position: int,
    batch_size: int,
    report: SendReport,
) -> None:
    now = ctx.clock.now()
    if isinstance(error, Duplicate) and error.ettn == item.wire.ettn:
        documents.set_state(
            s,
            item.record.id,
            State.SENT,
            at=now,
            raw_code=error.raw_code or "",
            raw_text=error.raw_text or "",
            note="Entegratör belgeyi daha önce almış.",
        )
        outbox.settle(s, item.row.id, at=now)
        report.sent.append(item.record.ettn)
        return
    is_named_culprit = (
        isinstance(error, Rejected) and error.element_index is not None and error.element_index == position
    )
    is_definite = isinstance(error, Rejected) and not error.retry_safe and (batch_size == 1 or is_named_culprit)
    is_clash = isinstance(error, Duplicate) and bool(error.ettn) and batch_size == 1
    if error is not None and (is_definite or is_clash):
        documents.set_state(
            s,
            item.record.id,
            State.FAILED,
            at=now,
            raw_code=error.raw_code or "",
            raw_text=error.raw_text or "",
            note=error.sentence,
        )
        tracking.flag(ctx, s, item.record, error)
        outbox.park(s, item.row.id, error_code=error.code, error_text=error.sentence, at=now)
        report.refused.append(item.record.ettn)
        return
    # A member of a refused batch, or an error that says nothing sure: ask for its status before anything is resent,
    # and send it alone next time so that one bad invoice cannot hold the others back.
    note = error.sentence if error is not None else "Entegratör bu belge için sonuç bildirmedi."
    documents.set_state(
        s,
        item.record.id,
        State.UNKNOWN,
        at=now,
        raw_code=(error.raw_code or "") if error is not None else "",
        raw_text=(error.raw_text or "") if error is not None else "",
        note=note,
    )
    named_other = isinstance(error, Rejected) and error.element_index is not None
    outbox.postpone(
        s,
        item.row.id,
        until=now,
        error_code=error.code if error is not None else "NO_OUTCOME",
        error_text=note,
        at=now,
        payload={**item.row.payload, "solo": batch_size > 1 and not named_other, "answered": error is not None},
    )
    report.unknown.append(item.record.ettn)
