"""A whole archive looked at again: names, seals, berat against ledger, Y against K, numbers, GİB's approvals.

Needs no database: an archive is judged by itself, ten years later and on another machine.
Source: e-Defter Teknik Kılavuz 1.7 (names, parts), Berat Kılavuzu, Uyumluluk Onay Kılavuzu 1.7 (checks of berats).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.domain.findings import Severity
from app.domain.protocols import NoProgress, Progress
from app.edefter.archive import CANCELLED_FOLDER, BookFacts, FileName, parse_name
from app.edefter.books.berat import size_in_mib
from app.signing.report import TimeStampReport
from app.validation.official import EngineWork, OfficialRules
from app.workflows.ledger_look import facts_of, stamp_of
from app.workflows.ledger_lookers import look_at

_NUMBERED = re.compile(r" \(\d+\)\.\w+$")
#: Of one file; the rest is counted.
_TOLD_RULES = 20
_BERATS = {"YB": "Y", "KB": "K", "EB": "E"}


@dataclass(slots=True, kw_only=True)
class FileVerdict:
    """What was found in one file; `problems` empty means that it holds. `time_stamp` None: its seal has none."""

    path: Path
    sha256: str = ""
    size_bytes: int = 0
    problems: list[str] = field(default_factory=list)
    time_stamp: TimeStampReport | None = None
    #: Which of GİB's own rules were asked of the file; none where they were not wanted.
    work: tuple[EngineWork, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(slots=True, kw_only=True)
class ArchiveReport:
    """Verdicts on all files. `strays` are files that belong to no ledger; viewers and packages are none of them."""

    files: list[FileVerdict] = field(default_factory=list)
    strays: list[Path] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return bool(self.files) and all(verdict.ok for verdict in self.files)

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "files": [
                {
                    "file": str(v.path),
                    "ok": v.ok,
                    "sha256": v.sha256,
                    "size": v.size_bytes,
                    "problems": v.problems,
                    "time_stamp": v.time_stamp.to_json() if v.time_stamp else None,
                    "engine_rules": [one.to_json() for one in v.work],
                }
                for v in self.files
            ],
            "strays": [str(path) for path in self.strays],
            "engines": {"seal": "builtin", "content": "builtin"},
        }


@dataclass(slots=True)
class _Known:
    """A file that was read."""

    name: FileName
    facts: BookFacts
    verdict: FileVerdict


def verify_archive(
    root: Path,
    *,
    progress: Progress | None = None,
    without: Sequence[str] = (),
    rules: OfficialRules | None = None,
) -> ArchiveReport:
    """Judge every ledger, berat and report under `root`, leaving out folders of the names `without`.

    With `rules` GİB's own XSD and Schematron are asked as well, in child processes and of files of any size. They are
    those of today: what was right in its year may break one that came later.
    The files of a large archive are read in two child processes side by side.
    Raises: OSError for a folder that cannot be read; JobCancelled.
    """
    progress = progress or NoProgress()
    report = ArchiveReport()
    files: list[tuple[Path, FileName]] = []
    for path in sorted(root.rglob("*")):
        if set(path.relative_to(root).parts[:-1]) & set(without) or not path.is_file():
            continue
        name = parse_name(_name_of(path))
        if name is not None:
            files.append((path, name))
        elif path.suffix.lower() not in (".xslt", ".zip"):
            report.strays.append(path)
    known: list[_Known] = []
    with closing(look_at(files, progress)) as looks:
        for (path, name), told in zip(files, looks, strict=True):
            verdict = FileVerdict(
                path=path,
                sha256=told["sha256"],
                size_bytes=told["size_bytes"],
                problems=told["problems"],
                time_stamp=stamp_of(told),
            )
            report.files.append(verdict)
            if rules is not None and verdict.size_bytes:
                _ask_official(path, name, verdict, rules, progress)
            facts = facts_of(told)
            # What was cancelled is looked at by itself: it belongs to no month any more.
            if facts is not None and path.parent.name != CANCELLED_FOLDER:
                known.append(_Known(name, facts, verdict))
    for part in _by_part(known).values():
        _compare(part)
    _compare_months(known)
    return report


def _name_of(path: Path) -> str:
    """The file's name; in the folder of cancelled ones without the number that tells two of a name apart."""
    if path.parent.name != CANCELLED_FOLDER:
        return path.name
    return _NUMBERED.sub(path.suffix, path.name)


