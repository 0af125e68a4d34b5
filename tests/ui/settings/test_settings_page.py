"""The settings page: subjects, the forms made of the typed settings, refusals in place."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLineEdit, QWidget

from app.runtime.settings import ALL, RECEIVE_INTERVAL_MIN, SEAL_MODULES, SYNC_ON_START, THEME
from app.ui.jobs import Changes
from app.ui.pages.registry import ALL as PAGES
from app.ui.pages.settings import SettingsPage
from app.ui.pages.settings.generated import GeneratedSubject
from app.ui.theme.style import theme


@pytest.fixture
def page(qtbot: Any, ui_desk: Any) -> SettingsPage:
    made = SettingsPage(ui_desk)
    qtbot.addWidget(made)
    made.resize(1366, 700)
    made.show()
    settle(qtbot, ui_desk)
    return made


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


def generated(page: SettingsPage, key: str) -> GeneratedSubject:
    subject = page.subject(key)
    assert isinstance(subject, GeneratedSubject)
    return subject


def write(qtbot: Any, edit: QWidget, text: str) -> None:
    assert isinstance(edit, QLineEdit)
    edit.clear()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_the_registry_finds_the_page() -> None:
    spec = next(s for s in PAGES if s.key == "settings")
    assert spec.page_class is SettingsPage


def test_every_subject_opens_and_every_control_has_a_name(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    keys = page.keys()
    assert keys == ["office", "firms", "integrators", "seal", "rules", "ledger", "backup", "look", "log"]
    nameless = []
    for key in keys:
        subject = page.subject(key)
        settle(qtbot, ui_desk)
        assert subject.isVisible()
        for kind in (QLineEdit, QComboBox, QAbstractButton):
            for widget in subject.findChildren(kind):
                inner = isinstance(widget.parent(), QComboBox | QLineEdit) or widget.objectName().startswith("qt_")
                words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
                if not inner and widget.isVisible() and not words:
                    nameless.append((key, type(widget).__name__, widget.objectName()))
    assert nameless == []


def test_every_setting_stands_on_exactly_one_page(page: SettingsPage) -> None:
    forms = [generated(page, one).form.form for one in ("office", "look", "ledger")]
    stamps = page.subject("ledger").stamps  # type: ignore[attr-defined]
    shown = [key for form in (*forms, stamps.form.form) for key in form.keys()]  # noqa: SIM118
    shown.remove("password")
    assert sorted(shown) == sorted(s.name for s in ALL if s is not SEAL_MODULES)


def test_a_value_below_its_floor_is_refused_under_its_field(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    form = generated(page, "office").form
    name = RECEIVE_INTERVAL_MIN.name
    write(qtbot, form.form.editor(name), "5")
    settle(qtbot, ui_desk)
    verdict = form.form.verdict(name)
    assert verdict.isVisible() and verdict.kind == "error"
    assert "15 dakika" in verdict.sentence
    assert ui_desk.office.settings.get(RECEIVE_INTERVAL_MIN) == 30
    with qtbot.waitSignal(ui_desk.changed) as announced:
        write(qtbot, form.form.editor(name), "45")
    settle(qtbot, ui_desk)
    assert ui_desk.office.settings.get(RECEIVE_INTERVAL_MIN) == 45
    assert announced.args[0].touches(Changes(settings=True))
    assert verdict.kind == "ok"


def test_words_in_a_number_field_are_refused(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    form = generated(page, "office").form
    write(qtbot, form.form.editor("status_interval_hours"), "dort")
    settle(qtbot, ui_desk)
    assert "tam sayı" in form.form.verdict("status_interval_hours").sentence


def test_a_switch_is_stored_at_once(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    box = generated(page, "office").form.form.editor(SYNC_ON_START.name)
    assert isinstance(box, QCheckBox) and box.isChecked()
    with qtbot.waitSignal(ui_desk.changed):
        box.click()
    assert ui_desk.office.settings.get(SYNC_ON_START) is False


def test_the_theme_changes_at_once(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    subject = generated(page, "look")
    settle(qtbot, ui_desk)
    combo = subject.form.form.editor(THEME.name)
    assert isinstance(combo, QComboBox)
    with qtbot.waitSignal(subject.form.stored):
        combo.setCurrentIndex(combo.findData("dark"))
        combo.activated.emit(combo.currentIndex())
    assert theme().palette.name == "dark"
    assert ui_desk.office.settings.get(THEME) == "dark"


def test_reveal_opens_subjects_and_settings(qtbot: Any, page: SettingsPage, ui_desk: Any) -> None:
    page.reveal("backup")
    assert page.stack.currentWidget() is page.subject("backup")
    page.reveal(THEME.name)
    assert page.stack.currentWidget() is page.subject("look")
    page.reveal(("firms", ui_desk.company.id))
    settle(qtbot, ui_desk)
    assert page.stack.currentWidget() is page.subject("firms")
