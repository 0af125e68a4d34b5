"""What a check found in a month, kept until the next check, with a mark of the data that it was found in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy.engine import Connection


class KeptFinding(NamedTuple):
    """A finding as it is kept; `severity` is a `Severity` value."""

    severity: str
    code: str
    message: str
    explanation: str
    voucher_id: int
    entry: int
    reference: str
    line: int


class KeptCheck(NamedTuple):
    """A check as it is kept. `facts` is JSON, `mark` tells the state of the data, `checked_at` is an ISO time."""

    branch_no: str
    checked_at: str
    mark: str
    facts: str


_COLUMNS = ", ".join(KeptFinding._fields)
_INSERT = (
    f"INSERT INTO month_finding (period, branch_no, place, {_COLUMNS})"
    f" VALUES ({', '.join('?' * (3 + len(KeptFinding._fields)))})"
)


def keep(connection: Connection, *, period: int, check: KeptCheck, findings: Iterable[KeptFinding]) -> None:
    """Put a check in the place of the month's earlier one. Inside a write transaction."""
    where = (period, check.branch_no)
    connection.exec_driver_sql("DELETE FROM month_finding WHERE period = ? AND branch_no = ?", where)
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO month_check (period, branch_no, checked_at, mark, facts) VALUES (?, ?, ?, ?, ?)",
        (period, *check),
    )
    rows = [(*where, place, *finding) for place, finding in enumerate(findings)]
    if rows:
        connection.exec_driver_sql(_INSERT, rows)


def has_any(connection: Connection, *, period: int, branch_no: str, codes: Sequence[str]) -> bool:
    """Whether the month's last check found one of these."""
    row = connection.exec_driver_sql(
        f"SELECT 1 FROM month_finding WHERE period = ? AND branch_no = ? AND code IN ({', '.join('?' * len(codes))})"
        " LIMIT 1",
        (period, branch_no, *codes),
    ).first()
    return row is not None


def checks_of(connection: Connection, *, period: int) -> list[tuple[KeptCheck, list[KeptFinding]]]:
    """The month's last checks, a branch each, with what they found; empty when nobody has checked it."""
    checks = connection.exec_driver_sql(
        "SELECT branch_no, checked_at, mark, facts FROM month_check WHERE period = ? ORDER BY branch_no", (period,)
    ).all()
    found = []
    for row in checks:
        findings = connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM month_finding WHERE period = ? AND branch_no = ? ORDER BY place", (period, row[0])
        )
        found.append((KeptCheck(*row), [KeptFinding(*one) for one in findings]))
    return found
