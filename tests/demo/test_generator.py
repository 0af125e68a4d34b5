"""The generated office: the same for the same seed, every state there, everything readable afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.demo.generator import build_demo_office, names
from app.domain.lifecycle import Direction, State
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.verify import verify_document
from app.storage import documents, overview, search
from app.workflows import points

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@contextmanager
def made(root: Path, **options: Any) -> Iterator[Office]:
    with Office.open(root, owner="test", clock=FixedClock(NOW), secrets=MemorySecretStore()) as office:
        build_demo_office(office, None, **({"companies": 4, "per_company": 10, "sealed": 8} | options))
        yield office


def rows(office: Office) -> list[Any]:
    with office.db.read() as s:
        return search.rows(s, search.ids(s, search.DocumentQuery(sort=(("id", False),))))


def facts(office: Office) -> list[tuple[Any, ...]]:
    return [(r.ettn, r.number, r.state, r.payable, r.partner_vkn, r.updated_at, r.is_read) for r in rows(office)]


def test_same_seed_makes_the_same_office(tmp_path: Path) -> None:
    with made(tmp_path / "a") as first, made(tmp_path / "b") as second, made(tmp_path / "c", seed="başka") as other:
        assert facts(first) == facts(second)
        assert facts(first) != facts(other)


def test_tax_numbers_are_right_and_differ() -> None:
    parties = [names.party("tohum", role, index) for role in ("client", "partner") for index in range(60)]
    assert all(p.tax_number.is_checksum_valid for p in parties)
    assert len({p.tax_number for p in parties}) == len(parties)
    assert {p.tax_number.is_vkn for p in parties} == {True, False}
    lengths = sorted(len(p.display_name) for p in parties)
    assert lengths[0] < 15 and lengths[-1] > 90


def test_states_of_a_year_are_all_there(tmp_path: Path) -> None:
    with made(tmp_path, companies=16, per_company=30, sealed=0) as office:
        everything = rows(office)
        states = {(r.direction, r.state) for r in everything}
        with office.db.read() as s:
            waiting = sum(overview.waiting(s, now=NOW, urgent_within=NOW - NOW).values(), overview.Waiting())
    out = set(State) - {State.SENDING, State.RECEIVED, State.ANSWER_DUE, State.ANSWERING, State.ANSWERED}
    assert {state for way, state in states if way is Direction.OUT} == out
    assert {state for way, state in states if way is Direction.IN} >= {
        State.RECEIVED,
        State.ANSWER_DUE,
        State.ANSWERED,
        State.LAPSED,
    }
    assert any(r.duplicate_of for r in everything) and any(r.review_code for r in everything)
    assert waiting.unread and waiting.answer_due and waiting.unsent and waiting.queued and waiting.stuck
    due = [r for r in everything if r.state is State.ANSWER_DUE]
    assert all(r.answer_due_at is not None and r.answer_due_at > NOW for r in due)
    assert all(r.updated_at <= NOW for r in everything)


def test_newest_carry_a_valid_test_seal_and_all_have_bytes(tmp_path: Path) -> None:
    with made(tmp_path) as office:
        valid = 0
        for record in rows(office):
            with office.db.read() as s:
                role = "received" if record.direction is Direction.IN else "sealed"
                raw = documents.load_file(s, record.id, role)
            if raw is None:
                assert not record.number
            elif verify_document(raw).valid:
                valid += 1
        assert valid >= 5


def test_made_office_can_be_worked_in(tmp_path: Path) -> None:
    with made(tmp_path) as office:
        draft = next(r for r in rows(office) if r.state is State.DRAFT)
        with office.db.write(points.DRAFT) as s:
            documents.discard_draft(s, draft.id, at=NOW)
        with office.db.read() as s:
            assert documents.get(s, draft.id).state is State.CANCELLED
