"""How the window starts: one per data folder, a demo office made once, a refusal in words, what nobody caught."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.demo.office import open_demo_office, prepare
from app.demo.run import MARKER
from app.domain.errors import BugError, InputError
from app.domain.lifecycle import State
from app.storage import companies, search
from app.ui import app as entry
from app.ui.frame.window import MainWindow
from app.ui.instance import SingleInstance


def test_second_start_raises_the_first(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path / "data")
    second = SingleInstance(tmp_path / "data")
    assert (first.is_first, second.is_first) == (True, False)
    with qtbot.waitSignal(first.raised, timeout=5000):
        assert second.raise_first()
    first.release()
    third = SingleInstance(tmp_path / "data")
    assert third.is_first
    third.release()


def test_another_folder_is_another_office(tmp_path: Path, qtbot: QtBot) -> None:
    first, other = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert first.is_first
    assert other.is_first
    first.release()
    other.release()


def test_lock_of_a_dead_window_is_no_lock(tmp_path: Path, qtbot: QtBot) -> None:
    import socket
    import subprocess

    (tmp_path / "data").mkdir()
    # A process that is dead for certain: it has been waited for.
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (tmp_path / "data" / "window.lock").write_text(f"{gone.pid}\nmuhurdar\n{socket.gethostname()}\n\n\n")
    instance = SingleInstance(tmp_path / "data")
    assert instance.is_first
    instance.release()


def test_demo_office_is_made_once_and_kept(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    with open_demo_office(root, owner="test") as demo, demo.office.db.read() as s:
        assert len(companies.list_companies(s)) == 7
        states = {r.state for r in search.rows(s, search.ids(s, search.DocumentQuery()))}
        port = demo.sandbox.port
    assert {State.DRAFT, State.FAILED, State.UNKNOWN, State.ANSWER_DUE, State.REJECTED} <= states
    before = (root / "data" / "muhurdar.db").stat().st_ino
    prepare(root)
    assert (root / "data" / "muhurdar.db").stat().st_ino == before
    with open_demo_office(root, owner="test") as demo:
        assert demo.sandbox.port == port
        account = demo.office.context()
        with account.db.read() as s:
            assert {a.url for a in companies.list_accounts(s)} == {demo.sandbox.url}


def test_demo_never_writes_over_a_real_office(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(InputError, match="veri klasörü") as caught:
        prepare(tmp_path)
    assert caught.value.code == "DEMO.FOLDER"
    assert not (tmp_path / MARKER).exists()


def _when_window(stand: list[MainWindow], then: object) -> None:
    """Call `then(window)` as soon as the event loop of `run_window` has a window."""

    def look() -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if windows and not windows[0].desk.runner.live_jobs() and not windows[0].center.is_running:
            stand.append(windows[0])
            timer.stop()
            then(windows[0])  # type: ignore[operator]

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    stand.append(timer)  # type: ignore[arg-type]


def test_window_opens_on_the_demo_office_and_closes(
    dressed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUHURDAR_DEMO_CLIENTS", "6")
    seen: list[str] = []
    kept: list[MainWindow] = []

    def look(window: MainWindow) -> None:
        seen.append(window.windowTitle())
        seen.append(str(window.ribbon.isVisible()))
        window.close()

    _when_window(kept, look)
    assert entry.run_window(tmp_path, demo=True) == 0
    assert seen == ["Mühürdar · Deneme ofisi", "True"]
    assert not (tmp_path / "data").exists(), "the real folder is not touched"


@pytest.mark.expected_logs("uncaught in thread")
def test_what_nobody_caught_is_said_with_its_details(dressed: QApplication, tmp_path: Path) -> None:
    said: list[str] = []
    kept: list[MainWindow] = []

    def fail() -> None:
        raise ZeroDivisionError("4840847211")

    def look(window: MainWindow) -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        QTimer.singleShot(200, lambda: read(window))

    def read(window: MainWindow) -> None:
        said.append(window.messages.bar.sentence)
        window.messages.bar.action.click()
        said.append(QApplication.clipboard().text())
        window.close()

    _when_window(kept, look)
    assert entry.run_window(tmp_path) == 0
    assert said[0].startswith("Beklenmeyen bir program hatası")
    assert "ZeroDivisionError" in said[1]
    assert "4840847211" not in said[1]


def test_database_of_a_newer_program_is_refused_in_words(dressed: QApplication, tmp_path: Path) -> None:
    import contextlib
    import sqlite3

    with contextlib.closing(sqlite3.connect(tmp_path / "muhurdar.db")) as connection:
        connection.execute("CREATE TABLE bir (x)")
        connection.execute("PRAGMA user_version = 999")
        connection.commit()
    said: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        box.accept()

    QTimer.singleShot(0, answer)
    assert entry.run_window(tmp_path) == 1
    assert said
    assert not isinstance(said[0], BugError)


def test_application_speaks_turkish_and_names_keys_as_they_are_printed(project: Path) -> None:
    """In a process of its own: translators stay with the application."""
    import subprocess

    code = (
        "from PySide6.QtCore import QObject; from PySide6.QtGui import QKeySequence\n"
        "from app.ui.app import make_application\n"
        "app = make_application()\n"
        "keys = QKeySequence('Ctrl+Alt+K').toString(QKeySequence.SequenceFormat.NativeText)\n"
        "assert keys == 'Ctrl+Alt+K', keys\n"
        "assert QObject().tr('Bugün') == 'Bugün'\n"
        "assert app.translate('QPlatformTheme', 'Cancel') == 'İptal'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
