"""The reading pane over 500 received documents: opening the first, opening the next, memory when all have been seen.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowreading [--big]

With MUHURDAR_BENCH_COLD in the environment the first document finds nothing made ready.
"Next" is the way of the arrow key: the neighbours stand ready, because the pane draws them ahead. "Jump" is a document
that nobody expected. Prints figures; asserts nothing.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from app.demo import people
from app.domain.lifecycle import Direction
from app.storage import search
from app.ui.app import make_application
from app.ui.desk import Desk
from app.ui.reading.pane import ReadingPane
from app.workflows import companies, sync
from tests.bench.issuing import _office
from tests.bench.stopwatch import Board
from tests.bench.windowlists import StallWatch

COUNT = 500
_JUMPS = 15
_PAGE = 4096


def run(board: Board, *, big: bool) -> None:
    app = make_application()
    count = COUNT * 4 if big else COUNT
    with _office() as (office, sandbox, _clock, company):
        sandbox.add_incoming(count=count, to_vkn=people.SELLER["vkn"], sealed=False)
        sync.sync_company(office.context(), company, office.line(companies.require_account(office.context(), company)))
        with office.db.read() as s:
            ids = search.ids(s, search.DocumentQuery(company_id=company.id, direction=Direction.IN))
        desk = Desk(office, warms_up=not os.environ.get("MUHURDAR_BENCH_COLD"))
        desk.set_company(company)
        try:
            _measure(board, app, ReadingPane(desk), desk, list(ids))
        finally:
            desk.lanes.shutdown(10)


def _measure(board: Board, app: QApplication, pane: ReadingPane, desk: Desk, ids: list[int]) -> None:
    pane.resize(620, 640)
    watch = StallWatch()
    pane.show()
    _until(app, lambda: False, 0.3)
    if desk.warms_up:
        watch.reset()
        own = time.thread_time()
        _until(app, lambda: pane.warmth.is_done, 20)
        _until(app, lambda: False, 0.5)
        told = f"longest stall {watch.worst_ms:.0f} ms, of it {watch.worst_own_ms:.0f} ms of this thread's processor"
        board.row("made ready while nobody asks: of this thread's processor", time.thread_time() - own, note=told)
    how = "made ready" if desk.warms_up else "nothing made ready"
    watch.reset()
    first = _open(app, pane, desk, ids, 0)
    board.row(f"first document of the session, {how}", first, aim="400 ms", note=_worst([first], watch))
    _rest(app, desk)
    jumps = [_open(app, pane, desk, ids, len(ids) // 2 + 7 * n, waits=True) for n in range(_JUMPS)]
    board.row("a document nobody expected", statistics.median(jumps), note=_worst(jumps, watch))
    _open(app, pane, desk, ids, 0, waits=True)
    watch.reset()
    start = _memory_mb()
    taken: list[float] = []
    halfway = start
    for at in range(1, len(ids)):
        taken.append(_open(app, pane, desk, ids, at, waits=True))
        if at == len(ids) // 5:
            halfway = _memory_mb()
    board.row(
        f"next document ({len(taken)} in a row)", statistics.median(taken), aim="80 ms", note=_worst(taken, watch)
    )
    watch.reset()
    started = time.perf_counter()
    for at in range(len(ids) - 1, len(ids) - 61, -1):
        _ask(pane, ids, at)
        _until(app, lambda: False, 0.03)
    _until(app, lambda: pane.facts is not None and pane.facts.record.id == ids[-60])
    board.row(
        "60 documents passed with the key held down",
        time.perf_counter() - started,
        note=f"longest stall {watch.worst_ms:.0f} ms",
    )
    _rest(app, desk)
    figures = f"{start:.0f}, {halfway:.0f}, {_memory_mb():.0f} MB"
    board.fact(f"window and its browser: first, {len(ids) // 5}, {len(ids)} documents", figures)
    pane.hide()


def _ask(pane: ReadingPane, ids: list[int], at: int) -> None:
    pane.show_document(ids[at], neighbours=ids[at + 1 : at + 3] + ids[max(0, at - 1) : at])


def _open(app: QApplication, pane: ReadingPane, desk: Desk, ids: list[int], at: int, *, waits: bool = False) -> float:
    """Seconds until the document is drawn and its facts stand above it; `waits` then lets the neighbours be drawn."""
    drawn: list[int] = []
    pane.shown.connect(drawn.append)
    started = time.perf_counter()
    _ask(pane, ids, at)
    _until(app, lambda: ids[at] in drawn and pane.facts is not None and pane.facts.record.id == ids[at])
    seconds = time.perf_counter() - started
    pane.shown.disconnect(drawn.append)
    if waits:
        _rest(app, desk)
    return seconds


def _until(app: QApplication, done: Callable[[], bool], limit_s: float = 60.0) -> None:
    started = time.perf_counter()
    while not done() and time.perf_counter() - started < limit_s:
        app.processEvents()
        # Only a loop of its own would do this by itself: without it nothing that was let go of is freed.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _rest(app: QApplication, desk: Desk) -> None:
    _until(app, lambda: not desk.runner.live_jobs())


def _worst(taken: list[float], watch: StallWatch) -> str:
    slow = sorted(taken)[int(len(taken) * 0.95)] * 1000
    return f"95 % within {slow:.0f} ms, longest stall {watch.worst_ms:.0f} ms"


def _memory_mb() -> float:
    """Resident memory of this process and of Chromium's, now. Shared pages count in each: compare, do not add up."""
    own = os.getpid()
    parents, sizes = {}, {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            sizes[int(folder.name)] = int((folder / "statm").read_text().split()[1]) * _PAGE
            name = (folder / "comm").read_text()
        except OSError:
            continue
        if int(folder.name) != own and "QtWebEngine" not in name:
            sizes[int(folder.name)] = 0

    def is_ours(pid: int) -> bool:
        while pid not in (0, own):
            pid = parents.get(pid, 0)
        return pid == own

    return sum(size for pid, size in sizes.items() if is_ours(pid)) / (1 << 20)


if __name__ == "__main__":
    run(Board(), big="--big" in sys.argv)
