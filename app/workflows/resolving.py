"""What a person decides of a document that the engine cannot bring to an end by itself.

Each verb wants a reason, writes it into the history and takes the document off the review list. None of them can send a
document twice or lose one: what cannot be shown to be safe is refused, with the way out in the sentence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.connectors.base import StatusReport
from app.connectors.gib_codes import ResendRule, resend_rule
from app.domain.dates import is_issue_date_allowed
from app.domain.errors import InputError, RuleBroken
from app.domain.lifecycle import STATE_TITLES, Direction, State
from app.storage import documents, leases, outbox
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord, OutboxRecord
from app.workflows import points, tracking
from app.workflows.context import WorkContext, under_lease
from app.workflows.official import ensure_right
from app.workflows.queueing import ensure_date, ensure_real_seal
from app.workflows.settling import SURE_AFTER
from app.workflows.sync import Line

Key = Literal["arrived", "requeue", "cancel", "dismiss"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way on for a document. `key` is the word of the command line; `explanation` says what will happen."""

    key: Key
    title: str
    explanation: str


_ARRIVED = Step(
    key="arrived",
    title="Entegratöre ulaşmış",
    explanation="Belgeyi entegratörün portalında gördüyseniz: gönderildi sayılır, durumu izlenmeye devam eder.",
)
_REQUEUE = Step(
    key="requeue",
    title="Yeniden kuyruğa al",
    explanation="Önce entegratöre sorulur; belgeyi tanımıyorsa yeniden kuyruğa girer, tanıyorsa gönderildi sayılır.",
)
_CANCEL = Step(
    key="cancel",
    title="İptal et",
    explanation="Belge gönderilmez. Numarası kullanılmış kalır, başka belgeye verilmez.",
)
_CONFIRM_CANCELLED = Step(
    key="cancel",
    title="İptal edildiğini onayla",
    explanation="Portalda iptal edildiğini gördüyseniz: burada da iptal görünür. Numarası kullanılmış kalır.",
)
_DISMISS = Step(
    key="dismiss",
    title="İncelemesi tamam",
    explanation="Yalnız işaret kalkar; belgenin durumu değişmez. Aynı sorun yeniden görülürse yeniden işaretlenir.",
)
_NEVER_SENT = (State.SEALED, State.QUEUED, State.FAILED)
_CANCELLED_LATER = (State.SENT, State.DELIVERED, State.ACCEPTED, State.LAPSED)
#: A queued document with any other flag has no open intent: taking the flag off would hide it for ever.
_GOES_ON_BY_ITSELF = ("SEND.ODD_STATUS", "STATUS.MISSING")


def next_steps(record: DocumentRecord, *, today: date | None = None) -> list[Step]:
    """What is offered for this document, the likeliest first; nothing when there is nothing to decide.

    With `today` sending again is left out for a document that is too old for it; the verb asks again in any case.
    """
    steps: list[Step] = []
    if record.direction is Direction.OUT:
        is_unknown = record.state is State.UNKNOWN
        if is_unknown:
            steps.append(_ARRIVED)
        if (is_unknown or (record.state is State.QUEUED and record.review_code)) and _is_young(record, today):
            steps.append(_REQUEUE)
        if record.state in _NEVER_SENT and record.number and _is_surely_unsent(record):
            steps.append(_CANCEL)
        if record.state in _CANCELLED_LATER and record.review_code == "STATUS.CANCELLED_THERE":
            steps.append(_CONFIRM_CANCELLED)
    if record.review_code and not _would_vanish(record):
        steps.append(_DISMISS)
    return steps


