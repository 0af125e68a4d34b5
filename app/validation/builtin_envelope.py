"""What GİB's rules look at in an envelope ("zarf") itself: who it is from and to, and what it may carry.

Source: Schematron 20260312, the rules named; guide e-Fatura Ek-1 (Zarf).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.ubl import nodes
from app.ubl.namespaces import NSMAP, SBDH, cac, cbc

ROOT: Final = f"{{{SBDH}}}StandardBusinessDocument"
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
    """(code, field, sentence, official rule) of what is wrong between an envelope and what it carries."""
    sender, receiver = (_number(root, side) for side in ("Sender", "Receiver"))
    label = _text(root, ".//sh:Receiver/sh:Identifier")
    kind = _text(root, ".//sh:DocumentIdentification/sh:Type")
    for document in documents_in(root):
        name = etree.QName(document).localname
        supplier, customer = (
            nodes.party_number(nodes.party_of(document.find(cac(side)))) for side in _SIDES.get(name, ("", ""))
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
