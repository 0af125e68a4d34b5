"""A month looked at before any XML exists: numbers given, every rule asked, everything said together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from app.domain.findings import Severity
from app.domain.ledger_terms import LedgerMode, Numbering
from app.domain.party import Company
from app.domain.spans import last_day, liquidation_of, period_of_day, sides_of, span_of
from app.domain.turkish import format_amount, format_date
from app.domain.voucher import DOCUMENT_TYPE_TITLES, LIQUIDATION, DocumentType, Period, PeriodState
from app.edefter.chart import chart
from app.edefter.rules import RULES
from app.runtime.crashpoints import declare
from app.storage.ledgers import books, kept, parts, queries, sums
from app.storage.ledgers.database import LedgerConnection, LedgerDatabase, ledger_path
from app.storage.ledgers.parts import Standing
from app.storage.ledgers.suspects import Suspect, suspects
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_card import company_fields
from app.workflows.ledger_import import first_month_of, fiscal_year_of
from app.workflows.ledger_measures import late_findings, measure_findings
from app.workflows.ledger_model import LedgerFinding, MonthCheck, mark_of, said, to_kept
from app.workflows.ledger_sense import Oddity, SenseScope, oddities
from app.workflows.ledger_sizes import size_findings

__all__ = [
    "LedgerFinding",
    "MonthCheck",
    "check_branch",
    "check_month",
    "check_sides",
    "company_findings",
    "last_day",
    "open_ledger",
    "part_vouchers",
    "remember",
    "standing_of",
]

NUMBER = declare("ledger.number", "the yevmiye numbers of a month")
_YEAR = 12


def open_ledger(company: CompanyRecord, period: Period, folder: Path) -> LedgerDatabase:
    """The ledger file that a month of the company belongs to."""
    year = fiscal_year_of(f"{period}-01", first_month_of(company))
    return LedgerDatabase.open(ledger_path(folder, company.company.tax_number.digits, year))


def check_month(ctx: WorkContext, company: CompanyRecord, period: Period, *, folder: Path) -> list[MonthCheck]:
    """Number and check the month, a result per branch (one without branches). Numbers of the source stay.

    What was found is kept in the ledger file (`ledger_findings.stored_checks` gives it back).
    """
    ledger = open_ledger(company, period, folder)
    try:
        checks = check_sides(ctx, company, ledger, period)
        remember(ctx, company, ledger, checks)
        return checks
    finally:
        ledger.close()


def check_sides(ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, period: Period) -> list[MonthCheck]:
    """Every branch of the month; in the month of a liquidation's registration those before it, then those after.

    A side without vouchers is left out where the other has some. Raises: RuleBroken LEDGER.LIQUIDATION_SEALED.
    """
    part_vouchers(company, ledger, period)
    sides = sides_of(company.company, period)
    checks: list[MonthCheck] = []
    for side in sides:
        with ledger.read() as connection:
            branches = parts.branches_of(connection, period=side.key)
        found = [check_branch(ctx, company, ledger, side, no, name) for no, name in branches]
        if len(branches) > 1 and any(not no for no, _ in branches):
            found[0].add("DEFTER.BRANCH_MIXED", a=str(period))
            _sort(found[0])
        checks += found
    return checks or [check_branch(ctx, company, ledger, sides[0], "", "")]


def part_vouchers(company: CompanyRecord, ledger: LedgerDatabase, period: Period) -> None:
    """Vouchers from the liquidation's day on into its own fiscal period: the card may know the day since today only.

    Raises: RuleBroken LEDGER.LIQUIDATION_SEALED.
    """
    begun = liquidation_of(company.company, period)
    with ledger.read() as connection:
        is_parted = begun is None and not parts.has_liquidation(connection)
    if not is_parted:
        with ledger.write(NUMBER) as connection:
            parts.part_vouchers_at(connection, begun=begun.isoformat() if begun else "")


def remember(ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, checks: list[MonthCheck]) -> None:
    """The month says that it was checked, whether it held and what was found; one that is sealed keeps its state."""
    before = (None, PeriodState.IMPORTED, PeriodState.CHECKED, PeriodState.FAILED)
    at = ctx.clock.now().isoformat()
    with ledger.write(NUMBER) as connection:
        for check in checks:
            month = check.period.key
            if check.vouchers and parts.state_of(connection, period=month, branch_no=check.branch_no) in before:
                state = PeriodState.FAILED if check.has_errors else PeriodState.CHECKED
                parts.set_state(connection, period=month, branch_no=check.branch_no, state=state, at=at)
            is_over = ctx.clock.today() > last_day(check.period)
            mark = mark_of(connection, company, period=month, branch_no=check.branch_no, is_over=is_over)
            row, findings = to_kept(check, at=at, mark=mark)
            kept.keep(connection, period=month, check=row, findings=findings)


def check_branch(
    ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, period: Period, branch_no: str, branch_name: str
) -> MonthCheck:
    """One branch's month."""
    month = period.key
    on_card = {branch.no: branch.name for branch in company.company.branches}
    check = MonthCheck(period=period, branch_no=branch_no, branch_name=branch_name or on_card.get(branch_no, ""))
    check.findings += company_findings(company.company)
    if branch_no:
        _look_at_branch(check, on_card)
    if ctx.clock.today() <= last_day(period):
        check.add("DEFTER.FUTURE", a=str(period))
    standing = _numbered(ctx, company, ledger, check)
    with ledger.read() as connection:
        bounds = books.entry_range(connection, period=month, branch_no=branch_no)
        if bounds is None:
            check.add("DEFTER.EMPTY", a=str(period))
            return check
        check.first_entry, check.last_entry = bounds
        part = books.Part(branch_no=branch_no, first=bounds[0], last=bounds[1])
        totals = books.part_totals(connection, period=month, part=part)
        check.vouchers, check.lines = totals.vouchers, totals.lines
        check.debit, check.credit = totals.debit, totals.credit
        _look_at_order(check, company, connection)
        _look_at_use_of_branches(check, company, connection)
        found = suspects(
            connection,
            period=month,
            branch_no=branch_no,
            next_entry=standing.entry + 1,
            next_line=standing.line + 1,
            acts=json.dumps(_spellings(chart().acts_not_documents)),
        )
        for code, count, listed in found:
            ctx.progress.checkpoint()
            check.counts[code] = count
            check.findings += [_finding(suspect) for suspect in listed]
        end = company.company.liquidation_end
        for finding in (
            *measure_findings(connection, period=month, branch_no=branch_no),
            *late_findings(connection, period=month, branch_no=branch_no, end=end),
            *size_findings(
                connection, company, ledger, period=month, branch_no=branch_no, branch_name=check.branch_name
            ),
        ):
            check.findings.append(finding)
            check.counts[finding.code] = check.counts.get(finding.code, 0) + 1
        for count, odd in oddities(connection, _scope(company, period, branch_no)):
            ctx.progress.checkpoint()
            for oddity in odd:
                check.findings.append(_odd(oddity))
                check.counts[oddity.code] = check.counts.get(oddity.code, 0) + 1
            if count > len(odd):
                check.counts[odd[0].code] = count
    _sort(check)
    return check


