"""Series and documents of every kind; the Ministry of Trade's number of an export invoice.

The two checks only let more through, so the tables need not be written anew: their text in SQLite's own schema is
replaced, as SQLite's ALTER TABLE page describes for a change that touches no stored row.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHECKS = (
    (
        "series",
        "purpose IN ('einvoice', 'export', 'earchive', 'earchive_internet')",
        "purpose IN ('einvoice', 'export', 'earchive', 'earchive_internet', 'despatch', 'receipt', 'creditnote', "
        "'smm')",
    ),
    (
        "document",
        "kind IN ('invoice', 'earchive', 'despatch', 'receipt', 'creditnote', 'application-response')",
        "kind IN ('invoice', 'earchive', 'despatch', 'receipt', 'creditnote', 'smm', 'application-response')",
    ),
)


class CheckNotFound(Exception):
    """The table does not have the check that this step widens."""


def upgrade() -> None:
    """Raises: CheckNotFound, so that nothing is upgraded by half."""
    connection = op.get_bind()
    op.execute("ALTER TABLE document ADD COLUMN gtb_refno VARCHAR DEFAULT '' NOT NULL")
    version = int(connection.exec_driver_sql("PRAGMA schema_version").scalar() or 0)
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        for table, old, new in CHECKS:
            changed = connection.exec_driver_sql(
                "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?"
                " AND instr(sql, ?) > 0",
                (old, new, table, old),
            )
            if changed.rowcount != 1:
                raise CheckNotFound(table)
        connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        # RESET also makes this connection read the schema again.
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")
