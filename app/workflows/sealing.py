"""Numbering and sealing: one document, one number, one transaction.

The seal is made with the next number while no transaction is open; then one short transaction stores bytes, number and
state if that number is still the next. Otherwise the seal is thrown away and made again (decision 3 of the house).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.connectors.base import EndpointKind, Session
from app.domain.despatch import Despatch, Receipt
from app.domain.document_number import DocumentNumber, SeriesPurpose, invoice_purpose
from app.domain.errors import AppError, RuleBroken, SealError
from app.domain.findings import Finding, has_errors
from app.domain.lifecycle import Direction, DocumentKind, SealingMode, State
from app.domain.protocols import Sealer
from app.domain.turkish import format_date
from app.runtime.safezip import pack_single
from app.signing.xades import seal_ubl
from app.storage import documents, numbers
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord, PartnerRecord
from app.workflows import catching_up, drafting, papers, partners, points
from app.workflows.context import Endpoint, WorkContext
from app.workflows.official import Stopped, ensure_right, words_for
from app.workflows.papers import Paper
from app.workflows.report import BulkReport

#: What the seal and the SOAP envelope add to a document, with room to spare.
_SEAL_AND_ENVELOPE_BYTES = 32_768
#: Given the company and, for other documents than invoices, their kind.
TemplateFor = Callable[..., bytes]
#: How often a seal is made again because another process took the number meanwhile.
_MAX_RACES = 1000
#: Errors after which the rest of a batch is not tried: the token, not the document, is at fault.
SEAL_STOPPERS = (
    "PIN.",
    "TOKEN.",
    "SEAL.TEST_ON_LIVE",
    "SEAL.MISSING",
    "SEAL.FOREIGN_CERT",
    "SEAL.EXPIRED",
    "SEAL.NOT_YET_VALID",
    # Not the token, but as little the document: every further one would be refused alike.
    "NUMBER.AFTER_RESTORE",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what to seal. `sealer` None suits only companies whose integrator seals.

    `endpoint` None means the company has no integrator yet; sealing is then allowed (sending will ask).
    `session` None means no connection: what is known of the buyers is used.
    `accepted_warnings` are the reasons, by code, for which warnings may be passed over that are otherwise not; None
    where nobody is asked (`official.words_for`).
    """

    sealer: Sealer | None
    endpoint: Endpoint | None
    session: Session | None
    template_for: TemplateFor
    accepted_warnings: Mapping[str, str] | None = None


def seal(ctx: WorkContext, company: CompanyRecord, ettns: Sequence[str], means: Means) -> BulkReport:
    """Number and seal drafts in the order of their issue dates; a refusal of the token stops the batch.

    Token thread when `means.sealer` is a PKCS#11 one. Each document is all or nothing.
    """
    report = BulkReport()
    records = _drafts(ctx, company, ettns, report)
    for done, record in enumerate(records):
        ctx.progress.report(done, len(records), f"{record.partner_name} mühürleniyor")
        ctx.progress.checkpoint()
        try:
            sealed = seal_one(ctx, company, record, means)
        except _NotSealable as refusal:
            report.fail(record.ettn, refusal.error, refusal.findings)
        except Stopped as error:
            report.fail(record.ettn, error, error.findings)
        except AppError as error:
            report.fail(record.ettn, error)
            if error.code.startswith(SEAL_STOPPERS):
                report.stopped = True
                break
        else:
            report.done.append(sealed.ettn)
    ctx.progress.report(len(records), len(records), "Mühürleme bitti")
    return report


class _NotSealable(Exception):
    def __init__(self, error: AppError, findings: list[Finding]) -> None:
        super().__init__(error.sentence)
        self.error = error
        self.findings = findings


