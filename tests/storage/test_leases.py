from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import LeaseHeld
from app.storage import leases
from app.storage.database import Database


def _plant(lab: Any, *, pid: int, host: str, age: timedelta) -> None:
    """A lease row as another process would have written it."""
    with lab.db.write(lab.point) as s:
        s.execute(
            text("INSERT INTO lease VALUES (:company, 'tok', 'muhurdar sync', :host, :pid, :at)"),
            {
                "company": lab.company.id,
                "host": host,
                "pid": pid,
                "at": int((lab.now - age).timestamp() * 1_000_000),
            },
        )


def _host() -> str:
    import socket

    return socket.gethostname()


def test_second_taker_is_told_who_has_it(lab: Any) -> None:
    with leases.acquire(lab.db, lab.company.id, owner="pencere", now=lab.now):
        with pytest.raises(LeaseHeld) as refusal:
            leases.acquire(lab.db, lab.company.id, owner="muhurdar sync", now=lab.now)
        assert refusal.value.code == "LEASE.HELD"
        assert "pencere" in refusal.value.sentence
        assert str(os.getpid()) in refusal.value.sentence
    leases.acquire(lab.db, lab.company.id, owner="muhurdar sync", now=lab.now).release()


def test_another_company_is_free(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    with leases.acquire(lab.db, lab.company.id, owner="a"), leases.acquire(lab.db, other.id, owner="b"):
        pass


def test_release_twice_does_nothing(lab: Any) -> None:
    lease = leases.acquire(lab.db, lab.company.id, owner="a")
    lease.release()
    lease.release()


def test_live_process_on_this_machine_keeps_it(lab: Any) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        _plant(lab, pid=child.pid, host=_host(), age=timedelta(seconds=59))
        with pytest.raises(LeaseHeld) as refusal:
            leases.acquire(lab.db, lab.company.id, owner="b")
        assert str(child.pid) in refusal.value.sentence
        child.communicate(b"\n")
    # The process is dead now; its heartbeat is still young.
    leases.acquire(lab.db, lab.company.id, owner="b").release()


def test_silence_of_a_minute_makes_it_stale(lab: Any) -> None:
    _plant(lab, pid=os.getppid(), host=_host(), age=timedelta(seconds=61))
    leases.acquire(lab.db, lab.company.id, owner="b").release()


def test_another_machine_is_judged_by_its_heartbeat_alone(lab: Any) -> None:
    _plant(lab, pid=1, host="oteki-bilgisayar", age=timedelta(seconds=30))
    with pytest.raises(LeaseHeld) as refusal:
        leases.acquire(lab.db, lab.company.id, owner="b")
    assert "oteki-bilgisayar" in refusal.value.sentence
    lab.clock.advance(timedelta(seconds=31))
    leases.acquire(lab.db, lab.company.id, owner="b").release()


def test_heartbeat_keeps_it_alive(lab: Any) -> None:
    lease = leases.acquire(lab.db, lab.company.id, owner="a", keep_alive=False)
    lab.clock.advance(timedelta(seconds=50))
    lease.heartbeat()
    with lab.db.read() as s:
        beat = s.execute(text("SELECT heartbeat_at FROM lease")).scalar()
    assert beat == int(lab.clock.now().timestamp() * 1_000_000)
    lease.release()


def test_own_lease_stays_when_the_demo_pushes_the_clock(lab: Any) -> None:
    with leases.acquire(lab.db, lab.company.id, owner="a", keep_alive=False):
        lab.clock.advance(timedelta(days=8))
        with pytest.raises(LeaseHeld):
            leases.acquire(lab.db, lab.company.id, owner="b")


def test_lost_lease_says_so_and_leaves_the_new_holder_alone(lab: Any) -> None:
    lease = leases.acquire(lab.db, lab.company.id, owner="a", keep_alive=False)
    with lab.db.write(lab.point) as s:
        s.execute(text("UPDATE lease SET token = 'thief', owner = 'hırsız'"))
    lease.ensure_held()
    for act in (lease.heartbeat, lease.ensure_held):
        with pytest.raises(LeaseHeld) as loss:
            act()
        assert loss.value.code == "LEASE.LOST"
    lease.release()
    with lab.db.read() as s:
        assert s.execute(text("SELECT owner FROM lease")).scalar() == "hırsız"


def test_background_heartbeat_beats_and_ends_with_the_lease(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_BEAT_EVERY_S", 0.01)
    lease = leases.acquire(lab.db, lab.company.id, owner="a")
    beater = lease._beater
    assert beater is not None
    with lab.db.write(lab.point) as s:
        s.execute(text("UPDATE lease SET token = 'thief'"))
    assert lease._lost.wait(10)
    lease.release()
    assert not beater.is_alive()


def test_lease_of_a_killed_process_is_free_at_once(lab: Any) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path; from app.runtime.clock import SystemClock;"
        "from app.storage import leases; from app.storage.database import Database;"
        "db = Database.open(Path(sys.argv[1]), clock=SystemClock());"
        "leases.acquire(db, 1, owner='muhurdar sync'); print('held', flush=True); input()"
    )
    from pathlib import Path

    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(lab.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    db = Database.open(lab.path, clock=_system_clock())
    try:
        with pytest.raises(LeaseHeld, match="muhurdar sync"):
            leases.acquire(db, lab.company.id, owner="pencere")
        child.kill()
        child.communicate()
        leases.acquire(db, lab.company.id, owner="pencere").release()
    finally:
        db.close()


def _system_clock() -> Any:
    from app.runtime.clock import SystemClock

    return SystemClock()
