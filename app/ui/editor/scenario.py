"""The extra fields of a scenario as widgets: `ubl.profiles` says which there are, here they are shown and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from app.domain.turkish import format_date
from app.ubl import codes, profiles
from app.ubl.profiles import ExtraField
from app.ui.editor import catalogue
from app.ui.editor.catalogue import Option
from app.ui.editor.code_edit import CodeEdit
from app.ui.editor.extras import Use
from app.ui.editor.fields import Field, FormEdit
from app.ui.editor.folding import FieldGrid, FoldSection
from app.ui.editor.numbers import read_date, shown_number, stored_number
from app.ui.editor.paths import value_at, write_at
from app.ui.editor.store import FormStore

#: What the form shows in its own places anyway.
_AT_HOME: Final = ("payment.", "customer.vkn", "customer.tckn", "supplier.", "returned_invoices", "deductions")
_LINE_AT_HOME: Final = ("withholding", "exemption", "other_taxes", "model")
_PARTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "address": (("street", "adres"), ("district", "ilçe"), ("city", "şehir"), ("country", "ülke")),
    "account": (("number", "hesap no"), ("bank", "banka")),
}
#: A list longer than this is searched by code or word, not looked through.
_SEARCHED: Final = 20
_UNITS: Final = {"flag": 4, "date": 2, "time": 2, "number": 2}


@cache
def _all_fields() -> dict[str, ExtraField]:
    """Every field of any pair by its path: what a draft holds is named even where its type does not use it."""
    found: dict[str, ExtraField] = {}
    for profile in codes.profiles():
        for type_code in codes.invoice_types():
            for field in profiles.fields_for(profile, type_code):
                if not field.is_hidden:
                    found.setdefault(field.path, field)
    return found


def _spread_out(fields: Sequence[ExtraField]) -> list[ExtraField]:
    """Addresses and accounts as their parts; each path once."""
    result: dict[str, ExtraField] = {}
    for field in fields:
        if field.kind not in _PARTS:
            result.setdefault(field.path, field)
    for field in fields:
        for key, words in _PARTS.get(field.kind, ()):
            path = f"{field.path}.{key}"
            kind, named = ("code", "country_names") if key == "country" else ("text", "")
            part = replace(field, path=path, kind=kind, codes=named, title=f"{field.title}: {words}")
            result.setdefault(path, part)
    return list(result.values())


def document_fields(use: Use, data: Mapping[str, Any]) -> list[ExtraField]:
    """What this invoice's own part is asked for, and what it holds besides."""
    wanted = [
        f
        for f in profiles.fields_for(use.profile, use.type_code)
        if not f.is_per_line and not f.is_hidden and f.kind not in ("list", "fixed") and not f.path.startswith(_AT_HOME)
    ]
    wanted = [f for f in wanted if not f.condition or value_at(data, f.condition)]
    for path, field in _all_fields().items():
        if field.is_per_line or field.kind in ("list", "fixed") or path.startswith(_AT_HOME):
            continue
        if value_at(data, path) not in (None, "") and all(f.path != path for f in wanted):
            wanted.append(field)
    return _spread_out(wanted)


def line_fields(use: Use) -> list[ExtraField]:
    """What each line of this invoice is asked for, with paths inside the line."""
    wanted = [
        replace(f, path=f.path.removeprefix("lines[]."))
        for f in profiles.fields_for(use.profile, use.type_code)
        if f.is_per_line and not f.is_hidden and f.kind not in ("list", "fixed")
    ]
    return _spread_out([f for f in wanted if not f.path.startswith(_LINE_AT_HOME)])


def fixed_values(use: Use) -> dict[str, str]:
    """What the scenario writes by itself: the kind of the real buyer (EXPORT, TAXFREE)."""
    return {
        f.path: f.pattern.strip("^$")
        for f in profiles.fields_for(use.profile, use.type_code)
        if f.kind == "fixed" and f.path.startswith("buyer.")
    }


class ValueEdit(FormEdit):
    """A text, number, date or time; `edited` with each key, `value` as it is kept."""

    edited = Signal()

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        hints = {"date": self.tr("gg.aa.yyyy"), "time": self.tr("ss:dd")}
        self.setPlaceholderText(hints.get(kind, ""))
        self.textEdited.connect(self.edited)

    def value(self) -> Any:
        text = self.text().strip()
        if self._kind == "number":
            return stored_number(text)
        if self._kind == "date":
            day = read_date(text)
            return day.isoformat() if day is not None else text
        if self._kind == "time" and re.fullmatch(r"\d{1,2}:\d{2}", text):
            return f"{text:0>5}:00"
        return text.replace(" ", "").upper() if self._kind == "iban" else text

    def show_value(self, value: Any) -> None:
        if value == self.value() or (value is None and not self.text()):
            return
        text = "" if value is None else str(value)
        day = read_date(text) if self._kind == "date" else None
        if day is not None:
            text = format_date(day)
        self.setText(shown_number(text) if self._kind == "number" else text)


