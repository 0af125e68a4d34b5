"""A process with its doors shut cannot open anything, and can again afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import socket, sys
from app.runtime.shutdoors import shut_doors
def try_all():
    found = []
    for open_it in (lambda: open("/etc/hostname"), lambda: socket.socket(), lambda: __import__("os").pipe()):
        try:
            made = open_it()
            found.append("open")
            if hasattr(made, "close"):
                made.close()
        except OSError:
            found.append("shut")
    return found
before = try_all()
try:
    with shut_doors():
        during = try_all()
        raise ValueError
except ValueError:
    after = try_all()
print(before, during, after)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: a limit on open files")
def test_nothing_can_be_opened_while_the_doors_are_shut() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == f"{['open'] * 3} {['shut'] * 3} {['open'] * 3}"
