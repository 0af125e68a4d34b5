"""Vouchers out of a file into a company's ledger files, one per fiscal year."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.errors import EnvironmentFault, InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.spans import liquidation_of
from app.domain.voucher import Period
from app.edefter.sources.reading import ensure_ready, read_source
from app.edefter.sources.shape import Format, SourceShape
from app.edefter.zipped import is_archive
from app.storage import leases
from app.storage.ledgers import queries
from app.storage.ledgers.database import LedgerDatabase, ledger_path
from app.storage.ledgers.importing import BATCH_ROWS, ImportResult, StagedImport, begin_import, undo_import
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext, under_lease

_CHUNK = 1024 * 1024
_OLDEST_YEAR = 2010


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What came of an import. `results` by fiscal year; `bad` are the rows that no voucher could be made of.

    `bad_total` counts them all, `bad` holds the first ones.
    """

    file: str
    sha256: str
    results: dict[int, ImportResult] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    bad_total: int = 0

    def total(self, name: str) -> int:
        """A count over all years, e.g. `total("new")`."""
        return sum(int(getattr(result, name)) for result in self.results.values())

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(sorted({period for result in self.results.values() for period in result.periods}))

    def to_json(self) -> dict[str, Any]:
        counts = {
            name: self.total(name)
            for name in ("lines", "vouchers", "new", "same", "changed", "locked", "sealed", "replaced")
        }
        return {
            "file": self.file,
            "sha256": self.sha256,
            **counts,
            "bad": self.bad_total,
            "periods": list(self.periods),
        }


@lru_cache(maxsize=1024)
def fiscal_year_of(day: str, first_month: int) -> int:
    """The fiscal year an ISO day belongs to, called by the calendar year in which it begins.

    `first_month` is the month in which the company's fiscal year begins, 1 for the ordinary one.
    """
    year, month = int(day[:4]), int(day[5:7])
    return year if month >= first_month else year - 1


def first_month_of(company: CompanyRecord) -> int:
    """The month in which the company's fiscal year begins, from its card; 1 where the card says nothing."""
    start = company.company.fiscal_year_start
    return int(start[5:7]) if len(start) >= 7 and start[5:7].isdigit() and 1 <= int(start[5:7]) <= 12 else 1


def liquidation_in(company: CompanyRecord, year: int) -> str:
    """The ISO day on which the liquidation's own period begins in this fiscal year; empty without one."""
    day = liquidation_of(company.company, Period(year, first_month_of(company)))
    return day.isoformat() if day else ""


def import_vouchers(
    ctx: WorkContext,
    company: CompanyRecord,
    path: Path,
    shape: SourceShape,
    *,
    folder: Path,
    replace: frozenset[int] = frozenset(),
) -> ImportReport:
    """Take a file's vouchers into the company's ledgers under `folder`, under the company's lease.

    `replace` are months (202603) whose vouchers the file takes the place of. A row that is bad stands aside; the
    others come in. Cancelled or refused, nothing of the file stays.
    Raises: InputError (as `ensure_ready`; LEDGER.NOTHING when no row could be read), JobCancelled, LeaseHeld,
    StorageError.
    """
    ensure_ready(shape)
    try:
        report = ImportReport(file=path.name, sha256=_sha256(path))
        is_text = shape.format in (Format.TABLE, Format.TURKCELL) and not is_archive(path)
        total = _count_lines(path) if is_text else 0
        with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()) as lease:
            held = under_lease(ctx, lease)
            rows = read_source(path, shape)
            kind = shape.format.value
            return take_rows(held, company, rows, report, folder=folder, replace=replace, total=total, kind=kind)
    except OSError as error:
        raise EnvironmentFault(
            "FILE.READ",
            f"{path.name} okunamadı.",
            why="Dosya silinmiş, taşınmış ya da başka bir programda kilitli.",
            todo="Dosyayı kapatıp yeniden deneyin.",
            raw_text=type(error).__name__,
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneImport:
    """An import that was taken back: its file, and how many vouchers went."""

    file: str
    vouchers: int


def undo_last_import(ctx: WorkContext, company: CompanyRecord, year: int, *, folder: Path) -> UndoneImport:
    """Take the last import of a fiscal year (called by the year in which it begins) back, under the company's lease.

    What it had replaced is in force again. Raises: InputError LEDGER.NO_IMPORT; RuleBroken LEDGER.LOCKED,
    LEDGER.SEALED; LeaseHeld.
    """
    path = ledger_path(folder, company.company.tax_number.digits, year)
    with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()):
        if not path.is_file():
            raise _no_import(year)
        ledger = LedgerDatabase.open(path)
        try:
            with ledger.read() as connection:
                known = queries.imports(connection)
            if not known:
                raise _no_import(year)
            last = max(known, key=lambda one: one.id)
            return UndoneImport(file=last.name, vouchers=undo_import(ledger, last.id))
        finally:
            ledger.close()