class ValueChoice(QComboBox):
    """One of a code list."""

    edited = Signal()

    def __init__(self, list_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.addItem("–", "")
        for option in catalogue.current().named(list_name):
            self.addItem(option.title, option.code)
        self.activated.connect(self._on_activated)

    @Slot()
    def _on_activated(self) -> None:
        self.edited.emit()

    def value(self) -> Any:
        return self.currentData()

    def show_value(self, value: Any) -> None:
        text = str(value or "")
        if self.findData(text) < 0:
            self.addItem(text, text)
        self.setCurrentIndex(self.findData(text))

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]


class ValueFlag(QCheckBox):
    """Yes or nothing."""

    edited = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        # As high as its neighbours, so that it stands on their line.
        edit = FormEdit(self)
        self.setMinimumHeight(edit.sizeHint().height())
        edit.deleteLater()
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self) -> None:
        self.edited.emit()

    def value(self) -> Any:
        return self.isChecked() or None

    def show_value(self, value: Any) -> None:
        self.setChecked(bool(value))


class ValueCode(CodeEdit):
    """One of a code list that is too long to look through."""

    def __init__(self, list_name: str, parent: QWidget | None = None) -> None:
        self._list_name = list_name
        super().__init__(partial(_named_options, list_name), parent)


def _named_options(list_name: str) -> list[Option]:
    return catalogue.current().named(list_name)


ValueWidget = ValueEdit | ValueChoice | ValueCode | ValueFlag


def value_widget(field: ExtraField, parent: QWidget) -> ValueWidget:
    """The widget for a field's kind."""
    if field.kind == "flag":
        return ValueFlag(field.title, parent)
    if field.kind == "code":
        is_long = len(catalogue.current().named(field.codes)) > _SEARCHED
        return ValueCode(field.codes, parent) if is_long else ValueChoice(field.codes, parent)
    return ValueEdit(field.kind, parent)


class ExtraValues(QWidget):
    """A set of such fields that changes with the scenario. `edited` with the path of the one that was typed into."""

    edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: tuple[str, ...] = ()
        self.fields: dict[str, Field] = {}
        self._grid = FieldGrid(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._grid)

    def show_fields(self, wanted: Sequence[ExtraField], places: Callable[[str], tuple[str, ...]]) -> bool:
        """Whether there are others than before."""
        key = tuple(f"{f.path} {f.title}" for f in wanted)
        if key == self._key:
            return False
        self._key = key
        self._column.removeWidget(self._grid)
        self._grid.hide()
        self._grid.deleteLater()
        self._grid = FieldGrid(self)
        self._column.addWidget(self._grid)
        self.fields = {}
        for one in wanted:
            editor = value_widget(one, self._grid)
            editor.setProperty("path", one.path)
            editor.edited.connect(self._on_edited)
            title = one.title if one.kind != "flag" else " "
            field = Field(title, editor, places(one.path), self._grid)
            editor.setAccessibleName(one.title)
            self.fields[one.path] = field
            self._grid.add(field, _UNITS.get(one.kind, 4))
        return True

    def forget(self) -> None:
        """Make the widgets anew when they are shown next: there is something else to choose from."""
        self._key = ()

    def show_values(self, data: Mapping[str, Any]) -> None:
        for path, field in self.fields.items():
            field.editor.show_value(value_at(data, path))  # type: ignore[attr-defined]

    def value(self, path: str) -> Any:
        return self.fields[path].editor.value()  # type: ignore[attr-defined]

    @Slot()
    def _on_edited(self) -> None:
        editor = self.sender()
        assert editor is not None
        self.edited.emit(str(editor.property("path")))


class ScenarioFold(FoldSection):
    """The document's extra fields, bound to the store. `refilled` when there are other fields than before."""

    refilled = Signal()

    def __init__(self, store: FormStore, parent: QWidget | None = None) -> None:
        super().__init__("scenario", "", parent)
        self._store = store
        self.values = ExtraValues(self)
        self.values.edited.connect(self._on_edited)
        self.body.addWidget(self.values)
        self.set_title(self.tr("Senaryonun alanları"))

    @property
    def fields(self) -> list[Field]:
        return list(self.values.fields.values())

    def show_for(self, use: Use) -> None:
        """Be there when the pair of scenario and type asks for something, or the draft holds such a thing."""
        data = self._store.data_without_lines()
        wanted = document_fields(use, data)
        self._store.fixed = fixed_values(use)
        if self.values.show_fields(wanted, lambda path: (path.split("[")[0].split("|")[0],)):
            self.refilled.emit()
        self.values.show_values(data)
        if self.isHidden() is bool(wanted):
            self.setVisible(bool(wanted))

    def words(self) -> str:
        """For the folded title line."""
        data = self._store.data_without_lines()
        found = (value_at(data, path) for path in self.values.fields)
        return " · ".join(str(v) for v in found if v and v is not True)

    @Slot(str)
    def _on_edited(self, path: str) -> None:
        top = path.split(".")[0].split("[")[0]
        day = self._store.text("issue_date")
        data = write_at({top: self._store.get(top, None)}, path, self.values.value(path), day=day)
        self._store.set(top, data.get(top), self.values.fields[path].editor.accessibleName(), merges=True)
