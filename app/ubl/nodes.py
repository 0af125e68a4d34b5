"""Small look-ups in a parsed document, tolerant of what is missing. Names are `{namespace}local`."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from lxml import etree

from app.ubl.namespaces import DS, EXT, cac, cbc
from app.ubl.numbertext import read_decimal

_ID = cbc("ID")
_NAME = cbc("Name")
_PARTY = cac("Party")
_PARTY_IDENTIFICATION = cac("PartyIdentification")
_PARTY_NAME = cac("PartyName")
_PERSON = cac("Person")
_FIRST_NAME = cbc("FirstName")
_FAMILY_NAME = cbc("FamilyName")
_SIGNATURE = f"{{{DS}}}Signature"
_EXTENSIONS = f"{{{EXT}}}UBLExtensions"


def own_text(element: etree._Element | None) -> str:
    """The text of an element without blanks at its ends; empty for None. Comments inside do not count."""
    if element is None:
        return ""
    if len(element):
        return str(element.xpath("string()")).strip()
    return (element.text or "").strip()


def find(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element along `path` of child names."""
    for name in path:
        if element is None:
            return None
        element = element.find(name)
    return element


def text(element: etree._Element | None, *path: str) -> str:
    """The text of the first element along `path`; empty when there is none."""
    return own_text(find(element, *path))


def number(element: etree._Element | None, *path: str) -> Decimal | None:
    """The number along `path`; None when missing or not a number."""
    found = find(element, *path)
    return None if found is None else read_decimal(own_text(found))


def read_date(value: str) -> date | None:
    """An XSD date; a zone behind it is ignored. None when it is none."""
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def read_time(value: str) -> time | None:
    """An XSD time without its zone (it is a wall clock on a paper); None when it is none."""
    try:
        return time.fromisoformat(value.replace("Z", "")).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None


def party_of(element: etree._Element | None) -> etree._Element | None:
    """cac:Party inside a supplier or customer element, or the element itself where the party is not wrapped."""
    if element is None:
        return None
    wrapped = element.find(_PARTY)
    return element if wrapped is None else wrapped


def party_number(party: etree._Element | None) -> str:
    """The VKN or TCKN among the party's identifications; empty when there is none."""
    if party is None:
        return ""
    for identification in party.iterfind(_PARTY_IDENTIFICATION):
        found = identification.find(_ID)
        if found is not None and found.get("schemeID", "").strip().upper() in ("VKN", "TCKN"):
            return own_text(found)
    return ""


def party_name(party: etree._Element | None) -> str:
    """The title, or name and surname."""
    if party is None:
        return ""
    title = text(party, _PARTY_NAME, _NAME)
    if title:
        return title
    person = party.find(_PERSON)
    return f"{text(person, _FIRST_NAME)} {text(person, _FAMILY_NAME)}".strip()


def has_signature(root: etree._Element) -> bool:
    """Whether a ds:Signature stands in ext:UBLExtensions. Says nothing about its worth."""
    extensions = root.find(_EXTENSIONS)
    return extensions is not None and next(extensions.iter(_SIGNATURE), None) is not None
