"""Documents for the rendering tests, built here; nothing comes from outside the project."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest

from app.rendering.html import Renderer
from app.runtime.children import ChildPool

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

_PARTY = """<cac:Party><cac:PartyIdentification><cbc:ID schemeID="VKN">{vkn}</cbc:ID></cac:PartyIdentification>
<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>Gül Sokak</cbc:StreetName><cbc:BuildingNumber>5</cbc:BuildingNumber>
<cbc:CitySubdivisionName>Çankaya</cbc:CitySubdivisionName><cbc:CityName>Ankara</cbc:CityName>
<cac:Country><cbc:Name>Türkiye</cbc:Name></cac:Country></cac:PostalAddress>
<cac:PartyTaxScheme><cac:TaxScheme><cbc:Name>Seğmenler</cbc:Name></cac:TaxScheme></cac:PartyTaxScheme></cac:Party>"""

_LINE = """<cac:InvoiceLine><cbc:ID>{n}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">2</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="{cur}">{net}</cbc:LineExtensionAmount>
<cac:TaxTotal><cbc:TaxAmount currencyID="{cur}">{vat}</cbc:TaxAmount>{subtotal}</cac:TaxTotal>
<cac:Item><cbc:Name>{name}</cbc:Name></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="{cur}">617.283945</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"""

_SUBTOTAL = """<cac:TaxSubtotal><cbc:TaxableAmount currencyID="{cur}">{base}</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="{cur}">{vat}</cbc:TaxAmount><cbc:Percent>20</cbc:Percent><cac:TaxCategory><cac:TaxScheme>
<cbc:Name>KDV</cbc:Name><cbc:TaxTypeCode>0015</cbc:TaxTypeCode></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>"""


def attachment(content: bytes, *, filename: str = "tasarim.xslt", kind: str = "XSLT", encoded: bool = True) -> str:
    """An AdditionalDocumentReference that carries `content`."""
    text = base64.b64encode(content).decode() if encoded else content.decode()
    return (
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cbc:IssueDate>2026-11-21</cbc:IssueDate>"
        f"<cbc:DocumentType>{kind}</cbc:DocumentType><cac:Attachment><cbc:EmbeddedDocumentBinaryObject "
        f'mimeCode="application/xml" encodingCode="Base64" filename="{filename}">{text}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )


def invoice(
    *,
    template: bytes | None = None,
    attachments: str = "",
    ettn: str = "1f6f7a3e-57a1-4e43-9d5b-0c7f3f3f0001",
    currency: str = "TRY",
    rate: str = "",
    lines: int = 1,
    note: str = "",
    name: str = "Kırtasiye ürünü",
    customer: str = "Müşteri Sanayi ve Ticaret A.Ş.",
    withheld: str = "",
) -> bytes:
    """A readable UBL-TR invoice of `lines` lines of 1.234,57 and 20 % KDV."""
    if template is not None:
        attachments += attachment(template)
    net, vat = "1234.57", "246.91"
    subtotal = _SUBTOTAL.format(cur=currency, base=net, vat=vat)
    rows = "".join(
        _LINE.format(n=n + 1, cur=currency, net=net, vat=vat, subtotal=subtotal, name=f"{name} {n + 1}")
        for n in range(lines)
    )
    base_sum, vat_sum = f"{1234.57 * lines:.2f}", f"{246.91 * lines:.2f}"
    payable = f"{1481.48 * lines:.2f}"
    exchange = (
        f"<cac:PricingExchangeRate><cbc:SourceCurrencyCode>{currency}</cbc:SourceCurrencyCode><cbc:TargetCurrencyCode>TRY"
        f"</cbc:TargetCurrencyCode><cbc:CalculationRate>{rate}</cbc:CalculationRate><cbc:Date>2026-11-20</cbc:Date>"
        "</cac:PricingExchangeRate>"
        if rate
        else ""
    )
    document_subtotal = _SUBTOTAL.format(cur=currency, base=base_sum, vat=vat_sum)
    supplier = _PARTY.format(vkn="9205121120", name="Deneme Yazılım Ltd. Şti.")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{_UBL}Invoice-2"
 xmlns:cac="{_UBL}CommonAggregateComponents-2" xmlns:cbc="{_UBL}CommonBasicComponents-2">
<cbc:UBLVersionID>2.1</cbc:UBLVersionID><cbc:CustomizationID>TR1.2.1</cbc:CustomizationID>
<cbc:ProfileID>TICARIFATURA</cbc:ProfileID><cbc:ID>ABC2026000000001</cbc:ID><cbc:CopyIndicator>false</cbc:CopyIndicator>
<cbc:UUID>{ettn}</cbc:UUID><cbc:IssueDate>2026-11-21</cbc:IssueDate><cbc:IssueTime>13:40:00</cbc:IssueTime>
<cbc:InvoiceTypeCode>SATIS</cbc:InvoiceTypeCode><cbc:Note>{note}</cbc:Note>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode><cbc:LineCountNumeric>{lines}</cbc:LineCountNumeric>
{attachments}
<cac:AccountingSupplierParty>{supplier}</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>{_PARTY.format(vkn="4840847211", name=customer)}</cac:AccountingCustomerParty>
{exchange}
<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{vat_sum}</cbc:TaxAmount>{document_subtotal}</cac:TaxTotal>
{withheld}
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="{currency}">{base_sum}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="{currency}">{base_sum}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="{currency}">{payable}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount currencyID="{currency}">{payable}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{rows}</Invoice>""".encode()


def sheet(body: str, *, top: str = "", version: str = "1.0") -> bytes:
    """A stylesheet whose only rule makes `body` of the document."""
    return (
        f'<xsl:stylesheet version="{version}" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
        f'xmlns:cbc="{_UBL}CommonBasicComponents-2" xmlns:map="http://www.w3.org/2005/xpath-functions/map" '
        'xmlns:java="http://xml.apache.org/xalan/java" xmlns:jt="java:java.lang.System" '
        'xmlns:exsl="http://exslt.org/common" extension-element-prefixes="exsl" '
        'exclude-result-prefixes="cbc map java jt">'
        f'<xsl:output method="html" encoding="UTF-8"/>{top}'
        f'<xsl:template match="/">{body}</xsl:template></xsl:stylesheet>'
    ).encode()


@pytest.fixture(scope="session")
def pool() -> Iterator[ChildPool]:
    with ChildPool(2) as made:
        yield made


@pytest.fixture(scope="session")
def renderer(pool: ChildPool) -> Renderer:
    return Renderer(pool)


@pytest.fixture(scope="session")
def make_invoice() -> Callable[..., bytes]:
    return invoice


@pytest.fixture(scope="session")
def make_sheet() -> Callable[..., bytes]:
    return sheet


@pytest.fixture(scope="session")
def make_attachment() -> Callable[..., str]:
    return attachment
