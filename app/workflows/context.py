"""What every verb needs: the database, the clock and who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.connectors.base import EndpointKind
from app.domain.lifecycle import DocumentKind
from app.domain.protocols import Clock, NoProgress, Progress
from app.storage.database import Database
from app.storage.leases import Lease
from app.ubl.writeextras import Spelling
from app.validation.official import NoPackage, OfficialRules


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkContext:
    """Handed to each workflow. `owner` names this window or command in leases, e.g. `pencere` or `muhurdar sync`.

    `rules` are GİB's own, from the installed packages; without one, a door that says so.
    """

    db: Database
    clock: Clock
    owner: str
    progress: Progress = field(default_factory=NoProgress)
    rules: OfficialRules = field(default_factory=NoPackage)


class LeasedProgress:
    """Progress of work that needs the company's lease: between two documents it also asks whether it is still ours."""

    def __init__(self, inner: Progress, lease: Lease) -> None:
        self._inner = inner
        self._lease = lease

    def report(self, done: int, total: int, what: str) -> None:
        self._inner.report(done, total, what)

    def checkpoint(self) -> None:
        """Raises: JobCancelled, LeaseHeld (LEASE.LOST)."""
        self._inner.checkpoint()
        self._lease.check()


def under_lease(ctx: WorkContext, lease: Lease) -> WorkContext:
    """The same context, whose work stops at its next checkpoint when the lease is lost."""
    return replace(ctx, progress=LeasedProgress(ctx.progress, lease))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a company's documents go: which kind of place, and what the account is called.

    `max_request_bytes` is how large an encoded request may be; 0 means no limit is known. `kinds` are the documents
    that the integrator sends for us. `receipt_spelling` is how it wants freelance and producer receipts written.
    """

    kind: EndpointKind
    title: str
    max_request_bytes: int = 0
    kinds: frozenset[DocumentKind] = frozenset({DocumentKind.INVOICE})
    receipt_spelling: Spelling = "type_code"
