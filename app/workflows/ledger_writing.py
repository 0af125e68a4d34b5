"""A part's files: written aside, sealed, packaged, asked of GİB's rules; they take their places together."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Generator, Sequence
from concurrent import futures
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.domain.books import BookHead, BookKind, BookName
from app.domain.errors import StorageError
from app.domain.findings import Finding, has_errors
from app.domain.protocols import Sealer
from app.domain.voucher import Period
from app.edefter.books.berat import AccountSum, SealedBook, berat_xml
from app.edefter.books.head import ending, opening
from app.edefter.books.sealing import Written, seal_of, write_sealed
from app.edefter.package import Member, write_package
from app.edefter.splitting import Cut
from app.runtime.files import scratch_file
from app.signing.xades import ensure_usable
from app.storage.ledgers.parts import FileRecord
from app.validation.official import OfficialRules
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_crew import BookCrew
from app.workflows.ledger_moves import Laying
from app.workflows.time_stamps import Stamping

#: From this month on the general ledger itself is not packed with its berat. Source: Teknik Kılavuz 1.7.
_LEDGER_STAYS_HOME = 202501
_BERATS: Final = ((BookKind.JOURNAL_BERAT, BookKind.JOURNAL), (BookKind.LEDGER_BERAT, BookKind.LEDGER))
#: Parts that the writers may have begun.
_AHEAD: Final = 2
_LOOK_S: Final = 0.1
_MIB: Final = 1024 * 1024


class OfficialRefusal(Exception):
    """GİB's rules found an error in a file that our own checks let through; the report holds it."""


@dataclass(slots=True, kw_only=True)
class BuildReport:
    """What was built. `files` are (path, SHA-256); `checks` what was found in the data, a result per branch.

    `official` is what GİB's own rules said of a file (an error there: nothing was built), `engines` says per file
    which rules looked at it, `engine_rules` the same with every rule's id.
    """

    period: Period
    checks: list[MonthCheck] = field(default_factory=list)
    files: list[tuple[Path, str]] = field(default_factory=list)
    parts: int = 0
    official: list[tuple[str, Finding]] = field(default_factory=list)
    engines: dict[str, str] = field(default_factory=dict)
    engine_rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Where the files of the month's earlier build lie now; empty for a first one.
    set_aside: list[Path] = field(default_factory=list)

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
            "set_aside": [str(path) for path in self.set_aside],
            "official": [{"file": name, **finding.to_json()} for name, finding in self.official],
            "engines": {"data": "builtin", **self.engines},
            "engine_rules": self.engine_rules,
        }


