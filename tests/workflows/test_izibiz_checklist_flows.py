"""The rows of İzibiz's e-Fatura checklist that the workflows answer; the connector's own stand in
tests/connectors/test_izibiz_checklist.py. Together: IZ-F-01 … IZ-F-33, each row once.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.connectors.base import Answer
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, State
from app.rendering.html import Renderer
from app.runtime.children import ChildPool
from app.storage import documents
from app.workflows import answering, drafting, viewing

from .conftest import Desk

SELLER = "9205121120"


def test_every_row_has_its_test() -> None:
    here = Path(__file__)
    other = here.parents[1] / "connectors" / "test_izibiz_checklist.py"
    rows = re.findall(r"^def test_iz_f_(\d\d)_", here.read_text("utf-8") + other.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == [f"{n:02d}" for n in range(1, 34)]


def test_iz_f_05_invoice_numbers_are_consecutive(desk: Desk) -> None:
    ettns = [desk.draft(n % 3) for n in range(5)]
    desk.issue(*ettns)
    desk.sync()
    assert sorted(d.number for d in desk.sandbox.stored("out")) == [f"CNR2026{n:09d}" for n in range(1, 6)]


def test_iz_f_08_the_record_is_locked_once_the_integrator_has_it(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sync()
    with pytest.raises(RuleBroken) as caught:
        desk.draft(1, uuid=ettn)
    assert caught.value.code == "DRAFT.LOCKED"


def test_iz_f_10_nothing_older_than_seven_days_leaves(desk: Desk) -> None:
    old = desk.draft(0, issue_date=(desk.clock.today() - timedelta(days=8)).isoformat(), order_reference=None)
    report = desk.issue(old)
    assert [f.error.code for f in report.sealing.failed] == ["SEAL.FINDINGS"]
    desk.sync()
    assert desk.sandbox.stored("out") == []


def test_iz_f_13_the_button_works_once_in_five_minutes_however_often_it_is_pressed(desk: Desk) -> None:
    for _ in range(6):
        desk.sync(mode="button")
        desk.push(seconds=50)
    assert desk.calls("GetInvoice") == 1
    desk.push(minutes=1)
    desk.sync(mode="button")
    assert desk.calls("GetInvoice") == 2


def test_iz_f_14_the_xml_that_came_is_stored(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=4, to_vkn=SELLER)
    desk.sync()
    with desk.office.db.read() as s:
        stored = {r.ettn: documents.load_file(s, r.id, "received") for r in desk.records(Direction.IN)}
    assert stored == {d.ettn: d.xml for d in desk.sandbox.stored("in")}


def test_iz_f_15_receipt_is_told_only_after_the_documents_are_stored(desk: Desk) -> None:
    """When storing fails, nothing is acknowledged, so the integrator keeps the documents for the next pass."""
    desk.sandbox.add_incoming(count=2, to_vkn=SELLER)
    with desk.office.db.write("db.poll") as s:
        from sqlalchemy import text

        s.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, 'no room'); END"))
    report = desk.sync()
    assert [e.code for e in report.errors]
    assert desk.calls("MarkInvoice") == 0
    with desk.office.db.write("db.poll") as s:
        s.execute(text("DROP TRIGGER full_disk"))
    desk.push(minutes=6)
    desk.sync()
    assert len(desk.records(Direction.IN)) == 2
    assert desk.calls("MarkInvoice") == 1


def test_iz_f_18_final_outgoing_documents_are_not_queried(desk: Desk) -> None:
    basic, failing = desk.draft(0), desk.draft(0)
    desk.issue(basic, failing)
    desk.sync()
    desk.sandbox.set_plan(failing, fail_at_gib=1150)
    desk.push(hours=5)
    desk.sync()
    assert {desk.get(e).state for e in (basic, failing)} == {State.DELIVERED, State.FAILED}
    asked = _asked(desk)
    desk.push(hours=5)
    desk.sync()
    assert _asked(desk) == asked


def test_iz_f_19_incoming_basic_invoices_are_not_queried(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=10, to_vkn=SELLER)
    desk.sync()
    for _ in range(3):
        desk.push(hours=5)
        desk.sync()
    assert _asked(desk) == 0, "basic ones never, commercial ones not before our answer"


def test_iz_f_20_commercial_ones_are_queried_after_our_answer_until_it_is_final(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=10, to_vkn=SELLER)
    desk.sync()
    due = desk.records(Direction.IN, State.ANSWER_DUE)[0]
    answering.answer(desk.ctx, desk.company, due.ettn, Answer.ACCEPT, "")
    desk.sync()
    while not desk.get(due.ettn, Direction.IN).is_final:
        before = _asked(desk)
        desk.push(hours=5)
        desk.sync()
        assert _asked(desk) == before + 1
    desk.push(hours=5)
    desk.sync()
    assert _asked(desk) == before + 1


def test_iz_f_21_nothing_is_queried_eight_days_after_it_arrived(desk: Desk) -> None:
    ettn = desk.draft(1)
    desk.issue(ettn)
    desk.sync()
    desk.sandbox.set_plan(ettn, answer=None)
    desk.push(hours=5)
    desk.sync()
    desk.push(days=8)
    asked = _asked(desk)
    desk.sync()
    assert _asked(desk) == asked


def test_iz_f_25_basic_invoices_cannot_be_answered(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=10, to_vkn=SELLER)
    desk.sync()
    basic = next(r for r in desk.records(Direction.IN) if r.profile == "TEMELFATURA")
    for answer in Answer:
        with pytest.raises(RuleBroken) as caught:
            answering.answer(desk.ctx, desk.company, basic.ettn, answer, "neden")
        assert caught.value.code == "ANSWER.BASIC"


def test_iz_f_28_the_view_is_the_documents_own_xslt(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=8, to_vkn=SELLER)
    desk.sync()
    template = desk.office.template(desk.company)
    with ChildPool() as pool:
        renderer = Renderer(pool)
        drawn = []
        for record in desk.records(Direction.IN):
            seen = viewing.viewable(desk.ctx, desk.company, record.ettn, template=template)
            drawn.append((renderer.render(seen.raw, watermark=seen.watermark), record))
    assert sum(page.source == "embedded" for page, _ in drawn) >= 4
    for page, record in drawn:
        assert record.number in page.html
        assert page.note or page.source == "embedded", "another view than the sender's must be said"


def test_iz_f_31_the_user_chooses_when_the_receiver_has_several_mailboxes(desk: Desk) -> None:
    from app.demo import people

    labels = ["urn:mail:apk@x.example", "urn:mail:bpk@x.example"]
    desk.sandbox.register(people.buyer_number(0), people.buyer_name(0), pk=labels, gb=[])
    ettn = desk.draft(0)
    assert [f.error.code for f in desk.issue(ettn).sealing.failed] == ["LABEL.CHOOSE"]
    partner = drafting.known_partner(
        desk.ctx, desk.company, drafting.load_invoice(desk.ctx, desk.company, desk.get(ettn).id)
    )
    assert partner is not None and set(labels) <= set(partner.pk_labels)
    desk.draft(0, uuid=ettn, receiver_label=labels[0])
    desk.issue(ettn)
    desk.sync()
    assert desk.get(ettn).state is State.SENT


def test_iz_f_33_one_answer_within_eight_days_and_we_see_to_it(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=12, to_vkn=SELLER)
    desk.sync()
    first, second = desk.records(Direction.IN, State.ANSWER_DUE)[:2]
    answering.answer(desk.ctx, desk.company, first.ettn, Answer.ACCEPT, "")
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, first.ettn, Answer.REJECT, "olmaz")
    assert caught.value.code == "ANSWER.ONCE"
    desk.push(days=8, seconds=1)
    with pytest.raises(RuleBroken) as caught:
        answering.answer(desk.ctx, desk.company, second.ettn, Answer.ACCEPT, "")
    assert caught.value.code == "ANSWER.LATE"


def _asked(desk: Desk) -> int:
    return desk.calls("GetInvoiceStatusAll") + desk.calls("GetInvoiceStatus")
