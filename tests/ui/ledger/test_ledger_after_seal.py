"""After the seal, from click to disk: taken back, filed and deleted in the portal, GİB's files, a stopped import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period, PeriodState
from app.edefter.archive import CANCELLED_FOLDER
from app.edefter.sources.reading import inspect_source
from app.storage.ledgers import queries
from app.ui.ledger import facts
from app.ui.ledger.deleted import PortalDeletedDialog
from app.ui.ledger.month import EXPORTS
from app.ui.pages.ledger import LedgerPage
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_export import FORMATS
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_life import record_filed
from app.workflows.ledger_terms import build_options

from .conftest import PATIENCE_MS, Clerk, source

JANUARY = Period(2026, 1)


def settle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs(), timeout=PATIENCE_MS)


@pytest.fixture
def sealed(qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path) -> LedgerPage:
    """The page at a month that is built and sealed."""
    world, company = ledger_world, ledger_world.company
    folder, file = world.office.folder.ledgers, source(tmp_path / "ocak.csv", 1, 6)
    import_vouchers(world.ctx, company, file, inspect_source(file), folder=folder)
    report = build_month(
        world.ctx,
        company,
        JANUARY,
        world.sealer,
        build_options(world.office.settings, company),
        folder=folder,
        out=world.office.folder.edefter,
    )
    assert report.is_built
    with qtbot.waitSignal(ledger_page.month.settled, timeout=PATIENCE_MS):
        ledger_page.open_month(company, JANUARY)
    settle(qtbot, ledger_page)
    return ledger_page


def state(world: Any) -> PeriodState | None:
    path = facts.ledger_file(world.office.folder.ledgers, world.company, JANUARY)
    return facts.read_with(path, lambda c: facts.state_of(queries.months(c)), None)


def test_a_sealed_month_is_taken_back_with_its_files_set_aside(
    qtbot: QtBot, sealed: LedgerPage, ledger_world: Any, clerk: Clerk
) -> None:
    page = sealed
    month = page.month.month
    assert month is not None
    count = len(month.files)
    with qtbot.waitSignal(page.doing.taken_back, timeout=PATIENCE_MS):
        page.month.path.cards["filed"].buttons["back"].click()
    settle(qtbot, page)
    assert clerk.asked == ["Ocak 2026 defterleri geri alınsın mı?"]
    assert state(ledger_world) is PeriodState.IMPORTED
    assert len(list((month.folder / CANCELLED_FOLDER).iterdir())) == count
    assert page.month.files.model.rowCount() == 0


def test_a_filed_month_asks_who_deleted_it_and_when(qtbot: QtBot, sealed: LedgerPage, ledger_world: Any) -> None:
    page = sealed
    record_filed(ledger_world.ctx, ledger_world.company, JANUARY, folder=ledger_world.office.folder.ledgers)
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.refresh()
    settle(qtbot, page)
    could: list[bool] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, PortalDeletedDialog):
            could.append(dialog.yes.isEnabled())
            dialog.who.setText("Ayşe Işık")
            could.append(dialog.yes.isEnabled())
            dialog.yes.click()

    QTimer.singleShot(200, answer)
    with qtbot.waitSignal(page.doing.taken_back, timeout=PATIENCE_MS):
        page.month.path.cards["filed"].buttons["back"].click()
    settle(qtbot, page)
    assert could == [False, True]
    assert state(ledger_world) is PeriodState.IMPORTED


def test_files_that_are_not_gibs_are_refused_with_their_reason(
    qtbot: QtBot, sealed: LedgerPage, ledger_world: Any, tmp_path: Path
) -> None:
    page = sealed
    record_filed(ledger_world.ctx, ledger_world.company, JANUARY, folder=ledger_world.office.folder.ledgers)
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.refresh()
    settle(qtbot, page)
    month = page.month.month
    assert month is not None
    ours = next(file.path for file in month.files if file.path.name.endswith("-YB-000000.xml"))
    # Our own berat under GİB's name carries one seal only.
    forged = tmp_path / f"GIB-{ours.name}"
    forged.write_bytes(ours.read_bytes())
    stray = tmp_path / "notlar.xml"
    stray.write_text("<a/>", "utf-8")
    with qtbot.waitSignal(page.doing.approved, timeout=PATIENCE_MS) as ended:
        page.incoming.take_files([forged, stray])
    settle(qtbot, page)
    report = ended.args[2]
    assert sorted(name for name, _ in report.refused) == sorted([forged.name, stray.name])
    assert not report.taken
    assert state(ledger_world) is PeriodState.FILED
    assert page._report is not None
    assert page._report.list.lines.rowCount() == 2
    page._report.close()
    assert page.month.message.sentence.startswith("0 berat alındı, 2 dosya alınmadı")


def test_a_stopped_import_leaves_nothing(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path
) -> None:
    page, company = ledger_page, ledger_world.company
    file = source(tmp_path / "ocak.csv", 1, 9_000)
    shape = inspect_source(file)
    with qtbot.waitSignal(page.doing.cancelled, timeout=PATIENCE_MS):
        page.doing.take(company, file, shape, frozenset())
        assert page.jobs.isVisible()
        assert not page.board.import_button.isEnabled()
        page.jobs.cancel_button.click()
    settle(qtbot, page)
    assert not page.jobs.isVisible()
    assert page.board.import_button.isEnabled()
    path = facts.ledger_file(ledger_world.office.folder.ledgers, company, JANUARY)
    assert facts.read_with(path, queries.months, []) == []
    assert facts.read_with(path, queries.imports, []) == []


def test_findings_outlive_no_other_company(qtbot: QtBot, sealed: LedgerPage, ledger_world: Any) -> None:
    page, world = sealed, ledger_world
    checks = check_month(world.ctx, world.company, JANUARY, folder=world.office.folder.ledgers)
    assert state(world) is PeriodState.BERAT_SEALED, "a check takes no seal away"
    page.doing.checked.emit(world.company, JANUARY, checks)
    assert page.month.findings.errors == 0
    page.desk.set_company(None)
    assert not page.is_month
    settle(qtbot, page)


def test_f5_reads_the_ledger_again_and_leaves_the_key_to_the_window(qtbot: QtBot, ledger_page: LedgerPage) -> None:
    page = ledger_page
    page.board.table.setFocus()
    with qtbot.waitSignal(page.board.settled, timeout=PATIENCE_MS):
        qtbot.keyClick(page.board.table, Qt.Key.Key_F5)
    settle(qtbot, page)


def test_a_month_is_written_for_an_integrators_own_service(qtbot: QtBot, sealed: LedgerPage, tmp_path: Path) -> None:
    page = sealed
    assert page.month.export_button.isEnabled()
    assert set(EXPORTS) == set(FORMATS)
    target = tmp_path / "izibiz.csv"
    with qtbot.waitSignal(page.doing.exported, timeout=PATIENCE_MS):
        page.doing.export(page.month.company, JANUARY, "izibiz", target)
    settle(qtbot, page)
    assert target.stat().st_size > 0
    assert page.month.message.sentence == "12 satır yazıldı: izibiz.csv."
