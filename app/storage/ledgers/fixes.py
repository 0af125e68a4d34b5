"""What the user had us mend in the vouchers: every value as it was and as it is, so that it can be taken back.

The source's digest of a voucher stays: importing the same file again still changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from app.runtime.crashpoints import declare
from app.storage.folding import fold_keys
from app.storage.ledgers import sums
from app.storage.ledgers.suspects import LINE_RULES
from app.storage.ledgers.tables import IN_FORCE

MENDED = declare("ledger.mended", "what the user had us mend in a month's vouchers")
#: Fields of a line that may be completed; nothing else of a line is ever written by a fix.
FIELDS: Final = ("document_type", "document_description", "document_number", "document_day")
_COLUMNS: Final = "id, source_line, number, day, amount, side, " + ", ".join(FIELDS)


_AT_ONCE: Final = 1_000


class Change(NamedTuple):
    """One value of a row. `subject` is `line` or `voucher`; `name` a column, or `made` for a new voucher."""

    subject: str
    row_id: int
    name: str
    before: Any
    after: Any


class FixRow(NamedTuple):
    """A fix as it is kept; times are ISO texts, `undone_at` None while it stands."""

    id: int
    period: int
    kind: str
    code: str
    title: str
    who: str
    at: str
    undone_at: str | None
    changes: int


class DocumentLine(NamedTuple):
    """What a fix looks at of a line."""

    id: int
    source_line: int
    number: int
    day: str
    amount: int
    side: str
    document_type: str
    document_description: str
    document_number: str
    document_day: str


class Head(NamedTuple):
    """What a fix looks at of a voucher."""

    id: int
    reference: str
    day: str
    period: int
    counter: int
    branch_no: str


class Changed(Exception):
    """A row is no longer as the fix left it; the text names the voucher."""


def vouchers_breaking(
    connection: Connection, *, period: int, code: str, only: Sequence[int] = ()
) -> list[tuple[Head, list[DocumentLine], set[int]]]:
    """(head, all lines, ids of the lines that break the rule) of the month's vouchers that break a rule of lines."""
    condition = LINE_RULES[code][0].replace(":acts", "'[]'")
    broken: dict[int, set[int]] = {}
    chosen = " AND v.id IN (SELECT value FROM json_each(?))" if only else ""
    rows = connection.exec_driver_sql(
        "SELECT v.id, l.id FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        f" WHERE v.state = ? AND v.period = ?{chosen} AND ({condition}) ORDER BY v.day, v.entry, v.id",
        (IN_FORCE, period, json.dumps(list(only))) if only else (IN_FORCE, period),
    )
    for voucher_id, line_id in rows:
        broken.setdefault(voucher_id, set()).add(line_id)
    found = []
    wanted_ids = list(broken)
    for start in range(0, len(wanted_ids), _AT_ONCE):
        some = json.dumps(wanted_ids[start : start + _AT_ONCE])
        heads = connection.exec_driver_sql(
            "SELECT id, reference, day, period, counter, branch_no FROM voucher"
            " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY day, entry, id",
            (some,),
        ).all()
        lines: dict[int, list[DocumentLine]] = {}
        for voucher_id, *line in connection.exec_driver_sql(
            f"SELECT voucher_id, {_COLUMNS} FROM line WHERE voucher_id IN (SELECT value FROM json_each(?))"
            " ORDER BY voucher_id, source_line, id",
            (some,),
        ):
            lines.setdefault(voucher_id, []).append(DocumentLine(*line))
        found += [(Head(*head), lines[head[0]], broken[head[0]]) for head in heads]
    return found


def numbers_to_give(
    connection: Connection, *, period: int, branch_no: str, next_entry: int
) -> list[tuple[int, str, int, int, int]]:
    """(voucher, reference, source line, number now, number then) of vouchers whose number of ours would change."""
    rows = connection.exec_driver_sql(
        "SELECT id, reference, source_line, entry, given FROM (SELECT id, reference, source_line, entry,"
        " ? + row_number() OVER (ORDER BY day, source_line, id) AS given FROM voucher"
        " WHERE state = ? AND period = ? AND branch_no = ?) WHERE entry <> given ORDER BY given",
        (next_entry - 1, IN_FORCE, period, branch_no),
    ).all()
    if all(row[3] == 0 for row in rows):
        return []  # nobody has numbered the month yet
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def record(
    connection: Connection,
    *,
    period: int,
    kind: str,
    code: str,
    title: str,
    who: str,
    at: str,
    changes: Iterable[Change],
) -> int:
    """Keep a fix with all its changes; returns its id. The changes themselves are made by the functions below."""
    made = connection.exec_driver_sql(
        "INSERT INTO fix (period, kind, code, title, who, at) VALUES (?, ?, ?, ?, ?, ?)",
        (period, kind, code, title, who, at),
    )
    assert made.lastrowid is not None
    rows = [(made.lastrowid, *change) for change in changes]
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO fix_change (fix_id, subject, row_id, name, before, after) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
    sums.touch(connection, [period])
    return made.lastrowid


