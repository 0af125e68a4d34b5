"""SendInvoice and LoadInvoice: what leaves, and what each refusal says about each member."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.base import AuthenticationFailed, Duplicate, Rejected
from app.runtime.safezip import read_single_xml

pytestmark = pytest.mark.shared


def test_the_very_bytes_travel_zipped_one_document_per_zip(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.DONE))
    documents = [
        kit.outgoing(i, xml=b"\xef\xbb\xbf<Invoice>\r\n  \xc5\x9f</Invoice>" + bytes([48 + i])) for i in (1, 2)
    ]
    outcomes = kit.open().send(documents)
    assert [(o.ettn, o.error, o.txn_id) for o in outcomes] == [(d.ettn, None, "4711") for d in documents]
    request = kit.integrator.of("SendInvoice")[0].request
    assert [c.tag for c in request] == ["REQUEST_HEADER", "SENDER", "RECEIVER", "INVOICE", "INVOICE"]
    assert dict(request.find("SENDER").attrib) == {"vkn": "1234567803", "alias": "urn:mail:gb@bizim.com"}
    assert dict(request.find("RECEIVER").attrib) == {"vkn": "9876543217", "alias": "urn:mail:pk@alici.com"}
    for node, document in zip(request.findall("INVOICE"), documents, strict=True):
        assert dict(node.attrib) == {"ID": document.number, "UUID": document.ettn}
        assert read_single_xml(base64.b64decode(node.findtext("CONTENT"))) == document.xml
    assert request.findtext("REQUEST_HEADER/COMPRESSED") == "Y"


def test_one_request_holds_one_pair_and_at_most_a_hundred(kit: Any) -> None:
    session = kit.open()
    for wrong in (
        [],
        [kit.outgoing(1), kit.outgoing(2, receiver="urn:mail:baska@x")],
        [kit.outgoing(i) for i in range(101)],
    ):
        with pytest.raises(ValueError, match="one sender"):
            session.send(wrong)
    assert not kit.integrator.posts


def test_too_big_a_document_is_refused_here(kit: Any) -> None:
    (outcome,) = kit.open().send([kit.outgoing(xml=os.urandom(3_900_000))])
    assert isinstance(outcome.error, Rejected)
    assert outcome.error.code == "IZIBIZ.10010"
    assert not kit.integrator.of("SendInvoice")


@pytest.mark.parametrize(
    ("code", "retry_safe"),
    [(-1, True), (10001, True), (10002, True), (10003, False), (10007, False), (10008, False), (10010, False),
     (10013, False), (10014, False), (10015, False), (4242, False), (0, False)],
)  # fmt: skip
def test_refusals_are_outcomes_and_say_whether_a_repeat_is_safe(kit: Any, code: int, retry_safe: bool) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.error_type(code, "neden budur")))
    outcomes = kit.open().send([kit.outgoing(1), kit.outgoing(2)])
    assert len(outcomes) == 2
    for outcome in outcomes:
        error = outcome.error
        assert isinstance(error, Rejected)
        assert (error.raw_code, error.retry_safe) == (str(code), retry_safe)
        assert error.what and error.why and error.todo
        assert "neden budur" in error.raw_text and "99" in error.raw_text


@pytest.mark.parametrize("code", [10005, 10006, 10012, 10016, 10018])
def test_account_trouble_is_raised_for_the_user_to_act(kit: Any, code: int) -> None:
    kit.integrator.say("SendInvoice", kit.Reply(kit.soap_fault(code, "yetki yok"), status=500))
    with pytest.raises(AuthenticationFailed) as caught:
        kit.open().send([kit.outgoing()])
    assert caught.value.raw_code == str(code)
    assert caught.value.todo


@pytest.mark.parametrize("code", [10009, 10011, 10017])
def test_a_duplicate_names_the_document_it_doubles(kit: Any, code: int) -> None:
    ours, other = kit.outgoing(1), kit.outgoing(2)
    text = f"Belge daha önce gönderilmiş bir belge ile eşleşmektedir. ID: {ours.number} ve UUID: {ours.ettn.upper()}"
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.error_type(code, text)))
    for outcome in kit.open().send([ours, other]):
        assert isinstance(outcome.error, Duplicate)
        assert (outcome.error.ettn, outcome.error.number) == (ours.ettn, ours.number)


def test_our_ettn_under_another_number_is_not_ours(kit: Any) -> None:
    ours = kit.outgoing(1)
    kit.integrator.say(
        "SendInvoice", kit.soap("SendInvoice", kit.error_type(10009, f"ID: ABC2026000000009 ve UUID: {ours.ettn}"))
    )
    (outcome,) = kit.open().send([ours])
    assert isinstance(outcome.error, Duplicate)
    assert outcome.error.ettn == ""


def test_a_duplicate_without_names_names_nothing(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.error_type(10011, "Tekrarlanan işlem")))
    (outcome,) = kit.open().send([kit.outgoing()])
    assert isinstance(outcome.error, Duplicate)
    assert (outcome.error.ettn, outcome.error.number) == ("", "")


@pytest.mark.parametrize(
    ("text", "index", "culprit"),
    [
        ("Şematron hatası", 1, 1),
        ("Şematron hatası", 0, 0),
        ("Şematron hatası", 2, None),
        ("Şematron hatası", None, None),
        ("MUH2026000000001 şematron hatası", 1, 0),
        ("00000000-0000-4000-8000-000000000002 hatalı", None, 1),
        ("MUH2026000000001, MUH2026000000002 hatalı", 0, None),
    ],
)
def test_the_culprit_of_a_batch(kit: Any, text: str, index: int | None, culprit: int | None) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.error_type(10003, text, index)))
    outcomes = kit.open().send([kit.outgoing(1), kit.outgoing(2)])
    assert {o.error.element_index for o in outcomes} == {culprit}


def test_a_negative_return_code_is_no_success_and_a_warning_is(kit: Any) -> None:
    returned = kit.DONE.replace(
        "<RETURN_CODE>0</RETURN_CODE>", "<RETURN_CODE>{}</RETURN_CODE><WARNINGS>Dikkat</WARNINGS>"
    )
    kit.integrator.say(
        "SendInvoice",
        kit.soap("SendInvoice", returned.format(-1)),
        kit.soap("SendInvoice", returned.format(1)),
    )
    session = kit.open()
    (failed,) = session.send([kit.outgoing()])
    assert isinstance(failed.error, Rejected) and failed.error.retry_safe
    (taken,) = session.send([kit.outgoing()])
    assert (taken.error, taken.text) == (None, "Dikkat")


def test_drafts_are_loaded_with_validation_in_requests_within_the_limits(kit: Any) -> None:
    kit.integrator.say("LoadInvoice", kit.soap("LoadInvoice", kit.DONE))
    drafts = [replace(kit.outgoing(i), number="MUH2026000000000") for i in range(101)]
    kit.open().load_drafts(drafts)
    posts = kit.integrator.of("LoadInvoice")
    assert [len(p.request.findall("INVOICE")) for p in posts] == [100, 1]
    assert posts[0].text("VALIDATION_FLAG") == "Y"
    kit.integrator.say("LoadInvoice", kit.soap("LoadInvoice", kit.error_type(10003)))
    with pytest.raises(Rejected):
        kit.open().load_drafts(drafts[:1])
