"""Office-wide settings as JSON values by name. `runtime.settings` knows their types and floors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.runtime.crashpoints import declare
from app.storage import codec
from app.storage.database import OpenSession
from app.storage.models import SettingRow, table

#: For `db.write` around `save_setting`.
POINT = declare("db.settings", "a setting of the office")
_SETTING = table(SettingRow)


def load_settings(s: OpenSession) -> dict[str, Any]:
    """All stored values by name."""
    rows = s.execute(select(_SETTING.c.name, _SETTING.c.value).order_by(_SETTING.c.name))
    return {row.name: codec.loads(row.value) for row in rows}


def load_setting(s: OpenSession, name: str) -> Any:
    """One stored value, None when there is none."""
    text = s.execute(select(_SETTING.c.value).where(_SETTING.c.name == name)).scalar()
    return None if text is None else codec.loads(text)


def save_setting(s: OpenSession, name: str, value: object) -> None:
    """Store one JSON value. Raises: TypeError for a value that JSON cannot say."""
    text = codec.dumps(value)
    s.execute(
        upsert(SettingRow)
        .values(name=name, value=text)
        .on_conflict_do_update(index_elements=["name"], set_={"value": text})
    )
