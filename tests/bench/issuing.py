"""1,000 invoices built, checked, sealed, stored and sent through the sandbox, per step; 10,000 received.

Yardsticks: the bare RSA signature of the crypto library, and a bare commit of the database.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.demo import people
from app.domain.lifecycle import Direction, State
from app.domain.taxnumber import parse_tax_number
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.signing.soft import TestSealer
from app.signing.xades import seal_ubl
from app.storage import search
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import check_invoice
from app.workflows import companies, drafting, issuing, points, sealing, sync
from tests.bench import samples
from tests.bench.stopwatch import Board, median_of, once, own_memory_mb

COUNT = 1000
INCOMING = 10_000


@contextmanager
def _office() -> Iterator[tuple[Office, Sandbox, FixedClock, CompanyRecord]]:
    clock = FixedClock(datetime.now(UTC))
    seller = people.SELLER
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(now=clock.now()) as sandbox,
        Office.open(Path(folder), owner="bench", clock=clock, secrets=MemorySecretStore()) as office,
    ):
        sandbox.add_account(
            "b", "b", vkn=seller["vkn"], title=seller["title"], gb=seller["labels"]["gb"], pk=seller["labels"]["pk"]
        )
        for i in range(len(people.BUYERS)):
            sandbox.register(people.buyer_number(i), people.buyer_name(i), pk=people.buyer_labels(i), gb=[])
        ctx = office.context()
        company = companies.save_company(ctx, company_from_json(dict(seller), base_dir=Path(folder)))
        companies.set_connector(
            ctx,
            company,
            office.connector("izibiz"),
            url=sandbox.url,
            user="b",
            password="b",
            secrets=office.secrets,
            settings={},
        )
        yield office, sandbox, clock, company


def run_issue(board: Board, *, big: bool) -> None:
    sealer = TestSealer.create(parse_tax_number(people.SELLER["vkn"]), "Bench")
    board.row("yardstick: bare RSA-2048 signature", median_of(lambda: sealer.sign([b"\0" * 32]), runs=51))
    sheet = samples.template()
    made = [samples.invoice(n) for n in range(1, COUNT + 1)]
    now = datetime.now(UTC)
    seconds, xmls = once(lambda: [build_invoice(i, compute_totals(i), template=sheet) for i in made])
    board.row(f"{COUNT} built (totals and XML)", seconds)
    seconds, _ = once(lambda: [check_invoice(i, today=samples.DAY, purpose="seal", registered=True) for i in made])
    board.row(f"{COUNT} checked by the built-in rules", seconds)
    seconds, _ = once(lambda: [seal_ubl(x, sealer, signing_time=now) for x in xmls])
    board.row(f"{COUNT} sealed and verified (software key)", seconds)
    with _office() as (office, sandbox, clock, company):
        ctx = office.context()

        def commit() -> None:
            with ctx.db.write(points.POLL) as s:
                search.ids(s, search.DocumentQuery(text="x"))

        board.row("yardstick: one empty write transaction", median_of(commit))
        today = clock.today().isoformat()
        account = companies.require_account(ctx, company)
        line = office.line(account)
        means = sealing.Means(
            sealer=sealer,
            endpoint=office.endpoint(account),
            session=office.session(account),
            template_for=office.template,
        )
        drafts = people.drafts(today)
        seconds, ettns = once(
            lambda: [drafting.save_draft(ctx, company, drafts[n % 3]).invoice.uuid for n in range(COUNT)]
        )
        board.row(f"{COUNT} drafts stored", seconds)
        started = time.perf_counter()
        report = issuing.issue(ctx, company, ettns, means)
        seconds = time.perf_counter() - started
        if len(report.queueing.done) != COUNT:
            raise SystemExit(f"not all were issued: {report.to_json()['sealing']['failed'][:3]}")
        board.row(f"{COUNT} built, checked, sealed, stored and queued", seconds, aim="10 s")
        seconds, _ = once(lambda: sync.sync_company(ctx, company, line, sealer=sealer))
        _ensure_state(office, company, State.SENT, COUNT)
        board.row(f"{COUNT} sent through the sandbox", seconds, note="sandbox in the same process")
        for push in (timedelta(hours=4, minutes=1),):
            clock.advance(push)
            sandbox.advance(push)
        seconds, _ = once(lambda: sync.sync_company(ctx, company, line, sealer=sealer))
        _ensure_state(office, company, State.DELIVERED, COUNT)
        board.row(f"{COUNT} statuses and legal copies fetched", seconds)
    board.fact("peak memory of this process, the sandbox in it", f"{own_memory_mb():.0f} MB")


def run_receive(board: Board, *, big: bool) -> None:
    with _office() as (office, sandbox, _clock, company):
        sandbox.add_incoming(count=INCOMING, to_vkn=people.SELLER["vkn"])
        ctx = office.context()
        line = office.line(companies.require_account(ctx, company))
        seconds, report = once(lambda: sync.sync_company(ctx, company, line))
        with office.db.read() as s:
            stored = search.count(s, search.DocumentQuery(company_id=company.id, direction=Direction.IN))
        if stored != INCOMING:
            raise SystemExit(f"{stored} of {INCOMING} arrived: {report.to_json()}")
        board.row(f"{INCOMING:,} received, stored, acknowledged", seconds, note=f"{INCOMING / seconds:,.0f}/s")
    board.fact("peak memory of this process, the sandbox in it", f"{own_memory_mb():.0f} MB")


def _ensure_state(office: Office, company: CompanyRecord, state: State, count: int) -> None:
    with office.db.read() as s:
        query = search.DocumentQuery(company_id=company.id, direction=Direction.OUT, states=(state,))
        found = search.count(s, query)
    if found != count:
        raise SystemExit(f"{found} of {count} are {state.value}")
