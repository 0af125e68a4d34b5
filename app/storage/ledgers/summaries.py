"""Lines of a voucher put together on the user's word, and the lines as they were. Functions over an open connection.

The voucher's digest stays that of the source: importing its file again finds it the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy.engine import Connection

from app.runtime.crashpoints import declare
from app.storage.ledgers import sums
from app.storage.ledgers.tables import IN_FORCE

SUMMARISED = declare("ledger.summarised", "the lines of a voucher in the place of those that were put together")


class StoredLine(NamedTuple):
    """A line as the ledger file keeps it. `main` and `sub` are ids of accounts; amounts are units of 1/10,000."""

    source_line: int
    number: int
    day: str
    main: int
    sub: int | None
    amount: int
    side: str
    document_type: str
    document_description: str
    document_number: str
    document_day: str
    document_reference: str
    payment_method: str
    comment: str
    currency: str
    currency_amount: int
    currency_rate: str
    currency_rate_day: str
    entry_line: int
    amount_currency: str
    rate_source: str
    rate_comment: str
    measure_quantity: str
    measure_cost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRecord:
    """A voucher that was summarised: who, when (ISO time), how many lines and bytes before and after.

    `undone_at` is empty while it stands.
    """

    id: int
    voucher_id: int
    reference: str
    entry: int
    who: str
    at: str
    lines_before: int
    lines_after: int
    bytes_before: int
    bytes_after: int
    undone_at: str


_COLUMNS: Final = ", ".join(StoredLine._fields)
_MARKS: Final = ", ".join("?" * len(StoredLine._fields))


def voucher_of_entry(connection: Connection, *, period: int, branch_no: str, entry: int) -> int | None:
    """The id of the voucher that bears this madde number in the month; None when none does."""
    row = connection.exec_driver_sql(
        "SELECT id FROM voucher WHERE state = ? AND period = ? AND branch_no = ? AND entry = ? LIMIT 2",
        (IN_FORCE, period, branch_no, entry),
    ).first()
    return None if row is None else int(row[0])


def place_of(connection: Connection, voucher_id: int) -> tuple[int, str] | None:
    """(month's key, branch number) of a voucher in force; None when it is not there any more."""
    row = connection.exec_driver_sql(
        "SELECT period, branch_no FROM voucher WHERE id = ? AND state = ?", (voucher_id, IN_FORCE)
    ).first()
    return None if row is None else (int(row[0]), str(row[1]))


def lines_of(connection: Connection, voucher_id: int) -> list[StoredLine]:
    """The voucher's lines in the order of the source."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM line WHERE voucher_id = ? ORDER BY source_line, id", (voucher_id,)
    )
    return [StoredLine._make(row) for row in rows]


def account_names(connection: Connection, ids: set[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of accounts by id."""
    rows = connection.exec_driver_sql(
        f"SELECT id, code, name FROM account WHERE id IN ({', '.join('?' * len(ids))})", tuple(sorted(ids))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def replace_lines(
    connection: Connection,
    voucher_id: int,
    *,
    period: int,
    lines: Sequence[StoredLine],
    who: str,
    at: str,
    sizes: tuple[int, int],
) -> int:
    """Put `lines` in the place of the voucher's, which are kept. `sizes` are bytes before and after."""
    before = lines_of(connection, voucher_id)
    made = connection.exec_driver_sql(
        "INSERT INTO summary (voucher_id, who, at, lines_before, lines_after, bytes_before, bytes_after)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (voucher_id, who, at, len(before), len(lines), *sizes),
    )
    assert made.lastrowid is not None
    connection.exec_driver_sql(
        f"INSERT INTO summary_line (summary_id, {_COLUMNS}) VALUES (?, {_MARKS})",
        [(made.lastrowid, *line) for line in before],
    )
    _put(connection, voucher_id, period, lines)
    return int(made.lastrowid)


def restore_lines(connection: Connection, summary_id: int, *, voucher_id: int, period: int, at: str) -> int:
    """Bring the kept lines back; returns how many there are."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM summary_line WHERE summary_id = ? ORDER BY id", (summary_id,)
    )
    lines = [StoredLine._make(row) for row in rows]
    _put(connection, voucher_id, period, lines)
    connection.exec_driver_sql("UPDATE summary SET undone_at = ? WHERE id = ?", (at, summary_id))
    connection.exec_driver_sql("DELETE FROM summary_line WHERE summary_id = ?", (summary_id,))
    return len(lines)


def summaries_of(connection: Connection, *, period: int, branch_no: str | None = None) -> list[SummaryRecord]:
    """What was summarised in a month, newest first; what was undone too."""
    rows = connection.exec_driver_sql(
        "SELECT s.id, s.voucher_id, v.reference, v.entry, s.who, s.at, s.lines_before, s.lines_after, s.bytes_before,"
        " s.bytes_after, coalesce(s.undone_at, '') FROM summary AS s JOIN voucher AS v ON v.id = s.voucher_id"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = coalesce(?, v.branch_no) ORDER BY s.id DESC",
        (IN_FORCE, period, branch_no),
    )
    return [
        SummaryRecord(
            id=row[0],
            voucher_id=row[1],
            reference=row[2],
            entry=row[3],
            who=row[4],
            at=row[5],
            lines_before=row[6],
            lines_after=row[7],
            bytes_before=row[8],
            bytes_after=row[9],
            undone_at=row[10],
        )
        for row in rows
    ]


def _put(connection: Connection, voucher_id: int, period: int, lines: Sequence[StoredLine]) -> None:
    connection.exec_driver_sql("DELETE FROM line WHERE voucher_id = ?", (voucher_id,))
    connection.exec_driver_sql(
        f"INSERT INTO line (voucher_id, {_COLUMNS}) VALUES (?, {_MARKS})", [(voucher_id, *line) for line in lines]
    )
    connection.exec_driver_sql("UPDATE voucher SET lines = ? WHERE id = ?", (len(lines), voucher_id))
    sums.touch(connection, [period])
