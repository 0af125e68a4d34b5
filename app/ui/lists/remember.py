"""One list's share of the window's memory: columns, widths, sort, filters under the list's own heading."""

from __future__ import annotations

from typing import Any

from app.ui.desk import Desk
from app.ui.memory import memory_of


class Remembered:
    """Values of one list. GUI thread only."""

    def __init__(self, desk: Desk, key: str) -> None:
        self._memory = memory_of(desk)
        self._key = key

    def get(self, name: str, default: Any) -> Any:
        return self._memory.get(f"{self._key}/{name}", default)

    def put(self, name: str, value: Any) -> None:
        self._memory.set(f"{self._key}/{name}", value)
