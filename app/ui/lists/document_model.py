"""The model of a document list: the ordered ids of one query, and a cache of rows fetched in blocks when seen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.runtime.settings import STATUS_INTERVAL_HOURS
from app.storage import companies, outbox, polling, search
from app.storage.database import OpenSession
from app.storage.search import DocumentQuery
from app.ui.desk import Desk
from app.ui.lists.columns import Column, Facts, RowView, view_of
from app.ui.lists.row_cache import RowCache
from app.ui.theme import tokens

log = logging.getLogger(__name__)
Index = QModelIndex | QPersistentModelIndex
#: Rows per question, and how many blocks around the seen one come along.
BLOCK = 100
RowViewRole = Qt.ItemDataRole.UserRole
SortValueRole = Qt.ItemDataRole.UserRole + 1

_NOWHERE = QModelIndex()
_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class DocumentModel(QAbstractTableModel):
    """GUI thread only; reading happens in the desk's pool.

    `answered` when the ids of the latest question are in; `failed` when they could not be read. `renewing` is sent
    just before the ids are replaced, so that a view can remember selection and place by id; True when the same query
    was asked again.
    """

    renewing = Signal(bool)
    answered = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.columns = tuple(columns)
        self._ids: list[int] = []
        self._rows_of: dict[int, int] | None = None
        self._cache = RowCache()
        self._query: DocumentQuery | None = None
        self._answered_query: DocumentQuery | None = None
        self._asked = 0
        self._titles: dict[str, str] = {}
        self._missing: list[int] = []
        self._is_fetching = False
        self._is_waiting = False
        self._show_skeletons = False
        self._fetch_soon = QTimer(self)
        self._fetch_soon.setSingleShot(True)
        self._fetch_soon.setInterval(0)
        self._fetch_soon.timeout.connect(self._fetch)
        self._skeleton_timer = QTimer(self)
        self._skeleton_timer.setSingleShot(True)
        self._skeleton_timer.setInterval(tokens.SKELETON_AFTER_MS)
        self._skeleton_timer.timeout.connect(self._on_skeleton_timer)

    # -- asking ----------------------------------------------------------------------------------------------------

    @property
    def query(self) -> DocumentQuery | None:
        return self._query

    @property
    def is_waiting(self) -> bool:
        """Whether the answer to the latest question is still on its way."""
        return self._is_waiting

    def ask(self, query: DocumentQuery) -> None:
        """Read the ids of `query`; answers to earlier questions are dropped. The same query again is a refresh."""
        self._asked += 1
        question = self._asked
        self._query = query
        self._is_waiting = True

        def read(s: OpenSession) -> tuple[int, list[int]]:
            return question, search.ids(s, query)

        self._desk.read(read, self._on_ids, owner=self, failed=self._on_ids_failed)

    def _on_ids(self, answer: tuple[int, list[int]]) -> None:
        question, ids = answer
        if question != self._asked:
            return
        self._is_waiting = False
        self._cache.mark_stale()
        if ids == self._ids:
            self._missing.clear()
            if ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, len(self.columns) - 1))
        else:
            self.renewing.emit(self._query == self._answered_query)
            self.beginResetModel()
            self._ids = ids
            self._rows_of = None
            self._missing.clear()
            self.endResetModel()
        self._answered_query = self._query
        self.answered.emit()

    def _on_ids_failed(self, error: AppError) -> None:
        self._is_waiting = False
        self.failed.emit(error)

    # -- ids -------------------------------------------------------------------------------------------------------

    @property
    def ids(self) -> list[int]:
        """All ids in order; not to be changed."""
        return self._ids

    def id_at(self, row: int) -> int | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, document_id: int) -> int:
        """The row of a document, -1 when the query does not have it."""
        if self._rows_of is None:
            try:
                return self._ids.index(document_id)
            except ValueError:
                return -1
        return self._rows_of.get(document_id, -1)

    def rows_of(self, document_ids: Sequence[int]) -> list[int]:
        """The rows of these documents, rising; absent ones are left out."""
        if len(document_ids) > 20 and self._rows_of is None:
            self._rows_of = {document_id: row for row, document_id in enumerate(self._ids)}
        return sorted(row for row in map(self.row_of, document_ids) if row >= 0)

    def view_at(self, row: int) -> RowView | None:
        """The cached row; None while it is a placeholder."""
        document_id = self.id_at(row)
        return None if document_id is None else self._cache.get(document_id)

    def seen(self, row: int) -> RowView | None:
        """The row for painting; what is missing or stale is asked for."""
        document_id = self._ids[row]
        if self._cache.is_wanted(document_id):
            self._want(row)
        return self._cache.get(document_id)

    @property
    def shows_skeletons(self) -> bool:
        """Whether rows that are not there yet should be drawn as bars (after 0.3 s) or left blank (before)."""
        return self._show_skeletons

    # -- Qt's side -------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        # Qt asks this for every row of a large selection: nothing is put together here.
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[column].kind in ("number", "due") else _LEFT
        if row >= len(self._ids):
            return None
        view = self.seen(row)
        if view is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return view.texts[column]
        if role == RowViewRole:
            return view
        if role == SortValueRole:
            return view.values[column]
        return None

    def set_sort_marks(self, marks: dict[str, str]) -> None:
        """Put marks such as `↓` behind the titles of the columns that sort."""
        self._titles = marks
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title}{self._titles.get(column.key, '')}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind in ("number", "due") else _LEFT
        return None

    # -- rows in blocks --------------------------------------------------------------------------------------------

    def _want(self, row: int) -> None:
        block = row // BLOCK
        if self._missing and self._missing[-1] == block:
            return
        if block in self._missing:
            self._missing.remove(block)
        self._missing.append(block)
        # Whoever scrolls fast leaves blocks behind: only the latest are worth reading, the others ask again when seen.
        del self._missing[:-3]
        if not self._is_fetching:
            self._fetch_soon.start()
        if not self._show_skeletons and not self._skeleton_timer.isActive():
            self._skeleton_timer.start()

    @Slot()
    def _fetch(self) -> None:
        if self._is_fetching or not self._missing:
            return
        block = self._missing.pop()
        wanted: list[int] = []
        for near in (block, block + 1, block - 1):
            if near >= 0:
                part = self._ids[near * BLOCK : (near + 1) * BLOCK]
                wanted += [i for i in part if self._cache.is_wanted(i)]
        if not wanted:
            self._fetch()
            return
        self._is_fetching = True
        read = row_reader(self._desk, wanted, self.columns)
        self._desk.read(read, self._on_rows, owner=self, failed=self._on_rows_failed)

    def _on_rows(self, views: list[RowView]) -> None:
        self._is_fetching = False
        self._cache.put(views)
        rows = self.rows_of([view.record.id for view in views])
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], len(self.columns) - 1))
        if self._missing:
            self._fetch_soon.start()
        else:
            self._skeleton_timer.stop()
            self._show_skeletons = False

    def _on_rows_failed(self, error: AppError) -> None:
        self._is_fetching = False
        self._missing.clear()
        self.failed.emit(error)

    @Slot()
    def _on_skeleton_timer(self) -> None:
        if self._is_fetching and not self._show_skeletons and self._ids:
            self._show_skeletons = True
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self.columns) - 1))


def row_reader(
    desk: Desk, document_ids: Sequence[int], columns: Sequence[Column]
) -> Callable[[OpenSession], list[RowView]]:
    """Work for `desk.read`: these rows, formatted."""
    wanted = list(document_ids)

    def read(s: OpenSession) -> list[RowView]:
        records = search.rows(s, wanted)
        facts = facts_for(s, desk, [record.id for record in records])
        return [view_of(record, facts, columns) for record in records]

    return read


def facts_for(s: OpenSession, desk: Desk, document_ids: Sequence[int]) -> Facts:
    """What rows say beyond their record. Any thread."""
    wait = timedelta(hours=desk.office.settings.get(STATUS_INTERVAL_HOURS))
    next_status = {}
    for account in companies.list_accounts(s):
        last = polling.last_poll(s, account.id, "status")
        if last is not None:
            next_status[account.company_id] = last + wait
    return Facts(
        now=desk.office.clock.now(),
        companies={c.id: c.company.party.display_name for c in companies.list_companies(s)},
        next_status=next_status,
        sends=outbox.open_by_document(s, document_ids, "send"),
    )
