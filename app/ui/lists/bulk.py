"""Bulk verbs over any selection: one job, one outcome that tells what went, what did not and why. No Qt here.

Each verb takes document ids of any companies and never stops at one document's failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.connectors.base import Answer
from app.domain.errors import AppError, RuleBroken
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.runtime.files import write_output
from app.storage import companies, documents, search
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows import tidying
from app.workflows.context import WorkContext
from app.workflows.report import BulkReport, ItemFailure

# The workflows that seal, send and draw bring cryptography and card drivers along: a start with a list in front shall
# not pay for them, so each verb imports what it needs when it runs (in a worker).
if TYPE_CHECKING:
    from app.office import Office
    from app.workflows import printing, sealing

#: Rows read at once when a verb walks over a selection.
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One document that was left alone. `name` is what the user knows it by; `findings` our own checks' sentences."""

    document_id: int
    name: str
    error: AppError
    findings: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a selection. `stopped`: the rest was not tried after a refusal. `folder`: where files lie.

    `undo` names the verb that takes `done` back: "restore", "read", "unread" or nothing.
    """

    title: str
    done: list[int] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    stopped: bool = False
    folder: Path | None = None
    undo: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.failed and not self.stopped

    def add(self, other: Outcome) -> None:
        """Take in what another part of the same job did."""
        self.done += other.done
        self.failed += other.failed
        self.stopped = self.stopped or other.stopped
        self.notes += other.notes
        self.folder = self.folder or other.folder


def name_of(record: DocumentRecord) -> str:
    """How a report calls a document."""
    return f"{record.number or 'Taslak'} · {record.partner_name}".strip(" ·")


def by_company(ctx: WorkContext, document_ids: Sequence[int]) -> list[tuple[CompanyRecord, list[DocumentRecord]]]:
    """The documents by their companies, each in the order given."""
    groups: dict[int, list[DocumentRecord]] = {}
    with ctx.db.read() as s:
        known = {c.id: c for c in companies.list_companies(s)}
        for record in search.rows(s, document_ids):
            groups.setdefault(record.company_id, []).append(record)
    return [(known[company_id], records) for company_id, records in groups.items()]


def queue(ctx: WorkContext, office: Office, document_ids: Sequence[int]) -> Outcome:
    """Put sealed documents into the outbox."""
    from app.workflows import queueing

    outcome = Outcome(title="Kuyruğa alındı")
    for company, records in by_company(ctx, document_ids):
        with ctx.db.read() as s:
            account = companies.get_account(s, company.id)
        report = queueing.queue(ctx, company, [r.ettn for r in records], office.endpoint(account))
        _take(outcome, records, report)
    return outcome


def answer(ctx: WorkContext, document_ids: Sequence[int], what: Answer, reason: str) -> Outcome:
    """Write down the answers; they go out with the next sync."""
    from app.workflows import answering

    outcome = Outcome(title="Kabul edildi" if what is Answer.ACCEPT else "Reddedildi")
    for company, records in by_company(ctx, document_ids):

        def give(record: DocumentRecord, company: CompanyRecord = company) -> None:
            answering.answer(ctx, company, record.ettn, what, reason)

        _each(ctx, records, "Yanıtlar yazılıyor", outcome, give)
    return outcome


def waiting_answers(ctx: WorkContext, document_ids: Sequence[int]) -> list[tuple[CompanyRecord, list[DocumentRecord]]]:
    """Those of the documents whose answers have not gone out, by company."""
    found = [
        (company, [r for r in records if r.direction is Direction.IN and r.state is State.ANSWERING])
        for company, records in by_company(ctx, document_ids)
    ]
    return [(company, records) for company, records in found if records]


def issue(
    ctx: WorkContext,
    office: Office,
    company: CompanyRecord,
    records: Sequence[DocumentRecord],
    sealer: Sealer | None,
    accepted: Mapping[str, str] | None = None,
) -> Outcome:
    """Number, seal and queue one company's documents. Token thread when the seal is a card's.

    `accepted` are the reasons for which warnings may be passed over; those that need one and have none are failures.
    """
    from app.workflows import issuing

    outcome = Outcome(title="Mühürlenip kuyruğa alındı")
    given = replace(means(ctx, office, company, sealer), accepted_warnings=dict(accepted or {}))
    report = issuing.issue(ctx, company, [r.ettn for r in records], given)
    by_ettn = {r.ettn: r for r in records}
    outcome.done += [by_ettn[e].id for e in report.queueing.done if e in by_ettn]
    outcome.failed += [_failure(by_ettn[f.ettn], f) for f in [*report.sealing.failed, *report.queueing.failed]]
    outcome.stopped = report.sealing.stopped
    # Sealed, and kept because the integrator does not send their kind: done, with a word.
    outcome.done += [by_ettn[k.ettn].id for k in report.kept if k.ettn in by_ettn]
    outcome.notes += list(dict.fromkeys(kept.error.sentence for kept in report.kept))
    told = {*outcome.done, *(f.document_id for f in outcome.failed)}
    if outcome.stopped:
        _leave_alone(outcome, [r for r in records if r.id not in told])
    return outcome


def _leave_alone(outcome: Outcome, records: Iterable[DocumentRecord]) -> None:
    """After a refusal of the seal nothing more is tried: each further try could cost one of the card's few."""
    stop = RuleBroken(
        "BULK.STOPPED",
        "Denenmedi.",
        why="Önceki belgede kart reddettiği için iş durduruldu.",
        todo="Nedeni giderip yeniden deneyin.",
    )
    outcome.failed += [Failure(document_id=r.id, name=name_of(r), error=stop) for r in records]


