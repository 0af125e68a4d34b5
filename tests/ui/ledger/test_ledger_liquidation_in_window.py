"""A client in liquidation on the ledger page: both fiscal periods of the month, and the months after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period, PeriodState
from app.edefter.sources.reading import inspect_source
from app.ui.ledger import facts
from app.ui.ledger.board_model import spoken
from app.ui.ledger.export_dialog import ExportDialog
from app.ui.ledger.filing import filed_figures, filed_parts
from app.ui.ledger.month import BALANCES, FINDINGS, VOUCHERS
from app.ui.ledger.sides import side_days, side_name, side_tip
from app.ui.pages.ledger import LedgerPage
from app.workflows import companies
from app.workflows.ledger_import import import_vouchers

from .conftest import HEAD, PATIENCE_MS, Clerk

MAY, JUNE = Period(2026, 5), Period(2026, 6)
BEFORE, AFTER = MAY, replace(MAY, is_liquidation=True)
NAMES = ["01–20 Mayıs", "21–31 Mayıs (tasfiye)"]


def rows(days: list[str], *, uneven: str = "") -> str:
    """A voucher on each of the days; the one of the day `uneven` does not balance."""
    found = [HEAD]
    for index, day in enumerate(days, 1):
        for code, name, sides in (
            ("320.01", "SATICILAR", ("100,00", "")),
            ("600.01", "YURT İÇİ SATIŞLAR", ("", "90,00" if day == uneven else "100,00")),
        ):
            found.append(";".join((f"F-{index}", day, code, "ALT", name, f"Kayıt {index}", *sides, "", "", "", "Ayşe")))
    return "\r\n".join(found) + "\r\n"


DAYS = ["04.05.2026", "20.05.2026", "21.05.2026", "25.05.2026", "29.05.2026", "03.06.2026"]


def take(world: Any, folder: Path, text: str, name: str = "mayis.csv") -> None:
    file = folder / name
    file.write_bytes(text.encode("cp1254"))
    import_vouchers(world.ctx, world.company, file, inspect_source(file), folder=world.office.folder.ledgers)


@pytest.fixture
def ending(ledger_world: Any) -> Any:
    """The world with a company whose liquidation was registered on 21 May."""
    card = replace(ledger_world.company.company, liquidation_start="2026-05-21")
    ledger_world.company = companies.save_company(ledger_world.ctx, card)
    ledger_world.desk.set_company(ledger_world.company)
    return ledger_world


def settle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs() and not page.doing.is_busy, timeout=PATIENCE_MS)


def show(qtbot: QtBot, page: LedgerPage, world: Any, period: Period = MAY) -> None:
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.open_month(world.company, period)
    settle(qtbot, page)


def row_of(world: Any) -> facts.BoardRow:
    return facts.board_row(world.office.folder.ledgers, world.company, 2026, date(2026, 7, 7))


def test_the_sides_have_names_and_days(ending: Any) -> None:
    card = ending.company.company
    assert [side_name(card, side) for side in (BEFORE, AFTER)] == NAMES
    assert side_days(card, BEFORE) == (date(2026, 5, 1), date(2026, 5, 20))
    assert "01.01.2026–31.12.2026" in side_tip(card, BEFORE) and "01.05.2026–21.05.2026" in side_tip(card, BEFORE)
    assert "21.05.2026–31.12.2026" in side_tip(card, AFTER)
    assert side_name(card, replace(JUNE, is_liquidation=True)) == "01–30 Haziran (tasfiye)"


def test_the_board_tells_both_states_and_shows_the_worse(ending: Any, tmp_path: Path) -> None:
    from app.workflows.ledger_check import check_month

    take(ending, tmp_path, rows(DAYS, uneven="25.05.2026"))
    check_month(ending.ctx, ending.company, MAY, folder=ending.office.folder.ledgers)
    row = row_of(ending)
    may, june = row.cells[4], row.cells[5]
    assert row.terms.endswith(" · tasfiye 21.05.2026")
    assert may.state is PeriodState.FAILED
    assert [(side.name, side.state, side.vouchers) for side in may.sides] == [
        (NAMES[0], PeriodState.CHECKED, 2),
        (NAMES[1], PeriodState.FAILED, 3),
    ]
    said = spoken(row, may)
    assert "01–20 Mayıs: Denetlendi, 2 fiş" in said and "21–31 Mayıs (tasfiye): Hatalı, 3 fiş" in said
    assert (june.state, june.vouchers, june.sides) == (PeriodState.IMPORTED, 1, ())


def test_vouchers_that_came_before_the_card_spoke_of_it_are_not_lost(ledger_world: Any, tmp_path: Path) -> None:
    take(ledger_world, tmp_path, rows(DAYS))
    card = replace(ledger_world.company.company, liquidation_start="2026-05-21")
    ledger_world.company = companies.save_company(ledger_world.ctx, card)
    folder = ledger_world.office.folder
    june = facts.month_facts(folder.ledgers, folder.edefter, ledger_world.company, JUNE, date(2026, 7, 7))
    assert (june.cell.vouchers, june.key, june.period.is_liquidation) == (1, 202606, True)
    assert june.folder.parent.name == "21.05.2026-31.12.2026"


def test_a_switch_shows_each_side_with_its_own(
    qtbot: QtBot, ledger_page: LedgerPage, ending: Any, tmp_path: Path
) -> None:
    page = ledger_page
    take(ending, tmp_path, rows(DAYS, uneven="25.05.2026"))
    show(qtbot, page, ending)
    month = page.month
    assert month.switch.isVisible()
    assert [chip.text() for chip in month.switch.chips] == NAMES
    assert month.side == BEFORE and month.switch.chips[0].isChecked()
    assert len(month.vouchers.model.ids) == 2
    month.switch.chips[1].click()
    settle(qtbot, page)
    assert month.side == AFTER
    assert len(month.vouchers.model.ids) == 3
    month.tabs.setCurrentIndex(BALANCES)
    settle(qtbot, page)
    # Borç of the three vouchers of the liquidation; its year begins with it.
    assert month.balances.model.rows[-1].texts[2] == "300,00"
    month.balances.year.click()
    settle(qtbot, page)
    assert month.balances.model.rows[-1].texts[2] == "300,00"
    assert [chip.shortcut().toString() for chip in month.switch.chips] == ["Alt+1", "Alt+2"]
    month.switch.chips[0].click()
    settle(qtbot, page)
    assert month.balances.model.rows[-1].texts[2] == "200,00", "the registration day is the liquidation's"

    with qtbot.waitSignal(page.doing.checked, timeout=PATIENCE_MS):
        month.acted.emit("check")
    settle(qtbot, page)
    assert not month.findings.errors
    build = month.path.cards["build"].step
    assert build is not None and build.standing == "blocked" and NAMES[1] in build.sentence
    month.switch.chips[1].click()
    settle(qtbot, page)
    assert month.findings.errors
    month.tabs.setCurrentIndex(FINDINGS)
    wrong = next(one for one in month.findings.told if one.voucher_id)
    month.findings.voucher_wanted.emit(wrong.voucher_id)
    settle(qtbot, page)
    assert month.tabs.currentIndex() == VOUCHERS
    assert wrong.voucher_id in month.vouchers.model.ids
    # Anew, the month opens where something waits.
    page.show_board()
    show(qtbot, page, ending, JUNE)
    assert not month.switch.chips and month.switch.note.isVisible()
    assert len(month.vouchers.model.ids) == 1
    show(qtbot, page, ending)
    assert month.side == AFTER


def test_a_card_of_the_year_leads_to_the_side_of_its_day(
    qtbot: QtBot, ledger_page: LedgerPage, ending: Any, tmp_path: Path
) -> None:
    page = ledger_page
    take(ending, tmp_path, rows(DAYS))
    show(qtbot, page, ending, JUNE)
    page.month.tabs.setCurrentIndex(BALANCES)
    page.month.balances.year.click()
    settle(qtbot, page)
    line = page.month.balances.card.rows[0].what
    assert line.day == date(2026, 5, 21)
    page.month.balances.voucher_wanted.emit(line.voucher_id, line.day)
    settle(qtbot, page)
    assert page.month.side == AFTER
    row = page.month.vouchers.table.currentIndex().row()
    assert page.month.vouchers.model.ids[row] == line.voucher_id


def test_both_sides_are_built_filed_and_taken_back(
    qtbot: QtBot, ledger_page: LedgerPage, ending: Any, tmp_path: Path, clerk: Clerk
) -> None:
    page, month = ledger_page, ledger_page.month
    take(ending, tmp_path, rows(DAYS))
    show(qtbot, page, ending)
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS):
        month.all_button.click()
    settle(qtbot, page)
    assert month.month is not None
    names = []
    for side, year in ((0, "01.01.2026-31.12.2026"), (1, "21.05.2026-31.12.2026")):
        month.switch.chips[side].click()
        shown = month.month
        assert shown.state is PeriodState.BERAT_SEALED
        assert shown.folder.parent.name == year
        assert shown.files and all(file.path.parent == shown.folder and not file.is_missing for file in shown.files)
        assert len(month.files.model.rows) == len(shown.files)
        names.append({file.path.name for file in shown.files})
    assert names[0] == names[1], "both sides number their parts from 1"
    parts = filed_parts(month.month)
    assert [texts[1] for texts in parts] == ["01.05.2026–21.05.2026"] * 2 + ["21.05.2026–31.05.2026"] * 2
    figures = filed_figures(month.month)
    assert figures[0] == (NAMES[0], "borç 200,00, alacak 200,00")
    assert figures[3][1].startswith("madde 1–3, 6 satır")
    with qtbot.waitSignal(page.doing.filed, timeout=PATIENCE_MS):
        month.acted.emit("filed")
    settle(qtbot, page)
    assert [side.state for side in month.sides] == [PeriodState.FILED] * 2
    with qtbot.waitSignal(page.doing.taken_back, timeout=PATIENCE_MS) as back:
        page.doing.take_back(ending.company, AFTER, deleted_by="Ayşe Işık", deleted_on="2026-06-10")
    settle(qtbot, page)
    assert len(back.args[2]) == len(names[0]) + len(names[1])
    assert [side.state for side in month.sides] == [PeriodState.IMPORTED] * 2
    assert not any(side.files for side in month.sides)


def test_an_export_names_the_side_it_holds(qtbot: QtBot, ending: Any, tmp_path: Path) -> None:
    take(ending, tmp_path, rows(DAYS))
    dialog = ExportDialog(ending.desk, ending.company, AFTER)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.month.count() == 3, timeout=PATIENCE_MS)
    assert [dialog.month.itemText(i) for i in range(3)] == [
        "01–20 Mayıs 2026 · 2 fiş",
        "21–31 Mayıs (tasfiye) 2026 · 3 fiş",
        "Haziran 2026 · 1 fiş",
    ]
    assert dialog.chosen == AFTER
    assert "-tasfiye" in dialog.path.text()
    qtbot.waitUntil(lambda: not ending.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_the_file_for_an_integrator_holds_the_side_alone(
    qtbot: QtBot, ledger_page: LedgerPage, ending: Any, tmp_path: Path
) -> None:
    page = ledger_page
    take(ending, tmp_path, rows(DAYS))
    for side, lines in ((BEFORE, 4), (AFTER, 6)):
        with qtbot.waitSignal(page.doing.exported, timeout=PATIENCE_MS) as done:
            page.doing.export(ending.company, side, "izibiz", tmp_path / f"{side.key}.csv")
        assert done.args[0].is_written and done.args[0].lines == lines
        settle(qtbot, page)
