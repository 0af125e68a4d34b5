"""Writing an invoice as UBL-TR 1.2.1.

What was decided here, and why:

- Tevkifat: cac:TaxTotal/cbc:TaxAmount is the KDV that the buyer still pays to the seller, K − W, on the line and on
  the document, as GİB's own samples (TEVKIFAT, YTB_Tevkifat) write it; the subtotal keeps the whole K, and
  cac:WithholdingTaxTotal tells W with TaxableAmount = K. The Schematron checks the form of the number only.
- LineExtensionAmount of the document is the sum of quantity × price, before discounts; TaxExclusiveAmount is the base
  after them; TaxInclusiveAmount adds all taxes (the whole K too); PayableAmount subtracts what is withheld.
- The template comes ready: `template` holds the XSLT with this company's logo and stamp already inside
  (rendering personalises it). It is embedded as it is, once, with DocumentType XSLT; images are not attached.
- The first note is the amount in words.
- A foreign-currency invoice carries PricingExchangeRate to TRY (enforced) and all amounts in its own currency.

Source: guides UBL-TR Fatura V1.0 and Ortak Elemanlar V0.7; XSD of UBL-TR 1.2.1; Schematron of 2026-03-12.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.invoice import RETURN_TYPES, Invoice, InvoiceTotals, PaymentMeans
from app.ubl.emitter import Emitter, iso_time
from app.ubl.namespaces import CUSTOMIZATION, INVOICE, UBL_VERSION
from app.ubl.numbertext import amount, percent
from app.ubl.parts import INVOICE_NAMESPACES, write_dated, write_party, write_signature, write_template
from app.ubl.totals import FREELANCE_RECEIPT
from app.ubl.words import amount_in_words
from app.ubl.writeextras import (
    Spelling,
    write_buyer,
    write_deductions,
    write_delivery,
    write_earchive,
    write_period,
    write_reference,
    write_tax_representative,
)
from app.ubl.writelines import write_allowance, write_line, write_tax_total, write_withholding

__all__ = ["build_invoice", "iso_time", "write_template"]


def build_invoice(
    invoice: Invoice, totals: InvoiceTotals, *, template: bytes | None, spelling: Spelling = "type_code"
) -> bytes:
    """The XML of `invoice`, unsealed, with an empty ext:ExtensionContent for the seal. Any thread.

    Shape: UTF-8 with declaration, indented by two blanks; the same input gives the same bytes in every process,
    whatever the hash seed, time zone or locale. Characters that XML cannot hold become blanks.
    `totals` must be those of `compute_totals(invoice)`; `template` None leaves the XSLT out (only for a preview).
    `spelling` says how the integrator wants an e-Arşiv invoice's sending type named (`writeextras`).
    """
    out = Emitter()
    with out.root("Invoice", INVOICE_NAMESPACES, f"{INVOICE} UBL-Invoice-2.1.xsd"):
        out.extension_place()
        _write_header(out, invoice, totals)
        _write_references(out, invoice, template, spelling)
        write_signature(out, invoice.supplier, invoice.number_text)
        _write_parties(out, invoice)
        if invoice.delivery is not None:
            write_delivery(out, invoice.delivery)
        write_payment(out, invoice)
        base = sum((sums.net for sums in totals.lines), Decimal(0))
        for item, value in zip(invoice.allowances, totals.allowance_amounts, strict=True):
            write_allowance(out, item, value, base=base, currency=invoice.currency)
        write_deductions(out, invoice, totals)
        write_exchange_rate(out, invoice)
        _write_sums(out, invoice, totals)
        for position, (line, sums) in enumerate(zip(invoice.lines, totals.lines, strict=True), start=1):
            write_line(out, invoice, line, sums, position=position)
    return out.to_bytes()


def _write_header(out: Emitter, invoice: Invoice, totals: InvoiceTotals) -> None:
    out.text("cbc:UBLVersionID", UBL_VERSION)
    out.text("cbc:CustomizationID", CUSTOMIZATION)
    out.text("cbc:ProfileID", invoice.profile)
    out.text("cbc:ID", invoice.number_text)
    out.text("cbc:CopyIndicator", "false")
    out.text("cbc:UUID", invoice.uuid)
    out.text("cbc:IssueDate", invoice.issue_date.isoformat())
    out.text("cbc:IssueTime", iso_time(invoice.issue_time))
    out.text("cbc:InvoiceTypeCode", invoice.type_code)
    out.text("cbc:Note", amount_in_words(totals.payable, invoice.currency))
    for note in invoice.notes:
        out.text("cbc:Note", note)
    out.text("cbc:DocumentCurrencyCode", invoice.currency)
    out.optional("cbc:AccountingCost", invoice.accounting_cost)
    out.text("cbc:LineCountNumeric", str(len(invoice.lines)))
    if invoice.period is not None:
        write_period(out, invoice.period)


def _write_references(out: Emitter, invoice: Invoice, template: bytes | None, spelling: Spelling) -> None:
    if invoice.order_reference is not None:
        with out.element("cac:OrderReference"):
            write_dated(out, invoice.order_reference)
    for returned in invoice.returned_invoices:
        with out.element("cac:BillingReference"), out.element("cac:InvoiceDocumentReference"):
            write_dated(out, returned)
            if invoice.type_code in RETURN_TYPES:
                out.text("cbc:DocumentTypeCode", "IADE")
    for despatch in invoice.despatch_references:
        with out.element("cac:DespatchDocumentReference"):
            write_dated(out, despatch)
    if invoice.incentive is not None:
        with out.element("cac:ContractDocumentReference"):
            out.text("cbc:ID", invoice.incentive.number, schemeID="YTBNO")
            out.text("cbc:IssueDate", invoice.incentive.day.isoformat())
    for reference in invoice.references:
        write_reference(out, reference)
    if invoice.earchive is not None:
        write_earchive(out, invoice.earchive, day=invoice.issue_date, spelling=spelling)
    if template is not None:
        write_template(out, template, document_id=invoice.number_text, day=invoice.issue_date)


def _write_parties(out: Emitter, invoice: Invoice) -> None:
    supplier = invoice.supplier
    if invoice.shipment_no:
        supplier = replace(supplier, identifiers=(*supplier.identifiers, ("SEVKIYATNO", invoice.shipment_no)))
    if invoice.earchive is not None and invoice.earchive.web:
        supplier = replace(supplier, web=invoice.earchive.web)
    with out.element("cac:AccountingSupplierParty"), out.element("cac:Party"):
        write_party(out, supplier)
    with out.element("cac:AccountingCustomerParty"), out.element("cac:Party"):
        write_party(out, invoice.customer)
    if invoice.buyer is not None:
        with out.element("cac:BuyerCustomerParty"), out.element("cac:Party"):
            write_buyer(out, invoice.buyer)
    if invoice.tax_representative is not None:
        write_tax_representative(out, invoice.tax_representative)


def write_payment(out: Emitter, invoice: Invoice) -> None:
    """cac:PaymentMeans and cac:PaymentTerms."""
    if invoice.payment_means is not None:
        _write_payment_means(out, invoice.payment_means, invoice.currency)
    terms = invoice.payment_terms
    if terms is not None and (terms.note or terms.due_date):
        with out.element("cac:PaymentTerms"):
            out.optional("cbc:Note", terms.note)
            if terms.due_date is not None:
                out.text("cbc:PaymentDueDate", terms.due_date.isoformat())


def _write_payment_means(out: Emitter, means: PaymentMeans, currency: str) -> None:
    with out.element("cac:PaymentMeans"):
        out.text("cbc:PaymentMeansCode", means.code)
        if means.due_date is not None:
            out.text("cbc:PaymentDueDate", means.due_date.isoformat())
        out.optional("cbc:PaymentChannelCode", means.channel_code)
        out.optional("cbc:InstructionNote", means.note)
        if means.iban:
            with out.element("cac:PayeeFinancialAccount"):
                out.text("cbc:ID", means.iban)
                out.text("cbc:CurrencyCode", currency)


def write_exchange_rate(out: Emitter, invoice: Invoice) -> None:
    """cac:PricingExchangeRate of a foreign-currency document."""
    rate = invoice.exchange_rate
    if rate is None or invoice.currency == "TRY":
        return
    with out.element("cac:PricingExchangeRate"):
        out.text("cbc:SourceCurrencyCode", invoice.currency)
        out.text("cbc:TargetCurrencyCode", "TRY")
        out.text("cbc:CalculationRate", percent(rate.rate))
        if rate.day is not None:
            out.text("cbc:Date", rate.day.isoformat())


def _write_sums(out: Emitter, invoice: Invoice, totals: InvoiceTotals) -> None:
    currency = invoice.currency
    is_receipt = invoice.type_code == FREELANCE_RECEIPT
    kept = Decimal(0) if is_receipt else sum((w.amount for w in totals.withholdings), Decimal(0))
    write_tax_total(out, totals.taxes, withheld=kept, currency=currency, is_sum_of_all=is_receipt)
    if totals.withholdings:
        write_withholding(out, totals.withholdings, currency)
    with out.element("cac:LegalMonetaryTotal"):
        out.text("cbc:LineExtensionAmount", amount(totals.gross), currencyID=currency)
        out.text("cbc:TaxExclusiveAmount", amount(totals.tax_exclusive), currencyID=currency)
        out.text("cbc:TaxInclusiveAmount", amount(totals.tax_inclusive), currencyID=currency)
        out.text("cbc:AllowanceTotalAmount", amount(totals.allowance_total), currencyID=currency)
        # What a hal commission agent keeps back stands here too, as in GİB's own HKS sample.
        charged = totals.charge_total + totals.deduction_total
        if charged:
            out.text("cbc:ChargeTotalAmount", amount(charged), currencyID=currency)
        if totals.rounding:
            out.text("cbc:PayableRoundingAmount", amount(totals.rounding), currencyID=currency)
        out.text("cbc:PayableAmount", amount(totals.payable), currencyID=currency)
