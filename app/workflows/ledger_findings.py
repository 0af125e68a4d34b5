"""What the last check of a month found, without checking again; and whether the data have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.domain.spans import last_day, sides_of
from app.domain.voucher import Period
from app.storage.ledgers import kept
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import open_ledger
from app.workflows.ledger_model import MonthCheck, from_kept, mark_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheck:
    """A check that was kept. `is_stale`: vouchers, earlier books, the card or the rules have changed since."""

    check: MonthCheck
    checked_at: str
    is_stale: bool


def stored_checks(ctx: WorkContext, company: CompanyRecord, period: Period, *, folder: Path) -> list[StoredCheck]:
    """The month's last checks, a branch each; empty when it was never checked. Reads only, any thread.

    In the month of a liquidation's registration both of its fiscal periods.
    """
    is_over = ctx.clock.today() > last_day(period)
    found: list[StoredCheck] = []
    ledger = open_ledger(company, period, folder)
    try:
        with ledger.read() as connection:
            for side in sides_of(company.company, period):
                for row, findings in kept.checks_of(connection, period=side.key):
                    mark = mark_of(connection, company, period=side.key, branch_no=row.branch_no, is_over=is_over)
                    check = from_kept(side, row, findings)
                    found.append(StoredCheck(check=check, checked_at=row.checked_at, is_stale=row.mark != mark))
    finally:
        ledger.close()
    return found
