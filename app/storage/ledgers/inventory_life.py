"""How far a day's inventory has come after it was sealed: filed at GİB, approved."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from app.domain.voucher import PeriodState
from app.runtime.crashpoints import declare

INVENTORY_MOVED = declare("ledger.inventory_moved", "the word that a day's inventory was filed or approved")
_BERAT = "EB"


def state_of(connection: Connection, *, day: str) -> PeriodState | None:
    """IMPORTED with a list, BERAT_SEALED when it was built, FILED, COMPLETED; None for a day without a list."""
    # A row below FILED only keeps the note of an inventory that was taken back.
    value = connection.exec_driver_sql(
        f"SELECT min(state) FROM inventory_day WHERE day = ? AND state >= {PeriodState.FILED:d}", (day,)
    ).scalar()
    if value is not None:
        return PeriodState(value)
    for table, state in (("inventory_part", PeriodState.BERAT_SEALED), ("inventory_item", PeriodState.IMPORTED)):
        if connection.exec_driver_sql(f"SELECT 1 FROM {table} WHERE day = ? LIMIT 1", (day,)).first() is not None:
            return state
    return None


def set_state(connection: Connection, *, day: str, state: PeriodState, at: str) -> None:
    """The day's inventory, all its branches, has come so far. `at` is an ISO time."""
    connection.exec_driver_sql(
        "INSERT INTO inventory_day (day, branch_no, state, changed_at)"
        " SELECT DISTINCT day, branch_no, ?, ? FROM inventory_part WHERE day = ?"
        " ON CONFLICT (day, branch_no) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
        (int(state), at, day),
    )


def forget(connection: Connection, *, day: str, note: str) -> None:
    """The day may be built again; `note` says who deleted it in GİB's portal and when, and stays."""
    connection.exec_driver_sql("DELETE FROM inventory_part WHERE day = ?", (day,))
    connection.exec_driver_sql("DELETE FROM inventory_day WHERE day = ?", (day,))
    if note:
        connection.exec_driver_sql(
            "INSERT INTO inventory_day (day, branch_no, state, changed_at, note)"
            " SELECT ?, coalesce(min(branch_no), ''), ?, '', ? FROM inventory_item WHERE day = ?",
            (day, int(PeriodState.IMPORTED), note, day),
        )


def berats_of(connection: Connection, *, day: str) -> list[str]:
    """The names of the berats that were built of the day."""
    rows = connection.exec_driver_sql(
        "SELECT f.name FROM inventory_file AS f JOIN inventory_part AS p ON p.id = f.part_id"
        " WHERE p.day = ? AND f.kind = ? ORDER BY f.name",
        (day, _BERAT),
    )
    return [row[0] for row in rows]
