"""Reading what single scenarios carry; the inverse of `writeextras`, tolerant of what other senders write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lxml import etree

from app.domain.extras import (
    ELECTRONIC,
    ON_PAPER,
    AdditionalReference,
    BankAccount,
    Buyer,
    Deduction,
    Delivery,
    EArchive,
    Package,
    Period,
    TaxRepresentative,
)
from app.domain.invoice import EARSIVFATURA, DocumentReference
from app.domain.party import Party
from app.ubl import nodes
from app.ubl.namespaces import cac, cbc
from app.ubl.readparty import read_address, read_party

_ID = cbc("ID")
_NAME = cbc("Name")
_NOT_LETTERS = re.compile(r"[^a-z]")
_SENDING_NAMES = frozenset({"sendingtype", "sendtype", "gonderimsekli", "gonderimsekl"})
_KIND_NAMES = frozenset({"earchivetype", "earsivtype", "earsivtipi"})
_INTERNET: Final = "INTERNET"
_HKS_PREFIX: Final = "HKS"


def read_period(element: etree._Element | None) -> Period | None:
    """cac:InvoicePeriod; None when it tells nothing."""
    if element is None:
        return None
    period = Period(
        start=nodes.read_date(nodes.text(element, cbc("StartDate"))),
        end=nodes.read_date(nodes.text(element, cbc("EndDate"))),
        start_time=nodes.read_time(nodes.text(element, cbc("StartTime"))),
        end_time=nodes.read_time(nodes.text(element, cbc("EndTime"))),
        description=nodes.text(element, cbc("Description")),
    )
    return None if period == Period() else period


def read_incentive(root: etree._Element) -> DocumentReference | None:
    """The yatırım teşvik belgesi among the contracts."""
    for contract in root.iterfind(cac("ContractDocumentReference")):
        number = contract.find(_ID)
        day = nodes.read_date(nodes.text(contract, cbc("IssueDate")))
        if number is not None and number.get("schemeID") == "YTBNO" and day is not None:
            return DocumentReference(number=nodes.own_text(number), day=day)
    return None


def read_references(root: etree._Element) -> tuple[tuple[AdditionalReference, ...], EArchive | None]:
    """The further references without attachments, and what they tell of an e-Arşiv invoice's sending."""
    plain: list[AdditionalReference] = []
    sending = ""
    is_internet = False
    for element in root.iterfind(cac("AdditionalDocumentReference")):
        reference = _read_reference(element)
        if reference is None:
            continue
        name = _NOT_LETTERS.sub("", reference.type_code.lower())
        told = {reference.number.upper(), reference.kind.upper()}
        if name in _SENDING_NAMES:
            sending = ON_PAPER if ON_PAPER in told else ELECTRONIC
        elif name in _KIND_NAMES:
            is_internet = is_internet or _INTERNET in told
        else:
            plain.append(reference)
    is_earchive = nodes.text(root, cbc("ProfileID")) == EARSIVFATURA and (sending or is_internet)
    if not is_earchive:
        return tuple(plain), None
    supplier = nodes.party_of(root.find(cac("AccountingSupplierParty")))
    web = nodes.text(supplier, cbc("WebsiteURI")) if is_internet else ""
    return tuple(plain), EArchive(sending=sending or ELECTRONIC, is_internet=is_internet, web=web)


def _read_reference(element: etree._Element) -> AdditionalReference | None:
    """None for attachments, which are dealt with elsewhere, and for what has no number or date."""
    number = element.find(_ID)
    day = nodes.read_date(nodes.text(element, cbc("IssueDate")))
    if element.find(cac("Attachment")) is not None or number is None or day is None:
        return None
    return AdditionalReference(
        number=nodes.own_text(number),
        day=day,
        scheme=number.get("schemeID", ""),
        type_code=nodes.text(element, cbc("DocumentTypeCode")),
        kind=nodes.text(element, cbc("DocumentType")),
        description=" ".join(nodes.own_text(d) for d in element.iterfind(cbc("DocumentDescription"))).strip(),
    )


def read_buyer(element: etree._Element | None) -> Buyer | None:
    """BuyerCustomerParty; None when there is none."""
    party_element = nodes.party_of(element)
    if party_element is None:
        return None
    ignored: list[str] = []
    party = read_party(party_element, "Gerçek alıcı", ignored)
    party_type = next((value for scheme, value in party.identifiers if scheme == "PARTYTYPE"), "")
    person = party_element.find(cac("Person"))
    passport = nodes.find(person, cac("IdentityDocumentReference"))
    legal = party_element.find(cac("PartyLegalEntity"))
    return Buyer(
        party=_without(party, {"PARTYTYPE"}),
        party_type=party_type,
        legal_name=nodes.text(legal, cbc("RegistrationName")),
        legal_id=nodes.text(legal, cbc("CompanyID")),
        nationality=nodes.text(person, cbc("NationalityID")),
        passport_no=nodes.text(passport, _ID),
        passport_day=nodes.read_date(nodes.text(passport, cbc("IssueDate"))),
        account=_read_account(nodes.find(person, cac("FinancialAccount"))),
    )


