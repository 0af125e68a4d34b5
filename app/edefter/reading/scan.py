"""One pass over a ledger file: well formed or not, its digest, and the index of its headers and lines. Flat memory.

Expat judges the file's form (document types are refused, so nothing is expanded or fetched) while the places of
headers and lines are found in the bytes beside it.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from app.domain.protocols import NoProgress, Progress
from app.domain.turkish import fold
from app.edefter.reading import faults
from app.edefter.reading.index import LedgerIndex
from app.edefter.reading.leaves import leaves, raw_leaves, text

CHUNK: Final = 512 * 1024
#: No voucher's line, nor a file's head, is as long as this; what is would have to be held whole.
_LONGEST: Final = 8 * 1024 * 1024
#: Deeper than any ledger; each level that stays open costs memory.
_DEEPEST: Final = 2_000
_FIRST_BYTES: Final = 1024 * 1024
_SCALE: Final = 10_000
#: Digits; more than any real amount has, few enough to count with.
_LONGEST_AMOUNT: Final = 32
_ROOT = re.compile(rb"<edefter:(\w+)[\s>]")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)""")
_MARK = re.compile(rb"<(/?)gl-cor:entry(Header|Detail)[\s>]")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WORDS: Final = (
    b"accountMainDescription",
    b"accountSubDescription",
    b"detailComment",
    b"documentTypeDescription",
    b"paymentMethod",
    b"measurableDescription",
    b"measurableID",
)


def scan_file(path: Path, *, progress: Progress | None = None, chunk_bytes: int = CHUNK) -> LedgerIndex:
    """The whole file's index. Raises: InputError LEDGERFILE.*; EnvironmentFault LEDGERFILE.READ; JobCancelled."""
    progress = progress or NoProgress()
    scan = _Scan(path)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            while chunk := file.read(chunk_bytes):
                progress.checkpoint()
                scan.feed(chunk)
                progress.report(scan.index.size_bytes, size, "")
            scan.finish()
            scan.index.modified_ns = path.stat().st_mtime_ns
    except OSError as error:
        raise faults.unreadable(path, error) from error
    return scan.index


def scan_beginning(path: Path) -> LedgerIndex:
    """What the first megabyte holds, to be shown while the rest is scanned. Raises as `scan_file`."""
    scan = _Scan(path)
    try:
        with path.open("rb") as file:
            at_end = False
            while scan.index.size_bytes < _FIRST_BYTES and not at_end:
                chunk = file.read(CHUNK)
                at_end = not chunk
                if chunk:
                    scan.feed(chunk)
            if at_end or not file.read(1):
                scan.finish()
            scan.index.modified_ns = path.stat().st_mtime_ns
    except OSError as error:
        raise faults.unreadable(path, error) from error
    return scan.index


