"""The window's ground for tests: a real office over the real sandbox, one clock, empty or filled.

`ui_world` has one company and nothing in it; `filled_world` has two companies, documents in many states. `ui_desk` and
`filled_desk` are their desks. Filling is done once per session; every test works on its own copy of the folder.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.connectors.base import Answer
from app.demo import people
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.domain.taxnumber import parse_tax_number
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.firms import firms
from app.sandbox.server import Sandbox
from app.signing.soft import TestSealer
from app.storage import companies as stored_companies
from app.storage import documents, search
from app.storage.records import AccountRecord, CompanyRecord, DocumentRecord
from app.ubl.company_json import company_from_json
from app.ui.desk import Desk
from app.ui.garbage import GuiCollector
from app.ui.theme.style import theme
from app.workflows import answering, companies, drafting, issuing, points, sealing, sync
from app.workflows.context import WorkContext

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
USER, PASSWORD = "demo", "demo-parola"


@dataclass
class World:
    """Everything a test of the window touches. `company` is the demo seller; `desk` starts with it chosen."""

    office: Office
    sandbox: Sandbox
    clock: FixedClock
    sealer: Sealer
    company: CompanyRecord
    desk: Desk

    @property
    def ctx(self) -> WorkContext:
        return self.office.context()

    @property
    def account(self) -> AccountRecord:
        return companies.require_account(self.ctx, self.company)

    def push(self, **span: float) -> None:
        """Push both clocks, e.g. `push(hours=4)`."""
        self.clock.advance(timedelta(**span))
        self.sandbox.advance(timedelta(**span))

    def draft(self, index: int = 0, **changes: Any) -> DocumentRecord:
        """Store one of the demo drafts."""
        data = people.drafts(self.clock.today().isoformat())[index] | changes
        return self.get(drafting.save_draft(self.ctx, self.company, data).invoice.uuid)

    def means(self) -> sealing.Means:
        return sealing.Means(
            sealer=self.sealer,
            endpoint=self.office.endpoint(self.account),
            session=self.office.session(self.account),
            template_for=self.office.template,
        )

    def issue(self, *ettns: str) -> issuing.IssueReport:
        return issuing.issue(self.ctx, self.company, ettns, self.means())

    def sync(self, company: CompanyRecord | None = None, **options: Any) -> sync.SyncReport:
        chosen = company or self.company
        line = self.office.line(companies.require_account(self.ctx, chosen))
        return sync.sync_company(self.ctx, chosen, line, **({"sealer": self.sealer} | options))

    def get(self, ettn: str, direction: Direction = Direction.OUT) -> DocumentRecord:
        with self.office.db.read() as s:
            record = documents.find(s, self.company.id, direction, ettn)
        assert record is not None, ettn
        return record

    def records(self, direction: Direction, *states: State) -> list[DocumentRecord]:
        """This company's documents, oldest first."""
        query = search.DocumentQuery(company_id=self.company.id, direction=direction, states=states)
        with self.office.db.read() as s:
            return sorted(search.rows(s, search.ids(s, query)), key=lambda r: r.id)

    def companies(self) -> list[CompanyRecord]:
        with self.office.db.read() as s:
            return stored_companies.list_companies(s)


@pytest.fixture(scope="session")
def seller_sealer() -> Sealer:
    """One TEST seal for the whole session: making an RSA key is slow."""
    return TestSealer.create(parse_tax_number(people.SELLER["vkn"]), people.SELLER["title"])


