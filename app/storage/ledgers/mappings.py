"""Column mappings that the office keeps under a name, for next month's file of the same program."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy.engine import Connection

from app.runtime.crashpoints import declare

KEPT = declare("ledger.mapping", "a column mapping under its name")


def save_mapping(connection: Connection, name: str, body: dict[str, Any]) -> None:
    """Keep `body` (JSON values) under `name`; an earlier one of the name is replaced."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    connection.exec_driver_sql("INSERT OR REPLACE INTO mapping (name, body) VALUES (?, ?)", (name, text))


def load_mapping(connection: Connection, name: str) -> dict[str, Any] | None:
    """What was kept under `name`; None when nothing was."""
    text = connection.exec_driver_sql("SELECT body FROM mapping WHERE name = ?", (name,)).scalar()
    return None if text is None else dict(json.loads(text))


def mapping_names(connection: Connection) -> list[str]:
    """All names, in order."""
    return [row[0] for row in connection.exec_driver_sql("SELECT name FROM mapping ORDER BY name")]


def delete_mapping(connection: Connection, name: str) -> bool:
    """Whether there was one to forget."""
    return connection.exec_driver_sql("DELETE FROM mapping WHERE name = ?", (name,)).rowcount > 0
