"""The archive's check in the window: now, by itself in the pauses, and what is told on board, month and Bugün."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.runtime.settings import LEDGER_ARCHIVE_DAYS
from app.ui.ledger.archive_keeper import ArchiveKeeper
from app.ui.ledger.archive_row import ArchiveRow
from app.ui.ledger.month import FILES
from app.ui.pages.ledger import LedgerPage
from app.ui.pages.today import LedgerDoor, TodayPage
from app.workflows import ledger_selfcheck
from app.workflows.ledger_build import build_month
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers

from .conftest import PATIENCE_MS, source

JULY = Period(2026, 7)


@pytest.fixture
def archive(ledger_world: Any, tmp_path: Path) -> Path:
    """The folder of a built month; the world's clock stands at 20 November 2026."""
    world, file = ledger_world, source(tmp_path / "temmuz.csv", 7, 4)
    folder, out = world.office.folder.ledgers, world.office.folder.edefter
    import_vouchers(world.ctx, world.company, file, inspect_source(file), folder=folder)
    options = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")
    report = build_month(world.ctx, world.company, JULY, world.sealer, options, folder=folder, out=out)
    assert report.is_built
    return report.files[0][0].parent


@pytest.fixture
def today(qtbot: QtBot, ledger_world: Any) -> Iterator[TodayPage]:
    page = TodayPage(ledger_world.desk)
    qtbot.addWidget(page)
    page.show()
    yield page
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def idle(qtbot: QtBot, world: Any) -> None:
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_an_archive_is_judged_now_and_its_fault_told(
    qtbot: QtBot, archive: Path, ledger_world: Any, ledger_page: LedgerPage
) -> None:
    page = ledger_page
    page.board.check_all.trigger()
    qtbot.waitUntil(lambda: bool(page.board.message.sentence), timeout=PATIENCE_MS)
    assert page.board.message.sentence == "1 ayın defter dosyaları denetlendi: hepsi yerinde ve değişmemiş."
    idle(qtbot, ledger_world)
    assert "arşivde sorun yok (son denetim 20.11.2026)" in page.board.status.text()
    assert not page.board.chips["archive"].isVisible()
    next(archive.glob("*-K-*.xml")).unlink()
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.open_month(ledger_world.company, JULY)
    assert "yerinde, değişmemiş" in page.month.files.archive.text()
    page.month.tabs.setCurrentIndex(FILES)
    page.month.files.check_button.click()
    qtbot.waitUntil(lambda: page._report is not None, timeout=PATIENCE_MS)
    assert page._report is not None
    assert page._report.list.lines.rowCount() == 1
    page._report.close()
    idle(qtbot, ledger_world)
    assert "1 dosya eksik" in page.month.files.archive.text() and "yedeği" in page.month.files.archive.text()
    page.show_board()
    idle(qtbot, ledger_world)
    assert page.board.chips["archive"].count == 1 and page.board.chips["archive"].isVisible()
    page.board.show_filter("archive")
    cell = next(cell for cell in page.board.model.rows[0].cells if cell.period == JULY)
    assert cell.is_broken


def test_it_looks_by_itself_a_month_at_a_time_and_rests(
    qtbot: QtBot, archive: Path, ledger_world: Any, today: TodayPage
) -> None:
    world = ledger_world
    keeper = ArchiveKeeper(world.desk)
    next(archive.glob("*-YB-*.xml")).unlink()
    idle(qtbot, world)
    with qtbot.waitSignal(keeper.looked, timeout=PATIENCE_MS) as looked:
        keeper.is_stopped = False
        keeper.look()
    assert looked.args[1].problems[0].kind == "missing"
    idle(qtbot, world)
    # What was found stands on Bugün, and leads to the month's files.
    qtbot.waitUntil(lambda: bool(today._broken_lines), timeout=PATIENCE_MS)
    line = today.stuck.list.lines.lines[0]
    assert "Temmuz 2026 defter arşivi: 1 dosya eksik" in line.details[0]
    assert isinstance(line.what, LedgerDoor) and line.what.what[1:] == (JULY, FILES)
    idle(qtbot, world)
    with qtbot.waitSignal(keeper.rested, timeout=PATIENCE_MS):
        keeper.look()
    world.push(days=31)
    idle(qtbot, world)
    with qtbot.waitSignal(keeper.looked, timeout=PATIENCE_MS):
        keeper.look()
    keeper.stop()
    idle(qtbot, world)
    keeper.deleteLater()


def test_it_gives_way_to_work_and_obeys_the_setting(qtbot: QtBot, archive: Path, ledger_world: Any) -> None:
    world = ledger_world
    keeper = ArchiveKeeper(world.desk)
    keeper.is_stopped = False
    world.office.settings.set(LEDGER_ARCHIVE_DAYS, 0)
    keeper.look()
    assert not world.desk.runner.live_jobs() and keeper._timer.isActive()
    world.office.settings.set(LEDGER_ARCHIVE_DAYS, 30)
    world.desk.read(lambda _s: None, lambda _v: None, owner=keeper)
    jobs = len(world.desk.runner.live_jobs())
    keeper.look()
    assert len(world.desk.runner.live_jobs()) == jobs
    keeper.stop()
    idle(qtbot, world)
    assert ledger_selfcheck.checks_of(world.company, world.office.folder) == {}
    keeper.deleteLater()


def test_days_that_come_near_stand_on_bugun(qtbot: QtBot, ledger_world: Any, today: TodayPage, archive: Path) -> None:
    # July is due on 16 November and was not filed; the page reads the ledgers once it stands.
    qtbot.waitUntil(lambda: bool(today._due_lines), timeout=PATIENCE_MS)
    line = today._due_lines[0]
    assert line.title == "Temmuz 2026 defteri" and line.right == "4 gün geçti"
    assert "(doğrulanmadı)" in line.details[1]
    with qtbot.waitSignal(ledger_world.desk.wanted, timeout=PATIENCE_MS) as wanted:
        today._on_list_opened(line.what)
    assert wanted.args[0] == "ledger" and wanted.args[1][1] == JULY


def test_the_settings_tell_it_too_and_look_when_asked(qtbot: QtBot, ledger_world: Any, archive: Path) -> None:
    world = ledger_world
    row = ArchiveRow(world.desk)
    qtbot.addWidget(row)
    row.show()
    row.refresh()
    qtbot.waitUntil(lambda: row.words.text() == "Henüz denetlenmedi.", timeout=PATIENCE_MS)
    row.button.click()
    assert row.button.text() == "Durdur"
    qtbot.waitUntil(lambda: "hepsi yerinde" in row.message.sentence, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "Son denetim 20.11.2026" in row.words.text(), timeout=PATIENCE_MS)
    next(archive.glob("*-KB-*.xml")).write_bytes(b"<edefter:berat xmlns:edefter='e'/>")
    row.button.click()
    qtbot.waitUntil(lambda: row.words.text().startswith("1 ayın dosyalarında sorun var"), timeout=PATIENCE_MS)
    assert row._report is not None and row._report.list.lines.rowCount() == 1
    row._report.close()
    idle(qtbot, world)
