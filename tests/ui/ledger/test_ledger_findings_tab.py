"""The month's findings: there again after a restart, marked when stale, mended with a preview, taken back, reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import RuleBroken
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.ui.ledger.mending_dialogs import FixDialog, SummaryDialog
from app.ui.ledger.results import told_of
from app.ui.pages.ledger import LedgerPage
from app.workflows.ledger_check import check_month
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_model import said

from .conftest import PATIENCE_MS, source

JANUARY = Period(2026, 1)
#: One fiş with two days, each of them balanced: it can be split safely.
TWO_DAYS = "\r\n".join(
    f"1-77;{day};{code};ALT;ANA;Bölünecek;{debit};{credit};;;;Ayşe Işık"
    for day, code, debit, credit in (
        ("27.01.2026", "770.01", "10,00", ""),
        ("27.01.2026", "320.01", "", "10,00"),
        ("28.01.2026", "770.01", "20,00", ""),
        ("28.01.2026", "320.01", "", "20,00"),
    )
)
#: A fiş whose lines of one account can become one.
LONG = "\r\n".join(
    f"1-88;28.01.2026;{code};ALT;ANA;Satır {number};{debit};{credit};;;;Ayşe Işık"
    for number, (code, debit, credit) in enumerate([("770.01", "1,00", "")] * 40 + [("320.01", "", "40,00")])
)


def settle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs() and not page.doing.is_busy, timeout=PATIENCE_MS)


class Answers:
    """Presses the yes of the previews; `seen` keeps them in words."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, FixDialog | SummaryDialog):
            self.seen.append(f"{dialog.windowTitle()}|{dialog.yes.text()}|{dialog.model.rowCount()}")
            dialog.who.setText("Ayşe Işık")
            dialog.yes.click()


@pytest.fixture
def month(qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path) -> LedgerPage:
    """A month that was checked by another session: one fiş of two days, one long one."""
    world, file = ledger_world, source(tmp_path / "ocak.csv", 1, 4, extra=f"{TWO_DAYS}\r\n{LONG}")
    folder = world.office.folder.ledgers
    import_vouchers(world.ctx, world.company, file, inspect_source(file), folder=folder)
    check_month(world.ctx, world.company, JANUARY, folder=folder)
    with qtbot.waitSignal(ledger_page.month.settled, timeout=PATIENCE_MS):
        ledger_page.open_month(world.company, JANUARY)
    settle(qtbot, ledger_page)
    return ledger_page


def codes(page: LedgerPage) -> list[str]:
    return [one.finding.code for one in page.month.findings.told]


def test_what_was_found_is_there_again_and_marked_when_stale(
    qtbot: QtBot, month: LedgerPage, ledger_world: Any, tmp_path: Path
) -> None:
    tab = month.month.findings
    assert "DEFTER.TWO_DAYS" in codes(month)
    assert tab.words.text() == "Son denetim 20.11.2026 12:00"
    assert tab.errors
    world, more = ledger_world, source(tmp_path / "daha.csv", 1, 5, seed=9)
    import_vouchers(world.ctx, world.company, more, inspect_source(more), folder=world.office.folder.ledgers)
    with qtbot.waitSignal(month.month.settled, timeout=PATIENCE_MS):
        month.refresh()
    settle(qtbot, month)
    assert "yeniden denetleyin" in tab.words.text()
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        tab.check_button.click()
    settle(qtbot, month)
    assert "yeniden denetleyin" not in tab.words.text()


def test_a_finding_is_mended_with_a_preview_and_taken_back(qtbot: QtBot, month: LedgerPage) -> None:
    answers = Answers()
    row = next(row for row in month.month.findings.list.rows() if row.finding.code == "DEFTER.TWO_DAYS")
    assert row.fix.isVisibleTo(row)
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        row.fix.click()
    settle(qtbot, month)
    answers.stop()
    assert len(answers.seen) == 1 and answers.seen[0].startswith("Güvenli düzeltmeler|")
    assert not answers.seen[0].endswith("|0"), "what changes stands there"
    assert "DEFTER.TWO_DAYS" not in codes(month)
    assert "düzeltildi" in month.month.message.sentence
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        month.month.message.action.click()
    settle(qtbot, month)
    assert "DEFTER.TWO_DAYS" in codes(month)
    assert "geri alındı" in month.month.message.sentence


def test_the_report_is_saved_for_the_client(qtbot: QtBot, month: LedgerPage, tmp_path: Path) -> None:
    excel, pdf = tmp_path / "rapor.xlsx", tmp_path / "rapor.pdf"
    for target in (excel, pdf):
        month.mending.save_report(target)
        name = target.name
        qtbot.waitUntil(
            lambda name=name: f"Rapor kaydedildi: {name}" == month.month.message.sentence, timeout=PATIENCE_MS
        )
    assert excel.stat().st_size > 0
    document = QPdfDocument()
    document.load(str(pdf))
    assert "1-77" in "".join(document.getAllText(page).text() for page in range(document.pageCount()))
    document.close()


def test_a_voucher_that_fits_no_part_is_summarised_on_the_users_word(
    qtbot: QtBot, month: LedgerPage, ledger_world: Any
) -> None:
    answers = Answers()
    error = RuleBroken("LEDGER.TOO_LARGE", "6 numaralı madde sığmıyor.", why="Uzun.", todo="Özetleyin.", raw_code="6")
    month.mending.offer_summary(ledger_world.company, JANUARY, error)
    assert month.month.message.action.text() == "Özetlemeyi göster…"
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        month.month.message.action.click()
    settle(qtbot, month)
    answers.stop()
    assert [seen.split("|")[0] for seen in answers.seen] == ["6. madde özetlensin mi?"]
    assert "41 satır 2 satır oldu" in month.month.message.sentence
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        month.month.message.action.click()
    settle(qtbot, month)
    assert month.month.message.sentence == "Özet geri alındı; satırlar eskisi gibi."


def test_a_finding_of_a_voucher_that_is_too_large_leads_to_its_summary(qtbot: QtBot, month: LedgerPage) -> None:
    check = month.month.findings.checks[0]
    large = replace(said("DEFTER.TOO_LARGE", a="6", b="210"), voucher_id=6, entry=6, reference="1-88")
    check.findings.append(large)
    month.month.set_told(month.month.company, JANUARY, told_of([check]))  # type: ignore[arg-type]
    row = next(row for row in month.month.findings.list.rows() if row.finding.code == large.code)
    answers = Answers()
    with qtbot.waitSignal(month.doing.checked, timeout=PATIENCE_MS):
        row.fix.click()
    settle(qtbot, month)
    answers.stop()
    assert [seen.split("|")[0] for seen in answers.seen] == ["6. madde özetlensin mi?"]
