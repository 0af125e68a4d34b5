"""The breaches in a month's data, found by the database itself: one query a rule, so that a million lines stay there.

Every query gives the first breaches in the order of the journal and the caller learns how many there are. What is
asked of lines is asked of all of them in one pass first; only a rule that is broken is then asked who broke it.
Numbers must have been given first (`books.give_numbers`) and the accounts summed (`sums.refresh`).
Source: GİB e-Defter guides as the fact sheet sums them up (sections 5, 6, 11 and 19).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from app.storage.ledgers.tables import IN_FORCE


class Suspect(NamedTuple):
    """One breach. `a` and `b` are what the sentence needs: an amount in units, a day, an account, a number.

    `lines` are how many lines of the voucher (or of the account) break the rule the same way.
    """

    code: str
    voucher_id: int
    entry: int
    reference: str
    source_line: int
    a: str
    b: str
    lines: int = 1


#: Of one rule this many are listed; of more the count is told.
LIMIT: Final = 1_000
_OF_MONTH: Final = "v.state = :state AND v.period = :period AND v.branch_no = :branch"
_VOUCHER: Final = f"FROM voucher AS v WHERE {_OF_MONTH}"
_LINES: Final = "FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
_LINE: Final = f"{_LINES} WHERE {_OF_MONTH}"
_NAMED: Final = (
    f"{_LINES} JOIN account AS main ON main.id = l.main LEFT JOIN account AS sub ON sub.id = l.sub WHERE {_OF_MONTH}"
)
_OF_VOUCHER: Final = "v.id AS id, v.entry AS entry, v.reference AS reference, v.source_line AS source_line"
_OF_LINE: Final = "v.id AS id, v.entry AS entry, v.reference AS reference, l.source_line AS source_line"
_TYPES: Final = "('check', 'invoice', 'order-customer', 'order-vendor', 'voucher', 'shipment', 'receipt', 'other')"
_FINE: Final = "coalesce(sub.code, main.code)"

#: Of vouchers: cheap, there are few beside their lines.
_VOUCHERS: Final = {
    "DEFTER.BALANCE": f"SELECT {_OF_VOUCHER}, v.debit AS a, v.credit AS b {_VOUCHER} AND v.debit <> v.credit",
    "DEFTER.ONE_LINE": f"SELECT {_OF_VOUCHER}, v.lines AS a, '' AS b {_VOUCHER} AND v.lines < 2",
    "DEFTER.ENTERED_BY": (
        f"SELECT {_OF_VOUCHER}, v.entered_by AS a, '' AS b {_VOUCHER} AND length(trim(v.entered_by)) < 2"
    ),
    "DEFTER.BRANCH_NO": (
        f"SELECT {_OF_VOUCHER}, v.branch_no AS a, '' AS b {_VOUCHER} AND v.branch_no <> ''"
        " AND (length(v.branch_no) <> 4 OR v.branch_no GLOB '*[^0-9]*' OR v.branch_no = '0000')"
    ),
}

#: Of madde numbers: those that we count ourselves have no gap and follow the days.
_NUMBERS: Final = {
    "DEFTER.DAY_BACK": (
        f"SELECT id, entry, reference, source_line, day AS a, before AS b FROM (SELECT {_OF_VOUCHER}, v.day AS day,"
        f" lag(v.day) OVER (ORDER BY v.entry, v.id) AS before {_VOUCHER}) WHERE day < before"
    ),
    "DEFTER.ENTRY_GAP": (
        f"SELECT id, entry, reference, source_line, before + 1 AS a, entry AS b FROM (SELECT {_OF_VOUCHER},"
        f" lag(v.entry, 1, :next_entry - 1) OVER (ORDER BY v.entry, v.id) AS before {_VOUCHER})"
        " WHERE entry > before + 1"
    ),
    "DEFTER.ENTRY_TWICE": (
        f"SELECT id, entry, reference, source_line, entry AS a, earlier AS b FROM (SELECT {_OF_VOUCHER},"
        " lag(v.reference) OVER (PARTITION BY v.entry ORDER BY v.id) AS earlier"
        f" {_VOUCHER}) WHERE earlier IS NOT NULL"
    ),
    "DEFTER.ENTRY_LOW": (f"SELECT {_OF_VOUCHER}, v.entry AS a, :next_entry AS b {_VOUCHER} AND v.entry < :next_entry"),
}

#: Of lines: (condition, a, b). All conditions are asked in one pass.
LINE_RULES: Final[dict[str, tuple[str, str, str]]] = {
    "DEFTER.TWO_DAYS": ("l.day <> v.day", "v.day", "l.day"),
    "DEFTER.SIDE": ("l.side NOT IN ('D', 'C')", "l.side", _FINE),
    "DEFTER.AMOUNT_ZERO": ("l.amount <= 0", "l.amount", _FINE),
    "DEFTER.AMOUNT_DECIMALS": ("l.amount % 100 <> 0", "l.amount", _FINE),
    "DEFTER.DOCUMENT_TYPE": (
        f"l.document_type <> '' AND l.document_type NOT IN {_TYPES}",
        "l.document_type",
        "''",
    ),
    "DEFTER.DOCUMENT_NO_TYPE": (
        "l.document_type = '' AND (l.document_number <> '' OR l.document_day <> '')",
        "''",
        "''",
    ),
    "DEFTER.DOCUMENT_NUMBER": (
        "l.document_type IN ('invoice', 'check', 'other') AND trim(l.document_number) = ''",
        "''",
        "''",
    ),
    "DEFTER.DOCUMENT_DAY": ("l.document_type IN ('invoice', 'check', 'other') AND l.document_day = ''", "''", "''"),
    "DEFTER.DOCUMENT_TEXT": ("l.document_type = 'other' AND trim(l.document_description) = ''", "''", "''"),
    "DEFTER.DOCUMENT_EXPECTED": (
        "l.document_type IN ('order-customer', 'order-vendor', 'voucher', 'shipment', 'receipt')"
        " AND (l.document_number = '' OR l.document_day = '')",
        "''",
        "''",
    ),
    "DEFTER.DOCUMENT_EXTRA": (
        "l.document_description <> '' AND l.document_type <> 'other' AND l.document_type <> ''",
        "l.document_description",
        "l.document_type",
    ),
    "DEFTER.DOCUMENT_ACT": (
        "l.document_type = 'other' AND lower(trim(l.document_description)) IN (SELECT value FROM json_each(:acts))",
        "l.document_description",
        "''",
    ),
    "DEFTER.DOCUMENT_SMM": (
        "l.document_type = 'receipt' AND lower(l.document_description || ' ' || l.comment) LIKE '%serbest meslek%'",
        "''",
        "''",
    ),
    "DEFTER.DOCUMENT_ETTN": (
        "length(l.document_number) = 36 AND l.document_number GLOB '????????-????-????-????-????????????'",
        "l.document_number",
        "''",
    ),
    "DEFTER.DOCUMENT_LATER": ("l.document_type = 'invoice' AND l.document_day > l.day", "l.document_day", "l.day"),
    "DEFTER.DOCUMENT_REFERENCE": (
        "l.document_reference <> '' AND v.entry_number <> '' AND l.document_reference <> v.entry_number",
        "l.document_reference",
        "v.entry_number",
    ),
    "DEFTER.CURRENCY_PAIR": (
        "(l.currency_amount <> 0 AND (l.currency = '' OR l.currency_rate_day = ''))"
        " OR (l.currency <> '' AND l.currency_rate = '')",
        "''",
        "''",
    ),
    "DEFTER.CURRENCY_CODE": (
        "l.currency <> '' AND (length(l.currency) <> 3 OR l.currency GLOB '*[^A-Z]*')",
        "l.currency",
        "''",
    ),
    "DEFTER.CURRENCY_RATE": (
        "l.currency_rate <> '' AND (l.currency_rate GLOB '*[^0-9.,]*' OR l.currency_rate NOT GLOB '*[1-9]*')",
        "l.currency_rate",
        "''",
    ),
}

#: Of documents: what only several lines together tell.
_DOCUMENTS: Final = {
    "DEFTER.SAME_DOCUMENT": (
        "SELECT id, entry, reference, source_line, number AS a, earlier AS b FROM (SELECT "
        f"{_OF_LINE}, l.document_number AS number, v.id AS this, first_value(v.id) OVER same AS first,"
        f" first_value(v.reference) OVER same AS earlier {_LINE} AND l.document_type = 'invoice'"
        " AND l.document_number <> '' AND l.main IN (SELECT id FROM account WHERE code IN ('120', '320'))"
        " WINDOW same AS (PARTITION BY l.document_number, l.sub, l.side, l.amount ORDER BY v.entry, l.id))"
        " WHERE this <> first"
    ),
    "DEFTER.DOCUMENT_GROUP": (
        f"SELECT id, entry, reference, source_line, count AS a, days AS b FROM (SELECT {_OF_VOUCHER}, "
        "(SELECT count(DISTINCT l.document_number) FROM line AS l"
        " WHERE l.voucher_id = v.id AND l.document_type = 'invoice') AS count,"
        " (SELECT CAST(julianday(max(l.document_day)) - julianday(min(l.document_day)) AS INTEGER) + 1 FROM line AS l"
        " WHERE l.voucher_id = v.id AND l.document_type = 'invoice' AND l.document_day <> '') AS days"
        # Most vouchers have one document: they are told by its number alone.
        f" {_VOUCHER} AND v.lines > 2 AND (SELECT max(l.document_number) > min(l.document_number) FROM line AS l"
        " WHERE l.voucher_id = v.id AND l.document_type = 'invoice')) WHERE count > 100 OR days > 10"
    ),
    "DEFTER.DOCUMENT_MIXED": (
        f"SELECT {_OF_VOUCHER}, '' AS a, '' AS b {_VOUCHER} AND v.lines > 1 AND EXISTS"
        " (SELECT 1 FROM line AS l WHERE l.voucher_id = v.id AND l.document_type = 'invoice') AND EXISTS (SELECT 1 FROM"
        " line AS l WHERE l.voucher_id = v.id AND l.document_type NOT IN ('invoice', ''))"
    ),
}

#: Of accounts, by the month's sums: (condition, a, b).
_ACCOUNTS: Final[dict[str, tuple[str, str, str]]] = {
    "DEFTER.MAIN_ACCOUNT": ("length(main.code) NOT IN (3, 4) OR main.code GLOB '*[^0-9]*'", "main.code", "''"),
    "DEFTER.SUB_ACCOUNT": (
        "sums.fine <> sums.main AND substr(fine.code, 1, length(main.code)) <> main.code",
        "fine.code",
        "main.code",
    ),
    "DEFTER.ACCOUNT_NAME": (
        "trim(main.name) = '' OR trim(fine.name) = ''",
        "CASE WHEN trim(fine.name) = '' THEN fine.code ELSE main.code END",
        "''",
    ),
}

_LINE_GAP: Final = (
    f"SELECT id, entry, reference, source_line, before + 1 AS a, number AS b FROM (SELECT {_OF_LINE},"
    " l.entry_line AS number, lag(l.entry_line, 1, :next_line - 1) OVER (ORDER BY v.entry, l.entry_line, l.id)"
    f" AS before {_LINE}) WHERE number <> before + 1"
)

#: Every rule that is asked here.
CODES: Final = frozenset({*_VOUCHERS, *_NUMBERS, *LINE_RULES, *_DOCUMENTS, *_ACCOUNTS, "DEFTER.LINE_GAP"})


def suspects(
    connection: Connection, *, period: int, branch_no: str, next_entry: int, next_line: int, acts: str = "[]"
) -> Iterator[tuple[str, int, list[Suspect]]]:
    """(code, how many, the first of them) for every rule that is broken. `next_entry`/`next_line` begin the month.

    `acts` is a JSON list of words that name an act where a document's name belongs.
    """
    values: dict[str, Any] = {
        "state": IN_FORCE,
        "period": period,
        "branch": branch_no,
        "next_entry": next_entry,
        "next_line": next_line,
        "acts": acts,
    }
    for code, query in _VOUCHERS.items():
        yield from _asked(connection, code, query, values)
    if _numbered_by_source(connection, f"{_VOUCHER} AND v.entry <> v.counter", values):
        for code, query in _NUMBERS.items():
            yield from _asked(connection, code, query, values)
    if _numbered_by_source(connection, f"{_LINE} AND l.entry_line <> l.number", values):
        yield from _asked(connection, "DEFTER.LINE_GAP", _LINE_GAP, values)
    for code in _broken(connection, values):
        condition, a, b = LINE_RULES[code]
        query = (
            f"SELECT id, entry, reference, min(source_line) AS source_line, a, b, count(*) AS lines FROM"
            f" (SELECT {_OF_LINE}, {a} AS a, {b} AS b {_NAMED} AND ({condition})) GROUP BY id, a, b"
        )
        yield from _asked(connection, code, query, values)
    for code, query in _DOCUMENTS.items():
        yield from _asked(connection, code, query, values)
    for code, (condition, a, b) in _ACCOUNTS.items():
        yield from _of_accounts(connection, code, condition, a, b, values)


def _numbered_by_source(connection: Connection, others: str, values: dict[str, Any]) -> bool:
    """Whether the source's numbers stand: there are no `others`."""
    return connection.exec_driver_sql(f"SELECT 1 {others} LIMIT 1", values).first() is None


