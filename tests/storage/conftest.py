"""A laboratory for the storage tests: an open database with one company, and short makers of documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.document_number import SeriesPurpose
from app.domain.lifecycle import DocumentKind, State
from app.domain.party import Company, Party
from app.domain.taxnumber import parse_tax_number
from app.runtime.clock import FixedClock
from app.runtime.crashpoints import declare
from app.storage import companies, documents, numbers
from app.storage.database import Database
from app.storage.records import CompanyRecord, DocumentIndex, DocumentRecord

_POINT = declare("db.test", "whatever a storage test writes")
_NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_DAY = date(2026, 11, 21)


class Lab:
    """`lab.db` is open, `lab.company` (VKN 1234567890) has the e-Fatura series ABC in 2026."""

    point = _POINT
    now = _NOW
    day = _DAY

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FixedClock(_NOW)
        self.db = Database.open(path, clock=self.clock)
        self.company = self.add_company()

    def add_company(self, vkn: str = "1234567890", title: str = "Deneme Ticaret A.Ş.") -> CompanyRecord:
        with self.db.write(_POINT) as s:
            record = companies.save_company(s, Company(party=self.party(vkn, title)), at=_NOW)
            numbers.set_series(s, record.id, SeriesPurpose.EINVOICE, "ABC", year=2026)
        return record

    @staticmethod
    def party(vkn: str = "9876543210", title: str = "Alıcı Ltd. Şti.") -> Party:
        return Party(tax_number=parse_tax_number(vkn), title=title)

    @staticmethod
    def index(**more: Any) -> DocumentIndex:
        """Plausible fields; `more` replaces them."""
        fields: dict[str, Any] = {
            "profile": "TICARIFATURA",
            "type_code": "SATIS",
            "issue_date": _DAY,
            "partner_vkn": "9876543210",
            "partner_name": "Alıcı Ltd. Şti.",
            "payable": Decimal("120.00"),
            "vat": Decimal("20.00"),
            "search_text": "defter kalem",
        }
        return DocumentIndex(**(fields | more))

    def draft(self, ettn: str = "e-1", *, company: CompanyRecord | None = None, **more: Any) -> DocumentRecord:
        with self.db.write(_POINT) as s:
            return documents.save_draft(
                s,
                (company or self.company).id,
                kind=DocumentKind.INVOICE,
                ettn=ettn,
                data={"uuid": ettn},
                index=self.index(**more),
                at=_NOW,
            )

    def seal(self, record: DocumentRecord, *, xml: bytes = b"<Invoice/>", issue_date: date = _DAY) -> DocumentRecord:
        """Give a draft the next number of ABC."""
        with self.db.write(_POINT) as s:
            number, _ = numbers.peek_next(s, record.company_id, "ABC", issue_date.year)
            assert numbers.store_sealed(
                s,
                record.id,
                number=number,
                xml=xml,
                ettn=record.ettn,
                issue_date=issue_date,
                sealed_by="own",
                at=_NOW,
            )
            return documents.get(s, record.id)

    def sealed(self, ettn: str = "e-1", **more: Any) -> DocumentRecord:
        return self.seal(self.draft(ettn, **more), xml=f"<Invoice>{ettn}</Invoice>".encode())

    def receive(
        self, ettn: str, *, raw: bytes = b"", company: CompanyRecord | None = None, **more: Any
    ) -> DocumentRecord:
        with self.db.write(_POINT) as s:
            record, _ = documents.store_received(
                s,
                (company or self.company).id,
                ettn=ettn,
                index=self.index(**more),
                raw=raw or f"<Invoice>{ettn}</Invoice>".encode(),
                at=_NOW,
                arrived_at=_NOW,
            )
        return record

    def move(self, document_id: int, *states: State) -> DocumentRecord:
        """Walk a document through states."""
        with self.db.write(_POINT) as s:
            for state in states:
                documents.set_state(s, document_id, state, at=_NOW)
            return documents.get(s, document_id)

    def get(self, document_id: int) -> DocumentRecord:
        with self.db.read() as s:
            return documents.get(s, document_id)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    laboratory = Lab(tmp_path / "muhurdar.db")
    yield laboratory
    laboratory.db.close()
