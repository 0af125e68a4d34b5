"""Defter from click to database: a file comes in, the board shows its month, it is checked, sealed and filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period, PeriodState
from app.storage.ledgers import queries
from app.ui.ledger import facts
from app.ui.ledger.import_dialog import ImportDialog
from app.ui.pages.ledger import LedgerPage

from .conftest import PATIENCE_MS, Clerk, source

JANUARY = Period(2026, 1)


def agree(qtbot: QtBot, page: LedgerPage, path: Path, *, replace: bool = False) -> None:
    """Drop a file and press İçe aktar as soon as the preview allows it."""
    pressed: list[bool] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ImportDialog) and dialog.go.isEnabled() and not pressed:
            pressed.append(True)
            dialog.replace.setChecked(replace)
            dialog.go.click()

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(press)
    timer.start()
    with qtbot.waitSignal(page.doing.imported, timeout=PATIENCE_MS):
        page.incoming.take_files([path])
    timer.stop()
    settle(qtbot, page)


def settle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def open_month(qtbot: QtBot, page: LedgerPage, column: int) -> None:
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.board.table.entered_month.emit(page.board.model.index(0, column))
    settle(qtbot, page)


def press(qtbot: QtBot, page: LedgerPage, step: str, action: str, signal: Any) -> None:
    with qtbot.waitSignal(signal, timeout=PATIENCE_MS):
        page.month.path.cards[step].buttons[action].click()
    settle(qtbot, page)


def state_of(world: Any, period: Period) -> PeriodState | None:
    path = facts.ledger_file(world.office.folder.ledgers, world.company, period)
    return facts.read_with(
        path, lambda c: facts.state_of([m for m in queries.months(c) if m.period == int(period.compact)]), None
    )


def test_from_a_dropped_file_to_sealed_and_filed_ledgers(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, clerk: Clerk, tmp_path: Path
) -> None:
    page = ledger_page
    assert "buraya bırakın" in page.board.message.sentence
    agree(qtbot, page, source(tmp_path / "ocak.csv", 1, 12))
    cell = page.board.model.rows[0].cells[0]
    assert (cell.state, cell.vouchers, cell.lines) == (PeriodState.IMPORTED, 12, 24)

    open_month(qtbot, page, 1)
    assert page.is_month
    assert len(page.month.vouchers.model.ids) == 12
    steps = {key: card.step.standing for key, card in page.month.path.cards.items() if card.step is not None}
    assert steps == {
        "import": "done",
        "check": "open",
        "build": "blocked",
        "filed": "blocked",
        "approved": "blocked",
        "report": "blocked",
    }
    press(qtbot, page, "check", "check", page.doing.checked)
    assert state_of(ledger_world, JANUARY) is PeriodState.CHECKED

    press(qtbot, page, "build", "build", page.doing.built)
    assert clerk.asked == ["seal"]
    assert state_of(ledger_world, JANUARY) is PeriodState.BERAT_SEALED
    month = page.month.month
    assert month is not None
    kinds = sorted(file.kind for file in month.files if file.path.suffix == ".xml")
    assert kinds == ["K", "KB", "Y", "YB"]
    assert all(file.path.is_file() and len(file.sha256) == 64 for file in month.files)
    assert page.month.files.model.rowCount() == len(month.files)

    press(qtbot, page, "filed", "filed", page.doing.filed)
    assert "yüklendi mi" in clerk.asked[-1]
    assert state_of(ledger_world, JANUARY) is PeriodState.FILED
    page.show_board()
    qtbot.waitUntil(lambda: page.board.model.rows[0].cells[0].state is PeriodState.FILED, timeout=PATIENCE_MS)


def test_what_forbids_a_month_is_shown_together_and_jumps_to_its_voucher(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path
) -> None:
    page = ledger_page
    crooked = "\r\n".join(
        f"1-9{i};28.01.2026;100.01;KASA;KASA;Tek bacak {i};100,0{i};;;;;Ayşe Işık" for i in range(1, 4)
    )
    agree(qtbot, page, source(tmp_path / "ocak.csv", 1, 6, extra=crooked))
    open_month(qtbot, page, 1)
    press(qtbot, page, "check", "check", page.doing.checked)
    assert state_of(ledger_world, JANUARY) is PeriodState.FAILED
    found = page.month.findings.list.findings
    assert sum(f.code == "DEFTER.BALANCE" for f in found) == 3
    assert page.month.tabs.currentWidget() is page.month.findings
    build = page.month.path.cards["build"].step
    assert build is not None
    assert build.standing == "blocked"
    wanted = next(f for f in found if f.code == "DEFTER.BALANCE")
    with qtbot.waitSignal(page.month.vouchers.model.answered, timeout=PATIENCE_MS):
        page.month.findings.list.place_wanted.emit(wanted)
    settle(qtbot, page)
    assert page.month.tabs.currentWidget() is page.month.vouchers
    row = page.month.vouchers.table.currentIndex().row()
    assert page.month.vouchers.model.ids[row] == next(
        one.voucher_id for one in page.month.findings.told if one.finding == wanted
    )
    assert page.month.vouchers.lines.rowCount() == 1


def test_the_same_file_changes_nothing_a_month_is_replaced_only_when_asked_and_can_be_undone(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, clerk: Clerk, tmp_path: Path
) -> None:
    page = ledger_page
    first = source(tmp_path / "ocak.csv", 1, 5)
    agree(qtbot, page, first)
    agree(qtbot, page, first)
    assert "5 fiş zaten vardı" in page.board.message.sentence
    open_month(qtbot, page, 1)
    other = source(tmp_path / "ocak-yeni.csv", 1, 7, seed=3)
    agree(qtbot, page, other, replace=True)
    assert "Ocak 2026 ayının fişleri değiştirilsin mi?" in clerk.asked
    assert page.month.month is not None
    assert page.month.month.cell.vouchers == 7
    press(qtbot, page, "check", "check", page.doing.checked)
    assert state_of(ledger_world, JANUARY) is PeriodState.CHECKED
    press(qtbot, page, "import", "undo", page.doing.undone)
    assert page.month.month is not None
    assert page.month.month.cell.vouchers == 5
    assert state_of(ledger_world, JANUARY) is PeriodState.IMPORTED, "what was checked has gone"


def test_months_are_built_together_in_their_order_with_one_seal(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, clerk: Clerk, tmp_path: Path
) -> None:
    page = ledger_page
    for month in (1, 2, 3):
        agree(qtbot, page, source(tmp_path / f"{month}.csv", month, 4))
    table = page.board.table
    table.clearSelection()
    for column in (3, 1, 2):
        table.selectionModel().select(page.board.model.index(0, column), table.selectionModel().SelectionFlag.Select)
    assert page.board.build_button.text() == "3 ayı oluştur"
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS) as ended:
        page.board.build_button.click()
    settle(qtbot, page)
    outcome = ended.args[0]
    assert [result.period.month for result in outcome.built] == [1, 2, 3]
    assert not outcome.failed
    assert clerk.asked == ["seal"]
    assert {state_of(ledger_world, Period(2026, m)) for m in (1, 2, 3)} == {PeriodState.BERAT_SEALED}


def test_a_month_before_its_turn_says_which_comes_first(
    qtbot: QtBot, ledger_page: LedgerPage, clerk: Clerk, tmp_path: Path
) -> None:
    page = ledger_page
    agree(qtbot, page, source(tmp_path / "1.csv", 1, 4))
    agree(qtbot, page, source(tmp_path / "2.csv", 2, 4))
    page.board.table.clearSelection()
    page.board.table.setCurrentIndex(page.board.model.index(0, 2))
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS) as ended:
        page.board.build_button.click()
    settle(qtbot, page)
    error = ended.args[0].failed[0].error
    assert error.code == "LEDGER.ORDER"
    assert page._report is not None
    assert page._report.isVisible()
    page._report.close()
    open_month(qtbot, page, 2)
    step = page.month.path.cards["build"].step
    assert step is not None
    assert "01.2026" in step.sentence


@pytest.mark.parametrize("key", ["Esc"])
def test_escape_goes_back_to_the_board(qtbot: QtBot, ledger_page: LedgerPage, key: str, tmp_path: Path) -> None:
    page = ledger_page
    open_month(qtbot, page, 4)
    action = next(a for a in page.actions() if a.shortcut().toString() == key)
    action.trigger()
    assert not page.is_month
    assert page.board.table.currentIndex().column() == 4


def test_the_trial_balance_opens_an_accounts_card_and_its_voucher(
    qtbot: QtBot, ledger_page: LedgerPage, tmp_path: Path
) -> None:
    page = ledger_page
    agree(qtbot, page, source(tmp_path / "ocak.csv", 1, 20))
    open_month(qtbot, page, 1)
    balances = page.month.balances
    page.month.tabs.setCurrentIndex(1)
    settle(qtbot, page)
    total = balances.model.rows[-1]
    assert total.texts[0] == "Toplam"
    assert total.texts[2] == total.texts[3]
    assert "eşit" in balances.totals.text()
    balances.sub.click()
    settle(qtbot, page)
    balances.table.selectRow(1)
    settle(qtbot, page)
    code = balances.model.rows[1].texts[0]
    assert code.endswith(".01")
    assert {row.texts[2] for row in balances.card.rows} == {code}
    last = balances.card.rows[-1].texts[-1]
    assert last.split()[0] in balances.model.rows[1].texts[4:]
    with qtbot.waitSignal(page.month.vouchers.model.answered, timeout=PATIENCE_MS):
        balances.card_table.activated.emit(balances.card.index(0, 0))
    settle(qtbot, page)
    row = page.month.vouchers.table.currentIndex().row()
    assert page.month.vouchers.model.ids[row] == balances.card.rows[0].what.voucher_id


def test_a_card_of_the_year_leads_to_the_month_of_its_voucher(
    qtbot: QtBot, ledger_page: LedgerPage, tmp_path: Path
) -> None:
    page = ledger_page
    for month in (1, 2):
        agree(qtbot, page, source(tmp_path / f"{month}.csv", month, 8))
    open_month(qtbot, page, 2)
    page.month.tabs.setCurrentIndex(1)
    settle(qtbot, page)
    balances = page.month.balances
    balances.year.click()
    settle(qtbot, page)
    first = balances.card.rows[0].what
    assert first.day.month == 1
    with qtbot.waitSignal(page.month.vouchers.model.answered, timeout=PATIENCE_MS):
        balances.card_table.activated.emit(balances.card.index(0, 0))
    settle(qtbot, page)
    assert page.month.title.text() == "Ocak 2026"
    row = page.month.vouchers.table.currentIndex().row()
    assert page.month.vouchers.model.ids[row] == first.voucher_id
