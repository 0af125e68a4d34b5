"""Timing and printing of the bench."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any


class Board:
    """Collects and prints rows: what, median (or total), the aim, the yardstick."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def head(self, name: str) -> None:
        print(f"\n== {name}", flush=True)

    def row(self, what: str, seconds: float, *, aim: str = "", note: str = "") -> None:
        self.rows.append({"what": what, "seconds": round(seconds, 6), "aim": aim, "note": note})
        shown = f"{seconds * 1000:10.1f} ms" if seconds < 10 else f"{seconds:10.2f} s "
        print(f"  {what:<58} {shown}  {('aim ' + aim) if aim else '':<14} {note}", flush=True)

    def fact(self, what: str, value: str) -> None:
        self.rows.append({"what": what, "value": value})
        print(f"  {what:<58} {value:>13}", flush=True)


def median_of(work: Callable[[], Any], *, runs: int = 7, warm: int = 1) -> float:
    """Median seconds of `runs` calls after `warm` uncounted ones."""
    for _ in range(warm):
        work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def once(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    value = work()
    return time.perf_counter() - started, value


def own_memory_mb() -> float:
    """Peak resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def children_memory_mb() -> float:
    """Peak resident memory of the largest child that has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