def seal_one(ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, means: Means) -> DocumentRecord:
    """Number, seal and store one draft. Raises AppError and then nothing was written."""
    catching_up.ensure_caught_up(ctx, company)
    if record.kind in papers.KINDS:
        return _seal_paper(ctx, company, record, means)
    mode = company.company.sealing_mode(DocumentKind.INVOICE)
    ensure_means(mode, means)
    fields = drafting.load_fields(ctx, record.id)
    invoice = drafting.read_invoice(ctx, company, fields)
    partner = partners.ensure_registration(ctx, company, invoice.customer, means.session)
    ensure_registered(partner)
    label = partners.choose_label(partner, invoice.receiver_label)
    sender = partners.sender_label(company, invoice.sender_label, means.session)
    invoice = replace(invoice, receiver_label=label, sender_label=sender)
    findings = drafting.check(ctx, invoice, partner=partner, purpose="seal")
    _ensure_clean(findings)
    partners.remember_choice(ctx, company, partner, label)
    return _number_and_store(ctx, company, record, invoice, fields, mode, means, findings)


def _seal_paper(ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, means: Means) -> DocumentRecord:
    """The same for a despatch note, an answer or a receipt: nobody is asked whether the other side is registered."""
    mode = paper_mode(company, record, means)
    fields = drafting.load_fields(ctx, record.id)
    document = papers.read_paper(record.kind, fields, company=company, clock=ctx.clock)
    findings = papers.check_paper(ctx, record.kind, document, purpose="seal")
    _ensure_clean(findings)
    return _number_and_store(ctx, company, record, document, fields, mode, means, findings)


def paper_mode(company: CompanyRecord, record: DocumentRecord, means: Means) -> SealingMode:
    """Who seals this despatch note or receipt. Raises: SealError where it can be nobody (SEAL.KIND_OWN, SEAL.*)."""
    mode = company.company.sealing_mode(record.kind)
    ensure_means(mode, means)
    if mode is SealingMode.INTEGRATOR and (means.endpoint is None or record.kind not in means.endpoint.kinds):
        raise SealError(
            "SEAL.KIND_OWN",
            "Belge mühürlenmedi.",
            why=f"Firma kartında 'entegratör imzalar' seçili ama entegratör {papers.TITLES[record.kind]} almıyor.",
            todo="Firma kartında bu belge türü için kendi mali mührünüzü seçin.",
        )
    return mode


def _ensure_clean(findings: list[Finding]) -> None:
    if not has_errors(findings):
        return
    first = next(f for f in findings if f.severity == "error")
    raise _NotSealable(
        RuleBroken(
            "SEAL.FINDINGS",
            "Belge mühürlenmedi.",
            why=f"Düzeltilecek {sum(f.severity == 'error' for f in findings)} bulgu var; ilki: {first.message}",
            todo="Taslağı düzeltip yeniden deneyin.",
        ),
        findings,
    )


def _number_and_store(
    ctx: WorkContext,
    company: CompanyRecord,
    record: DocumentRecord,
    document: Paper,
    fields: Mapping[str, Any],
    mode: SealingMode,
    means: Means,
    findings: Sequence[Finding],
) -> DocumentRecord:
    """`fields` are the draft's as `document` was read from them: nothing is stored when they have changed since.

    `findings` are what our own rules say of it, warnings only.
    """
    is_paper = record.kind in papers.KINDS
    template = means.template_for(company, record.kind) if is_paper else means.template_for(company)
    asked = document.number
    for _ in range(_MAX_RACES):
        with ctx.db.read() as s:
            number, last_date = numbers.peek_next(s, company.id, document.series, document.issue_date.year)
        if asked is not None and asked != number:
            raise RuleBroken(
                "NUMBER.NOT_NEXT",
                f"Taslakta yazılı {asked} numarası sıradaki numara değil.",
                why=f"Bu seride sıradaki numara {number}.",
                todo="Taslaktan numarayı silin; program sıradakini verir.",
            )
        ensure_dates_forward(document, number, last_date)
        numbered: Paper = replace(document, number=number)
        xml = papers.build_paper(record.kind, numbered, template, endpoint=means.endpoint)
        index = papers.index_of_paper(numbered)
        ensure_fits(xml, means.endpoint)
        name = record.partner_name or str(number)
        official = ensure_right(ctx, xml, name=name, verb="mühürlenmedi", kind=record.kind)
        words = words_for([*findings, *official], means.accepted_warnings, name=name, verb="mühürlenmedi")
        if mode is SealingMode.OWN and means.sealer is not None:
            xml = seal_ubl(xml, means.sealer, signing_time=ctx.clock.now())
        with ctx.db.write(points.SEAL) as s:
            ensure_unchanged(s, record, fields)
            # A draft may name its series itself: never that of another purpose.
            numbers.claim_series(s, company.id, series_purpose(numbered), numbered.series)
            stored = numbers.store_sealed(
                s,
                record.id,
                number=number,
                xml=xml,
                ettn=numbered.uuid,
                issue_date=numbered.issue_date,
                sealed_by=sealed_by(mode, means.sealer),
                sender_label=numbered.sender_label,
                receiver_label=numbered.receiver_label,
                index=index,
                at=ctx.clock.now(),
                note=f"{number} numarasıyla mühürlendi. {words}" if words else "",
            )
            if stored:
                if isinstance(numbered, Receipt):
                    _note_answer(s, company, numbered, at=ctx.clock.now())
                catching_up.flag_uncertain(ctx, s, company, record.id)
                return documents.get(s, record.id)
    raise RuleBroken(
        "NUMBER.RACE",
        "Belgeye numara verilemedi.",
        why="Başka bir pencere aynı seride durmadan numara alıyor.",
        todo="Öteki işin bitmesini bekleyip yeniden deneyin.",
        retry_safe=True,
    )


