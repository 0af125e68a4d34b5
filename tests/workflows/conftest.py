"""An office over the sandbox, both on one clock that the test pushes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.demo import people
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.signing.soft import TestSealer
from app.storage import documents, search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.company_json import company_from_json
from app.workflows import companies, drafting, issuing, sealing, sync
from app.workflows.context import WorkContext

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Everything a workflow test touches."""

    office: Office
    sandbox: Sandbox
    clock: FixedClock
    sealer: Sealer
    company: CompanyRecord

    @property
    def ctx(self) -> WorkContext:
        return self.office.context()

    def push(self, **span: float) -> None:
        """Push both clocks, e.g. `push(hours=4)`."""
        self.clock.advance(timedelta(**span))
        self.sandbox.advance(timedelta(**span))

    def draft(self, index: int = 0, **changes: Any) -> str:
        """Store one of the demo drafts; returns its ETTN."""
        data = people.drafts(self.clock.today().isoformat())[index] | changes
        return drafting.save_draft(self.ctx, self.company, data).invoice.uuid

    def means(self, *, online: bool = True, sealer: Sealer | None = None) -> sealing.Means:
        account = companies.require_account(self.ctx, self.company)
        return sealing.Means(
            sealer=sealer or self.sealer,
            endpoint=self.office.endpoint(account),
            session=self.office.session(account) if online else None,
            template_for=self.office.template,
        )

    def issue(self, *ettns: str) -> issuing.IssueReport:
        return issuing.issue(self.ctx, self.company, ettns, self.means())

    def sync(self, **options: Any) -> sync.SyncReport:
        account = companies.require_account(self.ctx, self.company)
        return sync.sync_company(
            self.ctx, self.company, self.office.line(account), **({"sealer": self.sealer} | options)
        )

    def get(self, ettn: str, direction: Direction = Direction.OUT) -> DocumentRecord:
        with self.office.db.read() as s:
            record = documents.find(s, self.company.id, direction, ettn)
        assert record is not None, ettn
        return record

    def records(self, direction: Direction, state: State | None = None) -> list[DocumentRecord]:
        query = search.DocumentQuery(
            company_id=self.company.id, direction=direction, states=(state,) if state is not None else ()
        )
        with self.office.db.read() as s:
            return sorted(search.rows(s, search.ids(s, query)), key=lambda r: r.id)

    def calls(self, operation: str) -> int:
        return sum(c.operation == operation for c in self.sandbox.calls)


@pytest.fixture(scope="session")
def seller_sealer() -> Sealer:
    """One TEST seal for the whole session: making an RSA key is slow."""
    from app.domain.taxnumber import parse_tax_number

    return TestSealer.create(parse_tax_number(people.SELLER["vkn"]), people.SELLER["title"])


@pytest.fixture
def desk(tmp_path: Path, seller_sealer: Sealer) -> Iterator[Desk]:
    clock = FixedClock(START)
    with (
        Sandbox(now=START) as sandbox,
        Office.open(tmp_path / "data", owner="test", clock=clock, secrets=MemorySecretStore()) as office,
    ):
        company = found(office, sandbox, tmp_path)
        yield Desk(office=office, sandbox=sandbox, clock=clock, sealer=seller_sealer, company=company)


def found(office: Office, sandbox: Sandbox, base_dir: Path, **changes: Any) -> CompanyRecord:
    """The demo seller with its account in the sandbox, and the demo buyers registered there."""
    seller = people.SELLER | changes
    sandbox.add_account(
        "demo",
        "demo-parola",
        vkn=seller["vkn"],
        title=seller["title"],
        gb=seller["labels"]["gb"],
        pk=seller["labels"]["pk"],
    )
    for index in range(len(people.BUYERS)):
        sandbox.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
    ctx = office.context()
    company = companies.save_company(ctx, company_from_json(dict(seller), base_dir=base_dir))
    companies.set_connector(
        ctx,
        company,
        office.connector("izibiz"),
        url=sandbox.url,
        user="demo",
        password="demo-parola",
        secrets=office.secrets,
        settings={},
    )
    return company
