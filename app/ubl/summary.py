"""The index of any UBL-TR document: what lists, searches and sorting need, read in well under a millisecond.

Attachments are neither decoded nor looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final, Literal

from lxml import etree

from app.domain.invoice import EARSIVFATURA, KDV_CODE
from app.domain.lifecycle import DocumentKind
from app.domain.money import WIDE, ZERO
from app.ubl import namespaces as ns
from app.ubl import nodes
from app.ubl.namespaces import cac, cbc
from app.ubl.xmlsafe import parse

SummaryKind = DocumentKind | Literal["envelope", "unknown"]

_KINDS: Final[dict[str, DocumentKind]] = {
    f"{{{ns.INVOICE}}}Invoice": DocumentKind.INVOICE,
    f"{{{ns.CREDIT_NOTE}}}CreditNote": DocumentKind.CREDIT_NOTE,
    f"{{{ns.DESPATCH_ADVICE}}}DespatchAdvice": DocumentKind.DESPATCH,
    f"{{{ns.RECEIPT_ADVICE}}}ReceiptAdvice": DocumentKind.RECEIPT,
    f"{{{ns.APPLICATION_RESPONSE}}}ApplicationResponse": DocumentKind.APPLICATION_RESPONSE,
    # Freelance receipts (e-SMM) of two vendors; they are Invoices in all but name.
    f"{{{ns.VOUCHER}}}Voucher": DocumentKind.INVOICE,
    f"{{{ns.FREELANCER_VOUCHER}}}FreelancerVoucher": DocumentKind.INVOICE,
}
_ENVELOPE_ROOT = f"{{{ns.SBDH}}}StandardBusinessDocument"

_SIMPLE: Final[dict[str, str]] = {
    cbc("ProfileID"): "profile",
    cbc("ID"): "number",
    cbc("UUID"): "ettn",
    cbc("IssueDate"): "issue_date",
    cbc("IssueTime"): "issue_time",
    cbc("InvoiceTypeCode"): "type_code",
    cbc("CreditNoteTypeCode"): "type_code",
    cbc("DespatchAdviceTypeCode"): "type_code",
    cbc("ReceiptAdviceTypeCode"): "type_code",
    cbc("DocumentCurrencyCode"): "currency",
}
_SUPPLIERS = frozenset({cac("AccountingSupplierParty"), cac("DespatchSupplierParty"), cac("SenderParty")})
_CUSTOMERS = frozenset({cac("AccountingCustomerParty"), cac("DeliveryCustomerParty"), cac("ReceiverParty")})
_NOTE = cbc("Note")
_TAX_TOTAL = cac("TaxTotal")
_TAX_SUBTOTAL = cac("TaxSubtotal")
_TAX_AMOUNT = cbc("TaxAmount")
_SEQUENCE = cbc("CalculationSequenceNumeric")
_TO_TAX_CODE = (cac("TaxCategory"), cac("TaxScheme"), cbc("TaxTypeCode"))
_MONETARY_TOTALS = frozenset({cac("LegalMonetaryTotal"), cac("FreelancerVoucherLegalMonetaryTotal")})
_DOCUMENT_RESPONSE = cac("DocumentResponse")
_TO_RESPONSE_CODE = (cac("Response"), cbc("ResponseCode"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSummary:
    """What a document says of itself; empty strings and None where it says nothing.

    `ettn` is in lower case, `number` as written. `supplier` is who issued the document (sender of an answer, sender of
    an envelope), `customer` who gets it. `vat` is the sum of the document's KDV subtotals before withholding.
    `type_code` of an application response is its answer (KABUL, RED...). `notes` are joined by line ends.
    """

    kind: SummaryKind
    ettn: str = ""
    number: str = ""
    profile: str = ""
    type_code: str = ""
    issue_date: date | None = None
    issue_time: time | None = None
    supplier_vkn: str = ""
    supplier_name: str = ""
    customer_vkn: str = ""
    customer_name: str = ""
    currency: str = ""
    payable: Decimal | None = None
    vat: Decimal | None = None
    tax_exclusive: Decimal | None = None
    notes: str = ""
    has_signature: bool = False


def summarize(raw: bytes) -> DocumentSummary:
    """The index of `raw`. Any thread. Never raises for odd but readable XML; InputError (XML.*) for the rest."""
    return summarize_tree(parse(raw).getroot())


def summarize_tree(root: etree._Element) -> DocumentSummary:
    """The same for a document that is parsed already."""
    tag = str(root.tag)
    if tag == _ENVELOPE_ROOT:
        return _summarize_envelope(root)
    kind: SummaryKind = _KINDS.get(tag, "unknown")
    simple: dict[str, str] = {}
    notes: list[str] = []
    supplier = customer = monetary = response = None
    vat: Decimal | None = None
    for child in root:
        name = child.tag
        if not isinstance(name, str):
            continue  # a comment or a processing instruction
        field = _SIMPLE.get(name)
        if field is not None:
            simple.setdefault(field, nodes.own_text(child))
        elif name == _NOTE:
            notes.append(nodes.own_text(child))
        elif name in _SUPPLIERS:
            supplier = nodes.party_of(child)
        elif name in _CUSTOMERS:
            customer = nodes.party_of(child)
        elif name == _TAX_TOTAL:
            vat = _add_vat(vat, child)
        elif name in _MONETARY_TOTALS:
            monetary = child
        elif name == _DOCUMENT_RESPONSE and response is None:
            response = child
    profile = simple.get("profile", "")
    if kind is DocumentKind.INVOICE and profile == EARSIVFATURA:
        kind = DocumentKind.EARCHIVE
    return DocumentSummary(
        kind=kind,
        ettn=simple.get("ettn", "").lower(),
        number=simple.get("number", ""),
        profile=profile,
        type_code=simple.get("type_code", "") or nodes.text(response, *_TO_RESPONSE_CODE),
        issue_date=nodes.read_date(simple.get("issue_date", "")),
        issue_time=nodes.read_time(simple.get("issue_time", "")),
        supplier_vkn=nodes.party_number(supplier),
        supplier_name=nodes.party_name(supplier),
        customer_vkn=nodes.party_number(customer),
        customer_name=nodes.party_name(customer),
        currency=simple.get("currency", ""),
        payable=nodes.number(monetary, cbc("PayableAmount")),
        vat=vat,
        tax_exclusive=nodes.number(monetary, cbc("TaxExclusiveAmount")),
        notes="\n".join(note for note in notes if note),
        has_signature=nodes.has_signature(root),
    )


def _add_vat(so_far: Decimal | None, tax_total: etree._Element) -> Decimal | None:
    for subtotal in tax_total.iterfind(_TAX_SUBTOTAL):
        if nodes.text(subtotal, *_TO_TAX_CODE) != KDV_CODE or nodes.number(subtotal, _SEQUENCE) == -1:
            continue
        amount = nodes.number(subtotal, _TAX_AMOUNT)
        if amount is not None:
            so_far = WIDE.add(ZERO if so_far is None else so_far, amount)
    return so_far


def _summarize_envelope(root: etree._Element) -> DocumentSummary:
    def sh(name: str) -> str:
        return f"{{{ns.SBDH}}}{name}"

    header = root.find(sh("StandardBusinessDocumentHeader"))
    identification = nodes.find(header, sh("DocumentIdentification"))
    created = nodes.text(identification, sh("CreationDateAndTime"))
    sides: dict[str, str] = {}
    for side, prefix in (("Sender", "supplier"), ("Receiver", "customer")):
        party = nodes.find(header, sh(side))
        for contact in () if party is None else party.iterfind(sh("ContactInformation")):
            kind = nodes.text(contact, sh("ContactTypeIdentifier"))
            key = {"VKN_TCKN": f"{prefix}_vkn", "UNVAN": f"{prefix}_name"}.get(kind)
            if key:
                sides[key] = nodes.text(contact, sh("Contact"))
    return DocumentSummary(
        kind="envelope",
        ettn=nodes.text(identification, sh("InstanceIdentifier")).lower(),
        type_code=nodes.text(identification, sh("Type")),
        issue_date=nodes.read_date(created),
        issue_time=nodes.read_time(created[11:19]),
        supplier_vkn=sides.get("supplier_vkn", ""),
        supplier_name=sides.get("supplier_name", ""),
        customer_vkn=sides.get("customer_vkn", ""),
        customer_name=sides.get("customer_name", ""),
    )
