"""A month's ledgers: written, sealed, packaged and laid into the tree that GİB prescribes; or nothing of it.

Files are written aside until those of all parts and branches are whole; then the record of the month and the list of
what moves are written in one transaction, and the files change places (`ledger_moves`). A crash leaves the old state
or the new one. A sealed month is built again on the user's word only; its old files are never written over.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
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
from app.workflows.ledger_moves import Laying, clear_place, finish_moves, months_files
from app.workflows.ledger_writing import (
    BuildReport,
    OfficialRefusal,
    ask_official,
    file_record,
    write_parts,
)

BUILT = declare("ledger.built", "the record of a month's sealed files, and of what moves in the tree")
VIEWER_FILE = declare("ledger.viewer", "a viewer beside a month's ledgers")


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
    again: bool = False,
) -> BuildReport:
    """Check the month and, when nothing forbids it, build and seal its Y, K, YB and KB under `out`.

    `again`: the user's word that a sealed month (not filed) is built anew; its files go to the folder of cancelled
    ones in the moment in which the new ones come. `folder` holds the ledger files. Errors stand in the report and
    nothing is written then. `official` are GİB's XSD and Schematron, asked of each file whatever its size; the report
    says which of their rules looked at it.
    Raises: RuleBroken LEDGER.LOCKED, LEDGER.ORDER, LEDGER.SEALED, LEDGER.LATER, LEDGER.APPROVED, LEDGER.TOO_LARGE;
    ConfigError; SealError; EnvironmentFault; JobCancelled; LeaseHeld.
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
            finish_moves(ledger)
            held, rules = under_lease(ctx, lease), official or NoPackage()
            _build(held, company, ledger, sealer, options, report, out, rules, again=again)
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
    *,
    again: bool,
) -> None:
    part_vouchers(company, ledger, report.period)
    sides = sides_of(company.company, report.period)
    standing_files = [
        path for side in sides for path in months_files(month_folder(out, company, side), company, report.period)
    ]
    with ledger.read() as connection:
        for side in sides:
            for number, _ in parts.branches_of(connection, period=side.key) or [("", "")]:
                _ensure_may_build(connection, side.key, number)
        built = {(side.key, no) for side in sides for no in parts.built_branches(connection, period=side.key)}
        later = any(parts.built_after(connection, period=sides[-1].key, branch_no=no) for _, no in built)
        lines = sum(books.month_lines(connection, period=side.key) for side in sides)
    _ensure_replaceable(is_built=bool(built), files=standing_files, later=later, again=again)
    made: list[_Branch] = []
    with Laying() as laying:
        # The writers of a large month wake up while it is checked.
        with BookCrew(lines) as crew:
            report.checks = check_sides(ctx, company, ledger, report.period)
            remember(ctx, company, ledger, report.checks)
            if any(check.has_errors for check in report.checks):
                return
            for check in report.checks:
                place = month_folder(out, company, check.period)
                place.mkdir(parents=True, exist_ok=True)
                if all(one.place != place for one in made):
                    clear_place(place)
                made.append(
                    _build_branch(ctx, company, ledger, sealer, options, report, check, place, official, crew, laying)
                )
        for place in dict.fromkeys(one.place for one in made):
            for name, content in viewer_files():
                replace_file(place / name, content, point=VIEWER_FILE, mode=0o644)
        laying.sync()
        ctx.progress.checkpoint()
        at = ctx.clock.now().isoformat()
        with ledger.write(BUILT) as connection:
            for one in made:
                built.discard((one.month, one.branch_no))
                parts.replace_parts(
                    connection,
                    period=one.month,
                    branch_no=one.branch_no,
                    parts=one.parts,
                    state=PeriodState.BERAT_SEALED,
                    at=at,
                )
            for month, number in built:
                parts.forget_built(connection, period=month, branch_no=number)
            report.set_aside = laying.record(connection, standing_files)
    finish_moves(ledger)


@dataclass(frozen=True, slots=True)
class _Branch:
    """What one branch's month was built as; its files wait aside."""

    month: int
    branch_no: str
    place: Path
    parts: list[tuple[PartRecord, list[FileRecord]]]


def _ensure_replaceable(*, is_built: bool, files: list[Path], later: bool, again: bool) -> None:
    """Never a second set of signed files without the user's word; never in the place of approved ones."""
    if any(path.name.startswith("GIB-") for path in files):
        raise RuleBroken(
            "LEDGER.APPROVED",
            "Defter yeniden oluşturulmadı; imzalı dosyalara dokunulmadı.",
            why="Klasörde bu ayın GİB onaylı beratları duruyor; onaylı bir aya ikinci defter oluşturulamaz.",
            todo="Beratlar GİB portalından silindiyse önce ayı geri alın.",
        )
    if not (is_built or files):
        return
    if not again:
        raise RuleBroken(
            "LEDGER.SEALED",
            "Defter yeniden oluşturulmadı; imzalı dosyalara dokunulmadı.",
            why="Bu ay zaten mühürlü." if is_built else "Klasörde bu ayın imzalı defter dosyaları duruyor.",
            todo="Önce ayı geri alın ya da eski dosyaların iptal klasörüne taşınmasına onay vererek yeniden oluşturun"
            " (komut satırında --again).",
        )
    if later:
        raise RuleBroken(
            "LEDGER.LATER",
            "Defter yeniden oluşturulmadı.",
            why="Sonraki ayın defteri oluşturulmuş; numaralar ondan sonra sürüyor.",
            todo="Önce sonraki ayı geri alın.",
        )


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
    laying: Laying,
) -> _Branch:
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
        closing(
            write_parts(ctx, crew, sealer, planned, stack, laying, place, report, stamping=options.stamping)
        ) as written,
    ):
        for (head, cut), files in zip(planned, written, strict=True):
            for kind, file in files.items():
                ask_official(ctx, official, head.name(kind), file, report, folder=folder)
            made.append((part_record(head, cut, month), [file_record(head.name(k), file) for k, file in files.items()]))
    report.parts += len(made)
    return _Branch(month, check.branch_no, place, made)
