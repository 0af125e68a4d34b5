"""The rules of tests/conftest.py are themselves held: each broken rule is seen to fail, in a pytest of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RULE_BREAKERS = """
import logging, socket, threading
import pytest

STOP = threading.Event()


def test_strays():
    with pytest.raises(OSError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_strays_by_name():
    with pytest.raises(OSError):
        socket.create_connection(("example.com", 80), timeout=1)


def test_stays_home():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    with pytest.raises(OSError):
        socket.create_connection(("integrator.invalid", 80), timeout=1)


def test_warns():
    logging.getLogger("app.room").warning("a document was lost")


@pytest.mark.expected_logs("was lost")
def test_warns_as_marked():
    logging.getLogger("app.room").warning("a document was lost")


def test_warns_as_said(expected_logs):
    expected_logs("was lost")
    logging.getLogger("app.room").warning("a document was lost")


def test_warning_stays_out(expected_logs):
    expected_logs("was lost")


def test_leaves_thread():
    threading.Thread(target=STOP.wait, name="stray").start()


def test_stops_thread():
    STOP.set()


@pytest.mark.shared
def test_needs_shared(shared):
    assert shared.is_dir()


def test_skips():
    pytest.skip("no reason worth having")


@pytest.mark.skipif(True, reason="only on Windows: made for it")
def test_other_platform():
    raise AssertionError


@pytest.mark.xfail(reason="a later step builds it", strict=True)
def test_expected_failure():
    raise AssertionError
"""

CONFIG = """
[pytest]
addopts = --strict-markers --import-mode=importlib -p no:cacheprovider -p no:pytest-qt
xfail_strict = true
markers =
    shared: needs the reference folder
"""


@pytest.fixture(scope="module")
def run_rule_breakers(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[str, str]]:
    """Outcome by test name, in CI and out of it. The tree stands where no folder `shared` is beside it."""
    tree = tmp_path_factory.mktemp("rules") / "project"
    (tree / "tests").mkdir(parents=True)
    shutil.copy(project / "tests" / "conftest.py", tree / "tests")
    (tree / "pytest.ini").write_text(CONFIG, encoding="utf-8")
    (tree / "tests" / "test_breakers.py").write_text(RULE_BREAKERS, encoding="utf-8")
    outcomes = {}
    for in_ci in (False, True):
        env = {name: value for name, value in os.environ.items() if name != "MUHURDAR_CI" and "PYTEST" not in name}
        env |= {"MUHURDAR_CI": "1"} if in_ci else {}
        command = [sys.executable, "-m", "pytest", "-rA", "--tb=line", "-q", "tests"]
        done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, timeout=120)
        outcomes[in_ci] = _outcomes(done.stdout)
    return outcomes


def _outcomes(output: str) -> dict[str, str]:
    """`PASSED tests/x.py::test_a` and `FAILED tests/x.py::test_a - reason`; the worst line of a test counts."""
    found: dict[str, str] = {}
    for line in output.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR", "XFAIL") and "::" in rest:
            name = rest.split("::")[1].split(" ")[0]
            found[name] = word if found.get(name) != "ERROR" else "ERROR"
    return found


ALWAYS = {
    "test_strays": "ERROR",
    "test_strays_by_name": "ERROR",
    "test_stays_home": "PASSED",
    "test_warns": "ERROR",
    "test_warns_as_marked": "PASSED",
    "test_warns_as_said": "PASSED",
    "test_warning_stays_out": "ERROR",
    "test_leaves_thread": "ERROR",
    "test_stops_thread": "PASSED",
    "test_expected_failure": "XFAIL",
}


def test_rules_fail_those_who_break_them(run_rule_breakers: dict[bool, dict[str, str]]) -> None:
    assert run_rule_breakers[False] == ALWAYS


def test_nothing_may_be_missing_in_ci(run_rule_breakers: dict[bool, dict[str, str]]) -> None:
    # test_other_platform is still a skip and so has no line here
    assert run_rule_breakers[True] == {**ALWAYS, "test_needs_shared": "ERROR", "test_skips": "FAILED"}
