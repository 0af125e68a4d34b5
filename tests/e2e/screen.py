"""A virtual screen and the keyboard before it, for tests that drive the real program from outside."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LOOK_S = 0.05
#: How long anything is waited for. Only a failing test waits so long; a busy machine is no failure.
PATIENCE_S = 180.0
#: Between two keys: quicker than any hand, but no machine gun that overtakes lists that open while one types.
_PACE_MS = "50"


def until(
    what: str, found: Callable[[], object], *, seconds: float = PATIENCE_S, guard: Callable[[], None] | None = None
) -> object:
    """Wait for the outside world (another process): there is no signal to wait for.

    `guard` raises when waiting on is vain, because the program has died.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        if guard is not None:
            guard()
        time.sleep(_LOOK_S)
    raise AssertionError(f"waited {seconds:.0f} s in vain: {what}")


@dataclass
class Screen:
    """Windows are known by their titles. `pressed` counts every key a person would have pressed.

    `guard` is called while something is waited for; it raises when the program has died.
    """

    env: dict[str, str]
    pressed: int = 0
    typed: list[str] = field(default_factory=list)
    guard: Callable[[], None] | None = None

    def keys(self, *keys: str) -> None:
        """Press keys one after the other (`ctrl+k`, `Return`)."""
        self.pressed += len(keys)
        self._xdotool("key", "--clearmodifiers", "--delay", _PACE_MS, *keys)

    def type(self, text: str) -> None:
        """Write into whatever has the keyboard."""
        self.pressed += len(text)
        self.typed.append(text)
        self._xdotool("type", "--delay", _PACE_MS, text)

    def size(self) -> str:
        """`1366 768`; empty while nobody answers."""
        return self._xdotool("getdisplaygeometry").strip()

    def find(self, name: str) -> str:
        """The visible window whose title fits this regular expression; empty for none."""
        found = self._xdotool("search", "--onlyvisible", "--name", name)
        return (found.split() or [""])[-1]

    def window(self, name: str, *, seconds: float = PATIENCE_S) -> str:
        """Wait for a window and give it the keyboard: no window manager does it here."""
        found = str(until(f"window {name}", lambda: self.find(name), seconds=seconds, guard=self.guard))
        self._xdotool("windowfocus", "--sync", found)
        return found

    def press_until(
        self, what: str, press: Callable[[], None], done: Callable[[], object], *, each: float = 4, times: int = 15
    ) -> None:
        """Press, look, press again: the program says to nobody outside that it is ready for the next key.

        Only the presses of the last round count as a person's.
        """
        for _ in range(times):
            before = self.pressed
            press()
            deadline = time.monotonic() + each
            while time.monotonic() < deadline:
                if done():
                    return
                if self.guard is not None:
                    self.guard()
                time.sleep(_LOOK_S)
            self.pressed = before
        raise AssertionError(f"pressed {times} times in vain: {what}")

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self.env, capture_output=True, text=True, check=False)
        return done.stdout


@contextmanager
def virtual_screen(size: str = "1366x768x24") -> Iterator[Screen]:
    """An Xvfb of its own on a free display; its end takes every window on it with it."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        screen = Screen(os.environ | {"DISPLAY": f":{number}"})
        until("the virtual screen answers", lambda: screen.size() and server.poll() is None, seconds=20)
        yield screen
    finally:
        server.terminate()
        server.wait(10)