def _note_answer(s: OpenSession, company: CompanyRecord, receipt: Receipt, *, at: datetime) -> None:
    """The despatch note that this answers waits no longer. One that never came to us is none of our concern."""
    note = documents.find(s, company.id, Direction.IN, receipt.despatch.number.lower())
    if note is None or note.kind is not DocumentKind.DESPATCH or note.state is State.ANSWERED:
        return
    words = f"{receipt.number_text} numaralı irsaliye yanıtı mühürlendi."
    if note.state is State.LAPSED:
        # Too late for the rule, told all the same.
        documents.set_state(s, note.id, State.LAPSED, at=at, note=words)
        return
    if note.state is State.RECEIVED:
        documents.set_state(s, note.id, State.ANSWER_DUE, at=at, is_final=True)
    documents.set_state(s, note.id, State.ANSWERED, at=at, note=words, is_final=True)


def ensure_unchanged(s: OpenSession, record: DocumentRecord, fields: Mapping[str, Any]) -> None:
    """Raise RuleBroken (DRAFT.CHANGED) when the draft was saved again while its seal was being made."""
    if documents.load_draft(s, record.id) != fields:
        raise RuleBroken(
            "DRAFT.CHANGED",
            "Taslak mühürlenirken değiştirildi; mühürlenmedi.",
            why=f"{record.partner_name} taslağı bu sırada başka bir pencerede kaydedildi.",
            todo="Taslağı gözden geçirip yeniden mühürleyin; numara kullanılmadı.",
            retry_safe=True,
        )


def require_outgoing(ctx: WorkContext, company: CompanyRecord, ettn: str) -> DocumentRecord:
    """The outgoing document of this ETTN. Raises: RuleBroken (DOC.UNKNOWN)."""
    with ctx.db.read() as s:
        record = documents.find(s, company.id, Direction.OUT, ettn)
    if record is None:
        raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin.")
    return record


def ensure_means(mode: SealingMode, means: Means) -> None:
    """Raise SealError unless the given seal suits the company's mode and the endpoint."""
    if mode is SealingMode.INTEGRATOR:
        return
    if means.sealer is None:
        raise SealError(
            "SEAL.MISSING",
            "Belge mühürlenmedi.",
            why="Bu firmanın belgeleri kendi mali mührüyle mühürlenir ama mühür verilmedi.",
            todo="Kartı takıp PIN girin ya da firma kartında 'entegratör imzalar' seçin.",
        )
    if means.sealer.is_test and means.endpoint is not None and means.endpoint.kind is EndpointKind.LIVE:
        raise SealError(
            "SEAL.TEST_ON_LIVE",
            "TEST mührüyle gerçek ortama belge hazırlanamaz.",
            why=f"{means.endpoint.title} gerçek gönderim yapar.",
            todo="Firmanın mali mührünü kullanın.",
        )


