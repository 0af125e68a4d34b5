"""Where a finding stands, in paths for people and in the draft's own fields; what libxml2 says, in Turkish."""

from __future__ import annotations

import pytest
from lxml import etree

from app.validation.packages.places import Places, field_of, place_in_draft
from app.validation.packages.xsdwords import in_turkish
from tests.validation.packagemaker import invoice

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def test_paths_are_numbered_only_among_several_and_name_attributes() -> None:
    root = etree.fromstring(invoice(lines="<cac:InvoiceLine/><!-- x --><cac:InvoiceLine><cac:Item/></cac:InvoiceLine>"))
    places = Places(root)
    assert places.path(root) == "/Invoice"
    assert places.nth(1) is root
    item = root[-1][0]
    assert places.path(item, "n") == "/Invoice/cac:InvoiceLine[2]/cac:Item/@n"
    # Comments do not count, so ordinals agree with those of another parser.
    assert places.nth(6) is item.getparent() and places.nth(7) is item


def test_a_foreign_name_keeps_its_own_prefix_or_none() -> None:
    root = etree.fromstring('<a><x:b xmlns:x="urn:x"/><b xmlns="urn:y"/></a>')
    assert [Places(root).path(child) for child in root] == ["/a/x:b", "/a/b"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/Invoice/cbc:ID", "number"),
        ("/Invoice/cbc:IssueDate", "issue_date"),
        ("/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCode", "lines[0].unit"),
        ("/Invoice/cac:InvoiceLine[3]/cbc:InvoicedQuantity", "lines[2].quantity"),
        ("/Invoice/cac:InvoiceLine[3]/cac:TaxTotal/cac:TaxSubtotal[2]/cbc:Percent", "lines[2].vat_rate"),
        (
            "/Invoice/cac:InvoiceLine[3]/cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:TaxExemptionReasonCode",
            "lines[2].exemption.code",
        ),
        ("/Invoice/cac:InvoiceLine[12]", "lines[11]"),
        ("/Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification[2]/cbc:ID", "customer.tax_number"),
        ("/Invoice/cac:AccountingSupplierParty/cac:Party", "supplier.tax_number"),
        ("/Invoice/cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:CityName", "customer.address.city"),
        ("/Invoice/cac:BillingReference[2]/cac:InvoiceDocumentReference", "returned_invoices[1]"),
        ("/Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount", "totals"),
        ("/Invoice/cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", "payment.iban"),
        ("/StandardBusinessDocument/ef:Package/Elements/ElementList/inv:Invoice[2]/cbc:ID", "number"),
        ("/Invoice", ""),
        ("/Invoice/ext:UBLExtensions", ""),
        ("/DespatchAdvice/cbc:ID", "number"),
        ("/DespatchAdvice/cac:DespatchLine[2]/cbc:DeliveredQuantity", "lines[1]"),
        ("/ReceiptAdvice/cac:ReceiptLine", "lines[0]"),
        ("/Invoice/cac:BillingReference/cac:AdditionalDocumentReference", ""),
        ("/ApplicationResponse/cbc:ProfileID", ""),
        ("/", ""),
    ],
)
def test_the_field_of_a_path(path: str, field: str) -> None:
    assert field_of(path) == field


@pytest.mark.parametrize(
    ("path", "code", "explained", "field"),
    [
        ("/Invoice", "InvoiceIDCheck", "", "number"),
        ("/Invoice/cac:InvoiceLine[2]", "X", "lines[].customs.gtip", "lines[1].customs.gtip"),
        ("/Invoice/cac:InvoiceLine[2]", "X", "lines[]", "lines[1]"),
        ("/Invoice/cac:TaxTotal", "X", "lines[].vat_rate", "lines"),
        ("/Invoice/cac:AccountingSupplierParty/cac:Party", "X", "customer.title", "supplier.title"),
        ("/Invoice/cac:AccountingCustomerParty/cac:Party", "X", "customer.title", "customer.title"),
        ("/Invoice/cac:BillingReference/cac:X/cbc:IssueDate", "TimeCheck", "issue_date", "returned_invoices[0]"),
        ("/Invoice", "X", "type", "type"),
    ],
)
def test_an_explanation_names_the_field_and_the_path_the_line(path: str, code: str, explained: str, field: str) -> None:
    assert place_in_draft(path, code, explained) == field


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        (
            f"Element '{{{UBL}Invoice-2}}ID': This element is not expected. "
            f"Expected is one of ( {{{UBL}X}}UUID, {{{UBL}X}}A ).",
            "XSD.ORDER",
            "ID alanı burada olamaz; bu sırada beklenen: UUID, A.",
        ),
        ("Element 'A': This element is not expected.", "XSD.UNEXPECTED", "A alanı burada olamaz"),
        ("Element '{u}A': Missing child element(s). Expected is ( ##other{u}* ).", "XSD.MISSING", "A alanının içinde"),
        (
            "Element '{u}A', attribute 'x': The attribute 'x' is not allowed.",
            "XSD.ATTRIBUTE",
            "A alanında x niteliği bulunamaz.",
        ),
        (
            "Element '{u}A': The attribute 'currencyID' is required but missing.",
            "XSD.ATTRIBUTE_MISSING",
            "currencyID niteliği zorunlu",
        ),
        (
            "Element '{u}A': 'on' is not a valid value of the atomic type '{u}AmountType'.",
            "XSD.VALUE",
            "A alanındaki 'on' değeri beklenen biçimde değil (AmountType).",
        ),
        ("something nobody has seen", "XSD.OTHER", "something nobody has seen"),
    ],
)
def test_libxml2_speaks_turkish(message: str, code: str, words: str) -> None:
    found, sentence = in_turkish(message)
    assert found == code and words in sentence
    assert "urn:" not in sentence
