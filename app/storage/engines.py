"""Connections to the database file and how each is configured. For the modules that open files only."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import QueuePool

from app.runtime import crashpoints

BUSY_TIMEOUT_MS = 10_000


def read_engine(path: Path) -> Engine:
    """Readers: each transaction is one snapshot, and writing in it fails at once."""
    engine = _engine(path, pool_size=8)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        _configure(connection)
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def write_engine(path: Path, *, foreign_keys: bool = True) -> Engine:
    """Writers: the transaction holds the write lock from its first moment. Migrations switch foreign keys off."""
    engine = _engine(path, pool_size=1)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        _configure(connection)
        if not foreign_keys:
            connection.execute("PRAGMA foreign_keys = OFF")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "commit")
    def _on_commit(_connection: Connection) -> None:
        crashpoints.require_active("a commit")

    return engine


def connect(path: Path) -> sqlite3.Connection:
    """A bare connection in autocommit mode, for work on whole files. The caller closes it."""
    connection = sqlite3.connect(path, isolation_level=None)
    _configure(connection)
    return connection


def switch_to_wal(connection: sqlite3.Connection) -> None:
    """Put the file into WAL mode; it stays so for every later connection."""
    # The switch needs the file for itself and does not wait by busy_timeout when two processes create it at once.
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _engine(path: Path, *, pool_size: int) -> Engine:
    return create_engine(
        # Not a text: a folder's name may hold any sign.
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=-1,
        # isolation_level None: sqlite3 opens no transaction of its own, ours are the only ones.
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
        # Tax numbers and amounts never reach a traceback.
        hide_parameters=True,
    )


def _configure(connection: sqlite3.Connection) -> None:
    # The timeout first: the others may have to wait for somebody who is creating the file.
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")
