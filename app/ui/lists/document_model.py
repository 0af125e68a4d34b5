"""The model of a document list: the ordered ids of one query, and a cache of rows fetched in blocks when seen."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import compress
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from app.domain.errors import AppError
from app.domain.lifecycle import Direction
from app.runtime.settings import STATUS_INTERVAL_HOURS
from app.storage import companies, outbox, overview, polling, search
from app.storage.database import OpenSession
from app.storage.records import DocumentRecord
from app.storage.search import DocumentQuery
from app.ui.desk import Desk
from app.ui.jobs import JobHandle
from app.ui.lists.columns import Column, Facts, RowView, view_of
from app.ui.lists.row_cache import RowCache
from app.ui.theme import tokens

log = logging.getLogger(__name__)
Index = QModelIndex | QPersistentModelIndex
#: Rows per question, and how many blocks around the seen one come along.
BLOCK = 100
#: More than the tallest screen shows at once: these come before the rest of the ids.
FIRST = 60
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

    A new question is answered twice: `begun` when its first rows are there and can be read, `answered` when all its
    ids are in and the scroll bar is honest; `failed` when they could not be read. `renewing` is sent just before the
    ids are replaced, so that a view can remember selection and place by id; True when the same query was asked again.
    """

    renewing = Signal(bool)
    begun = Signal()
    answered = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.columns = tuple(columns)
        self._ids: array[int] = array("q")
        self._jobs: list[JobHandle] = []
        self._cache = RowCache()
        self._query: DocumentQuery | None = None
        self._answered_query: DocumentQuery | None = None
        self._asked = 0
        self._titles: dict[str, str] = {}
        self._missing: list[int] = []
        self._is_fetching = False
        self._is_waiting = False
        self._is_partial = False
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

    @property
    def is_partial(self) -> bool:
        """Whether there are more ids than those that have come yet."""
        return self._is_partial

    @property
    def asks_the_same(self) -> bool:
        """Whether the latest question is the one that was answered, its order aside."""
        return (
            self._query is not None
            and self._answered_query is not None
            and replace(self._query, sort=()) == replace(self._answered_query, sort=())
        )

    def ask(self, query: DocumentQuery) -> None:
        """Read the ids of `query`; answers to earlier questions are dropped. The same query again is a refresh.

        Another company's rows go at once: nobody may act on one client's documents under another's name.
        """
        if self._query is not None and self._query.company_id != query.company_id:
            self.clear()
        self._drop()
        question = self._asked
        self._query = query
        self._is_waiting = True
        if query == self._answered_query and self._ids:
            self._read_ids()
            return
        desk, columns = self._desk, self.columns

        def begin(s: OpenSession) -> tuple[int, list[RowView]]:
            return question, row_reader(desk, search.first(s, query, limit=FIRST), columns)(s)

        self._jobs = [desk.read(begin, self._on_begun, owner=self, failed=self._on_ids_failed)]

    def _read_ids(self) -> None:
        question, query = self._asked, self._query
        assert query is not None

        def read(s: OpenSession) -> tuple[int, array[int]]:
            return question, search.ids(s, query)

        self._jobs = [self._desk.read(read, self._on_ids, owner=self, failed=self._on_ids_failed)]

    def _drop(self) -> None:
        """Whatever is on its way answers a question that nobody asks any more."""
        self._asked += 1
        for job in self._jobs:
            if isValid(job):
                job.cancel()
        self._jobs = []

    def clear(self) -> None:
        """No rows, and none remembered; what is on its way is not waited for."""
        self._drop()
        self._is_waiting = False
        self._answered_query = None
        self._cache.clear()
        self._missing.clear()
        self.beginResetModel()
        self._ids = array("q")
        self._is_partial = False
        self.endResetModel()

    def _on_begun(self, answer: tuple[int, list[RowView]]) -> None:
        question, views = answer
        if question != self._asked:
            return
        self._cache.mark_stale()
        self._cache.put(views)
        ids = array("q", [view.record.id for view in views])
        is_partial = len(views) >= FIRST
        if is_partial or ids != self._ids:
            self._replace(ids, is_partial=is_partial)
        self.begun.emit()
        if is_partial:
            self._read_ids()
        else:
            self._end()

    def _on_ids(self, answer: tuple[int, array[int]]) -> None:
        question, ids = answer
        if question != self._asked:
            return
        known = len(self._ids)
        if self._is_partial and ids[:known] == self._ids:
            self._is_partial = False
            if len(ids) > known:
                self.beginInsertRows(_NOWHERE, known, len(ids) - 1)
                self._ids = ids
                self.endInsertRows()
        elif ids == self._ids:
            # The same documents, but what is known of them may have changed.
            self._cache.mark_stale()
            self._missing.clear()
            if ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, len(self.columns) - 1))
        else:
            self._cache.mark_stale()
            self._replace(ids, is_partial=False)
        self._end()

    def _end(self) -> None:
        self._is_waiting = False
        self._answered_query = self._query
        self.answered.emit()

    def _replace(self, ids: array[int], *, is_partial: bool) -> None:
        self.renewing.emit(self._query == self._answered_query)
        self.beginResetModel()
        self._ids = ids
        self._is_partial = is_partial
        self._missing.clear()
        self.endResetModel()

    def _on_ids_failed(self, error: AppError) -> None:
        self._is_waiting = False
        self.failed.emit(error)

    # -- ids -------------------------------------------------------------------------------------------------------

    @property
    def ids(self) -> array[int]:
        """All ids in order; not to be changed."""
        return self._ids

    def id_at(self, row: int) -> int | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, document_id: int) -> int:
        """The row of a document, -1 when the query does not have it."""
        try:
            return self._ids.index(document_id)
        except ValueError:
            return -1

    def rows_of(self, document_ids: Sequence[int]) -> list[int]:
        """The rows of these documents, rising; absent ones are left out."""
        if len(document_ids) < 3:
            return sorted(row for row in map(self.row_of, document_ids) if row >= 0)
        # All in C: a table of the rows of a million ids would stall the window for longer than this does.
        return list(compress(range(len(self._ids)), map(set(document_ids).__contains__, self._ids)))

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
        if views and self._ids:
            # Which rows they are in is not looked up: the view paints only what is seen of it.
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(self.columns) - 1))
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
        facts = facts_for(s, desk, records)
        return [view_of(record, facts, columns) for record in records]

    return read


def facts_for(s: OpenSession, desk: Desk, records: Sequence[DocumentRecord]) -> Facts:
    """What rows say beyond their record. Any thread."""
    next_status = {}
    sent = [record for record in records if record.direction is Direction.OUT]
    if sent:
        wait = timedelta(hours=desk.office.settings.get(STATUS_INTERVAL_HOURS))
        for company_id in {record.company_id for record in sent}:
            account = companies.get_account(s, company_id)
            last = polling.last_poll(s, account.id, "status") if account is not None else None
            if last is not None:
                next_status[company_id] = last + wait
    return Facts(
        now=desk.office.clock.now(),
        companies=overview.company_names(s),
        next_status=next_status,
        sends=outbox.open_by_document(s, [record.id for record in sent], "send") if sent else {},
    )
