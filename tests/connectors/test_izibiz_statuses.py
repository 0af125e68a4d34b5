"""Status codes, and the questions that bring them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors.base import ContractBroken, Rejected
from app.connectors.izibiz.status import guess_direction, meaning_of
from app.domain.lifecycle import Direction, State

OUT, IN = Direction.OUT, Direction.IN


@pytest.mark.parametrize(
    ("codes", "direction", "state", "final"),
    [
        ((100, 101, 102, 103, 104, 105, 106, 107, 109, 110, 134, 135, 140, 141), OUT, State.SENT, False),
        ((111, 117), OUT, State.DELIVERED, False),
        ((137,), OUT, State.DELIVERED, True),
        ((112,), OUT, State.ACCEPTED, True),
        ((120,), OUT, State.REJECTED, True),
        ((136, 139), OUT, State.FAILED, True),
        ((133,), IN, State.RECEIVED, True),
        ((132,), IN, State.ANSWER_DUE, False),
        ((123, 124, 125, 127, 128, 129, 134), IN, State.ANSWERING, False),
        ((122, 130), IN, State.ANSWERED, True),
        ((126, 131), IN, State.ANSWER_DUE, True),
        ((108, 999), OUT, None, False),
        ((112, 999), IN, None, False),
    ],
)
def test_codes(codes: tuple[int, ...], direction: Direction, state: State | None, final: bool) -> None:
    for code in codes:
        meaning = meaning_of(str(code), "", direction)
        assert (meaning.state, meaning.final) == (state, final), code


@pytest.mark.parametrize("text", ["SEND - SUCCEED", "SEND_SUCCEED", " send-succeed "])
def test_both_spellings_are_read_and_the_code_goes_first(text: str) -> None:
    assert meaning_of("", text, OUT).state is State.DELIVERED
    assert meaning_of("136", text, OUT).state is State.FAILED
    assert meaning_of("", "RECEIVE - WAIT_APPLICATION_RESPONSE", IN).state is State.ANSWER_DUE
    assert meaning_of("", "PACKAGE - FAILED", OUT).final is False
    assert meaning_of("", "ACCEPT_WAIT_GIB_RESPONSE", IN).state is State.ANSWERING
    assert meaning_of("", "REJECT - FAILED", IN).state is State.ANSWER_DUE
    assert meaning_of("", "", OUT).state is None


def test_direction_is_guessed_where_it_is_not_said() -> None:
    assert guess_direction("133", "") is IN
    assert guess_direction("134", "") is OUT
    assert guess_direction("", "RECEIVE - SUCCEED") is IN
    assert guess_direction("", "") is OUT


def entry(ettn: str, code: str = "101", *, tag_status: str = "LOAD - SUCCEED", more: str = "") -> str:
    return (
        f'<INVOICE_STATUS ID="MUH2026000000001" UUID="{ettn}"><STATUS>{tag_status}</STATUS>'
        f"<STATUS_DESCRIPTION>açıklama</STATUS_DESCRIPTION>{more}<STATUS_CODE>{code}</STATUS_CODE></INVOICE_STATUS>"
    )


def ettn_of(serial: int) -> str:
    return f"00000000-0000-4000-8000-{serial:012d}"


pytestmark = pytest.mark.shared


def test_one_is_asked_alone_and_many_together_in_order(kit: Any) -> None:
    def all_of(post: Any) -> Any:
        asked = [node.text for node in post.request.iterfind("UUID")]
        return kit.Reply(kit.soap("GetInvoiceStatusAll", "".join(entry(e.upper()) for e in reversed(asked))))

    kit.integrator.say("GetInvoiceStatusAll", all_of)
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", entry(ettn_of(1))))
    session = kit.open()
    assert [r.ettn for r in session.statuses([ettn_of(1)])] == [ettn_of(1)]
    many = [ettn_of(i) for i in range(230)]
    reports = session.statuses(many)
    assert [r.ettn for r in reports] == many and all(r.found for r in reports)
    posts = kit.integrator.of("GetInvoiceStatusAll")
    assert [len(p.request.findall("UUID")) for p in posts] == [100, 100, 30]
    single = kit.integrator.of("GetInvoiceStatus")[0].request.find("INVOICE")
    assert dict(single.attrib) == {"UUID": ettn_of(1)} and len(single) == 0
    assert session.statuses([]) == []


def test_the_fields_are_read(kit: Any) -> None:
    more = (
        "<GIB_STATUS_CODE>1300</GIB_STATUS_CODE><GIB_STATUS_DESCRIPTION>TAMAM</GIB_STATUS_DESCRIPTION>"
        "<RESPONSE_CODE>1200</RESPONSE_CODE><RESPONSE_DESCRIPTION>KABUL</RESPONSE_DESCRIPTION>"
        "<CDATE>2026-03-01T10:30:00</CDATE><ENVELOPE_IDENTIFIER>zarf</ENVELOPE_IDENTIFIER>"
        "<GTB_REFNO>12345678901234567890123</GTB_REFNO><DIRECTION>OUT</DIRECTION>"
    )
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", entry(ettn_of(1), "112", more=more)))
    (report,) = kit.open().statuses([ettn_of(1)])
    assert (report.state, report.final, report.number) == (State.ACCEPTED, True, "MUH2026000000001")
    assert (report.gib_code, report.gib_text) == (1300, "TAMAM")
    assert (report.response_code, report.response_text) == ("1200", "KABUL")
    assert report.arrived_at == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert report.extra == {"GTB_REFNO": "12345678901234567890123"}
    assert report.envelope_id == "zarf"


@pytest.mark.parametrize(
    ("flag", "cancelled"),
    [("Y", True), ("true", True), ("1", True), ("N", False), ("0", False), ("false", False), ("", False)],
)
def test_a_cancellation_elsewhere_is_told(kit: Any, flag: str, cancelled: bool) -> None:
    more = f"<EXTERNAL_CANCEL_FLAG>{flag}</EXTERNAL_CANCEL_FLAG>"
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", entry(ettn_of(1), "137", more=more)))
    (report,) = kit.open().statuses([ettn_of(1)])
    assert (report.cancelled, report.state) == (cancelled, State.DELIVERED)


@pytest.mark.parametrize("more", ["", "<GIB_STATUS_CODE>-1</GIB_STATUS_CODE>", "<GIB_STATUS_CODE/>"])
def test_no_gib_code_yet_is_none(kit: Any, more: str) -> None:
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", entry(ettn_of(1), more=more)))
    (report,) = kit.open().statuses([ettn_of(1)])
    assert report.gib_code is None


def test_what_does_not_come_back_is_not_found(kit: Any) -> None:
    kit.integrator.say(
        "GetInvoiceStatusAll",
        kit.soap("GetInvoiceStatusAll", entry(ettn_of(1)) + f'<INVOICE_STATUS UUID="{ettn_of(2)}"/>'),
    )
    assert [r.found for r in kit.open().statuses([ettn_of(1), ettn_of(2), ettn_of(3)])] == [True, False, False]


def test_no_record_for_one_is_not_found(kit: Any) -> None:
    kit.integrator.say("GetInvoiceStatus", kit.Reply(kit.soap_fault(10008), status=500))
    (report,) = kit.open().statuses([ettn_of(1)])
    assert report.found is False


def test_an_empty_answer_for_one_is_asked_again_before_it_counts(kit: Any) -> None:
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", f'<INVOICE_STATUS UUID="{ettn_of(1)}"/>'))
    kit.integrator.say("GetInvoiceStatusAll", kit.soap("GetInvoiceStatusAll", entry(ettn_of(1), "137")))
    (report,) = kit.open().statuses([ettn_of(1)])
    assert report.state is State.DELIVERED


def test_no_record_for_many_is_asked_in_halves(kit: Any) -> None:
    """A server that says 10008 as soon as one is missing must not make the others look unsent."""

    def strict(post: Any) -> Any:
        asked = [node.text for node in post.request.iterfind("UUID")]
        if ettn_of(5) in asked:
            return kit.Reply(kit.soap("GetInvoiceStatusAll", kit.error_type(10008)))
        return kit.Reply(kit.soap("GetInvoiceStatusAll", "".join(entry(e) for e in asked)))

    def strict_one(post: Any) -> Any:
        asked = post.request.find("INVOICE").get("UUID")
        inner = kit.error_type(10008) if asked == ettn_of(5) else entry(asked)
        return kit.Reply(kit.soap("GetInvoiceStatus", inner))

    kit.integrator.say("GetInvoiceStatusAll", strict)
    kit.integrator.say("GetInvoiceStatus", strict_one)
    found = [r.found for r in kit.open().statuses([ettn_of(i) for i in range(8)])]
    assert found == [i != 5 for i in range(8)]


@pytest.mark.parametrize("answer", ["error", "garbage", "foreign"])
def test_an_unclear_answer_never_becomes_not_found(kit: Any, answer: str) -> None:
    answers = {
        "error": kit.soap("GetInvoiceStatusAll", kit.error_type(10001)),
        "garbage": kit.soap("GetInvoiceStatusAll", entry(ettn_of(1)))[:-40],
        "foreign": kit.soap("GetInvoice"),
    }
    kit.integrator.say("GetInvoiceStatusAll", answers[answer])
    with pytest.raises((Rejected, ContractBroken)):
        kit.open().statuses([ettn_of(1), ettn_of(2)])


def test_sent_to_oneself_both_copies_are_told_apart(kit: Any) -> None:
    both = entry(ettn_of(1), "133", more="<DIRECTION>IN</DIRECTION>") + entry(
        ettn_of(1), "136", more="<DIRECTION>OUT</DIRECTION>"
    )
    kit.integrator.say("GetInvoiceStatusAll", kit.soap("GetInvoiceStatusAll", both))
    incoming = entry(ettn_of(1), "133", more="<DIRECTION>IN</DIRECTION>")
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", incoming))
    session = kit.open()
    assert session.statuses([ettn_of(1)], direction=OUT)[0].state is State.FAILED
    assert session.statuses([ettn_of(1)], direction=IN)[0].state is State.RECEIVED
    two = session.statuses([ettn_of(1), ettn_of(2)])
    assert two[0].state is State.FAILED
    assert not two[1].found


def test_an_incoming_copy_alone_does_not_prove_that_ours_was_sent(kit: Any) -> None:
    incoming = entry(ettn_of(1), "133", more="<DIRECTION>IN</DIRECTION>")
    kit.integrator.say("GetInvoiceStatus", kit.soap("GetInvoiceStatus", incoming))
    kit.integrator.say("GetInvoiceStatusAll", kit.soap("GetInvoiceStatusAll", incoming))
    assert kit.open().statuses([ettn_of(1)], direction=OUT)[0].found is False
