"""SendInvoice, LoadInvoice, CancelDraftInvoice: what is taken, and every way of being refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.domain.document_number import DocumentNumber
from app.runtime.safezip import pack_single, read_single_xml
from app.sandbox.seals import seal_for
from app.sandbox.server import Sandbox
from app.signing.verify import verify_document
from app.signing.xades import seal_ubl

from .conftest import (
    BUYER,
    BUYER_PKS,
    GB,
    NOW,
    SELLER,
    SELLER_NAME,
    TODAY,
    Client,
    content_of,
    dollars,
    furnish,
    letter,
    make_invoice,
    party,
    refused,
    sealed,
    unsealed,
)

ETTN = make_invoice(1).uuid


def test_a_batch_is_stored_as_it_came(client: Client) -> None:
    documents = [sealed(1), sealed(2, profile="TICARIFATURA"), sealed(3, **dollars())]
    answer = client.send(*documents)
    assert answer.REQUEST_RETURN.RETURN_CODE == 0
    assert answer.REQUEST_RETURN.CLIENT_TXN_ID == "deneme-1"
    stored = client.sandbox.stored("out")
    assert [d.xml for d in stored] == documents
    assert [(d.number, d.sends, d.status_code) for d in stored] == [(f"ABC202600000000{n}", 1, 101) for n in (1, 2, 3)]
    legal = client.get(DIRECTION="OUT", UUID=ETTN)
    assert read_single_xml(content_of(legal[0])) == documents[0]
    assert (GB, BUYER_PKS[0]) == (legal[0].HEADER.FROM, legal[0].HEADER.TO)


def test_plain_xml_goes_with_compressed_n_only(client: Client) -> None:
    xml = sealed(1)
    code, _, index = refused(lambda: client.send(xml, INVOICE=[letter(xml, CONTENT=xml)]))
    assert (code, index) == (10007, 0)
    client.options["COMPRESSED"] = "N"
    client.send(xml, INVOICE=[letter(xml, CONTENT=xml)])
    assert client.sandbox.stored("out")[0].xml == xml
    plain = client.get(DIRECTION="OUT", UUID=ETTN)[0]
    assert content_of(plain) == xml


def test_addresses_may_be_left_out(client: Client) -> None:
    client.send(sealed(1), SENDER=None, RECEIVER=None)
    header = client.get(DIRECTION="OUT")[0].HEADER
    assert (GB, BUYER_PKS[0]) == (header.FROM, header.TO)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"SENDER": {"vkn": BUYER, "alias": GB}}, 10006, "SENDER"),
        ({"SENDER": {"vkn": SELLER, "alias": "urn:mail:yok@x"}}, 10013, "gönderici birim"),
        ({"RECEIVER": {"vkn": SELLER, "alias": BUYER_PKS[0]}}, 10013, "RECEIVER.vkn"),
        ({"RECEIVER": {"vkn": BUYER, "alias": "urn:mail:yok@x"}}, 10013, "posta kutusu"),
        ({"SERI_PREFIX": "ABC"}, 10013, "SERI_PREFIX"),
    ],
)
def test_wrong_addresses_are_refused(client: Client, options: dict[str, Any], code: int, words: str) -> None:
    found, sentence, _ = refused(lambda: client.send(sealed(1), **options))
    assert found == code
    assert words in sentence
    assert client.sandbox.stored("out") == []


def test_a_buyer_who_is_no_taxpayer_is_refused(client: Client) -> None:
    xml = sealed(1, customer=party("4840847211", "Mükellef Olmayan Ltd."))
    code, sentence, _ = refused(lambda: client.send(xml, RECEIVER=None))
    assert (code, "mükellefi değil" in sentence) == (10013, True)


def _without(name: str) -> bytes:
    xml = unsealed(1)
    start = xml.index(f"<cbc:{name}".encode())
    end = xml.index(b">", xml.index(f"</cbc:{name}".encode())) + 1
    return xml[:start] + xml[end:]


BAD_DOCUMENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated": (lambda: sealed(1)[:2000], "XML okunamadı"),
    "not an invoice": (lambda: b"<?xml version='1.0'?><x/>", "e-Fatura bekleniyor"),
    "xxe": (lambda: b'<!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/passwd">]><i>&x;</i>', "XML.DTD"),
    "no profile": (lambda: _without("ProfileID"), "cbc:ProfileID"),
    "no time": (lambda: _without("IssueTime"), "cbc:IssueTime"),
    "no type": (lambda: _without("InvoiceTypeCode"), "cbc:InvoiceTypeCode"),
    "placeholder": (lambda: unsealed(1, number=DocumentNumber("ABC", 2026, 0)), "fatura numarası"),
    "no template": (lambda: unsealed(1, template=None), "XSLT"),
    "line count": (
        lambda: unsealed(1).replace(b"LineCountNumeric>1<", b"LineCountNumeric>7<"),
        "LineCountNumeric",
    ),
    "no totals": (lambda: unsealed(1).replace(b"cac:LegalMonetaryTotal", b"cac:Other"), "LegalMonetaryTotal"),
    "no rate": (lambda: unsealed(1, **dollars()).replace(b"PricingExchangeRate", b"Other"), "PricingExchangeRate"),
    "commercial return": (lambda: unsealed(1, profile="TICARIFATURA", type_code="IADE"), "IADE"),
    "old": (lambda: unsealed(1, issue_date=TODAY - timedelta(days=8)), "son 7 gün"),
    "of tomorrow": (lambda: unsealed(1, issue_date=TODAY + timedelta(days=1)), "son 7 gün"),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_bad_document_is_refused_with_10003_and_its_index(client: Client, name: str) -> None:
    make, words = BAD_DOCUMENTS[name]
    bad = {"ID": None, "UUID": None, "CONTENT": pack_single("a.xml", make())}
    code, sentence, index = refused(lambda: client.send(INVOICE=[letter(sealed(2)), bad]))
    assert (code, index) == (10003, 1)
    assert words in sentence
    assert client.sandbox.stored("out") == [], "a request is taken as a whole or not at all"


def test_seven_days_back_passes_and_the_control_can_be_disabled(client: Client) -> None:
    client.send(sealed(1, issue_date=TODAY - timedelta(days=7)))
    client.send(sealed(2, issue_date=TODAY - timedelta(days=8)), DISABLE_DATE_CONTROL="Y")
    assert len(client.sandbox.stored("out")) == 2


def test_attributes_must_say_what_the_document_says(client: Client) -> None:
    xml = sealed(1)
    assert refused(lambda: client.send(INVOICE=[letter(xml, ID="ABC2026000000009")]))[0] == 10003
    assert refused(lambda: client.send(INVOICE=[letter(xml, UUID=make_invoice(9).uuid)]))[0] == 10003
    client.send(INVOICE=[letter(xml, ID=None, UUID=ETTN.upper())])


def test_own_sealing_accounts_need_a_sound_seal_of_their_own(client: Client) -> None:
    tampered = sealed(1).replace(b"sandalye", b"koltukla")
    foreign = seal_ubl(
        unsealed(1).replace(SELLER.encode(), BUYER.encode()), seal_for(BUYER, "Başka"), signing_time=NOW
    ).replace(BUYER.encode(), SELLER.encode())
    for bad in (unsealed(1), tampered, foreign):
        assert refused(lambda bad=bad: client.send(bad))[0] == 10014
    assert client.sandbox.stored("out") == []


def test_integrator_seals_for_its_accounts(new_client: Callable[[Sandbox], Client]) -> None:
    with Sandbox(now=NOW) as sandbox:
        furnish(sandbox, seals="integrator")
        client = new_client(sandbox)
        client.login()
        assert refused(lambda: client.send(sealed(1)))[0] == 10014
        client.send(unsealed(1))
        report = verify_document(sandbox.stored("out")[0].xml)
        assert report.valid
        certificate = report.signatures[0].certificate
        assert certificate is not None
        assert (str(certificate.owner), certificate.is_test) == (SELLER, True)
        legal = read_single_xml(content_of(client.get(DIRECTION="OUT", UUID=ETTN)[0]))
        assert legal == sandbox.stored("out")[0].xml


def test_either_accounts_take_both(new_client: Callable[[Sandbox], Client]) -> None:
    with Sandbox(now=NOW) as sandbox:
        furnish(sandbox, seals="either")
        client = new_client(sandbox)
        client.login()
        mine = sealed(1)
        client.send(mine, unsealed(2))
        stored = sandbox.stored("out")
        assert stored[0].xml == mine
        assert verify_document(stored[1].xml).valid


def test_the_same_document_is_refused_by_name(client: Client) -> None:
    client.send(sealed(1))
    code, sentence, index = refused(lambda: client.send(sealed(2), sealed(1)))
    assert (code, index) == (10009, 1)
    assert "ABC2026000000001" in sentence
    assert ETTN in sentence
    other = make_invoice(77).uuid
    code, sentence, _ = refused(lambda: client.send(sealed(1, uuid=other)))
    assert code == 10017
    assert ETTN in sentence, "names the document that is there, not the new one"
    assert refused(lambda: client.send(sealed(5), sealed(5)))[0] == 10009
    assert [d.sends for d in client.sandbox.stored("out")] == [1]


def test_failed_at_gib_goes_again_with_the_same_ettn_only(client: Client) -> None:
    client.send(sealed(1))
    client.sandbox.set_plan(ETTN, fail_at_gib=1150)
    assert refused(lambda: client.send(sealed(1)))[0] == 10009, "not failed yet"
    client.push(hours=1)
    assert client.state(ETTN) == (136, 1150)
    assert refused(lambda: client.send(sealed(1, uuid=make_invoice(8).uuid)))[0] == 10017
    mended = sealed(1, notes=("düzeltildi",))
    client.send(mended)
    assert client.state(ETTN) == (101, None)
    stored = client.sandbox.stored("out")
    assert [(d.sends, d.xml) for d in stored] == [(2, mended)]
    client.push(hours=1)
    assert client.state(ETTN) == (137, 1300)
    assert refused(lambda: client.send(mended))[0] == 10009


def test_failed_at_the_receiver_goes_again_with_a_new_ettn_only(client: Client) -> None:
    client.send(sealed(1))
    client.sandbox.set_plan(ETTN, fail_at_receiver=1215)
    client.push(hours=1)
    assert client.state(ETTN) == (136, 1215)
    assert refused(lambda: client.send(sealed(1)))[0] == 10009
    new = make_invoice(8).uuid
    client.send(sealed(1, uuid=new))
    assert client.state(new) == (101, None)
    assert client.state(ETTN) == (136, 1215)


def test_limits_of_a_request(client: Client) -> None:
    one = letter(sealed(1))
    assert refused(lambda: client.send(INVOICE=[one] * 101))[0] == 10010
    noise = pack_single("a.xml", os.urandom(4 * 1024 * 1024))
    assert refused(lambda: client.send(INVOICE=[one, {"CONTENT": noise}]))[0] == 10010
    assert client.sandbox.calls[-1].operation == "SendInvoice"
    assert client.sandbox.calls[-1].outcome == "10010"


def test_simulation_checks_and_stores_nothing(client: Client) -> None:
    client.options["SIMULATION_FLAG"] = "Y"
    assert client.send(sealed(1)).REQUEST_RETURN.RETURN_CODE == 0
    assert refused(lambda: client.send(unsealed(1)))[0] == 10014
    assert client.sandbox.stored("out") == []


def test_drafts_are_loaded_updated_cancelled_and_sent(client: Client) -> None:
    service = client.einvoice.service
    placeholder = unsealed(1, number=DocumentNumber("ABC", 2026, 0), template=None)
    service.LoadInvoice(client.header, INVOICE=[letter(placeholder)])
    again = unsealed(1, notes=("ikinci hali",))
    service.LoadInvoice(client.header, INVOICE=[letter(again)])
    drafts = client.sandbox.stored("draft")
    assert [d.xml for d in drafts] == [again]
    assert client.get(DIRECTION="OUT") == []
    assert [i.HEADER.STATUS_CODE for i in client.get(DIRECTION="OUT", DRAFT_FLAG="Y")] == ["100"]
    wrong = unsealed(3, template=None)
    assert refused(lambda: service.LoadInvoice(client.header, INVOICE=[letter(wrong)]))[0] == 10003
    service.LoadInvoice(client.header, INVOICE=[letter(wrong)], VALIDATION_FLAG="N")
    service.CancelDraftInvoice(client.header, UUID=make_invoice(3).uuid)
    assert refused(lambda: service.CancelDraftInvoice(client.header, UUID=make_invoice(3).uuid))[0] == 10008
    client.send(sealed(1))
    assert client.sandbox.stored("draft") == []
    assert client.state(ETTN) == (101, None)
    assert refused(lambda: service.LoadInvoice(client.header, INVOICE=[letter(again)]))[0] == 10009


def test_a_document_to_another_account_arrives_there(client: Client, new_client: Callable[[Sandbox], Client]) -> None:
    sandbox = client.sandbox
    sandbox.add_account("alici", "p", vkn=BUYER, title="Alıcı", gb=["urn:mail:gb@isil.example"], pk=list(BUYER_PKS))
    client.send(sealed(1, profile="TICARIFATURA"), sealed(2, profile="TICARIFATURA"))
    lost = make_invoice(2).uuid
    sandbox.set_plan(lost, fail_at_receiver=1230)
    buyer = new_client(sandbox)
    buyer.login("alici", "p")
    assert buyer.get() == []
    client.push(minutes=31)
    arrived = buyer.get()
    assert [i.UUID for i in arrived] == [ETTN]
    assert read_single_xml(content_of(arrived[0])) == sandbox.stored("out")[0].xml
    client.push(days=2)
    client.login()
    buyer.login("alici", "p")
    assert client.state(ETTN) == (111, 1300), "nobody answers in the buyer's place"
    buyer.einvoice.service.SendInvoiceResponseWithServerSign(
        buyer.header, STATUS="RED", INVOICE=[{"UUID": ETTN}], DESCRIPTION=["yanlış fiyat"]
    )
    client.push(minutes=20)
    assert client.state(ETTN) == (120, 1300)
    assert buyer.state(ETTN) == (130, 1300)


def test_supplier_must_be_the_account(client: Client) -> None:
    xml = sealed(1).replace(SELLER_NAME.encode(), b"X")
    assert refused(lambda: client.send(xml))[0] == 10014
    other = seal_ubl(
        unsealed(1, supplier=party(BUYER, "Başka"), customer=party(SELLER, SELLER_NAME)),
        seal_for(BUYER, "Başka"),
        signing_time=NOW,
    )
    assert refused(lambda: client.send(other, RECEIVER=None))[0] == 10006
    load = client.einvoice.service.LoadInvoice
    assert refused(lambda: load(client.header, INVOICE=[letter(other)]))[0] == 10006
