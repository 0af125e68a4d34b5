"""What a sender has put into a document beside its template: pictures, PDFs, lists. Strangers' files: never opened."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from app.ubl import nodes
from app.ubl.namespaces import cac, cbc
from app.ubl.templates import decode_object, is_stylesheet
from app.ubl.xmlsafe import parse

_OBJECT = cbc("EmbeddedDocumentBinaryObject")
_REFERENCES = frozenset({cac("AdditionalDocumentReference"), cac("DocumentReference")})
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/csv": ".csv",
    "text/plain": ".txt",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/zip": ".zip",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """`name` is as the sender wrote it: never a path to write to without cleaning. `mime` likewise is only claimed."""

    name: str
    mime: str
    content: bytes = field(repr=False)


def find_attachments(raw: bytes) -> list[Attachment]:
    """All embedded files that are no XSLT, in document order; one that cannot be decoded is left out.

    Raises: InputError (XML.*) when `raw` itself is unreadable.
    """
    found: list[Attachment] = []
    for element in parse(raw).getroot().iter(_OBJECT):
        content = decode_object(element)
        if not content or is_stylesheet(content):
            continue
        mime = element.get("mimeCode", "").strip().lower()
        found.append(Attachment(name=_name_of(element, mime, len(found) + 1), mime=mime, content=content))
    return found


def _name_of(element: etree._Element, mime: str, number: int) -> str:
    name = element.get("filename", "").strip()
    if name:
        return name
    reference: etree._Element | None = element
    while reference is not None and reference.tag not in _REFERENCES:
        reference = reference.getparent()
    said = nodes.text(reference, cbc("DocumentDescription")) or nodes.text(reference, cbc("DocumentType"))
    return f"{said or f'ek-{number}'}{_ENDINGS.get(mime, '')}"
