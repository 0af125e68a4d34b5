"""The steps of the set-up. Each stores what it asks by itself and says `done` when it is stored."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from app.connectors.base import Taxpayer
from app.domain.document_number import SeriesPurpose
from app.domain.errors import AppError
from app.domain.lifecycle import SealingMode
from app.domain.party import Labels
from app.domain.taxnumber import TaxNumber
from app.domain.turkish import fold
from app.runtime.settings import OFFICE_NAME, RECEIVE_INTERVAL_MIN, THEME
from app.storage import companies as stored
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord
from app.ubl.company_json import company_to_json
from app.ubl.jsonread import InvalidData
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import card_fields, work
from app.ui.pages.settings.account_form import AccountForm
from app.ui.pages.settings.card_doctor import CardDoctor
from app.ui.pages.settings.form import Form, Verdict, scrolled
from app.ui.pages.settings.generated import SettingsForm
from app.ui.pages.settings.sealing_form import INTEGRATOR_WORDS, MODE_TITLES
from app.ui.pages.settings.series_table import SeriesTable
from app.ui.pages.settings.tax_field import TaxNumberField
from app.ui.theme import tokens
from app.ui.theme.style import theme
from app.ui.widgets import HeadingLabel, QuietLabel
from app.workflows import companies
from app.workflows.context import WorkContext

_CHANGES = Changes(companies=True)


class Step(QWidget):
    """One step. `submit` stores and ends in `done` (with the company, or None) or in a sentence in place."""

    key: ClassVar[str] = ""
    needs_company: ClassVar[bool] = True
    done = Signal(object)
    failed = Signal()

    def __init__(self, desk: Desk, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.title = title
        self.company: CompanyRecord | None = None
        self.setAccessibleName(title)
        content = QWidget(self)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.L)
        self.column.setSpacing(tokens.M)
        self.column.addWidget(HeadingLabel(title, content))
        self.column.addWidget(QuietLabel(sentence, content, wrap=True))
        self.verdict = Verdict(content)
        self.column.addWidget(self.verdict)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content, self))

    def enter(self, company: CompanyRecord | None) -> None:
        """The step comes to front; `company` is the one being set up."""
        self.company = company
        self.verdict.clear()

    def take_keys(self) -> None:
        """The keyboard into the first thing one can type or choose."""
        for kind in (QLineEdit, QRadioButton):
            for widget in self.findChildren(kind):
                if widget.isEnabled() and widget.isVisibleTo(self) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                    widget.setFocus(Qt.FocusReason.OtherFocusReason)
                    return

    def submit(self) -> None:
        """Store; most steps do it as a job."""
        self.done.emit(self.company)

    def _store(self, title: str, work_: Any) -> None:
        self.verdict.clear()
        self.desk.run(title, work_, self.done.emit, owner=self, changes=_CHANGES, failed=self._on_failed)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.verdict.say("error", error.sentence)
        self.failed.emit()


class OfficeStep(Step):
    key = "office"
    needs_company = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Büronuz"),
            self.tr("Adını yazın; gerisi iyi değerlerle gelir ve Ayarlar'dan her zaman değişir."),
            parent,
        )
        self.form = SettingsForm(desk, (OFFICE_NAME, THEME, RECEIVE_INTERVAL_MIN), self)
        self.form.stored.connect(self._on_form_stored)
        self.column.addWidget(self.form)
        self.column.addStretch(1)

    def enter(self, company: CompanyRecord | None) -> None:
        super().enter(company)
        self.form.load()

    def submit(self) -> None:
        if self.form.is_valid():
            self.done.emit(self.company)
        else:
            self.failed.emit()

    @Slot(str)
    def _on_form_stored(self, name: str) -> None:
        if name == THEME.name:
            theme().apply(self.form.value(name))


class CompanyStep(Step):
    """The number first: it says what it is, and whether its check digit fits."""

    key = "company"
    needs_company = False
    _FIELDS: ClassVar = (
        card_fields.Field("title", "Unvan"),
        card_fields.Field("name", "Ad"),
        card_fields.Field("surname", "Soyad"),
        card_fields.Field("tax_office", "Vergi dairesi"),
        card_fields.Field("address.street", "Cadde, sokak"),
        card_fields.Field("address.district", "İlçe"),
        card_fields.Field("address.city", "İl"),
        card_fields.Field("email", "E-posta"),
    )

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("İlk firma"),
            self.tr(
                "Defterini tuttuğunuz ilk firmanın vergi levhasından. Ötekiler sonra Ayarlar › Firmalar'dan eklenir."
            ),
            parent,
        )
        self.number = TaxNumberField(self)
        self.form = Form(self)
        self.form.add("number", self.tr("VKN / TCKN"), self.number)
        self._edits: dict[str, QLineEdit] = {}
        for field in self._FIELDS:
            edit = self._edits[field.key] = QLineEdit(self)
            self.form.add(field.key, field.title, edit)
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.number.number_changed.connect(self._on_number_changed)
        self._on_number_changed(None)

    def edit(self, key: str) -> QLineEdit:
        return self._edits[key]

    def enter(self, company: CompanyRecord | None) -> None:
        super().enter(company)
        self.number.set_fixed(company is not None)
        if company is not None:
            data = company_to_json(company.company)
            self.number.set_text(company.company.tax_number.digits)
            for key, edit in self._edits.items():
                edit.setText(card_fields.get_path(data, key) or "")

    def take_keys(self) -> None:
        if self.company is None:
            self.number.setFocus()
        else:
            self._edits["title"].setFocus()

    def submit(self) -> None:
        self.form.clear_problems()
        typed: dict[str, Any] = {}
        for key, edit in self._edits.items():
            card_fields.set_path(typed, key, edit.text().strip())
        digits = self.number.text
        self._store(self.tr("Firma kaydediliyor"), partial(_save_typed, digits, typed))

    @Slot(object)
    def _on_number_changed(self, number: TaxNumber | None) -> None:
        is_person = number is not None and not number.is_vkn
        for key in ("name", "surname"):
            self.form.set_row_visible(key, is_person)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        if not isinstance(error, InvalidData):
            super()._on_failed(error)
            return
        rest = []
        for problem in error.problems:
            key, _colon, sentence = problem.replace(" (name, surname)", "").partition(": ")
            if key in ("vkn", "tckn"):
                self.number.verdict.say("error", sentence)
                self.number.setFocus()
            elif key in self._edits:
                self.form.problem(key, sentence)
            else:
                rest.append(sentence)
        self.verdict.say("error", " ".join(rest))
        self.failed.emit()


class IntegratorStep(Step):
    """After a good Dene the company's own labels are written on its card, where it has none."""

    key = "integrator"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Entegratör"),
            self.tr(
                "Entegratörünüzün verdiği adres, kullanıcı ve parola. “Dene” giriş yapar ve firmayı sorar; "
                "belge göndermez."
            ),
            parent,
        )
        self.account = AccountForm(desk, self)
        self.account.save_button.setVisible(False)
        self.column.addWidget(self.account)
        self.column.addStretch(1)
        self._found: tuple[Taxpayer, ...] = ()
        self.account.saved.connect(self._on_saved)
        self.account.tried.connect(self._on_tried)
        self.account.refused.connect(self.failed)

    def enter(self, company: CompanyRecord | None) -> None:
        super().enter(company)
        if company is not None:
            self.account.show_company(company)

    def submit(self) -> None:
        self.account.save()

    @Slot(object)
    def _on_tried(self, report: work.TryReport) -> None:
        if report.went_well:
            self._found = report.taxpayers

    @Slot(object)
    def _on_saved(self, _account: AccountRecord) -> None:
        company = self.company
        if company is None or not self._found or company.company.labels != Labels():
            self.done.emit(company)
            return
        self._store(self.tr("Etiketler kaydediliyor"), partial(_save_labels, company, self._found))


