"""Producer receipts (e-Müstahsil makbuzu): a UBL CreditNote, in our own words an Invoice without KDV.

The buyer of the goods issues it (`supplier`), the farmer is the `customer`; each line's cuts (stopaj 0003, borsa
tescil 8001, mera fonu 9040, SGK_PRIM for Bağkur) are `other_taxes` that lower what is paid. The day of delivery is the
invoice's delivery. No Schematron rule touches this kind; İzibiz and GİB's portal write it so.
Sources: XSD of UBL-TR 1.2.1; guide Karekod Standardı V1.2 §2.5; income tax law art. 94.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.errors import InputError
from app.domain.invoice import Invoice, InvoiceLine, InvoiceTotals, LineTotals
from app.ubl.emitter import Emitter
from app.ubl.namespaces import CREDIT_NOTE, CUSTOMIZATION, UBL_VERSION
from app.ubl.numbertext import amount, plain
from app.ubl.parts import CREDIT_NOTE_NAMESPACES, write_party, write_signature, write_template
from app.ubl.reader import ReadInvoice, read_as_invoice
from app.ubl.totals import PRODUCER_RECEIPT
from app.ubl.words import amount_in_words
from app.ubl.writeextras import Spelling, write_delivery, write_earchive, write_reference
from app.ubl.writelines import write_allowance, write_item, write_tax_total
from app.ubl.writer import write_exchange_rate, write_payment
from app.ubl.xmlsafe import parse

EARSIVBELGE: Final = "EARSIVBELGE"
#: The type code as the XSD-less world writes it; GİB's karekod guide spells it MUSTAHSILMAKBUZU.
MUSTAHSILMAKBUZ: Final = PRODUCER_RECEIPT
_ROOT: Final = f"{{{CREDIT_NOTE}}}CreditNote"


def build_credit_note(
    receipt: Invoice, totals: InvoiceTotals, *, template: bytes | None, spelling: Spelling = "type_code"
) -> bytes:
    """The XML of a producer receipt, unsealed, with an empty ext:ExtensionContent. Same input, same bytes."""
    out = Emitter()
    with out.root("CreditNote", CREDIT_NOTE_NAMESPACES, f"{CREDIT_NOTE} UBL-CreditNote-2.1.xsd"):
        out.extension_place()
        out.text("cbc:UBLVersionID", UBL_VERSION)
        out.text("cbc:CustomizationID", CUSTOMIZATION)
        out.text("cbc:ProfileID", receipt.profile)
        out.text("cbc:ID", receipt.number_text)
        out.text("cbc:CopyIndicator", "false")
        out.text("cbc:UUID", receipt.uuid)
        out.day("cbc:IssueDate", receipt.issue_date)
        out.clock("cbc:IssueTime", receipt.issue_time)
        out.text("cbc:CreditNoteTypeCode", receipt.type_code)
        out.text("cbc:Note", amount_in_words(totals.payable, receipt.currency))
        for note in receipt.notes:
            out.text("cbc:Note", note)
        out.text("cbc:DocumentCurrencyCode", receipt.currency)
        out.text("cbc:LineCountNumeric", str(len(receipt.lines)))
        for reference in receipt.references:
            write_reference(out, reference)
        if receipt.earchive is not None:
            write_earchive(out, receipt.earchive, day=receipt.issue_date, spelling=spelling)
        if template is not None:
            write_template(out, template, document_id=receipt.number_text, day=receipt.issue_date)
        write_signature(out, receipt.supplier, receipt.number_text)
        for element, party in (
            ("cac:AccountingSupplierParty", receipt.supplier),
            ("cac:AccountingCustomerParty", receipt.customer),
        ):
            with out.element(element), out.element("cac:Party"):
                write_party(out, party)
        if receipt.delivery is not None:
            write_delivery(out, receipt.delivery)
        write_payment(out, receipt)
        write_exchange_rate(out, receipt)
        _write_sums(out, receipt, totals)
        for position, (line, sums) in enumerate(zip(receipt.lines, totals.lines, strict=True), start=1):
            _write_line(out, line, sums, position=position, currency=receipt.currency)
    return out.to_bytes()


def read_credit_note(raw: bytes) -> ReadInvoice:
    """Read a producer receipt that anybody wrote. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_CREDIT_NOTE (another kind of document), UBL.NO_DATE.
    """
    root = parse(raw).getroot()
    if root.tag != _ROOT:
        raise InputError(
            "UBL.NOT_CREDIT_NOTE",
            "Bu belge bir müstahsil makbuzu değil.",
            why=f"Kök eleman: {etree.QName(root).localname[:40]}.",
            todo="Müstahsil makbuzu XML dosyasını seçin.",
        )
    return read_as_invoice(root, line="CreditNoteLine", quantity="CreditedQuantity", type_code="CreditNoteTypeCode")


def _write_sums(out: Emitter, receipt: Invoice, totals: InvoiceTotals) -> None:
    currency = receipt.currency
    if totals.taxes:
        write_tax_total(out, totals.taxes, withheld=Decimal(0), currency=currency, is_sum_of_all=True)
    with out.element("cac:LegalMonetaryTotal"):
        out.text("cbc:LineExtensionAmount", amount(totals.gross), currencyID=currency)
        out.text("cbc:TaxExclusiveAmount", amount(totals.tax_exclusive), currencyID=currency)
        out.text("cbc:TaxInclusiveAmount", amount(totals.tax_inclusive), currencyID=currency)
        if totals.allowance_total:
            out.text("cbc:AllowanceTotalAmount", amount(totals.allowance_total), currencyID=currency)
        if totals.charge_total:
            out.text("cbc:ChargeTotalAmount", amount(totals.charge_total), currencyID=currency)
        if totals.rounding:
            out.text("cbc:PayableRoundingAmount", amount(totals.rounding), currencyID=currency)
        out.text("cbc:PayableAmount", amount(totals.payable), currencyID=currency)


def _write_line(out: Emitter, line: InvoiceLine, sums: LineTotals, *, position: int, currency: str) -> None:
    with out.element("cac:CreditNoteLine"):
        out.text("cbc:ID", str(position))
        out.optional("cbc:Note", line.note)
        out.text("cbc:CreditedQuantity", plain(line.quantity), unitCode=line.unit_code)
        out.text("cbc:LineExtensionAmount", amount(sums.net), currencyID=currency)
        if line.delivery is not None:
            write_delivery(out, line.delivery)
        # Taxes come before discounts here, unlike on an invoice.
        if sums.taxes:
            write_tax_total(out, sums.taxes, withheld=Decimal(0), currency=currency, is_sum_of_all=True)
        for item, value in zip(line.allowances, sums.allowance_amounts, strict=True):
            write_allowance(out, item, value, base=sums.gross, currency=currency)
        write_item(out, line)
        with out.element("cac:Price"):
            out.text("cbc:PriceAmount", plain(line.unit_price), currencyID=currency)
