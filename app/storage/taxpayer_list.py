"""The office's own copy of the list of registered e-Fatura users: `taxpayers.db`, rebuildable, never backed up.

One table of addresses in the order of their numbers, so that a lookup is one step down a tree. A whole list is loaded
beside the one in use and takes its place in one transaction: a reader sees the old list or the new one, never a part.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from app.domain.errors import StorageError
from app.runtime import crashpoints
from app.storage.engines import BUSY_TIMEOUT_MS, switch_to_wal
from app.storage.errors import translated

T = TypeVar("T")

log = logging.getLogger(__name__)

POINT: Final = crashpoints.declare("db.taxpayers", "the office's copy of the list of registered e-Fatura users")
_VERSION: Final = 1
_CHUNK: Final = 5_000
_CREATE_ADDRESS: Final = (
    "CREATE TABLE address (vkn TEXT NOT NULL, unit TEXT NOT NULL, alias TEXT NOT NULL, title TEXT NOT NULL,"
    " kind TEXT NOT NULL, registered_at TEXT NOT NULL, created_at TEXT NOT NULL,"
    " PRIMARY KEY (vkn, unit, alias)) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAddress:
    """One address of a taxpayer: `unit` is PK or GB; times as the integrator writes them."""

    vkn: str
    unit: str
    alias: str
    title: str
    kind: str = ""
    registered_at: str = ""
    created_at: str = ""
    is_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """What the list is: `source` names the environment it speaks of, `asked_at` when it was last brought up to date."""

    source: str
    asked_at: datetime
    full_at: datetime
    taxpayers: int
    addresses: int


def read_state(path: Path) -> ListState | None:
    """None while there is no whole list, or one that cannot be read: it is then fetched anew. Any thread."""
    return _look(path, _state, None)


def find(path: Path, vkn: str) -> tuple[ListState, list[ListedAddress]] | None:
    """The addresses of one number, oldest first; an empty list means that it is not registered. None without a list."""

    def look(connection: sqlite3.Connection) -> tuple[ListState, list[ListedAddress]] | None:
        state = _state(connection)
        if state is None:
            return None
        rows = connection.execute(
            "SELECT vkn, unit, alias, title, kind, registered_at, created_at FROM address WHERE vkn = ?"
            " ORDER BY created_at, alias",
            (vkn,),
        )
        return state, [
            ListedAddress(vkn=v, unit=u, alias=a, title=t, kind=k, registered_at=r, created_at=c)
            for v, u, a, t, k, r, c in rows
        ]

    return _look(path, look, None)


def find_many(path: Path, numbers: Iterable[str]) -> dict[str, list[str]]:
    """The mailboxes (PK) by number; registered numbers only. Without a list nothing is known: an empty answer."""

    def look(connection: sqlite3.Connection) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for number in dict.fromkeys(numbers):
            rows = connection.execute(
                "SELECT unit, alias FROM address WHERE vkn = ? ORDER BY created_at, alias", (number,)
            ).fetchall()
            if rows:
                found[number] = [alias for unit, alias in rows if unit == "PK"]
        return found

    return _look(path, look, {})


def replace_all(path: Path, addresses: Iterable[ListedAddress], *, source: str, at: datetime) -> ListState:
    """Take a whole list. When `addresses` raises in the middle, the list that was there stays as it is.

    Raises: ValueError for a list with nobody in it; EnvironmentFault (DISK.*), StorageError STORAGE.*.
    """
    with _writing(path) as connection:
        with _transaction(connection):
            connection.execute("DROP TABLE IF EXISTS coming")
            connection.execute("CREATE TABLE coming (vkn, unit, alias, title, kind, registered_at, created_at)")
        for chunk in _chunks(addresses):
            with _transaction(connection):
                _insert(connection, "coming", [a for a in chunk if not a.is_deleted])
        with _transaction(connection):
            connection.execute("DROP TABLE address")
            connection.execute(_CREATE_ADDRESS)
            # In the order of the tree: a million rows in any other order take ten times as long.
            connection.execute("INSERT OR REPLACE INTO address SELECT * FROM coming ORDER BY vkn, unit, alias")
            connection.execute("DROP TABLE coming")
            taxpayers, count = _count(connection)
            if not count:
                raise ValueError("a list of nobody")
            state = ListState(source=source, asked_at=at, full_at=at, taxpayers=taxpayers, addresses=count)
            _write_state(connection, state)
    return state


def apply_changes(path: Path, changes: Iterable[ListedAddress], *, at: datetime) -> tuple[ListState, frozenset[str]]:
    """Take what was added and deleted since; also returns the numbers it spoke of.

    All of it or, when `changes` raises, none. Raises: LookupError without a whole list before; else as `replace_all`.
    """
    everything = list(changes)
    with _writing(path) as connection:
        before = _state(connection)
        if before is None:
            raise LookupError("no whole list yet")
        with _transaction(connection):
            # Deleted first: a mailbox that was closed and opened again stands in the answer twice.
            connection.executemany(
                "DELETE FROM address WHERE vkn = ? AND unit = ? AND alias = ?",
                [(a.vkn, a.unit, a.alias) for a in everything if a.is_deleted],
            )
            _insert(connection, "address", [a for a in everything if not a.is_deleted])
            taxpayers, count = _count(connection) if everything else (before.taxpayers, before.addresses)
            state = ListState(
                source=before.source, asked_at=at, full_at=before.full_at, taxpayers=taxpayers, addresses=count
            )
            _write_state(connection, state)
    return state, frozenset(a.vkn for a in everything)


def _insert(connection: sqlite3.Connection, table: str, addresses: list[ListedAddress]) -> None:
    connection.executemany(
        f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(a.vkn, a.unit, a.alias, a.title, a.kind, a.registered_at, a.created_at) for a in addresses],
    )


def _count(connection: sqlite3.Connection) -> tuple[int, int]:
    taxpayers, addresses = connection.execute("SELECT count(DISTINCT vkn), count(*) FROM address").fetchone()
    return taxpayers, addresses


def _state(connection: sqlite3.Connection) -> ListState | None:
    row = connection.execute("SELECT source, asked_at, full_at, taxpayers, addresses FROM state").fetchone()
    if row is None:
        return None
    source, asked_at, full_at, taxpayers, addresses = row
    return ListState(
        source=source, asked_at=_moment(asked_at), full_at=_moment(full_at), taxpayers=taxpayers, addresses=addresses
    )


def _write_state(connection: sqlite3.Connection, state: ListState) -> None:
    connection.execute("DELETE FROM state")
    connection.execute(
        "INSERT INTO state VALUES (?, ?, ?, ?, ?)",
        (state.source, state.asked_at.timestamp(), state.full_at.timestamp(), state.taxpayers, state.addresses),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _chunks(addresses: Iterable[ListedAddress]) -> Iterator[list[ListedAddress]]:
    source = iter(addresses)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        with crashpoints.point(POINT):
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _look(path: Path, work: Callable[[sqlite3.Connection], T], nothing: T) -> T:
    """What `work` reads; `nothing` where there is no readable list of this version."""
    if not path.exists():
        return nothing
    with translated("Mükellef listesine bakılamadı."):
        try:
            with closing(_connect(path)) as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                return work(connection) if version == _VERSION else nothing
        except sqlite3.DatabaseError as e:
            if not _is_damage(e):
                raise
            # The list can always be had again; until then the program knows nobody.
            log.warning("the taxpayer list is damaged")
            return nothing


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file of this version; a damaged file or one of another version is thrown away."""
    with translated("Mükellef listesi yazılamadı."):
        try:
            with closing(_prepared(path)) as connection:
                yield connection
        except sqlite3.DatabaseError as e:
            if not _is_damage(e):
                raise
            _throw_away(path)
            raise StorageError(
                "TAXPAYERS.DAMAGED",
                "Mükellef listesi yazılamadı.",
                why="Listenin dosyası bozulmuştu; dosya silindi, firmalarınıza ve belgelerinize dokunulmadı.",
                todo="Liste kendiliğinden yeniden alınır.",
                retry_safe=True,
            ) from e


def _prepared(path: Path) -> sqlite3.Connection:
    try:
        with closing(_connect(path)) as first:
            version = first.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as e:
        if not _is_damage(e):
            raise
        version = -1
    if version not in (0, _VERSION):
        _throw_away(path)
        version = 0
    connection = _connect(path)
    connection.execute("PRAGMA cache_size = -65536")
    if version == 0:
        switch_to_wal(connection)
        with _transaction(connection):
            connection.execute(_CREATE_ADDRESS)
            connection.execute(
                "CREATE TABLE state (source TEXT, asked_at REAL, full_at REAL, taxpayers INTEGER, addresses INTEGER)"
            )
            connection.execute(f"PRAGMA user_version = {_VERSION}")
    return connection


def _throw_away(path: Path) -> None:
    log.warning("the taxpayer list is damaged or of another version and is fetched anew")
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        # Rebuildable: after a power cut the last step may be missing, never the file's order.
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
