"""A month's ledgers: written, sealed, packaged and laid into the tree that GİB prescribes; or nothing of it.

Files are written aside and take their places only when all of them are whole (`files.staged`); the database learns of
them last. A crash in between leaves files that the next build writes over, and a month that still says it is not built.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigError, RuleBroken
from app.domain.protocols import Sealer
from app.domain.spans import month_of_key, sides_of, span_of
from app.domain.voucher import Period, PeriodState
from app.edefter.viewers import viewer_files
from app.runtime.crashpoints import declare
from app.runtime.files import replace_file
from app.storage import leases
from app.storage.ledgers import books, parts
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.parts import FileRecord, PartRecord
from app.storage.records import CompanyRecord
from app.validation.official import NoPackage, OfficialRules
from app.workflows.context import WorkContext, under_lease
from app.workflows.ledger_check import MonthCheck, check_sides, open_ledger, part_vouchers, remember, standing_of
from app.workflows.ledger_crew import BookCrew
from app.workflows.ledger_heads import BuildOptions, cuts_of, head_of_part, month_folder, part_record
from app.workflows.ledger_writing import (
    BOOK_FILE,
    BuildReport,
    OfficialRefusal,
    ask_official,
    file_record,
    write_parts,
)

BUILT = declare("ledger.built", "the record of a month's sealed files")


def build_month(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    sealer: Sealer,
    options: BuildOptions,
    *,
    folder: Path,
    out: Path,
    official: OfficialRules | None = None,
) -> BuildReport:
    """Check the month and, when nothing forbids it, build and seal its Y, K, YB and KB under `out`.

    `folder` holds the ledger files. Errors stand in the report and nothing is written then. `official` are GİB's XSD
    and Schematron, asked of each file whatever its size; the report says which of their rules looked at it.
    Raises: RuleBroken LEDGER.LOCKED, LEDGER.ORDER, LEDGER.TOO_LARGE; ConfigError; SealError; EnvironmentFault;
    JobCancelled; LeaseHeld.
    """
    if not options.source_application:
        raise ConfigError(
            "LEDGER.APPLICATION",
            "Defter oluşturulamadı.",
            why="GİB'in onayladığı program tanımı (sourceApplication) girilmemiş.",
            todo="Ayarlar › Defter'de VKN##UNVAN##PROGRAM##SÜRÜM biçiminde tanımlayın.",
        )
    report = BuildReport(period=period)
    ledger = open_ledger(company, period, folder)
    try:
        with leases.acquire(ctx.db, company.id, owner=ctx.owner) as lease:
            _build(under_lease(ctx, lease), company, ledger, sealer, options, report, out, official or NoPackage())
    except OfficialRefusal:
        report.files.clear()
        report.parts = 0
    finally:
        ledger.close()
    return report


def _build(
    ctx: WorkContext,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    sealer: Sealer,
    options: BuildOptions,
    report: BuildReport,
    out: Path,
    official: OfficialRules,
) -> None:
    part_vouchers(company, ledger, report.period)
    with ledger.read() as connection:
        sides = sides_of(company.company, report.period)
        for side in sides:
            for number, _ in parts.branches_of(connection, period=side.key) or [("", "")]:
                _ensure_may_build(connection, side.key, number)
        lines = sum(books.month_lines(connection, period=side.key) for side in sides)
    places = []
    # The writers of a large month wake up while it is checked.
    with BookCrew(lines) as crew:
        report.checks = check_sides(ctx, company, ledger, report.period)
        remember(ctx, company, ledger, report.checks)
        if any(check.has_errors for check in report.checks):
            return
        for check in report.checks:
            place = month_folder(out, company, check.period)
            place.mkdir(parents=True, exist_ok=True)
            _build_branch(ctx, company, ledger, sealer, options, report, check, place, official, crew)
            places.append(place)
    for place in dict.fromkeys(places):
        for name, content in viewer_files():
            replace_file(place / name, content, point=BOOK_FILE, mode=0o644)


def _ensure_may_build(connection: Any, month: int, branch_no: str) -> None:
    state = parts.state_of(connection, period=month, branch_no=branch_no)
    if state is not None and state.is_locked:
        raise RuleBroken(
            "LEDGER.LOCKED",
            "Defter yeniden oluşturulamadı.",
            why="Bu ayın beratı GİB'e yüklenmiş; onaylı bir aya ikinci defter oluşturulamaz.",
            todo="Beratı GİB portalından sildiyseniz önce bunu kaydedin.",
        )
    if earlier := parts.unbuilt_before(connection, period=month, branch_no=branch_no):
        shown = str(month_of_key(earlier[0]))
        raise RuleBroken(
            "LEDGER.ORDER",
            "Defter oluşturulamadı.",
            why=f"Önceki ay ({shown}) henüz oluşturulmamış; aylar sırayla gider.",
            todo=f"Önce {shown} ayını oluşturun.",
        )


def _build_branch(
    ctx: WorkContext,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    sealer: Sealer,
    options: BuildOptions,
    report: BuildReport,
    check: MonthCheck,
    place: Path,
    official: OfficialRules,
    crew: BookCrew,
) -> None:
    month = check.period.key
    with ledger.read() as connection:
        built = parts.standing_before(connection, period=month, branch_no=check.branch_no)
        standing = standing_of(company, built, check.period, check.branch_no)
    crew.take(ledger.path, period=month, branch_no=check.branch_no, branch_name=check.branch_name)
    cuts = cuts_of(ctx, crew, company, ledger, check, options)
    now = ctx.clock.now()
    planned = [
        (head_of_part(company, check, check.period, cut, options, now, standing, index, len(cuts)), cut)
        for index, cut in enumerate(cuts)
    ]
    folder = place.parent.name if span_of(company.company, check.period).shares_month else ""
    made: list[tuple[PartRecord, list[FileRecord]]] = []
    # Closing the parts comes first: it stops the writers before what they write is taken away.
    with (
        ExitStack() as stack,
        closing(write_parts(ctx, crew, sealer, planned, stack, place, report, stamping=options.stamping)) as written,
    ):
        for (head, cut), files in zip(planned, written, strict=True):
            for kind, file in files.items():
                ask_official(ctx, official, head.name(kind), file, report, folder=folder)
            made.append((part_record(head, cut, month), [file_record(head.name(k), file) for k, file in files.items()]))
    with ledger.write(BUILT) as connection:
        parts.replace_parts(
            connection,
            period=month,
            branch_no=check.branch_no,
            parts=made,
            state=PeriodState.BERAT_SEALED,
            at=ctx.clock.now().isoformat(),
        )
    report.parts += len(made)
