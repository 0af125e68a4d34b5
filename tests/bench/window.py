"""The real main window for the bench: an office of the generator, the sandbox in a process of its own, a heartbeat.

The sandbox stands apart because its own work would take the interpreter's lock from the window and be measured as the
window's stall.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.demo.generator import build_demo_office
from app.demo.run import PASSWORD
from app.domain.dates import utc_now
from app.office import Office
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.storage import companies
from app.storage.records import CompanyRecord
from app.ui.app import make_application
from app.ui.desk import Desk
from app.ui.frame.window import MainWindow
from app.ui.theme.style import theme

BEAT_MS: Final = 5
STALL_MS: Final = 50.0
_PROJECT: Final = Path(__file__).parents[2]


@dataclass(slots=True)
class Stall:
    """One late heartbeat. `own_ms` is the main thread's own processor time in it, `ours_ms` that of all our threads.

    What is beyond `ours_ms` went to other programs of the machine; between the two, the window waited for its own
    workers (the interpreter's lock).
    """

    gap_ms: float
    own_ms: float
    ours_ms: float
    main: str = ""
    others: str = ""


@dataclass(slots=True)
class Pulse:
    """What a stretch of time showed."""

    longest_ms: float = 0.0
    longest_own_ms: float = 0.0
    longest_ours_ms: float = 0.0
    beats: int = 0
    stalls: list[Stall] = field(default_factory=list)

    def words(self) -> str:
        worst = max(self.stalls, key=lambda s: s.gap_ms, default=None)
        told = (
            f"{len(self.stalls)} over {STALL_MS:.0f} ms; of it this program's own {self.longest_ours_ms:.0f} ms, "
            f"the window's thread {self.longest_own_ms:.0f} ms"
        )
        return f"{told}; worst in {worst.main}" if worst is not None and worst.main else told


class Heartbeat(QObject):
    """A timer of 5 ms in the main thread.

    With MUHURDAR_BENCH_WHERE in the environment the interpreter's own watchdog writes where all threads are when a beat
    is late. It is C and holds no frame: looking at frames from Python would keep their locals alive, and a painter that
    outlives its paint event takes the process down. It looks without the lock, though, and now and then reads a frame
    that is just being left, which takes the process down too: for finding a cause, not for figures.
    """

    def __init__(self) -> None:
        super().__init__()
        self._asks_where = bool(os.environ.get("MUHURDAR_BENCH_WHERE"))
        self._dump = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop
        self._main = f"{threading.get_ident():#018x}"
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self.pulse = Pulse()
        self.reset()
        self._timer.start()

    def reset(self) -> None:
        self.pulse = Pulse()
        self._watch()
        self._last, self._own, self._ours = time.perf_counter(), time.thread_time(), time.process_time()

    def stop(self) -> None:
        self._timer.stop()
        faulthandler.cancel_dump_traceback_later()
        self._dump.close()

    def _watch(self) -> None:
        if self._asks_where:
            faulthandler.dump_traceback_later(STALL_MS * 0.7 / 1000, file=self._dump.fileno())

    def _beat(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        ours = time.process_time()
        gap_ms, own_ms = (now - self._last) * 1000 - BEAT_MS, (own - self._own) * 1000
        ours_ms = min(gap_ms, (ours - self._ours) * 1000)
        pulse = self.pulse
        pulse.beats += 1
        pulse.longest_ms = max(pulse.longest_ms, gap_ms)
        pulse.longest_own_ms = max(pulse.longest_own_ms, own_ms)
        pulse.longest_ours_ms = max(pulse.longest_ours_ms, ours_ms)
        if gap_ms > STALL_MS:
            pulse.stalls.append(Stall(gap_ms, own_ms, ours_ms, *self._seen()))
        self._watch()
        self._last, self._own, self._ours = time.perf_counter(), time.thread_time(), time.process_time()

    def _seen(self) -> tuple[str, str]:
        """Where the main thread was, and the others that were in our code."""
        if not self._asks_where:
            return "", ""
        faulthandler.cancel_dump_traceback_later()
        self._dump.seek(0)
        text = self._dump.read().decode("utf-8", "replace")
        self._dump.seek(0)
        self._dump.truncate()
        main, others = "", set[str]()
        for block in text.split("\n\n"):
            place = _place(block)
            if self._main in block.partition("\n")[0]:
                main = place
            elif place and "runtime/lanes.py" not in place.partition(" <")[0]:
                others.add(place)
        return main, ", ".join(sorted(others))


def _place(block: str) -> str:
    """The innermost steps in the app's own code, e.g. `ui/lists/table.py:120 paint < ui/frame/window.py:80 show`."""
    steps = []
    for path, line, function in re.findall(r'File "([^"]+)", line (\d+) in (\S+)', block):
        _, in_app, room = path.rpartition(f"{os.sep}app{os.sep}")
        if in_app and "site-packages" not in path:
            steps.append(f"{room}:{line} {function}")
    return " < ".join(steps[:3])


@dataclass(slots=True)
class Ground:
    """The window's office and the address at which the sandbox's control room answers."""

    office: Office
    url: str
    companies: list[CompanyRecord]

    def control(self, action: str, **data: Any) -> Any:
        """One call of the control room, e.g. `control("incoming", count=50, to_vkn=…)`."""
        request = urllib.request.Request(f"{self.url}/_control/{action}", data=json.dumps(data).encode())
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read())


