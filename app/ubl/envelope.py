"""The SBDH envelope (zarf) that documents travel in: writing, reading, taking the documents out byte for byte.

What was sealed must come out as it went in, so documents are pasted as they are and cut out by their place in the
bytes; only a document that leans on a namespace declared by the envelope is written anew.
Source: guide Ek-1 Zarf Şema Yapısı V1.5; Schematron 20260312 (TypeVersion 1.2, PackageProxy_1_2.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from xml.parsers import expat

from lxml import etree

from app.domain.errors import InputError
from app.ubl import nodes
from app.ubl.emitter import escape
from app.ubl.namespaces import PACKAGE, SBDH, XSI
from app.ubl.xmlsafe import parse

MAX_INVOICES: Final = 100
MAX_ELEMENTS: Final = 1000
TYPE_VERSION: Final = "1.2"
_ROOT: Final = f"{{{SBDH}}}StandardBusinessDocument"
_DECLARATION = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class EnvelopeType(StrEnum):
    """What kind of documents an envelope carries and who sends it."""

    SENDER = "SENDERENVELOPE"
    POSTBOX = "POSTBOXENVELOPE"
    SYSTEM = "SYSTEMENVELOPE"
    USER = "USERENVELOPE"


#: ElementType by the root of the documents, and the envelope each belongs in.
ELEMENT_TYPES: Final[dict[str, tuple[str, EnvelopeType]]] = {
    "Invoice": ("INVOICE", EnvelopeType.SENDER),
    "DespatchAdvice": ("DESPATCHADVICE", EnvelopeType.SENDER),
    "CreditNote": ("CREDITNOTE", EnvelopeType.SENDER),
    "ApplicationResponse": ("APPLICATIONRESPONSE", EnvelopeType.POSTBOX),
    "ReceiptAdvice": ("RECEIPTADVICE", EnvelopeType.POSTBOX),
}
#: Scenarios of which an envelope carries one only (ExportInvoiceCountCheck).
_LONELY_PROFILES = ("IHRACAT", "YOLCUBERABERFATURA")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeParty:
    """One side: its label (urn:mail:…), its VKN or TCKN and its title."""

    label: str
    number: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopedDocument:
    """A document of the envelope: the local name of its root and its bytes."""

    root: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An envelope as read. `stated_counts` are the ElementCount values by ElementType as they stand."""

    uuid: str
    type: str
    sender: EnvelopeParty
    receiver: EnvelopeParty
    created: datetime | None
    documents: tuple[EnvelopedDocument, ...]
    header_version: str = "1.0"
    type_version: str = TYPE_VERSION
    stated_counts: tuple[tuple[str, str], ...] = ()


def build_envelope(
    documents: Sequence[bytes], *, uuid: str, sender: EnvelopeParty, receiver: EnvelopeParty, created: datetime
) -> bytes:
    """The envelope around `documents`, all of one kind, each pasted byte for byte (without its XML declaration).

    Raises: InputError ENVELOPE.EMPTY, ENVELOPE.MIXED (two kinds), ENVELOPE.KIND, ENVELOPE.TOO_MANY, ENVELOPE.LONELY
    (two export or traveller invoices), ENVELOPE.ENCODING (a document that is not UTF-8), XML.* for an unreadable one.
    """
    roots = [parse(raw).getroot() for raw in documents]
    element_type, envelope_type = _kind_of(roots)
    _ensure_few(roots, element_type)
    bodies = [_body(raw) for raw in documents]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sh:StandardBusinessDocument xmlns:sh="{SBDH}" xmlns:ef="{PACKAGE}" xmlns:xsi="{XSI}" '
        f'xsi:schemaLocation="{SBDH} PackageProxy_1_2.xsd">\n'
        "  <sh:StandardBusinessDocumentHeader>\n"
        "    <sh:HeaderVersion>1.0</sh:HeaderVersion>\n"
        f"{_party('Sender', sender)}{_party('Receiver', receiver)}"
        "    <sh:DocumentIdentification>\n"
        "      <sh:Standard>UBL-TR</sh:Standard>\n"
        f"      <sh:TypeVersion>{TYPE_VERSION}</sh:TypeVersion>\n"
        f"      <sh:InstanceIdentifier>{escape(uuid)}</sh:InstanceIdentifier>\n"
        f"      <sh:Type>{envelope_type.value}</sh:Type>\n"
        f"      <sh:CreationDateAndTime>{created:%Y-%m-%dT%H:%M:%S}</sh:CreationDateAndTime>\n"
        "    </sh:DocumentIdentification>\n"
        "  </sh:StandardBusinessDocumentHeader>\n"
        "  <ef:Package>\n"
        "    <Elements>\n"
        f"      <ElementType>{element_type}</ElementType>\n"
        f"      <ElementCount>{len(bodies)}</ElementCount>\n"
        "      <ElementList>\n"
    )
    tail = "\n      </ElementList>\n    </Elements>\n  </ef:Package>\n</sh:StandardBusinessDocument>\n"
    return head.encode("utf-8") + b"\n".join(bodies) + tail.encode("utf-8")


