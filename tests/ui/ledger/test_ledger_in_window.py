"""Defter inside the real window: real keys, the doors of other pages, a dropped file, the sheet of shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period
from app.ui.frame.shortcuts import collect
from app.ui.frame.window import MainWindow
from app.ui.ledger.import_dialog import ImportDialog
from app.ui.pages.ledger import LedgerPage

from .conftest import PATIENCE_MS, source


@pytest.fixture
def window(qtbot: QtBot, ledger_world: Any) -> Iterator[MainWindow]:
    window = MainWindow(ledger_world.desk)
    window.resize(1366, 728)
    window.show()
    window.activateWindow()
    yield window
    window.hide()
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> LedgerPage:
    shown = window.show_page("ledger")
    assert isinstance(shown, LedgerPage)
    qtbot.waitUntil(lambda: bool(shown.board.model.rows), timeout=PATIENCE_MS)
    idle(qtbot, shown)
    return shown


def idle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_enter_opens_the_month_and_escape_comes_back(qtbot: QtBot, window: MainWindow, page: LedgerPage) -> None:
    table = page.board.table
    table.setFocus()
    table.setCurrentIndex(page.board.model.index(0, 3))
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.is_month
    assert page.month.title.text() == "Mart 2026"
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.month.after.click()
    assert page.month.title.text() == "Nisan 2026"
    idle(qtbot, page)
    qtbot.keyClick(page.month.path, Qt.Key.Key_Escape)
    assert not page.is_month
    assert table.currentIndex().column() == 4
    idle(qtbot, page)


def test_another_page_can_open_a_month(qtbot: QtBot, window: MainWindow, page: LedgerPage, ledger_world: Any) -> None:
    window.show_page("inbox")
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        ledger_world.desk.wanted.emit("ledger", (ledger_world.company, Period(2026, 5)))
    assert page.isVisible()
    assert page.month.title.text() == "Mayıs 2026"
    idle(qtbot, page)


def test_a_file_dropped_on_the_page_opens_its_preview(
    qtbot: QtBot, window: MainWindow, page: LedgerPage, tmp_path: Path
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(source(tmp_path / "ocak.csv", 1, 3)))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ImportDialog) and dialog.go.isEnabled():
            seen.append(dialog.path.name)
            dialog.reject()

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(look)
    timer.start()
    page.dropEvent(QDropEvent(QPointF(50, 50), copy, mime, left, none))
    # The file is looked at first, off this thread; whoever dropped it does not wait.
    qtbot.waitUntil(lambda: bool(seen), timeout=PATIENCE_MS)
    timer.stop()
    assert seen == ["ocak.csv"]
    idle(qtbot, page)


def test_its_keys_stand_on_the_sheet_of_shortcuts(page: LedgerPage) -> None:
    keys = dict([*collect(page), *page.keys_help])
    assert {"Ctrl+O", "Ctrl+L", "Esc", "Ctrl+Return", "Enter", "F5"} <= keys.keys()