def write_parts(
    ctx: WorkContext,
    crew: BookCrew,
    sealer: Sealer,
    planned: Sequence[tuple[BookHead, Cut]],
    stack: ExitStack,
    laying: Laying,
    place: Path,
    report: BuildReport,
    *,
    stamping: Stamping | None = None,
) -> Generator[dict[BookKind, Written]]:
    """Write, seal and package Y, K, YB and KB of each part; yields a part's files when they are whole.

    `crew` has the month in hand; it is ended when the generator is closed before its end. While a part is sealed,
    packaged and looked at by the caller, the writers are at the next one. The files stand aside with `laying`; `stack`
    takes away what only helped to write them.
    Raises: SealError; EnvironmentFault; StorageError LEDGER.MOVED; AppError LEDGER.WRITER; JobCancelled.
    """
    now = ctx.clock.now()
    ensure_usable(sealer.certificate, now)
    started: deque[_Part] = deque()
    waiting = deque(planned)
    watch = _Watch(ctx, f"{planned[0][0].company.party.display_name} {report.period}", [cut for _, cut in planned])
    try:
        while started or waiting:
            # One ahead: the writers never stand idle while a card signs.
            while waiting and len(started) < _AHEAD:
                started.append(_Part(crew, *waiting.popleft(), stack, laying, place))
                watch.parts.append(started[-1])
            part = started.popleft()
            told = {kind: watch.wait(body) for kind, body in part.bodies.items()}
            journal, ledger = told[BookKind.JOURNAL], told[BookKind.LEDGER]
            if any(journal[name] != ledger[name] for name in ("lines", "debit", "credit")):
                raise _moved()
            made, finished = part.seal(crew, told, sealer, now, stamping)
            if waiting:
                started.append(_Part(crew, *waiting.popleft(), stack, laying, place))
                watch.parts.append(started[-1])
            sums = {main: AccountSum(debit, credit, 0, 0) for main, (debit, credit) in ledger["mains"].items()}
            for kind, of in _BERATS:
                sealed = SealedBook(journal["vouchers"], made[of].size_bytes, made[of].signature_value)
                text = berat_xml(part.head, kind, book=sealed, ettn=str(uuid.uuid4()), sums=sums)
                name = part.head.name(kind)
                made[kind] = write_sealed(
                    part.target(f"{name.stem}.xml"),
                    name,
                    [text],
                    sealer=sealer,
                    signing_time=now,
                    stamper=stamping.stamper_for(kind) if stamping else None,
                )
            for kind, book in finished.items():
                facts = watch.wait(book)
                made[kind] = replace(made[kind], sha256=facts["sha256"])
                part.facts[kind] = facts
            for kind, of in _BERATS:
                digest = write_package(part.target(f"{part.head.name(kind).stem}.zip"), part.members(made, kind, of))
                report.files.append((place / f"{part.head.name(kind).stem}.zip", digest))
            part.scratch.close()
            for kind, written in made.items():
                report.files.append((place / f"{part.head.name(kind).stem}.xml", written.sha256))
            yield made
    except BaseException:
        # Before anything aside is removed: a system may refuse to remove a file that a child has open.
        crew.close()
        raise


def _for_child(path: Path) -> str:
    """The writers work in a folder of their own: what is relative to ours is nothing to them."""
    return str(path.absolute())


class _Part:
    """A part on its way: its heads, its places, what its writers are at."""

    def __init__(self, crew: BookCrew, head: BookHead, cut: Cut, stack: ExitStack, laying: Laying, place: Path) -> None:
        self.head = head
        self._laying = laying
        self._place = place
        self.scratch = stack.enter_context(ExitStack())
        self.paths: dict[BookKind, Path] = {}
        self.packed: dict[BookKind, Path] = {}
        self.bodies: dict[BookKind, Future[Any]] = {}
        self.facts: dict[BookKind, dict[str, Any]] = {}
        self._ledger_travels = int(head.period.compact) < _LEDGER_STAYS_HOME
        for kind, writer in ((BookKind.JOURNAL, crew.journal), (BookKind.LEDGER, crew.ledger)):
            name = f"{head.name(kind).stem}.xml"
            self.paths[kind] = self.target(name)
            if kind is BookKind.JOURNAL or self._ledger_travels:
                self.packed[kind] = self.scratch.enter_context(scratch_file(place))
            self.bodies[kind] = writer.submit(
                "write",
                kind.value,
                cut.first_entry,
                cut.last_entry,
                _for_child(self.paths[kind]),
                _for_child(self.packed[kind]) if kind in self.packed else "",
                name,
                opening(head, kind),
                ending(kind),
            )

    def target(self, name: str) -> Path:
        """A file aside that will take this name."""
        return self._laying.target(self._place / name)

    def seal(
        self, crew: BookCrew, told: dict[BookKind, Any], sealer: Sealer, now: datetime, stamping: Stamping | None
    ) -> tuple[dict[BookKind, Written], dict[BookKind, Future[Any]]]:
        """Sign the two books by their digests; their writers go on with the signatures. SHA-256 follows."""
        made: dict[BookKind, Written] = {}
        finished: dict[BookKind, Future[Any]] = {}
        for kind, writer in ((BookKind.JOURNAL, crew.journal), (BookKind.LEDGER, crew.ledger)):
            name, stamper = self.head.name(kind), stamping.stamper_for(kind) if stamping else None
            seal = seal_of(name, told[kind]["digest"], sealer=sealer, signing_time=now, stamper=stamper)
            tail = seal.element + ending(kind).encode()
            finished[kind] = writer.submit("finish", _for_child(self.paths[kind]), tail)
            made[kind] = Written(
                path=self.paths[kind],
                size_bytes=told[kind]["size_bytes"] + len(tail),
                sha256="",
                signature_value=seal.signature_value,
            )
        return made, finished

    def members(self, made: dict[BookKind, Written], berat: BookKind, book: BookKind) -> list[Member]:
        """What goes into a berat's package: the berat, and its book where GİB wants it."""
        inside = [Member(name=f"{self.head.name(berat).stem}.xml", path=made[berat].path)]
        if book in self.packed:
            facts = self.facts[book]
            inside.append(
                Member(
                    name=f"{self.head.name(book).stem}.xml",
                    path=made[book].path,
                    deflated=self.packed[book],
                    size_bytes=facts["size_bytes"],
                    crc32=facts["crc32"],
                    packed_bytes=facts["packed_bytes"],
                )
            )
        return inside

    def written_bytes(self) -> int:
        """How much of the two books is on the disk by now."""
        return sum(path.stat().st_size for path in self.paths.values() if path.exists())


