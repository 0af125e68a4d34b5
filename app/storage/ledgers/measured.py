"""The few lines of a month that measure fund units or name the currency of their amount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.engine import Connection

from app.storage.ledgers.tables import IN_FORCE


class MeasuredRow(NamedTuple):
    """A line with its place: voucher, madde, reference, line of the source. `amount` is units of 1/10,000."""

    voucher_id: int
    entry: int
    reference: str
    source_line: int
    amount: int
    amount_currency: str
    quantity: str
    cost: str


def vouchers_after(connection: Connection, *, period: int, branch_no: str, day: str) -> list[tuple[MeasuredRow, str]]:
    """(voucher, its day) of what lies behind an ISO day in the month."""
    rows = connection.exec_driver_sql(
        "SELECT id, entry, reference, source_line, 0, '', '', '', day FROM voucher"
        " WHERE state = ? AND period = ? AND branch_no = ? AND day > ? ORDER BY day, entry LIMIT 1000",
        (IN_FORCE, period, branch_no, day),
    )
    return [(MeasuredRow._make(row[:8]), row[8]) for row in rows]


def measured_lines(connection: Connection, *, period: int, branch_no: str) -> Iterator[MeasuredRow]:
    """In the order of the journal."""
    rows = connection.exec_driver_sql(
        "SELECT v.id, v.entry, v.reference, l.source_line, l.amount, l.amount_currency, l.measure_quantity,"
        # By the index of such lines, which holds few: a month has a million of the others.
        " l.measure_cost FROM line AS l CROSS JOIN voucher AS v ON v.id = l.voucher_id"
        " WHERE (l.measure_quantity <> '' OR l.measure_cost <> '' OR l.amount_currency <> '')"
        " AND v.state = ? AND v.period = ? AND v.branch_no = ?"
        " ORDER BY v.entry, l.source_line, l.id",
        (IN_FORCE, period, branch_no),
    )
    yield from map(MeasuredRow._make, rows)
