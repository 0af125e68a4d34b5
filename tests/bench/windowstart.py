"""Start of the window, from the process to the first page with its rows: warm, and with its files out of the cache.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowstart [--big]

Prints figures; asserts nothing. `usable` is when the first page has its rows and the event loop is free.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.stopwatch import Board

_RUNS = 5
_CHILD = "--child"
#: What a start must not pay for.
_HEAVY = (
    "zeep",
    "alembic",
    "saxonche",
    "PySide6.QtWebEngineCore",
    "PySide6.QtPdf",
    "openpyxl",
    "xlsxwriter",
    "cryptography",
    "pkcs11",
    "requests",
)


def run(board: Board, *, big: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty"
        _child(empty, "today")
        _rows(board, "window, empty office", empty, "today")
        filled = Path(folder) / "filled"
        count = 1_000_000 if big else 100_000
        _fill(filled, count)
        for page in ("today", "inbox"):
            _rows(board, f"window on {page}, {count:,} documents", filled, page)
        loaded = _child(filled, "today").loaded
        board.fact("loaded at the start that should not be", ", ".join(loaded) or "nothing")


def _rows(board: Board, what: str, folder: Path, page: str) -> None:
    _child(folder, page)
    warm = [_child(folder, page) for _ in range(_RUNS)]
    board.row(f"{what}: first paint, warm", statistics.median(start.painted for start in warm))
    board.row(f"{what}: usable, warm", statistics.median(start.usable for start in warm), aim="1.5 s")
    board.row(f"{what}: of the processor until then", statistics.median(start.processor for start in warm))
    if hasattr(os, "posix_fadvise"):
        _forget_files(folder)
        usable = _child(folder, page).usable
        board.row(f"{what}: usable, cold", usable, note="its files dropped from the cache once")


@dataclass(frozen=True, slots=True)
class _Start:
    """Seconds to the first paint, to the filled first page, of the processor until then; heavy modules loaded."""

    painted: float
    usable: float
    processor: float
    loaded: list[str]


def _child(folder: Path, page: str) -> _Start:
    folder.mkdir(exist_ok=True)
    # As if it had been left on this page.
    (folder / "window.ini").write_text(f'[window]\npage="\\"{page}\\""\n', "utf-8")
    (folder / "kurulum.json").write_text(
        '{"step": "finish", "done": [], "skipped": [], "company": "", "is_finished": true}', "utf-8"
    )
    environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.bench.windowstart", _CHILD, str(folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        moments: dict[str, float] = {}
        said: list[str] = []
        for line in process.stdout:
            word, *rest = line.split()
            moments[word] = time.perf_counter() - started
            said = rest or said
    return _Start(moments["painted"], moments["usable"], float(said[0]), said[1:])


def _main_of_child(folder: Path) -> int:
    """The program's own way in, watched from its event loop."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.ui.app import make_application, run_window
    from app.ui.frame.window import MainWindow

    make_application()
    told: list[str] = []

    def say(word: str, *rest: str) -> None:
        told.append(word)
        print(word, *rest, flush=True)

    def look() -> None:
        window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()), None)
        if window is None:
            return
        if "painted" not in told:
            say("painted")
        reading = [job for job in window.desk.runner.live_jobs() if job.title == "Okunuyor"]
        if not reading and window.page is not None:
            say("usable", f"{time.process_time():.3f}", *(name for name in _HEAVY if name in sys.modules))
            timer.stop()
            window._may_close = True
            window.close()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(2)
    return run_window(folder)


def _fill(folder: Path, count: int) -> None:
    from app.office import Office
    from app.runtime.clock import FixedClock
    from app.runtime.secrets import MemorySecretStore
    from tests.bench import lists

    with Office.open(folder, owner="bench", clock=FixedClock(lists.NOW), secrets=MemorySecretStore()) as office:
        lists._fill(office.db, count)


def _forget_files(folder: Path) -> None:
    """Ask the system to forget what it keeps of our files; what another process has mapped stays."""
    import PySide6
    import sqlalchemy

    import app

    for root in (PySide6.__path__[0], sqlalchemy.__path__[0], app.__path__[0], str(folder)):
        _each_file(Path(root), _forget)


def _each_file(root: Path, do: Callable[[int], None]) -> None:
    for path in root.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                do(handle)
            finally:
                os.close(handle)


def _forget(handle: int) -> None:
    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    if _CHILD in sys.argv:
        sys.exit(_main_of_child(Path(sys.argv[-1])))
    run(Board(), big="--big" in sys.argv)
