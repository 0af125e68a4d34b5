"""Background work without Qt: one worker per integrator account, one for the token, a small pool for the processor.

A job is a plain function `work(ctx)`. It ends exactly once, as `Done`, `Failed` or `Cancelled`. Order is kept where
order matters: inside a lane of one worker. What must survive a crash is a row in the outbox, not a job here.
"""

from __future__ import annotations

import itertools
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeAlias, TypeVar

from app.domain.errors import AppError, BugError, JobCancelled

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_log = logging.getLogger(__name__)
_ids = itertools.count(1)
_here = threading.local()

TOKEN: Final = "token"
CPU: Final = "cpu"


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """The work was done; `value` is what it returned."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Failed:
    """The work could not be done. A BugError was logged with its traceback already."""

    error: AppError


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The user stopped it. `done` of `total` items were finished by then (0 of 0 when it never began)."""

    done: int = 0
    total: int = 0


Outcome: TypeAlias = Done[T] | Failed | Cancelled


@dataclass(frozen=True, slots=True)
class JobProgress:
    """The latest report of a job. `what` is Turkish."""

    done: int = 0
    total: int = 0
    what: str = ""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    ENDED = "ended"


class LaneClosed(AppError):
    """The program is closing; no new job is taken."""

    def __init__(self) -> None:
        super().__init__(
            "LANE.CLOSED",
            "İş başlatılmadı.",
            why="Program kapanıyor.",
            todo="Programı yeniden açtıktan sonra deneyin.",
            retry_safe=True,
        )


class WrongThread(AssertionError):
    """Something ran on a thread where it must not (a mistake of ours)."""


class JobContext:
    """What a job sees of the outside; it satisfies `domain.protocols.Progress`. Any thread."""

    def __init__(self, job_id: int, title: str, company: str) -> None:
        self.job_id = job_id
        self.title = title
        self.company = company
        self._progress = JobProgress()
        self._cancel = threading.Event()

    @property
    def progress(self) -> JobProgress:
        return self._progress

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_set()

    def report(self, done: int, total: int, what: str) -> None:
        """Overwrite the progress; cheap, call it per item. The window reads it ten times a second."""
        self._progress = JobProgress(done, total, what)

    def checkpoint(self) -> None:
        """Raise JobCancelled if the user asked to stop. Call it between items, never inside a send or a seal."""
        if self._cancel.is_set():
            raise JobCancelled

    def wait(self, seconds: float) -> None:
        """Sleep that a cancel ends at once, with JobCancelled. For waiting before another try."""
        if self._cancel.wait(seconds):
            raise JobCancelled

    def _ask_to_stop(self) -> None:
        self._cancel.set()


class Job(Generic[T]):
    """One piece of work in a lane. Any thread may look, wait and cancel."""

    def __init__(self, lane: str, title: str, company: str, work: Callable[[JobContext], T]) -> None:
        self.id = next(_ids)
        self.lane = lane
        self.title = title
        self.company = company
        self._work: Callable[[JobContext], T] | None = work
        self._context = JobContext(self.id, title, company)
        self._lock = threading.Lock()
        self._state = JobState.QUEUED
        self._outcome: Outcome[T] | None = None
        self._ended = threading.Event()
        self._watchers: list[Callable[[Job[T]], None]] = []

    def __repr__(self) -> str:
        return f"Job({self.id}, {self.title!r}, {self._state})"

    @property
    def state(self) -> JobState:
        return self._state

    @property
    def progress(self) -> JobProgress:
        return self._context.progress

    @property
    def outcome(self) -> Outcome[T] | None:
        """None until it ended."""
        return self._outcome

    def cancel(self) -> None:
        """Ask to stop. A waiting job ends here and now, a running one at its next checkpoint, if it has one left."""
        self._context._ask_to_stop()
        with self._lock:
            if self._state is not JobState.QUEUED:
                return
            self._state = JobState.RUNNING  # so that the worker does not take it
        self._end(Cancelled())

    def wait(self, timeout: float | None = None) -> Outcome[T] | None:
        """The outcome, or None when `timeout` seconds pass before.

        Raises: WrongThread when a job waits for another one of its own single-worker lane, which would never come.
        """
        if not self._ended.is_set() and getattr(_here, "single_lane", None) == self.lane:
            raise WrongThread(f"a job of lane {self.lane!r} waits for job {self.id} behind it")
        self._ended.wait(timeout)
        return self._outcome

    def value(self, timeout: float | None = None) -> T:
        """What the work returned. Raises its AppError, JobCancelled, or TimeoutError."""
        match self.wait(timeout):
            case Done(value):
                return value
            case Failed(error):
                raise error
            case Cancelled():
                raise JobCancelled
        raise TimeoutError(self.title)

    def on_ended(self, watcher: Callable[[Job[T]], None]) -> None:
        """Call `watcher(job)` once after it ended, on the worker's thread (or at once when it has ended already)."""
        with self._lock:
            if not self._ended.is_set():
                self._watchers.append(watcher)
                return
        self._tell(watcher)

    def _run(self) -> None:
        """Worker thread: take it, unless it was cancelled while it waited."""
        with self._lock:
            if self._state is not JobState.QUEUED:
                return
            self._state = JobState.RUNNING
        assert self._work is not None
        try:
            self._context.checkpoint()
            outcome: Outcome[T] = Done(self._work(self._context))
        except JobCancelled:
            outcome = Cancelled(self.progress.done, self.progress.total)
        except BugError as e:
            _log.error("job %d (%s)", self.id, self.title, exc_info=e)
            outcome = Failed(e)
        except AppError as e:
            _log.info("job %d (%s) failed: %s", self.id, self.title, e.code)
            outcome = Failed(e)
        except BaseException as e:  # noqa: BLE001 - whatever happens, the job must end once and the lane go on
            _log.exception("job %d (%s)", self.id, self.title)
            outcome = Failed(BugError(e))
        self._end(outcome)

    def _end(self, outcome: Outcome[T]) -> None:
        with self._lock:
            self._outcome = outcome
            self._state = JobState.ENDED
            self._work = None  # a closure may hold a page or a batch of documents
            watchers, self._watchers = self._watchers, []
            self._ended.set()
        for watcher in watchers:
            self._tell(watcher)

    def _tell(self, watcher: Callable[[Job[T]], None]) -> None:
        try:
            watcher(self)
        except Exception:  # noqa: BLE001 - the job has ended well; its watcher is somebody else's matter
            _log.exception("watcher of job %d (%s)", self.id, self.title)


