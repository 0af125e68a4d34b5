"""Whole database files: copied by SQLite's backup API into a temporary file, checked, then put in place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain.errors import StorageError
from app.runtime.crashpoints import declare
from app.runtime.files import staged

BACKUP = declare("file.backup", "a copy of the database")
RESTORE = declare("file.restore", "the database itself, replaced by a backup")


def copy_database(source: Path, target: Path, *, point: str) -> None:
    """Copy a database, live or not, into one file without side files; `target` is replaced whole or not at all.

    Raises: StorageError (STORAGE.DAMAGED) when the copy is not sound, EnvironmentFault (FILE.*).
    """
    with staged(target, point=point) as temporary:
        fill(source, temporary)


def fill(source: Path, target: Path) -> None:
    """The copying itself, into an existing empty file. One snapshot, however long it takes."""
    with closing(open_readonly(source)) as origin, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        origin.backup(copy)
        # The copy carries the WAL mark of the original: without it the file stands alone.
        copy.execute("PRAGMA journal_mode = DELETE")
        ensure_sound(copy)


def open_readonly(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file. The caller closes it."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    connection.execute("PRAGMA busy_timeout = 10000")
    return connection


def ensure_sound(connection: sqlite3.Connection) -> None:
    """Raise StorageError (STORAGE.DAMAGED) unless SQLite finds the whole file in order, references included."""
    answers = connection.execute("PRAGMA integrity_check(1)").fetchone()
    broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    if answers[0] == "ok" and broken is None:
        return
    raise StorageError(
        "STORAGE.DAMAGED",
        "Veritabanı dosyası bozuk.",
        why="Bütünlük denetimi hata buldu.",
        todo="Başka bir yedek seçin; bozuk dosyayı silmeyin.",
        raw_text=str(answers[0]) if answers[0] != "ok" else f"foreign key: {broken[0]}",
    )