def confirm_arrived(ctx: WorkContext, company: CompanyRecord, ettn: str, *, reason: str) -> DocumentRecord:
    """The user saw it in the portal: UNKNOWN becomes SENT, and its status is asked like that of any sent document.

    Raises: InputError (RESOLVE.REASON), RuleBroken (RESOLVE.NOT_OFFERED, DOC.UNKNOWN), LeaseHeld.
    """
    why = _reason(reason)
    with _lease(ctx, company) as leased, leased.db.write(points.RESOLVE) as s:
        record = _find(s, company, ettn)
        _ensure_offered(ctx, record, "arrived")
        now = ctx.clock.now()
        documents.set_state(s, record.id, State.SENT, at=now, note=f"Portalda görüldü: {why}")
        for row in outbox.unfinished(s, record.id, "send"):
            outbox.settle(s, row.id, at=now)
        return _cleared(ctx, s, record, why)


def queue_again(ctx: WorkContext, company: CompanyRecord, ettn: str, *, reason: str, line: Line) -> DocumentRecord:
    """Ask the integrator now; back to QUEUED with a fresh intent when it surely has nothing, SENT when it has it.

    Raises: InputError (RESOLVE.REASON); RuleBroken (RESOLVE.NOT_OFFERED, RESOLVE.OTHER_PLACE, RESOLVE.TOO_SOON,
    RESOLVE.OTHER_NUMBER, RESOLVE.NO_ANSWER, DATE.SEVEN_DAYS, SEAL.TEST_ON_LIVE, OFFICIAL.FINDINGS); LeaseHeld;
    ConnectorError when the question fails. Nothing changes then.
    """
    why = _reason(reason)
    with _lease(ctx, company) as leased:
        with leased.db.read() as s:
            record = _find(s, company, ettn)
            _ensure_offered(ctx, record, "requeue")
            rows = outbox.unfinished(s, record.id, "send")
            _ensure_sure(ctx, s, record, rows)
        ensure_date(ctx, record)
        ensure_real_seal(record, line.kind, line.connector.title)
        _ensure_same_place(record, rows, line.account.url)
        answer = _ask(record, line)
        leased.progress.checkpoint()
        if not answer.found:
            _ensure_still_right(ctx, record)
        with leased.db.write(points.RESOLVE) as s:
            fresh = documents.get(s, record.id)
            if fresh.state is not record.state:
                raise RuleBroken(
                    "RESOLVE.CHANGED", f"{record.number} bu sırada değişti.", todo="Listeyi yenileyin.", retry_safe=True
                )
            if answer.found:
                return _take_as_sent(ctx, s, fresh, answer, why)
            now = ctx.clock.now()
            documents.set_state(s, record.id, State.QUEUED, at=now, note=f"Yeniden kuyruğa alındı: {why}")
            for row in outbox.unfinished(s, record.id, "send"):
                outbox.withdraw(s, row.id, at=now, reason=why)
            # Alone on the wire: whatever held it back may not hold others back.
            outbox.enqueue(s, company.id, record.id, "send", {"solo": True}, at=now)
            return _cleared(ctx, s, record, why)


def _ensure_still_right(ctx: WorkContext, record: DocumentRecord) -> None:
    """Raise OfficiallyWrong when the rules installed now find an error in what would be sent."""
    with ctx.db.read() as s:
        xml = documents.load_file(s, record.id, "sealed")
    if xml is not None and ctx.rules.release:
        ensure_right(ctx, xml, name=record.number, verb="kuyruğa alınmadı", kind=record.kind)


def cancel(ctx: WorkContext, company: CompanyRecord, ettn: str, *, reason: str) -> DocumentRecord:
    """Give a document up that nobody has got. Its number stays used; what waited in the outbox is withdrawn.

    One that the integrator calls cancelled (STATUS.CANCELLED_THERE) becomes CANCELLED too.
    Raises: InputError (RESOLVE.REASON), RuleBroken (RESOLVE.NOT_OFFERED, DOC.UNKNOWN), LeaseHeld.
    """
    why = _reason(reason)
    with _lease(ctx, company) as leased, leased.db.write(points.RESOLVE) as s:
        record = _find(s, company, ettn)
        _ensure_offered(ctx, record, "cancel")
        now = ctx.clock.now()
        for row in outbox.unfinished(s, record.id):
            # The legal copy of one that was delivered is still wanted.
            if row.action == "send":
                outbox.withdraw(s, row.id, at=now, reason=why)
        note = f"İptal edildi; {record.number} numarası kullanılmış kalır, başka belgeye verilmez. Neden: {why}"
        documents.set_state(s, record.id, State.CANCELLED, at=now, note=note, is_final=True)
        return _cleared(ctx, s, record, why)


