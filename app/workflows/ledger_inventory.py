"""The inventory ledger: a list taken for a day, checked, built as E and EB beside the month's other ledgers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.books import BookHead, BookKind
from app.domain.dates import istanbul_date
from app.domain.errors import InputError, RuleBroken
from app.domain.findings import Severity
from app.domain.inventory import InventoryLine, InventoryRow
from app.domain.ledger_rows import BadRow
from app.domain.protocols import Sealer, TimeStamper
from app.domain.spans import period_of_day, span_of
from app.domain.voucher import Period
from app.edefter.books.berat import SealedBook, berat_xml
from app.edefter.books.inventory import detail, inventory_entries
from app.edefter.books.sealing import Written, write_book, write_sealed
from app.edefter.inventory_rules import breaches
from app.edefter.sources.inventory import read_inventory
from app.edefter.viewers import viewer_files
from app.runtime.files import replace_file
from app.storage import leases
from app.storage.ledgers import inventory
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.inventory import InventoryPart
from app.storage.ledgers.parts import FileRecord, Standing
from app.storage.records import CompanyRecord
from app.ubl.codes import units
from app.validation.official import NoPackage, OfficialRules
from app.workflows.context import WorkContext, under_lease
from app.workflows.ledger_check import LedgerFinding, MonthCheck, company_findings, open_ledger
from app.workflows.ledger_heads import BuildOptions, month_folder
from app.workflows.ledger_inventory_life import ensure_inventory_open
from app.workflows.ledger_moves import BOOK_FILE, Laying, clear_place, finish_moves, months_files
from app.workflows.ledger_writing import BuildReport, OfficialRefusal, ask_official, file_record, pack
from app.workflows.time_stamps import Stamping

_FRAME_BYTES = 64 * 1024
_ENTRY_BYTES = 2_000
_KEPT_BAD = 4_000


@dataclass(slots=True, kw_only=True)
class InventoryImport:
    """What came of a list. `taken` False: the day has another list already, and nobody said to replace it."""

    day: date
    items: int = 0
    bad: list[BadRow] = field(default_factory=list)
    bad_total: int = 0
    is_same: bool = False
    taken: bool = False

    def to_json(self) -> dict[str, Any]:
        findings = [{"line": b.source_line, "code": b.code, "message": b.message} for b in self.bad]
        return {
            "day": self.day.isoformat(),
            "items": self.items,
            "same": self.is_same,
            "taken": self.taken,
            "bad": self.bad_total,
            "findings": findings,
        }


def import_inventory(
    ctx: WorkContext,
    company: CompanyRecord,
    path: Path,
    day: date,
    *,
    folder: Path,
    decimals: str = "",
    replace: bool = False,
) -> InventoryImport:
    """Take a list as what the company owned on `day`. The same list again changes nothing.

    `replace` puts it in the place of another one, and the day is as if it had never been built.
    Raises: InputError as `read_inventory`, LEDGER.NOTHING; LeaseHeld.
    """
    result = InventoryImport(day=day)
    rows: list[InventoryRow] = []
    for row in read_inventory(path, decimals=decimals):
        if isinstance(row, BadRow):
            result.bad_total += 1
            if len(result.bad) < _KEPT_BAD:
                result.bad.append(row)
            continue
        rows.append(row)
        if len(rows) % 1_000 == 0:
            ctx.progress.checkpoint()
    result.items = len(rows)
    if not rows:
        why = result.bad[0].message if result.bad else "Başlığın altında satır yok."
        raise InputError(
            "LEDGER.NOTHING", "Listeden hiçbir envanter satırı alınamadı.", why=why, todo="Dosyayı kontrol edin."
        )
    with _opened(ctx, company, day, folder) as (_, ledger):
        with ledger.read() as connection:
            known = inventory.items_of(connection, day=day.isoformat())
            is_sealed = inventory.is_built(connection, day=day.isoformat())
        result.is_same = sorted(row[1:] for row in known) == sorted(row[1:] for row in rows)
        if not replace and (result.is_same or known or is_sealed):
            return result
        ensure_inventory_open(ledger, day)
        with ledger.write(inventory.LISTED) as connection:
            inventory.replace_items(connection, day=day.isoformat(), rows=rows)
        result.taken = True
    return result


def check_inventory(
    ctx: WorkContext, company: CompanyRecord, ledger: LedgerDatabase, day: date, branch_no: str, branch_name: str
) -> MonthCheck:
    """One branch's list of a day looked at before any XML exists."""
    check = MonthCheck(period=period_of_day(company.company, day), branch_no=branch_no, branch_name=branch_name)
    check.findings += company_findings(company.company)
    with ledger.read() as connection:
        items = inventory.items_of(connection, day=day.isoformat(), branch_no=branch_no)
        since = _since(company, check.period)
        standing = inventory.standing_before(connection, day=day.isoformat(), branch_no=branch_no, since=since)
    if not items:
        _add(check, "ENVANTER.EMPTY", f"{day.isoformat()} günü için envanter listesi alınmamış.", "Önce listeyi alın.")
        return check
    if day > ctx.clock.today():
        _add(check, "ENVANTER.FUTURE", f"{day.isoformat()} henüz gelmedi.", "Envanter günü bugünden sonra olamaz.")
    for breach in breaches(items, frozenset(units())):
        # We know the usual units only; GİB's list is longer.
        severity = Severity.WARNING if breach.code == "ENVANTER.UNIT" else Severity.ERROR
        _add(check, breach.code, breach.message, breach.why, line=breach.source_line, severity=severity)
    mains = len({item.main_id for item in items})
    check.vouchers, check.lines = mains, len(items)
    check.debit = check.credit = sum(item.amount for item in items)
    check.first_entry, check.last_entry = standing.entry + 1, standing.entry + mains
    return check


