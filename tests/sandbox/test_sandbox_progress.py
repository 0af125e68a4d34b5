"""The states of documents over time, outgoing and incoming, and what plans make of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import InputError
from app.sandbox.codes import FAILS_AT_GIB, GIB_TEXTS, STATES

from .conftest import BUYER, Client, make_invoice, refused, sealed

ETTN = make_invoice(1).uuid


def test_a_basic_invoice_walks_to_1300(client: Client) -> None:
    client.send(sealed(1))
    seen = []
    for minute in range(40):
        state = client.state(ETTN)
        if not seen or seen[-1][1:] != state:
            seen.append((minute, *state))
        client.push(minutes=1)
    assert seen == [
        (0, 101, None),
        (1, 103, None),
        (2, 104, None),
        (3, 107, None),
        (5, 109, 1000),
        (8, 109, 1100),
        (12, 109, 1200),
        (15, 110, 1200),
        (30, 137, 1300),
    ]


def test_texts_have_the_blank_hyphen_blank_form(client: Client) -> None:
    client.send(sealed(1))
    client.push(minutes=30)
    state = client.states(ETTN)[0]
    assert (state.STATUS, state.STATUS_DESCRIPTION) == ("SEND - SUCCEED", "GÖNDERİLDİ")
    assert (state.GIB_STATUS_DESCRIPTION, state.DIRECTION) == ("BAŞARIYLA TAMAMLANDI", "OUT")
    assert state.RESPONSE_CODE is None
    assert all(text.count(" - ") == 1 for text, _ in STATES.values())


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({}, {29.9: (111, 1300), 24 * 60: (112, 1300)}),
        ({"answer": "RED", "after": timedelta(hours=2)}, {119: (111, 1300), 121: (117, 1300), 136: (120, 1300)}),
        ({"answer": "KABUL", "after": timedelta(0)}, {30: (112, 1300)}),
        ({"answer": None}, {9 * 24 * 60: (111, 1300)}),
    ],
)
def test_commercial_invoices_are_answered_as_planned(client: Client, plan: dict[str, Any], expected: Any) -> None:
    client.send(sealed(1, profile="TICARIFATURA"))
    if plan:
        client.sandbox.set_plan(ETTN, **plan)
    passed = 0.0
    for minute, state in expected.items():
        wanted = 30 if minute == 29.9 else minute
        client.push(minutes=wanted - passed)
        passed = wanted
        client.login()
        assert client.state(ETTN) == state
        answered = state[0] in (112, 117, 120)
        assert (client.states(ETTN)[0].RESPONSE_CODE is not None) is answered


def test_a_receivers_habit_counts_where_the_document_has_no_plan(client: Client) -> None:
    client.sandbox.set_receiver_plan(BUYER, answer="RED", after=timedelta(hours=1))
    client.send(sealed(1, profile="TICARIFATURA"), sealed(2, profile="TICARIFATURA"))
    client.sandbox.set_plan(make_invoice(2).uuid, answer=None)
    client.push(hours=2)
    assert client.state(ETTN) == (120, 1300)
    assert client.state(make_invoice(2).uuid) == (111, 1300)


def test_a_plan_may_be_made_before_the_document_is_sent(client: Client) -> None:
    client.sandbox.set_plan(ETTN, fail_at_gib=1163)
    client.send(sealed(1))
    client.push(minutes=7)
    assert client.state(ETTN) == (109, 1000)
    client.push(minutes=1)
    assert client.state(ETTN) == (136, 1163)


@pytest.mark.parametrize(("code", "retrying"), [(1215, 1210), (1230, 1220)])
def test_failing_at_the_receiver_is_retried_first(client: Client, code: int, retrying: int) -> None:
    client.sandbox.set_plan(ETTN, fail_at_receiver=code)
    client.send(sealed(1))
    client.push(minutes=20)
    assert client.state(ETTN) == (110, retrying)
    client.push(minutes=10)
    assert client.state(ETTN) == (136, code)


def test_plans_that_make_no_sense_are_refused(client: Client) -> None:
    for wrong in ({"fail_at_gib": 1215}, {"fail_at_receiver": 1150}, {"answer": "İADE"}):
        with pytest.raises(InputError):
            client.sandbox.set_plan(ETTN, **wrong)  # type: ignore[arg-type]
    assert set(GIB_TEXTS) > FAILS_AT_GIB


def test_one_status_or_many(client: Client) -> None:
    client.send(sealed(1), sealed(2))
    service = client.einvoice.service
    by_ettn = service.GetInvoiceStatus(client.header, INVOICE={"UUID": ETTN.upper()})
    by_number = service.GetInvoiceStatus(client.header, INVOICE={"ID": "ABC2026000000002"})
    found = [getattr(a, "INVOICE_STATUS", a) for a in (by_ettn, by_number)]
    assert [f.UUID for f in found] == [ETTN, make_invoice(2).uuid]
    assert refused(lambda: service.GetInvoiceStatus(client.header, INVOICE={"UUID": make_invoice(9).uuid}))[0] == 10008
    assert refused(lambda: service.GetInvoiceStatus(client.header, INVOICE={}))[0] == 10013
    many = client.states(ETTN, make_invoice(9).uuid, make_invoice(2).uuid)
    assert [m.UUID for m in many] == [ETTN, make_invoice(2).uuid]
    assert client.states(make_invoice(9).uuid) == []
    at_oib = client.oib.service.GetInvoiceStatus(client.header, INVOICE={"UUID": ETTN})
    assert str(getattr(at_oib, "INVOICE_STATUS", at_oib).ISSUE_DATE) == "2026-11-20"


def test_incoming_states_follow_the_answer(client: Client) -> None:
    sandbox = client.sandbox
    basic, commercial, second = (
        *sandbox.add_incoming(count=1, profile="TEMELFATURA"),
        *sandbox.add_incoming(count=2, profile="TICARIFATURA"),
    )
    assert client.state(basic) == (133, 1300)
    assert client.state(commercial) == (132, 1300)
    for ettn, answer in ((commercial, "KABUL"), (second, "RED")):
        client.einvoice.service.SendInvoiceResponseWithServerSign(
            client.header, STATUS=answer, INVOICE=[{"UUID": ettn}], DESCRIPTION=["çünkü"]
        )
    assert [client.state(e)[0] for e in (commercial, second)] == [123, 129]
    client.push(minutes=2)
    assert [client.state(e)[0] for e in (commercial, second)] == [124, 128]
    client.push(minutes=15)
    assert [client.state(e)[0] for e in (commercial, second)] == [122, 130]
    assert client.states(second)[0].RESPONSE_DESCRIPTION == "BAŞARIYLA TAMAMLANDI"
