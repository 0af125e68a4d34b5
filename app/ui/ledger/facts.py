"""What the ledger page reads: the board of a fiscal year, and one month. Any thread; ledger files are closed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from app.domain.spans import sides_of, span_of
from app.domain.turkish import format_date, format_datetime, sort_key
from app.domain.voucher import LIQUIDATION, Period, PeriodState
from app.edefter.archive import parse_name
from app.edefter.deadlines import Deadline, deadline_of, is_quarterly, kind_of
from app.runtime.paths import DataFolder
from app.storage.ledgers import parts, queries
from app.storage.ledgers.database import LedgerDatabase, ledger_path
from app.storage.ledgers.parts import PartRecord
from app.storage.ledgers.queries import ImportRecord, MonthSummary
from app.storage.records import CompanyRecord
from app.ui.ledger.sides import Side, liquidation_words, side_name
from app.workflows.ledger_board import MonthsKept
from app.workflows.ledger_heads import fiscal_year, month_folder
from app.workflows.ledger_import import first_month_of, fiscal_year_of
from app.workflows.ledger_selfcheck import ArchiveCheck, checks_of

T = TypeVar("T")
#: Of an open ledger file; only the functions of `storage.ledgers` do anything with it.
Connection: TypeAlias = Any
YEAR: Final = 12
#: Files that no build recorded (GİB's berats, reports) are hashed when seen, up to this size.
_HASHED_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A month of a client on the board. `state` None: no vouchers. `due` None: no rule known.

    `is_expected`: it has vouchers, or it is an ended month after one that has (its file has not come yet).
    `is_broken`: the last look at its archive found a file missing or changed. `sides` are the month's two fiscal
    periods where a liquidation begins inside it; `state` is then that of the one that is least far.
    """

    period: Period
    state: PeriodState | None = None
    vouchers: int = 0
    lines: int = 0
    due: Deadline | None = None
    left: int | None = None
    is_expected: bool = False
    is_broken: bool = False
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A client with the twelve months of the fiscal year that begins in `year`. `fault`: its file cannot be read.

    `archive` are the last looks at its files, of all years.
    """

    company: CompanyRecord
    cells: tuple[Cell, ...]
    terms: str
    fault: str = ""
    archive: tuple[ArchiveCheck, ...] = ()

    @property
    def title(self) -> str:
        return self.company.company.party.display_name

    @property
    def next_left(self) -> int | None:
        """Days to the nearest day that still asks for something; the most overdue first. None: nothing waits."""
        waits = [c.left for c in self.cells if c.left is not None and c.is_expected and _is_waiting(c.state)]
        return min(waits, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file of the month in the tree. `sha256` is empty for a large file that no build recorded."""

    path: Path
    kind: str
    size: int
    sha256: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """Everything the month's path says. `earlier` are months that must be built first, `built` the sealed parts.

    In the month in which a liquidation begins: one of its two fiscal periods, `other` the second one. `key` is the
    number under which the vouchers stand in the ledger file.
    """

    company: CompanyRecord
    cell: Cell
    debit: Decimal
    credit: Decimal
    branches: int
    parts: int
    files: tuple[FileRow, ...]
    imports: tuple[ImportRecord, ...]
    earlier: tuple[int, ...]
    has_report: bool
    folder: Path
    archive: ArchiveCheck | None = None
    built: tuple[PartRecord, ...] = ()
    key: int = 0
    other: MonthFacts | None = None

    @property
    def sides(self) -> tuple[MonthFacts, ...]:
        """The month's fiscal periods in the order of their days."""
        if self.other is None:
            return (self,)
        return (self.other, self) if self.period.is_liquidation else (self, self.other)

    @property
    def whole_state(self) -> PeriodState | None:
        """One state for all of the month: what went wrong first, else the side that is least far."""
        return _worst([side.state for side in self.sides if side.state is not None])

    @property
    def all_files(self) -> int:
        """How many files the whole month has."""
        return sum(len(side.files) for side in self.sides)

    @property
    def all_vouchers(self) -> int:
        """How many vouchers the whole month has."""
        return sum(side.cell.vouchers for side in self.sides)

    @property
    def state(self) -> PeriodState | None:
        return self.cell.state

    @property
    def period(self) -> Period:
        return self.cell.period


def _is_waiting(state: PeriodState | None) -> bool:
    return state not in (PeriodState.FILED, PeriodState.COMPLETED)


