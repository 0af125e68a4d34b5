"""Drafting an invoice: fields in, findings out. Works with no connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.document_number import SeriesPurpose, invoice_purpose
from app.domain.errors import ConfigError, InputError, RuleBroken
from app.domain.findings import Finding
from app.domain.invoice import Invoice, InvoiceTotals
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.money import ZERO, parse_decimal, round_kurus
from app.storage import companies, documents, numbers
from app.storage.records import CompanyRecord, DocumentIndex, DocumentRecord, PartnerRecord
from app.ubl.creditnote import EARSIVBELGE
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.numbertext import plain
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import Purpose, check_invoice
from app.validation.in_force import without_listed
from app.workflows import points
from app.workflows.context import WorkContext
from app.workflows.correcting import ensure_correctable, failed_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A stored draft with what the checks say of it."""

    record: DocumentRecord
    invoice: Invoice
    findings: list[Finding]


_SERIES_TITLES = {
    SeriesPurpose.EINVOICE: "e-Fatura",
    SeriesPurpose.EXPORT: "ihracat faturası",
    SeriesPurpose.EARCHIVE: "e-Arşiv fatura",
    SeriesPurpose.EARCHIVE_INTERNET: "e-Arşiv internet satışı",
}


def _purpose(data: Mapping[str, Any]) -> SeriesPurpose:
    earchive = data.get("earchive")
    is_internet = isinstance(earchive, Mapping) and earchive.get("internet") is True
    return invoice_purpose(str(data.get("profile", "")), is_internet=is_internet)


def save_draft(ctx: WorkContext, company: CompanyRecord, data: Mapping[str, Any]) -> Drafted:
    """Store a draft and say what is wrong with it. A draft with errors is kept all the same: nothing typed is lost.

    With the ETTN of a document that failed, its fields are corrected for the next attempt; number and date stay.
    Raises: InputError when `data` cannot be read as a draft at all; RuleBroken (DRAFT.LOCKED) when the document
    already has a number and has not failed; RuleBroken (CORRECT.*) for a correction that is not allowed.
    """
    if data.get("profile") == EARSIVBELGE:
        raise InputError(
            "DRAFT.KIND",
            "Taslak kaydedilmedi.",
            why="EARSIVBELGE senaryosu fatura değil; müstahsil ya da serbest meslek makbuzudur.",
            todo="Makbuzu 'muhurdar document create' ile ya da Giden Kutusu'ndaki Yeni menüsünden düzenleyin.",
        )
    with ctx.db.read() as s:
        failed = failed_one(s, company, data)
        purpose = _purpose(data)
        series = failed.number[:3] if failed else numbers.series_for(s, company.id, purpose)
    if series is None and not data.get("series"):
        title = _SERIES_TITLES[purpose]
        raise ConfigError(
            "SERIES.MISSING",
            f"Bu firmanın {title} serisi tanımlı değil.",
            todo=f"Firma kartına üç karakterlik bir {title} serisi yazın (örneğin ABC).",
        )
    invoice = invoice_from_json({"series": series, **data}, company=company.company, clock=ctx.clock)
    partner = known_partner(ctx, company, invoice)
    with ctx.db.write(points.DRAFT) as s:
        existing = documents.find(s, company.id, Direction.OUT, invoice.uuid)
        is_correction = existing is not None and existing.state is State.FAILED
        if existing is not None and is_correction:
            ensure_correctable(existing, invoice)
        elif existing is not None and existing.state not in (State.DRAFT, State.READY):
            raise RuleBroken(
                "DRAFT.LOCKED",
                f"{existing.number} numaralı belge kilitli.",
                why="Numara alan belge değiştirilemez.",
                todo="Yanlışsa alıcı reddetsin ya da iade faturası düzenleyin.",
            )
        record = documents.save_draft(
            s,
            company.id,
            kind=DocumentKind.INVOICE,
            ettn=invoice.uuid,
            data=invoice_to_json(invoice),
            index=index_of(invoice, compute_totals(invoice)),
            at=ctx.clock.now(),
            correcting=is_correction,
        )
    return Drafted(record=record, invoice=invoice, findings=check(ctx, invoice, partner=partner))


