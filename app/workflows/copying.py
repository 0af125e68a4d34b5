"""A new draft from an earlier document: a copy, the return of an invoice that came, an invoice of despatch notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.despatch import Despatch, DespatchLine
from app.domain.errors import RuleBroken
from app.domain.ettn import new_ettn
from app.domain.invoice import IADE, SATIS, TEMELFATURA, DocumentReference, Invoice
from app.domain.lifecycle import Direction, State
from app.storage import companies, documents
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.coverage import coverage_of
from app.ubl.despatch import read_despatch
from app.ubl.draft import invoice_to_json
from app.ubl.numbertext import plain
from app.ubl.partyjson import party_to_json
from app.ubl.reader import read_invoice
from app.workflows.context import WorkContext

#: What belongs to one document only and is not carried into the next.
_OWN = (
    "uuid",
    "number",
    "issue_date",
    "issue_time",
    "order_reference",
    "despatch_references",
    "returned_invoices",
    "period",
    "references",
    "shipment_no",
)
#: Scenarios in which GİB lets a return through; any other goes back as TEMELFATURA.
_RETURN_PROFILES = frozenset({"ILAC_TIBBICIHAZ", "YATIRIMTESVIK", "IDIS"})
_DEFAULT_VAT = "20"


def copied_fields(ctx: WorkContext, company: CompanyRecord, document_id: int) -> dict[str, Any]:
    """Fields of a new draft like that document: same buyer, lines, notes; new ETTN, today's date, no number.

    Raises: RuleBroken (COPY.FOREIGN) for a document that is not this company's own.
    """
    with ctx.db.read() as s:
        record = documents.get(s, document_id)
        _ensure_of(company, record)
        if record.direction is not Direction.OUT:
            raise RuleBroken(
                "COPY.RECEIVED",
                f"{record.number} gelen bir fatura; kopyası düzenlenmez.",
                todo="Mal iade ediliyorsa iade faturası hazırlayın.",
            )
        has_draft = record.state in (State.DRAFT, State.READY, State.FAILED)
        raw = None if has_draft else _bytes_of(s, record)
        fields = documents.load_draft(s, document_id) if raw is None else invoice_to_json(read_invoice(raw).invoice)
    copied = {key: value for key, value in fields.items() if key not in _OWN}
    payment = {k: v for k, v in copied.get("payment", {}).items() if k != "due_date"}
    terms = {k: v for k, v in copied.get("payment_terms", {}).items() if k != "due_date"}
    rate = {k: v for k, v in copied.get("exchange_rate", {}).items() if k == "rate"}
    delivery = {k: v for k, v in copied.get("delivery", {}).items() if k not in ("day", "despatch_day")}
    parts = (("payment", payment), ("payment_terms", terms), ("exchange_rate", rate), ("delivery", delivery))
    for key, value in parts:
        copied.pop(key, None)
        # A rate of another day is wrong today: the form asks for it again.
        if value and key != "exchange_rate":
            copied[key] = value
    return copied | {"uuid": new_ettn(), "issue_date": ctx.clock.today().isoformat()}


def return_fields(ctx: WorkContext, company: CompanyRecord, document_id: int) -> dict[str, Any]:
    """Fields of an IADE invoice for all lines of a received one: back to its sender, with its number and date.

    Raises: RuleBroken (RETURN.OWN) for a document that we issued, (DOC.BYTES_MISSING).
    Source: UBL-TR Schematron IADEInvioceCheck (16-character number), InvoiceTypeCodeCheck (IADE with few profiles).
    """
    with ctx.db.read() as s:
        record = documents.get(s, document_id)
        _ensure_of(company, record)
        if record.direction is not Direction.IN:
            raise RuleBroken(
                "RETURN.OWN",
                f"{record.number} bizim düzenlediğimiz fatura.",
                why="İade faturasını malı geri gönderen, yani alıcı düzenler.",
                todo="Gelen kutusundan bir fatura seçin.",
            )
        raw = _bytes_of(s, record)
        partner = companies.get_partner(s, company.id, record.partner_vkn)
    received = read_invoice(raw).invoice
    returned: Invoice = replace(
        received,
        uuid=new_ettn(),
        number=None,
        series="",
        profile=received.profile if received.profile in _RETURN_PROFILES else TEMELFATURA,
        type_code=IADE,
        issue_date=ctx.clock.today(),
        supplier=received.customer,
        customer=received.supplier,
        returned_invoices=(DocumentReference(number=record.number, day=received.issue_date),),
        notes=(),
        order_reference=None,
        despatch_references=(),
        payment_means=None,
        payment_terms=None,
        rounding=received.rounding * 0,
        sender_label="",
        receiver_label=partner.preferred_pk if partner is not None else "",
        extra={},
        period=None,
        accounting_cost="",
        references=(),
        buyer=None,
        tax_representative=None,
        delivery=None,
        deductions=(),
        earchive=None,
        shipment_no="",
    )
    return {k: v for k, v in invoice_to_json(returned).items() if k not in ("issue_time", "series")}


def invoice_of_despatches(despatches: Sequence[Despatch], *, uuid: str, issue_date: date) -> dict[str, Any]:
    """Fields of an invoice for the goods of these despatch notes, all sent to one buyer in one currency.

    What a note does not tell stands as the editor would begin it: KDV 20 %, price zero. Each note is named with its
    number and date. A note that says who buys (BuyerCustomerParty) is invoiced to them.
    Raises: RuleBroken (DESPATCH.NONE, DESPATCH.MIXED for several buyers or currencies).
    """
    if not despatches:
        raise RuleBroken("DESPATCH.NONE", "Fatura hazırlanmadı.", why="İrsaliye seçilmemiş.", todo="İrsaliye seçin.")
    buyers = [note.buyer or note.customer for note in despatches]
    if len({buyer.tax_number for buyer in buyers}) > 1 or len({note.currency for note in despatches}) > 1:
        raise RuleBroken(
            "DESPATCH.MIXED",
            "Seçilen irsaliyeler tek faturada toplanamaz.",
            why="Alıcıları ya da para birimleri farklı.",
            todo="Her alıcı ve para birimi için ayrı fatura hazırlayın.",
        )
    lines = [_invoiced(line) for note in despatches for line in note.lines]
    orders = list(dict.fromkeys(order for note in despatches for order in note.orders))
    fields: dict[str, Any] = {
        "uuid": uuid,
        "issue_date": issue_date.isoformat(),
        "profile": TEMELFATURA,
        "type": SATIS,
        "currency": despatches[0].currency,
        "customer": party_to_json(buyers[0]),
        "despatch_references": [
            {"number": note.number_text, "day": note.issue_date.isoformat()} for note in despatches
        ],
        "lines": lines,
    }
    if len(orders) == 1:
        fields["order_reference"] = {"number": orders[0].number, "day": orders[0].day.isoformat()}
    return fields


def despatch_fields(ctx: WorkContext, company: CompanyRecord, document_ids: Sequence[int]) -> dict[str, Any]:
    """The same for stored despatch notes that this company has sent.

    Raises: RuleBroken (DESPATCH.*, COPY.FOREIGN, DOC.BYTES_MISSING), InputError for a document that is no such note.
    """
    with ctx.db.read() as s:
        records = [documents.get(s, document_id) for document_id in document_ids]
        for record in records:
            _ensure_of(company, record)
            if record.direction is not Direction.OUT:
                raise RuleBroken(
                    "DESPATCH.RECEIVED",
                    f"{record.number} gelen bir irsaliye.",
                    why="Faturayı malı gönderen düzenler.",
                    todo="Gidenlerden irsaliye seçin.",
                )
        raws = [_bytes_of(s, record) for record in records]
    notes = [read_despatch(raw).despatch for raw in raws]
    return invoice_of_despatches(notes, uuid=new_ettn(), issue_date=ctx.clock.today())


def _invoiced(line: DespatchLine) -> dict[str, Any]:
    told = {
        "name": line.name,
        "quantity": plain(line.quantity),
        "unit": line.unit_code,
        "unit_price": plain(line.unit_price) if line.unit_price is not None else "0",
        "vat_rate": _DEFAULT_VAT,
        "description": line.description,
        "note": line.note,
        "brand": line.brand,
        "model": line.model,
        "seller_code": line.seller_code,
        "buyer_code": line.buyer_code,
        "item_ids": [{"scheme": scheme, "value": value} for scheme, value in line.item_ids],
    }
    return {key: value for key, value in told.items() if value not in ("", [])}


def left_behind(raw: bytes) -> tuple[str, ...]:
    """What a received document tells and a draft made of it will not carry, by the names of its elements."""
    return coverage_of(raw).unmodelled


def _ensure_of(company: CompanyRecord, record: DocumentRecord) -> None:
    if record.company_id != company.id:
        raise RuleBroken("COPY.FOREIGN", "Belge başka bir firmanın.", todo="Önce o firmayı seçin.")


def _bytes_of(s: OpenSession, record: DocumentRecord) -> bytes:
    for role in ("legal", "sealed", "received"):
        raw = documents.load_file(s, record.id, role)
        if raw is not None:
            return raw
    raise RuleBroken("DOC.BYTES_MISSING", f"{record.number} belgesinin içeriği yok.", todo="Yedekten geri yükleyin.")