def dismiss(ctx: WorkContext, company: CompanyRecord, ettn: str, *, reason: str) -> DocumentRecord:
    """The user has looked: only the flag goes. Of received documents too.

    Raises: InputError (RESOLVE.REASON), RuleBroken (RESOLVE.NOT_OFFERED, DOC.UNKNOWN).
    """
    why = _reason(reason)
    with ctx.db.write(points.RESOLVE) as s:
        record = _find(s, company, ettn, flagged=True)
        _ensure_offered(ctx, record, "dismiss")
        if record.review_code == "STATUS.STALE":
            # Nobody may ask about it any more; without this it would come back with the next pass.
            documents.set_state(s, record.id, record.state, at=ctx.clock.now(), is_final=True)
        return _cleared(ctx, s, record, why)


@contextmanager
def _lease(ctx: WorkContext, company: CompanyRecord) -> Iterator[WorkContext]:
    """Nobody may be sending meanwhile."""
    lease = leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now())
    try:
        yield under_lease(ctx, lease)
    finally:
        lease.release()


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if len(reason) < 3:
        raise InputError(
            "RESOLVE.REASON",
            "Neden yazılmadı.",
            why="Elle verilen her karar nedeniyle birlikte belgenin geçmişine yazılır.",
            todo="Ne gördüğünüzü bir cümleyle yazın.",
        )
    return reason


def _find(s: OpenSession, company: CompanyRecord, ettn: str, *, flagged: bool = False) -> DocumentRecord:
    """The outgoing document, else the incoming one; with `flagged` the one that is in review where both exist."""
    found = [r for d in (Direction.OUT, Direction.IN) if (r := documents.find(s, company.id, d, ettn)) is not None]
    if not found:
        raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin.")
    return next((r for r in found if flagged and r.review_code), found[0])


def _ensure_offered(ctx: WorkContext, record: DocumentRecord, key: Key) -> None:
    # Too old is said by the verb itself, in its own words.
    if any(step.key == key for step in next_steps(record, today=ctx.clock.today())):
        return
    if key == "requeue" and not _is_young(record, ctx.clock.today()):
        ensure_date(ctx, record)
    name = record.number or record.ettn
    others = ", ".join(f"{step.title} ({step.key})" for step in next_steps(record, today=ctx.clock.today()))
    raise RuleBroken(
        "RESOLVE.NOT_OFFERED",
        f"{name} için bu yapılamaz.",
        why=f"Belgenin durumu '{STATE_TITLES[record.state]}'. {_WHY_NOT[key]}",
        todo=f"Yapılabilecekler: {others}." if others else "Bu belge için verilecek bir karar yok.",
    )


_WHY_NOT: dict[Key, str] = {
    "arrived": "Yalnız sonucu bilinmeyen gönderimler elle gönderildi sayılır.",
    "requeue": "Yalnız sonucu bilinmeyen ya da kuyrukta takılan belgeler yeniden kuyruğa alınır.",
    "cancel": "Yalnız kimseye ulaşmadığı kesin olan numaralı belgeler iptal edilir.",
    "dismiss": "İncelemede değil ya da işareti kalkarsa unutulur.",
}


def _is_young(record: DocumentRecord, today: date | None) -> bool:
    if today is None:
        return record.review_code != "DATE.SEVEN_DAYS"
    return record.issue_date is None or is_issue_date_allowed(record.issue_date, today=today)


def _is_surely_unsent(record: DocumentRecord) -> bool:
    """A failure after which GİB may hold the document all the same (1163, 1300 …) is no proof that it is nowhere."""
    if record.state is not State.FAILED or record.gib_code is None:
        return True
    return resend_rule(record.gib_code) in (ResendRule.SAME_ETTN, ResendRule.NEW_ETTN)


