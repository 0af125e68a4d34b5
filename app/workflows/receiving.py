"""Incoming documents: stored byte for byte, then acknowledged, never the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.connectors.base import FetchedDocument, FetchQuery, Rejected, Session
from app.domain.dates import answer_deadline, istanbul_date
from app.domain.despatch import answer_until
from app.domain.errors import AppError, InputError
from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import documents, quarantine, spellings
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord, DocumentIndex
from app.ubl.reader import DocumentSummary, summarize
from app.workflows import points, slices
from app.workflows.context import WorkContext


@dataclass(slots=True, kw_only=True)
class ReceiveReport:
    """`new` are ETTNs seen for the first time, `again` those we had, `kept_aside` unreadable ones (name, sentence).

    `unmarked` says why some could not be marked as read over there; they are stored all the same and come again.
    """

    new: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    kept_aside: list[tuple[str, str]] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "new": self.new,
            "again": self.again,
            "duplicates": self.duplicates,
            "kept_aside": [{"name": name, "message": message} for name, message in self.kept_aside],
            "unmarked": self.unmarked,
        }


@dataclass(frozen=True, slots=True)
class _Parsed:
    fetched: FetchedDocument
    raw: bytes
    summary: DocumentSummary | None
    problem: AppError | None


def receive_new(ctx: WorkContext, company: CompanyRecord, account: AccountRecord, session: Session) -> ReceiveReport:
    """Bring every document that the integrator has not yet marked as read, page by page.

    A page is stored whole and only then acknowledged; a crash in between brings it again and changes
    nothing. The caller has checked the floor.
    """
    report = ReceiveReport()
    query = FetchQuery(direction=Direction.IN, labels=account.labels)
    for page in session.fetch(query):
        ctx.progress.report(len(report.new), 0, f"{len(report.new)} belge alındı")
        ctx.progress.checkpoint()
        _store_and_acknowledge(ctx, company, session, page, report)
    return report


def complete_period(
    ctx: WorkContext, company: CompanyRecord, account: AccountRecord, session: Session, *, start: date, end: date
) -> ReceiveReport:
    """Find what was marked as read elsewhere (a portal, another program) and bring it too.

    Headers only, already-read included, by creation date, both ends inclusive.
    """
    report = ReceiveReport()
    missing: list[str] = []
    headers = FetchQuery(
        direction=Direction.IN,
        include_read=True,
        header_only=True,
        labels=account.labels,
        by_creation=True,
        start=start,
        end=end,
    )
    for page in session.fetch(headers):
        with ctx.db.read() as s:
            # What came without its content is not kept yet, only noted.
            kept = {k.name for k in quarantine.list_kept(s, company.id) if k.size_bytes}
            missing.extend(
                d.ettn
                for d in page
                if d.ettn not in kept and documents.find(s, company.id, Direction.IN, d.ettn) is None
            )
    for done, ettn in enumerate(missing):
        ctx.progress.report(done, len(missing), "Eksik belgeler alınıyor")
        ctx.progress.checkpoint()
        for page in session.fetch(FetchQuery(direction=Direction.IN, include_read=True, ettn=ettn)):
            _store_and_acknowledge(ctx, company, session, page, report)
    return report


def _store_and_acknowledge(
    ctx: WorkContext, company: CompanyRecord, session: Session, page: Sequence[FetchedDocument], report: ReceiveReport
) -> None:
    parsed = [_parse(document) for document in page]
    now = ctx.clock.now()
    stored: list[int] = []

    def keep(s: OpenSession, item: _Parsed) -> None:
        if item.problem is not None or item.summary is None:
            problem = item.problem or InputError("XML.UNKNOWN", "Belge tanınmadı.")
            quarantine.keep(
                s,
                company.id,
                name=item.fetched.ettn,
                raw=item.raw,
                code=problem.code,
                reason=problem.sentence,
                at=now,
            )
            report.kept_aside.append((item.fetched.number or item.fetched.ettn, problem.sentence))
            return
        stored.append(_store_one(s, company, item.fetched, item.raw, item.summary, now, report))

    # Compressing a page takes longer than one transaction may; nothing is acknowledged before all of it is stored.
    slices.write_each(ctx, points.RECEIVE, parsed, keep)
    # What came without its content stays unread over there: only the integrator has it.
    try:
        session.acknowledge([(item.fetched.ettn, item.fetched.number) for item in parsed if item.raw])
    except Rejected as error:
        if error.retry_safe:
            raise
        # The others of the page are marked by now. One that can never be marked must not shut the pages behind it.
        report.unmarked.append(error.sentence)
        return
    with ctx.db.write(points.ACKED) as s:
        for document_id in stored:
            documents.set_received_ack(s, document_id, at=ctx.clock.now())


def _parse(fetched: FetchedDocument) -> _Parsed:
    raw = fetched.content or b""
    if fetched.damage is not None:
        return _Parsed(fetched, raw, None, fetched.damage)
    try:
        summary = summarize(raw)
    except AppError as problem:
        return _Parsed(fetched, raw, None, problem)
    if summary.kind not in (DocumentKind.INVOICE, DocumentKind.EARCHIVE, DocumentKind.DESPATCH):
        return _Parsed(
            fetched,
            raw,
            None,
            InputError("XML.NOT_INVOICE", "Gelen dosya bir fatura ya da irsaliye değil.", todo="Ham dosya saklandı."),
        )
    if summary.ettn != fetched.ettn.lower():
        return _Parsed(
            fetched,
            raw,
            None,
            InputError(
                "XML.OTHER_ETTN",
                "Gelen dosyanın içindeki ETTN, entegratörün bildirdiğinden farklı.",
                todo="Ham dosya saklandı; entegratörünüze bildirin.",
            ),
        )
    return _Parsed(fetched, raw, summary, None)


def _store_one(
    s: Any,
    company: CompanyRecord,
    fetched: FetchedDocument,
    raw: bytes,
    summary: DocumentSummary,
    now: datetime,
    report: ReceiveReport,
) -> int:
    arrived = fetched.arrived_at or now
    is_commercial = summary.profile == TICARIFATURA
    due = answer_deadline(arrived) if is_commercial else _despatch_deadline(summary, arrived)
    # A commercial invoice may have been answered at the portal before it comes to us.
    given = fetched.status if is_commercial and fetched.status is not None else None
    is_answered = given is not None and given.state in (State.ANSWERING, State.ANSWERED)
    state = State.ANSWER_DUE if due is not None else State.RECEIVED
    if due is not None and not is_commercial and due < now:
        state = State.LAPSED
    if given is not None and given.state is not None and is_answered:
        state = given.state
    record, is_new = documents.store_received(
        s,
        company.id,
        kind=summary.kind if isinstance(summary.kind, DocumentKind) else DocumentKind.INVOICE,
        ettn=summary.ettn,
        index=index_of(summary, fetched),
        raw=raw,
        arrived_at=arrived,
        state=state,
        answer=given.answer.value if given is not None and given.answer is not None and is_answered else "",
        answer_due_at=due,
        raw_code=fetched.raw_code,
        raw_text=fetched.raw_text,
        # Basic invoices never change again: their status is not asked (IZ-F-19); nor is that of a despatch note.
        is_final=not is_commercial or state is State.ANSWERED,
        note="Belge alındı; yanıtı entegratörün portalında verilmiş." if is_answered else "",
        at=now,
    )
    (report.new if is_new else report.again).append(record.ettn)
    if fetched.listed_as:
        spellings.keep_spelling(s, company.id, record.id, fetched.listed_as)
    if is_new and record.duplicate_of is not None:
        report.duplicates.append(record.ettn)
    digits = company.company.tax_number.digits
    if is_new and summary.customer_vkn not in ("", digits):
        # A wrongly set account would file another firm's invoices here: kept, shown, never taken for granted.
        documents.flag_review(
            s,
            record.id,
            code="RECEIVE.OTHER_FIRM",
            reason="Gelen belgenin alıcısı bu firma değil.",
            todo="Firmanın entegratör hesabını kontrol edin; hesap başka bir firmaya ait olabilir.",
            at=now,
        )
    return record.id


def _despatch_deadline(summary: DocumentSummary, arrived: datetime) -> datetime | None:
    """Until when a despatch note is answered: counted from its own day, as GİB's scenario does; None for the others."""
    if summary.kind is not DocumentKind.DESPATCH:
        return None
    return answer_until(summary.issue_date or istanbul_date(arrived))


def index_of(summary: DocumentSummary, fetched: FetchedDocument) -> DocumentIndex:
    """The list row of a received document, out of its own bytes."""
    return DocumentIndex(
        number=summary.number,
        profile=summary.profile,
        type_code=summary.type_code,
        issue_date=summary.issue_date,
        partner_vkn=summary.supplier_vkn,
        partner_name=summary.supplier_name,
        currency=summary.currency,
        payable=summary.payable,
        vat=summary.vat,
        sender_label=fetched.from_label,
        receiver_label=fetched.to_label,
        search_text=summary.notes,
    )
