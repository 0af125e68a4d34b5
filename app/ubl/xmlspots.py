"""Where in a large file its elements stand: line and path, found in one walk with flat memory.

For files that `xmlsafe` has read before: a DTD ends the walk. Expat, for it alone knows the line and the offset of what
it reads in a file of any size (libxml2 keeps 16 bits of a line in an element).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

_CHUNK = 1 << 20
_SEPARATOR = "\x01"


class _Enough(Exception):
    """Nothing more is looked for, or nothing more can be said."""


@dataclass(slots=True)
class Spot:
    """An element that was looked for, and the elements that it stands in."""

    name: str
    line: int
    parent: Spot | None
    rank: int
    #: How many children of each name it has had.
    children: dict[str, int] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """`{uri}local`, as lxml writes it."""
        parts = self.name.split(_SEPARATOR)
        return self.name if len(parts) == 1 else f"{{{parts[0]}}}{parts[1]}"

    @property
    def path(self) -> str:
        """Such as `/defter/xbrli:xbrl/.../gl-cor:entryHeader[3]`: numbered among several, the root without prefix."""
        steps: list[str] = []
        at: Spot | None = self
        while at is not None:
            parts = at.name.split(_SEPARATOR)
            local = parts[min(1, len(parts) - 1)]
            if at.parent is None:
                steps.append(local)
                break
            step = f"{parts[2]}:{local}" if len(parts) == 3 else local
            steps.append(f"{step}[{at.rank}]" if at.parent.children[_key(at.name)] > 1 else step)
            at = at.parent
        return "/" + "/".join(reversed(steps))

    def within(self, tag: str) -> Spot:
        """The nearest of this element and those it stands in that is called `tag`; this one where none is."""
        at: Spot | None = self
        while at is not None:
            if at.tag == tag:
                return at
            at = at.parent
        return self


def find_spots(
    path: Path, *, ordinals: Collection[int] = (), offsets: Collection[int] = ()
) -> tuple[dict[int, Spot], dict[int, Spot]]:
    """The elements with these ordinals (from 1, in document order), and those that were begun or ended last before
    these offsets (in bytes). What cannot be found is missing; nothing is raised for what the file contains.
    """
    walk = _Walk(set(ordinals), sorted(offsets))
    with path.open("rb") as file:
        walk.read(iter(lambda: file.read(_CHUNK), b""))
    return walk.by_ordinal, walk.by_offset


class _Walk:
    def __init__(self, ordinals: set[int], offsets: list[int]) -> None:
        self.by_ordinal: dict[int, Spot] = {}
        self.by_offset: dict[int, Spot] = {}
        self._ordinals = ordinals
        self._offsets = offsets
        self._next = 0
        self._count = 0
        self._at: Spot | None = None
        self._last: Spot | None = None
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._stop
        self._parser = parser

    def read(self, chunks: Iterator[bytes]) -> None:
        try:
            for chunk in chunks:
                self._parser.Parse(chunk, False)
            self._parser.Parse(b"", True)
        except (_Enough, expat.ExpatError):
            return
        finally:
            self._take(None)

    def _start(self, name: str, _attributes: object) -> None:
        self._count += 1
        parser = self._parser
        if self._next < len(self._offsets):
            self._take(parser.CurrentByteIndex)
        parent = self._at
        rank = 1
        if parent is not None:
            key = _key(name)
            rank = parent.children[key] = parent.children.get(key, 0) + 1
        here = Spot(name, parser.CurrentLineNumber, parent, rank)
        self._at = self._last = here
        if self._count in self._ordinals:
            self.by_ordinal[self._count] = here

    def _end(self, _name: str) -> None:
        if self._next < len(self._offsets):
            self._take(self._parser.CurrentByteIndex)
        here = self._at
        if here is not None:
            self._last, self._at = here, here.parent

    def _stop(self, *_: object) -> None:
        raise _Enough

    def _take(self, index: int | None) -> None:
        """Give the element of the last event to the offsets that lie before the event at `index`."""
        while self._next < len(self._offsets) and (index is None or self._offsets[self._next] <= index):
            if self._last is not None:
                self.by_offset[self._offsets[self._next]] = self._last
            self._next += 1


def _key(name: str) -> str:
    """The name without its prefix."""
    parts = name.split(_SEPARATOR)
    return _SEPARATOR.join(parts[:2])
