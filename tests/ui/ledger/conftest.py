"""Ledger ground for window tests: a company whose card is complete, files of balanced vouchers, the page itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.party import Accountant
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.dialogs.pin import SealDialog
from app.ui.pages.ledger import LedgerPage
from app.ui.seals import keeper_of
from app.workflows import companies

PATIENCE_MS = 30_000
HEAD = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Açıklama;Borç;Alacak;Belge Türü;Belge No;Belge Tarihi;Kaydeden"
NAMES = {"102": "BANKALAR", "320": "SATICILAR", "600": "YURT İÇİ SATIŞLAR", "770": "GENEL YÖNETİM", "391": "KDV"}


def source(path: Path, month: int, vouchers: int, *, year: int = 2026, extra: str = "", seed: int = 0) -> Path:
    """A balanced month as an accounting program writes it, in Windows-1254; `extra` are more rows."""
    dice = random.Random(month * 100 + seed)
    rows = [HEAD]
    for index in range(vouchers):
        day = f"{1 + index * 28 // vouchers:02d}.{month:02d}.{year}"
        debit, credit = dice.sample(sorted(NAMES.keys() - {"102"}), 2)
        units = dice.randint(100, 10**7)
        amount = f"{units // 100:,}".replace(",", ".") + f",{units % 100:02d}"
        document = ("fatura", f"ABC{year}{month:02d}{index + 1:07d}", day) if index % 2 else ("", "", "")
        for code, sides in ((debit, (amount, "")), (credit, ("", amount))):
            parts = (f"{month}-{index + 1}", day, f"{code}.01", "ALT HESAP", NAMES[code], f"Kayıt {index + 1}", *sides)
            rows.append(";".join((*parts, *document, "Ayşe Işık")))
    path.write_bytes(("\r\n".join([*rows, extra]) + "\r\n").encode("cp1254"))
    return path


class Clerk:
    """Presses the yes of every question and of the seal dialog; `asked` keeps the questions' titles."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, SealDialog) and dialog.confirm.isEnabled():
            self.asked.append("seal")
            dialog.confirm.click()
        elif isinstance(dialog, ConfirmDialog):
            self.asked.append(dialog.windowTitle())
            dialog.yes_button.click()


@pytest.fixture
def ledger_world(ui_world: Any) -> Any:
    """The world with a company whose card has all that a ledger's head needs, and its seal open."""
    record = ui_world.company
    whole = replace(record.company, accountant=Accountant(name="Ayşe Işık"), nace="310903")
    ui_world.company = companies.save_company(ui_world.ctx, whole)
    ui_world.desk.set_company(ui_world.company)
    keeper_of(ui_world.desk).keep(ui_world.company.id, ui_world.sealer)
    return ui_world


@pytest.fixture
def ledger_page(qtbot: QtBot, ledger_world: Any) -> Iterator[LedgerPage]:
    page = LedgerPage(ledger_world.desk)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    with qtbot.waitSignal(page.board.settled, timeout=PATIENCE_MS):
        page.show()
    yield page
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


@pytest.fixture
def clerk() -> Iterator[Clerk]:
    one = Clerk()
    yield one
    one.stop()
