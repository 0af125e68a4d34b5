"""Joining PDFs page by page into one file, with no more in memory than the largest of them. Runs in a child process.

pypdf's own writer holds every object of every document until the end (285 MB for 500 invoices). Here each document's
objects are written as they are read; what stays is a number per object. A logo or a font that comes again, byte by
byte, is written once: five hundred invoices of one firm share them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.errors import RenderError
from app.runtime.files import write_fault

_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
#: Everything a page may bring along; left out are links to other pages and to the old tree.
_DROPPED = frozenset({"/Parent", "/StructParents", "/B"})
#: What leads back to the pages and to the old document's structure.
_UPWARD = frozenset({"/Parent", "/P", "/StructParent"})
#: Streams smaller than this are hardly ever the same, and a digest of each costs more than it saves.
_LEAST_SHARED = 512


def join(paths: list[str], out: str) -> list[int]:
    """Write the pages of `paths`, in order, into the file `out`; returns how many pages each of them has.

    Raises: RenderError PDF.EMPTY when there is nothing to join, PDF.DAMAGED naming the bad one (from 1);
    EnvironmentFault FILE.*.
    """
    try:
        return _joined(paths, out)
    except OSError as error:
        raise write_fault(Path(out), error) from error


def _joined(paths: list[str], out: str) -> list[int]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    counts: list[int] = []
    with open(out, "wb") as sink:
        writer = _Writer(sink)
        for number, path in enumerate(paths, start=1):
            try:
                with open(path, "rb") as source:
                    counts.append(writer.add(PdfReader(source)))
            except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise RenderError(
                    "PDF.DAMAGED",
                    f"{number}. belge birleştirilemedi.",
                    why="PDF içeriği bozuk.",
                    todo="Belgeyi tek başına yazdırmayı deneyin.",
                    raw_text=f"{type(error).__name__}: {error}",
                ) from error
        if not sum(counts):
            raise RenderError("PDF.EMPTY", "Birleştirilecek PDF yok.", todo="En az bir belge seçin.")
        writer.close()
        sink.flush()
        os.fsync(sink.fileno())
    return counts


class _Writer:
    """Numbers, offsets and digests of what was written; never the objects themselves."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._offsets: dict[int, int] = {}
        # 1 and 2 are the catalogue and the page tree, which are known only at the end.
        self._last = 2
        self._pages: list[int] = []
        self._shared: dict[bytes, int] = {}
        sink.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def add(self, reader: Any) -> int:
        """Copy all pages of one document; returns their number."""
        from pypdf.generic import DictionaryObject, IndirectObject, NameObject

        numbers: dict[int, int] = {}
        for page in reader.pages:
            copy = DictionaryObject()
            for key, value in page.items():
                if key not in _DROPPED:
                    copy[NameObject(key)] = value
            for key in _INHERITED:
                if key not in copy and (value := _inherited(page, key)) is not None:
                    copy[NameObject(key)] = value
            if "/Annots" in copy:
                kept = _outward_links(copy["/Annots"])
                del copy["/Annots"]
                if kept:
                    copy[NameObject("/Annots")] = kept
            copy[NameObject("/Parent")] = IndirectObject(2, 0, reader)
            self._copy_references(copy, numbers, reader)
            number = self._next()
            self._pages.append(number)
            self._write(number, copy, numbers)
        return len(reader.pages)

    def _copy_references(self, start: Any, numbers: dict[int, int], reader: Any) -> None:
        """Write everything that `start` leads to. Without recursion: a page's resources may be deep."""
        waiting = [*_references(start)]
        order: list[tuple[int, Any]] = []
        while waiting:
            old = waiting.pop()
            if old in numbers:
                continue
            value = reader.get_object(old)
            shared = self._share(value)
            if shared is not None:
                known = self._shared.get(shared)
                if known is not None:
                    numbers[old] = known
                    continue
            numbers[old] = self._next()
            if shared is not None:
                self._shared[shared] = numbers[old]
            order.append((numbers[old], value))
            waiting.extend(_references(value))
        for number, value in order:
            self._write(number, value, numbers)

    def _share(self, value: Any) -> bytes | None:
        """The digest of a stream that leads nowhere else: a font file, a picture."""
        from pypdf.generic import StreamObject

        if not isinstance(value, StreamObject) or len(value._data) < _LEAST_SHARED:
            return None
        if any(True for key, item in value.items() if key != "/Length" and any(_references(item))):
            return None
        told = repr(sorted((key, str(item)) for key, item in value.items() if key != "/Length"))
        return hashlib.sha256(told.encode() + b"\0" + value._data).digest()

    def _write(self, number: int, value: Any, numbers: dict[int, int]) -> None:
        self._offsets[number] = self._sink.tell()
        self._sink.write(b"%d 0 obj\n" % number)
        _renumbered(value, numbers).write_to_stream(self._sink)
        self._sink.write(b"\nendobj\n")

    def _next(self) -> int:
        self._last += 1
        return self._last

    def close(self) -> None:
        """The page tree, the catalogue and the table of offsets."""
        sink = self._sink
        self._offsets[2] = sink.tell()
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        sink.write(f"2 0 obj\n<< /Type /Pages /Count {len(self._pages)} /Kids [ {kids} ] >>\nendobj\n".encode())
        self._offsets[1] = sink.tell()
        sink.write(b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
        start = sink.tell()
        sink.write(b"xref\n0 %d\n0000000000 65535 f \n" % (self._last + 1))
        for number in range(1, self._last + 1):
            sink.write(b"%010d 00000 n \n" % self._offsets[number])
        sink.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (self._last + 1, start))


