"""What every verb needs: the database, the clock and who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.connectors.base import EndpointKind
from app.domain.protocols import Clock, NoProgress, Progress
from app.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """Handed to each workflow. `owner` names this window or command in leases, e.g. `pencere` or `muhurdar sync`."""

    db: Database
    clock: Clock
    owner: str
    progress: Progress = field(default_factory=NoProgress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a company's documents go: which kind of place, and what the account is called.

    `max_request_bytes` is how large an encoded request may be; 0 means no limit is known.
    """

    kind: EndpointKind
    title: str
    max_request_bytes: int = 0
