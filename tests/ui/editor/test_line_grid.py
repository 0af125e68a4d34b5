"""The grid of lines alone: model rules, undo, clipboard, keys."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QUndoStack
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.editor.columns import KEYS, NET
from app.ui.editor.line_model import MAX_LINES, LineModel
from app.ui.editor.line_table import LineTable

LINES: list[dict[str, Any]] = [
    {"name": f"Mal {n}", "quantity": str(n), "unit": "C62", "unit_price": "10", "vat_rate": "20"} for n in range(1, 4)
]


@pytest.fixture
def model(dressed: QApplication) -> LineModel:
    stack = QUndoStack()
    model = LineModel(stack)
    stack.setParent(model)
    model.stack = stack  # type: ignore[attr-defined]
    model.reset_lines(LINES)
    return model


@pytest.fixture
def table(model: LineModel, qtbot: QtBot) -> LineTable:
    table = LineTable(model)
    qtbot.addWidget(table)
    table.resize(1000, 400)
    table.show()
    qtbot.waitExposed(table)
    return table


def names(model: LineModel) -> list[str]:
    return [str(line.get("name", "")) for line in model.lines]


def test_model_keeps_qts_rules_through_all_changes(model: LineModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.insert_blank(1)
    model.paste(2, [0, 1], [["A", "1"], ["B", "2"], ["C", "3"], ["D", "4"]])
    model.duplicate_rows(0, 1)
    model.move_rows(0, 1, 1)
    model.delete_rows(1, 4)
    model.clear_cells([(0, 0), (0, 1)])
    model.setData(model.index(model.rowCount() - 1, 0), "Yeni")
    stack = model.stack  # type: ignore[attr-defined]
    after = model.lines
    while stack.canUndo():
        stack.undo()
    assert model.lines == LINES
    while stack.canRedo():
        stack.redo()
    assert model.lines == after
    model.is_locked = True
    model.reset_lines(LINES)
    assert model.rowCount() == 3
    del tester


def test_typing_in_the_last_row_makes_a_line(model: LineModel) -> None:
    assert model.setData(model.index(3, 0), "Dördüncü")
    assert names(model) == ["Mal 1", "Mal 2", "Mal 3", "Dördüncü"]
    assert model.lines[3]["unit"] == "C62"
    assert not model.setData(model.index(0, NET), "5")


def test_what_is_no_number_is_kept_and_marked(model: LineModel) -> None:
    model.setData(model.index(0, 1), "iki")
    assert model.lines[0]["quantity"] == "iki"
    assert "Sayı okunamadı" in model.data(model.index(0, 1), Qt.ItemDataRole.ToolTipRole)


def test_a_block_from_excel_is_one_step_and_shown_columns_only(table: LineTable, model: LineModel) -> None:
    QGuiApplication.clipboard().setText("Vida\t1.000\tAdet\t0,35\t\t20\r\nBoya\t2,5\tLitre\t1.234,50\t%10\t10\r\n")
    table.go_to(3, 0)
    table.paste_cells()
    assert model.lines[3] == {"unit": "C62", "vat_rate": "20", "name": "Vida", "quantity": "1000", "unit_price": "0.35"}
    assert model.lines[4]["unit"] == "LTR"
    assert model.lines[4]["discounts"] == [{"rate": "0.1"}]
    assert model.lines[4]["unit_price"] == "1234.50"
    stack = model.stack  # type: ignore[attr-defined]
    stack.undo()
    assert model.lines == LINES


def test_copy_and_paste_round_trip(table: LineTable, model: LineModel) -> None:
    table.selectAll()
    table.copy_cells()
    table.go_to(3, 0)
    table.paste_cells()
    assert model.lines[3:6] == LINES


def test_too_big_a_block_is_cut(model: LineModel) -> None:
    model.paste(0, [0], [["x"]] * (MAX_LINES + 50))
    assert len(model.lines) == MAX_LINES


def test_keys_type_move_and_make_lines(table: LineTable, model: LineModel, qtbot: QtBot) -> None:
    table.go_to(3, 0)

    def type_cell(text: str, end: Qt.Key) -> None:
        # After Tab the next cell is open already, as its text is selected; else the first key opens it.
        if not open_cells():
            qtbot.keyClicks(table, text[0])
            text = text[1:]
        qtbot.keyClicks(open_cells()[-1], text)
        qtbot.keyClick(open_cells()[-1], end)

    def open_cells() -> list[QLineEdit]:
        return [editor for editor in table.viewport().findChildren(QLineEdit) if editor.isVisible()]

    for text in ("Kalem", "12", "KGM", "7,25"):
        type_cell(text, Qt.Key.Key_Tab)
    assert model.lines[3] == {
        "unit": "KGM",
        "vat_rate": "20",
        "name": "Kalem",
        "quantity": "12",
        "unit_price": "7.25",
    }
    assert KEYS[table.currentIndex().column()] == "discount"
    type_cell("5", Qt.Key.Key_Return)
    # Qt ends an edit by Enter only when the event loop comes round.
    qtbot.waitUntil(lambda: model.lines[3].get("discounts") == [{"amount": "5"}])
    assert (table.currentIndex().row(), table.currentIndex().column()) == (4, 0)
    table.go_to(0, 0)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert "name" not in model.lines[0]


def test_columns_follow_the_type(table: LineTable, model: LineModel) -> None:
    assert table.isColumnHidden(KEYS.index("withholding"))
    table.show_columns(frozenset({"withholding"}))
    assert not table.isColumnHidden(KEYS.index("withholding"))
    table.show_columns(frozenset())
    model.setData(model.index(0, KEYS.index("withholding")), "624")
    assert not table.isColumnHidden(KEYS.index("withholding")), "what a line holds is never hidden"


def test_fill_down_takes_whole_cells(table: LineTable, model: LineModel) -> None:
    first = LINES[0] | {"discounts": [{"rate": "0.05"}, {"amount": "3", "reason": "x"}]}
    model.replace_line(0, first, "hazırlık")
    table.go_to(0, KEYS.index("unit_price"))
    model.setData(model.index(0, KEYS.index("unit_price")), "99,5")
    select(table, (0, "unit_price"), (2, "discount"))
    table.fill_down()
    assert [line["unit_price"] for line in model.lines] == ["99.5"] * 3
    assert [line["discounts"] for line in model.lines] == [first["discounts"]] * 3
    assert names(model) == ["Mal 1", "Mal 2", "Mal 3"]
    model.stack.undo()  # type: ignore[attr-defined]
    table.go_to(1, KEYS.index("name"))
    table.fill_down()
    assert names(model) == ["Mal 1", "Mal 1", "Mal 3"], "a single cell takes the one above"


def test_cut_and_a_single_cell_into_a_selection(table: LineTable, model: LineModel) -> None:
    table.go_to(0, KEYS.index("name"))
    table.cut_cells()
    assert "name" not in model.lines[0]
    select(table, (1, "name"), (2, "name"))
    table.paste_cells()
    assert names(model) == ["", "Mal 1", "Mal 1"]


def test_a_block_with_headings_goes_by_them(table: LineTable, model: LineModel) -> None:
    text = "Stok kodu\tÜrün\tFiyat\tAdet\tBilinmeyen\r\nA-1\tVida\t1234.56\t10\tx\r\nA-2\tSomun\t1.234,56\t5\ty\r\n"
    QGuiApplication.clipboard().setText(text)
    table.go_to(3, 0)
    table.paste_cells()
    assert model.lines[3:] == [
        {"unit": "C62", "vat_rate": "20", "name": n, "unit_price": "1234.56", "quantity": q, "seller_code": c}
        for n, q, c in (("Vida", "10", "A-1"), ("Somun", "5", "A-2"))
    ]


def test_five_hundred_rows_are_pasted_as_one_step(table: LineTable, model: LineModel) -> None:
    QGuiApplication.clipboard().setText("\r\n".join(f"Mal {n}\t{n}\tAdet\t1,5" for n in range(500)))
    table.go_to(3, 0)
    table.paste_cells()
    assert len(model.lines) == 503 and model.lines[502]["quantity"] == "499"
    assert table.currentIndex().row() == 502
    model.stack.undo()  # type: ignore[attr-defined]
    assert model.lines == LINES


def test_keys_of_a_spreadsheet(table: LineTable, model: LineModel, qtbot: QtBot) -> None:
    table.go_to(0, KEYS.index("quantity"))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    cell = next(e for e in table.viewport().findChildren(QLineEdit) if e.isVisible())
    assert cell.text() == "1"
    qtbot.keyClicks(cell, "7")
    qtbot.keyClick(cell, Qt.Key.Key_Escape)
    assert model.lines[0]["quantity"] == "1", "Esc leaves the cell as it was"
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert (table.currentIndex().row(), KEYS[table.currentIndex().column()]) == (1, "unit")
    actions = {a.shortcut().toString(): a for a in table.actions_for_menu}
    actions["Alt+Up"].trigger()
    assert names(model) == ["Mal 2", "Mal 1", "Mal 3"]
    actions["Ctrl+-"].trigger()
    actions["Ctrl++"].trigger()
    assert names(model) == ["", "Mal 1", "Mal 3"]


def select(table: LineTable, first: tuple[int, str], last: tuple[int, str]) -> None:
    model = table.model()
    corners = [model.index(row, KEYS.index(key)) for row, key in (first, last)]
    table.setCurrentIndex(corners[0])
    table.selectionModel().select(QItemSelection(*corners), QItemSelectionModel.SelectionFlag.ClearAndSelect)
