"""What the settings hold unsaved is told to the window, and never left in silence; settings of a connector in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea

from app.connectors.izibiz import IzibizConnector
from app.connectors.registry import ConnectorInfo
from app.demo import people
from app.storage import companies as stored
from app.ui.pages.base import Page
from app.ui.pages.registry import available
from app.ui.pages.settings import SettingsPage, work
from app.ui.pages.settings.account_form import AccountForm
from app.ui.pages.settings.firms import FirmsSubject
from app.ui.pages.settings.integrators import IntegratorsSubject
from app.ui.pages.settings.log_view import LogSubject
from app.workflows import companies


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def page(qtbot: Any, filled_desk: Any) -> SettingsPage:
    made = SettingsPage(filled_desk)
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.show()
    settle(qtbot, filled_desk)
    return made


def test_every_page_can_be_asked(qtbot: Any, ui_desk: Any) -> None:
    for spec in available():
        made = spec.page_class(ui_desk)
        qtbot.addWidget(made)
        assert isinstance(made, Page) and made.unsaved() is None, spec.key


def test_a_changed_firm_card_is_told_also_from_another_subject(qtbot: Any, page: SettingsPage) -> None:
    assert page.unsaved() is None
    firms = page.subject("firms")
    assert isinstance(firms, FirmsSubject)
    settle(qtbot, page.desk)
    assert page.unsaved() is None
    phone = firms.card._forms["phone"][1].editor("phone")
    assert isinstance(phone, QLineEdit)
    before = phone.text()
    phone.setText("0216 555 00 00")
    phone.textEdited.emit(phone.text())
    said = page.unsaved()
    assert said is not None and people.SELLER["title"] in said
    page.subject("look")
    page.hide()
    assert page.unsaved() == said, "hidden it is as unsaved as before"
    phone.setText(before)
    assert page.unsaved() is None


def test_a_saved_card_is_no_longer_unsaved(qtbot: Any, page: SettingsPage) -> None:
    firms = page.subject("firms")
    assert isinstance(firms, FirmsSubject)
    settle(qtbot, page.desk)
    web = firms.card._forms["web"][1].editor("web")
    assert isinstance(web, QLineEdit)
    web.setText("www.yeni.example")
    web.textEdited.emit(web.text())
    assert page.unsaved() is not None
    firms.save_button.click()
    qtbot.waitUntil(lambda: page.unsaved() is None, timeout=30_000)
    settle(qtbot, page.desk)
    with page.desk.office.db.read() as s:
        record = stored.get_company(s, people.SELLER["vkn"])
    assert record is not None and record.company.party.web == "www.yeni.example"


def test_a_half_written_new_firm_is_told(qtbot: Any, page: SettingsPage) -> None:
    firms = page.subject("firms")
    assert isinstance(firms, FirmsSubject)
    settle(qtbot, page.desk)
    firms.new_button.click()
    assert page.unsaved() is None
    firms.card.number.set_text("1234567803")
    assert "yeni firmanın" in (page.unsaved() or "")


def integrators(qtbot: Any, page: SettingsPage) -> IntegratorsSubject:
    subject = page.subject("integrators")
    assert isinstance(subject, IntegratorsSubject)
    settle(qtbot, page.desk)
    return subject


def test_a_changed_account_is_told_and_not_left_in_silence(qtbot: Any, page: SettingsPage) -> None:
    subject = integrators(qtbot, page)
    assert subject.company.count() == 2 and page.unsaved() is None
    here, user = subject.company.currentIndex(), subject.account.user.text()
    subject.account.user.setText("baska")
    assert "hesabındaki" in (page.unsaved() or "")
    subject.company.setCurrentIndex(1 - here)
    assert subject.company.currentIndex() == here and subject.account.user.text() == "baska"
    assert "kaydedilmemiş" in subject.message.sentence
    subject.refresh()
    settle(qtbot, page.desk)
    assert subject.account.user.text() == "baska", "reading the list again takes nothing away"
    subject.message.acted.emit()
    settle(qtbot, page.desk)
    assert subject.account.user.text() == user and page.unsaved() is None
    subject.company.setCurrentIndex(1 - here)
    settle(qtbot, page.desk)
    assert subject.company.currentIndex() == 1 - here


def test_a_connectors_own_settings_are_titled_bounded_and_stored(qtbot: Any, page: SettingsPage) -> None:
    subject = integrators(qtbot, page)
    form = subject.account
    form.more_button.setChecked(True)
    keys = form.more.keys()
    rows = {key: form.more.editor(key) for key in keys}
    assert len(rows) >= 7
    words = [label.text() for label in form.more.findChildren(QLabel)]
    for key in rows:
        assert key not in words, f"{key} is shown by its bare name"
    assert {"Sessizlik süresi", "saniye"} <= set(words)
    assert any("En az 0,05 saniye." in text and "Boşsa 120 saniye." in text for text in words)
    timeout = rows["timeout_s"]
    assert isinstance(timeout, QLineEdit)
    for typed, said in (("0", "En az 0,05 saniye"), ("9999", "En çok 3600 saniye"), ("uzun", "bir sayı olmalı")):
        timeout.setText(typed)
        with qtbot.waitSignal(form.refused):
            form.save_button.click()
        assert said in form.more.verdict("timeout_s").sentence
    timeout.setText("2,5")
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    settle(qtbot, page.desk)
    with page.desk.office.db.read() as s:
        account = stored.get_account(s, form.company_id or 0)
    assert account is not None and account.settings == {"timeout_s": "2.5"}
    assert timeout.text() == "2,5" and page.unsaved() is None


class Second(IzibizConnector):
    """A second integrator, by name."""

    key: ClassVar[str] = "ikinci"
    title: ClassVar[str] = "İkinci"


def test_the_account_that_sends_is_chosen_by_a_tick(qtbot: Any, ui_world: Any) -> None:
    office, desk = ui_world.office, ui_world.desk
    second = office._connectors["ikinci"] = Second(clock=office.clock)
    form = AccountForm(desk)
    qtbot.addWidget(form)
    form.show()
    form.show_company(ui_world.company)
    settle(qtbot, desk)
    assert not form.sends.isVisible(), "one account: nothing to choose"
    companies.set_connector(
        ui_world.ctx, ui_world.company, second, url=ui_world.sandbox.url, user="demo2", password="p",
        secrets=office.secrets, settings={},
    )  # fmt: skip
    state = work.account_state(office, ui_world.company)
    assert state.account is not None and state.account.connector == "izibiz"
    form._on_state_read(
        ui_world.company,
        replace(state, connectors=(*state.connectors, ConnectorInfo(key="ikinci", title="İkinci"))),
    )
    assert form.sends.isVisible() and form.sends.isChecked() and not form.sends.isEnabled()
    form.connector.setCurrentIndex(form.connector.findData("ikinci"))
    assert form.user.text() == "demo2" and form.sends.isEnabled() and not form.sends.isChecked()
    form.sends.click()
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    settle(qtbot, desk)
    assert companies.require_account(ui_world.ctx, ui_world.company).connector == "ikinci"
    assert form.sends.isChecked() and not form.sends.isEnabled()


def test_an_empty_log_says_so_and_a_filter_that_hides_all_says_that(qtbot: Any, ui_desk: Any) -> None:
    subject = LogSubject(ui_desk)
    qtbot.addWidget(subject)
    subject.show()
    subject.refresh()
    settle(qtbot, ui_desk)
    assert subject.empty.isVisible() and "henüz satır yok" in subject.empty.accessibleName()
    assert not subject.copy_button.isEnabled()
    path = ui_desk.office.folder.logs / "muhurdar-2026-11-20.log"
    path.write_text("2026-11-20T12:00:01.123+03:00 INFO 41 MainThread app.office: opened\n", encoding="utf-8")
    qtbot.waitUntil(lambda: subject.model.rowCount() == 1, timeout=10_000)
    assert subject.empty.isHidden() and subject.table.isVisible()
    subject.level.setCurrentIndex(2)
    assert subject.empty.isVisible() and "süzgeç" in subject.empty.accessibleName()
    subject.level.setCurrentIndex(0)
    assert subject.table.isVisible()


def test_what_dene_says_is_scrolled_into_view(qtbot: Any, page: SettingsPage) -> None:
    """At 150 % the result stands below the edge of the form."""
    page.resize(700, 320)
    subject = integrators(qtbot, page)
    area = subject.findChild(QScrollArea)
    assert area is not None and area.verticalScrollBar().value() == 0
    with qtbot.waitSignal(subject.account.tried, timeout=30_000):
        subject.account.try_button.click()
    settle(qtbot, page.desk)

    def is_seen() -> bool:
        verdict = subject.account.verdict
        top = verdict.mapTo(area.viewport(), verdict.rect().topLeft()).y()
        return top >= 0 and top + verdict.height() <= area.viewport().height()

    qtbot.waitUntil(is_seen, timeout=5_000)


def test_a_long_error_of_a_driver_is_shown_whole(qtbot: Any, ui_desk: Any) -> None:
    from PySide6.QtWidgets import QTreeWidgetItem

    from app.ui.pages.settings.card_doctor import CardDoctor

    doctor = CardDoctor(ui_desk)
    qtbot.addWidget(doctor)
    doctor.resize(500, 400)
    doctor.tree.setVisible(True)
    doctor.show()
    short = QTreeWidgetItem(doctor.tree, ["AKİS", "Tamam."])
    long = QTreeWidgetItem(doctor.tree, ["AKİS", "Sürücü yanıt vermedi, kartı çıkarıp yeniden takın. " * 5])
    one = doctor.tree.visualItemRect(short).height()
    assert doctor.tree.visualItemRect(long).height() >= 2 * one
    doctor.resize(1600, 400)
    qtbot.waitUntil(lambda: doctor.tree.visualItemRect(long).height() < 3 * one, timeout=5_000)
