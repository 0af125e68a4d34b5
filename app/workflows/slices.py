"""Bulk writing in short transactions: other windows and commands never wait long for their turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from app.storage.database import OpenSession
from app.workflows.context import WorkContext

T = TypeVar("T")

#: A transaction takes no further item after so long; with the last item and the commit it stays below 200 ms.
SLICE_S = 0.1


def write_each(ctx: WorkContext, point: str, items: Sequence[T], work: Callable[[OpenSession, T], None]) -> None:
    """Call `work` for every item, in order, in as many transactions as it takes; each item is all or nothing."""
    position = 0
    while position < len(items):
        with ctx.db.write(point) as s:
            until = time.monotonic() + SLICE_S
            while True:
                work(s, items[position])
                position += 1
                if position == len(items) or time.monotonic() >= until:
                    break
