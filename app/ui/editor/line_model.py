"""The lines of the form as a table model with undo. A line is a dict in the draft's words, never changed in place."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QUndoCommand, QUndoStack

from app.domain.findings import Finding, Severity
from app.domain.turkish import format_amount
from app.ui.editor.cells import Line
from app.ui.editor.columns import INVOICE, Sheet
from app.ui.theme.style import theme

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
#: More lines than this the integrators refuse anyway; a wrong paste must not freeze the window.
MAX_LINES = 10_000


class _Splice(QUndoCommand):
    """`old` lines at `row` become `new`: every change of the grid is one of these."""

    def __init__(self, model: LineModel, row: int, old: list[Line], new: list[Line], text: str) -> None:
        super().__init__(text)
        self._model, self._row, self._old, self._new = model, row, old, new

    def redo(self) -> None:
        self._model._put(self._row, len(self._old), self._new)

    def undo(self) -> None:
        self._model._put(self._row, len(self._new), self._old)


class LineModel(QAbstractTableModel):
    """Rows are the lines and, below them, one empty row in which typing starts a new line. GUI thread only."""

    edited = Signal()

    def __init__(self, stack: QUndoStack, parent: Any = None, *, sheet: Sheet = INVOICE) -> None:
        super().__init__(parent)
        self._stack = stack
        self.sheet = sheet
        self._lines: list[Line] = []
        #: Known until the next change; asked for each of hundreds of findings.
        self._written: list[int] | None = None
        self._nets: dict[int, Decimal] = {}
        self._faults: dict[int, dict[int, Finding]] = {}
        self.is_locked = False
        #: Keys of the columns that the grid does not show.
        self.hidden: frozenset[str] = frozenset()
        #: False only while the empty row is being turned into a line.
        self._has_tail = True

    # --- what it holds -------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[Line]:
        """A copy of the list; the lines themselves are not to be changed."""
        return list(self._lines)

    def written_rows(self) -> list[int]:
        """Rows that hold something, in order: the draft's line i is row `written_rows()[i]`."""
        if self._written is None:
            self._written = [row for row, line in enumerate(self._lines) if not self.sheet.is_blank(line)]
        return self._written

    def line(self, row: int) -> Line:
        return self._lines[row] if row < len(self._lines) else dict(self.sheet.new_line)

    def set_locked(self, locked: bool) -> None:
        """Locked, nothing can be typed and the empty row is not there."""
        if locked is not self.is_locked:
            self.beginResetModel()
            self.is_locked = locked
            self.endResetModel()

    def reset_lines(self, lines: Iterable[Line]) -> None:
        """Put other lines there without undo: another document."""
        self.beginResetModel()
        self._lines = list(lines)
        self._written = None
        self._nets, self._faults = {}, {}
        self.endResetModel()

    # --- Qt's questions ------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return (
            0
            if parent.isValid()
            else len(self._lines) + (self._has_tail and not self.is_locked and not self.sheet.is_fixed)
        )

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.sheet.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.sheet.columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(_LEFT if self.sheet.columns[section].kind in ("text", "code") else _RIGHT)
        elif role == Qt.ItemDataRole.DisplayRole:
            return str(section + 1) if section < len(self._lines) else "+"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, number = index.row(), index.column()
        column = self.sheet.columns[number]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_LEFT if column.kind in ("text", "code") else _RIGHT)
        if row >= len(self._lines):
            if role == Qt.ItemDataRole.DisplayRole and number == 0:
                return "Yeni satır…"
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(theme().palette.quiet)
            return "" if role == Qt.ItemDataRole.EditRole else None
        line = self._lines[row]
        if role == Qt.ItemDataRole.DisplayRole:
            if number == self.sheet.amount_at:
                net = self._nets.get(row)
                return "" if net is None else format_amount(net)
            return column.shown(line)
        if role == Qt.ItemDataRole.EditRole:
            return column.typed(line)
        fault = self._faults.get(row, {}).get(number)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            if column.is_odd(line):
                return "Sayı okunamadı; 1.250,50 gibi yazın."
            if fault is not None:
                return fault.message
            return column.told(line) or None if column.kind in ("text", "code") or column.show is not None else None
        if role == Qt.ItemDataRole.ForegroundRole and (fault is not None or column.is_odd(line)):
            is_error = fault is None or fault.severity is Severity.ERROR
            return QColor(theme().palette.error if is_error else theme().palette.warn)
        return None

    def fault(self, row: int, column: int) -> Finding | None:
        """The worst finding of a cell."""
        return self._faults.get(row, {}).get(column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        column = self.sheet.columns[index.column()] if index.isValid() else None
        if column is not None and column.kind != "computed" and not column.is_fixed and not self.is_locked:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags if index.isValid() else Qt.ItemFlag.NoItemFlags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not (self.flags(index) & Qt.ItemFlag.ItemIsEditable):
            return False
        column = self.sheet.columns[index.column()]
        old = self.line(index.row())
        if str(value) == column.typed(old):
            return True
        new = column.write(old, str(value))
        if index.row() >= len(self._lines):
            if new == old:
                return True
            self.splice(len(self._lines), 0, [new], f"{column.title}: yeni satır")
        elif new != old:
            self.splice(index.row(), 1, [new], f"{index.row() + 1}. satır, {column.title}")
        return True

    # --- changes, all with undo ----------------------------------------------------------------------------------

    def splice(self, row: int, count: int, new: Sequence[Line], text: str) -> None:
        """Replace `count` lines from `row` by `new`; no more lines than MAX_LINES come of it."""
        room = MAX_LINES - len(self._lines) + count
        self._stack.push(_Splice(self, row, self._lines[row : row + count], list(new)[:room], text))

    def replace_line(self, row: int, line: Line, text: str) -> None:
        if row < len(self._lines):
            self.splice(row, 1, [line], text)
        else:
            self.splice(len(self._lines), 0, [line], text)

    def insert_blank(self, row: int) -> None:
        self.splice(min(row, len(self._lines)), 0, [dict(self.sheet.new_line)], "Satır ekle")

    def delete_rows(self, first: int, last: int) -> None:
        last = min(last, len(self._lines) - 1)
        if first <= last:
            self.splice(first, last - first + 1, [], "Satır sil")

    def duplicate_rows(self, first: int, last: int) -> int:
        """Copies below the rows; returns the first row of the copies."""
        last = min(last, len(self._lines) - 1)
        if first <= last:
            self.splice(last + 1, 0, self._lines[first : last + 1], "Satır çoğalt")
        return last + 1

    def move_rows(self, first: int, last: int, step: int) -> bool:
        """One row up (-1) or down (+1)."""
        if last >= len(self._lines) or (step < 0 and first == 0) or (step > 0 and last + 1 >= len(self._lines)):
            return False
        block = self._lines[first : last + 1]
        if step < 0:
            self.splice(first - 1, len(block) + 1, [*block, self._lines[first - 1]], "Satırı yukarı taşı")
        else:
            self.splice(first, len(block) + 1, [self._lines[last + 1], *block], "Satırı aşağı taşı")
        return True

    def paste(self, row: int, columns: Sequence[int], block: Sequence[Sequence[str]]) -> int:
        """Write a block of texts from `row` on into `columns`; returns how many rows were written. One undo step."""
        if not block or not columns:
            return 0
        have = self._lines[row : row + len(block)]
        new = []
        for at, cells in enumerate(block):
            line = have[at] if at < len(have) else dict(self.sheet.new_line)
            for number, text in zip(columns, cells, strict=False):
                if self.sheet.columns[number].kind != "computed":
                    line = self.sheet.columns[number].write(line, text)
            new.append(line)
        self.splice(row, len(have), new, f"{len(new)} satır yapıştır")
        return len(new)

    def clear_cells(self, cells: Iterable[tuple[int, int]]) -> None:
        wanted = [(r, c) for r, c in cells if r < len(self._lines)]
        if not wanted:
            return
        first, last = min(r for r, _ in wanted), max(r for r, _ in wanted)
        new = self._lines[first : last + 1]
        for row, number in wanted:
            new[row - first] = self.sheet.columns[number].write(new[row - first], "")
        self.splice(first, last - first + 1, new, "Hücreleri temizle")

    def fill_down(self, first: int, last: int, columns: Sequence[int]) -> None:
        """Rows `first`+1..`last` take the cells of row `first`, whole: all discounts, code and rate together."""
        last = min(last, len(self._lines) - 1)
        keys = {self.sheet.columns[number].holds for number in columns if self.sheet.columns[number].kind != "computed"}
        if first >= last or not keys:
            return
        source = self._lines[first]
        new = []
        for line in self._lines[first + 1 : last + 1]:
            kept = {k: v for k, v in line.items() if k not in keys}
            new.append(kept | {k: copy.deepcopy(source[k]) for k in keys if k in source})
        self.splice(first + 1, len(new), new, "Aşağı doldur")

    def write_column(self, key: str, text: str) -> int:
        """Write a typed text into one column of all lines that hold something; returns how many. One undo step."""
        column = self.sheet.columns[self.sheet.keys.index(key)]
        rows = self.written_rows()
        if not rows:
            return 0
        new = self._lines[rows[0] : rows[-1] + 1]
        for row in rows:
            new[row - rows[0]] = column.write(self._lines[row], text)
        self.splice(rows[0], len(new), new, f"{column.title}: tüm satırlar")
        return len(rows)

    def append_lines(self, lines: Sequence[Line], text: str) -> None:
        """More lines at the end; blank ones there are used up first."""
        end = len(self._lines)
        while end and self.sheet.is_blank(self._lines[end - 1]):
            end -= 1
        self.splice(end, len(self._lines) - end, lines, text)

    def replace_all(self, lines: Sequence[Line], text: str) -> None:
        """Other lines in one undo step."""
        self.splice(0, len(self._lines), lines, text)

    def _put(self, row: int, count: int, new: list[Line]) -> None:
        self._written = None
        common = min(count, len(new))
        self._lines[row : row + common] = new[:common]
        if common:
            self.dataChanged.emit(self.index(row, 0), self.index(row + common - 1, len(self.sheet.columns) - 1))
        if len(new) > common:
            at, rest = row + common, new[common:]
            self._forget_results()
            self._written = None
            if at == len(self._lines) and not self.is_locked:
                # The empty row itself becomes the line, so that the cursor stays with what is being typed; then a
                # new empty row comes below it.
                self._has_tail = False
                self._lines.append(rest.pop(0))
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.sheet.columns) - 1))
                at += 1
                self.beginInsertRows(QModelIndex(), at, at + len(rest))
                self._has_tail = True
            else:
                self.beginInsertRows(QModelIndex(), at, at + len(rest) - 1)
            self._lines[at:at] = rest
            self._written = None
            self.endInsertRows()
        elif count > common:
            self.beginRemoveRows(QModelIndex(), row + common, row + count - 1)
            del self._lines[row + common : row + count]
            self._written = None
            self._forget_results()
            self.endRemoveRows()
        self.edited.emit()

    def _forget_results(self) -> None:
        # Rows have moved: sums and findings come again in a moment, at the right rows.
        self._nets, self._faults = {}, {}

    # --- what the checks say -------------------------------------------------------------------------------------

    def show_results(self, nets: dict[int, Decimal], findings: Iterable[tuple[int, str, Finding]]) -> None:
        """`findings` as (row, place in the line, finding); errors win over warnings in one cell."""
        faults: dict[int, dict[int, Finding]] = {}
        for row, place, finding in findings:
            cell = faults.setdefault(row, {})
            number = self.sheet.column_of_place(place, self.hidden)
            if number not in cell or finding.severity is Severity.ERROR:
                cell[number] = finding
        if nets == self._nets and faults == self._faults:
            return
        self._nets, self._faults = nets, faults
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, len(self.sheet.columns) - 1))
