"""A sandbox with one account, strict zeep clients on it, and a transport that holds every answer against the XSDs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from lxml import etree

from app.domain.document_number import DocumentNumber
from app.domain.invoice import ExchangeRate, Invoice, InvoiceLine
from app.domain.party import Address, Party
from app.domain.taxnumber import parse_tax_number
from app.runtime.resources import resource_path
from app.runtime.safezip import pack_single
from app.sandbox.seals import seal_for
from app.sandbox.server import Sandbox
from app.signing.xades import seal_ubl
from app.ubl.summary import summarize
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
USER, PASSWORD = "muhasebe", "şifre 1"
SELLER, SELLER_NAME = "9205121120", "Çınaraltı Mobilya Ltd. Şti."
BUYER, BUYER_NAME = "7750409379", "Işıl Öğütücü A.Ş."
GB, PK = "urn:mail:defaultgb@cinar.example", "urn:mail:defaultpk@cinar.example"
BUYER_PKS = ("urn:mail:defaultpk@isil.example", "urn:mail:muhasebepk@isil.example")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "izibiz"
_BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
_FAULT = "{http://schemas.xmlsoap.org/soap/envelope/}Fault"


@lru_cache
def schemas(service: str) -> list[etree.XMLSchema]:
    """Our own XSD of a service, and the real one where the reference folder is there."""
    paths = [resource_path(f"sandbox/{service}.xsd")]
    real = {
        "AuthenticationWS": SHARED / "auth" / "AuthenticationWS_xsd2.xsd",
        "EInvoiceWS": SHARED / "einvoice" / "EInvoiceWS_xsd4.xsd",
        "EFaturaOIB": SHARED / "einvoice" / "EFaturaOIB_xsd4.xsd",
    }[service]
    if real.exists():
        paths.append(real)
    return [etree.XMLSchema(etree.parse(path)) for path in paths]


def message_of(envelope: bytes) -> etree._Element:
    """The message in the Body, or the RequestFault in the detail of a Fault."""
    body = etree.fromstring(envelope).find(_BODY)
    assert body is not None
    message = body[0]
    if message.tag == _FAULT:
        detail = message.find("detail")
        assert detail is not None and len(detail) == 1, etree.tostring(message)
        message = detail[0]
    return message


def ensure_fits(service: str, envelope: bytes) -> None:
    for schema in schemas(service):
        schema.assertValid(message_of(envelope))


class Transport(zeep.Transport):
    """Checks every SOAP answer on its way to zeep; `checked` counts them, `sent` and `got` keep the last ones."""

    def __init__(self) -> None:
        super().__init__(session=requests.Session(), timeout=20, operation_timeout=20)
        self.is_checking = True
        self.checked: list[str] = []
        self.sent = self.got = b""

    def post(self, address: str, message: Any, headers: Any) -> requests.Response:
        self.sent = bytes(message)
        answer = super().post(address, message, headers)
        self.got = answer.content
        if self.is_checking:
            service = address.rpartition("/")[2]
            ensure_fits(service, answer.content)
            self.checked.append(f"{service} {etree.QName(message_of(answer.content)).localname}")
        return answer


@lru_cache
def party(vkn: str, title: str) -> Party:
    address = Address(street="Deneme Sokak", building_no="1", district="Kadıköy", city="İstanbul")
    return Party(tax_number=parse_tax_number(vkn), title=title, tax_office="Kadıköy", address=address)


TEMPLATE = b"""<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:template match="/"><html><body><xsl:value-of select="//*[local-name()='UUID']"/></body></html></xsl:template>
</xsl:stylesheet>"""


def make_invoice(serial: int = 1, **changes: Any) -> Invoice:
    """A one-line invoice from SELLER to BUYER, dated today."""
    invoice = Invoice(
        uuid=f"00000000-0000-4000-8000-{serial:012d}",
        series="ABC",
        number=DocumentNumber("ABC", 2026, serial),
        profile="TEMELFATURA",
        type_code="SATIS",
        issue_date=TODAY,
        issue_time=time(10, 30),
        supplier=party(SELLER, SELLER_NAME),
        customer=party(BUYER, BUYER_NAME),
        lines=(
            InvoiceLine(
                name="Ahşap sandalye",
                quantity=Decimal(4),
                unit_code="C62",
                unit_price=Decimal("1250.50"),
                vat_rate=Decimal(20),
            ),
        ),
    )
    return replace(invoice, **changes)


def unsealed(serial: int = 1, *, template: bytes | None = TEMPLATE, **changes: Any) -> bytes:
    invoice = make_invoice(serial, **changes)
    return build_invoice(invoice, compute_totals(invoice), template=template)


def sealed(serial: int = 1, *, template: bytes | None = TEMPLATE, **changes: Any) -> bytes:
    """The same with the TEST seal of SELLER."""
    return seal_ubl(unsealed(serial, template=template, **changes), seal_for(SELLER, SELLER_NAME), signing_time=NOW)


def dollars() -> dict[str, Any]:
    return {"currency": "USD", "exchange_rate": ExchangeRate(rate=Decimal("41.25"), day=TODAY)}


@dataclass
class Client:
    """What an ERP would have: the services and a session."""

    sandbox: Sandbox
    transport: Transport
    auth: Any
    einvoice: Any
    oib: Any
    session_id: str = "-1"
    options: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> dict[str, str]:
        known = {"SESSION_ID": self.session_id, "CLIENT_TXN_ID": "deneme-1", "APPLICATION_NAME": "deneme"}
        return known | self.options

    def login(self, user: str = USER, password: str = PASSWORD) -> str:
        header = self.header | {"SESSION_ID": "-1"}
        self.session_id = self.auth.service.Login(header, USER_NAME=user, PASSWORD=password).SESSION_ID
        return self.session_id

    def send(self, *documents: bytes, service: Any = None, **options: Any) -> Any:
        """SendInvoice with the right addresses; keyword arguments go into the request."""
        request = {
            "SENDER": {"vkn": SELLER, "alias": GB},
            "RECEIVER": {"vkn": BUYER, "alias": BUYER_PKS[0]},
            "INVOICE": [letter(d) for d in documents],
        }
        return (service or self.einvoice).service.SendInvoice(self.header, **(request | options))

    def get(self, *, service: Any = None, headers_only: bool = False, **key: Any) -> list[Any]:
        answer = (service or self.einvoice).service.GetInvoice(
            self.header, INVOICE_SEARCH_KEY={"LIMIT": 100} | key, HEADER_ONLY="Y" if headers_only else "N"
        )
        return list(_listed(answer, "INVOICE"))

    def states(self, *ettns: str) -> list[Any]:
        return list(_listed(self.einvoice.service.GetInvoiceStatusAll(self.header, UUID=list(ettns)), "INVOICE_STATUS"))

    def state(self, ettn: str) -> tuple[int, int | None]:
        found = self.states(ettn)[0]
        return int(found.STATUS_CODE), found.GIB_STATUS_CODE

    def push(self, **span: float) -> None:
        self.sandbox.advance(timedelta(**span))


def _listed(answer: Any, name: str) -> list[Any]:
    """zeep gives the list itself when the answer has only one member."""
    if answer is None:
        return []
    return (answer if isinstance(answer, list) else getattr(answer, name)) or []


def letter(xml: bytes, **changes: Any) -> dict[str, Any]:
    """The INVOICE element for a document."""
    summary = summarize(xml)
    content = pack_single(f"{summary.ettn}.xml", xml)
    return {"ID": summary.number, "UUID": summary.ettn, "CONTENT": content} | changes


def content_of(invoice: Any) -> bytes:
    content = invoice.CONTENT
    return content if isinstance(content, bytes) else content._value_1


def connect(sandbox: Sandbox) -> Client:
    transport = Transport()
    settings = zeep.Settings(strict=True, xml_huge_tree=True)
    services = [
        zeep.Client(f"{sandbox.url}/{name}?wsdl", transport=transport, settings=settings)
        for name in ("AuthenticationWS", "EInvoiceWS", "EFaturaOIB")
    ]
    return Client(sandbox, transport, *services)


def furnish(sandbox: Sandbox, seals: str = "own") -> None:
    sandbox.add_account(USER, PASSWORD, vkn=SELLER, title=SELLER_NAME, gb=[GB], pk=[PK], seals=seals)
    sandbox.register(BUYER, BUYER_NAME, pk=list(BUYER_PKS), gb=["urn:mail:defaultgb@isil.example"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW) as made:
        furnish(made)
        yield made


@pytest.fixture
def new_client() -> Iterator[Callable[[Sandbox], Client]]:
    """Makes clients that are closed at the end."""
    made: list[Client] = []

    def make(sandbox: Sandbox) -> Client:
        made.append(connect(sandbox))
        return made[-1]

    yield make
    for client in made:
        client.transport.session.close()


@pytest.fixture
def client(sandbox: Sandbox, new_client: Callable[[Sandbox], Client]) -> Client:
    """Logged in as the own-sealing account."""
    made = new_client(sandbox)
    made.login()
    return made


def refused(call: Callable[[], Any]) -> tuple[int, str, int | None]:
    """(code, sentence, index) of the Fault that `call` ends in."""
    with pytest.raises(zeep.exceptions.Fault) as caught:
        call()
    detail = caught.value.detail[0]
    index = detail.findtext("ERROR_ELEMENT_INDEX")
    assert detail.findtext("ERROR_SHORT_DES") == caught.value.message
    return int(detail.findtext("ERROR_CODE")), caught.value.message, None if index is None else int(index)
