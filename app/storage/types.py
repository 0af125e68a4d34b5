"""How values lie in the database, chosen once.

- A moment is an integer: microseconds since 1970-01-01 UTC. It sorts, compares and indexes faster than text.
- A day is ISO text (`2026-11-21`).
- Money is an integer of 1/10,000 (domain.money).
- A set of words (state, direction, kind) is its own text with a CHECK constraint.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

from app.domain.money import from_scaled, to_scaled

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment. Raises: ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment in the database must be aware")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC moment of a database integer."""
    return _EPOCH + timedelta(microseconds=micros)


class Moment(TypeDecorator[datetime]):
    """Aware datetime as integer microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else from_micros(value)


class Amount(TypeDecorator[Decimal]):
    """Decimal as an integer of 1/10,000. An absurd received amount that does not fit 64 bits is kept as NULL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        return None if value is None else to_scaled(value)

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else from_scaled(value)