def read_envelope(raw: bytes) -> Envelope:
    """Read an envelope and cut its documents out. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_ENVELOPE (another kind of document).
    """
    root = parse(raw).getroot()
    header = root.find(_sh("StandardBusinessDocumentHeader"))
    if root.tag != _ROOT or header is None:
        raise InputError(
            "UBL.NOT_ENVELOPE",
            "Bu dosya bir zarf değil.",
            why="Kök elemanı StandardBusinessDocument değil ya da başlığı yok.",
            todo="Zarf XML dosyasını seçin.",
        )
    identification = header.find(_sh("DocumentIdentification"))
    counts = tuple(
        (nodes.text(elements, "ElementType"), nodes.text(elements, "ElementCount"))
        for elements in root.iter("Elements")
    )
    return Envelope(
        uuid=nodes.text(identification, _sh("InstanceIdentifier")).lower(),
        type=nodes.text(identification, _sh("Type")),
        sender=_read_party(header.find(_sh("Sender"))),
        receiver=_read_party(header.find(_sh("Receiver"))),
        created=_read_moment(nodes.text(identification, _sh("CreationDateAndTime"))),
        documents=_cut(raw, root),
        header_version=nodes.text(header, _sh("HeaderVersion")),
        type_version=nodes.text(identification, _sh("TypeVersion")),
        stated_counts=counts,
    )


def _sh(name: str) -> str:
    return f"{{{SBDH}}}{name}"


def _party(side: str, party: EnvelopeParty) -> str:
    def contact(kind: str, value: str) -> str:
        return (
            "      <sh:ContactInformation>\n"
            f"        <sh:Contact>{escape(value)}</sh:Contact>\n"
            f"        <sh:ContactTypeIdentifier>{kind}</sh:ContactTypeIdentifier>\n"
            "      </sh:ContactInformation>\n"
        )

    return (
        f"    <sh:{side}>\n"
        f"      <sh:Identifier>{escape(party.label)}</sh:Identifier>\n"
        f"{contact('VKN_TCKN', party.number)}{contact('UNVAN', party.title)}"
        f"    </sh:{side}>\n"
    )


def _kind_of(roots: Sequence[etree._Element]) -> tuple[str, EnvelopeType]:
    names = {etree.QName(root).localname for root in roots}
    if not names:
        raise InputError("ENVELOPE.EMPTY", "Zarf hazırlanmadı.", why="İçine konacak belge yok.", todo="Belge seçin.")
    if len(names) > 1:
        raise InputError(
            "ENVELOPE.MIXED",
            "Zarf hazırlanmadı.",
            why="Seçilen belgeler aynı türden değil.",
            todo="Her tür belgeyi ayrı zarfla gönderin.",
        )
    (name,) = names
    if name not in ELEMENT_TYPES:
        raise InputError(
            "ENVELOPE.KIND",
            "Zarf hazırlanmadı.",
            why=f"Bu tür belge ({name[:40]}) zarfa konmaz.",
            todo="Fatura, irsaliye, makbuz ya da yanıt seçin.",
        )
    return ELEMENT_TYPES[name]