class Lane:
    """A queue with its worker threads (started at the first job). Jobs of a lane with one worker keep their order."""

    def __init__(self, name: str, *, workers: int = 1) -> None:
        self.name = name
        self._size = workers
        self._queue: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._live: dict[int, Job[Any]] = {}
        self._is_closed = False

    def submit(self, title: str, company: str, work: Callable[[JobContext], T]) -> Job[T]:
        """Queue `work` for `company` (its VKN or TCKN; empty for work of the office itself). Any thread.

        Raises: LaneClosed after `close`.
        """
        job = Job(self.name, title, company, work)
        with self._lock:
            if self._is_closed:
                raise LaneClosed
            self._live[job.id] = job
            if len(self._threads) < min(self._size, len(self._live)):
                self._start_worker()
        job.on_ended(self._drop)
        self._queue.put(job)
        return job

    def jobs(self) -> list[Job[Any]]:
        """The jobs that have not ended, oldest first."""
        with self._lock:
            return [job for job in self._live.values() if job.state is not JobState.ENDED]

    def close(self) -> None:
        """Take no more jobs, cancel the ones there are, let the workers go. Does not wait."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            threads = list(self._threads)
        for job in self.jobs():
            job.cancel()
        for _thread in threads:
            self._queue.put(None)

    def join(self, timeout: float) -> bool:
        """Whether all workers have ended within `timeout` seconds. After `close`."""
        limit = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start_worker(self) -> None:
        # Daemon: a call that hangs past the shutdown deadline must not keep the process alive. The outbox is safe.
        thread = threading.Thread(target=self._work, name=f"lane-{self.name}-{len(self._threads) + 1}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        _here.lane = self.name
        _here.single_lane = self.name if self._size == 1 else None
        while (job := self._queue.get()) is not None:
            job._run()
            del job  # else the worker holds the last outcome until the next job

    def _drop(self, job: Job[Any]) -> None:
        with self._lock:
            self._live.pop(job.id, None)


class _TokenLane(Lane):
    """The one thread that may speak to PKCS#11 while it lives."""

    def _work(self) -> None:
        ident = threading.get_ident()
        _token_threads.add(ident)
        try:
            super()._work()
        finally:
            _token_threads.discard(ident)


_token_threads: set[int] = set()


def assert_token_thread() -> None:
    """Raise WrongThread when a token lane runs and this is not its thread.

    Without a token lane (a command that signs one file) the caller's own thread is as good.
    """
    if _token_threads and threading.get_ident() not in _token_threads:
        raise WrongThread(f"token work on {threading.current_thread().name}, not on the token lane")


def assert_not_token_thread() -> None:
    """Raise WrongThread on the token lane: no database session and no network call belongs there."""
    if threading.get_ident() in _token_threads:
        raise WrongThread("this work does not belong on the token lane")


class Lanes:
    """All lanes of the application; lives as long as it does. Any thread."""

    def __init__(self, *, cpu_workers: int | None = None) -> None:
        self._lock = threading.Lock()
        self._is_closed = False
        self._lanes: dict[str, Lane] = {}
        self._token = self._add(_TokenLane(TOKEN))
        self._cpu = self._add(Lane(CPU, workers=cpu_workers or max(1, min(4, os.cpu_count() or 1))))

    @property
    def token(self) -> Lane:
        """Seals and everything else that speaks to a card. One worker."""
        return self._token

    @property
    def cpu(self) -> Lane:
        """Parsing, checking, rendering. A few workers, no order."""
        return self._cpu

    def account(self, key: str) -> Lane:
        """The lane of one integrator account, e.g. `izibiz/<VKN>`: one worker, in order, apart from all others.

        Raises: LaneClosed after `shutdown`.
        """
        name = f"account/{key}"
        with self._lock:
            if name not in self._lanes:
                if self._is_closed:
                    raise LaneClosed
                self._lanes[name] = Lane(name)
            return self._lanes[name]

    def jobs(self, company: str | None = None) -> list[Job[Any]]:
        """The jobs that have not ended, oldest first; of one company when asked."""
        with self._lock:
            lanes = list(self._lanes.values())
        found = [job for lane in lanes for job in lane.jobs() if company is None or job.company == company]
        return sorted(found, key=lambda job: job.id)

    def cancel(self, company: str) -> None:
        """Ask every job of one company to stop."""
        for job in self.jobs(company):
            job.cancel()

    def shutdown(self, deadline: float = 10.0) -> list[Job[Any]]:
        """Take no new jobs, cancel all, wait up to `deadline` seconds.

        Returns the jobs that still run (empty = all ended); call it again to wait on.
        """
        with self._lock:
            self._is_closed = True
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.close()
        limit = time.monotonic() + deadline
        for lane in lanes:
            lane.join(max(0.0, limit - time.monotonic()))
        return self.jobs()

    def _add(self, lane: Lane) -> Lane:
        self._lanes[lane.name] = lane
        return lane
