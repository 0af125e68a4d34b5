"""The form as one value: fields by path, lines in their model, one undo stack over both. GUI thread only."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.domain.findings import Finding
from app.ui.editor.cells import put
from app.ui.editor.columns import INVOICE, Sheet
from app.ui.editor.line_model import LineModel

_LINE_PLACE: Final = re.compile(r"lines\[(\d+)\](?:\.(.*))?")
_DOCUMENT_KEYS: Final = frozenset({"type", "profile", "issue_date", "currency", "series"})


class _SetField(QUndoCommand):
    """One field by its path; what is typed into it in one go is one step."""

    def __init__(self, store: FormStore, path: str, old: Any, new: Any, text: str, *, merges: bool) -> None:
        super().__init__(text)
        self._store, self._path, self._old, self._new, self._merges = store, path, old, new, merges

    def id(self) -> int:
        return 1 if self._merges else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _SetField) or other._path != self._path:
            return False
        self._new = other._new
        return True

    def redo(self) -> None:
        self._store._put(self._path, self._new)

    def undo(self) -> None:
        self._store._put(self._path, self._old)


class FormStore(QObject):
    """`field_changed` names the path; `changed` comes with every change of fields or lines, also by undo.

    Paths are the draft's own: `customer.address.city`, `payment.iban`. Lists (`notes`, `returned_invoices`) and
    `customer` as a whole are set in one piece.
    """

    field_changed = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, sheet: Sheet = INVOICE) -> None:
        super().__init__(parent)
        self.undo = QUndoStack(self)
        self.undo.setUndoLimit(1000)
        self.lines = LineModel(self.undo, self, sheet=sheet)
        self.lines.edited.connect(self._on_lines_edited)
        self._fields: dict[str, Any] = {}
        #: What the scenario itself writes beside what is typed, e.g. `buyer.party_type` EXPORT.
        self.fixed: dict[str, str] = {}
        #: Grows with every change: who saved or checked version n knows whether it still holds.
        self.version = 0

    def load(self, data: Mapping[str, Any]) -> None:
        """Another document; nothing of it can be undone."""
        fields = copy.deepcopy(dict(data))
        lines = fields.pop("lines", [])
        self.undo.clear()
        self._fields = fields
        self.lines.reset_lines([dict(line) for line in lines])
        self.version += 1
        self.field_changed.emit("")
        self.changed.emit()

    def get(self, path: str, default: Any = "") -> Any:
        value: Any = self._fields
        for key in path.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    def text(self, path: str) -> str:
        """The field as text; empty when there is none."""
        value = self.get(path)
        return value if isinstance(value, str) else ("" if value is None else str(value))

    def set(self, path: str, value: Any, text: str = "Alan", *, merges: bool = False) -> None:
        """Change one field as an undo step. The same value again is no change."""
        old = self.get(path, None)
        new = None if value in ("", [], {}) else value
        if new != old:
            self.undo.push(_SetField(self, path, copy.deepcopy(old), copy.deepcopy(new), text, merges=merges))

    def data(self) -> dict[str, Any]:
        """The draft as JSON, without empty fields and blank lines."""
        result = self.data_without_lines()
        for path, value in self.fixed.items():
            outer, _, inner = path.partition(".")
            result[outer] = {inner: value} | (result.get(outer) or {})
        lines = self.lines.lines
        result["lines"] = [lines[row] for row in self.lines.written_rows()]
        return result

    def data_without_lines(self) -> dict[str, Any]:
        """The document's own fields, without empty ones."""
        result: dict[str, Any] = _without_empty(copy.deepcopy(self._fields))
        return result

    def place_of(self, field: str) -> tuple[int, str] | None:
        """(row of the grid, place in the line) of a finding's field; None when it is not a line's."""
        found = _LINE_PLACE.fullmatch(field)
        rows = self.lines.written_rows()
        if found is None or int(found[1]) >= len(rows):
            return None
        return rows[int(found[1])], found[2] or ""

    def mend(self, finding: Finding) -> bool:
        """Do what `finding.fix` says (`unit=C62`, `notes+=…`), as one undo step. False when it says nothing."""
        key, equals, told = finding.fix.partition("=")
        if not equals:
            return False
        value: Any = {"true": True, "false": False}.get(told, told)
        if key.endswith("+"):
            # One more entry of a list: `notes+=…`.
            key = key.removesuffix("+")
            value = [*self.get(key, []), told]
        place = self.place_of(finding.field)
        if place is None or key.partition(".")[0] in _DOCUMENT_KEYS:
            self.set(key, value, "Düzelt")
            return True
        row = place[0]
        line = self.lines.line(row)
        outer, _, inner = key.partition(".")
        new = put(line, outer, put(dict(line.get(outer) or {}), inner, value)) if inner else put(line, key, value)
        self.lines.replace_line(row, new, "Düzelt")
        return True

    def _put(self, path: str, value: Any) -> None:
        *outer, last = path.split(".")
        target = self._fields
        for key in outer:
            inner = target.get(key)
            if not isinstance(inner, dict):
                inner = target[key] = {}
            target = inner
        if value is None:
            target.pop(last, None)
        else:
            target[last] = value
        self.version += 1
        self.field_changed.emit(path)
        self.changed.emit()

    def _on_lines_edited(self) -> None:
        self.version += 1
        self.changed.emit()


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        cleaned = {key: _without_empty(inner) for key, inner in value.items()}
        return {key: inner for key, inner in cleaned.items() if inner not in ("", None, [], {})}
    if isinstance(value, list):
        return [inner for inner in (_without_empty(item) for item in value) if inner not in ("", None, [], {})]
    return value
