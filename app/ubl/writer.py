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

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from app.domain.invoice import (
    AllowanceCharge,
    DocumentReference,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    LineTotals,
    PaymentMeans,
    TaxSubtotal,
)
from app.ubl.emitter import Emitter
from app.ubl.namespaces import CUSTOMIZATION, INVOICE, UBL_VERSION
from app.ubl.numbertext import amount, percent, plain
from app.ubl.parts import INVOICE_NAMESPACES, write_party, write_signature
from app.ubl.totals import is_deducted
from app.ubl.words import amount_in_words

_RETURN_TYPES = frozenset({"IADE", "TEVKIFATIADE", "YTBIADE", "YTBTEVKIFATIADE"})


def build_invoice(invoice: Invoice, totals: InvoiceTotals, *, template: bytes | None) -> bytes:
    """The XML of `invoice`, unsealed, with an empty ext:ExtensionContent for the seal. Any thread.

    Shape: UTF-8 with declaration, indented by two blanks; the same input gives the same bytes in every process,
    whatever the hash seed, time zone or locale. Characters that XML cannot hold become blanks.
    `totals` must be those of `compute_totals(invoice)`; `template` None leaves the XSLT out (only for a preview).
    """
    out = Emitter()
    with out.root("Invoice", INVOICE_NAMESPACES, f"{INVOICE} UBL-Invoice-2.1.xsd"):
        out.extension_place()
        _write_header(out, invoice, totals)
        _write_references(out, invoice, template)
        write_signature(out, invoice.supplier, invoice.number_text)
        with out.element("cac:AccountingSupplierParty"), out.element("cac:Party"):
            write_party(out, invoice.supplier)
        with out.element("cac:AccountingCustomerParty"), out.element("cac:Party"):
            write_party(out, invoice.customer)
        _write_payment(out, invoice)
        _write_exchange_rate(out, invoice)
        _write_sums(out, invoice, totals)
        for position, (line, sums) in enumerate(zip(invoice.lines, totals.lines, strict=True), start=1):
            _write_line(out, line, sums, position=position, currency=invoice.currency)
    return out.to_bytes()


def iso_time(value: time) -> str:
    """`14:05:00`; fractions of a second and zones are not written."""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"


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
    out.text("cbc:LineCountNumeric", str(len(invoice.lines)))


def _write_references(out: Emitter, invoice: Invoice, template: bytes | None) -> None:
    if invoice.order_reference is not None:
        with out.element("cac:OrderReference"):
            _write_reference(out, invoice.order_reference)
    for returned in invoice.returned_invoices:
        with out.element("cac:BillingReference"), out.element("cac:InvoiceDocumentReference"):
            _write_reference(out, returned)
            if invoice.type_code in _RETURN_TYPES:
                out.text("cbc:DocumentTypeCode", "IADE")
    for despatch in invoice.despatch_references:
        with out.element("cac:DespatchDocumentReference"):
            _write_reference(out, despatch)
    if template is not None:
        _write_template(out, template, document_id=invoice.number_text, day=invoice.issue_date)


def _write_reference(out: Emitter, reference: DocumentReference) -> None:
    out.text("cbc:ID", reference.number)
    out.text("cbc:IssueDate", reference.day.isoformat())


def _write_template(out: Emitter, template: bytes, *, document_id: str, day: date) -> None:
    with out.element("cac:AdditionalDocumentReference"):
        out.text("cbc:ID", document_id)
        out.text("cbc:IssueDate", day.isoformat())
        out.text("cbc:DocumentType", "XSLT")
        with out.element("cac:Attachment"):
            out.binary(
                "cbc:EmbeddedDocumentBinaryObject",
                template,
                characterSetCode="UTF-8",
                encodingCode="Base64",
                filename=f"{document_id}.xslt",
                mimeCode="application/xml",
            )


def _write_payment(out: Emitter, invoice: Invoice) -> None:
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


def _write_exchange_rate(out: Emitter, invoice: Invoice) -> None:
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
    kept = sum((w.amount for w in totals.withholdings), Decimal(0))
    _write_tax_total(out, totals.taxes, withheld=kept, currency=currency)
    if totals.withholdings:
        _write_withholding(out, totals.withholdings, currency)
    with out.element("cac:LegalMonetaryTotal"):
        out.text("cbc:LineExtensionAmount", amount(totals.gross), currencyID=currency)
        out.text("cbc:TaxExclusiveAmount", amount(totals.tax_exclusive), currencyID=currency)
        out.text("cbc:TaxInclusiveAmount", amount(totals.tax_inclusive), currencyID=currency)
        out.text("cbc:AllowanceTotalAmount", amount(totals.allowance_total), currencyID=currency)
        if totals.charge_total:
            out.text("cbc:ChargeTotalAmount", amount(totals.charge_total), currencyID=currency)
        if totals.rounding:
            out.text("cbc:PayableRoundingAmount", amount(totals.rounding), currencyID=currency)
        out.text("cbc:PayableAmount", amount(totals.payable), currencyID=currency)


