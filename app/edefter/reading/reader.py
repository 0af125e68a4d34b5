"""An indexed ledger file read where one looks: headers and lines by their offsets, a stretch at a time. Any thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from app.edefter.reading import faults
from app.edefter.reading.index import LedgerIndex
from app.edefter.reading.leaves import leaves

#: Digits before the point; a number of thousands of them could not even be shown.
_LONGEST_AMOUNT: Final = 24
#: Two stretches nearer than this are read as one.
_NEAR: Final = 16 * 1024
_STRETCH: Final = 1024 * 1024
_JOURNAL_KINDS: Final = {"journal": "Y", "ledger": "K", "assets": "E", "trialbalance": "DR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """A voucher, an account, or a list of sums. Texts as they stand in the file; `day` is ISO."""

    place: int
    number: str = ""
    day: str = ""
    entry_number: str = ""
    comment: str = ""
    entered_by: str = ""
    debit: Decimal | None = None
    credit: Decimal | None = None
    lines: int = 0
    account: str = ""
    account_name: str = ""
    first_comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line. `side` is D or C, empty in an inventory; `amount` None when it is no number."""

    place: int
    number: str = ""
    entry: str = ""
    main: str = ""
    main_name: str = ""
    sub: str = ""
    sub_name: str = ""
    amount: Decimal | None = None
    side: str = ""
    day: str = ""
    document_type: str = ""
    document_description: str = ""
    document_number: str = ""
    document_date: str = ""
    payment: str = ""
    comment: str = ""
    counted: str = ""
    quantity: str = ""
    unit: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHeadFacts:
    """What stands before the first header: whose book, which period, who made it."""

    kind: str
    owner: str = ""
    title: str = ""
    branch: str = ""
    unique_id: str = ""
    comment: str = ""
    created: str = ""
    creator: str = ""
    period_start: str = ""
    period_end: str = ""
    year_start: str = ""
    year_end: str = ""
    application: str = ""
    stated_entries: str = ""
    stated_size: str = ""
    ettn: str = ""


