"""Intents, written before anything goes over the wire. One open intent per document and action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update

from app.domain.errors import RuleBroken, StorageError
from app.domain.lifecycle import State
from app.storage import codec
from app.storage.database import OpenSession
from app.storage.document_rows import DOCUMENT, fetch
from app.storage.models import OutboxRow, OutboxState, table
from app.storage.records import OutboxRecord

_OUTBOX = table(OutboxRow)
#: A clock that runs a little differently is no clock put right.
_CLOCK_SLACK = timedelta(minutes=5)
_OPEN = (OutboxState.WAITING.value, OutboxState.IN_FLIGHT.value)


def enqueue(
    s: OpenSession, company_id: int, document_id: int, action: str, payload: Mapping[str, Any], *, at: datetime
) -> OutboxRecord:
    """Write the intent down; call it in the same transaction as the state change.

    An open intent of the same document and action is returned as it is. Raises: RuleBroken (OUTBOX.PENDING) when that
    one says something else (an acceptance is waiting and a rejection is asked).
    """
    document = fetch(s, document_id)
    if document.company_id != company_id:
        raise StorageError("OUTBOX.COMPANY", "Belge başka bir firmaya ait.", todo="Firmayı kontrol edin.")
    text = codec.dumps(dict(payload))
    open_row = s.execute(
        select(_OUTBOX).where(
            _OUTBOX.c.document_id == document_id, _OUTBOX.c.action == action, _OUTBOX.c.state.in_(_OPEN)
        )
    ).one_or_none()
    if open_row is not None:
        if action == "answer" and open_row.payload != text:
            raise RuleBroken(
                "OUTBOX.PENDING",
                f"{document.number or document.ettn} için bekleyen bir yanıt var.",
                why="Bir faturaya yalnız bir yanıt verilebilir.",
                todo="Bekleyen yanıtın sonucunu bekleyin.",
            )
        return _record(open_row)
    outbox_id = s.execute(
        insert(_OUTBOX)
        .values(
            company_id=company_id,
            document_id=document_id,
            ettn=document.ettn,
            action=action,
            state=OutboxState.WAITING.value,
            tries=0,
            next_at=at,
            payload=text,
            error_code="",
            error_text="",
            created_at=at,
            updated_at=at,
        )
        .returning(_OUTBOX.c.id)
    ).scalar_one()
    return get(s, outbox_id)


def get(s: OpenSession, outbox_id: int) -> OutboxRecord:
    """Raises: StorageError (OUTBOX.UNKNOWN)."""
    row = s.execute(select(_OUTBOX).where(_OUTBOX.c.id == outbox_id)).one_or_none()
    if row is None:
        raise _unknown()
    return _record(row)


def due(
    s: OpenSession, company_id: int, *, now: datetime, action: str | None = None, limit: int = 1000
) -> list[OutboxRecord]:
    """Waiting intents whose time has come, oldest first.

    One that was last touched in the future waits no longer: the computer's clock was wrong then, and its time might
    come years late.
    """
    statement = (
        select(_OUTBOX)
        .where(
            _OUTBOX.c.company_id == company_id,
            _OUTBOX.c.state == OutboxState.WAITING.value,
            or_(_OUTBOX.c.next_at <= now, _OUTBOX.c.updated_at > now + _CLOCK_SLACK),
        )
        .order_by(_OUTBOX.c.next_at, _OUTBOX.c.id)
        .limit(limit)
    )
    if action is not None:
        statement = statement.where(_OUTBOX.c.action == action)
    return [_record(row) for row in s.execute(statement)]


def open_for(s: OpenSession, document_id: int, action: str | None = None) -> list[OutboxRecord]:
    """Waiting and in-flight intents of one document."""
    statement = select(_OUTBOX).where(_OUTBOX.c.document_id == document_id, _OUTBOX.c.state.in_(_OPEN))
    if action is not None:
        statement = statement.where(_OUTBOX.c.action == action)
    return [_record(row) for row in s.execute(statement.order_by(_OUTBOX.c.id))]


def open_by_document(s: OpenSession, document_ids: Iterable[int], action: str) -> dict[int, OutboxRecord]:
    """The open intent of each of these documents, for lists; documents without one are left out."""
    rows = s.execute(
        select(_OUTBOX).where(
            _OUTBOX.c.document_id.in_(list(document_ids)), _OUTBOX.c.action == action, _OUTBOX.c.state.in_(_OPEN)
        )
    )
    return {row.document_id: _record(row) for row in rows}


def unfinished(s: OpenSession, document_id: int, action: str | None = None) -> list[OutboxRecord]:
    """The intents of one document that have no end yet: open ones and those parked for a person."""
    wanted = (*_OPEN, OutboxState.PARKED.value)
    return [r for r in for_document(s, document_id) if r.state in wanted and action in (None, r.action)]


def for_document(s: OpenSession, document_id: int) -> list[OutboxRecord]:
    """All intents of one document, ended ones too."""
    return [
        _record(row)
        for row in s.execute(select(_OUTBOX).where(_OUTBOX.c.document_id == document_id).order_by(_OUTBOX.c.id))
    ]


def next_due_at(s: OpenSession, company_id: int) -> datetime | None:
    """When the next waiting intent comes due; None when nothing waits."""
    found: datetime | None = s.execute(
        select(_OUTBOX.c.next_at)
        .where(_OUTBOX.c.company_id == company_id, _OUTBOX.c.state == OutboxState.WAITING.value)
        .order_by(_OUTBOX.c.next_at)
        .limit(1)
    ).scalar()
    return found


def begin(s: OpenSession, ids: Iterable[int], *, at: datetime) -> None:
    """Mark waiting intents as on the wire and count the try. Commit before the call.

    Raises: StorageError (OUTBOX.STATE) when one of them is not waiting: somebody else has it.
    """
    wanted = list(ids)
    done: Any = s.execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.id.in_(wanted), _OUTBOX.c.state == OutboxState.WAITING.value)
        .values(state=OutboxState.IN_FLIGHT.value, tries=_OUTBOX.c.tries + 1, updated_at=at)
    )
    if done.rowcount != len(set(wanted)):
        raise StorageError(
            "OUTBOX.STATE",
            "Gönderim başlatılamadı.",
            why="Kuyruktaki bir iş bu sırada başka bir pencere veya komut tarafından ele alındı.",
            todo="Yeniden eşitleyin.",
            retry_safe=True,
        )


def settle(s: OpenSession, outbox_id: int, *, at: datetime) -> None:
    """The intent is done."""
    _end(s, outbox_id, at=at, state=OutboxState.DONE.value, error_code="", error_text="")


def postpone(
    s: OpenSession,
    outbox_id: int,
    *,
    until: datetime,
    error_code: str,
    error_text: str,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Back to waiting until `until`, with the reason; `payload` replaces the stored one."""
    values: dict[str, Any] = {"next_at": until, "error_code": error_code, "error_text": error_text}
    if payload is not None:
        values["payload"] = codec.dumps(dict(payload))
    _end(s, outbox_id, at=at, state=OutboxState.WAITING.value, **values)


