"""The Defter part of a company's card: the way it is kept, what is missing, the office's accountant."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.domain.ledger_terms import LedgerMode, Numbering
from app.runtime.settings import LEDGER_APPLICATION
from app.storage import companies as stored
from app.ui.pages.settings.company_card import CompanyCard
from app.ui.pages.settings.firms import FirmsSubject
from app.ui.pages.settings.page import SettingsPage

OFFICE = "9205121120##Çınar Yazılım A.Ş.##Defterci##2.1"


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def firms(qtbot: Any, ui_desk: Any) -> FirmsSubject:
    made = FirmsSubject(ui_desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.refresh()
    settle(qtbot, ui_desk)
    return made


def write(card: CompanyCard, key: str, text: str) -> None:
    editor = card._forms[key][1].editor(key)
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(text))
        editor.activated.emit(editor.currentIndex())
        return
    assert isinstance(editor, QLineEdit)
    editor.setText(text)
    editor.textEdited.emit(text)


def shown(card: CompanyCard, key: str) -> bool:
    return not card._forms[key][1].editor(key).parentWidget().isHidden()


def test_the_way_of_the_ledgers_is_stored(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    card = firms.card
    assert shown(card, "ledger.source_application") and not shown(card, "ledger.export_format")
    write(card, "ledger.mode", "integrator")
    assert shown(card, "ledger.export_format") and not shown(card, "ledger.source_application")
    assert "ledger.export_format" in card.marks.buttons
    write(card, "ledger.export_format", "uyumsoft-xml")
    write(card, "ledger.numbering", "ours")
    write(card, "taxpayer_kind", "kurumlar")
    write(card, "ledger_start.period", "07.2026")
    write(card, "ledger_start.entry", "202")
    firms.save_button.click()
    settle(qtbot, ui_desk)
    with ui_desk.office.db.read() as s:
        company = stored.list_companies(s)[0].company
    assert (company.ledger.mode, company.ledger.export_format) == (LedgerMode.INTEGRATOR, "uyumsoft-xml")
    assert company.ledger.numbering is Numbering.OURS
    assert company.taxpayer_kind == "kurumlar"
    assert company.ledger_start == {"period": "2026-07", "entry": "202"}


def test_a_wrong_program_is_refused_under_its_field(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    write(firms.card, "ledger.source_application", "Defterci 2")
    firms.card.setCurrentIndex(0)
    firms.save_button.click()
    settle(qtbot, ui_desk)
    verdict = firms.card._forms["ledger.source_application"][1].verdict("ledger.source_application")
    assert "dört bölüm" in verdict.sentence
    assert firms.card.tabText(firms.card.currentIndex()) == "Defter"


def test_a_missing_fact_leads_to_its_field(qtbot: Any, firms: FirmsSubject) -> None:
    card = firms.card
    firms.window().activateWindow()
    card.setCurrentIndex(5)
    write(card, "phone", "")
    assert "eksik" in card.marks.buttons["phone"].accessibleName()
    assert "eksik" in card.marks.title.text()
    card.marks.buttons["phone"].click()
    assert card.tabText(card.currentIndex()) == "Adres"
    assert card._forms["phone"][1].editor("phone") is firms.focusWidget()
    write(card, "phone", "0216 555 01 42")
    assert "tamam" in card.marks.buttons["phone"].accessibleName()


def test_a_finding_elsewhere_leads_to_the_field(qtbot: Any, ui_desk: Any) -> None:
    page = SettingsPage(ui_desk)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    company = ui_desk.company
    page.reveal(("firms", (company.id, "nace")))
    settle(qtbot, ui_desk)
    card = page.subject("firms").card  # type: ignore[attr-defined]
    assert card.tabText(card.currentIndex()) == "Defter"
    page.reveal(("firms", (company.id, "accountant.name")))
    assert card.tabText(card.currentIndex()) == "Müşavir"


def test_an_old_word_for_a_choice_is_kept(qtbot: Any, dressed: Any) -> None:
    card = CompanyCard()
    qtbot.addWidget(card)
    data = {"vkn": "9205121120", "title": "A", "taxpayer_kind": "isletme", "upload_preference": "Üç Aylık"}
    card.show_data(data, (), year=2026, is_new=False)
    assert card.data()["taxpayer_kind"] == "isletme"
    assert card.data()["upload_preference"] == "Üç Aylık"
    combo = card._forms["upload_preference"][1].editor("upload_preference")
    assert isinstance(combo, QComboBox) and combo.currentText().startswith("Üç aylık")


def test_the_offices_program_and_accountant_hold_for_the_card(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    card = firms.card
    assert "boş" in card.marks.buttons["ledger.source_application"].accessibleName()
    ui_desk.office.settings.set(LEDGER_APPLICATION, OFFICE)
    firms.refresh()
    settle(qtbot, ui_desk)
    assert "tamam" in card.marks.buttons["ledger.source_application"].accessibleName()
    card.accountant_wanted.emit()
    settle(qtbot, ui_desk)
    assert "henüz seçilmedi" in firms.message.sentence
    write(card, "accountant.name", "Ayşe Işık")
    write(card, "accountant.contract_date", "05.01.2026")
    card.keep_button.click()
    settle(qtbot, ui_desk)
    assert "ofisin müşaviri oldu" in firms.message.sentence
    write(card, "accountant.name", "Başka")
    card.office_button.click()
    settle(qtbot, ui_desk)
    assert card.text("accountant.name") == "Ayşe Işık"
    assert card.text("accountant.contract_date") == "05.01.2026"


def test_the_office_page_refuses_a_program_without_its_form(qtbot: Any, ui_desk: Any) -> None:
    page = SettingsPage(ui_desk)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    subject = page.subject("ledger")
    settle(qtbot, ui_desk)
    edit = subject.form.form.editor(LEDGER_APPLICATION.name)  # type: ignore[attr-defined]
    edit.setText("Defterci")
    edit.editingFinished.emit()
    settle(qtbot, ui_desk)
    assert "dört bölüm" in subject.form.form.verdict(LEDGER_APPLICATION.name).sentence  # type: ignore[attr-defined]
    assert ui_desk.office.settings.get(LEDGER_APPLICATION) == ""
