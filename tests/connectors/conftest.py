"""A tiny integrator on loopback that says what a test tells it to say, over the real WSDLs of the reference folder."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from app.connectors.base import Credentials, Mailbox, OutgoingDocument
from app.connectors.izibiz import IzibizConnector
from app.connectors.izibiz.session import IzibizSession
from app.domain.lifecycle import DocumentKind
from app.runtime.clock import FixedClock
from app.runtime.safezip import pack_single
from app.sandbox.server import Sandbox
from app.ubl.company_json import company_from_json
from app.ubl.draft import invoice_from_json
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = "http://schemas.i2i.com/ei/wsdl"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "Gizli-Parola-7"
SESSION_ID = "3f5c-session-77"
DONE = "<REQUEST_RETURN><INTL_TXN_ID>4711</INTL_TXN_ID><RETURN_CODE>0</RETURN_CODE></REQUEST_RETURN>"


def soap(operation: str, inner: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{ENVELOPE}"><S:Body>'
        f'<ns3:{operation}Response xmlns:ns3="{SERVICE}">{inner}</ns3:{operation}Response></S:Body></S:Envelope>'
    ).encode()


def error_type(code: int, text: str = "hata", index: int | None = None) -> str:
    named = f"<ERROR_ELEMENT_INDEX>{index}</ERROR_ELEMENT_INDEX>" if index is not None else ""
    return (
        f"<ERROR_TYPE><INTL_TXN_ID>99</INTL_TXN_ID><ERROR_CODE>{code}</ERROR_CODE>"
        f"<ERROR_SHORT_DES>{text}</ERROR_SHORT_DES>{named}</ERROR_TYPE>"
    )


def soap_fault(code: int, text: str = "hata", *, wrapped: bool = False) -> bytes:
    fault = (
        f'<w:RequestFault xmlns:w="{SERVICE}"><INTL_TXN_ID>98</INTL_TXN_ID><ERROR_CODE>{code}</ERROR_CODE>'
        f"<ERROR_SHORT_DES>{text}</ERROR_SHORT_DES></w:RequestFault>"
    )
    if wrapped:
        fault = f'<w:RequestFaultResponse xmlns:w="{SERVICE}">{fault}</w:RequestFaultResponse>'
    return (
        f'<S:Envelope xmlns:S="{ENVELOPE}"><S:Body><S:Fault><faultcode>S:Server</faultcode>'
        f"<faultstring>{text}</faultstring><detail>{fault}</detail></S:Fault></S:Body></S:Envelope>"
    ).encode()


@dataclass(frozen=True)
class Reply:
    """One answer. `drop`: hang up at once. `hold`: keep silent until the test ends. `cut`: stop after n bytes.

    `drip`: one byte at a time, always soon enough for the socket's own timeout.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "text/xml;charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hold: bool = False
    cut: int | None = None
    drip: bool = False


@dataclass(frozen=True)
class Post:
    path: str
    operation: str
    headers: dict[str, str]
    body: bytes

    @property
    def request(self) -> etree._Element:
        """The body element."""
        found = etree.fromstring(self.body).find(f"{{{ENVELOPE}}}Body")
        assert found is not None
        return found[0]

    def text(self, path: str) -> str:
        return self.request.findtext(path) or ""