def _read_account(element: etree._Element | None) -> BankAccount | None:
    if element is None:
        return None
    branch = element.find(cac("FinancialInstitutionBranch"))
    return BankAccount(
        number=nodes.text(element, _ID),
        currency=nodes.text(element, cbc("CurrencyCode")),
        bank=nodes.text(branch, cac("FinancialInstitution"), _NAME),
        branch=nodes.text(branch, _NAME),
        note=nodes.text(element, cbc("PaymentNote")),
    )


def read_tax_representative(element: etree._Element | None) -> TaxRepresentative | None:
    """cac:TaxRepresentativeParty of a yolcu beraberi invoice."""
    if element is None:
        return None
    ids = _identifications([element])
    return TaxRepresentative(
        number=ids.get("ARACIKURUMVKN", ""),
        label=ids.get("ARACIKURUMETIKET", ""),
        name=nodes.text(element, cac("PartyName"), _NAME),
        address=read_address(element.find(cac("PostalAddress"))),
    )


def read_delivery(element: etree._Element | None) -> Delivery | None:
    """cac:Delivery of a document or line; None when nothing in it is known."""
    if element is None:
        return None
    address = element.find(cac("DeliveryAddress"))
    carrier = element.find(cac("CarrierParty"))
    shipment = element.find(cac("Shipment"))
    units = () if shipment is None else shipment.findall(cac("TransportHandlingUnit"))
    issuers = [i for unit in units for i in unit.iterfind(f"{cac('CustomsDeclaration')}/{cac('IssuerParty')}")]
    codes = _identifications(issuers)
    ignored: list[str] = []
    delivery = Delivery(
        address=None if address is None else read_address(address),
        day=nodes.read_date(nodes.text(element, cbc("ActualDeliveryDate"))),
        despatch_day=nodes.read_date(nodes.text(element, cac("Despatch"), cbc("ActualDespatchDate"))),
        carrier=None if carrier is None else read_party(carrier, "Taşıyıcı", ignored),
        incoterms=nodes.text(element, cac("DeliveryTerms"), _ID),
        transport_mode=nodes.text(shipment, cac("ShipmentStage"), cbc("TransportModeCode")),
        customs_id=nodes.text(shipment, cac("GoodsItem"), cbc("RequiredCustomsID")),
        packages=tuple(_read_package(p) for unit in units for p in unit.iterfind(cac("ActualPackage"))),
        buyer_line_code=codes.get("ALICIDIBSATIRKOD", ""),
        seller_line_code=codes.get("SATICIDIBSATIRKOD", ""),
    )
    return None if delivery == Delivery() else delivery


def _read_package(element: etree._Element) -> Package:
    return Package(
        type_code=nodes.text(element, cbc("PackagingTypeCode")),
        number=nodes.text(element, _ID),
        quantity=nodes.number(element, cbc("Quantity")),
    )


def read_deductions(root: etree._Element) -> tuple[Deduction, ...]:
    """What a hal commission agent keeps back: document allowances whose reason is an HKS code."""
    return tuple(
        Deduction(
            code=nodes.text(element, cbc("AllowanceChargeReason")),
            rate=nodes.number(element, cbc("MultiplierFactorNumeric")),
            amount=nodes.number(element, cbc("Amount")),
        )
        for element in hks_allowances(root)
    )


def hks_allowances(root: etree._Element) -> list[etree._Element]:
    """The document's allowances that are hal deductions, not discounts."""
    return [
        element
        for element in root.iterfind(cac("AllowanceCharge"))
        if nodes.text(element, cbc("AllowanceChargeReason")).startswith(_HKS_PREFIX)
    ]


def read_item_ids(item: etree._Element | None) -> tuple[tuple[str, str], ...]:
    """AdditionalItemIdentification entries as (scheme, value)."""
    if item is None:
        return ()
    found = (element.find(_ID) for element in item.iterfind(cac("AdditionalItemIdentification")))
    return tuple((e.get("schemeID", ""), nodes.own_text(e)) for e in found if e is not None)


def split_shipment_no(supplier: Party) -> tuple[Party, str]:
    """The supplier without its İDİS sevkiyat number, and that number: it belongs to the document."""
    number = next((value for scheme, value in supplier.identifiers if scheme == "SEVKIYATNO"), "")
    return (_without(supplier, {"SEVKIYATNO"}), number) if number else (supplier, "")


def _without(party: Party, schemes: set[str]) -> Party:
    return replace(party, identifiers=tuple(i for i in party.identifiers if i[0] not in schemes))


def _identifications(parties: Iterable[etree._Element]) -> dict[str, str]:
    result: dict[str, str] = {}
    for party in parties:
        for identification in party.iterfind(cac("PartyIdentification")):
            found = identification.find(_ID)
            if found is not None:
                result.setdefault(found.get("schemeID", ""), nodes.own_text(found))
    return result
