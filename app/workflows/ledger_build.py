"""A month's ledgers: written, sealed, packaged and laid into the tree that GİB prescribes; or nothing of it.

Files are written aside and take their places only when all of them are whole (`files.staged`); the database learns of
them last. A crash in between leaves files that the next build writes over, and a month that still says it is not built.
"""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.books import BookHead, BookKind, BookName
from app.domain.dates import istanbul_date
from app.domain.errors import ConfigError, RuleBroken
from app.domain.findings import Finding, has_errors
from app.domain.protocols import Sealer
from app.domain.turkish import format_date
from app.domain.voucher import Period, PeriodState
from app.edefter.books.berat import AccountSum, SealedBook, berat_xml
from app.edefter.books.lines import journal_entries, ledger_entries
from app.edefter.books.sealing import Written, write_book, write_sealed
from app.edefter.splitting import MAX_PART_BYTES, SMALL_MONTH_LINES, Cut, TooLarge, cut_month
from app.edefter.viewers import viewer_files
from app.runtime.crashpoints import declare
from app.runtime.files import replace_file, staged
from app.storage import leases
from app.storage.ledgers import books, parts
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.parts import FileRecord, PartRecord, Standing
from app.storage.records import CompanyRecord
from app.validation.official import NoPackage, OfficialRules
from app.workflows.context import WorkContext, under_lease
from app.workflows.ledger_check import MonthCheck, check_branch, last_day, open_ledger, standing_of

BOOK_FILE = declare("ledger.book", "a sealed ledger, berat or package taking its place in the tree")
BUILT = declare("ledger.built", "the record of a month's sealed files")
#: From this month on the general ledger itself is not packed with its berat. Source: Teknik Kılavuz 1.7.
_LEDGER_STAYS_HOME = 202501
_CHUNK = 1024 * 1024
#: Larger files are judged by our own checks alone: the official rules would hold them in memory many times.
_OFFICIAL_BYTES = 24 * 1024 * 1024


class OfficialRefusal(Exception):
    """GİB's rules found an error in a file that our own checks let through; the report holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """`source_application` is the approved software's `VKN##UNVAN##PROGRAM##SÜRÜM`, `creator` who builds."""

    source_application: str
    creator: str
    max_part_bytes: int = MAX_PART_BYTES
    split_after: tuple[date, ...] = ()


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What was built. `files` are (path, SHA-256); `checks` what was found in the data, a result per branch.

    `official` is what GİB's own rules said of a file (an error there: nothing was built), `engines` says per file
    which rules looked at it.
    """

    period: Period
    checks: list[MonthCheck] = field(default_factory=list)
    files: list[tuple[Path, str]] = field(default_factory=list)
    parts: int = 0
    official: list[tuple[str, Finding]] = field(default_factory=list)
    engines: dict[str, str] = field(default_factory=dict)

    @property
    def is_built(self) -> bool:
        return bool(self.files)

    def to_json(self) -> dict[str, Any]:
        return {
            "period": str(self.period),
            "built": self.is_built,
            "parts": self.parts,
            "checks": [check.to_json() for check in self.checks],
            "files": [{"file": str(path), "sha256": digest} for path, digest in self.files],
            "official": [{"file": name, **finding.to_json()} for name, finding in self.official],
            "engines": {"data": "builtin", **self.engines},
        }


def month_folder(root: Path, company: CompanyRecord, period: Period) -> Path:
    """`<root>/VKN/01.01.2026-31.12.2026/03`. Source: Teknik Kılavuz 1.7, directories."""
    start, end = fiscal_year(company, period)
    year = f"{format_date(start)}-{format_date(end)}"
    return root / company.company.tax_number.digits / year / f"{period.month:02d}"


def fiscal_year(company: CompanyRecord, period: Period) -> tuple[date, date]:
    """First and last day of the fiscal year that holds the month, from the dates on the company's card."""
    first = company.company.fiscal_year_start
    month = int(first[5:7]) if len(first) >= 7 and first[5:7].isdigit() else 1
    year = period.year if period.month >= month else period.year - 1
    start = date(year, month, 1)
    end = last_day(Period(year + (month > 1), (month - 2) % 12 + 1))
    return start, end


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
    and Schematron; of a file above 24 MB the report says that only our own checks looked at it.
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
    month = int(report.period.compact)
    with ledger.read() as connection:
        branches = parts.branches_of(connection, period=month) or [("", "")]
        for number, _ in branches:
            _ensure_may_build(connection, month, number)
    report.checks = [check_branch(ctx, company, ledger, report.period, no, name) for no, name in branches]
    if any(check.has_errors for check in report.checks):
        return
    place = month_folder(out, company, report.period)
    place.mkdir(parents=True, exist_ok=True)
    for check in report.checks:
        _build_branch(ctx, company, ledger, sealer, options, report, check, place, official)
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
        shown = f"{earlier[0] // 100}-{earlier[0] % 100:02d}"
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
) -> None:
    month = int(report.period.compact)
    with ledger.read() as connection:
        standing = standing_of(company, parts.standing_before(connection, period=month, branch_no=check.branch_no))
    cuts = _cuts(ledger, report.period, check, options)
    made: list[tuple[PartRecord, list[FileRecord]]] = []
    with ExitStack() as stack:
        for index, cut in enumerate(cuts):
            head = _head(company, check, report.period, cut, options, ctx.clock.now(), standing, index, len(cuts))
            written = _write_part(ctx, ledger, sealer, head, check, cut, stack, place, report)
            for kind, file in written.items():
                ask_official(ctx, official, head.name(kind), file, report)
            files = [file_record(head.name(kind), file) for kind, file in written.items()]
            made.append((_record(head, cut, month), files))
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


