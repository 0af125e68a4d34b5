"""Reading SOAP 1.1 requests and writing the answers. Answers are put together as text: they hold 100 documents each."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from app.domain.dates import ISTANBUL
from app.domain.errors import InputError
from app.runtime.resources import resource_path
from app.sandbox.codes import BAD_REQUEST, Refusal
from app.ubl import xmlsafe

MESSAGES = "http://schemas.i2i.com/ei/wsdl"
_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_BODY = f"{{{_ENVELOPE}}}Body"
_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body>'
    f'<w:{{name}} xmlns:w="{MESSAGES}">'
)
_TAIL = "</w:{name}></soap:Body></soap:Envelope>"
_schema_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `body` is the message element; its children are unqualified."""

    operation: str
    body: etree._Element = field(repr=False)
    service: str = ""
    size_bytes: int = 0

    def text(self, path: str, default: str = "") -> str:
        """The stripped text of the first element at `path` (unqualified names)."""
        found = self.body.findtext(path)
        return found.strip() if found is not None and found.strip() else default

    def texts(self, path: str) -> list[str]:
        return [(e.text or "").strip() for e in self.body.iterfind(path)]

    def header(self, name: str, default: str = "") -> str:
        return self.text(f"REQUEST_HEADER/{name}", default)

    @property
    def wants_zip(self) -> bool:
        """COMPRESSED is Y unless it says N."""
        return self.header("COMPRESSED", "Y").upper() != "N"

    @property
    def is_simulation(self) -> bool:
        return self.header("SIMULATION_FLAG").upper() in ("Y", "TRUE", "1")


def read_request(raw: bytes, service: str) -> Request:
    """Parse one request and hold it against the service's own XSD.

    Raises: Refusal 10013 for anything that is not a request of this service, e.g. a qualified child element.
    """
    try:
        root = xmlsafe.parse(raw).getroot()
    except InputError as e:
        raise Refusal(BAD_REQUEST, f"Hata sebebi {e.raw_text or e.code}") from e
    if root.tag != f"{{{_ENVELOPE}}}Envelope":
        raise Refusal(BAD_REQUEST, "Hata sebebi SOAP 1.1 zarfı bekleniyor")
    body = root.find(_BODY)
    message = next((e for e in body if isinstance(e.tag, str)), None) if body is not None else None
    if message is None:
        raise Refusal(BAD_REQUEST, "Hata sebebi zarfın gövdesi boş")
    name = etree.QName(message)
    if name.namespace != MESSAGES or not name.localname.endswith("Request"):
        raise Refusal(BAD_REQUEST, f"Hata sebebi beklenmeyen öğe {message.tag}")
    return Request(name.localname.removesuffix("Request"), message, service, len(raw))


def ensure_valid(request: Request) -> None:
    """Raises Refusal 10013 unless the message fits the XSD of its service."""
    schema = load_schema(request.service)
    with _schema_lock:  # the error log belongs to the schema object
        if schema.validate(request.body):
            return
        error = schema.error_log.last_error  # type: ignore[attr-defined]  # missing from the stubs
    raise Refusal(BAD_REQUEST, f"Hata sebebi {error.message if error is not None else 'XSD'}")


def load_schema(service: str) -> etree.XMLSchema:
    """Our own XSD of a service. Any thread: libxml2 crashes when two threads build their first schema at once."""
    with _schema_lock:
        return _built_schema(service)


@lru_cache
def _built_schema(service: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(resource_path(f"sandbox/{service}.xsd")))


# --- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Txn:
    """What every outcome carries: the server's own id of the call and the caller's, given back."""

    id: int
    client: str = ""


def element(name: str, value: object | None, **attributes: str) -> str:
    """`<NAME a="b">text</NAME>`; nothing at all for None."""
    if value is None:
        return ""
    written = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
    return f"<{name}{written}>{escape(str(value))}</{name}>"


def optional(name: str, value: object | None, **attributes: str) -> str:
    """As `element`, and nothing for an empty text either."""
    return "" if value in (None, "") else element(name, value, **attributes)


def binary(name: str, content: bytes) -> str:
    return f"<{name}>{b64encode(content).decode('ascii')}</{name}>"


def date_time(seconds_since_epoch: float) -> str:
    """An xs:dateTime of Istanbul, as the integrator's server writes it."""
    return datetime.fromtimestamp(seconds_since_epoch, UTC).astimezone(ISTANBUL).isoformat(timespec="milliseconds")


def message(name: str, *parts: str) -> bytes:
    """A whole SOAP answer with the message element `w:name`."""
    return "".join((_HEAD.format(name=name), *parts, _TAIL.format(name=name))).encode("utf-8")


def request_return(txn: Txn, warnings: tuple[str, ...] = ()) -> str:
    inner = element("INTL_TXN_ID", txn.id) + optional("CLIENT_TXN_ID", txn.client) + element("RETURN_CODE", 0)
    return f"<REQUEST_RETURN>{inner}{''.join(element('WARNINGS', w) for w in warnings)}</REQUEST_RETURN>"


def _error_content(refusal: Refusal, txn: Txn) -> Iterator[str]:
    yield element("INTL_TXN_ID", txn.id)
    yield optional("CLIENT_TXN_ID", txn.client)
    yield element("ERROR_CODE", refusal.code)
    yield element("ERROR_SHORT_DES", refusal.sentence)
    yield element("ERROR_ELEMENT_INDEX", refusal.index)


# What the XSD demands in an answer even when there is nothing to say, by operation.
_DEMANDED = {
    "Login": "<SESSION_ID/>",
    "GetInvoiceStatus": "<INVOICE_STATUS><STATUS/><STATUS_DESCRIPTION/><STATUS_CODE/></INVOICE_STATUS>",
    "PrepareInvoiceResponse": "<APPRESPONSE/>",
}


def error_answer(operation: str, refusal: Refusal, txn: Txn) -> bytes:
    """The refusal as ERROR_TYPE inside an ordinary answer."""
    error = f"<ERROR_TYPE>{''.join(_error_content(refusal, txn))}</ERROR_TYPE>"
    return message(f"{operation}Response", _DEMANDED.get(operation, ""), error)


def fault(refusal: Refusal, txn: Txn) -> bytes:
    """The refusal as a SOAP Fault whose detail is RequestFault."""
    detail = f'<w:RequestFault xmlns:w="{MESSAGES}">{"".join(_error_content(refusal, txn))}</w:RequestFault>'
    who = "soap:Client" if refusal.code == BAD_REQUEST else "soap:Server"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{_ENVELOPE}"><soap:Body><soap:Fault>'
        f"<faultcode>{who}</faultcode><faultstring>{escape(refusal.sentence)}</faultstring>"
        f"<detail>{detail}</detail></soap:Fault></soap:Body></soap:Envelope>"
    ).encode()
