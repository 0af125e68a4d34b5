"""The office's database to one file and back. Secrets are not in it: they stay in the keyring or the vault."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.errors import InputError, StorageError
from app.domain.protocols import Clock
from app.runtime.clock import SystemClock
from app.runtime.files import staged
from app.storage import leases, restored, schema
from app.storage.engines import connect, write_engine
from app.storage.errors import translated
from app.storage.filecopy import BACKUP, RESTORE, copy_database, ensure_sound, fill, open_readonly

_SIDE_FILES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup file holds. `version` is that of its tables."""

    path: Path
    size_bytes: int
    version: int
    companies: int
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was (or, in a dry run, would be) restored; `kept_aside` is where the replaced database lies now.

    `marked` companies have to ask their integrator for the numbers given since the backup before they seal again.
    """

    source: BackupReport
    is_migrated: bool
    kept_aside: Path | None
    marked: int = 0


def backup(db_path: Path, target: Path) -> BackupReport:
    """Copy the database, also while others write in it, into `target`, checked for soundness.

    Raises: InputError (BACKUP.MISSING, BACKUP.SAME), StorageError, EnvironmentFault.
    """
    _ensure_file(db_path)
    if target.resolve() == db_path.resolve():
        raise InputError("BACKUP.SAME", "Yedek, veritabanının kendi üzerine yazılamaz.", todo="Başka bir ad verin.")
    with translated("Yedek alınamadı."):
        copy_database(db_path, target, point=BACKUP)
        return inspect(target)


def inspect(path: Path) -> BackupReport:
    """What a database file holds. Raises: StorageError (STORAGE.FOREIGN, STORAGE.NEWER, STORAGE.DAMAGED)."""
    _ensure_file(path)
    with translated("Dosya okunamadı."), closing(open_readonly(path)) as connection:
        schema.ensure_ours(connection)
        version = schema.read_version(connection)
        if version > schema.VERSION:
            raise schema.newer_version(version)
        if version == 0:
            raise InputError("BACKUP.EMPTY", "Dosyada hiç kayıt yok.", todo="Bir Mühürdar yedeği seçin.")
        return BackupReport(
            path=path,
            size_bytes=path.stat().st_size,
            version=version,
            companies=connection.execute("SELECT count(*) FROM company").fetchone()[0],
            documents=connection.execute("SELECT count(*) FROM document").fetchone()[0],
        )


def restore(
    source: Path, db_path: Path, *, dry_run: bool = False, clock: Clock | None = None, aside: Path | None = None
) -> RestoreReport:
    """Put a backup in the place of the database. It is copied, checked and migrated aside first; `dry_run` ends there.

    The database it replaces is kept in `aside` (default: `backups/` beside it). Close your own Database before. Every
    company is marked (`storage.restored`): numbers given after the backup are not known here any more.
    Raises: LeaseHeld while somebody works on a company, StorageError (RESTORE.IN_USE while a window has it open,
    STORAGE.NEWER, STORAGE.FOREIGN, STORAGE.DAMAGED), InputError (BACKUP.MISSING, BACKUP.SAME).
    """
    moment = (clock or SystemClock()).now()
    _ensure_file(source)
    if source.resolve() == db_path.resolve():
        raise InputError("BACKUP.SAME", "Veritabanı kendi üzerine geri yüklenemez.", todo="Yedek dosyasını seçin.")
    kept: Path | None = None
    with translated("Yedek geri yüklenemedi."):
        report = inspect(source)
        try:
            # The guard is the outer one: it is let go after the new file has taken the place of the old.
            with ExitStack() as guard, staged(db_path, point=RESTORE) as temporary:
                fill(source, temporary)
                is_migrated = _bring_up_to_date(temporary)
                marked = _prepare(temporary, at=moment)
                alone = _take_alone(db_path, guard, now=moment) if db_path.exists() else None
                if dry_run:
                    raise _OnlyLooked
                if db_path.exists():
                    kept = (aside or db_path.parent / "backups") / f"{db_path.stem}-onceki-{moment:%Y%m%d-%H%M%S}.db"
                    _keep_aside(db_path, kept)
                if alone is not None:
                    _shut(alone)
                if sys.platform == "win32":
                    guard.close()  # an open file cannot be replaced there, neither ours nor anybody's
        except _OnlyLooked:
            return RestoreReport(source=report, is_migrated=is_migrated, kept_aside=None, marked=marked)
    return RestoreReport(source=report, is_migrated=is_migrated, kept_aside=kept, marked=marked)


class _OnlyLooked(Exception):
    pass


def _ensure_file(path: Path) -> None:
    if not path.is_file():
        raise InputError("BACKUP.MISSING", f"Dosya bulunamadı: {path}", todo="Dosyanın yerini kontrol edin.")


def _bring_up_to_date(path: Path) -> bool:
    """Migrate the copy of an older backup; no copy of the copy is made. Returns whether it was needed."""
    with closing(connect(path)) as connection:
        if schema.read_version(connection) == schema.VERSION:
            return False
    from app.runtime import crashpoints
    from app.storage import migrate

    engine = write_engine(path, foreign_keys=False)
    try:
        with engine.connect() as connection_, connection_.begin() as transaction:
            migrate.run_steps(connection_)
            with crashpoints.point(schema.MIGRATE):
                transaction.commit()
    finally:
        engine.dispose()
    with closing(connect(path)) as connection:
        ensure_sound(connection)
    return True


def _prepare(path: Path, *, at: datetime) -> int:
    """What the copy must say before it goes live; returns how many companies are marked.

    Whoever held a lease when the backup was made does not hold it now.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM lease")
        return restored.mark_all(connection, at=at)


