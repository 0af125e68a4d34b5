"""The connector against the integrator simulator: what an outcome says must be what really happened over there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.connectors.base import Answer, ConnectorError, ContractBroken, Duplicate, FetchQuery, Rejected, Unreachable
from app.domain.lifecycle import Direction, State
from app.ubl.reader import summarize


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("drop_after", Unreachable),
        ("garbage_html", ContractBroken),
        ("garbage_html_500", Unreachable),
        ("garbage_truncated", ContractBroken),
        ("garbage_empty", ContractBroken),
        ("timeout", Unreachable),
    ],
)
def test_processed_with_the_answer_lost_is_unknown_and_found_by_asking(
    office: Any, fault: str, kind: type[ConnectorError]
) -> None:
    session = office.open(timeout_s="0.5" if fault == "timeout" else "20")
    session.check_taxpayer(office.BUYER["vkn"])
    office.sandbox.arm(fault, "SendInvoice", seconds=3.0)
    document = office.invoice(1)
    with pytest.raises(kind) as caught:
        session.send([document])
    assert getattr(caught.value, "maybe_processed", True)
    assert not caught.value.retry_safe
    assert session.statuses([document.ettn])[0].found
    (again,) = session.send([document])
    assert isinstance(again.error, Duplicate)
    assert again.error.ettn == document.ettn
    (stored,) = office.sandbox.stored("out")
    assert stored.number == document.number


def test_dropped_before_processing_is_unknown_and_not_found_by_asking(office: Any) -> None:
    session = office.open()
    session.check_taxpayer(office.BUYER["vkn"])
    office.sandbox.arm("drop_before", "SendInvoice")
    document = office.invoice(1)
    with pytest.raises(Unreachable) as caught:
        session.send([document])
    assert caught.value.maybe_processed
    assert not session.statuses([document.ettn])[0].found
    assert session.send([document])[0].error is None


def test_a_stopped_integrator_took_nothing(office: Any) -> None:
    session = office.open()
    session.check_taxpayer(office.BUYER["vkn"])
    office.sandbox.stop()
    with pytest.raises(Unreachable) as caught:
        session.send([office.invoice(1)])
    # The old connection may or may not be seen as dead before the request goes out: never "surely sent".
    assert caught.value.code in ("IZIBIZ.UNREACHABLE", "IZIBIZ.NO_ANSWER")
    office.sandbox.start()
    assert session.send([office.invoice(1)])[0].error is None


def test_one_bad_member_fails_the_batch_and_is_named(office: Any) -> None:
    session = office.open()
    documents = [office.invoice(i) for i in (1, 2, 3)]
    office.sandbox.arm("reject_member", "SendInvoice", code=10003, ettn=documents[1].ettn)
    outcomes = session.send(documents)
    assert all(isinstance(o.error, Rejected) and o.error.element_index == 1 for o in outcomes)
    assert office.sandbox.stored("out") == []
    assert [r.found for r in session.statuses([d.ettn for d in documents])] == [False] * 3


def test_a_session_dies_of_old_age_without_anybody_noticing(office: Any) -> None:
    session = office.open()
    session.check_taxpayer(office.BUYER["vkn"])
    office.sandbox.advance(timedelta(hours=9))
    session.statuses([office.invoice(1).ettn])
    assert len([c for c in office.sandbox.calls if c.operation == "Login"]) == 2


def test_the_legal_copy_is_the_signed_one(office: Any) -> None:
    session = office.open()
    document = office.invoice(1)
    session.send([document])
    office.push(hours=1)
    ((copy,),) = session.fetch(FetchQuery(direction=Direction.OUT, include_read=True, ettn=document.ettn))
    (stored,) = office.sandbox.stored("out")
    assert copy.content == stored.xml
    assert summarize(copy.content).number == document.number
    assert b"SignatureValue" in copy.content and b"SignatureValue" not in document.xml


def test_broken_deliveries_harm_nobody(office: Any) -> None:
    office.sandbox.add_incoming(count=3)
    office.sandbox.add_raw_incoming(b"PK\x03\x04 yarim")
    office.sandbox.add_raw_incoming(b"%PDF-1.7 fatura.xml")
    office.sandbox.add_incoming(count=3)
    session = office.open()
    (page,) = session.fetch(FetchQuery())
    damaged = [d for d in page if d.damage is not None]
    assert len(page) == 8
    assert [d.content for d in damaged] == [b"PK\x03\x04 yarim"]
    assert b"%PDF-1.7 fatura.xml" in [d.content for d in page]
    session.acknowledge([(d.ettn, d.number) for d in page])
    assert list(session.fetch(FetchQuery())) == []


def test_what_was_read_elsewhere_is_found_by_its_headers(office: Any) -> None:
    ettns = office.sandbox.add_incoming(count=4)
    office.sandbox.mark_read_elsewhere(ettns[:2])
    session = office.open()
    today = office.clock.today()
    query = FetchQuery(include_read=True, header_only=True, by_creation=True, start=today, end=today)
    assert sorted(d.ettn for page in session.fetch(query) for d in page) == sorted(ettns)
    assert {d.ettn for page in session.fetch(FetchQuery()) for d in page} == set(ettns[2:])
    ((one,),) = session.fetch(FetchQuery(include_read=True, ettn=ettns[0]))
    assert summarize(one.content).ettn == ettns[0]


def test_several_receiving_labels_are_all_shown(office: Any) -> None:
    found = [t.alias for t in office.open().check_taxpayer(office.BUYER["vkn"]) if t.unit == "PK"]
    assert found == list(office.BUYER_PKS)


def test_a_closed_label_comes_with_the_changes(office: Any) -> None:
    session = office.open()
    since = office.clock.now()
    office.push(hours=2)
    office.sandbox.delete_alias(office.BUYER["vkn"], office.BUYER_PKS[1])
    changed = list(session.taxpayers(changed_since=since))
    assert [(t.alias, t.deleted) for t in changed] == [(office.BUYER_PKS[1], True)]


def test_a_second_answer_is_known_as_already_given(office: Any) -> None:
    office.sandbox.add_incoming(count=8)
    session = office.open()
    (page,) = session.fetch(FetchQuery())
    document = next(d for d in page if d.profile == "TICARIFATURA")
    named = [(document.ettn, document.number)]
    session.respond(named, Answer.ACCEPT, "")
    with pytest.raises(Duplicate):
        session.respond(named, Answer.REJECT, "vazgeçtim")
    office.push(hours=1)
    assert session.statuses([document.ettn])[0].state is State.ANSWERED


def test_ten_pages_are_read_at_a_good_pace(office: Any) -> None:
    """The bench has the clock; here only that a long box is read to its end, each document once."""
    office.sandbox.add_incoming(count=1000, sealed=False)
    session = office.open()
    got: list[str] = []
    for page in session.fetch(FetchQuery()):
        got += [d.ettn for d in page]
        session.acknowledge([(d.ettn, d.number) for d in page])
    assert len(got) == len(set(got)) == 1000
