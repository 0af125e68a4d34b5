"""One racer of test_two_sealers: seals its own drafts of a shared series, without the company's lease.

    python seal_racer.py DATA_DIR SEAL.p12 RACER COUNT ISO_NOW

May be killed at any moment and started again: what is already sealed is passed over.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from app.domain.lifecycle import Direction, State
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import Pkcs12Sealer
from app.storage import companies, documents
from app.workflows import sealing


def ettn_of(racer: str, position: int) -> str:
    return f"{position:08x}-0000-4000-8000-00000000000{racer}"


def main(data: str, seal: str, racer: str, count: str, now: str) -> None:
    clock = FixedClock(datetime.fromisoformat(now))
    sealer = Pkcs12Sealer.load(Path(seal), "race")
    with Office.open(Path(data), owner=f"racer {racer}", clock=clock, secrets=MemorySecretStore()) as office:
        ctx = office.context()
        with office.db.read() as s:
            (company,) = companies.list_companies(s)
        template = b"<x/>"
        means = sealing.Means(sealer=sealer, endpoint=None, session=None, template_for=lambda _company: template)
        for position in range(int(count)):
            with office.db.read() as s:
                record = documents.find(s, company.id, Direction.OUT, ettn_of(racer, position))
            assert record is not None
            if record.state is State.DRAFT:
                sealing.seal_one(ctx, company, record, means)


if __name__ == "__main__":
    main(*sys.argv[1:])
