"""A month looked at before any XML exists: numbers given, every rule asked, everything said together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.domain.findings import Severity
from app.domain.party import Company
from app.domain.turkish import format_amount, format_date
from app.domain.voucher import Period, PeriodState
from app.edefter.rules import RULES
from app.runtime.crashpoints import declare
from app.storage.ledgers import books, parts, queries
from app.storage.ledgers.database import LedgerDatabase, ledger_path
from app.storage.ledgers.parts import Standing
from app.storage.ledgers.suspects import Suspect, negative_days, suspects
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_import import first_month_of, fiscal_year_of

NUMBER = declare("ledger.number", "the yevmiye numbers of a month")
_CASH = ("100", "102")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFinding:
    """One thing that is wrong or odd in a month. `voucher_id` 0 means the month or the company's card."""

    severity: Severity
    code: str
    message: str
    explanation: str
    voucher_id: int = 0
    entry: int = 0
    reference: str = ""
    line: int = 0

    def to_json(self) -> dict[str, Any]:
        """The shape of `validate`'s findings."""
        place = f"voucher[{self.reference}]" if self.reference else ""
        return {
            "severity": self.severity.value,
            "layer": "builtin",
            "code": self.code,
            "field": place,
            "message": self.message,
            "explanation": self.explanation,
            "official": "",
            "fix": "",
            "line": self.line or None,
            "xpath": "",
        }


@dataclass(slots=True, kw_only=True)
class MonthCheck:
    """What was found in a month. `counts` by code tell of more than are listed. Amounts in units of 1/10,000."""

    period: Period
    branch_no: str
    branch_name: str
    vouchers: int = 0
    lines: int = 0
    debit: int = 0
    credit: int = 0
    first_entry: int = 0
    last_entry: int = 0
    findings: list[LedgerFinding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "period": str(self.period),
            "branch": self.branch_no,
            "vouchers": self.vouchers,
            "lines": self.lines,
            "debit": str(queries.amount(self.debit)),
            "credit": str(queries.amount(self.credit)),
            "entries": [self.first_entry, self.last_entry],
            "ok": not self.has_errors,
            "counts": self.counts,
            "findings": [finding.to_json() for finding in self.findings],
        }


def open_ledger(company: CompanyRecord, period: Period, folder: Path) -> LedgerDatabase:
    """The ledger file that a month of the company belongs to."""
    year = fiscal_year_of(f"{period}-01", first_month_of(company))
    return LedgerDatabase.open(ledger_path(folder, company.company.tax_number.digits, year))


def check_month(ctx: WorkContext, company: CompanyRecord, period: Period, *, folder: Path) -> list[MonthCheck]:
    """Number and check the month, a result per branch (one without branches). Numbers of the source stay."""
    ledger = open_ledger(company, period, folder)
    try:
        with ledger.read() as connection:
            branches = parts.branches_of(connection, period=int(period.compact)) or [("", "")]
        checks = [check_branch(ctx, company, ledger, period, no, name) for no, name in branches]
        _remember(ctx, ledger, checks)
        return checks
    finally:
        ledger.close()


def _remember(ctx: WorkContext, ledger: LedgerDatabase, checks: list[MonthCheck]) -> None:
    """The month says that it was checked, and whether it held; one that is sealed already keeps its state."""
    before = (None, PeriodState.IMPORTED, PeriodState.CHECKED, PeriodState.FAILED)
    with ledger.write(NUMBER) as connection:
        for check in checks:
            month = int(check.period.compact)
            if check.vouchers and parts.state_of(connection, period=month, branch_no=check.branch_no) in before:
                state = PeriodState.FAILED if check.has_errors else PeriodState.CHECKED
                at = ctx.clock.now().isoformat()
                parts.set_state(connection, period=month, branch_no=check.branch_no, state=state, at=at)


