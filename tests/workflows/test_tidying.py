"""Read marks, drafts set aside and brought back, reviews that a person has finished: each alone, each reported."""

from __future__ import annotations

import pytest

from app.domain.errors import JobCancelled
from app.domain.lifecycle import Direction, State
from app.storage import documents
from app.workflows import tidying

from .conftest import Desk


def set_aside(desk: Desk) -> list[int]:
    """Ids of the drafts that are set aside."""
    return [r.id for r in desk.records(Direction.OUT, State.CANCELLED)]


def test_read_marks_are_set_and_taken_back(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=5, to_vkn="9205121120")
    desk.sync()
    wanted = [r.id for r in desk.records(Direction.IN)][:3]
    report = tidying.mark_read(desk.ctx, wanted)
    assert report.done == [str(i) for i in wanted] and not report.failed
    assert sorted(r.id for r in desk.records(Direction.IN) if r.is_read) == sorted(wanted)
    tidying.mark_read(desk.ctx, wanted[:1], is_read=False)
    assert sorted(r.id for r in desk.records(Direction.IN) if r.is_read) == sorted(wanted[1:])


def test_drafts_are_set_aside_and_brought_back_but_nothing_numbered(desk: Desk) -> None:
    draft, other, sealed = desk.draft(0), desk.draft(1), desk.draft(2)
    desk.issue(sealed)
    todo = [desk.get(e).id for e in (draft, sealed, other)]
    report = tidying.discard_drafts(desk.ctx, [*todo, todo[0]])
    assert report.done == [str(todo[0]), str(todo[2])], "one that cannot go keeps no other; each is taken once"
    assert [f.ettn for f in report.failed] == [str(todo[1])]
    assert set_aside(desk) == sorted([todo[0], todo[2]]) and desk.get(sealed).state is State.QUEUED
    back = tidying.restore_drafts(desk.ctx, [todo[0], todo[2]])
    assert back.done == [str(todo[0]), str(todo[2])] and not back.failed
    assert set_aside(desk) == []
    assert desk.get(draft).state in (State.DRAFT, State.READY)


def test_a_review_is_finished_once(desk: Desk) -> None:
    record = desk.get(desk.draft(0))
    with desk.office.db.write("db.review") as s:
        documents.flag_review(s, record.id, code="X", reason="neden", todo="bakın", at=desk.clock.now())
    assert tidying.finish_reviews(desk.ctx, [record.id]).done == [str(record.id)]
    assert desk.get(record.ettn).review_code == ""
    (failure,) = tidying.finish_reviews(desk.ctx, [record.id]).failed
    assert failure.error.code == "REVIEW.NONE"


def test_cancelling_leaves_what_was_done_done(desk: Desk) -> None:
    class StopsAtTheSecond:
        count = 0

        def report(self, _done: int, _total: int, _what: str) -> None:
            return None

        def checkpoint(self) -> None:
            self.count += 1
            if self.count == 2:
                raise JobCancelled

    first, second = (desk.get(desk.draft(n)).id for n in (0, 1))
    with pytest.raises(JobCancelled):
        tidying.discard_drafts(desk.office.context(StopsAtTheSecond()), [first, second])
    assert set_aside(desk) == [first]
