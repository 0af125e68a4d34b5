"""Lists: sorted, filtered and searched ids from SQLite, rows by id in blocks.

The ids of the usual sorts come from covering indexes alone; text goes through the trigram table. No ORM entities.
Long answers are put together inside SQLite, where no Python lock is held: whoever draws a window meanwhile is not
kept waiting (measured: 100,000 ids fetched row by row took 100 ms and stalled the painting, joined they take 35).
"""

from __future__ import annotations

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.domain.errors import InputError
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.money import from_scaled
from app.domain.turkish import fold
from app.storage.database import OpenSession
from app.storage.document_rows import COLUMNS, DOCUMENT, record_of
from app.storage.records import DocumentRecord
from app.storage.types import from_micros, to_micros

#: What a list may be sorted by, as a DocumentRecord names it.
SORTABLE = {
    "issue_date": "issue_date",
    "number": "number",
    "partner_name": "partner_sort",
    "partner_vkn": "partner_vkn",
    "payable": "payable",
    "vat": "vat",
    "currency": "currency",
    "profile": "profile",
    "type_code": "type_code",
    "state": "state",
    "arrived_at": "arrived_at",
    "answer_due_at": "answer_due_at",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "id": "id",
}
_BLOCK = 500
_TRIGRAM = 3
#: Up to so many text hits the rows are looked up by id; of more, the sort's index is walked and the hits picked out.
_FEW_HITS = 20_000
#: The same for the first rows alone: the walk ends as soon as they are found.
_FEW_FIRST = 2_000
#: Ids read out of a joined text, or bound into a statement, at once: a millisecond of Python's lock.
_PART = 20_000
_ETTN_START = re.compile(r"[0-9a-f]{8}-[0-9a-f-]*")
#: One above every character, for the upper end of a prefix.
_HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuery:
    """Which documents, in which order. Empty fields do not filter.

    `start` and `end` are inclusive issue dates; `arrived_from`/`arrived_to` moments of arrival (from inclusive, to
    exclusive). `sort` holds (column of SORTABLE, descending); the id in the direction of the first column ends it.
    Every word of `text` must be found: three letters and more anywhere in number, partner, tax number, line names and
    notes; shorter ones as the beginning of the partner's name or the number.
    """

    company_id: int | None = None
    direction: Direction | None = None
    kinds: tuple[DocumentKind, ...] = ()
    states: tuple[State, ...] = ()
    text: str = ""
    start: date | None = None
    end: date | None = None
    arrived_from: datetime | None = None
    arrived_to: datetime | None = None
    partner_vkn: str = ""
    sort: tuple[tuple[str, bool], ...] = (("issue_date", True),)
    only_review: bool = False
    only_unread: bool = False
    only_duplicates: bool = False
    #: Only what a status question may still change.
    only_open: bool = False


def ids(s: OpenSession, query: DocumentQuery) -> array[int]:
    """All matching ids in order, as 64-bit numbers. Raises: InputError (SORT.UNKNOWN)."""
    statement, parameters = _statement(s, query, "id", _order(query), few=_FEW_HITS)
    # The order of a subquery is kept by SQLite where the outer one aggregates (its flattener leaves it alone).
    joined = s.connection().exec_driver_sql(f"SELECT group_concat(id) FROM ({statement})", parameters).scalar()
    return _numbers(joined or "")


def first(s: OpenSession, query: DocumentQuery, *, limit: int) -> list[int]:
    """The first ids in order, at once: what a list shows before it knows how long it is.

    Raises: InputError (SORT.UNKNOWN).
    """
    statement, parameters = _statement(s, query, "id", _order(query), few=_FEW_FIRST)
    found = s.connection().exec_driver_sql(f"{statement} LIMIT {int(limit)}", parameters)
    return [int(row[0]) for row in found]


