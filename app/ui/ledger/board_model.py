"""The board's model: a row per client, a column per month of the fiscal year. Rows are set whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.turkish import fold
from app.domain.voucher import PeriodState
from app.edefter.deadlines import is_quarterly
from app.ui.ledger.archive_words import check_words
from app.ui.ledger.facts import YEAR, BoardRow, Cell
from app.ui.ledger.words import (
    MONTHS,
    days_words,
    deadline_words,
    is_waiting,
    look_of_month,
    month_name,
    number,
)

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
RowRole = Qt.ItemDataRole.UserRole
CellRole = Qt.ItemDataRole.UserRole + 1
#: Keys of the chips: everything, months past or near their day, months that wait for a build, those with errors,
#: those whose archive has a missing or changed file.
FILTERS: Final = ("all", "late", "soon", "ready", "failed", "archive")
#: How the clients may stand: whose day comes first (clients without books below), as the board opens; or by title.
ORDERS: Final = ("due", "title")
WEEK_DAYS: Final = 7
BUILDABLE: Final = (PeriodState.IMPORTED, PeriodState.CHECKED, PeriodState.FAILED)


class BoardModel(QAbstractTableModel):
    """GUI thread only. Column 0 is the client; 1 to 12 are the months."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[BoardRow, ...] = ()
        self._rows: list[BoardRow] = []
        self._filter = "all"
        self._words: list[str] = []
        self._order = ORDERS[0]

    @property
    def rows(self) -> Sequence[BoardRow]:
        """Those that are shown."""
        return self._rows

    @property
    def is_bare(self) -> bool:
        """Whether there is no client at all, filtered or not."""
        return not self._all

    def set_rows(self, rows: Sequence[BoardRow]) -> None:
        self._all = tuple(rows)
        self._apply()

    def set_filter(self, key: str) -> None:
        """Show clients that have such a month."""
        self._filter = key
        self._apply()

    def set_text(self, text: str) -> None:
        """Show only clients whose title or tax number holds every word."""
        self._words = fold(text).split()
        self._apply()

    def set_order(self, key: str) -> None:
        """One of ORDERS."""
        self._order = key
        self._apply()

    def counts(self) -> dict[str, int]:
        """Months per chip, over all clients; clients for "all"."""
        found = {key: sum(_is(cell, key) for row in self._all for cell in row.cells) for key in FILTERS[1:]}
        return {"all": len(self._all)} | found

    def cell_at(self, index: Index) -> tuple[BoardRow, Cell] | None:
        """The client and month of an index; None for the client's own column."""
        if not index.isValid() or not 1 <= index.column() <= YEAR or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        return row, row.cells[index.column() - 1]

    def place_of(self, company_id: int) -> int:
        """The row of a client, -1 when it is not shown."""
        return next((i for i, row in enumerate(self._rows) if row.company.id == company_id), -1)

    def _apply(self) -> None:
        found = [row for row in self._all if self._filter == "all" or any(_is(c, self._filter) for c in row.cells)]
        if self._words:
            found = [row for row in found if all(word in _folded(row) for word in self._words)]
        if self._order == "due":
            # Stable: clients of one day stay in the order of their titles.
            found.sort(key=lambda row: (row.next_left is None, row.next_left or 0))
        self.beginResetModel()
        self._rows = found
        self.endResetModel()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, YEAR)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else YEAR + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section <= YEAR:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0:
            return self.tr("Firma")
        months = {row.cells[section - 1].period.month for row in self._rows}
        # Clients whose years begin in different months share no month names.
        return MONTHS[months.pop() - 1] if len(months) == 1 else self.tr("{0}. ay").format(section)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == RowRole:
            return row
        if index.column() == 0:
            match role:
                case Qt.ItemDataRole.DisplayRole:
                    return row.title
                case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                    return "\n".join(part for part in (row.title, row.terms, row.fault) if part)
            return None
        cell = row.cells[index.column() - 1]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return look_of_month(cell.state).title
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return spoken(row, cell)
            case _ if role == CellRole:
                return cell
        return None


def spoken(row: BoardRow, cell: Cell) -> str:
    """A cell in words, for tool tips and screen readers."""
    said = [row.title, f"{month_name(cell.period)}: {look_of_month(cell.state).title}"]
    for side in cell.sides:
        count = f", {number(side.vouchers)} fiş" if side.vouchers else ""
        said.append(f"{side.name}: {look_of_month(side.state).title}{count}")
    if cell.vouchers:
        said.append(f"{number(cell.vouchers)} fiş, {number(cell.lines)} satır")
    if cell.due is not None and cell.left is not None:
        left = f", {days_words(cell.left)}" if is_waiting(cell.state) else ""
        said.append(f"Son yükleme günü {deadline_words(cell.due)}{left}")
        if is_quarterly(row.company.company):
            said.append("Üç aylık dönemin ayları aynı son günü paylaşır")
        said.append(cell.due.source)
    else:
        said.append("Son yükleme günü bilinmiyor")
    checks = [one for one in row.archive if one.period == str(cell.period)]
    if checks:
        # Of two fiscal periods in one month the one that has a problem is told.
        said.append(check_words(min(checks, key=lambda one: one.ok)))
    return "\n".join(said)


def _is(cell: Cell, key: str) -> bool:
    waits = cell.left is not None and is_waiting(cell.state) and cell.is_expected
    match key:
        case "late":
            return waits and cell.left is not None and cell.left < 0
        case "soon":
            return waits and cell.left is not None and 0 <= cell.left <= WEEK_DAYS
        case "ready":
            return cell.state in BUILDABLE
        case "failed":
            return cell.state is PeriodState.FAILED
        case "archive":
            return cell.is_broken
    return True


def _folded(row: BoardRow) -> str:
    return f"{fold(row.title)} {row.company.company.tax_number.digits}"
