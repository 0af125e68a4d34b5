"""Vouchers and lines of a month that break a rule of the ledgers, found by SQL before any XML exists.

Each query names its rule by a code; what the code means is said in `app.edefter.rules`. Numbers must have been given
first (`books.give_numbers`). Source: GİB e-Defter guides as the fact sheet sums them up (sections 5, 6, 11 and 19).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy.engine import Connection

from app.storage.ledgers.tables import IN_FORCE


class Suspect(NamedTuple):
    """One breach. `a` and `b` are what the sentence needs: an amount in units, a day, an account, a number."""

    code: str
    voucher_id: int
    entry: int
    reference: str
    source_line: int
    a: str
    b: str


#: Of one rule this many are listed; of more the count is told.
LIMIT: Final = 1_000
_OF_MONTH: Final = "v.state = :state AND v.period = :period AND v.branch_no = :branch"
_VOUCHER: Final = f"FROM voucher AS v WHERE {_OF_MONTH}"
_LINE: Final = (
    "FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id JOIN account AS main ON main.id = l.main"
    f" LEFT JOIN account AS sub ON sub.id = l.sub WHERE {_OF_MONTH}"
)
_OF_VOUCHER: Final = "v.id, v.entry, v.reference, v.source_line"
_OF_LINE: Final = "v.id, v.entry, v.reference, l.source_line"
_TYPES: Final = "('check', 'invoice', 'order-customer', 'order-vendor', 'voucher', 'shipment', 'receipt', 'other')"

_QUERIES: Final = {
    "DEFTER.BALANCE": f"SELECT {_OF_VOUCHER}, v.debit, v.credit {_VOUCHER} AND v.debit <> v.credit",
    "DEFTER.ONE_LINE": f"SELECT {_OF_VOUCHER}, v.lines, '' {_VOUCHER} AND v.lines < 2",
    "DEFTER.TWO_DAYS": f"SELECT {_OF_LINE}, v.day, l.day {_LINE} AND l.day <> v.day",
    "DEFTER.DAY_BACK": (
        f"SELECT id, entry, reference, source_line, day, before FROM (SELECT {_OF_VOUCHER}, v.day,"
        f" lag(v.day) OVER (ORDER BY v.entry, v.id) AS before {_VOUCHER}) WHERE day < before"
    ),
    "DEFTER.ENTRY_GAP": (
        f"SELECT id, entry, reference, source_line, before + 1, entry FROM (SELECT {_OF_VOUCHER},"
        f" lag(v.entry, 1, :next_entry - 1) OVER (ORDER BY v.entry, v.id) AS before {_VOUCHER})"
        " WHERE entry > before + 1"
    ),
    "DEFTER.ENTRY_TWICE": (
        f"SELECT id, entry, reference, source_line, entry, earlier FROM (SELECT {_OF_VOUCHER},"
        " lag(v.reference) OVER (PARTITION BY v.entry ORDER BY v.id) AS earlier"
        f" {_VOUCHER}) WHERE earlier IS NOT NULL"
    ),
    "DEFTER.ENTRY_LOW": f"SELECT {_OF_VOUCHER}, v.entry, :next_entry {_VOUCHER} AND v.entry < :next_entry",
    "DEFTER.LINE_GAP": (
        f"SELECT id, entry, reference, source_line, before + 1, number FROM (SELECT {_OF_LINE},"
        " l.entry_line AS number, lag(l.entry_line, 1, :next_line - 1) OVER (ORDER BY v.entry, l.entry_line, l.id)"
        f" AS before {_LINE}) WHERE number <> before + 1"
    ),
    "DEFTER.AMOUNT_ZERO": f"SELECT {_OF_LINE}, l.amount, coalesce(sub.code, main.code) {_LINE} AND l.amount <= 0",
    "DEFTER.AMOUNT_DECIMALS": (
        f"SELECT {_OF_LINE}, l.amount, coalesce(sub.code, main.code) {_LINE} AND l.amount % 100 <> 0"
    ),
    "DEFTER.MAIN_ACCOUNT": (
        f"SELECT {_OF_LINE}, main.code, '' {_LINE} AND (length(main.code) NOT IN (3, 4) OR main.code GLOB '*[^0-9]*')"
    ),
    "DEFTER.SUB_ACCOUNT": (
        f"SELECT {_OF_LINE}, sub.code, main.code {_LINE}"
        " AND l.sub IS NOT NULL AND substr(sub.code, 1, length(main.code)) <> main.code"
    ),
    "DEFTER.ACCOUNT_NAME": (
        f"SELECT {_OF_LINE}, coalesce(sub.code, main.code), '' {_LINE}"
        " AND (trim(main.name) = '' OR (l.sub IS NOT NULL AND trim(sub.name) = ''))"
    ),
    "DEFTER.ENTERED_BY": f"SELECT {_OF_VOUCHER}, v.entered_by, '' {_VOUCHER} AND length(trim(v.entered_by)) < 2",
    "DEFTER.DOCUMENT_TYPE": (
        f"SELECT {_OF_LINE}, l.document_type, '' {_LINE} AND l.document_type <> '' AND l.document_type NOT IN {_TYPES}"
    ),
    "DEFTER.DOCUMENT_NO_TYPE": (
        f"SELECT {_OF_LINE}, l.document_number, l.document_day {_LINE}"
        " AND l.document_type = '' AND (l.document_number <> '' OR l.document_day <> '')"
    ),
    "DEFTER.DOCUMENT_NUMBER": (
        f"SELECT {_OF_LINE}, l.document_type, '' {_LINE}"
        " AND l.document_type IN ('invoice', 'check', 'other') AND trim(l.document_number) = ''"
    ),
    "DEFTER.DOCUMENT_DAY": (
        f"SELECT {_OF_LINE}, l.document_type, '' {_LINE}"
        " AND l.document_type IN ('invoice', 'check', 'other') AND l.document_day = ''"
    ),
    "DEFTER.DOCUMENT_TEXT": (
        f"SELECT {_OF_LINE}, l.document_number, '' {_LINE}"
        " AND l.document_type = 'other' AND trim(l.document_description) = ''"
    ),
    "DEFTER.DOCUMENT_EXPECTED": (
        f"SELECT {_OF_LINE}, l.document_type, '' {_LINE}"
        " AND l.document_type IN ('order-customer', 'order-vendor', 'voucher', 'shipment', 'receipt')"
        " AND (l.document_number = '' OR l.document_day = '')"
    ),
    "DEFTER.DOCUMENT_REFERENCE": (
        f"SELECT {_OF_LINE}, l.document_reference, v.entry_number {_LINE}"
        " AND l.document_reference <> '' AND v.entry_number <> '' AND l.document_reference <> v.entry_number"
    ),
    "DEFTER.CURRENCY_PAIR": (
        f"SELECT {_OF_LINE}, l.currency, '' {_LINE}"
        " AND ((l.currency_amount <> 0 AND (l.currency = '' OR l.currency_rate_day = ''))"
        " OR (l.currency <> '' AND l.currency_rate = ''))"
    ),
    "DEFTER.CURRENCY_CODE": (
        f"SELECT {_OF_LINE}, l.currency, '' {_LINE}"
        " AND l.currency <> '' AND (length(l.currency) <> 3 OR l.currency GLOB '*[^A-Z]*')"
    ),
    "DEFTER.BRANCH_NO": (
        f"SELECT {_OF_VOUCHER}, v.branch_no, '' {_VOUCHER} AND v.branch_no <> ''"
        " AND (length(v.branch_no) <> 4 OR v.branch_no GLOB '*[^0-9]*' OR v.branch_no = '0000')"
    ),
    "DEFTER.SAME_DOCUMENT": (
        f"SELECT id, entry, reference, source_line, number, earlier FROM (SELECT {_OF_LINE},"
        " l.document_number AS number, v.id AS this, first_value(v.id) OVER same AS first,"
        " first_value(v.reference) OVER same AS earlier"
        f" {_LINE} AND l.document_type = 'invoice' AND l.document_number <> '' AND main.code IN ('120', '320')"
        " WINDOW same AS (PARTITION BY l.document_number, l.sub, l.side, l.amount ORDER BY v.entry, l.id))"
        " WHERE this <> first"
    ),
}


def suspects(
    connection: Connection, *, period: int, branch_no: str, next_entry: int, next_line: int
) -> Iterator[tuple[str, int, list[Suspect]]]:
    """(code, how many, the first of them) for every rule that is broken. `next_entry`/`next_line` begin the month."""
    values = {
        "state": IN_FORCE,
        "period": period,
        "branch": branch_no,
        "next_entry": next_entry,
        "next_line": next_line,
    }
    for code, query in _QUERIES.items():
        listed = f"SELECT * FROM ({query}) ORDER BY 2, 4 LIMIT {LIMIT + 1}"
        rows = connection.exec_driver_sql(listed, values).all()
        if not rows:
            continue
        count = len(rows)
        if count > LIMIT:
            count = int(connection.exec_driver_sql(f"SELECT count(*) FROM ({query})", values).scalar_one())
        yield code, count, [Suspect(code, r[0], r[1], r[2], r[3], str(r[4]), str(r[5])) for r in rows[:LIMIT]]


def negative_days(connection: Connection, *, until: int, accounts: tuple[str, ...]) -> list[tuple[str, str, int]]:
    """(account, day, balance in units) of the first day of each month on which an account stands below zero.

    Cash and banks cannot hold less than nothing; balances run over the whole fiscal year up to the month `until`.
    """
    marks = ", ".join("?" * len(accounts))
    rows = connection.exec_driver_sql(
        "WITH moved AS (SELECT coalesce(sub.code, main.code) AS fine, v.day AS moved_on,"
        " sum(CASE l.side WHEN 'D' THEN l.amount ELSE -l.amount END) AS change"
        " FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id JOIN account AS main ON main.id = l.main"
        f" LEFT JOIN account AS sub ON sub.id = l.sub WHERE v.state = ? AND v.period <= ? AND main.code IN ({marks})"
        " GROUP BY fine, moved_on), run AS (SELECT fine AS code, moved_on AS day,"
        " sum(change) OVER (PARTITION BY fine ORDER BY moved_on) AS balance"
        " FROM moved) SELECT code, min(day), balance FROM run"
        " WHERE balance < 0 AND replace(substr(day, 1, 7), '-', '') = ?"
        " GROUP BY code ORDER BY code",
        (IN_FORCE, until, *accounts, str(until)),
    )
    return [(row[0], row[1], row[2]) for row in rows]
