"""The card of one company: every field of its JSON, on tabs, with each problem under its own field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.party import Company
from app.domain.taxnumber import TaxNumber
from app.domain.turkish import fold
from app.ubl.company_json import company_to_json
from app.ui.pages.settings import card_fields
from app.ui.pages.settings.card_fields import Field
from app.ui.pages.settings.card_marks import CardMarks
from app.ui.pages.settings.form import Form, Lines, PlainButton, bring_into_view, narrow_edit, scrolled
from app.ui.pages.settings.images import ImagePicker
from app.ui.pages.settings.sealing_form import SealingForm
from app.ui.pages.settings.series_table import SeriesTable
from app.ui.pages.settings.tax_field import TaxNumberField
from app.ui.pages.settings.work import SeriesState
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, QuietButton, QuietLabel
from app.workflows.ledger_card import card_fields as ledger_fields

_COMBO_LETTERS = 12
_LEDGER_TAB, _PEOPLE_TAB = 5, 6
_START_KEYS = tuple(field.key.partition(".")[2] for field in card_fields.START)
_PEOPLE = ("accountant", "auditor")
_ADDRESSES = ("address", *(f"{person}.address" for person in _PEOPLE))


class CompanyCard(QTabWidget):
    """`edited` comes with every change by the user; `is_dirty` says whether anything differs from what was shown.

    `start_wanted`: the previous program's last numbers shall be read from a file. `accountant_wanted`: the office's
    accountant shall be written here; `accountant_kept` carries the one of this card, to be the office's.
    """

    edited = Signal()
    start_wanted = Signal()
    accountant_wanted = Signal()
    accountant_kept = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Firma kartı"))
        self._fields: dict[str, Field] = {}
        self._forms: dict[str, tuple[int, Form]] = {}
        self._shown: dict[str, Any] = {}
        self._country_code: dict[str, tuple[str, str]] = {}
        self._start_rest: dict[str, str] = {}
        self._office_application = ""
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
        self._add_tab(self.tr("Logo"), images)
        self._add_ledger()
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
        start = data.get("ledger_start") or {}
        self._start_rest = {key: text for key, text in start.items() if key not in _START_KEYS}
        for prefix in _ADDRESSES:
            where = card_fields.get_path(data, prefix) or {}
            self._country_code[prefix] = (where.get("country", ""), where.get("country_code", ""))
        self.series.set_states(states, year=year)
        self.sealing.set_modes(data.get("sealing_mode", "own"))
        self.logo.set_content(b"")
        self.stamp.set_content(b"")
        self._show_names(self.number.number)
        self._shown = self.data()
        self._show_terms()

    def set_office_application(self, application: str) -> None:
        """What holds where the card names no program of its own."""
        self._office_application = application
        self._show_terms()

    def take_start(self, start: Mapping[str, str]) -> None:
        """Write what was read of the previous program's last file; it is stored with the card."""
        for key, text in start.items():
            if key in _START_KEYS:
                shape = self._fields[f"ledger_start.{key}"].shape
                self._set_text(f"ledger_start.{key}", card_fields.to_text(shape, text))
            elif text:
                self._start_rest[key] = text
        self._on_edited()

    def take_accountant(self, data: Mapping[str, Any]) -> None:
        """Write the office's accountant over this card's."""
        for field in card_fields.ACCOUNTANT:
            value = card_fields.get_path({"accountant": dict(data)}, field.key)
            self._set_text(field.key, card_fields.to_text(field.shape, value))
        self._on_edited()

    def show_field(self, key: str) -> None:
        """Open the tab of a field and put the keyboard there."""
        if key in self._forms:
            tab, form = self._forms[key]
            self.setCurrentIndex(tab)
            editor = form.editor(key)
            editor.setFocus()
            bring_into_view(editor)

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
        if self._start_rest:
            data["ledger_start"] = data.get("ledger_start", {}) | self._start_rest
        for key, value in (
            ("series", self.series.series()),
            ("sealing_mode", self.sealing.modes()),
            ("logo", self.logo.data_uri()),
            ("stamp", self.stamp.data_uri()),
        ):
            card_fields.set_path(data, key, value)
        for person in _PEOPLE:
            if not data.get(person, {}).keys() - {"address"}:
                # An accountant without a single word of his own is none.
                address = data.pop(person, {}).get("address", {})
                if set(address) - {"country", "country_code"}:
                    data[person] = {"address": address}
        return data

    def text(self, key: str) -> str:
        editor = self._forms[key][1].editor(key)
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        if isinstance(editor, QCheckBox):
            return "1" if editor.isChecked() else ""
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
            form.add(field.key, field.title, self._editor(field, form), hint=field.hint, unit=field.unit)
            self._fields[field.key] = field
            self._forms[field.key] = (tab, form)

    def _editor(self, field: Field, form: Form) -> QWidget:
        match field.shape:
            case "choice":
                combo = QComboBox(form)
                # As wide as the form leaves it: a long choice never makes the card scroll sideways.
                combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                combo.setMinimumContentsLength(_COMBO_LETTERS)
                combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                for value, words in field.choices:
                    combo.addItem(words, value)
                combo.activated.connect(self._on_edited)
                return combo
            case "flag":
                box = QCheckBox(self.tr("Defterler şube şube tutulur"), form)
                box.clicked.connect(self._on_edited)
                return box
            case "text" | "date" | "month" | "number":
                edit = narrow_edit(field.letters, form) if field.letters else QLineEdit(form)
                edit.textEdited.connect(self._on_edited)
                return edit
            case _:
                lines = Lines(field.rows, form)
                lines.textChanged.connect(self._on_edited)
                return lines

    def _add_ledger(self) -> None:
        self.marks = CardMarks(self)
        self.marks.wanted.connect(self.show_field)
        self.start_button = PlainButton(self.tr("Son onaylı dosyadan oku…"), self, icon="import")
        self.start_button.clicked.connect(self.start_wanted)
        self._add_tab(
            self.tr("Defter"),
            self.marks,
            HeadingLabel(self.tr("Defterler nasıl hazırlanır"), self),
            self._form(card_fields.TERMS, tab=_LEDGER_TAB),
            HeadingLabel(self.tr("Mükellef ve hesap dönemi"), self),
            self._form(card_fields.TAXPAYER, tab=_LEDGER_TAB),
            HeadingLabel(self.tr("Önceki programdan devir"), self),
            QuietLabel(
                self.tr(
                    "Firma e-Deftere başka programla başladıysa o programın verdiği son numaralar yazılır; buradaki "
                    "ilk ay onlardan sürer. Yeni başlayan firmada boş kalır."
                ),
                self,
                wrap=True,
            ),
            _at_left(self, self.start_button),
            self._form(card_fields.START, tab=_LEDGER_TAB),
        )
        self.office_button = PlainButton(self.tr("Ofisin müşavirini yaz"), self, icon="import")
        self.office_button.clicked.connect(self.accountant_wanted)
        self.keep_button = QuietButton(self.tr("Bunu ofisin müşaviri yap"), self, icon="save")
        self.keep_button.clicked.connect(self._on_keep_clicked)
        self._add_tab(
            self.tr("Müşavir"),
            HeadingLabel(self.tr("Mali müşavir"), self),
            _at_left(self, self.office_button, self.keep_button),
            self._form(card_fields.ACCOUNTANT, tab=_PEOPLE_TAB),
            HeadingLabel(self.tr("Yeminli mali müşavir"), self),
            QuietLabel(self.tr("Yalnız tam tasdik sözleşmesi varsa."), self, wrap=True),
            self._form(card_fields.AUDITOR, tab=_PEOPLE_TAB),
        )

    def _show_terms(self) -> None:
        """Fields that the chosen way does not use are not there; the marks follow what stands on the card."""
        form = self._forms["ledger.mode"][1]
        is_own = self.text("ledger.mode") == ""
        for key in ("ledger.source_application", "ledger.max_part_mb", "ledger.time_stamp"):
            form.set_row_visible(key, is_own)
        form.set_row_visible("ledger.export_format", not is_own)
        form.set_row_visible("branches", bool(self.text("ledger.uses_branches") or self.text("branches")))
        self.marks.show_fields(ledger_fields(self.data(), office_application=self._office_application))
        has_name = bool(self.text("accountant.name").strip())
        self.keep_button.setEnabled(has_name)

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
        if isinstance(editor, QComboBox):
            _choose(editor, text)
        elif isinstance(editor, QCheckBox):
            editor.setChecked(bool(text))
        elif isinstance(editor, QPlainTextEdit):
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
        self._show_terms()
        self.edited.emit()

    @Slot()
    def _on_keep_clicked(self) -> None:
        self.accountant_kept.emit(self.data().get("accountant", {}))


def _choose(combo: QComboBox, value: str) -> None:
    """A value that is none of the choices, as other programs wrote it, stays as it is and can be seen."""
    place = combo.findData(value)
    if place < 0:
        place = next((i for i in range(combo.count()) if _same(str(combo.itemData(i)), value)), -1)
    if place < 0:
        combo.addItem(value, value)
        place = combo.count() - 1
    elif combo.itemData(place) != value:
        combo.setItemData(place, value)
    combo.setCurrentIndex(place)


def _same(left: str, right: str) -> bool:
    return bool(left) and fold(left).replace(" ", "") == fold(right).replace(" ", "")


def _at_left(parent: QWidget, *buttons: QWidget) -> QWidget:
    row = QWidget(parent)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(tokens.S)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return row