def _cuts(ledger: LedgerDatabase, period: Period, check: MonthCheck, options: BuildOptions) -> list[Cut]:
    month = int(period.compact)
    part = books.Part(branch_no=check.branch_no, first=check.first_entry, last=check.last_entry)
    small = check.lines < SMALL_MONTH_LINES and options.max_part_bytes >= MAX_PART_BYTES and not options.split_after
    with ledger.read() as connection:
        if small:
            top = books.last_line(connection, period=month, part=part)
            return [
                Cut(
                    first_entry=part.first,
                    last_entry=part.last,
                    last_line=top,
                    start=period.first_day,
                    end=last_day(period),
                )
            ]
        try:
            return cut_month(
                books.journal_lines(connection, period=month, part=part),
                first_day=period.first_day,
                last_day=last_day(period),
                max_bytes=options.max_part_bytes,
                split_after=options.split_after,
            )
        except TooLarge as error:
            raise RuleBroken(
                "LEDGER.TOO_LARGE",
                f"{error.entry} numaralı madde bir parçaya sığmıyor.",
                why=f"Tek başına {error.size_bytes / 1_048_576:.0f} MB tutuyor; bir fiş iki parçaya bölünemez.",
                todo="Fişi kaynak programda bölün ya da özetleyip ayı yeniden alın.",
            ) from error