def complete(connection: Connection, changes: Iterable[Change]) -> None:
    """Write fields of lines. Raises: Changed when a line does not say what the change takes it to say."""
    for change in changes:
        if change.subject != "line" or change.name not in FIELDS:
            raise ValueError(f"no field of a fix: {change.subject}.{change.name}")
        _write(connection, change.name, change.row_id, change.before, change.after)


def split(connection: Connection, head: Head, day: str, line_ids: Sequence[int]) -> list[Change]:
    """Put the lines of another day into a voucher of their own; the changes, for `record`."""
    reference = _free_reference(connection, head)
    row = connection.exec_driver_sql(
        "SELECT import_id, branch_name, entry_number, comment, entered_by FROM voucher WHERE id = ?", (head.id,)
    ).one()
    first = connection.exec_driver_sql("SELECT min(source_line) FROM line WHERE id = ?", (line_ids[0],)).scalar_one()
    made = connection.exec_driver_sql(
        "INSERT INTO voucher (import_id, state, period, branch_no, branch_name, reference, day, entry_number, comment,"
        " entered_by, counter, debit, credit, lines, digest, source_line, folded)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?, ?)",
        (
            row[0],
            IN_FORCE,
            head.period,
            head.branch_no,
            row[1],
            reference,
            day,
            row[2],
            row[3],
            row[4],
            first,
            fold_keys(row[2], reference, row[3]),
        ),
    )
    new_id = int(made.lastrowid or 0)
    changes = [Change("voucher", new_id, "made", None, reference)]
    for line_id in line_ids:
        connection.exec_driver_sql("UPDATE line SET voucher_id = ? WHERE id = ?", (new_id, line_id))
        changes.append(Change("line", line_id, "voucher_id", head.id, new_id))
    _count_again(connection, head.id)
    _count_again(connection, new_id)
    return changes


def undo(connection: Connection, fix_id: int, *, at: str) -> int:
    """Take a fix back, the last change first; returns how many there were. Raises: Changed."""
    rows = [
        Change(*row)
        for row in connection.exec_driver_sql(
            "SELECT subject, row_id, name, before, after FROM fix_change WHERE fix_id = ? ORDER BY id DESC", (fix_id,)
        )
    ]
    vouchers: set[int] = set()
    for change in rows:
        if change.name == "made":
            left = connection.exec_driver_sql(
                "SELECT count(*) FROM line WHERE voucher_id = ?", (change.row_id,)
            ).scalar()
            if left:
                raise Changed(str(change.after))
            connection.exec_driver_sql("DELETE FROM voucher WHERE id = ?", (change.row_id,))
            vouchers.discard(change.row_id)
        else:
            _write(connection, change.name, change.row_id, change.after, change.before)
            if change.name == "voucher_id":
                vouchers |= {change.before, change.after}
    for voucher_id in vouchers:
        _count_again(connection, voucher_id)
    connection.exec_driver_sql("UPDATE fix SET undone_at = ? WHERE id = ?", (at, fix_id))
    period = connection.exec_driver_sql("SELECT period FROM fix WHERE id = ?", (fix_id,)).scalar_one()
    sums.touch(connection, [int(period)])
    return len(rows)


def fixes_of(connection: Connection, *, period: int) -> list[FixRow]:
    """The month's fixes, newest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, period, kind, code, title, who, at, undone_at,"
        " (SELECT count(*) FROM fix_change WHERE fix_id = fix.id)"
        " FROM fix WHERE period = ? ORDER BY id DESC",
        (period,),
    )
    return [FixRow(*row) for row in rows]


def changes_of(connection: Connection, fix_id: int) -> list[Change]:
    """What a fix changed, in the order in which it did."""
    rows = connection.exec_driver_sql(
        "SELECT subject, row_id, name, before, after FROM fix_change WHERE fix_id = ? ORDER BY id", (fix_id,)
    )
    return [Change(*row) for row in rows]


def _write(connection: Connection, name: str, line_id: int, before: Any, after: Any) -> None:
    done = connection.exec_driver_sql(
        f"UPDATE line SET {name} = ? WHERE id = ? AND {name} = ? AND voucher_id IN"
        " (SELECT id FROM voucher WHERE state = ?)",
        (after, line_id, before, IN_FORCE),
    ).rowcount
    if not done:
        raise Changed(str(before))


def _count_again(connection: Connection, voucher_id: int) -> None:
    connection.exec_driver_sql(
        "UPDATE voucher SET (debit, credit, lines) = (SELECT"
        " coalesce(sum(CASE side WHEN 'D' THEN amount ELSE 0 END), 0),"
        " coalesce(sum(CASE side WHEN 'C' THEN amount ELSE 0 END), 0), count(*) FROM line WHERE voucher_id = ?)"
        " WHERE id = ?",
        (voucher_id, voucher_id),
    )


def _free_reference(connection: Connection, head: Head) -> str:
    name, at, rest = head.reference.partition("@")
    number = 2
    while True:
        reference = f"{name} ({number}){at}{rest}"
        row = connection.exec_driver_sql(
            "SELECT 1 FROM voucher WHERE branch_no = ? AND reference = ?", (head.branch_no, reference)
        ).first()
        if row is None:
            return reference
        number += 1
