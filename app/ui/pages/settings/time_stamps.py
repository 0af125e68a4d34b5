"""Zaman damgası: the authority that stamps, its password, the roots it is checked against, and one stamp as a trial."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.turkish import format_datetime
from app.runtime.settings import TSA_LOGIN, TSA_ROOTS, TSA_URL, TSA_USER, Setting
from app.signing.report import TimeStampReport
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings.form import Lines, PlainButton, Verdict, bring_into_view, secret_edit
from app.ui.pages.settings.generated import SettingsForm
from app.ui.widgets import QuietLabel, Section
from app.workflows.context import WorkContext
from app.workflows.time_stamps import save_password, secret_name, try_stamper


class TimeStampSection(Section):
    """Settings are stored when they are left; the password goes to the secret store and is never shown again."""

    def __init__(self, desk: Desk, settings: Sequence[Setting[Any]], parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Zaman damgası"),
            parent,
            sentence=self.tr("GİB her ay şart koşmaz; uyumluluk sınamasında ve GİB sistemi kapalıyken gerekir."),
        )
        self.desk = desk
        self.form = SettingsForm(desk, [one for one in settings if one is not TSA_ROOTS], self)
        self.form.stored.connect(self._on_stored)
        #: Rows of the same form, so that all fields stand in line.
        self.more = self.form.form
        self.password: QLineEdit = secret_edit(self)
        self.password.editingFinished.connect(self._on_password_finished)
        self.more.add("password", self.tr("Parola"), self.password, hint=self.tr("Anahtar kasasında saklanır."))
        self.roots = Lines(2, self)
        self.more.add(TSA_ROOTS.name, TSA_ROOTS.title, self.roots, hint=TSA_ROOTS.description)
        self.roots_button = PlainButton(self.tr("Kökleri kaydet"), self, icon="save")
        self.roots_button.clicked.connect(self._on_roots_clicked)
        self.roots.textChanged.connect(self._show_ready)
        self.try_button = PlainButton(self.tr("Dene"), self, icon="check")
        self.try_button.setAccessibleName(self.tr("Zaman damgasını dene"))
        self.try_button.clicked.connect(self.try_out)
        self.verdict = Verdict(self)
        row = QHBoxLayout()
        row.addWidget(self.roots_button)
        row.addWidget(self.try_button)
        row.addWidget(QuietLabel(self.tr("Deneme kurumdan bir damga harcar."), self))
        row.addStretch(1)
        column = QVBoxLayout()
        column.addLayout(row)
        column.addWidget(self.verdict)
        self.body.addWidget(self.form)
        self.body.addLayout(column)
        self._kept_roots = ""
        self._show_ready()

    def load(self) -> None:
        """Read the values again."""
        self.form.load()
        office = self.desk.office

        def read(_ctx: WorkContext) -> tuple[str, str, str, bool]:
            settings = office.settings
            url, user = settings.get(TSA_URL), settings.get(TSA_USER)
            has = bool(url and office.secrets.get(secret_name(url, user)))
            return settings.get(TSA_ROOTS), url, settings.get(TSA_LOGIN), has

        self.desk.run(self.tr("Ayarlar okunuyor"), read, self._on_read, owner=self, failed=self._on_failed)

    def _on_read(self, said: tuple[str, str, str, bool]) -> None:
        roots, url, login, has_password = said
        self._kept_roots = roots
        if not self.roots.hasFocus():
            self.roots.setPlainText(roots)
        self.more.set_row_visible("password", login != "none")
        self.password.setPlaceholderText(self.tr("kayıtlı; değiştirmek için yazın") if has_password else "")
        self.try_button.setEnabled(bool(url))
        self._show_ready()

    @Slot()
    def _show_ready(self) -> None:
        self.roots_button.setEnabled(self.roots.toPlainText().strip() != self._kept_roots.strip())

    @Slot(str)
    def _on_stored(self, _name: str) -> None:
        self.verdict.clear()
        self.load()

    @Slot()
    def _on_password_finished(self) -> None:
        password = self.password.text()
        if not password:
            return
        office = self.desk.office
        self.password.clear()

        def work(_ctx: WorkContext) -> None:
            save_password(office.settings, office.secrets, password)

        self.desk.run(
            self.tr("Parola saklanıyor"),
            work,
            partial(self._on_kept, "password"),
            owner=self,
            # Behind the settings that are stored at the same moment: the name of the secret is made of them.
            lane=self.desk.lanes.account("ayarlar"),
            failed=self._on_failed,
        )

    @Slot()
    def _on_roots_clicked(self) -> None:
        office, text = self.desk.office, "\n".join(self.roots.lines())
        self._kept_roots = text
        self.desk.run(
            self.tr("Ayar kaydediliyor"),
            lambda _ctx: office.settings.set(TSA_ROOTS, text),
            partial(self._on_kept, TSA_ROOTS.name),
            owner=self,
            lane=self.desk.lanes.account("ayarlar"),
            changes=Changes(settings=True),
            failed=self._on_failed,
        )
        self._show_ready()

    def _on_kept(self, key: str, _value: object) -> None:
        self.more.verdict(key).say("ok", self.tr("Kaydedildi."))
        if key == "password":
            self.password.setPlaceholderText(self.tr("kayıtlı; değiştirmek için yazın"))

    @Slot()
    def try_out(self) -> None:
        """Ask for one stamp."""
        office = self.desk.office
        self.try_button.setEnabled(False)
        self.verdict.say("wait", self.tr("Zaman damgası isteniyor…"))
        self.desk.run(
            self.tr("Zaman damgası deneniyor"),
            lambda _ctx: try_stamper(office.settings, office.secrets),
            self._on_tried,
            owner=self,
            lane=self.desk.lanes.account("zaman damgası"),
            failed=self._on_failed,
        )

    def _on_tried(self, report: TimeStampReport) -> None:
        self.try_button.setEnabled(True)
        when = format_datetime(report.time) if report.time is not None else ""
        said = self.tr("Damga alındı: {0}, {1}.").format(report.authority, when)
        if report.valid is False:
            self.verdict.say("error", " ".join([self.tr("Alınan damga geçerli değil."), *report.reasons]))
        elif report.trusted is False:
            self.verdict.say("warn", " ".join([said, *report.reasons]))
        else:
            self.verdict.say("ok", said)
        bring_into_view(self.verdict)

    def _on_failed(self, error: AppError) -> None:
        self.try_button.setEnabled(True)
        self.verdict.say("error", error.sentence)
        bring_into_view(self.verdict)