def _no_import(year: int) -> InputError:
    return InputError(
        "LEDGER.NO_IMPORT",
        "Geri alınacak bir aktarma yok.",
        why=f"{year} hesap yılına fiş aktarılmamış.",
        todo="Yılı ve firmayı kontrol edin.",
    )


def take_rows(
    ctx: WorkContext,
    company: CompanyRecord,
    rows: Iterable[LedgerRow | BadRow],
    report: ImportReport,
    *,
    folder: Path,
    replace: frozenset[int],
    total: int,
    kind: str,
) -> ImportReport:
    """Take rows of any source, under the company's lease that the caller holds. `total` 0: nobody knows how many.

    Raises: as `import_vouchers`, the lease aside.
    """
    ledgers: dict[int, LedgerDatabase] = {}
    staged: dict[int, StagedImport] = {}
    waiting: dict[int, list[LedgerRow | BadRow]] = {}
    taken = 0
    at = ctx.clock.now().isoformat()
    month = first_month_of(company)
    title = company.company.party.display_name

    def open_year(year: int) -> None:
        ledgers[year] = LedgerDatabase.open(ledger_path(folder, company.company.tax_number.digits, year))
        staged[year] = begin_import(
            ledgers[year],
            name=report.file,
            sha256=report.sha256,
            source_format=kind,
            at=at,
            liquidation=liquidation_in(company, year),
        )

    def flush(year: int) -> None:
        nonlocal taken
        if year not in staged:
            open_year(year)
        batch = waiting.pop(year, [])
        for _ in staged[year].add(batch):
            taken += len(batch)
            ctx.progress.report(min(taken, total) if total else taken, total, f"{title}: {report.file}")
            ctx.progress.checkpoint()

    try:
        current = 0
        for row in rows:
            if isinstance(row, BadRow):
                report.bad_total += 1
                if len(report.bad) < BATCH_ROWS:
                    report.bad.append(row)
                year = current  # a bad row is told with the year it stands in
                if not year:
                    continue
            else:
                year = current = fiscal_year_of(row.day, month)
                if year < _OLDEST_YEAR:
                    report.bad_total += 1
                    report.bad.append(_too_old(row))
                    continue
            batch = waiting.setdefault(year, [])
            batch.append(row)
            if len(batch) >= BATCH_ROWS:
                flush(year)
        for year in list(waiting):
            flush(year)
        if not staged:
            raise _nothing(report)
        for year in sorted(staged):
            ctx.progress.checkpoint()
            report.results[year] = staged[year].finish(at=at, replace=replace)
    except BaseException:
        for year, one in staged.items():
            if year not in report.results:
                one.discard()
        raise
    finally:
        for ledger in ledgers.values():
            ledger.close()
    return report


def _too_old(row: LedgerRow) -> BadRow:
    return BadRow(
        row.source_line,
        "LEDGER.DAY_OLD",
        "day",
        f"Fiş tarihi {row.day} çok eski; yılı kontrol edin.",
        f"{row.reference} {row.main_id}",
    )


def _nothing(report: ImportReport) -> InputError:
    first = report.bad[0] if report.bad else None
    why = f"{first.source_line}. satır: {first.message}" if first else "Başlığın altında satır yok."
    return InputError(
        "LEDGER.NOTHING",
        "Dosyadan hiçbir yevmiye satırı alınamadı.",
        why=why,
        todo="Sütun eşlemesini ve dosyayı kontrol edin; deftere dokunulmadı.",
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _count_lines(path: Path) -> int:
    """About how many rows the file has, for progress: line ends of the commonest kind."""
    feeds = returns = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
    return max(feeds, returns, 1)
