"""Reading the lines and the stated sums of an invoice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from lxml import etree

from app.domain.invoice import (
    KDV_CODE,
    AllowanceCharge,
    InvoiceLine,
    InvoiceTotals,
    LineTotals,
    OtherTax,
    TaxSubtotal,
)
from app.domain.money import WIDE, ZERO, round_kurus
from app.ubl import codes, nodes
from app.ubl.namespaces import cac, cbc
from app.ubl.readextras import hks_allowances, read_delivery, read_item_ids
from app.ubl.totals import is_deducted, is_in_vat_base

_HUNDRED = Decimal(100)
_TOLERANCE = Decimal("0.05")
_AMOUNT = cbc("Amount")
_TAX_AMOUNT = cbc("TaxAmount")
_TAX_SUBTOTAL = cac("TaxSubtotal")
_TAX_TOTAL = cac("TaxTotal")
_WITHHOLDING_TOTAL = cac("WithholdingTaxTotal")
#: Such a tax is shown and not added (YTB ISTISNA).
_NOT_ADDED = Decimal(-1)


class LineReader:
    """Reads once, when it is made: `lines` in our words and `stated` sums; oddities go to `warnings`."""

    def __init__(
        self,
        root: etree._Element,
        warnings: list[str],
        *,
        line: str = "InvoiceLine",
        quantity: str = "InvoicedQuantity",
    ) -> None:
        self._warnings = warnings
        self._quantity = cbc(quantity)
        self._taxes = _read_taxes(root.iterfind(_TAX_TOTAL))
        self._withholdings = _read_taxes(root.iterfind(_WITHHOLDING_TOTAL))
        elements = root.findall(cac(line))
        self._lone_line = len(elements) == 1
        self._taxed_lines = any(element.find(_TAX_TOTAL) is not None for element in elements)
        self._withheld_lines = any(element.find(_WITHHOLDING_TOTAL) is not None for element in elements)
        pairs = [self._read_line(element, position) for position, element in enumerate(elements, start=1)]
        self.lines: tuple[InvoiceLine, ...] = tuple(read for read, _ in pairs)
        hks = hks_allowances(root)
        whole = _total(totals.net for _, totals in pairs)
        others = [allowance for allowance in root.iterfind(cac("AllowanceCharge")) if allowance not in hks]
        #: Discounts and charges of the document as a whole, with their amounts.
        self.allowances, self._allowance_amounts = _read_allowances(others, whole)
        self.stated: InvoiceTotals = self._read_stated(root, tuple(totals for _, totals in pairs))
        if not elements:
            warnings.append("Belgede hiç kalem yok.")
        if self.allowances:
            warnings.append("Belgenin tamamına iskonto veya artırım uygulanmış; kalem toplamları buna göre farklıdır.")

    def _read_line(self, element: etree._Element, position: int) -> tuple[InvoiceLine, LineTotals]:
        quantity_element = element.find(self._quantity)
        quantity = nodes.number(quantity_element)
        price = nodes.number(element, cac("Price"), cbc("PriceAmount"))
        if quantity is None or price is None:
            self._warnings.append(f"{position}. kalemin miktarı ya da birim fiyatı okunamadı.")
        quantity, price = quantity or Decimal(0), price or Decimal(0)
        net = nodes.number(element, cbc("LineExtensionAmount"))
        allowances, amounts = _read_allowances(
            element.iterfind(cac("AllowanceCharge")), round_kurus(WIDE.multiply(quantity, price))
        )
        discounted = sum((a if i.is_charge else -a for i, a in zip(allowances, amounts, strict=True)), ZERO)
        gross = net - discounted if net is not None else round_kurus(WIDE.multiply(quantity, price))
        net = gross + discounted

        taxes = self._taxes_of_line(element)
        vat = next((t for t in taxes if t.code == KDV_CODE), None)
        withholding = self._withholding_of_line(element)
        item = element.find(cac("Item"))
        line = InvoiceLine(
            name=nodes.text(item, cbc("Name")),
            quantity=quantity,
            unit_code="" if quantity_element is None else quantity_element.get("unitCode", ""),
            unit_price=price,
            vat_rate=_rate_of(vat),
            allowances=allowances,
            other_taxes=tuple(_other_tax(t, quantity) for t in taxes if t.code != KDV_CODE),
            withholding_code=withholding.code if withholding else "",
            withholding_rate=withholding.percent if withholding else None,
            exemption_code=vat.exemption_code if vat else "",
            exemption_reason=vat.exemption_reason if vat else "",
            description=nodes.text(item, cbc("Description")),
            note="\n".join(t for t in (nodes.own_text(n) for n in element.iterfind(cbc("Note"))) if t),
            brand=nodes.text(item, cbc("BrandName")),
            model=nodes.text(item, cbc("ModelName")),
            seller_code=nodes.text(item, cac("SellersItemIdentification"), cbc("ID")),
            buyer_code=nodes.text(item, cac("BuyersItemIdentification"), cbc("ID")),
            manufacturer_code=nodes.text(item, cac("ManufacturersItemIdentification"), cbc("ID")),
            origin_country=nodes.text(item, cac("OriginCountry"), cbc("IdentificationCode")),
            vat_base=_special_base(vat, taxes, net),
            vat_shown_only=vat is not None and vat.shown_amount is not None,
            item_ids=read_item_ids(item),
            classification=nodes.text(item, cac("CommodityClassification"), cbc("ItemClassificationCode")),
            trace_id=nodes.text(item, cac("ItemInstance"), cbc("ProductTraceID")),
            serial_id=nodes.text(item, cac("ItemInstance"), cbc("SerialID")),
            delivery=read_delivery(element.find(cac("Delivery"))),
        )
        return line, LineTotals(gross=gross, allowance_amounts=amounts, net=net, taxes=taxes, withholding=withholding)

    def _taxes_of_line(self, element: etree._Element) -> tuple[TaxSubtotal, ...]:
        own = _read_taxes(element.iterfind(_TAX_TOTAL))
        if own or self._taxed_lines:
            return own
        # Some senders write taxes on the document only (GİB's TEVKIFAT and OTV samples among them).
        if self._lone_line:
            return self._taxes
        vat = [t for t in self._taxes if t.code == KDV_CODE]
        if len(vat) == 1 and len(self._taxes) == 1:
            return (_without_amounts(vat[0]),)
        self._warnings.append("Kalemlerin vergisi yazılmamış; yalnız belge toplamında var.")
        self._taxed_lines = True  # say it once
        return ()

    def _withholding_of_line(self, element: etree._Element) -> TaxSubtotal | None:
        own = _read_taxes(element.iterfind(_WITHHOLDING_TOTAL))
        if own:
            return own[0]
        if self._withheld_lines or len(self._withholdings) != 1:
            return None
        whole = self._withholdings[0]
        return whole if self._lone_line else _without_amounts(whole)

    def _read_stated(self, root: etree._Element, lines: tuple[LineTotals, ...]) -> InvoiceTotals:
        monetary = root.find(cac("LegalMonetaryTotal"))
        if monetary is None:
            self._warnings.append("Belgede parasal toplamlar (LegalMonetaryTotal) yok.")

        def stated(name: str) -> Decimal:
            return nodes.number(monetary, cbc(name)) or ZERO

        hks = tuple(nodes.number(allowance, _AMOUNT) or ZERO for allowance in hks_allowances(root))
        kept = _total(w.amount for w in self._withholdings)
        deducted = _total(t.amount for t in self._taxes if is_deducted(t.code))
        return InvoiceTotals(
            lines=lines,
            gross=stated("LineExtensionAmount"),
            allowance_total=stated("AllowanceTotalAmount"),
            charge_total=max(stated("ChargeTotalAmount") - _total(hks), ZERO),
            tax_exclusive=stated("TaxExclusiveAmount"),
            taxes=self._taxes,
            tax_total=self._tax_total(root, kept, deducted),
            withholdings=self._withholdings,
            withheld=WIDE.add(kept, deducted),
            tax_inclusive=stated("TaxInclusiveAmount"),
            rounding=stated("PayableRoundingAmount"),
            payable=stated("PayableAmount"),
            deduction_amounts=hks,
            deduction_total=_total(hks),
            allowance_amounts=self._allowance_amounts,
        )

    def _tax_total(self, root: etree._Element, kept: Decimal, deducted: Decimal) -> Decimal:
        """The taxes before withholding. Senders write TaxTotal/TaxAmount with or without what is withheld."""
        whole = _total(t.amount for t in self._taxes if not is_deducted(t.code))
        written = [nodes.number(total, _TAX_AMOUNT) for total in root.iterfind(_TAX_TOTAL)]
        stated = _total(amount for amount in written if amount is not None)
        usual = (whole, whole - kept, whole - kept - deducted, whole + deducted)
        if any(abs(stated - expected) <= _TOLERANCE for expected in usual):
            return whole
        self._warnings.append("Toplam vergi tutarı, vergi kalemlerinin toplamını tutmuyor.")
        return stated


def _read_allowances(
    elements: Iterable[etree._Element], gross: Decimal
) -> tuple[tuple[AllowanceCharge, ...], tuple[Decimal, ...]]:
    items: list[AllowanceCharge] = []
    amounts: list[Decimal] = []
    for allowance in elements:
        amount = nodes.number(allowance, _AMOUNT) or ZERO
        base = nodes.number(allowance, cbc("BaseAmount"))
        rate = nodes.number(allowance, cbc("MultiplierFactorNumeric"))
        reason = nodes.text(allowance, cbc("AllowanceChargeReason"))
        if not amount and not reason:
            continue  # many programs write an empty discount on every line
        # A rate that does not give the amount is no fraction (5 for 5 %), or is taken from what another discount
        # left: then only the amount counts.
        fits = rate is not None and base == gross and round_kurus(WIDE.multiply(gross, rate)) == amount
        items.append(
            AllowanceCharge(
                is_charge=nodes.text(allowance, cbc("ChargeIndicator")) in ("true", "1"),
                rate=rate if fits else None,
                amount=None if fits else amount,
                reason=reason,
            )
        )
        amounts.append(amount)
    return tuple(items), tuple(amounts)


def _read_taxes(tax_totals: Iterable[etree._Element]) -> tuple[TaxSubtotal, ...]:
    result: list[TaxSubtotal] = []
    for tax_total in tax_totals:
        for subtotal in tax_total.iterfind(_TAX_SUBTOTAL):
            category = subtotal.find(cac("TaxCategory"))
            scheme = nodes.find(category, cac("TaxScheme"))
            code = nodes.text(scheme, cbc("TaxTypeCode"))
            is_shown_only = nodes.number(subtotal, cbc("CalculationSequenceNumeric")) == _NOT_ADDED
            result.append(
                TaxSubtotal(
                    code=code,
                    name=nodes.text(scheme, cbc("Name")) or codes.tax_name(code),
                    taxable=nodes.number(subtotal, cbc("TaxableAmount")) or ZERO,
                    amount=ZERO if is_shown_only else nodes.number(subtotal, _TAX_AMOUNT) or ZERO,
                    percent=nodes.number(subtotal, cbc("Percent")),
                    shown_amount=nodes.number(subtotal, _TAX_AMOUNT) or ZERO if is_shown_only else None,
                    exemption_code=nodes.text(category, cbc("TaxExemptionReasonCode")),
                    exemption_reason=nodes.text(category, cbc("TaxExemptionReason")),
                    per_unit=nodes.number(subtotal, cbc("PerUnitAmount")),
                )
            )
    return tuple(result)


def _special_base(vat: TaxSubtotal | None, taxes: tuple[TaxSubtotal, ...], net: Decimal) -> Decimal | None:
    """The KDV base where it is another than the line's own (özel matrah); None where it is the ordinary one."""
    if vat is None or not vat.taxable or vat.exemption_code not in codes.exemptions():
        return None
    if codes.exemptions()[vat.exemption_code].group != "special":
        return None
    usual = WIDE.add(net, _total(t.amount for t in taxes if is_in_vat_base(t.code)))
    return None if abs(WIDE.subtract(vat.taxable, usual)) <= _TOLERANCE else vat.taxable


