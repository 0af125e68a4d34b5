"""Everything the pane shows of one document, read and worked out off the GUI thread. No Qt."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.lifecycle import Direction, DocumentKind, State
from app.office import Office
from app.rendering.html import Rendered
from app.storage import companies, documents
from app.storage.document_files import attempts, files, load_file
from app.storage.records import AttemptRecord, CompanyRecord, DocumentRecord, FileRecord, HistoryRecord
from app.ui.reading import heavy
from app.ui.reading.fields import Group
from app.ui.reading.verdict import Verdict
from app.workflows.context import WorkContext

# XML, cryptography and what builds documents come with the first document, in a worker: a list alone does without.
if TYPE_CHECKING:
    from app.ubl.attachments import Attachment
    from app.workflows.viewing import Viewable

_CACHED_DOCUMENTS = 24
_CACHED_BYTES = 48 << 20
_CACHED_FACTS_BYTES = 16 << 20
#: What the fields and findings of a document weigh beside its attachments, roughly, per line of an invoice.
_BYTES_PER_FIELD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said about a document beside its picture. `broken` says why its bytes could not be read.

    `findings` is None until the checks have run: GİB's own rules take their time.
    """

    company: CompanyRecord
    record: DocumentRecord
    history: list[HistoryRecord]
    attempts: list[AttemptRecord]
    files: list[FileRecord]
    verdict: Verdict
    groups: list[Group]
    findings: list[Finding] | None
    attachments: list[Attachment] = field(repr=False)
    broken: AppError | None = None

    @property
    def is_draft(self) -> bool:
        """Whether it can still be mended in the editor."""
        return self.record.direction is Direction.OUT and self.record.state in (State.DRAFT, State.READY)


def load_record(ctx: WorkContext, document_id: int) -> tuple[CompanyRecord, DocumentRecord]:
    """The row and its company. Raises: StorageError (DOC.UNKNOWN)."""
    with ctx.db.read() as s:
        record = documents.get(s, document_id)
        company = next(c for c in companies.list_companies(s) if c.id == record.company_id)
    return company, record


def load_viewable(ctx: WorkContext, office: Office, company: CompanyRecord, record: DocumentRecord) -> Viewable:
    """The bytes that count and the mark they carry. Raises: as `workflows.viewing.viewable`."""
    return _viewable(ctx, office, company, record, lambda raw: heavy.watermark_in(lambda: office.pool, raw))


def load_bytes(ctx: WorkContext, office: Office, company: CompanyRecord, record: DocumentRecord) -> bytes:
    """The bytes that count, without a look at their seal. Raises: as `workflows.viewing.viewable`."""
    return _viewable(ctx, office, company, record, lambda _raw: "").raw


def _viewable(
    ctx: WorkContext, office: Office, company: CompanyRecord, record: DocumentRecord, watermark: Callable[[bytes], str]
) -> Viewable:
    from app.workflows.viewing import viewable

    template = partial(office.template, company)
    return viewable(ctx, company, record.ettn, template=template, direction=record.direction, watermark=watermark)


