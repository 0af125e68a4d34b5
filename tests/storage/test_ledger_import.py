"""A ledger file: staged, put in force, imported again, replaced, undone, locked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import RuleBroken, StorageError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.voucher import DocumentType, PeriodState, Side
from app.runtime.crashpoints import declare
from app.storage.ledgers import parts, queries
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import ImportResult, begin_import, undo_import

FILED = declare("test.ledger.filed", "a month marked filed by a test")
AT = "2026-04-02T10:00:00+00:00"


def row(line: int, **changes: object) -> LedgerRow:
    """A debit of 118,00 on 100.01 of voucher F1, 2 March 2026."""
    values = {
        "source_line": line,
        "day": "2026-03-02",
        "reference": "F1",
        "branch_no": "",
        "branch_name": "",
        "entry_number": "F1",
        "entry_comment": "Satış",
        "entered_by": "Ayşe",
        "counter": 1,
        "number": line,
        "main_id": "100",
        "main_name": "KASA",
        "sub_id": "100.01",
        "sub_name": "MERKEZ",
        "amount": 1_180_000,
        "side": "D",
        "document_type": "invoice",
        "document_description": "",
        "document_number": "ABC2026000000007",
        "document_day": "2026-03-01",
        "document_reference": "",
        "payment_method": "Nakit",
        "comment": "Peşin",
    }
    return LedgerRow(**(values | changes))  # type: ignore[arg-type]


def voucher(reference: str, start: int = 2, **changes: object) -> list[LedgerRow]:
    """A balanced voucher of two lines."""
    credit = {"main_id": "600", "main_name": "SATIŞLAR", "sub_id": "", "sub_name": "", "side": "C"}
    common = {"reference": reference, "entry_number": reference} | changes
    return [row(start, **common), row(start + 1, **(common | credit))]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerDatabase]:
    db = LedgerDatabase.open(tmp_path / "9205121120-2026.db")
    yield db
    db.close()


def take(
    db: LedgerDatabase, rows: list[LedgerRow | BadRow] | list[LedgerRow], *, replace: set[int] | None = None
) -> ImportResult:
    staged = begin_import(db, name="mart.csv", sha256="0" * 64, source_format="csv", at=AT)
    assert [*staged.add(rows)]
    return staged.finish(at=AT, replace=frozenset(replace or ()))


def references(db: LedgerDatabase, **options: object) -> list[str]:
    with db.read() as connection:
        ids = queries.voucher_ids(connection, **options)  # type: ignore[arg-type]
        return [found.reference for found in queries.voucher_rows(connection, ids)]


def test_a_voucher_comes_back_as_it_went_in(ledger: LedgerDatabase) -> None:
    result = take(ledger, voucher("F1"))
    assert (result.lines, result.vouchers, result.new, result.same, result.periods) == (2, 1, 1, 0, ("2026-03",))
    with ledger.read() as connection:
        found = queries.load_voucher(connection, queries.voucher_ids(connection)[0])
        assert found is not None and found.debit == found.credit == Decimal("118.00")
        line = found.lines[0]
        assert (line.account_id, line.sub_name, line.side) == ("100.01", "MERKEZ", Side.DEBIT)
        assert (line.document_type, line.document_number) == (DocumentType.INVOICE, "ABC2026000000007")
        assert (found.day.isoformat(), found.entered_by, found.counter) == ("2026-03-02", "Ayşe", 1)
        (month,) = queries.months(connection)
        assert (month.period, month.vouchers, month.lines, month.is_balanced) == (202603, 1, 2, True)
        assert month.state is PeriodState.IMPORTED


def test_nothing_is_seen_before_the_end_and_nothing_stays_of_what_was_given_up(ledger: LedgerDatabase) -> None:
    staged = begin_import(ledger, name="a", sha256="", source_format="csv", at=AT)
    assert [*staged.add(voucher("F1"))]
    assert references(ledger) == []
    staged.discard()
    with ledger.read() as connection:
        for table in ("voucher", "line", "import_file", "import_finding"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_the_next_import_clears_away_what_a_broken_off_one_left(ledger: LedgerDatabase) -> None:
    broken = begin_import(ledger, name="a", sha256="", source_format="csv", at=AT)
    assert [*broken.add(voucher("F1"))]
    take(ledger, voucher("F2"))
    assert references(ledger) == ["F2"]
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM line").scalar_one() == 2


def test_importing_the_same_again_changes_nothing_whatever_the_order(ledger: LedgerDatabase) -> None:
    rows = voucher("F1") + voucher("F2", 4)
    take(ledger, rows)
    again = take(ledger, [one._replace(source_line=index) for index, one in enumerate(reversed(rows), start=50)])
    assert (again.new, again.same, again.changed) == (0, 2, 0)
    assert sorted(references(ledger)) == ["F1", "F2"]
    with ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM line").scalar_one() == 4


def test_a_changed_voucher_is_told_and_left_alone_until_its_month_is_replaced(ledger: LedgerDatabase) -> None:
    take(ledger, voucher("F1") + voucher("F2", 4))
    other = voucher("F1", comment="başka")
    result = take(ledger, other)
    assert (result.new, result.same, result.changed) == (0, 0, 1)
    with ledger.read() as connection:
        (finding,) = queries.findings_of(connection, result.import_id)
        assert finding.code == "LEDGER.CHANGED" and finding.text == "F1"
    replaced = take(ledger, other, replace={202603})
    assert (replaced.new, replaced.replaced) == (1, 2)
    assert references(ledger) == ["F1"]
    with ledger.read() as connection:
        found = queries.load_voucher(connection, queries.voucher_ids(connection)[0])
        assert found is not None and found.lines[0].comment == "başka"


def test_undo_brings_back_what_was_replaced(ledger: LedgerDatabase) -> None:
    first = take(ledger, voucher("F1") + voucher("F2", 4))
    second = take(ledger, voucher("F1", comment="başka"), replace={202603})
    with pytest.raises(RuleBroken) as caught:
        undo_import(ledger, first.import_id)
    assert caught.value.code == "LEDGER.UNDO_ORDER"
    assert undo_import(ledger, second.import_id) == 1
    assert sorted(references(ledger)) == ["F1", "F2"]
    assert undo_import(ledger, first.import_id) == 2
    assert references(ledger) == []
    with ledger.read() as connection:
        assert queries.imports(connection) == []


def test_a_filed_month_takes_nothing_and_gives_nothing_back(ledger: LedgerDatabase) -> None:
    first = take(ledger, voucher("F1"))
    with ledger.write(FILED) as connection:
        connection.exec_driver_sql("UPDATE period SET state = ?", (int(PeriodState.FILED),))
    result = take(ledger, voucher("F2", 9) + voucher("N1", 20, day="2026-04-01"), replace={202603})
    assert (result.new, result.locked, result.replaced) == (1, 1, 0)
    assert references(ledger) == ["F1", "N1"]
    with pytest.raises(RuleBroken) as caught:
        undo_import(ledger, first.import_id)
    assert caught.value.code == "LEDGER.LOCKED"
    with ledger.read() as connection:
        assert [month.state for month in queries.months(connection)] == [PeriodState.FILED, PeriodState.IMPORTED]


def _seal(ledger: LedgerDatabase, month: int) -> None:
    with ledger.write(FILED) as connection:
        connection.exec_driver_sql(
            "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day,"
            " end_day) VALUES (?, '', 0, 1, 1, 1, 2, '2026-03-01', '2026-03-31')",
            (month,),
        )
        connection.exec_driver_sql(
            "UPDATE period SET state = ? WHERE period = ?", (int(PeriodState.BERAT_SEALED), month)
        )


@pytest.mark.parametrize("replace", [frozenset[int](), frozenset({202603})])
def test_a_sealed_month_takes_nothing_until_it_is_taken_back(ledger: LedgerDatabase, replace: frozenset[int]) -> None:
    take(ledger, voucher("F1") + voucher("F3", 7))
    _seal(ledger, 202603)
    rows = voucher("F1", comment="başka") + voucher("F2", 9) + voucher("F3", 7) + voucher("N1", 20, day="2026-04-01")
    result = take(ledger, rows, replace=set(replace))
    assert (result.new, result.sealed, result.same, result.changed) == (1, 2, 1, 0)
    assert (result.locked, result.replaced) == (0, 0)
    assert sorted(references(ledger)) == ["F1", "F3", "N1"]
    with ledger.read() as connection:
        states = [month.state for month in queries.months(connection)]
        assert states == [PeriodState.BERAT_SEALED, PeriodState.IMPORTED]
        assert connection.exec_driver_sql("SELECT count(*) FROM voucher WHERE state = 0").scalar_one() == 0
    with ledger.write(FILED) as connection:
        parts.forget_parts(connection, period=202603, branch_no="", at=AT, note="")
    result = take(ledger, rows, replace=set(replace))
    assert result.sealed == 0 and "F2" in references(ledger)


def test_lines_of_a_voucher_may_stand_apart(ledger: LedgerDatabase) -> None:
    a, b = voucher("F1"), voucher("F2", 4)
    staged = begin_import(ledger, name="a", sha256="", source_format="csv", at=AT)
    assert [*staged.add([a[0], b[0]])] == [2]
    staged._vouchers.clear()  # as when the cache was full
    assert [*staged.add([a[1], b[1]])] == [4]
    result = staged.finish(at=AT)
    assert (result.new, result.vouchers) == (2, 2)
    with ledger.read() as connection:
        rows = queries.voucher_rows(connection, queries.voucher_ids(connection))
        assert [(one.lines, one.is_balanced) for one in rows] == [(2, True), (2, True)]
    assert take(ledger, a + b).same == 2


def test_bad_rows_are_kept_with_their_reason(ledger: LedgerDatabase) -> None:
    result = take(ledger, [*voucher("F1"), BadRow(9, "LEDGER.DAY", "day", "Tarih okunamadı.", "x | y")])
    assert (result.lines, result.bad) == (2, 1)
    with ledger.read() as connection:
        assert queries.findings_of(connection, result.import_id) == [
            BadRow(9, "LEDGER.DAY", "day", "Tarih okunamadı.", "x | y")
        ]
        assert queries.imports(connection)[0].bad == 1


def test_search_and_order(ledger: LedgerDatabase) -> None:
    take(
        ledger,
        voucher("F3", day="2026-03-09", entry_comment="Şişli kirası")
        + voucher("F1", 4, day="2026-03-02")
        + voucher("F2", 8, day="2026-04-01"),
    )
    assert references(ledger) == ["F1", "F3", "F2"]
    assert references(ledger, newest_first=True) == ["F2", "F3", "F1"]
    assert references(ledger, period=202603) == ["F1", "F3"]
    assert references(ledger, text="SISLI kira") == ["F3"]
    assert references(ledger, text="f2") == ["F2"]


def test_trial_balance(ledger: LedgerDatabase) -> None:
    take(ledger, voucher("F1") + voucher("F2", 4, amount=500_000) + voucher("F3", 8, day="2026-04-01"))
    with ledger.read() as connection:
        balance = queries.trial_balance(connection, first="2026-03-01", last="2026-03-31")
        assert [(one.code, one.debit, one.credit) for one in balance] == [
            ("100", Decimal("168.00"), Decimal("0.00")),
            ("600", Decimal("0.00"), Decimal("168.00")),
        ]
        fine = queries.trial_balance(connection, first="2026-01-01", last="2026-12-31", by_sub=True)
        assert [(one.code, one.balance) for one in fine] == [
            ("100.01", Decimal("286.00")),
            ("600", Decimal("-286.00")),
        ]


def test_another_programs_file_is_refused_untouched(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "9205121120-2026.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StorageError) as caught:
        LedgerDatabase.open(path)
    assert caught.value.code == "STORAGE.FOREIGN" and path.read_bytes() == before


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 10**12), st.integers(1, 5)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_any_balanced_set_keeps_its_totals(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[int, int, int]], random: object
) -> None:
    rows: list[LedgerRow] = []
    for index, (month, kurus, pieces) in enumerate(parts):
        day = f"2026-{month:02d}-15"
        common = {"reference": f"V{index}", "day": day}
        rows += [row(0, amount=kurus * 100, **common) for _ in range(pieces)]
        rows.append(row(0, amount=kurus * 100 * pieces, side="C", main_id="600", sub_id="", **common))
    random.shuffle(rows)  # type: ignore[attr-defined]
    rows = [one._replace(source_line=index) for index, one in enumerate(rows, start=2)]
    db = LedgerDatabase.open(tmp_path_factory.mktemp("l") / "l.db")
    try:
        take(db, rows)
        with db.read() as connection:
            months = queries.months(connection)
        assert all(month.is_balanced for month in months)
        assert sum(month.debit for month in months) == sum(Decimal(k) * p for _, k, p in parts) / 100
        assert sum(month.lines for month in months) == len(rows)
    finally:
        db.close()