def reissue(
    ctx: WorkContext,
    office: Office,
    company: CompanyRecord,
    records: Sequence[DocumentRecord],
    sealer: Sealer | None,
    accepted: Mapping[str, str] | None = None,
) -> Outcome:
    """A new attempt of each failed document: same number, sealed again, queued. `accepted` as for `issue`."""
    from app.workflows import issuing, sealing

    outcome = Outcome(title="Yeniden mühürlenip kuyruğa alındı")
    given = replace(means(ctx, office, company, sealer), accepted_warnings=dict(accepted or {}))

    def again(record: DocumentRecord) -> None:
        report = issuing.reissue(ctx, company, record.ettn, given)
        for failure in [*report.sealing.failed, *report.queueing.failed]:
            raise failure.error
        outcome.notes.extend(kept.error.sentence for kept in report.kept)

    _each(ctx, records, "Yeniden mühürleniyor", outcome, again, stops_at=sealing.SEAL_STOPPERS)
    return outcome


def means(ctx: WorkContext, office: Office, company: CompanyRecord, sealer: Sealer | None) -> sealing.Means:
    """With what this company's documents are sealed; without an account there is no asking about buyers."""
    from app.workflows import sealing

    with ctx.db.read() as s:
        account = companies.get_account(s, company.id)
    return sealing.Means(
        sealer=sealer,
        endpoint=office.endpoint(account),
        session=office.session(account) if account is not None else None,
        template_for=office.template,
    )


def mark_read(ctx: WorkContext, document_ids: Sequence[int], *, is_read: bool) -> Outcome:
    title = "Okundu işaretlendi" if is_read else "Okunmadı işaretlendi"
    report = tidying.mark_read(ctx, document_ids, is_read=is_read)
    return Outcome(title=title, done=[int(i) for i in report.done], undo="unread" if is_read else "read")


def discard(ctx: WorkContext, document_ids: Sequence[int]) -> Outcome:
    outcome = _by_id(ctx, document_ids, tidying.discard_drafts(ctx, document_ids), "Taslak silindi")
    outcome.undo = "restore"
    return outcome


def restore(ctx: WorkContext, document_ids: Sequence[int]) -> Outcome:
    return _by_id(ctx, document_ids, tidying.restore_drafts(ctx, document_ids), "Taslak geri alındı")


def finish_review(ctx: WorkContext, document_ids: Sequence[int], reason: str) -> Outcome:
    """Take the flags off, with the user's reason in each history; one that would be forgotten for it keeps its flag."""
    from app.workflows import resolving

    outcome = Outcome(title="İnceleme tamamlandı")
    for company, records in by_company(ctx, document_ids):

        def dismiss(record: DocumentRecord, company: CompanyRecord = company) -> None:
            resolving.dismiss(ctx, company, record.ettn, reason=reason)

        _each(ctx, records, "İncelemeler kapatılıyor", outcome, dismiss)
    return outcome


def export_xml(ctx: WorkContext, document_ids: Sequence[int], folder: Path) -> Outcome:
    """The bytes as they count, one file each, untouched: the legal copy, else ours, else what came."""
    outcome = Outcome(title="XML dosyası yazıldı", folder=folder)
    taken: set[str] = set()
    for _company, records in by_company(ctx, document_ids):

        def write(record: DocumentRecord) -> None:
            write_output(folder / f"{free_name(record, taken)}.xml", stored_bytes(ctx, record))

        _each(ctx, records, "XML yazılıyor", outcome, write)
    return outcome


