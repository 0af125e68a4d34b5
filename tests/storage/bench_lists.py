"""Times of lists over many documents. Not a test: `python tests/storage/bench_lists.py 100000 [1000000]`.

A few thousand documents are stored the usual way (and timed); the rest are copies of them made by SQL.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from app.domain.lifecycle import Direction, State
from app.domain.party import Company, Party
from app.domain.taxnumber import parse_tax_number
from app.runtime.clock import FixedClock
from app.runtime.crashpoints import declare
from app.storage import companies, documents, search
from app.storage.database import Database, OpenSession
from app.storage.records import DocumentIndex
from app.storage.search import DocumentQuery

POINT = declare("db.bench", "bench rows")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SEED_COUNT = 10_000
WORDS = [
    *("İstanbul", "Şeker", "Çınar", "Gül", "Işık", "Yılmaz", "Demir", "Kaya"),
    *("Öz", "Ünal", "Ankara", "Bursa", "Doğan", "Kılıç", "Ekin", "Deniz"),
]


def fill(db: Database, count: int) -> float:
    """Store `count` received documents; returns the seconds per 10,000 stored the usual way."""
    dice = random.Random(1)
    with db.write(POINT) as s:
        party = Party(tax_number=parse_tax_number("1234567890"), title="Deneme A.Ş.")
        company_id = companies.save_company(s, Company(party=party), at=NOW).id
    seeds = min(count, SEED_COUNT)
    began = time.perf_counter()
    for start in range(0, seeds, 100):
        with db.write(POINT) as s:
            for position in range(start, min(start + 100, seeds)):
                _receive(s, company_id, position, dice)
    seconds = (time.perf_counter() - began) * 10_000 / seeds
    for base in range(seeds, count, seeds):
        with db.write(POINT) as s:
            _copy(s, base, min(seeds, count - base))
    return seconds


def _receive(s: OpenSession, company_id: int, position: int, dice: random.Random) -> None:
    name = f"{' '.join(dice.choices(WORDS, k=3))} Ltd. Şti. {dice.randrange(3000)}"
    index = DocumentIndex(
        number=f"{dice.choice(('ABC', 'XYZ', 'EFA'))}2026{position:09d}",
        profile="TEMELFATURA",
        type_code="SATIS",
        issue_date=date(2026, 1, 1) + timedelta(days=dice.randrange(320)),
        partner_vkn=str(1_000_000_000 + dice.randrange(3000)),
        partner_name=name,
        payable=Decimal(dice.randrange(10**7)) / 100,
        vat=Decimal(5),
        search_text=" ".join(dice.choices(WORDS, k=8)),
    )
    raw = f"<Invoice>{position}{'<cac:InvoiceLine>kalem</cac:InvoiceLine>' * 500}</Invoice>".encode()
    documents.store_received(
        s,
        company_id,
        ettn=f"{position:08x}-0000-4000-8000-000000000000",
        index=index,
        raw=raw,
        at=NOW,
        arrived_at=NOW + timedelta(seconds=dice.randrange(10**6)),
    )


def _copy(s: OpenSession, base: int, count: int) -> None:
    columns = [row.name for row in s.execute(text("PRAGMA table_info(document)"))]
    changed = {
        "id": f"id + {base}",
        "ettn": f"printf('%08x', id + {base}) || substr(ettn, 9)",
        "number": f"substr(number, 1, 7) || printf('%09d', id + {base})",
        "payable": f"payable + {base}",
    }
    values = ", ".join(changed.get(name, name) for name in columns)
    s.execute(text(f"INSERT INTO document SELECT {values} FROM document WHERE id <= {count}"))
    s.execute(
        text(
            f"INSERT INTO document_search SELECT document_id + {base}, company_id, "
            f"replace(keys, substr(keys, 8, 9), printf('%09d', document_id + {base})), extra "
            f"FROM document_search WHERE document_id <= {count}"
        )
    )


def measure(db: Database, what: str, act: Callable[[OpenSession], list[int] | int]) -> None:
    best = float("inf")
    for _ in range(3):
        with db.read() as s:
            began = time.perf_counter()
            found = act(s)
            best = min(best, time.perf_counter() - began)
    print(f"  {what:34}{best * 1000:9.1f} ms  {found if isinstance(found, int) else len(found):>9}")


def run(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "muhurdar.db"
        began = time.perf_counter()
        db = Database.open(path, clock=FixedClock(NOW))
        print(f"{count} documents; new database in {(time.perf_counter() - began) * 1000:.0f} ms")
        seconds = fill(db, count)
        size_mib = path.stat().st_size >> 20
        print(f"  received 10,000 in {seconds:.1f} s (100 per transaction, raw 20 KB); file {size_mib} MiB")
        base = {"company_id": 1, "direction": Direction.IN}
        for column in ("issue_date", "partner_name", "number", "payable", "arrived_at", "state", "vat"):
            query = DocumentQuery(**base, sort=((column, True),))
            measure(db, f"ids by {column}", lambda s, query=query: search.ids(s, query))
        spring = DocumentQuery(**base, start=date(2026, 5, 1), end=date(2026, 5, 31), states=(State.RECEIVED,))
        measure(db, "ids of May, received", lambda s: search.ids(s, spring))
        for words in ("şeker yılmaz 29", "123", "istanbul", "ltd", "İS", "a", "000000777", "zzz"):
            query = DocumentQuery(**base, text=words)
            measure(db, f"search '{words}'", lambda s, query=query: search.ids(s, query))
        measure(db, "count", lambda s: search.count(s, DocumentQuery(**base)))
        with db.read() as s:
            some = search.ids(s, DocumentQuery(**base))[1000:1200]
        measure(db, "rows of 200 ids", lambda s: len(search.rows(s, some)))
        db.close()
        print(f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    for argument in sys.argv[1:] or ["100000"]:
        run(int(argument))
