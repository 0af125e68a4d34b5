"""After an older backup was restored: what the integrator knows and this database has forgotten comes back.

A backup takes the counters back with it. Until the integrator has been asked, numbers given since the backup would be
offered to other invoices, so sealing waits for this pass (`ensure_caught_up`). The pass can be cut off anywhere: the
counters are raised first, each document is stored in one transaction, and the mark goes last.

A company without an integrator account can ask nobody. It may seal, but each document sealed in that time is put on
the manual-review list (`flag_uncertain`): only a person can say whether its number is on another paper already. When an
account is added later, this pass runs for it too and shows every number that was given twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.connectors.base import FetchedDocument, FetchQuery, Session
from app.domain.dates import ISTANBUL
from app.domain.document_number import DocumentNumber, parse_document_number
from app.domain.errors import AppError, InputError, RuleBroken
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.turkish import format_date
from app.storage import companies, documents, numbers, outbox, quarantine, recovered, restored
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord, DocumentIndex, DocumentRecord
from app.storage.recovered import Missing
from app.ubl.reader import DocumentSummary, summarize
from app.workflows import points, receiving, slices, tracking
from app.workflows.context import WorkContext

#: How far before the backup's last change the list begins: a document can still change for eight days after it arrived.
LOOK_BACK = timedelta(days=10)
_OPEN = (State.SENT, State.DELIVERED)


@dataclass(slots=True, kw_only=True)
class CatchUpReport:
    """`restored` are the numbers of documents that came back, `sent` those that turned out to be sent already.

    `raised` are the next numbers of the counters that moved; `taken` are numbers that another document has here.
    `other_firm` counts listed documents of another sender. `received` is what the incoming side brought.
    """

    restored: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    kept_aside: list[tuple[str, str]] = field(default_factory=list)
    other_firm: int = 0
    received: receiving.ReceiveReport = field(default_factory=receiving.ReceiveReport)

    def to_json(self) -> dict[str, Any]:
        aside = [*self.kept_aside, *self.received.kept_aside]
        return {
            "restored": self.restored,
            "sent": self.sent,
            "raised": self.raised,
            "taken": self.taken,
            "kept_aside": [{"name": name, "message": message} for name, message in aside],
            "other_firm": self.other_firm,
            "new": self.received.new,
            "duplicates": self.received.duplicates,
        }


@dataclass(frozen=True, slots=True)
class _Listed:
    """One header and the number in it."""

    header: FetchedDocument
    number: DocumentNumber

    @property
    def has_failed(self) -> bool:
        return self.header.status is not None and self.header.status.state is State.FAILED


def is_waiting(ctx: WorkContext, company: CompanyRecord) -> bool:
    """Whether numbers may be given twice until the integrator has been asked."""
    with ctx.db.read() as s:
        mark = restored.mark_of(s, company.id)
    return mark is not None and not mark.is_numbered


def is_due(ctx: WorkContext, company: CompanyRecord) -> bool:
    """Whether anything is left to catch up."""
    with ctx.db.read() as s:
        return restored.mark_of(s, company.id) is not None


def ensure_caught_up(ctx: WorkContext, company: CompanyRecord) -> None:
    """Raise RuleBroken (NUMBER.AFTER_RESTORE) while a restored company has not asked its integrator."""
    with ctx.db.read() as s:
        mark = restored.mark_of(s, company.id)
        account = companies.get_account(s, company.id)
    if mark is None or mark.is_numbered or account is None:
        return
    day = format_date(mark.at.astimezone(ISTANBUL).date())
    raise RuleBroken(
        "NUMBER.AFTER_RESTORE",
        f"{day} günü yedek geri yüklendiği için mühürleme bekletiliyor.",
        why="Yedekten sonra verilmiş numaralar bu veritabanında yok; aynı numara iki faturaya verilebilirdi.",
        todo="Bağlantı varken firmayı bir kez eşitleyin; numaralar entegratörle karşılaştırılınca mühürleme açılır.",
        retry_safe=True,
    )


def flag_uncertain(ctx: WorkContext, s: OpenSession, company: CompanyRecord, document_id: int) -> None:
    """Put a document on the review list that was numbered while nobody could be asked (no integrator account)."""
    mark = restored.mark_of(s, company.id)
    if mark is None or mark.is_numbered:
        return
    documents.flag_review(
        s,
        document_id,
        code="NUMBER.UNCERTAIN",
        reason="Veritabanı yedekten geri yüklendikten sonra numaralandı; firmanın entegratör hesabı olmadığı için "
        "numara karşılaştırılamadı.",
        todo="Yedekten sonra kestiğiniz faturalara bakın: bu numara başka bir faturada varsa bu belgeyi göndermeyin.",
        at=ctx.clock.now(),
    )


def catch_up(ctx: WorkContext, company: CompanyRecord, account: AccountRecord, session: Session) -> CatchUpReport:
    """Bring counters, sent and received documents of a marked company up to date; nothing to do without a mark.

    Not bound by the polling floors: once per restore. Raises: ConnectorError, and then the mark stays.
    """
    report = CatchUpReport()
    with ctx.db.read() as s:
        mark = restored.mark_of(s, company.id)
    if mark is None:
        return report
    today = ctx.clock.today()
    start = date(today.year - 1, 1, 1)
    if mark.since is not None:
        start = (mark.since - LOOK_BACK).astimezone(ISTANBUL).date()
    if not mark.is_numbered:
        listed = _list_sent(ctx, company, session, start, today, report)
        _raise_counters(ctx, company, listed, today, report)
        _bring_back(ctx, company, session, listed, report)
        with ctx.db.write(points.CATCH_UP) as s:
            restored.mark_numbered(s, company.id, mark)
    # What came in since the backup is marked as read over there: the usual question would never bring it again.
    report.received = receiving.complete_period(ctx, company, account, session, start=start, end=today)
    with ctx.db.write(points.CATCH_UP) as s:
        restored.clear(s, company.id)
    return report


def _list_sent(
    ctx: WorkContext, company: CompanyRecord, session: Session, start: date, end: date, report: CatchUpReport
) -> list[_Listed]:
    """The headers of what was sent, in the order of their numbers: a counter's history reads as it was made."""
    digits = company.company.tax_number.digits
    query = FetchQuery(
        direction=Direction.OUT, include_read=True, header_only=True, by_creation=True, start=start, end=end
    )
    listed: list[_Listed] = []
    for page in session.fetch(query):
        ctx.progress.report(len(listed), 0, "Gönderilmiş belgeler karşılaştırılıyor")
        ctx.progress.checkpoint()
        for header in page:
            if header.sender_vkn not in ("", digits):
                report.other_firm += 1
                continue
            number = _number_of(header)
            if number is not None:
                listed.append(_Listed(header, number))
    return sorted(listed, key=lambda item: item.number)


