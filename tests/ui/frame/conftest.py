"""The main window over a real office."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.ui.frame.window import MainWindow
from app.ui.pages.registry import ALL, PageSpec
from tests.ui.conftest import World


def today_only() -> list[PageSpec]:
    """The frame is tested with its own page; the others have tests of their own."""
    return [spec for spec in ALL if spec.key == "today"]


@pytest.fixture
def window(filled_world: World, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window with Bugün, all clients chosen, read and at rest."""
    filled_world.desk.set_company(None)
    main = MainWindow(filled_world.desk, specs=today_only())
    main.resize(1366, 728)
    main.show()
    main.start()
    settle(main, qtbot)
    yield main
    main.center.stop()
    main.hide()
    main.deleteLater()


def settle(main: MainWindow, qtbot: QtBot) -> None:
    """Until every reading has come back."""
    qtbot.waitUntil(lambda: not main.desk.runner.live_jobs() and not main._recount.isActive(), timeout=10_000)
