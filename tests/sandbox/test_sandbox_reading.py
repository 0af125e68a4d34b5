"""GetInvoice, GetInvoiceWithType, MarkInvoice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.runtime.safezip import iter_members, read_single_xml

from .conftest import BUYER, PK, SELLER, TODAY, Client, content_of, make_invoice, refused, sealed


def test_new_documents_come_until_they_are_marked(client: Client) -> None:
    sandbox = client.sandbox
    sandbox.add_incoming(count=130, sealed=False)
    first = client.get(LIMIT=500)
    assert len(first) == 100, "never more than 100 with content"
    assert len(client.get(LIMIT=None)) == 10
    client.einvoice.service.MarkInvoice(
        client.header, MARK={"value": "READ", "INVOICE": [{"ID": i.ID, "UUID": i.UUID} for i in first]}
    )
    rest = client.get()
    assert len(rest) == 30
    stored = {d.ettn: d.xml for d in sandbox.stored("in")}
    assert {i.UUID: read_single_xml(content_of(i)) for i in first + rest} == stored
    assert [d.is_read for d in sandbox.stored("IN")] == [True] * 100 + [False] * 30
    assert len(client.get(headers_only=True, READ_INCLUDED=True, LIMIT=25_000)) == 130
    client.einvoice.service.MarkInvoice(client.header, MARK={"value": "UNREAD", "INVOICE": [{"UUID": first[0].UUID}]})
    assert client.get()[0].UUID == first[0].UUID


def test_headers_carry_the_summary(client: Client) -> None:
    ettn = client.sandbox.add_incoming(count=1, profile="TICARIFATURA")[0]
    (found,) = client.get(headers_only=True)
    header = found.HEADER
    assert found.CONTENT is None
    assert (ettn, SELLER, PK) == (found.UUID, header.RECEIVER, header.TO)
    assert (header.STATUS, header.STATUS_CODE) == ("RECEIVE - WAIT_APPLICATION_RESPONSE", "132")
    assert (header.PROFILEID, header.DIRECTION) == ("TICARIFATURA", "IN")
    assert client.sandbox.now() == header.CDATE
    assert header.PAYABLE_AMOUNT.currencyID == "TRY"
    (wider,) = client.get(service=client.oib, headers_only=True)
    assert wider.HEADER.TAX_INCLUSIVE_TOTAL_AMOUNT._value_1 >= wider.HEADER.TAX_EXCLUSIVE_TOTAL_AMOUNT._value_1 > 0


def test_search_keys_narrow(client: Client) -> None:
    sandbox = client.sandbox
    old = sandbox.add_incoming(sealed(1, issue_date=TODAY - timedelta(days=3)))[0]
    client.push(days=2)
    client.login()
    new = sandbox.add_incoming(sealed(2), to_label="urn:mail:baska@cinar.example")[0]

    def by_uuid(**key: Any) -> set[str]:
        return {i.UUID for i in client.get(**key)}

    assert by_uuid() == {old, new}
    assert by_uuid(TO=PK) == {old}
    assert by_uuid(TO="urn:mail:baska@cinar.example") == {new}
    assert by_uuid(FROM="urn:mail:yok") == set()
    assert by_uuid(ID="ABC2026000000002") == {new}
    assert by_uuid(UUID=old.upper()) == {old}
    assert by_uuid(SENDER=SELLER) == {old, new}
    assert by_uuid(RECEIVER=SELLER) == set()
    assert by_uuid(START_DATE=TODAY, END_DATE=TODAY) == {new}
    assert by_uuid(DATE_TYPE="CREATE", END_DATE=TODAY) == {old}
    assert by_uuid(DATE_TYPE="CREATE", START_DATE=TODAY + timedelta(days=1)) == {new}
    assert by_uuid(DIRECTION="OUT") == set()
    assert refused(lambda: client.get(DIRECTION="SAĞ"))[0] == 10013
    assert refused(lambda: client.get(LIMIT=0))[0] == 10013


def test_an_account_sees_its_own_documents_only(client: Client) -> None:
    client.sandbox.add_account("öteki", "p", vkn=BUYER, title="Öteki")
    ettn = client.sandbox.add_incoming(count=1, to_vkn=SELLER)[0]
    client.login("öteki", "p")
    assert client.get() == []
    assert client.states(ettn) == []
    mark = {"value": "READ", "INVOICE": [{"UUID": ettn}]}
    assert refused(lambda: client.einvoice.service.MarkInvoice(client.header, MARK=mark))[0] == 10008
    client.login()
    assert [i.UUID for i in client.get()] == [ettn]


def test_mark_is_all_or_nothing_and_warns_of_content(client: Client) -> None:
    ettn = client.sandbox.add_incoming(count=1)[0]
    mark = client.einvoice.service.MarkInvoice
    letters = [{"UUID": ettn}, {"UUID": make_invoice(9).uuid}]
    code, _, index = refused(lambda: mark(client.header, MARK={"value": "READ", "INVOICE": letters}))
    assert (code, index) == (10008, 1)
    assert len(client.get()) == 1
    answer = mark(client.header, MARK={"value": "READ", "INVOICE": [{"UUID": ettn, "CONTENT": b"x"}]})
    assert answer.REQUEST_RETURN.WARNINGS
    assert client.sandbox.calls[-1].with_content
    client.sandbox.mark_read_elsewhere([ettn])
    assert client.get() == []


def test_a_broken_delivery_is_handed_out_as_it_is(client: Client) -> None:
    ettn = client.sandbox.add_raw_incoming(b"PK\x03\x04 yarim", number="BZK2026000000777")
    (found,) = client.get()
    assert (found.UUID, found.ID, content_of(found)) == (ettn, "BZK2026000000777", b"PK\x03\x04 yarim")
    client.options["COMPRESSED"] = "N"
    assert content_of(client.get()[0]) == b"PK\x03\x04 yarim"


def _view(client: Client, ettn: str, kind: str = "HTML", direction: str | None = "IN") -> bytes:
    key = {"UUID": ettn, "TYPE": kind, "DIRECTION": direction}
    answer = client.einvoice.service.GetInvoiceWithType(client.header, INVOICE_SEARCH_KEY=key, HEADER_ONLY="N")
    (found,) = answer if isinstance(answer, list) else answer.INVOICE
    (member,) = iter_members(content_of(found))
    return member.data


def test_views_by_the_embedded_template_always_zipped(client: Client) -> None:
    client.options["COMPRESSED"] = "N"
    xml = sealed(1)
    ettn = client.sandbox.add_incoming(xml)[0]
    assert ettn in _view(client, ettn).decode()
    assert _view(client, ettn, "XML") == xml
    assert refused(lambda: _view(client, ettn, "PDF"))[0] == 10015
    assert refused(lambda: _view(client, ettn, "DOC"))[0] == 10013
    assert refused(lambda: _view(client, ettn, direction=None))[0] == 10013
    assert refused(lambda: _view(client, ettn, direction="OUT"))[0] == 10008
    client.einvoice.service.MarkInvoice(client.header, MARK={"value": "READ", "INVOICE": [{"UUID": ettn}]})
    assert _view(client, ettn, "XML") == xml, "a view does not mind what was read"


_SHEET = '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">{}</xsl:stylesheet>'
BAD_TEMPLATES = {
    "unknown template": '<xsl:template match="/"><xsl:call-template name="yok"/></xsl:template>',
    "reads a file": """<xsl:template match="/"><xsl:copy-of select="document('file:///etc/passwd')"/></xsl:template>""",
    "own prefix": '<xsl:template match="/"><xsl:value-of select="yok:f(1)"/></xsl:template>',
}


@pytest.mark.parametrize("name", BAD_TEMPLATES)
def test_a_broken_or_curious_template_is_an_error(client: Client, name: str) -> None:
    xml = sealed(1, template=_SHEET.format(BAD_TEMPLATES[name]).encode())
    ettn = client.sandbox.add_incoming(xml)[0]
    assert refused(lambda: _view(client, ettn))[0] == 10003


def test_a_document_without_a_template_has_no_view(client: Client) -> None:
    ettn = client.sandbox.add_incoming(sealed(1, template=None))[0]
    assert refused(lambda: _view(client, ettn))[0] == 10003
