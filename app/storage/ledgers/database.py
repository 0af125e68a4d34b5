"""An open ledger file. Transactions open and end here only, as in the office's database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection

from app.domain.errors import StorageError
from app.runtime import crashpoints
from app.runtime.crashpoints import declare
from app.storage.engines import connect, read_engine, switch_to_wal, write_engine
from app.storage.errors import translated
from app.storage.ledgers.migrations import VERSION, steps_after
from app.storage.ledgers.tables import APPLICATION_ID, STATEMENTS

#: What the functions of this package work on; rooms above need not know whose class it is.
LedgerConnection = Connection

CREATE = declare("ledger.create", "the tables of a new ledger file")
MIGRATE = declare("ledger.migrate", "the tables that a later version brings to a ledger file")


def ledger_path(folder: Path, tax_number: str, fiscal_year: int) -> Path:
    """Where a company's ledger of a fiscal year stands: `<folder>/9205121120-2026.db`. The year is its first day's."""
    return folder / f"{tax_number}-{fiscal_year}.db"


class LedgerDatabase:
    """A ledger file. Any thread; writers take turns. Rows are plain tuples: a month may hold a million lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = read_engine(path)
        self._writer = write_engine(path)
        for engine in (self._reader, self._writer):
            event.listen(engine, "connect", _sort_on_disk)
        self._turn = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> LedgerDatabase:
        """Open `path`; create it when absent.

        Raises: StorageError (STORAGE.NEWER, STORAGE.FOREIGN, STORAGE.DAMAGED), EnvironmentFault.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with translated("Defter veritabanı açılamadı."):
            _prepare(path)
        return cls(path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection over one snapshot."""
        with translated("Defter veritabanı okunamadı.", reader=True), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self, point: str) -> Iterator[Connection]:
        """One short write transaction, committed inside the crash point `point`, or rolled back."""
        if point not in crashpoints.declared():
            raise KeyError(f"crash point {point!r} was never declared")
        with self._turn, translated("Deftere kayıt yapılamadı."), self._writer.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            with crashpoints.point(point):
                transaction.commit()

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()


def _sort_on_disk(connection: sqlite3.Connection, _record: object) -> None:
    """A month of millions of lines is sorted and counted in a file: what a rule asks must not grow with the month."""
    connection.execute("PRAGMA temp_store = FILE")


def _prepare(path: Path) -> None:
    with closing(connect(path)) as connection:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if application_id != APPLICATION_ID and not is_empty:
            raise StorageError(
                "STORAGE.FOREIGN",
                "Bu dosya bir Mühürdar defter veritabanı değil.",
                why="Dosyayı başka bir program oluşturmuş.",
                todo="Defterler klasöründeki bu dosyayı başka yere taşıyıp yeniden deneyin; dosyaya dokunulmadı.",
            )
        if version > VERSION:
            raise StorageError(
                "STORAGE.NEWER",
                "Defter veritabanı bu programdan daha yeni bir sürümle yazılmış.",
                why=f"Dosyanın sürümü {version}, bu programın bildiği en yeni sürüm {VERSION}.",
                todo="Programı güncelleyip yeniden açın; dosyaya dokunulmadı.",
            )
        switch_to_wal(connection)
    if version == 0:
        _create(path)
    elif version < VERSION:
        _migrate(path)


def _create(path: Path) -> None:
    engine = write_engine(path)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            if connection.exec_driver_sql("PRAGMA user_version").scalar() != 0:
                transaction.rollback()  # another process was first
                return
            for statement in (*STATEMENTS, *steps_after(1)):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            with crashpoints.point(CREATE):
                transaction.commit()
    finally:
        engine.dispose()


def _migrate(path: Path) -> None:
    """Take the steps that the file lacks, all or none."""
    engine = write_engine(path)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
            if version >= VERSION:
                transaction.rollback()  # another process was first
                return
            for statement in steps_after(version):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            with crashpoints.point(MIGRATE):
                transaction.commit()
    finally:
        engine.dispose()
