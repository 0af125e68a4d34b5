"""A month of 10,000, 100,000 or 1,000,000 lines: import, check, write, seal, package, GİB's rules, verify.

    python -m tests.bench ledger [--lines N] [--lines N ...] [--big]

Yardsticks in the same run, of the very files that were written: `xmllint --stream --noout` and `xmlsec1 --verify` (each
only where the program is there; xmlsec1 takes some eight times the file in memory and is left out above 200 MB). Wall
time and processor time (user and system, of all processes) stand side by side: on a busy machine the second tells more.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isal import isal_zlib

from app.demo import people
from app.domain.voucher import Period
from app.edefter.books.body import LEVEL
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import TestSealer
from app.ubl.company_json import company_from_json
from app.workflows import companies
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_verify import verify_archive
from tests.bench.stopwatch import Board
from tests.bench.validating import SHARED
from tests.validation.packagemaker import zipped

_XMLSEC_BYTES = 210 * 1024 * 1024
_CHUNK = 1 << 20
_HEAD = (
    "entryref;linenumber;accmainid;accmainiddesc;accsubid;accsubdesc;amount;debitcreditcode;postingdate;documenttype;"
    "doctypedesc;documentnumber;documentdate;paymentmethod;detailcomment;enteredby;entrynumber;entrycomment\n"
)
_MAINS = ("100", "120", "153", "191", "770")


def run(board: Board, *, big: bool, lines: list[int] | None = None) -> None:
    for count in lines or ([100_000, 1_000_000] if big else [10_000, 100_000]):
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            source = place / "mart.csv"
            _write_month(source, count)
            clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
            with Office.open(place / "o", owner="bench", clock=clock, secrets=MemorySecretStore()) as office:
                _Month(board, office, place, source, count).measure()


@dataclass
class _Cost:
    """Seconds on the wall and of processors; peak memory of this process and of the largest of its children, in MB."""

    wall: float = 0.0
    cpu: float = 0.0
    own_mb: int = 0
    child_mb: int = 0


@dataclass
class _Stages:
    """A progress that remembers when each kind of work began."""

    begun: list[tuple[float, str]] = field(default_factory=list)

    def report(self, _done: int, _total: int, what: str) -> None:
        if not self.begun or self.begun[-1][1] != what:
            self.begun.append((time.perf_counter(), what))

    def checkpoint(self) -> None:
        return None

    def first(self, *words: str) -> float:
        """When work of these words was first told."""
        return next(at for at, what in self.begun if any(word in what for word in words))

    def spent(self, word: str, *, until: float) -> float:
        """Seconds between each telling of `word` and the next telling of anything."""
        ends = [at for at, _ in self.begun[1:]] + [until]
        return sum(end - at for (at, what), end in zip(self.begun, ends, strict=True) if word in what)


class _Month:
    """One month, measured from its source to the verified archive."""

    def __init__(self, board: Board, office: Office, place: Path, source: Path, lines: int) -> None:
        self.board, self.office, self.source, self.lines = board, office, source, lines
        self.out = place / "defterler"
        data: dict[str, Any] = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
        self.company = companies.save_company(office.context(), company_from_json(data, base_dir=place))
        self.yard = _Cost()

    def measure(self) -> None:
        board, ctx, period = self.board, self.office.context(), Period(2026, 3)
        folder = self.office.folder.ledgers
        load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        print(f"  -- {self.lines:,} lines{load}", flush=True)
        with _costs() as cost:
            report = import_vouchers(ctx, self.company, self.source, inspect_source(self.source), folder=folder)
        assert report.total("lines") == self.lines, report
        self._row(f"import, {report.total('new'):,} vouchers", cost, aim="40 s" if self.lines == 1_000_000 else "")
        with _costs() as cost:
            (check,) = check_month(ctx, self.company, period, folder=folder)
        assert not check.has_errors, check.findings[:3]
        self._row("number and check the month", cost)
        seal = TestSealer.create(self.company.company.tax_number, "Çınaraltı")
        options = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="bench")
        stages = _Stages()
        with _costs() as cost:
            built = build_month(
                self.office.context(stages), self.company, period, seal, options, folder=folder, out=self.out
            )
            ended = time.perf_counter()
        assert built.is_built, built
        books = sorted(self.out.rglob("*.xml"))
        size = sum(path.stat().st_size for path in books)
        board.fact(f"Y, K, YB, KB in {built.parts} part(s)", f"{size / 1e6:,.0f} MB")
        self.yard = _yardstick(books)
        writing = _Cost(wall=ended - stages.first("parçalar", "yazılıyor"))
        self._row("yardstick: xmllint --stream --noout of these files", self.yard)
        self._row("write, hash, seal and package, Y beside K", writing, aim="4 × yardstick")
        self._row("the whole build, its own check before it", cost)
        with _costs() as cost:
            _deflated([path for path in books if "-Y" in path.name])
        self._row("of that: deflating the packaged books, done alone", cost)
        self._official(books)
        with _costs() as cost:
            verdict = verify_archive(self.out)
        assert verdict.ok, [one.problems for one in verdict.files]
        self._row("verify the archive", cost)
        self._xmlsec(books)

    def _official(self, books: list[Path]) -> None:
        """GİB's schema and rules, where the package is at hand. Of a month in parts the first one is asked."""
        folder = SHARED / "edefter-paketi"
        if not folder.is_dir():
            self.board.fact("XSD and Schematron", "no package here")
            return
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        self.office.packages.install(zipped(files), "edefter.zip")
        for kind in ("Y", "K"):
            path = next(path for path in books if f"-{kind}-" in path.name)
            yard = _yardstick([path])
            stages = _Stages()
            with _costs() as cost:
                verdict = self.office.rules.check_ledger(
                    path, kind=f"ledger-{kind.lower()}", file_name=path.name, progress=stages
                )
                ended = time.perf_counter()
            assert verdict.work and not verdict.findings, verdict
            what = f"{kind} of {path.stat().st_size / 1e6:,.0f} MB"
            if stages.begun:
                schema, rules = (stages.spent(word, until=ended) for word in ("şeması", "kuralları"))
                self._row(f"XSD, {what}", _Cost(wall=schema), aim="2.5 ×", yard=yard)
                self._row(f"Schematron, {what}", _Cost(rules, 0.0, cost.own_mb, cost.child_mb), aim="25 ×", yard=yard)
            else:
                self._row(f"XSD and Schematron, {what}", cost, yard=yard)

    def _xmlsec(self, books: list[Path]) -> None:
        small = [path for path in books if path.stat().st_size <= _XMLSEC_BYTES]
        if not shutil.which("xmlsec1") or not small:
            self.board.fact("xmlsec1 --verify", "left out")
            return
        # Of a month of gigabytes one part tells as much as all.
        chosen = small if sum(path.stat().st_size for path in small) <= 2 * _XMLSEC_BYTES else small[:1]
        ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
        with _costs() as cost:
            for path in chosen:
                command = ["xmlsec1", "--verify", "--insecure", *ids, str(path)]
                subprocess.run(command, check=True, capture_output=True)
        self._row(f"xmlsec1 --verify of {len(chosen)} of the files", cost, yard=_yardstick(chosen))

    def _row(self, what: str, cost: _Cost, *, aim: str = "", yard: _Cost | None = None) -> None:
        yard = yard or self.yard
        notes = [f"{cost.wall / yard.wall:.1f} × xmllint"] if yard.wall and cost is not yard else []
        if cost.cpu:
            times = f" ({cost.cpu / yard.cpu:.1f} ×)" if yard.cpu and cost is not yard else ""
            notes.append(f"cpu {cost.cpu:.2f} s{times}")
        if cost.own_mb:
            child = f", child {cost.child_mb}" if cost.child_mb else ""
            notes.append(f"peak {cost.own_mb}{child} MB")
        self.board.row(what, cost.wall, aim=aim, note=", ".join(notes))


