"""The other documents a company issues: despatch notes, answers to them, producer and freelance receipts.

One door for all of them and for invoices: read a draft, check it, write it, index it. Producer and freelance receipts
are drafted as invoices of profile EARSIVBELGE; despatch notes and answers have drafts of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.dates import ISTANBUL
from app.domain.despatch import Despatch, Receipt
from app.domain.document_number import SeriesPurpose
from app.domain.errors import ConfigError, InputError, RuleBroken
from app.domain.ettn import new_ettn
from app.domain.findings import Finding
from app.domain.invoice import Invoice
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.protocols import Clock
from app.storage import documents, numbers
from app.storage.records import CompanyRecord, DocumentIndex, DocumentRecord
from app.ubl.creditnote import EARSIVBELGE, MUSTAHSILMAKBUZ, build_credit_note
from app.ubl.despatch import build_despatch, read_despatch
from app.ubl.despatchjson import despatch_from_json, despatch_to_json, receipt_from_json, receipt_to_json
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.smm import SERBESTMESLEKMAKBUZU, build_smm
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import Purpose, check_invoice
from app.validation.builtin_despatch import check_despatch, check_receipt
from app.validation.builtin_receipts import check_credit_note, check_smm
from app.validation.in_force import without_listed
from app.workflows import points
from app.workflows.context import Endpoint, WorkContext
from app.workflows.correcting import ensure_correctable, failed_one

Paper = Invoice | Despatch | Receipt

#: What the user calls each kind, and which series numbers it.
TITLES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.INVOICE: "e-Fatura",
    DocumentKind.DESPATCH: "e-İrsaliye",
    DocumentKind.RECEIPT: "e-İrsaliye yanıtı",
    DocumentKind.CREDIT_NOTE: "e-Müstahsil makbuzu",
    DocumentKind.SMM: "e-Serbest meslek makbuzu",
}
SERIES: Final[Mapping[DocumentKind, SeriesPurpose]] = {
    DocumentKind.DESPATCH: SeriesPurpose.DESPATCH,
    DocumentKind.RECEIPT: SeriesPurpose.RECEIPT,
    DocumentKind.CREDIT_NOTE: SeriesPurpose.CREDIT_NOTE,
    DocumentKind.SMM: SeriesPurpose.SMM,
}
#: Where a document must have a series before one is given: in a preview, a check, the form of an answer.
STAND_IN_SERIES: Final = "XXX"
#: The kinds of this module; invoices have a workflow of their own.
KINDS: Final = tuple(SERIES)
_BY_TYPE: Final = {
    MUSTAHSILMAKBUZ: DocumentKind.CREDIT_NOTE,
    "MUSTAHSILMAKBUZU": DocumentKind.CREDIT_NOTE,
    SERBESTMESLEKMAKBUZU: DocumentKind.SMM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedPaper:
    """A stored draft with what the checks say of it."""

    record: DocumentRecord
    document: Paper
    findings: list[Finding]


def kind_of_draft(data: Mapping[str, Any]) -> DocumentKind:
    """Which kind a draft's own words describe; what names none of the others is an invoice.

    Raises: InputError (DRAFT.KIND) for a receipt of profile EARSIVBELGE without a type that says which.
    """
    if "despatch" in data or "despatch_number" in data:
        return DocumentKind.RECEIPT
    if "shipment" in data or str(data.get("profile", "")).endswith("IRSALIYE"):
        return DocumentKind.DESPATCH
    type_code = str(data.get("type", ""))
    if type_code in _BY_TYPE:
        return _BY_TYPE[type_code]
    if data.get("profile") == EARSIVBELGE:
        raise InputError(
            "DRAFT.KIND",
            "Taslağın türü anlaşılamadı.",
            why=f"EARSIVBELGE senaryosunda '{type_code[:30]}' tipi tanınmıyor.",
            todo=f"Müstahsil makbuzu için {MUSTAHSILMAKBUZ}, serbest meslek makbuzu için {SERBESTMESLEKMAKBUZU} yazın.",
        )
    return DocumentKind.INVOICE


def read_paper(kind: DocumentKind, data: Mapping[str, Any], *, company: CompanyRecord, clock: Clock) -> Paper:
    """The document that these fields describe, with the company card as it is today. Raises: InvalidData."""
    if kind is DocumentKind.DESPATCH:
        return despatch_from_json(data, company=company.company, clock=clock)
    if kind is DocumentKind.RECEIPT:
        return receipt_from_json(data, company=company.company, clock=clock)
    return invoice_from_json(data, company=company.company, clock=clock)


def fields_of(document: Paper) -> dict[str, Any]:
    """The draft of a document, plain JSON values only."""
    if isinstance(document, Despatch):
        return despatch_to_json(document)
    if isinstance(document, Receipt):
        return receipt_to_json(document)
    return invoice_to_json(document)


def check_paper(ctx: WorkContext, kind: DocumentKind, document: Paper, *, purpose: Purpose = "draft") -> list[Finding]:
    """All findings of the built-in rules, by today's Istanbul date and by the codes of the installed package."""
    today = ctx.clock.today()
    if isinstance(document, Despatch):
        found = check_despatch(document, today=today, purpose=purpose)
    elif isinstance(document, Receipt):
        found = check_receipt(document, today=today, purpose=purpose)
    elif kind is DocumentKind.CREDIT_NOTE:
        found = check_credit_note(document, today=today, purpose=purpose)
    elif kind is DocumentKind.SMM:
        found = check_smm(document, today=today, purpose=purpose)
    else:
        found = check_invoice(document, today=today, purpose=purpose)
    return without_listed(found, lambda: fields_of(document), ctx.rules)


