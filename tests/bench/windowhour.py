"""Memory after an hour of simulated use: rounds of a day's actions in the real window. Prints figures; asserts nothing.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowhour [rounds]

One round is about two minutes of a quick user: three clients, the pages, twenty documents read, a search, an invoice
begun and left, a print preview, the settings, a sync. Thirty rounds make the hour. The first two rounds fill caches
and are not counted; what grows after them grows for ever.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.lifecycle import Direction
from app.storage import search
from app.ui.desk import Desk
from app.ui.frame.window import MainWindow
from tests.bench.stopwatch import Board
from tests.bench.window import Ground, ground, main_window, rss_mb, settle, turn, until

ROUNDS: Final = 30
_WARM: Final = 2
_READ: Final = 10
_LOOK_MS: Final = 60


def run(board: Board, *, big: bool, rounds: int = ROUNDS) -> None:
    with ground(clients=16, per_company=30, sealed=120) as given, main_window(given.office) as (_app, desk, window):
        board.fact("memory of the window, settled after its start", f"{rss_mb():.0f} MB")
        for place in range(_WARM):
            _round(given, desk, window, place)
        first = _state()
        board.fact(f"after {_WARM} rounds that fill the caches", _words(first))
        seen = [first]
        started = time.perf_counter()
        for place in range(rounds):
            _round(given, desk, window, place + _WARM)
            if place + 1 in (rounds // 2, rounds):
                seen.append(_state())
                board.fact(f"after {place + 1} further rounds", _words(seen[-1]))
        took = time.perf_counter() - started
        # The second half says it: the first may still fill caches.
        half, end = seen[-2], seen[-1]
        per_hour = (end[0] - half[0]) * 2 * ROUNDS / rounds
        board.row(f"{rounds} rounds", took, note=f"second half {end[0] - half[0]:+.0f} MB, {per_hour:+.0f} MB an hour")


def _state() -> tuple[float, int, int]:
    """Resident memory, Python objects, widgets; after everything that can go has gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    turn(200)
    return rss_mb(), len(gc.get_objects()), len(QApplication.allWidgets())


def _words(state: tuple[float, int, int]) -> str:
    return f"{state[0]:.0f} MB, {state[1]:,} objects, {state[2]} widgets"


def _round(given: Ground, desk: Desk, window: MainWindow, place: int) -> None:
    for step in range(3):
        company = given.companies[(place * 3 + step) % len(given.companies)]
        desk.set_company(company)
        for key, direction in (("inbox", Direction.IN), ("outbox", Direction.OUT)):
            page: Any = window.show_page(key)
            settle(desk)
            with given.office.db.read() as s:
                ids = search.ids(s, search.DocumentQuery(company_id=company.id, direction=direction))
            for document_id in ids[: _READ // 2]:
                page.table.select_ids([document_id], current=document_id)
                turn(_LOOK_MS)
            page.bar.search.setText("gıda")
            page.bar.search.textEdited.emit("gıda")
            turn(250)
            page.bar.clear()
            settle(desk)
    window.show_page("partners")
    settle(desk)
    _edit(desk, window)
    _preview(given, desk, window)
    settings: Any = window.show_page("settings")
    for key in settings.keys():  # noqa: SIM118 - not a dict
        settings.subject(key)
        settle(desk)
    window.show_page("today")
    if place % 5 == 0:
        given.control("advance", minutes=31)
        window.center.sync_chosen()
        turn(50)
        until(lambda: not window.center.is_running, 60)
    settle(desk)


def _edit(desk: Desk, window: MainWindow) -> None:
    from app.ui.editor.window import EditorWindow

    editor = EditorWindow(desk)
    editor.show()
    turn(700)
    settle(desk)
    _leave(editor)


def _preview(given: Ground, desk: Desk, window: MainWindow) -> None:
    from app.ui.printing.preview import PreviewDialog

    with given.office.db.read() as s:
        ids = search.ids(s, search.DocumentQuery(direction=Direction.IN))[:2]
    dialog = PreviewDialog(desk, ids, window)
    dialog.show()
    turn(300)
    settle(desk)
    _leave(dialog)


def _leave(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    turn(20)


if __name__ == "__main__":
    run(Board(), big=False, rounds=int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
