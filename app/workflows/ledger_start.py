"""Where a company's ledgers go on from: the previous program's last numbers, typed in or read from its last files.

An office takes clients over in mid-year. What is kept on the card: `period` (the first month here), `entry`, `line`
and `sequence` (the last numbers that the previous program gave); a branch's own under `0001.entry` and so on.
Source: e-Defter Teknik Kılavuz 1.7, XBRL-GL Genel Açıklamalar (uniqueID, entryNumberCounter, lineNumber).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.domain.errors import EnvironmentFault, InputError, RuleBroken
from app.domain.findings import Severity
from app.domain.voucher import Period
from app.edefter.archive import BookFacts, FileName, parse_name, read_facts
from app.edefter.zipped import is_zip, unpacked
from app.storage.ledgers import parts
from app.storage.records import CompanyRecord
from app.workflows import companies
from app.workflows.context import WorkContext
from app.workflows.ledger_check import last_day, open_ledger
from app.workflows.ledger_import import first_month_of, fiscal_year_of
from app.workflows.ledger_model import LedgerFinding

_YEAR: Final = 12
_ID = re.compile(r"(?:YEV|KEB|ENV)(\d{6})(\d{6})")
KEYS: Final = ("entry", "line", "sequence")
_TITLES: Final = {"entry": "madde numarası", "line": "satır numarası", "sequence": "parça sırası"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerStart:
    """`period` is the first month here (`2026-04`); the numbers are the last ones of the previous program.

    `missing` names what the file does not say (`entry`, `line`); `source` is the file's name, empty when typed in.
    """

    period: str
    entry: int = 0
    line: int = 0
    sequence: int = 0
    branch_no: str = ""
    source: str = ""
    is_approved: bool = False
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "period": self.period,
            "entry": self.entry,
            "line": self.line,
            "sequence": self.sequence,
            "branch": self.branch_no,
            "source": self.source,
            "approved": self.is_approved,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class _Book:
    name: FileName
    facts: BookFacts
    file: str


def read_start(path: Path, company: CompanyRecord) -> LedgerStart:
    """What the previous program's last journal, its berat, GİB's berat, or a zip of them says. With flat memory.

    Of several files the last part counts; a berat alone does not say the last numbers (`missing`) unless its part is
    the fiscal year's first. Raises: InputError LEDGER.START_FILE, LEDGER.START_OWNER, LEDGER.START_PART, ZIP.*;
    EnvironmentFault FILE.READ.
    """
    try:
        if is_zip(path):
            with unpacked(path, lambda name: _kind(name) in ("Y", "YB")) as files:
                books = [_read(file) for file in files]
        else:
            books = [_read(path)] if _kind(path.name) in ("Y", "YB") else []
    except OSError as error:
        raise EnvironmentFault(
            "FILE.READ",
            f"{path.name} okunamadı.",
            why="Dosya silinmiş, taşınmış ya da başka bir programda kilitli.",
            todo="Dosyayı kapatıp yeniden deneyin.",
            raw_text=type(error).__name__,
        ) from error
    if not books:
        raise InputError(
            "LEDGER.START_FILE",
            f"{path.name} içinde yevmiye defteri ya da beratı yok.",
            why="Ad VKN-YYYYAA-Y-000000.xml, VKN-YYYYAA-YB-000000.xml ya da GIB- ile başlayan biçimde olmalı.",
            todo="Önceki programın son ayının yevmiye defterini, beratını ya da zip'ini verin.",
        )
    return _start_of(path, books, company)


def start_findings(
    ctx: WorkContext, company: CompanyRecord, start: LedgerStart, *, folder: Path
) -> list[LedgerFinding]:
    """What forbids the start (errors) or is odd about it (warnings), before it is kept."""
    found: list[LedgerFinding] = []

    def add(severity: Severity, code: str, message: str, why: str) -> None:
        found.append(LedgerFinding(severity=severity, code=code, message=message, explanation=why))

    period = _period(start.period)
    if period is None or min(start.entry, start.line, start.sequence) < 0:
        add(
            Severity.ERROR,
            "LEDGER.START_SHAPE",
            "Başlangıç ayı ya da numaraları anlaşılmadı; ayı YYYY-AA, numaraları rakamla yazın.",
            "Numaralar önceki programın verdiği son numaralardır; hiç verilmediyse 0 yazılır.",
        )
        return found
    ledger = open_ledger(company, period, folder)
    try:
        with ledger.read() as connection:
            first = parts.first_built(connection, branch_no=start.branch_no)
            earlier = parts.months_before(connection, period=period.key, branch_no=start.branch_no)
    finally:
        ledger.close()
    if first is not None:
        add(
            Severity.ERROR,
            "LEDGER.START_BUILT",
            "Bu hesap döneminde defter oluşturulmuş, başlangıç değiştirilemez; önce o ayları geri alın.",
            "Oluşturulan defterlerin numaraları eski başlangıçtan sürüyor.",
        )
    if earlier:
        add(
            Severity.WARNING,
            "LEDGER.START_VOUCHERS",
            f"{start.period} öncesine ait fişler alınmış; o aylar bu programda oluşturulmayacak.",
            "Başlangıç ayından önceki ayların defteri önceki programındır.",
        )
    for key in start.missing:
        add(
            Severity.WARNING,
            "LEDGER.START_MISSING",
            f"Dosya son {_TITLES[key]}nı söylemiyor; önceki programdan bakıp yazın.",
            "Berat yalnız kendi parçasının madde sayısını taşır; son numaralar yevmiye defterindedir.",
        )
    if not start.missing and start.line < 2 * start.entry:
        add(
            Severity.WARNING,
            "LEDGER.START_LINES",
            f"{start.entry} madde için {start.line} satır az; numaraları karşılaştırın.",
            "Her maddede en az iki satır bulunur.",
        )
    first_month = Period(fiscal_year_of(f"{period}-01", first_month_of(company)), first_month_of(company))
    months = (period.year - first_month.year) * _YEAR + period.month - first_month.month
    if start.sequence and start.sequence < months:
        add(
            Severity.WARNING,
            "LEDGER.START_SEQUENCE",
            f"Hesap döneminin başından beri {months} ay geçmiş, parça sırası ise {start.sequence}; karşılaştırın.",
            "Her ay en az bir parçadır. e-Defter'e yıl içinde başlanmışsa az olabilir.",
        )
    return found


def save_start(ctx: WorkContext, company: CompanyRecord, start: LedgerStart, *, folder: Path) -> CompanyRecord:
    """Keep the start on the company's card. Raises: RuleBroken LEDGER.START_BUILT; InputError LEDGER.START_SHAPE."""
    for finding in start_findings(ctx, company, start, folder=folder):
        if finding.severity is Severity.ERROR:
            what, _, todo = finding.message.partition(";")
            kind = RuleBroken if finding.code == "LEDGER.START_BUILT" else InputError
            raise kind(
                finding.code,
                f"{what.rstrip('.')}.",
                why=finding.explanation,
                todo=_sentence(todo),
            )
    prefix = f"{start.branch_no}." if start.branch_no else ""
    said = dict(company.company.ledger_start)
    said["period"] = start.period
    said |= {f"{prefix}{key}": str(getattr(start, key)) for key in KEYS}
    return companies.save_company(ctx, replace(company.company, ledger_start=said))


