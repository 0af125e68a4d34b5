"""Every message against the real WSDLs and schemas: the connector's requests, the sandbox's answers and faults.

The schemas leave optional what the guide demands (attributes, names in the header), so those demands are checked too.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from app.connectors.base import Answer, AuthenticationFailed, ConnectorError, Duplicate, FetchQuery, Rejected
from app.domain.lifecycle import Direction
from app.runtime.safezip import pack_single

pytestmark = pytest.mark.shared

ENV = "http://schemas.xmlsoap.org/soap/envelope/"
WSA = "http://www.w3.org/2005/08/addressing"
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SERVICES = {
    "/AuthenticationWS": ("auth", "AuthenticationWS", "AuthenticationWS_xsd2.xsd"),
    "/EInvoiceWS": ("einvoice", "EInvoiceWS", "EInvoiceWS_xsd4.xsd"),
    "/EFaturaOIB": ("einvoice", "EFaturaOIB", "EFaturaOIB_xsd4.xsd"),
}
_HEADER = ("SESSION_ID", "CLIENT_TXN_ID", "APPLICATION_NAME", "CHANNEL_NAME", "COMPRESSED")
# What the guide demands beyond the schema: XPath of an element, attributes that it must carry.
_DEMANDS: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "SendInvoice": [("SENDER", ("vkn", "alias")), ("RECEIVER", ("vkn", "alias")), ("INVOICE", ("ID", "UUID"))],
    "LoadInvoice": [("INVOICE", ("ID", "UUID"))],
    "MarkInvoice": [("MARK", ("value",)), ("MARK/INVOICE", ("ID", "UUID"))],
    "GetInvoiceStatus": [("INVOICE", ("UUID",))],
    "SendInvoiceResponseWithServerSign": [("INVOICE", ("ID", "UUID"))],
    "PrepareInvoiceResponse": [("INVOICE", ("ID", "UUID"))],
}
_FILLED = {
    "SendInvoice": ["INVOICE/CONTENT"],
    "LoadInvoice": ["INVOICE/CONTENT"],
    "GetInvoice": ["INVOICE_SEARCH_KEY/LIMIT", "INVOICE_SEARCH_KEY/DIRECTION", "HEADER_ONLY"],
    "GetInvoiceWithType": ["INVOICE_SEARCH_KEY/TYPE", "INVOICE_SEARCH_KEY/DIRECTION", "HEADER_ONLY"],
    "CheckUser": ["USER/IDENTIFIER", "DOCUMENT_TYPE"],
    "SendInvoiceResponse": ["APPRESPONSE"],
}
_RETURNS = {"Logout", "SendInvoice", "LoadInvoice", "MarkInvoice", "SendInvoiceResponse",
            "SendInvoiceResponseWithServerSign"}  # fmt: skip


class Contract:
    """One real WSDL with its schema; `check_*` say what is wrong with a message, nothing when nothing is."""

    def __init__(self, folder: Path, name: str, schema: str) -> None:
        self.schema = etree.XMLSchema(file=str(folder / schema))
        wsdl = etree.parse(str(folder / f"{name}.wsdl")).getroot()
        self.namespace = wsdl.get("targetNamespace")
        elements = {
            m.get("name"): str(m.find(f"{_WSDL}part").get("element")).split(":")[-1]
            for m in wsdl.iter(f"{_WSDL}message")
        }
        self.operations: dict[str, tuple[str, str]] = {}
        for operation in wsdl.find(f"{_WSDL}portType").iter(f"{_WSDL}operation"):
            named = [
                elements[str(operation.find(f"{_WSDL}{way}").get("message")).split(":")[-1]]
                for way in ("input", "output")
            ]
            self.operations[str(operation.get("name"))] = (named[0], named[1])
        self.by_request = {request: operation for operation, (request, _) in self.operations.items()}

    def operation_of(self, raw: bytes) -> str:
        body = etree.fromstring(raw).find(f"{{{ENV}}}Body")
        return self.by_request[etree.QName(body[0]).localname]

    def check_request(self, raw: bytes) -> list[str]:
        element, found = self._open(raw)
        if element is None:
            return found
        name = etree.QName(element).localname
        if etree.QName(element).namespace != self.namespace or name not in self.by_request:
            return [*found, f"no such request: {element.tag}"]
        operation = self.by_request[name]
        found += self._validate(element)
        header = element.find("REQUEST_HEADER")
        found += [f"{operation}: REQUEST_HEADER/{n} empty" for n in _HEADER if header is None or not header.findtext(n)]
        for path, attributes in _DEMANDS.get(operation, []):
            nodes = element.findall(path)
            found += [] if nodes else [f"{operation}: no {path}"]
            found += [f"{operation}: {path} without {a}" for node in nodes for a in attributes if not node.get(a)]
        for path in _FILLED.get(operation, []):
            nodes = element.findall(path)
            found += [] if nodes and all((n.text or "").strip() for n in nodes) else [f"{operation}: {path} empty"]
        if operation == "MarkInvoice" and element.find("MARK/INVOICE/CONTENT") is not None:
            found.append("MarkInvoice: CONTENT not emptied")
        return found

    def check_reply(self, raw: bytes, *, operation: str, status: int, content_type: str) -> list[str]:
        element, found = self._open(raw)
        if not content_type.startswith("text/xml"):
            found.append(f"{operation}: content type {content_type}")
        if element is None:
            return found
        if element.tag == f"{{{ENV}}}Fault":
            found += [] if status == 500 else [f"{operation}: fault with HTTP {status}"]
            return found + self._check_fault(element, operation)
        found += [] if status == 200 else [f"{operation}: HTTP {status}"]
        if element.tag != f"{{{self.namespace}}}{self.operations[operation][1]}":
            return [*found, f"{operation}: answered by {element.tag}"]
        has_error = element.find("ERROR_TYPE") is not None
        found += self._validate(element)
        if operation in _RETURNS and not has_error and element.find("REQUEST_RETURN") is None:
            found.append(f"{operation}: neither REQUEST_RETURN nor ERROR_TYPE")
        for node in [*element.iterfind("INVOICE"), *element.iterfind("INVOICE_STATUS")]:
            found += [f"{operation}: {node.tag} without {a}" for a in ("ID", "UUID") if not node.get(a)]
        return found

    def _check_fault(self, fault: etree._Element, operation: str) -> list[str]:
        found = [f"{operation}: fault without {n}" for n in ("faultcode", "faultstring") if not fault.findtext(n)]
        order = [child.tag for child in fault]
        if order != [n for n in ("faultcode", "faultstring", "faultactor", "detail") if n in order]:
            found.append(f"{operation}: fault children {order}")
        detail = fault.find("detail")
        inner = list(detail) if detail is not None else []
        if [node.tag for node in inner] != [f"{{{self.namespace}}}RequestFault"]:
            return [*found, f"{operation}: fault detail {[node.tag for node in inner]}"]
        return found + self._validate(inner[0])

    def _open(self, raw: bytes) -> tuple[etree._Element | None, list[str]]:
        try:
            root = etree.fromstring(raw, etree.XMLParser(huge_tree=True))
        except etree.XMLSyntaxError as error:
            return None, [f"not XML: {error}"]
        names = [child.tag for child in root]
        if root.tag != f"{{{ENV}}}Envelope" or names not in (
            [f"{{{ENV}}}Body"],
            [f"{{{ENV}}}Header", f"{{{ENV}}}Body"],
        ):
            return None, [f"no SOAP 1.1 envelope: {root.tag} {names}"]
        strange = [n.tag for n in root[0] if len(root) == 2 and etree.QName(n).namespace != WSA]
        found = [f"header {tag}" for tag in strange]
        if len(root[-1]) != 1:
            return None, [*found, f"{len(root[-1])} elements in Body"]
        return root[-1][0], found

    def _validate(self, element: etree._Element) -> list[str]:
        copy = etree.fromstring(etree.tostring(element), etree.XMLParser(huge_tree=True))
        if self.schema.validate(copy):
            return []
        return [str(entry.message) for entry in self.schema.error_log]  # type: ignore[attr-defined]


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


@pytest.fixture(scope="session")
def contracts(shared: Path) -> dict[str, Contract]:
    base = shared / "contracts" / "izibiz"
    return {path: Contract(base / folder, name, schema) for path, (folder, name, schema) in _SERVICES.items()}


# --- the connector's requests ----------------------------------------------------------------------------------------


def say_everything(kit: Any) -> None:
    ettn = "00000000-0000-4000-9000-000000000001"
    packed = base64.b64encode(pack_single("a.xml", f"<A><ID>{ettn}</ID></A>".encode())).decode()
    listed = base64.b64encode(pack_single("l.xml", b"<L/>")).decode()
    status = f'<INVOICE_STATUS ID="X" UUID="{ettn}"><STATUS>RECEIVE - SUCCEED</STATUS></INVOICE_STATUS>'
    for operation, inner in {
        "CheckUser": "",
        "GetGibUserList": f"<CONTENT>{listed}</CONTENT>",
        "SendInvoice": kit.DONE,
        "LoadInvoice": kit.DONE,
        "GetInvoice": kit.incoming(1),
        "GetInvoiceWithType": kit.incoming(1),
        "MarkInvoice": kit.DONE,
        "GetInvoiceStatus": status,
        "GetInvoiceStatusAll": status,
        "SendInvoiceResponseWithServerSign": kit.DONE,
        "PrepareInvoiceResponse": f"<APPRESPONSE>{packed}</APPRESPONSE>",
        "SendInvoiceResponse": kit.DONE,
    }.items():
        kit.integrator.say(operation, kit.soap(operation, inner))


def exercise(kit: Any, session: Any, *, incoming: tuple[str, str]) -> None:
    """Every operation in every shape the connector can give it. A refusal by the other side is none of our business."""
    ettn = incoming[0]
    session.check_taxpayer("1234567803")
    list(session.taxpayers())
    list(session.taxpayers(changed_since=datetime(2026, 1, 1, tzinfo=UTC)))
    session.send([kit.outgoing(1), kit.outgoing(2)])
    session.load_drafts([kit.outgoing(3)])
    for query in (
        FetchQuery(labels=("urn:mail:pk@bizim.com",)),
        FetchQuery(ettn=ettn, include_read=True),
        FetchQuery(direction=Direction.OUT, labels=("urn:mail:gb@bizim.com",), include_read=True, header_only=True,
                   by_creation=True, start=date(2026, 1, 1), end=date(2026, 1, 31)),
        FetchQuery(include_read=True, start=date(2026, 1, 1)),
    ):  # fmt: skip
        list(session.fetch(query))
    session.acknowledge([incoming, (kit.outgoing(9).ettn, "GEL2026000000009")])
    session.statuses([ettn])
    session.statuses([ettn, kit.outgoing(1).ettn])
    session.fetch_rendering(ettn, Direction.IN, "PDF")
    session.prepare_answers([incoming], Answer.REJECT, "Fiyat yanlış & eksik <mal>")
    session.prepare_answers([incoming], Answer.ACCEPT, "")
    session.respond([incoming], Answer.REJECT, "Fiyat yanlış")
    session.send_answers([b"<ApplicationResponse/>"])
    session.close()


@pytest.mark.parametrize("path", ["/EInvoiceWS", "/EFaturaOIB"])
def test_every_request_fits_the_real_contract(kit: Any, contracts: dict[str, Contract], path: str) -> None:
    say_everything(kit)
    incoming = ("00000000-0000-4000-9000-000000000001", "GEL2026000000001")
    exercise(kit, kit.open(einvoice_path=path), incoming=incoming)
    assert {p.path for p in kit.integrator.posts} == {"/AuthenticationWS", path}
    wrong = {p.operation: found for p in kit.integrator.posts if (found := contracts[p.path].check_request(p.body))}
    assert wrong == {}
    assert len({p.operation for p in kit.integrator.posts}) == 14, "every operation was exercised"


# --- the checker itself ----------------------------------------------------------------------------------------------


@pytest.fixture
def sound(kit: Any) -> dict[str, bytes]:
    """A sound request of each kind, by operation."""
    say_everything(kit)
    exercise(kit, kit.open(), incoming=("00000000-0000-4000-9000-000000000001", "GEL2026000000001"))
    return {p.operation: p.body for p in kit.integrator.posts}


@pytest.mark.parametrize(
    ("operation", "old", "new"),
    [
        ("SendInvoice", b"REQUEST_HEADER>", b"ns0:REQUEST_HEADER>"),
        ("SendInvoice", b"CONTENT>", b"ns0:CONTENT>"),
        ("SendInvoice", b"<SESSION_ID>", b'<SESSION_ID xmlns="http://schemas.i2i.com/ei/entity">'),
        ("SendInvoice", b' UUID="', b' X="'),
        ("SendInvoice", b' alias="', b' x="'),
        ("SendInvoice", b' vkn="1234567803"', b""),
        ("SendInvoice", b' ID="MUH2026000000001"', b""),
        ("SendInvoice", b"http://schemas.i2i.com/ei/wsdl", b"http://schemas.i2i.com/ei"),
        ("SendInvoice", b"SendInvoiceRequest", b"SendInvoice"),
        ("SendInvoice", b"APPLICATION_NAME>", b"REASON>"),
        ("SendInvoice", b"<COMPRESSED>Y</COMPRESSED>", b""),
        ("MarkInvoice", b' value="READ"', b""),
        ("MarkInvoice", b'value="READ"', b'value="SEEN"'),
        ("MarkInvoice", b' UUID="', b' uuid="'),
        ("GetInvoice", b"<READ_INCLUDED>false", b"<READ_INCLUDED>hayir"),
        ("GetInvoice", b"<DIRECTION>", b"<LIMIT>1</LIMIT><DIRECTION>"),
        ("Login", b"PASSWORD>", b"SIFRE>"),
        ("CheckUser", b"<DOCUMENT_TYPE>INVOICE</DOCUMENT_TYPE>", b""),
        ("GetInvoiceStatusAll", b"UUID>", b"ns0:UUID>"),
        ("SendInvoiceResponse", b"APPRESPONSE>", b"appresponse>"),
    ],
)
def test_the_checker_sees_a_deliberate_mistake(
    sound: dict[str, bytes], contracts: dict[str, Contract], operation: str, old: bytes, new: bytes
) -> None:
    service = "/AuthenticationWS" if operation in ("Login", "CheckUser") else "/EInvoiceWS"
    raw = sound[operation]
    # `find` of GetInvoice takes the last of its shapes; each mistake must really be made.
    changed = raw.replace(old, new)
    if changed == raw:
        changed = raw.replace(old.replace(b"false", b"true"), new)
    assert changed != raw
    assert contracts[service].check_request(raw) == []
    assert contracts[service].check_request(changed) != []


@pytest.mark.parametrize(
    ("inner", "is_sound"),
    [
        ("{done}", True),
        ("{error}", True),
        ("", False),
        ('<w:REQUEST_RETURN xmlns:w="http://schemas.i2i.com/ei/wsdl"/>', False),
        ("<REQUEST_RETURN><RETURN_CODE>0</RETURN_CODE></REQUEST_RETURN>", False),
        ("{done}<BASKA/>", False),
        ("<ERROR_TYPE><ERROR_CODE>1</ERROR_CODE></ERROR_TYPE>", False),
    ],
)
def test_the_checker_judges_answers(kit: Any, contracts: dict[str, Contract], inner: str, is_sound: bool) -> None:
    raw = kit.soap("SendInvoice", inner.format(done=kit.DONE, error=kit.error_type(10003)))
    found = contracts["/EInvoiceWS"].check_reply(
        raw, operation="SendInvoice", status=200, content_type="text/xml;charset=utf-8"
    )
    assert (found == []) is is_sound, found


@pytest.mark.parametrize("harm", [b"w:RequestFault", b"ERROR_CODE>", b"<faultcode>S:Server</faultcode>", b"detail>"])
def test_the_checker_judges_faults(kit: Any, contracts: dict[str, Contract], harm: bytes) -> None:
    def check(raw: bytes, status: int = 500) -> list[str]:
        return contracts["/EInvoiceWS"].check_reply(raw, operation="GetInvoice", status=status, content_type="text/xml")

    sound = kit.soap_fault(10004)
    assert check(sound) == []
    assert check(sound, 200) != []
    assert check(sound.replace(harm, b"X>" if harm.endswith(b">") and harm.count(b">") == 1 else b"")) != []
    assert check(kit.soap_fault(10004, wrapped=True)) != []


# --- the sandbox's answers -------------------------------------------------------------------------------------------


@dataclass
class Exchange:
    path: str
    request: bytes
    status: int
    content_type: str
    reply: bytes


@dataclass
class Recorder:
    """Stands between connector and sandbox on loopback, passes everything on unchanged and remembers it."""

    target: str
    exchanges: list[Exchange] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def record() -> Iterator[Any]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread, requests.Session]] = []

    def start(target: str) -> Recorder:
        recorder, http = Recorder(target), requests.Session()
        http.trust_env = False

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._pass_on(http.get(target + self.path, timeout=30))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "content-length")}
                try:
                    reply = http.post(target + self.path, data=body, headers=headers, timeout=30)
                except requests.RequestException:
                    self.close_connection = True
                    return
                recorder.exchanges.append(
                    Exchange(self.path, body, reply.status_code, reply.headers.get("Content-Type", ""), reply.content)
                )
                self._pass_on(reply)

            def _pass_on(self, reply: requests.Response) -> None:
                self.send_response(reply.status_code)
                self.send_header("Content-Type", reply.headers.get("Content-Type", ""))
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            def log_message(self, format: str, *args: Any) -> None:
                return None

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        servers.append((server, thread, http))
        recorder.url = f"http://127.0.0.1:{server.server_port}"
        return recorder

    yield start
    for server, thread, http in servers:
        server.shutdown()
        server.server_close()
        thread.join()
        http.close()


def _wrong(recorder: Recorder, contracts: dict[str, Contract]) -> dict[str, list[str]]:
    """What does not fit, by operation: requests and answers alike."""
    wrong: dict[str, list[str]] = {}
    for exchange in recorder.exchanges:
        contract = contracts[exchange.path]
        operation = contract.operation_of(exchange.request)
        found = contract.check_request(exchange.request) + contract.check_reply(
            exchange.reply, operation=operation, status=exchange.status, content_type=exchange.content_type
        )
        if found:
            wrong.setdefault(operation, []).extend(found)
    return wrong


@pytest.mark.parametrize("path", ["/EInvoiceWS", "/EFaturaOIB"])
def test_every_answer_of_the_sandbox_fits_the_real_contract(
    office: Any, record: Any, contracts: dict[str, Contract], path: str
) -> None:
    recorder = record(office.sandbox.url)
    session = office.open(url=recorder.url, einvoice_path=path)
    office.sandbox.add_incoming(count=8)
    assert session.check_taxpayer(office.BUYER["vkn"])
    assert session.check_taxpayer("1000000000") == []
    assert list(session.taxpayers())
    list(session.taxpayers(changed_since=office.clock.now()))
    ours = [office.invoice(1), office.invoice(2, profile="TICARIFATURA")]
    assert [o.error for o in session.send(ours)] == [None, None]
    session.load_drafts([office.invoice(3)])
    for minutes in (0, 2, 3, 4, 7, 9, 13, 20, 60, 26 * 60):
        office.push(minutes=minutes)
        assert all(r.found for r in session.statuses([d.ettn for d in ours]))
        assert session.statuses([ours[0].ettn])[0].found
    incoming = [d for page in session.fetch(FetchQuery()) for d in page]
    assert len(incoming) == 8
    session.acknowledge([(d.ettn, d.number) for d in incoming])
    commercial = [(d.ettn, d.number) for d in incoming if d.profile == "TICARIFATURA"]
    period = FetchQuery(direction=Direction.OUT, include_read=True, header_only=True, by_creation=True,
                        start=office.clock.today().replace(day=1), end=office.clock.today())  # fmt: skip
    assert list(session.fetch(period))
    assert list(session.fetch(FetchQuery(direction=Direction.OUT, include_read=True, ettn=ours[0].ettn)))
    assert session.fetch_rendering(ours[0].ettn, Direction.OUT, "HTML")
    session.respond(commercial[:1], Answer.ACCEPT, "")
    session.respond(commercial[1:2], Answer.REJECT, "Fiyat yanlış")
    (prepared,) = session.prepare_answers(commercial[2:3], Answer.REJECT, "Mal eksik")
    assert prepared.ettn == commercial[2][0]
    with pytest.raises(ConnectorError):
        session.send_answers([prepared.xml])  # unsealed: refused, and that refusal is checked too
    for minutes in (0, 5, 60):
        office.push(minutes=minutes)
        session.statuses([ettn for ettn, _ in commercial])
    session.close()
    assert _wrong(recorder, contracts) == {}
    assert len({contracts[e.path].operation_of(e.request) for e in recorder.exchanges}) == 14


@pytest.mark.parametrize("channel", ["soap_fault", "error_type"])
def test_every_error_of_the_sandbox_fits_the_real_contract(
    office: Any, record: Any, contracts: dict[str, Contract], channel: str
) -> None:
    recorder = record(office.sandbox.url)
    session = office.open(url=recorder.url)
    session.check_taxpayer(office.BUYER["vkn"])
    document = office.invoice(1)
    calls: dict[str, Any] = {
        "SendInvoice": lambda: session.send([document]),
        "LoadInvoice": lambda: session.load_drafts([document]),
        "GetInvoice": lambda: list(session.fetch(FetchQuery())),
        "MarkInvoice": lambda: session.acknowledge([(document.ettn, document.number)]),
        "GetInvoiceStatusAll": lambda: session.statuses([document.ettn, office.invoice(2).ettn]),
        "SendInvoiceResponseWithServerSign": lambda: session.respond([(document.ettn, "X")], Answer.ACCEPT, ""),
        "GetGibUserList": lambda: list(session.taxpayers()),
        "CheckUser": lambda: session.check_taxpayer(office.BUYER["vkn"]),
    }
    if channel == "soap_fault":
        calls["GetInvoiceStatus"] = lambda: session.statuses([document.ettn])
    for operation, call in calls.items():
        for code in (-1, 10001, 10003, 10005, 10008, 10009, 10010, 10013, 10018):
            office.sandbox.arm(channel, operation, code=code)
            with suppress(ConnectorError):
                call()
    assert _wrong(recorder, contracts) == {}
    said = [e for e in recorder.exchanges if b"<ERROR_CODE>" in e.reply]
    assert len(said) >= 9 * len(calls)


def test_refusals_of_the_sandbox_fit_the_real_contract(
    office: Any, record: Any, contracts: dict[str, Contract]
) -> None:
    recorder = record(office.sandbox.url)
    with pytest.raises(AuthenticationFailed):
        office.open(url=recorder.url, password="yanlış").check_taxpayer("1")
    session = office.open(url=recorder.url)
    document = office.invoice(1)
    assert session.send([document])[0].error is None
    duplicate = session.send([document])[0].error
    assert isinstance(duplicate, Duplicate)
    assert (duplicate.ettn, duplicate.number) == (document.ettn, document.number)
    clash = session.send([office.invoice(1, ettn="22222222-0000-4000-8000-000000000001")])[0].error
    assert isinstance(clash, Duplicate)
    assert clash.ettn == document.ettn
    bad = replace(office.invoice(4), xml=b"<Invoice/>")
    good = office.invoice(5)
    outcomes = session.send([good, bad])
    assert [type(o.error) for o in outcomes] == [Rejected, Rejected]
    assert session.statuses([good.ettn])[0].found is False, "nothing of a refused batch is stored"
    office.sandbox.expire_sessions()
    assert session.statuses([document.ettn])[0].found
    assert _wrong(recorder, contracts) == {}