def build_paper(
    kind: DocumentKind, document: Paper, template: bytes | None, *, endpoint: Endpoint | None = None
) -> bytes:
    """The UBL-TR bytes of a document, without a seal. Receipts are written as `endpoint` wants them."""
    if isinstance(document, Despatch):
        return build_despatch(document, template=template)
    if isinstance(document, Receipt):
        return build_receipt(document, template=template)
    totals = compute_totals(document)
    spelling = "type_code" if endpoint is None else endpoint.receipt_spelling
    if kind is DocumentKind.CREDIT_NOTE:
        return build_credit_note(document, totals, template=template, spelling=spelling)
    if kind is DocumentKind.SMM:
        return build_smm(document, totals, template=template, spelling=spelling)
    return build_invoice(document, totals, template=template)


def index_of_paper(document: Paper) -> DocumentIndex:
    """The derived row that lists and searches use. A despatch note has a worth only where its lines are priced."""
    partner = document.supplier if isinstance(document, Receipt) else document.customer
    totals = compute_totals(document) if isinstance(document, Invoice) else None
    worth = document.value if isinstance(document, Despatch) else None
    return DocumentIndex(
        number=str(document.number) if document.number is not None else "",
        profile=document.profile,
        type_code=document.type_code,
        issue_date=document.issue_date,
        partner_vkn=partner.tax_number.digits,
        partner_name=partner.display_name,
        currency="TRY" if isinstance(document, Receipt) else document.currency,
        payable=totals.payable if totals is not None else worth,
        vat=totals.vat if totals is not None else None,
        sender_label=document.sender_label,
        receiver_label=document.receiver_label,
        search_text=" ".join([*(line.name for line in document.lines), *document.notes]),
    )