def load_facts(ctx: WorkContext, office: Office, document_id: int) -> Facts:
    """All but the picture. A document whose bytes cannot be read still has a state and a history."""
    from app.ubl.attachments import Attachment

    company, record = load_record(ctx, document_id)
    ctx.progress.checkpoint()
    with ctx.db.read() as s:
        history, tried, kept = documents.history(s, document_id), attempts(s, document_id), files(s, document_id)
    verdict = Verdict(kind="error", sentence="Belgenin içeriği okunamadı; mührü denetlenemedi.")
    groups: list[Group] = []
    attachments: list[Attachment] = []
    findings: list[Finding] | None = None
    broken: AppError | None = None
    try:
        raw = load_bytes(ctx, office, company, record)
        told = heavy.look_in(lambda: office.pool, raw, record)
        kind, sentence, details = told["verdict"]
        verdict = Verdict(kind=kind, sentence=sentence, details=tuple(details))
        groups = heavy.groups_of(told)
        attachments = [Attachment(name=n, mime=m, content=c) for n, m, c in told["attachments"]]
    except AppError as error:
        broken = error
        findings = [Finding(Severity.ERROR, Layer.READ, error.code, "", error.sentence)]
    return Facts(
        company=company,
        record=record,
        history=history,
        attempts=tried,
        files=kept,
        verdict=verdict,
        groups=groups,
        findings=findings,
        attachments=attachments,
        broken=broken,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`is_fixed`: drawn from received bytes, which never change."""

    drawn: Rendered
    is_fixed: bool


def load_picture(ctx: WorkContext, office: Office, document_id: int) -> Picture:
    """The document as its sender drew it. Raises: AppError."""
    company, record = load_record(ctx, document_id)
    ctx.progress.checkpoint()
    seen = load_viewable(ctx, office, company, record)
    ctx.progress.checkpoint()
    drawn = office.renderer.render(seen.raw, watermark=seen.watermark)
    return Picture(drawn=drawn, is_fixed=record.direction is Direction.IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was worked out of one document; what was not asked for, or went wrong, is None.

    `undrawn` says why there is no picture, `fault` why there are no facts. `asked` is the asker's own count: an answer
    to a question from before a change is stale.
    """

    document_id: int
    asked: int
    picture: Picture | None = None
    undrawn: AppError | None = None
    facts: Facts | None = None
    fault: AppError | None = None


def load_answer(
    ctx: WorkContext, office: Office, document_id: int, *, picture: bool, facts: bool, asked: int
) -> Answer:
    """The picture, the facts or both. What goes wrong is part of the answer: whose fault it is must be known."""
    drawn = known = undrawn = fault = None
    if picture:
        try:
            drawn = load_picture(ctx, office, document_id)
        except AppError as error:
            undrawn = error
    ctx.progress.checkpoint()
    if facts:
        try:
            known = load_facts(ctx, office, document_id)
        except AppError as error:
            fault = error
    return Answer(document_id=document_id, asked=asked, picture=drawn, undrawn=undrawn, facts=known, fault=fault)


def load_stored_file(ctx: WorkContext, document_id: int, role: str, attempt_no: int) -> bytes | None:
    """The bytes of one stored file. Raises: StorageError (BLOB.DAMAGED)."""
    with ctx.db.read() as s:
        return load_file(s, document_id, role, attempt_no=attempt_no)


def load_findings(ctx: WorkContext, office: Office, document_id: int) -> list[Finding]:
    """What the checks say: ours, and GİB's where its package is installed. Raises: AppError."""
    from app.validation.files import check_file
    from app.workflows import drafting, papers

    company, record = load_record(ctx, document_id)
    raw = load_bytes(ctx, office, company, record)
    ctx.progress.checkpoint()
    if record.direction is Direction.OUT and record.state in (State.DRAFT, State.READY):
        # As it will be sealed: a placeholder stands where the seal comes.
        is_ruled = raw and ctx.rules.release and record.kind is not DocumentKind.SMM
        official = ctx.rules.check(raw, kind=record.kind.value, issue_date=None) if is_ruled else []
        if record.kind in papers.KINDS:
            own = papers.check_paper(ctx, record.kind, papers.load_paper(ctx, company, record))
            return [*own, *official]
        invoice = drafting.load_invoice(ctx, company, record.id)
        findings = drafting.check(ctx, invoice, partner=drafting.known_partner(ctx, company, invoice))
        return [*findings, *official]
    return check_file(raw, today=ctx.clock.today(), rules=ctx.rules).findings


T = TypeVar("T")


class Shelf(Generic[T]):
    """What was used last, by document id; bounded in number and in weight. GUI thread only."""

    def __init__(self, weigh: Callable[[T], int], *, most: int, most_bytes: int) -> None:
        self._weigh, self._most, self._most_bytes = weigh, most, most_bytes
        self._kept: OrderedDict[int, T] = OrderedDict()
        self._size = 0

    def __contains__(self, document_id: int) -> bool:
        return document_id in self._kept

    def get(self, document_id: int) -> T | None:
        found = self._kept.get(document_id)
        if found is not None:
            self._kept.move_to_end(document_id)
        return found

    def put(self, document_id: int, value: T) -> None:
        if document_id in self._kept:
            self._size -= self._weigh(self._kept.pop(document_id))
        self._kept[document_id] = value
        self._size += self._weigh(value)
        while self._kept and (len(self._kept) > self._most or self._size > self._most_bytes):
            self._size -= self._weigh(self._kept.popitem(last=False)[1])

    def keep_only(self, is_kept: Callable[[T], bool]) -> None:
        """Forget the others."""
        self._kept = OrderedDict((i, v) for i, v in self._kept.items() if is_kept(v))
        self._size = sum(self._weigh(v) for v in self._kept.values())


class PictureCache(Shelf[Picture]):
    """The pictures drawn last."""

    def __init__(self, *, most: int = _CACHED_DOCUMENTS, most_bytes: int = _CACHED_BYTES) -> None:
        super().__init__(lambda picture: len(picture.drawn.html), most=most, most_bytes=most_bytes)

    def clear(self, *, keep_fixed: bool = False) -> None:
        """Forget what may have changed; `keep_fixed` spares what was received."""
        self.keep_only(lambda picture: keep_fixed and picture.is_fixed)


class FactsCache(Shelf[Facts]):
    """The facts read last; true until something changes."""

    def __init__(self, *, most: int = _CACHED_DOCUMENTS, most_bytes: int = _CACHED_FACTS_BYTES) -> None:
        super().__init__(_weight_of, most=most, most_bytes=most_bytes)

    def clear(self) -> None:
        self.keep_only(lambda _facts: False)


def _weight_of(facts: Facts) -> int:
    fields = sum(len(group.fields) for group in facts.groups) + len(facts.findings or ())
    return sum(len(a.content) for a in facts.attachments) + _BYTES_PER_FIELD * fields
