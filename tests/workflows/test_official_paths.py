"""Every way to the seal and into the queue asks GİB's rules: no error passes, and a warning with a reason only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, DocumentKind, SealingMode, State
from app.storage import documents, outbox
from app.storage.records import DocumentRecord
from app.workflows import companies, issuing, papers, points, queueing, resolving, sealing
from tests.validation.packagemaker import LISTS, e_invoice_files, zipped
from tests.workflows.conftest import Desk
from tests.workflows.test_papers import drafted, failed, papers_desk  # noqa: F401 - a fixture

REFUSED = (
    '<sch:rule context="*[local-name() = \'{root}\']"><sch:assert id="Hicbiri" test="false()">Olmaz</sch:assert>'
    "</sch:rule>"
)
ROOTS = {"despatch": "DespatchAdvice", "receipt": "ReceiptAdvice", "creditnote": "CreditNote", "invoice": "Invoice"}


def forbid(desk: Desk, root: str, *, warn: bool = False) -> None:
    """A package whose rules refuse every document of that root, or only warn of it."""
    more = REFUSED.format(root=root)
    if warn:
        more = more.replace('id="Hicbiri"', 'id="Hicbiri" role="warning"')
    lists = {**LISTS, "CurrencyCodeList": "TRY,USD,EUR,GBP"}
    files = e_invoice_files(release="20260401", lists=lists, more=more if root != "Invoice" else "")
    if root == "Invoice":
        files = e_invoice_files(release="20260401", lists={**lists, "ProfileIDType": "HKS"})
    desk.office.packages.install(zipped(files), "e.zip")


def allow(desk: Desk) -> None:
    lists = {**LISTS, "CurrencyCodeList": "TRY,USD,EUR,GBP"}
    desk.office.packages.install(zipped(e_invoice_files(release="20260501", lists=lists)), "e.zip")


def waiting(desk: Desk, ettn: str) -> list[str]:
    with desk.office.db.read() as s:
        return [row.state for row in outbox.unfinished(s, desk.get(ettn).id)]


@pytest.mark.parametrize("kind", [k for k in papers.KINDS if k is not DocumentKind.SMM])
def test_a_paper_that_the_rules_refuse_stays_a_draft(papers_desk: Desk, kind: DocumentKind) -> None:  # noqa: F811
    forbid(papers_desk, ROOTS[kind.value])
    record = drafted(kind, papers_desk).record
    (failure,) = papers_desk.issue(record.ettn).sealing.failed
    assert failure.error.code == "OFFICIAL.FINDINGS"
    after = papers_desk.get(record.ettn)
    assert (after.state, after.number) == (State.DRAFT, "")


@pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.DESPATCH])
def test_a_failed_document_that_the_rules_refuse_is_not_sealed_again(
    papers_desk: Desk,  # noqa: F811
    kind: DocumentKind,
) -> None:
    desk = papers_desk
    record = failed(desk, kind) if kind is not DocumentKind.INVOICE else failed_invoice(desk)
    forbid(desk, ROOTS[kind.value])
    report = issuing.reissue(desk.ctx, desk.company, record.ettn, desk.means())
    assert [f.error.code for f in report.sealing.failed] == ["OFFICIAL.FINDINGS"] and report.queueing.done == []
    after = desk.get(record.ettn)
    assert (after.state, after.attempt_no) == (State.FAILED, record.attempt_no)
    assert waiting(desk, record.ettn) == []
    allow(desk)
    assert issuing.reissue(desk.ctx, desk.company, record.ettn, desk.means()).sealing.failed == []


def failed_invoice(desk: Desk) -> DocumentRecord:
    ettn = desk.draft(0)
    assert desk.issue(ettn).is_clean
    with desk.office.db.write(points.STATUS) as s:
        record = desk.get(ettn)
        for row in outbox.unfinished(s, record.id):
            outbox.withdraw(s, row.id, at=desk.clock.now(), reason="deneme")
        for state in (State.SENDING, State.FAILED):
            code = 1150 if state is State.FAILED else None
            documents.set_state(s, record.id, state, at=desk.clock.now(), gib_code=code)
    return desk.get(ettn)


def test_a_warning_of_gib_is_passed_over_again_only_with_a_reason(papers_desk: Desk) -> None:  # noqa: F811
    desk = papers_desk
    record = failed(desk, DocumentKind.DESPATCH)
    forbid(desk, "DespatchAdvice", warn=True)
    report = issuing.reissue(desk.ctx, desk.company, record.ettn, replace(desk.means(), accepted_warnings={}))
    (failure,) = report.sealing.failed
    assert failure.error.code == "SEAL.WORD_WANTED" and desk.get(record.ettn).state is State.FAILED
    (code,) = {f.code for f in failure.findings}
    reasons = replace(desk.means(), accepted_warnings={code: "Şube yeni kuruldu"})
    assert issuing.reissue(desk.ctx, desk.company, record.ettn, reasons).sealing.done == [record.ettn]
    with desk.office.db.read() as s:
        notes = [line.note for line in documents.history(s, record.id)]
    assert f"{code} uyarısı bilerek geçildi: Şube yeni kuruldu" in " ".join(notes)


def test_where_the_integrator_seals_the_rules_are_asked_too(desk: Desk) -> None:
    card = replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
    desk.company = companies.save_company(desk.ctx, card)
    forbid(desk, "Invoice")
    ettn = desk.draft(0)
    (failure,) = desk.issue(ettn).sealing.failed
    assert failure.error.code == "OFFICIAL.FINDINGS" and desk.get(ettn).state is State.DRAFT


def test_what_was_sealed_offline_is_asked_about_when_it_is_queued(desk: Desk) -> None:
    # The buyer is known from the first; the second is sealed without a line.
    assert desk.issue(desk.draft(0)).is_clean
    ettn = desk.draft(0)
    assert sealing.seal(desk.ctx, desk.company, [ettn], desk.means(online=False)).failed == []
    forbid(desk, "Invoice")
    queued = queueing.queue(desk.ctx, desk.company, [ettn], desk.means().endpoint)
    issued = issuing.issue(desk.ctx, desk.company, [ettn], desk.means()).queueing
    for report in (queued, issued):
        assert [f.error.code for f in report.failed] == ["OFFICIAL.FINDINGS"]
        assert desk.get(ettn).state is State.SEALED and waiting(desk, ettn) == []


def test_what_is_queued_again_by_hand_is_asked_about(desk: Desk) -> None:
    ettn = desk.draft(0)
    assert desk.issue(ettn).is_clean
    desk.sandbox.arm("drop_before", "SendInvoice")
    desk.sandbox.arm("drop_before", "GetInvoiceStatus", times=20)
    desk.sandbox.arm("drop_before", "GetInvoiceStatusAll", times=20)
    desk.sync()
    assert desk.get(ettn).state is State.UNKNOWN
    desk.sandbox.clear_faults()
    desk.push(minutes=30)
    forbid(desk, "Invoice")
    line = desk.office.line(companies.require_account(desk.ctx, desk.company))
    again: Callable[[], DocumentRecord] = lambda: resolving.queue_again(  # noqa: E731
        desk.ctx, desk.company, ettn, reason="Portala baktım", line=line
    )
    with pytest.raises(RuleBroken) as caught:
        again()
    assert caught.value.code == "OFFICIAL.FINDINGS" and desk.get(ettn).state is State.UNKNOWN
    allow(desk)
    assert again().state is State.QUEUED


def test_a_bulk_run_leaves_out_the_refused_ones_only(papers_desk: Desk) -> None:  # noqa: F811
    desk = papers_desk
    forbid(desk, "DespatchAdvice")
    note, invoices = drafted(DocumentKind.DESPATCH, desk).record.ettn, [desk.draft(0), desk.draft(1)]
    report = desk.issue(invoices[0], note, invoices[1])
    assert [f.ettn for f in report.sealing.failed] == [note]
    assert report.queueing.done == invoices
    assert {r.ettn: r.state for r in desk.records(Direction.OUT)}[note] is State.DRAFT
