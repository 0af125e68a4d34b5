"""What the form starts with, how it is stored, and what the company has sold before. No Qt; runs on a lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.document_number import SeriesPurpose
from app.domain.errors import ConfigError, InputError, StorageError
from app.domain.ettn import new_ettn
from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage import companies, documents, numbers, search
from app.storage.records import CompanyRecord, DocumentRecord, PartnerRecord
from app.ubl.partyjson import party_to_json
from app.ui.editor.recovery import KeptForm, RecoveryStore
from app.workflows import copying, drafting, papers
from app.workflows.context import WorkContext
from app.workflows.drafting import Drafted
from app.workflows.papers import DraftedPaper

#: So many earlier documents are looked through for goods and buyers.
_LOOK_BACK = 200
#: States in which fields may be typed; everything else has a number that it keeps.
EDITABLE = (State.DRAFT, State.READY, State.FAILED)
GOODS_KEYS = ("name", "unit", "unit_price", "vat_rate", "withholding", "exemption", "other_taxes", "seller_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """`locked` says why nothing may be changed, or is empty. `restored`: fields come from an unfinished form."""

    fields: dict[str, Any]
    record: DocumentRecord | None = None
    locked: str = ""
    restored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """For the pickers: partners, goods as line beginnings (most used first), forms left behind, own series."""

    partners: list[PartnerRecord] = field(default_factory=list)
    goods: list[dict[str, Any]] = field(default_factory=list)
    buyers: list[dict[str, Any]] = field(default_factory=list)
    unfinished: list[KeptForm] = field(default_factory=list)
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What came of saving: a draft in the database, or a form beside it (`drafted` None)."""

    version: int
    drafted: Drafted | DraftedPaper | None
    why: str = ""


def start(
    ctx: WorkContext,
    company: CompanyRecord,
    recovery: RecoveryStore,
    *,
    document_id: int | None,
    copy_of: int | None,
    return_of: int | None,
    invoice_of: Sequence[int] = (),
    unfinished: str | None = None,
) -> Start:
    """The fields to begin with."""
    if unfinished is not None and (form := recovery.load(unfinished)) is not None:
        return Start(fields=form.fields, restored=True)
    if copy_of is not None:
        return Start(fields=copying.copied_fields(ctx, company, copy_of))
    if return_of is not None:
        return Start(fields=copying.return_fields(ctx, company, return_of))
    if invoice_of:
        return Start(fields=copying.despatch_fields(ctx, company, invoice_of))
    if document_id is None:
        return Start(
            fields={
                "uuid": new_ettn(),
                "profile": "TEMELFATURA",
                "type": "SATIS",
                "issue_date": ctx.clock.today().isoformat(),
                "currency": "TRY",
            }
        )
    with ctx.db.read() as s:
        record = documents.get(s, document_id)
        fields = documents.load_draft(s, document_id)
    if record.state not in EDITABLE:
        return Start(
            fields=fields,
            record=record,
            locked=f"{record.number} numara almış bir belge; değiştirilemez. Yanlışsa kopyasını düzenleyin.",
        )
    form = recovery.load(record.ettn)
    if form is not None and form.saved_at >= record.updated_at:
        return Start(fields=form.fields, record=record, restored=True)
    return Start(fields=fields, record=record)


def store(
    ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore, data: Mapping[str, Any], version: int
) -> Stored:
    """Save as a draft; what cannot be one yet is kept as a form, so that nothing typed is lost.

    Raises: RuleBroken (DRAFT.LOCKED, CORRECT.*), StorageError, EnvironmentFault; the form is then kept as well.
    """
    vkn = company.company.tax_number.digits
    try:
        drafted = drafting.save_draft(ctx, company, data)
    except (InputError, ConfigError) as e:
        recovery.keep(vkn, data, at=ctx.clock.now())
        return Stored(version=version, drafted=None, why=e.sentence)
    except StorageError:
        recovery.keep(vkn, data, at=ctx.clock.now())
        raise
    recovery.drop(str(data["uuid"]))
    return Stored(version=version, drafted=drafted)


def known(ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore) -> Known:
    """Partners, and goods and buyers of the latest invoices, the most used first."""
    query = search.DocumentQuery(company_id=company.id, direction=Direction.OUT)
    goods: dict[str, dict[str, Any]] = {}
    buyers: dict[str, dict[str, Any]] = {}
    used: Counter[str] = Counter()
    with ctx.db.read() as s:
        partners = companies.list_partners(s, company.id)
        series = numbers.series_for(s, company.id, SeriesPurpose.EINVOICE)
        for document_id in search.ids(s, query)[:_LOOK_BACK]:
            try:
                fields = documents.load_draft(s, document_id)
            except StorageError:
                # Imported without a draft: its goods are in no form we could copy a line from.
                continue
            ctx.progress.checkpoint()
            for line in fields.get("lines", ()):
                name = str(line.get("name", ""))
                used[name] += 1
                goods.setdefault(name, {k: line[k] for k in GOODS_KEYS if k in line})
            customer = fields.get("customer") or {}
            number = str(customer.get("vkn") or customer.get("tckn") or "")
            used[number] += 1
            if number:
                buyers.setdefault(number, customer)
    for partner in partners:
        buyers.setdefault(partner.party.tax_number.digits, party_to_json(partner.party))
    left = recovery.waiting(company.company.tax_number.digits)
    return Known(
        partners=partners,
        goods=sorted((g for g in goods.values() if g.get("name")), key=lambda g: -used[g["name"]]),
        buyers=sorted(buyers.values(), key=lambda c: -used[str(c.get("vkn") or c.get("tckn"))]),
        unfinished=[form for form in left if is_of(DocumentKind.INVOICE, form)],
        series=series or "",
    )


def is_of(kind: DocumentKind, form: KeptForm) -> bool:
    """Whether a form left behind is one of this kind."""
    try:
        return papers.kind_of_draft(form.fields) is kind
    except InputError:
        return False