def ensure_registered(partner: PartnerRecord) -> None:
    """Raise RuleBroken unless the buyer is known to be a registered e-Fatura user."""
    if partner.registered is None:
        raise RuleBroken(
            "BUYER.UNKNOWN",
            f"{partner.party.display_name} için e-Fatura kaydı henüz sorgulanmadı.",
            why="Kayıtlı olmayan alıcıya e-Fatura kesilemez ve alınan numara geri verilemez.",
            todo="Bağlantı varken yeniden deneyin; taslak bekliyor.",
            retry_safe=True,
        )
    if not partner.registered:
        raise RuleBroken(
            "BUYER.NOT_REGISTERED",
            f"{partner.party.display_name} e-Fatura mükellefi değil.",
            why="e-Fatura yalnız kayıtlı kullanıcılara gönderilir.",
            todo="Taslak duruyor; bu alıcıya e-Arşiv fatura düzenleyin.",
        )


def ensure_dates_forward(document: Paper, number: DocumentNumber, last_date: date | None) -> None:
    """Raise RuleBroken when the series already has a later date: within a series dates never run backwards."""
    if last_date is not None and document.issue_date < last_date:
        raise RuleBroken(
            "NUMBER.DATE_BACK",
            f"{number.series} serisinde {format_date(last_date)} tarihli belge var; daha eski tarihli belge kesilemez.",
            why="Bir seride numara büyürken tarih geriye gidemez.",
            todo=f"Fatura tarihini {format_date(last_date)} veya sonrası yapın ya da başka seri kullanın.",
        )


def ensure_fits(xml: bytes, endpoint: Endpoint | None) -> None:
    """Raise RuleBroken before a number is used up for a document that no request can carry.

    The limit is on the encoded request: base64 of the zip. Small documents are not even zipped here.
    """
    limit = endpoint.max_request_bytes if endpoint is not None else 0
    if not limit or len(xml) < limit // 2:
        return
    room = limit - _SEAL_AND_ENVELOPE_BYTES
    if len(pack_single("fatura.xml", xml)) * 4 // 3 > room:
        raise RuleBroken(
            "SEAL.TOO_BIG",
            "Belge mühürlenmedi: gönderilemeyecek kadar büyük.",
            why=f"Entegratör bir istekte en çok {limit // (1024 * 1024)} MB alıyor.",
            todo="Logo ve kaşe resimlerini küçültün ya da faturayı bölün.",
        )


def sealed_by(mode: SealingMode, sealer: Sealer | None) -> str:
    if mode is SealingMode.INTEGRATOR or sealer is None:
        return "integrator"
    return "test" if sealer.is_test else "own"


def _drafts(ctx: WorkContext, company: CompanyRecord, ettns: Sequence[str], report: BulkReport) -> list[DocumentRecord]:
    """The drafts asked for, oldest issue date first; others are reported."""
    found: list[DocumentRecord] = []
    with ctx.db.read() as s:
        for ettn in dict.fromkeys(ettns):
            record = documents.find(s, company.id, Direction.OUT, ettn)
            if record is None:
                report.fail(ettn, RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin."))
            elif record.state in (State.DRAFT, State.READY):
                found.append(record)
            else:
                report.fail(
                    ettn,
                    RuleBroken(
                        "DOC.ALREADY_SEALED",
                        f"{record.number or ettn} zaten mühürlenmiş.",
                        todo="Göndermek için kuyruğa alın.",
                    ),
                )
    found.sort(key=lambda r: (r.issue_date is None, r.issue_date, r.id))
    return found


def series_purpose(document: Paper) -> SeriesPurpose:
    """Which of the company's series numbers this document."""
    if isinstance(document, Despatch):
        return SeriesPurpose.DESPATCH
    if isinstance(document, Receipt):
        return SeriesPurpose.RECEIPT
    is_internet = document.earchive is not None and document.earchive.is_internet
    return invoice_purpose(document.profile, type_code=document.type_code, is_internet=is_internet)
