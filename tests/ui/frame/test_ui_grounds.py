"""The fixtures themselves: what every window test stands on."""

from __future__ import annotations

from collections import Counter

from app.domain.lifecycle import Direction, State
from tests.ui.conftest import World


def test_filled_world_holds_many_states(filled_world: World) -> None:
    out = Counter(r.state for r in filled_world.records(Direction.OUT))
    arrived = Counter(r.state for r in filled_world.records(Direction.IN))
    assert {State.DRAFT, State.QUEUED, State.SENT, State.FAILED, State.UNKNOWN, State.ACCEPTED, State.REJECTED} <= set(
        out
    )
    assert {State.RECEIVED, State.ANSWER_DUE, State.ANSWERING, State.LAPSED} <= set(arrived)
    assert len(filled_world.companies()) == 2
