"""Every fault that can be switched on, and that it ends when it should."""

from __future__ import annotations

import time

import pytest
import requests
import zeep
from lxml import etree

from app.domain.errors import InputError
from app.sandbox.codes import ERROR_TEXTS
from app.sandbox.faults import KINDS

from .conftest import Client, make_invoice, refused, sealed

ETTN = make_invoice(1).uuid


def _sends(client: Client) -> list[int]:
    return [d.sends for d in client.sandbox.stored("out")]


def test_session_expired_until_the_next_login(client: Client) -> None:
    client.sandbox.arm("session_expired", "SendInvoice")
    assert client.get() == []
    assert refused(lambda: client.send(sealed(1)))[0] == 10004
    assert refused(client.get)[0] == 10004, "the session is really gone"
    client.login()
    client.send(sealed(1))
    assert _sends(client) == [1]


@pytest.mark.parametrize("code", ERROR_TEXTS)
def test_each_error_code_as_a_fault(client: Client, code: int) -> None:
    client.sandbox.arm("soap_fault", "SendInvoice", code=code, detail="deneme")
    found, sentence, _ = refused(lambda: client.send(sealed(1)))
    assert (found, sentence) == (code, f"{ERROR_TEXTS[code]}: deneme")
    client.send(sealed(1))


@pytest.mark.parametrize("kind", ["error_type", "soft_fault"])
def test_an_error_inside_an_ordinary_answer(client: Client, kind: str) -> None:
    client.sandbox.arm(kind, "SendInvoice", code=10005)
    answer = client.send(sealed(1))
    assert answer.ERROR_TYPE.ERROR_CODE == 10005
    assert answer.ERROR_TYPE.CLIENT_TXN_ID == "deneme-1"
    assert answer.REQUEST_RETURN is None
    assert _sends(client) == []


def test_the_error_channel_can_be_switched(client: Client) -> None:
    client.sandbox.error_channel = "error_type"
    service = client.einvoice.service
    client.session_id = "yok"
    letter = {"UUID": ETTN}
    answers = [
        client.auth.service.Login(client.header, USER_NAME="x", PASSWORD="y"),
        client.auth.service.Logout(client.header),
        client.auth.service.CheckUser(client.header, USER={"IDENTIFIER": "1"}),
        client.auth.service.GetGibUserList(client.header),
        client.send(sealed(1)),
        service.LoadInvoice(client.header, INVOICE=[letter]),
        service.CancelDraftInvoice(client.header, UUID=ETTN),
        service.GetInvoice(client.header, INVOICE_SEARCH_KEY={}),
        service.GetInvoiceWithType(client.header, INVOICE_SEARCH_KEY={}),
        service.MarkInvoice(client.header, MARK={"value": "READ", "INVOICE": [letter]}),
        service.GetInvoiceStatus(client.header, INVOICE=letter),
        service.GetInvoiceStatusAll(client.header, UUID=[ETTN]),
        service.PrepareInvoiceResponse(client.header, STATUS="RED", INVOICE=[letter]),
        service.SendInvoiceResponse(client.header, APPRESPONSE=[b"x"]),
        service.SendInvoiceResponseWithServerSign(client.header, STATUS="RED", INVOICE=[letter]),
    ]
    codes = [answer.ERROR_TYPE.ERROR_CODE for answer in answers]
    assert codes[0] in (10002, 10013)
    assert set(codes[1:]) == {10004}
    assert len(client.transport.checked) == len(answers) + 1, "each was held against the schemas, required elements too"
    with pytest.raises(InputError):
        client.sandbox.error_channel = "posta güvercini"


def test_drop_after_loses_the_answer_only(client: Client) -> None:
    client.sandbox.arm("drop_after", "SendInvoice")
    with pytest.raises(requests.ConnectionError):
        client.send(sealed(1))
    assert _sends(client) == [1]
    assert client.sandbox.calls[-1].outcome == "ok+drop_after"
    assert refused(lambda: client.send(sealed(1)))[0] == 10009


def test_drop_before_processes_nothing(client: Client) -> None:
    client.sandbox.arm("drop_before", "SendInvoice", times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            client.send(sealed(1))
    assert _sends(client) == []
    client.send(sealed(1))


@pytest.mark.parametrize("processed", [True, False])
def test_timeout_before_or_after_processing(client: Client, processed: bool) -> None:
    client.sandbox.arm("timeout", "SendInvoice", seconds=30, processed=processed)
    client.transport.operation_timeout = 0.3
    with pytest.raises(requests.exceptions.Timeout):
        client.send(sealed(1))
    assert _sends(client) == ([1] if processed else [])


def test_slow_is_late_but_right(client: Client) -> None:
    client.sandbox.arm("slow", "GetInvoice", seconds=0.2)
    began = time.monotonic()
    assert client.get() == []
    assert time.monotonic() - began >= 0.2


def test_a_waiting_fault_does_not_hold_the_stop(client: Client) -> None:
    client.sandbox.arm("timeout", "GetInvoice", seconds=60)
    client.transport.operation_timeout = 0.2
    with pytest.raises(requests.exceptions.Timeout):
        client.get()
    began = time.monotonic()
    client.sandbox.stop()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("processed", [True, False])
@pytest.mark.parametrize("kind", [k for k in KINDS if k.startswith("garbage")])
def test_garbage(client: Client, kind: str, processed: bool) -> None:
    client.transport.is_checking = False
    client.sandbox.arm(kind, "SendInvoice", processed=processed)
    with pytest.raises((zeep.exceptions.Error, etree.XMLSyntaxError)):
        client.send(sealed(1))
    body = client.transport.got
    assert {
        "garbage_html": body.startswith(b"<!DOCTYPE html>"),
        "garbage_html_500": b"Internal Server Error" in body,
        "garbage_truncated": body.startswith(b"<?xml") and not body.endswith(b"Envelope>"),
        "garbage_empty": body == b"",
    }[kind]
    assert _sends(client) == ([1] if processed else [])


def test_one_member_of_a_batch_is_rejected(client: Client) -> None:
    bad = make_invoice(2).uuid
    client.sandbox.arm("reject_member", "SendInvoice", ettn=bad, code=10003, detail="şema", times=2)
    code, sentence, index = refused(lambda: client.send(sealed(1), sealed(2)))
    assert (code, index) == (10003, 1)
    assert "şema" in sentence
    client.send(sealed(1))
    assert refused(lambda: client.send(sealed(2)))[2] == 0
    client.send(sealed(2))


def test_faults_hit_their_operation_so_many_times(client: Client) -> None:
    sandbox = client.sandbox
    sandbox.arm("soap_fault", "MarkInvoice", code=10001)
    sandbox.arm("soap_fault", code=-1, times=2)
    assert refused(client.get)[0] == -1
    assert refused(lambda: client.states(ETTN))[0] == -1
    assert client.get() == []
    assert sandbox.integrator.faults.armed() == [{"fault": "soap_fault", "operation": "MarkInvoice", "times": 1}]
    sandbox.clear_faults()
    assert sandbox.integrator.faults.armed() == []
    with pytest.raises(InputError, match="garbage_html"):
        sandbox.arm("deprem")


def test_a_crash_of_our_own_is_told_as_10001(client: Client, expected_logs: object) -> None:
    expected_logs("SendInvoice failed")  # type: ignore[operator]
    client.sandbox.integrator.store.execute("ALTER TABLE documents RENAME TO lost")
    assert refused(lambda: client.send(sealed(1)))[0] == 10001
