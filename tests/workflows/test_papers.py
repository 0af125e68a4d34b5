"""Despatch notes, answers and receipts from draft to seal: numbered by a series of their own, kept, never lost."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.demo import people
from app.domain.despatch import Despatch
from app.domain.errors import ConfigError, InputError, RuleBroken
from app.domain.lifecycle import Direction, DocumentKind, SealingMode, State
from app.signing.verify import verify_document
from app.storage import documents, outbox
from app.storage.records import DocumentRecord
from app.ubl.creditnote import read_credit_note
from app.ubl.despatch import read_despatch
from app.ubl.receipt import answer_despatch, read_receipt
from app.ubl.smm import read_smm
from app.workflows import companies, drafting, issuing, papers, points, queueing, viewing
from tests.ubl.scenarios import despatch_for, freelance_receipt, producer_receipt
from tests.workflows.conftest import Desk

SERIES = {"despatch": "IRS", "receipt": "YNT", "creditnote": "MUH", "smm": "SMM"}
ETTN = "f47ac10b-58cc-4372-a567-0e02b2c3d4%02d"


@pytest.fixture
def papers_desk(desk: Desk) -> Desk:
    """The seller with a series for each kind."""
    card = replace(desk.company.company, series={**desk.company.company.series, **SERIES})
    desk.company = companies.save_company(desk.ctx, card)
    return desk


def sample(kind: DocumentKind, desk: Desk) -> papers.Paper:
    """A sound document of this kind, dated today, without a number."""
    today = desk.clock.today()
    note = despatch_for(issue_date=today, number=None, uuid=ETTN % 1)
    if kind is DocumentKind.DESPATCH:
        return replace(note, shipment=replace(note.shipment, despatch_day=today))
    if kind is DocumentKind.RECEIPT:
        return answer_despatch(note, uuid=ETTN % 2, series="YNT", issue_date=today, issue_time=time(15, 0))
    made = producer_receipt() if kind is DocumentKind.CREDIT_NOTE else freelance_receipt()
    return replace(made, issue_date=today, number=None, uuid=ETTN % 3)


def drafted(kind: DocumentKind, desk: Desk, **changes: Any) -> papers.DraftedPaper:
    fields = {k: v for k, v in papers.fields_of(sample(kind, desk)).items() if k != "series"} | changes
    return papers.save_paper(desk.ctx, desk.company, kind, fields)


def sealed_bytes(desk: Desk, document_id: int) -> bytes:
    with desk.office.db.read() as s:
        raw = documents.load_file(s, document_id, "sealed")
    assert raw is not None
    return raw


READERS: dict[DocumentKind, Any] = {
    DocumentKind.DESPATCH: lambda raw: read_despatch(raw).despatch,
    DocumentKind.RECEIPT: lambda raw: read_receipt(raw).receipt,
    DocumentKind.CREDIT_NOTE: lambda raw: read_credit_note(raw).invoice,
    DocumentKind.SMM: lambda raw: read_smm(raw).invoice,
}


@pytest.mark.parametrize("kind", papers.KINDS)
def test_from_draft_to_seal_and_page(papers_desk: Desk, kind: DocumentKind) -> None:
    desk = papers_desk
    draft = drafted(kind, desk)
    assert [f for f in draft.findings if f.severity == "error"] == []
    assert draft.record.kind is kind and draft.record.state is State.DRAFT and draft.record.partner_name
    seen = viewing.viewable(desk.ctx, desk.company, draft.record.ettn, template=desk.office.template(desk.company))
    assert seen.watermark == "TASLAK"
    report = desk.issue(draft.record.ettn)
    assert report.is_clean and report.sealing.done == [draft.record.ettn] and report.queueing.done == []
    # The sandbox's connector sends invoices only: sealed, kept, told, not queued.
    assert [kept.error.code for kept in report.kept] == ["QUEUE.KIND"]
    assert "göndermiyor" in report.kept[0].error.sentence and papers.TITLES[kind] in report.kept[0].error.sentence
    record = desk.get(draft.record.ettn)
    number = f"{SERIES[kind.value]}2026000000001"
    assert (record.state, record.number, record.sealed_by) == (State.SEALED, number, "test")
    with desk.office.db.read() as s:
        assert outbox.unfinished(s, record.id) == []
    raw = sealed_bytes(desk, record.id)
    assert verify_document(raw).valid
    again = READERS[kind](raw)
    assert (str(again.number), again.uuid, len(again.lines)) == (number, record.ettn, len(draft.document.lines))
    html = desk.office.renderer.render(raw, watermark="TEST").html
    assert number in html and draft.document.lines[0].name in html
    later = queueing.queue(desk.ctx, desk.company, [record.ettn], desk.means().endpoint)
    assert later.failed[0].error.code == "QUEUE.KIND" and desk.get(record.ettn).state is State.SEALED


@pytest.mark.parametrize("kind", [k for k in papers.KINDS if k is not DocumentKind.SMM])
def test_what_is_sealed_passes_the_official_rules(papers_desk: Desk, shared: Path, kind: DocumentKind) -> None:
    desk = papers_desk
    for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        desk.office.packages.install((shared / "gib" / name).read_bytes(), name)
    draft = drafted(kind, desk)
    assert desk.issue(draft.record.ettn).sealing.failed == []
    raw = sealed_bytes(desk, draft.record.id)
    found = desk.ctx.rules.check(raw, kind=kind.value, issue_date=None)
    assert [(f.code, f.message) for f in found if f.severity == "error"] == []


def test_numbers_of_each_kind_count_by_themselves(papers_desk: Desk) -> None:
    desk = papers_desk
    first = drafted(DocumentKind.DESPATCH, desk)
    second = drafted(DocumentKind.DESPATCH, desk, uuid=ETTN % 11)
    mixed = [first.record.ettn, desk.draft(), second.record.ettn, drafted(DocumentKind.SMM, desk).record.ettn]
    report = desk.issue(*mixed)
    assert report.sealing.failed == [] and len(report.queueing.done) == 1 and len(report.kept) == 3
    assert sorted(desk.get(e).number for e in mixed) == [
        "CNR2026000000001",
        "IRS2026000000001",
        "IRS2026000000002",
        "SMM2026000000001",
    ]


def test_a_draft_with_errors_is_kept_and_not_sealed(papers_desk: Desk) -> None:
    desk = papers_desk
    draft = drafted(DocumentKind.DESPATCH, desk, shipment={})
    codes = {f.code for f in draft.findings}
    assert {"DSP.DESPATCH_DAY", "DSP.CARRIER", "DSP.ADDRESS"} <= codes
    report = desk.issue(draft.record.ettn)
    assert report.sealing.failed[0].error.code == "SEAL.FINDINGS" and report.sealing.failed[0].findings
    assert desk.get(draft.record.ettn).number == ""
    mended = drafted(DocumentKind.DESPATCH, desk)
    assert mended.record.id == draft.record.id
    assert desk.issue(draft.record.ettn).sealing.done == [draft.record.ettn]
    with pytest.raises(RuleBroken) as locked:
        drafted(DocumentKind.DESPATCH, desk)
    assert locked.value.code == "DRAFT.LOCKED"


def test_without_a_series_it_says_which(desk: Desk) -> None:
    fields = {k: v for k, v in papers.fields_of(sample(DocumentKind.SMM, desk)).items() if k != "series"}
    with pytest.raises(ConfigError) as missing:
        papers.save_paper(desk.ctx, desk.company, DocumentKind.SMM, fields)
    assert missing.value.code == "SERIES.MISSING" and "Serbest meslek" in missing.value.sentence


def test_an_integrator_that_does_not_take_the_kind_cannot_seal_it(papers_desk: Desk) -> None:
    desk = papers_desk
    card = replace(desk.company.company, sealing_modes={DocumentKind.DESPATCH: SealingMode.INTEGRATOR})
    desk.company = companies.save_company(desk.ctx, card)
    draft = drafted(DocumentKind.DESPATCH, desk)
    report = desk.issue(draft.record.ettn)
    assert report.sealing.failed[0].error.code == "SEAL.KIND_OWN"
    assert desk.get(draft.record.ettn).state is State.DRAFT


def test_an_ettn_stays_with_its_kind(papers_desk: Desk) -> None:
    desk = papers_desk
    invoice = desk.draft()
    with pytest.raises(RuleBroken) as other:
        drafted(DocumentKind.SMM, desk, uuid=invoice)
    assert other.value.code == "DRAFT.OTHER_KIND"
    assert desk.get(invoice).kind is DocumentKind.INVOICE


def test_the_kind_is_told_by_the_draft_itself(papers_desk: Desk) -> None:
    for kind in papers.KINDS:
        assert papers.kind_of_draft(papers.fields_of(sample(kind, papers_desk))) is kind
    assert papers.kind_of_draft(people.drafts("2026-11-20")[0]) is DocumentKind.INVOICE
    with pytest.raises(InputError) as unknown:
        papers.kind_of_draft({"profile": "EARSIVBELGE", "type": "SATIS"})
    assert unknown.value.code == "DRAFT.KIND"
    with pytest.raises(InputError) as refused:
        drafting.save_draft(papers_desk.ctx, papers_desk.company, {"profile": "EARSIVBELGE"})
    assert refused.value.code == "DRAFT.KIND"


def test_a_note_without_prices_has_no_worth(papers_desk: Desk) -> None:
    note = sample(DocumentKind.DESPATCH, papers_desk)
    assert isinstance(note, Despatch)
    bare = replace(note, lines=tuple(replace(line, unit_price=None) for line in note.lines))
    assert papers.index_of_paper(bare).payable is None
    assert papers.index_of_paper(note).payable == Decimal("20002.5")
    record = drafted(DocumentKind.DESPATCH, papers_desk).record
    assert record.direction is Direction.OUT and record.payable == Decimal("20002.50")


def test_a_draft_is_drawn_by_its_kinds_own_template_with_the_firms_logo(papers_desk: Desk) -> None:
    desk = papers_desk
    card = replace(desk.company.company, logo=b"\x89PNG\r\n\x1a\nlogo-of-the-firm")
    desk.company = companies.save_company(desk.ctx, card)
    for number, kind in enumerate(papers.KINDS):
        draft = drafted(kind, desk, uuid=ETTN % (40 + number))
        template = partial(desk.office.template, desk.company)
        seen = viewing.viewable(desk.ctx, desk.company, draft.record.ettn, template=template)
        drawn = desk.office.renderer.render(seen.raw).html
        assert base64.b64encode(desk.company.company.logo).decode() in drawn, kind


# --- a failure is mended under the same number -----------------------------------------------------------------------


def failed(desk: Desk, kind: DocumentKind, *, gib_code: int | None = 1150) -> DocumentRecord:
    """A sealed document of this kind that an integrator has refused."""
    record = desk.get(drafted(kind, desk).record.ettn)
    desk.issue(record.ettn)
    with desk.office.db.write(points.STATUS) as s:
        for state in (State.QUEUED, State.SENDING, State.FAILED):
            code = gib_code if state is State.FAILED else None
            documents.set_state(s, record.id, state, at=desk.clock.now(), gib_code=code)
    return desk.get(record.ettn)


@pytest.mark.parametrize("kind", papers.KINDS)
def test_a_failed_paper_is_mended_and_sealed_again_under_its_number(papers_desk: Desk, kind: DocumentKind) -> None:
    desk = papers_desk
    record = failed(desk, kind)
    mended = drafted(kind, desk, notes=["Düzeltildi"])
    assert (mended.record.state, mended.record.number) == (State.FAILED, record.number)
    report = issuing.reissue(desk.ctx, desk.company, record.ettn, desk.means())
    assert report.sealing.done == [record.ettn]
    again = desk.get(record.ettn)
    assert (again.state, again.number, again.attempt_no) == (State.SEALED, record.number, 2)
    raw = sealed_bytes(desk, again.id)
    assert verify_document(raw).valid and "Düzeltildi" in READERS[kind](raw).notes
    # The number was not used a second time: the next document has the next one.
    other = drafted(kind, desk, uuid=ETTN % 31)
    desk.issue(other.record.ettn)
    assert desk.get(other.record.ettn).number == f"{SERIES[kind.value]}2026000000002"


def test_after_a_failure_at_the_receiver_the_ettn_is_new(papers_desk: Desk) -> None:
    desk = papers_desk
    record = failed(desk, DocumentKind.DESPATCH, gib_code=1215)
    report = issuing.reissue(desk.ctx, desk.company, record.ettn, desk.means())
    assert report.sealing.done != [record.ettn]
    assert desk.get(report.sealing.done[0]).number == record.number


@pytest.mark.parametrize(
    ("change", "code"),
    [({"series": "YNS"}, "CORRECT.NUMBER"), ({"issue_date": "2026-11-18"}, "CORRECT.DATE")],
)
def test_number_and_date_of_a_failed_paper_stay(papers_desk: Desk, change: dict[str, str], code: str) -> None:
    failed(papers_desk, DocumentKind.DESPATCH)
    with pytest.raises(RuleBroken) as caught:
        drafted(DocumentKind.DESPATCH, papers_desk, **change)
    assert caught.value.code == code


def test_a_paper_that_gib_may_hold_is_not_touched(papers_desk: Desk) -> None:
    record = failed(papers_desk, DocumentKind.DESPATCH, gib_code=1163)
    with pytest.raises(RuleBroken) as caught:
        drafted(DocumentKind.DESPATCH, papers_desk)
    assert caught.value.code == "CORRECT.FORBIDDEN"
    with pytest.raises(RuleBroken) as refused:
        issuing.reissue(papers_desk.ctx, papers_desk.company, record.ettn, papers_desk.means())
    assert refused.value.code == "RESEND.FORBIDDEN"
