"""The preview before an import: questions are asked, columns corrected, and nothing is imported by a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period
from app.edefter.sources.shape import SourceShape
from app.ui.ledger.import_dialog import ImportDialog

from .conftest import PATIENCE_MS, source

BOTH_WAYS = (
    "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Borç;Alacak\n1;03/04/2026;100.01;KASA;1.234;\n1;03/04/2026;600.01;SATIŞ;;1.234\n"
)
ODD_NAMES = "Fiş No;Günü;Hesap Kodu;Borç;Alacak\n1;05.04.2026;100.01;10,00;\n1;05.04.2026;600.01;;10,00\n"


def opened(qtbot: QtBot, world: Any, path: Path, *, period: Period | None = None, vouchers: int = 0) -> ImportDialog:
    dialog = ImportDialog(world.desk, world.company, path, period=period, vouchers=vouchers)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    return dialog


def idle(qtbot: QtBot, world: Any) -> None:
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_a_plain_file_is_previewed_as_it_was_understood(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    dialog = opened(qtbot, ledger_world, source(tmp_path / "ocak.csv", 1, 5))
    assert dialog.go.isEnabled()
    assert (dialog.encoding.currentData(), dialog.delimiter.currentData()) == ("cp1254", ";")
    assert dialog.model.rowCount() == 10
    assert dialog.model.index(0, 1).data() == "01.01.2026"
    assert not dialog.replace.isVisible()


def test_two_readings_are_asked_and_never_guessed(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = tmp_path / "soru.csv"
    path.write_text(BOTH_WAYS, "utf-8")
    dialog = opened(qtbot, ledger_world, path)
    assert not dialog.go.isEnabled()
    assert dialog.ready_shape is None
    buttons = {button.property("answer")[1]: button for button in dialog.answers()}
    assert set(buttons) == {",", ".", "dmy", "mdy"}
    assert not any(button.isChecked() for button in buttons.values())
    buttons[","].click()
    assert not dialog.go.isEnabled()
    buttons["dmy"].click()
    assert dialog.go.isEnabled()
    idle(qtbot, ledger_world)
    assert dialog.model.index(0, 1).data() == "03.04.2026"
    assert dialog.model.index(0, 5).data() == "1.234,00"
    buttons["."].click()
    idle(qtbot, ledger_world)
    assert dialog.model.index(0, 5).data() == "1,23"


def test_a_column_that_was_not_known_is_given_its_field(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = tmp_path / "baska.csv"
    path.write_text(ODD_NAMES, "utf-8")
    dialog = opened(qtbot, ledger_world, path)
    assert not dialog.go.isEnabled()
    assert "Fiş tarihi" in dialog.message.sentence
    combo = dialog.panel.combos[1]
    assert combo.currentData() == ""
    combo.setCurrentIndex(combo.findData("day"))
    combo.activated.emit(combo.currentIndex())
    assert dialog.go.isEnabled()
    shape = dialog.ready_shape
    assert isinstance(shape, SourceShape)
    assert shape.columns[1] == "day"
    # The same field given to another column leaves the first one.
    other = dialog.panel.combos[2]
    other.setCurrentIndex(other.findData("day"))
    other.activated.emit(other.currentIndex())
    assert combo.currentData() == ""
    idle(qtbot, ledger_world)


def test_what_is_no_source_says_why(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = tmp_path / "bos.csv"
    path.write_bytes(b"")
    dialog = opened(qtbot, ledger_world, path)
    assert not dialog.go.isEnabled()
    assert dialog.waiting.isVisible()
    assert not dialog.tabs.isVisible()


def test_replacing_is_offered_with_month_and_count(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = source(tmp_path / "mayis.csv", 5, 3)
    dialog = opened(qtbot, ledger_world, path, period=Period(2026, 5), vouchers=1240)
    assert dialog.replace.isVisible()
    assert dialog.replace.text() == "Mayıs 2026 ayındaki 1.240 fişin yerine koy"
    assert not dialog.replace.isChecked()


def test_a_mapping_is_kept_under_a_name_and_read_the_next_month(
    qtbot: QtBot, ledger_world: Any, tmp_path: Path
) -> None:
    path = tmp_path / "baska.csv"
    path.write_text(ODD_NAMES, "utf-8")
    first = opened(qtbot, ledger_world, path)
    assert not first.mappings.saved.isEnabled()
    first.panel.combos[1].setCurrentIndex(first.panel.combos[1].findData("day"))
    first.panel.combos[1].activated.emit(first.panel.combos[1].currentIndex())
    first.mappings.name.setText("Eski program")
    first.mappings.save.click()
    idle(qtbot, ledger_world)
    assert first.mappings.saved.currentData() == "Eski program"
    second = opened(qtbot, ledger_world, path)
    assert not second.go.isEnabled()
    place = second.mappings.saved.findData("Eski program")
    second.mappings.saved.setCurrentIndex(place)
    second.mappings.saved.activated.emit(place)
    idle(qtbot, ledger_world)
    assert second.go.isEnabled()
    assert second.panel.combos[1].currentData() == "day"


def test_an_excel_sheet_is_understood_as_well(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    path = tmp_path / "ocak.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(line.split(";") for line in ODD_NAMES.replace("Günü", "Tarih").splitlines()):
            sheet.write_row(row, 0, cells)
    dialog = opened(qtbot, ledger_world, path)
    assert dialog.format.text() == "Excel"
    assert not dialog.encoding.isEnabled()
    assert dialog.go.isEnabled()
    assert dialog.model.index(0, 1).data() == "05.04.2026"


def test_signs_that_no_xml_holds_are_taken_out_on_the_users_word(
    qtbot: QtBot, ledger_world: Any, tmp_path: Path
) -> None:
    path = source(tmp_path / "ocak.csv", 1, 2)
    raw = path.read_bytes().replace(b"Kay\xfdt 1", b"Kay\xfdt\x0b1")
    assert b"\x0b" in raw
    path.write_bytes(raw)
    dialog = opened(qtbot, ledger_world, path)
    assert dialog.panel.clean.isVisible() and not dialog.panel.clean.isChecked()
    assert dialog.ready_shape is not None and not dialog.ready_shape.clean_control
    assert any("denetim karakteri" in row.texts[4] for row in dialog.model.rows)
    dialog.panel.clean.click()
    idle(qtbot, ledger_world)
    assert dialog.ready_shape.clean_control
    assert not any("denetim karakteri" in row.texts[4] for row in dialog.model.rows)
    plain = opened(qtbot, ledger_world, source(tmp_path / "subat.csv", 2, 2))
    assert not plain.panel.clean.isVisible()