def stored_bytes(ctx: WorkContext, record: DocumentRecord) -> bytes:
    """Raises: RuleBroken (DOC.NO_BYTES) for a draft: it has no bytes yet."""
    with ctx.db.read() as s:
        for role in ("legal", "sealed", "received"):
            raw = documents.load_file(s, record.id, role)
            if raw is not None:
                return raw
    raise RuleBroken(
        "DOC.NO_BYTES",
        f"{name_of(record)} için XML yok.",
        why="Taslağın XML'i mühürlenirken oluşur.",
        todo="Önce mühürleyin ya da PDF olarak dışa aktarın.",
    )


def export_pdf(ctx: WorkContext, office: Office, document_ids: Sequence[int], folder: Path) -> Outcome:
    """One PDF each, drawn as the sender drew it. The seal of a large document is looked at in a child process."""
    from app.ui.reading.heavy import watermark_in
    from app.workflows import printing, viewing

    def mark(raw: bytes) -> str:
        return watermark_in(lambda: office.pool, raw)

    outcome = Outcome(title="PDF dosyası yazıldı", folder=folder)
    pages: list[printing.Page] = []
    by_page: dict[str, DocumentRecord] = {}
    taken: set[str] = set()
    for company, records in by_company(ctx, document_ids):

        def collect(record: DocumentRecord, company: CompanyRecord = company) -> None:
            template = partial(office.template, company)
            seen = viewing.viewable(ctx, company, record.ettn, template=template, watermark=mark)
            name = free_name(record, taken)
            by_page[name] = record
            pages.append(printing.Page(name=name, raw=seen.raw, watermark=seen.watermark))

        _each(ctx, records, "Belgeler okunuyor", outcome, collect, count_done=False)
    report = printing.print_each(
        pages, renderer=office.renderer, printer=office.printer, folder=folder, progress=ctx.progress
    )
    for name, error in report.failed:
        outcome.failed.append(Failure(document_id=by_page[name].id, name=name_of(by_page[name]), error=error))
    failed = {f.document_id for f in outcome.failed}
    outcome.done += [r.id for r in by_page.values() if r.id not in failed]
    outcome.notes += [f"{name}: {note}" for name, note in report.notes]
    return outcome


def free_name(record: DocumentRecord, taken: set[str]) -> str:
    """A file name without its ending, unique among `taken`: `CNR2026000000001_Güneydoğu_Gıda`."""
    from app.workflows import printing

    base = printing.safe_name(f"{record.number or record.ettn[:8]}_{record.partner_name[:40]}")
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name.casefold())
    return name


def is_sealable(state: State, *, direction: Direction) -> bool:
    """Whether "Mühürle ve gönder" has something to do with a document in this state."""
    return direction is Direction.OUT and state in (State.DRAFT, State.READY, State.SEALED)


def _each(
    ctx: WorkContext,
    records: Iterable[DocumentRecord],
    what: str,
    outcome: Outcome,
    step: Callable[[DocumentRecord], None],
    *,
    count_done: bool = True,
    stops_at: tuple[str, ...] = (),
) -> None:
    """`stops_at` are beginnings of codes after which the rest is left alone."""
    todo = list(records)
    for done, record in enumerate(todo):
        ctx.progress.report(done, len(todo), what)
        ctx.progress.checkpoint()
        try:
            step(record)
        except AppError as error:
            outcome.failed.append(Failure(document_id=record.id, name=name_of(record), error=error))
            if stops_at and error.code.startswith(stops_at):
                outcome.stopped = True
                _leave_alone(outcome, todo[done + 1 :])
                break
        else:
            if count_done:
                outcome.done.append(record.id)


def _take(outcome: Outcome, records: Sequence[DocumentRecord], report: BulkReport) -> None:
    by_ettn = {r.ettn: r for r in records}
    outcome.done += [by_ettn[e].id for e in report.done]
    outcome.failed += [_failure(by_ettn[f.ettn], f) for f in report.failed]
    outcome.stopped = outcome.stopped or report.stopped


def _failure(record: DocumentRecord, failure: ItemFailure) -> Failure:
    return Failure(
        document_id=record.id,
        name=name_of(record),
        error=failure.error,
        findings=tuple(f.message for f in failure.findings),
    )


def _by_id(ctx: WorkContext, document_ids: Sequence[int], report: BulkReport, title: str) -> Outcome:
    outcome = Outcome(title=title, done=[int(i) for i in report.done])
    if report.failed:
        with ctx.db.read() as s:
            names = {r.id: name_of(r) for r in search.rows(s, [int(f.ettn) for f in report.failed])}
        outcome.failed += [
            Failure(document_id=int(f.ettn), name=names.get(int(f.ettn), f.ettn), error=f.error) for f in report.failed
        ]
    return outcome
