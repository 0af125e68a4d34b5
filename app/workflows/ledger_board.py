"""The months of many clients at once: each ledger file is asked again only when it has changed.

Counting a client's vouchers takes its time, two hundred clients' takes seconds; what was counted is kept in the cache
folder by the file's size and time of change, so that a board opens at once.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from app.domain.errors import AppError
from app.domain.voucher import PeriodState
from app.runtime.files import write_output
from app.storage.ledgers.migrations import VERSION
from app.storage.ledgers.queries import MonthSummary

_log = logging.getLogger(__name__)
_FORMAT: Final = 1
_NAME: Final = "ledger-board.json"
Mark = tuple[int, ...]


class MonthsKept:
    """What was counted, by ledger file. Any thread. A cache that cannot be read or written is an empty one."""

    def __init__(self, cache: Path) -> None:
        self._path = cache / _NAME
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Mark, list[MonthSummary]]] | None = None
        self._is_dirty = False

    def months(self, path: Path, count: Callable[[Path], list[MonthSummary]]) -> list[MonthSummary]:
        """The months of a ledger file, from `count` when the file is not the one that was counted."""
        before = _mark(path)
        if not before:
            return []
        with self._lock:
            known = self._read().get(path.name)
        if known is not None and known[0] == before:
            return known[1]
        found = count(path)
        # Opening a file may itself touch it; a file that others are writing is counted again the next time.
        after = _mark(path)
        with self._lock:
            self._read()[path.name] = (after, found)
            self._is_dirty = True
        return found

    def keep(self) -> None:
        """Write what is new to the cache folder."""
        with self._lock:
            if not self._is_dirty:
                return
            self._is_dirty = False
            files = {
                name: {"mark": mark, "months": [_as_json(m) for m in ms]} for name, (mark, ms) in self._read().items()
            }
        try:
            said = {"format": [_FORMAT, VERSION], "files": files}
            write_output(self._path, json.dumps(said, ensure_ascii=False).encode())
        except AppError as error:
            _log.info("the board's figures were not kept: %s", error.code)

    def _read(self) -> dict[str, tuple[Mark, list[MonthSummary]]]:
        if self._kept is None:
            self._kept = {}
            if not self._path.is_file():
                return self._kept
            try:
                said = json.loads(self._path.read_text("utf-8"))
                if said["format"] == [_FORMAT, VERSION]:
                    self._kept = {
                        name: (tuple(one["mark"]), [_month(m) for m in one["months"]])
                        for name, one in said["files"].items()
                    }
            except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
                _log.info("the board's kept figures cannot be read: %s", type(error).__name__)
        return self._kept


def _mark(path: Path) -> Mark:
    """Size and time of the file and of what was written beside it (SQLite's log); empty without a file."""
    try:
        main = path.stat()
    except OSError:
        return ()
    try:
        log = path.with_name(f"{path.name}-wal").stat()
    except OSError:
        return (main.st_size, main.st_mtime_ns)
    return (
        (main.st_size, main.st_mtime_ns, log.st_size, log.st_mtime_ns)
        if log.st_size
        else (main.st_size, main.st_mtime_ns)
    )


def _as_json(month: MonthSummary) -> list[Any]:
    return [
        month.period,
        month.branch_no,
        int(month.state),
        month.vouchers,
        month.lines,
        str(month.debit),
        str(month.credit),
    ]


def _month(said: list[Any]) -> MonthSummary:
    period, branch, state, vouchers, lines, debit, credit = said
    return MonthSummary(
        period=int(period),
        branch_no=str(branch),
        state=PeriodState(state),
        vouchers=int(vouchers),
        lines=int(lines),
        debit=Decimal(debit),
        credit=Decimal(credit),
    )
