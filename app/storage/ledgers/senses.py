"""What makes accounting sense, asked of the database: cash below nothing, openings and closings, KDV beside its base.

Functions over an open connection; amounts in units of 1/10,000, days ISO texts. The accounts' sums must be fresh
(`sums.refresh`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy.engine import Connection

from app.storage.ledgers.tables import IN_FORCE

_FETCH: Final = 10_000


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

    voucher_id: int
    day: str
    is_sale: bool
    taxes: Sequence[int]
    bases: Sequence[int]


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


def first_period(connection: Connection, *, branch_no: str, since: int = 0) -> int:
    """The earliest month from the key `since` on that has vouchers, 0 for none."""
    value = connection.exec_driver_sql(
        "SELECT min(period) FROM voucher WHERE state = ? AND branch_no = ? AND period >= ?",
        (IN_FORCE, branch_no, since),
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
    known = _roles(connection, period, branch_no, roles)
    if not {"o", "i"} & set(known.values()):
        return
    # CROSS JOIN: a voucher's lines come together without being sorted.
    cursor = connection.exec_driver_sql(
        "SELECT v.id, v.day, l.main, l.side, l.amount FROM voucher AS v CROSS JOIN line AS l ON l.voucher_id = v.id"
        " WHERE v.state = ? AND v.period = ? AND v.branch_no = ? AND l.main IN (SELECT value FROM json_each(?))",
        (IN_FORCE, period, branch_no, json.dumps(list(known))),
    ).cursor
    assert cursor is not None
    voucher, when = 0, ""
    lines: dict[str, list[int]] = {}
    while rows := cursor.fetchmany(_FETCH):
        for voucher_id, day, main, side, units in rows:
            if voucher_id != voucher:
                if lines:
                    yield from _taxed(voucher, when, lines)
                voucher, when, lines = voucher_id, day, {}
            lines.setdefault(known[main] + side, []).append(units)
    if lines:
        yield from _taxed(voucher, when, lines)


def _roles(connection: Connection, period: int, branch_no: str, roles: Mapping[str, str]) -> dict[int, str]:
    """The role of each main account (its id) that the month moves; a code stands above its class."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT s.main, account.code FROM account_month AS s JOIN account ON account.id = s.main"
        " WHERE s.period = ? AND s.branch_no = ?",
        (period, branch_no),
    )
    found = {row[0]: roles.get(row[1][:3]) or roles.get(row[1][:1]) for row in rows}
    return {main: role for main, role in found.items() if role}


def _taxed(voucher_id: int, day: str, lines: dict[str, list[int]]) -> Iterator[TaxedVoucher]:
    """A voucher may be a sale, a purchase, or a return of either: whichever side its tax stands on."""
    if "xC" in lines or "xD" in lines:
        return
    if "oC" in lines:
        if "sC" in lines:
            # The price of an asset that is sold is in no account.
            if "aC" not in lines:
                yield TaxedVoucher(voucher_id, day, True, lines["oC"], lines["sC"])
        elif "pC" in lines:
            yield TaxedVoucher(voucher_id, day, False, lines["oC"], lines["pC"])
    if "iD" in lines:
        bases = [*lines.get("pD", ()), *lines.get("aD", ()), *lines.get("rD", ())]
        if bases:
            yield TaxedVoucher(voucher_id, day, False, lines["iD"], bases)


def place_of(connection: Connection, voucher_id: int) -> Place:
    """Where a voucher stands."""
    row = connection.exec_driver_sql(
        "SELECT id, entry, reference, source_line FROM voucher WHERE id = ?", (voucher_id,)
    ).one()
    return Place(*row)
