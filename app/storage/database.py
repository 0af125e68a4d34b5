"""The one database of the office, and the only place where transactions open and end.

Several processes and threads may have it open at once: writers take turns by `BEGIN IMMEDIATE`, readers see a
snapshot and never wait.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.domain.errors import StorageError
from app.domain.protocols import Clock
from app.runtime import crashpoints
from app.storage import schema
from app.storage.engines import connect, read_engine, switch_to_wal, write_engine
from app.storage.errors import translated

OpenSession = Session

#: A thread waits at most this long for the other threads of this process.
_THREAD_TIMEOUT_S = 60.0


class Database:
    """An open database. Any thread. Build it with `Database.open`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._reader = read_engine(path)
        self._writer = write_engine(path)
        # SQLite's own waiting is a lottery among threads; a lock is fair and cheaper.
        self._turn = threading.Lock()
        self._inside = threading.local()

    @classmethod
    def open(cls, path: Path, *, clock: Clock) -> Database:
        """Open `path`; create it when absent, migrate it when older.

        Raises: StorageError (STORAGE.NEWER for a file of a newer program, STORAGE.DAMAGED, STORAGE.FOREIGN,
        STORAGE.MIGRATION), LeaseHeld when a migration is needed while somebody is working, EnvironmentFault.
        """
        with translated("Veritabanı açılamadı."):
            prepare(path, clock)
        return cls(path, clock)

    @contextmanager
    def read(self) -> Iterator[OpenSession]:
        """A session over one snapshot. Writing in it fails at once (STORAGE.READER_WRITES)."""
        with translated("Veritabanı okunamadı.", reader=True), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self, point: str) -> Iterator[OpenSession]:
        """One short write transaction, committed at the end inside the crash point `point`, or rolled back.

        No network, token, rendering or parsing in it. Raises: KeyError for an undeclared point, StorageError
        (STORAGE.BUSY after ten seconds of waiting, STORAGE.NEWER), EnvironmentFault (DISK.FULL).
        """
        if point not in crashpoints.declared():
            raise KeyError(f"crash point {point!r} was never declared")
        outer = getattr(self._inside, "point", "")
        if outer:
            raise RuntimeError(f"write({point!r}) inside write({outer!r}) would wait for itself")
        if not self._turn.acquire(timeout=_THREAD_TIMEOUT_S):
            raise StorageError(
                "STORAGE.BUSY",
                "Veritabanına yazılamadı.",
                why="Programın başka bir işi uzun süredir yazıyor.",
                todo="İşin bitmesini bekleyip yeniden deneyin.",
                retry_safe=True,
            )
        self._inside.point = point
        try:
            with translated("Kayıt yapılamadı."), Session(self._writer, autoflush=False) as session:
                _ensure_version(session.connection())
                yield session
                session.flush()
                with crashpoints.point(point):
                    session.commit()
        finally:
            self._inside.point = ""
            self._turn.release()

    def close(self) -> None:
        """Close every connection. Sessions must be over by then."""
        self._reader.dispose()
        self._writer.dispose()


def _ensure_version(connection: Connection) -> None:
    """A window of an older program must not write into a file that a newer one has migrated meanwhile."""
    version = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if version != schema.VERSION:
        raise schema.newer_version(version or 0)


def prepare(path: Path, clock: Clock) -> None:
    """Make `path` a database of this version: create, migrate or refuse. Several processes may come at once."""
    with closing(connect(path)) as connection:
        schema.ensure_ours(connection)
        version = schema.read_version(connection)
        if version > schema.VERSION:
            raise schema.newer_version(version)
        switch_to_wal(connection)
    if version == 0:
        schema.create(path)
    elif version < schema.VERSION:
        # Alembic costs half a second; it is loaded only here.
        from app.storage.migrate import upgrade

        upgrade(path, clock=clock)
