from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.dates import ISTANBUL
from app.domain.errors import BugError
from app.runtime import logs, masking
from app.runtime.paths import DataFolder

VKN, TCKN = "1234567890", "12345678901"
PASSWORD, PIN, SESSION = "Cok-Gizli-S0z", "739105", "9f3c-oturum-anahtari-77"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "ofis")


@pytest.fixture
def session(folder: DataFolder) -> Iterator[logs.LogSession]:
    opened = logs.configure(folder)
    yield opened
    opened.close()


def written(folder: DataFolder) -> str:
    return "".join(p.read_text("utf-8") for p in sorted(folder.logs.iterdir()))


def test_no_secret_and_no_taxpayer_number_reaches_the_file(
    folder: DataFolder, session: logs.LogSession, expected_logs: object
) -> None:
    expected_logs()  # type: ignore[operator]
    masking.hide(SESSION)
    masking.hide(PIN)
    log = logging.getLogger("app.test")
    try:
        log.info("company %s sends, buyer %d", VKN, int(TCKN))
        log.info("login %r", {"USER_NAME": "ayse", "PASSWORD": PASSWORD})
        log.info("<SESSION_ID>%s</SESSION_ID> then bare %s and PIN %s", SESSION, SESSION, PIN)
        log.warning("ends with %s", PIN, stack_info=True)
        try:
            try:
                raise ValueError(f"password={PASSWORD} for {TCKN}")
            except ValueError as e:
                raise RuntimeError(f"session {SESSION} of {VKN}") from e
        except RuntimeError:
            log.exception("failed for %s", VKN)
        thread = threading.Thread(target=log.info, args=("hello",), name=f"lane-account/izibiz/{VKN}")
        thread.start()
        thread.join()
        log.info("broken %s %s", PASSWORD)  # two places, one argument
    finally:
        masking.forget(SESSION)
        masking.forget(PIN)
    text = written(folder)
    for secret in (VKN, TCKN, PASSWORD, PIN, SESSION):
        assert secret not in text
    assert "12******90" in text
    assert "RuntimeError" in text
    assert "The above exception was the direct cause" in text
    assert "log arguments do not fit" in text


def test_fields_that_a_library_fills_are_masked_too(folder: DataFolder, session: logs.LogSession) -> None:
    logging.getLogger(f"suds.{VKN}").info("merhaba")
    assert "merhaba" in written(folder)
    assert VKN not in written(folder)


def test_the_filter_leaves_no_raw_exception_for_other_handlers() -> None:
    try:
        raise ValueError(f"password={PASSWORD}")
    except ValueError:
        record = logging.LogRecord("app", logging.ERROR, __file__, 1, "for %s", (VKN,), sys.exc_info())
    assert masking.MaskingFilter().filter(record)
    assert (record.msg, record.args, record.exc_info) == ("for 12******90", None, None)
    assert PASSWORD not in str(vars(record))


def test_a_library_s_requests_are_never_written(folder: DataFolder) -> None:
    opened = logs.configure(folder, verbose=True)
    try:
        noisy = logging.getLogger("zeep.transports")
        noisy.setLevel(logging.DEBUG)
        noisy.debug("HTTP Post to http://x:\n<soap>whole body</soap>")
        logging.getLogger("urllib3.connectionpool").info("whole request")
        logging.getLogger("sqlalchemy.engine").info("INSERT with data")
        logging.getLogger("app.test").debug("ours")
    finally:
        opened.close()
        noisy.setLevel(logging.NOTSET)
    text = written(folder)
    assert "ours" in text
    assert "whole" not in text
    assert "INSERT" not in text


def test_without_verbose_debug_lines_are_left_out(folder: DataFolder, session: logs.LogSession) -> None:
    logging.getLogger("app.test").debug("ayrıntı")
    logging.getLogger("app.test").info("olay")
    assert "ayrıntı" not in written(folder)
    assert "olay" in written(folder)


def test_a_line_cannot_be_forged(folder: DataFolder, session: logs.LogSession) -> None:
    logging.getLogger("app.test").info("ad: %s", "x\r\n2026-11-21 INFO sahte satır\x1b[31m")
    lines = written(folder).splitlines()
    assert lines[1] == "    2026-11-21 INFO sahte satır[31m"


def test_times_are_istanbul_times_and_the_day_names_the_file(folder: DataFolder, session: logs.LogSession) -> None:
    record = logging.LogRecord("app.test", logging.INFO, __file__, 1, "gece yarısından sonra", None, None)
    record.created = datetime(2026, 11, 21, 21, 30, tzinfo=UTC).timestamp()
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logs.DatedFileHandler):
            handler.handle(record)
            assert handler.path is not None
            assert handler.path.name == "muhurdar-2026-11-22.log"
    assert written(folder).startswith("2026-11-22T00:30:00.000+03:00 INFO")