def count(s: OpenSession, query: DocumentQuery) -> int:
    """How many documents match."""
    statement, parameters = _statement(s, query, "count(*)", "", few=_FEW_HITS)
    return int(s.connection().exec_driver_sql(statement, parameters).scalar() or 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """What chips tell documents apart by. `is_unread` is False throughout when nobody asked for it."""

    state: State
    in_review: bool
    is_unread: bool


def breakdown(s: OpenSession, query: DocumentQuery, *, unread_since: datetime | None = None) -> Counter[Kind]:
    """How many documents of each kind match, in one pass.

    With `unread_since` those that arrived since and were not opened are told apart; it costs more, no index knows of
    reading.
    """
    unread = "0" if unread_since is None else f"is_read = 0 AND coalesce(arrived_at, 0) >= {to_micros(unread_since)}"
    columns = f"state, review_code <> '', {unread}, count(*)"
    statement, parameters = _statement(s, query, columns, " GROUP BY 1, 2, 3", few=_FEW_HITS)
    found = s.connection().exec_driver_sql(statement, parameters)
    return Counter({Kind(State(row[0]), bool(row[1]), bool(row[2])): int(row[3]) for row in found})


def _statement(
    s: OpenSession, query: DocumentQuery, columns: str, tail: str, *, few: int
) -> tuple[str, tuple[Any, ...]]:
    """The question in SQL. Up to `few` text hits are looked up one by one, more are picked out of the ordered whole.

    Left alone, SQLite walks the whole sort index for a single hit (measured: 15 ms instead of 0.2 at 100,000 rows).
    """
    where, parameters = _where(query)
    match = _match(query.text)
    if not match:
        return f"SELECT {columns} FROM document{where}{tail}", tuple(parameters)
    hits = "SELECT rowid AS hit FROM document_fts WHERE document_fts MATCH ?"
    found = s.connection().exec_driver_sql(f"SELECT count(*) FROM ({hits} LIMIT ?)", (match, few + 1)).scalar() or 0
    if found <= few:
        # CROSS JOIN keeps SQLite from turning the order of the tables.
        source = f"({hits}) CROSS JOIN document ON document.id = hit"
        return f"SELECT {columns} FROM {source}{where}{tail}", (match, *parameters)
    # The plus keeps SQLite on the index of the sort.
    condition = f"{where} AND" if where else " WHERE"
    return f"SELECT {columns} FROM document{condition} +id IN ({hits}){tail}", (*parameters, match)


def _numbers(joined: str) -> array[int]:
    """`3,1,2` as numbers, a part at a time, so that other threads get their turn."""
    numbers: array[int] = array("q")
    start = 0
    while start < len(joined):
        # Seven or eight characters an id; the part ends at a comma.
        end = joined.find(",", start + _PART * 7)
        end = len(joined) if end < 0 else end
        numbers.extend(json.loads(f"[{joined[start:end]}]"))
        start = end + 1
    return numbers


def _parts(document_ids: Sequence[int]) -> Iterator[str]:
    """JSON arrays of the ids, a part at a time."""
    for start in range(0, len(document_ids), _PART):
        yield json.dumps(list(document_ids[start : start + _PART]))


def rows(s: OpenSession, document_ids: Sequence[int]) -> list[DocumentRecord]:
    """The records of these ids, in the order given; ids that are gone are left out."""
    by_id: dict[int, DocumentRecord] = {}
    for start in range(0, len(document_ids), _BLOCK):
        block = document_ids[start : start + _BLOCK]
        for row in s.execute(select(*COLUMNS).where(DOCUMENT.c.id.in_(list(block)))):
            record = record_of(row)
            by_id[record.id] = record
    return [by_id[document_id] for document_id in document_ids if document_id in by_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of some documents are alike, and what they are worth together in `currency`."""

    company_id: int
    direction: Direction
    state: State
    profile: str
    has_number: bool
    in_review: bool
    is_read: bool
    currency: str
    count: int
    payable: Decimal


def tally(s: OpenSession, document_ids: Sequence[int]) -> list[Tally]:
    """Groups of these documents: what a selection of any size is made of, without reading its rows."""
    statement = (
        "SELECT company_id, direction, state, profile, number <> '', review_code <> '', is_read, currency, count(*),"
        " coalesce(sum(payable), 0) FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN document"
        " ON document.id = wanted GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )
    counted: Counter[tuple[Any, ...]] = Counter()
    payable: Counter[tuple[Any, ...]] = Counter()
    for part in _parts(document_ids):
        for row in s.connection().exec_driver_sql(statement, (part,)):
            counted[row[:-2]] += row[-2]
            payable[row[:-2]] += row[-1]
    return [
        Tally(
            company_id=g[0],
            direction=Direction(g[1]),
            state=State(g[2]),
            profile=g[3],
            has_number=bool(g[4]),
            in_review=bool(g[5]),
            is_read=bool(g[6]),
            currency=g[7],
            count=number,
            payable=from_scaled(payable[g]),
        )
        for g, number in counted.items()
    ]


def soonest_due(s: OpenSession, document_ids: Sequence[int]) -> datetime | None:
    """When the first of these documents that wait for an answer lapses; None when none of them waits."""
    statement = (
        "SELECT min(answer_due_at) FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN document"
        f" ON document.id = wanted WHERE state = '{State.ANSWER_DUE.value}'"
    )
    found = [s.connection().exec_driver_sql(statement, (part,)).scalar() for part in _parts(document_ids)]
    moments = [from_micros(moment) for moment in found if moment is not None]
    return min(moments, default=None)


def _order(query: DocumentQuery) -> str:
    parts = []
    descending = False
    for position, (name, is_descending) in enumerate(query.sort):
        if name not in SORTABLE:
            raise InputError("SORT.UNKNOWN", f"'{name}' sütununa göre sıralanamaz.", todo="Başka bir sütun seçin.")
        if position == 0:
            descending = is_descending
        parts.append(f"{SORTABLE[name]} {'DESC' if is_descending else 'ASC'}")
    parts.append(f"id {'DESC' if descending else 'ASC'}")
    return f" ORDER BY {', '.join(parts)}"


def _where(query: DocumentQuery) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    parameters: list[Any] = []

    def add(condition: str, *values: Any) -> None:
        conditions.append(condition)
        parameters.extend(values)

    if query.company_id is not None:
        add("company_id = ?", query.company_id)
    if query.direction is not None:
        add("direction = ?", query.direction.value)
    elif query.company_id is not None:
        # Both values spelled out let the (company, direction, …) indexes serve without a direction too.
        add("direction IN ('in', 'out')")
    if query.kinds:
        add(f"kind IN ({_marks(query.kinds)})", *(kind.value for kind in query.kinds))
    if query.states:
        add(f"state IN ({_marks(query.states)})", *(state.value for state in query.states))
    if query.start is not None:
        add("issue_date >= ?", query.start.isoformat())
    if query.end is not None:
        add("issue_date <= ?", query.end.isoformat())
    if query.arrived_from is not None:
        add("arrived_at >= ?", to_micros(query.arrived_from))
    if query.arrived_to is not None:
        add("arrived_at < ?", to_micros(query.arrived_to))
    if query.partner_vkn:
        add("partner_vkn = ?", query.partner_vkn)
    if query.only_review:
        add("review_code <> ''")
    if query.only_unread:
        add("is_read = 0")
    if query.only_duplicates:
        add("duplicate_of IS NOT NULL")
    if query.only_open:
        add("is_final = 0")
    _add_short_words(query, add)
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), parameters


def _add_short_words(query: DocumentQuery, add: Any) -> None:
    """Words that the trigram table cannot know, and beginnings of an ETTN."""
    for word in fold(query.text).split():
        if _ETTN_START.fullmatch(word):
            add("ettn >= ? AND ettn < ?", word, word + _HIGHEST)
        elif len(word) < _TRIGRAM:
            # Each half has its own index; an OR over both would read the whole table.
            start = word.upper()
            scope = "company_id = ? AND direction IN ('in', 'out') AND " if query.company_id is not None else ""
            add(
                "id IN (SELECT id FROM document WHERE partner_folded >= ? AND partner_folded < ?"
                f" UNION ALL SELECT id FROM document WHERE {scope}number >= ? AND number < ?)",
                word,
                word + _HIGHEST,
                *([query.company_id] if scope else []),
                start,
                start + _HIGHEST,
            )


def _match(text: str) -> str:
    """The FTS5 expression for the longer words; empty when there are none."""
    words = [w for w in fold(text).split() if len(w) >= _TRIGRAM and not _ETTN_START.fullmatch(w)]
    # Quoted: the user's signs are text, never FTS syntax.
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in words)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
