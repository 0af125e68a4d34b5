"""A ledger file read as a stream: its seal, its head, its numbers and sums, with flat memory.

Our files are canonical as they stand, so their digest is taken of their bytes; a file that another program wrote
otherwise is parsed whole for its seal when it is small enough, and told as not judged when it is not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from lxml import etree

from app.signing.report import VerifyReport
from app.signing.verify import verify_document, verify_tree
from app.ubl import xmlsafe

_NAME = re.compile(
    r"(?P<gib>GIB-)?(?P<owner>\d{10,11})-(?P<period>\d{6})-(?P<kind>Y|K|E|YB|KB|EB|DR)-(?P<part>\d{6})"
    r"(?:-(?P<branch>\d{4}))?\.xml"
)
#: Where what was deleted or sealed anew lies, inside a month's folder. Source: Uygulama Kılavuzu 1.12.
CANCELLED_FOLDER: Final = "İPTAL EDİLENLER-SİLİNENLER"
_COR: Final = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
_BUS: Final = "{http://www.xbrl.org/int/gl/bus/2006-10-25}"
_XBRLI: Final = "{http://www.xbrl.org/2003/instance}"
_DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_NUMBER: Final = f"{_COR}lineNumber"
_COUNTER: Final = f"{_COR}lineNumberCounter"
_AMOUNT: Final = f"{_COR}amount"
_SIDE: Final = f"{_COR}debitCreditCode"
_ACCOUNT: Final = f"{_COR}account"
_MAIN: Final = f"{_COR}accountMainID"
_SUB: Final = f"{_COR}accountSub"
_SUB_ID: Final = f"{_COR}accountSubID"
_LINE: Final = (_NUMBER, _COUNTER, _AMOUNT, _SIDE)
_TOLD: Final = (
    f"{_XBRLI}identifier",
    f"{_COR}entriesType",
    f"{_COR}uniqueID",
    f"{_COR}periodCoveredStart",
    f"{_COR}periodCoveredEnd",
    f"{_BUS}numberOfEntries",
    f"{_BUS}measurableQuantity",
    f"{_COR}entryDetail",
    f"{_COR}entryHeader",
    f"{_DS}SignatureValue",
)
_CHUNK: Final = 1024 * 1024
#: Where the signature stands: the last this many bytes of a file. Certificates and a counter seal fit many times.
_TAIL: Final = 256 * 1024
_PARSED_WHOLE: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """What a ledger's file name says."""

    owner: str
    period: str
    kind: str
    part: int
    branch_no: str
    is_gibs: bool


@dataclass(slots=True, kw_only=True)
class BookFacts:
    """What a ledger file holds. Amounts are exact, `entries` counts entryHeaders, `lines` entryDetails.

    `line_digest` is a sum over the lines that does not depend on their order: Y and K of a part must agree in it.
    """

    owner: str = ""
    unique_id: str = ""
    period_start: str = ""
    period_end: str = ""
    signature_value: str = ""
    book_signature_value: str = ""
    entries: int = 0
    stated_entries: int | None = None
    stated_size: str = ""
    lines: int = 0
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    first_entry: int = 0
    last_entry: int = 0
    first_line: int = 0
    last_line: int = 0
    line_digest: int = 0
    problems: list[str] = field(default_factory=list)


def parse_name(name: str) -> FileName | None:
    """The parts of `9205121120-202603-Y-000000.xml`; None for a file that is none of the ledgers'."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return FileName(
        owner=found["owner"],
        period=found["period"],
        kind=found["kind"],
        part=int(found["part"]),
        branch_no=found["branch"] or "",
        is_gibs=bool(found["gib"]),
    )


def verify_seal(path: Path) -> VerifyReport:
    """The seal of a ledger file. Raises: AppError when the file is no XML or cannot be read."""
    size = path.stat().st_size
    report = _verify_streamed(path, size)
    if report is not None and report.valid:
        return report
    if size <= _PARSED_WHOLE:
        return verify_document(path.read_bytes(), max_bytes=_PARSED_WHOLE)
    return report if report is not None else VerifyReport(signatures=())


def _verify_streamed(path: Path, size: int) -> VerifyReport | None:
    """Judged by the file's own bytes; None when it is not laid out as our writer does it."""
    with path.open("rb") as file:
        start = file.read(16 * 1024)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    at = tail.find(b"<ds:Signature ")
    closing = tail.rfind(b"</ds:Signature>")
    head = re.match(rb"(<\?xml[^>]*\?>\r?\n?)", start)
    root = re.search(rb"<edefter:\w+[^>]*>", start)
    if at < 0 or closing < 0 or head is None or root is None:
        return None
    closing += len(b"</ds:Signature>")
    offset = size - len(tail) + at
    digest = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(head.end())
        left = offset - head.end()
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
    digest.update(tail[closing:])
    skeleton = root[0] + tail[at:closing] + tail[closing:]
    return verify_tree(xmlsafe.parse(skeleton), document_sha256=digest.digest())


