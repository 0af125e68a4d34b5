"""What makes accounting sense, asked of the database: cash below nothing, openings and closings, KDV beside its base.

Functions over an open connection; amounts in units of 1/10,000, days ISO texts. The accounts' sums must be fresh
(`sums.refresh`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from app.storage.ledgers.tables import IN_FORCE

_FETCH: Final = 2_000


class Place(NamedTuple):
    """A voucher to look at."""

    voucher_id: int
    entry: int
    reference: str
    source_line: int


class Below(NamedTuple):
    """An account that stands below nothing at the end of a day, and the last voucher that took from it that day."""

    code: str
    day: str
    balance: int
    place: Place


class TaxedVoucher(NamedTuple):
    """A voucher with KDV in it. `taxes` and `bases` are the amounts of its lines."""

    place: Place
    day: str
    is_sale: bool
    taxes: tuple[int, ...]
    bases: tuple[int, ...]


def below_zero(
    connection: Connection, *, period: int, branch_no: str, mains: Sequence[str], opening: Mapping[str, int]
) -> list[Below]:
    """The first day of the month on which each account of `mains` stands below zero; `opening` is before the month.

    Cash and banks cannot hold less than nothing; within a day the order of the vouchers is nobody's business.
    """
    marks = ", ".join("?" * len(mains))
    rows = connection.exec_driver_sql(
        "SELECT fine.code, v.day, sum(CASE l.side WHEN 'D' THEN l.amount ELSE -l.amount END)"
        " FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        " JOIN account AS fine ON fine.id = coalesce(l.sub, l.main)"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = ?"
        f" AND l.main IN (SELECT id FROM account WHERE code IN ({marks})) GROUP BY fine.code, v.day ORDER BY 1, 2",
        (IN_FORCE, period, branch_no, *mains),
    )
    balances = dict(opening)
    found: dict[str, tuple[str, int]] = {}
    for code, day, change in rows:
        balances[code] = balances.get(code, 0) + change
        if balances[code] < 0 and code not in found:
            found[code] = (day, balances[code])
    return [
        Below(code, day, balance, _last_credit(connection, period, branch_no, code, day))
        for code, (day, balance) in found.items()
    ]


def _last_credit(connection: Connection, period: int, branch_no: str, code: str, day: str) -> Place:
    row = connection.exec_driver_sql(
        "SELECT v.id, v.entry, v.reference, l.source_line FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = ? AND v.day = ? AND coalesce(l.sub, l.main) IN"
        " (SELECT id FROM account WHERE code = ?) ORDER BY l.side = 'C' DESC, v.entry DESC, l.id DESC LIMIT 1",
        (IN_FORCE, period, branch_no, day, code),
    ).one()
    return Place(*row)


def last_movements(connection: Connection, *, period: int, branch_no: str, accounts: Sequence[int]) -> dict[int, Place]:
    """Per finest account (its id) the month's last voucher that moves it."""
    rows = connection.exec_driver_sql(
        "SELECT fine, id, entry, reference, source_line, max(entry) FROM (SELECT coalesce(l.sub, l.main) AS fine, v.id,"
        " v.entry, v.reference, l.source_line FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = ?"
        " AND coalesce(l.sub, l.main) IN (SELECT value FROM json_each(?))) GROUP BY fine",
        (IN_FORCE, period, branch_no, json.dumps(list(accounts))),
    )
    return {row[0]: Place(*row[1:5]) for row in rows}


def first_period(connection: Connection, *, branch_no: str) -> int:
    """The earliest month that has vouchers, 0 for none."""
    value = connection.exec_driver_sql(
        "SELECT min(period) FROM voucher WHERE state = ? AND branch_no = ?", (IN_FORCE, branch_no)
    ).scalar()
    return int(value or 0)


def has_words(connection: Connection, *, period: int, branch_no: str, word: str) -> bool:
    """Whether a voucher of the month says the folded word in its number, reference or comment."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM voucher WHERE state = ? AND period = ? AND branch_no = ? AND instr(folded, ?) > 0 LIMIT 1",
        (IN_FORCE, period, branch_no, word),
    ).first()
    return row is not None


def has_balance_sheet(connection: Connection, *, period: int, branch_no: str, last: bool) -> bool:
    """Whether the month's first voucher opens (debits assets, credits capital), or its last one closes."""
    order, assets, capital = ("DESC", "C", "D") if last else ("ASC", "D", "C")
    row = connection.exec_driver_sql(
        "SELECT sum(substr(main.code, 1, 1) IN ('1', '2') AND l.side = ?), sum(substr(main.code, 1, 1) = '5'"
        " AND l.side = ?), sum(substr(main.code, 1, 1) IN ('6', '7')) FROM line AS l"
        " JOIN account AS main ON main.id = l.main WHERE l.voucher_id = (SELECT id FROM voucher WHERE state = ?"
        f" AND period = ? AND branch_no = ? ORDER BY day {order}, entry {order} LIMIT 1)",
        (assets, capital, IN_FORCE, period, branch_no),
    ).one()
    return bool(row[0] and row[1] and not row[2])


def taxed_vouchers(
    connection: Connection, *, period: int, branch_no: str, roles: Mapping[str, str]
) -> Iterator[TaxedVoucher]:
    """Vouchers that hold KDV beside a base, in no order. `roles` maps a main account or a class to one letter:

    o output tax, i input tax, s sale, p purchase or expense, a asset, r return of a sale, x no plain sale or purchase.
    """
    pairs = json.dumps([[code, role] for code, role in roles.items()])
    cursor = connection.exec_driver_sql(
        "WITH said AS (SELECT json_extract(value, '$[0]') AS code, json_extract(value, '$[1]') AS role"
        " FROM json_each(:roles)), role AS MATERIALIZED (SELECT account.id AS id, said.role AS role FROM account JOIN"
        " said ON said.code = substr(account.code, 1, length(said.code)) WHERE account.id IN"
        " (SELECT main FROM account_month WHERE period = :period AND branch_no = :branch))"
        " SELECT v.id, v.entry, v.reference, v.source_line, v.day, group_concat(role.role || l.side || l.amount)"
        " FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id JOIN role ON role.id = l.main"
        " WHERE v.state = :state AND v.period = :period AND v.branch_no = :branch GROUP BY v.id"
        " HAVING sum(role.role IN ('o', 'i')) > 0 AND sum(role.role NOT IN ('o', 'i')) > 0"
        " AND sum(role.role = 'x') = 0",
        {"roles": pairs, "state": IN_FORCE, "period": period, "branch": branch_no},
    ).cursor
    assert cursor is not None
    while rows := cursor.fetchmany(_FETCH):
        for row in rows:
            yield from _taxed(row)


def _taxed(row: Any) -> Iterator[TaxedVoucher]:
    """A voucher may be a sale, a purchase, or a return of either: whichever side its tax stands on."""
    place = Place(*row[:4])
    lines: dict[str, list[int]] = {}
    for said in row[5].split(","):
        lines.setdefault(said[:2], []).append(int(said[2:]))

    def of(*keys: str) -> tuple[int, ...]:
        return tuple(amount for key in keys for amount in lines.get(key, ()))

    # o: 391, i: 191, s: sales, p: purchases and expenses, a: assets, r: returns of sales.
    for tax, bases, is_sale in (
        ("oC", of("sC"), True),
        ("iD", of("pD", "aD", "rD"), False),
        ("oC", of("pC") if "sC" not in lines else (), False),
    ):
        if tax in lines and bases and not (is_sale and "aC" in lines):
            yield TaxedVoucher(place, row[4], is_sale, of(tax), bases)
