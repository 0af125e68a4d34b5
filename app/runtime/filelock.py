"""One holder at a time for a file, across processes and threads. The system frees it when the holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import EnvironmentFault

_STEP_S = 0.02


@contextmanager
def hold(path: Path, *, deadline_s: float = 10.0) -> Iterator[None]:
    """Hold the lock named by the file `path` (made when missing, never deleted, its content means nothing).

    Not re-entrant. Raises: EnvironmentFault FILE.BUSY when another holder keeps it past the deadline, FILE.DENIED
    when the file cannot be made.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as e:
        raise EnvironmentFault(
            "FILE.DENIED",
            f"Kilit dosyası açılamadı: {path}",
            why=f"İşletim sistemi izin vermedi ({e.strerror or type(e).__name__}).",
            todo="Veri klasörüne yazma izniniz olduğuna bakın.",
            retry_safe=True,
            raw_text=str(e),
        ) from e
    try:
        limit = time.monotonic() + deadline_s
        while not _try_lock(handle):
            if time.monotonic() >= limit:
                raise EnvironmentFault(
                    "FILE.BUSY",
                    f"Dosya meşgul: {path}",
                    why="Başka bir Mühürdar penceresi ya da komutu onu kullanıyor.",
                    todo="Birazdan yeniden deneyin.",
                    retry_safe=True,
                )
            time.sleep(_STEP_S)
        try:
            yield
        finally:
            _unlock(handle)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        # flock, not lockf: it belongs to this opening, so that two threads of one process exclude each other too.
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
