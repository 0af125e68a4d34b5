"""The generated office over its sandbox: a real sync agrees with what the lists say, and takes the work further."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.base import Answer
from app.demo.generator import build_demo_office
from app.demo.run import PASSWORD
from app.demo.seals import test_sealer as sealer_of
from app.domain.lifecycle import Direction, SealingMode, State
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.storage import companies as stored
from app.storage import search
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows import answering, companies, sync

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLIENTS = 12


class Made:
    """An office of a few clients, its integrator, and both clocks."""

    def __init__(self, office: Office, sandbox: Sandbox, clock: FixedClock) -> None:
        self.office, self.sandbox, self.clock = office, sandbox, clock

    def rows(self, company: CompanyRecord | None = None) -> dict[int, DocumentRecord]:
        query = search.DocumentQuery(company_id=company.id if company else None)
        with self.office.db.read() as s:
            return {r.id: r for r in search.rows(s, search.ids(s, query))}

    def companies(self) -> list[CompanyRecord]:
        with self.office.db.read() as s:
            return stored.list_companies(s)

    def sync(self, company: CompanyRecord) -> sync.SyncReport:
        ctx = self.office.context()
        line = self.office.line(companies.require_account(ctx, company))
        is_own = company.company.default_sealing_mode is SealingMode.OWN
        sealer = sealer_of(self.office, company.company.tax_number) if is_own else None
        return sync.sync_company(ctx, company, line, sealer=sealer)

    def push(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))
        self.sandbox.advance(timedelta(**span))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    root = tmp_path_factory.mktemp("generated")
    clock, secrets = FixedClock(NOW), MemorySecretStore()
    with (
        Sandbox(root / "sandbox.db", now=NOW, frozen=True) as sandbox,
        Office.open(root / "data", owner="test", clock=clock, secrets=secrets) as office,
    ):
        build_demo_office(office, sandbox, companies=CLIENTS, per_company=30, sealed=40)
        with office.db.read() as s:
            for account in stored.list_accounts(s):
                secrets.set(account.secret_name, PASSWORD)
        world = Made(office, sandbox, clock)
        world.push(hours=5)
        yield world


@pytest.fixture(scope="module")
def synced(made: Made) -> tuple[dict[int, DocumentRecord], dict[int, DocumentRecord], list[Any]]:
    """Before, after one pass over every client, and the errors of the passes."""
    before = made.rows()
    errors = [error for company in made.companies() for error in made.sync(company).errors]
    return before, made.rows(), errors


def test_pass_over_every_client_finds_all_it_asks_for(synced: Any) -> None:
    before, after, errors = synced
    assert not errors
    fresh = [r for r in after.values() if r.review_code and not before[r.id].review_code]
    assert not fresh, [(r.review_code, r.review_reason, r.number, before[r.id].state) for r in fresh]
    assert after.keys() == before.keys(), "what was received long ago comes again"


def test_states_go_on_from_where_they_were(synced: Any) -> None:
    before, after, _ = synced
    moved = {(before[i].state, after[i].state) for i in before if before[i].state is not after[i].state}
    assert (State.SENT, State.DELIVERED) in moved
    assert (State.QUEUED, State.SENT) in moved
    assert any(old is State.UNKNOWN for old, _ in moved)
    # A final word of the past is never taken back.
    final = {State.ACCEPTED, State.REJECTED, State.LAPSED, State.CANCELLED, State.FAILED, State.ANSWERED}
    assert not {(old, new) for old, new in moved if old in final}


def test_answer_to_a_generated_invoice_arrives(made: Made, synced: Any) -> None:
    _, after, _ = synced
    due = next(
        r
        for r in after.values()
        if r.state is State.ANSWER_DUE and r.answer_due_at is not None and r.answer_due_at > made.clock.now()
    )
    company = next(c for c in made.companies() if c.id == due.company_id)
    answering.answer(made.office.context(), company, due.ettn, Answer.ACCEPT, "")
    report = made.sync(company)
    assert not report.errors
    assert made.rows(company)[due.id].state is State.ANSWERING
    made.push(hours=5)
    assert not made.sync(company).errors
    assert made.rows(company)[due.id].state is State.ANSWERED


def test_lost_send_is_found_or_goes_out_again(made: Made, synced: Any) -> None:
    before, _, _ = synced
    lost = [i for i, r in before.items() if r.state is State.UNKNOWN and r.direction is Direction.OUT]
    assert lost
    for _ in range(3):
        made.push(minutes=31)
        for company in made.companies():
            made.sync(company)
    now = made.rows()
    assert {now[i].state for i in lost} <= {State.SENT, State.DELIVERED, State.ACCEPTED, State.REJECTED, State.FAILED}