def build_inventory(
    ctx: WorkContext,
    company: CompanyRecord,
    day: date,
    sealer: Sealer,
    options: BuildOptions,
    *,
    folder: Path,
    out: Path,
    official: OfficialRules | None = None,
    again: bool = False,
) -> BuildReport:
    """Check the day's list and, when nothing forbids it, build and seal E and EB per branch; all of it or nothing.

    `again`: the user's word that a sealed day (not filed) is built anew. Signed files are never written over: those
    that stand there go to the folder of cancelled ones in the moment in which the new ones come (`ledger_moves`).
    Raises: RuleBroken LEDGER.SEALED, LEDGER.LATER, LEDGER.TOO_LARGE; SealError; EnvironmentFault; JobCancelled;
    LeaseHeld.
    """
    report = BuildReport(period=period_of_day(company.company, day))
    with _opened(ctx, company, day, folder) as (held, ledger):
        finish_moves(ledger)
        ensure_inventory_open(ledger, day)
        with ledger.read() as connection:
            branches = inventory.branches_of(connection, day=day.isoformat()) or [("", "")]
            if inventory.built_after(connection, day=day.isoformat()):
                raise RuleBroken(
                    "LEDGER.LATER",
                    "Envanter defteri oluşturulmadı.",
                    why="Daha sonraki bir günün envanteri mühürlenmiş; numaraları bu günden sonra sürüyor.",
                    todo="Sonraki günün listesini yerine koyarak yeniden alın, sonra günleri sırayla oluşturun.",
                )
            if not again and inventory.is_built(connection, day=day.isoformat()):
                raise RuleBroken(
                    "LEDGER.SEALED",
                    "Envanter defteri yeniden oluşturulmadı; imzalı dosyalara dokunulmadı.",
                    why="Bu günün envanteri zaten mühürlü.",
                    todo="Önce geri alın ya da eski dosyaların iptal klasörüne taşınmasına onay vererek yeniden"
                    " oluşturun (komut satırında --again).",
                )
        report.checks = [check_inventory(held, company, ledger, day, no, name) for no, name in branches]
        if any(check.has_errors for check in report.checks):
            return report
        place = month_folder(out, company, report.period)
        place.mkdir(parents=True, exist_ok=True)
        clear_place(place)
        rules = official or NoPackage()
        try:
            with Laying() as laying:
                made = [
                    _build_branch(held, company, ledger, day, sealer, options, report, check, place, rules, laying)
                    for check in report.checks
                ]
                for name, content in viewer_files():
                    replace_file(place / name, content, point=BOOK_FILE, mode=0o644)
                laying.sync()
                old = months_files(place, company, report.period, kinds=frozenset({"E", "EB"}))
                with ledger.write(inventory.INVENTORY_BUILT) as connection:
                    at = ctx.clock.now().isoformat()
                    for check, built in zip(report.checks, made, strict=True):
                        inventory.replace_parts(
                            connection, day=day.isoformat(), branch_no=check.branch_no, parts=built, at=at
                        )
                    report.set_aside = laying.record(connection, old)
        except OfficialRefusal:
            report.files.clear()
            report.parts = 0
            return report
        finish_moves(ledger)
    return report


def _since(company: CompanyRecord, period: Period) -> str:
    """The ISO day on which the liquidation's numbers begin again; empty for those of the year."""
    return span_of(company.company, period).fiscal_start.isoformat() if period.is_liquidation else ""


def _build_branch(
    ctx: WorkContext,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    day: date,
    sealer: Sealer,
    options: BuildOptions,
    report: BuildReport,
    check: MonthCheck,
    place: Path,
    official: OfficialRules,
    laying: Laying,
) -> list[tuple[InventoryPart, list[FileRecord]]]:
    with ledger.read() as connection:
        standing = inventory.standing_before(
            connection, day=day.isoformat(), branch_no=check.branch_no, since=_since(company, report.period)
        )
        items = inventory.items_of(connection, day=day.isoformat(), branch_no=check.branch_no)
    cuts = _cut(_numbered(items, standing), options.max_part_bytes)
    span = span_of(company.company, report.period)
    made = []
    files: list[tuple[Path, str]] = []
    for index, lines in enumerate(cuts):
        ctx.progress.checkpoint()
        head = BookHead(
            company=company.company,
            period=report.period,
            start=day,
            end=day,
            created=istanbul_date(ctx.clock.now()),
            fiscal_start=span.fiscal_start,
            fiscal_end=span.fiscal_end,
            sequence=standing.sequence + index + 1,
            creator=options.creator or company.company.accountant.name,
            source_application=options.source_application,
            part=0 if len(cuts) == 1 and not span.shares_month else index + 1,
            branch_no=check.branch_no,
            branch_name=check.branch_name,
        )
        written = _write_part(ctx, laying, head, lines, sealer, options.stamping, place, files)
        for kind, file in written.items():
            ask_official(ctx, official, head.name(kind), file, report)
        part = InventoryPart(
            part=head.part, sequence=head.sequence, last_entry=lines[-1].entry, last_line=lines[-1].number
        )
        made.append((part, [file_record(head.name(kind), file) for kind, file in written.items()]))
    report.parts += len(made)
    report.files += files
    return made


