"""Lists over 100,000 and 1,000,000 stored documents: ids, filters, search, rows; the yardstick is plain SQL."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.party import Company, Party
from app.domain.taxnumber import parse_tax_number
from app.runtime import crashpoints
from app.runtime.clock import FixedClock
from app.storage import companies, documents, search
from app.storage.database import Database, OpenSession
from app.storage.records import DocumentIndex
from tests.bench.stopwatch import Board, median_of, once

POINT = crashpoints.declare("bench.fill", "documents made up by the bench")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
#: Stored the usual way, with their bytes; the rest are copies of the rows.
SEEDS = 10_000
_FIRST = ["Işık", "Öztürk", "Çınar", "Güneş", "Şahin", "Yıldız", "Doğan", "Kılıç", "Aydın", "Ünal", "İstanbul", "Ege"]
_LAST = ["Ticaret", "Gıda", "Makine", "Tekstil", "İnşaat", "Lojistik", "Mobilya", "Otomotiv", "Kimya", "Yazılım"]
_GOODS = ["kalem", "çelik boru", "danışmanlık hizmeti", "un 50 kg", "nakliye", "lastik", "fırın", "buğday", "kağıt"]


def run(board: Board, *, big: bool) -> None:
    for count in (100_000, 1_000_000) if big else (100_000,):
        with tempfile.TemporaryDirectory() as folder:
            _measure(board, Path(folder) / "bench.db", count)


def _measure(board: Board, path: Path, count: int) -> None:
    db = Database.open(path, clock=FixedClock(NOW))
    seconds, company_id = once(lambda: _fill(db, count))
    label = f"{count:,}"
    board.row(f"{label} documents made (10,000 stored, the rest copied)", seconds)
    aim = "50 ms" if count == 100_000 else ""
    everything = search.DocumentQuery(company_id=company_id, direction=Direction.IN)
    with db.read() as s:

        def ids(**changes: object) -> list[int]:
            return search.ids(s, search.DocumentQuery(company_id=company_id, direction=Direction.IN, **changes))  # type: ignore[arg-type]

        board.row(f"{label}: ids by date", median_of(lambda: search.ids(s, everything)), aim=aim)
        board.row(f"{label}: ids by partner", median_of(lambda: ids(sort=[("partner_name", False)])), aim=aim)
        board.row(f"{label}: ids by amount, falling", median_of(lambda: ids(sort=[("payable", True)])), aim=aim)
        board.row(f"{label}: waiting for an answer", median_of(lambda: ids(states=(State.ANSWER_DUE,))))
        board.row(f"{label}: one month", median_of(lambda: ids(start=date(2026, 5, 1), end=date(2026, 5, 31))))
        for words in ("istanbul mobilya", "ÇELİK", "BEN202600007", "ış"):
            found = len(ids(text=words))
            board.row(
                f"{label}: search {words!r}", median_of(lambda w=words: ids(text=w)), aim=aim, note=f"{found} found"
            )
        first = search.ids(s, everything)[:200]
        board.row(f"{label}: 200 rows by id", median_of(lambda: search.rows(s, first)))
    with sqlite3.connect(path) as raw:
        sql = "select id from document where partner_folded like '%istanbul%' and partner_folded like '%mobilya%'"
        board.row(f"{label}: yardstick: LIKE over one column", median_of(lambda: raw.execute(sql).fetchall()))
        sql = "select id from document order by payable desc, id desc"
        board.row(f"{label}: yardstick: bare SQL, all ids by amount", median_of(lambda: raw.execute(sql).fetchall()))
    raw.close()
    db.close()
    board.fact(f"{label}: file size", f"{path.stat().st_size / 1e6:,.0f} MB")


def _fill(db: Database, count: int) -> int:
    """Store the first documents the usual way; the rest are copies of them made by SQL. Returns the company's id."""
    dice = random.Random(7)
    with db.write(POINT) as s:
        party = Party(tax_number=parse_tax_number("9205121120"), title="Bench")
        company_id = companies.save_company(s, Company(party=party), at=NOW).id
    for start in range(0, SEEDS, 100):
        with db.write(POINT) as s:
            for n in range(start, start + 100):
                _receive(s, company_id, n, dice)
    for base in range(SEEDS, count, SEEDS):
        with db.write(POINT) as s:
            _copy(s, base)
    return company_id


def _receive(s: OpenSession, company_id: int, n: int, dice: random.Random) -> None:
    commercial = n % 3 == 0
    arrived = NOW - timedelta(minutes=n)
    documents.store_received(
        s,
        company_id,
        kind=DocumentKind.INVOICE,
        ettn=f"{n + 1:08x}-0000-4000-8000-000000000000",
        index=DocumentIndex(
            number=f"BEN2026{n + 1:09d}",
            profile="TICARIFATURA" if commercial else "TEMELFATURA",
            type_code="SATIS",
            issue_date=date(2026, 1, 1) + timedelta(days=dice.randrange(320)),
            partner_vkn=f"{1_000_000_000 + n % 5000}",
            partner_name=f"{dice.choice(_FIRST)} {dice.choice(_LAST)} {n % 5000} Ltd. Şti.",
            currency="TRY",
            payable=Decimal(dice.randrange(100, 10_000_000)) / 100,
            vat=Decimal(dice.randrange(10, 1_000_000)) / 100,
            search_text=f"{dice.choice(_GOODS)} {dice.choice(_GOODS)}",
        ),
        raw=f"<Invoice>{n}{'<Line>kalem</Line>' * 200}</Invoice>".encode(),
        arrived_at=arrived,
        answer_due_at=arrived + timedelta(days=8) if commercial and n % 30 == 0 else None,
        at=NOW,
    )


def _copy(s: OpenSession, base: int) -> None:
    columns = [row.name for row in s.execute(text("PRAGMA table_info(document)"))]
    changed = {
        "id": f"id + {base}",
        "ettn": f"printf('%08x', id + {base}) || substr(ettn, 9)",
        "number": f"substr(number, 1, 7) || printf('%09d', id + {base})",
        "payable": f"payable + {base}",
    }
    values = ", ".join(changed.get(name, name) for name in columns)
    s.execute(text(f"INSERT INTO document SELECT {values} FROM document WHERE id <= {SEEDS}"))
    s.execute(
        text(
            f"INSERT INTO document_search SELECT document_id + {base}, company_id, "
            f"replace(keys, substr(keys, 8, 9), printf('%09d', document_id + {base})), extra "
            f"FROM document_search WHERE document_id <= {SEEDS}"
        )
    )
