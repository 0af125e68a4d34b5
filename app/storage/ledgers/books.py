"""The lines of a month in the order the ledgers want them, numbered, with flat memory.

Numbers are given here and kept: `voucher.counter` and `line.number` of the source are never altered; where the source
gives none they are counted on from where the year stands, by day and then by the order of the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from app.domain.books import BookLine
from app.storage.ledgers.tables import IN_FORCE

_FETCH = 5_000
_COLUMNS = (
    "v.entry, l.entry_line, v.day, v.entered_by, v.entry_number, v.comment, v.debit, v.credit,"
    " main.code, main.name, coalesce(sub.code, ''), coalesce(sub.name, ''), l.amount, l.side, l.document_type,"
    " l.document_description, l.document_number, l.document_reference, l.document_day, l.payment_method, l.comment,"
    " l.currency, l.currency_amount, l.currency_rate, l.currency_rate_day, l.amount_currency, l.rate_source,"
    " l.rate_comment, l.measure_quantity, l.measure_cost"
)
_FROM = (
    " FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id JOIN account AS main ON main.id = l.main"
    " LEFT JOIN account AS sub ON sub.id = l.sub"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which vouchers a part holds: yevmiye madde numbers `first` to `last`, both included, of a branch."""

    branch_no: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTotals:
    """Sums of a part. Amounts in units of 1/10,000."""

    vouchers: int
    lines: int
    debit: int
    credit: int
    first_day: str
    last_day: str


def give_numbers(
    connection: Connection, *, period: int, branch_no: str, next_entry: int, next_line: int, ours: bool = False
) -> tuple[int, int]:
    """Number the month's vouchers and lines; returns the next free ones.

    Where every voucher of the month has a number of the source, those stand; else all are counted from `next_entry`.
    The same for lines. `ours` counts them in any case; what the source said stays beside them. Stable: the same
    vouchers get the same numbers however often they are imported, and what has its number is not written again.
    """
    where = (IN_FORCE, period, branch_no)
    given, total = connection.exec_driver_sql(
        "SELECT sum(counter > 0), count(*) FROM voucher WHERE state = ? AND period = ? AND branch_no = ?", where
    ).one()
    if total == 0:
        return next_entry, next_line
    if given == total and not ours:
        connection.exec_driver_sql(
            "UPDATE voucher SET entry = counter WHERE state = ? AND period = ? AND branch_no = ? AND entry <> counter",
            where,
        )
    else:
        connection.exec_driver_sql(
            "WITH placed AS (SELECT id, row_number() OVER (ORDER BY day, source_line, id) AS place FROM voucher"
            " WHERE state = ? AND period = ? AND branch_no = ?)"
            " UPDATE voucher SET entry = ? + placed.place FROM placed"
            " WHERE voucher.id = placed.id AND voucher.entry <> ? + placed.place",
            (*where, next_entry - 1, next_entry - 1),
        )
    of_month = "voucher_id IN (SELECT id FROM voucher WHERE state = ? AND period = ? AND branch_no = ?)"
    numbered, lines = connection.exec_driver_sql(
        f"SELECT sum(number > 0), count(*) FROM line WHERE {of_month}", where
    ).one()
    if numbered == lines and not ours:
        connection.exec_driver_sql(
            f"UPDATE line SET entry_line = number WHERE {of_month} AND entry_line <> number", where
        )
    else:
        connection.exec_driver_sql(
            "WITH placed AS (SELECT l.id, row_number() OVER (ORDER BY v.entry, l.source_line, l.id) AS place"
            " FROM line AS l JOIN voucher AS v ON v.id = l.voucher_id"
            " WHERE v.state = ? AND v.period = ? AND v.branch_no = ?)"
            " UPDATE line SET entry_line = ? + placed.place FROM placed"
            " WHERE line.id = placed.id AND line.entry_line <> ? + placed.place",
            (*where, next_line - 1, next_line - 1),
        )
    top_entry, top_line = connection.exec_driver_sql(
        "SELECT max(v.entry), max(l.entry_line) FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = ?",
        where,
    ).one()
    return top_entry + 1, top_line + 1


def journal_lines(connection: Connection, *, period: int, part: Part) -> Iterator[BookLine]:
    """The part's lines in the order of the journal: madde, line."""
    return _stream(connection, period, part, "v.entry, l.entry_line, l.id")


def main_sums(connection: Connection, *, period: int, part: Part) -> list[tuple[str, str, int, int, int, int]]:
    """(main, name, debit, credit, debit lines, credit lines) per main account, by code."""
    rows = connection.exec_driver_sql(
        "SELECT main.code, max(main.name), sum(CASE l.side WHEN 'D' THEN l.amount ELSE 0 END),"
        " sum(CASE l.side WHEN 'C' THEN l.amount ELSE 0 END), sum(l.side = 'D'), sum(l.side = 'C')"
        f"{_FROM} WHERE {_where()} GROUP BY main.code ORDER BY main.code",
        _values(period, part),
    )
    return [tuple(row) for row in rows]


def part_totals(connection: Connection, *, period: int, part: Part) -> PartTotals:
    """What a part holds, for its summary."""
    row = connection.exec_driver_sql(
        "SELECT count(*), coalesce(sum(lines), 0), coalesce(sum(debit), 0), coalesce(sum(credit), 0),"
        f" coalesce(min(day), ''), coalesce(max(day), '') FROM voucher AS v WHERE {_where()}",
        _values(period, part),
    ).one()
    return PartTotals(vouchers=row[0], lines=row[1], debit=row[2], credit=row[3], first_day=row[4], last_day=row[5])


def month_lines(connection: Connection, *, period: int) -> int:
    """How many lines a month has in all its branches."""
    value = connection.exec_driver_sql(
        "SELECT coalesce(sum(lines), 0) FROM voucher WHERE state = ? AND period = ?", (IN_FORCE, period)
    ).scalar_one()
    return int(value)


def entry_range(connection: Connection, *, period: int, branch_no: str) -> tuple[int, int] | None:
    """First and last madde number of a month; None when it has no vouchers."""
    row = connection.exec_driver_sql(
        "SELECT min(entry), max(entry) FROM voucher WHERE state = ? AND period = ? AND branch_no = ?",
        (IN_FORCE, period, branch_no),
    ).one()
    return None if row[0] is None else (row[0], row[1])


def last_line(connection: Connection, *, period: int, part: Part) -> int:
    """The highest line number of a part."""
    return int(
        connection.exec_driver_sql(
            "SELECT max(l.entry_line) FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id WHERE " + _where(),
            _values(period, part),
        ).scalar_one()
    )


def _where() -> str:
    return "v.state = ? AND v.period = ? AND v.branch_no = ? AND v.entry BETWEEN ? AND ?"


def _values(period: int, part: Part) -> tuple[int, int, str, int, int]:
    return IN_FORCE, period, part.branch_no, part.first, part.last


def _stream(connection: Connection, period: int, part: Part, order: str) -> Iterator[BookLine]:
    cursor = connection.exec_driver_sql(
        f"SELECT {_COLUMNS}{_FROM} WHERE {_where()} ORDER BY {order}", _values(period, part)
    ).cursor
    assert cursor is not None
    while rows := cursor.fetchmany(_FETCH):
        yield from map(BookLine._make, rows)
