"""Turns a lane's outcome into Qt signals. The runner is the only QObject that a worker thread touches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from app.runtime.lanes import Job, JobContext, Lane

#: How often progress is read; jobs may report far more often.
POLL_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a job has written. Pages that show any of it refresh; hidden ones only mark themselves stale."""

    documents: bool = False
    partners: bool = False
    companies: bool = False
    settings: bool = False
    accounts: bool = False
    ledgers: bool = False

    def touches(self, other: Changes) -> bool:
        """Whether the two name a thing in common."""
        return any(getattr(self, f.name) and getattr(other, f.name) for f in fields(self))


class JobHandle(QObject):
    """One running job as a page sees it. Child of its owner; GUI thread only.

    `ended` comes exactly once, with Done, Failed or Cancelled of `runtime.lanes`.
    """

    progressed = Signal(int, int, str)
    ended = Signal(object)

    def __init__(self, job: Job[Any], *, owner: QObject) -> None:
        super().__init__(owner)
        self.job = job

    def cancel(self) -> None:
        """Ask the job to stop at its next safe place."""
        self.job.cancel()


class JobRunner(QObject):
    """Starts work on lanes and brings the outcome back to the GUI thread. Lives as long as the application."""

    _returned = Signal(int, object)
    started = Signal(object)
    finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._live: dict[int, tuple[Job[Any], JobHandle]] = {}
        self._count = 0
        # Always queued: a job that ended before anybody could listen is told on this very thread, and the page
        # connects to its handle only after `start` has returned.
        self._returned.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def start(
        self, lane: Lane, title: str, company: str, work: Callable[[JobContext], Any], *, owner: QObject
    ) -> JobHandle:
        """Queue `work`; the handle belongs to `owner` and dies with it, the job itself goes on."""
        job = lane.submit(title, company, work)
        handle = JobHandle(job, owner=owner)
        self._count += 1
        number = self._count
        self._live[number] = (job, handle)
        # A bound signal, no lambda over a page: the page may be gone when the worker comes back.
        job.on_ended(lambda ended: self._returned.emit(number, ended.outcome))
        self.started.emit(job)
        self._timer.start()
        return handle

    def live_jobs(self) -> list[Job[Any]]:
        """Jobs that have not ended, oldest first."""
        return [job for job, _ in self._live.values()]

    @Slot(int, object)
    def _finish(self, number: int, outcome: object) -> None:
        job, handle = self._live.pop(number)
        if isValid(handle):
            handle.ended.emit(outcome)
            handle.deleteLater()
        self.finished.emit(job)
        if not self._live:
            self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        for job, handle in list(self._live.values()):
            if isValid(handle):
                progress = job.progress
                handle.progressed.emit(progress.done, progress.total, progress.what)
