"""Numbering and sealing rules, on a real database with a real seal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.base import EndpointKind
from app.demo import people
from app.domain.errors import RuleBroken
from app.domain.lifecycle import SealingMode, State
from app.signing.verify import verify_document
from app.storage import documents
from app.ubl.reader import read_invoice, summarize
from app.workflows import companies, drafting, sealing
from app.workflows.context import Endpoint

from .conftest import START, Desk


def _code(report: sealing.BulkReport) -> str:
    assert len(report.failed) == 1, report
    return report.failed[0].error.code


def test_sealed_bytes_carry_number_seal_and_template(desk: Desk) -> None:
    ettn = desk.draft(0)
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means())
    assert report.done == [ettn]
    record = desk.get(ettn)
    assert (record.state, record.number, record.sealed_by) == (State.SEALED, "CNR2026000000001", "test")
    with desk.office.db.read() as s:
        raw = documents.load_file(s, record.id, "sealed")
    assert raw is not None
    assert verify_document(raw).valid
    read = read_invoice(raw)
    assert str(read.invoice.number) == record.number
    assert read.template is not None and b"stylesheet" in read.template


def test_numbers_run_on_in_date_order_without_gap(desk: Desk) -> None:
    today, yesterday = desk.clock.today(), desk.clock.today() - timedelta(days=1)
    late = desk.draft(0, issue_date=today.isoformat())
    early = desk.draft(1, issue_date=yesterday.isoformat())
    report = sealing.seal(desk.ctx, desk.company, [late, early], desk.means())
    assert report.done == [early, late]
    assert desk.get(early).number == "CNR2026000000001"
    assert desk.get(late).number == "CNR2026000000002"


def test_dates_never_run_backwards_in_a_series(desk: Desk) -> None:
    sealing.seal(desk.ctx, desk.company, [desk.draft(0)], desk.means())
    older = desk.draft(1, issue_date=(desk.clock.today() - timedelta(days=2)).isoformat())
    report = sealing.seal(desk.ctx, desk.company, [older], desk.means())
    assert _code(report) == "NUMBER.DATE_BACK"
    assert desk.get(older).state is State.DRAFT


@pytest.mark.parametrize(("days", "passes"), [(0, True), (7, True), (8, False), (-1, False)])
def test_seven_day_rule_at_drafting_and_sealing(desk: Desk, days: int, passes: bool) -> None:
    day = desk.clock.today() - timedelta(days=days)
    data_findings = drafting.save_draft(desk.ctx, desk.company, _with_day(desk, day.isoformat()))
    is_drafted_clean = not any(f.severity == "error" for f in data_findings.findings)
    assert is_drafted_clean is passes
    report = sealing.seal(desk.ctx, desk.company, [data_findings.invoice.uuid], desk.means())
    assert bool(report.done) is passes
    if not passes:
        assert _code(report) == "SEAL.FINDINGS"


def _with_day(desk: Desk, day: str) -> dict[str, object]:
    from app.demo import people

    return people.drafts(desk.clock.today().isoformat())[0] | {"issue_date": day, "order_reference": None}


def test_the_day_is_istanbuls_not_the_machines(desk: Desk) -> None:
    """22:30 UTC on the 20th is already the 21st in Istanbul."""
    desk.clock.advance(datetime(2026, 11, 20, 22, 30, tzinfo=UTC) - START)
    ettn = desk.draft(0)
    assert desk.get(ettn).issue_date is not None
    assert desk.get(ettn).issue_date.isoformat() == "2026-11-21"  # type: ignore[union-attr]


def test_unregistered_buyer_is_not_sealed_and_the_draft_stays(desk: Desk) -> None:
    stranger = {
        "vkn": "3900892152",
        "title": "Kayıtsız Ticaret",
        "tax_office": "Maltepe",
        "address": {"district": "Çankaya", "city": "Ankara", "country": "Türkiye"},
    }
    ettn = desk.draft(0, customer=stranger)
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means())
    assert _code(report) == "BUYER.NOT_REGISTERED"
    assert desk.get(ettn).state is State.DRAFT
    assert desk.get(ettn).number == ""


def test_a_buyer_who_registers_the_same_day_is_found(desk: Desk) -> None:
    stranger = {
        "vkn": "3900892152",
        "title": "Yeni Mükellef Ticaret",
        "tax_office": "Maltepe",
        "address": {"district": "Çankaya", "city": "Ankara", "country": "Türkiye"},
    }
    ettn = desk.draft(0, customer=stranger)
    assert _code(sealing.seal(desk.ctx, desk.company, [ettn], desk.means())) == "BUYER.NOT_REGISTERED"
    desk.sandbox.register("3900892152", "Yeni Mükellef Ticaret", pk=["urn:mail:pk@yeni.example"], gb=[])
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means()).done == [ettn]


def test_unknown_buyer_waits_for_a_connection(desk: Desk) -> None:
    ettn = desk.draft(0)
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means(online=False))
    assert _code(report) == "BUYER.UNKNOWN"
    # Asked once with a connection, the buyer is known offline too.
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means()).done == [ettn]
    second = desk.draft(0)
    assert sealing.seal(desk.ctx, desk.company, [second], desk.means(online=False)).done == [second]


def test_several_mailboxes_must_be_chosen_and_the_choice_is_remembered(desk: Desk) -> None:
    from app.demo import people

    labels = ["urn:mail:muhasebepk@x.example", "urn:mail:depopk@x.example"]
    desk.sandbox.register(people.buyer_number(0), people.buyer_name(0), pk=labels, gb=[])
    ettn = desk.draft(0)
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means())
    assert _code(report) == "LABEL.CHOOSE"
    assert all(label in report.failed[0].error.sentence for label in labels)
    desk.draft(0, uuid=ettn, receiver_label=labels[1])
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means()).done == [ettn]
    assert desk.get(ettn).receiver_label == labels[1]
    nxt = desk.draft(0)
    assert sealing.seal(desk.ctx, desk.company, [nxt], desk.means()).done == [nxt]
    assert desk.get(nxt).receiver_label == labels[1]


def test_the_sending_unit_is_never_left_to_the_integrator(desk: Desk) -> None:
    card = desk.company.company
    desk.company = companies.save_company(desk.ctx, replace(card, labels=replace(card.labels, gb=())))
    first, second = desk.draft(0), desk.draft(0)
    assert sealing.seal(desk.ctx, desk.company, [first], desk.means()).done == [first]
    assert desk.get(first).sender_label == card.labels.gb[0]
    report = sealing.seal(desk.ctx, desk.company, [second], desk.means(online=False))
    assert _code(report) == "LABEL.SENDER"
    assert desk.get(second).state is State.DRAFT


def test_an_old_registration_counts_while_the_line_is_down(desk: Desk) -> None:
    assert sealing.seal(desk.ctx, desk.company, [desk.draft(0)], desk.means()).done
    desk.push(days=2)
    later = desk.draft(0)
    desk.sandbox.stop()
    assert sealing.seal(desk.ctx, desk.company, [later], desk.means()).done == [later]
    stranger = desk.draft(1)
    assert sealing.seal(desk.ctx, desk.company, [stranger], desk.means()).failed


def test_test_seal_is_refused_for_a_live_endpoint(desk: Desk) -> None:
    ettn = desk.draft(0)
    live = Endpoint(kind=EndpointKind.LIVE, title="İzibiz")
    means = desk.means()
    means = sealing.Means(sealer=means.sealer, endpoint=live, session=means.session, template_for=means.template_for)
    report = sealing.seal(desk.ctx, desk.company, [ettn, desk.draft(1)], means)
    assert report.failed[0].error.code == "SEAL.TEST_ON_LIVE"
    assert report.stopped
    assert desk.get(ettn).state is State.DRAFT


def test_own_seal_company_needs_a_seal(desk: Desk) -> None:
    means = desk.means()
    without = sealing.Means(
        sealer=None, endpoint=means.endpoint, session=means.session, template_for=means.template_for
    )
    assert _code(sealing.seal(desk.ctx, desk.company, [desk.draft(0)], without)) == "SEAL.MISSING"


def test_integrator_sealed_documents_leave_without_our_signature(desk: Desk) -> None:
    company = companies.save_company(
        desk.ctx, replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
    )
    desk.company = company
    ettn = desk.draft(0)
    means = desk.means()
    without = sealing.Means(
        sealer=None, endpoint=means.endpoint, session=means.session, template_for=means.template_for
    )
    assert sealing.seal(desk.ctx, company, [ettn], without).done == [ettn]
    record = desk.get(ettn)
    assert record.sealed_by == "integrator"
    with desk.office.db.read() as s:
        raw = documents.load_file(s, record.id, "sealed")
    assert raw is not None
    assert not verify_document(raw).signatures


def test_a_numbered_document_is_locked(desk: Desk) -> None:
    ettn = desk.draft(0)
    sealing.seal(desk.ctx, desk.company, [ettn], desk.means())
    with pytest.raises(RuleBroken, match="kilitli"):
        desk.draft(1, uuid=ettn)


def test_a_typed_number_must_be_the_next(desk: Desk) -> None:
    ettn = desk.draft(0, number="CNR2026000000005")
    assert _code(sealing.seal(desk.ctx, desk.company, [ettn], desk.means())) == "NUMBER.NOT_NEXT"
    right = desk.draft(0, number="CNR2026000000001")
    assert sealing.seal(desk.ctx, desk.company, [right], desk.means()).done == [right]


def test_errors_keep_the_draft_and_say_the_first_one(desk: Desk) -> None:
    ettn = desk.draft(0, profile="TICARIFATURA", type="IADE")
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means())
    assert _code(report) == "SEAL.FINDINGS"
    assert report.failed[0].findings
    assert desk.get(ettn).state is State.DRAFT


def test_what_no_request_can_carry_gets_no_number(desk: Desk) -> None:
    import base64
    import random

    noise = base64.b64encode(random.Random(1).randbytes(5_000_000)).decode()
    ettn = desk.draft(0, notes=[noise])
    assert _code(sealing.seal(desk.ctx, desk.company, [ettn], desk.means())) == "SEAL.TOO_BIG"
    small = desk.draft(0)
    sealing.seal(desk.ctx, desk.company, [small], desk.means())
    assert desk.get(small).number == "CNR2026000000001"


def test_a_draft_cannot_take_the_series_of_another_purpose(desk: Desk) -> None:
    company = desk.company.company
    desk.company = companies.save_company(desk.ctx, replace(company, series={**company.series, "earchive": "ARS"}))
    ettn = desk.draft(0, series="ARS")
    assert _code(sealing.seal(desk.ctx, desk.company, [ettn], desk.means())) == "SERIES.TAKEN"
    assert desk.get(ettn).state is State.DRAFT
    free = desk.draft(0, series="YNS")
    assert sealing.seal(desk.ctx, desk.company, [free], desk.means()).done == [free]
    with pytest.raises(RuleBroken) as caught:
        companies.save_company(desk.ctx, replace(company, series={**company.series, "earchive": "YNS"}))
    assert caught.value.code == "SERIES.TAKEN"


def test_two_purposes_never_share_a_series(desk: Desk) -> None:
    with pytest.raises(RuleBroken) as caught:
        companies.ensure_series_apart({"einvoice": "ABC", "export": "ABC"})
    assert caught.value.code == "SERIES.SHARED"


class _EditedMeanwhile:
    """A seal during whose work another window saves the draft with another price."""

    def __init__(self, desk: Desk, ettn: str) -> None:
        self._desk, self._ettn = desk, ettn
        self.is_done = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk.sealer, name)

    def sign(self, *arguments: Any, **named: Any) -> Any:
        if not self.is_done:
            self.is_done = True
            line = people.drafts(self._desk.clock.today().isoformat())[0]["lines"][0] | {"unit_price": "9999.00"}
            self._desk.draft(0, uuid=self._ettn, lines=[line])
        return self._desk.sealer.sign(*arguments, **named)


def test_a_draft_that_is_changed_under_the_seal_is_not_sealed_with_the_old_fields(desk: Desk) -> None:
    ettn = desk.draft(0)
    sealer = _EditedMeanwhile(desk, ettn)
    report = sealing.seal(desk.ctx, desk.company, [ettn], desk.means(sealer=sealer))
    assert sealer.is_done
    assert _code(report) == "DRAFT.CHANGED"
    assert (desk.get(ettn).state, desk.get(ettn).number) == (State.DRAFT, "")
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means()).done == [ettn]
    record = desk.get(ettn)
    with desk.office.db.read() as s:
        raw = documents.load_file(s, record.id, "sealed")
    assert raw is not None
    assert summarize(raw).payable == record.payable
    assert record.number.endswith("000000001")
