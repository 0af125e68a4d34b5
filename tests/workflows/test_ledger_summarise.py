"""A voucher put together by account: what may become one line, what is kept, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError, RuleBroken
from app.domain.ledger_rows import LedgerRow
from app.domain.spans import sides_of
from app.domain.voucher import PeriodState
from app.storage.ledgers import parts, queries
from app.storage.ledgers.summaries import StoredLine
from app.workflows.ledger_check import check_month
from app.workflows.ledger_findings import stored_checks
from app.workflows.ledger_summarise import merged, preview_summary, summaries_in, summarise, undo_summary
from tests.workflows.ledger_office import LIRA, MARCH, TOUCHED, LedgerOffice, ledger_office, row


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def paperless(line: int, **changes: Any) -> LedgerRow:
    return row(line, document_type="", document_number="", document_day="", **changes)


def wages() -> list[LedgerRow]:
    """An accrual of 40 lines: 30 of cost in one account with a text each, 10 of debt, 5 of them on one paper."""
    cost = [
        paperless(2 + n, main_id="770", main_name="GİDER", sub_id="770.01", sub_name="Ücret", comment=f"Sicil {n}")
        for n in range(30)
    ]
    debt = [paperless(40 + n, main_id="335", main_name="BORÇ", side="C", amount=300 * LIRA) for n in range(5)]
    paper = [
        row(50 + n, main_id="335", main_name="BORÇ", side="C", amount=300 * LIRA, document_number="BRD1")
        for n in range(5)
    ]
    return [*cost, *debt, *paper]


def lines(world: LedgerOffice) -> list[tuple[str, str, Decimal, str]]:
    with world.ledger() as ledger, ledger.read() as connection:
        found = queries.load_voucher(connection, queries.voucher_ids(connection)[0])
    assert found is not None
    return [(line.account_id, line.side.value, line.amount, line.comment) for line in found.lines]


def test_the_preview_changes_nothing(world: LedgerOffice) -> None:
    world.take(wages())
    world.check()
    before = lines(world)
    shown = preview_summary(world.company, MARCH, 1, folder=world.ledgers)
    assert (shown.lines_before, shown.lines_after, shown.helps) == (40, 3, True)
    assert shown.debit == shown.credit == 3_000 * LIRA
    assert shown.bytes_before > 10 * shown.bytes_after > 0
    assert (shown.texts_lost, shown.numbers_change) == (30, False)
    assert [one[:5] for one in shown.accounts] == [("335", "BORÇ", "C", 10, 2), ("770.01", "Ücret", "D", 30, 1)]
    assert lines(world) == before and summaries_in(world.company, MARCH, folder=world.ledgers) == []


def test_it_is_done_on_the_users_word_and_undone(world: LedgerOffice) -> None:
    world.take(wages())
    world.check()
    before = lines(world)
    summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, who="Ayşe Işık")
    assert lines(world) == [
        ("770.01", "D", Decimal("3000.00"), "30 satırın toplamı"),
        ("335", "C", Decimal("1500.00"), ""),
        ("335", "C", Decimal("1500.00"), ""),
    ]
    (kept,) = summaries_in(world.company, MARCH, folder=world.ledgers)
    assert (kept.who, kept.lines_before, kept.lines_after, kept.undone_at) == ("Ayşe Işık", 40, 3, "")
    (stored,) = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert stored.is_stale
    again = world.check()
    assert (again.lines, again.debit, again.has_errors) == (3, 3_000 * LIRA, False)
    with pytest.raises(RuleBroken) as twice:
        summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, who="A")
    assert twice.value.code == "LEDGER.SUMMARY_TWICE"
    assert undo_summary(world.ctx, world.company, MARCH, 1, folder=world.ledgers) == 40
    assert lines(world) == before
    assert summaries_in(world.company, MARCH, folder=world.ledgers)[0].undone_at


def test_the_same_file_again_changes_nothing(world: LedgerOffice) -> None:
    world.take(wages())
    world.check()
    summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, who="A")
    result = world.take(wages())
    assert (result.same, result.changed, result.new) == (1, 0, 0)
    assert len(lines(world)) == 3


def test_a_built_month_is_left_alone(world: LedgerOffice) -> None:
    world.take(wages())
    world.check()
    with world.ledger() as ledger, ledger.write(TOUCHED) as connection:
        parts.set_state(connection, period=202603, branch_no="", state=PeriodState.BERAT_SEALED, at="")
    with pytest.raises(RuleBroken) as refused:
        summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, who="A")
    assert refused.value.code == "LEDGER.SUMMARY_BUILT" and len(lines(world)) == 40


def test_what_cannot_become_one(world: LedgerOffice) -> None:
    world.take([row(2), row(3, side="C", main_id="600")])
    world.check()
    with pytest.raises(RuleBroken) as refused:
        summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, who="A")
    assert refused.value.code == "LEDGER.SUMMARY_NOTHING"
    with pytest.raises(InputError) as missing:
        preview_summary(world.company, MARCH, 9, folder=world.ledgers)
    assert missing.value.code == "LEDGER.NO_ENTRY"
    with pytest.raises(InputError):
        undo_summary(world.ctx, world.company, MARCH, 1, folder=world.ledgers)


BLANK = StoredLine(2, 1, "2026-03-02", 1, None, 100, "D", *[""] * 8, 0, "", "", 0, *[""] * 5)


@pytest.mark.parametrize(
    "other",
    [
        {"main": 2},
        {"sub": 3},
        {"side": "C"},
        {"document_number": "A1"},
        {"document_type": "invoice"},
        {"document_day": "2026-03-01"},
        {"payment_method": "Nakit"},
        {"currency": "USD"},
        {"currency_rate": "41,25"},
        {"amount_currency": "USD"},
        {"measure_cost": "0.5"},
        {"day": "2026-03-03"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_lines_that_differ_in_what_the_law_wants_stay_apart(other: dict[str, Any]) -> None:
    assert len(merged([BLANK, BLANK._replace(**other)])) == 2


def test_currency_and_fund_units_of_one_price_are_summed() -> None:
    foreign = BLANK._replace(currency="USD", currency_rate="41,25", currency_amount=7, amount=300)
    fund = BLANK._replace(measure_cost="0.5", measure_quantity="1000.5", amount=500)
    one, two = merged([foreign, fund, foreign, fund])
    assert (one.currency_amount, one.amount, one.number) == (14, 600, 0)
    assert (two.measure_quantity, two.measure_cost, two.amount) == ("2001.0", "0.5", 1000)


@given(
    st.lists(
        st.builds(
            lambda main, side, amount, paper, text: BLANK._replace(
                main=main, side=side, amount=amount, document_number=paper, comment=text
            ),
            st.integers(1, 4),
            st.sampled_from("DC"),
            st.integers(1, 10**9),
            st.sampled_from(["", "A", "B"]),
            st.sampled_from(["", "x"]),
        ),
        max_size=60,
    )
)
def test_no_total_moves_and_a_second_time_changes_nothing(given_lines: list[StoredLine]) -> None:
    after = merged(given_lines)

    def totals(some: list[StoredLine]) -> dict[tuple[int, str, str], int]:
        found: dict[tuple[int, str, str], int] = {}
        for line in some:
            key = (line.main, line.side, line.document_number)
            found[key] = found.get(key, 0) + line.amount
        return found

    assert totals(after) == totals(given_lines)
    assert len(after) == len(totals(given_lines)) and merged(after) == after


def test_a_voucher_is_named_without_doubt(world: LedgerOffice) -> None:
    world.change(liquidation_start="2026-03-15")
    world.take([*wages(), *(one._replace(day="2026-03-20", reference="F2") for one in wages())])
    check_month(world.ctx, world.company, MARCH, folder=world.ledgers)
    with world.ledger() as ledger, ledger.read() as connection:
        _, after = queries.voucher_ids(connection)
    assert preview_summary(world.company, MARCH, 1, folder=world.ledgers).reference == "F1"
    assert preview_summary(world.company, MARCH, 1, folder=world.ledgers, voucher_id=after).reference == "F2"
    side = sides_of(world.company.company, MARCH)[1]
    assert preview_summary(world.company, side, 1, folder=world.ledgers).reference == "F2"
    summarise(world.ctx, world.company, MARCH, 1, folder=world.ledgers, voucher_id=after, who="A")
    assert [one.reference for one in summaries_in(world.company, MARCH, folder=world.ledgers)] == ["F2"]