def _ask_official(path: Path, name: FileName, verdict: FileVerdict, rules: OfficialRules, progress: Progress) -> None:
    told = rules.check_ledger(path, kind=f"ledger-{name.kind.lower()}", progress=progress)
    verdict.work = told.work
    errors = [finding for finding in told.findings if finding.severity is Severity.ERROR]
    for finding in errors[:_TOLD_RULES]:
        place = f" ({finding.xpath})" if finding.xpath else ""
        verdict.problems.append(f"GİB kuralı: {finding.official or finding.message}{place}")
    if len(errors) > _TOLD_RULES:
        verdict.problems.append(f"GİB kuralı: {len(errors) - _TOLD_RULES} bulgu daha var.")


def _by_part(known: list[_Known]) -> dict[tuple[Path, str, str, int, str], dict[str, _Known]]:
    parts: dict[tuple[Path, str, str, int, str], dict[str, _Known]] = defaultdict(dict)
    for one in known:
        name = one.name
        key = (one.verdict.path.parent, name.owner, name.period, name.part, name.branch_no)
        parts[key]["GIB-" + name.kind if name.is_gibs else name.kind] = one
    return parts


def _compare(part: dict[str, _Known]) -> None:
    """The files of a part against each other."""
    journal, ledger = part.get("Y"), part.get("K")
    if journal and ledger:
        same = ("lines", "debit", "credit", "line_digest")
        if any(getattr(journal.facts, one) != getattr(ledger.facts, one) for one in same):
            ledger.verdict.problems.append("Kebirin satırları yevmiyeninkilerle aynı değil.")
    elif journal:
        journal.verdict.problems.append("Bu parçanın kebiri yok.")
    for kind, book_kind in _BERATS.items():
        berat, book = part.get(kind), part.get(book_kind)
        if berat and book:
            _compare_berat(berat, book)
        elif berat:
            berat.verdict.problems.append("Beratın defteri yok.")
        gibs = part.get(f"GIB-{kind}")
        if gibs and berat and gibs.facts.signature_value != berat.facts.signature_value:
            gibs.verdict.problems.append("GİB onaylı berat, gönderilen berattan farklı.")


def _compare_berat(berat: _Known, book: _Known) -> None:
    problems = berat.verdict.problems
    if berat.facts.book_signature_value != book.facts.signature_value:
        problems.append("Berattaki mühür değeri defterinkiyle aynı değil.")
    if berat.facts.stated_entries not in (None, book.facts.entries):
        problems.append("Berattaki madde sayısı defterinkiyle aynı değil.")
    if berat.facts.stated_size and berat.facts.stated_size != size_in_mib(book.verdict.size_bytes):
        problems.append("Berattaki boyut defterinkiyle aynı değil.")
    if berat.facts.unique_id != book.facts.unique_id:
        problems.append("Berattaki defter kimliği defterinkiyle aynı değil.")


def _compare_months(known: list[_Known]) -> None:
    """Numbers go on from part to part and from month to month of a fiscal year (one folder above the months)."""
    chains: dict[tuple[Path, str, str], list[_Known]] = defaultdict(list)
    for one in known:
        if one.name.kind == "Y" and not one.name.is_gibs:
            chains[one.verdict.path.parent.parent, one.name.owner, one.name.branch_no].append(one)
    for chain in chains.values():
        chain.sort(key=lambda one: (one.name.period, one.name.part))
        for before, after in pairwise(chain):
            if not before.facts.last_entry or not after.facts.first_entry:
                continue
            if after.facts.first_entry != before.facts.last_entry + 1:
                after.verdict.problems.append(
                    f"Madde numarası {before.facts.last_entry + 1} ile başlamalıyken {after.facts.first_entry}."
                )
            if after.facts.first_line != before.facts.last_line + 1:
                after.verdict.problems.append(
                    f"Satır numarası {before.facts.last_line + 1} ile başlamalıyken {after.facts.first_line}."
                )
        _check_parts(chain)
    _compare_periods(list(chains.values()))


def _compare_periods(chains: list[list[_Known]]) -> None:
    """A month that two fiscal periods share (tasfiye) has no part of the whole month on either side."""
    seen: dict[tuple[str, str, str], set[Path]] = defaultdict(set)
    for chain in chains:
        for one in chain:
            seen[one.name.owner, one.name.branch_no, one.name.period].add(one.verdict.path.parent.parent)
    for chain in chains:
        for one in chain:
            shared = len(seen[one.name.owner, one.name.branch_no, one.name.period]) > 1
            if shared and one.name.part == 0:
                one.verdict.problems.append("Tasfiye ayında parça numarası 000000 olamaz; 000001'den başlar.")


def _check_parts(chain: list[_Known]) -> None:
    by_month: dict[str, list[_Known]] = defaultdict(list)
    for one in chain:
        by_month[one.name.period].append(one)
    for month in by_month.values():
        numbers = [one.name.part for one in month]
        if numbers not in ([0], list(range(1, len(numbers) + 1))):
            month[-1].verdict.problems.append("Ayın parça numaraları kesintisiz değil.")
