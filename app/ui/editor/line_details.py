"""Everything of one line that the grid has no room for: several discounts, charges, taxes, reasons, descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ubl.profiles import ExtraField
from app.ui.editor import cells
from app.ui.editor.cells import Line, put
from app.ui.editor.delegates import PickerEdit
from app.ui.editor.fields import Field, FormEdit
from app.ui.editor.folding import FieldGrid
from app.ui.editor.line_model import LineModel
from app.ui.editor.line_table import LineTable
from app.ui.editor.numbers import shown_number, stored_number
from app.ui.editor.paths import write_at
from app.ui.editor.scenario import ExtraValues
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, IconButton, LinkButton, QuietLabel

_TEXTS: Final = (
    ("description", "Açıklama", 12),
    ("note", "Satır notu", 12),
    ("brand", "Marka", 6),
    ("model", "Model", 6),
    ("seller_code", "Stok kodu (satıcı)", 6),
    ("buyer_code", "Stok kodu (alıcı)", 6),
)
_IN_BASE: Final = (("KDV matrahı: koda göre", None), ("KDV matrahına girer", True), ("KDV matrahına girmez", False))


class _Row(QWidget):
    """One item of a list of the line; `changed` after its user left a field, `removed` by its button."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(tokens.XS)

    def _end(self, title: str) -> None:
        remove = IconButton("close", self.tr("{0}: çıkar").format(title), self)
        remove.clicked.connect(self._on_remove_clicked)
        self._row.addWidget(remove)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.removed.emit(self)

    @property
    def first(self) -> QWidget:
        raise TypeError("a row has a first field")

    def value(self) -> dict[str, Any]:
        raise TypeError("a row has a value")


