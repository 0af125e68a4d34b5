"""One company's account at its integrator: address, user, password into the secret store, labels, and Dene."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.connectors.base import EndpointKind
from app.domain.errors import AppError
from app.storage.records import AccountRecord, CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import work
from app.ui.pages.settings.connector_settings import ConnectorSettings
from app.ui.pages.settings.form import (
    Form,
    Kind,
    Lines,
    PlainButton,
    Verdict,
    bring_into_view,
    clear_layout,
    secret_edit,
)
from app.ui.pages.settings.vault_prompt import ASKS_PASSPHRASE, VaultPrompt
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import PrimaryButton, QuietButton, QuietLabel
from app.workflows.context import WorkContext

_KIND_TONES: dict[EndpointKind, Kind] = {
    EndpointKind.SANDBOX: "wait",
    EndpointKind.TEST: "wait",
    EndpointKind.LIVE: "warn",
}


class AccountForm(QWidget):
    """Show a company with `show_company`. `saved` gives the stored account, `tried` the report of Dene."""

    saved = Signal(object)
    tried = Signal(object)
    #: A save that did not happen; the reason stands in the form.
    refused = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._company: CompanyRecord | None = None
        self._account: AccountRecord | None = None
        self._retry = ""
        self._state: work.AccountState | None = None
        self._shown: work.Login | None = None
        self.connector = QComboBox(self)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("https://…")
        self.user = QLineEdit(self)
        self.password = secret_edit(self)
        self.labels = Lines(2, self)
        self.form = Form(self)
        self.form.add("connector", self.tr("Entegratör"), self.connector)
        self.form.add("url", self.tr("Adres"), self.url, hint=self.tr("Entegratörünüzün verdiği web servis adresi."))
        self.form.add("user", self.tr("Kullanıcı"), self.user)
        self.form.add("password", self.tr("Parola"), self.password)
        self.form.add(
            "labels",
            self.tr("Okunacak etiketler"),
            self.labels,
            hint=self.tr("Her satırda bir posta kutusu (PK); boşsa firmanın bütün kutuları okunur."),
        )
        self.sends = QCheckBox(self.tr("Firmanın belgeleri bu hesapla gönderilir"), self)
        self.form.add(
            "sends",
            self.tr("Gönderen hesap"),
            self.sends,
            hint=self.tr("Firmanın birden çok hesabı varsa gönderen birdir; ötekilerden yalnız gelen belgeler alınır."),
        )
        self.form.set_row_visible("sends", False)
        self.more_button = QuietButton(self.tr("Gelişmiş ayarlar"), self, icon="chevron-right")
        self.more_button.setCheckable(True)
        self.more = ConnectorSettings(self)
        self.more.setVisible(False)
        self.vault = VaultPrompt(desk, self)
        self.try_button = PlainButton(self.tr("Dene"), self, icon="sync", shortcut="Ctrl+T")
        self.save_button = PrimaryButton(self.tr("Kaydet"), self, icon="save", shortcut="Ctrl+S")
        self.verdict = Verdict(self)
        self._results = QVBoxLayout()
        self._results.setSpacing(tokens.XS)
        buttons = QHBoxLayout()
        buttons.addWidget(self.try_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.M)
        column.addWidget(self.form)
        column.addWidget(self.more_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.more)
        column.addWidget(self.vault)
        column.addLayout(buttons)
        column.addWidget(self.verdict)
        column.addLayout(self._results)
        self.connector.currentIndexChanged.connect(self._on_connector_chosen)
        self.url.textChanged.connect(self._on_url_text_changed)
        self.more_button.toggled.connect(self._on_more_button_toggled)
        self.try_button.clicked.connect(self.try_out)
        self.save_button.clicked.connect(self.save)
        self.vault.unlocked.connect(self._on_vault_unlocked)
        self.setEnabled(False)

    def show_company(self, company: CompanyRecord) -> None:
        """Read and show this company's account."""
        self._company = company
        self._state = self._shown = None
        self.setEnabled(False)
        self.verdict.clear()
        clear_layout(self._results)
        self.desk.run(
            self.tr("Entegratör hesabı okunuyor"),
            partial(_state, self.desk, company),
            partial(self._on_state_read, company),
            owner=self,
        )

    @property
    def company_id(self) -> int | None:
        """Whose account is shown."""
        return None if self._company is None else self._company.id

    @property
    def account(self) -> AccountRecord | None:
        """The stored account, None before the first save."""
        return self._account

    def login(self) -> work.Login:
        """What stands in the form."""
        return work.Login(
            connector=str(self.connector.currentData() or ""),
            url=self.url.text().strip(),
            user=self.user.text().strip(),
            password=self.password.text(),
            labels=tuple(self.labels.lines()),
            settings=self.more.values(),
            sends=self.sends.isEnabled() and self.sends.isChecked(),
        )

    @property
    def is_dirty(self) -> bool:
        """Whether something stands in the form that is not stored."""
        return self._shown is not None and self.isEnabled() and self.login() != self._shown

    @Slot()
    def try_out(self) -> None:
        """Log in with what stands in the form and ask for the company; nothing is stored."""
        if self._company is None or not self._is_filled():
            return
        self._retry = "try"
        self._set_busy(True, self.tr("Deneniyor: giriş yapılıyor, firma soruluyor…"))
        account = self._account
        # The account's own lane: a trial never runs beside a sync of the same user.
        lane = (
            self.desk.account_lane(account.id)
            if account is not None
            else self.desk.lanes.account(f"deneme-{self._company.id}")
        )
        self.desk.run(
            self.tr("Bağlantı deneniyor"),
            partial(_try, self.desk, self._company, self.login()),
            self._on_tried,
            owner=self,
            company=self._company,
            lane=lane,
            failed=self._on_failed,
        )

    @Slot()
    def save(self) -> None:
        """Store the account; the password goes to the secret store."""
        if self._company is None or not self._is_filled():
            self.refused.emit()
            return
        self._retry = "save"
        self._set_busy(True, self.tr("Kaydediliyor…"))
        self.desk.run(
            self.tr("Entegratör hesabı kaydediliyor"),
            partial(_save, self.desk, self._company, self.login()),
            self._on_saved,
            owner=self,
            company=self._company,
            changes=Changes(accounts=True),
            failed=self._on_failed,
        )

    def _is_filled(self) -> bool:
        self.form.clear_problems()
        login = self.login()
        for key, value, sentence in (
            ("connector", login.connector, self.tr("Bir entegratör seçin.")),
            ("url", login.url, self.tr("Entegratörün web servis adresini yazın.")),
            ("user", login.user, self.tr("Kullanıcı adını yazın.")),
        ):
            if not value:
                self.form.problem(key, sentence)
                self.form.editor(key).setFocus()
                return False
        if not self.more.is_valid():
            self.more_button.setChecked(True)
            return False
        self._tell_kind()
        return True

    def _set_busy(self, is_busy: bool, sentence: str = "") -> None:
        for button in (self.try_button, self.save_button):
            button.setEnabled(not is_busy)
        if is_busy:
            clear_layout(self._results)
            self.verdict.say("wait", sentence)
            bring_into_view(self.verdict)

    def _on_state_read(self, company: CompanyRecord, state: work.AccountState) -> None:
        if self._company is not company:
            return
        self._state = state
        self._fill_connectors(state)
        self.setEnabled(True)
        if state.problem is not None and state.problem.code in ASKS_PASSPHRASE:
            self._retry = "show"
            self.vault.ask()
        elif state.problem is not None:
            self.verdict.say("error", state.problem.sentence)

    def _show_account(self) -> None:
        """The stored account at the integrator that stands in the form; an empty form where there is none."""
        state, key = self._state, str(self.connector.currentData() or "")
        if state is None or self._company is None:
            return
        account = self._account = state.accounts.get(key)
        for key_of_field in ("url", "user", "password"):
            # What was missing in the fields before is not missing in these.
            self.form.problem(key_of_field, "")
        self.url.setText(account.url if account else "")
        self.user.setText(account.user if account else "")
        self.password.clear()
        self.password.setPlaceholderText(
            self.tr("Kayıtlı; değiştirmek için yazın") if key in state.with_password else self.tr("Entegratör parolası")
        )
        self.labels.set_lines(account.labels if account else ())
        pk = self._company.company.labels.pk
        self.labels.setPlaceholderText("\n".join(pk))
        self.more.show_values(account.settings if account else {})
        is_sender = state.account is None or state.account.connector == key
        self.form.set_row_visible("sends", any(other != key for other in state.accounts))
        self.sends.setChecked(is_sender)
        # The choice is moved by ticking it at another account: one of them always sends.
        self.sends.setEnabled(not is_sender)
        self._tell_kind()
        self._shown = self.login()

    def _fill_connectors(self, state: work.AccountState) -> None:
        self.connector.blockSignals(True)
        self.connector.clear()
        model = self.connector.model()
        assert isinstance(model, QStandardItemModel)
        broken = []
        for info in state.connectors:
            title = self.tr("{0} (yüklenemedi)").format(info.title) if info.problem else info.title
            self.connector.addItem(title, info.key)
            item = model.item(self.connector.count() - 1)
            item.setEnabled(not info.problem)
            if info.problem:
                item.setToolTip(info.problem)
                broken.append(info.problem)
        wanted = state.account.connector if state.account else ""
        index = (
            self.connector.findData(wanted)
            if wanted
            else next((i for i, info in enumerate(state.connectors) if not info.problem), -1)
        )
        self.connector.setCurrentIndex(index)
        self.connector.blockSignals(False)
        self.form.verdict("connector").say("warn", " ".join(broken))
        self._on_connector_chosen()

    @Slot()
    def _on_connector_chosen(self) -> None:
        """The connector's own settings, each empty for its default."""
        self.more.take_schema(self._schema())
        self.more_button.setVisible(bool(self.more.keys()))
        self._show_account()

    def _schema(self) -> Any:
        key = self.connector.currentData()
        if not key:
            return None
        try:
            return getattr(self.desk.office.connector(key), "settings_schema", None)
        except AppError:
            return None

    @Slot(bool)
    def _on_more_button_toggled(self, is_open: bool) -> None:
        self.more.setVisible(is_open)
        bind_icon(self.more_button, "chevron-down" if is_open else "chevron-right")

    @Slot()
    def _on_url_text_changed(self) -> None:
        self._tell_kind()

    def _tell_kind(self) -> None:
        url, key = self.url.text().strip(), self.connector.currentData()
        if not url or not key:
            self.form.verdict("url").clear()
            return
        try:
            kind = self.desk.office.connector(key).endpoint_kind(url)
        except AppError as e:
            self.form.verdict("url").say("error", e.sentence)
            return
        words = work.KIND_WORDS[kind]
        self.form.verdict("url").say(_KIND_TONES[kind], words[0].upper() + words[1:] + ".")

    @Slot(object)
    def _on_tried(self, report: work.TryReport) -> None:
        if report.error is not None and report.error.code in ASKS_PASSPHRASE:
            self._on_failed(report.error)
            return
        self._set_busy(False)
        if report.went_well:
            self.verdict.say("ok", self.tr("Bağlantı çalışıyor."))
        else:
            self.verdict.say("error", self.tr("Bağlantı çalışmıyor."))
        for went_well, sentence in report.steps:
            line = Verdict(self)
            self._results.addWidget(line)
            line.say("ok" if went_well else "error", sentence)
        for taxpayer in report.taxpayers:
            self._results.addWidget(QuietLabel(f"{taxpayer.unit}  {taxpayer.alias}", self))
        last = self._results.itemAt(self._results.count() - 1)
        bring_into_view((last.widget() if last is not None else None) or self.verdict)
        self.tried.emit(report)

    @Slot(object)
    def _on_saved(self, account: AccountRecord) -> None:
        self._set_busy(False)
        state = self._state
        if state is not None:
            is_first = state.account is None
            self._state = replace(
                state,
                account=account if is_first or self.sends.isChecked() else state.account,
                accounts={**state.accounts, account.connector: account},
                with_password=state.with_password | {account.connector},
            )
        self._show_account()
        self.verdict.say("ok", self.tr("Kaydedildi. Parola güvenli yerde; veritabanında durmaz."))
        self.saved.emit(account)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._set_busy(False)
        if error.code in ASKS_PASSPHRASE:
            self.verdict.clear()
            self.vault.ask()
            self.refused.emit()
            return
        self.verdict.say("error", error.sentence)
        if error.code == "CONNECTOR.PASSWORD":
            self.form.problem("password", error.sentence)
            self.verdict.clear()
            self.password.setFocus()
        self.refused.emit()

    @Slot()
    def _on_vault_unlocked(self) -> None:
        """Go on with what the closed vault had stopped."""
        if self._retry == "try":
            self.try_out()
        elif self._retry == "save":
            self.save()
        elif self._company is not None:
            self.show_company(self._company)


def _state(desk: Desk, company: CompanyRecord, _ctx: WorkContext) -> work.AccountState:
    return work.account_state(desk.office, company)


def _try(desk: Desk, company: CompanyRecord, login: work.Login, _ctx: WorkContext) -> work.TryReport:
    return work.try_account(desk.office, company, login)


def _save(desk: Desk, company: CompanyRecord, login: work.Login, ctx: WorkContext) -> AccountRecord:
    return work.save_account(desk.office, ctx, company, login)
