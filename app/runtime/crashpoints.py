"""Named places where a crash would hurt: a commit, a file rename, a wire call that changes something.

Every such act runs inside `with point(NAME):`. A test kills the process (SIGKILL) just before and just after each
declared point and restarts it; another makes an act outside any point fail. In the product a point costs one
dictionary look-up.

`MUHURDAR_CRASH_AT=<name>:<before|after>[:<n>]` kills the process at the n-th passage (default 1).
`MUHURDAR_CRASH_GUARD=1` turns `require_active` on.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_declared: dict[str, str] = {}
_local = threading.local()
_passages: dict[tuple[str, str], int] = {}
_lock = threading.Lock()


class UnnamedCrashPoint(AssertionError):
    """A commit, rename or wire call happened outside any declared point (tests only)."""


def declare(name: str, what: str) -> str:
    """Register a point at import time and return its name. `what` says in English what could be lost there."""
    _declared[name] = what
    return name


def declared() -> dict[str, str]:
    """All points by name."""
    return dict(sorted(_declared.items()))


@contextmanager
def point(name: str) -> Iterator[None]:
    """Run one act that changes the world. Raises KeyError for a name nobody declared. Any thread."""
    if name not in _declared:
        raise KeyError(f"crash point {name!r} was never declared")
    _maybe_die(name, "before")
    stack = _stack()
    stack.append(name)
    try:
        yield
    finally:
        stack.pop()
    _maybe_die(name, "after")


def require_active(act: str) -> None:
    """In tests, raise UnnamedCrashPoint when `act` happens outside any point."""
    if os.environ.get("MUHURDAR_CRASH_GUARD") == "1" and not _stack():
        raise UnnamedCrashPoint(act)


def _stack() -> list[str]:
    if not hasattr(_local, "stack"):
        _local.stack = []
    stack: list[str] = _local.stack
    return stack


def _maybe_die(name: str, phase: str) -> None:
    wanted = os.environ.get("MUHURDAR_CRASH_AT")
    if not wanted:
        return
    parts = wanted.split(":")
    if parts[0] != name or parts[1] != phase:
        return
    with _lock:
        _passages[name, phase] = count = _passages.get((name, phase), 0) + 1
    if count == int(parts[2] if len(parts) > 2 else 1):
        # SIGKILL, so that nothing is flushed or rolled back politely; Windows has only TerminateProcess.
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
