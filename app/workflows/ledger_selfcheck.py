"""The archives looked at again by themselves, month by month: is every file there, is it the one that was sealed?

A month is judged by what its build recorded, by what an earlier look has seen (GİB's berats, reports), and, when there
is a file that nobody has judged yet, by the archive's own checks (`ledger_verify`). What was found is kept beside the
data, a small file per company, so that a warning survives a restart and a check goes on where it stopped.
Source: e-Defter Saklama Kılavuzu 1.1 (books, berats and GİB's berats are kept ten years, together and unchanged).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from app.domain.protocols import NoProgress, Progress
from app.domain.spans import month_of_key
from app.domain.voucher import Period
from app.edefter.archive import CANCELLED_FOLDER, parse_name
from app.runtime.files import write_output
from app.runtime.paths import DataFolder
from app.storage.ledgers import parts
from app.storage.ledgers.database import LedgerDatabase
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_heads import month_folder
from app.workflows.ledger_moves import finish_interrupted
from app.workflows.ledger_verify import verify_archive

_log = logging.getLogger(__name__)
_CHUNK: Final = 1024 * 1024
_VERSION: Final = 1
MISSING: Final = "missing"
CHANGED: Final = "changed"
BROKEN: Final = "broken"
TODO: Final = (
    "Klasöre dokunmadan son yedeği geri yükleyin (Ayarlar › Yedek); GİB onaylı beratları portaldan yeniden "
    "indirebilirsiniz. Defteri düzeltmeyin, yeniden oluşturmayın: mühürlü dosya değişmez."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveProblem:
    """What is wrong with a file. `kind` is MISSING, CHANGED or BROKEN."""

    file: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveMonth:
    """A month's folder in the tree. `expected` are the SHA-256 of the files that were built, by name."""

    period: Period
    place: Path
    expected: dict[str, str]

    @property
    def key(self) -> str:
        """`01.01.2026-31.12.2026/03`: under which a look at it is kept."""
        return f"{self.place.parent.name}/{self.place.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCheck:
    """What a look at a month found. `files` are the SHA-256 seen, `judged_at` when seals and contents were judged."""

    key: str
    period: str
    checked_at: datetime
    judged_at: datetime
    problems: tuple[ArchiveProblem, ...]
    files: dict[str, str]

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def month(self) -> Period:
        return Period.parse(self.period)


def archive_months(company: CompanyRecord, folder: DataFolder) -> list[ArchiveMonth]:
    """The months that have files, or should have: from the ledgers' records and from the tree itself."""
    digits = company.company.tax_number.digits
    found: dict[Path, ArchiveMonth] = {}
    for path in sorted(folder.ledgers.glob(f"{digits}-[0-9][0-9][0-9][0-9].db")):
        for key, name, sha256 in _recorded(path):
            period = month_of_key(key)
            place = month_folder(folder.edefter, company, period)
            month = found.setdefault(place, ArchiveMonth(period=period, place=place, expected={}))
            month.expected[name] = sha256
    root = folder.edefter / digits
    for place in sorted(root.glob("*/*")) if root.is_dir() else ():
        names = [said for path in place.glob("*.xml") if (said := parse_name(path.name)) is not None]
        if names and place not in found and place.name.isdigit():
            compact = names[0].period
            period = Period(int(compact[:4]), int(compact[4:]))
            found[place] = ArchiveMonth(period=period, place=place, expected={})
    return sorted(found.values(), key=lambda month: (month.period, month.key))


