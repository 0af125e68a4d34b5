"""Answers to commercial invoices, both ways of sealing, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from app.runtime.safezip import pack_single, read_single_xml
from app.sandbox.seals import seal_for
from app.signing.verify import verify_document
from app.signing.xades import seal_ubl
from app.ubl.response import read_response

from .conftest import BUYER, NOW, SELLER, SELLER_NAME, Client, make_invoice, refused


@pytest.fixture
def commercial(client: Client) -> str:
    return client.sandbox.add_incoming(count=1, profile="TICARIFATURA")[0]


def _prepared(client: Client, ettn: str, answer: str = "RED", **options: Any) -> bytes:
    options = {"DESCRIPTION": ["Fiyat yanlış"]} | options
    found = client.einvoice.service.PrepareInvoiceResponse(
        client.header, STATUS=answer, INVOICE=[{"UUID": ettn}], **options
    )
    (response,) = found if isinstance(found, list) else found.APPRESPONSE
    return response if isinstance(response, bytes) else response._value_1


def _send(client: Client, *contents: bytes) -> Any:
    return client.einvoice.service.SendInvoiceResponse(client.header, APPRESPONSE=list(contents))


def _server_sign(client: Client, ettn: str, answer: str = "KABUL", **options: Any) -> Any:
    return client.einvoice.service.SendInvoiceResponseWithServerSign(
        client.header, STATUS=answer, INVOICE=[{"UUID": ettn}], **options
    )


def _given(client: Client, ettn: str) -> list[str]:
    return next(d.answers for d in client.sandbox.stored("in") if d.ettn == ettn)


def test_prepare_seal_send(client: Client, commercial: str) -> None:
    unsealed = read_single_xml(_prepared(client, commercial))
    response = read_response(unsealed)
    assert (response.ettn, response.code, response.reason) == (commercial, "RED", "Fiyat yanlış")
    assert response.sender.tax_number.digits == SELLER
    assert _given(client, commercial) == [], "preparing answers nothing"
    sealed = seal_ubl(unsealed, seal_for(SELLER, SELLER_NAME), signing_time=NOW, role="Alıcı")
    assert _send(client, pack_single("yanit.xml", sealed)).REQUEST_RETURN.RETURN_CODE == 0
    assert _given(client, commercial) == ["RED"]
    assert client.sandbox.answer_of(commercial) == sealed


def test_prepared_plain_and_sent_plain(client: Client, commercial: str) -> None:
    client.options["COMPRESSED"] = "N"
    unsealed = _prepared(client, commercial, "KABUL")
    assert unsealed.startswith(b"<?xml")
    _send(client, seal_ubl(unsealed, seal_for(SELLER, SELLER_NAME), signing_time=NOW, role="Alıcı"))
    assert _given(client, commercial) == ["KABUL"]


def test_the_integrators_seal(client: Client, commercial: str) -> None:
    _server_sign(client, commercial, DESCRIPTION=["Teşekkürler"])
    answer = client.sandbox.answer_of(commercial)
    assert verify_document(answer).valid
    assert read_response(answer).reason == "Teşekkürler"


@pytest.mark.parametrize(("answer", "text"), [("KABUL", "Fatura kabul edildi"), ("RED", "Reddedildi")])
def test_without_a_description_the_usual_text_is_filled_in(
    client: Client, commercial: str, answer: str, text: str
) -> None:
    _server_sign(client, commercial, answer)
    assert read_response(client.sandbox.answer_of(commercial)).reason == text


def test_one_answer_only(client: Client, commercial: str) -> None:
    _server_sign(client, commercial)
    code, sentence, _ = refused(lambda: _server_sign(client, commercial, "RED"))
    assert (code, "uygun olmadığından" in sentence, commercial in sentence) == (10013, True, True)
    assert "ACCEPTED - PROCESSING" in sentence
    client.push(hours=1)
    code, sentence, _ = refused(lambda: _server_sign(client, commercial, "RED"))
    assert (code, "Daha önce yanıtlanmış" in sentence) == (10011, True)
    assert _given(client, commercial) == ["KABUL"]


def test_within_eight_days(client: Client) -> None:
    in_time, late = client.sandbox.add_incoming(count=2, profile="TICARIFATURA")
    client.push(days=8)
    client.login()
    _server_sign(client, in_time)
    client.push(seconds=1)
    code, sentence, _ = refused(lambda: _server_sign(client, late))
    assert (code, "8 gün" in sentence) == (10013, True)


def test_basic_and_unknown_invoices_are_not_answered(client: Client, commercial: str) -> None:
    basic = client.sandbox.add_incoming(count=1, profile="TEMELFATURA")[0]
    assert refused(lambda: _server_sign(client, basic))[0] == 10013
    assert refused(lambda: _prepared(client, basic))[0] == 10013
    code, sentence, _ = refused(lambda: _server_sign(client, make_invoice(9).uuid))
    assert (code, "sistemde bulunamadı" in sentence) == (10008, True)
    assert refused(lambda: _server_sign(client, commercial, "BELKİ"))[0] == 10013


def test_a_sealed_answer_must_be_sound_and_our_own(client: Client, commercial: str) -> None:
    unsealed = read_single_xml(_prepared(client, commercial))
    sealed = seal_ubl(unsealed, seal_for(SELLER, SELLER_NAME), signing_time=NOW, role="Alıcı")
    foreign = seal_ubl(
        unsealed.replace(SELLER.encode(), BUYER.encode()), seal_for(BUYER, "Başka"), signing_time=NOW, role="Alıcı"
    )
    assert refused(lambda: _send(client, unsealed))[0] == 10014
    assert refused(lambda: _send(client, sealed.replace("yanlış".encode(), "doğru!".encode())))[0] == 10014
    assert refused(lambda: _send(client, foreign))[0] == 10006
    assert refused(lambda: _send(client, b"<x/>"))[0] == 10013
    assert refused(lambda: _send(client, b"PK\x03\x04"))[0] == 10013
    assert _given(client, commercial) == []


def test_several_answers_are_taken_together_or_not_at_all(client: Client) -> None:
    first, second = client.sandbox.add_incoming(count=2, profile="TICARIFATURA")
    letters = [{"UUID": first}, {"UUID": make_invoice(9).uuid}]
    send = client.einvoice.service.SendInvoiceResponseWithServerSign
    code, _, index = refused(lambda: send(client.header, STATUS="KABUL", INVOICE=letters))
    assert (code, index) == (10008, 1)
    assert _given(client, first) == []
    send(client.header, STATUS="KABUL", INVOICE=[{"UUID": first}, {"UUID": second}])
    assert [_given(client, e) for e in (first, second)] == [["KABUL"], ["KABUL"]]
