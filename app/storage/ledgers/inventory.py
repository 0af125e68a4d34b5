"""Inventory lists of a fiscal year and the parts that were built from them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from app.domain.inventory import InventoryRow
from app.runtime.crashpoints import declare
from app.storage.ledgers.parts import FileRecord, Standing

LISTED = declare("ledger.inventory", "an inventory list of a day")
INVENTORY_BUILT = declare("ledger.inventory_built", "the record of a day's sealed inventory")

_COLUMNS = ", ".join(InventoryRow._fields)
_INSERT = f"INSERT INTO inventory_item (day, {_COLUMNS}) VALUES ({', '.join('?' * (len(InventoryRow._fields) + 1))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryPart:
    """A built part of a day's inventory. `part` 0 is the whole list."""

    part: int
    sequence: int
    last_entry: int
    last_line: int


def items_of(connection: Connection, *, day: str, branch_no: str | None = None) -> list[InventoryRow]:
    """The list of a day in the order of the ledger: main account, sub-account, then the source's order."""
    rows = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM inventory_item WHERE day = ? AND branch_no = coalesce(?, branch_no)"
        " ORDER BY branch_no, main_id, sub_id, source_line, id",
        (day, branch_no),
    )
    return [InventoryRow._make(row) for row in rows]


def days(connection: Connection) -> list[tuple[str, int, bool]]:
    """(ISO day, items, whether it was sealed) of every list of the year, in order."""
    rows = connection.exec_driver_sql(
        "SELECT day, count(*), day IN (SELECT day FROM inventory_part) FROM inventory_item GROUP BY day ORDER BY day"
    )
    return [(row[0], row[1], bool(row[2])) for row in rows]


def replace_items(connection: Connection, *, day: str, rows: list[InventoryRow]) -> None:
    """Put a list in the place of the day's earlier one; what was built of that one is forgotten."""
    connection.exec_driver_sql("DELETE FROM inventory_part WHERE day = ?", (day,))
    connection.exec_driver_sql("DELETE FROM inventory_item WHERE day = ?", (day,))
    if rows:
        connection.exec_driver_sql(_INSERT, [(day, *row) for row in rows])


def branches_of(connection: Connection, *, day: str) -> list[tuple[str, str]]:
    """(number, name) of the branches that the day's list names; ("", "") is a list without branches."""
    rows = connection.exec_driver_sql(
        "SELECT branch_no, max(branch_name) FROM inventory_item WHERE day = ? GROUP BY branch_no ORDER BY 1", (day,)
    )
    return [(row[0], row[1]) for row in rows]


def standing_before(connection: Connection, *, day: str, branch_no: str, since: str = "") -> Standing:
    """Where the numbers stand before the day; `since` is the ISO day on which they began again inside the year."""
    row = connection.exec_driver_sql(
        "SELECT last_entry, last_line, sequence FROM inventory_part WHERE day < ? AND day >= ? AND branch_no = ?"
        " ORDER BY day DESC, part DESC LIMIT 1",
        (day, since, branch_no),
    ).first()
    return Standing() if row is None else Standing(row[0], row[1], row[2])


def is_built(connection: Connection, *, day: str) -> bool:
    """Whether the day's inventory was sealed."""
    return connection.exec_driver_sql("SELECT 1 FROM inventory_part WHERE day = ? LIMIT 1", (day,)).first() is not None


def built_after(connection: Connection, *, day: str) -> bool:
    """Whether a later day of the year was sealed: its numbers go on from this one's."""
    return connection.exec_driver_sql("SELECT 1 FROM inventory_part WHERE day > ? LIMIT 1", (day,)).first() is not None


def replace_parts(
    connection: Connection,
    *,
    day: str,
    branch_no: str,
    parts: list[tuple[InventoryPart, list[FileRecord]]],
    at: str,
) -> None:
    """Take what was just built in the place of the day's earlier parts. `at` is an ISO time."""
    connection.exec_driver_sql("DELETE FROM inventory_part WHERE day = ? AND branch_no = ?", (day, branch_no))
    for part, files in parts:
        made = connection.exec_driver_sql(
            "INSERT INTO inventory_part (day, branch_no, part, sequence, last_entry, last_line)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (day, branch_no, part.part, part.sequence, part.last_entry, part.last_line),
        )
        connection.exec_driver_sql(
            "INSERT INTO inventory_file VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(made.lastrowid, f.kind, f.name, f.size_bytes, f.sha256, f.signature_value, at) for f in files],
        )
