"""The demo office of the window: its first clients stand, the others come behind, and nothing is made twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo import office as demo_office
from app.demo import people
from app.demo.office import FIRST_CLIENTS, open_demo_office, prepare, rest_of
from app.domain.dates import istanbul_date, utc_now
from app.domain.errors import JobCancelled
from app.domain.lifecycle import Direction, State
from app.office import Office
from app.runtime.settings import OFFICE_NAME
from app.storage import companies, search
from app.storage.ledgers.database import ledger_path
from app.workflows.ledger_verify import verify_archive

MORE = 3


class StopAfter:
    """A progress that is cancelled before the `last` client."""

    def __init__(self, last: int) -> None:
        self.last, self.seen = last, 0

    def report(self, done: int, total: int, what: str) -> None:
        self.seen = done

    def checkpoint(self) -> None:
        if self.seen >= self.last:
            raise JobCancelled


def facts(office: Office) -> tuple[int, int, set[State]]:
    with office.db.read() as s:
        rows = search.rows(s, search.ids(s, search.DocumentQuery()))
        return len(companies.list_companies(s)), len(rows), {r.state for r in rows}


def test_first_clients_stand_and_the_rest_comes_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUHURDAR_DEMO_CLIENTS", str(FIRST_CLIENTS + MORE))
    root = tmp_path / "demo"
    prepare(root)
    with open_demo_office(root, owner="test") as demo:
        office = demo.office
        firms, documents, states = facts(office)
        assert firms == 1 + FIRST_CLIENTS
        assert {State.DRAFT, State.FAILED, State.UNKNOWN, State.ANSWER_DUE, State.REJECTED} <= states
        assert office.settings.get(OFFICE_NAME)
        rest = rest_of(office)
        assert rest is not None
        with pytest.raises(JobCancelled):
            rest(StopAfter(FIRST_CLIENTS + 1))
        assert facts(office)[0] == firms + 1
    # Cut short: the next opening goes on with what is missing, and only with that.
    with open_demo_office(root, owner="test") as demo:
        rest = rest_of(demo.office)
        assert rest is not None
        rest(StopAfter(1000))
        firms, more, _ = facts(demo.office)
        assert firms == 1 + FIRST_CLIENTS + MORE and more > documents
        assert rest_of(demo.office) is None
        with demo.office.db.read() as s:
            seller = companies.get_company(s, people.SELLER["vkn"])
            assert seller is not None
            query = search.DocumentQuery(company_id=seller.id, direction=Direction.IN)
            assert search.count(s, query) > 15
            assert {a.url for a in companies.list_accounts(s)} == {demo.sandbox.url}


def test_another_office_has_no_rest(tmp_path: Path) -> None:
    with Office.open(tmp_path, owner="test") as office:
        assert demo_office.rest_of(office) is None


def test_first_client_has_books_that_the_program_itself_sealed_and_gib_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUHURDAR_DEMO_CLIENTS", str(FIRST_CLIENTS + 1))
    root = tmp_path / "demo"
    prepare(root)
    with open_demo_office(root, owner="test") as demo:
        office = demo.office
        with office.db.read() as s:
            seller = companies.get_company(s, people.SELLER["vkn"])
        assert seller is not None and seller.company.accountant.name
        assert ledger_path(office.folder.ledgers, people.SELLER["vkn"], utc_now().year).exists()
        rest = rest_of(office)
        assert rest is not None
        rest(StopAfter(1000))
        assert rest_of(office) is None
        report = verify_archive(office.folder.edefter)
    assert report.ok, [verdict.problems for verdict in report.files]
    approved = [verdict for verdict in report.files if verdict.path.name.startswith("GIB-")]
    assert len(approved) % 2 == 0
    if istanbul_date(utc_now()).month > 3:
        assert approved
