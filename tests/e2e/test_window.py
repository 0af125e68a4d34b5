"""The real window on a virtual screen, driven by real keys, over the demo office's real sandbox."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.xvfb, pytest.mark.slow]


def _until(what: str, found: Callable[[], object], *, seconds: float = 60) -> object:
    """Wait for the outside world (another process): there is no signal to wait for."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")


class Screen:
    """A window of the program and the keyboard before it."""

    def __init__(self, display: str) -> None:
        self.env = os.environ | {"DISPLAY": display}

    def keys(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", "--clearmodifiers", *keys], env=self.env, check=True)

    def window(self, name: str) -> str:
        """Wait for a visible window of this name and give it the keyboard (no window manager does it here)."""

        def look() -> str:
            done = subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--name", name],
                env=self.env,
                capture_output=True,
                text=True,
                check=False,
            )
            return (done.stdout.split() or [""])[-1]

        found = str(_until(f"window {name}", look))
        subprocess.run(["xdotool", "windowfocus", "--sync", found], env=self.env, check=False)
        return found


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool (package xdotool)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1366x768x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    try:
        yield Screen(f":{number}")
    finally:
        server.terminate()
        server.wait(10)


def _states(database: Path) -> dict[str, int]:
    if not database.exists():
        return {}
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as raw:
        rows = raw.execute("select state, count(*) from document where direction = 'out' group by state").fetchall()
    raw.close()
    return dict(rows)


def test_a_draft_is_sealed_and_sent_by_keys_alone(screen: Screen, tmp_path: Path) -> None:
    env = screen.env | {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), "MUHURDAR_DATA_DIR": str(tmp_path)}
    log = (tmp_path / "window.log").open("wb")
    program = subprocess.Popen([sys.executable, "-m", "app", "--demo"], env=env, stdout=log, stderr=log, cwd=ROOT)
    database = tmp_path / "demo" / "data" / "muhurdar.db"
    try:
        screen.window("Mühürdar")
        _until("drafts of the demo office", lambda: _states(database).get("draft"))
        before = _states(database)
        screen.keys("ctrl+3")
        time.sleep(2)  # the page is read and drawn by another process; nothing outside tells when
        screen.keys("Down")
        time.sleep(4)
        # The first web view may give the window a new native surface; the keyboard follows it.
        screen.window("Mühürdar")
        screen.keys("ctrl+Return")
        screen.window("Mühürle")
        screen.keys("Return")
        _until(
            "one draft less, one document more on its way",
            lambda: (
                _states(database).get("draft", 0) == before["draft"] - 1
                and sum(_states(database).get(s, 0) for s in ("sent", "delivered")) > _on_the_way(before)
            ),
        )
    finally:
        program.kill()
        program.wait(10)
        log.close()


def _on_the_way(states: dict[str, int]) -> int:
    return sum(states.get(s, 0) for s in ("sent", "delivered"))