@pytest.fixture(scope="session", autouse=True)
def _collected_on_this_thread(qapp: QApplication) -> Iterator[None]:
    """As the application does it: a worker never frees what belongs to a window."""
    collector = GuiCollector()
    yield
    collector.stop()


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light theme, as the user sees it; light again afterwards."""
    theme().apply("light")
    yield qapp
    theme().apply("light")


@pytest.fixture
def ui_world(dressed: QApplication, tmp_path: Path, seller_sealer: Sealer) -> Iterator[World]:
    """One company with an account at the sandbox, no documents."""
    yield from _open(tmp_path / "data", None, START, seller_sealer)


@pytest.fixture
def ui_desk(ui_world: World) -> Desk:
    return ui_world.desk


@pytest.fixture
def filled_world(
    dressed: QApplication, tmp_path: Path, _filled_folder: tuple[Path, datetime], seller_sealer: Sealer
) -> Iterator[World]:
    """~25 received and ~12 outgoing documents of the demo seller in several states, and a second company."""
    source, moment = _filled_folder
    shutil.copytree(source, tmp_path / "filled")
    yield from _open(tmp_path / "filled" / "data", tmp_path / "filled" / "sandbox.db", moment, seller_sealer)


@pytest.fixture
def filled_desk(filled_world: World) -> Desk:
    return filled_world.desk


def _open(data: Path, state: Path | None, moment: datetime, sealer: Sealer) -> Iterator[World]:
    # The desk of the test before is garbage now, and a short test may end before the collector's timer comes round.
    gc.collect()
    clock = FixedClock(moment)
    with _sandbox(state, moment) as sandbox:
        office = Office.open(data, owner="test", clock=clock, secrets=MemorySecretStore())
        desk = Desk(office, is_demo=True)
        try:
            company = _found(office, sandbox, is_new=state is None)
            desk.set_company(company)
            yield World(office=office, sandbox=sandbox, clock=clock, sealer=sealer, company=company, desk=desk)
        finally:
            still_running = desk.close()
            assert not still_running, f"jobs outlive the test: {still_running}"


def _sandbox(state: Path | None, moment: datetime) -> Sandbox:
    """On the port it was filled on when that is free: an unknown outcome is asked about only at its own address."""
    port = int(state.with_suffix(".port").read_text()) if state is not None else 0
    sandbox = Sandbox(state, port=port, now=moment, frozen=True)
    try:
        return sandbox.start()
    except OSError:
        sandbox.close()
        return Sandbox(state, now=moment, frozen=True)


def _found(office: Office, sandbox: Sandbox, *, is_new: bool) -> CompanyRecord:
    """The demo seller and its account; the sandbox's port is new each time, so the address is set again."""
    ctx = office.context()
    seller = people.SELLER
    if is_new:
        labels = seller["labels"]
        sandbox.add_account(USER, PASSWORD, vkn=seller["vkn"], title=seller["title"], gb=labels["gb"], pk=labels["pk"])
        for index in range(len(people.BUYERS)):
            sandbox.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
        companies.save_company(ctx, company_from_json(dict(seller), base_dir=Path()))
    with office.db.read() as s:
        known = stored_companies.list_companies(s)
    for record in known:
        is_seller = record.company.tax_number.digits == seller["vkn"]
        connect(office, record, sandbox.url, user=USER if is_seller else f"{USER}2")
    return next(r for r in known if r.company.tax_number.digits == seller["vkn"])


def connect(office: Office, company: CompanyRecord, url: str, *, user: str = USER) -> None:
    companies.set_connector(
        office.context(),
        company,
        office.connector("izibiz"),
        url=url,
        user=user,
        password=PASSWORD,
        secrets=office.secrets,
        settings={},
    )


@pytest.fixture(scope="session")
def _filled_folder(tmp_path_factory: pytest.TempPathFactory, seller_sealer: Sealer) -> tuple[Path, datetime]:
    """Fill an office once: the data folder, the sandbox's state, and the moment at which both stand."""
    root = tmp_path_factory.mktemp("filled")
    start = START - timedelta(days=12)
    clock = FixedClock(start)
    with (
        Sandbox(root / "sandbox.db", now=start, frozen=True) as sandbox,
        Office.open(root / "data", owner="test", clock=clock, secrets=MemorySecretStore()) as office,
    ):
        company = _found(office, sandbox, is_new=True)
        # No desk here: a session fixture has no window yet.
        _fill(_Filler(office=office, sandbox=sandbox, clock=clock, sealer=seller_sealer, company=company, desk=None))  # type: ignore[arg-type]
        (root / "sandbox.port").write_text(str(sandbox.port))
    return root, clock.now()


