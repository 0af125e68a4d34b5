"""Reading SOAP answers.

zeep writes every request from the endpoint's WSDL, but its lax reading is not safe to decide by: it repairs cut-off
XML into a shorter list, takes a foreign body element for an empty answer, and loses whatever follows an element its
WSDL does not know, ERROR_TYPE included. So an answer is parsed strictly here, its body element must be the one the
WSDL promises, and fields are found by name; unknown elements are ignored (EFaturaOIB is a superset of EInvoiceWS).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from urllib.parse import unquote

from lxml import etree

from app.connectors.izibiz.errors import ErrorInfo
from app.connectors.izibiz.faults import not_soap, odd_reply
from app.domain.dates import ISTANBUL

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XOP_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
_TEXT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came back, whole. `media_type` is lower case, without parameters."""

    status: int
    media_type: str
    content_type: str
    content: bytes = field(repr=False)
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The body element of an answer, or the error in it."""

    element: etree._Element
    error: ErrorInfo | None = None


def read_answer(reply: HttpReply, *, expected: str, changes: bool, secrets: Sequence[str] = ()) -> Answer:
    """Read one answer. `expected` is the body element of the WSDL in Clark notation.

    `secrets` are cut out of every text that travels on. Raises: ContractBroken.
    """
    envelope = _parse(reply, changes=changes)
    body = envelope.find(f"{{{_ENVELOPE}}}Body")
    if envelope.tag != f"{{{_ENVELOPE}}}Envelope" or body is None:
        raise not_soap(f"HTTP {reply.status} <{local_name(envelope)}>", changes=changes)
    element = next(body.iterchildren("*"), None)
    if element is None:
        raise odd_reply("empty Body", changes=changes)
    if element.tag == f"{{{_ENVELOPE}}}Fault":
        return Answer(element, _read_fault(element, changes=changes, secrets=secrets))
    if element.tag != expected or reply.status != 200:
        raise odd_reply(f"HTTP {reply.status} <{local_name(element)}>", changes=changes)
    for child in element.iterchildren("*"):
        # In any namespace: a server that qualifies its error must not pass for one without.
        if local_name(child) == "ERROR_TYPE":
            return Answer(element, _read_error(child, changes=changes, secrets=secrets))
        if child.tag != local_name(child):
            raise odd_reply(f"qualified child <{local_name(child)}>", changes=changes)
    return Answer(element)


def local_name(element: etree._Element) -> str:
    return etree.QName(element).localname


def child_text(element: etree._Element | None, name: str) -> str:
    """The text of a child, blanks at its ends removed; empty when there is no such child."""
    return (element.findtext(name) or "").strip() if element is not None else ""


def attribute(element: etree._Element, name: str) -> str:
    return str(element.get(name) or "").strip()


def txn_id(element: etree._Element) -> str:
    """İzibiz's number of this transaction, for their support."""
    return child_text(element.find("REQUEST_RETURN"), "INTL_TXN_ID")


def warnings_of(element: etree._Element) -> str:
    returned = element.find("REQUEST_RETURN")
    found = [] if returned is None else [(node.text or "").strip() for node in returned.findall("WARNINGS")]
    return "; ".join(text for text in found if text)


def decode_base64(text: str | None) -> bytes | None:
    """The bytes of a base64 field; None for what is no base64. Blanks and line ends inside are allowed."""
    if not text:
        return b""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def read_date(text: str) -> date | None:
    """xs:date; the zone that Java servers like to add says nothing about a document date."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def read_datetime(text: str) -> datetime | None:
    """xs:dateTime as an aware UTC moment; one without a zone is Istanbul time."""
    text = text.strip()
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ISTANBUL)
    return moment.astimezone(UTC)


def read_int(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _parse(reply: HttpReply, *, changes: bool) -> etree._Element:
    content = reply.content
    where = f"HTTP {reply.status} {reply.media_type}".strip()
    if reply.media_type == "multipart/related":
        content = _root_part(reply, where, changes=changes)
    # SOAP forbids a DTD. It is looked for in the bytes, because the parser expands entities in attributes.
    # A zero byte is UTF-16 or a binary file; SOAP 1.1 servers answer in UTF-8.
    if b"<!DOCTYPE" in content or b"\0" in content[:64]:
        raise not_soap(where, changes=changes)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise not_soap(f"{where}: {type(error).__name__}", changes=changes) from error


def _root_part(reply: HttpReply, where: str, *, changes: bool) -> bytes:
    """The SOAP part of an MTOM answer with its attachments put back in place.

    Three of the five WSDLs allow MTOM; we ask for plain XML, and read the other all the same.
    """
    from requests_toolbelt.multipart import decoder  # type: ignore[import-untyped]

    try:
        parts = decoder.MultipartDecoder(reply.content, reply.content_type, "utf-8").parts
        attachments = {
            part.headers.get(b"Content-ID", b"").decode("ascii", "replace").strip("<> "): part.content for part in parts
        }
        root = _parse(HttpReply(reply.status, "text/xml", "text/xml", parts[0].content), changes=changes)
        for include in list(root.iter(_XOP_INCLUDE)):
            holder = include.getparent()
            named = unquote(str(include.get("href") or "").removeprefix("cid:"))
            if holder is not None:
                holder.remove(include)
                holder.text = base64.b64encode(attachments[named]).decode()
    except (
        decoder.ImproperBodyPartContentException,
        decoder.NonMultipartContentTypeException,
        LookupError,
        AttributeError,
    ) as error:
        raise not_soap(f"{where}: {type(error).__name__}", changes=changes) from error
    return etree.tostring(root)


def _read_fault(fault: etree._Element, *, changes: bool, secrets: Sequence[str]) -> ErrorInfo:
    for node in fault.iter("*"):
        # Directly under detail in e-Fatura, one level deeper in other services of the house.
        if local_name(node) == "RequestFault" and node.find("ERROR_CODE") is not None:
            return _read_error(node, changes=changes, secrets=secrets)
    text = clean(f"{child_text(fault, 'faultcode')} {child_text(fault, 'faultstring')}", secrets)
    raise odd_reply(text, changes=changes)


def _read_error(node: etree._Element, *, changes: bool, secrets: Sequence[str]) -> ErrorInfo:
    fields = {local_name(child): (child.text or "").strip() for child in node.iterchildren("*")}
    code = read_int(fields.get("ERROR_CODE", ""))
    if code is None:
        raise odd_reply("ERROR_TYPE without a number", changes=changes)
    texts = [fields.get("ERROR_SHORT_DES", ""), fields.get("ERROR_LONG_DES", "")]
    if texts[0] in texts[1]:
        texts = texts[1:]
    return ErrorInfo(
        code=code,
        text=clean(" ".join(text for text in texts if text), secrets),
        txn_id=fields.get("INTL_TXN_ID", ""),
        element_index=read_int(fields.get("ERROR_ELEMENT_INDEX", "")),
    )


def clean(text: str, secrets: Sequence[str]) -> str:
    """`text` on one line, shortened, with every secret cut out: servers repeat session ids in their messages."""
    for secret in secrets:
        # A password of two letters would eat half the sentence and is found by nobody in there.
        if len(secret) > 3:
            text = text.replace(secret, "***")
    return " ".join(text.split())[:_TEXT_LIMIT]
