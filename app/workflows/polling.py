"""Asking where the documents are: outgoing ones until they are final, answered ones until the answer is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.connectors.base import Session
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import documents, spellings
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows import points, slices, tracking
from app.workflows.context import WorkContext

_CHUNK = 100
#: How near to the end of the eight days the last question must lie to take silence for consent.
_WATCHED = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class StatusOutcome:
    """`changed` maps ETTN to its new state; `missing` are documents that the integrator does not know any more."""

    asked: int = 0
    changed: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"asked": self.asked, "changed": self.changed, "missing": self.missing}


def poll_statuses(ctx: WorkContext, company: CompanyRecord, session: Session) -> StatusOutcome:
    """Query every document that can still change, many per request; final ones and basic incoming ones never.

    The caller has checked the floor. Source: İzibiz checklist IZ-F-17 … IZ-F-23.
    """
    outcome = StatusOutcome()
    with ctx.db.read() as s:
        now = ctx.clock.now()
        due = documents.due_for_status(s, company.id, now=now, floor=timedelta(0), arrived_after=now - tracking.ASK_FOR)
    # A company that invoices itself has both copies under one ETTN: each side is asked for by itself.
    sides = [[r for r in due if r.direction is side] for side in Direction]
    chunks = [side[start : start + _CHUNK] for side in sides for start in range(0, len(side), _CHUNK)]
    for chunk in chunks:
        ctx.progress.report(outcome.asked, len(due), "Durumlar sorgulanıyor")
        ctx.progress.checkpoint()
        with ctx.db.read() as s:
            listed = spellings.load_spellings(s, [record.id for record in chunk])
        asked = [listed.get(record.id, record.ettn) for record in chunk]
        answers = session.statuses(asked, direction=chunk[0].direction)
        reports = {r.ettn.lower(): r for r in answers}
        outcome.asked += len(chunk)
        with ctx.db.write(points.STATUS) as s:
            for record in chunk:
                report = reports.get(record.ettn)
                if report is None or not report.found:
                    outcome.missing.append(record.ettn)
                    documents.flag_review(
                        s,
                        record.id,
                        code="STATUS.MISSING",
                        reason="Entegratör bu belgeyi tanımıyor.",
                        todo="Entegratörün portalında belgeyi arayın; yeniden göndermeyin.",
                        at=ctx.clock.now(),
                    )
                    continue
                fresh = documents.get(s, record.id)
                new = tracking.apply_report(ctx, s, fresh, report)
                if new is not fresh.state:
                    outcome.changed[record.ettn] = new.value
    return outcome


def lapse(ctx: WorkContext, company: CompanyRecord) -> list[str]:
    """Close commercial documents whose eight days passed unanswered, and show a person what never got an outcome.

    A sent invoice that was not asked about near the end of its days (the office was closed) is not called accepted: its
    buyer may have refused it, and the integrator lets nobody ask any more. Needs no connection. Returns the ETTNs that
    lapsed.
    """
    now = ctx.clock.now()
    with ctx.db.read() as s:
        overdue = documents.overdue_answers(s, company.id, now=now, waited=tracking.ASK_FOR)
        stale = documents.stale_outcomes(s, company.id, now=now, waited=tracking.ASK_FOR)
    lapsed: list[str] = []

    def close(s: OpenSession, record: DocumentRecord) -> None:
        if record.direction is Direction.OUT and not _was_watched(record):
            # Final for us: it may not be asked about again.
            documents.set_state(s, record.id, record.state, at=now, is_final=True)
            _show_stale(s, record, "Alıcının yanıtı", now)
            return
        note = (
            "Bu programdan sekiz gün içinde yanıt verilmedi; fatura kabul edilmiş sayılır."
            if record.direction is Direction.IN and record.kind is not DocumentKind.DESPATCH
            else "Bu programdan yedi gün içinde irsaliye yanıtı verilmedi; irsaliye aynen kabul edilmiş sayılır."
            if record.direction is Direction.IN
            else "Alıcı sekiz gün içinde yanıt vermedi; fatura kabul edilmiş sayılır."
        )
        documents.set_state(s, record.id, State.LAPSED, at=now, note=note, is_final=True)
        lapsed.append(record.ettn)

    def show(s: OpenSession, record: DocumentRecord) -> None:
        what = "Yanıtınızın sonucu" if record.direction is Direction.IN else "Gönderimin sonucu"
        _show_stale(s, record, what, now)

    slices.write_each(ctx, points.STATUS, overdue, close)
    slices.write_each(ctx, points.STATUS, stale, show)
    return lapsed


def _was_watched(record: DocumentRecord) -> bool:
    """Whether its status was asked in the last day of the time for an answer."""
    if record.arrived_at is None or record.last_status_at is None:
        return False
    return record.last_status_at >= record.arrived_at + tracking.ASK_FOR - _WATCHED


def _show_stale(s: OpenSession, record: DocumentRecord, what: str, now: datetime) -> None:
    documents.flag_review(
        s,
        record.id,
        code="STATUS.STALE",
        reason=f"{what} sekiz gün içinde öğrenilemedi; entegratör artık sorulmasına izin vermiyor.",
        todo="Entegratörün portalında belgenin durumuna bakın; yeniden göndermeyin.",
        at=now,
    )
