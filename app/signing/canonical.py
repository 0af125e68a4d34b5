"""Canonical XML and the algorithm names of XML signatures.

Source: W3C Canonical XML 1.0 and 1.1, Exclusive XML Canonicalization 1.0, XML Signature 1.1 section 4.4.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

from lxml import etree

SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"
C14N_10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Method:
    """One canonicalization. `inherits_id`: C14N 1.0 copies xml:id of ancestors to the apex, 1.1 does not."""

    exclusive: bool = False
    with_comments: bool = False
    inherits_id: bool = True


DEFAULT_METHOD = Method()
METHODS = {
    C14N_10: DEFAULT_METHOD,
    f"{C14N_10}#WithComments": Method(with_comments=True),
    "http://www.w3.org/2006/12/xml-c14n11": Method(inherits_id=False),
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": Method(with_comments=True, inherits_id=False),
    "http://www.w3.org/2001/10/xml-exc-c14n#": Method(exclusive=True),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": Method(exclusive=True, with_comments=True),
}


def canonical_document(
    tree: etree._ElementTree, method: Method = DEFAULT_METHOD, *, prefixes: list[str] | None = None
) -> bytes:
    """Return the canonical bytes of a whole document, processing instructions around the root included."""
    return etree.tostring(
        tree,
        method="c14n",
        exclusive=method.exclusive,
        with_comments=method.with_comments,
        inclusive_ns_prefixes=prefixes if method.exclusive else None,
    )


def canonical_element(
    element: etree._Element, method: Method = DEFAULT_METHOD, *, prefixes: list[str] | None = None
) -> bytes:
    """Return the canonical bytes of one element inside its document.

    The apex is rebuilt with every namespace in scope and, for inclusive methods, with the xml:* attributes of its
    ancestors: lxml loses the latter when asked for the canonical form of a part of a document.
    """
    # lxml's nsmap keys None for the default namespace; its stubs say str only.
    apex = etree.Element(element.tag, nsmap=cast("dict[str, str]", element.nsmap))
    for name, value in element.attrib.items():
        apex.set(name, value)
    if not method.exclusive:
        for name, value in inherited_xml_attributes(element.getparent()).items():
            if name not in apex.attrib and (method.inherits_id or name != f"{_XML}id"):
                apex.set(name, value)
    apex.text = element.text
    for child in element:
        apex.append(deepcopy(child))
    return canonical_document(etree.ElementTree(apex), method, prefixes=prefixes)


def inherited_xml_attributes(element: etree._Element | None) -> dict[str, str]:
    """Return the xml:* attributes in force at `element`, the nearest ancestor winning, by their full names."""
    found: dict[str, str] = {}
    while element is not None:
        for name, value in element.attrib.items():
            if str(name).startswith(_XML):
                found.setdefault(str(name), str(value))
        element = element.getparent()
    return found


@contextmanager
def detached(element: etree._Element) -> Iterator[None]:
    """Take `element` out of its document for a while; the text after it stays. Puts it back at the end."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be detached")
    index, tail, before = parent.index(element), element.tail, element.getprevious()
    kept = before.tail if before is not None else parent.text
    element.tail = None
    parent.remove(element)
    joined = (kept or "") + (tail or "") or None
    if before is not None:
        before.tail = joined
    else:
        parent.text = joined
    try:
        yield
    finally:
        if before is not None:
            before.tail = kept
        else:
            parent.text = kept
        parent.insert(index, element)
        element.tail = tail