class _Filler(World):
    """A world without a desk."""


def _fill(w: _Filler) -> None:
    """Twelve days of work: outgoing in ten states, incoming new, read, due, answered and lapsed; a stuck one each."""
    w.sandbox.set_receiver_plan(people.buyer_number(2), answer="RED", after=timedelta(hours=20))
    # Day 0: three that run to their ends, two that fail on the way, three commercial ones nobody answers.
    first = [w.draft(i).ettn for i in (0, 1, 2)]
    bad = [w.draft(0).ettn, w.draft(0).ettn]
    w.sandbox.set_plan(bad[0], fail_at_gib=1150)
    w.sandbox.set_plan(bad[1], fail_at_receiver=1215)
    w.issue(*first, *bad)
    w.sandbox.add_incoming(count=3, to_vkn=people.SELLER["vkn"], profile="TICARIFATURA", sealed=False)
    w.sync()
    _days(w, 2)
    # Day 2: the bulk of what came; two answers are due tomorrow by the end of the story.
    w.sandbox.add_incoming(count=3, to_vkn=people.SELLER["vkn"], profile="TICARIFATURA", sealed=False, seed="iki")
    w.push(days=2, hours=18)
    w.sync()
    w.sandbox.add_incoming(count=2, to_vkn=people.SELLER["vkn"], profile="TICARIFATURA", sealed=False, seed="uc")
    w.push(days=6)
    w.sync()
    w.sandbox.add_incoming(count=16, to_vkn=people.SELLER["vkn"], seed="son")
    w.push(hours=5)
    w.sync()
    due = w.records(Direction.IN, State.ANSWER_DUE)
    answering.answer(w.ctx, w.company, due[-1].ettn, Answer.ACCEPT, "")
    with w.office.db.write(points.STATUS) as s:
        documents.mark_read(s, [r.id for r in w.records(Direction.IN)[:8]])
    late = [w.draft(i).ettn for i in (0, 1)]
    w.issue(*late)
    w.sync()
    # A send whose answer is lost, and whose status question is lost too: nobody knows what became of it.
    lost = w.draft(0).ettn
    w.issue(lost)
    w.sandbox.arm("drop_after", "SendInvoice", 1)
    w.sandbox.arm("drop_before", "GetInvoiceStatusAll", 9)
    w.sandbox.arm("drop_before", "GetInvoiceStatus", 9)
    w.sandbox.arm("drop_before", "GetInvoice", 9)
    w.sync()
    w.sandbox.clear_faults()
    w.issue(w.draft(1).ettn)
    for index in (0, 1, 2):
        w.draft(index)
    _second_company(w)


def _days(w: _Filler, days: int) -> None:
    for _ in range(days):
        w.push(days=1)
        w.sync()


def _second_company(w: _Filler) -> None:
    """A client with three new documents, for everything that goes across companies."""
    firm = next(f for f in firms() if f.party.tax_number.is_vkn)
    digits, title = firm.party.tax_number.digits, firm.party.display_name
    w.sandbox.add_account(f"{USER}2", PASSWORD, vkn=digits, title=title, gb=[firm.gb], pk=[firm.pk])
    data = people.SELLER | {
        "vkn": digits,
        "title": title,
        "labels": {"gb": [firm.gb], "pk": [firm.pk]},
        "series": {"einvoice": "IKI"},
    }
    second = companies.save_company(w.ctx, company_from_json(data, base_dir=Path()))
    connect(w.office, second, w.sandbox.url, user=f"{USER}2")
    w.sandbox.add_incoming(count=3, to_vkn=digits, seed="ikinci", sealed=False)
    w.push(minutes=20)
    w.sync(second, sealer=None)
