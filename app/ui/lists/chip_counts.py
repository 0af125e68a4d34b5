"""How many documents each chip of a list would show, under the present period and words: one pass, asked only anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.storage import overview, search
from app.storage.database import OpenSession
from app.storage.search import DocumentQuery, Kind
from app.ui.desk import Desk
from app.ui.lists.filters import ChipSpec

_Answer = tuple[int, dict[str, int]]


class ChipCounter(QObject):
    """GUI thread only. `counted` carries the counts by the chips' keys."""

    counted = Signal(dict)

    def __init__(self, desk: Desk, chips: tuple[ChipSpec, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._chips = chips
        self._base: DocumentQuery | None = None
        self._asked = 0

    def ask(self, query: DocumentQuery, *, again: bool) -> None:
        """Count for the period, words and company of `query`. Another chip or order changes no count."""
        base = replace(
            query, states=(), sort=(), only_review=False, only_unread=False, only_open=False, arrived_from=None
        )
        if base == self._base and not again:
            return
        self._base = base
        self._asked += 1
        question, chips = self._asked, self._chips
        is_by_read = any(chip.only_unread for chip in chips)
        since = overview.new_since(self._desk.office.clock.today()) if is_by_read else None

        def count(s: OpenSession) -> _Answer:
            kinds = search.breakdown(s, base, unread_since=since)
            counts = {chip.key: _through(chip, kinds) for chip in chips if not chip.only_open}
            # What is open is known to a small index of its own; the great ones do not tell it.
            counts |= {
                chip.key: search.count(s, replace(base, states=chip.states, only_open=True))
                for chip in chips
                if chip.only_open
            }
            return question, counts

        self._desk.read(count, self._on_counts, owner=self)

    def _on_counts(self, answer: _Answer) -> None:
        question, counts = answer
        if question == self._asked:
            self.counted.emit(counts)


def _through(chip: ChipSpec, kinds: Counter[Kind]) -> int:
    return sum(
        number
        for kind, number in kinds.items()
        if (not chip.states or kind.state in chip.states)
        and (kind.is_unread or not chip.only_unread)
        and (kind.in_review or not chip.only_review)
    )
