"""Which version of the tables a file has, and how a new file gets them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from app.domain.errors import StorageError
from app.runtime.crashpoints import declare, point
from app.storage.engines import write_engine

#: The version this program reads and writes. `PRAGMA user_version` holds it, beside Alembic's own table.
VERSION = 3
#: "MHRD" in the file's header: tells our files from other programs' SQLite files.
APPLICATION_ID = 0x4D485244

MIGRATE = declare("db.migrate", "the tables themselves: a new file or a new version")


def revision(version: int) -> str:
    """Alembic's name of a version: `0001`."""
    return f"{version:04d}"


def read_version(connection: sqlite3.Connection) -> int:
    """The version of the file; 0 for an empty one. Reads the header only."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return int(version)


def ensure_ours(connection: sqlite3.Connection) -> None:
    """Raise StorageError (STORAGE.FOREIGN) when the file has tables but is not a database of this program."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id == APPLICATION_ID:
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0 and read_version(connection) == 0:
        return
    raise StorageError(
        "STORAGE.FOREIGN",
        "Bu dosya bir Mühürdar veritabanı değil.",
        why="Dosyayı başka bir program oluşturmuş.",
        todo="Doğru dosyayı seçin; dosyaya dokunulmadı.",
    )


def newer_version(version: int) -> StorageError:
    """The refusal of a file that a newer program has written."""
    return StorageError(
        "STORAGE.NEWER",
        "Veritabanı bu programdan daha yeni bir sürümle yazılmış.",
        why=f"Dosyanın sürümü {version}, bu programın bildiği en yeni sürüm {VERSION}.",
        todo="Programı güncelleyip yeniden açın; dosyaya dokunulmadı.",
    )


def create(path: Path) -> None:
    """Build all tables in an empty file, in one transaction, without Alembic. Does nothing when they are there."""
    from app.storage.models import Base

    engine = write_engine(path)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            if connection.exec_driver_sql("PRAGMA user_version").scalar() != 0:
                # Another process was first.
                transaction.rollback()
                return
            Base.metadata.create_all(connection, checkfirst=False)
            # The same table as Alembic makes.
            connection.exec_driver_sql(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision(VERSION),))
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
            with point(MIGRATE):
                transaction.commit()
    finally:
        engine.dispose()
