"""One pass for one company: settle what is unknown, send, answer, ask, archive, receive.

After a restored backup it first catches up with the integrator (`catching_up`), and sends nothing before that is done.

Each company is worked for itself: its lease, its session, its errors. What the floors forbid is skipped and said.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from app.connectors.base import (
    AuthenticationFailed,
    Connector,
    ConnectorError,
    EndpointKind,
    Session,
    SessionExpired,
    Unreachable,
)
from app.domain.errors import AppError
from app.domain.protocols import Sealer
from app.storage import companies, leases
from app.storage.records import AccountRecord, CompanyRecord
from app.workflows import answering, catching_up, floors, legal_copies, polling, receiving, sending, settling
from app.workflows.context import WorkContext, under_lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way to a company's integrator. `open_session` logs in lazily: no call, no login."""

    account: AccountRecord
    connector: Connector
    open_session: Callable[[], Session]
    intervals: floors.Intervals

    @property
    def kind(self) -> EndpointKind:
        """Whether this way leads to the sandbox, a test host or the live integrator."""
        return self.connector.endpoint_kind(self.account.url)


@dataclass(slots=True, kw_only=True)
class StepResult:
    """One step of the pass. `skipped_until` says when a floor opens again; `error` why it could not be done."""

    step: str
    result: dict[str, Any] | None = None
    skipped_until: datetime | None = None
    error: AppError | None = None

    def to_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"step": self.step}
        if self.result is not None:
            shown["result"] = self.result
        if self.skipped_until is not None:
            shown["skipped_until"] = self.skipped_until.isoformat()
        if self.error is not None:
            shown["error"] = {"code": self.error.code, "message": self.error.sentence}
        return shown


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What one pass did, step by step. `offline` means the integrator could not be reached."""

    steps: list[StepResult] = field(default_factory=list)
    offline: bool = False

    @property
    def errors(self) -> list[AppError]:
        return [step.error for step in self.steps if step.error is not None]

    def step(self, name: str) -> StepResult | None:
        return next((s for s in self.steps if s.step == name), None)

    def to_json(self) -> dict[str, Any]:
        return {"offline": self.offline, "steps": [s.to_json() for s in self.steps]}


def sync_company(
    ctx: WorkContext,
    company: CompanyRecord,
    line: Line,
    *,
    mode: floors.Mode = "button",
    sealer: Sealer | None = None,
) -> SyncReport:
    """One pass. Raises LeaseHeld when somebody else works on this company; anything else is in the report."""
    lease = leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now())
    try:
        return _Pass(under_lease(ctx, lease), company, line, mode, sealer, lease).run()
    finally:
        lease.release()


class _Pass:
    """The state of one pass; each step may be the last when the line turns out to be down."""

    def __init__(
        self,
        ctx: WorkContext,
        company: CompanyRecord,
        line: Line,
        mode: floors.Mode,
        sealer: Sealer | None,
        lease: leases.Lease,
    ) -> None:
        self._ctx, self._company, self._line = ctx, company, line
        self._mode, self._sealer, self._lease = mode, sealer, lease
        self._report = SyncReport()
        self._is_down = False

    def run(self) -> SyncReport:
        ctx, company, line = self._ctx, self._company, self._line
        if not self._is_sender():
            # What we sent is known to the account it was sent with; another one would say "no record" of it.
            self._floored("receive", lambda s: receiving.receive_new(ctx, company, line.account, s).to_json())
            return self._report
        self._local(
            "recover", lambda: {"sends": sending.recover(ctx, company), "answers": answering.recover(ctx, company)}
        )
        if catching_up.is_due(ctx, company):
            self._network("catch_up", lambda s: catching_up.catch_up(ctx, company, line.account, s).to_json())
        is_waiting = catching_up.is_waiting(ctx, company)
        if not is_waiting:
            # Before that, a document answered or refused since the backup would be taken for one that never was.
            self._local("lapse", lambda: {"lapsed": polling.lapse(ctx, company)})
        self._network("settle", lambda s: settling.settle_unknown(ctx, company, s).to_json())
        if not is_waiting:
            self._network("send", lambda s: sending.send_due(ctx, company, line.connector, s, kind=line.kind).to_json())
        # A send that ended without an answer is asked about at once, in the same pass.
        self._network("settle_again", lambda s: settling.settle_unknown(ctx, company, s).to_json())
        self._network(
            "answer", lambda s: answering.send_answers(ctx, company, s, self._sealer, kind=line.kind).to_json()
        )
        self._floored("status", lambda s: polling.poll_statuses(ctx, company, s).to_json())
        self._network("legal", lambda s: legal_copies.fetch_legal_copies(ctx, company, s).to_json())
        self._floored("receive", lambda s: receiving.receive_new(ctx, company, self._line.account, s).to_json())
        return self._report

    def _is_sender(self) -> bool:
        with self._ctx.db.read() as s:
            sender = companies.get_account(s, self._company.id)
        return sender is None or sender.id == self._line.account.id

    def _local(self, step: str, work: Callable[[], dict[str, Any]]) -> None:
        self._report.steps.append(StepResult(step=step, result=work()))

    def _network(self, step: str, work: Callable[[Session], dict[str, Any]]) -> None:
        if self._is_down:
            return
        self._lease.heartbeat()
        try:
            result = work(self._line.open_session())
        except (Unreachable, AuthenticationFailed, SessionExpired) as error:
            # The account cannot be used now: what is queued stays queued and goes out with a later pass.
            self._is_down = True
            self._report.offline = isinstance(error, Unreachable)
            self._report.steps.append(StepResult(step=step, error=error))
        except ConnectorError as error:
            self._report.steps.append(StepResult(step=step, error=error))
        except AppError as error:
            self._report.steps.append(StepResult(step=step, error=error))
        else:
            self._report.steps.append(StepResult(step=step, result=result))

    def _floored(self, what: floors.What, work: Callable[[Session], dict[str, Any]]) -> None:
        if self._is_down:
            return
        allowed = floors.next_allowed(
            self._ctx,
            self._line.account,
            what,
            mode=self._mode,
            floors=self._line.connector.capabilities.floors,
            intervals=self._line.intervals,
        )
        if allowed is not None:
            self._report.steps.append(StepResult(step=what, skipped_until=allowed))
            return

        def asked(session: Session) -> dict[str, Any]:
            return work(cast(Session, floors.Floored(self._ctx, self._line.account, what, session)))

        self._network(what, asked)
