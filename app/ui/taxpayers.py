"""Bringing the office's taxpayer list up to date from the window: by itself every two hours, or when asked."""

from __future__ import annotations

import logging
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.runtime.settings import TAXPAYERS_RENEW
from app.storage.taxpayer_list import ListState
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.workflows import taxpayers
from app.workflows.context import WorkContext

log = logging.getLogger(__name__)

#: The start belongs to the user; the list can wait.
_FIRST_MS = 90_000
_TICK_MS = 600_000


class TaxpayerRenewal(QObject):
    """GUI thread only. `start` renews by the clock; `renew` at once, as far as the integrator's floor allows."""

    #: Carries the RenewReport.
    renewed = Signal(object)
    failed = Signal(object)
    #: No account can fetch the list.
    nowhere = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._is_running = False
        # An account that was refused is not asked again at once; the next one has its turn.
        self._turn = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_FIRST_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(self) -> None:
        """From now on by itself."""
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @property
    def is_running(self) -> bool:
        return self._is_running

    @Slot()
    def renew(self) -> None:
        """Because the user asked."""
        self._begin()

    def _begin(self) -> None:
        if self._is_running:
            return
        self._is_running = True
        office = self._desk.office

        def look(ctx: WorkContext) -> list[tuple[taxpayers.Source, datetime | None]]:
            return [(one, taxpayers.next_allowed(ctx, one)) for one in taxpayers.sources(ctx, office.connector)]

        # The same title as a page's own reading: nobody need see it pass.
        self._desk.run("Okunuyor", look, self._take_sources, owner=self, failed=self._on_failed)

    def _take_sources(self, sources: list[tuple[taxpayers.Source, datetime | None]]) -> None:
        if not sources:
            self._is_running = False
            self.nowhere.emit()
            return
        source, allowed = sources[self._turn % len(sources)]
        if allowed is not None:
            self._is_running = False
            self.renewed.emit(taxpayers.RenewReport(skipped_until=allowed))
            return
        office = self._desk.office

        def work(ctx: WorkContext) -> taxpayers.RenewReport:
            return taxpayers.renew(ctx, source, office.session)

        self._desk.run(
            self.tr("Mükellef listesi alınıyor"),
            work,
            self._on_renewed,
            owner=self,
            # The account's session belongs to its lane.
            lane=self._desk.account_lane(source.account.id),
            changes=Changes(partners=True),
            failed=self._on_failed,
        ).ended.connect(self._on_ended)

    @Slot(object)
    def _on_ended(self, _outcome: object) -> None:
        """However it ended, cancelled too."""
        self._is_running = False

    def _on_renewed(self, report: taxpayers.RenewReport) -> None:
        self._is_running = False
        self.renewed.emit(report)

    def _on_failed(self, error: AppError) -> None:
        self._is_running = False
        self._turn += 1
        log.info("the taxpayer list was not renewed: %s", error.code)
        self.failed.emit(error)

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._timer.setInterval(_TICK_MS)
        if self._desk.office.settings.get(TAXPAYERS_RENEW):
            self._begin()


def read_list_state(ctx: WorkContext) -> ListState | None:
    """For a job: how large and how old the list is."""
    return taxpayers.state(ctx)