def save_paper(ctx: WorkContext, company: CompanyRecord, kind: DocumentKind, data: Mapping[str, Any]) -> DraftedPaper:
    """Store a draft of one of KINDS and say what is wrong with it. One with errors is kept all the same.

    Raises: InputError when `data` cannot be read at all; ConfigError (SERIES.MISSING); RuleBroken (DRAFT.LOCKED when it
    has a number already and has not failed, CORRECT.* for a correction that is not allowed, DRAFT.OTHER_KIND when this
    ETTN is a document of another kind).
    """
    with ctx.db.read() as s:
        failed = failed_one(s, company, data)
        series = failed.number[:3] if failed else numbers.series_for(s, company.id, SERIES[kind])
    if series is None and not data.get("series"):
        raise ConfigError(
            "SERIES.MISSING",
            f"Bu firmanın {TITLES[kind]} serisi tanımlı değil.",
            todo=f"Firma kartına üç karakterlik bir {TITLES[kind]} serisi yazın (örneğin ABC).",
        )
    document = read_paper(kind, {"series": series, **data}, company=company, clock=ctx.clock)
    with ctx.db.write(points.DRAFT) as s:
        existing = documents.find(s, company.id, Direction.OUT, document.uuid)
        if existing is not None and existing.kind is not kind:
            raise RuleBroken(
                "DRAFT.OTHER_KIND",
                "Taslak kaydedilmedi.",
                why=f"Bu ETTN bir {TITLES.get(existing.kind, 'başka belge')} taslağının.",
                todo="Taslaktan uuid alanını silin; program yenisini verir.",
            )
        is_correction = existing is not None and existing.state is State.FAILED
        if existing is not None and is_correction:
            ensure_correctable(existing, document)
        elif existing is not None and existing.state not in (State.DRAFT, State.READY):
            raise RuleBroken(
                "DRAFT.LOCKED",
                f"{existing.number or 'Belge'} kilitli.",
                why="Numara alan belge değiştirilemez.",
                todo="Yanlışsa yeni belge düzenleyin.",
            )
        record = documents.save_draft(
            s,
            company.id,
            kind=kind,
            ettn=document.uuid,
            data=fields_of(document),
            index=index_of_paper(document),
            at=ctx.clock.now(),
            correcting=is_correction,
        )
    return DraftedPaper(record=record, document=document, findings=check_paper(ctx, kind, document))


def load_paper(ctx: WorkContext, company: CompanyRecord, record: DocumentRecord) -> Paper:
    """The document of a stored draft, with the company card as it is today."""
    with ctx.db.read() as s:
        fields = documents.load_draft(s, record.id)
    return read_paper(record.kind, fields, company=company, clock=ctx.clock)


def answer_fields(ctx: WorkContext, company: CompanyRecord, despatch: int | bytes) -> dict[str, Any]:
    """Fields of an answer to a despatch note that came: everything arrived as sent, until somebody says otherwise.

    `despatch` is a received document or the bytes of a file. Raises: RuleBroken (ANSWER.OWN for a note that we sent,
    ANSWER.NOT_OURS for one that was sent to somebody else), InputError when it is no despatch note.
    """
    if isinstance(despatch, int):
        with ctx.db.read() as s:
            record = documents.get(s, despatch)
            raw = documents.load_file(s, record.id, "received") or b""
        if record.direction is not Direction.IN or record.company_id != company.id:
            raise RuleBroken(
                "ANSWER.OWN",
                f"{record.number} bu firmaya gelen bir irsaliye değil.",
                why="İrsaliyeye malı teslim alan yanıt verir.",
                todo="Gelen kutusundan bir irsaliye seçin.",
            )
    else:
        raw = despatch
    note = read_despatch(raw).despatch
    if note.customer.tax_number != company.company.tax_number:
        raise RuleBroken(
            "ANSWER.NOT_OURS",
            f"{note.number_text} bu firmaya düzenlenmemiş.",
            why=f"Teslim alan: {note.customer.display_name}.",
            todo="Doğru firmayı seçip yeniden deneyin.",
        )
    now = ctx.clock.now().astimezone(ISTANBUL)
    answer = answer_despatch(
        note,
        uuid=new_ettn(),
        series=STAND_IN_SERIES,
        issue_date=ctx.clock.today(),
        issue_time=now.time().replace(microsecond=0, tzinfo=None),
        received_day=ctx.clock.today(),
    )
    return {k: v for k, v in receipt_to_json(answer).items() if k not in ("series", "issue_time")}


def draft_xml(ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, template: bytes | None) -> bytes:
    """A stored draft of any kind as UBL-TR bytes without a seal, drawn by its kind's own `template`."""
    return build_paper(record.kind, load_paper(ctx, company, record), template)