def _would_vanish(record: DocumentRecord) -> bool:
    """Whether the flag is all that still points at a document that has no intent and no end."""
    if record.direction is Direction.IN:
        return False
    if record.state is State.QUEUED:
        return record.review_code not in _GOES_ON_BY_ITSELF
    return record.state is State.UNKNOWN and record.review_code not in _GOES_ON_BY_ITSELF


def _ensure_sure(ctx: WorkContext, s: OpenSession, record: DocumentRecord, rows: list[OutboxRecord]) -> None:
    """A request whose answer was lost may still be worked on over there: "no record" counts only after a while."""
    if record.state is not State.UNKNOWN or any(row.payload.get("answered") for row in rows):
        return
    since = max((h.at for h in documents.history(s, record.id) if h.state is State.SENDING), default=record.updated_at)
    if ctx.clock.now() - since < SURE_AFTER:
        raise RuleBroken(
            "RESOLVE.TOO_SOON",
            f"{record.number} için karar vermeye erken.",
            why="Gönderim az önce yarıda kaldı; entegratör onu hâlâ işliyor olabilir.",
            todo="Birkaç dakika sonra yeniden deneyin.",
            retry_safe=True,
        )


def _ensure_same_place(record: DocumentRecord, rows: list[OutboxRecord], url: str) -> None:
    """Another integrator's "no record" says nothing about where the document went."""
    sent_to = next((str(place) for row in rows if (place := row.payload.get("sent_to"))), url)
    if sent_to != url or (record.review_code == "ACCOUNT.MOVED" and not any(r.payload.get("sent_to") for r in rows)):
        raise RuleBroken(
            "RESOLVE.OTHER_PLACE",
            f"{record.number} yeniden kuyruğa alınamaz.",
            why=f"Belge başka bir adrese gönderilmişti ({sent_to}); oraya ulaşıp ulaşmadığını yalnız orası bilir.",
            todo="Eski portalda görüyorsanız 'Entegratöre ulaşmış' deyin; görmüyorsanız adresi geçici olarak eskisine"
            " çevirip yeniden deneyin.",
        )


def _ask(record: DocumentRecord, line: Line) -> StatusReport:
    reports = line.open_session().statuses([record.ettn], direction=Direction.OUT)
    answer = next((r for r in reports if r.ettn == record.ettn), None)
    if answer is None:
        raise RuleBroken(
            "RESOLVE.NO_ANSWER",
            f"{record.number} için entegratör bir şey söylemedi.",
            todo="Daha sonra yeniden deneyin.",
            retry_safe=True,
        )
    if answer.found and answer.number not in ("", record.number):
        raise RuleBroken(
            "RESOLVE.OTHER_NUMBER",
            f"{record.number} yeniden kuyruğa alınamaz.",
            why=f"Entegratör bu ETTN ile {answer.number} numaralı bir belge tutuyor.",
            todo="Entegratörünüze danışın.",
        )
    return answer


def _take_as_sent(
    ctx: WorkContext, s: OpenSession, record: DocumentRecord, answer: StatusReport, why: str
) -> DocumentRecord:
    """It is there after all: nothing is sent again."""
    now = ctx.clock.now()
    if record.state is State.QUEUED:
        documents.set_state(s, record.id, State.SENDING, at=now)
    documents.set_state(s, record.id, State.SENT, at=now, note="Soruldu: belge entegratöre ulaşmış.")
    for row in outbox.unfinished(s, record.id, "send"):
        outbox.settle(s, row.id, at=now)
    # First the old flag goes, then the report may set a new one (it has failed there, say).
    _cleared(ctx, s, record, why)
    tracking.apply_report(ctx, s, documents.get(s, record.id), answer)
    return documents.get(s, record.id)


def _cleared(ctx: WorkContext, s: OpenSession, record: DocumentRecord, why: str) -> DocumentRecord:
    documents.clear_review(s, record.id, at=ctx.clock.now(), note=f"İnceleme tamamlandı: {why}")
    return documents.get(s, record.id)
