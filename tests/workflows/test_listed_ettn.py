"""An integrator that lists ETTNs in capitals and looks them up just so: also days later, in another session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.base import Answer, FetchedDocument, FetchQuery, PreparedAnswer, Rejected, StatusReport
from app.domain.lifecycle import Direction, State
from app.workflows import answering, companies, sync

from .conftest import Desk


class Strict:
    """The real session behind an integrator that knows incoming documents by their capitals only."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def fetch(self, query: FetchQuery) -> Iterator[list[FetchedDocument]]:
        for page in self._inner.fetch(query):
            yield [replace(document, listed_as=document.ettn.upper()) for document in page]

    def statuses(self, ettns: Sequence[str], *, direction: Direction | None = None) -> list[StatusReport]:
        if direction is not Direction.IN:
            return list(self._inner.statuses(ettns, direction=direction))
        known = [ettn for ettn in ettns if ettn == ettn.upper()]
        reports = {r.ettn: r for r in self._inner.statuses([e.lower() for e in known], direction=direction)}
        return [replace(reports[e.lower()], ettn=e) if e in known else StatusReport(ettn=e, found=False) for e in ettns]

    def respond(self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str) -> None:
        self._inner.respond(self._lowered(documents), answer, reason)

    def prepare_answers(
        self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str
    ) -> list[PreparedAnswer]:
        return list(self._inner.prepare_answers(self._lowered(documents), answer, reason))

    def _lowered(self, documents: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        if any(ettn != ettn.upper() for ettn, _ in documents):
            raise Rejected("STRICT", "Belge bulunamadı.", retry_safe=False, raw_code="10008")
        return [(ettn.lower(), number) for ettn, number in documents]


def sync_strictly(desk: Desk) -> sync.SyncReport:
    account = companies.require_account(desk.ctx, desk.company)
    line = desk.office.line(account)
    desk.office.forget(account.id)
    strict = replace(line, open_session=lambda: Strict(desk.office.session(account)))
    return sync.sync_company(desk.ctx, desk.company, strict, sealer=desk.sealer)


@pytest.mark.parametrize("seals", ["own", "integrator"])
def test_an_answer_names_the_document_as_it_was_listed(desk: Desk, seals: str) -> None:
    if seals == "integrator":
        from app.domain.lifecycle import SealingMode

        changed = replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
        desk.company = companies.save_company(desk.ctx, changed)
    desk.sandbox.add_incoming(count=12, to_vkn="9205121120")
    sync_strictly(desk)
    due = desk.records(Direction.IN, State.ANSWER_DUE)[0]
    assert due.ettn == due.ettn.lower(), "our own key stays one"
    desk.push(days=2)
    answering.answer(desk.ctx, desk.company, due.ettn, Answer.ACCEPT, "")
    report = sync_strictly(desk)
    assert not report.errors
    assert desk.get(due.ettn, Direction.IN).state is State.ANSWERING
    desk.push(hours=5)
    assert not sync_strictly(desk).errors
    record = desk.get(due.ettn, Direction.IN)
    assert (record.state, record.answer, record.review_code) == (State.ANSWERED, "KABUL", "")


def test_without_a_kept_spelling_ours_is_used(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=4, to_vkn="9205121120")
    desk.sync()
    from app.storage import spellings
    from app.workflows.answer_seals import listed_ettn

    records = desk.records(Direction.IN)
    with desk.office.db.read() as s:
        assert spellings.load_spellings(s, [r.id for r in records]) == {}
    assert [listed_ettn(desk.ctx, r) for r in records] == [r.ettn for r in records]
