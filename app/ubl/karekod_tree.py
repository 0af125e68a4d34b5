"""The karekod's fields of a document as it stands in its XML, whoever wrote it. What is missing stays empty.

Only the head of the document is read, never its lines, so that a document of 20,000 lines costs nothing here. For a
document that our own writer made, the fields are those of `karekod`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.invoice import KDV_CODE
from app.domain.money import WIDE, ZERO
from app.ubl import nodes
from app.ubl.karekod import (
    EXCHANGE_FEE,
    INCOME_TAXES,
    PASTURE_FUND,
    PRODUCER_TYPE,
    SOCIAL_SECURITY,
    Fields,
    amount_text,
    vat_pairs,
)
from app.ubl.namespaces import cac, cbc
from app.ubl.smm import VENDOR_ROOTS, as_invoice, is_smm

_KDV_WITHHOLDING: Final = "9015"
_NOT_COLLECTED: Final = -1
_CODE: Final = (cac("TaxCategory"), cac("TaxScheme"), cbc("TaxTypeCode"))
_LONGEST_AMOUNT: Final = 20


def fields_of_tree(root: etree._Element) -> Fields:
    """Source: guide Karekod Standardı V1.2 §2.1 (invoice), §2.3 (despatch), §2.4 (e-SMM), §2.5 (e-Müstahsil).

    An answer to a despatch note has no karekod of its own in the guide: it gets what it shares with the note.
    """
    if is_smm(root):
        return _freelance(as_invoice(root) if root.tag in VENDOR_ROOTS else root)
    kind = etree.QName(root).localname
    if kind in ("DespatchAdvice", "ReceiptAdvice"):
        fields = [*_parties(root, "DespatchSupplierParty", "DeliveryCustomerParty"), *_head(root, kind)]
        return [*fields, *(_carriage(root) if kind == "DespatchAdvice" else ())]
    fields = _parties(root, "AccountingSupplierParty", "AccountingCustomerParty")
    if kind == "CreditNote":
        return [*fields, *_head(root, kind, type_code=PRODUCER_TYPE), _currency(root), *_producer_sums(root)]
    if nodes.text(root, cbc("ProfileID")) == "YOLCUBERABERFATURA":
        fields += _traveller(root)
    fields += _head(root, kind)
    return [*fields, _currency(root), *_invoice_sums(root)] if kind == "Invoice" else fields


def _invoice_sums(root: etree._Element) -> Fields:
    kept = (
        (nodes.number(subtotal, cbc("Percent")), _number(subtotal, "TaxableAmount"), _number(subtotal, "TaxAmount"))
        for subtotal in _collected(root)
        if nodes.text(subtotal, *_CODE) == KDV_CODE
    )
    return [
        ("malhizmettoplam", amount_text(_total(root, "LineExtensionAmount"))),
        *vat_pairs(kept),
        ("vergidahil", amount_text(_total(root, "TaxInclusiveAmount"))),
        ("odenecek", amount_text(_total(root, "PayableAmount"))),
    ]


def _producer_sums(root: etree._Element) -> Fields:
    return [
        ("malhizmettoplam", amount_text(_total(root, "LineExtensionAmount"))),
        ("gvstopaj", amount_text(_taxes(root, *INCOME_TAXES))),
        ("merafonu", amount_text(_taxes(root, PASTURE_FUND))),
        ("borsatescilucreti", amount_text(_taxes(root, EXCHANGE_FEE))),
        ("sgkprimkesintisi", amount_text(_taxes(root, SOCIAL_SECURITY))),
        ("odenecek", amount_text(_total(root, "PayableAmount"))),
    ]


def _freelance(root: etree._Element) -> Fields:
    fee = _total(root, "TaxExclusiveAmount")
    vat = _taxes(root, KDV_CODE)
    income_tax = _taxes(root, *INCOME_TAXES)
    withheld = _taxes(root, _KDV_WITHHOLDING)
    for subtotal in root.iterfind(f"{cac('WithholdingTaxTotal')}/{cac('TaxSubtotal')}"):
        withheld = WIDE.add(withheld, _number(subtotal, "TaxAmount"))
    _, _, *head = _head(root, "Invoice")
    return [
        *_parties(root, "AccountingSupplierParty", "AccountingCustomerParty"),
        *head,
        _currency(root),
        ("brutucret", amount_text(fee)),
        ("tahsilkdv", amount_text(WIDE.subtract(vat, withheld))),
        ("kdvtevkifat", amount_text(withheld)),
        ("gvstopaj", amount_text(income_tax)),
        ("kdvtutari", amount_text(vat)),
        ("netucret", amount_text(WIDE.subtract(fee, income_tax))),
        ("tahsilat", amount_text(_total(root, "PayableAmount"))),
    ]


def _carriage(root: etree._Element) -> Fields:
    shipment = root.find(cac("Shipment"))
    delivery = nodes.find(shipment, cac("Delivery"))
    despatch = nodes.find(delivery, cac("Despatch"))
    stage = nodes.find(shipment, cac("ShipmentStage"))
    firm = nodes.find(delivery, cac("CarrierParty"))
    carrier = nodes.party_number(firm) or nodes.text(firm, cac("PartyIdentification"), cbc("ID"))
    return [
        ("sevktarihi", nodes.text(despatch, cbc("ActualDespatchDate"))[:10]),
        ("sevkzamani", nodes.text(despatch, cbc("ActualDespatchTime"))[:8]),
        ("tasiyicivkn", carrier or nodes.text(stage, cac("DriverPerson"), cbc("NationalityID"))),
        ("plaka", nodes.text(stage, cac("TransportMeans"), cac("RoadTransport"), cbc("LicensePlateID"))),
    ]


def _traveller(root: etree._Element) -> Fields:
    person = nodes.find(root, cac("BuyerCustomerParty"), cac("Party"), cac("Person"))
    agent = root.find(
        f"{cac('TaxRepresentativeParty')}/{cac('PartyIdentification')}/{cbc('ID')}[@schemeID='ARACIKURUMVKN']"
    )
    return [
        ("pasaportno", nodes.text(person, cac("IdentityDocumentReference"), cbc("ID"))),
        ("aracikurumvkn", nodes.own_text(agent)),
    ]


def _parties(root: etree._Element, supplier: str, customer: str) -> Fields:
    return [
        ("vkntckn", nodes.party_number(nodes.party_of(root.find(cac(supplier))))),
        ("avkntckn", nodes.party_number(nodes.party_of(root.find(cac(customer))))),
    ]


def _head(root: etree._Element, kind: str, *, type_code: str = "") -> Fields:
    return [
        ("senaryo", nodes.text(root, cbc("ProfileID"))),
        ("tip", type_code or nodes.text(root, cbc(f"{kind}TypeCode"))),
        ("tarih", nodes.text(root, cbc("IssueDate"))[:10]),
        ("no", nodes.text(root, cbc("ID"))),
        ("ettn", nodes.text(root, cbc("UUID"))),
    ]


def _currency(root: etree._Element) -> tuple[str, str]:
    return ("parabirimi", nodes.text(root, cbc("DocumentCurrencyCode")) or "TRY")


def _collected(root: etree._Element) -> Iterator[etree._Element]:
    for subtotal in root.iterfind(f"{cac('TaxTotal')}/{cac('TaxSubtotal')}"):
        if nodes.number(subtotal, cbc("CalculationSequenceNumeric")) != _NOT_COLLECTED:
            yield subtotal


def _taxes(root: etree._Element, *tax_codes: str) -> Decimal:
    total = ZERO
    for subtotal in _collected(root):
        if nodes.text(subtotal, *_CODE) in tax_codes:
            total = WIDE.add(total, _number(subtotal, "TaxAmount"))
    return total


def _total(root: etree._Element, name: str) -> Decimal:
    return _number(nodes.find(root, cac("LegalMonetaryTotal")), name)


def _number(element: etree._Element | None, name: str) -> Decimal:
    """An amount; absurd sizes of a stranger's document, which would print as rows of zeros, count as none."""
    value = nodes.number(element, cbc(name))
    return value if value is not None and abs(value.adjusted()) < _LONGEST_AMOUNT else ZERO
