"""Entegratörler: Dene against the real sandbox, the password's only place, the closed vault."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox

from app.connectors.registry import ConnectorInfo
from app.domain.errors import ConfigError
from app.runtime.paths import DataFolder
from app.storage import companies as stored
from app.ui.pages.settings import work
from app.ui.pages.settings.account_form import AccountForm
from app.ui.pages.settings.integrators import IntegratorsSubject
from app.ui.pages.settings.vault_prompt import VaultPrompt


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def form(qtbot: Any, ui_world: Any) -> AccountForm:
    made = AccountForm(ui_world.desk)
    qtbot.addWidget(made)
    made.show()
    made.show_company(ui_world.company)
    settle(qtbot, ui_world.desk)
    return made


def trial(qtbot: Any, form: AccountForm) -> work.TryReport:
    with qtbot.waitSignal(form.tried, timeout=30_000) as tried:
        form.try_button.click()
    report = tried.args[0]
    assert isinstance(report, work.TryReport)
    return report


def test_the_stored_account_is_shown_without_its_password(form: AccountForm, ui_world: Any) -> None:
    assert form.url.text() == ui_world.sandbox.url
    assert form.user.text() == "demo"
    assert form.password.text() == ""
    assert "Kayıtlı" in form.password.placeholderText()
    assert "Deneme ortamı" in form.form.verdict("url").sentence


def test_dene_logs_in_and_asks_for_the_company(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    report = trial(qtbot, form)
    assert report.went_well
    assert [ok for ok, _ in report.steps] == [True, True, True]
    assert "1 gönderici, 1 posta kutusu" in report.steps[-1][1]
    operations = [call.operation for call in ui_world.sandbox.calls]
    assert "Login" in operations and "Logout" in operations
    assert form.verdict.kind == "ok"


@pytest.mark.expected_logs()
def test_dene_says_a_wrong_password(qtbot: Any, form: AccountForm) -> None:
    form.password.setText("yanlis-parola")
    report = trial(qtbot, form)
    assert not report.went_well
    assert "giriş yapılamadı" in report.steps[-1][1]
    assert "yanlis-parola" not in repr(report)
    assert form.verdict.kind == "error"


@pytest.mark.expected_logs()
def test_dene_says_a_dead_address(qtbot: Any, form: AccountForm) -> None:
    form.url.setText("http://127.0.0.1:9")
    form.password.setText("her-neyse")
    report = trial(qtbot, form)
    assert "bağlanılamadı" in report.steps[-1][1]


def test_the_stored_password_is_never_sent_to_another_address(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    before = len(ui_world.sandbox.calls)
    form.url.setText(ui_world.sandbox.url.replace("127.0.0.1", "localhost"))
    report = trial(qtbot, form)
    assert report.error is not None and report.error.code == "CONNECTOR.PASSWORD"
    assert len(ui_world.sandbox.calls) == before


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://efaturatest.izibiz.com.tr", "test ortamı"),
        ("https://efatura.izibiz.com.tr", "GERÇEK"),
        ("http://127.0.0.1:8080", "Deneme ortamı"),
    ],
)
def test_the_kind_of_the_address_is_said_in_words(form: AccountForm, url: str, words: str) -> None:
    form.url.setText(url)
    assert words in form.form.verdict("url").sentence


def test_saving_puts_the_password_into_the_secret_store_only(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    form.user.setText("baska")
    form.password.setText("cok-gizli-parola")
    form.labels.set_lines(["urn:mail:defaultpk@cinaralti.example"])
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    account = ui_world.account
    assert (account.user, account.labels) == ("baska", ("urn:mail:defaultpk@cinaralti.example",))
    assert ui_world.office.secrets.get(account.secret_name) == "cok-gizli-parola"
    assert form.password.text() == ""
    settle(qtbot, ui_world.desk)
    ui_world.office.db.close()
    for path in ui_world.office.folder.root.rglob("*"):
        if path.is_file():
            assert b"cok-gizli-parola" not in path.read_bytes(), path


def test_an_unsafe_address_is_refused_in_place(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    form.url.setText("http://efatura.izibiz.com.tr")
    form.password.setText("parola")
    with qtbot.waitSignal(form.refused):
        form.save_button.click()
    assert "https" in form.verdict.sentence
    assert ui_world.account.url == ui_world.sandbox.url


def test_empty_fields_are_named(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    form.user.clear()
    form.save_button.click()
    assert form.form.verdict("user").isVisible()
    # Shown anew the fields are filled, and nothing is called missing any more.
    form.show_company(ui_world.company)
    settle(qtbot, ui_world.desk)
    assert form.user.text() == "demo" and not form.form.verdict("user").isVisible()


def test_a_connector_that_cannot_load_is_shown_with_why(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    state = work.account_state(ui_world.office, ui_world.company)
    broken = ConnectorInfo(key="bozuk", title="Bozuk", problem="Bozuk eklentisi yüklenemedi.")
    form._fill_connectors(
        work.AccountState(
            company=state.company,
            connectors=(broken, *state.connectors),
            account=None,
            has_password=False,
        )
    )
    assert form.connector.itemText(0) == "Bozuk (yüklenemedi)"
    assert not form.connector.model().item(0).isEnabled()  # type: ignore[attr-defined]
    assert form.connector.currentData() == "izibiz"
    assert form.form.verdict("connector").sentence == broken.problem


class ClosedStore:
    """A machine without a keyring whose vault is still shut."""

    def get(self, name: str) -> str | None:
        raise ConfigError("SECRET.NO_PLACE", "Saklayacak yer yok.")

    def set(self, name: str, value: str) -> None:
        self.get(name)

    def delete(self, name: str) -> None:
        self.get(name)


def test_without_a_keyring_the_vault_passphrase_is_asked_and_the_work_goes_on(
    qtbot: Any, form: AccountForm, ui_world: Any
) -> None:
    ui_world.office._secrets = ClosedStore()
    form.password.setText("yeni-parola-123")
    with qtbot.waitSignal(form.refused):
        form.save_button.click()
    assert form.vault.isVisible()
    form.vault.first.setText("kısa")
    form.vault.button.click()
    assert form.vault.verdict.kind == "error"
    form.vault.first.setText("uzun kasa parolası")
    form.vault.second.setText("uzun kasa parolas")
    form.vault.button.click()
    assert "aynı değil" in form.vault.verdict.sentence
    form.vault.second.setText("uzun kasa parolası")
    with qtbot.waitSignal(form.saved, timeout=30_000):
        form.vault.button.click()
    assert not form.vault.isVisible()
    assert ui_world.office.secrets.get(ui_world.account.secret_name) == "yeni-parola-123"


def test_a_wrong_passphrase_of_a_vault_is_said(qtbot: Any, ui_desk: Any, tmp_path: Any) -> None:
    from app.runtime.vault import Vault

    Vault(DataFolder(ui_desk.office.folder.root).vault, "doğru parola")
    prompt = VaultPrompt(ui_desk)
    qtbot.addWidget(prompt)
    prompt.ask()
    assert not prompt.second.isVisible()
    prompt.first.setText("yanlış parola")
    prompt.button.click()
    settle(qtbot, ui_desk)
    assert prompt.verdict.kind == "error" and prompt.isVisible()


def test_the_subject_follows_the_chosen_company(qtbot: Any, filled_world: Any) -> None:
    subject = IntegratorsSubject(filled_world.desk)
    qtbot.addWidget(subject)
    subject.show()
    subject.refresh()
    settle(qtbot, filled_world.desk)
    assert subject.company.count() == 2
    assert subject.company.currentData() == filled_world.company.id
    other = next(r for r in filled_world.companies() if r.id != filled_world.company.id)
    subject.reveal(other.id)
    settle(qtbot, filled_world.desk)
    with filled_world.office.db.read() as s:
        account = stored.get_account(s, other.id)
    assert account is not None and subject.account.user.text() == account.user


def test_how_receipts_are_written_is_chosen(qtbot: Any, form: AccountForm, ui_world: Any) -> None:
    combo = form.more.editor("receipt_spelling")
    assert isinstance(combo, QComboBox) and combo.currentData() == ""
    combo.setCurrentIndex(combo.findData("send_type"))
    assert form.more.values() == {"receipt_spelling": "send_type"}
    form.more.show_values({"receipt_spelling": "type_code"})
    assert form.more.values() == {}, "the default is not stored"
