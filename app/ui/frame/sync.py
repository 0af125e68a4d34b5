"""Synchronising as the window does it: a button, F5, the start, and a timer; a few companies at a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.runtime.lanes import Cancelled, Done, Failed
from app.runtime.settings import RECEIVE_INTERVAL_MIN
from app.storage import companies, overview
from app.storage.records import AccountRecord, CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.workflows.context import WorkContext
from app.workflows.floors import Mode

if TYPE_CHECKING:
    from app.workflows import sync

#: So many integrator accounts are worked at once; the others wait their turn.
AT_ONCE = 6
_TICK_MS = 60_000


@dataclass(slots=True)
class SyncSummary:
    """What one round over the companies did. `errors` pair a company's name with what went wrong there."""

    companies: int = 0
    finished: int = 0
    sent: int = 0
    received: int = 0
    changed: int = 0
    unknown: int = 0
    needs_seal: int = 0
    is_offline: bool = False
    is_button: bool = False
    was_cancelled: bool = False
    #: When the integrator may be asked again for what a floor kept back.
    skipped_until: datetime | None = None
    errors: list[tuple[str, AppError]] = field(default_factory=list)


class SyncCenter(QObject):
    """One per window. GUI thread only."""

    #: Something of the state below has changed.
    changed = Signal()
    #: A round is over; carries its SyncSummary.
    finished = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: deque[tuple[CompanyRecord, AccountRecord]] = deque()
        self._running = 0
        self._is_stopped = False
        self._mode: Mode = "button"
        self._summary: SyncSummary | None = None
        self._last_round: datetime | None = None
        self.last_at: datetime | None = None
        self.is_offline = False
        self.has_accounts = True
        #: Whether the two above have been read yet.
        self.is_known = False
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        desk.company_changed.connect(self._on_company_changed)

    @property
    def is_running(self) -> bool:
        return self._summary is not None

    @property
    def summary(self) -> SyncSummary | None:
        """Of the round that runs now."""
        return self._summary

    def start_timer(self) -> None:
        """From now on sync by itself, as often as the user's interval says."""
        self._last_round = self._desk.office.clock.now()
        self._timer.start()

    def stop(self) -> None:
        """No further round, and no further company of this one."""
        self._is_stopped = True
        self._timer.stop()
        self._waiting.clear()

    def refresh(self) -> None:
        """Read when the chosen company was last asked."""
        company = self._desk.company
        self._desk.read(lambda s: _read_state(s, company), self._take_state, owner=self)

    def sync_chosen(self) -> None:
        """The button and F5: the chosen company, or all of them."""
        self._begin(self._desk.company, "button")

    def sync_all(self, *, mode: Mode = "timer") -> None:
        self._begin(None, mode)

    def _begin(self, company: CompanyRecord | None, mode: Mode) -> None:
        if self.is_running or self._is_stopped:
            return
        self._mode = mode
        self._summary = SyncSummary(is_button=mode == "button")
        self._last_round = self._desk.office.clock.now()
        self.changed.emit()
        self._desk.read(lambda s: _read_lines(s, company), self._take_lines, owner=self, failed=self._on_read_failed)

    def _take_state(self, state: tuple[datetime | None, bool]) -> None:
        self.last_at, self.has_accounts = state
        self.is_known = True
        self.changed.emit()

    def _take_lines(self, lines: list[tuple[CompanyRecord, AccountRecord]]) -> None:
        if self._summary is None:
            return
        self.has_accounts = bool(lines)
        self._summary.companies = len(lines)
        if not self._is_stopped:
            self._waiting.extend(lines)
        for _ in range(AT_ONCE):
            self._start_next()
        self._end_when_done()

    def _on_read_failed(self, error: AppError) -> None:
        if self._summary is not None:
            self._summary.errors.append(("", error))
        self._end_when_done()

    def _start_next(self) -> None:
        if not self._waiting:
            return
        company, account = self._waiting.popleft()
        office, mode, desk = self._desk.office, self._mode, self._desk

        def work(ctx: WorkContext) -> sync.SyncReport:
            # Seals and certificates cost a quarter of a second to load; the window does not wait for them.
            from app.workflows import sync

            sealer = None
            if desk.is_demo:
                from app.demo.seals import test_sealer

                sealer = test_sealer(office, company.company.tax_number)
            ctx.progress.report(0, 0, "Entegratörle konuşuluyor")
            return sync.sync_company(ctx, company, office.line(account), mode=mode, sealer=sealer)

        handle = self._desk.run(
            self.tr("Eşitleniyor"),
            work,
            owner=self,
            company=company,
            lane=self._desk.account_lane(account.id),
            changes=Changes(documents=True),
            failed=_say_nothing,
        )
        handle.setProperty("company_name", company.company.party.display_name)
        handle.ended.connect(self._on_company_ended)
        self._running += 1

    @Slot(object)
    def _on_company_ended(self, outcome: Any) -> None:
        self._running -= 1
        summary = self._summary
        if summary is None:
            return
        sender = self.sender()
        name = str(sender.property("company_name") or "") if sender is not None else ""
        summary.finished += 1
        match outcome:
            case Done(report):
                _add(summary, name, report)
            case Failed(error):
                summary.errors.append((name, error))
            case Cancelled():
                summary.was_cancelled = True
                self._waiting.clear()
        self._start_next()
        self.changed.emit()
        self._end_when_done()

    def _end_when_done(self) -> None:
        if self._summary is None or self._running or self._waiting:
            return
        summary, self._summary = self._summary, None
        self.is_offline = summary.is_offline
        self.refresh()
        self.changed.emit()
        self.finished.emit(summary)

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.changed.emit()
        now = self._desk.office.clock.now()
        every = timedelta(minutes=self._desk.office.settings.get(RECEIVE_INTERVAL_MIN))
        if self._last_round is None or now - self._last_round >= every:
            self.sync_all(mode="timer")

    @Slot(object)
    def _on_company_changed(self, _company: object) -> None:
        self.refresh()


def _say_nothing(_error: AppError) -> None:
    """The round's own summary tells it, with the company's name."""


def _read_state(s: Any, company: CompanyRecord | None) -> tuple[datetime | None, bool]:
    accounts = companies.list_accounts(s, None if company is None else company.id)
    return overview.last_receive(s, [a.id for a in accounts]), bool(accounts)


def _read_lines(s: Any, company: CompanyRecord | None) -> list[tuple[CompanyRecord, AccountRecord]]:
    accounts = companies.list_accounts(s, None if company is None else company.id)
    known = {record.id: record for record in companies.list_companies(s)}
    return [(known[account.company_id], account) for account in accounts]


def _add(summary: SyncSummary, name: str, report: sync.SyncReport) -> None:
    summary.is_offline = summary.is_offline or report.offline
    for step in report.steps:
        result = step.result or {}
        summary.sent += len(result.get("sent", ())) if step.step == "send" else 0
        summary.received += len(result.get("new", ())) if step.step == "receive" else 0
        summary.changed += len(result.get("changed", ())) if step.step == "status" else 0
        summary.unknown += len(result.get("still_unknown", ()))
        summary.needs_seal += len(result.get("needs_seal", ()))
        if step.error is not None:
            summary.errors.append((name, step.error))
        if step.step == "receive" and step.skipped_until is not None:
            earliest = summary.skipped_until
            summary.skipped_until = step.skipped_until if earliest is None else min(earliest, step.skipped_until)
