"""The child pool: limits, replacement, cleanliness, and what is left when the parent dies."""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import AppError, InputError
from app.runtime.children import ChildPool
from app.runtime.childwire import pack, unpack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(2) as made:
        yield made


def evaluate(pool: ChildPool, expression: str, **limits: float) -> object:
    return pool.call("builtins:eval", expression, **limits)  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    """Zombies do not count: nobody may be left to reap them in a container."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1.5,
        "",
        "ğüşİ",
        "x" * 100_000,
        b"",
        b"\x00\xff" * 50_000,
        [1, ["a", b"b"]],
        {"a": {"b": [b"c"]}, "s": 0},
    ],
)
def test_plain_values_survive_the_wire(value: object) -> None:
    assert unpack(pack(value)[8:]) == value


@pytest.mark.parametrize("value", [object(), {1: "a"}, {"a": {1, 2}}])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        pack(value)


@pytest.mark.parametrize("body", [b"", b"\x00" * 7, pack([b"abc"])[8:-1], b"\x00\x00\x00\x02\x00\x00\x00\x00{}"])
def test_a_damaged_frame_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(body)


def test_a_call_runs_in_another_process_that_stays_warm(pool: ChildPool) -> None:
    first = pool.call("os:getpid")
    assert first != os.getpid()
    assert pool.call("os:getpid") == first
    assert pool.call("operator:mul", "ş", 5000) == "ş" * 5000
    assert pool.call("operator:mul", b"\xfe", 1 << 20) == b"\xfe" * (1 << 20)


def test_children_know_neither_the_database_nor_the_window(pool: ChildPool) -> None:
    modules = evaluate(pool, "sorted(__import__('sys').modules)")
    assert isinstance(modules, list)
    heavy = {"sqlalchemy", "PySide6", "zeep", "alembic", "requests", "app.storage", "app.ui", "subprocess", "socket"}
    assert not heavy & set(modules)


def test_the_environment_is_clean(pool: ChildPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "gizli")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with ChildPool(1) as fresh:
        names = evaluate(fresh, "sorted(__import__('os').environ)")
    assert isinstance(names, list)
    assert not {"MUHURDAR_VAULT_PASSPHRASE", "HTTPS_PROXY", "HOME"} & set(names)


#: Frees blocks of a megabyte that are kept apart by small ones which live on; gives the megabytes still held.
_FREEING = """[size := lambda: int(open('/proc/self/statm').read().split()[1]) * 4096 >> 20,
 bytearray(8 << 20) and None, before := size(),
 kept := [(bytearray(b'x') * (1 << 20), bytes(2000)) for _ in range(64)],
 pins := [pair[1] for pair in kept], kept.clear(), size() - before][-1]"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps it")
def test_what_is_freed_goes_back_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    with ChildPool(1) as fresh:
        held = evaluate(fresh, _FREEING)
    assert isinstance(held, int) and held < 20
    monkeypatch.setattr("app.runtime.children._MALLOC", {})
    with ChildPool(1) as fresh:
        held = evaluate(fresh, _FREEING)
    assert isinstance(held, int) and held > 40, "the C library mends itself now: the settings can go"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_socket_or_file_is_inherited(tmp_path: Path) -> None:
    import socket

    with socket.socket() as listening, (tmp_path / "open").open("wb") as opened, ChildPool(1) as fresh:
        os.set_inheritable(listening.fileno(), True)
        os.set_inheritable(opened.fileno(), True)
        links = evaluate(
            fresh,
            "[__import__('os').readlink(f'/proc/self/fd/{n}') for n in range(3, 30)"
            " if __import__('os').path.islink(f'/proc/self/fd/{n}')]",
        )
    assert isinstance(links, list)
    assert not [link for link in links if link.startswith("socket:") or str(tmp_path) in link]


def test_printing_does_not_disturb_the_answer(pool: ChildPool) -> None:
    assert evaluate(pool, "(print('x' * 5000), __import__('os').write(1, b'noise'))[1]") == 5


def test_an_app_error_comes_back_whole(pool: ChildPool) -> None:
    with pytest.raises(InputError) as caught:
        pool.call("app.domain.taxnumber:parse_tax_number", "12")
    assert caught.value.code == "TAXNO.FORMAT"
    assert caught.value.why == "2 rakam yazılmış."


@pytest.mark.expected_logs("child job builtins:int failed")
def test_another_exception_is_one_clear_error(pool: ChildPool) -> None:
    with pytest.raises(AppError) as caught:
        pool.call("builtins:int", "yirmi")
    assert caught.value.code == "CHILD.FAILED"
    assert "ValueError" in str(caught.value.raw_text)


