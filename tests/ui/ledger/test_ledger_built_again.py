"""A sealed month built again from the page: asked first, its old files set aside; unasked nothing is touched."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.edefter.archive import CANCELLED_FOLDER
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.ledger.results import BuildOutcome
from app.ui.pages.ledger import LedgerPage

from .conftest import PATIENCE_MS, Clerk
from .test_ledger_after_seal import JANUARY, sealed, settle

__all__ = ["sealed"]
QUESTION = "Ocak 2026 zaten mühürlü; yeniden oluşturulsun mu?"


def test_the_page_asks_before_it_builds_again(qtbot: QtBot, sealed: LedgerPage, clerk: Clerk) -> None:
    page = sealed
    month = page.month.month
    assert month is not None
    before = {file.path.name: file.path.read_bytes() for file in month.files}
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS) as told:
        page.month.path.cards["build"].buttons["build"].click()
    settle(qtbot, page)
    (outcome,) = told.args
    assert isinstance(outcome, BuildOutcome) and len(outcome.built) == 1 and not outcome.failed
    assert clerk.asked == [QUESTION, "seal"]
    aside = {path.name: path.read_bytes() for path in (month.folder / CANCELLED_FOLDER).iterdir()}
    assert aside == before
    assert {path.name for path in month.folder.glob("[0-9]*-*")} == set(before)


def test_a_build_that_meets_a_sealed_month_asks_with_the_seal_it_has(
    qtbot: QtBot, sealed: LedgerPage, ledger_world: Any, clerk: Clerk
) -> None:
    page = sealed
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS) as told:
        page.doing.build([(ledger_world.company, JANUARY)])
    settle(qtbot, page)
    (outcome,) = told.args
    assert len(outcome.built) == 1 and clerk.asked == ["seal", QUESTION]


def test_whoever_says_no_keeps_the_sealed_files(qtbot: QtBot, sealed: LedgerPage, ledger_world: Any) -> None:
    page = sealed
    month = page.month.month
    assert month is not None
    before = {file.path.name: file.path.read_bytes() for file in month.files}
    asked: list[str] = []

    def refuse() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ConfirmDialog):
            asked.append(dialog.windowTitle())
            dialog.no_button.click()

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(refuse)
    timer.start()
    try:
        page.month.path.cards["build"].buttons["build"].click()
        qtbot.waitUntil(lambda: bool(asked), timeout=PATIENCE_MS)
    finally:
        timer.stop()
    settle(qtbot, page)
    assert asked == [QUESTION] and not page.doing.is_busy
    assert {path.name: path.read_bytes() for path in month.folder.glob("*-*")} == before
    assert not (month.folder / CANCELLED_FOLDER).exists()
