"""The inventory window: a list is shown before it is taken, checked, sealed; replaced only on the user's word."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.ledger.deleted import PortalDeletedDialog
from app.ui.ledger.inventory_import import InventoryImportDialog
from app.ui.ledger.inventory_window import FILES, FINDINGS, ITEMS, InventoryWindow

from .conftest import PATIENCE_MS, Clerk

HEAD = "Hesap Kodu;Hesap Adı;Ana Hesap Adı;Ürün Kodu;Ürün Adı;Miktar;Birim;Tutar"
OPENING = date(2026, 1, 1)


def stock(path: Path, count: int = 3, *, amount: str = "1.250,50", extra: str = "") -> Path:
    rows = [f"153.{i:02d};MALLAR {i};TİCARİ MALLAR;U{i};Ürün {i};{i + 1},5;adet;{amount}" for i in range(count)]
    path.write_text("\n".join([HEAD, *rows, extra]), "utf-8")
    return path


def idle(qtbot: QtBot, world: Any) -> None:
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


class Taker:
    """Presses "Listeyi al" as soon as it may be pressed."""

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.timer = QTimer()
        self.timer.setInterval(20)
        self.timer.timeout.connect(self._press)
        self.timer.start()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, InventoryImportDialog) and dialog.go.isEnabled():
            self.shown.append(dialog.model.rowCount())
            dialog.go.click()


@pytest.fixture
def taker() -> Any:
    one = Taker()
    yield one
    one.timer.stop()


@pytest.fixture
def window(qtbot: QtBot, ledger_world: Any) -> InventoryWindow:
    made = InventoryWindow(ledger_world.desk, ledger_world.company, OPENING)
    qtbot.addWidget(made)
    made.show()
    idle(qtbot, ledger_world)
    return made


def test_an_empty_year_says_what_belongs_there(window: InventoryWindow) -> None:
    assert window.days.count() == 2
    assert window.days.itemText(0) == "01.01.2026 · dönem başı · liste yok"
    assert window.items.currentWidget() is window.empty
    assert not window.build_button.isEnabled() and not window.check_button.isEnabled()


def test_a_list_is_taken_checked_and_sealed(
    qtbot: QtBot, window: InventoryWindow, ledger_world: Any, tmp_path: Path, taker: Taker, clerk: Clerk
) -> None:
    window.take(stock(tmp_path / "stok.csv", extra="bozuk;;;;;;;x"))
    idle(qtbot, ledger_world)
    assert taker.shown == [4]
    assert window.model.rowCount() == 3
    assert window.model.rows[0].texts[4:6] == ("1,5", "Adet")
    assert "3 kalem alındı. 1 satır alınmadı" in window.message.sentence
    assert window.sum.text() == "3 kalem · toplam 3.751,50"
    window.check_button.click()
    idle(qtbot, ledger_world)
    assert "hata yok" in window.message.sentence
    window.build_button.click()
    idle(qtbot, ledger_world)
    assert window.tabs.currentIndex() == FILES
    names = [row.texts[0] for row in window.files.model.rows]
    stem = f"{ledger_world.company.company.tax_number.digits}-202601"
    assert [f"{stem}-E-000000.xml", f"{stem}-EB-000000.xml", f"{stem}-EB-000000.zip"] == names
    assert "Mühürlü" in window.days.itemText(0)
    assert clerk.asked == ["seal"]


def test_a_sealed_day_is_filed_and_taken_back(
    qtbot: QtBot, window: InventoryWindow, ledger_world: Any, tmp_path: Path, taker: Taker, clerk: Clerk
) -> None:
    window.take(stock(tmp_path / "stok.csv"))
    idle(qtbot, ledger_world)
    assert not window.life.isEnabled()
    window.build_button.click()
    idle(qtbot, ledger_world)
    assert window.life.isEnabled() and not window.life.approve_action.isEnabled()
    window.life.back_action.trigger()
    idle(qtbot, ledger_world)
    assert "Geri alındı; 3 dosya" in window.message.sentence
    assert window.files.model.rowCount() == 0 and "3 kalem" in window.days.itemText(0)
    window.build_button.click()
    idle(qtbot, ledger_world)
    window.life.file_action.trigger()
    idle(qtbot, ledger_world)
    assert "Yüklendi" in window.days.itemText(0)
    assert not window.take_button.isEnabled() and not window.build_button.isEnabled()
    window.life.approved.emit([tmp_path / "stok.csv"])
    idle(qtbot, ledger_world)
    assert "0 berat alındı, 1 dosya alınmadı" in window.message.sentence

    def say_who() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, PortalDeletedDialog):
            assert not dialog.yes.isEnabled()
            dialog.who.setText("Ayşe Işık")
            dialog.yes.click()

    QTimer.singleShot(200, say_who)
    window.life.back_action.trigger()
    idle(qtbot, ledger_world)
    assert "Geri alındı" in window.message.sentence and window.take_button.isEnabled()


def test_the_same_list_changes_nothing_and_another_asks_first(
    qtbot: QtBot, window: InventoryWindow, ledger_world: Any, tmp_path: Path, taker: Taker, clerk: Clerk
) -> None:
    window.take(stock(tmp_path / "stok.csv"))
    idle(qtbot, ledger_world)
    window.take(tmp_path / "stok.csv")
    idle(qtbot, ledger_world)
    assert "zaten alınmış" in window.message.sentence
    assert clerk.asked == []
    window.take(stock(tmp_path / "yeni.csv", 5))
    qtbot.waitUntil(lambda: window.model.rowCount() == 5, timeout=PATIENCE_MS)
    idle(qtbot, ledger_world)
    assert clerk.asked == ["01.01.2026 envanterinin yerine konsun mu?"]
    assert window.tabs.currentIndex() == ITEMS


def test_errors_keep_the_seal_away(
    qtbot: QtBot, window: InventoryWindow, ledger_world: Any, tmp_path: Path, taker: Taker
) -> None:
    window.take(stock(tmp_path / "stok.csv", amount="0,00"))
    idle(qtbot, ledger_world)
    window.check_button.click()
    idle(qtbot, ledger_world)
    assert window.tabs.currentIndex() == FINDINGS
    assert not window.build_button.isEnabled()
    window.show_day(date(2026, 12, 31))
    idle(qtbot, ledger_world)
    assert window.items.currentWidget() is window.empty
    assert window.found.currentWidget() is window.unchecked


def test_what_a_list_cannot_tell_is_asked(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = stock(tmp_path / "soru.csv", amount="1.250")
    text = path.read_text("utf-8").replace(",5;", ";")
    path.write_text(text, "utf-8")
    dialog = InventoryImportDialog(ledger_world.desk, ledger_world.company, path, OPENING)
    qtbot.addWidget(dialog)
    dialog.show()
    idle(qtbot, ledger_world)
    assert not dialog.go.isEnabled() and dialog.choices.isVisible()
    assert "'1.250' iki türlü" in dialog.message.sentence
    dialog.group.buttons()[0].click()
    idle(qtbot, ledger_world)
    assert dialog.decimals == "," and dialog.go.isEnabled()
    assert dialog.model.rows[0].texts[-1] == "1.250,00"
    no_table = tmp_path / "liste.csv"
    no_table.write_text("Ad;Soyad\nAli;Veli\n", "utf-8")
    other = InventoryImportDialog(ledger_world.desk, ledger_world.company, no_table, OPENING)
    qtbot.addWidget(other)
    other.show()
    idle(qtbot, ledger_world)
    assert not other.go.isEnabled() and other.waiting.isVisible()
