"""The karekod: what it says (guide "Karekod Standardı" V1.2, November 2023) and how it is drawn.

One JSON object, every value a string, amounts with a point and two decimals, keys in the guide's order. Not enforced
by GİB's rules; the guide's own samples are in the tests.

The drawing uses segno: pure Python (so it runs in every wheel and in the frozen build), BSD licence, no dependencies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

import segno
from lxml import etree

from app.domain.invoice import KDV_CODE, Invoice, InvoiceTotals
from app.domain.money import ZERO, round_kurus
from app.ubl import namespaces

CAC = f"{{{namespaces.CAC}}}"
CBC = f"{{{namespaces.CBC}}}"
# A QR code of the standard keeps four empty modules around it.
_QUIET_MODULES = 4
# Longer texts do not fit a code that a telephone reads from paper.
MAX_TEXT_BYTES = 1200


def payload(invoice: Invoice, totals: InvoiceTotals) -> str:
    """The karekod text of an invoice (e-Fatura and e-Arşiv). Source: guide §2.1, §2.1.1, §2.2."""
    fields: list[tuple[str, str]] = [
        ("vkntckn", str(invoice.supplier.tax_number)),
        ("avkntckn", str(invoice.customer.tax_number)),
    ]
    # Only the tax-free (yolcu beraberi) scenario has these two.
    fields += [(key, invoice.extra[key]) for key in ("pasaportno", "aracikurumvkn") if key in invoice.extra]
    fields += [
        ("senaryo", invoice.profile),
        ("tip", invoice.type_code),
        ("tarih", invoice.issue_date.isoformat()),
        ("no", invoice.number_text),
        ("ettn", invoice.uuid),
        ("parabirimi", invoice.currency),
        ("malhizmettoplam", _amount(totals.gross)),
        *_vat_fields((t.percent, t.taxable, t.amount) for t in totals.taxes if t.code == KDV_CODE),
        ("vergidahil", _amount(totals.tax_inclusive)),
        ("odenecek", _amount(totals.payable)),
    ]
    return _json(fields)


def payload_of_xml(root: etree._Element) -> str:
    """The karekod text of any UBL-TR document as it stands in its XML; fields that are missing stay empty.

    Source: guide §2.1 (invoice), §2.3 (despatch); other kinds get the fields that they share with these.
    """
    kind = etree.QName(root).localname
    supplier = (
        f"{CAC}DespatchSupplierParty"
        if kind in ("DespatchAdvice", "ReceiptAdvice")
        else f"{CAC}AccountingSupplierParty"
    )
    customer = (
        f"{CAC}DeliveryCustomerParty"
        if kind in ("DespatchAdvice", "ReceiptAdvice")
        else f"{CAC}AccountingCustomerParty"
    )
    fields = [("vkntckn", _tax_number(root, supplier)), ("avkntckn", _tax_number(root, customer))]
    profile = _text(root, f"{CBC}ProfileID")
    if profile == "YOLCUBERABERFATURA":
        passport = f"{CAC}BuyerCustomerParty/{CAC}Party/{CAC}Person/{CAC}IdentityDocumentReference/{CBC}ID"
        agent = f"{CAC}TaxRepresentativeParty/{CAC}PartyIdentification/{CBC}ID[@schemeID='ARACIKURUMVKN']"
        fields += [("pasaportno", _text(root, passport)), ("aracikurumvkn", _text(root, agent))]
    fields += [
        ("senaryo", profile),
        ("tip", _text(root, f"{CBC}{kind}TypeCode")),
        ("tarih", _text(root, f"{CBC}IssueDate")),
        ("no", _text(root, f"{CBC}ID")),
        ("ettn", _text(root, f"{CBC}UUID")),
    ]
    if kind == "DespatchAdvice":
        shipment = f"{CAC}Shipment/"
        despatch = f"{shipment}{CAC}Delivery/{CAC}Despatch/"
        carrier = f"{shipment}{CAC}Delivery/{CAC}CarrierParty/{CAC}PartyIdentification/{CBC}ID"
        plate = f"{shipment}{CAC}ShipmentStage/{CAC}TransportMeans/{CAC}RoadTransport/{CBC}LicensePlateID"
        fields += [
            ("sevktarihi", _text(root, f"{despatch}{CBC}ActualDespatchDate")),
            ("sevkzamani", _text(root, f"{despatch}{CBC}ActualDespatchTime")[:8]),
            ("tasiyicivkn", _text(root, carrier)),
            ("plaka", _text(root, plate)),
        ]
    elif kind in ("Invoice", "CreditNote"):
        total = f"{CAC}LegalMonetaryTotal/{CBC}"
        fields += [
            ("parabirimi", _text(root, f"{CBC}DocumentCurrencyCode")),
            ("malhizmettoplam", _amount(_decimal(root, f"{total}LineExtensionAmount"))),
            *_vat_fields(_vat_of_xml(root)),
            ("vergidahil", _amount(_decimal(root, f"{total}TaxInclusiveAmount"))),
            ("odenecek", _amount(_decimal(root, f"{total}PayableAmount"))),
        ]
    return _json(fields)


def svg(text: str, *, size_px: int) -> etree._Element:
    """An inline SVG of the code, `size_px` wide with its quiet zone. Raises ValueError for an empty or too long text.

    The mask is fixed: any mask is a valid code, and trying all eight costs 15 ms a document.
    """
    if not text or len(text.encode()) > MAX_TEXT_BYTES:
        raise ValueError("no karekod can hold this text")
    code = segno.make_qr(text, error="m", mode="byte", encoding="utf-8", boost_error=False, mask=3)
    path: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                path.append(f"M{start + _QUIET_MODULES} {y + _QUIET_MODULES}h{x - start}v1h-{x - start}z")
            else:
                x += 1
    side = len(code.matrix) + 2 * _QUIET_MODULES
    drawing = etree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {side} {side}",
            "width": str(size_px),
            "height": str(size_px),
            "shape-rendering": "crispEdges",
            "role": "img",
            "aria-label": "Karekod",
            "data-muhurdar": "karekod",
        },
    )
    etree.SubElement(drawing, "path", {"fill": "#fff", "d": f"M0 0h{side}v{side}h-{side}z"})
    etree.SubElement(drawing, "path", {"fill": "#000", "d": "".join(path)})
    return drawing


def _vat_fields(subtotals: Iterable[tuple[Decimal | None, Decimal, Decimal]]) -> list[tuple[str, str]]:
    """One matrah/kdv pair per rate, in order of first appearance: two exemptions at 0 % are one pair."""
    bases: dict[str, tuple[Decimal, Decimal]] = {}
    for percent, taxable, amount in subtotals:
        rate = _rate(percent)
        base, vat = bases.get(rate, (ZERO, ZERO))
        bases[rate] = (base + taxable, vat + amount)
    fields: list[tuple[str, str]] = []
    for rate, (base, vat) in bases.items():
        fields += [(f"kdvmatrah({rate})", _amount(base)), (f"hesaplanankdv({rate})", _amount(vat))]
    return fields


def _vat_of_xml(root: etree._Element) -> Iterator[tuple[Decimal | None, Decimal, Decimal]]:
    for subtotal in root.iterfind(f"{CAC}TaxTotal/{CAC}TaxSubtotal"):
        if _text(subtotal, f"{CAC}TaxCategory/{CAC}TaxScheme/{CBC}TaxTypeCode") == KDV_CODE:
            percent = _decimal(subtotal, f"{CBC}Percent")
            yield percent, _decimal(subtotal, f"{CBC}TaxableAmount"), _decimal(subtotal, f"{CBC}TaxAmount")


def _rate(percent: Decimal | None) -> str:
    """`20`, `8`, `2.5`: no trailing zeros."""
    text = f"{percent or Decimal(0):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tax_number(root: etree._Element, party: str) -> str:
    for number in root.iterfind(f"{party}/{CAC}Party/{CAC}PartyIdentification/{CBC}ID"):
        if number.get("schemeID") in ("VKN", "TCKN"):
            return (number.text or "").strip()
    return ""


def _text(root: etree._Element, path: str) -> str:
    return (root.findtext(path) or "").strip()


def _decimal(root: etree._Element, path: str) -> Decimal:
    try:
        value = Decimal(_text(root, path) or "0")
    except InvalidOperation:
        return ZERO
    # Absurd exponents in a stranger's document would print millions of zeros.
    return value if value.is_finite() and -20 < value.adjusted() < 20 else ZERO


def _amount(value: Decimal) -> str:
    return f"{round_kurus(value):f}"


def _json(fields: list[tuple[str, str]]) -> str:
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