def test_a_full_file_is_followed_by_the_next_and_old_ones_go(folder: DataFolder) -> None:
    folder.ensure()
    for day in range(1, 32):
        (folder.logs / f"muhurdar-2020-01-{day:02d}.log").write_text("eski")
    today = datetime.now(ISTANBUL).date()
    (folder.logs / f"muhurdar-{today}.log").write_bytes(b"x" * logs.MAX_FILE_BYTES)
    (folder.logs / "not.txt").write_text("kullanıcının dosyası")
    opened = logs.configure(folder)
    logging.getLogger("app.test").info("yeni")
    opened.close()
    names = {p.name for p in folder.logs.iterdir()}
    assert f"muhurdar-{today}-2.log" in names
    assert "not.txt" in names
    assert len(names) == logs.KEEP_FILES + 1
    assert "muhurdar-2020-01-01.log" not in names


def test_two_processes_write_into_one_file_without_losing_a_line(folder: DataFolder, project: Path) -> None:
    code = (
        "import sys, logging; from pathlib import Path\n"
        "from app.runtime import logs; from app.runtime.paths import DataFolder\n"
        "s = logs.configure(DataFolder(Path(sys.argv[1])))\n"
        "for i in range(300): logging.getLogger('app').info('satir %s-%d-son', sys.argv[2], i)\n"
        "s.close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(folder.root), name], cwd=project) for name in "ab"]
    assert [p.wait(60) for p in running] == [0, 0]
    lines = written(folder).splitlines()
    assert len(lines) == 600
    assert all(line.endswith("-son") for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: permissions")
def test_the_log_is_for_this_user_only(folder: DataFolder, session: logs.LogSession) -> None:
    logging.getLogger("app.test").info("x")
    (path,) = folder.logs.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("burada bir dosya var")
    opened = logs.configure(DataFolder(tmp_path))
    logging.getLogger("app.test").info("bir")
    logging.getLogger("app.test").info("iki")
    opened.close()
    err = capsys.readouterr().err
    assert err.count("Günlük dosyasına yazılamıyor") == 1
    assert "Traceback" not in err


def test_closing_puts_everything_back(folder: DataFolder) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("zeep").level)
    logs.configure(folder)
    second = logs.configure(folder, verbose=True)  # replaces the first
    assert len([h for h in root.handlers if isinstance(h, logs.DatedFileHandler)]) == 1
    second.close()
    assert (root.level, list(root.handlers), logging.getLogger("zeep").level) == before


def test_an_uncaught_error_in_a_thread_is_logged_and_told(
    folder: DataFolder, session: logs.LogSession, expected_logs: object
) -> None:
    expected_logs("uncaught in thread")  # type: ignore[operator]
    bugs: list[BugError] = []
    restore = logs.install_hooks(bugs.append)
    try:
        thread = threading.Thread(target=_fail, name="deneme")
        thread.start()
        thread.join()
    finally:
        restore()
    assert [type(b.__cause__) for b in bugs] == [ZeroDivisionError]
    assert "ZeroDivisionError" in written(folder)
    assert "12******90" in written(folder)
    assert VKN not in written(folder)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (f"raise RuntimeError('password=Cok-Gizli-S0z {VKN}')", "Beklenmeyen bir program hatası oldu."),
        (f"raise AppError('X', 'Dosya {VKN} açılmadı.', todo='Başka dosya seçin.')", "Dosya 12******90 açılmadı."),
    ],
)
def test_an_uncaught_error_ends_in_a_sentence_never_in_a_traceback(
    folder: DataFolder, project: Path, statement: str, sentence: str
) -> None:
    code = (
        "import sys; from pathlib import Path; from app.runtime import logs\n"
        "from app.runtime.paths import DataFolder; from app.domain.errors import AppError\n"
        "logs.configure(DataFolder(Path(sys.argv[1]))); logs.install_hooks()\n" + statement
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder.root)],
        cwd=project,
        env=env,
        capture_output=True,
        check=False,
        timeout=60,
    )
    err = done.stderr.decode("utf-8")
    assert done.returncode == 1
    assert sentence in err
    assert "Traceback" not in err
    assert "Traceback" in written(folder)
    assert VKN not in written(folder) + err
    assert PASSWORD not in written(folder) + err


def _fail() -> None:
    raise ZeroDivisionError(VKN)
