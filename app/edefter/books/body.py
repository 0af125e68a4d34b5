"""A ledger file while it is written: its digests, and its share of a package, are taken of the bytes on their way."""

from __future__ import annotations

import hashlib
import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from isal import isal_zlib

from app.edefter.books.head import DECLARATION

#: What follows the last entryHeader, before the signature.
CLOSE_BODY: Final = b"</gl-cor:accountingEntries></xbrli:xbrl>"
#: igzip's first level: a ledger shrinks to a twentieth at more than a gigabyte a second; higher ones bring nothing.
LEVEL: Final = 1
_RAW: Final = -15


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A whole file. `crc32` and `packed_bytes` are 0 where it was not deflated too."""

    size_bytes: int
    sha256: str
    crc32: int = 0
    packed_bytes: int = 0


class BodyFile:
    """A ledger file from its declaration to its end tag, in three steps: `write` the text, `digest`, `finish`.

    `packed` is a second file that takes the raw deflate stream of the first. Both exist and are empty; what is left
    in them when `finish` was not called is worth nothing. One thread.
    """

    def __init__(self, path: Path, *, packed: Path | None = None) -> None:
        self._hashed = hashlib.sha256()
        self._whole = hashlib.sha256()
        self._crc = 0
        self.size_bytes = 0
        self._packed_bytes = 0
        with ExitStack() as stack:
            self._file = stack.enter_context(path.open("wb"))
            self._packed = stack.enter_context(packed.open("wb")) if packed else None
            self._files = stack.pop_all()
        self._deflate = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, _RAW) if packed else None
        self._put(DECLARATION.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Canonical text, from the processing instruction on."""
        self._hashed.update(data)
        self._put(data)

    def digest(self, ending: bytes) -> bytes:
        """What the seal's first reference says: the digest of what was written and of `ending`, the end tag."""
        hashed = self._hashed.copy()
        hashed.update(ending)
        return hashed.digest()

    def finish(self, tail: bytes) -> FileFacts:
        """Write the signature and the end tag, bring the file to the disk and close it."""
        self._put(tail)
        if self._deflate is not None and self._packed is not None:
            self._packed_bytes += self._packed.write(self._deflate.flush())
            self._packed.flush()
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        return FileFacts(
            size_bytes=self.size_bytes,
            sha256=self._whole.hexdigest(),
            crc32=self._crc,
            packed_bytes=self._packed_bytes,
        )

    def close(self) -> None:
        """Close the files as they are. What could not be written has been told by `write` or `finish`."""
        with suppress(OSError):
            self._files.close()

    def _put(self, data: bytes) -> None:
        self._whole.update(data)
        self.size_bytes += self._file.write(data)
        if self._deflate is not None and self._packed is not None:
            self._crc = isal_zlib.crc32(data, self._crc)
            self._packed_bytes += self._packed.write(self._deflate.compress(data))
