"""A ledger file with a second fiscal period inside its year, and lines with every field; older files too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import RuleBroken
from app.domain.ledger_rows import LedgerRow
from app.domain.voucher import LIQUIDATION, FundUnits, LineCurrency, PeriodState
from app.runtime.crashpoints import declare
from app.storage.ledgers import parts, queries
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import ImportResult, begin_import
from app.storage.ledgers.measured import measured_lines
from app.storage.ledgers.migrations import VERSION
from app.storage.ledgers.parts import FileRecord, PartRecord, Standing
from app.storage.ledgers.tables import APPLICATION_ID, STATEMENTS

PARTED = declare("test.ledger.parted", "vouchers put into their fiscal period by a test")
AT = "2026-06-02T10:00:00+00:00"
BEGUN = "2026-05-15"


def rows(day: str, reference: str = "1", **changes: object) -> list[LedgerRow]:
    """A balanced voucher of two lines."""
    values: dict[str, object] = {
        "source_line": 2,
        "day": day,
        "reference": reference,
        "branch_no": "",
        "branch_name": "",
        "entry_number": reference,
        "entry_comment": "",
        "entered_by": "Ayşe",
        "counter": 1,
        "number": 0,
        "main_id": "100",
        "main_name": "KASA",
        "sub_id": "",
        "sub_name": "",
        "amount": 150_000,
        "side": "D",
        "document_type": "",
        "document_description": "",
        "document_number": "",
        "document_day": "",
        "document_reference": "",
        "payment_method": "",
        "comment": "",
    }
    first = LedgerRow(**(values | changes))  # type: ignore[arg-type]
    return [first, LedgerRow(**(values | {"side": "C", "source_line": 3}))]  # type: ignore[arg-type]


def take(db: LedgerDatabase, lines: list[LedgerRow], liquidation: str = "") -> ImportResult:
    staged = begin_import(db, name="a.csv", sha256="", source_format="csv", at=AT, liquidation=liquidation)
    for _ in staged.add(lines):
        pass
    return staged.finish(at=AT)


def months(db: LedgerDatabase) -> list[int]:
    with db.read() as connection:
        return [summary.period for summary in queries.months(connection)]


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerDatabase:
    return LedgerDatabase.open(tmp_path / "9205121120-2026.db")


def test_numbers_may_begin_again_on_the_day(ledger: LedgerDatabase) -> None:
    result = take(ledger, [*rows("2026-05-02"), *rows("2026-05-15")], BEGUN)
    assert (result.vouchers, result.new, result.periods) == (2, 2, ("2026-05",))
    assert months(ledger) == [202605, LIQUIDATION + 202605]
    again = take(ledger, [*rows("2026-05-02"), *rows("2026-05-15")], BEGUN)
    assert (again.new, again.same) == (0, 2)
    ledger.close()


def test_vouchers_taken_before_the_card_knew_are_put_in_their_period(ledger: LedgerDatabase) -> None:
    take(
        ledger, [*rows("2026-04-30", "1"), *rows("2026-05-14", "2"), *rows("2026-05-15", "3"), *rows("2026-06-01", "4")]
    )
    with ledger.write(PARTED) as connection:
        changed = parts.part_vouchers_at(connection, begun=BEGUN)
        assert parts.part_vouchers_at(connection, begun=BEGUN) == []
    assert changed == [202605, 202606, LIQUIDATION + 202605, LIQUIDATION + 202606]
    assert months(ledger) == [202604, 202605, LIQUIDATION + 202605, LIQUIDATION + 202606]
    with ledger.write(PARTED) as connection:
        parts.part_vouchers_at(connection, begun="")
    assert months(ledger) == [202604, 202605, 202606]
    ledger.close()


def built(ledger: LedgerDatabase, period: int) -> None:
    record = PartRecord(
        period=period, branch_no="", part=1, sequence=5, first_entry=1, last_entry=202, last_line=808,
        start_day="2026-05-01", end_day="2026-05-15",
    )  # fmt: skip
    file = FileRecord(kind="Y", name="y.xml", size_bytes=1, sha256="", signature_value="")
    with ledger.write(PARTED) as connection:
        parts.replace_parts(
            connection, period=period, branch_no="", parts=[(record, [file])], state=PeriodState.BERAT_SEALED, at=AT
        )


def test_a_sealed_month_is_not_parted(ledger: LedgerDatabase) -> None:
    take(ledger, rows("2026-05-15"))
    built(ledger, 202605)
    with pytest.raises(RuleBroken) as refused, ledger.write(PARTED) as connection:
        parts.part_vouchers_at(connection, begun=BEGUN)
    assert refused.value.code == "LEDGER.LIQUIDATION_SEALED"
    assert months(ledger) == [202605]
    ledger.close()


def test_its_numbers_do_not_go_on_from_the_year(ledger: LedgerDatabase) -> None:
    built(ledger, 202605)
    with ledger.read() as connection:
        assert parts.standing_before(connection, period=202606, branch_no="") == Standing(202, 808, 5)
        assert parts.standing_before(connection, period=LIQUIDATION + 202605, branch_no="") is None
    built(ledger, LIQUIDATION + 202605)
    with ledger.read() as connection:
        assert parts.standing_before(connection, period=LIQUIDATION + 202606, branch_no="") == Standing(202, 808, 5)
    ledger.close()


def test_every_field_of_a_line_comes_back(ledger: LedgerDatabase) -> None:
    more = {
        "currency": "USD",
        "currency_amount": 10_000,
        "currency_rate": "41,25",
        "currency_rate_day": "2026-05-02",
        "amount_currency": "TRY",
        "rate_source": "T.C.M.B.",
        "rate_comment": "Döviz alış",
        "measure_quantity": "1000",
        "measure_cost": "0.015",
    }
    take(ledger, rows("2026-05-02", **more))
    with ledger.read() as connection:
        found = queries.load_voucher(connection, queries.voucher_ids(connection)[0])
    assert found is not None
    line = found.lines[0]
    assert isinstance(line.currency, LineCurrency)
    assert (line.currency.source, line.currency.comment, line.amount_currency) == ("T.C.M.B.", "Döviz alış", "TRY")
    assert line.fund == FundUnits(quantity=Decimal(1000), cost=Decimal("0.015"))
    assert found.lines[1].fund is None
    ledger.close()


def test_a_file_of_the_first_version_keeps_its_vouchers(tmp_path: Path) -> None:
    path = tmp_path / "9205121120-2026.db"
    with closing(sqlite3.connect(path)) as old:
        for statement in STATEMENTS:
            old.execute(statement)
        old.execute(
            "INSERT INTO import_file (id, name, sha256, format, started_at, ended_at) VALUES (1, 'a', '', 'csv', ?, ?)",
            (AT, AT),
        )
        old.execute("INSERT INTO account VALUES (1, '100', 'KASA', 'kasa')")
        old.execute(
            "INSERT INTO voucher VALUES (1, 1, 1, 202605, '', '', '1', '2026-05-02', '1', '', 'Ayşe', 1, 150000,"
            f" 150000, 2, {_DIGEST_OF_VERSION_1}, 2, '1', NULL, 0)"
        )
        for number, side in ((2, "D"), (3, "C")):
            old.execute(
                "INSERT INTO line VALUES (?, 1, ?, 0, '2026-05-02', 1, NULL, 150000, ?, '', '', '', '', '', '', '',"
                " '', 0, '', '', 0)",
                (number, number, side),
            )
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")
        old.commit()
    db = LedgerDatabase.open(path)
    with db.read() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == VERSION
        found = queries.load_voucher(connection, 1)
    assert found is not None and [line.amount_currency for line in found.lines] == ["", ""]
    result = take(db, rows("2026-05-02"))
    assert (result.new, result.same, result.changed) == (0, 1, 0)
    db.close()


#: Of `rows("2026-05-02")` as version 1 wrote it.
_DIGEST_OF_VERSION_1 = 579417262432237645


def test_the_few_measured_lines_are_found_by_their_index(ledger: LedgerDatabase) -> None:
    take(ledger, [*rows("2026-05-02", "1"), *rows("2026-05-03", "2", measure_quantity="3", measure_cost="5")])
    with ledger.read() as connection:
        assert [row.quantity for row in measured_lines(connection, period=202605, branch_no="")] == ["3"]
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT l.id FROM line AS l CROSS JOIN voucher AS v ON v.id = l.voucher_id"
            " WHERE (l.measure_quantity <> '' OR l.measure_cost <> '' OR l.amount_currency <> '') AND v.state = 1"
        ).all()
    assert any("line_with_measure" in row[3] for row in plan)
    ledger.close()
