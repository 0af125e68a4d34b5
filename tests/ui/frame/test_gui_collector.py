"""Garbage is collected on the GUI thread and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.ui.garbage import GuiCollector

MANY = 20_000


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self, freed_on: list[int]) -> None:
        self.me = self
        weakref.finalize(self, lambda: freed_on.append(threading.get_ident()))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GuiCollector]:
    was_on = gc.isenabled()
    made = GuiCollector()
    yield made
    made.stop()
    if not was_on:
        gc.disable()


def test_a_worker_that_allocates_collects_nothing(qtbot: QtBot, collector: GuiCollector) -> None:
    freed_on: list[int] = []

    def work() -> None:
        for _ in range(50):
            Ring(freed_on)
        # Lists that hold lists: far beyond every threshold of the collector.
        kept = [[[]] for _ in range(MANY)]  # type: ignore[var-annotated]
        del kept

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert freed_on == []
    kept = [[] for _ in range(MANY)]  # type: ignore[var-annotated]
    qtbot.waitUntil(lambda: len(freed_on) == 50)
    assert set(freed_on) == {threading.get_ident()}
    del kept


def test_stop_gives_the_collector_back(collector: GuiCollector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_the_window_collects_on_its_own_thread(qtbot: QtBot) -> None:
    # The session's own collector stands in for the one of the application (tests/ui/conftest.py).
    assert not gc.isenabled()
