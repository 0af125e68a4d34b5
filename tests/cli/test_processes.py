"""What only a process of its own shows: exit codes, UTF-8, closed pipes, Ctrl+C, two processes at one office."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.server import Sandbox

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX systems")
MUHURDAR = [sys.executable, "-m", "app"]
HOLDER = """
import sys
from pathlib import Path
from app.office import Office
from app.storage import leases
from app.workflows import companies
with Office.open(Path(sys.argv[1]), owner="öteki pencere") as office:
    ctx = office.context()
    company = companies.require_company(ctx, sys.argv[2])
    with leases.acquire(office.db, company.id, owner=ctx.owner):
        print("held", flush=True)
        sys.stdin.read()
"""


def _start(words: list[Any], **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,
    )


def _run(*words: Any, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MUHURDAR, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        **options,
    )


def test_exit_codes_and_utf8_whatever_the_console(run: Any, company: str) -> None:
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = _run("company", "list", env=narrow)
    assert done.returncode == 0 and "Çınaraltı Ahşap" in done.stdout
    done = _run("company", "yok", env=narrow)
    assert done.returncode == 2 and "Kullanımı" in done.stderr
    done = _run("invoice", "show", "abc", "--company", company, "--json", env=narrow)
    assert done.returncode == 2 and json.loads(done.stdout)["error"]["code"] == "ETTN.SHAPE"


def test_password_set_here_is_found_by_another_process(run: Any, connected: str, sandbox: Sandbox) -> None:
    """No keyring: the vault file and the passphrase in the environment are all that the two have in common."""
    sandbox.add_incoming(count=2, sealed=False)
    done = _run("sync", "--company", connected, "--json")
    assert done.returncode == 0, done.stderr
    received = next(s for s in json.loads(done.stdout)["steps"] if s["step"] == "receive")
    assert len(received["result"]["new"]) == 2
    assert [c.operation for c in sandbox.calls].count("Logout") == 1


@pytest.fixture
def holder(connected: str, data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that works on the company until it is let go."""
    process = _start([sys.executable, "-c", HOLDER, data_dir, connected], stdin=subprocess.PIPE)
    try:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
    finally:
        process.communicate(timeout=30)


def test_company_in_use_ends_with_3_and_names_who(
    run: Any, connected: str, holder: subprocess.Popen[str], draft_file: Any, tmp_path: Path
) -> None:
    ettn = run("invoice", "create", draft_file(), "--company", connected).out.strip()
    run("sync", "--company", connected).refused(3, "öteki pencere", str(holder.pid))
    run("invoice", "queue", ettn, "--company", connected, "--seal", "test").refused(3, "öteki pencere")
    ran = run("sync", "--company", connected, "--json")
    assert ran.code == 3 and ran.json("error")["error"]["code"] == "LEASE.HELD"
    assert run("backup", tmp_path / "yedek.db").code == 0
    run("restore", tmp_path / "yedek.db").refused(3, "öteki pencere")
    # A holder that died holds nothing.
    holder.kill()
    holder.wait(timeout=30)
    assert run("sync", "--company", connected).code == 0


@posix_only
def test_closed_pipe_is_quiet(run: Any, company: str) -> None:
    process = _start([*MUHURDAR, "company", "list"])
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141
    process.stderr.close()


@posix_only
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on systems with /dev/full")
def test_full_disk_behind_the_output_is_said(run: Any, company: str) -> None:
    for words in (("company", "list"), ("company", "list", "--json")):
        with open("/dev/full", "w") as full:
            done = subprocess.run(
                [*MUHURDAR, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
            )
        assert done.returncode == 1
        assert "sonucu yazılamadı" in done.stderr and done.stderr.count("\n") == 1


@posix_only
def test_ctrl_c_while_the_integrator_is_silent(run: Any, connected: str, sandbox: Sandbox, data_dir: Path) -> None:
    sandbox.arm("slow", "Login", seconds=60.0)
    process = _start([*MUHURDAR, "sync", "--company", connected])
    asked = threading.Event()
    for _ in range(600):
        if any(call.operation == "Login" for call in sandbox.calls) or asked.wait(0.05):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "Durduruldu.\n")
    sandbox.clear_faults()
    # Nothing is left locked.
    assert run("sync", "--company", connected).code == 0


@posix_only
# A closed socket of an earlier test may be collected here; it is not this test's.
def test_sandbox_serves_until_ctrl_c(run: Any, tmp_path: Path) -> None:
    process = _start([*MUHURDAR, "sandbox", "serve", "--json", "--state", tmp_path / "durum.db"])
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or lines[-1] != "}\n":
        lines.append(process.stdout.readline())
        assert lines[-1], process.communicate()
    served = json.loads("".join(lines))
    busy = _run("sandbox", "serve", "--port", served["port"])
    assert busy.returncode == 1 and "bağlantı noktası kullanılıyor" in busy.stderr
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    wrong = run("sandbox", "serve", "--state", tmp_path)
    wrong.refused(2, "durum dosyası açılamadı")