def _number_of(header: FetchedDocument) -> DocumentNumber | None:
    """None for what is no number of a sent document (a portal's draft, for instance)."""
    try:
        number = parse_document_number(header.number)
    except InputError:
        return None
    return None if number.is_placeholder else number


def _raise_counters(
    ctx: WorkContext, company: CompanyRecord, listed: Sequence[_Listed], today: date, report: CatchUpReport
) -> None:
    highest: dict[tuple[str, int], tuple[DocumentNumber, date]] = {}
    for item in listed:
        key = (item.number.series, item.number.year)
        day = item.header.issue_date or today
        _, latest = highest.get(key, (item.number, day))
        highest[key] = (item.number, max(latest, day))  # the list is sorted by number
    if not highest:
        return
    with ctx.db.write(points.CATCH_UP) as s:
        for number, last_date in highest.values():
            if numbers.raise_counter(s, company.id, number, last_date=last_date):
                following, _ = numbers.peek_next(s, company.id, number.series, number.year)
                report.raised.append(str(following))


def _bring_back(
    ctx: WorkContext, company: CompanyRecord, session: Session, listed: Sequence[_Listed], report: CatchUpReport
) -> None:
    known: list[_Listed] = []
    missing: list[_Listed] = []
    with ctx.db.read() as s:
        for item in listed:
            what, _ = recovered.what_is_missing(
                s, company.id, ettn=item.header.ettn, number=str(item.number), has_failed=item.has_failed
            )
            (known if what in (Missing.NOTHING, Missing.SENDING) else missing).append(item)
    slices.write_each(ctx, points.CATCH_UP, known, lambda s, item: _refresh(ctx, s, company, item, report))
    for done, item in enumerate(missing):
        ctx.progress.report(done, len(missing), "Yedekten sonra gönderilenler geri alınıyor")
        ctx.progress.checkpoint()
        document = _fetch(session, item)
        summary, problem = _read(document, item)
        with ctx.db.write(points.CATCH_UP) as s:
            if summary is None or problem is not None:
                _keep_aside(ctx, s, company, item, document, problem, report)
            else:
                _store(ctx, s, company, item, document.content or b"", summary, report)