class AllowanceRow(_Row):
    """A discount or a charge: `%5` or an amount, and why."""

    def __init__(self, title: str, item: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = dict(item)
        self.amount = FormEdit(cells.typed_allowance(item), self)
        self.amount.setPlaceholderText(self.tr("%5 ya da 150,00"))
        self.amount.setAccessibleName(self.tr("{0}: oran ya da tutar").format(title))
        self.reason = FormEdit(str(item.get("reason", "")), self)
        self.reason.setPlaceholderText(self.tr("nedeni"))
        self.reason.setAccessibleName(self.tr("{0}: nedeni").format(title))
        for edit in (self.amount, self.reason):
            edit.editingFinished.connect(self.changed)
        self._row.addWidget(self.amount, 2)
        self._row.addWidget(self.reason, 3)
        self._end(title)

    @property
    def first(self) -> QWidget:
        return self.amount

    def value(self) -> dict[str, Any]:
        if not (self.amount.isModified() or self.reason.isModified()):
            return self._item
        if not self.amount.text().strip():
            return {}
        return cells.allowance_of(self.amount.text(), self.reason.text().strip())


class TaxRow(_Row):
    """A tax beside KDV: its code, a percent or an amount per unit, and whether it enters the KDV base."""

    def __init__(self, item: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item = dict(item)
        self._is_touched = False
        code = str(item.get("code", ""))
        self.code = PickerEdit(cells.tax_options, self)
        option = cells.by_code(cells.tax_options).get(code)
        self.code.setText(option.title if option is not None else code)
        self.code.setCursorPosition(0)
        self.code.setPlaceholderText(self.tr("vergi: kod ya da ad"))
        self.code.setAccessibleName(self.tr("Vergi"))
        self.amount = FormEdit(shown_number(str(item.get("per_unit", item.get("rate", "")))), self)
        self.amount.setAccessibleName(self.tr("Vergi oranı ya da birim tutarı"))
        self.kind = QComboBox(self)
        self.kind.addItems([self.tr("%"), self.tr("TL / birim")])
        self.kind.setCurrentIndex(1 if "per_unit" in item else 0)
        self.kind.setAccessibleName(self.tr("Oran mı, birim başına tutar mı"))
        self.base = QComboBox(self)
        for words, flag in _IN_BASE:
            self.base.addItem(words, flag)
        self.base.setCurrentIndex([flag for _, flag in _IN_BASE].index(item.get("in_vat_base")))
        self.base.setAccessibleName(self.tr("KDV matrahı"))
        for combo in (self.kind, self.base):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.activated.connect(self._on_combo_activated)
        picked: Any = self.code.words.activated
        picked[QModelIndex].connect(self._touch)
        for edit in (self.code, self.amount):
            edit.textEdited.connect(self._touch)
            edit.editingFinished.connect(self.changed)
        upper = QHBoxLayout()
        upper.setSpacing(tokens.XS)
        upper.addWidget(self.code, 1)
        lower = QHBoxLayout()
        lower.setSpacing(tokens.XS)
        lower.addWidget(self.amount, 1)
        lower.addWidget(self.kind, 1)
        both = QVBoxLayout()
        both.setSpacing(tokens.XS)
        both.addLayout(upper)
        both.addLayout(lower)
        both.addWidget(self.base)
        self._row.addLayout(both, 1)
        self._end(self.tr("Vergi"))

    @property
    def first(self) -> QWidget:
        return self.code

    @Slot()
    def _touch(self) -> None:
        self._is_touched = True

    @Slot()
    def _on_combo_activated(self) -> None:
        self._is_touched = True
        self.changed.emit()

    def value(self) -> dict[str, Any]:
        if not self._is_touched:
            return self._item
        code = self.code.meant()
        if not code:
            return {}
        key = "per_unit" if self.kind.currentIndex() == 1 else "rate"
        value: dict[str, Any] = {"code": code, key: stored_number(self.amount.text()) or "0"}
        if self._item.get("name") and self._item.get("code") == code:
            value["name"] = self._item["name"]
        flag = self.base.currentData()
        return value if flag is None else value | {"in_vat_base": flag}


class LineDetails(QScrollArea):
    """Follows the cursor of the grid; each change is an undo step of the form."""

    def __init__(self, table: LineTable, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._model = table, model
        self._row = -1
        self._shown: Line | None = None
        self._is_writing = False
        self.lists: dict[str, list[_Row]] = {"discounts": [], "charges": [], "other_taxes": []}
        self._columns: dict[str, QVBoxLayout] = {}
        self.texts: dict[str, FormEdit] = {}
        self.adders: dict[str, LinkButton] = {}
        body = QWidget(self)
        self.setWidgetResizable(True)
        self.setWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.S)
        column.setSpacing(tokens.S)
        self.heading = ElidedLabel("", body)
        column.addWidget(self.heading)
        # What the scenario asks of every line stands first: it is missing, the rest is not.
        self.extra = ExtraValues(body)
        self.extra.edited.connect(self._on_extra_edited)
        column.addWidget(self.extra)
        for key, title, verb in (
            ("discounts", self.tr("İndirimler"), self.tr("İndirim ekle")),
            ("charges", self.tr("Artırımlar"), self.tr("Artırım ekle")),
            ("other_taxes", self.tr("KDV dışındaki vergiler"), self.tr("Vergi ekle")),
        ):
            column.addWidget(QuietLabel(title, body))
            self._columns[key] = QVBoxLayout()
            self._columns[key].setSpacing(tokens.XS)
            column.addLayout(self._columns[key])
            add = LinkButton(verb, body)
            add.setProperty("list", key)
            add.clicked.connect(self._on_add_clicked)
            self.adders[key] = add
            row = QHBoxLayout()
            row.addWidget(add)
            row.addStretch(1)
            column.addLayout(row)
        grid = FieldGrid(body)
        self.exemption = PickerEdit(cells.exemption_options, body)
        self.exemption.setPlaceholderText(self.tr("kod ya da konu"))
        self.exemption.editingFinished.connect(self._take)
        grid.add(Field(self.tr("İstisna"), self.exemption, (), body), 12)
        for key, title, units in _TEXTS:
            edit = FormEdit(body)
            edit.editingFinished.connect(self._take)
            self.texts[key] = edit
            grid.add(Field(title, edit, (), body), units)
        column.addWidget(grid)
        column.addStretch(1)
        self._touched: set[str] = set()
        self._body = body
        self.setAccessibleName(self.tr("Satır ayrıntısı"))
        table.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        model.dataChanged.connect(self._on_model_changed)
        model.rowsInserted.connect(self._on_model_changed)
        model.rowsRemoved.connect(self._on_model_changed)
        model.modelReset.connect(self._on_model_changed)
        self._follow()

    # --- showing -----------------------------------------------------------------------------------------------------

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._follow()

    @Slot()
    def _on_model_changed(self) -> None:
        self._follow()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        # Hidden, it costs the typist nothing; it looks again when it is shown.
        if self._is_writing or not self.isVisible():
            return
        row = max(self._table.currentIndex().row(), 0)
        line = self._model.line(row)
        if row == self._row and line == self._shown:
            return
        self._row, self._shown = row, line
        is_line = row < len(self._model.lines)
        name = str(line.get("name", "")) or self.tr("adsız")
        words = self.tr("{0}. satır: {1}").format(row + 1, name) if is_line else self.tr("Yeni satır")
        self.heading.setText(words)
        self._body.setEnabled(not self._model.is_locked)
        for key, rows in self.lists.items():
            for old in rows:
                old.hide()
                old.deleteLater()
            rows.clear()
            for item in line.get(key, ()):
                self._append(key, item)
        for key, edit in self.texts.items():
            edit.setText(str(line.get(key, "")))
            edit.setCursorPosition(0)
        self._show_exemption(line)
        self._touched.clear()
        self.extra.show_values(line)

    def show_fields(self, wanted: Sequence[ExtraField]) -> None:
        """The fields that the scenario asks of each line."""
        if self.extra.show_fields(wanted, lambda _path: ()):
            self._shown = None
            self._follow()

    @Slot(str)
    def _on_extra_edited(self, path: str) -> None:
        self._touched.add(path)
        self._take()

    def _show_exemption(self, line: Line) -> None:
        held = line.get("exemption") or {}
        option = cells.by_code(cells.exemption_options).get(str(held.get("code", "")))
        self.exemption.chosen = None
        self.exemption.setText(option.title if option is not None else str(held.get("code", "")))
        self.exemption.setCursorPosition(0)

    def _append(self, key: str, item: Mapping[str, Any]) -> _Row:
        row: _Row
        if key == "other_taxes":
            row = TaxRow(item, self._body)
        else:
            row = AllowanceRow(self.tr("İndirim") if key == "discounts" else self.tr("Artırım"), item, self._body)
        row.changed.connect(self._take)
        row.removed.connect(self._on_removed)
        self.lists[key].append(row)
        self._columns[key].addWidget(row)
        return row

    # --- writing -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_add_clicked(self) -> None:
        button = self.sender()
        assert button is not None
        row = self._append(str(button.property("list")), {})
        row.show()
        row.first.setFocus()

    @Slot(object)
    def _on_removed(self, row: _Row) -> None:
        for rows in self.lists.values():
            if row in rows:
                rows.remove(row)
        row.hide()
        row.deleteLater()
        self._take()

    def take_over(self) -> None:
        """What stands in an open field counts as typed."""
        if self.isVisible():
            self._take()

    @Slot()
    def _take(self) -> None:
        if self._model.is_locked or self._row < 0:
            return
        # The row that is shown, which is the grid's current one: a change of rows shows the other line first.
        old = self._model.line(self._row)
        new = old
        for key, rows in self.lists.items():
            new = put(new, key, [value for row in rows if (value := row.value())])
        for key, edit in self.texts.items():
            if edit.isModified():
                new = put(new, key, " ".join(edit.text().split()))
        for path in self._touched:
            new = write_at(new, path, self.extra.value(path))
        new = self._with_exemption(new)
        if new == old:
            return
        self._is_writing = True
        try:
            self._model.replace_line(self._row, new, self.tr("{0}. satır, ayrıntı").format(self._row + 1))
        finally:
            self._is_writing = False
        self._shown = new

    def _with_exemption(self, line: Line) -> Line:
        code = self.exemption.meant()
        held = line.get("exemption") or {}
        if code == str(held.get("code", "")):
            # The reason may have been written by hand elsewhere: the same code keeps it.
            return line
        return cells.write_exemption(line, code)
