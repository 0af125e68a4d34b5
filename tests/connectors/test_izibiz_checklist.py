"""İzibiz's own e-Fatura checklist, one test per row and named after its id (IZ-F-01 … IZ-F-33).

Rows that a later stage builds are strict expected failures: each tries the missing thing and names what it waits for.
Source: İzibiz guide, "E-Fatura Entegrasyon Kontrol Listesi" and "Dikkat Edilecek Hususlar".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.base import Answer, FetchQuery
from app.connectors.gib_codes import ResendRule, resend_rule
from app.connectors.izibiz import IzibizConnector
from app.domain.errors import ConfigError, RuleBroken
from app.domain.lifecycle import State
from app.storage.records import DocumentRecord
from app.ubl.reader import read_invoice, summarize
from app.validation.builtin import check_invoice
from app.workflows.floors import Intervals, ensure_intervals


def receive_all(session: Any) -> list[Any]:
    """Every unread document; each page is acknowledged as the receiving workflow does after storing it."""
    got = []
    for page in session.fetch(FetchQuery()):
        got += page
        session.acknowledge([(d.ettn, d.number) for d in page])
    return got


def test_iz_f_01_login_of_the_authentication_service_is_used(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    list(kit.open().fetch(FetchQuery()))
    assert [(p.path, p.operation) for p in kit.integrator.posts] == [
        ("/AuthenticationWS", "Login"),
        ("/EInvoiceWS", "GetInvoice"),
    ]


def test_iz_f_02_one_session_for_all_and_a_new_one_when_it_is_lost(office: Any) -> None:
    session = office.open()
    for _ in range(3):
        session.check_taxpayer(office.BUYER["vkn"])
        list(session.fetch(FetchQuery()))
    assert len(office.called("Login")) == 1
    assert len({c.session for c in office.sandbox.calls if c.operation != "Login"}) == 1
    office.sandbox.arm("session_expired", "CheckUser")
    assert session.check_taxpayer(office.BUYER["vkn"])
    assert len(office.called("Login")) == 2


def test_iz_f_03_the_taxpayer_list_comes_by_get_gib_user_list(office: Any) -> None:
    """What the program makes of the list stands in tests/workflows/test_taxpayers.py."""
    listed = list(office.open().taxpayers())
    assert {(t.vkn, t.alias) for t in listed if t.vkn == office.BUYER["vkn"]} == {
        (office.BUYER["vkn"], alias) for alias in office.BUYER_PKS
    }
    assert len(office.called("GetGibUserList")) == 1


def test_iz_f_04_session_and_application_name_are_in_every_request(kit: Any) -> None:
    for operation, inner in {"SendInvoice": kit.DONE, "GetInvoice": kit.incoming(1), "MarkInvoice": kit.DONE,
                             "CheckUser": "", "GetInvoiceStatusAll": "",
                             "SendInvoiceResponseWithServerSign": kit.DONE}.items():  # fmt: skip
        kit.integrator.say(operation, kit.soap(operation, inner))
    session = kit.open()
    session.send([kit.outgoing()])
    receive = next(session.fetch(FetchQuery()))
    session.acknowledge([(d.ettn, d.number) for d in receive])
    session.check_taxpayer("1234567803")
    session.statuses([kit.outgoing(1).ettn, kit.outgoing(2).ettn])
    session.respond([(receive[0].ettn, receive[0].number)], Answer.ACCEPT, "")
    session.close()
    assert len(kit.integrator.posts) == 8
    for post in kit.integrator.posts:
        wanted = "-1" if post.operation == "Login" else kit.SESSION_ID
        assert post.text("REQUEST_HEADER/SESSION_ID") == wanted
        assert post.text("REQUEST_HEADER/APPLICATION_NAME") == "MUHURDAR"
        assert post.text("REQUEST_HEADER/CHANNEL_NAME")


@pytest.mark.parametrize(
    ("profile", "type_code"), [("IHRACAT", "ISTISNA"), ("YOLCUBERABERFATURA", "ISTISNA"), ("TEMELFATURA", "SGK")]
)
def test_iz_f_06_every_scenario_is_sent_with_send_invoice(office: Any, profile: str, type_code: str) -> None:
    session = office.open()
    for serial, known in enumerate(("TEMELFATURA", "TICARIFATURA"), start=1):
        if session.send([office.invoice(serial, profile=known)])[0].error is not None:
            raise RuntimeError(f"{known} must go today")
    assert not_yet(office, profile, type_code) == []


@pytest.mark.parametrize("type_code", ["OZELMATRAH", "IHRACKAYITLI", "SGK", "KOMISYONCU", "HKSSATIS"])
def test_iz_f_07_every_type_is_sent(office: Any, type_code: str) -> None:
    assert not_yet(office, "TEMELFATURA", type_code) == []


def not_yet(office: Any, profile: str, type_code: str) -> list[str]:
    """What our own check says against this pair of profile and type; the rest of the invoice is sound."""
    sound = read_invoice(office.invoice(9).xml).invoice
    changed = replace(sound, profile=profile, type_code=type_code)
    found = check_invoice(changed, today=office.clock.today(), purpose="draft", registered=True)
    return [f"{f.code}: {f.message}" for f in found if f.code.startswith(("INV.PROFILE", "INV.TYPE"))]


def test_the_pairs_of_today_pass_the_same_check(office: Any) -> None:
    """The check of IZ-F-06 and IZ-F-07 has something to say against a pair that GİB refuses."""
    assert not_yet(office, "TEMELFATURA", "SATIS") == []
    assert not_yet(office, "TICARIFATURA", "TEVKIFAT") == []
    assert not_yet(office, "TICARIFATURA", "IADE") != []


def test_iz_f_09_what_failed_at_the_receiver_goes_again_with_its_number_and_a_new_ettn(office: Any) -> None:
    session = office.open()
    first = office.invoice(1)
    office.sandbox.set_plan(first.ettn, fail_at_receiver=1230)
    assert session.send([first])[0].error is None
    office.push(hours=1)
    (failed,) = session.statuses([first.ettn])
    assert (failed.state, failed.gib_code) == (State.FAILED, 1230)
    assert resend_rule(1230) is ResendRule.NEW_ETTN
    again = office.invoice(1, ettn="11111111-0000-4000-8000-000000000001")
    assert again.number == first.number
    assert session.send([again])[0].error is None
    office.push(hours=1)
    assert session.statuses([again.ettn])[0].state is State.DELIVERED


def test_iz_f_11_all_new_invoices_come_with_their_xml(office: Any) -> None:
    office.sandbox.add_incoming(count=130)
    documents = receive_all(office.open())
    assert len({d.ettn for d in documents}) == 130
    assert all(summarize(d.content).ettn == d.ettn for d in documents)
    stored = {d.ettn: d.xml for d in office.sandbox.stored("in")}
    assert {d.ettn: d.content for d in documents} == stored


def test_iz_f_12_the_receive_timer_can_be_set_but_not_below_15_minutes() -> None:
    floors = IzibizConnector.capabilities.floors
    ensure_intervals(Intervals(receive=timedelta(minutes=15), status=timedelta(hours=4)), floors)
    ensure_intervals(Intervals(receive=timedelta(hours=3), status=timedelta(days=1)), floors)
    with pytest.raises(ConfigError):
        ensure_intervals(Intervals(receive=timedelta(minutes=14), status=timedelta(hours=4)), floors)


def test_iz_f_16_a_bulk_mark_carries_no_content(office: Any) -> None:
    office.sandbox.add_incoming(count=5)
    session = office.open()
    assert len(receive_all(session)) == 5
    (mark,) = office.called("MarkInvoice")
    assert (mark.documents, mark.with_content) == (5, False)
    assert receive_all(session) == []


def test_iz_f_17_the_status_timer_can_be_set_but_not_below_4_hours() -> None:
    floors = IzibizConnector.capabilities.floors
    with pytest.raises(ConfigError):
        ensure_intervals(Intervals(receive=timedelta(minutes=15), status=timedelta(hours=3, minutes=59)), floors)


def test_iz_f_22_one_that_is_not_final_is_asked_with_get_invoice_status(office: Any) -> None:
    session = office.open()
    document = office.invoice(1)
    session.send([document])
    (report,) = session.statuses([document.ettn])
    assert (report.state, report.final, report.number) == (State.SENT, False, document.number)
    assert len(office.called("GetInvoiceStatus")) == 1
    assert not office.called("GetInvoiceStatusAll")


def test_iz_f_23_many_are_asked_in_one_request(office: Any) -> None:
    session = office.open()
    documents = [office.invoice(i) for i in range(1, 8)]
    session.send(documents)
    office.push(hours=1)
    unknown = "99999999-0000-4000-8000-000000000001"
    reports = session.statuses([*(d.ettn for d in documents), unknown])
    assert [r.found for r in reports] == [True] * 7 + [False]
    assert {(r.state, r.final, r.gib_code) for r in reports[:7]} == {(State.DELIVERED, True, 1300)}
    (asked,) = office.called("GetInvoiceStatusAll")
    assert asked.documents == 8 or len(asked.uuids) == 8
    assert not office.called("GetInvoiceStatus")


def test_iz_f_24_customs_data_of_an_export_invoice_are_shown(kit: Any) -> None:
    ettn = kit.outgoing().ettn
    customs = "<GTB_REFNO>12345678901234567890123</GTB_REFNO><GTB_GCB_TESCILNO>26341200EX000001</GTB_GCB_TESCILNO>"
    kit.integrator.say(
        "GetInvoiceStatus",
        kit.soap(
            "GetInvoiceStatus",
            f'<INVOICE_STATUS UUID="{ettn}"><STATUS>SEND - SUCCEED</STATUS>{customs}</INVOICE_STATUS>',
        ),
    )
    (report,) = kit.open().statuses([ettn])
    if set(report.extra) != {"GTB_REFNO", "GTB_GCB_TESCILNO"}:
        raise RuntimeError("the connector lost the customs data")
    assert "gtb_refno" in DocumentRecord.__dataclass_fields__


def test_iz_f_26_a_commercial_invoice_is_answered_with_the_integrators_seal(office: Any) -> None:
    office.sandbox.add_incoming(count=8)
    session = office.open()
    accepted, rejected = [d for d in receive_all(session) if d.profile == "TICARIFATURA"][:2]
    session.respond([(accepted.ettn, accepted.number)], Answer.ACCEPT, "")
    session.respond([(rejected.ettn, rejected.number)], Answer.REJECT, "Fiyat siparişle uyuşmuyor")
    assert len(office.called("SendInvoiceResponseWithServerSign")) == 2
    office.push(hours=1)
    assert [(r.raw_code, r.state) for r in session.statuses([accepted.ettn, rejected.ettn])] == [
        ("122", State.ANSWERED),
        ("130", State.ANSWERED),
    ]
    answers = {d.ettn: d.answers for d in office.sandbox.stored("in")}
    assert len(answers[accepted.ettn]) == len(answers[rejected.ettn]) == 1


def test_iz_f_27_a_rejection_always_carries_its_reason(office: Any) -> None:
    office.sandbox.add_incoming(count=8)
    session = office.open()
    document = next(d for d in receive_all(session) if d.profile == "TICARIFATURA")
    with pytest.raises(RuleBroken):
        session.respond([(document.ettn, document.number)], Answer.REJECT, " ")
    assert not office.called("SendInvoiceResponseWithServerSign")


def test_iz_f_29_logout_at_the_end(office: Any) -> None:
    session = office.open()
    session.check_taxpayer(office.BUYER["vkn"])
    session.close()
    assert office.sandbox.calls[-1].operation == "Logout"
    assert office.sandbox.calls[-1].outcome == "ok"


def test_iz_f_30_the_taxpayer_list_can_be_asked_for_what_has_changed(office: Any) -> None:
    """Every two hours, and cards follow: tests/workflows/test_taxpayers.py."""
    session = office.open()
    known = office.clock.now()
    office.push(hours=2)
    office.sandbox.register("1111111111", "Yeni Mükellef", pk=["urn:mail:pk@yeni.example"], gb=[])
    office.sandbox.register(office.BUYER["vkn"], office.BUYER["title"], pk=[office.BUYER_PKS[0]], gb=[])
    changes = {(t.vkn, t.alias, t.deleted) for t in session.taxpayers(changed_since=known)}
    assert changes == {
        ("1111111111", "urn:mail:pk@yeni.example", False),
        (office.BUYER["vkn"], office.BUYER_PKS[1], True),
    }


@pytest.mark.parametrize(("held", "asked"), [(99, 1), (100, 2), (200, 3)])
def test_iz_f_32_exactly_a_hundred_means_ask_again(office: Any, held: int, asked: int) -> None:
    office.sandbox.add_incoming(count=held)
    assert len(receive_all(office.open())) == held
    assert len(office.called("GetInvoice")) == asked
