"""Looks at the ledgers' archives: by itself while nothing else is to do, a month at a time; or now, when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.domain.voucher import Period
from app.runtime.settings import LEDGER_ARCHIVE_DAYS
from app.storage import companies
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes, JobHandle
from app.workflows import ledger_selfcheck as selfcheck
from app.workflows.context import WorkContext
from app.workflows.ledger_moves import finish_interrupted
from app.workflows.ledger_selfcheck import ArchiveCheck

#: Whenever there is a pause.
_LATER_MS: Final = 10 * 60 * 1000
#: Between two months of one round: whoever works meanwhile comes first.
_NEXT_MS: Final = 2_000
_LANE: Final = "ledger-archive"
Looked = tuple[CompanyRecord, ArchiveCheck, bool]


class ArchiveKeeper(QObject):
    """Lives with the window. `looked(company, check)` after each month that it looked at by itself."""

    looked = Signal(object, object)
    rested = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._handle: JobHandle | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)
        self.is_stopped = True
        desk.closed.connect(self.stop)

    def start(self) -> None:
        """From now on look by itself, as often as the office's setting says."""
        self.is_stopped = False
        self._timer.start(_NEXT_MS)

    @Slot()
    def stop(self) -> None:
        """No further month, and the one under way as far as it has come."""
        self.is_stopped = True
        self._timer.stop()
        if self._handle is not None:
            self._handle.cancel()

    @Slot()
    def look(self) -> None:
        """Look at the month that has waited longest, unless something else runs."""
        office = self._desk.office
        days = office.settings.get(LEDGER_ARCHIVE_DAYS)
        if self.is_stopped or self._handle is not None:
            return
        if not days or self._desk.runner.live_jobs():
            self._timer.start(_LATER_MS)
            return
        folder = office.folder

        def work(ctx: WorkContext) -> Looked | None:
            with ctx.db.read() as session:
                owners = companies.list_companies(session)
            due = selfcheck.next_due(owners, folder, now=ctx.clock.now(), every=timedelta(days=days))
            if due is None:
                return None
            company, month = due
            finish_interrupted(ctx, company, folder.ledgers)
            before = selfcheck.checks_of(company, folder).get(month.key)
            check = selfcheck.check_month(month, before, now=ctx.clock.now(), progress=ctx.progress)
            selfcheck.keep_check(company, folder, [check])
            return company, check, before is None or before.problems != check.problems

        self._handle = self._desk.run(
            self.tr("Defter arşivi denetleniyor"),
            work,
            self._on_looked,
            owner=self,
            lane=self._desk.lanes.account(_LANE),
            failed=self._on_failed,
        )
        self._handle.ended.connect(self._on_ended)

    def _on_looked(self, answer: Looked | None) -> None:
        if answer is None:
            self._timer.start(_LATER_MS)
            self.rested.emit()
            return
        company, check, is_news = answer
        self.looked.emit(company, check)
        if is_news and not check.ok:
            self._desk.changed.emit(Changes(ledgers=True))
        self._timer.start(_NEXT_MS)

    def _on_failed(self, _error: AppError) -> None:
        """A disk that is away comes back; the next round tries again."""
        self._timer.start(_LATER_MS)

    @Slot(object)
    def _on_ended(self, _outcome: Any) -> None:
        self._handle = None
        if self.is_stopped:
            self._timer.stop()


def check_now(
    desk: Desk,
    chosen: Sequence[CompanyRecord] | None,
    *,
    owner: QObject,
    then: Callable[[list[tuple[CompanyRecord, ArchiveCheck]]], None],
    failed: Callable[[AppError], None],
    only: Period | None = None,
) -> JobHandle:
    """Judge the archives of these companies (None: of all), every seal and content; a job with progress and cancel."""
    folder = desk.office.folder

    def work(ctx: WorkContext) -> list[tuple[CompanyRecord, ArchiveCheck]]:
        owners = chosen
        if owners is None:
            with ctx.db.read() as session:
                owners = companies.list_companies(session)
        return selfcheck.check_archives(ctx, owners, folder, only=only)

    return desk.run(
        desk.tr("Defter arşivi denetleniyor"),
        work,
        then,
        owner=owner,
        lane=desk.lanes.account(_LANE),
        changes=Changes(ledgers=True),
        failed=failed,
    )
