"""The mark of a restored company: what was numbered and sent after the backup is not in this database any more.

`backup.restore` sets it in the copy before that becomes the live file; `workflows.catching_up` takes it away once the
integrator has been asked. It lies in the office-wide settings, one row per company, so that backups of older versions
need no migration for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.storage import codec
from app.storage.database import OpenSession
from app.storage.models import SettingRow, table
from app.storage.settings_store import save_setting
from app.storage.types import from_micros

_SETTING = table(SettingRow)
_PREFIX = "restored:"
_UPSERT = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredMark:
    """`at` is when the backup was put in place, `since` when a document of the company last changed in it.

    `since` None: it held no document. With `is_numbered` the numbers are safe again and only received documents are
    still to be brought.
    """

    at: datetime
    since: datetime | None
    is_numbered: bool = False


def mark_all(connection: sqlite3.Connection, *, at: datetime) -> int:
    """Mark every company of a database file that is not in use yet; returns how many.

    A mark that was never worked off keeps its older `since`: documents may have been made meanwhile.
    """
    companies = connection.execute(
        "SELECT c.id, max(d.updated_at) FROM company c LEFT JOIN document d ON d.company_id = c.id GROUP BY c.id"
    ).fetchall()
    for company_id, micros in companies:
        name = f"{_PREFIX}{company_id}"
        row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        since = None if micros is None else from_micros(micros)
        if row is not None:
            since = _read(codec.loads(row[0])).since
        connection.execute(_UPSERT, (name, codec.dumps(_shown(RestoredMark(at=at, since=since)))))
    return len(companies)


def mark_of(s: OpenSession, company_id: int) -> RestoredMark | None:
    """The company's mark, None when nothing is to be caught up."""
    text = s.execute(select(_SETTING.c.value).where(_SETTING.c.name == f"{_PREFIX}{company_id}")).scalar()
    return None if text is None else _read(codec.loads(text))


def mark_numbered(s: OpenSession, company_id: int, mark: RestoredMark) -> None:
    """Say that no number of this company can be given twice any more."""
    save_setting(s, f"{_PREFIX}{company_id}", _shown(RestoredMark(at=mark.at, since=mark.since, is_numbered=True)))


def clear(s: OpenSession, company_id: int) -> None:
    """Everything is caught up."""
    s.execute(delete(_SETTING).where(_SETTING.c.name == f"{_PREFIX}{company_id}"))


def _shown(mark: RestoredMark) -> dict[str, Any]:
    since = mark.since.isoformat() if mark.since is not None else None
    return {"at": mark.at.isoformat(), "since": since, "is_numbered": mark.is_numbered}


def _read(value: Mapping[str, Any]) -> RestoredMark:
    since = value["since"]
    return RestoredMark(
        at=datetime.fromisoformat(value["at"]),
        since=None if since is None else datetime.fromisoformat(since),
        is_numbered=value["is_numbered"],
    )