class SealStep(Step):
    key = "seal"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Mühür"),
            self.tr("Belgeleri kim mühürleyecek? Sonradan firma kartından, belge türüne göre de değiştirilebilir."),
            parent,
        )
        self.own = QRadioButton(MODE_TITLES[SealingMode.OWN], self)
        self.integrator = QRadioButton(MODE_TITLES[SealingMode.INTEGRATOR], self)
        self._group = QButtonGroup(self)
        self._group.addButton(self.own)
        self._group.addButton(self.integrator)
        self.doctor = CardDoctor(desk, self)
        self.column.addWidget(self.own)
        self.column.addWidget(
            QuietLabel(
                self.tr("Mali mühür kartı bu bilgisayara takılır; PIN her toplu işte bir kez sorulur ve saklanmaz."),
                self,
                wrap=True,
            )
        )
        self.column.addWidget(self.doctor)
        self.column.addWidget(self.integrator)
        self.column.addWidget(QuietLabel(INTEGRATOR_WORDS, self, wrap=True))
        self.column.addStretch(1)
        self.own.toggled.connect(self.doctor.setVisible)
        self.own.setChecked(True)

    def enter(self, company: CompanyRecord | None) -> None:
        super().enter(company)
        if company is not None:
            mode = company.company.default_sealing_mode
            (self.own if mode is SealingMode.OWN else self.integrator).setChecked(True)

    def submit(self) -> None:
        if self.company is None:
            return
        mode = SealingMode.OWN if self.own.isChecked() else SealingMode.INTEGRATOR
        self._store(self.tr("Firma kaydediliyor"), partial(_save_mode, self.company, mode))


