"""Two processes seal 500 documents each in one series, killed at random: no gap, no double, nothing half-sealed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.demo import people
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.verify import verify_document
from app.storage import companies as stored
from app.storage import documents, search
from app.ubl.company_json import company_from_json
from app.ubl.reader import summarize
from app.workflows import companies, drafting, points

from .conftest import START
from .seal_racer import ettn_of

RACER = Path(__file__).with_name("seal_racer.py")
ROOT = Path(__file__).resolve().parents[2]
COUNT = 500


@pytest.mark.slow
def test_two_sealers_of_one_series(tmp_path: Path, seller_sealer: Sealer) -> None:
    data, seal = tmp_path / "data", tmp_path / "seal.p12"
    seal.write_bytes(seller_sealer.to_pkcs12("race"))  # type: ignore[attr-defined]
    _fill(data)
    kills = [0]
    lanes = [threading.Thread(target=_race, args=(data, seal, racer, kills)) for racer in ("1", "2")]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    assert kills[0] >= 4, "the racers must have been killed on the way"
    with _office(data) as office, office.db.read() as s:
        records = search.rows(s, search.ids(s, search.DocumentQuery(direction=Direction.OUT)))
        sealed = {r.number: (r.ettn, documents.load_file(s, r.id, "sealed")) for r in records}
    assert all(r.state is State.SEALED for r in records)
    assert sorted(sealed) == [f"CNR2026{n:09d}" for n in range(1, 2 * COUNT + 1)]
    for number, (ettn, raw) in sealed.items():
        assert raw is not None
        summary = summarize(raw)
        assert (summary.number, summary.ettn) == (number, ettn)
    for number in random.Random(5).sample(sorted(sealed), 25):
        assert verify_document(sealed[number][1] or b"").valid


def _office(data: Path) -> Office:
    return Office.open(data, owner="judge", clock=FixedClock(START), secrets=MemorySecretStore())


def _fill(data: Path) -> None:
    with _office(data) as office:
        ctx = office.context()
        company = companies.save_company(ctx, company_from_json(dict(people.SELLER), base_dir=data))
        draft = people.drafts(START.date().isoformat())[0]
        for racer in ("1", "2"):
            for position in range(COUNT):
                first = drafting.save_draft(ctx, company, draft | {"uuid": ettn_of(racer, position)})
        with office.db.write(points.PARTNER) as s:
            stored.save_partner(
                s,
                company.id,
                first.invoice.customer,
                registered=True,
                pk_labels=("urn:mail:defaultpk@x.example",),
                preferred_pk="",
                checked_at=START,
                at=START,
            )


def _race(data: Path, seal: Path, racer: str, kills: list[int]) -> None:
    """Run one racer to its end, killing it at random moments on the way."""
    dice = random.Random(racer)
    while True:
        process = subprocess.Popen(
            [sys.executable, str(RACER), str(data), str(seal), racer, str(COUNT), START.isoformat()],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "MUHURDAR_CRASH_GUARD": "1", "PATH": "/usr/bin:/bin"},
            stderr=subprocess.PIPE,
        )
        try:
            _, error = process.communicate(timeout=dice.uniform(1.0, 3.0) if kills[0] < 12 else 120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills[0] += 1
            continue
        assert process.returncode == 0, error.decode()
        return
