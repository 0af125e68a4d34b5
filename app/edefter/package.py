"""Packages for GİB: zip files of a few deflated members, sizes and CRC in the local header, always the same bytes.

Python's zipfile cannot take a stream that is deflated already; a ledger is deflated while it is written. Every reader
knows this plainest form: no data descriptors, no zip64, no extra fields. Source: PKWARE APPNOTE 6.3.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from isal import isal_zlib

from app.edefter.books.body import LEVEL

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
#: The name is UTF-8 (bit 11); a ledger's name is ASCII, but a reader need not guess.
_FLAGS: Final = 0x0800
_DEFLATED: Final = 8
#: 1 January 1980, the oldest day a zip can tell: a package does not depend on when it was made.
_TIME, _DAY = 0, 33
_REGULAR_FILE: Final = 0o100644 << 16
_UNIX: Final = 3 << 8
_LIMIT: Final = 0xFFFF_FFFF
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of a package. `deflated` holds its raw deflate stream; None: `path` itself is read and deflated."""

    name: str
    path: Path
    deflated: Path | None = None
    size_bytes: int = 0
    crc32: int = 0
    packed_bytes: int = 0


def write_package(target: Path, members: Sequence[Member]) -> str:
    """Write the members to `target` (an empty file that the caller stages) in their order; returns its SHA-256.

    Raises: OSError; ValueError when a file is not what `Member` says, or larger than a plain zip can hold.
    """
    with target.open("w+b") as out:
        central = [_add(out, member) for member in members]
        start = out.tell()
        directory = b"".join(central)
        out.write(directory)
        count = len(central)
        out.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0))
        out.flush()
        out.seek(0)
        digest = hashlib.sha256()
        while chunk := out.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _add(out: BinaryIO, member: Member) -> bytes:
    """Write a member; returns its entry in the central directory."""
    name = member.name.encode()
    offset = out.tell()
    out.write(bytes(_LOCAL.size) + name)
    size, crc, packed = member.size_bytes, member.crc32, 0
    if member.deflated is not None:
        with member.deflated.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                packed += out.write(chunk)
        if packed != member.packed_bytes:
            raise ValueError(f"{member.name}: {packed} bytes deflated, {member.packed_bytes} expected")
    else:
        size = crc = 0
        deflate = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
        for chunk in _chunks(member.path):
            size += len(chunk)
            crc = isal_zlib.crc32(chunk, crc)
            packed += out.write(deflate.compress(chunk))
        packed += out.write(deflate.flush())
    end = out.tell()
    if max(size, packed, end) > _LIMIT:
        raise ValueError(f"{member.name}: too large for a package")
    known = (_FLAGS, _DEFLATED, _TIME, _DAY, crc, packed, size, len(name), 0)
    out.seek(offset)
    out.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, *known))
    out.seek(end)
    return _CENTRAL.pack(b"PK\x01\x02", _UNIX | _VERSION, _VERSION, *known, 0, 0, 0, _REGULAR_FILE, offset) + name


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