def load_invoice(ctx: WorkContext, company: CompanyRecord, document_id: int) -> Invoice:
    """The invoice of a draft, with the company card as it is today."""
    return read_invoice(ctx, company, load_fields(ctx, document_id))


def load_fields(ctx: WorkContext, document_id: int) -> dict[str, Any]:
    """A draft's fields as they were saved."""
    with ctx.db.read() as s:
        return documents.load_draft(s, document_id)


def read_invoice(ctx: WorkContext, company: CompanyRecord, fields: Mapping[str, Any]) -> Invoice:
    """The invoice that these fields describe, with the company card as it is today."""
    return invoice_from_json(dict(fields), company=company.company, clock=ctx.clock)


def check(
    ctx: WorkContext, invoice: Invoice, *, partner: PartnerRecord | None, purpose: Purpose = "draft"
) -> list[Finding]:
    """All findings of the built-in rules, by today's Istanbul date and by the codes of the installed package."""
    registered = partner.registered if partner is not None else None
    found = check_invoice(invoice, today=ctx.clock.today(), purpose=purpose, registered=registered)
    return without_listed(found, lambda: invoice_to_json(invoice), ctx.rules)


def known_partner(ctx: WorkContext, company: CompanyRecord, invoice: Invoice) -> PartnerRecord | None:
    """What we already know of the buyer, without asking anybody."""
    with ctx.db.read() as s:
        return companies.get_partner(s, company.id, invoice.customer.tax_number.digits)


def unsigned_xml(invoice: Invoice, template: bytes) -> bytes:
    """The UBL-TR bytes of a draft, without a seal."""
    return build_invoice(invoice, compute_totals(invoice), template=template)


def spread_over_lines(
    lines: Sequence[Mapping[str, Any]], value: Decimal, *, is_rate: bool, is_charge: bool, reason: str
) -> list[dict[str, Any]]:
    """The draft's lines with a discount or charge of the whole invoice laid on each of them.

    A rate (fraction) stands on every line as it is. An amount is shared by the lines' gross sums, to the kuruş; what
    rounding leaves goes to the largest. GİB taxes line by line, so that only this way each KDV rate bears its part.
    Lines whose numbers cannot be read yet, and those worth nothing, are left as they are.
    """
    key = "charges" if is_charge else "discounts"
    gross = [_gross(line) for line in lines]
    total = sum(gross, ZERO)
    if total <= 0:
        return [dict(line) for line in lines]
    parts = [round_kurus(value * own / total) for own in gross]
    if not is_rate:
        parts[gross.index(max(gross))] += value - sum(parts, ZERO)
    result = []
    for line, own, part in zip(lines, gross, parts, strict=True):
        item = {"rate": plain(value)} if is_rate else {"amount": plain(part)}
        if reason:
            item["reason"] = reason
        is_touched = own > 0 and (is_rate or part != 0)
        result.append({**line, key: [*line.get(key, ()), item]} if is_touched else dict(line))
    return result


def _gross(line: Mapping[str, Any]) -> Decimal:
    try:
        return round_kurus(
            parse_decimal(str(line.get("quantity", ""))) * parse_decimal(str(line.get("unit_price", "")))
        )
    except InputError:
        return ZERO


def index_of(invoice: Invoice, totals: InvoiceTotals) -> DocumentIndex:
    """The derived row that lists and searches use."""
    return DocumentIndex(
        number=str(invoice.number) if invoice.number is not None else "",
        profile=invoice.profile,
        type_code=invoice.type_code,
        issue_date=invoice.issue_date,
        partner_vkn=invoice.customer.tax_number.digits,
        partner_name=invoice.customer.display_name,
        currency=invoice.currency,
        payable=totals.payable,
        vat=totals.vat,
        sender_label=invoice.sender_label,
        receiver_label=invoice.receiver_label,
        search_text=" ".join([*(line.name for line in invoice.lines), *invoice.notes]),
    )