def check_month(
    month: ArchiveMonth,
    before: ArchiveCheck | None,
    *,
    now: datetime,
    progress: Progress | None = None,
    thorough: bool = False,
) -> ArchiveCheck:
    """Look at one month. `thorough` judges every seal and content even where no byte has changed.

    `before` is the earlier look at it. Raises: JobCancelled.
    """
    progress = progress or NoProgress()
    kept = dict(before.files) if before is not None and _is_same_build(month, before) else {}
    wanted = kept | month.expected
    problems: list[ArchiveProblem] = []
    seen: dict[str, str] = {}
    for path in _files(month.place, problems):
        digest = _digest(path, problems, progress)
        if digest:
            seen[path.name] = digest
    unread = {one.file for one in problems}
    renewed: list[str] = []
    for name in sorted(wanted.keys() - unread):
        if name not in seen:
            problems.append(ArchiveProblem(file=name, kind=MISSING, message=f"{name}: dosya klasörde yok."))
        elif seen[name] != wanted[name] and name in month.expected:
            said = f"{name}: içeriği mühürlendiği günkünden farklı."
            problems.append(ArchiveProblem(file=name, kind=CHANGED, message=said))
        elif seen[name] != wanted[name]:
            renewed.append(name)
    is_known = before is not None and before.ok and all(before.files.get(name) == sha for name, sha in seen.items())
    judged_at = before.judged_at if before is not None else now
    if seen and (thorough or not is_known):
        problems += _judged(month.place, {one.file for one in problems}, progress)
        judged_at = now
    for name in renewed:
        # GİB's berat fetched once more, a report made anew: another file, and as good when its seal holds.
        if not any(one.file == name for one in problems):
            wanted[name] = seen[name]
    # What should be there stays wanted until it is there again.
    return ArchiveCheck(
        key=month.key,
        period=f"{month.period.year:04d}-{month.period.month:02d}",
        checked_at=now,
        judged_at=judged_at,
        problems=tuple(problems),
        files=seen | wanted,
    )


