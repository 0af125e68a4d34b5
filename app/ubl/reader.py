"""Reading invoices that anybody wrote. What cannot be understood is said in `warnings`; little is refused.

`summarize` (the fast index of any document) and `find_templates` belong to reading and can be taken from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Final

from lxml import etree

from app.domain.errors import InputError
from app.domain.invoice import (
    DocumentReference,
    ExchangeRate,
    Invoice,
    InvoiceTotals,
    PaymentMeans,
    PaymentTerms,
)
from app.ubl import nodes
from app.ubl.namespaces import INVOICE, cac, cbc
from app.ubl.readextras import (
    read_buyer,
    read_deductions,
    read_delivery,
    read_incentive,
    read_period,
    read_references,
    read_tax_representative,
    split_shipment_no,
)
from app.ubl.readlines import LineReader
from app.ubl.readparty import read_notes, read_number, read_party, read_series
from app.ubl.summary import DocumentSummary, summarize, summarize_tree
from app.ubl.templates import find_templates, templates_of
from app.ubl.words import amount_in_words
from app.ubl.xmlsafe import parse

__all__ = [
    "DocumentSummary",
    "ReadInvoice",
    "find_templates",
    "read_invoice",
    "read_invoice_tree",
    "read_party",
    "summarize",
    "summarize_tree",
]

_ROOT: Final = f"{{{INVOICE}}}Invoice"
_ID = cbc("ID")
_ISSUE_DATE = cbc("IssueDate")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInvoice:
    """An invoice as read. `invoice` is in our own words; `stated` are the sums the sender wrote, not ours.

    `stated.tax_total` is before withholding, whichever way the sender wrote it. `document_id` is the ID exactly as it
    stands (`invoice.number` is None when it is no number in GİB's form, or the placeholder of a draft).
    """

    invoice: Invoice
    stated: InvoiceTotals
    document_id: str
    template: bytes | None
    has_signature: bool
    warnings: list[str]


def read_invoice(raw: bytes) -> ReadInvoice:
    """Read an e-Fatura or e-Arşiv invoice. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_INVOICE (another kind of document), UBL.NO_DATE (an invoice without
    a readable date cannot be dealt with).
    """
    return read_invoice_tree(parse(raw).getroot())


def read_invoice_tree(root: etree._Element) -> ReadInvoice:
    """The same for a document that is parsed already."""
    if root.tag != _ROOT:
        raise InputError(
            "UBL.NOT_INVOICE",
            "Bu belge bir e-Fatura ya da e-Arşiv fatura değil.",
            why=f"Kök eleman: {etree.QName(root).localname[:40]}.",
            todo="Fatura XML dosyasını seçin.",
        )
    return read_as_invoice(root)


def read_as_invoice(
    root: etree._Element,
    *,
    line: str = "InvoiceLine",
    quantity: str = "InvoicedQuantity",
    type_code: str = "InvoiceTypeCode",
) -> ReadInvoice:
    """Read a document that is built as an invoice is; the names tell what its lines and type are called.

    Raises: InputError UBL.NO_DATE.
    """
    warnings: list[str] = []
    issue_date = nodes.read_date(nodes.text(root, _ISSUE_DATE))
    if issue_date is None:
        raise InputError(
            "UBL.NO_DATE",
            "Belge okunamadı.",
            why="Düzenleme tarihi (IssueDate) yok ya da tarih değil.",
            todo="Belgeyi gönderenden yeniden isteyin.",
        )
    document_id = nodes.text(root, _ID)
    lines = LineReader(root, warnings, line=line, quantity=quantity)
    stated = lines.stated
    currency = nodes.text(root, cbc("DocumentCurrencyCode")) or "TRY"
    number = read_number(document_id, warnings)
    supplier = read_party(nodes.party_of(root.find(cac("AccountingSupplierParty"))), "Satıcı", warnings)
    supplier, shipment_no = split_shipment_no(supplier)
    references, earchive = read_references(root)
    invoice = Invoice(
        uuid=nodes.text(root, cbc("UUID")).lower(),
        series=read_series(document_id),
        number=number,
        profile=nodes.text(root, cbc("ProfileID")),
        type_code=nodes.text(root, cbc(type_code)),
        issue_date=issue_date,
        issue_time=nodes.read_time(nodes.text(root, cbc("IssueTime"))) or time(0, 0),
        supplier=supplier,
        customer=read_party(nodes.party_of(root.find(cac("AccountingCustomerParty"))), "Alıcı", warnings),
        lines=lines.lines,
        currency=currency,
        exchange_rate=_read_exchange_rate(root),
        notes=_read_notes(root, stated, currency),
        order_reference=_read_reference(root.find(cac("OrderReference")), issue_date, warnings),
        despatch_references=_read_dated(root, cac("DespatchDocumentReference"), issue_date, warnings),
        returned_invoices=_read_returned(root, issue_date, warnings),
        payment_means=_read_payment_means(root.find(cac("PaymentMeans"))),
        payment_terms=_read_payment_terms(root.find(cac("PaymentTerms"))),
        rounding=stated.rounding,
        period=read_period(root.find(cac("InvoicePeriod"))),
        accounting_cost=nodes.text(root, cbc("AccountingCost")),
        incentive=read_incentive(root),
        references=references,
        buyer=read_buyer(root.find(cac("BuyerCustomerParty"))),
        tax_representative=read_tax_representative(root.find(cac("TaxRepresentativeParty"))),
        delivery=read_delivery(root.find(cac("Delivery"))),
        allowances=lines.allowances,
        deductions=read_deductions(root),
        earchive=earchive,
        shipment_no=shipment_no,
    )
    found = templates_of(root)
    return ReadInvoice(
        invoice=invoice,
        stated=stated,
        document_id=document_id,
        template=found[0] if found else None,
        has_signature=nodes.has_signature(root),
        warnings=warnings,
    )


def _read_notes(root: etree._Element, stated: InvoiceTotals, currency: str) -> tuple[str, ...]:
    notes = read_notes(root)
    # The writer puts the amount in words first; it is derived, so it is no note of the user.
    if notes and notes[0] == amount_in_words(stated.payable, currency):
        notes = notes[1:]
    return notes


def _read_exchange_rate(root: etree._Element) -> ExchangeRate | None:
    element = root.find(cac("PricingExchangeRate"))
    rate = nodes.number(element, cbc("CalculationRate"))
    if rate is None:
        return None
    return ExchangeRate(rate=rate, day=nodes.read_date(nodes.text(element, cbc("Date"))))


def _read_reference(element: etree._Element | None, issue_date: date, warnings: list[str]) -> DocumentReference | None:
    number = nodes.text(element, _ID)
    if not number:
        return None
    day = nodes.read_date(nodes.text(element, _ISSUE_DATE))
    if day is None:
        warnings.append(f"{number[:30]} numaralı atfın tarihi yok; fatura tarihi gösteriliyor.")
    return DocumentReference(number=number, day=day or issue_date)


def _read_dated(
    root: etree._Element, name: str, issue_date: date, warnings: list[str]
) -> tuple[DocumentReference, ...]:
    found = (_read_reference(element, issue_date, warnings) for element in root.iterfind(name))
    return tuple(reference for reference in found if reference is not None)


def _read_returned(root: etree._Element, issue_date: date, warnings: list[str]) -> tuple[DocumentReference, ...]:
    found = (
        _read_reference(billing.find(cac("InvoiceDocumentReference")), issue_date, warnings)
        for billing in root.iterfind(cac("BillingReference"))
    )
    return tuple(reference for reference in found if reference is not None)


def _read_payment_means(element: etree._Element | None) -> PaymentMeans | None:
    if element is None:
        return None
    return PaymentMeans(
        code=nodes.text(element, cbc("PaymentMeansCode")),
        due_date=nodes.read_date(nodes.text(element, cbc("PaymentDueDate"))),
        iban=nodes.text(element, cac("PayeeFinancialAccount"), _ID),
        channel_code=nodes.text(element, cbc("PaymentChannelCode")),
        note=nodes.text(element, cbc("InstructionNote"))
        or nodes.text(element, cac("PayeeFinancialAccount"), cbc("PaymentNote")),
    )


def _read_payment_terms(element: etree._Element | None) -> PaymentTerms | None:
    if element is None:
        return None
    return PaymentTerms(
        note=nodes.text(element, cbc("Note")),
        due_date=nodes.read_date(nodes.text(element, cbc("PaymentDueDate"))),
    )