@contextmanager
def ground(*, clients: int = 24, per_company: int = 30, sealed: int = 120) -> Iterator[Ground]:
    """An office of the generator whose integrator runs in another process."""
    with tempfile.TemporaryDirectory(prefix="muhurdar-bench-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        secrets = MemorySecretStore()
        office = Office.open(root / "data", owner="bench", secrets=secrets)
        with Sandbox(root / "sandbox.db", now=utc_now(), frozen=False) as sandbox:
            made = build_demo_office(office, sandbox, companies=clients, per_company=per_company, sealed=sealed)
            port = sandbox.port
        process = subprocess.Popen(
            [sys.executable, "-m", "app.sandbox", "--port", str(port), "--state", str(root / "sandbox.db")],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PROJECT,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        try:
            assert process.stdout is not None
            url = process.stdout.readline().decode().strip()
            with office.db.read() as s:
                for account in companies.list_accounts(s):
                    secrets.set(account.secret_name, PASSWORD)
            yield Ground(office=office, url=url, companies=made.companies)
        finally:
            office.close()
            process.terminate()
            process.wait(20)
            if process.stdout is not None:
                process.stdout.close()


@contextmanager
def main_window(office: Office) -> Iterator[tuple[QApplication, Desk, MainWindow]]:
    """The window as a user has it, settled; closed again with all its jobs."""
    app = make_application()
    theme().apply("light")
    desk = Desk(office, is_demo=True)
    window = MainWindow(desk)
    window.show()
    window.start()
    window.showNormal()
    window.resize(1366, 728)
    settle(desk)
    try:
        yield app, desk, window
    finally:
        window.center.stop()
        window.hide()
        desk.lanes.shutdown(20.0)
        window.deleteLater()
        app.processEvents()


def turn(ms: float) -> None:
    """Let the event loop run for so long, as it does for a user: no busy waiting."""
    loop = QEventLoop()
    QTimer.singleShot(max(0, round(ms)), loop.quit)
    loop.exec()


def until(done: Callable[[], bool], limit_s: float = 60.0) -> float:
    """Seconds until `done`; looks every 10 ms."""
    started = time.perf_counter()
    while not done() and time.perf_counter() - started < limit_s:
        turn(10)
    return time.perf_counter() - started


def settle(desk: Desk, limit_s: float = 30.0) -> None:
    """Until nothing runs for 100 ms."""
    quiet = [time.perf_counter()]

    def is_quiet() -> bool:
        if desk.runner.live_jobs():
            quiet[0] = time.perf_counter()
        return time.perf_counter() - quiet[0] > 0.1

    until(is_quiet, limit_s)


def rss_mb() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
