"""A new draft from an earlier document: a copy for the same buyer, or the return of an invoice that came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.errors import RuleBroken
from app.domain.ettn import new_ettn
from app.domain.invoice import IADE, TEMELFATURA, DocumentReference, Invoice
from app.domain.lifecycle import Direction, State
from app.storage import companies, documents
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.draft import invoice_to_json
from app.ubl.reader import read_invoice
from app.workflows.context import WorkContext

#: What belongs to one document only and is not carried into the next.
_OWN = ("uuid", "number", "issue_date", "issue_time", "order_reference", "despatch_references", "returned_invoices")


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
    for key, value in (("payment", payment), ("payment_terms", terms), ("exchange_rate", rate)):
        copied.pop(key, None)
        # A rate of another day is wrong today: the form asks for it again.
        if value and key != "exchange_rate":
            copied[key] = value
    return copied | {"uuid": new_ettn(), "issue_date": ctx.clock.today().isoformat()}


def return_fields(ctx: WorkContext, company: CompanyRecord, document_id: int) -> dict[str, Any]:
    """Fields of an IADE invoice for all lines of a received one: back to its sender, with its number and date.

    Raises: RuleBroken (RETURN.OWN) for a document that we issued, (DOC.BYTES_MISSING).
    Source: UBL-TR Schematron IADEInvioceCheck (16-character number), InvoiceTypeCodeCheck (IADE only with TEMELFATURA).
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
        profile=TEMELFATURA,
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
    )
    return {k: v for k, v in invoice_to_json(returned).items() if k not in ("issue_time", "series")}


def _ensure_of(company: CompanyRecord, record: DocumentRecord) -> None:
    if record.company_id != company.id:
        raise RuleBroken("COPY.FOREIGN", "Belge başka bir firmanın.", todo="Önce o firmayı seçin.")


def _bytes_of(s: OpenSession, record: DocumentRecord) -> bytes:
    for role in ("legal", "sealed", "received"):
        raw = documents.load_file(s, record.id, role)
        if raw is not None:
            return raw
    raise RuleBroken("DOC.BYTES_MISSING", f"{record.number} belgesinin içeriği yok.", todo="Yedekten geri yükleyin.")
