"""Kill the process at every named point of a day's work, start it again, and compare with the integrator.

Nothing may be lost, sent twice, skipped or reused: the database and the sandbox agree on number, ETTN and bytes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

# Importing the rooms declares their points; the list below is what the registry knows, not what we remember.
import app.connectors.izibiz.points
import app.workflows.points  # noqa: F401
from app.demo import people
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.storage import documents, search
from app.storage.records import DocumentRecord

from .conftest import START

DRIVER = Path(__file__).with_name("crash_driver.py")
ROOT = Path(__file__).resolve().parents[2]
INCOMING = 7

REACHED = (
    "db.company",
    "db.partner",
    "db.draft",
    "db.seal",
    "db.queue",
    "db.send.begin",
    "db.send.end",
    "db.status",
    "db.legal",
    "db.receive",
    "db.receive.acked",
    "db.answer.queue",
    "db.answer.begin",
    "db.answer.sealed",
    "db.answer.end",
    "db.poll",
    "db.lease",
    "file.izibiz.wsdl",
    "wire.izibiz.Login",
    "wire.izibiz.CheckUser",
    "wire.izibiz.SendInvoice",
    "wire.izibiz.GetInvoice",
    "wire.izibiz.MarkInvoice",
    "wire.izibiz.GetInvoiceStatusAll",
    "wire.izibiz.PrepareInvoiceResponse",
    "wire.izibiz.SendInvoiceResponse",
)


def _run(data: Path, sandbox: Sandbox, seal: Path, crash_at: str | None, *, mode: str = "own") -> int:
    env = {k: v for k, v in os.environ.items() if not k.startswith("MUHURDAR_CRASH_AT")}
    env |= {"PYTHONPATH": str(ROOT), "MUHURDAR_CRASH_GUARD": "1"}
    if crash_at:
        env["MUHURDAR_CRASH_AT"] = crash_at
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(data), sandbox.url, str(seal), sandbox.now().isoformat(), mode],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the day ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.returncode


@pytest.fixture
def seal_file(tmp_path: Path, seller_sealer: Sealer) -> Path:
    path = tmp_path / "seal.p12"
    path.write_bytes(seller_sealer.to_pkcs12("crash"))  # type: ignore[attr-defined]
    return path


def _open_account(sandbox: Sandbox, *, seals: str = "own") -> None:
    seller = people.SELLER
    sandbox.add_account(
        "demo",
        "demo-parola",
        vkn=seller["vkn"],
        title=seller["title"],
        gb=seller["labels"]["gb"],
        pk=seller["labels"]["pk"],
        seals=seals,
    )


@pytest.fixture
def world() -> Iterator[Sandbox]:
    with Sandbox(now=START) as sandbox:
        _open_account(sandbox)
        for index in range(len(people.BUYERS)):
            sandbox.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
        sandbox.add_incoming(count=INCOMING, to_vkn=people.SELLER["vkn"])
        yield sandbox


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("name", REACHED)
def test_the_day_survives_a_crash(name: str, phase: str, tmp_path: Path, world: Sandbox, seal_file: Path) -> None:
    data = tmp_path / "data"
    assert _run(data, world, seal_file, f"{name}:{phase}") == -signal.SIGKILL, f"the day never passed {name}"
    assert _run(data, world, seal_file, None) == 0
    _agree(data, world)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("name", ["wire.izibiz.SendInvoice", "wire.izibiz.SendInvoiceResponseWithServerSign"])
def test_a_company_whose_integrator_seals_survives_too(
    name: str, phase: str, tmp_path: Path, world: Sandbox, seal_file: Path
) -> None:
    data = tmp_path / "data"
    _open_account(world, seals="integrator")
    assert _run(data, world, seal_file, f"{name}:{phase}", mode="integrator") == -signal.SIGKILL
    assert _run(data, world, seal_file, None, mode="integrator") == 0
    _agree(data, world, is_ours=False)


@pytest.mark.parametrize("passage", [2, 3])
@pytest.mark.parametrize("name", ["db.send.end", "db.receive.acked", "wire.izibiz.SendInvoice", "db.seal"])
def test_the_day_survives_a_later_crash(
    name: str, passage: int, tmp_path: Path, world: Sandbox, seal_file: Path
) -> None:
    """The same points at their second and third passage: with earlier documents already on their way."""
    data = tmp_path / "data"
    _run(data, world, seal_file, f"{name}:after:{passage}")
    assert _run(data, world, seal_file, None) == 0
    _agree(data, world)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("name", ["db.recover", "db.settle"])
def test_a_crash_while_mending_a_crash(name: str, phase: str, tmp_path: Path, world: Sandbox, seal_file: Path) -> None:
    """First the answer to a processed send is lost, then the run that settles it is killed too."""
    data = tmp_path / "data"
    assert _run(data, world, seal_file, "wire.izibiz.SendInvoice:after") == -signal.SIGKILL
    assert _run(data, world, seal_file, f"{name}:{phase}") == -signal.SIGKILL, f"the second run never passed {name}"
    assert _run(data, world, seal_file, None) == 0
    _agree(data, world)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_crash_while_parking_what_grew_too_old(phase: str, tmp_path: Path, world: Sandbox, seal_file: Path) -> None:
    """Killed right after queueing, started again nine days later: too old to send, on the review list, never sent."""
    data = tmp_path / "data"
    assert _run(data, world, seal_file, "db.queue:after:4") == -signal.SIGKILL
    world.advance(timedelta(days=9))
    assert _run(data, world, seal_file, f"db.review:{phase}") == -signal.SIGKILL
    assert _run(data, world, seal_file, None) == 0
    with (
        Office.open(data, owner="judge", clock=FixedClock(world.now()), secrets=MemorySecretStore()) as office,
        office.db.read() as s,
    ):
        ours = search.rows(s, search.ids(s, search.DocumentQuery(direction=Direction.OUT)))
    assert [(r.state, r.review_code) for r in ours] == [(State.QUEUED, "DATE.SEVEN_DAYS")] * 4
    assert world.stored("out") == []


def _agree(data: Path, world: Sandbox, *, is_ours: bool = True) -> None:
    role = "sealed" if is_ours else "legal"
    with (
        Office.open(data, owner="judge", clock=FixedClock(world.now()), secrets=MemorySecretStore()) as office,
        office.db.read() as s,
    ):
        everything = search.rows(s, search.ids(s, search.DocumentQuery()))
        sealed = {r.ettn: documents.load_file(s, r.id, role) for r in everything if r.direction is Direction.OUT}
        received = {r.ettn: documents.load_file(s, r.id, "received") for r in everything if r.direction is Direction.IN}
    ours = [r for r in everything if r.direction is Direction.OUT]
    theirs = world.stored("out")
    # Numbers: one to four, each once, no gap.
    assert sorted(r.number for r in ours) == [f"CNR2026{n:09d}" for n in range(1, 5)]
    assert Counter(d.number for d in theirs) == Counter(r.number for r in ours)
    # ETTN and bytes: what they hold is what we sealed, and they took each exactly once.
    assert {d.ettn: d.xml for d in theirs} == sealed
    assert all(d.sends == 1 for d in theirs), [(d.number, d.sends) for d in theirs]
    assert all(r.state in (State.DELIVERED, State.ACCEPTED) for r in ours), [(r.number, r.state) for r in ours]
    assert all(r.has_legal_copy for r in ours)
    # Received: everything, byte for byte, once; every commercial one answered exactly once, none left in between.
    incoming = world.stored("in")
    assert {d.ettn: d.xml for d in incoming} == received
    assert len(received) == INCOMING
    commercial = [r for r in everything if r.direction is Direction.IN and r.profile == "TICARIFATURA"]
    assert commercial, "the day must have something to answer"
    _answered_once(commercial, {d.ettn: d.answers for d in incoming})
    assert not [r for r in everything if r.review_code], [
        (r.number, r.review_code) for r in everything if r.review_code
    ]


def _answered_once(commercial: list[DocumentRecord], answers: dict[str, list[str]]) -> None:
    assert all(r.state is State.ANSWERED and r.answer == "RED" for r in commercial), [
        (r.number, r.state) for r in commercial
    ]
    assert all(answers[r.ettn] == ["RED"] for r in commercial), answers
