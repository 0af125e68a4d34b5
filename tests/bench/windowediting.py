"""Typing into an invoice of 500 lines (5,000 with --big): milliseconds a key, and the longest event-loop stall.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowediting [--big]

Prints figures; asserts nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.demo import people
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.ubl.company_json import company_from_json
from app.ui.desk import Desk
from app.ui.editor.window import EditorWindow
from app.ui.theme.style import theme
from app.workflows import companies, drafting
from tests.bench import lists
from tests.bench.stopwatch import Board
from tests.bench.windowlists import StallWatch

#: Plain letters: Qt's own key tests know no Turkish ones.
_WORDS = "Celik dubel M8 galvaniz"


class Watch(StallWatch):
    """Also the longest turn in the GUI thread's own CPU time: on a busy machine the rest is waiting for a core."""

    def __init__(self) -> None:
        self._spent = time.thread_time()
        self.worst_cpu_ms = 0.0
        super().__init__()

    def reset(self) -> None:
        self._spent = time.thread_time()
        self.worst_cpu_ms = 0.0
        super().reset()

    def _tick(self) -> None:
        spent = time.thread_time()
        self.worst_cpu_ms = max(self.worst_cpu_ms, (spent - self._spent) * 1000)
        self._spent = spent
        super()._tick()


def run(board: Board, *, big: bool) -> None:
    for count in (500, 5000) if big else (500,):
        with tempfile.TemporaryDirectory() as folder:
            _measure(board, Path(folder), count)


def _measure(board: Board, folder: Path, count: int) -> None:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([])
    theme().apply("light")
    office = Office.open(folder, owner="bench", clock=FixedClock(lists.NOW), secrets=MemorySecretStore())
    ctx = office.context()
    company = companies.save_company(ctx, company_from_json(dict(people.SELLER), base_dir=Path()))
    data = people.drafts(lists.NOW.date().isoformat())[0]
    data["lines"] = [dict(data["lines"][n % 3], name=f"Mal {n}") for n in range(count)]
    record = drafting.save_draft(ctx, company, data).record
    desk = Desk(office)
    desk.set_company(company)
    label = f"{count:,} lines"
    watch = Watch()
    started = time.perf_counter()
    window = EditorWindow(desk, document_id=record.id)
    window.registration.asks_by_itself = False
    window.resize(1366, 768)
    window.show()
    _until(app, lambda: window.worker.is_assessed)
    board.row(f"{label}: editor opened, summed and checked", time.perf_counter() - started, note=_stall(watch))
    _until(app, lambda: window.preview.view is not None and window.preview.is_settled, 60)
    board.row(f"{label}: first page in the preview", time.perf_counter() - started, note=_stall(watch))
    _until(app, lambda: False, 1)
    _type_cells(board, app, window, watch, label)
    _type_field(board, app, window, watch, label)
    _paste(board, app, window, watch, label)
    _until(app, lambda: window.worker.is_assessed and not window.worker.is_storing)
    window.worker.save()
    _until(app, lambda: window.worker.is_saved)
    window.close()
    _until(app, lambda: not desk.runner.live_jobs(), 20)
    desk.close()


def _type_cells(board: Board, app: QApplication, window: EditorWindow, watch: Watch, label: str) -> None:
    """Names into twenty lines, key by key at a quick typist's pace, while sums and page follow."""
    table = window.form.table
    keys: list[float] = []
    watch.reset()
    for row in range(0, 200, 10):
        table.go_to(row, 0)
        for letter in _WORDS:
            started = time.perf_counter()
            cell = _cell(table)
            QTest.keyClicks(cell or table, letter)
            app.processEvents()
            keys.append(time.perf_counter() - started)
            _until(app, lambda: False, 0.02)
        cell = _cell(table)
        if cell is not None:
            started = time.perf_counter()
            QTest.keyClick(cell, Qt.Key.Key_Return)
            app.processEvents()
            keys.append(time.perf_counter() - started)
    _tell(board, f"{label}: a key in a cell", keys, watch)


def _type_field(board: Board, app: QApplication, window: EditorWindow, watch: Watch, label: str) -> None:
    edit = window.form.buyer.title_field.editor
    window.form.open_section("buyer")
    edit.setFocus()
    keys: list[float] = []
    watch.reset()
    for letter in _WORDS * 4:
        started = time.perf_counter()
        QTest.keyClicks(edit, letter)
        app.processEvents()
        keys.append(time.perf_counter() - started)
        _until(app, lambda: False, 0.02)
    _tell(board, f"{label}: a key in the buyer's title", keys, watch)


def _paste(board: Board, app: QApplication, window: EditorWindow, watch: Watch, label: str) -> None:
    rows = [f"Yapıştırılan {n}\t{n + 1}\tKilogram\t1.234,56\t%5\t\t20" for n in range(500)]
    QGuiApplication.clipboard().setText("\r\n".join(rows))
    table = window.form.table
    table.go_to(len(window.store.lines.lines), 0)
    _until(app, lambda: False, 1)
    watch.reset()
    started = time.perf_counter()
    table.paste_cells()
    app.processEvents()
    passed = time.perf_counter() - started
    _until(app, lambda: window.worker.is_assessed)
    board.row(f"{label}: 500 rows pasted from Excel", passed, note=f"sums follow, {_stall(watch)}")
    watch.reset()
    started = time.perf_counter()
    window.store.undo.undo()
    app.processEvents()
    board.row(f"{label}: the paste undone", time.perf_counter() - started, note=_stall(watch))


def _tell(board: Board, what: str, keys: list[float], watch: Watch) -> None:
    keys.sort()
    note = f"median of {len(keys)}; 95 % within {keys[len(keys) * 95 // 100] * 1000:.1f} ms, {_stall(watch)}"
    board.row(what, keys[len(keys) // 2], note=note, aim="50 ms stall")


def _cell(table: Any) -> QLineEdit | None:
    return next((e for e in table.viewport().findChildren(QLineEdit) if e.isVisible()), None)


def _until(app: QApplication, done: Callable[[], bool], limit_s: float = 60.0) -> float:
    started = time.perf_counter()
    while not done() and time.perf_counter() - started < limit_s:
        app.processEvents()
    return time.perf_counter() - started


def _stall(watch: Watch) -> str:
    return f"longest stall {watch.worst_ms:.0f} ms ({watch.worst_cpu_ms:.0f} ms of work)"


if __name__ == "__main__":
    run(Board(), big="--big" in sys.argv)
