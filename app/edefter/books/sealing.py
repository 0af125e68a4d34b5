"""Writing a ledger and sealing it in one pass: the digest is taken of the characters as they are written.

A ledger of 200 MB is never loaded: what is hashed is the canonical form (see `text`, `head`, `lines`), so the digest of
`URI=""` is the SHA-256 of everything from the processing instruction to the end tag without the signature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

from app.domain.books import BookHead, BookKind, BookName
from app.domain.protocols import Sealer
from app.edefter.books.head import DECLARATION, ROOT_NAMESPACES, ending, opening
from app.signing.builder import SignatureIds, prepare_signature
from app.signing.xades import ensure_usable

_BLOCK: Final = 256
_CLOSE_BODY: Final = "</gl-cor:accountingEntries></xbrli:xbrl>"
_VALUE = re.compile(rb"<ds:SignatureValue[^>]*>([^<]+)</ds:SignatureValue>")
Checkpoint = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A sealed file. `sha256` is that of the whole file, `signature_value` the seal in Base64."""

    path: Path
    size_bytes: int
    sha256: str
    signature_value: str


def write_book(
    path: Path,
    head: BookHead,
    kind: BookKind,
    body: Iterable[str],
    *,
    sealer: Sealer,
    signing_time: datetime,
    checkpoint: Checkpoint = lambda _bytes: None,
) -> Written:
    """Write and seal Y or K to `path` (an empty file that the caller stages and renames).

    `body` are the entryHeaders as canonical text. `checkpoint` is called with the bytes written so far and may raise.
    Raises: SealError; OSError; whatever `body` raises. What is left at `path` then is worth nothing.
    """
    pieces = chain([opening(head, kind)], body, [_CLOSE_BODY])
    return write_sealed(path, head.name(kind), pieces, sealer=sealer, signing_time=signing_time, checkpoint=checkpoint)


def write_sealed(
    path: Path,
    name: BookName,
    pieces: Iterable[str],
    *,
    sealer: Sealer,
    signing_time: datetime,
    checkpoint: Checkpoint = lambda _bytes: None,
) -> Written:
    """Write canonical text from the processing instruction up to the signature's place, then signature and end tag.

    `name` is what the file will be called; the signature's Ids are made of it.
    """
    certificate = sealer.certificate
    ensure_usable(certificate, signing_time)
    hashed = hashlib.sha256()
    whole = hashlib.sha256()
    with path.open("wb") as file:
        size = _put(file, [whole], DECLARATION.encode())
        for block in _blocks(pieces):
            size += _put(file, [whole, hashed], block)
            checkpoint(size)
        end = ending(name.kind).encode()
        hashed.update(end)
        prepared = prepare_signature(
            digest=hashed.digest(),
            certificate=certificate,
            signing_time=signing_time,
            ids=SignatureIds.for_signature(f"Signature_{name.stem}"),
            role="",
            namespaces=ROOT_NAMESPACES,
        )
        signature = prepared.finish(sealer.sign([prepared.digest])[0])
        size += _put(file, [whole], signature + end)
    found = _VALUE.search(signature)
    assert found is not None
    return Written(path=path, size_bytes=size, sha256=whole.hexdigest(), signature_value=found[1].decode("ascii"))


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The text in blocks of some hundred kilobytes: one write and one hash call for many small pieces."""
    source = iter(pieces)
    while block := list(islice(source, _BLOCK)):
        yield "".join(block).encode("utf-8")


def _put(file: BinaryIO, digests: list[hashlib._Hash], data: bytes) -> int:
    for digest in digests:
        digest.update(data)
    return file.write(data)
