"""Who looks at an archive's files: two child processes side by side; or nobody but ourselves, when it is small."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from app.domain.errors import AppError
from app.domain.protocols import Progress
from app.edefter.archive import FileName
from app.runtime.children import ChildPool
from app.workflows.ledger_look import look

#: Below this many bytes of XML the files are looked at here, in some tenths of a second.
SMALL_BYTES: Final = 8 * 1024 * 1024
_LOOKERS: Final = 2
#: What is asked for ahead of its turn: no looker stands idle, and an archive of ten years is no queue of ten years.
_AHEAD: Final = 8
#: A book is read as a stream; a seal that another program wrote may want 64 MB of XML parsed whole.
_MEMORY_MB: Final = 1_200
#: Of one file, on a slow disk.
_DEADLINE_S: Final = 1_800.0
_LOOK_S: Final = 0.1
_MIB: Final = 1024 * 1024


def look_at(
    files: Sequence[tuple[Path, FileName]], progress: Progress, *, small_bytes: int = SMALL_BYTES
) -> Generator[dict[str, Any]]:
    """What `ledger_look.look` tells of each file, in their order; here when they are small together.

    Raises: JobCancelled (the children end at once).
    """
    sizes = [_size(path) for path, _ in files]
    if sum(sizes) < small_bytes:
        for index, (path, name) in enumerate(files):
            progress.checkpoint()
            progress.report(index, len(files), path.name)
            yield look(*_args(path, name))
        return
    total, done = sum(sizes) // _MIB, 0
    pool = ChildPool(_LOOKERS)
    pool.warm_up(_LOOKERS)
    threads = ThreadPoolExecutor(_LOOKERS, thread_name_prefix="ledger-looker")
    try:
        for (path, _), size, job in zip(files, sizes, _begun(pool, threads, files), strict=True):
            while not futures.wait([job], timeout=_LOOK_S).done:
                progress.checkpoint()
                progress.report(done // _MIB, total, f"{path.name}: denetleniyor (MB)")
            progress.checkpoint()
            done += size
            progress.report(done // _MIB, total, f"{path.name}: denetlendi (MB)")
            yield job.result()
    finally:
        pool.close()
        threads.shutdown(wait=True, cancel_futures=True)


def _begun(
    pool: ChildPool, threads: ThreadPoolExecutor, files: Iterable[tuple[Path, FileName]]
) -> Iterator[Future[dict[str, Any]]]:
    """The files' looks in their order, some of them under way ahead of their turn."""
    waiting: deque[Future[dict[str, Any]]] = deque()
    for path, name in files:
        waiting.append(threads.submit(_in_child, pool, path, name))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft()
    yield from waiting


def _in_child(pool: ChildPool, path: Path, name: FileName) -> dict[str, Any]:
    try:
        told: dict[str, Any] = pool.call(
            "app.workflows.ledger_look:look", *_args(path, name), deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB
        )
    except AppError as error:
        # One file that brings its reader down is that file's verdict; the others are looked at all the same.
        return {
            "sha256": "",
            "size_bytes": 0,
            "problems": [f"Dosya denetlenemedi: {error.sentence}"],
            "time_stamp": None,
            "facts": None,
        }
    return told


def _args(path: Path, name: FileName) -> tuple[str, str, str, bool]:
    # Absolute: a child works in a folder of its own.
    return str(path.absolute()), name.owner, name.period, name.is_gibs


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
