from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import AppError, BugError, InputError, JobCancelled
from app.domain.protocols import Progress
from app.runtime import lanes
from app.runtime.lanes import Cancelled, Done, Failed, Job, JobContext, JobState, Lanes, WrongThread

WAIT_S = 20.0
A, B = "1234567890", "9876543210"


@pytest.fixture
def pool() -> Iterator[Lanes]:
    made = Lanes(cpu_workers=2)
    yield made
    assert made.shutdown(WAIT_S) == []


class Gate:
    """A job that says when it runs and goes on when it is let."""

    def __init__(self) -> None:
        self.entered, self.opened = threading.Event(), threading.Event()

    def __call__(self, ctx: JobContext) -> str:
        self.entered.set()
        assert self.opened.wait(WAIT_S)
        return "geçti"


def test_a_job_ends_with_its_value(pool: Lanes) -> None:
    job = pool.cpu.submit("Topla", A, lambda ctx: 2 + 3)
    assert job.wait(WAIT_S) == Done(5)
    assert (job.state, job.title, job.company, job.value()) == (JobState.ENDED, "Topla", A, 5)


def test_a_known_failure_comes_back_as_it_is(pool: Lanes) -> None:
    error = InputError("X.Y", "Olmadı.")

    def work(ctx: JobContext) -> None:
        raise error

    job = pool.cpu.submit("Oku", A, work)
    assert job.wait(WAIT_S) == Failed(error)
    with pytest.raises(InputError):
        job.value()


