"""The HTML view of a document by the template inside it, as the integrator's portal shows it."""

from __future__ import annotations

from lxml import etree

from app.domain.errors import InputError
from app.sandbox.codes import DOCUMENT_INVALID, Refusal
from app.ubl import xmlsafe
from app.ubl.templates import templates_of

# A template is a stranger's program: no file, no network, no writing.
_NOTHING_ALLOWED = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # missing from the stubs


def html_of(xml: bytes) -> bytes:
    """The page that the first embedded template makes. Raises Refusal 10003 when it has none or it is broken."""
    try:
        tree = xmlsafe.parse(xml)
        templates = templates_of(tree.getroot())
        if not templates:
            raise Refusal(DOCUMENT_INVALID, "fatura içinde şablon (XSLT) yok")
        sheet = etree.XSLT(xmlsafe.parse(templates[0]), access_control=_NOTHING_ALLOWED)
        return bytes(sheet(tree))
    except InputError as e:
        raise Refusal(DOCUMENT_INVALID, f"belge veya şablon okunamadı ({e.code})") from e
    except (etree.XSLTError, etree.XMLSyntaxError) as e:
        raise Refusal(DOCUMENT_INVALID, f"fatura içindeki şablon çalışmadı: {str(e)[:200]}") from e
