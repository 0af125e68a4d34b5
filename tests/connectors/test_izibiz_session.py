"""Login, session life, and every way a call can fail: does it say truly whether the request may have arrived?"""

from __future__ import annotations

import gzip
import logging
import socket
import traceback
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.base import (
    AuthenticationFailed,
    ConnectorError,
    ContractBroken,
    Credentials,
    FetchQuery,
    RateLimited,
    Rejected,
    SessionExpired,
    Unreachable,
)
from app.connectors.izibiz import IzibizConnector
from app.runtime.crashpoints import declared
from app.runtime.masking import mask

pytestmark = pytest.mark.shared


def test_one_login_serves_all_calls_until_eight_hours_are_near(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    session = kit.open()
    for _ in range(3):
        list(session.fetch(FetchQuery()))
        kit.clock.advance(timedelta(hours=2))
    assert len(kit.integrator.of("Login")) == 1
    assert {p.text("REQUEST_HEADER/SESSION_ID") for p in kit.integrator.of("GetInvoice")} == {kit.SESSION_ID}
    kit.clock.advance(timedelta(hours=2))
    list(session.fetch(FetchQuery()))
    assert len(kit.integrator.of("Login")) == 2


def test_login_carries_minus_one_and_the_names(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    list(kit.open().fetch(FetchQuery()))
    login = kit.integrator.of("Login")[0]
    assert login.text("REQUEST_HEADER/SESSION_ID") == "-1"
    assert login.text("REQUEST_HEADER/APPLICATION_NAME") == "MUHURDAR"
    assert login.text("PASSWORD") == kit.PASSWORD


@pytest.mark.parametrize("channel", ["error_type", "fault"])
def test_a_forgotten_session_is_opened_once_more_and_the_call_repeated(kit: Any, channel: str) -> None:
    lost = kit.soap("SendInvoice", kit.error_type(10004)) if channel == "error_type" else kit.soap_fault(10004)
    kit.integrator.say("SendInvoice", kit.Reply(lost, status=200 if channel == "error_type" else 500),
                       kit.soap("SendInvoice", kit.DONE))  # fmt: skip
    (outcome,) = kit.open().send([kit.outgoing()])
    assert outcome.error is None
    assert [p.operation for p in kit.integrator.posts] == ["Login", "SendInvoice", "Login", "SendInvoice"]


def test_a_second_loss_is_session_expired(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.error_type(10004, f"oturum {kit.SESSION_ID} yok")))
    with pytest.raises(SessionExpired) as caught:
        kit.open().send([kit.outgoing()])
    assert len(kit.integrator.of("SendInvoice")) == 2
    assert kit.SESSION_ID not in str(caught.value.raw_text)


@pytest.mark.parametrize("code", [10002, 10005, 10006, 10012, 10013, 10016, 10018, 10008, 0])
def test_a_refused_login_is_never_tried_twice(kit: Any, code: int) -> None:
    kit.integrator.say("Login", kit.Reply(kit.soap_fault(code, f"{kit.PASSWORD} yanlış"), status=500))
    session = kit.open()
    for _ in range(3):
        with pytest.raises(AuthenticationFailed) as caught:
            session.check_taxpayer("1234567803")
    assert len(kit.integrator.of("Login")) == 1
    assert kit.PASSWORD not in f"{caught.value} {caught.value.raw_text}"
    assert caught.value.todo


def test_error_type_in_the_place_of_the_session_id_is_seen(kit: Any) -> None:
    kit.integrator.say("Login", kit.soap("Login", kit.error_type(0, "Kullanıcı adı veya şifre hatalı")))
    with pytest.raises(AuthenticationFailed) as caught:
        kit.open().check_taxpayer("1234567803")
    assert caught.value.code == "IZIBIZ.LOGIN"


@pytest.mark.parametrize("session_id", ["", "<SESSION_ID/>", "<SESSION_ID>-1</SESSION_ID>"])
def test_a_login_without_a_session_is_none(kit: Any, session_id: str) -> None:
    kit.integrator.say("Login", kit.soap("Login", session_id))
    with pytest.raises(AuthenticationFailed):
        kit.open().check_taxpayer("1234567803")


@pytest.mark.parametrize("code", [-1, 10001])
def test_a_login_that_fails_over_there_leaves_the_send_unsent(kit: Any, code: int) -> None:
    kit.integrator.say("Login", kit.soap("Login", kit.error_type(code)))
    with pytest.raises(Unreachable) as caught:
        kit.open().send([kit.outgoing()])
    assert caught.value.maybe_processed is False
    assert caught.value.retry_safe


@pytest.mark.parametrize("way", ["drop", "html", "half"])
def test_a_login_whose_answer_is_lost_leaves_the_send_unsent(kit: Any, way: str) -> None:
    answers = {
        "drop": kit.Reply(drop=True),
        "html": kit.Reply(b"<html><body>Bakim</body></html>", content_type="text/html"),
        "half": kit.Reply(kit.soap("Login", "<SESSION_ID>1</SESSION_ID>")[:-30]),
    }
    kit.integrator.say("Login", answers[way])
    with pytest.raises(Unreachable) as caught:
        kit.open().send([kit.outgoing()])
    assert caught.value.maybe_processed is False
    assert not kit.integrator.of("SendInvoice")


def test_nobody_listening_means_nothing_was_sent(shared: object) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    session = IzibizConnector().open(Credentials(url=f"http://127.0.0.1:{port}", user="u", password="p"))
    with pytest.raises(Unreachable) as caught:
        session.check_taxpayer("1234567803")
    assert caught.value.maybe_processed is False


def test_an_unknown_host_means_nothing_was_sent() -> None:
    session = IzibizConnector().open(Credentials(url="https://yok.invalid", user="u", password="p"))
    with pytest.raises(Unreachable) as caught:
        session.check_taxpayer("1234567803")
    assert caught.value.maybe_processed is False


def _send_error(kit: Any, answer: Any, **settings: str) -> ConnectorError:
    kit.integrator.say("SendInvoice", answer)
    with pytest.raises(ConnectorError) as caught:
        kit.open(**settings).send([kit.outgoing()])
    assert len(kit.integrator.of("SendInvoice")) == 1, "never repeated by itself"
    return caught.value


def test_silence_after_the_request_means_unknown(kit: Any) -> None:
    error = _send_error(kit, kit.Reply(hold=True), timeout_s="0.3")
    assert isinstance(error, Unreachable)
    assert error.maybe_processed
    assert not error.retry_safe


def test_a_dripping_answer_ends_at_the_deadline(kit: Any) -> None:
    """Each byte starts the socket's timeout anew; only the deadline of the whole answer ends this one."""
    error = _send_error(kit, kit.Reply(kit.soap("SendInvoice", kit.DONE), drip=True), deadline_s="0.5")
    assert isinstance(error, Unreachable)
    assert error.maybe_processed
    assert "deadline" in str(error.raw_text)


def test_hanging_up_after_the_request_means_unknown(kit: Any) -> None:
    error = _send_error(kit, kit.Reply(drop=True))
    assert isinstance(error, Unreachable)
    assert error.maybe_processed


def test_a_cut_off_answer_means_unknown(kit: Any) -> None:
    error = _send_error(kit, kit.Reply(kit.soap("SendInvoice", kit.DONE), cut=120))
    assert isinstance(error, Unreachable)
    assert error.maybe_processed


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_page_means_unknown(kit: Any, status: int) -> None:
    error = _send_error(kit, kit.Reply(b"<html>Bad gateway</html>", status=status, content_type="text/html"))
    assert isinstance(error, Unreachable)
    assert error.maybe_processed
    assert str(status) in str(error.raw_text)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"tamam",
        b"\x00\x01\x02",
        b"<html><body>Giris yapiniz</body></html>",
        b"<Envelope/>",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
    ],
)
def test_garbage_is_a_broken_contract_and_not_a_bare_exception(kit: Any, answer: bytes) -> None:
    error = _send_error(kit, kit.Reply(answer))
    assert isinstance(error, ContractBroken)
    assert not error.retry_safe


