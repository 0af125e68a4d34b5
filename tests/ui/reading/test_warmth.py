"""What the first document needs is made ready while a list is only looked at."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.domain.lifecycle import Direction
from app.ui.desk import Desk
from app.ui.reading.pane import ReadingPane

PATIENCE_MS = 60_000


@pytest.fixture
def desk(filled_world) -> Desk:  # type: ignore[no-untyped-def]
    world_desk: Desk = filled_world.desk
    world_desk.warms_up = True
    return world_desk


def shown(qtbot: QtBot, desk: Desk) -> ReadingPane:
    pane = ReadingPane(desk)
    qtbot.addWidget(pane)
    pane.resize(620, 640)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def test_a_pane_that_is_only_looked_at_makes_its_view_and_a_child(qtbot: QtBot, filled_world, desk: Desk) -> None:  # type: ignore[no-untyped-def]
    pane = shown(qtbot, desk)
    assert pane.picture.view is None
    qtbot.waitUntil(lambda: pane.picture.view is not None, timeout=PATIENCE_MS)
    assert filled_world.office.pool.process_ids
    qtbot.waitUntil(lambda: pane.warmth.is_done, timeout=PATIENCE_MS)
    record = filled_world.records(Direction.IN)[-1]
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS, check_params_cb=lambda i: i == record.id):
        pane.show_document(record.id)


def test_a_document_asked_for_ends_it(qtbot: QtBot, filled_world, desk: Desk) -> None:  # type: ignore[no-untyped-def]
    pane = shown(qtbot, desk)
    record = filled_world.records(Direction.IN)[-1]
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS, check_params_cb=lambda i: i == record.id):
        pane.show_document(record.id)
    assert pane.warmth.is_done
    view = pane.picture.view
    pane.hide()
    pane.show()
    assert pane.picture.view is view


def test_nothing_is_made_where_the_desk_does_not_want_it(qtbot: QtBot, filled_world) -> None:  # type: ignore[no-untyped-def]
    pane = shown(qtbot, filled_world.desk)
    assert not pane.warmth.is_waiting
