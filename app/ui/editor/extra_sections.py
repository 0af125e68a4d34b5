"""Widgets for the declared sections: each entry of `extras.SECTIONS` becomes a fold with its fields."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.editor import cells
from app.ui.editor.columns import COLUMNS, KEYS
from app.ui.editor.delegates import PickerEdit
from app.ui.editor.extras import ExtraField, ExtraSection, Use
from app.ui.editor.fields import Field, TextBinding, date_edit, number_edit
from app.ui.editor.folding import FieldGrid, FoldSection
from app.ui.editor.list_edit import KINDS as LIST_KINDS
from app.ui.editor.list_edit import ListEdit
from app.ui.editor.references import ReferencesEdit
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import QuietButton


class AllLinesEdit(QWidget):
    """A picker whose choice is written into one column of all lines, as one undo step."""

    def __init__(self, store: FormStore, what: ExtraField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._key = store, what.path
        self.picker = PickerEdit(what.options, self)
        self.picker.setPlaceholderText(what.hint)
        self.picker.setAccessibleName(what.title)
        self.picker.returnPressed.connect(self.apply)
        self.button = QuietButton(self.tr("Satırlara yaz"), self)
        self.button.setAccessibleName(self.tr("{0}: yaz").format(what.title))
        self.button.clicked.connect(self.apply)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        row.addWidget(self.picker, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.picker)

    @Slot()
    def apply(self) -> None:
        """Write what is chosen, or what the typed words mean."""
        text = self.picker.meant()
        if text and self._store.lines.write_column(self._key, text):
            self.picker.clear()
            self.picker.chosen = None


class ExtraFold(FoldSection):
    """One declared section. `fields` belong to the form's fields.

    Its fields are made when the section is there for the first time (`built`): most invoices never need them.
    """

    built = Signal()

    def __init__(self, store: FormStore, section: ExtraSection, parent: QWidget | None = None) -> None:
        super().__init__(section.key, section.title, parent)
        self._store, self.section = store, section
        self.fields: list[Field] = []
        self.hide()

    def _build(self) -> None:
        grid = FieldGrid(self.inside)
        for what in self.section.fields:
            field = Field(what.title, _editor(self._store, what, grid), what.places or (what.path,), grid)
            if what.kind == "all_lines":
                # Findings on a line belong to the grid, not to the helper that fills it.
                field.places = ()
            self.fields.append(field)
            grid.add(field, what.units)
        self.body.addWidget(grid)
        self.built.emit()

    def show_for(self, use: Use) -> None:
        """Be there when the type uses it or the draft holds something of it."""
        held = any(w.kind != "all_lines" and self._store.get(w.path, None) for w in self.section.fields)
        is_used = bool(self.section.fields) and (self.section.used(use) or held)
        if is_used and not self.fields:
            self._build()
        if self.isHidden() is is_used:
            self.setVisible(is_used)

    def words(self) -> str:
        """For the folded title line."""
        parts = []
        for what in self.section.fields:
            value = None if what.kind == "all_lines" else self._store.get(what.path, None)
            if isinstance(value, list):
                parts += [_item_words(item) for item in value if isinstance(item, dict)]
            elif value:
                parts.append(str(value))
        if not parts and any(w.kind == "all_lines" for w in self.section.fields):
            key = self.section.fields[0].path
            column = COLUMNS[KEYS.index(key)]
            parts = list(dict.fromkeys(t for line in self._store.lines.lines if (t := column.read(line))))
        return " · ".join(parts)


def _item_words(item: dict[str, Any]) -> str:
    if "number" in item:
        return str(item["number"])
    rate = (
        f"%{item['rate']}" if "code" in item and "rate" in item else cells.shown_allowance(cells.allowance_text(item))
    )
    return f"{item.get('code', '')} {rate}".strip()


def _editor(store: FormStore, what: ExtraField, parent: QWidget) -> QWidget:
    match what.kind:
        case "number":
            return number_edit(store, what.path, what.title, parent)
        case "date":
            return date_edit(store, what.path, what.title, parent)
        case "references" | "reference":
            single = what.kind == "reference"
            return ReferencesEdit(store, what.path, what.title, parent, number_hint=what.hint, single=single)
        case "list":
            return ListEdit(store, what.path, what.title, LIST_KINDS[what.path.rpartition(".")[2]], parent)
        case "all_lines":
            return AllLinesEdit(store, what, parent)
        case _:
            edit = TextBinding(store, what.path, what.title, parent)
            edit.setPlaceholderText(what.hint)
            return edit
