"""A refused invoice is mended under its own number: no gap, and nothing that GİB may hold is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import RuleBroken
from app.domain.lifecycle import State
from app.storage import documents
from app.ubl.reader import read_invoice
from app.workflows import companies, drafting, issuing, points

from .conftest import Desk


@pytest.fixture
def refused(desk: Desk) -> str:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("soap_fault", "SendInvoice", code=10003)
    desk.sync()
    assert desk.get(ettn).state is State.FAILED
    return ettn


def _date(desk: Desk, ettn: str) -> str:
    day = desk.get(ettn).issue_date
    assert day is not None
    return day.isoformat()


def test_a_refused_invoice_is_mended_and_sent_under_its_number(desk: Desk, refused: str) -> None:
    number = desk.get(refused).number
    desk.draft(0, uuid=refused, notes=["Düzeltildi"])
    assert desk.get(refused).number == number
    assert issuing.reissue(desk.ctx, desk.company, refused, desk.means()).is_clean
    desk.sync()
    record = desk.get(refused)
    assert (record.state, record.number, record.attempt_no) == (State.SENT, number, 2)
    with desk.office.db.read() as s:
        raw = documents.load_file(s, record.id, "sealed")
    assert raw is not None
    assert "Düzeltildi" in read_invoice(raw).invoice.notes
    assert [d.sends for d in desk.sandbox.stored("out")] == [1]


def test_the_series_of_its_number_stays_when_the_company_has_a_new_one(desk: Desk, refused: str) -> None:
    desk.company = companies.save_company(desk.ctx, replace(desk.company.company, series={"einvoice": "YNS"}))
    fields = drafting.load_fields(desk.ctx, desk.get(refused).id)
    fields.pop("series", None)
    fields.pop("number", None)
    assert drafting.save_draft(desk.ctx, desk.company, fields).invoice.series == "CNR"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"series": "YNS"}, "CORRECT.NUMBER"),
        ({"number": "CNR2026000000007"}, "CORRECT.NUMBER"),
        ({"issue_date": "2026-11-19"}, "CORRECT.DATE"),
    ],
)
def test_number_and_date_stay(desk: Desk, refused: str, change: dict[str, str], code: str) -> None:
    assert _date(desk, refused) == "2026-11-20"
    with pytest.raises(RuleBroken) as caught:
        desk.draft(0, uuid=refused, **change)
    assert caught.value.code == code


@pytest.mark.parametrize("gib_code", [1163, 1300])
def test_what_gib_may_hold_is_not_touched(desk: Desk, refused: str, gib_code: int) -> None:
    with desk.office.db.write(points.STATUS) as s:
        documents.set_state(s, desk.get(refused).id, State.FAILED, at=desk.clock.now(), gib_code=gib_code)
    with pytest.raises(RuleBroken) as caught:
        desk.draft(0, uuid=refused)
    assert caught.value.code == "CORRECT.FORBIDDEN"
