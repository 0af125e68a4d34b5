"""The window's lists over 100,000 stored documents: first paint, scrolling, search, select all, longest stall.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowlists [--big]

Prints figures; asserts nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.storage import companies
from app.ui.app import make_application
from app.ui.desk import Desk
from app.ui.pages.inbox import InboxPage
from app.ui.theme.style import theme
from tests.bench import lists
from tests.bench.stopwatch import Board


class StallWatch(QObject):
    """The longest time between two turns of the event loop since `reset`, and the most of it that was ours.

    `worst_own_ms` is this thread's own processor time: the rest of a stall went to other threads and programs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._clock = QElapsedTimer()
        self._clock.start()
        self._last = 0
        self._own = 0.0
        self.worst_ms = self.worst_own_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def reset(self) -> None:
        self._last, self._own = self._clock.nsecsElapsed(), time.thread_time()
        self.worst_ms = self.worst_own_ms = 0.0

    def _tick(self) -> None:
        now, own = self._clock.nsecsElapsed(), time.thread_time()
        self.worst_ms = max(self.worst_ms, (now - self._last) / 1e6)
        self.worst_own_ms = max(self.worst_own_ms, (own - self._own) * 1000)
        self._last, self._own = now, own


def _until(app: QApplication, done: Callable[[], bool], limit_s: float = 60.0) -> float:
    started = time.perf_counter()
    while not done() and time.perf_counter() - started < limit_s:
        app.processEvents()
    return time.perf_counter() - started


def run(board: Board, *, big: bool) -> None:
    for count in (100_000, 1_000_000) if big else (100_000,):
        with tempfile.TemporaryDirectory() as folder:
            _measure(board, Path(folder), count)


def _measure(board: Board, folder: Path, count: int) -> None:
    # As the program makes it: how long a worker may keep the interpreter is set there.
    app = make_application()
    theme().apply("light")
    office = Office.open(folder, owner="bench", clock=FixedClock(lists.NOW), secrets=MemorySecretStore())
    company_id = lists._fill(office.db, count)
    label = f"{count:,} in the window"
    _in_the_window(board, app, office, company_id, label, count)


def _in_the_window(board: Board, app: QApplication, office: Office, company_id: int, label: str, count: int) -> None:
    desk = Desk(office)
    with office.db.read() as s:
        company = next(c for c in companies.list_companies(s) if c.id == company_id)
    desk.set_company(company)
    watch = StallWatch()
    started = time.perf_counter()
    page = InboxPage(desk)
    page.resize(1366, 768)
    page.show()
    board.row(f"{label}: page made and shown (empty)", time.perf_counter() - started)
    _until(app, lambda: _is_painted(page))
    app.processEvents()
    board.row(f"{label}: first rows painted, page and all", time.perf_counter() - started)
    _until(app, lambda: page.model.rowCount() == count and not page.model.is_waiting)
    board.row(f"{label}: the scroll bar is whole", time.perf_counter() - started)
    _until(app, lambda: not desk.runner.live_jobs())
    desk.set_company(None)
    _until(app, lambda: page.model.rowCount() == count and not desk.runner.live_jobs())
    watch.reset()
    started = time.perf_counter()
    desk.set_company(company)
    _until(app, lambda: _is_painted(page))
    app.processEvents()
    board.row(f"{label}: firm chosen, first rows painted", time.perf_counter() - started, aim="100 ms")
    _until(app, lambda: page.model.rowCount() == count and not page.model.is_waiting)
    board.row(f"{label}: firm chosen, the scroll bar is whole", time.perf_counter() - started, note=_stall(watch))
    _until(app, lambda: not desk.runner.live_jobs())
    _scroll(board, app, page, watch, label)
    _typing(board, app, page, watch, label, count)
    watch.reset()
    started = time.perf_counter()
    page.table.selectAll()
    _until(app, lambda: len(page.doing.selection.ids) == count)
    board.row(f"{label}: select all, counted and summed", time.perf_counter() - started, note=_stall(watch))
    watch.reset()
    took = _asked(app, page, lambda: page.table.set_sort((("payable", True),)))
    board.row(f"{label}: sorted by amount, all still selected", took, note=_stall(watch))
    desk.close()


def _scroll(board: Board, app: QApplication, page: InboxPage, watch: StallWatch, label: str) -> None:
    bar = page.table.verticalScrollBar()
    _until(app, lambda: False, 0.2)
    watch.reset()
    started = time.perf_counter()
    steps = 400
    for step in range(steps + 1):
        bar.setValue(bar.maximum() * step // steps)
        app.processEvents()
    passed = time.perf_counter() - started
    note = f"{passed / steps * 1000:.1f} ms a step, {_stall(watch)}"
    board.row(f"{label}: dragged from top to bottom in {steps} steps", passed, note=note)
    last = page.model.rowCount() - 1
    settled = _until(app, lambda: page.model.view_at(last) is not None)
    board.row(f"{label}: rows at the end after the drag", settled)
    watch.reset()
    started = time.perf_counter()
    for step in range(300):
        bar.setValue(bar.maximum() // 2 + step * 3)
        app.processEvents()
    passed = time.perf_counter() - started
    board.row(f"{label}: 300 turns of the wheel", passed, note=f"{passed / 3:.2f} s/100, {_stall(watch)}")


def _typing(board: Board, app: QApplication, page: InboxPage, watch: StallWatch, label: str, count: int) -> None:
    for text in ("istanbul mobilya", "çelik", "ış"):
        watch.reset()
        for place in range(1, len(text) + 1):
            page.bar.search.setText(text[:place])
            page.bar.search.textEdited.emit(text[:place])
            _until(app, lambda: False, 0.03)
        took = _asked(app, page, lambda: None)
        board.row(f"{label}: typed {text!r}, answer after the last key", took, note=_stall(watch))
    _asked(app, page, page.bar.clear)


def _asked(app: QApplication, page: InboxPage, act: Callable[[], None]) -> float:
    """Seconds until the next answer is in and its first row is there."""
    answers: list[bool] = []

    def note() -> None:
        answers.append(True)

    page.model.answered.connect(note)
    started = time.perf_counter()
    act()
    _until(app, lambda: bool(answers) and (not page.model.ids or _is_painted(page)), 20)
    page.model.answered.disconnect(note)
    return time.perf_counter() - started


def _is_painted(page: InboxPage) -> bool:
    return page.model.view_at(page.table.rowAt(0)) is not None


def _stall(watch: StallWatch) -> str:
    return f"longest stall {watch.worst_ms:.0f} ms, own {watch.worst_own_ms:.0f} ms"


if __name__ == "__main__":
    run(Board(), big="--big" in sys.argv)