def _refresh(ctx: WorkContext, s: OpenSession, company: CompanyRecord, item: _Listed, report: CatchUpReport) -> None:
    """A document that we have: what became of it since the backup. One that waited is not sent again."""
    what, record = recovered.what_is_missing(
        s, company.id, ettn=item.header.ettn, number=str(item.number), has_failed=item.has_failed
    )
    if record is None:
        return
    if what is Missing.SENDING:
        record = recovered.note_sent(s, record, at=ctx.clock.now())
        report.sent.append(record.number)
    if record.state in _OPEN and not record.is_final and item.header.status is not None:
        tracking.apply_report(ctx, s, record, item.header.status)


def _fetch(session: Session, item: _Listed) -> FetchedDocument:
    """The document with its content; the bare header when it does not come."""
    for page in session.fetch(FetchQuery(direction=Direction.OUT, include_read=True, ettn=item.header.ettn)):
        for document in page:
            if document.ettn == item.header.ettn:
                return document
    return item.header


def _read(document: FetchedDocument, item: _Listed) -> tuple[DocumentSummary | None, AppError | None]:
    if document.damage is not None:
        return None, document.damage
    try:
        summary = summarize(document.content or b"")
    except AppError as problem:
        return None, problem
    if summary.ettn != item.header.ettn or summary.number != str(item.number):
        return None, InputError(
            "CATCH_UP.OTHER",
            "Entegratörün verdiği dosya başka bir belge.",
            why="İçindeki ETTN veya numara listedekinden farklı.",
            todo="Ham dosya saklandı; entegratörünüze bildirin.",
        )
    return summary, None


def _store(
    ctx: WorkContext,
    s: OpenSession,
    company: CompanyRecord,
    item: _Listed,
    raw: bytes,
    summary: DocumentSummary,
    report: CatchUpReport,
) -> None:
    record, what = recovered.store_sent(
        s,
        company.id,
        ettn=item.header.ettn,
        number=item.number,
        kind=summary.kind if isinstance(summary.kind, DocumentKind) else DocumentKind.INVOICE,
        index=_index_of(summary, item.header),
        raw=raw,
        has_failed=item.has_failed,
        at=ctx.clock.now(),
    )
    if what is Missing.TAKEN and record is not None:
        _show_double(ctx, s, company, item, record, raw)
        report.taken.append(str(item.number))
    elif record is not None and what is not Missing.NOTHING:
        report.restored.append(record.number)
        if item.header.status is not None:
            tracking.apply_report(ctx, s, record, item.header.status)


def _show_double(
    ctx: WorkContext, s: OpenSession, company: CompanyRecord, item: _Listed, record: DocumentRecord, raw: bytes
) -> None:
    """The number is on two papers: the one over there is kept aside, the one here is stopped and shown."""
    now = ctx.clock.now()
    reason = f"{item.number} numarası yedekten önceki veritabanından başka bir faturayla gönderilmiş."
    quarantine.keep(s, company.id, name=item.header.ettn, raw=raw, code="NUMBER.DOUBLE", reason=reason, at=now)
    for row in outbox.open_for(s, record.id, "send"):
        outbox.park(s, row.id, error_code="NUMBER.DOUBLE", error_text=reason, at=now)
    documents.flag_review(
        s,
        record.id,
        code="NUMBER.DOUBLE",
        reason=reason,
        todo="Bu belgeyi göndermeyin; iki faturayı karşılaştırın ve mali müşavirinize danışın.",
        at=now,
    )


def _keep_aside(
    ctx: WorkContext,
    s: OpenSession,
    company: CompanyRecord,
    item: _Listed,
    document: FetchedDocument,
    problem: AppError | None,
    report: CatchUpReport,
) -> None:
    """The document cannot be read. Its number is safe all the same: the counters are raised by the headers."""
    error = problem or InputError("XML.UNKNOWN", "Belge tanınmadı.")
    quarantine.keep(
        s,
        company.id,
        name=item.header.ettn,
        raw=document.content or b"",
        code=error.code,
        reason=error.sentence,
        at=ctx.clock.now(),
    )
    report.kept_aside.append((str(item.number), error.sentence))


def _index_of(summary: DocumentSummary, header: FetchedDocument) -> DocumentIndex:
    """The list row of a sent document, out of its own bytes: the partner is the buyer."""
    return DocumentIndex(
        number=summary.number,
        profile=summary.profile,
        type_code=summary.type_code,
        issue_date=summary.issue_date,
        partner_vkn=summary.customer_vkn,
        partner_name=summary.customer_name,
        currency=summary.currency,
        payable=summary.payable,
        vat=summary.vat,
        sender_label=header.from_label,
        receiver_label=header.to_label,
        search_text=summary.notes,
    )