class _Scan:
    """Fed chunk by chunk. `_rest` holds what follows the last place that was understood, `_at` its offset."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = LedgerIndex()
        self._digest = hashlib.sha256()
        self._rest = b""
        self._at = 0
        self._depth = 0
        self._has_head = False
        self._header = -1
        self._is_header_open = False
        self._unsafe = ""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._on_doctype
        parser.CommentHandler = self._on_comment
        parser.StartCdataSectionHandler = self._on_cdata
        self._parser = parser

    def feed(self, chunk: bytes) -> None:
        if not self.index.size_bytes:
            self._look_at_start(chunk)
        self.index.size_bytes += len(chunk)
        self._digest.update(chunk)
        self._depth += chunk.count(b"<") - 2 * chunk.count(b"</") - chunk.count(b"/>") - chunk.count(b"<?")
        if self._depth > _DEEPEST:
            raise faults.suspicious(self.path, "Dosyada iç içe geçmiş binlerce öğe var.")
        self._parse(chunk, is_last=False)
        self._rest += chunk
        self._take()
        if len(self._rest) > _LONGEST and (not self._has_head or self._is_header_open):
            raise faults.suspicious(self.path, "Dosyanın tek bir satırı ya da başı 8 MB'tan uzun.")
        if self._has_head and not self._is_header_open:
            # Attachments and the seal: only their last bytes may begin a header.
            self._drop(max(0, len(self._rest) - 64))

    def finish(self) -> None:
        """The file has ended."""
        self._parse(b"", is_last=True)
        if not self.index.root:
            raise faults.not_a_ledger(self.path)
        if not self._has_head:
            self._take_head(len(self._rest))
        self.index.sha256 = self._digest.hexdigest()
        self.index.is_whole = True

    # -- form ------------------------------------------------------------------------------------------------------

    def _look_at_start(self, chunk: bytes) -> None:
        if chunk[:2] == b"PK":
            raise faults.not_a_ledger(self.path, "Bu bir ZIP paketi; içindeki XML dosyasını açın.")
        declared = _ENCODING.match(chunk)
        if declared is not None and declared[1].lower() not in (b"utf-8", b"utf8"):
            raise faults.not_a_ledger(self.path, f"Dosya UTF-8 değil ({declared[1].decode('ascii', 'replace')}).")
        found = _ROOT.search(chunk)
        if found is None or found[1].decode() not in ("defter", "berat", "defterraporu"):
            self._parse(chunk, is_last=False)
            raise faults.not_a_ledger(self.path)
        self.index.root = found[1].decode()

    def _parse(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            if is_last and not self.index.size_bytes:
                raise faults.broken(self.path, "Dosya boş.") from error
            where = f"{error.lineno}. satır, {error.offset + 1}. karakter"
            why = "Dosya yarım: sonu gelmeden bitiyor." if is_last else f"XML yapısı {where} yerinde bozuluyor."
            raise faults.broken(self.path, why, raw_text=str(error)) from error
        if self._unsafe:
            raise faults.suspicious(self.path, self._unsafe)

    def _on_doctype(self, *_: Any) -> None:
        self._unsafe = "Dosyada belge türü tanımı (DOCTYPE) var."

    def _on_comment(self, said: str) -> None:
        if "<" in said:
            self._unsafe = "Dosyada öğe taşıyan bir açıklama bölümü var."

    def _on_cdata(self) -> None:
        self._unsafe = "Dosyada CDATA bölümü var."

    # -- places ----------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        """Take every header and line that is whole by now."""
        rest, index = self._rest, self.index
        done, start = 0, -1
        for found in _MARK.finditer(rest):
            closing, kind = found[1], found[2]
            if kind == b"Header":
                if not closing:
                    if not self._has_head:
                        self._take_head(found.start())
                    self._is_header_open, self._header, done = True, -1, found.start()
                else:
                    self._take_header(rest[done : found.start()], done)
                    self._is_header_open, done = False, found.end()
            elif closing:
                if start >= done:
                    self._take_line(rest[start : found.start()], self._at + start)
                    done, start = found.end(), -1
            else:
                if self._header < 0:
                    self._take_header(rest[done : found.start()], done)
                    done = found.start()
                start = found.start()
        if not self._has_head and (b"<ds:SignatureValue" in rest or b"<ds:Signature" in rest):
            # A berat of an inventory has no headers at all.
            self._take_head(len(rest))
        if b"<ds:Signature " in rest or b"<ds:Signature>" in rest:
            index.is_sealed = True
        self._drop(done)

    def _drop(self, count: int) -> None:
        self._rest = self._rest[count:]
        self._at += count

    def _take_head(self, end: int) -> None:
        self._has_head = True
        self.index.head = leaves(self._rest[:end])

    def _take_header(self, raw: bytes, start: int) -> None:
        """The part of a header before its first line; one without lines is taken at its end."""
        if not self._is_header_open or self._header >= 0:
            return
        index = self.index
        self._header = index.headers
        index.header_offset.append(self._at + start)
        index.header_size.append(len(raw))
        index.header_line.append(index.lines)
        said = dict(raw_leaves(raw))
        index.header_number.append(_number(said.get(b"entryNumberCounter", b"")))
        words = [
            text(said.get(name, b"")) for name in (b"entryNumber", b"entryComment", b"enteredBy", b"batchDescription")
        ]
        day = text(said.get(b"enteredDate", b""))
        index.add_header_text(fold(" ".join([*words, day, _turkish_day(day)])).encode())

    def _take_line(self, raw: bytes, offset: int) -> None:
        index = self.index
        index.line_offset.append(offset)
        index.line_size.append(len(raw))
        said = dict(raw_leaves(raw))
        amount = said.get(b"amount", b"")
        index.line_number.append(_number(said.get(b"lineNumber", b"")))
        index.line_entry.append(_number(said.get(b"lineNumberCounter", b"")))
        units = _units(amount)
        if said.get(b"debitCreditCode", b"D")[:1] in (b"C", b"c"):
            index.credit += units
        else:
            index.debit += units
        account = said.get(b"accountSubID", b"") or said.get(b"accountMainID", b"")
        words = [_folded(said[name]) for name in _WORDS if name in said]
        index.add_line_text(
            _folded(account), _folded(said.get(b"documentNumber", b"")), amount.strip(), b" ".join(words)
        )


def _folded(raw: bytes) -> bytes:
    """As `fold` of the text; plain ASCII, which most words are, takes a shorter way."""
    if raw.isascii() and b"&" not in raw:
        return b" ".join(raw.lower().split())
    return _folded_text(raw)


@lru_cache(maxsize=16_384)
def _folded_text(raw: bytes) -> bytes:
    return fold(text(raw)).replace("\x1f", " ").encode()


def _number(raw: bytes) -> int:
    digits = raw.strip()
    return int(digits) if digits.isdigit() and len(digits) < 19 else 0


def _units(raw: bytes) -> int:
    """An amount in units of 1/10,000; what is no number counts nothing (our checks tell of it)."""
    digits = raw.strip()
    whole, point, cents = digits.partition(b".")
    if len(digits) > _LONGEST_AMOUNT:
        return 0
    if whole.isdigit() and (not point or (cents.isdigit() and len(cents) <= 4)):
        return int(whole) * _SCALE + int(cents.ljust(4, b"0") or b"0")
    try:
        value = Decimal(text(digits))
    except InvalidOperation:
        return 0
    return int(value * _SCALE) if value.is_finite() and value.adjusted() < _LONGEST_AMOUNT else 0


def _turkish_day(day: str) -> str:
    found = _DAY.fullmatch(day)
    return f"{found[3]}.{found[2]}.{found[1]}" if found else ""
