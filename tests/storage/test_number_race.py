"""Two processes seal in one series, killed at random and started again: no gap, no double, bytes that fit."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.lifecycle import Direction
from app.storage import documents

_RACER = Path(__file__).with_name("number_race.py")
_DEADLINE_S = 240.0


def _start(path: Path, racer: str, goal: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(_RACER), str(path), racer, str(goal)],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def _race(path: Path, *, goal: int, kills: int, seed: int) -> int:
    """Run both racers until both are through; returns how many lives were ended by force."""
    dice = random.Random(seed)
    deadline = time.monotonic() + _DEADLINE_S
    running = {racer: _start(path, racer, goal) for racer in ("left", "right")}
    killed = 0
    while running:
        assert time.monotonic() < deadline, "the race does not come to its end"
        victim = dice.choice(sorted(running))
        process = running[victim]
        try:
            _, complaint = process.communicate(timeout=dice.uniform(0.4, 0.9) if killed < kills else _DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            killed += 1
            running[victim] = _start(path, victim, goal)
            continue
        assert process.returncode == 0, complaint.decode()
        del running[victim]
    return killed


def _check(lab: Any, goal: int) -> None:
    with lab.db.read() as s:
        rows = s.execute(text("SELECT sequence, number, ettn, id FROM document ORDER BY sequence")).all()
        assert [row.sequence for row in rows] == list(range(1, 2 * goal + 1))
        assert len({row.ettn for row in rows}) == 2 * goal
        for row in rows:
            record = documents.find(s, lab.company.id, Direction.OUT, row.ettn)
            assert record is not None
            raw = documents.load_file(s, row.id, "sealed")
            assert raw == f"<Invoice><ID>{row.number}</ID><UUID>{row.ettn}</UUID></Invoice>".encode()
        assert s.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_two_killed_processes_leave_no_gap_and_no_double(lab: Any) -> None:
    killed = _race(lab.path, goal=100, kills=4, seed=7)
    assert killed >= 1
    _check(lab, 100)


@pytest.mark.slow
def test_two_killed_processes_of_five_hundred_leave_no_gap_and_no_double(lab: Any) -> None:
    killed = _race(lab.path, goal=500, kills=12, seed=11)
    assert killed >= 3
    _check(lab, 500)