def _rate_of(vat: TaxSubtotal | None) -> Decimal:
    """The KDV percent; worked out from the amounts where it is not written."""
    if vat is None:
        return Decimal(0)
    if vat.percent is not None:
        return vat.percent
    if not vat.taxable:
        return Decimal(0)
    return WIDE.divide(WIDE.multiply(vat.amount, _HUNDRED), vat.taxable).quantize(Decimal(1), context=WIDE)


def _other_tax(tax: TaxSubtotal, quantity: Decimal) -> OtherTax:
    per_unit = tax.per_unit
    if per_unit is None and tax.percent is None and quantity:
        # A fixed amount: said per unit, it computes to the same sum.
        per_unit = WIDE.divide(tax.amount, quantity).quantize(Decimal("1E-20"), context=WIDE)
    return OtherTax(code=tax.code, name=tax.name, rate=tax.percent if per_unit is None else None, per_unit=per_unit)


def _without_amounts(tax: TaxSubtotal) -> TaxSubtotal:
    """Rate and reason of a document's tax, for a line whose own share is not written."""
    return TaxSubtotal(
        code=tax.code,
        name=tax.name,
        taxable=ZERO,
        amount=ZERO,
        percent=tax.percent,
        exemption_code=tax.exemption_code,
        exemption_reason=tax.exemption_reason,
    )


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = ZERO
    for amount in amounts:
        total = WIDE.add(total, amount)
    return total
