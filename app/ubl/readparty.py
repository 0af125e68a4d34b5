"""Reading what every kind of document has: parties, addresses, its number and notes."""

from __future__ import annotations

import re

from lxml import etree

from app.domain.document_number import DocumentNumber, parse_document_number
from app.domain.errors import InputError
from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber
from app.ubl import nodes
from app.ubl.namespaces import cac, cbc

_SERIES = re.compile(r"[A-Z0-9]{3}")
_ID = cbc("ID")
_NAME = cbc("Name")


def read_party(party: etree._Element | None, who: str, warnings: list[str]) -> Party:
    """A party element in our own words; `who` names it in the warnings. A missing one gives an empty Party."""
    if party is None:
        warnings.append(f"{who} bilgisi belgede yok.")
        return Party(tax_number=TaxNumber(""))
    digits = ""
    mersis = trade_registry = ""
    identifiers: list[tuple[str, str]] = []
    for identification in party.iterfind(cac("PartyIdentification")):
        found = identification.find(_ID)
        scheme = "" if found is None else found.get("schemeID", "").strip()
        value = nodes.own_text(found)
        if not value:
            continue
        if scheme.upper() in ("VKN", "TCKN") and not digits:
            digits = value
        elif scheme == "MERSISNO" and not mersis:
            mersis = value
        elif scheme == "TICARETSICILNO" and not trade_registry:
            trade_registry = value
        else:
            identifiers.append((scheme, value))
    if len(digits) not in (10, 11) or not digits.isdigit():
        warnings.append(f"{who} vergi numarası 10 ya da 11 rakam değil: {digits[:15] or 'boş'}.")
    contact = party.find(cac("Contact"))
    person = party.find(cac("Person"))
    return Party(
        tax_number=TaxNumber(digits),
        title=nodes.text(party, cac("PartyName"), _NAME),
        first_name=nodes.text(person, cbc("FirstName")),
        family_name=nodes.text(person, cbc("FamilyName")),
        tax_office=nodes.text(party, cac("PartyTaxScheme"), cac("TaxScheme"), _NAME),
        address=read_address(party.find(cac("PostalAddress"))),
        phone=nodes.text(contact, cbc("Telephone")),
        fax=nodes.text(contact, cbc("Telefax")),
        email=nodes.text(contact, cbc("ElectronicMail")),
        web=nodes.text(party, cbc("WebsiteURI")),
        mersis=mersis,
        trade_registry_no=trade_registry,
        identifiers=tuple(identifiers),
    )


def read_address(address: etree._Element | None) -> Address:
    """A postal or delivery address; a missing one gives empty fields."""
    # Our addresses have one street line: whatever a sender wrote beside StreetName joins it.
    street = [nodes.text(address, cbc(name)) for name in ("District", "StreetName", "BlockName", "Room", "Region")]
    return Address(
        street=" ".join(part for part in street if part),
        building=nodes.text(address, cbc("BuildingName")),
        building_no=nodes.text(address, cbc("BuildingNumber")),
        district=nodes.text(address, cbc("CitySubdivisionName")),
        city=nodes.text(address, cbc("CityName")),
        postal_code=nodes.text(address, cbc("PostalZone")),
        country=nodes.text(address, cac("Country"), _NAME),
        country_code=nodes.text(address, cac("Country"), cbc("IdentificationCode")),
    )


def read_number(document_id: str, warnings: list[str]) -> DocumentNumber | None:
    """The number when it is one in GİB's form; None for the placeholder of a draft too."""
    try:
        number = parse_document_number(document_id)
    except InputError:
        warnings.append(f"Belge numarası 3 karakter + yıl + 9 rakam biçiminde değil: {document_id[:30]!r}.")
        return None
    return None if number.is_placeholder else number


def read_series(document_id: str) -> str:
    """The series that an ID starts with; empty when it is none."""
    return document_id[:3] if _SERIES.fullmatch(document_id[:3]) else ""


def read_notes(root: etree._Element) -> tuple[str, ...]:
    """The document's own notes that say something."""
    notes = (nodes.own_text(note) for note in root.iterfind(cbc("Note")))
    return tuple(note for note in notes if note)
