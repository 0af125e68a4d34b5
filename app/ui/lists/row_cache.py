"""Rows by document id, so that a refresh keeps what is on the screen until newer rows arrive."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from app.ui.lists.columns import RowView

#: Enough for some screens in every direction; a row is about two kilobytes.
LIMIT = 5_000


class RowCache:
    """Least recently stored rows go first. GUI thread only."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._rows: OrderedDict[int, RowView] = OrderedDict()
        self._stale: set[int] = set()
        self._limit = limit

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, document_id: int) -> RowView | None:
        """The row, also when it is stale: better yesterday's words than a hole."""
        return self._rows.get(document_id)

    def is_wanted(self, document_id: int) -> bool:
        """Whether the row must be read (again)."""
        return document_id not in self._rows or document_id in self._stale

    def put(self, views: Iterable[RowView]) -> None:
        for view in views:
            key = view.record.id
            self._rows[key] = view
            self._rows.move_to_end(key)
            self._stale.discard(key)
        while len(self._rows) > self._limit:
            gone, _ = self._rows.popitem(last=False)
            self._stale.discard(gone)

    def mark_stale(self) -> None:
        """Everything may have changed; rows are read again when they are next seen."""
        self._stale = set(self._rows)

    def clear(self) -> None:
        self._rows.clear()
        self._stale.clear()
