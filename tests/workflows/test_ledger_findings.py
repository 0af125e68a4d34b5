"""What a check found is there after a restart, and says when the data have changed since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.voucher import Period
from app.signing.soft import TestSealer
from app.storage.ledgers.importing import undo_import
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_findings import stored_checks
from app.workflows.ledger_heads import BuildOptions
from tests.workflows.ledger_office import MARCH, LedgerOffice, ledger_office, voucher


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def is_stale(world: LedgerOffice, period: Period = MARCH) -> bool:
    (stored,) = stored_checks(world.ctx, world.company, period, folder=world.ledgers)
    return stored.is_stale


def test_a_month_that_nobody_checked_has_nothing(world: LedgerOffice) -> None:
    world.take(voucher())
    assert stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers) == []


def test_what_was_found_survives_a_restart(tmp_path: Path) -> None:
    with ledger_office(tmp_path) as world:
        world.take([*voucher()[:1], *voucher("F2", 4, branch_no="0001", branch_name="Kadıköy")])
        checks = check_month(world.ctx, world.company, MARCH, folder=world.ledgers)
    with ledger_office(tmp_path) as world:
        stored = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
        assert [one.check for one in stored] == checks
        assert not any(one.is_stale for one in stored)
        assert stored[0].checked_at.startswith("2027-02-02T09:00")


def test_a_change_of_the_data_makes_it_stale(world: LedgerOffice) -> None:
    world.take(voucher())
    world.check()
    assert not is_stale(world)
    added = world.take(voucher("F2", 4))
    assert is_stale(world)
    world.check()
    assert not is_stale(world)
    with world.ledger() as ledger:
        undo_import(ledger, added.import_id)
    assert is_stale(world)


def test_an_import_that_changes_nothing_does_not(world: LedgerOffice) -> None:
    world.take(voucher())
    world.check()
    world.take(voucher())
    assert not is_stale(world)
    world.take(voucher("N1", 4, day="2026-04-02"))
    assert not is_stale(world), "a later month changes nothing of this one"
    world.take(voucher("O1", 6, day="2026-01-02"))
    assert is_stale(world), "an earlier one changes its balances"


def test_the_card_and_the_month_s_end_count_too(tmp_path: Path) -> None:
    with ledger_office(tmp_path, now=datetime(2026, 3, 20, 9, tzinfo=UTC)) as world:
        world.take(voucher())
        assert "DEFTER.FUTURE" in world.check().counts
        assert not is_stale(world)
    with ledger_office(tmp_path) as world:
        assert is_stale(world)
        world.check()
        world.change(party=replace(world.company.company.party, phone="2165550199"))
        assert is_stale(world)


def test_a_build_keeps_what_it_found_too(world: LedgerOffice, tmp_path: Path) -> None:
    world.take(voucher()[:1])
    seal = TestSealer.create(world.company.company.tax_number, "Çınaraltı")
    options = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")
    built = build_month(world.ctx, world.company, MARCH, seal, options, folder=world.ledgers, out=tmp_path / "d")
    assert not built.is_built
    (stored,) = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert stored.check == built.checks[0] and not stored.is_stale
    world.take(voucher(), replace=frozenset({202603}))
    built = build_month(world.ctx, world.company, MARCH, seal, options, folder=world.ledgers, out=tmp_path / "d")
    assert built.is_built
    (stored,) = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert not stored.is_stale and not stored.check.has_errors
