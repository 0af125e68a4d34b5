"""Writing taxes and lines of an invoice; what was decided about withholding stands in `writer`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine, LineTotals, TaxSubtotal
from app.ubl import codes
from app.ubl.emitter import Emitter
from app.ubl.numbertext import amount, percent, plain
from app.ubl.totals import FREELANCE_RECEIPT, is_deducted
from app.ubl.writeextras import write_delivery

#: CalculationSequenceNumeric of a tax that is shown and not added (GİB's general.xslt knows it).
_SHOWN_ONLY = "-1"


def write_tax_total(
    out: Emitter, taxes: Sequence[TaxSubtotal], *, withheld: Decimal, currency: str, is_sum_of_all: bool = False
) -> None:
    """One cac:TaxTotal; `withheld` is the KDV tevkifat that its TaxAmount leaves out.

    `is_sum_of_all`: the receipts (e-MM, e-SMM) write the sum of all subtotals, cuts included.
    """
    whole = sum((t.amount for t in taxes if is_sum_of_all or not is_deducted(t.code)), Decimal(0))
    with out.element("cac:TaxTotal"):
        out.text("cbc:TaxAmount", amount(whole - withheld), currencyID=currency)
        for sequence, tax in enumerate(taxes, start=1):
            shown = tax.shown_amount
            with out.element("cac:TaxSubtotal"):
                out.text("cbc:TaxableAmount", amount(tax.taxable), currencyID=currency)
                out.text("cbc:TaxAmount", amount(tax.amount if shown is None else shown), currencyID=currency)
                out.text("cbc:CalculationSequenceNumeric", str(sequence) if shown is None else _SHOWN_ONLY)
                if tax.percent is not None:
                    out.text("cbc:Percent", percent(tax.percent))
                if tax.per_unit is not None:
                    out.text("cbc:PerUnitAmount", plain(tax.per_unit), currencyID=currency)
                with out.element("cac:TaxCategory"):
                    out.optional("cbc:TaxExemptionReasonCode", tax.exemption_code)
                    out.optional("cbc:TaxExemptionReason", tax.exemption_reason)
                    _write_scheme(out, tax)


def write_withholding(out: Emitter, withholdings: Sequence[TaxSubtotal], currency: str) -> None:
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


def write_line(out: Emitter, invoice: Invoice, line: InvoiceLine, sums: LineTotals, *, position: int) -> None:
    """One cac:InvoiceLine."""
    currency, is_receipt = invoice.currency, invoice.type_code == FREELANCE_RECEIPT
    with out.element("cac:InvoiceLine"):
        out.text("cbc:ID", str(position))
        out.optional("cbc:Note", line.note)
        out.text("cbc:InvoicedQuantity", plain(line.quantity), unitCode=line.unit_code)
        out.text("cbc:LineExtensionAmount", amount(sums.net), currencyID=currency)
        if line.delivery is not None:
            write_delivery(out, line.delivery)
        for item, value in zip(line.allowances, sums.allowance_amounts, strict=True):
            write_allowance(out, item, value, base=sums.gross, currency=currency)
        withheld = Decimal(0) if is_receipt or sums.withholding is None else sums.withholding.amount
        write_tax_total(out, sums.taxes, withheld=withheld, currency=currency, is_sum_of_all=is_receipt)
        if sums.withholding is not None:
            write_withholding(out, (sums.withholding,), currency)
        write_item(out, line)
        with out.element("cac:Price"):
            out.text("cbc:PriceAmount", plain(line.unit_price), currencyID=currency)


def write_allowance(out: Emitter, item: AllowanceCharge, value: Decimal, *, base: Decimal, currency: str) -> None:
    """A discount or charge of a line, or of the document."""
    with out.element("cac:AllowanceCharge"):
        out.text("cbc:ChargeIndicator", "true" if item.is_charge else "false")
        out.optional("cbc:AllowanceChargeReason", item.reason)
        if item.rate is not None and item.amount is None:
            out.text("cbc:MultiplierFactorNumeric", plain(item.rate))
        out.text("cbc:Amount", amount(value), currencyID=currency)
        out.text("cbc:BaseAmount", amount(base), currencyID=currency)


def write_item(out: Emitter, line: InvoiceLine) -> None:
    """cac:Item of an invoice line."""
    with out.element("cac:Item"):
        out.optional("cbc:Description", line.description)
        out.text("cbc:Name", line.name)
        out.optional("cbc:BrandName", line.brand)
        out.optional("cbc:ModelName", line.model)
        for element, code in (
            ("cac:BuyersItemIdentification", line.buyer_code),
            ("cac:SellersItemIdentification", line.seller_code),
            ("cac:ManufacturersItemIdentification", line.manufacturer_code),
        ):
            if code:
                with out.element(element):
                    out.text("cbc:ID", code)
        write_item_ids(out, line.item_ids)
        if line.origin_country:
            write_country(out, "cac:OriginCountry", line.origin_country)
        if line.classification:
            with out.element("cac:CommodityClassification"):
                out.text("cbc:ItemClassificationCode", line.classification)
        if line.trace_id or line.serial_id:
            with out.element("cac:ItemInstance"):
                out.optional("cbc:ProductTraceID", line.trace_id)
                out.optional("cbc:SerialID", line.serial_id)


def write_item_ids(out: Emitter, item_ids: Sequence[tuple[str, str]]) -> None:
    """cac:AdditionalItemIdentification entries (künye, ilaç, telefon, etiket)."""
    for scheme, value in item_ids:
        with out.element("cac:AdditionalItemIdentification"):
            out.text("cbc:ID", value, schemeID=scheme)


def write_country(out: Emitter, element: str, code: str) -> None:
    """A country by its code; its name comes from the code list, because the XSD wants one."""
    known = codes.countries().get(code)
    with out.element(element):
        out.text("cbc:IdentificationCode", code)
        out.text("cbc:Name", known.name if known else code)