def _ensure_few(roots: Sequence[etree._Element], element_type: str) -> None:
    limit = MAX_INVOICES if element_type == "INVOICE" else MAX_ELEMENTS
    if len(roots) > limit:
        raise InputError(
            "ENVELOPE.TOO_MANY",
            "Zarf hazırlanmadı.",
            why=f"Bir zarfta en çok {limit} belge olur; {len(roots)} belge seçilmiş.",
            todo="Belgeleri birkaç zarfa bölün.",
        )
    profiles = [nodes.text(root, "{*}ProfileID") for root in roots]
    if any(profiles.count(profile) > 1 for profile in _LONELY_PROFILES):
        raise InputError(
            "ENVELOPE.LONELY",
            "Zarf hazırlanmadı.",
            why="İhracat ve yolcu beraberi faturalar zarfta tek başına olur.",
            todo="Her birini ayrı zarfla gönderin.",
        )


def _body(raw: bytes) -> bytes:
    """The document without its XML declaration; its other bytes are sacred."""
    if raw.startswith(_UTF16_BOMS) or b"\0" in raw[:4]:
        raise _not_utf8()
    body = _DECLARATION.sub(b"", raw, count=1)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as e:
        raise _not_utf8() from e
    return body.strip()


def _not_utf8() -> InputError:
    return InputError(
        "ENVELOPE.ENCODING",
        "Zarf hazırlanmadı.",
        why="Belgelerden birinin harf kodlaması UTF-8 değil; olduğu gibi zarfa konamaz.",
        todo="Belgeyi UTF-8 olarak yeniden düzenleyin.",
    )


def _read_party(element: etree._Element | None) -> EnvelopeParty:
    told: dict[str, str] = {}
    for contact in () if element is None else element.iterfind(_sh("ContactInformation")):
        kind = nodes.text(contact, _sh("ContactTypeIdentifier"))
        told.setdefault(kind, nodes.text(contact, _sh("Contact")))
    label = nodes.text(element, _sh("Identifier"))
    return EnvelopeParty(label=label, number=told.get("VKN_TCKN", ""), title=told.get("UNVAN", ""))


def _read_moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _cut(raw: bytes, root: etree._Element) -> tuple[EnvelopedDocument, ...]:
    """The documents of all ElementLists in their order, by their place in the bytes."""
    elements = [child for listed in root.iter("ElementList") for child in listed if isinstance(child.tag, str)]
    slices = _slices(raw)
    result = []
    for index, element in enumerate(elements):
        piece = slices[index] if len(slices) == len(elements) else None
        if piece is None or not _stands_alone(piece, element):
            piece = etree.tostring(element, encoding="UTF-8", with_tail=False)
        result.append(EnvelopedDocument(root=etree.QName(element).localname, raw=piece))
    return tuple(result)


def _stands_alone(piece: bytes, element: etree._Element) -> bool:
    """Whether the piece is the same element without the envelope around it."""
    try:
        return parse(piece).getroot().tag == element.tag
    except InputError:
        return False


def _slices(raw: bytes) -> list[bytes]:
    """The bytes of each child of an ElementList; none when the envelope is not UTF-8 (then all are written anew)."""
    if raw.startswith(_UTF16_BOMS) or b"\0" in raw[:4]:
        return []
    parser = expat.ParserCreate()
    path: list[str] = []
    starts: list[int] = []
    found: list[tuple[int, int]] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        if path and path[-1] == "ElementList" and not starts:
            starts.append(parser.CurrentByteIndex)
            depth.append(len(path))
        path.append(name)

    depth: list[int] = []

    def end(_name: str) -> None:
        path.pop()
        if starts and len(path) == depth[-1]:
            close = raw.find(b">", parser.CurrentByteIndex) + 1
            found.append((starts.pop(), close))
            depth.pop()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError):
        # An encoding that expat does not know; lxml has read the document already.
        return []
    return [raw[begin:finish] for begin, finish in found]