@dataclass(frozen=True, slots=True)
class _Alone:
    """A connection that was the only one, and what the file was then."""

    connection: sqlite3.Connection
    version: int


def _take_alone(db_path: Path, guard: ExitStack, *, now: datetime) -> _Alone | None:
    """Raise unless nobody works in the database. Its log is folded into the file on the way.

    The connection stays open until `guard` closes; None for a damaged file, which nobody can work in.
    """
    try:
        connection = guard.enter_context(closing(connect(db_path)))
        leases.ensure_none_live(connection, now=now)
        connection.execute("PRAGMA busy_timeout = 1000")
        # Leaving WAL mode needs the file for oneself: it fails while any other connection is open.
        connection.execute("PRAGMA journal_mode = DELETE")
        return _Alone(connection, _data_version(connection))
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _in_use() from error
        if code not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        # A damaged database is the very reason to restore: it is kept aside as it is.
        return None


def _shut(alone: _Alone) -> None:
    """Lock the old file until it is replaced; raise when somebody wrote into it since we looked.

    Only now: reading the file for the copy would have let the lock go (POSIX drops all of a process's locks on a file
    with the first handle it closes). Whoever opens the old file from here on waits, and then finds it gone.
    """
    try:
        alone.connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise _in_use() from error
    if _data_version(alone.connection) != alone.version:
        raise _in_use()


def _data_version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _in_use() -> StorageError:
    return StorageError(
        "RESTORE.IN_USE",
        "Yedek geri yüklenemedi.",
        why="Veritabanı açık bir pencerede veya komutta kullanılıyor.",
        todo="Bütün Mühürdar pencerelerini kapatıp yeniden deneyin.",
        retry_safe=True,
    )


def _keep_aside(db_path: Path, kept: Path) -> None:
    """Copy the present database byte for byte, damaged or not, then drop its side files.

    A log left behind would be read into the restored file.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    with staged(kept, point=BACKUP) as temporary:
        shutil.copyfile(db_path, temporary)
    for ending in _SIDE_FILES:
        side = db_path.with_name(db_path.name + ending)
        if side.exists():
            with staged(kept.with_name(kept.name + ending), point=BACKUP) as temporary:
                shutil.copyfile(side, temporary)
            side.unlink()