def _numbered(ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, check: MonthCheck) -> Standing:
    """Give the month its numbers and sum its accounts; where the numbers stood before it."""
    month, branch_no = check.period.key, check.branch_no
    terms = company.company.ledger
    with ledger.read() as connection:
        built = parts.standing_before(connection, period=month, branch_no=branch_no)
        if built is None and terms.mode is LedgerMode.INTEGRATOR:
            built = parts.counted_before(connection, period=month, branch_no=branch_no)
        standing = standing_of(company, built, check.period, branch_no)
        given, total = parts.given_counters(connection, period=month, branch_no=branch_no)
        stale = sums.needs_refresh(connection, period=month, branch_no=branch_no)
    if 0 < given < total and terms.numbering is Numbering.SOURCE:
        check.add("DEFTER.NUMBERS_MIXED", a=str(given), b=str(total - given))
    with ledger.write(NUMBER) as connection:
        books.give_numbers(
            connection,
            period=month,
            branch_no=branch_no,
            next_entry=standing.entry + 1,
            next_line=standing.line + 1,
            ours=terms.numbering is Numbering.OURS,
        )
    for one in stale:
        ctx.progress.checkpoint()
        with ledger.write(NUMBER) as connection:
            sums.refresh(connection, period=one, branch_no=branch_no)
    return standing


