"""What GİB's rules look at in an envelope ("zarf") itself: who it is from and to, and what it may carry.

Source: Schematron 20260312, the rules named; guide e-Fatura Ek-1 (Zarf).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.ubl import nodes
from app.ubl.envelope import ELEMENT_TYPES, MAX_ELEMENTS, MAX_INVOICES, TYPE_VERSION, EnvelopeType
from app.ubl.namespaces import NSMAP, PACKAGE, SBDH, XSI, cac, cbc

ROOT: Final = f"{{{SBDH}}}StandardBusinessDocument"
_PACKAGE: Final = f"{{{PACKAGE}}}Package"
_MAX_GROUPS: Final = 10
_TYPES: Final = frozenset(EnvelopeType)
#: Scenarios of which a list holds one only.
_LONELY: Final = ("IHRACAT", "YOLCUBERABERFATURA")
#: GİB's own number, to which any envelope may go.
_GIB = "3900892152"
#: (label of customs, what may go there)
_CUSTOMS_LABELS: Final = {
    "urn:mail:yolcuberaberpk@gtb.gov.tr": ("YOLCUBERABERFATURA",),
    "urn:mail:ihracatpk@gtb.gov.tr": ("IHRACAT", "OZELFATURA"),
}
_POSTBOX_CODES: Final = frozenset({"KABUL", "RED", "IADE", "GUMRUKONAY"})
#: root of a document -> its two sides as the envelope sees them
_SIDES: Final = {
    "Invoice": ("AccountingSupplierParty", "AccountingCustomerParty"),
    "DespatchAdvice": ("DespatchSupplierParty", "DeliveryCustomerParty"),
    "ApplicationResponse": ("SenderParty", "ReceiverParty"),
}


def documents_in(root: etree._Element) -> list[etree._Element]:
    """The documents of an envelope; a document that is in none is its own."""
    if root.tag != ROOT:
        return [root]
    return [one for place in root.iter("ElementList") for one in place.iterchildren(etree.Element)]


def label_problem(label: str, profile: str) -> str:
    """Why an invoice of this profile may not go to this label; empty when it may (IhracatYolcuBeraberCheck)."""
    wanted = _CUSTOMS_LABELS.get(label)
    if wanted is None or profile in wanted:
        return ""
    return f"{label} etiketine yalnız {' ve '.join(wanted)} senaryosundaki faturalar gider; bu {profile}."


def check_envelope(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """(code, field, sentence, official rule) of what is wrong with an envelope and between it and what it carries."""
    yield from _check_header(root)
    for elements in root.iterfind(f"{_PACKAGE}/Elements"):
        yield from _check_list(elements)
    yield from _check_sides(root)


def _check_header(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    if "PackageProxy_1_2.xsd" not in root.get(f"{{{XSI}}}schemaLocation", ""):
        message = "Zarfın schemaLocation niteliğinde PackageProxy_1_2.xsd yazmalı."
        yield "ENV.SCHEMA_LOCATION", "", message, "DocumentCheck"
    version = _text(root, ".//sh:DocumentIdentification/sh:TypeVersion")
    if version != TYPE_VERSION:
        message = f"Zarf sürümü {TYPE_VERSION} olmalı; '{version[:10]}' yazılmış. Zarfı güncel programla yeniden yapın."
        yield "ENV.VERSION", "", message, "TypeVersionCheck"
    header = _text(root, ".//sh:StandardBusinessDocumentHeader/sh:HeaderVersion")
    if header not in ("1.0", "1.2"):
        yield "ENV.HEADER", "", f"Zarf başlığının sürümü 1.0 ya da 1.2 olmalı; '{header[:10]}' yazılmış.", "HeaderCheck"
    for side, word in (("Sender", "gönderen"), ("Receiver", "alıcı")):
        number = _number(root, side)
        if len(number) not in (10, 11):
            message = f"Zarfta {word} için 10 haneli VKN ya da 11 haneli TCKN bir kez yazılmalı."
            yield "ENV.NUMBER", "", message, "ContactInformationCheck"
        if not _text(root, f".//sh:{side}/sh:Identifier"):
            yield "ENV.NO_LABEL", "", f"Zarfta {word} etiketi (urn:mail:…) boş.", "EmptyCheck"
    kind = _text(root, ".//sh:DocumentIdentification/sh:Type")
    if kind not in _TYPES:
        yield "ENV.TYPE", "", f"'{kind[:30]}' bir zarf türü değil.", "EnvelopeTypeCheck"
    if len(root.findall(f"{_PACKAGE}/Elements")) > _MAX_GROUPS:
        yield "ENV.GROUPS", "", f"Bir zarfta en çok {_MAX_GROUPS} belge grubu olur.", "ElementsGroupCountCheck"


def _check_list(elements: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """One group of documents: what it says of itself, and what stands in it."""
    inside = [one for place in elements.iterfind("ElementList") for one in place.iterchildren(etree.Element)]
    stated = nodes.text(elements, "ElementCount")
    if not stated.isdecimal() or int(stated) != len(inside):
        message = f"Zarf {stated[:10] or 0} belge olduğunu söylüyor, içinde {len(inside)} belge var."
        yield "ENV.COUNT", "", message, "ElementListCountCheck"
    if len(inside) > MAX_ELEMENTS:
        yield "ENV.TOO_MANY", "", f"Bir zarfta en çok {MAX_ELEMENTS} belge olur.", "ElementCountCheck"
    names = [etree.QName(one).localname for one in inside]
    if names.count("Invoice") > MAX_INVOICES:
        yield "ENV.TOO_MANY", "", f"Bir zarfta en çok {MAX_INVOICES} fatura olur.", "InvoiceCountCheck"
    kind = nodes.text(elements, "ElementType")
    wrong = next((name for name in names if name in ELEMENT_TYPES and ELEMENT_TYPES[name][0] != kind), "")
    if wrong:
        message = f"Zarf {kind[:30] or 'hiçbir tür'} taşıdığını söylüyor, içinde {ELEMENT_TYPES[wrong][0]} var."
        yield "ENV.ELEMENT_TYPE", "", message, "ElementNameCheck"
    profiles = [nodes.text(one, cbc("ProfileID")) for one in inside]
    for profile in _LONELY:
        if profiles.count(profile) > 1:
            message = f"{profile} senaryosundaki faturalar zarfta tek başına olur; her birini ayrı zarfla gönderin."
            yield "ENV.LONELY", "", message, "ExportInvoiceCountCheck"


def _check_sides(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    sender, receiver = (_number(root, side) for side in ("Sender", "Receiver"))
    label = _text(root, ".//sh:Receiver/sh:Identifier")
    kind = _text(root, ".//sh:DocumentIdentification/sh:Type")
    for document in documents_in(root):
        name = etree.QName(document).localname
        supplier, customer = (
            nodes.party_number(nodes.party_of(document.find(cac(side)))) if side else ""
            for side in _SIDES.get(name, ("", ""))
        )
        if sender and supplier and supplier != sender:
            message = f"Zarfı gönderen ({sender}) ile belgeyi düzenleyen ({supplier}) farklı."
            yield "ENV.SENDER", "supplier.tax_number", message, "DocumentSenderCheck"
        if receiver not in ("", _GIB) and customer and customer != receiver:
            message = f"Zarfın alıcısı ({receiver}) ile belgenin alıcısı ({customer}) farklı."
            yield "ENV.RECEIVER", "customer.tax_number", message, "DocumentReceiverCheck"
        problem = label_problem(label, nodes.text(document, cbc("ProfileID"))) if name == "Invoice" else ""
        if problem:
            yield "ENV.LABEL", "receiver_label", problem, "IhracatYolcuBeraberCheck"
        code = nodes.text(document, cac("DocumentResponse"), cac("Response"), cbc("ResponseCode"))
        if kind == "POSTBOXENVELOPE" and name == "ApplicationResponse" and code not in _POSTBOX_CODES:
            message = f"Posta kutusu zarfı '{code[:15]}' yanıtını taşıyamaz; KABUL ya da RED olmalı."
            yield "ENV.RESPONSE_CODE", "", message, "PostBoxResponseCodeCheck"


def _number(root: etree._Element, side: str) -> str:
    return _text(root, f".//sh:{side}/sh:ContactInformation[sh:ContactTypeIdentifier='VKN_TCKN']/sh:Contact")


def _text(root: etree._Element, path: str) -> str:
    return nodes.own_text(root.find(path, NSMAP))