def _broken(connection: Connection, values: dict[str, Any]) -> list[str]:
    """The rules of lines that a line of the month breaks. A month of clean lines costs one pass over them."""
    conditions = [f"({condition})" for condition, _, _ in LINE_RULES.values()]
    sums = ", ".join(f"total{condition}" for condition in conditions)
    row = connection.exec_driver_sql(f"SELECT {sums} {_LINE} AND ({' OR '.join(conditions)})", values).one()
    return [code for code, count in zip(LINE_RULES, row, strict=True) if count]


def _asked(
    connection: Connection, code: str, query: str, values: dict[str, Any]
) -> Iterator[tuple[str, int, list[Suspect]]]:
    rows = connection.exec_driver_sql(
        f"SELECT * FROM ({query}) ORDER BY entry, source_line LIMIT {LIMIT + 1}", values
    ).all()
    if not rows:
        return
    count = len(rows)
    if count > LIMIT:
        count = int(connection.exec_driver_sql(f"SELECT count(*) FROM ({query})", values).scalar_one())
    yield (
        code,
        count,
        [Suspect(code, r[0], r[1], r[2], r[3], str(r[4]), str(r[5]), r[6] if len(r) > 6 else 1) for r in rows[:LIMIT]],
    )


def _of_accounts(
    connection: Connection, code: str, condition: str, a: str, b: str, values: dict[str, Any]
) -> Iterator[tuple[str, int, list[Suspect]]]:
    """One breach an account, with the first line that moves it."""
    bad = connection.exec_driver_sql(
        f"SELECT sums.main, sums.fine, {a}, {b} FROM account_month AS sums JOIN account AS main ON main.id = sums.main"
        " JOIN account AS fine ON fine.id = sums.fine"
        f" WHERE sums.period = :period AND sums.branch_no = :branch AND ({condition}) ORDER BY 3, 4",
        values,
    ).all()
    if not bad:
        return
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    for main, fine, first, second in bad:
        seen.setdefault((first, second), (main, fine))
    found = []
    for (first, second), (main, fine) in list(seen.items())[:LIMIT]:
        row = connection.exec_driver_sql(
            f"SELECT {_OF_LINE}, count(*) OVER () {_LINE} AND l.main = :main AND coalesce(l.sub, l.main) = :fine"
            " ORDER BY v.entry, l.source_line LIMIT 1",
            {**values, "main": main, "fine": fine},
        ).one()
        found.append(Suspect(code, row[0], row[1], row[2], row[3], first, second, row[4]))
    yield code, len(seen), sorted(found, key=lambda one: (one.entry, one.source_line))
