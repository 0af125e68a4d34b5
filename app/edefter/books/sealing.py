"""Writing a ledger and sealing it in one pass: the digest is taken of the characters as they are written.

A ledger of 200 MB is never loaded: what is hashed is the canonical form (see `text`, `head`, `lines`), so the digest of
`URI=""` is the SHA-256 of everything from the processing instruction to the end tag without the signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from app.domain.books import BookHead, BookKind, BookName
from app.domain.protocols import Sealer, TimeStamper
from app.edefter.books.body import CLOSE_BODY, BodyFile
from app.edefter.books.head import ROOT_NAMESPACES, ending, opening
from app.signing.builder import SignatureIds, prepare_signature
from app.signing.xades import ensure_usable

_BLOCK: Final = 256
_VALUE = re.compile(rb"<ds:SignatureValue[^>]*>([^<]+)</ds:SignatureValue>")
Checkpoint = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A sealed file. `sha256` is that of the whole file, `signature_value` the seal in Base64."""

    path: Path
    size_bytes: int
    sha256: str
    signature_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A ds:Signature as it stands in the file, and its value in Base64."""

    element: bytes
    signature_value: str


def write_book(
    path: Path,
    head: BookHead,
    kind: BookKind,
    body: Iterable[str],
    *,
    sealer: Sealer,
    signing_time: datetime,
    stamper: TimeStamper | None = None,
    checkpoint: Checkpoint = lambda _bytes: None,
) -> Written:
    """Write and seal a book to `path` (an empty file that the caller stages and renames).

    `body` are the entryHeaders as canonical text. `checkpoint` is called with the bytes written so far and may raise.
    Raises: SealError; OSError; whatever `body` raises. What is left at `path` then is worth nothing.
    """
    pieces = chain([opening(head, kind)], body, [CLOSE_BODY.decode()])
    return write_sealed(
        path,
        head.name(kind),
        pieces,
        sealer=sealer,
        signing_time=signing_time,
        stamper=stamper,
        checkpoint=checkpoint,
    )


def write_sealed(
    path: Path,
    name: BookName,
    pieces: Iterable[str],
    *,
    sealer: Sealer,
    signing_time: datetime,
    stamper: TimeStamper | None = None,
    checkpoint: Checkpoint = lambda _bytes: None,
) -> Written:
    """Write canonical text from the processing instruction up to the signature's place, then signature and end tag.

    `name` is what the file will be called; the signature's Ids are made of it.
    """
    with BodyFile(path) as file:
        for block in _blocks(pieces):
            file.write(block)
            checkpoint(file.size_bytes)
        end = ending(name.kind).encode()
        seal = seal_of(name, file.digest(end), sealer=sealer, signing_time=signing_time, stamper=stamper)
        facts = file.finish(seal.element + end)
    return Written(path=path, size_bytes=facts.size_bytes, sha256=facts.sha256, signature_value=seal.signature_value)


def seal_of(
    name: BookName, digest: bytes, *, sealer: Sealer, signing_time: datetime, stamper: TimeStamper | None = None
) -> Seal:
    """The signature of the file called `name` whose canonical text has this digest; with `stamper`, time-stamped.

    Raises: SealError; ConfigError TSA.*.
    """
    certificate = sealer.certificate
    ensure_usable(certificate, signing_time)
    prepared = prepare_signature(
        digest=digest,
        certificate=certificate,
        signing_time=signing_time,
        ids=SignatureIds.for_signature(f"Signature_{name.stem}"),
        role="",
        namespaces=ROOT_NAMESPACES,
    )
    value = sealer.sign([prepared.digest])[0]
    stamp = stamper.stamp(prepared.stamped_bytes(value)) if stamper is not None else b""
    element = prepared.finish(value, time_stamp=stamp)
    found = _VALUE.search(element)
    assert found is not None
    return Seal(element=element, signature_value=found[1].decode("ascii"))


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The text in blocks of some hundred kilobytes: one write and one hash call for many small pieces."""
    source = iter(pieces)
    while block := list(islice(source, _BLOCK)):
        yield "".join(block).encode("utf-8")
