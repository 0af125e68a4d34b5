"""Opening a ledger file to look at: the kept index when the file is known by its SHA-256, else one scan.

The cache is a folder whose files may be deleted at any time; the newest stay, to a size.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.domain.protocols import NoProgress, Progress
from app.edefter.reading import faults
from app.edefter.reading.index import LedgerIndex, index_from_bytes
from app.edefter.reading.reader import LedgerReader
from app.edefter.reading.scan import scan_beginning, scan_file
from app.runtime.files import write_output

_log = logging.getLogger(__name__)
_CHUNK: Final = 1024 * 1024
_ENDING: Final = ".ledgerindex"
_KEPT_BYTES: Final = 512 * 1024 * 1024
#: A file smaller than this is scanned in the blink of an eye.
_WORTH_KEEPING: Final = 4 * 1024 * 1024


def open_beginning(path: Path) -> LedgerReader:
    """The first megabyte, at once. Raises: InputError LEDGERFILE.*; EnvironmentFault LEDGERFILE.READ."""
    return LedgerReader(path, scan_beginning(path))


def open_ledger_file(path: Path, *, cache: Path | None = None, progress: Progress | None = None) -> LedgerReader:
    """The whole file. Raises as `open_beginning`, and JobCancelled."""
    progress = progress or NoProgress()
    kept = None
    try:
        facts = path.stat()
        if cache is not None and facts.st_size >= _WORTH_KEEPING:
            kept = _Kept(cache)
            found = kept.find(_digest(path, progress.checkpoint))
            if found is not None and found.size_bytes == facts.st_size:
                found.modified_ns = facts.st_mtime_ns
                return LedgerReader(path, found)
    except OSError as error:
        raise faults.unreadable(path, error) from error
    index = scan_file(path, progress=progress)
    if kept is not None:
        kept.keep(index)
    return LedgerReader(path, index)


def _digest(path: Path, checkpoint: Callable[[], None]) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            checkpoint()
            digest.update(chunk)
    return digest.hexdigest()


class _Kept:
    """The indexes that were made before. A cache that cannot be read or written is none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, sha256: str) -> LedgerIndex | None:
        path = self._path(sha256)
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        found = index_from_bytes(raw, sha256=sha256)
        if found is not None:
            path.touch()
        return found

    def keep(self, index: LedgerIndex) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_output(self._path(index.sha256), index.to_bytes())
            self._thin()
        except (OSError, AppError) as error:
            _log.info("the index of a ledger file was not kept: %s", type(error).__name__)

    def _thin(self) -> None:
        """The oldest go first."""
        files = sorted(self._folder.glob(f"*{_ENDING}"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in files:
            total += path.stat().st_size
            if total > _KEPT_BYTES:
                path.unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{_ENDING}"
