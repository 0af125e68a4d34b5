"""KABUL and RED, with the integrator's seal and with the company's own."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from app.connectors.base import Answer, ConnectorError, ContractBroken, Duplicate, Rejected
from app.domain.errors import RuleBroken
from app.runtime.safezip import pack_single, read_single_xml

pytestmark = pytest.mark.shared
ONE = ("00000000-0000-4000-9000-000000000001", "GEL2026000000001")
TWO = ("00000000-0000-4000-9000-000000000002", "GEL2026000000002")
SERVER_SIGN = "SendInvoiceResponseWithServerSign"


def test_an_answer_with_the_integrators_seal(kit: Any) -> None:
    kit.integrator.say(SERVER_SIGN, kit.soap(SERVER_SIGN, kit.DONE))
    session = kit.open()
    session.respond([ONE, TWO], Answer.REJECT, " Fiyat\x00 yanlış ")
    session.respond([ONE], Answer.ACCEPT, "")
    rejected, accepted = (p.request for p in kit.integrator.of(SERVER_SIGN))
    assert rejected.findtext("STATUS") == "RED"
    assert [dict(n.attrib) for n in rejected.iterfind("INVOICE")] == [{"ID": n, "UUID": e} for e, n in (ONE, TWO)]
    assert [n.text for n in rejected.iterfind("DESCRIPTION")] == ["Fiyat  yanlış"]
    assert accepted.findtext("STATUS") == "KABUL" and accepted.find("DESCRIPTION") is None


@pytest.mark.parametrize("reason", ["", "   ", "\x01"])
def test_no_rejection_without_a_reason(kit: Any, reason: str) -> None:
    session = kit.open()
    for call in (session.respond, session.prepare_answers):
        with pytest.raises(RuleBroken):
            call([ONE], Answer.REJECT, reason)
    assert not kit.integrator.posts


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        (f"Daha önce yanıtlanmış bir fatura için tekrar yanıt gönderilemez! Fatura UUID:{ONE[0]}", Duplicate,
         "IZIBIZ.ANSWERED"),
        (f"Fatura durumu yanıtlama için uygun olmadıgından işlem sonlandı! Fatura UUID:{ONE[0]}, STATUS:X", Duplicate,
         "IZIBIZ.ANSWERED"),
        ("Uygulama yanıtı 8 gün geciktiği için cevap gönderilemez", Rejected, "IZIBIZ.ANSWER_LATE"),
        (f"Fatura ID : {ONE[1]} sistemde bulunamadı!", Rejected, "IZIBIZ.NOT_IN_INBOX"),
        ("başka bir neden", Rejected, "IZIBIZ.10013"),
    ],
)  # fmt: skip
def test_refused_answers_are_known_by_their_text(kit: Any, text: str, kind: type[ConnectorError], code: str) -> None:
    kit.integrator.say(SERVER_SIGN, kit.Reply(kit.soap_fault(10013, text), status=500))
    with pytest.raises(kind) as caught:
        kit.open().respond([ONE], Answer.ACCEPT, "")
    assert caught.value.code == code
    assert caught.value.todo
    if isinstance(caught.value, Duplicate):
        assert caught.value.ettn == ONE[0]


def prepared(ettn: str) -> bytes:
    return f"<ApplicationResponse><ID>{ettn.upper()}</ID></ApplicationResponse>".encode()


def test_prepared_answers_are_matched_to_their_invoices(kit: Any) -> None:
    contents = [base64.b64encode(pack_single("a.xml", prepared(e))).decode() for e, _ in (TWO, ONE)]
    kit.integrator.say(
        "PrepareInvoiceResponse",
        kit.soap("PrepareInvoiceResponse", "".join(f"<APPRESPONSE>{c}</APPRESPONSE>" for c in contents)),
    )
    answers = kit.open().prepare_answers([ONE, TWO], Answer.ACCEPT, "uygundur")
    assert [(a.ettn, a.xml) for a in answers] == [(TWO[0], prepared(TWO[0])), (ONE[0], prepared(ONE[0]))]


@pytest.mark.parametrize("content", [None, "", "UEsDBAAA", "%"])
def test_a_missing_prepared_answer_is_a_broken_contract(kit: Any, content: str | None) -> None:
    inner = "" if content is None else f"<APPRESPONSE>{content}</APPRESPONSE>"
    kit.integrator.say("PrepareInvoiceResponse", kit.soap("PrepareInvoiceResponse", inner))
    with pytest.raises(ContractBroken):
        kit.open().prepare_answers([ONE], Answer.ACCEPT, "")


def test_sealed_answers_go_byte_for_byte_zipped(kit: Any) -> None:
    kit.integrator.say("SendInvoiceResponse", kit.soap("SendInvoiceResponse", kit.DONE))
    sealed = b"<ar:ApplicationResponse><cbc:UUID>" + ONE[0].encode() + b"</cbc:UUID>\r\n</ar:ApplicationResponse>"
    kit.open().send_answers([sealed])
    (node,) = kit.integrator.of("SendInvoiceResponse")[0].request.findall("APPRESPONSE")
    packed = base64.b64decode(node.text)
    assert read_single_xml(packed) == sealed
    assert f"{ONE[0]}.xml".encode() in packed


def test_an_unclear_answer_to_a_sealed_answer_is_unknown(kit: Any) -> None:
    kit.integrator.say("SendInvoiceResponse", kit.soap("SendInvoiceResponse"))
    with pytest.raises(ContractBroken) as caught:
        kit.open().send_answers([b"<a/>"])
    assert not caught.value.retry_safe