@pytest.mark.expected_logs("job .*Böl")
def test_anything_else_is_a_bug_logged_with_its_traceback(pool: Lanes, caplog: pytest.LogCaptureFixture) -> None:
    outcome = pool.cpu.submit("Böl", A, lambda ctx: 1 // 0).wait(WAIT_S)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, BugError)
    assert isinstance(outcome.error.__cause__, ZeroDivisionError)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.expected_logs("job .*Çık")
def test_even_an_exit_ends_the_job_and_not_the_lane(pool: Lanes) -> None:
    def leave(ctx: JobContext) -> None:
        raise SystemExit(3)

    lane = pool.account("izibiz/a")
    assert isinstance(lane.submit("Çık", A, leave).wait(WAIT_S), Failed)
    assert lane.submit("Devam", A, lambda ctx: 1).wait(WAIT_S) == Done(1)


def test_a_lane_of_one_keeps_its_order(pool: Lanes) -> None:
    seen: list[int] = []

    def work(number: int) -> Callable[[JobContext], None]:
        return lambda ctx: seen.append(number)

    jobs = [pool.token.submit(str(i), A, work(i)) for i in range(200)]
    assert all(isinstance(job.wait(WAIT_S), Done) for job in jobs)
    assert seen == list(range(200))


def test_one_company_s_trouble_does_not_touch_another_s_lane(pool: Lanes) -> None:
    gate = Gate()
    stuck = pool.account(f"izibiz/{A}").submit("Gönder", A, gate)
    assert gate.entered.wait(WAIT_S)
    assert pool.account(f"izibiz/{B}").submit("Gönder", B, lambda ctx: "tamam").wait(WAIT_S) == Done("tamam")
    assert [job.company for job in pool.jobs(A)] == [A]
    assert pool.jobs(B) == []
    gate.opened.set()
    assert stuck.wait(WAIT_S) == Done("geçti")


def test_an_account_has_one_lane(pool: Lanes) -> None:
    assert pool.account("izibiz/a") is pool.account("izibiz/a")
    assert pool.account("izibiz/a") is not pool.account("izibiz/b")
    threads = [pool.account("izibiz/a").submit("x", A, lambda ctx: threading.get_ident()).value(WAIT_S) for _ in "123"]
    assert len(set(threads)) == 1


def test_cancel_ends_a_running_job_at_its_next_checkpoint_and_says_how_far_it_came(pool: Lanes) -> None:
    gate = Gate()

    def work(ctx: JobContext) -> None:
        for i in range(1, 11):
            ctx.checkpoint()
            ctx.report(i, 10, f"{i}. belge")
            if i == 3:
                gate(ctx)

    job = pool.cpu.submit("Gönder", A, work)
    assert gate.entered.wait(WAIT_S)
    assert (job.progress.done, job.progress.total, job.progress.what) == (3, 10, "3. belge")
    job.cancel()
    assert job.outcome is None  # inside a send nothing is torn off
    gate.opened.set()
    assert job.wait(WAIT_S) == Cancelled(3, 10)
    with pytest.raises(JobCancelled):
        job.value()


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(pool: Lanes) -> None:
    gate, ran = Gate(), threading.Event()
    lane = pool.account("izibiz/a")
    first = lane.submit("Bir", A, gate)
    second = lane.submit("İki", A, lambda ctx: ran.set())
    assert gate.entered.wait(WAIT_S)
    second.cancel()
    assert second.outcome == Cancelled()
    gate.opened.set()
    assert first.wait(WAIT_S) == Done("geçti")
    assert lane.submit("Üç", A, lambda ctx: 3).wait(WAIT_S) == Done(3)
    assert not ran.is_set()


def test_a_job_that_has_no_checkpoint_left_ends_as_done(pool: Lanes) -> None:
    gate = Gate()
    job = pool.cpu.submit("Mühürle", A, gate)
    assert gate.entered.wait(WAIT_S)
    job.cancel()
    gate.opened.set()
    assert job.wait(WAIT_S) == Done("geçti")
    job.cancel()
    assert job.outcome == Done("geçti")


def test_waiting_inside_a_job_ends_with_the_cancel(pool: Lanes) -> None:
    entered = threading.Event()

    def work(ctx: JobContext) -> None:
        entered.set()
        ctx.wait(WAIT_S * 100)

    job = pool.cpu.submit("Yeniden dene", A, work)
    assert entered.wait(WAIT_S)
    pool.cancel(A)
    assert job.wait(WAIT_S) == Cancelled()


def test_the_context_is_a_progress() -> None:
    progress: Progress = JobContext(1, "x", A)
    progress.report(1, 2, "y")
    progress.checkpoint()


def test_a_watcher_is_told_once_whenever_it_comes(pool: Lanes) -> None:
    told: list[Any] = []
    gate = Gate()
    job = pool.cpu.submit("x", A, gate)
    job.on_ended(lambda j: told.append(j.outcome))
    gate.opened.set()
    job.wait(WAIT_S)
    pool.cpu.submit("son", A, lambda ctx: None).wait(WAIT_S)
    job.on_ended(lambda j: told.append(j.outcome))
    assert told[-1] == Done("geçti")
    assert pool.shutdown(WAIT_S) == []
    assert told == [Done("geçti")] * 2


@pytest.mark.expected_logs("watcher of job")
def test_a_broken_watcher_harms_nobody(pool: Lanes) -> None:
    told = threading.Event()
    gate = Gate()
    job = pool.token.submit("x", A, gate)
    job.on_ended(lambda j: _fail())
    job.on_ended(lambda j: told.set())
    gate.opened.set()
    assert job.wait(WAIT_S) == Done("geçti")
    assert told.wait(WAIT_S)
    assert pool.token.submit("y", A, lambda ctx: 1).wait(WAIT_S) == Done(1)


@given(st.lists(st.sampled_from(["done", "failed", "cancel"]), max_size=20))
def test_every_job_ends_exactly_once(kinds: list[str]) -> None:
    pool = Lanes(cpu_workers=3)
    told: list[int] = []
    lock = threading.Lock()

    def watcher(job: Job[Any]) -> None:
        with lock:
            told.append(job.id)

    def fail(ctx: JobContext) -> None:
        raise AppError("X", "Olmadı.")

    jobs: list[Job[Any]] = []
    for kind in kinds:
        job = pool.cpu.submit(kind, A, fail if kind == "failed" else lambda ctx: 1)
        job.on_ended(watcher)
        if kind == "cancel":
            job.cancel()
        jobs.append(job)
    outcomes = [job.wait(WAIT_S) for job in jobs]
    assert pool.shutdown(WAIT_S) == []
    assert sorted(told) == [job.id for job in jobs]
    for kind, outcome in zip(kinds, outcomes, strict=True):
        expected = {"done": Done, "failed": Failed, "cancel": (Cancelled, Done)}[kind]
        assert isinstance(outcome, expected)  # type: ignore[arg-type]


def test_shutdown_takes_no_more_cancels_and_names_what_still_runs() -> None:
    pool = Lanes()
    gate = Gate()
    lane = pool.account("izibiz/a")
    running = lane.submit("Gönderiliyor", A, gate)
    waiting = lane.submit("Sırada", A, lambda ctx: 1)
    assert gate.entered.wait(WAIT_S)
    assert [job.title for job in pool.shutdown(0.05)] == ["Gönderiliyor"]
    assert waiting.outcome == Cancelled()
    for act in (lambda: lane.submit("Yeni", A, lambda ctx: 1), lambda: pool.account("izibiz/b")):
        with pytest.raises(lanes.LaneClosed):
            act()
    gate.opened.set()
    assert pool.shutdown(WAIT_S) == []
    assert running.outcome == Done("geçti")


def test_waiting_for_a_job_behind_oneself_is_our_own_mistake(pool: Lanes) -> None:
    lane = pool.account("izibiz/a")

    def outer(ctx: JobContext) -> str:
        with pytest.raises(WrongThread):
            lane.submit("iç", A, lambda c: 1).wait()
        return "görüldü"

    assert lane.submit("dış", A, outer).wait(WAIT_S) == Done("görüldü")


def test_token_work_belongs_to_the_token_thread(pool: Lanes) -> None:
    lanes.assert_token_thread()  # no token lane runs: a command may use its own thread

    def on_token(ctx: JobContext) -> None:
        lanes.assert_token_thread()
        with pytest.raises(WrongThread):
            lanes.assert_not_token_thread()

    assert pool.token.submit("Mühürle", A, on_token).wait(WAIT_S) == Done(None)
    with pytest.raises(WrongThread):
        lanes.assert_token_thread()
    lanes.assert_not_token_thread()

    def elsewhere(ctx: JobContext) -> None:
        with pytest.raises(WrongThread):
            lanes.assert_token_thread()

    assert pool.cpu.submit("x", A, elsewhere).wait(WAIT_S) == Done(None)
    pool.shutdown(WAIT_S)
    lanes.assert_token_thread()


def test_the_small_pool_works_side_by_side(pool: Lanes) -> None:
    both = threading.Barrier(2, timeout=WAIT_S)
    jobs = [pool.cpu.submit("x", A, lambda ctx: both.wait()) for _ in range(2)]
    assert sorted(job.value(WAIT_S) for job in jobs) == [0, 1]


def _fail() -> None:
    raise RuntimeError("izleyici")