class LedgerReader:
    """Opens the file anew for each question, so that nothing keeps it from being moved."""

    def __init__(self, path: Path, index: LedgerIndex) -> None:
        self.path = path
        self.index = index

    def headers(self, places: Sequence[int]) -> list[HeaderRow]:
        """Rows of these headers. Raises: InputError LEDGERFILE.CHANGED; EnvironmentFault LEDGERFILE.READ."""
        index = self.index
        spans = [(index.header_offset[place], index.header_size[place]) for place in places]
        raws = self._read(spans)
        lines = [b""] * len(places)
        if index.root == "defter":
            # A kebir names its accounts in their lines only, many a voucher says what it is about there.
            lines = self._read([self._first_line(place) for place in places])
        return [
            _header(place, dict(leaves(raw)), dict(leaves(line)), len(index.lines_of(place)))
            for place, raw, line in zip(places, raws, lines, strict=True)
        ]

    def _first_line(self, header: int) -> tuple[int, int]:
        index = self.index
        lines = index.lines_of(header)
        return (index.line_offset[lines.start], index.line_size[lines.start]) if lines else (0, 0)

    def lines(self, places: Sequence[int]) -> list[LineRow]:
        """Rows of these lines. Raises as `headers`."""
        index = self.index
        raws = self._read([(index.line_offset[place], index.line_size[place]) for place in places])
        return [_line(place, dict(leaves(raw))) for place, raw in zip(places, raws, strict=True)]

    def head(self) -> BookHeadFacts:
        """The file's own head; from the index, nothing is read."""
        return head_facts(self.index)

    def _read(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """The bytes of each (offset, size); neighbours come in one stretch."""
        order = sorted(range(len(spans)), key=spans.__getitem__)
        found: list[bytes] = [b""] * len(spans)
        try:
            with self.path.open("rb") as file:
                self._ensure_same()
                for group in _grouped(spans, order):
                    begin = spans[group[0]][0]
                    end = max(spans[place][0] + spans[place][1] for place in group)
                    file.seek(begin)
                    raw = file.read(end - begin)
                    for place in group:
                        offset, size = spans[place]
                        found[place] = raw[offset - begin : offset - begin + size]
        except OSError as error:
            raise faults.unreadable(self.path, error) from error
        return found

    def _ensure_same(self) -> None:
        now = self.path.stat()
        index = self.index
        is_same = now.st_mtime_ns == index.modified_ns and (not index.is_whole or now.st_size == index.size_bytes)
        if not is_same:
            raise faults.changed(self.path)


def head_facts(index: LedgerIndex) -> BookHeadFacts:
    """The head's leaves by name. Identifiers come in pairs: the value, then what it is."""
    said: dict[str, str] = {}
    titles: dict[str, str] = {}
    ids: list[str] = []
    value = ""
    for name, words in index.head:
        if name == "organizationIdentifier":
            value = words
        elif name == "organizationDescription":
            titles[words] = value
        elif name == "uniqueID":
            ids.append(words)
        else:
            said.setdefault(name, words)
    kind = _JOURNAL_KINDS.get(said.get("entriesType", ""), "")
    if index.root == "berat" and kind:
        kind += "B"
    branch = " · ".join(part for part in (titles.get("Şube Adı", ""), titles.get("Şube No", "")) if part)
    return BookHeadFacts(
        kind=kind,
        owner=said.get("identifier", ""),
        title=titles.get("Kurum Unvanı") or titles.get("Adı Soyadı") or "",
        branch=branch,
        unique_id=ids[-1] if ids else "",
        comment=said.get("entriesComment", ""),
        created=said.get("creationDate", ""),
        creator=said.get("creator", ""),
        period_start=said.get("periodCoveredStart", ""),
        period_end=said.get("periodCoveredEnd", ""),
        year_start=said.get("fiscalYearStart", ""),
        year_end=said.get("fiscalYearEnd", ""),
        application=said.get("sourceApplication", ""),
        stated_entries=said.get("numberOfEntries", ""),
        stated_size=said.get("measurableQuantity", ""),
        ettn=ids[0] if len(ids) > 1 else "",
    )


def _grouped(spans: Sequence[tuple[int, int]], order: Iterable[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    begin = end = 0
    for place in order:
        offset, size = spans[place]
        if groups and offset - end <= _NEAR and offset + size - begin <= _STRETCH:
            groups[-1].append(place)
        else:
            groups.append([place])
            begin = offset
        end = max(end, offset + size) if groups[-1][0] != place else offset + size
    return groups


def _header(place: int, said: dict[str, str], line: dict[str, str], lines: int) -> HeaderRow:
    sub = line.get("accountSubID", "")
    return HeaderRow(
        place=place,
        number=said.get("entryNumberCounter", ""),
        day=said.get("enteredDate", ""),
        entry_number=said.get("entryNumber", ""),
        comment=said.get("entryComment", ""),
        entered_by=said.get("enteredBy", ""),
        debit=_amount(said.get("totalDebit", "")),
        credit=_amount(said.get("totalCredit", "")),
        lines=lines,
        account=sub or line.get("accountMainID", ""),
        account_name=line.get("accountSubDescription" if sub else "accountMainDescription", ""),
        first_comment=line.get("detailComment", ""),
    )


def _line(place: int, said: dict[str, str]) -> LineRow:
    get = said.get
    return LineRow(
        place=place,
        number=get("lineNumber", ""),
        entry=get("lineNumberCounter", ""),
        main=get("accountMainID", ""),
        main_name=get("accountMainDescription", ""),
        sub=get("accountSubID", ""),
        sub_name=get("accountSubDescription", ""),
        amount=_amount(get("amount", "")),
        side=get("debitCreditCode", ""),
        day=get("postingDate", ""),
        document_type=get("documentType", ""),
        document_description=get("documentTypeDescription", ""),
        document_number=get("documentNumber", ""),
        document_date=get("documentDate", ""),
        payment=get("paymentMethod", ""),
        comment=get("detailComment", ""),
        counted=get("documentApplyToNumber", ""),
        quantity=get("measurableQuantity", ""),
        unit=get("measurableUnitOfMeasure", ""),
        product=" ".join(part for part in (get("measurableID", ""), get("measurableDescription", "")) if part),
    )


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value.adjusted() < _LONGEST_AMOUNT else None
