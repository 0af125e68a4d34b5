"""House rules that every test lives under; the rooms' own fixtures stand in their own conftest.

A test fails when it opens a connection that leaves this machine, leaves a non-daemon thread behind, or logs a warning
nobody expected. What a test needs from outside (SoftHSM2, xmlsec1, a virtual screen, the reference folder) is named by
a marker: missing, the test is skipped with the reason; under `.ci/run` (MUHURDAR_CI=1) a skip is a failure.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"
IN_CI = os.environ.get("MUHURDAR_CI") == "1"
THREAD_GRACE_S = 2.0
# A reason that starts so stays a skip in CI too: the test belongs to another operating system.
OTHER_PLATFORM = "only on "

# Before pytest-qt or any test can load Qt; children inherit all of it.
for _name in [name for name in os.environ if name.startswith("MUHURDAR_") and name != "MUHURDAR_CI"]:
    del os.environ[_name]
os.environ["MUHURDAR_CRASH_GUARD"] = "1"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHONFAULTHANDLER"] = "1"

# No deadline: the machine that runs the tests may be busy. CI repeats the same examples, so that red stays red.
hypothesis.settings.register_profile("house", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("house")


# --- what a test needs from outside ---------------------------------------------------------------------------------


def _lacks_softhsm() -> str:
    names = ("/usr/lib/softhsm", "/usr/lib64/softhsm", "/usr/local/lib/softhsm")
    found = shutil.which("softhsm2-util") and (
        any(Path(name, "libsofthsm2.so").exists() for name in names) or list(Path("/usr/lib").glob("*/softhsm"))
    )
    return "" if found else "needs SoftHSM2 (package softhsm2)"


def _lacks_xmlsec() -> str:
    return "" if shutil.which("xmlsec1") else "needs the xmlsec1 command (package xmlsec1)"


def _lacks_xvfb() -> str:
    return "" if shutil.which("Xvfb") else "needs a virtual screen (package xvfb)"


def _lacks_shared() -> str:
    return "" if SHARED.is_dir() else "needs the reference folder ../shared beside the project"


NEEDS: dict[str, Callable[[], str]] = {
    "softhsm": _lacks_softhsm,
    "xmlsec": _lacks_xmlsec,
    "xvfb": _lacks_xvfb,
    "shared": _lacks_shared,
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "expected_logs(*patterns): every warning logged matches one of these, and each of them comes"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, lacks in NEEDS.items():
        if item.get_closest_marker(name) and (reason := lacks()):
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _skip_is_failure_in_ci(report, was_xfail=hasattr(report, "wasxfail"))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _skip_is_failure_in_ci(report)
    return report


def _skip_is_failure_in_ci(report: pytest.TestReport | pytest.CollectReport, *, was_xfail: bool = False) -> None:
    if not IN_CI or was_xfail or report.outcome != "skipped":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith(OTHER_PLATFORM):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be missing: {reason}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the project (real WSDLs, guides). Read-only; nothing is copied out of it."""
    if reason := _lacks_shared():
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the source tree."""
    return PROJECT


# --- no way out but loopback ----------------------------------------------------------------------------------------

_strayed: list[str] = []
_connect, _connect_ex, _sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_stranger(sock: socket.socket, address: Any) -> None:
    """An OSError, as an unplugged cable gives; the test fails afterwards even when the code under test copes."""
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(str(address[0])):
        _strayed.append(f"connection to {address!r}")
        raise OSError(101, f"tests may not leave this machine: {address!r}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_stranger(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_stranger(self, address)
    return _connect_ex(self, address)


def _guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
    _refuse_stranger(self, rest[-1])
    return _sendto(self, data, *rest)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    """Names under `.invalid` (RFC 6761) do not resolve, and a test may use them to play a missing network."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    numeric = name.replace(".", "").isdigit() or ":" in name
    if not (numeric or _is_loopback(name)):
        if not name.endswith(".invalid"):
            _strayed.append(f"look-up of {name!r}")
        raise socket.gaierror(socket.EAI_NONAME, "tests may not ask a name server")
    return _getaddrinfo(host, *args, **kwargs)


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = _guarded_sendto  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _guarded_getaddrinfo
    yield
    socket.socket.connect, socket.socket.connect_ex = _connect, _connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = _sendto  # type: ignore[method-assign]
    socket.getaddrinfo = _getaddrinfo


# --- what a test may leave behind ------------------------------------------------------------------------------------


class LogWatch(logging.Handler):
    """Collects WARNING and above; `watch(pattern)` says that a message matching the pattern is expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[str] = []
        self.anything = False

    def __call__(self, *patterns: str) -> None:
        self.expected.extend(patterns)
        self.anything = self.anything or not patterns

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def complaints(self) -> list[str]:
        lines = [(record, record.getMessage()) for record in self.records]
        found = [
            f"unexpected log: {record.levelname} {record.name}: {text}"
            for record, text in lines
            if not self.anything and not any(re.search(pattern, text) for pattern in self.expected)
        ]
        missing = [p for p in self.expected if not any(re.search(p, text) for _, text in lines)]
        return found + [f"expected log did not come: {pattern}" for pattern in missing]


@pytest.fixture
def expected_logs(_house_rules: LogWatch) -> LogWatch:
    """`expected_logs("pattern", ...)` inside a test: these warnings are meant. Without a pattern: any warning is."""
    return _house_rules


_test_number = count(1)


@pytest.fixture(scope="session")
def _data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def _house_rules(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _data_root: Path
) -> Iterator[LogWatch]:
    """Set up before every other fixture of the test, so it looks only after they have all cleaned up."""
    # Not made here: a test that never opens the data folder pays nothing for it.
    monkeypatch.setenv("MUHURDAR_DATA_DIR", str(_data_root / str(next(_test_number))))
    threads_before = set(threading.enumerate())
    root = logging.getLogger()
    level, handlers_before = root.level, list(root.handlers)
    watch = LogWatch()
    if marker := request.node.get_closest_marker("expected_logs"):
        watch(*marker.args)
    root.addHandler(watch)
    yield watch
    for handler in [h for h in root.handlers if h not in handlers_before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    complaints = watch.complaints() + [f"left this machine: {line}" for line in _strayed]
    _strayed.clear()
    complaints += [f"left-over thread: {name}" for name in _threads_left(threads_before)]
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


def _threads_left(before: set[threading.Thread]) -> list[str]:
    new = [t for t in threading.enumerate() if t not in before and not t.daemon]
    deadline = time.monotonic() + THREAD_GRACE_S
    for thread in new:
        thread.join(max(0.0, deadline - time.monotonic()))
    frames = sys._current_frames()
    return [
        f"{t.name} in {frames[t.ident].f_code.co_qualname if t.ident in frames else '?'}" for t in new if t.is_alive()
    ]