class SeriesStep(Step):
    key = "series"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Seri ve numaralar"),
            self.tr(
                "Her belge türünün üç karakterlik kendi serisi olur. Başka programdan geçiyorsanız o serinin sıradaki "
                "numarasını yazın; yeni başlıyorsanız 1 kalsın."
            ),
            parent,
        )
        self._is_read = False
        self.table = SeriesTable(self)
        self.column.addWidget(self.table)
        self.column.addStretch(1)

    def enter(self, company: CompanyRecord | None) -> None:
        super().enter(company)
        self._is_read = False
        if company is not None:
            year = self.desk.office.clock.today().year
            self.desk.read(partial(_states, company, year), partial(self._on_states_read, company), owner=self)

    def submit(self) -> None:
        if self.company is None or not self._is_read:
            # An empty table must not be taken for the user's wish.
            self.failed.emit()
            return
        data = company_to_json(self.company.company) | {"series": self.table.series()}
        self._store(self.tr("Seriler kaydediliyor"), partial(_save_data, data, self.table.starts()))

    def _on_states_read(self, company: CompanyRecord, states: list[work.SeriesState]) -> None:
        if self.company is not company:
            return
        self._is_read = True
        self.table.set_states(states, year=self.desk.office.clock.today().year)
        if not any(state.series for state in states):
            self.table.suggest(SeriesPurpose.EINVOICE, suggest_series(company.company.party.display_name))


def suggest_series(name: str) -> str:
    """Three letters out of a firm's name: the first of its first words, else its beginning; `FTR` for none."""
    words = ["".join(c for c in fold(word) if c.isascii() and c.isalnum()) for word in name.split()]
    words = [word for word in words if word]
    letters = "".join(word[0] for word in words[:3])
    if len(letters) < 3:
        letters = "".join(words)[:3]
    return letters.upper() if len(letters) == 3 else "FTR"


def _save_typed(digits: str, typed: dict[str, Any], ctx: WorkContext) -> CompanyRecord:
    """A new card, or the stored one with what was typed on it."""
    with ctx.db.read() as s:
        known = stored.get_company(s, digits)
    data = company_to_json(known.company) if known is not None else {"tckn" if len(digits) == 11 else "vkn": digits}
    address = data.get("address", {}) | typed.get("address", {})
    data |= typed
    if address:
        data["address"] = address
    return work.save_firm(ctx, data, {}, is_new=False)


def _save_labels(company: CompanyRecord, found: tuple[Taxpayer, ...], ctx: WorkContext) -> CompanyRecord:
    by_unit = {
        unit: tuple(dict.fromkeys(t.alias for t in found if t.unit.upper() == unit and t.alias))
        for unit in ("GB", "PK")
    }
    labels = Labels(gb=by_unit["GB"], pk=by_unit["PK"])
    return companies.save_company(ctx, replace(company.company, labels=labels))


def _save_mode(company: CompanyRecord, mode: SealingMode, ctx: WorkContext) -> CompanyRecord:
    return companies.save_company(ctx, replace(company.company, default_sealing_mode=mode))


def _save_data(data: dict[str, Any], starts: dict[SeriesPurpose, int], ctx: WorkContext) -> CompanyRecord:
    return work.save_firm(ctx, data, starts, is_new=False)


def _states(company: CompanyRecord, year: int, s: OpenSession) -> list[work.SeriesState]:
    return work.series_states(s, company, year)