def test_past_the_deadline_the_child_is_killed_and_replaced() -> None:
    with ChildPool(1) as pool:
        old = pool.call("os:getpid")
        with pytest.raises(AppError) as caught:
            # Holds the GIL for its whole run, as Saxon does: only the parent can end it.
            evaluate(pool, "sum(1 for _ in iter(int, 1))", deadline_s=0.3)
        assert caught.value.code == "CHILD.TIMEOUT"
        assert "0.3 saniye" in caught.value.sentence
        assert pool.call("os:getpid") != old
        assert len(pool.process_ids) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="the Job Object does it there")
def test_memory_is_capped() -> None:
    with ChildPool(1) as pool:
        with pytest.raises(AppError) as caught:
            pool.call("operator:mul", b"x", 700 << 20, memory_mb=256)
        assert caught.value.code == "CHILD.MEMORY"
        assert pool.call("operator:mul", 2, 3) == 6


def test_output_is_capped_and_the_child_lives_on() -> None:
    with ChildPool(1) as pool:
        before = pool.call("os:getpid")
        with pytest.raises(AppError) as caught:
            pool.call("operator:mul", b"x", 3 << 20, max_output_bytes=1 << 20)
        assert caught.value.code == "CHILD.OUTPUT"
        assert pool.call("os:getpid") == before


def test_a_crash_is_said_and_the_next_call_works() -> None:
    with ChildPool(1) as pool:
        with pytest.raises(AppError) as caught:
            pool.call("os:abort")
        assert caught.value.code == "CHILD.CRASHED"
        assert pool.call("operator:add", 1, 1) == 2


def test_one_bad_job_does_not_touch_the_others() -> None:
    """Eight callers over the pool; every second one crashes its child."""
    outcomes: dict[int, object] = {}

    def work(n: int) -> None:
        try:
            outcomes[n] = pool.call("os:abort") if n % 2 else pool.call("operator:mul", n, 10)
        except AppError as error:
            outcomes[n] = error.code

    with ChildPool(2) as pool:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(pool.process_ids) <= 2
    assert outcomes == {n: "CHILD.CRASHED" if n % 2 else n * 10 for n in range(8)}


def test_the_pool_is_never_larger_than_the_machine() -> None:
    with ChildPool(1000) as pool:
        assert pool.size == (os.cpu_count() or 1)
        pool.warm_up(1000)
        assert len(pool.process_ids) == pool.size


def test_close_ends_children_and_calls_under_way() -> None:
    pool = ChildPool(1)
    pool.call("os:getpid")
    (pid,) = pool.process_ids
    codes: list[str] = []

    def work() -> None:
        try:
            pool.call("time:sleep", 60)
        except AppError as error:
            codes.append(error.code)

    thread = threading.Thread(target=work)
    thread.start()
    while not pool._busy:
        time.sleep(0.001)
    pool.close()
    thread.join(timeout=10)
    assert codes == ["CHILD.CLOSED"]
    with pytest.raises(AppError) as caught:
        pool.call("os:getpid")
    assert caught.value.code == "CHILD.CLOSED"
    if sys.platform == "linux":
        assert not is_alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("job", ["None", "sum(1 for _ in iter(int, 1))"], ids=["idle", "busy with the GIL held"])
def test_nothing_is_left_when_the_parent_is_killed(job: str) -> None:
    script = (
        "import sys, threading\n"
        "from app.runtime.children import ChildPool\n"
        "pool = ChildPool(1)\n"
        "pool.call('os:getpid')\n"
        f"thread = threading.Thread(target=lambda: pool.call('builtins:eval', {job!r}, deadline_s=60), daemon=True)\n"
        "thread.start()\n"
        "print(pool.process_ids[0], flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    watched = os.pidfd_open(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    ended, _, _ = select.select([watched], [], [], 10)
    os.close(watched)
    assert ended


def test_a_child_is_replaced_after_its_share_of_jobs() -> None:
    """What a library never gives back goes with the process; no call fails for it."""
    with ChildPool(size=1, jobs_per_child=3) as small:
        seen = [small.call("os:getpid") for _ in range(7)]
    assert seen[0] == seen[1] == seen[2]
    assert seen[3] == seen[4] == seen[5]
    assert len({seen[0], seen[3], seen[6]}) == 3


def test_an_answer_that_comes_with_the_bell_harms_no_later_call() -> None:
    """Deadlines as long as the job itself: whatever wins, the next call meets a living child."""
    with ChildPool(size=1) as small:
        small.call("time:sleep", 0.0)
        for _ in range(40):
            with contextlib.suppress(AppError):
                small.call("time:sleep", 0.01, deadline_s=0.0105)
            assert small.call("operator:add", 1, 1, deadline_s=20) == 2
        with pytest.raises(AppError) as caught:
            small.call("time:sleep", 0.0, deadline_s=0)
    assert caught.value.code == "CHILD.TIMEOUT"
