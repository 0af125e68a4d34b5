"""GİB's rules on the lines and tax totals of an invoice that reading forgives; `builtin_xml` runs them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.ubl import nodes
from app.ubl.namespaces import cac, cbc

_CUSTOMS_SCHEMES = frozenset({"ALICIDIBSATIRKOD", "SATICIDIBSATIRKOD"})


def check_prices(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """Every line has a price and a sum."""
    for index, line in enumerate(root.iterfind(cac("InvoiceLine"))):
        told = nodes.number(line, cac("Price"), cbc("PriceAmount")), nodes.number(line, cbc("LineExtensionAmount"))
        if None in told:
            message = f"{index + 1}. satırda birim fiyat ya da satır tutarı yok; yazın."
            yield "DOC.PRICE", f"lines[{index}].unit_price", message, "PriceAmountCheck"


def check_customs_schemes(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """What numbers stand with the customs declaration of a line sold for export."""
    if nodes.text(root, cbc("InvoiceTypeCode")) != "IHRACKAYITLI":
        return
    for index, line in enumerate(root.iterfind(cac("InvoiceLine"))):
        for declaration in line.iter(cac("CustomsDeclaration")):
            for number in declaration.iter(cbc("ID")):
                scheme = number.get("schemeID")
                if scheme is not None and scheme not in _CUSTOMS_SCHEMES:
                    message = f"{index + 1}. satırda kimlik türü '{scheme[:20]}' geçersiz; ALICIDIBSATIRKOD yazın."
                    rule = "IhracKayitliPartyIdentificationIDTypeCheck"
                    yield "DOC.CUSTOMS_SCHEME", f"lines[{index}].delivery", message, rule


def check_reasons(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """A reason for an exemption that is there says something."""
    for category in root.iterfind(f"{cac('TaxTotal')}/{cac('TaxSubtotal')}/{cac('TaxCategory')}"):
        reason = category.find(cbc("TaxExemptionReason"))
        if reason is not None and not nodes.own_text(reason):
            message = "KDV istisna sebebinin metni boş; kodu listeden yeniden seçin."
            yield "DOC.EXEMPTION_REASON", "lines", message, "TaxExemptionReasonCodeCheck"
