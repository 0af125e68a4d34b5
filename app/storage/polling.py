"""When an account was last polled. In the database, so that restarts and the command line obey the floors too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.errors import ConfigError
from app.storage.database import OpenSession
from app.storage.models import AccountRow, PollRow, table

_POLL = table(PollRow)
_ACCOUNT = table(AccountRow)


def last_poll(s: OpenSession, account_id: int, what: str) -> datetime | None:
    """When this account was last asked for `what` ("receive", "status", ...); None for never."""
    found: datetime | None = s.execute(
        select(_POLL.c.at).where(_POLL.c.account_id == account_id, _POLL.c.what == what)
    ).scalar()
    return found


def mark_poll(s: OpenSession, account_id: int, what: str, at: datetime) -> None:
    """Remember the poll. Raises: ConfigError (ACCOUNT.UNKNOWN)."""
    company_id = s.execute(select(_ACCOUNT.c.company_id).where(_ACCOUNT.c.id == account_id)).scalar()
    if company_id is None:
        raise ConfigError("ACCOUNT.UNKNOWN", "Entegratör hesabı bulunamadı.", todo="Hesabı yeniden tanımlayın.")
    s.execute(
        upsert(PollRow)
        .values(account_id=account_id, what=what, company_id=company_id, at=at)
        .on_conflict_do_update(index_elements=["account_id", "what"], set_={"at": at})
    )


def restore_poll(s: OpenSession, account_id: int, what: str, at: datetime | None) -> None:
    """Take a mark back: the question never reached the other side. `at` is what stood there before, None for never."""
    if at is None:
        s.execute(delete(_POLL).where(_POLL.c.account_id == account_id, _POLL.c.what == what))
    else:
        mark_poll(s, account_id, what, at)
