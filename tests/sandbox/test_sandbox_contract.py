"""The WSDLs that we serve: they load strictly, say the same as the real ones, and requests are held against them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree
from zeep.xsd import ComplexType

from app.sandbox.dispatch import SERVICES
from app.sandbox.server import Sandbox

from .conftest import Client, ensure_fits, message_of, refused, schemas, sealed, unsealed

SHARED_WSDL = {
    "AuthenticationWS": "auth/AuthenticationWS.wsdl",
    "EInvoiceWS": "einvoice/EInvoiceWS.wsdl",
    "EFaturaOIB": "einvoice/EFaturaOIB.wsdl",
}


def _operations(client: zeep.Client) -> dict[str, Any]:
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    return port.binding._operations


@pytest.mark.parametrize("service", SHARED_WSDL)
def test_our_wsdl_is_served_with_the_real_address(sandbox: Sandbox, client: Client, service: str) -> None:
    session = client.transport.session
    wsdl = session.get(f"{sandbox.url}/{service}?wsdl").text
    assert f'location="{sandbox.url}/{service}"' in wsdl
    for address in re.findall(r'schemaLocation="([^"]+)"', wsdl):
        schema = session.get(address)
        assert schema.status_code == 200
        assert all(a.startswith(sandbox.url) for a in re.findall(r'schemaLocation="([^"]+)"', schema.text))
    assert session.get(f"{sandbox.url}/{service}?xsd=9").status_code == 404
    assert session.get(f"{sandbox.url}/{service}").status_code == 404
    served = {"auth": client.auth, "EInvoiceWS": client.einvoice, "EFaturaOIB": client.oib}.get(service, client.auth)
    extra = {"Login"} if service == "AuthenticationWS" else set()
    assert set(_operations(served)) == set(SERVICES[service]) | extra


def _plain(kind: Any) -> str:
    """The built-in XSD type at the bottom of a simple type. Text is text, whatever its whitespace rule or length."""
    built_in = next(c.__name__ for c in type(kind).__mro__ if c.__module__ == "zeep.xsd.types.builtins")
    return "text" if built_in in ("String", "NormalizedString", "Token") else built_in


def _members(type_: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str, str, str, bool]]:
    """Every element and attribute of a type as (path, element or attribute, value, at least, many)."""
    for name, member in [*type_.elements, *type_.attributes]:
        if name in ("ATTRIBUTES", "_value_1", "_attr_1"):  # free content, or the text of an element with attributes
            continue
        where = f"{path}/{name}"
        kind = member.type
        is_complex = isinstance(kind, ComplexType)
        value = "complex" if is_complex else _plain(kind)
        many = str(getattr(member, "max_occurs", 1)) != "1"
        least = "required" if getattr(member, "required", False) else str(getattr(member, "min_occurs", ""))
        yield where, type(member).__name__, value, least, many
        if is_complex and depth < 6:
            yield from _members(kind, where, depth + 1)


@pytest.mark.shared
@pytest.mark.parametrize("service", SHARED_WSDL)
def test_our_messages_are_the_real_ones(sandbox: Sandbox, shared: Path, client: Client, service: str) -> None:
    real = zeep.Client(str(shared / "contracts" / "izibiz" / SHARED_WSDL[service]))
    ours = {"AuthenticationWS": client.auth, "EInvoiceWS": client.einvoice, "EFaturaOIB": client.oib}[service]
    for name, operation in _operations(ours).items():
        other = _operations(real)[name]
        for side in ("input", "output"):
            mine, theirs = getattr(operation, side).body, getattr(other, side).body
            assert mine.qname == theirs.qname
            assert list(_members(mine.type)) == list(_members(theirs.type)), f"{name} {side}"
        assert (operation.soapaction or "") == (other.soapaction or "") == ""
        assert bool(operation.abstract.wsa_action) == bool(other.abstract.wsa_action), name


@pytest.mark.shared
@pytest.mark.parametrize("service", SHARED_WSDL)
def test_answers_are_held_against_the_real_schemas_too(shared: Path, service: str) -> None:
    assert len(schemas(service)) == 2


def test_a_qualified_child_and_a_missing_element_do_not_fit(client: Client) -> None:
    client.get()
    good = client.transport.got
    ensure_fits("EInvoiceWS", good)
    client.sandbox.add_incoming(count=1)
    client.get()
    qualified = client.transport.got.replace(b"<INVOICE ", b"<w:INVOICE ").replace(b"</INVOICE>", b"</w:INVOICE>")
    with pytest.raises(etree.DocumentInvalid):
        ensure_fits("EInvoiceWS", qualified)
    client.transport.is_checking = False
    client.send(sealed(1))
    without = re.sub(rb"<RETURN_CODE>0</RETURN_CODE>", b"", client.transport.got)
    with pytest.raises(etree.DocumentInvalid):
        ensure_fits("EInvoiceWS", without)


def _post(client: Client, body: bytes | str, service: str = "EInvoiceWS") -> tuple[int, int]:
    """(HTTP status, error code) of a raw request."""
    data = body.encode() if isinstance(body, str) else body
    answer = client.transport.session.post(f"{client.sandbox.url}/{service}", data=data, timeout=10)
    return answer.status_code, int(message_of(answer.content).findtext("ERROR_CODE") or 0)


ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:w="http://schemas.i2i.com/ei/wsdl">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)
HEADER = "<REQUEST_HEADER><SESSION_ID>{}</SESSION_ID><APPLICATION_NAME>d</APPLICATION_NAME></REQUEST_HEADER>"


def test_bad_requests_get_10013(client: Client) -> None:
    header = HEADER.format(client.session_id)
    bodies = {
        "no xml": "merhaba",
        "dtd": '<!DOCTYPE s [<!ENTITY x "y">]>' + ENVELOPE.format(header="", body=""),
        "not soap": "<a/>",
        "empty": ENVELOPE.format(header="", body=""),
        "other namespace": ENVELOPE.format(header="", body='<GetInvoiceRequest xmlns="urn:x"/>'),
        "qualified child": ENVELOPE.format(
            header="", body=f"<w:GetInvoiceRequest>{header}<w:INVOICE_SEARCH_KEY/></w:GetInvoiceRequest>"
        ),
        "missing child": ENVELOPE.format(header="", body=f"<w:GetInvoiceRequest>{header}</w:GetInvoiceRequest>"),
        "bad value": ENVELOPE.format(
            header="",
            body=f"<w:GetInvoiceRequest>{header}<INVOICE_SEARCH_KEY><LIMIT>on</LIMIT></INVOICE_SEARCH_KEY></w:GetInvoiceRequest>",
        ),
    }
    for name, body in bodies.items():
        assert _post(client, body) == (500, 10013), name


def test_unknown_operations_get_10015(client: Client) -> None:
    body = f"<w:GetEnvelopeRequest>{HEADER.format(client.session_id)}</w:GetEnvelopeRequest>"
    assert _post(client, ENVELOPE.format(header="", body=body)) == (500, 10015)
    login = f"<w:LoginRequest>{HEADER.format('-1')}<USER_NAME>u</USER_NAME><PASSWORD>p</PASSWORD></w:LoginRequest>"
    assert _post(client, ENVELOPE.format(header="", body=login)) == (500, 10015)


def test_addressing_headers_are_accepted(client: Client) -> None:
    client.auth.service.CheckUser(client.header, USER={"IDENTIFIER": "1111111111"})
    assert b"http://www.w3.org/2005/08/addressing" in client.transport.sent
    client.get()
    assert b"addressing" not in client.transport.sent


def test_every_answer_of_a_whole_day_fits_the_schemas(client: Client) -> None:
    """The transport holds each answer against ours and, where it is there, the real XSD."""
    ettn = client.sandbox.add_incoming(count=12)[1]
    for service in (client.einvoice, client.oib):
        serial = 1 if service is client.einvoice else 2
        xml = sealed(serial)
        client.send(xml, service=service)
        found = client.get(service=service)
        service.service.LoadInvoice(client.header, INVOICE=[{"CONTENT": _zipped(unsealed(9))}])
        service.service.CancelDraftInvoice(client.header, UUID="00000000-0000-4000-8000-000000000009")
        service.service.GetInvoice(client.header, INVOICE_SEARCH_KEY={"DIRECTION": "OUT"}, HEADER_ONLY="Y")
        key = {"UUID": found[0].UUID, "TYPE": "HTML", "DIRECTION": "IN"}
        service.service.GetInvoiceWithType(client.header, INVOICE_SEARCH_KEY=key, HEADER_ONLY="N")
        service.service.GetInvoiceStatus(client.header, INVOICE={"UUID": ettn})
        service.service.GetInvoiceStatusAll(client.header, UUID=[i.UUID for i in found])
        service.service.MarkInvoice(client.header, MARK={"value": "UNREAD", "INVOICE": [{"UUID": ettn}]})
        service.service.PrepareInvoiceResponse(client.header, STATUS="KABUL", INVOICE=[{"UUID": found[3].UUID}])
        answerable = next(i.UUID for i in found if i.HEADER.STATUS_CODE == "132")
        service.service.SendInvoiceResponseWithServerSign(
            client.header, STATUS="RED", INVOICE=[{"UUID": answerable}], DESCRIPTION=["fiyat"]
        )
        assert refused(lambda xml=xml, service=service: client.send(xml, service=service))[0] == 10009
    client.auth.service.GetGibUserList(client.header)
    client.auth.service.Logout(client.header)
    names = {name.partition(" ")[2] for name in client.transport.checked}
    assert len(names) >= 13
    assert "RequestFault" in names


def _zipped(xml: bytes) -> bytes:
    from app.runtime.safezip import pack_single

    return pack_single("a.xml", xml)
