"""From an older version of the tables to this one. Imported only when the version differs: Alembic costs 0.5 s.

The recipe: take the write lock, copy the file by the backup API, switch foreign keys off, run all steps in one
transaction, check the foreign keys, commit. On failure everything is rolled back, the file is proved untouched (or put
back from the copy) and the user is told where the copy lies.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from app.domain.errors import StorageError
from app.domain.protocols import Clock
from app.runtime import crashpoints
from app.storage import leases, schema
from app.storage.engines import connect, write_engine
from app.storage.filecopy import BACKUP, RESTORE, copy_database

SCRIPTS = Path(__file__).parent / "migrations"


class BrokenReferences(Exception):
    """After the steps some rows point at nothing."""


def upgrade(path: Path, *, clock: Clock, scripts: Path = SCRIPTS, version: int | None = None) -> Path | None:
    """Bring the file to `version` (this program's); returns where the copy of the old one lies, None if no step ran.

    Raises: LeaseHeld while somebody works on a company; StorageError (STORAGE.MIGRATION) with the copy's place.
    """
    target = schema.VERSION if version is None else version
    with closing(connect(path)) as bare:
        leases.ensure_none_live(bare, now=clock.now())
    engine = write_engine(path, foreign_keys=False)
    copy: Path | None = None
    old = 0
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            old = _version(connection)
            if old == target:
                # Another process was first.
                transaction.rollback()
                return None
            # The write lock is held and nothing is changed yet: the copy is exactly what we start from.
            copy = _copy_of(path, old, clock.now())
            run_steps(connection, scripts=scripts, version=target)
            _ensure_references(connection)
            with crashpoints.point(schema.MIGRATE):
                transaction.commit()
    except Exception as error:  # a step may fail in any way: all of them are told
        engine.dispose()
        if copy is None:
            raise
        _put_back(path, copy, old)
        raise _failed(copy, error) from error
    finally:
        engine.dispose()
    return copy


def run_steps(connection: Connection, *, scripts: Path = SCRIPTS, version: int | None = None) -> None:
    """Run Alembic's steps on an open connection, inside the caller's transaction, and write the version down."""
    target = schema.VERSION if version is None else version
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, schema.revision(target))
    connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {target}")


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)


def _copy_of(path: Path, old: int, now: datetime) -> Path:
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{path.stem}-surum{old}-{now:%Y%m%d-%H%M%S}.db"
    copy_database(path, copy, point=BACKUP)
    return copy


def _ensure_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = sorted({str(row[0]) for row in broken})
        raise BrokenReferences(f"{len(broken)} rows of {', '.join(tables)} point at nothing")


def _put_back(path: Path, copy: Path, old: int) -> None:
    """Prove that the rollback left the old file; replace it by the copy if not."""
    with closing(connect(path)) as bare:
        is_sound = schema.read_version(bare) == old and bare.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        if not is_sound:
            # Without its log, or that of the broken file would be read into the copy.
            bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            bare.execute("PRAGMA journal_mode = DELETE")
    if not is_sound:
        copy_database(copy, path, point=RESTORE)


def _failed(copy: Path, error: Exception) -> StorageError:
    return StorageError(
        "STORAGE.MIGRATION",
        "Veritabanı yeni sürüme yükseltilemedi; eski hali korundu.",
        why=f"Yükseltme adımlarından biri tamamlanamadı ({type(error).__name__}).",
        todo=f"Eski programla çalışmayı sürdürün ve destek ekibine başvurun. Yedek: {copy}",
        raw_code=type(error).__name__,
        raw_text=str(error.__cause__ or error)[:500],
    )