def _inherited(page: Any, key: str) -> Any:
    """What a page takes from the tree above it."""
    node, steps = page.get("/Parent"), 0
    while node is not None and steps < 50:
        node = node.get_object()
        if key in node:
            return node.raw_get(key)
        node, steps = node.get("/Parent"), steps + 1
    return None


def _outward_links(annotations: Any) -> Any:
    """The annotations without those that lead to a page: in the joined file they would lead astray."""
    from pypdf.generic import ArrayObject

    kept = ArrayObject()
    for each in annotations.get_object():
        annotation = each.get_object()
        action = annotation.get("/A")
        if "/Dest" in annotation or (action is not None and "/D" in action.get_object()):
            continue
        kept.append(each)
    return kept


def _references(value: Any) -> Iterator[int]:
    """The numbers that a value refers to, directly."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    if isinstance(value, IndirectObject):
        yield value.idnum
    elif isinstance(value, DictionaryObject):
        for key, item in value.items():
            if key not in _UPWARD:
                yield from _references(item)
    elif isinstance(value, ArrayObject):
        for item in value:
            yield from _references(item)


def _renumbered(value: Any, numbers: dict[int, int]) -> Any:
    """The value with every reference pointing into the new file; a reference to nothing becomes null."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject, StreamObject

    if isinstance(value, IndirectObject):
        number = numbers.get(value.idnum)
        return NullObject() if number is None else IndirectObject(number, 0, value.pdf)
    if isinstance(value, StreamObject):
        copy: Any = type(value)()
        copy._data = value._data
        _fill(copy, value, numbers)
        return copy
    if isinstance(value, DictionaryObject):
        copy = DictionaryObject()
        _fill(copy, value, numbers)
        return copy
    if isinstance(value, ArrayObject):
        return ArrayObject(_renumbered(item, numbers) for item in value)
    return value


def _fill(copy: Any, value: Any, numbers: dict[int, int]) -> None:
    from pypdf.generic import IndirectObject

    for key, item in value.items():
        if key == "/Parent" and isinstance(item, IndirectObject):
            copy[key] = IndirectObject(2, 0, item.pdf)
        elif key not in _UPWARD:
            copy[key] = _renumbered(item, numbers)
