"""An editor window on a real office, opened and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.demo import people
from app.ui.editor.window import EditorWindow
from tests.ui.conftest import World

Open = Callable[..., EditorWindow]


@pytest.fixture
def open_editor(qtbot: QtBot) -> Iterator[Open]:
    """Opens editors of a world and waits for the fields; no preview and no question about
    the buyer unless wanted: drawing needs a child process, asking a network."""
    opened: list[EditorWindow] = []

    def make(world: World, *, draws: bool = False, asks: bool = False, **what: Any) -> EditorWindow:
        window = EditorWindow(world.desk, **what)
        opened.append(window)
        window.worker.draws = draws
        window.registration.asks_by_itself = asks
        with qtbot.waitSignal(window.opened, timeout=10_000):
            window.show()
        qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=10_000)
        return window

    yield make
    for window in opened:
        if isValid(window):
            window.worker.is_locked = True
            window.close()
            qtbot.waitUntil(lambda w=window: not isValid(w) or not w.worker.is_storing, timeout=10_000)


def typed(edit: QLineEdit, text: str) -> None:
    """As an input method types it: QTest's keys know no Turkish letters."""
    edit.clear()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(edit, event)


def edit_of(window: EditorWindow, place: str) -> QLineEdit:
    field = window.form.field_of(place)
    assert field is not None and isinstance(field.editor, QLineEdit), place
    return field.editor


def fill_buyer(window: EditorWindow) -> None:
    buyer = people.buyer(0)
    typed(window.form.buyer.number, buyer["vkn"])
    typed(edit_of(window, "customer.title"), buyer["title"])
    typed(edit_of(window, "customer.tax_office"), buyer["tax_office"])
    typed(edit_of(window, "customer.address.city"), "İzmir")
    typed(edit_of(window, "customer.address.district"), "Çiğli")
