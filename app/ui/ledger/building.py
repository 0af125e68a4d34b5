"""One month's build as a page asks for it: its own options, its patience, and what is said when it fails."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.errors import AppError
from app.domain.ledger_terms import StampedFiles
from app.domain.protocols import Sealer
from app.domain.voucher import Period
from app.office import Office
from app.storage.records import CompanyRecord
from app.ui.ledger.results import MonthResult
from app.ui.lists.seal_flow import patiently
from app.workflows.context import WorkContext
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_terms import build_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What one build asks beyond the card and the settings. `max_part_mb` 0: nothing of its own."""

    max_part_mb: int = 0
    split_after: tuple[date, ...] = ()
    stamped: StampedFiles = StampedFiles.OFFICE
    #: The user's word that a sealed month is built anew; its files go to the folder of cancelled ones.
    again: bool = False


def is_sealed(result: MonthResult) -> bool:
    """Whether the month was left alone because its signed files stand in the folder."""
    return result.error is not None and result.error.code == "LEDGER.SEALED"


def by_company(months: Sequence[tuple[CompanyRecord, Period]]) -> deque[tuple[CompanyRecord, list[Period]]]:
    """Each company's months in their order."""
    found: dict[int, tuple[CompanyRecord, list[Period]]] = {}
    for company, period in months:
        found.setdefault(company.id, (company, []))[1].append(period)
    return deque((company, sorted(periods)) for company, periods in found.values())


def build_one(
    ctx: WorkContext, office: Office, company: CompanyRecord, period: Period, sealer: Sealer, special: Special
) -> MonthResult:
    """Build a month in a job's thread; its failure is its own, the next month goes on. Raises: JobCancelled."""
    folder = office.folder.ledgers
    try:
        options = build_options(
            office.settings,
            company,
            secrets=lambda: office.secrets,
            max_part_mb=special.max_part_mb,
            split_after=special.split_after,
            stamped=special.stamped,
        )
        report = patiently(
            ctx,
            lambda: build_month(
                ctx,
                company,
                period,
                sealer,
                options,
                folder=folder,
                out=office.folder.edefter,
                official=office.rules,
                again=special.again,
            ),
        )
        if not report.is_built and any(check.has_errors for check in report.checks):
            # The month remembers that it does not hold.
            check_month(ctx, company, period, folder=folder)
    except AppError as error:
        return MonthResult(company=company, period=period, error=error)
    return MonthResult(company=company, period=period, report=report)