def _write_part(
    ctx: WorkContext,
    laying: Laying,
    head: BookHead,
    lines: list[InventoryLine],
    sealer: Sealer,
    stamping: Stamping | None,
    place: Path,
    files: list[tuple[Path, str]],
) -> dict[BookKind, Written]:
    def stamper(kind: BookKind) -> TimeStamper | None:
        return stamping.stamper_for(kind) if stamping else None

    def target(name: str) -> Path:
        return laying.target(place / name)

    now = ctx.clock.now()
    book, berat = head.name(BookKind.INVENTORY), head.name(BookKind.INVENTORY_BERAT)
    body = inventory_entries(
        lines,
        day=head.start.isoformat(),
        entered_by=head.creator,
        branch_no=head.branch_no,
        branch_name=head.branch_name,
    )
    sealed = write_book(
        target(f"{book.stem}.xml"),
        head,
        BookKind.INVENTORY,
        body,
        sealer=sealer,
        signing_time=now,
        stamper=stamper(BookKind.INVENTORY),
    )
    entries = len({line.entry for line in lines})
    text = berat_xml(
        head,
        BookKind.INVENTORY_BERAT,
        book=SealedBook(entries, sealed.size_bytes, sealed.signature_value),
        ettn=str(uuid.uuid4()),
        sums={},
    )
    sealed_berat = write_sealed(
        target(f"{berat.stem}.xml"),
        berat,
        [text],
        sealer=sealer,
        signing_time=now,
        stamper=stamper(BookKind.INVENTORY_BERAT),
    )
    digest = pack(target(f"{berat.stem}.zip"), [(berat, sealed_berat), (book, sealed)])
    files.append((place / f"{berat.stem}.zip", digest))
    files.append((place / f"{book.stem}.xml", sealed.sha256))
    files.append((place / f"{berat.stem}.xml", sealed_berat.sha256))
    return {BookKind.INVENTORY: sealed, BookKind.INVENTORY_BERAT: sealed_berat}


def _numbered(items: list[InventoryRow], standing: Standing) -> list[InventoryLine]:
    """One madde per main account; maddes and lines go on from the year's earlier inventories."""
    lines: list[InventoryLine] = []
    entry, previous = standing.entry, ""
    for number, item in enumerate(items, start=standing.line + 1):
        if item.main_id != previous:
            entry += 1
            previous = item.main_id
        lines.append(InventoryLine(entry, number, item))
    return lines


def _cut(lines: list[InventoryLine], max_bytes: int) -> list[list[InventoryLine]]:
    """Parts under the limit; a madde is never split. Raises: RuleBroken LEDGER.TOO_LARGE."""
    limit = max_bytes - _FRAME_BYTES
    cuts: list[list[InventoryLine]] = []
    part: list[InventoryLine] = []
    size = 0
    for group in _maddes(lines):
        cost = _ENTRY_BYTES + sum(len(detail(line).encode()) for line in group)
        if cost > limit:
            raise RuleBroken(
                "LEDGER.TOO_LARGE",
                "Envanter defteri oluşturulmadı.",
                why=f"{group[0].item.main_id} hesabının satırları tek başına parça sınırını aşıyor.",
                todo="Listeyi alt hesaplara göre özetleyin.",
            )
        if part and size + cost > limit:
            cuts.append(part)
            part, size = [], 0
        part = part + group
        size += cost
    return [*cuts, part]


def _maddes(lines: list[InventoryLine]) -> Iterator[list[InventoryLine]]:
    group: list[InventoryLine] = []
    for line in lines:
        if group and group[0].entry != line.entry:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _add(
    check: MonthCheck, code: str, message: str, why: str, *, line: int = 0, severity: Severity = Severity.ERROR
) -> None:
    check.findings.append(LedgerFinding(severity=severity, code=code, message=message, explanation=why, line=line))
    check.counts[code] = check.counts.get(code, 0) + 1


@contextmanager
def _opened(
    ctx: WorkContext, company: CompanyRecord, day: date, folder: Path
) -> Iterator[tuple[WorkContext, LedgerDatabase]]:
    """The fiscal year's ledger file under the company's lease."""
    with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()) as lease:
        ledger = open_ledger(company, period_of_day(company.company, day), folder)
        try:
            yield under_lease(ctx, lease), ledger
        finally:
            ledger.close()
