"""SQLite's complaints, said once at the door of the room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError

from app.domain.errors import AppError, EnvironmentFault, StorageError


@contextmanager
def translated(what: str = "Veritabanı işlemi yapılamadı.", *, reader: bool = False) -> Iterator[None]:
    """Turn SQLite errors into AppErrors. The values of the statement never enter the message."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise translate(error.orig, what, reader=reader) from error
        raise
    except sqlite3.Error as error:
        raise translate(error, what, reader=reader) from error


def translate(error: sqlite3.Error, what: str, *, reader: bool = False) -> AppError:
    """The AppError for a SQLite error. `retry_safe` holds for every kind: the transaction was rolled back."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    raw: Any = {"raw_code": getattr(error, "sqlite_errorname", type(error).__name__), "raw_text": str(error)}
    if code == sqlite3.SQLITE_FULL:
        return EnvironmentFault(
            "DISK.FULL",
            what,
            why="Diskte yer kalmadı.",
            todo="Diskte yer açıp yeniden deneyin; kayıtlı verileriniz duruyor.",
            retry_safe=True,
            **raw,
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageError(
            "STORAGE.BUSY",
            what,
            why="Başka bir pencere veya komut veritabanını uzun süredir kullanıyor.",
            todo="Öteki işin bitmesini bekleyip yeniden deneyin.",
            retry_safe=True,
            **raw,
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StorageError(
            "STORAGE.DAMAGED",
            what,
            why="Veritabanı dosyası bozuk ya da bir veritabanı değil.",
            todo="Son yedeği 'muhurdar restore' ile geri yükleyin; bozuk dosyayı silmeyin.",
            **raw,
        )
    if reader and code == sqlite3.SQLITE_READONLY:
        return StorageError(
            "STORAGE.READER_WRITES",
            what,
            why="Okuma işlemi içinde yazılmak istendi (program hatası).",
            todo="Günlük dosyasını destek ekibine iletin.",
            **raw,
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM):
        return EnvironmentFault(
            "DISK.ACCESS",
            what,
            why="Veritabanı dosyasına erişilemiyor ya da yazılamıyor.",
            todo="Klasörün izinlerini, diski ve virüs programını denetleyip yeniden deneyin.",
            retry_safe=True,
            **raw,
        )
    if code == sqlite3.SQLITE_CONSTRAINT:
        return StorageError(
            "STORAGE.CONSTRAINT",
            what,
            why="Yazılmak istenen kayıt veritabanının bir kuralını bozuyor; hiçbir şey yazılmadı.",
            todo="Günlük dosyasını destek ekibine iletin.",
            **raw,
        )
    return StorageError("STORAGE.FAILED", what, why="Veritabanı işi geri çevirdi.", todo="Yeniden deneyin.", **raw)
