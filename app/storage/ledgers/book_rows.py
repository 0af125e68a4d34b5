"""A month's lines as the writer of the ledgers takes them: straight from SQLite, as stored, with flat memory.

Used in child processes, which import no SQLAlchemy. Rows of text come as UTF-8 (never decoded, for they go into a file
as they are); order is made of row ids, so that a sort holds some bytes of a line and not all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, cast

from app.domain.books import AccountTotal, EntryHead, LineRow, LineSize, LineWeights
from app.storage.ledgers.tables import IN_FORCE

#: Lines of a batch: some hundred kilobytes of XML.
BATCH: Final = 500
_CACHE_KB: Final = 48 * 1024
_KEPT_NAMES: Final = 20_000
_COLUMNS: Final = (
    "CAST(v.entry AS TEXT), CAST(l.entry_line AS TEXT), v.day, l.main, coalesce(l.sub, 0), l.amount, l.side,"
    " l.document_type, l.document_description, l.document_number, l.document_reference, l.document_day,"
    " l.payment_method, l.comment, l.currency, l.currency_amount, l.currency_rate, l.currency_rate_day,"
    " l.amount_currency, l.rate_source, l.rate_comment, l.measure_quantity, l.measure_cost"
)
#: SQLite keeps the order of a sub-select only where it has a limit.
_ALL: Final = 1 << 60
_WHERE: Final = "v.state = ? AND v.period = ? AND v.branch_no = ? AND v.entry BETWEEN ? AND ?"
_LINES: Final = "FROM voucher AS v CROSS JOIN line AS l ON l.voucher_id = v.id"


class BookRows:
    """One snapshot of a month of a branch. One thread. Close it, or use it with `with`."""

    def __init__(self, path: Path, *, period: int, branch_no: str) -> None:
        with _translated():
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.text_factory = bytes
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("PRAGMA busy_timeout = 10000")
            self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            # Sorted keys of a large part go to a file, not into memory.
            self._connection.execute("PRAGMA temp_store = FILE")
            self._connection.execute("BEGIN")
        self._month = (IN_FORCE, period, branch_no)
        self._names: dict[tuple[int, int], tuple[bytes, bytes, bytes, bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the snapshot."""
        self._connection.close()

    def journal(self, first: int, last: int) -> Iterator[list[LineRow]]:
        """The lines of these madde numbers (both included) in the order of the journal: madde, line."""
        rows = self._rows(
            f"SELECT {_COLUMNS} {_LINES} WHERE {_WHERE} ORDER BY v.entry, l.entry_line, l.id",
            (*self._month, first, last),
        )
        return cast(Iterator[list[LineRow]], rows)

    def heads(self, first: int, last: int) -> Iterator[EntryHead]:
        """The heads of the vouchers in the order of the journal."""
        rows = self._rows(
            "SELECT CAST(v.entry AS TEXT), v.day, v.entered_by, v.entry_number, v.comment, v.debit, v.credit"
            f" FROM voucher AS v WHERE {_WHERE} ORDER BY v.entry",
            (*self._month, first, last),
        )
        for batch in rows:
            yield from map(EntryHead._make, batch)

    def ledger(self, first: int, last: int) -> tuple[list[AccountTotal], Iterator[Sequence[LineRow]]]:
        """The sums of every account, and the lines in the order of the general ledger: account codes, then madde, line.

        Held in memory until they are taken: a part of 200 MB has at most some 240,000 lines, about 140 MB.
        """
        rows = [row for batch in self.journal(first, last) for row in batch]
        sums: dict[tuple[int, int], list[int]] = {}
        accounts = [(row[3], row[4]) for row in rows]
        for account, row in zip(accounts, rows, strict=True):
            found = sums.get(account)
            if found is None:
                found = sums[account] = [0, 0, 0]
            found[row[6] != b"D"] += row[5]
            found[2] += 1
        codes = {account: self.names(*account)[::2] for account in sums}
        # One code may have been called by several names: they are one account.
        places = {code: place for place, code in enumerate(sorted(set(codes.values())))}
        totals = [AccountTotal(main, sub, 0, 0, 0) for main, sub in places]
        for account, (debit, credit, lines) in sums.items():
            place = places[codes[account]]
            main, sub, *before = totals[place]
            totals[place] = AccountTotal(main, sub, before[0] + debit, before[1] + credit, before[2] + lines)
        keys = [places[codes[account]] for account in accounts]
        del accounts
        order = sorted(range(len(rows)), key=keys.__getitem__)
        return totals, _slices(rows, order)

    def sizes(self, first: int, last: int, weights: LineWeights) -> Iterator[list[LineSize]]:
        """What decides how large every line will be in the journal, in its order; nothing is written for it."""
        texts = ("document_type", "document_description", "document_number", "document_reference", "document_day",
                 "payment_method", "comment")  # fmt: skip
        rare = ("currency", "currency_rate", "amount_currency", "rate_source", "rate_comment", "measure_quantity",
                "measure_cost")  # fmt: skip
        has_currency = "(l.currency <> '' OR l.amount_currency <> '')"
        has_measure = "(l.measure_quantity <> '')"
        size = " + ".join(
            [
                # Digits of the amount, its point and two more where it is small; side and day.
                f"{weights.bare + 13} + length(v.entry) + length(l.entry_line) + length(l.amount)",
                *(f"(l.{name} <> '') * {getattr(weights, name)}" for name in texts),
                f"{has_currency} * {weights.currency} + {has_measure} * {weights.measure}",
            ]
        )
        words = " || ".join(f"l.{name}" for name in texts)
        more = " || ".join(f"l.{name}" for name in rare)
        rows = self._rows(
            f"SELECT v.entry, v.day, l.entry_line, l.main, coalesce(l.sub, 0), {size},"
            f" CASE WHEN {has_currency} OR {has_measure} THEN {words} || {more} ELSE {words} END, v.size, v.words"
            f" FROM (SELECT v.id, v.entry, v.day, {weights.head} + (v.comment <> '') * {weights.head_comment} AS size,"
            " v.entered_by || v.entry_number || v.comment AS words"
            f" FROM voucher AS v WHERE {_WHERE} ORDER BY v.entry LIMIT {_ALL}) AS v"
            " CROSS JOIN line AS l ON l.voucher_id = v.id",
            (*self._month, first, last),
        )
        return cast(Iterator[list[LineSize]], rows)

    def names(self, main: int, sub: int) -> tuple[bytes, bytes, bytes, bytes]:
        """Main code and name, sub code and name (empty where `sub` is 0)."""
        found = self._names.get((main, sub))
        if found is None:
            if len(self._names) > _KEPT_NAMES:
                self._names.clear()
            found = self._names[main, sub] = (*self._account(main), *(self._account(sub) if sub else (b"", b"")))
        return found

    def _account(self, account: int) -> tuple[bytes, bytes]:
        with _translated():
            row = self._connection.execute("SELECT code, name FROM account WHERE id = ?", (account,)).fetchone()
        return row[0], row[1]

    def _rows(self, statement: str, values: tuple[Any, ...]) -> Iterator[list[Any]]:
        with _translated():
            cursor = self._connection.execute(statement, values)
            while rows := cursor.fetchmany(BATCH):
                yield rows


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # Only now: it brings SQLAlchemy, which a child does without.
        from app.storage.errors import translate

        raise translate(error, "Defter veritabanı okunamadı.", reader=True) from error


def _slices(rows: list[LineRow], order: list[int]) -> Iterator[Sequence[LineRow]]:
    for start in range(0, len(order), BATCH):
        yield [rows[place] for place in order[start : start + BATCH]]
