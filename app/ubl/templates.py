"""Finding the XSLT templates that a document carries. They are a stranger's program: only `rendering` runs them."""

from __future__ import annotations

import base64
import binascii
import re

from lxml import etree

from app.ubl import nodes
from app.ubl.namespaces import XSL, cac, cbc
from app.ubl.xmlsafe import parse

_OBJECT = cbc("EmbeddedDocumentBinaryObject")
_REFERENCES = frozenset({cac("AdditionalDocumentReference"), cac("DocumentReference")})
_XSL_NAMES = (XSL.encode("ascii"), XSL.encode("utf-16-le"), XSL.encode("utf-16-be"))
_WHITE = re.compile(r"\s+")
_DECLARED_ENCODING = re.compile(r"^(<\?xml[^>]*?)\s+encoding\s*=\s*([\"'])[^\"']*\2")


def find_templates(raw: bytes) -> list[bytes]:
    """All attachments of `raw` that are XSLT stylesheets, decoded, the one named as such first.

    Older documents leave DocumentType out or write SATIS there, some carry two templates, and some put the template in
    as plain text: so every attachment is looked at, and an attachment that cannot be decoded is passed over.
    Raises: InputError (XML.*) when `raw` itself is unreadable.
    """
    return templates_of(parse(raw).getroot())


def templates_of(root: etree._Element) -> list[bytes]:
    """The same for a document that is parsed already."""
    named: list[bytes] = []
    others: list[bytes] = []
    for element in root.iter(_OBJECT):
        content = decode_object(element)
        if content and is_stylesheet(content):
            (named if _is_named_template(element) else others).append(content)
    return named + others


def is_stylesheet(content: bytes) -> bool:
    """Whether these bytes are an XSLT stylesheet, by its namespace."""
    return any(name in content for name in _XSL_NAMES)


def _is_named_template(element: etree._Element) -> bool:
    reference: etree._Element | None = element
    while reference is not None and reference.tag not in _REFERENCES:
        reference = reference.getparent()
    kinds = {nodes.text(reference, cbc("DocumentType")), nodes.text(reference, cbc("DocumentTypeCode"))}
    return "XSLT" in {kind.upper() for kind in kinds} or element.get("filename", "").lower().endswith((".xslt", ".xsl"))


def decode_object(element: etree._Element) -> bytes:
    """The bytes of an EmbeddedDocumentBinaryObject; empty when it holds none that can be read."""
    for child in element:
        if isinstance(child.tag, str):  # the stylesheet stands there as elements
            return etree.tostring(child, encoding="UTF-8", with_tail=False)
    text = nodes.own_text(element).lstrip("\ufeff")
    if text.startswith("<"):
        # The text was decoded by the parser already, so the encoding it names is no longer true.
        return _DECLARED_ENCODING.sub(r'\1 encoding="UTF-8"', text).encode("utf-8")
    packed = _WHITE.sub("", text).rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
