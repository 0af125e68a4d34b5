"""Warnings that matter are passed over with a reason only, which stands in the history; errors never are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.lifecycle import State
from app.storage import documents
from app.validation.rules import NEEDS_WORD
from app.workflows import issuing, official, sealing
from tests.validation.packagemaker import LISTS, e_invoice_files, zipped
from tests.workflows.conftest import Desk

REASON = {"INV.ZERO": "Bedelsiz  numune,\n müşteri istedi"}


def _free(desk: Desk, **changes: Any) -> str:
    """A draft whose only line costs nothing: INV.ZERO, a warning that needs a word."""
    line = {"name": "Numune", "quantity": "1", "unit": "C62", "unit_price": "0", "vat_rate": "20"}
    return desk.draft(0, **{"lines": [line], "order_reference": None} | changes)


def _seal(desk: Desk, ettn: str, accepted: dict[str, str] | None) -> sealing.BulkReport:
    return sealing.seal(desk.ctx, desk.company, [ettn], replace(desk.means(), accepted_warnings=accepted))


def _notes(desk: Desk, ettn: str) -> list[str]:
    with desk.office.db.read() as s:
        return [row.note for row in documents.history(s, desk.get(ettn).id)]


@pytest.mark.parametrize("accepted", [{}, {"INV.ZERO": " "}, {"INV.SELF": "başka bir uyarı"}])
def test_without_a_reason_it_is_not_sealed_and_takes_no_number(desk: Desk, accepted: dict[str, str]) -> None:
    ettn = _free(desk)
    (failure,) = _seal(desk, ettn, accepted).failed
    assert failure.error.code == "SEAL.WORD_WANTED"
    assert [finding.code for finding in failure.findings] == ["INV.ZERO"]
    assert "INV.ZERO" in (failure.error.why or "") and failure.error.todo
    assert (desk.get(ettn).state, desk.get(ettn).number) == (State.DRAFT, "")


def test_with_a_reason_it_is_sealed_and_the_reason_stands_in_the_history(desk: Desk) -> None:
    ettn = _free(desk)
    assert _seal(desk, ettn, REASON).done == [ettn]
    number = desk.get(ettn).number
    words = "INV.ZERO uyarısı bilerek geçildi: Bedelsiz numune, müşteri istedi"
    assert _notes(desk, ettn)[-1] == f"{number} numarasıyla mühürlendi. {words}"


def test_a_reason_for_what_is_not_there_is_not_written(desk: Desk) -> None:
    ettn = desk.draft(0)
    assert _seal(desk, ettn, REASON).done == [ettn]
    assert _notes(desk, ettn)[-1] == f"{desk.get(ettn).number} numarasıyla mühürlendi."


def test_where_nobody_is_asked_a_warning_stops_nothing(desk: Desk) -> None:
    ettn = _free(desk)
    assert _seal(desk, ettn, None).done == [ettn]
    assert "bilerek" not in _notes(desk, ettn)[-1]


def test_other_warnings_are_passed_over_as_ever(desk: Desk) -> None:
    ettn = desk.draft(0, lines=[{"name": "Kalem", "quantity": "1", "unit": "XYZ", "unit_price": "5", "vat_rate": "7"}])
    assert not {"INV.LINE_UNIT_RARE", "INV.VAT_RARE"} & NEEDS_WORD
    assert _seal(desk, ettn, {}).done == [ettn]


def test_an_error_is_never_passed_over(desk: Desk) -> None:
    line = {"name": "Kalem", "quantity": "1", "unit": "ADET", "unit_price": "5", "vat_rate": "20"}
    ettn = desk.draft(0, lines=[line])
    (failure,) = _seal(desk, ettn, {"INV.LINE_UNIT": "Böyle istiyoruz"}).failed
    assert failure.error.code == "SEAL.FINDINGS"
    desk.office.packages.install(
        zipped(e_invoice_files(lists={**LISTS, "CurrencyCodeList": "TRY,USD,EUR,GBP", "ProfileIDType": "HKS"})), "e.zip"
    )
    sound = desk.draft(0)
    (failure,) = _seal(desk, sound, {"ProfileIDCheck": "Böyle istiyoruz"}).failed
    assert failure.error.code == "OFFICIAL.FINDINGS"


def test_a_warning_of_gib_needs_a_word_whatever_its_code(desk: Desk) -> None:
    warning = (
        '<sch:rule context="*[local-name() = \'LineCountNumeric\']"><sch:assert id="NewWarning" role="warning" '
        'test="false()">Yakında zorunlu olacak</sch:assert></sch:rule>'
    )
    lists = {**LISTS, "CurrencyCodeList": "TRY,USD,EUR,GBP"}
    desk.office.packages.install(zipped(e_invoice_files(lists=lists, more=warning)), "e.zip")
    ettn = desk.draft(0)
    (failure,) = _seal(desk, ettn, {}).failed
    (finding,) = failure.findings
    assert (failure.error.code, finding.layer) == ("SEAL.WORD_WANTED", "schematron")
    assert _seal(desk, ettn, {finding.code: "GİB henüz zorunlu tutmuyor"}).done == [ettn]
    assert _notes(desk, ettn)[-1].endswith("bilerek geçildi: GİB henüz zorunlu tutmuyor")


def test_issuing_queues_what_was_accepted_and_leaves_the_rest(desk: Desk) -> None:
    free, sound = _free(desk), desk.draft(1)
    means = replace(desk.means(), accepted_warnings={})
    report = issuing.issue(desk.ctx, desk.company, [free, sound], means)
    assert (report.queueing.done, [f.ettn for f in report.sealing.failed]) == ([sound], [free])
    report = issuing.issue(desk.ctx, desk.company, [free], replace(means, accepted_warnings=REASON))
    assert report.is_clean and desk.get(free).state is State.QUEUED


def test_a_long_reason_is_cut_to_a_sentence() -> None:
    from app.domain.findings import Finding, Layer, Severity

    finding = Finding(Severity.WARNING, Layer.BUILTIN, "INV.ZERO", "lines", "Tutar sıfır.")
    words = official.words_for([finding, finding], {"INV.ZERO": "x" * 999}, name="A", verb="mühürlenmedi")
    assert words == f"INV.ZERO uyarısı bilerek geçildi: {'x' * official.MAX_REASON}"
