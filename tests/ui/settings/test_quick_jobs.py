"""A job may end before its page has begun to listen: its outcome must not be lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from app.runtime.lanes import Done, Job, JobContext, Lane
from app.ui.jobs import JobRunner


class SwiftLane:
    """Hands a job over only when it has ended, as a quick worker beside a slow window does."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def submit(self, title: str, company: str, work: Callable[[JobContext], Any]) -> Job[Any]:
        job = self._lane.submit(title, company, work)
        job.wait(10)
        return job


def test_the_outcome_of_a_job_that_ended_at_once_reaches_its_page(qtbot: Any, ui_desk: Any) -> None:
    owner, got = QObject(), []
    runner = JobRunner(owner)
    handle = runner.start(SwiftLane(ui_desk.lanes.cpu), "Hızlı iş", "", lambda _ctx: 42, owner=owner)  # type: ignore[arg-type]
    handle.ended.connect(got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [Done(42)]
    assert runner.live_jobs() == []