def _write_tax_total(out: Emitter, taxes: Sequence[TaxSubtotal], *, withheld: Decimal, currency: str) -> None:
    """One cac:TaxTotal; `withheld` is the KDV tevkifat that its TaxAmount leaves out."""
    whole = sum((t.amount for t in taxes if not is_deducted(t.code)), Decimal(0))
    with out.element("cac:TaxTotal"):
        out.text("cbc:TaxAmount", amount(whole - withheld), currencyID=currency)
        for sequence, tax in enumerate(taxes, start=1):
            with out.element("cac:TaxSubtotal"):
                out.text("cbc:TaxableAmount", amount(tax.taxable), currencyID=currency)
                out.text("cbc:TaxAmount", amount(tax.amount), currencyID=currency)
                out.text("cbc:CalculationSequenceNumeric", str(sequence))
                if tax.percent is not None:
                    out.text("cbc:Percent", percent(tax.percent))
                if tax.per_unit is not None:
                    out.text("cbc:PerUnitAmount", plain(tax.per_unit), currencyID=currency)
                with out.element("cac:TaxCategory"):
                    out.optional("cbc:TaxExemptionReasonCode", tax.exemption_code)
                    out.optional("cbc:TaxExemptionReason", tax.exemption_reason)
                    _write_scheme(out, tax)


def _write_withholding(out: Emitter, withholdings: Sequence[TaxSubtotal], currency: str) -> None:
    with out.element("cac:WithholdingTaxTotal"):
        out.text("cbc:TaxAmount", amount(sum((w.amount for w in withholdings), Decimal(0))), currencyID=currency)
        for item in withholdings:
            with out.element("cac:TaxSubtotal"):
                out.text("cbc:TaxableAmount", amount(item.taxable), currencyID=currency)
                out.text("cbc:TaxAmount", amount(item.amount), currencyID=currency)
                if item.percent is not None:
                    out.text("cbc:Percent", percent(item.percent))
                with out.element("cac:TaxCategory"):
                    _write_scheme(out, item)


def _write_scheme(out: Emitter, tax: TaxSubtotal) -> None:
    with out.element("cac:TaxScheme"):
        out.optional("cbc:Name", tax.name)
        out.text("cbc:TaxTypeCode", tax.code)


def _write_line(out: Emitter, line: InvoiceLine, sums: LineTotals, *, position: int, currency: str) -> None:
    with out.element("cac:InvoiceLine"):
        out.text("cbc:ID", str(position))
        out.optional("cbc:Note", line.note)
        out.text("cbc:InvoicedQuantity", plain(line.quantity), unitCode=line.unit_code)
        out.text("cbc:LineExtensionAmount", amount(sums.net), currencyID=currency)
        for item, value in zip(line.allowances, sums.allowance_amounts, strict=True):
            _write_allowance(out, item, value, base=sums.gross, currency=currency)
        withheld = sums.withholding.amount if sums.withholding else Decimal(0)
        _write_tax_total(out, sums.taxes, withheld=withheld, currency=currency)
        if sums.withholding is not None:
            _write_withholding(out, (sums.withholding,), currency)
        _write_item(out, line)
        with out.element("cac:Price"):
            out.text("cbc:PriceAmount", plain(line.unit_price), currencyID=currency)


def _write_allowance(out: Emitter, item: AllowanceCharge, value: Decimal, *, base: Decimal, currency: str) -> None:
    with out.element("cac:AllowanceCharge"):
        out.text("cbc:ChargeIndicator", "true" if item.is_charge else "false")
        out.optional("cbc:AllowanceChargeReason", item.reason)
        if item.rate is not None and item.amount is None:
            out.text("cbc:MultiplierFactorNumeric", plain(item.rate))
        out.text("cbc:Amount", amount(value), currencyID=currency)
        out.text("cbc:BaseAmount", amount(base), currencyID=currency)


def _write_item(out: Emitter, line: InvoiceLine) -> None:
    with out.element("cac:Item"):
        out.optional("cbc:Description", line.description)
        out.text("cbc:Name", line.name)
        out.optional("cbc:BrandName", line.brand)
        out.optional("cbc:ModelName", line.model)
        for element, code in (
            ("cac:BuyersItemIdentification", line.buyer_code),
            ("cac:SellersItemIdentification", line.seller_code),
        ):
            if code:
                with out.element(element):
                    out.text("cbc:ID", code)
