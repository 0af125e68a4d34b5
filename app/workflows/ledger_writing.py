"""A part's files: written aside, sealed, packaged, asked of GİB's rules; they take their places together."""

from __future__ import annotations

import hashlib
import uuid
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.books import BookHead, BookKind, BookName
from app.domain.findings import Finding, has_errors
from app.domain.protocols import Sealer
from app.domain.voucher import Period
from app.edefter.books.berat import AccountSum, SealedBook, berat_xml
from app.edefter.books.lines import journal_entries, ledger_entries
from app.edefter.books.sealing import Written, write_book, write_sealed
from app.edefter.splitting import Cut
from app.runtime.crashpoints import declare
from app.runtime.files import staged
from app.storage.ledgers import books
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.parts import FileRecord
from app.validation.official import OfficialRules
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck

BOOK_FILE = declare("ledger.book", "a sealed ledger, berat or package taking its place in the tree")
#: From this month on the general ledger itself is not packed with its berat. Source: Teknik Kılavuz 1.7.
_LEDGER_STAYS_HOME = 202501
_CHUNK = 1024 * 1024
#: Larger files are judged by our own checks alone: the official rules would hold them in memory many times.
_OFFICIAL_BYTES = 24 * 1024 * 1024


class OfficialRefusal(Exception):
    """GİB's rules found an error in a file that our own checks let through; the report holds it."""


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


def write_part(
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
