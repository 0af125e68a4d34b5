"""What a person has to look at: unknown outcomes and documents under review, each with what was tried and the next
safe step. Read off the GUI thread; no Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.errors import ConfigError
from app.domain.lifecycle import STATE_TITLES, Direction, State
from app.domain.turkish import format_datetime
from app.storage import companies, documents, outbox, search
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord, DocumentRecord, HistoryRecord, OutboxRecord
from app.workflows import floors, resolving
from app.workflows.context import WorkContext
from app.workflows.resolving import Key, Step

if TYPE_CHECKING:
    from app.office import Office

#: More than this nobody works through in one sitting; the rest follows as these are settled.
LIMIT = 300
#: So many of the latest entries of the history are told.
_TOLD = 3
#: States in which the integrator may still have something to say.
_ASKABLE = (State.UNKNOWN, State.SENT, State.DELIVERED, State.ANSWERING, State.ANSWER_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One document that waits for a person. `tried` are sentences, oldest first; `steps` the likeliest first.

    `can_ask` says that asking the integrator may bring something; `ask_at` from when, None for now.
    """

    record: DocumentRecord
    company: CompanyRecord
    account: AccountRecord | None
    reason: str
    todo: str
    tried: tuple[str, ...]
    steps: tuple[Step, ...]
    can_ask: bool
    ask_at: datetime | None


def load(ctx: WorkContext, office: Office, company_id: int | None) -> list[WorkItem]:
    """The work of one company or of all, what changed last first."""
    with ctx.db.read() as s:
        known = {c.id: c for c in companies.list_companies(s)}
        accounts = {i: companies.get_account(s, i) for i in known}
        records = _waiting(s, company_id)
        facts = {r.id: (outbox.for_document(s, r.id), documents.history(s, r.id)) for r in records}
    allowed = {
        i: _status_allowed(ctx, office, account)
        for i, account in accounts.items()
        if account is not None and any(r.company_id == i for r in records)
    }
    return [
        _item(ctx, r, known[r.company_id], accounts[r.company_id], allowed.get(r.company_id), *facts[r.id])
        for r in records
    ]


def decide(ctx: WorkContext, office: Office, item: WorkItem, key: Key, reason: str) -> DocumentRecord:
    """Do one of `item.steps`. Raises: as the verbs of `workflows.resolving`."""
    company, ettn = item.company, item.record.ettn
    match key:
        case "arrived":
            return resolving.confirm_arrived(ctx, company, ettn, reason=reason)
        case "cancel":
            return resolving.cancel(ctx, company, ettn, reason=reason)
        case "dismiss":
            return resolving.dismiss(ctx, company, ettn, reason=reason)
        case "requeue":
            if item.account is None:
                raise ConfigError(
                    "ACCOUNT.MISSING",
                    "Belge yeniden kuyruğa alınamadı.",
                    why="Bu firma için entegratör tanımlı değil; önce ona sorulması gerekir.",
                    todo="Ayarlar ▸ Entegratörler sayfasında hesabı tanımlayın.",
                )
            return resolving.queue_again(ctx, company, ettn, reason=reason, line=office.line(item.account))


def _waiting(s: OpenSession, company_id: int | None) -> list[DocumentRecord]:
    order = (("updated_at", True),)
    review = search.DocumentQuery(company_id=company_id, only_review=True, sort=order)
    unknown = search.DocumentQuery(company_id=company_id, direction=Direction.OUT, states=(State.UNKNOWN,), sort=order)
    found = [*search.first(s, unknown, limit=LIMIT), *search.first(s, review, limit=LIMIT)]
    return search.rows(s, list(dict.fromkeys(found))[:LIMIT])


def _status_allowed(ctx: WorkContext, office: Office, account: AccountRecord) -> datetime | None:
    connector = office.connector(account.connector)
    return floors.next_allowed(
        ctx,
        account,
        "status",
        mode="button",
        floors=connector.capabilities.floors,
        intervals=office.intervals(connector),
    )


def _item(
    ctx: WorkContext,
    record: DocumentRecord,
    company: CompanyRecord,
    account: AccountRecord | None,
    status_allowed: datetime | None,
    rows: Sequence[OutboxRecord],
    history: Sequence[HistoryRecord],
) -> WorkItem:
    now = ctx.clock.now()
    reason, todo = _why(record)
    waiting = [row for row in rows if row.state == "waiting" and row.action == "send"]
    if record.state is State.UNKNOWN:
        # What became of a send may be asked whenever its own pause is over; no floor holds it back.
        moments = [row.next_at for row in waiting if row.next_at > now]
        ask_at, can_ask = (min(moments) if moments else None), bool(waiting)
    else:
        ask_at, can_ask = status_allowed, record.state in _ASKABLE and not record.is_final
    return WorkItem(
        record=record,
        company=company,
        account=account,
        reason=reason,
        todo=todo,
        tried=tuple(_tried(record, rows, history)),
        steps=tuple(resolving.next_steps(record, today=ctx.clock.today())),
        can_ask=can_ask and account is not None,
        ask_at=ask_at,
    )


def _why(record: DocumentRecord) -> tuple[str, str]:
    if record.review_code:
        return record.review_reason, record.review_todo
    return (
        "Gönderimin yanıtı gelmedi; belgenin entegratöre ulaşıp ulaşmadığı bilinmiyor.",
        "Önce entegratöre sorun. Belge kendiliğinden ikinci kez gönderilmez.",
    )


def _tried(record: DocumentRecord, rows: Sequence[OutboxRecord], history: Sequence[HistoryRecord]) -> list[str]:
    told = [f"{format_datetime(h.at)} · {_happened(h)}" for h in history[-_TOLD:]]
    sends = [row for row in rows if row.action == "send"]
    if sends and sends[-1].tries:
        last = sends[-1]
        is_told = any(last.error_text in sentence for sentence in told)
        told.append(f"Toplam {last.tries} kez gönderildi{_said('' if is_told else last.error_text)}.")
    if sends and isinstance(sends[-1].payload.get("not_found_at"), str):
        moment = datetime.fromisoformat(sends[-1].payload["not_found_at"])
        told.append(
            f"{format_datetime(moment)} · Soruldu: entegratör belgeyi tanımadı; emin olmak için yeniden sorulur."
        )
    if record.last_status_at is not None:
        told.append(f"Durumu en son {format_datetime(record.last_status_at)} tarihinde soruldu.")
    return told


def _happened(entry: HistoryRecord) -> str:
    said = entry.note or entry.raw_text
    title = STATE_TITLES[entry.state]
    return f"{title}: {said}" if said else title


def _said(error: str) -> str:
    return f"; son yanıt: {error.rstrip('.')}" if error else ""


#: What a step does that is not easily taken back, for the question before it: title, consequence, button.
QUESTIONS: dict[Key, tuple[str, str, str]] = {
    "cancel": (
        "1 belge iptal edilsin mi?",
        "Belge gönderilmez ve bu karar geri alınamaz. Numarası kullanılmış kalır, başka belgeye verilmez.",
        "İptal et",
    ),
    "arrived": (
        "1 belge gönderilmiş sayılsın mı?",
        "Portalda gördüyseniz onaylayın. Ulaşmamış bir belge böyle işaretlenirse alıcıya hiç gitmez.",
        "Gönderilmiş say",
    ),
}
