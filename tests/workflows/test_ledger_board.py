"""The board's kept figures: counted once, counted again when the file has changed, and never believed when damaged."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.voucher import PeriodState
from app.storage.ledgers.queries import MonthSummary
from app.workflows.ledger_board import MonthsKept

JANUARY = MonthSummary(
    period=202601,
    branch_no="0001",
    state=PeriodState.CHECKED,
    vouchers=3,
    lines=7,
    debit=Decimal("1234567.89"),
    credit=Decimal("0.10"),
)


class Counter:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _path: Path) -> list[MonthSummary]:
        self.asked += 1
        return [JANUARY]


def test_a_file_is_counted_once_until_it_changes(tmp_path: Path) -> None:
    file, cache, count = tmp_path / "9205121120-2026.db", tmp_path / "cache", Counter()
    kept = MonthsKept(cache)
    assert kept.months(file, count) == [] and count.asked == 0
    file.write_bytes(b"x")
    assert kept.months(file, count) == [JANUARY]
    assert kept.months(file, count) == [JANUARY] and count.asked == 1
    kept.keep()
    again = MonthsKept(cache)
    assert again.months(file, count) == [JANUARY] and count.asked == 1
    file.with_name(f"{file.name}-wal").write_bytes(b"log")
    again.months(file, count)
    assert count.asked == 2
    file.write_bytes(b"xy")
    again.months(file, count)
    assert count.asked == 3


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": [0, 0], "files": {}}', '{"format": 1}'])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, damage: str) -> None:
    file, cache, count = tmp_path / "9205121120-2026.db", tmp_path / "cache", Counter()
    file.write_bytes(b"x")
    kept = MonthsKept(cache)
    kept.months(file, count)
    kept.keep()
    (one,) = cache.iterdir()
    whole = one.read_text("utf-8")
    one.write_text(damage, "utf-8")
    assert MonthsKept(cache).months(file, count) == [JANUARY] and count.asked == 2
    one.write_text(whole.replace('"1234567.89"', '"x"'), "utf-8")
    assert MonthsKept(cache).months(file, count) == [JANUARY] and count.asked == 3
