"""The card of one company: every field of its JSON, on tabs, with each problem under its own field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from app.domain.party import Company
from app.domain.taxnumber import TaxNumber
from app.ubl.company_json import company_to_json
from app.ui.pages.settings import card_fields
from app.ui.pages.settings.card_fields import Field
from app.ui.pages.settings.form import Form, Lines, scrolled
from app.ui.pages.settings.images import ImagePicker
from app.ui.pages.settings.sealing_form import SealingForm
from app.ui.pages.settings.series_table import SeriesTable
from app.ui.pages.settings.tax_field import TaxNumberField
from app.ui.pages.settings.work import SeriesState
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, QuietLabel


class CompanyCard(QTabWidget):
    """`edited` comes with every change by the user; `is_dirty` says whether anything differs from what was shown."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Firma kartı"))
        self._fields: dict[str, Field] = {}
        self._forms: dict[str, tuple[int, Form]] = {}
        self._shown: dict[str, Any] = {}
        self._country_code: dict[str, tuple[str, str]] = {}
        self.number = TaxNumberField(self)
        self.series = SeriesTable(self)
        self.sealing = SealingForm(self)
        self.logo = ImagePicker(self.tr("Logo"), self)
        self.stamp = ImagePicker(self.tr("Kaşe, imza"), self)
        self._add_identity()
        self._add_tab(self.tr("Adres"), self._form(card_fields.CONTACT, tab=1))
        self._add_tab(
            self.tr("Etiket ve seri"),
            HeadingLabel(self.tr("e-Fatura etiketleri"), self),
            self._form(card_fields.LABELS, tab=2),
            HeadingLabel(self.tr("Seriler ve sıradaki numaralar"), self),
            QuietLabel(
                self.tr("Başka programdan geçiyorsanız sıradaki numarayı yazın; ilk numara verilince sıra kilitlenir."),
                self,
                wrap=True,
            ),
            self.series,
        )
        self._add_tab(self.tr("Mühür"), self.sealing)
        images = Form(self)
        images.add("logo", self.tr("Logo"), self.logo, hint=self.tr("Faturanın üst köşesinde görünür."))
        images.add("stamp", self.tr("Kaşe, imza"), self.stamp, hint=self.tr("Faturanın altında görünür."))
        self._forms |= {"logo": (4, images), "stamp": (4, images)}
        self._add_tab(self.tr("Görseller"), images)
        self._add_tab(
            self.tr("Defter"),
            self._form(card_fields.LEDGER, tab=5),
            HeadingLabel(self.tr("Mali müşavir"), self),
            self._form(card_fields.ACCOUNTANT, tab=5),
        )
        self.number.number_changed.connect(self._on_number_changed)
        for part in (self.series, self.sealing):
            part.edited.connect(self._on_edited)
        for picker in (self.logo, self.stamp):
            picker.picked.connect(self._on_edited)
        self.show_company(None, (), year=2000)

    def show_company(self, company: Company | None, states: Sequence[SeriesState], *, year: int) -> None:
        """Show a card, or an empty one for a new company."""
        data = company_to_json(company) if company is not None else {}
        self.show_data(data, states, year=year, is_new=company is None)
        if company is not None:
            self.logo.set_content(company.logo)
            self.stamp.set_content(company.stamp)

    def show_data(self, data: dict[str, Any], states: Iterable[SeriesState], *, year: int, is_new: bool) -> None:
        """Show what company JSON says."""
        self.clear_problems()
        self.number.set_text(data.get("vkn") or data.get("tckn") or "")
        self.number.set_fixed(not is_new)
        for key, field in self._fields.items():
            self._set_text(key, card_fields.to_text(field.shape, card_fields.get_path(data, key)))
        for prefix in ("address", "accountant.address"):
            where = card_fields.get_path(data, prefix) or {}
            self._country_code[prefix] = (where.get("country", ""), where.get("country_code", ""))
        self.series.set_states(states, year=year)
        self.sealing.set_modes(data.get("sealing_mode", "own"))
        self.logo.set_content(b"")
        self.stamp.set_content(b"")
        self._show_names(self.number.number)
        self._shown = self.data()

    @property
    def is_dirty(self) -> bool:
        return self.data() != self._shown or bool(self.series.starts())

    def data(self) -> dict[str, Any]:
        """What stands on the card, as company JSON; empty fields are left out."""
        digits = self.number.text
        data: dict[str, Any] = {"schema_version": 1, "tckn" if len(digits) == 11 else "vkn": digits}
        for key, field in self._fields.items():
            card_fields.set_path(data, key, card_fields.from_text(field.shape, self.text(key)))
        for prefix, (name, code) in self._country_code.items():
            # The code goes with the name it was stored with; another name finds its own.
            if code and card_fields.get_path(data, f"{prefix}.country") == name:
                card_fields.set_path(data, f"{prefix}.country_code", code)
        for key, value in (
            ("series", self.series.series()),
            ("sealing_mode", self.sealing.modes()),
            ("logo", self.logo.data_uri()),
            ("stamp", self.stamp.data_uri()),
        ):
            card_fields.set_path(data, key, value)
        if not data.get("accountant", {}).keys() - {"address"}:
            # An accountant without a single word of his own is none.
            address = data.pop("accountant", {}).get("address", {})
            if set(address) - {"country", "country_code"}:
                data["accountant"] = {"address": address}
        return data

    def text(self, key: str) -> str:
        editor = self._forms[key][1].editor(key)
        return editor.toPlainText() if isinstance(editor, QPlainTextEdit) else str(editor.property("text"))

    def show_problems(self, problems: Sequence[str]) -> list[str]:
        """Put each `path: sentence` under its field and open the first one's tab; returns those without a field."""
        self.clear_problems()
        homeless, first_tab = [], None
        for problem in problems:
            path, _colon, sentence = problem.replace(" (name, surname)", "").partition(": ")
            key = path.partition("[")[0]
            if key in ("vkn", "tckn"):
                self.number.verdict.say("error", sentence)
                tab: int | None = 0
            elif key in self._forms:
                tab, form = self._forms[key]
                form.problem(key, sentence)
            elif key.startswith("series"):
                self.series.verdict.say("error", sentence)
                tab = 2
            else:
                homeless.append(problem)
                tab = None
            if first_tab is None:
                first_tab = tab
        if first_tab is not None:
            self.setCurrentIndex(first_tab)
        return homeless

    def clear_problems(self) -> None:
        for key, (_tab, form) in self._forms.items():
            form.problem(key, "")

    def _add_identity(self) -> None:
        form = Form(self)
        form.add("number", self.tr("VKN / TCKN"), self.number)
        self._fill(form, card_fields.NAMES, tab=0)
        self._add_tab(self.tr("Kimlik"), form)

    def _form(self, fields: Sequence[Field], *, tab: int) -> Form:
        form = Form(self)
        self._fill(form, fields, tab=tab)
        return form

    def _fill(self, form: Form, fields: Sequence[Field], *, tab: int) -> None:
        for field in fields:
            editor: QLineEdit | Lines
            if field.shape in ("text", "date"):
                editor = QLineEdit(form)
                editor.textEdited.connect(self._on_edited)
            else:
                editor = Lines(field.rows, form)
                editor.textChanged.connect(self._on_edited)
            form.add(field.key, field.title, editor, hint=field.hint)
            self._fields[field.key] = field
            self._forms[field.key] = (tab, form)

    def _add_tab(self, title: str, *parts: QWidget) -> None:
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(tokens.S, tokens.M, tokens.M, tokens.L)
        column.setSpacing(tokens.M)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self.addTab(scrolled(content, self), title)

    def _set_text(self, key: str, text: str) -> None:
        editor = self._forms[key][1].editor(key)
        if isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
        elif isinstance(editor, QLineEdit):
            editor.setText(text)
            # A long title is read from its beginning.
            editor.setCursorPosition(0)

    def _show_names(self, number: TaxNumber | None) -> None:
        """A person has a name and a surname, a firm a title; both stay usable where the number is not there yet."""
        is_person = number is not None and not number.is_vkn
        for key in ("name", "surname"):
            is_needed = is_person or number is None or bool(self.text(key))
            self._forms[key][1].set_row_visible(key, is_needed)

    @Slot(object)
    def _on_number_changed(self, number: TaxNumber | None) -> None:
        self._show_names(number)
        self.edited.emit()

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit()