def periods_of(company: CompanyRecord, year: int) -> tuple[Period, ...]:
    """The twelve months of the fiscal year that begins in the calendar year `year`."""
    first = first_month_of(company)
    return tuple(Period(year + (first + i - 1) // YEAR, (first + i - 1) % YEAR + 1) for i in range(YEAR))


def year_of(company: CompanyRecord, day: date) -> int:
    """The fiscal year a day belongs to."""
    return fiscal_year_of(day.isoformat(), first_month_of(company))


def ledger_file(folder: Path, company: CompanyRecord, period: Period) -> Path:
    """Where the month's vouchers stand; the file may not be there yet."""
    year = fiscal_year_of(f"{period}-01", first_month_of(company))
    return ledger_path(folder, company.company.tax_number.digits, year)


@contextmanager
def reading(path: Path) -> Iterator[Connection | None]:
    """A connection over one snapshot of a ledger file; None when there is no such file (none is made)."""
    if not path.is_file():
        yield None
        return
    ledger = LedgerDatabase.open(path)
    try:
        with ledger.read() as connection:
            yield connection
    finally:
        ledger.close()


def read_with(path: Path, work: Callable[[Connection], T], nothing: T) -> T:
    """`work` over the ledger file, `nothing` when there is none."""
    with reading(path) as connection:
        return nothing if connection is None else work(connection)


def state_of(months: Sequence[MonthSummary]) -> PeriodState | None:
    """One state for all branches of a month: what went wrong first, else the one that is least far."""
    return _worst([month.state for month in months])


def _worst(states: Sequence[PeriodState]) -> PeriodState | None:
    if not states:
        return None
    return PeriodState.FAILED if PeriodState.FAILED in states else min(states)


def count_months(path: Path) -> list[MonthSummary]:
    """The months of a ledger file as it stands now."""
    return read_with(path, queries.months, [])


def board_row(folder: Path, company: CompanyRecord, year: int, today: date, kept: MonthsKept | None = None) -> BoardRow:
    """A client's year. A file that cannot be read is told in the row and stops nobody else's."""
    from app.domain.errors import AppError

    first = first_month_of(company)
    found: list[MonthSummary] = []
    fault = ""
    try:
        path = ledger_path(folder, company.company.tax_number.digits, year)
        found = count_months(path) if kept is None else kept.months(path, count_months)
    except AppError as error:
        fault = error.sentence
    begun = min((month.period % LIQUIDATION for month in found), default=0)
    cells = tuple(
        _cell(company, period, [m for m in found if m.period % LIQUIDATION == int(period.compact)], first, today, begun)
        for period in periods_of(company, year)
    )
    return BoardRow(company=company, cells=cells, terms=_terms(company, year, first), fault=fault)


def board(
    folder: Path, companies: Sequence[CompanyRecord], year: int, today: date, kept: MonthsKept | None = None
) -> list[BoardRow]:
    """The rows by title; `kept` saves counting what has not changed."""
    rows = [board_row(folder, company, year, today, kept) for company in companies]
    if kept is not None:
        kept.keep()
    return sorted(rows, key=lambda row: (sort_key(row.title), row.company.id))


def with_archive(row: BoardRow, folder: DataFolder) -> BoardRow:
    """The row with what the last looks at the client's archive have found."""
    checks = tuple(checks_of(row.company, folder).values())
    broken = {check.period for check in checks if not check.ok}
    cells = tuple(replace(cell, is_broken=str(cell.period) in broken) for cell in row.cells) if broken else row.cells
    return replace(row, archive=checks, cells=cells)


def archive_of(month: MonthFacts, folder: DataFolder) -> MonthFacts:
    """The month with the last look at its files."""
    key = f"{month.folder.parent.name}/{month.folder.name}"
    return replace(month, archive=checks_of(month.company, folder).get(key))


def archive_of_sides(sides: Sequence[MonthFacts], folder: DataFolder) -> list[MonthFacts]:
    """The same for each fiscal period of the month."""
    return [archive_of(side, folder) for side in sides]


def _cell(
    company: CompanyRecord, period: Period, months: list[MonthSummary], first: int, today: date, begun: int = 0
) -> Cell:
    number = int(period.compact)
    due = deadline_of(company.company, period, first_month=first)
    return Cell(
        period=period,
        state=state_of(months),
        vouchers=sum(month.vouchers for month in months),
        lines=sum(month.lines for month in months),
        due=due,
        left=None if due is None else due.days_left(today),
        is_expected=bool(months) or (bool(begun) and begun < number < today.year * 100 + today.month),
        sides=_sides(company, period, months),
    )


def _sides(company: CompanyRecord, period: Period, months: Sequence[MonthSummary]) -> tuple[Side, ...]:
    if not company.company.liquidation_start or len(sides := sides_of(company.company, period)) == 1:
        return ()
    found = [(side, [month for month in months if month.period == side.key]) for side in sides]
    return tuple(
        Side(
            name=side_name(company.company, side),
            state=state_of(its),
            vouchers=sum(month.vouchers for month in its),
        )
        for side, its in found
    )


def _terms(company: CompanyRecord, year: int, first: int) -> str:
    kind = kind_of(company.company).value
    rhythm = "üç aylık" if is_quarterly(company.company) else "aylık"
    special = f" · dönem başı {first:02d}.{year}" if first != 1 else ""
    return f"{kind} · {rhythm}{special}{liquidation_words(company.company, year + (first > 1))}"


def month_facts(ledgers: Path, out: Path, company: CompanyRecord, period: Period, today: date) -> MonthFacts:
    """One month as its path shows it; of a liquidation's month the side that `period` says."""
    period = span_of(company.company, period).period
    place = month_folder(out, company, period)

    def read(connection: Connection) -> MonthFacts:
        months = queries.months(connection)
        number = _key_in({month.period for month in months}, company, period)
        found = [month for month in months if month.period == number]
        branches = parts.branches_of(connection, period=number)
        records: dict[str, str] = {}
        made: list[PartRecord] = []
        earlier: set[int] = set()
        for branch, _ in branches:
            built = parts.parts_of(connection, period=number, branch_no=branch)
            made += [part for part, _ in built]
            records |= {file.name: file.sha256 for _, files in built for file in files}
            earlier |= set(parts.unbuilt_before(connection, period=number, branch_no=branch))
        files = files_of(place, company, period, records)
        return MonthFacts(
            company=company,
            cell=_cell(company, period, found, first_month_of(company), today),
            debit=sum((month.debit for month in found), Decimal(0)),
            credit=sum((month.credit for month in found), Decimal(0)),
            branches=len(branches),
            parts=len(made),
            built=tuple(made),
            files=files,
            imports=tuple(queries.imports(connection, period=number)[:1]),
            earlier=tuple(sorted(earlier)),
            has_report=any(file.kind == "DR" for file in files),
            folder=place,
            key=number,
        )

    nothing = MonthFacts(
        company=company,
        cell=_cell(company, period, [], first_month_of(company), today),
        debit=Decimal(0),
        credit=Decimal(0),
        branches=0,
        parts=0,
        files=(),
        imports=(),
        earlier=(),
        has_report=False,
        folder=place,
        key=period.key,
    )
    return read_with(ledger_file(ledgers, company, period), read, nothing)


def month_sides(ledgers: Path, out: Path, company: CompanyRecord, period: Period, today: date) -> list[MonthFacts]:
    """The month as one, or both fiscal periods of the month in which a liquidation begins, each knowing the other."""
    found = [month_facts(ledgers, out, company, side, today) for side in sides_of(company.company, period)]
    if len(found) == 1:
        return found
    before, after = found
    return [replace(before, other=after), replace(after, other=before)]


def _key_in(keys: set[int], company: CompanyRecord, side: Period) -> int:
    """Where a side's vouchers stand: those that came before the card spoke of liquidation wait for the next check."""
    if side.key in keys:
        return side.key
    own = {one.key for one in sides_of(company.company, side)}
    moved = sorted(key for key in keys if key % LIQUIDATION == int(side.compact) and key not in own)
    return moved[0] if moved else side.key


def files_of(place: Path, company: CompanyRecord, period: Period, records: dict[str, str]) -> tuple[FileRow, ...]:
    """The month's files as they lie in the tree, and those that were built and are not there any more."""
    stem = f"{company.company.tax_number.digits}-{period.compact}-"
    found: dict[str, FileRow] = {}
    if place.is_dir():
        for path in sorted(place.iterdir()):
            if not path.is_file() or not path.name.removeprefix("GIB-").startswith(stem):
                continue
            size = path.stat().st_size
            digest = records.get(path.name, "") or (_digest(path) if size <= _HASHED_BYTES else "")
            found[path.name] = FileRow(path=path, kind=_kind(path), size=size, sha256=digest)
    for name, digest in records.items():
        if name not in found:
            found[name] = FileRow(path=place / name, kind=_kind(place / name), size=0, sha256=digest, is_missing=True)
    return tuple(found[name] for name in sorted(found))


def year_words(company: CompanyRecord, period: Period) -> str:
    """`01.01.2026–31.12.2026`."""
    start, end = fiscal_year(company, period)
    return f"{format_date(start)}–{format_date(end)}"


def import_words(record: ImportRecord) -> str:
    """When and from what the last vouchers came."""
    return f"{record.name}, {format_datetime(datetime.fromisoformat(record.ended_at))}"


def _kind(path: Path) -> str:
    said = parse_name(path.name) or parse_name(f"{path.stem}.xml")
    return said.kind if said is not None else ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
