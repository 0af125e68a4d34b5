"""Parts of the forms of despatch notes and receipts: the other side's card, drivers, a tax number, a time of day."""

from __future__ import annotations

from datetime import time
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.storage.records import PartnerRecord
from app.ubl.partyjson import party_to_json
from app.ui.editor.buyer import judge_number, name_of, number_of
from app.ui.editor.catalogue import country_names
from app.ui.editor.code_edit import CodeBinding
from app.ui.editor.delegates import PickerEdit
from app.ui.editor.fields import Field, FormEdit, TextBinding, WrapBinding
from app.ui.editor.folding import FieldGrid
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, IconButton, IconLabel, LinkButton


class TaxNumberEdit(FormEdit):
    """VKN or TCKN of the party under `path`: eleven digits are a TCKN."""

    def __init__(self, store: FormStore, path: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self.setMaxLength(16)
        self.textEdited.connect(self._on_text_edited)
        store.field_changed.connect(self._on_field_changed)

    @Slot(str)
    def _on_text_edited(self, text: str) -> None:
        digits = "".join(text.split())
        party = {k: v for k, v in (self._store.get(self._path, {}) or {}).items() if k not in ("vkn", "tckn")}
        if digits:
            party["tckn" if len(digits) > 10 else "vkn"] = digits
        self._store.set(self._path, party, self._title, merges=True)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path == "" or path.startswith(self._path) or self._path.startswith(f"{path}."):
            number = number_of(self._store.get(self._path, {}) or {})
            if "".join(self.text().split()) != number:
                self.setText(number)


class PartyCard(QWidget):
    """The other side: picked from the firm's partners or typed. `path` is `customer` or `supplier`."""

    def __init__(self, store: FormStore, path: str, who: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self._who = store, path, who
        self.fields: list[Field] = []
        self.picker = PickerEdit([], self)
        self.picker.setPlaceholderText(self.tr("Kayıtlı cari ara: unvan, VKN…"))
        self.picker.setAccessibleName(self.tr("{0}: kayıtlı cari ara").format(who))
        self.picker.setClearButtonEnabled(True)
        self.number = TaxNumberEdit(store, path, self.tr("VKN / TCKN"), self)
        self.verdict_icon = IconLabel("info", "quiet", self, size=tokens.M)
        self.verdict = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        number = self._field(self.tr("VKN / TCKN"), self.number, f"{path}.tax_number", f"{path}.vkn", f"{path}.tckn")
        number.places += (path,)
        verdict = QHBoxLayout()
        verdict.setSpacing(tokens.XS)
        verdict.addWidget(self.verdict_icon)
        verdict.addWidget(self.verdict, 1)
        number.add_below(verdict)
        self.title_field = self._text("title", self.tr("Unvan"))
        self.first_field = self._text("name", self.tr("Ad"), f"{path}.first_name")
        self.family_field = self._text("surname", self.tr("Soyad"), f"{path}.family_name")
        street = WrapBinding(store, f"{path}.address.street", self.tr("Adres"), self)
        grid = FieldGrid(self)
        for field, units in (
            (number, 3),
            (self.title_field, 6),
            (self.first_field, 3),
            (self.family_field, 3),
            (self._text("tax_office", self.tr("Vergi dairesi")), 3),
            (self._field(self.tr("Adres"), street, f"{path}.address.street", f"{path}.address"), 4),
            (self._text("address.district", self.tr("İlçe")), 2),
            (self._text("address.city", self.tr("İl")), 2),
            (self._text("address.postal_code", self.tr("Posta kodu")), 2),
            (self._country(), 2),
        ):
            grid.add(field, units)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.S)
        whole.addWidget(self.picker)
        whole.addWidget(grid)
        picked: Any = self.picker.words.activated
        picked[QModelIndex].connect(self._on_picked)
        store.field_changed.connect(self._on_field_changed)
        self._show()

    def _field(self, title: str, editor: QWidget, *places: str) -> Field:
        field = Field(title, editor, places, self)
        self.fields.append(field)
        return field

    def _country(self) -> Field:
        path, title = f"{self._path}.address.country", self.tr("Ülke")
        return self._field(title, CodeBinding(self._store, path, title, country_names, self), path)

    def _text(self, path: str, title: str, *places: str) -> Field:
        full = f"{self._path}.{path}"
        return self._field(title, TextBinding(self._store, full, title, self), full, *places)

    def set_known(self, partners: list[PartnerRecord]) -> None:
        """Whom one may pick."""
        known = [party_to_json(partner.party) for partner in partners]
        self.picker.words.set_choices([(f"{name_of(party)} · {number_of(party)}", party) for party in known])

    def summary(self) -> str:
        """The party in one line, for the folded card."""
        party = self._store.get(self._path, {}) or {}
        return " · ".join(part for part in (name_of(party), number_of(party)) if part)

    @Slot(QModelIndex)
    def _on_picked(self, index: QModelIndex) -> None:
        party = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(party, dict):
            self._store.set(self._path, party, self._who)
            self.picker.clear()

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path == "" or path.startswith(self._path):
            self._show()

    def _show(self) -> None:
        party = self._store.get(self._path, {}) or {}
        icon, sentence = judge_number(number_of(party))
        tone = {"info": "quiet", "error": "error", "warn": "warn", "check-circle": "ok"}[icon]
        self.verdict_icon.set_icon(icon, tone)  # type: ignore[arg-type]
        self.verdict.setText(sentence)
        is_person = len(number_of(party)) == 11 or bool(party.get("name") and not party.get("title"))
        self.title_field.setVisible(not is_person)
        self.first_field.setVisible(is_person)
        self.family_field.setVisible(is_person)


class _DriverRow(QWidget):
    def __init__(self, owner: DriversEdit, driver: dict[str, str]) -> None:
        super().__init__(owner)
        self._owner = owner
        self.edits: dict[str, FormEdit] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        for key, hint in (("name", self.tr("ad")), ("surname", self.tr("soyad")), ("number", self.tr("TCKN"))):
            edit = FormEdit(str(driver.get(key, "")), self)
            edit.setPlaceholderText(hint)
            edit.setAccessibleName(self.tr("Şoför: {0}").format(hint))
            edit.textEdited.connect(owner.take)
            self.edits[key] = edit
            row.addWidget(edit, 1)
        self._title = driver.get("title", "")
        self.remove = IconButton("close", self.tr("Şoförü çıkar"), self)
        self.remove.clicked.connect(self._on_remove_clicked)
        row.addWidget(self.remove)

    def value(self) -> dict[str, str]:
        typed = {key: edit.text().strip() for key, edit in self.edits.items()} | {"title": self._title}
        return {key: text for key, text in typed.items() if text}

    @Slot()
    def _on_remove_clicked(self) -> None:
        self._owner.remove_row(self)


class DriversEdit(QWidget):
    """Who drives: name, surname and number, one row each, bound to a list path."""

    def __init__(self, store: FormStore, path: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self._title = store, path, title
        self.rows: list[_DriverRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.XS)
        self.add = LinkButton(self.tr("Şoför ekle"), self)
        self.add.clicked.connect(self.add_row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.XS)
        whole.addLayout(self._column)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        whole.addLayout(row)
        self.setFocusProxy(self.add)
        store.field_changed.connect(self._on_field_changed)
        self._show()

    @Slot()
    def add_row(self) -> None:
        """An empty row with the cursor in it."""
        self._append({})
        self.rows[-1].edits["name"].setFocus()

    def remove_row(self, row: _DriverRow) -> None:
        self.rows.remove(row)
        row.deleteLater()
        self.take()

    @Slot()
    def take(self) -> None:
        """Put what is typed into the store."""
        self._store.set(self._path, self._typed(), self._title, merges=True)

    def _typed(self) -> list[dict[str, str]]:
        return [value for row in self.rows if (value := row.value())]

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        is_mine = path in ("", self._path) or self._path.startswith(f"{path}.")
        if is_mine and self._typed() != (self._store.get(self._path, None) or []):
            self._show()

    def _show(self) -> None:
        for row in self.rows:
            row.deleteLater()
        self.rows = []
        for driver in self._store.get(self._path, None) or []:
            self._append(driver)

    def _append(self, driver: dict[str, str]) -> None:
        row = _DriverRow(self, driver)
        self.rows.append(row)
        self._column.addWidget(row)


def _shown_time(stored: str) -> str:
    try:
        return time.fromisoformat(stored).strftime("%H:%M")
    except ValueError:
        return stored


def _stored_time(text: str) -> str:
    """`9.30`, `9:30`, `0930` as `09:30:00`; anything else as it is typed."""
    digits = text.replace(".", ":").replace(" ", "")
    if digits.isdigit() and len(digits) in (3, 4):
        digits = f"{digits[:-2]}:{digits[-2:]}"
    hour, colon, rest = digits.partition(":")
    try:
        return time.fromisoformat(f"{hour:0>2}{colon}{rest}").isoformat() if colon and len(rest) >= 2 else text
    except ValueError:
        return text


def time_edit(store: FormStore, path: str, title: str, parent: QWidget | None = None) -> TextBinding:
    """A time of day as `14:30`."""
    edit = TextBinding(store, path, title, parent, shown=_shown_time, stored=_stored_time)
    edit.setPlaceholderText(edit.tr("ss:dd"))
    return edit
