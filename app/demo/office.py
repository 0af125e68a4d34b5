"""The demo office behind the window's `--demo`: a data folder of its own, the sandbox on its own thread, TEST seals.

Sixty clients. The first, who issues the invoices of the headless demo, has a fortnight of real work through the
sandbox; the others have a generated year. Filled once, then kept: what the user does there stays until the folder is
deleted. The sandbox's state lies beside the data, its clock runs on with the machine's.

Sixty clients take a quarter of a minute, so only the first few are made before the window stands; `rest_of` gives the
work that makes the others behind it. Cut short, it goes on at the next opening. The environment's
MUHURDAR_DEMO_CLIENTS asks for fewer generated clients than that; tests keep it small.
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from app.connectors.base import Answer
from app.demo import people
from app.demo.generator import build_demo_office
from app.demo.ledgers import fill_ledgers, have_books
from app.demo.run import MARKER, PASSWORD, USER
from app.demo.seals import test_sealer
from app.domain.dates import utc_now
from app.domain.errors import InputError
from app.domain.lifecycle import Direction, State
from app.domain.protocols import NoProgress, Progress
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.runtime.settings import OFFICE_NAME
from app.sandbox.server import Sandbox
from app.storage import companies as stored_companies
from app.storage import documents, search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.company_json import company_from_json
from app.workflows import answering, companies, drafting, issuing, points, sealing, sync

_DAYS = 12
#: Generated clients: in all, and those that are there when the window opens first.
CLIENTS: Final = 59
FIRST_CLIENTS: Final = 6
_PER_COMPANY: Final = 30
_SEALED: Final = 600
_NAME: Final = "Deniz Mali Müşavirlik"
#: In the folder once the filling has come to its end; without it everything is made anew.
_READY = "hazir"


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """An open office and the integrator it talks to."""

    office: Office
    sandbox: Sandbox


@contextmanager
def open_demo_office(root: Path, *, owner: str) -> Iterator[DemoOffice]:
    """Open the demo office of this folder, making it first when it is not there.

    Raises: InputError (DEMO.FOLDER) when the folder holds something that is not ours.
    """
    prepare(root)
    with (
        _listening(root) as sandbox,
        Office.open(root / "data", owner=owner, secrets=MemorySecretStore()) as office,
    ):
        connect_all(office, sandbox)
        _sandboxes[office] = sandbox
        yield DemoOffice(office, sandbox)


_sandboxes: weakref.WeakKeyDictionary[Office, Sandbox] = weakref.WeakKeyDictionary()


def rest_of(office: Office) -> Callable[[Progress], None] | None:
    """The work that adds the clients still missing from this open demo office; None when it is complete. Any thread."""
    sandbox = _sandboxes.get(office)
    if sandbox is None:
        return None
    wanted = int(os.environ.get("MUHURDAR_DEMO_CLIENTS", CLIENTS))
    known = _by_interest(office)
    if len(known) > wanted and have_books(office, known):
        return None

    def fill(progress: Progress) -> None:
        _generate(office, sandbox, wanted, progress)

    return fill


def _generate(office: Office, sandbox: Sandbox, clients: int, progress: Progress) -> None:
    sealed = round(_SEALED * clients / CLIENTS)
    build_demo_office(office, sandbox, companies=clients, per_company=_PER_COMPANY, sealed=sealed, progress=progress)
    known = _by_interest(office)
    fill_ledgers(office, known if clients > FIRST_CLIENTS else known[:1], progress=progress)


def _by_interest(office: Office) -> list[CompanyRecord]:
    """The clients, the seller of the headless demo first: its books are looked at first."""
    with office.db.read() as s:
        known = stored_companies.list_companies(s)
    return sorted(known, key=lambda record: (record.company.tax_number.digits != people.SELLER["vkn"], record.id))


def prepare(root: Path) -> None:
    """Fill the folder unless that was done already."""
    marker = root / MARKER
    if (root / "data").exists() and not marker.exists():
        raise InputError(
            "DEMO.FOLDER",
            f"{root} içinde bir veri klasörü var.",
            why="Gerçek bir büronun verisi olabilir; deneme onun üzerine yazmaz.",
            todo="Boş bir klasör seçin.",
        )
    if is_ready(root):
        return
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker.touch()
    shutil.rmtree(root / "data", ignore_errors=True)
    for left_over in root.glob("sandbox.db*"):
        left_over.unlink()
    start = utc_now() - timedelta(days=_DAYS)
    clock = FixedClock(start)
    with (
        Sandbox(root / "sandbox.db", now=start, frozen=True) as sandbox,
        Office.open(root / "data", owner=f"{USER} kurulum", clock=clock, secrets=MemorySecretStore()) as office,
    ):
        _Filling(office, sandbox, clock, root).run()
        _generate(office, sandbox, FIRST_CLIENTS, NoProgress())
        office.settings.set(OFFICE_NAME, _NAME)
        sandbox.freeze(False)
        (root / _READY).write_text(str(sandbox.port), encoding="ascii")


def _listening(root: Path) -> Sandbox:
    """The sandbox on the port it had: a send without an answer is asked about only where it was made."""
    state = root / "sandbox.db"
    kept = (root / _READY).read_text(encoding="ascii")
    sandbox = Sandbox(state, port=int(kept) if kept.isdigit() else 0, frozen=False)
    try:
        return sandbox.start()
    except OSError:
        sandbox.close()
        return Sandbox(state, frozen=False)


def is_ready(root: Path) -> bool:
    """Whether the demo office of this folder was made before."""
    return (root / _READY).exists()


def connect_all(office: Office, sandbox: Sandbox) -> None:
    """The port may be another one in this session, and passwords of a demo are not kept."""
    with office.db.read() as s:
        known = stored_companies.list_accounts(s)
    moved = [account for account in known if account.url != sandbox.url]
    if moved:
        # Straight into the store: asking the connector for each of sixty takes its time.
        with office.db.write(points.COMPANY) as s:
            for account in moved:
                stored_companies.save_account(
                    s,
                    account.company_id,
                    connector=account.connector,
                    url=sandbox.url,
                    user=account.user,
                    secret_name=account.secret_name,
                    settings=account.settings,
                    labels=account.labels,
                )
    for account in known:
        office.secrets.set(account.secret_name, PASSWORD)


def _connect(office: Office, sandbox: Sandbox, record: CompanyRecord) -> None:
    companies.set_connector(
        office.context(),
        record,
        office.connector("izibiz"),
        url=sandbox.url,
        user=_user(record),
        password=PASSWORD,
        secrets=office.secrets,
        settings={},
    )


def _user(record: CompanyRecord) -> str:
    return f"{USER}-{record.company.tax_number.digits}"


class _Filling:
    """A fortnight of a small office, quickly."""

    def __init__(self, office: Office, sandbox: Sandbox, clock: FixedClock, root: Path) -> None:
        self._office, self._sandbox, self._clock, self._root = office, sandbox, clock, root
        self._ctx = office.context()

    def run(self) -> None:
        sandbox = self._sandbox
        for index in range(len(people.BUYERS)):
            sandbox.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
        sandbox.set_receiver_plan(people.buyer_number(2), answer="RED", after=timedelta(hours=20))
        seller = self._add(people.SELLER)
        first = [self._draft(seller, i) for i in (0, 1, 2)]
        bad = [self._draft(seller, 0), self._draft(seller, 1)]
        sandbox.set_plan(bad[0], fail_at_gib=1150)
        sandbox.set_plan(bad[1], fail_at_receiver=1215)
        self._issue(seller, *first, *bad)
        self._arrive(seller, 3, "TICARIFATURA", "bir")
        self._push_and_sync([seller], days=2)
        self._arrive(seller, 3, "TICARIFATURA", "iki")
        self._push_and_sync([seller], days=3, hours=20)
        self._read_some(seller, 5)
        self._arrive(seller, 4, "TICARIFATURA", "uc")
        self._push_and_sync([seller], days=5)
        self._arrive(seller, 14, "", "son")
        self._push_and_sync([seller], hours=8)
        due = self._received(seller, State.ANSWER_DUE)
        if due:
            answering.answer(self._ctx, seller, due[-1].ettn, Answer.ACCEPT, "")
        self._issue(seller, *(self._draft(seller, i) for i in (0, 1)))
        self._sync(seller)
        self._lose_one(seller)
        self._issue(seller, self._draft(seller, 1))
        for index in (0, 1, 2):
            self._draft(seller, index)
        rest = utc_now() - self._clock.now()
        if rest > timedelta(0):
            self._clock.advance(rest)
            sandbox.advance(rest)

    def _lose_one(self, company: CompanyRecord) -> None:
        """A send whose answer is lost, and the question after it too: nobody knows what became of it."""
        self._issue(company, self._draft(company, 0))
        self._sandbox.arm("drop_after", "SendInvoice", 1)
        for operation in ("GetInvoiceStatusAll", "GetInvoiceStatus", "GetInvoice"):
            self._sandbox.arm("drop_before", operation, 9)
        self._sync(company)
        self._sandbox.clear_faults()

    def _add(self, card: dict[str, Any]) -> CompanyRecord:
        labels = card["labels"]
        record = companies.save_company(self._ctx, company_from_json(dict(card), base_dir=self._root))
        self._sandbox.add_account(
            _user(record),
            PASSWORD,
            vkn=record.company.tax_number.digits,
            title=record.company.party.display_name,
            gb=labels["gb"],
            pk=labels["pk"],
        )
        _connect(self._office, self._sandbox, record)
        return record

    def _draft(self, company: CompanyRecord, index: int) -> str:
        data = people.drafts(self._clock.today().isoformat())[index]
        return drafting.save_draft(self._ctx, company, data).invoice.uuid

    def _issue(self, company: CompanyRecord, *ettns: str) -> None:
        account = companies.require_account(self._ctx, company)
        means = sealing.Means(
            sealer=test_sealer(self._office, company.company.tax_number),
            endpoint=self._office.endpoint(account),
            session=self._office.session(account),
            template_for=self._office.template,
        )
        issuing.issue(self._ctx, company, ettns, means)

    def _arrive(self, company: CompanyRecord, count: int, profile: str, seed: str) -> None:
        vkn = company.company.tax_number.digits
        self._sandbox.add_incoming(count=count, to_vkn=vkn, profile=profile, seed=f"demo-{seed}")

    def _push_and_sync(self, chosen: list[CompanyRecord], **span: float) -> None:
        self._clock.advance(timedelta(**span))
        self._sandbox.advance(timedelta(**span))
        for company in chosen:
            self._sync(company)

    def _sync(self, company: CompanyRecord) -> None:
        account = companies.require_account(self._ctx, company)
        is_seller = company.company.tax_number.digits == people.SELLER["vkn"]
        sealer = test_sealer(self._office, company.company.tax_number) if is_seller else None
        sync.sync_company(self._ctx, company, self._office.line(account), sealer=sealer)

    def _received(self, company: CompanyRecord, *states: State) -> list[DocumentRecord]:
        query = search.DocumentQuery(company_id=company.id, direction=Direction.IN, states=states)
        with self._office.db.read() as s:
            return sorted(search.rows(s, search.ids(s, query)), key=lambda r: r.id)

    def _read_some(self, company: CompanyRecord, count: int) -> None:
        read = [r.id for r in self._received(company)[:count]]
        with self._office.db.write(points.STATUS) as s:
            documents.mark_read(s, read)
