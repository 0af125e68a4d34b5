"""What waits, across companies, against counting by hand; and no table read whole for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.lifecycle import Direction, State
from app.storage import companies, documents, overview, search
from app.storage.overview import Waiting
from app.storage.records import CompanyRecord, DocumentRecord
from tests.storage.conftest import Lab

_SOON = timedelta(days=3)


@pytest.fixture
def office(lab: Lab) -> list[CompanyRecord]:
    """Two companies: three drafts each, one flagged; four received ones; the first has a failed one."""
    known = [lab.company, lab.add_company("4840847211", "Öteki Ltd. Şti.")]
    for company in known:
        drafts = [lab.draft(f"d{n}", company=company) for n in range(3)]
        with lab.db.write(lab.point) as s:
            documents.flag_review(s, drafts[0].id, code="X", reason="neden", todo="ne", at=lab.now)
            for days in (1, 6, 9, 100):
                at = lab.now - timedelta(days=days)
                record, _ = documents.store_received(
                    s,
                    company.id,
                    ettn=f"r{days}",
                    index=lab.index(number=f"GLN2026{days:09d}"),
                    raw=f"<Invoice>{days}</Invoice>".encode(),
                    at=at,
                    arrived_at=at,
                )
                due = at + timedelta(days=8)
                documents.set_state(s, record.id, State.ANSWER_DUE, at=at, answer_due_at=due)
    sealed = lab.sealed("batan")
    lab.move(sealed.id, State.QUEUED, State.SENDING, State.FAILED)
    return known


def _all(lab: Lab) -> list[DocumentRecord]:
    with lab.db.read() as s:
        return search.rows(s, search.ids(s, search.DocumentQuery()))


def test_counts_are_what_counting_by_hand_gives(lab: Lab, office: list[CompanyRecord]) -> None:
    with lab.db.read() as s:
        found = overview.waiting(s, now=lab.now, urgent_within=_SOON)
    assert set(found) == {c.id for c in office}
    for company in office:
        mine = [r for r in _all(lab) if r.company_id == company.id]
        due = [r for r in mine if r.state is State.ANSWER_DUE]
        assert found[company.id] == Waiting(
            unread=sum(r.arrived_at is not None and r.arrived_at >= overview.new_since(lab.now.date()) for r in due),
            answer_due=len(due),
            urgent=sum(r.answer_due_at is not None and lab.now <= r.answer_due_at <= lab.now + _SOON for r in due),
            unsent=sum(r.state in overview.UNSENT for r in mine if r.direction is Direction.OUT),
            queued=0,
            stuck=sum(r.state in overview.STUCK or bool(r.review_code) for r in mine),
        )
    assert found[office[0].id].stuck == 2
    assert found[office[1].id].urgent == 1
    assert sum(found.values(), Waiting()).stuck == 3


def test_a_company_without_documents_is_clear(lab: Lab) -> None:
    with lab.db.read() as s:
        assert overview.waiting(s, now=lab.now, urgent_within=_SOON)[lab.company.id].is_clear


def test_lists_say_how_many_there_are_beyond_the_limit(lab: Lab, office: list[CompanyRecord]) -> None:
    with lab.db.read() as s:
        due = overview.due_answers(s, now=lab.now, within=_SOON)
        stuck = overview.stuck(s, limit=1)
        new = overview.arrived(s, now=lab.now)
        names = overview.company_names(s)
    assert [r.ettn for r in due.rows] == ["r6", "r6"], "what has lapsed cannot be answered any more"
    assert (len(stuck.rows), stuck.total) == (1, 3)
    assert [r.ettn for r in new.rows] == ["r1", "r1", "r6", "r6", "r9", "r9"]
    assert names[office[1].id] == "Öteki Ltd. Şti."


def test_no_statement_reads_the_documents_whole(lab: Lab, office: list[CompanyRecord]) -> None:
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        raw = connection.connection.driver_connection
        plans.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with lab.db.read() as s:
        event.listen(s.connection(), "before_cursor_execute", explain)
        overview.waiting(s, now=lab.now, urgent_within=_SOON)
        overview.due_answers(s, now=lab.now, within=_SOON)
        overview.stuck(s)
        overview.arrived(s, now=lab.now)
    whole = [line for line in plans if line.startswith("SCAN document") and "ix_document_review" not in line]
    assert plans
    assert not whole


def test_last_receive_is_the_latest_of_the_accounts_asked_for(lab: Lab) -> None:
    from app.storage import polling

    with lab.db.write(lab.point) as s:
        account = companies.save_account(
            s, lab.company.id, connector="izibiz", url="https://x.example", user="u", secret_name="n"
        )
        polling.mark_poll(s, account.id, "receive", lab.now)
        polling.mark_poll(s, account.id, "status", lab.now + timedelta(hours=1))
    with lab.db.read() as s:
        assert overview.last_receive(s) == lab.now
        assert overview.last_receive(s, [account.id]) == lab.now
        assert overview.last_receive(s, []) is None
