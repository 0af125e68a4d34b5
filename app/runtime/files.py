"""Writing files whole: temporary name, flush, fsync, replace. The only place in the application that renames files.

A reader sees the old content or the new one, never a half; a crash leaves at most a stray temporary file, which
`remove_leftovers` clears.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import EnvironmentFault
from app.runtime import crashpoints

OUTPUT = crashpoints.declare("file.output", "a file the user asked for (-o, --pdf, --out)")

_PREFIX = ".muhurdar-"
_SUFFIX = ".tmp"
# A virus scanner or an open viewer holds a file for a moment on Windows; longer than this is a real refusal.
_REPLACE_PATIENCE_S = 2.0
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def replace_file(path: Path, data: bytes, *, point: str, mode: int = 0o600) -> None:
    """Make `data` the whole content of `path`, or leave what was there.

    `point` is a declared crash point around the rename; `mode` is the POSIX permission of the new file (for this
    user only unless told otherwise). The folder must exist. Any thread.
    Raises: EnvironmentFault FILE.FULL, FILE.DENIED, FILE.LOCKED, FILE.NO_FOLDER or FILE.WRITE; KeyError for an
    undeclared point.
    """
    with staged(path, point=point, mode=mode) as temporary, temporary.open("wb") as out:
        out.write(data)


@contextmanager
def staged(path: Path, *, point: str, mode: int = 0o600) -> Iterator[Path]:
    """Give a temporary file in `path`'s folder to fill; it takes the place of `path` when the block ends well.

    For content that does not fit in memory or that another library writes. The temporary file exists (empty) and
    must be closed again by the end of the block; if the block raises, it is removed and `path` is untouched.
    Raises: as `replace_file`. An OSError from inside the block is translated too.
    """
    temporary = path.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    try:
        # O_EXCL: never write through a link that somebody put there.
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        try:
            yield temporary
            _sync_file(temporary)
            with crashpoints.point(point):
                _replace(temporary, path)
                _sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as e:
        raise write_fault(path, e) from e


@contextmanager
def scratch_file(folder: Path) -> Iterator[Path]:
    """Give an empty temporary file in `folder`; it is removed when the block ends, and by `remove_leftovers`.

    Raises: EnvironmentFault FILE.*.
    """
    path = folder / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as e:
        raise write_fault(path, e) from e
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def file_aside(path: Path, *, mode: int = 0o644) -> Path:
    """An empty temporary file beside `path`, for a caller who brings it to its place with `move_file` or removes it.

    Raises: EnvironmentFault FILE.*.
    """
    temporary = path.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    except OSError as e:
        raise write_fault(path, e) from e
    return temporary


def sync_file(path: Path) -> None:
    """Bring what was written to the disk. Raises: EnvironmentFault FILE.*."""
    try:
        _sync_file(path)
    except OSError as e:
        raise write_fault(path, e) from e


def move_file(source: Path, target: Path, *, point: str) -> None:
    """Give a file another place on the same disk; what stands at `target` is replaced. Both folders exist.

    Raises: EnvironmentFault FILE.*; KeyError for an undeclared point.
    """
    try:
        with crashpoints.point(point):
            _replace(source, target)
        _sync_folder(target.parent)
        _sync_folder(source.parent)
    except OSError as e:
        raise write_fault(target, e) from e


def write_output(path: Path, data: bytes) -> None:
    """Write a file the user asked for, with the permissions the user's umask gives. Missing folders are made.

    A link is followed (its target is replaced); a device such as /dev/null or a pipe is written to directly.
    Raises: EnvironmentFault FILE.* as `replace_file`.
    """
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(target))
        if target.exists() and not target.is_file():
            with target.open("wb") as out:
                out.write(data)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666
    except OSError as e:
        raise write_fault(path, e) from e
    replace_file(target, data, point=OUTPUT, mode=mode)


def remove_leftovers(folder: Path, *, older_than_s: float = 3600.0) -> int:
    """Remove temporary files that a crash left in `folder`; return how many.

    Younger ones may belong to a live process.
    """
    removed = 0
    limit = time.time() - older_than_s
    for stray in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            if stray.stat().st_mtime <= limit:
                stray.unlink()
                removed += 1
    return removed


def write_fault(path: Path, error: OSError) -> EnvironmentFault:
    """The operating system's refusal to write `path`, in the user's words."""
    if error.errno in _FULL:
        code, why, todo = "FILE.FULL", "Diskte yer kalmadı.", "Diskte yer açıp yeniden deneyin."
    elif isinstance(error, FileNotFoundError):
        code, why, todo = "FILE.NO_FOLDER", "Klasör bulunamadı.", "Var olan bir klasör seçin."
    elif isinstance(error, IsADirectoryError | FileExistsError | NotADirectoryError):
        code, why, todo = (
            "FILE.IS_FOLDER",
            "Bu adda bir klasör ya da başka bir dosya var.",
            "Başka bir dosya adı verin.",
        )
    elif getattr(error, "winerror", None) in (32, 33):
        code, why, todo = "FILE.LOCKED", "Dosya başka bir programda açık.", "O programı kapatıp yeniden deneyin."
    elif error.errno in _DENIED:
        code, why, todo = "FILE.DENIED", "Yazma izni yok.", "Yazma izniniz olan bir yer seçin."
    else:
        why = f"İşletim sistemi izin vermedi ({error.strerror or type(error).__name__})."
        code, todo = "FILE.WRITE", "Diski ve klasörü denetleyip yeniden deneyin."
    return EnvironmentFault(code, f"Dosya yazılamadı: {path}", why=why, todo=todo, retry_safe=True, raw_text=str(error))


def _sync_file(path: Path) -> None:
    # Windows flushes only through a handle that may write.
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(source: Path, target: Path) -> None:
    deadline = time.monotonic() + _REPLACE_PATIENCE_S
    while True:
        try:
            source.replace(target)
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() >= deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # a folder cannot be opened there; NTFS journals the rename
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as e:
        # Some network and FUSE file systems know no fsync of a folder; the content itself is already on the disk.
        if e.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