def standing_of(
    company: CompanyRecord, built: Standing | None, period: Period | None = None, branch_no: str = ""
) -> Standing:
    """Where the numbers stand: behind the last built part, else where the previous program left them (company card).

    `ledger_start` holds `entry`, `line` and `sequence`, the last numbers the previous program gave, and `period`, the
    first month here: they count in its fiscal year only. A branch's own stand under `0001.entry` and so on.
    """
    if built is not None:
        return built
    if period and period.is_liquidation:
        return Standing()
    start = company.company.ledger_start
    prefix = f"{branch_no}." if f"{branch_no}.entry" in start else ""
    begun = _start_period(company)
    if period and begun:
        month = first_month_of(company)
        if fiscal_year_of(f"{period}-01", month) != fiscal_year_of(f"{begun}-01", month):
            return Standing()
    keys = (f"{prefix}{key}" for key in ("entry", "line", "sequence"))
    return Standing(*(int(start[key]) if start.get(key, "").isdigit() else 0 for key in keys))


def _start_period(company: CompanyRecord) -> Period | None:
    try:
        return Period.parse(company.company.ledger_start.get("period", ""))
    except ValueError:
        return None


def _look_at_branch(check: MonthCheck, on_card: dict[str, str]) -> None:
    if len(check.branch_name.strip()) < 2:
        check.add("DEFTER.BRANCH_NAME", a=check.branch_no)
    if on_card and check.branch_no not in on_card:
        check.add("DEFTER.BRANCH_UNKNOWN", a=check.branch_no)


def _look_at_use_of_branches(check: MonthCheck, company: CompanyRecord, connection: LedgerConnection) -> None:
    """With or without branches: as the card says, and as the year's earlier months were."""
    wanted = company.company.ledger.uses_branches
    if wanted and not check.branch_no:
        check.add("DEFTER.BRANCH_WANTED", a=str(check.period))
    elif check.branch_no and not wanted:
        check.add("DEFTER.BRANCH_UNWANTED", a=check.branch_no)
    before = parts.built_otherwise(connection, period=check.period.key, branch_no=check.branch_no)
    if before is not None:
        check.add("DEFTER.BRANCH_CHANGED", a=_shown(before), b="şubesiz" if check.branch_no else "şubeli")


def _look_at_order(check: MonthCheck, company: CompanyRecord, connection: LedgerConnection) -> None:
    """Months come one after the other: built, approved, none left out, none before the first one here."""
    month, branch_no = check.period.key, check.branch_no
    begun = _start_period(company)
    if begun and check.period < begun:
        check.add("DEFTER.START_MONTH", a=str(check.period), b=str(begun))
    if company.company.ledger.mode is LedgerMode.OWN:
        built = parts.last_built_before(connection, period=month, branch_no=branch_no)
        if unbuilt := parts.unbuilt_before(connection, period=month, branch_no=branch_no):
            check.add("DEFTER.ORDER", a=_shown(unbuilt[0]))
        elif built and built[1] is not PeriodState.COMPLETED:
            check.add("DEFTER.PREVIOUS_OPEN", a=_shown(built[0]))
    elif (counted := parts.counted_before(connection, period=month, branch_no=branch_no)) and not counted.entry:
        # An integrator builds: our numbers go on from the month before, which nobody has checked yet.
        check.add("DEFTER.ORDER", a=_shown(parts.months_before(connection, period=month, branch_no=branch_no)[-1]))
    before = parts.months_before(connection, period=month, branch_no=branch_no)
    previous = _shifted(check.period, -1)
    if before and int(previous.compact) > before[-1] % LIQUIDATION and not (begun and previous < begun):
        check.add("DEFTER.MONTH_SKIPPED", a=str(previous))


def _shown(period: int) -> str:
    """`202603` as `2026-03`; keys of a liquidation's months are higher by a million."""
    return f"{period // 100 % 10_000:04d}-{period % 100:02d}"


