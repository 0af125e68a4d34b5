"""The one button says what will really happen, and does it for a document that has failed, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.demo import people
from app.domain.lifecycle import DocumentKind, SealingMode, State
from app.domain.taxnumber import parse_tax_number
from app.signing.demo_token import CONFIG_VARIABLE
from app.storage import documents
from app.storage.records import CompanyRecord
from app.ui.editor.intent import read_intent
from app.ui.editor.paper_window import PaperWindow
from app.ui.jobs import Changes
from app.workflows import companies, drafting, points
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open
from tests.ui.editor.test_editor_sealing import in_dialog, with_test_seal

PATIENCE_MS = 20_000


def without_account(world: World) -> CompanyRecord:
    card = replace(
        world.company.company,
        party=replace(world.company.company.party, tax_number=parse_tax_number(people.buyer(1)["vkn"])),
    )
    return companies.save_company(world.ctx, card)


def test_an_invoice_goes_out_or_waits(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    title = ui_world.office.endpoint(ui_world.account)
    assert title is not None
    qtbot.waitUntil(lambda: title.title in window.issue_button.intent.tip(), timeout=PATIENCE_MS)
    assert window.issue_button.intent.button() == "Mühürle ve gönder"
    other = open_editor(ui_world, company=without_account(ui_world))
    qtbot.waitUntil(lambda: other.issue_button.intent.end == "wait", timeout=PATIENCE_MS)
    other.totals.show_errors(0)
    assert other.totals.seal.text() == "Mühürle ve kuyruğa al"
    assert "entegratörü tanımlı değil" in other.totals.seal.toolTip()
    assert other.totals.seal.shortcut().toString() == "Ctrl+Return"


def test_a_kind_that_nobody_sends_is_sealed_and_kept(ui_world: World, qtbot: QtBot) -> None:
    window = PaperWindow(ui_world.desk, DocumentKind.DESPATCH)
    window.worker.draws = False
    with qtbot.waitSignal(window.opened, timeout=PATIENCE_MS):
        window.show()
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: window.issue_button.intent.end == "keep", timeout=PATIENCE_MS)
    window.totals.show_errors(0)
    assert window.totals.seal.text() == "Mühürle ve sakla"
    assert "e-İrsaliye göndermiyor" in window.totals.seal.toolTip()
    # The card says by now that the integrator seals: there is nobody to do it.
    card = replace(ui_world.company.company, sealing_modes={DocumentKind.DESPATCH: SealingMode.INTEGRATOR})
    companies.save_company(ui_world.ctx, card)
    ui_world.desk.changed.emit(Changes(companies=True))
    qtbot.waitUntil(lambda: window.issue_button.intent.end == "nobody", timeout=PATIENCE_MS)
    window.totals.show_errors(0)
    assert "kendi mührünüzü seçin" in window.totals.seal.toolTip()
    window.worker.is_locked = True
    window.close()
    qtbot.waitUntil(lambda: not isValid(window), timeout=PATIENCE_MS)


def test_without_an_integrator_the_words_name_the_kind(ui_world: World) -> None:
    company = without_account(ui_world)
    for kind, name in ((DocumentKind.SMM, "Serbest"), (DocumentKind.CREDIT_NOTE, "Müstahsil")):
        intent = read_intent(ui_world.ctx, ui_world.office, company, kind)
        assert intent.button() == "Mühürle ve sakla" and name in intent.tip()
        assert intent.button(again=True) == "Yeniden mühürle"


def test_a_failed_invoice_is_mended_and_sealed_again_from_the_editor(
    ui_world: World, open_editor: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "leer"
    empty.mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {empty}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))
    data = people.drafts(ui_world.clock.today().isoformat())[0]
    ettn = drafting.save_draft(ui_world.ctx, ui_world.company, data).record.ettn
    ui_world.issue(ettn)
    with ui_world.office.db.write(points.STATUS) as s:
        for state in (State.SENDING, State.FAILED):
            code = 1150 if state is State.FAILED else None
            documents.set_state(s, ui_world.get(ettn).id, state, at=ui_world.clock.now(), gib_code=code)
    failed = ui_world.get(ettn)
    window = open_editor(ui_world, document_id=failed.id)
    qtbot.waitUntil(lambda: window.totals.seal.text() == "Yeniden mühürle ve gönder", timeout=PATIENCE_MS)
    window.store.set("notes", ["Düzeltildi"], "Notlar")
    seen = in_dialog(qtbot, with_test_seal)
    with qtbot.waitSignal(window.issued, timeout=60_000):
        window.totals.seal.click()
    assert len(seen) == 1
    again = ui_world.get(ettn)
    assert (again.number, again.attempt_no) == (failed.number, 2)
    assert "mühürlendi" in window.message.sentence