def checks_of(company: CompanyRecord, folder: DataFolder) -> dict[str, ArchiveCheck]:
    """The last look at each month by its key; empty where nothing was looked at, or what was kept is damaged."""
    path = _kept(company, folder)
    try:
        said = json.loads(path.read_text("utf-8"))
        if said["version"] != _VERSION:
            return {}
        return {key: _check(key, one) for key, one in said["months"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.info("what an archive check had kept cannot be read: %s", type(error).__name__)
        return {}


def keep_check(company: CompanyRecord, folder: DataFolder, checks: Iterable[ArchiveCheck]) -> None:
    """Keep these looks with the others. Raises: EnvironmentFault FILE.*."""
    kept = checks_of(company, folder) | {check.key: check for check in checks}
    months = {key: _as_json(check) for key, check in sorted(kept.items())}
    raw = json.dumps({"version": _VERSION, "months": months}, ensure_ascii=False, indent=1)
    write_output(_kept(company, folder), raw.encode())


def forget_gone(company: CompanyRecord, folder: DataFolder, months: Sequence[ArchiveMonth]) -> None:
    """Drop the looks at months that were taken back and have no files any more."""
    kept = checks_of(company, folder)
    left = {month.key for month in months}
    if kept.keys() - left:
        path = _kept(company, folder)
        stay = {key: _as_json(check) for key, check in kept.items() if key in left}
        write_output(path, json.dumps({"version": _VERSION, "months": stay}, ensure_ascii=False, indent=1).encode())


def next_due(
    companies: Sequence[CompanyRecord], folder: DataFolder, *, now: datetime, every: timedelta
) -> tuple[CompanyRecord, ArchiveMonth] | None:
    """The month that has waited longest for a look; None when all were looked at within `every`."""
    oldest: tuple[datetime, CompanyRecord, ArchiveMonth] | None = None
    for company in companies:
        checks = checks_of(company, folder)
        for month in archive_months(company, folder):
            check = checks.get(month.key)
            if check is None:
                return company, month
            if check.checked_at + every <= now and (oldest is None or check.checked_at < oldest[0]):
                oldest = (check.checked_at, company, month)
    return None if oldest is None else oldest[1:]


def check_archives(
    ctx: WorkContext,
    companies: Sequence[CompanyRecord],
    folder: DataFolder,
    *,
    thorough: bool = True,
    only: Period | None = None,
) -> list[tuple[CompanyRecord, ArchiveCheck]]:
    """Look at all months of these companies now; each is kept as soon as it is done, so a cancel loses nothing."""
    for company in companies:
        finish_interrupted(ctx, company, folder.ledgers)
    todo = [
        (company, month)
        for company in companies
        for month in archive_months(company, folder)
        if only is None or str(month.period) == str(only)
    ]
    found = []
    for place, (company, month) in enumerate(todo):
        ctx.progress.checkpoint()
        name = company.company.party.display_name
        ctx.progress.report(place, len(todo), f"{name} · {month.period.month:02d}.{month.period.year}")
        before = checks_of(company, folder).get(month.key)
        quiet = _Stoppable(ctx.progress)
        check = check_month(month, before, now=ctx.clock.now(), progress=quiet, thorough=thorough)
        keep_check(company, folder, [check])
        found.append((company, check))
    for company in companies:
        forget_gone(company, folder, archive_months(company, folder))
    return found


def warnings(companies: Sequence[CompanyRecord], folder: DataFolder) -> list[tuple[CompanyRecord, ArchiveCheck]]:
    """The months whose last look found something."""
    return [(one, check) for one in companies for check in checks_of(one, folder).values() if not check.ok]


class _Stoppable:
    """Stops with the job, and leaves the job's own figures alone."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def report(self, done: int, total: int, what: str) -> None:
        return None

    def checkpoint(self) -> None:
        self._progress.checkpoint()


def _recorded(path: Path) -> list[tuple[int, str, str]]:
    ledger = LedgerDatabase.open(path)
    try:
        with ledger.read() as connection:
            return parts.recorded_files(connection)
    finally:
        ledger.close()


def _is_same_build(month: ArchiveMonth, before: ArchiveCheck) -> bool:
    """Whether the earlier look saw this very build; what it saw of another one says nothing any more."""
    built = {name: sha for name, sha in before.files.items() if name in month.expected}
    return not month.expected or not built or built == month.expected


def _files(place: Path, problems: list[ArchiveProblem]) -> list[Path]:
    """The ledger files and packages of a month's folder."""
    try:
        return sorted(
            path
            for path in place.iterdir()
            if path.is_file() and parse_name(f"{path.stem}.xml") is not None and path.suffix in (".xml", ".zip")
        )
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(
            ArchiveProblem(file="", kind=BROKEN, message=f"Klasör okunamadı ({error.strerror}): {place.name}.")
        )
        return []


def _digest(path: Path, problems: list[ArchiveProblem], progress: Progress) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                progress.checkpoint()
                digest.update(chunk)
    except OSError as error:
        problems.append(
            ArchiveProblem(file=path.name, kind=BROKEN, message=f"{path.name}: okunamadı ({error.strerror}).")
        )
        return ""
    return digest.hexdigest()


def _judged(place: Path, known: set[str], progress: Progress) -> list[ArchiveProblem]:
    """What the archive's own checks say of files that are not blamed already."""
    report = verify_archive(place, progress=progress, without=(CANCELLED_FOLDER,))
    return [
        ArchiveProblem(file=verdict.path.name, kind=BROKEN, message=f"{verdict.path.name}: {problem}")
        for verdict in report.files
        if verdict.path.name not in known
        for problem in verdict.problems
    ]


def _kept(company: CompanyRecord, folder: DataFolder) -> Path:
    return folder.root / "archive-checks" / f"{company.company.tax_number.digits}.json"


def _as_json(check: ArchiveCheck) -> dict[str, Any]:
    return {
        "period": check.period,
        "checked_at": check.checked_at.isoformat(),
        "judged_at": check.judged_at.isoformat(),
        "problems": [asdict(problem) for problem in check.problems],
        "files": check.files,
    }


def _check(key: str, said: dict[str, Any]) -> ArchiveCheck:
    return ArchiveCheck(
        key=key,
        period=said["period"],
        checked_at=datetime.fromisoformat(said["checked_at"]),
        judged_at=datetime.fromisoformat(said["judged_at"]),
        problems=tuple(ArchiveProblem(**one) for one in said["problems"]),
        files=dict(said["files"]),
    )
