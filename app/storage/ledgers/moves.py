"""What is to be moved in the tree since a month's record was written: kept with that record, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from app.runtime.crashpoints import declare

MOVED = declare("ledger.moved", "the word that a month's files have all taken their places")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMove:
    """A file's way, both ends absolute. `is_aside`: a signed file that leaves its place; never written over."""

    source: str
    target: str
    is_aside: bool


def plan_moves(connection: Connection, moves: Iterable[PendingMove]) -> None:
    """Keep what is to be moved, in this order."""
    rows = [(move.source, move.target, int(move.is_aside)) for move in moves]
    if rows:
        connection.exec_driver_sql("INSERT INTO pending_move (source, target, is_aside) VALUES (?, ?, ?)", rows)


def pending_moves(connection: Connection) -> list[PendingMove]:
    """What is still to be moved, in its order."""
    rows = connection.exec_driver_sql("SELECT source, target, is_aside FROM pending_move ORDER BY id")
    return [PendingMove(source=row[0], target=row[1], is_aside=bool(row[2])) for row in rows]


def forget_moves(connection: Connection) -> None:
    """Everything stands where it belongs."""
    connection.exec_driver_sql("DELETE FROM pending_move")