def test_a_repaired_list_is_never_taken(kit: Any) -> None:
    """zeep's lax parser would make two invoices of this half answer and an end of the list."""
    whole = kit.soap("GetInvoice", "".join(kit.incoming(i) for i in range(3)))
    kit.integrator.say("GetInvoice", kit.Reply(whole[: whole.rindex(b"<INVOICE ")]))
    with pytest.raises(ContractBroken):
        list(kit.open().fetch(FetchQuery()))


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<w:REQUEST_RETURN xmlns:w='x'><RETURN_CODE>0</RETURN_CODE></w:REQUEST_RETURN>",
        "<REQUEST_RETURN/>",
        "<BASKA/>",
    ],
)
def test_a_send_answer_without_a_clear_success_is_unknown(kit: Any, inner: str) -> None:
    assert isinstance(_send_error(kit, kit.soap("SendInvoice", inner)), ContractBroken)


def test_the_answer_to_another_operation_is_no_answer(kit: Any) -> None:
    assert isinstance(_send_error(kit, kit.soap("MarkInvoice", kit.DONE)), ContractBroken)


def test_a_fault_without_detail_is_unknown_and_says_its_text(kit: Any) -> None:
    fault = (
        b'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>S:Server'
        b"</faultcode><faultstring>Bellek doldu</faultstring></S:Fault></S:Body></S:Envelope>"
    )
    error = _send_error(kit, kit.Reply(fault, status=500))
    assert isinstance(error, ContractBroken)
    assert "Bellek doldu" in str(error.raw_text)


def test_an_error_behind_an_unknown_element_is_not_lost(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", "<YENI_ALAN>1</YENI_ALAN>" + kit.error_type(10003)))
    (outcome,) = kit.open().send([kit.outgoing()])
    assert isinstance(outcome.error, Rejected)


def test_error_type_means_failure_whatever_its_code(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.DONE + kit.error_type(0)))
    (outcome,) = kit.open().send([kit.outgoing()])
    assert outcome.error is not None


