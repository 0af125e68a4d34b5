"""Sums per account and month, kept beside the vouchers: a year's balances without reading a year's lines.

A month is summed again when its vouchers have changed (`period.stamp`), else its sums stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection

from app.domain.spans import first_key
from app.storage.ledgers.tables import IN_FORCE

_FETCH = 10_000


class AccountStanding(NamedTuple):
    """An account at the end of a month, by the finest code. `balance` is debit less credit of the fiscal year."""

    main: str
    code: str
    name: str
    balance: int
    has_moved: bool
    fine: int


def touch(connection: Connection, periods: Iterable[int]) -> None:
    """The months' vouchers have changed: what was summed or found of them is stale."""
    wanted = sorted(set(periods))
    connection.exec_driver_sql(
        f"UPDATE period SET stamp = stamp + 1 WHERE period IN ({', '.join('?' * len(wanted))})", tuple(wanted)
    )


def stamp_until(connection: Connection, *, period: int) -> int:
    """A number that grows whenever vouchers of the month or of an earlier one change."""
    return int(
        connection.exec_driver_sql(
            "SELECT coalesce(sum(stamp), 0) FROM period WHERE period <= ?", (period,)
        ).scalar_one()
    )


def needs_refresh(connection: Connection, *, period: int, branch_no: str) -> list[int]:
    """The months up to `period` whose sums are stale."""
    rows = connection.exec_driver_sql(
        "SELECT period FROM period WHERE period <= ? AND branch_no = ? AND summed <> stamp ORDER BY period",
        (period, branch_no),
    )
    return [row[0] for row in rows]


def refresh(connection: Connection, *, period: int, branch_no: str) -> None:
    """Sum one month. In a write transaction; a million lines take a second or two.

    Added up here: the database would sort all lines of the month for it.
    """
    where = (period, branch_no)
    cursor = connection.exec_driver_sql(
        "SELECT l.main, coalesce(l.sub, l.main), l.side, l.amount FROM voucher AS v JOIN line AS l ON"
        " l.voucher_id = v.id WHERE v.state = ? AND v.period = ? AND v.branch_no = ?",
        (IN_FORCE, *where),
    ).cursor
    assert cursor is not None
    added: dict[tuple[int, int, str], int] = {}
    while rows := cursor.fetchmany(_FETCH):
        for main, fine, side, units in rows:
            key = (main, fine, side)
            added[key] = added.get(key, 0) + units
    accounts = {(main, fine) for main, fine, _ in added}
    connection.exec_driver_sql("DELETE FROM account_month WHERE period = ? AND branch_no = ?", where)
    found = [
        (*where, main, fine, added.get((main, fine, "D"), 0), added.get((main, fine, "C"), 0))
        for main, fine in sorted(accounts)
    ]
    if found:
        connection.exec_driver_sql("INSERT INTO account_month VALUES (?, ?, ?, ?, ?, ?)", found)
    connection.exec_driver_sql("UPDATE period SET summed = stamp WHERE period = ? AND branch_no = ?", where)


def standings(connection: Connection, *, period: int, branch_no: str) -> list[AccountStanding]:
    """Every account at the month's end, by code. `refresh` must have been asked for the stale months."""
    rows = connection.exec_driver_sql(
        "SELECT main.code, fine.code, fine.name, sum(s.debit - s.credit), max(s.period = ?), s.fine"
        " FROM account_month AS s JOIN account AS main ON main.id = s.main JOIN account AS fine ON fine.id = s.fine"
        " WHERE s.branch_no = ? AND s.period BETWEEN ? AND ? GROUP BY main.code, fine.code ORDER BY fine.code",
        (period, branch_no, first_key(period), period),
    )
    return [AccountStanding(row[0], row[1], row[2], row[3], bool(row[4]), row[5]) for row in rows]


def opening_of(connection: Connection, *, period: int, branch_no: str, mains: Sequence[str]) -> dict[str, int]:
    """Per finest code of these main accounts, debit less credit before the month."""
    marks = ", ".join("?" * len(mains))
    rows = connection.exec_driver_sql(
        "SELECT fine.code, sum(s.debit - s.credit) FROM account_month AS s JOIN account AS main ON main.id = s.main"
        " JOIN account AS fine ON fine.id = s.fine WHERE s.branch_no = ? AND s.period BETWEEN ? AND ?"
        f" AND main.code IN ({marks}) GROUP BY fine.code",
        (branch_no, first_key(period), period - 1, *mains),
    )
    return {row[0]: row[1] for row in rows}
