"""What stands on a month's ledgers before their lines: the folder, the fiscal year, the parts and their heads."""

from __future__ import annotations

from concurrent import futures
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from app.domain.books import BookHead
from app.domain.dates import istanbul_date
from app.domain.spans import span_of
from app.domain.turkish import format_date
from app.domain.voucher import Period
from app.edefter.splitting import MAX_PART_BYTES, SMALL_MONTH_LINES, Cut
from app.storage.ledgers import books
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.parts import PartRecord, Standing
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_crew import BookCrew
from app.workflows.time_stamps import Stamping

_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """`source_application` is the approved software's `VKN##UNVAN##PROGRAM##SÜRÜM`, `creator` who builds.

    `stamping` None: no time stamps.
    """

    source_application: str
    creator: str
    max_part_bytes: int = MAX_PART_BYTES
    split_after: tuple[date, ...] = ()
    stamping: Stamping | None = None


def month_folder(root: Path, company: CompanyRecord, period: Period) -> Path:
    """`<root>/VKN/01.01.2026-31.12.2026/03`. Source: Teknik Kılavuz 1.7, directories."""
    start, end = fiscal_year(company, period)
    year = f"{format_date(start)}-{format_date(end)}"
    return root / company.company.tax_number.digits / year / f"{period.month:02d}"


def fiscal_year(company: CompanyRecord, period: Period) -> tuple[date, date]:
    """First and last day of the fiscal period that holds the month (or the liquidation's side of it)."""
    span = span_of(company.company, period)
    return span.fiscal_start, span.fiscal_end


def cuts_of(
    ctx: WorkContext,
    crew: BookCrew,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    check: MonthCheck,
    options: BuildOptions,
) -> list[Cut]:
    """The parts of the month, or of the liquidation's side of it, that `crew` has in hand.

    Raises: RuleBroken LEDGER.TOO_LARGE; JobCancelled.
    """
    span = span_of(company.company, check.period)
    if check.lines < SMALL_MONTH_LINES and options.max_part_bytes >= MAX_PART_BYTES and not options.split_after:
        with ledger.read() as connection:
            part = books.Part(branch_no=check.branch_no, first=check.first_entry, last=check.last_entry)
            top = books.last_line(connection, period=check.period.key, part=part)
        return [
            Cut(
                first_entry=check.first_entry,
                last_entry=check.last_entry,
                last_line=top,
                start=span.first_day,
                end=span.last_day,
            )
        ]
    measured = crew.ledger.submit(
        "cuts",
        check.first_entry,
        check.last_entry,
        span.first_day.isoformat(),
        span.last_day.isoformat(),
        options.max_part_bytes,
        [day.isoformat() for day in options.split_after],
    )
    title = f"{company.company.party.display_name} {check.period}: parçalar hesaplanıyor"
    while not futures.wait([measured], timeout=_LOOK_S).done:
        ctx.progress.report(0, 0, title)
        ctx.progress.checkpoint()
    days = ("start", "end")
    return [Cut(**{**told, **{day: date.fromisoformat(told[day]) for day in days}}) for told in measured.result()]


def head_of_part(
    company: CompanyRecord,
    check: MonthCheck,
    period: Period,
    cut: Cut,
    options: BuildOptions,
    now: datetime,
    standing: Standing,
    index: int,
    count: int,
) -> BookHead:
    span = span_of(company.company, period)
    return BookHead(
        company=company.company,
        period=period,
        start=cut.start,
        end=cut.end,
        created=istanbul_date(now),
        fiscal_start=span.fiscal_start,
        fiscal_end=span.fiscal_end,
        sequence=standing.sequence + index + 1,
        creator=options.creator or company.company.accountant.name,
        source_application=options.source_application,
        # In a month of two fiscal periods no part is the whole month (Uyumluluk Onay Kılavuzu 1.7, section 7).
        part=0 if count == 1 and not span.shares_month else index + 1,
        branch_no=check.branch_no,
        branch_name=check.branch_name,
    )


def head_of_month(
    company: CompanyRecord,
    period: Period,
    options: BuildOptions,
    now: datetime,
    *,
    branch_no: str = "",
    branch_name: str = "",
) -> BookHead:
    """The head of a document about the whole month (the ledger report)."""
    span = span_of(company.company, period)
    return BookHead(
        company=company.company,
        period=period,
        start=span.first_day,
        end=span.last_day,
        created=istanbul_date(now),
        fiscal_start=span.fiscal_start,
        fiscal_end=span.fiscal_end,
        sequence=period.month,
        creator=options.creator or company.company.accountant.name,
        source_application=options.source_application,
        branch_no=branch_no,
        branch_name=branch_name,
    )


def part_record(head: BookHead, cut: Cut, month: int) -> PartRecord:
    return PartRecord(
        period=month,
        branch_no=head.branch_no,
        part=head.part,
        sequence=head.sequence,
        first_entry=cut.first_entry,
        last_entry=cut.last_entry,
        last_line=cut.last_line,
        start_day=cut.start.isoformat(),
        end_day=cut.end.isoformat(),
    )
