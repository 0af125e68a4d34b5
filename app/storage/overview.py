"""What waits, across companies: counts per client, answers about to lapse, what is stuck, what arrived unread.

Every statement names the companies, so that the (company, direction, …) indexes serve it and no table is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, func, literal_column, select, text

from app.domain.dates import ISTANBUL
from app.domain.lifecycle import Direction, State
from app.storage.database import OpenSession
from app.storage.document_rows import COLUMNS, DOCUMENT, record_of
from app.storage.models import CompanyRow, PollRow, table
from app.storage.records import DocumentRecord

_COMPANY = table(CompanyRow)
_POLL = table(PollRow)
#: Outgoing documents that a person has to send, and those that a person has to look at.
UNSENT = (State.DRAFT, State.READY, State.SEALED)
STUCK = (State.FAILED, State.UNKNOWN)
#: How far back an unread document still counts as newly arrived.
NEW_FOR = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits at one company (or, added up, at all). `urgent` of `answer_due` lapse within the time asked for."""

    unread: int = 0
    answer_due: int = 0
    urgent: int = 0
    unsent: int = 0
    queued: int = 0
    stuck: int = 0

    def __add__(self, other: Waiting) -> Waiting:
        return Waiting(**{name: getattr(self, name) + getattr(other, name) for name in Waiting.__dataclass_fields__})

    @property
    def is_clear(self) -> bool:
        return self == Waiting()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first `rows` of a list and how many there are altogether."""

    rows: list[DocumentRecord]
    total: int


def new_since(day: date) -> datetime:
    """From when on an unread document counts as newly arrived, on this day: the same for badge, list and overview."""
    return datetime.combine(day - NEW_FOR, time.min, tzinfo=ISTANBUL)


def waiting(s: OpenSession, *, now: datetime, urgent_within: timedelta) -> dict[int, Waiting]:
    """What waits at each company, by its id; every company is in it."""
    found: dict[int, Waiting] = {company_id: Waiting() for company_id in s.execute(select(_COMPANY.c.id)).scalars()}

    def note(name: str, condition: Any) -> None:
        rows = s.execute(
            select(DOCUMENT.c.company_id, func.count()).where(condition).group_by(DOCUMENT.c.company_id)
        ).all()
        for company_id, number in rows:
            found[company_id] = replace(found[company_id], **{name: number})

    note("answer_due", _in_states(Direction.IN, (State.ANSWER_DUE,)))
    note("urgent", _lapsing(now, now + urgent_within))
    note("unsent", _in_states(Direction.OUT, UNSENT))
    note("queued", _in_states(Direction.OUT, (State.QUEUED, State.SENDING)))
    note("stuck", _stuck())
    note("unread", _unread(now))
    return found


def due_answers(s: OpenSession, *, now: datetime, within: timedelta, limit: int = 200) -> Found:
    """Commercial invoices that nobody has answered and whose time ends soon, the most urgent first.

    Those whose time is over already are none of them: they cannot be answered any more.
    """
    return _found(s, _lapsing(now, now + within), (DOCUMENT.c.answer_due_at, DOCUMENT.c.id), limit)


def stuck(s: OpenSession, *, limit: int = 200) -> Found:
    """Failed sends, unknown outcomes and documents under manual review; what changed last first."""
    return _found(s, _stuck(), (DOCUMENT.c.updated_at.desc(), DOCUMENT.c.id.desc()), limit)


def arrived(s: OpenSession, *, now: datetime, limit: int = 200) -> Found:
    """Received documents that nobody has opened yet, newest first."""
    return _found(s, _unread(now), (DOCUMENT.c.arrived_at.desc(), DOCUMENT.c.id.desc()), limit)


def company_names(s: OpenSession) -> dict[int, str]:
    """The title of every company by its id; cheaper than the whole cards."""
    return {row.id: row.name for row in s.execute(select(_COMPANY.c.id, _COMPANY.c.name))}


def last_receive(s: OpenSession, account_ids: Iterable[int] | None = None) -> datetime | None:
    """When any of these accounts (or of all) was last asked for new documents; None for never."""
    statement = select(func.max(_POLL.c.at)).where(_POLL.c.what == "receive")
    if account_ids is not None:
        statement = statement.where(_POLL.c.account_id.in_(list(account_ids)))
    found: datetime | None = s.execute(statement).scalar()
    return found


def _in_states(direction: Direction, states: Sequence[State]) -> Any:
    return and_(_of_companies(direction), DOCUMENT.c.state.in_([state.value for state in states]))


def _of_companies(direction: Direction) -> Any:
    return and_(DOCUMENT.c.company_id.in_(select(_COMPANY.c.id)), DOCUMENT.c.direction == direction.value)


def _lapsing(start: datetime, end: datetime) -> Any:
    within = DOCUMENT.c.answer_due_at.between(start, end)
    return and_(_in_states(Direction.IN, (State.ANSWER_DUE,)), within)


def _stuck() -> Any:
    failed = select(DOCUMENT.c.id).where(_in_states(Direction.OUT, STUCK))
    # Named by hand: without statistics SQLite prefers a wide index over the small partial one and reads all of it.
    flagged: Any = (
        select(literal_column("id"))
        .select_from(text("document INDEXED BY ix_document_review"))
        .where(text("review_code <> ''"))
    )
    return DOCUMENT.c.id.in_(failed.union(flagged))


def _unread(now: datetime) -> Any:
    is_new = DOCUMENT.c.arrived_at >= new_since(now.astimezone(ISTANBUL).date())
    return and_(_of_companies(Direction.IN), is_new, DOCUMENT.c.is_read == False)  # noqa: E712


def _found(s: OpenSession, condition: Any, order: tuple[Any, ...], limit: int) -> Found:
    total = int(s.execute(select(func.count()).select_from(DOCUMENT).where(condition)).scalar() or 0)
    rows = [record_of(row) for row in s.execute(select(*COLUMNS).where(condition).order_by(*order).limit(limit))]
    return Found(rows=rows, total=total)
