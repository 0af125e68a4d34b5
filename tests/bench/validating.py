"""GİB's rules: how long compiling takes, one document, a batch on one and two workers, thousands of lines, and whether
memory grows over 10,000 validations. With the official packages beside the project, else with small ones of our own.

Yardstick: one empty call to a child and back.
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.runtime.children import ChildPool
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.files import check_file
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.bench import samples
from tests.bench.stopwatch import Board, median_of, once
from tests.validation.packagemaker import e_invoice_files, ubl_files, zipped

SHARED = Path(__file__).resolve().parents[3] / "shared" / "gib"
BATCH = 200
VALIDATIONS = 10_000


def packages() -> list[tuple[str, bytes]]:
    """GİB's own by name where they are at hand, else small ones of ours."""
    names = ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip")
    if all((SHARED / name).is_file() for name in names):
        return [(name, (SHARED / name).read_bytes()) for name in names]
    return [("ubl.zip", zipped(ubl_files())), ("e.zip", zipped(e_invoice_files()))]


@contextmanager
def _rules(folder: Path, size: int) -> Iterator[tuple[InstalledRules, ChildPool]]:
    with ChildPool(size) as pool:
        store = PackageStore(folder, pool=lambda: pool, now=lambda: datetime.now(UTC))
        yield InstalledRules(store, pool=lambda: pool, today=lambda: samples.DAY), pool


def run(board: Board, *, big: bool) -> None:
    sheet = samples.template()
    documents = [build_invoice(i, compute_totals(i), template=sheet) for i in map(samples.invoice, range(1, BATCH + 1))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _rules(folder, 1) as (rules, pool):
            _compiling(board, rules, pool)
        with _rules(folder, 1) as (rules, pool):
            _single(board, rules, pool, documents)
            _lines(board, rules, documents[0], big=big)
        for workers in (1, 2):
            with _rules(folder, workers) as (rules, pool):
                _batch(board, rules, pool, documents, workers)
        with _rules(folder, 2) as (rules, pool):
            _memory(board, rules, pool, documents)


def _compiling(board: Board, rules: InstalledRules, pool: ChildPool) -> None:
    pool.call("app.runtime.childwire:pack", None)
    for name, raw in packages():
        seconds, _ = once(lambda raw=raw, name=name: rules.store.install(raw, name))  # type: ignore[misc]
        board.row(f"{name}: examined, compiled, stored", seconds, note=f"{len(raw) >> 10} KB")


def _single(board: Board, rules: InstalledRules, pool: ChildPool, documents: list[bytes]) -> None:
    seconds, _ = once(rules.warm_up)
    board.row("new child ready for invoices (Saxon, sheet, schema)", seconds)
    board.row("yardstick: an empty call to a child", median_of(lambda: pool.call("app.runtime.childwire:pack", None)))
    raw = documents[0]
    found = check_file(raw, today=samples.DAY, rules=rules).findings
    errors = [finding.code for finding in found if finding.severity == "error"]
    if errors:
        raise SystemExit(f"the sample invoice is not clean: {errors}")
    check = lambda: rules.check(raw, kind="invoice", issue_date=None)  # noqa: E731
    board.row("one invoice: XSD and Schematron", median_of(check, runs=101), note=f"{len(raw) >> 10} KB")
    whole = lambda: check_file(raw, today=samples.DAY, rules=rules)  # noqa: E731
    board.row("one invoice: parse, XSD, Schematron, built-in", median_of(whole, runs=101, warm=20), aim="15 ms")


def _lines(board: Board, rules: InstalledRules, raw: bytes, *, big: bool) -> None:
    text = raw.decode()
    first = re.search(r"<cac:InvoiceLine>.*?</cac:InvoiceLine>", text, re.DOTALL)
    assert first is not None
    for count in (1_000, 5_000, 20_000) if big else (1_000, 5_000):
        long = (text[: first.start()] + first[0] * count + text[first.end() :]).encode()
        seconds, found = once(lambda long=long: rules.check(long, kind="invoice", issue_date=None))  # type: ignore[misc]
        stopped = [finding.code for finding in found if finding.code.startswith(("OFFICIAL", "CHILD"))]
        aim = "2 s" if count == 5_000 else ""
        board.row(
            f"{count:,} lines: XSD and Schematron", seconds, aim=aim, note=f"{len(long) >> 20} MB {stopped or ''}"
        )


def _batch(board: Board, rules: InstalledRules, pool: ChildPool, documents: list[bytes], workers: int) -> None:
    with ThreadPoolExecutor(workers) as threads:

        def all_of_them() -> int:
            return sum(1 for _ in threads.map(lambda d: check_file(d, today=samples.DAY, rules=rules), documents))

        all_of_them()
        seconds, count = once(all_of_them)
    aim = "100/s" if workers == 2 else ""
    board.row(f"{count} invoices, {workers} worker(s)", seconds, aim=aim, note=f"{count / seconds:,.0f}/s")


def _memory(board: Board, rules: InstalledRules, pool: ChildPool, documents: list[bytes]) -> None:
    """Resident memory of the children every tenth of the way, after the first tenth has filled all caches."""
    marks: list[float] = []
    slices: list[float] = []
    with ThreadPoolExecutor(2) as threads:
        for _ in range(10):
            started = time.perf_counter()
            some = (documents[n % len(documents)] for n in range(VALIDATIONS // 10))
            for _ in threads.map(lambda d: rules.check(d, kind="invoice", issue_date=None), some):
                pass
            slices.append(time.perf_counter() - started)
            marks.append(sum(_resident_mb(pid) for pid in pool.process_ids))
    board.row(f"{VALIDATIONS:,} validations, two workers", sum(slices), note=f"{VALIDATIONS / sum(slices):,.0f}/s")
    board.fact("children after 1,000 validations", f"{marks[0]:.0f} MB")
    board.fact(f"children after {VALIDATIONS:,} validations", f"{marks[-1]:.0f} MB")
    board.fact("median of the last five marks against the first five", _growth(marks))


def _growth(marks: list[float]) -> str:
    before, after = statistics.median(marks[:5]), statistics.median(marks[5:])
    return f"{(after - before) / before:+.0%}"


def _resident_mb(pid: int) -> float:
    if sys.platform != "linux":
        return 0.0
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / (1 << 20)