def read_facts(path: Path) -> BookFacts:
    """What the file says, in one pass with flat memory. Raises: InputError XML.* for what is no XML."""
    facts = BookFacts()
    previous_line = previous_entry = 0
    is_journal = False
    try:
        for _, element in _events(path):
            tag = element.tag
            if tag == f"{_XBRLI}identifier":
                facts.owner = (element.text or "").strip()
            elif tag == f"{_COR}entriesType":
                is_journal = element.text == "journal"
            elif tag == f"{_COR}uniqueID":
                _take_id(facts, element)
            elif tag == f"{_COR}periodCoveredStart":
                facts.period_start = element.text or ""
            elif tag == f"{_COR}periodCoveredEnd":
                facts.period_end = element.text or ""
            elif tag == f"{_BUS}numberOfEntries":
                facts.stated_entries = int(element.text or "-1")
            elif tag == f"{_BUS}measurableQuantity" and _is_in(element, f"{_XBRLI}segment"):
                facts.stated_size = element.text or ""
            elif tag == f"{_COR}entryDetail":
                previous_line = _take_line(facts, element, previous_line if is_journal else 0)
                _drop(element)
            elif tag == f"{_COR}entryHeader":
                previous_entry = _take_entry(facts, element, previous_entry)
                _drop(element)
            elif tag == f"{_DS}SignatureValue":
                _take_value(facts, element)
    except (etree.XMLSyntaxError, ValueError, InvalidOperation) as error:
        facts.problems.append(f"Dosya okunamadı: {error}.")
    return facts


def _events(path: Path) -> Iterator[tuple[str, Any]]:
    # No DTD, no entities, no network: the file may be anybody's.
    # Told of these alone: a line has two dozen elements, and every word about one costs more than reading it.
    yield from etree.iterparse(
        str(path), events=("end",), tag=_TOLD, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )


def _take_id(facts: BookFacts, element: Any) -> None:
    if not _is_in(element, f"{_XBRLI}segment"):
        facts.unique_id = element.text or ""


def _take_line(facts: BookFacts, element: Any, previous: int) -> int:
    # One walk over the line's children: asking for each by its path would cost more than reading the file.
    told = dict.fromkeys(_LINE, "")
    sub = ""
    for child in element.iterchildren(_ACCOUNT, *_LINE):
        if child.tag != _ACCOUNT:
            told[child.tag] = told[child.tag] or child.text or ""
            continue
        for part in child.iterchildren(_MAIN, _SUB):
            if part.tag == _MAIN:
                told[_MAIN] = part.text or ""
            else:
                sub = part.findtext(_SUB_ID) or ""
    number, entry, side = int(told[_NUMBER] or 0), told[_COUNTER], told[_SIDE]
    main, text = told.get(_MAIN, ""), told[_AMOUNT] or "0"
    amount = Decimal(text)
    facts.lines += 1
    if side == "D":
        facts.debit += amount
    else:
        facts.credit += amount
    facts.first_line = min(facts.first_line or number, number)
    facts.last_line = max(facts.last_line, number)
    said = "|".join((str(number), entry, main, sub, side, text)).encode()
    facts.line_digest = (facts.line_digest + int.from_bytes(hashlib.blake2b(said, digest_size=8).digest())) % (1 << 64)
    if previous and number != previous + 1:
        facts.problems.append(f"{previous}. satırdan sonra {number}. satır geliyor.")
    return number


def _take_entry(facts: BookFacts, element: Any, previous: int) -> int:
    facts.entries += 1
    text = element.findtext(f"{_COR}entryNumberCounter")
    if not text:
        return previous
    number = int(text)
    facts.first_entry = facts.first_entry or number
    facts.last_entry = max(facts.last_entry, number)
    if previous and number != previous + 1:
        facts.problems.append(f"{previous}. maddeden sonra {number}. madde geliyor.")
    return number


def _take_value(facts: BookFacts, element: Any) -> None:
    text = "".join((element.text or "").split())
    parent = element.getparent()
    if parent is not None and parent.tag == f"{_DS}Signature":
        # GİB's counter signature stands inside the first one and comes before its end; the outer one comes last.
        if not any(one.tag == f"{_DS}Signature" for one in parent.iterancestors()):
            facts.signature_value = text
    else:
        facts.book_signature_value = text


def _is_in(element: Any, tag: str) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == tag


def _drop(element: Any) -> None:
    """Give the memory back: the element and what stands before it."""
    element.clear()
    parent = element.getparent()
    if parent is None:
        return
    while (before := element.getprevious()) is not None and before.tag == element.tag:
        parent.remove(before)


def seal_reasons(report: VerifyReport) -> list[str]:
    """Why a seal does not hold, in words."""
    if not report.signatures:
        return ["Mühür yok ya da parça parça okuyarak denetlenemedi."]
    return [reason for one in report.signatures if not one.valid for reason in one.reasons]