def test_a_wrapped_fault_is_read_too(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.Reply(kit.soap_fault(10003, wrapped=True), status=500))
    (outcome,) = kit.open().send([kit.outgoing()])
    assert isinstance(outcome.error, Rejected)


def test_too_many_requests_say_how_long_to_wait(kit: Any) -> None:
    error = _send_error(kit, kit.Reply(b"yavas", status=429, headers={"Retry-After": "90"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=90)


def test_a_redirect_is_not_followed(kit: Any) -> None:
    away = kit.Reply(b"", status=307, headers={"Location": f"{kit.integrator.url}/baska"})
    assert isinstance(_send_error(kit, away), ContractBroken)


def test_a_reading_call_may_be_repeated(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.Reply(drop=True))
    with pytest.raises(Unreachable) as caught:
        list(kit.open().fetch(FetchQuery()))
    assert caught.value.retry_safe


def test_mtom_answers_are_put_together(kit: Any) -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("l.xml", "<L><USER><IDENTIFIER>1234567803</IDENTIFIER><ALIAS>a</ALIAS></USER></L>")
    xop = '<CONTENT><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:ek%40x"/></CONTENT>'
    body = (
        b"--s\r\nContent-Type: application/xop+xml\r\nContent-ID: <kok>\r\n\r\n"
        + kit.soap("GetGibUserList", xop)
        + b"\r\n--s\r\nContent-Type: application/zip\r\nContent-ID: <ek@x>\r\n\r\n"
        + out.getvalue()
        + b"\r\n--s--\r\n"
    )
    kit.integrator.say("GetGibUserList", kit.Reply(body, content_type='multipart/related; boundary="s"'))
    assert [t.vkn for t in kit.open().taxpayers()] == ["1234567803"]


def test_close_logs_out_and_never_raises(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    session = kit.open()
    session.close()
    assert not kit.integrator.posts, "nothing to log out from"
    list(session.fetch(FetchQuery()))
    kit.integrator.say("Logout", kit.Reply(drop=True))
    session.close()
    session.close()
    (logout,) = kit.integrator.of("Logout")
    assert logout.text("REQUEST_HEADER/SESSION_ID") == kit.SESSION_ID


def test_nothing_secret_in_logs_and_tracebacks(kit: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    kit.integrator.say("SendInvoice", kit.Reply(hold=True))
    session = kit.open(timeout_s="0.2")
    try:
        session.send([kit.outgoing()])
    except Unreachable as error:
        shown = "".join(traceback.format_exception(error)) + repr(error.__dict__)
        seen: list[BaseException] = [error]
        while (cause := seen[-1].__cause__ or seen[-1].__context__) is not None:
            seen.append(cause)
        shown += "".join(repr(vars(e)) for e in seen)
        assert all(getattr(e, "request", None) is None for e in seen)
    for secret in (kit.PASSWORD, kit.SESSION_ID):
        assert secret not in caplog.text
        assert secret not in shown


def test_a_session_id_is_masked_wherever_it_is_written_until_the_logout(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    session = kit.open()
    list(session.fetch(FetchQuery()))
    assert kit.SESSION_ID not in mask(f"oddly written {kit.SESSION_ID}")
    session.close()
    assert kit.SESSION_ID in mask(f"oddly written {kit.SESSION_ID}")


def test_every_operation_has_its_crash_point() -> None:
    names = {name for name in declared() if name.startswith("wire.izibiz.")}
    assert len(names) == 14
    assert "wire.izibiz.SendInvoice" in names


def test_a_packed_answer_is_unpacked(kit: Any) -> None:
    packed = gzip.compress(kit.soap("SendInvoice", kit.DONE))
    kit.integrator.say("SendInvoice", kit.Reply(packed, headers={"Content-Encoding": "gzip"}))
    assert kit.open().send([kit.outgoing()])[0].error is None


@pytest.mark.parametrize("harm", ["bomb", "hold", "drop", "cut"])
def test_a_contract_that_does_not_come_whole_means_nothing_was_sent(kit: Any, harm: str) -> None:
    wsdl = (kit.integrator.contracts / "einvoice" / "EInvoiceWS.wsdl").read_bytes()
    kit.integrator.documents["/EInvoiceWS"] = {
        "bomb": kit.Reply(gzip.compress(b" " * 40_000_000), headers={"Content-Encoding": "gzip"}),
        "hold": kit.Reply(hold=True),
        "drop": kit.Reply(drop=True),
        "cut": kit.Reply(wsdl, cut=500),
    }[harm]
    with pytest.raises(Unreachable) as caught:
        kit.open(timeout_s="0.5").send([kit.outgoing()])
    assert (caught.value.code, caught.value.maybe_processed) == ("IZIBIZ.WSDL", False)
    assert not kit.integrator.of("SendInvoice")
