"""One racer of test_number_race.py: seals drafts in the series ABC until `goal` of its own are numbered.

    python number_race.py DATABASE RACER GOAL

A draft of its own is made when none is left over from a killed life; then the number is peeked at, the "seal" is made
with no transaction open, and stored if the number is still the next. It may be killed at any moment and started again.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from app.domain.lifecycle import DocumentKind
from app.runtime.clock import FixedClock
from app.runtime.crashpoints import declare
from app.storage import documents, numbers
from app.storage.database import Database
from app.storage.records import DocumentIndex

POINT = declare("db.test.race", "a draft or a number of the race")
NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAY = date(2026, 11, 21)


def main() -> None:
    path, racer, goal = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    db = Database.open(path, clock=FixedClock(NOW))
    for position in range(goal):
        ettn = f"{racer}-{position:04d}"
        with db.read() as s:
            known = s.execute(
                text("SELECT id, sequence FROM document WHERE company_id = 1 AND direction = 'out' AND ettn = :ettn"),
                {"ettn": ettn},
            ).one_or_none()
        if known is None:
            with db.write(POINT) as s:
                document_id = documents.save_draft(
                    s, 1, kind=DocumentKind.INVOICE, ettn=ettn, data={}, index=DocumentIndex(issue_date=DAY), at=NOW
                ).id
        elif known.sequence is None:
            document_id = known.id
        else:
            continue
        while not seal(db, document_id, ettn):
            pass
    db.close()


def seal(db: Database, document_id: int, ettn: str) -> bool:
    with db.read() as s:
        number, _ = numbers.peek_next(s, 1, "ABC", 2026)
    xml = f"<Invoice><ID>{number}</ID><UUID>{ettn}</UUID></Invoice>".encode()
    # Stands for the token: the signature depends on the number and takes a while.
    for _ in range(50):
        xml + hashlib.sha256(xml * 20).digest()
    with db.write(POINT) as s:
        return numbers.store_sealed(
            s, document_id, number=number, xml=xml, ettn=ettn, issue_date=DAY, sealed_by="own", at=NOW
        )


if __name__ == "__main__":
    main()
