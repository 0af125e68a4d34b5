"""Write tests/data/storage/vNNNN.sql: a small database of this version as SQL, kept for ever and upgraded in a test.

    python tests/storage/make_dump.py

Run it at every release (and, before the first release, whenever the tables change). A dump of a released version is
never written again.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from app.domain.document_number import SeriesPurpose
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.party import Address, Company, Labels, Party
from app.domain.taxnumber import parse_tax_number
from app.runtime.clock import FixedClock
from app.runtime.crashpoints import declare
from app.storage import companies, documents, numbers, outbox, polling, quarantine, schema, settings_store, spellings
from app.storage.database import Database
from app.storage.records import DocumentIndex

POINT = declare("db.test.dump", "a sample of the dump")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 21)
TARGET = Path(__file__).parents[1] / "data" / "storage"


def fill(path: Path) -> None:
    """One of everything. `test_migrations.py` knows these values."""
    db = Database.open(path, clock=FixedClock(NOW))
    with db.write(POINT) as s:
        party = Party(
            tax_number=parse_tax_number("1234567890"), title="Işık Ticaret A.Ş.", address=Address(city="İstanbul")
        )
        company = companies.save_company(s, Company(party=party, labels=Labels(gb=("urn:mail:gb@x",))), at=NOW)
        account = companies.save_account(
            s, company.id, connector="izibiz", url="http://127.0.0.1:1", user="u", secret_name="izibiz/1234567890"
        )
        polling.mark_poll(s, account.id, "receive", NOW)
        buyer = Party(tax_number=parse_tax_number("9876543210"), title="Çınar Gıda Ltd. Şti.")
        companies.save_partner(
            s, company.id, buyer, registered=True, pk_labels=("urn:mail:pk@x",), checked_at=NOW, at=NOW
        )
        numbers.set_series(s, company.id, SeriesPurpose.EINVOICE, "ABC", year=2026)
        settings_store.save_setting(s, "poll_minutes", 15)
        index = DocumentIndex(
            profile="TICARIFATURA",
            type_code="SATIS",
            issue_date=DAY,
            partner_vkn="9876543210",
            partner_name="Çınar Gıda Ltd. Şti.",
            payable=Decimal("120.00"),
            vat=Decimal("20.00"),
            search_text="defter kalem",
        )
        draft = documents.save_draft(
            s, company.id, kind=DocumentKind.INVOICE, ettn="draft-1", data={"uuid": "draft-1"}, index=index, at=NOW
        )
        sealed = documents.save_draft(
            s, company.id, kind=DocumentKind.INVOICE, ettn="sealed-1", data={"uuid": "sealed-1"}, index=index, at=NOW
        )
        number, _ = numbers.peek_next(s, company.id, "ABC", 2026)
        numbers.store_sealed(
            s,
            sealed.id,
            number=number,
            xml=b"<Invoice>sealed-1</Invoice>" * 20,
            ettn="sealed-1",
            issue_date=DAY,
            sealed_by="own",
            at=NOW,
        )
        documents.set_state(s, sealed.id, State.QUEUED, at=NOW)
        outbox.enqueue(s, company.id, sealed.id, "send", {"solo": True}, at=NOW)
        documents.flag_review(s, draft.id, code="X", reason="neden", todo="yap", at=NOW)
        for ettn in ("received-1", "received-2"):
            documents.store_received(
                s,
                company.id,
                ettn=ettn,
                index=DocumentIndex(number="XYZ2026000000007", partner_vkn="9876543210", partner_name="Çınar Gıda"),
                raw=f"<Invoice>{ettn}</Invoice>".encode(),
                at=NOW,
                arrived_at=NOW,
                answer_due_at=NOW + timedelta(days=8),
            )
        received = documents.find(s, company.id, Direction.IN, "received-2")
        assert received is not None
        spellings.keep_spelling(s, company.id, received.id, "RECEIVED-2")
        quarantine.keep(s, company.id, name="x.zip", raw=b"PK", code="ZIP.BOMB", reason="Çok büyük.", at=NOW)
    db.close()


def dump(path: Path) -> Iterator[str]:
    """The statements that build the database again; the trigram table is rebuilt from its content table."""
    with closing(sqlite3.connect(path)) as connection:
        everything = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        virtual = [name for kind, name, sql in everything if sql.startswith("CREATE VIRTUAL")]
        plain = [row for row in everything if not any(row[1].startswith(name) for name in virtual)]
        yield "PRAGMA foreign_keys = OFF"
        yield "BEGIN"
        for kind, name, sql in plain:
            if kind == "table":
                yield " ".join(sql.split())
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
                quoted = ", ".join(f"quote({column})" for column in columns)
                for values in connection.execute(f"SELECT {quoted} FROM {name} ORDER BY rowid"):
                    yield f"INSERT INTO {name} VALUES ({', '.join(values)})"
        for kind, _, sql in plain:
            if kind == "index":
                yield " ".join(sql.split())
        for name in virtual:
            yield next(sql for _, known, sql in everything if known == name)
            yield f"INSERT INTO {name} ({name}) VALUES ('rebuild')"
        for kind, _, sql in plain:
            if kind == "trigger":
                yield " ".join(sql.split())
        for pragma in ("application_id", "user_version"):
            yield f"PRAGMA {pragma} = {connection.execute(f'PRAGMA {pragma}').fetchone()[0]}"
        yield "COMMIT"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "muhurdar.db"
        fill(path)
        text = ";\n".join(dump(path)) + ";\n"
    target = TARGET / f"v{schema.revision(schema.VERSION)}.sql"
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {len(text)} bytes")


if __name__ == "__main__":
    main()
