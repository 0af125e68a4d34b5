"""The index of a ledger file: where each header and line stands, their numbers, and a folded text to search in.

A header is a voucher (yevmiye, envanter), an account (kebir) or the list of sums (berat, rapor). Nothing of the file
but these few numbers and words per line is held; what is shown is read from the file by offset.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.turkish import fold

VERSION: Final = 1
#: Fields of a line's search text, in their order; between them stands `_GAP`, at the end of a line `_END`.
FIELDS: Final = ("account", "document", "amount", "text")
_GAP: Final = b"\x1f"
_END: Final = b"\n"
_MAGIC: Final = b"MUHURDAR LEDGER INDEX\n"
_ARRAYS: Final = (
    ("header_offset", "Q"),
    ("header_size", "Q"),
    ("header_line", "Q"),
    ("header_number", "Q"),
    ("header_text_at", "Q"),
    ("line_offset", "Q"),
    ("line_size", "Q"),
    ("line_number", "Q"),
    ("line_entry", "Q"),
    ("line_text_at", "Q"),
)
_AMOUNT = re.compile(r"\d{1,3}(\.\d{3})+(,\d{1,2})?|\d+,\d{1,2}")


def _numbers() -> array[int]:
    return array("Q")


@dataclass(slots=True, kw_only=True)
class LedgerIndex:
    """`header_line[i]` is the first line of header i; its lines go up to the first line of the next one.

    `header_size` counts the bytes from the header's start to its first line. `debit` and `credit` are sums of the lines
    in units of 1/10,000. `head` are the leaves before the first header. `is_whole` False: only the file's beginning.
    """

    sha256: str = ""
    size_bytes: int = 0
    modified_ns: int = 0
    root: str = ""
    is_whole: bool = False
    is_sealed: bool = False
    debit: int = 0
    credit: int = 0
    head: list[tuple[str, str]] = field(default_factory=list)
    header_offset: array[int] = field(default_factory=_numbers)
    header_size: array[int] = field(default_factory=_numbers)
    header_line: array[int] = field(default_factory=_numbers)
    header_number: array[int] = field(default_factory=_numbers)
    header_text_at: array[int] = field(default_factory=_numbers)
    line_offset: array[int] = field(default_factory=_numbers)
    line_size: array[int] = field(default_factory=_numbers)
    line_number: array[int] = field(default_factory=_numbers)
    line_entry: array[int] = field(default_factory=_numbers)
    line_text_at: array[int] = field(default_factory=_numbers)
    header_text: bytearray = field(default_factory=bytearray)
    line_text: bytearray = field(default_factory=bytearray)

    @property
    def headers(self) -> int:
        return len(self.header_offset)

    @property
    def lines(self) -> int:
        return len(self.line_offset)

    def lines_of(self, header: int) -> range:
        """The lines of a header."""
        after = header + 1
        return range(self.header_line[header], self.header_line[after] if after < self.headers else self.lines)

    def header_of(self, line: int) -> int:
        """The header that holds a line."""
        return bisect_right(self.header_line, line) - 1

    def find_number(self, number: int) -> int:
        """The header with this number (madde); -1 where there is none. In a kebir no header has a number."""
        return self.header_number.index(number) if number in self.header_number else -1

    def find_line(self, number: int) -> int:
        """The line with this lineNumber, -1 where there is none."""
        return self.line_number.index(number) if number in self.line_number else -1

    def find_entry_line(self, number: int) -> int:
        """The first line that belongs to a voucher by its lineNumberCounter, -1 where there is none."""
        return self.line_entry.index(number) if number in self.line_entry else -1

    # -- search ----------------------------------------------------------------------------------------------------

    def search(self, asked: str, where: str = "") -> list[int]:
        """The lines that hold every word, in the file's order.

        `where` names one of FIELDS, empty looks in all and in the header's own words as well. An account is looked for
        from its beginning, an amount in the Turkish form or with a point.
        """
        words = fold(asked).split()
        if not words:
            return list(range(self.lines))
        left: bytearray | None = None
        for word in words:
            found = self._lines_with(word, where)
            left = found if left is None else bytearray(a & b for a, b in zip(left, found, strict=True))
        assert left is not None
        return [line for line, is_in in enumerate(left) if is_in]

    def _lines_with(self, word: str, where: str) -> bytearray:
        flags = bytearray(self.lines)
        spelled = {word.encode()}
        if where in ("", "amount") and _AMOUNT.fullmatch(word):
            spelled.add(word.replace(".", "").replace(",", ".").encode())
        for sought in spelled:
            self._mark(flags, sought, where)
            if not where:
                self._mark_headers(flags, sought)
        return flags

    def _mark(self, flags: bytearray, sought: bytes, where: str) -> None:
        text, starts = self.line_text, self.line_text_at
        wanted = FIELDS.index(where) if where else -1
        if where == "account":
            sought = _END + sought
        at = text.find(sought)
        while at >= 0:
            place = at + (1 if where == "account" else 0)
            line = bisect_right(starts, place) - 1
            if line < 0:
                break
            if wanted in (-1, 0) or text.count(_GAP, starts[line], place) == wanted:
                flags[line] = 1
                after = starts[line + 1] if line + 1 < len(starts) else len(text)
                # One hit per line is enough; the byte before the next line may begin a hit of an account.
                at = text.find(sought, max(place + 1, after - 1))
            else:
                at = text.find(sought, place + 1)

    def _mark_headers(self, flags: bytearray, sought: bytes) -> None:
        text, starts = self.header_text, self.header_text_at
        at = text.find(sought)
        while at >= 0:
            header = bisect_right(starts, at) - 1
            lines = self.lines_of(header)
            flags[lines.start : lines.stop] = b"\x01" * len(lines)
            after = starts[header + 1] if header + 1 < len(starts) else len(text)
            at = text.find(sought, after)

    # -- growing, by the scan --------------------------------------------------------------------------------------

    def add_header_text(self, words: bytes) -> None:
        self.header_text_at.append(len(self.header_text))
        self.header_text += words + _END

    def add_line_text(self, account: bytes, document: bytes, amount: bytes, words: bytes) -> None:
        if not self.line_text:
            # So that the first account too comes after the end of a line.
            self.line_text += _END
        self.line_text_at.append(len(self.line_text))
        self.line_text += _GAP.join((account, document, amount, words)) + _END

    # -- keeping ---------------------------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """To be kept in the cache; only a whole index is."""
        head = {
            "version": VERSION,
            "order": sys.byteorder,
            "sha256": self.sha256,
            "size": self.size_bytes,
            "root": self.root,
            "sealed": self.is_sealed,
            "debit": self.debit,
            "credit": self.credit,
            "head": self.head,
            "arrays": [len(getattr(self, name)) for name, _ in _ARRAYS],
            "texts": [len(self.header_text), len(self.line_text)],
        }
        body = b"".join([*(getattr(self, name).tobytes() for name, _ in _ARRAYS), self.header_text, self.line_text])
        said = json.dumps(head, ensure_ascii=False).encode()
        digest = hashlib.blake2b(said + body, digest_size=16).hexdigest().encode()
        return _MAGIC + digest + b"\n" + said + b"\n" + body


def index_from_bytes(raw: bytes, *, sha256: str) -> LedgerIndex | None:
    """What `to_bytes` kept; None for another version, another file, another machine, or damage."""
    if not raw.startswith(_MAGIC):
        return None
    digest, _, rest = raw[len(_MAGIC) :].partition(b"\n")
    said, _, body = rest.partition(b"\n")
    if hashlib.blake2b(said + body, digest_size=16).hexdigest().encode() != digest:
        return None
    head: dict[str, Any] = json.loads(said)
    if (head["version"], head["order"], head["sha256"]) != (VERSION, sys.byteorder, sha256):
        return None
    made = LedgerIndex(
        sha256=sha256,
        size_bytes=head["size"],
        root=head["root"],
        is_whole=True,
        is_sealed=head["sealed"],
        debit=head["debit"],
        credit=head["credit"],
        head=[(name, value) for name, value in head["head"]],
    )
    at = 0
    for (name, code), count in zip(_ARRAYS, head["arrays"], strict=True):
        numbers = array(code)
        end = at + count * numbers.itemsize
        numbers.frombytes(body[at:end])
        setattr(made, name, numbers)
        at = end
    first, second = head["texts"]
    made.header_text, made.line_text = (
        bytearray(body[at : at + first]),
        bytearray(body[at + first : at + first + second]),
    )
    return made
