"""The further doors of the ledger page: build options with their parts, a file for an integrator, a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.domain.ledger_terms import LedgerMode, LedgerTerms
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.runtime.settings import TSA_FILES, TSA_URL
from app.ui.ledger.build_dialog import BuildDialog
from app.ui.ledger.export_dialog import ExportDialog
from app.ui.ledger.query_dialog import QueryDialog
from app.ui.pages.ledger import LedgerPage
from app.workflows import companies
from app.workflows.ledger_import import import_vouchers

from .conftest import PATIENCE_MS, Clerk, source

JANUARY = Period(2026, 1)
BRANCHED = (
    "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Borç;Alacak;Kaydeden;Şube No;Şube Adı\n"
    "1;05.01.2026;100.01;KASA;KASA;10,00;;Ayşe Işık;0001;Kadıköy Şubesi\n"
    "1;05.01.2026;600.01;SATIŞ;SATIŞ;;10,00;Ayşe Işık;0001;Kadıköy Şubesi\n"
    "2;06.01.2026;100.01;KASA;KASA;20,00;;Ayşe Işık;0002;Bornova Şubesi\n"
    "2;06.01.2026;600.01;SATIŞ;SATIŞ;;20,00;Ayşe Işık;0002;Bornova Şubesi\n"
)


def idle(qtbot: QtBot, world: Any) -> None:
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


class Presser:
    """Calls `work` with the modal dialog of a kind until it says that it is done."""

    def __init__(self, kind: type[QDialog], work: Callable[[Any], bool]) -> None:
        self.is_done = False
        self._kind, self._work = kind, work
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, self._kind) and not self.is_done:
            self.is_done = self._work(dialog)

    def stop(self) -> None:
        self._timer.stop()


@pytest.fixture
def pressing() -> Iterator[Callable[..., Presser]]:
    made: list[Presser] = []

    def press(kind: type[QDialog], work: Callable[[Any], bool]) -> Presser:
        made.append(Presser(kind, work))
        return made[-1]

    yield press
    for one in made:
        one.stop()


@pytest.fixture
def january(qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path) -> LedgerPage:
    """The page at a checked month of ten vouchers."""
    world, company = ledger_world, ledger_world.company
    file = source(tmp_path / "ocak.csv", 1, 10)
    import_vouchers(world.ctx, company, file, inspect_source(file), folder=world.office.folder.ledgers)
    with qtbot.waitSignal(ledger_page.month.settled, timeout=PATIENCE_MS):
        ledger_page.open_month(company, JANUARY)
    ledger_page.doing.check(company, JANUARY)
    idle(qtbot, world)
    idle(qtbot, world)
    return ledger_page


def test_a_month_is_built_in_the_parts_that_were_shown(
    qtbot: QtBot, january: LedgerPage, ledger_world: Any, pressing: Callable[..., Presser], clerk: Clerk
) -> None:
    shown: list[tuple[str, ...]] = []

    def choose(dialog: BuildDialog) -> bool:
        if dialog._handle is not None or not dialog.go.isEnabled():
            return False
        if not dialog.split_after:
            dialog.day.setDate(QDate(2026, 1, 15))
            dialog.add_button.click()
            return False
        if dialog.model.rowCount() != 2:
            return False
        shown.extend(row.texts for row in dialog.model.rows)
        assert dialog.split_after == (date(2026, 1, 15),)
        dialog.go.click()
        return True

    presser = pressing(BuildDialog, choose)
    january._on_acted("options")
    idle(qtbot, ledger_world)
    qtbot.waitUntil(lambda: not january.doing.is_busy, timeout=PATIENCE_MS)
    idle(qtbot, ledger_world)
    assert presser.is_done and clerk.asked == ["seal"]
    assert [row[0] for row in shown] == ["000001", "000002"]
    assert [row[2] for row in shown] == ["01.01.2026 – 15.01.2026", "16.01.2026 – 31.01.2026"]
    names = {file.path.name for file in january.month.month.files}  # type: ignore[union-attr]
    stem = f"{ledger_world.company.company.tax_number.digits}-202601-Y"
    assert {f"{stem}-000001.xml", f"{stem}-000002.xml"} <= names


def test_a_fed_company_gives_a_file_instead(
    qtbot: QtBot, january: LedgerPage, ledger_world: Any, pressing: Callable[..., Presser], tmp_path: Path
) -> None:
    world = ledger_world
    terms = LedgerTerms(mode=LedgerMode.INTEGRATOR, export_format="turkcell")
    fed = companies.save_company(world.ctx, replace(world.company.company, ledger=terms))
    with qtbot.waitSignal(january.month.settled, timeout=PATIENCE_MS):
        january.open_month(fed, JANUARY)
    card = january.month.path.cards["build"]
    assert card.step is not None and card.step.title == "Entegratöre dosya ver"
    assert card.step.primary is not None and card.step.primary.key == "export"
    output = tmp_path / "verilecek.txt"

    def agree(dialog: ExportDialog) -> bool:
        if dialog.month.count() == 0:
            return False
        assert dialog.target == "turkcell" and dialog.path.text().endswith("-202601-turkcell.txt")
        assert not dialog.branches.isEnabled() and dialog.branch is None
        dialog.path.setText(str(output))
        dialog.go.click()
        return True

    pressing(ExportDialog, agree)
    card.buttons["export"].click()
    idle(qtbot, world)
    assert output.is_file()
    assert "20 satır yazıldı" in january.message.sentence


def test_a_fed_company_is_not_built_and_no_seal_is_asked(
    qtbot: QtBot, january: LedgerPage, ledger_world: Any, clerk: Clerk
) -> None:
    world = ledger_world
    terms = LedgerTerms(mode=LedgerMode.INTEGRATOR, export_format="izibiz")
    fed = companies.save_company(world.ctx, replace(world.company.company, ledger=terms))
    with qtbot.waitSignal(january.doing.built, timeout=PATIENCE_MS) as built:
        january.doing.build([(fed, JANUARY)])
    assert [result.error.code for result in built.args[0].failed] == ["LEDGER.MODE"]
    assert clerk.asked == []
    assert "entegratöre verin" in january.message.sentence


def test_an_authority_that_is_silent_does_not_stop_the_month(
    qtbot: QtBot, january: LedgerPage, ledger_world: Any, clerk: Clerk
) -> None:
    settings = ledger_world.office.settings
    settings.set(TSA_URL, "http://127.0.0.1:9")
    settings.set(TSA_FILES, "berats")
    with qtbot.waitSignal(january.doing.built, timeout=PATIENCE_MS) as built:
        january.doing.build([(ledger_world.company, JANUARY)])
    assert built.args[0].failed[0].error.code.startswith("TSA.")
    qtbot.waitUntil(lambda: january.message.action.text() == "Damgasız oluştur", timeout=PATIENCE_MS)
    with qtbot.waitSignal(january.doing.built, timeout=PATIENCE_MS) as built:
        january.message.action.click()
    assert built.args[0].failed == [] and len(built.args[0].built) == 1
    idle(qtbot, ledger_world)


def test_a_branch_is_chosen_for_the_file(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    world = ledger_world
    file = tmp_path / "sube.csv"
    file.write_text(BRANCHED, "utf-8")
    import_vouchers(world.ctx, world.company, file, inspect_source(file), folder=world.office.folder.ledgers)
    dialog = ExportDialog(world.desk, world.company, JANUARY, target="izibiz")
    qtbot.addWidget(dialog)
    dialog.show()
    idle(qtbot, world)
    assert [dialog.branches.itemData(i) for i in range(dialog.branches.count())] == ["0001", "0002"]
    assert dialog.branch == "0001" and dialog.path.text().endswith("-202601-0001-izibiz.csv")
    dialog.branches.setCurrentIndex(1)
    dialog.branches.activated.emit(1)
    assert dialog.path.text().endswith("-202601-0002-izibiz.csv")
    dialog.format.setCurrentIndex(dialog.format.findData("uyumsoft-xml"))
    dialog.format.activated.emit(dialog.format.currentIndex())
    assert dialog.path.text().endswith("-202601-0002-uyumsoft-xml.xml")


def test_a_year_without_vouchers_has_nothing_to_give(qtbot: QtBot, ledger_world: Any) -> None:
    dialog = ExportDialog(ledger_world.desk, ledger_world.company, JANUARY)
    qtbot.addWidget(dialog)
    dialog.show()
    idle(qtbot, ledger_world)
    assert not dialog.go.isEnabled() and "fiş yok" in dialog.message.sentence


def test_vouchers_come_from_the_database_into_the_month(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, pressing: Callable[..., Presser], tmp_path: Path
) -> None:
    base = tmp_path / "muhasebe.db"
    with sqlite3.connect(base) as tables:
        tables.execute("CREATE TABLE y (fis TEXT, gun TEXT, hesap TEXT, borc REAL, alacak REAL)")
        rows = [("1", "2026-01-05", "100.01", 12.5, 0), ("1", "2026-01-05", "600.01", 0, 12.5)]
        tables.executemany("INSERT INTO y VALUES (?, ?, ?, ?, ?)", rows)
    tables.close()
    query = "SELECT fis AS [Fiş No], gun AS Tarih, hesap AS [Hesap Kodu], borc AS Borç, alacak AS Alacak FROM y"

    def take(dialog: QueryDialog) -> bool:
        if not dialog.form.query.toPlainText():
            dialog.form.driver.setCurrentIndex(dialog.form.driver.findData("sqlite"))
            dialog.form.driver.activated.emit(dialog.form.driver.currentIndex())
            dialog.form.database.setText(str(base))
            dialog.form.query.setPlainText(query)
            dialog.look.click()
        if not dialog.go.isEnabled():
            return False
        dialog.go.click()
        return True

    pressing(QueryDialog, take)
    with qtbot.waitSignal(ledger_page.month.settled, timeout=PATIENCE_MS):
        ledger_page.open_month(ledger_world.company, JANUARY)
    ledger_page.month.path.cards["import"].buttons["query"].click()
    idle(qtbot, ledger_world)
    idle(qtbot, ledger_world)
    assert "1 yeni fiş" in ledger_page.message.sentence
    assert ledger_page.month.month is not None and ledger_page.month.month.cell.vouchers == 1


def test_the_inventory_stands_at_both_ends_of_the_year(qtbot: QtBot, january: LedgerPage, ledger_world: Any) -> None:
    assert "inventory" in january.month.path.cards["build"].buttons
    january.month.path.cards["build"].buttons["inventory"].click()
    windows = [w for w in QApplication.topLevelWidgets() if type(w).__name__ == "InventoryWindow" and w.isVisible()]
    assert [window.day for window in windows] == [date(2026, 1, 1)]  # type: ignore[attr-defined]
    idle(qtbot, ledger_world)
    windows[0].close()
    with qtbot.waitSignal(january.month.settled, timeout=PATIENCE_MS):
        january.open_month(ledger_world.company, Period(2026, 3))
    assert "inventory" not in january.month.path.cards["build"].buttons