def check_branch(
    ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, period: Period, branch_no: str, branch_name: str
) -> MonthCheck:
    """One branch's month."""
    month = int(period.compact)
    check = MonthCheck(period=period, branch_no=branch_no, branch_name=branch_name)
    check.findings += company_findings(company.company)
    if ctx.clock.today() <= last_day(period):
        _add(check, "DEFTER.FUTURE", a=str(period))
    with ledger.read() as connection:
        standing = standing_of(company, parts.standing_before(connection, period=month, branch_no=branch_no))
    with ledger.write(NUMBER) as connection:
        books.give_numbers(
            connection, period=month, branch_no=branch_no, next_entry=standing.entry + 1, next_line=standing.line + 1
        )
    with ledger.read() as connection:
        bounds = books.entry_range(connection, period=month, branch_no=branch_no)
        if bounds is None:
            _add(check, "DEFTER.EMPTY", a=str(period))
            return check
        check.first_entry, check.last_entry = bounds
        part = books.Part(branch_no=branch_no, first=bounds[0], last=bounds[1])
        totals = books.part_totals(connection, period=month, part=part)
        check.vouchers, check.lines = totals.vouchers, totals.lines
        check.debit, check.credit = totals.debit, totals.credit
        found = suspects(
            connection,
            period=month,
            branch_no=branch_no,
            next_entry=standing.entry + 1,
            next_line=standing.line + 1,
        )
        for code, count, listed in found:
            ctx.progress.checkpoint()
            check.counts[code] = count
            check.findings += [_finding(suspect) for suspect in listed]
        for account, day, balance in negative_days(connection, until=month, accounts=_CASH):
            shown = f"{format_date(date.fromisoformat(day))} ({format_amount(queries.amount(balance))})"
            _add(check, "DEFTER.NEGATIVE", a=account, b=shown)
    check.findings.sort(key=lambda finding: (finding.severity is not Severity.ERROR, finding.entry, finding.line))
    return check


def standing_of(company: CompanyRecord, built: Standing | None) -> Standing:
    """Where the numbers stand: behind the last built part, else where the previous program left them (company card).

    `ledger_start` holds `entry`, `line` and `sequence`: the last numbers the previous program gave.
    """
    if built is not None:
        return built
    start = company.company.ledger_start
    return Standing(*(int(start[key]) if start.get(key, "").isdigit() else 0 for key in ("entry", "line", "sequence")))


def last_day(period: Period) -> date:
    """The last day of the month."""
    following = date(period.year + period.month // 12, period.month % 12 + 1, 1)
    return following - timedelta(days=1)


def company_findings(company: Company) -> list[LedgerFinding]:
    """What the head of a ledger needs of the company's card. Source: Genel Açıklamalar, entityInformation."""
    party, accountant = company.party, company.accountant
    needed = (
        (party.display_name, "unvan ya da ad soyad"),
        (party.phone, "telefon"),
        (party.email, "e-posta"),
        (party.address.street, "cadde/sokak"),
        (party.address.city, "il"),
        (party.address.postal_code, "posta kodu"),
        (company.nace, "NACE faaliyet kodu"),
        (company.fiscal_year_start, "hesap döneminin başı"),
        (company.fiscal_year_end, "hesap döneminin sonu"),
        (accountant.name, "mali müşavirin adı"),
    )
    missing = [words for value, words in needed if not value.strip()]
    found = [_said("DEFTER.COMPANY", a=", ".join(missing))] if missing else []
    return found if company.tax_number.is_checksum_valid else [*found, _said("DEFTER.VKN")]


def _add(check: MonthCheck, code: str, *, a: str = "", b: str = "") -> None:
    check.findings.append(_said(code, a=a, b=b))
    check.counts[code] = check.counts.get(code, 0) + 1


def _said(code: str, *, a: str = "", b: str = "") -> LedgerFinding:
    rule = RULES[code]
    message = rule.message.format(a=a, b=b, entry="", reference="")
    return LedgerFinding(severity=rule.severity, code=code, message=message, explanation=rule.why)


def _finding(suspect: Suspect) -> LedgerFinding:
    rule = RULES[suspect.code]
    a, b = suspect.a, suspect.b
    if rule.money:
        a, b = (format_amount(queries.amount(int(units))) for units in (a, b))
    if rule.days:
        a, b = (format_date(date.fromisoformat(day)) for day in (a, b))
    return LedgerFinding(
        severity=rule.severity,
        code=suspect.code,
        message=rule.message.format(a=a, b=b, entry=suspect.entry, reference=suspect.reference.partition("@")[0]),
        explanation=rule.why,
        voucher_id=suspect.voucher_id,
        entry=suspect.entry,
        reference=suspect.reference,
        line=suspect.source_line,
    )
