"""The table of states."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.errors import RuleBroken
from app.domain.lifecycle import FINAL_OUT, STATE_TITLES, TRANSITIONS, Direction, State, ensure_transition

OUT, IN = Direction.OUT, Direction.IN
INCOMING_ONLY = {State.RECEIVED, State.ANSWER_DUE, State.ANSWERING, State.ANSWERED}


def test_every_state_has_a_title_and_a_row() -> None:
    assert set(STATE_TITLES) == set(State)
    assert set(TRANSITIONS[OUT]) == set(State) - INCOMING_ONLY
    assert set(TRANSITIONS[IN]) == INCOMING_ONLY | {State.LAPSED}


@pytest.mark.parametrize("direction", list(Direction))
def test_no_row_leads_out_of_its_table(direction: Direction) -> None:
    table = TRANSITIONS[direction]
    assert {target for targets in table.values() for target in targets} <= set(table)


def test_unknown_comes_only_from_sending_and_leaves_to_three_states() -> None:
    table = TRANSITIONS[OUT]
    assert [s for s, targets in table.items() if State.UNKNOWN in targets] == [State.SENDING]
    assert table[State.UNKNOWN] == {State.SENT, State.QUEUED, State.FAILED}


def test_only_queued_documents_are_sent() -> None:
    assert [s for s, targets in TRANSITIONS[OUT].items() if State.SENDING in targets] == [State.QUEUED]


def test_a_numbered_document_never_becomes_a_draft_again() -> None:
    assert {s for s, targets in TRANSITIONS[OUT].items() if State.DRAFT in targets} == {State.READY}


@pytest.mark.parametrize(("direction", "old", "new"), list(product(Direction, State, State)))
def test_ensure_transition_says_what_the_table_says(direction: Direction, old: State, new: State) -> None:
    if old is new or new in TRANSITIONS[direction].get(old, frozenset()):
        ensure_transition(direction, old, new)
        return
    with pytest.raises(RuleBroken) as caught:
        ensure_transition(direction, old, new)
    assert caught.value.code == "STATE.FORBIDDEN"
    assert STATE_TITLES[old] in caught.value.what


def test_an_answer_is_given_once() -> None:
    assert TRANSITIONS[IN][State.ANSWERED] == frozenset()
    assert TRANSITIONS[OUT][State.REJECTED] == frozenset()
    assert State.REJECTED in FINAL_OUT
