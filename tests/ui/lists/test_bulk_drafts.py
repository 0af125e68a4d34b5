"""Invoices out of a file: mapped, previewed with what is wrong, stored only when agreed; the mapping comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.demo import people
from app.domain.lifecycle import Direction
from app.ui.dialogs.bulk_drafts import BulkDraftsDialog
from app.ui.pages.outbox import NEW_KEYS, OutboxPage
from app.workflows import bulk_drafting
from app.workflows.bulk_tables import read_table
from tests.ui.conftest import World

PATIENCE_MS = 10_000
CSV = (
    "VKN;Unvan;Vergi dairesi;İl;İlçe;Ürün;Miktar;Fiyatı;KDV\n"
    f"{people.buyer_number(0)};{people.buyer_name(0)};Çiğli;İzmir;Çiğli;Masa;2;1.250,50;20\n"
    f"{people.buyer_number(1)};{people.buyer_name(1)};Şehitkamil;Gaziantep;Şehitkamil;Sandalye;4;300;20\n"
    f"{people.buyer_number(1)};{people.buyer_name(1)};Şehitkamil;Gaziantep;Şehitkamil;Raf;x;300;20\n"
)


@pytest.fixture
def dialog(ui_world: World, qtbot: QtBot) -> Iterator[BulkDraftsDialog]:
    made = BulkDraftsDialog(ui_world.desk, ui_world.company, read_table(CSV.encode("cp1254")), "satis.csv")
    with qtbot.waitSignal(made.previewed, timeout=PATIENCE_MS):
        made.show()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


def chosen(dialog: BulkDraftsDialog, path: str, header: str, qtbot: QtBot) -> None:
    combo = dialog.columns[path]
    combo.setCurrentIndex(combo.findData(header))
    with qtbot.waitSignal(dialog.previewed, timeout=PATIENCE_MS):
        combo.activated.emit(combo.currentIndex())


def test_from_file_to_drafts(ui_world: World, dialog: BulkDraftsDialog, qtbot: QtBot) -> None:
    # The price's heading is one that nobody guesses.
    assert dialog.columns["lines.name"].currentData() == "Ürün"
    assert dialog.columns["lines.unit_price"].currentData() == ""
    chosen(dialog, "lines.unit_price", "Fiyatı", qtbot)
    assert [dialog.list.item(row, 2).text() for row in range(3)] == ["3.001,20", "1.440,00", "–"]
    assert dialog.list.item(2, 3).text().startswith("Okunamadı: 4. satır, Miktar")
    dialog.list.setCurrentCell(2, 0)
    assert "4. satır, Miktar: 'x' okunamadı" in dialog.told.text()
    assert dialog.make.text() == "2 taslak oluştur" and dialog.make.isEnabled()
    assert ui_world.records(Direction.OUT) == []
    with qtbot.waitSignal(dialog.created, timeout=PATIENCE_MS):
        dialog.make.click()
    assert [r.partner_name for r in ui_world.records(Direction.OUT)] == [people.buyer_name(0), people.buyer_name(1)]
    assert "2 taslak oluştu" in dialog.message.sentence and not dialog.make.isEnabled()


def test_a_mapping_is_kept_under_a_name(ui_world: World, dialog: BulkDraftsDialog, qtbot: QtBot) -> None:
    dialog.keep.click()
    qtbot.waitUntil(lambda: "Adı boş" in dialog.message.sentence, timeout=PATIENCE_MS)
    chosen(dialog, "lines.unit_price", "Fiyatı", qtbot)
    dialog.name.setText("Mağaza")
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.saved.findData("Mağaza") > 0, timeout=PATIENCE_MS)
    kept = bulk_drafting.saved_mappings(ui_world.ctx, ui_world.company)["Mağaza"]
    assert kept.columns["lines.unit_price"] == "Fiyatı"
    chosen(dialog, "lines.unit_price", "", qtbot)
    dialog.saved.setCurrentIndex(dialog.saved.findData("Mağaza"))
    with qtbot.waitSignal(dialog.previewed, timeout=PATIENCE_MS):
        dialog.saved.activated.emit(dialog.saved.currentIndex())
    assert dialog.columns["lines.unit_price"].currentData() == "Fiyatı"


def test_the_menu_opens_the_dialog_on_a_file(ui_world: World, qtbot: QtBot, tmp_path: Path) -> None:
    page = OutboxPage(ui_world.desk)
    assert "bulk_drafts" in NEW_KEYS
    page.show()
    file = tmp_path / "satis.csv"
    file.write_bytes(CSV.encode("utf-8"))
    page.doing.bulk_drafts_of(file)
    qtbot.waitUntil(lambda: len(page.findChildren(BulkDraftsDialog)) == 1, timeout=PATIENCE_MS)
    opened = page.findChildren(BulkDraftsDialog)[0]
    qtbot.waitUntil(lambda: len(opened.drafts) == 3, timeout=PATIENCE_MS)
    page.doing.bulk_drafts_of(tmp_path / "yok.csv")
    qtbot.waitUntil(lambda: "yok.csv okunamadı" in page.message.sentence, timeout=PATIENCE_MS)
    ui_world.desk.set_company(None)
    page.verb_actions.actions["bulk_drafts"].trigger()
    assert "Önce üstten firmayı seçin" in page.message.sentence
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)
