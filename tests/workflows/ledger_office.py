"""An office with one company and vouchers put straight into its ledger file: for tests that look at a month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.demo import people
from app.domain.ledger_rows import LedgerRow
from app.domain.party import Company
from app.domain.voucher import Period
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.crashpoints import declare
from app.runtime.secrets import MemorySecretStore
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import ImportResult, begin_import
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.workflows import companies
from app.workflows.ledger_check import MonthCheck, check_month, open_ledger

TOUCHED = declare("test.ledger.touched", "what a test writes into a ledger file")
AT = "2026-04-02T10:00:00+00:00"
MARCH = Period(2026, 3)
JANUARY = Period(2026, 1)
LIRA = 10_000


def row(line: int, **changes: Any) -> LedgerRow:
    """A debit of 100,00 on 120.01 of voucher F1, 2 March 2026, for an invoice."""
    values: dict[str, Any] = {
        "source_line": line,
        "day": "2026-03-02",
        "reference": "F1",
        "branch_no": "",
        "branch_name": "",
        "entry_number": changes.get("reference", "F1"),
        "entry_comment": "Satış",
        "entered_by": "Ayşe",
        "counter": 0,
        "number": 0,
        "main_id": "120",
        "main_name": "ALICILAR",
        "sub_id": "",
        "sub_name": "",
        "amount": 100 * LIRA,
        "side": "D",
        "document_type": "invoice",
        "document_description": "",
        "document_number": f"ABC20260000000{line:02d}",
        "document_day": changes.get("day", "2026-03-02"),
        "document_reference": "",
        "payment_method": "",
        "comment": "",
    }
    return LedgerRow(**(values | changes))


def voucher(reference: str = "F1", start: int = 2, **changes: Any) -> list[LedgerRow]:
    """120 in debit, 600 in credit, one invoice."""
    number = changes.pop("document_number", f"ABC20260000000{start:02d}")
    common = {"reference": reference, "entry_number": reference, "document_number": number} | changes
    return [
        row(start, **common),
        row(start + 1, **({"main_id": "600", "main_name": "SATIŞLAR", "side": "C"} | common)),
    ]


@dataclass
class LedgerOffice:
    """What a test works with."""

    office: Office
    company: CompanyRecord
    path: Path

    @property
    def ctx(self) -> Any:
        return self.office.context()

    @property
    def ledgers(self) -> Path:
        return self.office.folder.ledgers

    def change(self, **facts: Any) -> None:
        """The company's card says something else."""
        card: Company = replace(self.company.company, **facts)
        self.company = companies.save_company(self.ctx, card)

    @contextmanager
    def ledger(self, period: Period = MARCH) -> Iterator[LedgerDatabase]:
        ledger = open_ledger(self.company, period, self.ledgers)
        try:
            yield ledger
        finally:
            ledger.close()

    def take(
        self, rows: Iterable[LedgerRow], *, period: Period = MARCH, replace: frozenset[int] = frozenset()
    ) -> ImportResult:
        with self.ledger(period) as ledger:
            staged = begin_import(ledger, name="x.csv", sha256="0", source_format="csv", at=AT)
            for _ in staged.add(list(rows)):
                pass
            return staged.finish(at=AT, replace=replace)

    def check(self, period: Period = MARCH) -> MonthCheck:
        (check,) = check_month(self.ctx, self.company, period, folder=self.ledgers)
        return check

    def execute(self, statement: str, *values: Any, period: Period = MARCH) -> None:
        with self.ledger(period) as ledger, ledger.write(TOUCHED) as connection:
            connection.exec_driver_sql(statement, values)


@contextmanager
def ledger_office(path: Path, *, now: datetime = datetime(2027, 2, 2, 9, tzinfo=UTC)) -> Iterator[LedgerOffice]:
    """A company whose card lacks nothing."""
    with Office.open(path / "o", owner="deneme", clock=FixedClock(now), secrets=MemorySecretStore()) as office:
        data: dict[str, Any] = {**people.SELLER, "web": "www.ornek.example"}
        data["accountant"] = {"name": "Şükriye Yağcıoğlu", "engagement_type": "SMMM sözleşmesi"}
        company = companies.save_company(office.context(), company_from_json(data, base_dir=path))
        yield LedgerOffice(office, company, path)


def codes(check: MonthCheck) -> set[str]:
    return {finding.code for finding in check.findings}
