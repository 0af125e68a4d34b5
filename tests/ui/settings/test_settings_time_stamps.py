"""The time stamp part of Ayarlar › Defter: settings kept, the password in the secret store, one stamp as a trial."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.runtime.settings import TSA_LOGIN, TSA_URL, TSA_USER
from app.sandbox.tsa import TimeStampAuthority
from app.storage import settings_store
from app.ui.pages.settings.page import SettingsPage
from app.ui.pages.settings.time_stamps import TimeStampSection


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def section(qtbot: Any, ui_desk: Any) -> Iterator[TimeStampSection]:
    page = SettingsPage(ui_desk)
    qtbot.addWidget(page)
    page.resize(1100, 900)
    page.show()
    subject = page.subject("ledger")
    settle(qtbot, ui_desk)
    yield subject.stamps  # type: ignore[attr-defined]


def store(section: TimeStampSection, name: str, value: str) -> None:
    editor = section.form.form.editor(name)
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(editor.findData(value))
        editor.activated.emit(editor.currentIndex())
        return
    assert isinstance(editor, QLineEdit)
    editor.setText(value)
    editor.editingFinished.emit()


def test_one_stamp_is_asked_for(qtbot: Any, section: TimeStampSection, ui_desk: Any) -> None:
    assert not section.try_button.isEnabled()
    with TimeStampAuthority() as authority:
        store(section, TSA_URL.name, authority.url)
        settle(qtbot, ui_desk)
        assert section.try_button.isEnabled()
        section.try_button.click()
        settle(qtbot, ui_desk)
    assert section.verdict.kind == "ok" and "Damga alındı" in section.verdict.sentence
    section.try_button.click()
    settle(qtbot, ui_desk)
    assert section.verdict.kind == "error"


def test_the_password_goes_to_the_secret_store_alone(qtbot: Any, section: TimeStampSection, ui_desk: Any) -> None:
    assert section.password.parentWidget().isHidden()
    store(section, TSA_URL.name, "https://zaman.example/tsa")
    store(section, TSA_USER.name, "1234")
    store(section, TSA_LOGIN.name, "basic")
    settle(qtbot, ui_desk)
    assert not section.password.parentWidget().isHidden()
    section.try_button.click()
    settle(qtbot, ui_desk)
    assert "parolası kayıtlı değil" in section.verdict.sentence
    section.password.setText("çok gizli")
    section.password.editingFinished.emit()
    settle(qtbot, ui_desk)
    assert section.password.text() == ""
    assert ui_desk.office.secrets.get("tsa:zaman.example:1234") == "çok gizli"
    with ui_desk.office.db.read() as s:
        assert "gizli" not in str(settings_store.load_settings(s))


def test_the_roots_are_kept_line_by_line(qtbot: Any, section: TimeStampSection, ui_desk: Any) -> None:
    section.roots.setPlainText(" /a/kok.pem \n\n/b/kok.cer")
    assert section.roots_button.isEnabled()
    section.roots_button.click()
    settle(qtbot, ui_desk)
    assert not section.roots_button.isEnabled()
    with ui_desk.office.db.read() as s:
        assert settings_store.load_setting(s, "tsa_roots") == "/a/kok.pem\n/b/kok.cer"