class _Watch:
    """Waits for writers; meanwhile tells how much of both books is written, and asks whether to go on."""

    def __init__(self, ctx: WorkContext, title: str, cuts: Sequence[Cut]) -> None:
        self._ctx = ctx
        self._title = title
        self._total = 2 * sum(cut.size_bytes for cut in cuts) // _MIB
        self.parts: list[_Part] = []

    def wait(self, job: Future[Any]) -> Any:
        """The job's result. Raises: what the job raised; JobCancelled, LeaseHeld."""
        while True:
            self._ctx.progress.checkpoint()
            done = sum(part.written_bytes() for part in self.parts) // _MIB
            self._ctx.progress.report(
                min(done, self._total) if self._total else done, self._total, f"{self._title}: Y ve K yazılıyor (MB)"
            )
            if futures.wait([job], timeout=_LOOK_S).done:
                return job.result()


def _moved() -> StorageError:
    return StorageError(
        "LEDGER.MOVED",
        "Defter yazılamadı; klasörünüzdeki dosyalara dokunulmadı.",
        why="Yazılırken ayın fişleri değişti: yevmiye ile kebir aynı satırları taşımıyor.",
        todo="Başka bir pencerede bu firmanın fişleriyle çalışılmadığından emin olup yeniden deneyin.",
        retry_safe=True,
    )


def file_record(name: BookName, written: Written) -> FileRecord:
    return FileRecord(
        kind=name.kind.value,
        name=f"{name.stem}.xml",
        size_bytes=written.size_bytes,
        sha256=written.sha256,
        signature_value=written.signature_value,
    )


def ask_official(
    ctx: WorkContext,
    official: OfficialRules,
    name: BookName,
    written: Written,
    report: BuildReport,
    *,
    folder: str = "",
) -> None:
    """GİB's own rules on a finished file. Raises: OfficialRefusal when they find an error; what was staged goes.

    `folder` tells files of the same name apart (a month with two fiscal periods).
    """
    file_name = f"{name.stem}.xml"
    shown = f"{folder}/{file_name}" if folder else file_name
    ctx.progress.checkpoint()
    ctx.progress.report(0, 0, f"{file_name}: GİB kuralları denetleniyor")
    verdict = official.check_ledger(
        written.path, kind=f"ledger-{name.kind.value.lower()}", file_name=file_name, progress=ctx.progress
    )
    report.engines[shown] = f"builtin, {verdict.words}" if verdict.work else "builtin"
    report.engine_rules[shown] = [one.to_json() for one in verdict.work]
    report.official += [(shown, finding) for finding in verdict.findings]
    if has_errors(verdict.findings):
        raise OfficialRefusal


def pack(target: Path, inside: list[tuple[BookName, Written]]) -> str:
    """Write a package of finished files, always the same bytes for the same files; returns its SHA-256."""
    return write_package(target, [Member(name=f"{name.stem}.xml", path=written.path) for name, written in inside])
