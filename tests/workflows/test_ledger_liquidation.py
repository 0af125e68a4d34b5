"""A month whose company goes into liquidation: what is asked of each side, and what comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.voucher import Period
from app.workflows.ledger_check import check_month
from app.workflows.ledger_findings import stored_checks
from app.workflows.ledger_model import MonthCheck
from tests.workflows.ledger_office import JANUARY, MARCH, LedgerOffice, codes, ledger_office, voucher


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        made.change(liquidation_start="2026-03-15")
        yield made


def both(world: LedgerOffice, period: Period = MARCH) -> list[MonthCheck]:
    return check_month(world.ctx, world.company, period, folder=world.ledgers)


def paid(reference: str, day: str, start: int, **changes: Any) -> list[Any]:
    """Cash that goes out: 600 in debit, 100 in credit."""
    lines = voucher(reference, start, day=day, document_day=day, **changes)
    return [
        lines[0]._replace(main_id="770", main_name="GİDER"),
        lines[1]._replace(main_id="100", main_name="KASA"),
    ]


def test_two_checks_with_numbers_of_their_own(world: LedgerOffice) -> None:
    world.take([*voucher("J1", day="2026-01-05"), *voucher("M1", 4), *voucher("M2", 6, day="2026-03-20")])
    before, after = both(world)
    assert [one.period.is_liquidation for one in (before, after)] == [False, True]
    assert (before.first_entry, after.first_entry) == (1, 1)
    assert [one.check for one in stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)] == [
        before,
        after,
    ]


def test_only_the_side_that_has_vouchers(world: LedgerOffice) -> None:
    world.take(voucher("M1", day="2026-03-20"))
    (after,) = both(world)
    assert after.period.is_liquidation
    (january,) = both(world, JANUARY)
    assert "DEFTER.EMPTY" in codes(january)


def test_balances_begin_again(world: LedgerOffice) -> None:
    world.take([*paid("M1", "2026-03-02", 2), *voucher("M2", 4, day="2026-03-20")])
    before, after = both(world)
    assert "DEFTER.NEGATIVE" not in codes(after)
    assert before.period < after.period


def test_a_voucher_behind_the_end_is_an_error(world: LedgerOffice) -> None:
    world.change(liquidation_end="2026-04-10")
    april = Period(2026, 4)
    world.take([*voucher("A1", day="2026-04-09"), *voucher("A2", 4, day="2026-04-11")])
    (check,) = both(world, april)
    (late,) = [finding for finding in check.findings if finding.code == "DEFTER.LIQUIDATION_END"]
    assert late.reference.startswith("A2") and "10.04.2026" in late.message and check.has_errors


def test_without_the_day_the_vouchers_come_back(world: LedgerOffice) -> None:
    world.take([*voucher("M1"), *voucher("M2", 4, day="2026-03-20")])
    assert len(both(world)) == 2
    world.change(liquidation_start="")
    (whole,) = both(world)
    assert (whole.vouchers, whole.period) == (2, MARCH)