def park(
    s: OpenSession,
    outbox_id: int,
    *,
    error_code: str,
    error_text: str,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Given up by the engine: a person decides (the document carries the flag). `payload` replaces the stored one."""
    values: dict[str, Any] = {"error_code": error_code, "error_text": error_text}
    if payload is not None:
        values["payload"] = codec.dumps(dict(payload))
    _end(s, outbox_id, at=at, state=OutboxState.PARKED.value, **values)


def withdraw(s: OpenSession, outbox_id: int, *, at: datetime, reason: str = "") -> None:
    """The user took the intent back before it was on the wire. Raises: StorageError (OUTBOX.STATE) when it is."""
    if get(s, outbox_id).state == OutboxState.IN_FLIGHT.value:
        raise StorageError(
            "OUTBOX.STATE", "Gönderim başlamış, geri alınamaz.", todo="Sonucunu bekleyin.", retry_safe=True
        )
    _end(s, outbox_id, at=at, state=OutboxState.WITHDRAWN.value, error_text=reason)


def in_flight(s: OpenSession, company_id: int) -> list[OutboxRecord]:
    """Intents that were on the wire when a process died. Meaningful only under the company's lease."""
    rows = s.execute(
        select(_OUTBOX)
        .where(_OUTBOX.c.company_id == company_id, _OUTBOX.c.state == OutboxState.IN_FLIGHT.value)
        .order_by(_OUTBOX.c.id)
    )
    return [_record(row) for row in rows]


def of_unknown_outcome(s: OpenSession, company_id: int) -> list[OutboxRecord]:
    """Open sends and answers that went out and whose outcome only the integrator that got them can tell."""
    rows = s.execute(
        select(_OUTBOX)
        .join(DOCUMENT, DOCUMENT.c.id == _OUTBOX.c.document_id)
        .where(
            _OUTBOX.c.company_id == company_id,
            _OUTBOX.c.state.in_(_OPEN),
            _OUTBOX.c.action.in_(["send", "answer"]),
            or_(
                _OUTBOX.c.state == OutboxState.IN_FLIGHT.value,
                DOCUMENT.c.state.in_([State.SENDING.value, State.UNKNOWN.value]),
                _OUTBOX.c.action == "answer",
            ),
        )
        .order_by(_OUTBOX.c.id)
    )
    found = [_record(row) for row in rows]
    return [r for r in found if r.action == "send" or r.state == OutboxState.IN_FLIGHT.value or r.payload.get("ask")]


def _end(s: OpenSession, outbox_id: int, *, at: datetime, **values: Any) -> None:
    done: Any = s.execute(
        update(_OUTBOX)
        .where(_OUTBOX.c.id == outbox_id, _OUTBOX.c.state.in_((*_OPEN, OutboxState.PARKED.value)))
        .values(updated_at=at, **values)
    )
    if done.rowcount != 1:
        raise _unknown()


def _unknown() -> StorageError:
    return StorageError("OUTBOX.UNKNOWN", "Kuyruk kaydı bulunamadı ya da kapanmış.", todo="Listeyi yenileyin.")


def _record(row: Any) -> OutboxRecord:
    return OutboxRecord(
        id=row.id,
        company_id=row.company_id,
        document_id=row.document_id,
        ettn=row.ettn,
        action=row.action,
        state=row.state,
        tries=row.tries,
        next_at=row.next_at,
        payload=codec.loads(row.payload),
        error_code=row.error_code,
        error_text=row.error_text,
    )
