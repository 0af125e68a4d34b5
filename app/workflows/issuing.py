"""Number, seal and queue in one go, under the company's lease: what "Mühürle ve gönder" and `invoice queue` do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.lifecycle import Direction, State
from app.storage import documents, leases
from app.storage.records import CompanyRecord
from app.workflows import queueing, resealing, sealing
from app.workflows.context import WorkContext, under_lease
from app.workflows.official import Stopped
from app.workflows.report import BulkReport, ItemFailure


@dataclass(slots=True, kw_only=True)
class IssueReport:
    """`sealed` are numbered in this run, `queued` wait for the next sync (also those sealed earlier).

    `kept` were sealed in this run too, and stay so because the integrator does not send their kind: no failure.
    """

    sealing: BulkReport = field(default_factory=BulkReport)
    queueing: BulkReport = field(default_factory=BulkReport)
    kept: list[ItemFailure] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.sealing.failed and not self.queueing.failed

    def to_json(self) -> dict[str, Any]:
        return {
            "sealing": self.sealing.to_json(),
            "queueing": self.queueing.to_json(),
            "kept": [kept.to_json() for kept in self.kept],
        }


def issue(ctx: WorkContext, company: CompanyRecord, ettns: Sequence[str], means: sealing.Means) -> IssueReport:
    """Seal the drafts among `ettns` and queue them with those already sealed. Raises LeaseHeld.

    What was sealed is queued even when the batch stopped early: it has its number and must go out.
    """
    lease = leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now())
    try:
        report = IssueReport()
        with ctx.db.read() as s:
            records = {e: documents.find(s, company.id, Direction.OUT, e) for e in dict.fromkeys(ettns)}
        waiting = [e for e, r in records.items() if r is not None and r.state is State.SEALED]
        drafts = [e for e in records if e not in waiting]
        report.sealing = sealing.seal(under_lease(ctx, lease), company, drafts, means)
        sealed = report.sealing.done
        report.queueing = queueing.queue(ctx, company, [*waiting, *sealed], means.endpoint, checked=frozenset(sealed))
        _set_apart(report)
        return report
    finally:
        lease.release()


def reissue(ctx: WorkContext, company: CompanyRecord, ettn: str, means: sealing.Means) -> IssueReport:
    """Make a new attempt of a failed document and queue it: same number, the ETTN by GİB's code. Raises LeaseHeld."""
    lease = leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now())
    try:
        report = IssueReport()
        record = sealing.require_outgoing(ctx, company, ettn)
        try:
            again = resealing.reseal_failed(ctx, company, record, means)
        except Stopped as error:
            report.sealing.fail(ettn, error, error.findings)
            return report
        report.sealing.done.append(again.ettn)
        report.queueing = queueing.queue(ctx, company, [again.ettn], means.endpoint, checked={again.ettn})
        _set_apart(report)
        return report
    finally:
        lease.release()


def _set_apart(report: IssueReport) -> None:
    """What was sealed in this run and cannot be sent by anybody has not failed: it is kept."""
    failed, sealed = report.queueing.failed, report.sealing.done
    report.kept = [f for f in failed if f.ettn in sealed and f.error.code == queueing.KEPT_SEALED]
    report.queueing.failed = [f for f in failed if f not in report.kept]