class Integrator:
    """Answers are queued by operation; the last one of a queue stays."""

    def __init__(self, contracts: Path) -> None:
        self.contracts = contracts
        self.posts: list[Post] = []
        self.gets: list[str] = []
        self.documents: dict[str, bytes | Reply] = {}
        self.released = threading.Event()
        self._answers: dict[str, list[Reply | Callable[[Post], Reply]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.say("Login", soap("Login", f"<SESSION_ID>{SESSION_ID}</SESSION_ID>"))
        self.say("Logout", soap("Logout", DONE))

    def say(self, operation: str, *answers: Any) -> None:
        """Queue answers: bytes, a Reply, or a function of the Post."""
        self._answers[operation] = [Reply(a) if isinstance(a, bytes) else a for a in answers]

    def of(self, operation: str) -> list[Post]:
        return [post for post in self.posts if post.operation == operation]

    def answer(self, post: Post) -> Reply:
        queue = self._answers.get(post.operation)
        if not queue:
            return Reply(b"no answer was queued", status=500, content_type="text/plain")
        chosen = queue.pop(0) if len(queue) > 1 else queue[0]
        return chosen if isinstance(chosen, Reply) else chosen(post)

    def document(self, path: str, query: str) -> bytes | Reply | None:
        self.gets.append(f"{path}?{query}" if query else path)
        if path in self.documents:
            return self.documents[path]
        service = path.strip("/").split("/")[-1]
        folder = "auth" if service.startswith("AuthenticationWS") else "einvoice"
        name = f"{service}.wsdl" if query == "wsdl" else service
        found = self.contracts / folder / name
        return found.read_bytes() if found.is_file() else None

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(integrator: Integrator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            found = integrator.document(parts.path, parts.query)
            missing = Reply(b"<html>yok</html>", status=404)
            self._send(found if isinstance(found, Reply) else Reply(found) if found is not None else missing)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            root = etree.fromstring(body).find(f"{{{ENVELOPE}}}Body")
            assert root is not None
            operation = etree.QName(root[0]).localname.removesuffix("Request")
            post = Post(self.path, operation, dict(self.headers.items()), body)
            integrator.posts.append(post)
            self._send(integrator.answer(post))

        def _send(self, reply: Reply) -> None:
            if reply.hold:
                integrator.released.wait(30)
            if reply.drop or reply.hold:
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.drip:
                self._drip(reply.body)
                return
            with suppress(OSError):  # the other side has seen enough
                self.wfile.write(reply.body[: reply.cut])
            self.close_connection = self.close_connection or reply.cut is not None

        def _drip(self, body: bytes) -> None:
            self.close_connection = True
            for byte in body:
                if integrator.released.wait(0.02):
                    return
                with suppress(OSError):
                    self.wfile.write(bytes([byte]))

        def log_message(self, format: str, *args: Any) -> None:
            return None

    return Handler


class Kit:
    """What the tests of this folder share; a fixture, because test modules cannot import each other."""

    Reply, DONE, PASSWORD, SESSION_ID, NOW = Reply, DONE, PASSWORD, SESSION_ID, NOW
    soap, error_type, soap_fault = staticmethod(soap), staticmethod(error_type), staticmethod(soap_fault)

    def __init__(self, integrator: Integrator, clock: FixedClock, tmp_path: Path) -> None:
        self.integrator, self.clock, self.tmp_path = integrator, clock, tmp_path
        self.connector = IzibizConnector(cache_folder=tmp_path / "cache", clock=clock)
        self.sessions: list[IzibizSession] = []

    def open(self, connector: IzibizConnector | None = None, **settings: str) -> IzibizSession:
        chosen = {"timeout_s": "10", "connect_timeout_s": "5", **settings}
        session = (connector or self.connector).open(
            Credentials(url=self.integrator.url, user="muhasebe", password=PASSWORD, settings=chosen)
        )
        assert isinstance(session, IzibizSession)
        self.sessions.append(session)
        return session

    @staticmethod
    def outgoing(
        serial: int = 1, *, xml: bytes | None = None, receiver: str = "urn:mail:pk@alici.com"
    ) -> OutgoingDocument:
        ettn = f"00000000-0000-4000-8000-{serial:012d}"
        return OutgoingDocument(
            ettn=ettn,
            number=f"MUH2026{serial:09d}",
            kind=DocumentKind.INVOICE,
            xml=xml if xml is not None else f"<Invoice><UUID>{ettn}</UUID></Invoice>".encode(),
            sender=Mailbox(vkn="1234567803", alias="urn:mail:gb@bizim.com"),
            receiver=Mailbox(vkn="9876543217", alias=receiver),
        )

    @staticmethod
    def incoming(serial: int, *, content: bytes | str | None = None, header: str = "") -> str:
        ettn = f"00000000-0000-4000-9000-{serial:012d}"
        if content is None:
            content = pack_single(f"{ettn}.xml", f"<Invoice>{serial}</Invoice>".encode())
        encoded = content if isinstance(content, str) else base64.b64encode(content).decode()
        shown = f"<HEADER>{header}</HEADER>" if header else ""
        body = f"<CONTENT>{encoded}</CONTENT>" if encoded else ""
        return f'<INVOICE ID="GEL2026{serial:09d}" UUID="{ettn}" LIST_ID="{serial}">{shown}{body}</INVOICE>'


SELLER: dict[str, Any] = {
    "vkn": "9205121120",
    "title": "Bizim Mobilya Ltd. Şti.",
    "tax_office": "Kadıköy",
    "address": {"street": "Bağdat Caddesi", "building_no": "1", "district": "Kadıköy", "city": "İstanbul",
                "postal_code": "34728", "country": "Türkiye"},
    "labels": {"gb": ["urn:mail:gb@bizim.example"], "pk": ["urn:mail:pk@bizim.example"]},
    "series": {"einvoice": "MUH"},
}  # fmt: skip
BUYER: dict[str, Any] = {
    "vkn": "7750409379",
    "title": "Alıcı Makine A.Ş.",
    "tax_office": "Çiğli",
    "address": {"street": "Atatürk Organize Sanayi", "building_no": "18", "district": "Çiğli", "city": "İzmir",
                "postal_code": "35620", "country": "Türkiye"},
}  # fmt: skip
GB, PK = "urn:mail:gb@bizim.example", "urn:mail:pk@bizim.example"
BUYER_PKS = ("urn:mail:pk1@alici.example", "urn:mail:pk2@alici.example")
TEMPLATE = b"""<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">
<xsl:template match="/"><html><body>fatura</body></html></xsl:template></xsl:stylesheet>"""


def real_invoice(serial: int, day: date, *, profile: str = "TEMELFATURA", ettn: str = "") -> OutgoingDocument:
    """An unsealed invoice of SELLER to BUYER as the program itself writes it."""
    ettn = ettn or f"00000000-0000-4000-8000-{serial:012d}"
    number = f"MUH{day.year}{serial:09d}"
    line = {"name": "Masa", "quantity": "1", "unit": "C62", "unit_price": "100", "vat_rate": "20"}
    draft = {"uuid": ettn, "number": number, "issue_date": day.isoformat(), "issue_time": "08:00:00",
             "profile": profile, "type": "SATIS", "customer": BUYER, "lines": [line]}  # fmt: skip
    invoice = invoice_from_json(draft, company=company_from_json(SELLER), clock=FixedClock(NOW))
    return OutgoingDocument(
        ettn=ettn,
        number=number,
        kind=DocumentKind.INVOICE,
        xml=build_invoice(invoice, compute_totals(invoice), template=TEMPLATE),
        sender=Mailbox(vkn=SELLER["vkn"], alias=GB),
        receiver=Mailbox(vkn=BUYER["vkn"], alias=BUYER_PKS[0]),
    )


class Office:
    """One account at the sandbox that seals for its customer, and the connector in front of it, on one clock."""

    SELLER, BUYER, GB, PK, BUYER_PKS = SELLER, BUYER, GB, PK, BUYER_PKS

    def __init__(self, sandbox: Sandbox, tmp_path: Path) -> None:
        self.sandbox = sandbox
        self.clock = FixedClock(sandbox.now())
        self.connector = IzibizConnector(cache_folder=tmp_path / "cache", clock=self.clock)
        self.sessions: list[IzibizSession] = []
        sandbox.add_account(
            "muhasebe", PASSWORD, vkn=SELLER["vkn"], title=SELLER["title"], gb=[GB], pk=[PK], seals="integrator"
        )
        sandbox.register(BUYER["vkn"], BUYER["title"], pk=list(BUYER_PKS), gb=["urn:mail:gb@alici.example"])

    def open(self, *, url: str = "", password: str = PASSWORD, **settings: str) -> IzibizSession:
        chosen = {"timeout_s": "20", "connect_timeout_s": "5", **settings}
        session = self.connector.open(
            Credentials(url=url or self.sandbox.url, user="muhasebe", password=password, settings=chosen)
        )
        assert isinstance(session, IzibizSession)
        self.sessions.append(session)
        return session

    def push(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))
        self.sandbox.advance(timedelta(**span))

    def invoice(self, serial: int = 1, *, profile: str = "TEMELFATURA", ettn: str = "") -> OutgoingDocument:
        return real_invoice(serial, self.clock.today(), profile=profile, ettn=ettn)

    def called(self, operation: str) -> list[Any]:
        return [call for call in self.sandbox.calls if call.operation == operation]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Sandbox(now=NOW) as sandbox:
        made = Office(sandbox, tmp_path)
        yield made
        for session in made.sessions:
            session.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def integrator(shared: Path) -> Iterator[Integrator]:
    server = Integrator(shared / "contracts" / "izibiz")
    yield server
    server.close()


@pytest.fixture
def kit(integrator: Integrator, clock: FixedClock, tmp_path: Path) -> Iterator[Kit]:
    made = Kit(integrator, clock, tmp_path)
    yield made
    for session in made.sessions:
        session.close()
