"""All tests: `python tests/everything.py`. Called by `python3 installer/bootstrap.py test` when no test is named.

The headless rooms run spread over the cores. Each file of the window's tests then gets a process of its own: Chromium
keeps global state for the life of its process, and a file that takes its process down must be one red line, not the
end of the run. The tests that own a whole screen come last, one after the other, so that nothing steals their time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
WINDOW = "tests/ui"
SCREEN = ("tests/e2e/test_window.py",)
FILE_DEADLINE_S = 420
HEADLESS_DEADLINE_S = 1500


@dataclass(frozen=True, slots=True)
class Ran:
    """How one pytest process ended. `code` is its exit code, negative for the signal that ended it."""

    name: str
    code: int
    seconds: float
    said: str

    @property
    def is_good(self) -> bool:
        return self.code == 0

    @property
    def last_line(self) -> str:
        lines = [line.strip(" =") for line in self.said.splitlines() if " passed" in line or " failed" in line]
        return lines[-1] if lines else f"exit code {self.code}"


def main() -> int:
    cores = max(1, min(4, os.cpu_count() or 1))
    code = _headless(cores)
    files = sorted(str(path.relative_to(PROJECT)) for path in (PROJECT / WINDOW).rglob("test_*.py"))
    print(f"\nwindow: {len(files)} files, a process each, {cores} at a time", flush=True)
    with ThreadPoolExecutor(cores) as pool:
        bad = _report(pool.map(_alone, files))
    bad += _report(map(_alone, SCREEN))
    if bad:
        # Beside others a window may miss its patience. What is red by itself too is red; the rest is told, not hidden.
        print("\nthe red ones once more, by themselves", flush=True)
        again = _report(map(_alone, [ran.name for ran in bad]))
        wobbly = {ran.name for ran in bad} - {ran.name for ran in again}
        if wobbly:
            print(f"\nred beside others only, to be looked at: {', '.join(sorted(wobbly))}", flush=True)
        if again:
            print(f"\nred: {', '.join(ran.name for ran in again)}", flush=True)
        bad = again
    return code or (1 if bad else 0)


def _headless(cores: int) -> int:
    """Everything but the window; its output goes straight to the console."""
    # One file stays in one worker, for fixtures that are dear.
    spread = ["-n", str(cores), "--dist", "loadfile"]
    left_out = [f"--ignore={place}" for place in (WINDOW, *SCREEN)]
    command = [sys.executable, "-P", "-m", "pytest", *spread, *left_out]
    with subprocess.Popen(command, cwd=PROJECT, start_new_session=True) as child:
        try:
            return child.wait(HEADLESS_DEADLINE_S)
        except subprocess.TimeoutExpired:
            print(f"\nthe headless tests did not end within {HEADLESS_DEADLINE_S} s", flush=True)
            _kill(child)
            return 1


def _alone(name: str) -> Ran:
    """One file in one process. Past the deadline it is killed with all its children."""
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", name]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as child:
        try:
            said, _ = child.communicate(timeout=FILE_DEADLINE_S)
        except subprocess.TimeoutExpired:
            _kill(child)
            said, _ = child.communicate()
            said += f"\ndid not end within {FILE_DEADLINE_S} s\n".encode()
        _kill(child)  # what the file left behind, Chromium's helpers above all
        return Ran(name, child.returncode, time.monotonic() - began, said.decode("utf-8", "replace"))


def _kill(child: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        child.kill()
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _report(runs: Iterable[Ran]) -> list[Ran]:
    """Prints a line per file, the whole output of a red one; returns the red ones."""
    bad = []
    for ran in runs:
        print(f"  {'ok ' if ran.is_good else 'RED'} {ran.name} ({ran.seconds:.0f} s) {ran.last_line}", flush=True)
        if not ran.is_good:
            bad.append(ran)
            print(ran.said, flush=True)
    return bad


if __name__ == "__main__":
    raise SystemExit(main())
