"""The office that the tour is played in: generated once, then opened by every child at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.demo.generator import build_demo_office, names
from app.demo.ledgers import fill_ledgers
from app.demo.run import PASSWORD
from app.domain.party import Company, Labels
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.storage import companies
from app.ui.tour import oddities
from app.workflows import companies as company_work

#: A Friday forenoon in Istanbul; pictures of two runs can be laid side by side.
NOW: Final = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
_PORT: Final = "port"


def build(root: Path, *, quick: bool) -> None:
    """Make the office under `root`, and beside it one with a single client and nothing else."""
    root.mkdir(parents=True, exist_ok=True)
    with Sandbox(root / "sandbox.db", now=NOW, frozen=True) as sandbox, _office(root / "data") as office:
        if quick:
            made = build_demo_office(office, sandbox, companies=10, per_company=16, sealed=120)
        else:
            made = build_demo_office(office, sandbox)
        oddities.add(office, made.companies[0])
        fill_ledgers(office, made.companies)
        (root / _PORT).write_text(str(sandbox.port), encoding="ascii")
    with _office(root / "empty") as office:
        party = names.party("boş", "client", 1)
        gb, pk = names.labels(party)
        card = Company(party=party, labels=Labels(gb=(gb,), pk=(pk,)), series={"einvoice": "YEN"})
        company_work.save_company(office.context(), card)
    with _office(root / "new") as office:
        office.db  # noqa: B018 - makes the file
    if not quick:
        with _office(root / "crowd") as office:
            oddities.crowd(office)


@contextmanager
def opened(root: Path) -> Iterator[tuple[Office, Sandbox]]:
    """The full office and its integrator, on the port that the accounts know."""
    port = int((root / _PORT).read_text(encoding="ascii"))
    with Sandbox(root / "sandbox.db", port=port, now=NOW, frozen=True) as sandbox, _office(root / "data") as office:
        with office.db.read() as s:
            accounts = companies.list_accounts(s)
        for account in accounts:
            office.secrets.set(account.secret_name, PASSWORD)
        yield office, sandbox


def _office(folder: Path) -> Office:
    return Office.open(folder, owner="muhurdar tour", clock=FixedClock(NOW), secrets=MemorySecretStore())


def open_bare(root: Path, which: str) -> Office:
    """The office with one client ("empty"), with none ("new") or with two hundred ("crowd")."""
    return _office(root / which)