@contextmanager
def _costs() -> Iterator[_Cost]:
    """What the block costs. Peak memory is looked at every 20 ms, of this process and of all that it starts."""
    cost = _Cost()
    over = threading.Event()
    watcher = threading.Thread(target=_watch_memory, args=(cost, over), daemon=True)
    watcher.start()
    began, spent = time.perf_counter(), _cpu()
    try:
        yield cost
    finally:
        cost.wall, cost.cpu = time.perf_counter() - began, _cpu() - spent
        over.set()
        watcher.join()


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _watch_memory(cost: _Cost, over: threading.Event) -> None:
    own = os.getpid()
    while not over.wait(0.02):
        cost.own_mb = max(cost.own_mb, _memory_mb(own, "VmRSS"))
        for pid in _children(own):
            # The highest since it began to run its own program; getrusage would count the parent's before that.
            cost.child_mb = max(cost.child_mb, _memory_mb(pid, "VmHWM"))


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except OSError:
        return []


def _memory_mb(pid: int, what: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) // 1024
    except OSError:
        pass
    return 0


def _yardstick(paths: list[Path]) -> _Cost:
    """`xmllint --stream --noout`, one file after the other: the median of three, of gigabytes one."""
    if not shutil.which("xmllint"):
        return _Cost()
    runs = 1 if sum(path.stat().st_size for path in paths) > 1 << 30 else 3
    costs = [_timed(lambda: [_xmllint(path) for path in paths]) for _ in range(runs)]
    return _Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


def _timed(work: Callable[[], Any]) -> _Cost:
    with _costs() as cost:
        work()
    return cost


def _xmllint(path: Path) -> None:
    subprocess.run(["xmllint", "--stream", "--noout", "--huge", str(path)], check=True, capture_output=True)


def _deflated(paths: list[Path]) -> None:
    for path in paths:
        deflate = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                isal_zlib.crc32(chunk)
                deflate.compress(chunk)
        deflate.flush()


def _write_month(path: Path, lines: int) -> None:
    dice = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        number = voucher = 0
        while number < lines:
            voucher += 1
            count = min(dice.choice((2, 3, 5, 7)), lines - number)
            if lines - number - count == 1:
                count += 1
            day = f"2026-03-{1 + number * 31 // lines:02d}"
            total = 0
            for place in range(count):
                number += 1
                main, side = ("320", "C") if place == count - 1 else (dice.choice(_MAINS), "D")
                kurus = total if side == "C" else dice.randint(100, 9_999_999)
                total += kurus
                sub = dice.randint(1, 300)
                file.write(
                    f"F{voucher};{number};{main};HESAP {main};{main}.{sub:03d};ALT HESAP {sub};{kurus / 100:.2f};"
                    f"{side};{day};invoice;NULL;ABC2026{number:09d};{day};NULL;"
                    f"Açıklama satırı {number};AYŞE IŞIK;F{voucher};Mart fişi\n"
                )