def _sentence(text: str) -> str:
    text = text.strip()
    return ("İ" if text[:1] == "i" else text[:1].upper()) + text[1:]


def _kind(name: str) -> str:
    said = parse_name(name)
    return said.kind if said else ""


def _read(path: Path) -> _Book:
    said = parse_name(path.name)
    assert said is not None
    facts = read_facts(path)
    if not _ID.fullmatch(facts.unique_id) or not facts.period_end:
        why = facts.problems[0] if facts.problems else "uniqueID ya da dönem bilgisi yok."
        raise InputError("LEDGER.START_FILE", f"{path.name} okunamadı.", why=why, todo="Dosyayı yeniden alın.")
    return _Book(said, facts, path.name)


def _start_of(path: Path, books: list[_Book], company: CompanyRecord) -> LedgerStart:
    owner = company.company.tax_number.digits
    if any(owner != book.name.owner or owner != book.facts.owner for book in books):
        raise InputError(
            "LEDGER.START_OWNER",
            f"{path.name} başka bir mükellefin.",
            why="Dosyadaki vergi numarası firmanınkinden farklı.",
            todo="Bu firmanın dosyasını verin.",
        )
    last = max(books, key=lambda book: (book.facts.period_end, book.facts.unique_id, book.name.kind == "Y"))
    same = [book for book in books if book.facts.unique_id == last.facts.unique_id]
    journal = next((book for book in same if book.name.kind == "Y"), None)
    berat = next((book for book in same if book.name.kind == "YB"), None)
    found = _ID.fullmatch(last.facts.unique_id)
    assert found is not None
    month, sequence = Period.parse(found[1]), int(found[2])
    if last.facts.period_end != last_day(month).isoformat():
        raise InputError(
            "LEDGER.START_PART",
            f"{last.file} ayın son parçası değil.",
            why=f"{last.facts.period_end} gününde bitiyor.",
            todo="Ayın son parçasını, ya da bütün parçaların bulunduğu zip'i verin.",
        )
    entry, line, missing = _numbers(journal, berat, sequence)
    following = Period(month.year + month.month // _YEAR, month.month % _YEAR + 1)
    start = LedgerStart(
        period=str(following),
        entry=entry,
        line=line,
        sequence=sequence,
        branch_no=last.name.branch_no,
        source=last.file,
        is_approved=any(book.name.is_gibs for book in same),
        missing=missing,
    )
    if following.month == first_month_of(company):
        # A new fiscal year: every number begins again.
        return replace(start, entry=0, line=0, sequence=0, missing=())
    return start


def _numbers(journal: _Book | None, berat: _Book | None, sequence: int) -> tuple[int, int, tuple[str, ...]]:
    if journal is not None:
        return journal.facts.last_entry, journal.facts.last_line, ()
    stated = berat.facts.stated_entries if berat else None
    if sequence == 1 and stated is not None:
        return stated, 0, ("line",)
    return 0, 0, ("entry", "line")


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None
