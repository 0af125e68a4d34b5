"""With packages installed: what GİB's rules refuse is neither sealed nor queued, and takes no number."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.connectors.base import Answer
from app.demo import people
from app.domain.lifecycle import Direction, State
from app.storage import documents
from app.workflows import answering, drafting, official
from tests.validation.packagemaker import LISTS, e_invoice_files, ubl_files, zipped
from tests.workflows.conftest import Desk


def _install(desk: Desk, *, release: str = "20260312", **changes: str) -> None:
    lists = {**LISTS, "CurrencyCodeList": "TRY,USD,EUR,GBP", **changes}
    desk.office.packages.install(zipped(e_invoice_files(release=release, lists=lists)), "e.zip")


def test_what_the_rules_accept_is_sealed_and_queued(desk: Desk) -> None:
    _install(desk)
    desk.office.packages.install(zipped(ubl_files()), "u.zip")
    ettn = desk.draft()
    report = desk.issue(ettn)
    assert report.is_clean and desk.get(ettn).state is State.QUEUED


def test_an_official_error_stops_the_seal_and_takes_no_number(desk: Desk) -> None:
    _install(desk, ProfileIDType="HKS")
    ettn = desk.draft()
    report = desk.issue(ettn)
    (failure,) = report.sealing.failed
    assert failure.error.code == "OFFICIAL.FINDINGS" and "mühürlenmedi" in failure.error.what
    assert [f.code for f in failure.findings if f.layer == "schematron"] == ["ProfileIDCheck"]
    assert desk.get(ettn).state is State.DRAFT and desk.get(ettn).number == ""
    # Mended rules: the same draft goes out, with the number that was not used up.
    _install(desk, release="20260401")
    assert desk.issue(ettn).is_clean
    assert desk.get(ettn).number.endswith("000000001")


def test_rules_that_came_after_the_seal_stop_the_queue(desk: Desk) -> None:
    from app.workflows import queueing, sealing

    _install(desk)
    ettn = desk.draft()
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means()).failed == []
    _install(desk, release="20260401", ProfileIDType="HKS")
    report = queueing.queue(desk.ctx, desk.company, [ettn], desk.means().endpoint)
    (failure,) = report.failed
    assert failure.error.code == "OFFICIAL.FINDINGS" and "kuyruğa alınmadı" in failure.error.what
    assert [f.code for f in failure.findings if f.severity == "error"] == ["ProfileIDCheck"]
    assert desk.get(ettn).state is State.SEALED
    _install(desk, release="20260501")
    assert queueing.queue(desk.ctx, desk.company, [ettn], desk.means().endpoint).done == [ettn]


def test_one_refused_draft_does_not_stop_the_others(desk: Desk) -> None:
    _install(desk, CurrencyCodeList="TRY")
    first, foreign = desk.draft(0), desk.draft(2)
    if drafting.load_invoice(desk.ctx, desk.company, desk.get(foreign).id).currency == "TRY":
        foreign = desk.draft(0, currency="USD", exchange_rate={"rate": "41.5"})
    report = desk.issue(foreign, first)
    assert [f.ettn for f in report.sealing.failed] == [foreign]
    assert report.queueing.done == [first]


def test_an_answer_that_the_rules_refuse_is_not_sealed(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=12, to_vkn=desk.company.company.tax_number.digits)
    desk.sync()
    ettn = next(r.ettn for r in desk.records(Direction.IN) if r.profile == "TICARIFATURA")
    refusing = (
        '<sch:rule context="*[local-name() = \'ApplicationResponse\']"><sch:assert id="NoAnswer" test="false()">'
        "Yanıt olmaz</sch:assert></sch:rule>"
    )
    desk.office.packages.install(zipped(e_invoice_files(more=refusing)), "e.zip")
    answering.answer(desk.ctx, desk.company, ettn, Answer.ACCEPT, "")
    desk.sync()
    with desk.office.db.read() as s:
        assert documents.load_file(s, desk.get(ettn, Direction.IN).id, "answer") is None
    assert desk.get(ettn, Direction.IN).state is State.ANSWERING
    _install(desk, release="20260401")
    desk.push(hours=1)
    desk.sync()
    with desk.office.db.read() as s:
        assert documents.load_file(s, desk.get(ettn, Direction.IN).id, "answer") is not None


@pytest.mark.shared
def test_our_own_drafts_pass_the_official_packages_but_for_the_seal(desk: Desk, shared: Path) -> None:
    for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        desk.office.packages.install((shared / "gib" / name).read_bytes(), name)
    for index in range(len(people.drafts(desk.clock.today().isoformat()))):
        ettn = desk.draft(index)
        invoice = drafting.load_invoice(desk.ctx, desk.company, desk.get(ettn).id)
        findings = official.check_draft(desk.ctx, invoice, desk.office.template(desk.company))
        assert findings == [], ettn
        report = desk.issue(ettn)
        assert report.is_clean, report.to_json()