def _shifted(period: Period, months: int) -> Period:
    count = period.year * _YEAR + period.month - 1 + months
    return Period(count // _YEAR, count % _YEAR + 1)


def _scope(company: CompanyRecord, period: Period, branch_no: str) -> SenseScope:
    """Where the month stands in its fiscal period: the year, or what a liquidation leaves of it on either side."""
    span = span_of(company.company, period)
    first = period_of_day(company.company, span.fiscal_start)
    liquidated = liquidation_of(company.company, period)
    ends = span.fiscal_end if liquidated is None or period.is_liquidation else liquidated - timedelta(days=1)
    begun = _start_period(company)
    return SenseScope(
        period=period.key,
        branch_no=branch_no,
        fiscal_first=first.key,
        is_first=period == first,
        is_last=period == period_of_day(company.company, ends),
        is_taken_over=begun is not None and not period.is_liquidation and begun > first,
    )


def company_findings(company: Company) -> list[LedgerFinding]:
    """What the head of a ledger needs of the company's card. Source: Genel Açıklamalar, entityInformation."""
    fields = company_fields(company)
    missing = [one.title for one in fields if one.is_required and not one.is_complete]
    if not company.party.address.country.strip():
        missing.append("Ülke")
    found = [said("DEFTER.COMPANY", a=", ".join(missing))] if missing else []
    if not _is_fiscal_year(company.fiscal_year_start, company.fiscal_year_end):
        found.append(said("DEFTER.FISCAL_YEAR", a=company.fiscal_year_start, b=company.fiscal_year_end))
    if not company.party.web.strip():
        found.append(said("DEFTER.WEB"))
    return found if company.tax_number.is_checksum_valid else [*found, said("DEFTER.VKN")]


def _is_fiscal_year(first: str, last: str) -> bool:
    """Whether the two days enclose a fiscal year; a day that is missing is said elsewhere."""
    if not first.strip() or not last.strip():
        return True
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        return False
    return start < end <= start + timedelta(days=366)


def _spellings(words: tuple[str, ...]) -> list[str]:
    """As SQLite's `lower` leaves them: it knows ASCII only."""
    upper = str.maketrans("iıçğöşü", "İIÇĞÖŞÜ")
    forms = {form for word in words for form in (word, word.translate(upper), word.upper().translate(upper))}
    forms |= {word.translate(upper).upper() for word in words} | {word[0].upper() + word[1:] for word in words}
    return sorted({_sqlite_lower(form) for form in forms})


def _sqlite_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _sort(check: MonthCheck) -> None:
    order = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    check.findings.sort(key=lambda finding: (order.index(finding.severity), finding.entry, finding.line))


def _odd(oddity: Oddity) -> LedgerFinding:
    place = oddity.place
    finding = said(oddity.code, a=oddity.a, b=oddity.b, reference=place.reference if place else "")
    if place is None:
        return finding
    voucher_id, entry, reference, line = place
    return replace(finding, voucher_id=voucher_id, entry=entry, reference=reference, line=line)


def _finding(suspect: Suspect) -> LedgerFinding:
    rule = RULES[suspect.code]
    a, b = suspect.a, suspect.b
    if rule.money:
        a, b = (format_amount(queries.amount(int(units))) for units in (a, b))
    if rule.days:
        a, b = (format_date(date.fromisoformat(day)) for day in (a, b))
    if shape := _WORDS.get(suspect.code):
        a, b = shape(a, b)
    finding = said(suspect.code, a=a, b=b, reference=suspect.reference, entry=suspect.entry)
    if suspect.lines > 1:
        what, semicolon, todo = finding.message.partition(";")
        finding = replace(finding, message=f"{what.rstrip('.')} ({suspect.lines} satır){semicolon or '.'}{todo}")
    return replace(
        finding,
        voucher_id=suspect.voucher_id,
        entry=suspect.entry,
        reference=suspect.reference,
        line=suspect.source_line,
    )


def _type_title(a: str, b: str) -> tuple[str, str]:
    return a, DOCUMENT_TYPE_TITLES[DocumentType(b)] if b in {kind.value for kind in DocumentType} else b


def _references(a: str, b: str) -> tuple[str, str]:
    return a, b.partition("@")[0]


#: Where a rule's words need more than money and days.
_WORDS: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "DEFTER.DOCUMENT_EXTRA": _type_title,
    "DEFTER.SAME_DOCUMENT": _references,
    "DEFTER.ENTRY_TWICE": _references,
}
