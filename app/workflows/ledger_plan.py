"""The parts a month would be built as, before anything is sealed or written."""

from __future__ import annotations

from pathlib import Path

from app.domain.voucher import Period
from app.edefter.splitting import Cut
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck, check_sides, open_ledger
from app.workflows.ledger_crew import BookCrew
from app.workflows.ledger_heads import BuildOptions, cuts_of

Plan = list[tuple[MonthCheck, list[Cut]]]


def plan_month(
    ctx: WorkContext, company: CompanyRecord, period: Period, options: BuildOptions, *, folder: Path
) -> Plan:
    """Number and check the month and say how it would be cut; a branch with errors has no parts.

    Raises: RuleBroken LEDGER.TOO_LARGE; JobCancelled.
    """
    ledger = open_ledger(company, period, folder)
    try:
        checks = check_sides(ctx, company, ledger, period)
        plan: Plan = []
        with BookCrew(sum(check.lines for check in checks)) as crew:
            for check in checks:
                ctx.progress.checkpoint()
                if check.has_errors:
                    plan.append((check, []))
                    continue
                crew.take(
                    ledger.path, period=check.period.key, branch_no=check.branch_no, branch_name=check.branch_name
                )
                plan.append((check, cuts_of(ctx, crew, company, ledger, check, options)))
        return plan
    finally:
        ledger.close()