def _head(
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
    start, end = fiscal_year(company, period)
    return BookHead(
        company=company.company,
        period=period,
        start=cut.start,
        end=cut.end,
        created=istanbul_date(now),
        fiscal_start=start,
        fiscal_end=end,
        sequence=standing.sequence + index + 1,
        creator=options.creator or company.company.accountant.name,
        source_application=options.source_application,
        part=0 if count == 1 else index + 1,
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
    start, end = fiscal_year(company, period)
    return BookHead(
        company=company.company,
        period=period,
        start=period.first_day,
        end=last_day(period),
        created=istanbul_date(now),
        fiscal_start=start,
        fiscal_end=end,
        sequence=period.month,
        creator=options.creator or company.company.accountant.name,
        source_application=options.source_application,
        branch_no=branch_no,
        branch_name=branch_name,
    )


def _write_part(
    ctx: WorkContext,
    ledger: LedgerDatabase,
    sealer: Sealer,
    head: BookHead,
    check: MonthCheck,
    cut: Cut,
    stack: ExitStack,
    place: Path,
    report: BuildReport,
) -> dict[BookKind, Written]:
    month = int(report.period.compact)
    part = books.Part(branch_no=check.branch_no, first=cut.first_entry, last=cut.last_entry)
    branch = {"branch_no": check.branch_no, "branch_name": check.branch_name}
    now = ctx.clock.now()
    made: dict[BookKind, Written] = {}
    title = f"{head.company.party.display_name} {report.period}"

    def target(name: str) -> Path:
        return stack.enter_context(staged(place / name, point=BOOK_FILE, mode=0o644))

    def book(kind: BookKind, body: Any) -> None:
        def checkpoint(size: int) -> None:
            ctx.progress.report(size, 0, f"{title}: {kind} yazılıyor")
            ctx.progress.checkpoint()

        name = head.name(kind)
        made[kind] = write_book(
            target(f"{name.stem}.xml"), head, kind, body, sealer=sealer, signing_time=now, checkpoint=checkpoint
        )

    with ledger.read() as connection:
        book(
            BookKind.JOURNAL,
            journal_entries(books.journal_lines(connection, period=month, part=part), **branch),
        )
        totals = books.account_totals(connection, period=month, part=part)
        book(
            BookKind.LEDGER,
            ledger_entries(books.ledger_lines(connection, period=month, part=part), totals, **branch),
        )
        held = books.part_totals(connection, period=month, part=part)
        sums = {
            row[0]: AccountSum(row[2], row[3], row[4], row[5], row[1])
            for row in books.main_sums(connection, period=month, part=part)
        }
    for kind, of in ((BookKind.JOURNAL_BERAT, BookKind.JOURNAL), (BookKind.LEDGER_BERAT, BookKind.LEDGER)):
        sealed = SealedBook(held.vouchers, made[of].size_bytes, made[of].signature_value)
        text = berat_xml(head, kind, book=sealed, ettn=str(uuid.uuid4()), sums=sums)
        name = head.name(kind)
        made[kind] = write_sealed(target(f"{name.stem}.xml"), name, [text], sealer=sealer, signing_time=now)
        inside = [(name, made[kind]), (head.name(of), made[of])]
        if kind is BookKind.LEDGER_BERAT and month >= _LEDGER_STAYS_HOME:
            inside = inside[:1]
        digest = pack(target(f"{name.stem}.zip"), inside)
        report.files.append((place / f"{name.stem}.zip", digest))
    for kind, written in made.items():
        report.files.append((place / f"{head.name(kind).stem}.xml", written.sha256))
    return made


def file_record(name: BookName, written: Written) -> FileRecord:
    return FileRecord(
        kind=name.kind.value,
        name=f"{name.stem}.xml",
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        signature_value=written.signature_value,
    )


def ask_official(
    ctx: WorkContext, official: OfficialRules, name: BookName, written: Written, report: BuildReport
) -> None:
    """GİB's own rules on a finished file. Raises: OfficialRefusal when they find an error; what was staged goes."""
    file_name = f"{name.stem}.xml"
    ctx.progress.checkpoint()
    ctx.progress.report(0, 0, f"{file_name}: GİB kuralları denetleniyor")
    if written.size_bytes > _OFFICIAL_BYTES:
        report.engines[file_name] = "builtin"
        return
    findings = official.check(
        written.path.read_bytes(), kind=f"ledger-{name.kind.value.lower()}", issue_date=None, file_name=file_name
    )
    is_asked = not any(finding.code == "OFFICIAL.NO_PACKAGE" for finding in findings)
    report.engines[file_name] = f"builtin, xsd, schematron {official.release}" if is_asked else "builtin"
    report.official += [(file_name, finding) for finding in findings]
    if has_errors(findings):
        raise OfficialRefusal


def pack(target: Path, inside: list[tuple[BookName, Written]]) -> str:
    """Write a package, its XML files at the root, always the same bytes for the same files; returns its SHA-256."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, written in inside:
            info = zipfile.ZipInfo(f"{name.stem}.xml", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.file_size = written.size_bytes
            with written.path.open("rb") as source, package.open(info, "w") as member:
                while chunk := source.read(_CHUNK):
                    member.write(chunk)
    digest = hashlib.sha256()
    with target.open("rb") as packed:
        while chunk := packed.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _record(head: BookHead, cut: Cut, month: int) -> PartRecord:
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
