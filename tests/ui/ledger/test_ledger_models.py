"""The ledger page's models under Qt's own tester, the board of many clients, and deadlines in its cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.domain.party import Company, Party
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period, PeriodState
from app.edefter.sources.reading import inspect_source
from app.storage.records import CompanyRecord
from app.ui.ledger import facts
from app.ui.ledger.board_model import FILTERS, BoardModel, CellRole, spoken
from app.ui.ledger.facts import BoardRow, Cell
from app.ui.ledger.tables import TextColumn, TextModel, TextRow
from app.ui.ledger.vouchers import VouchersModel
from app.ui.ledger.words import days_tone, days_words, look_of_month, size_words
from app.workflows.ledger_import import import_vouchers

from .conftest import PATIENCE_MS, source

TODAY = date(2026, 7, 7)
STRICT = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def parent(qapp: Any) -> QObject:
    return QObject(qapp)


def record(number: int, title: str, **card: Any) -> CompanyRecord:
    party = Party(tax_number=parse_tax_number("9205121120"), title=title)
    return CompanyRecord(id=number, company=Company(party=party, **card))


def row(number: int, title: str, states: dict[int, PeriodState], **card: Any) -> BoardRow:
    company = record(number, title, **card)
    empty = facts.board_row(Path("/nowhere"), company, 2026, TODAY)
    cells = tuple(
        replace(cell, state=states[cell.period.month], vouchers=3, is_expected=True)
        if cell.period.month in states
        else cell
        for cell in empty.cells
    )
    return replace(empty, cells=cells)


def test_the_board_model_filters_counts_and_searches(parent: QObject) -> None:
    model = BoardModel(parent)
    QAbstractItemModelTester(model, STRICT, parent)
    rows = [
        row(1, "Çınaraltı Mobilya", {1: PeriodState.FILED, 2: PeriodState.IMPORTED, 3: PeriodState.CHECKED}),
        row(2, "Işıl Makine", {4: PeriodState.FAILED}, upload_preference="üç aylık"),
        row(3, "Güneş Gıda", {}),
    ]
    model.set_rows(rows)
    assert (model.rowCount(), model.columnCount()) == (3, 13)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Ocak"
    # February was due on 15 June; March is due on 14 July.
    assert model.counts() == {"all": 3, "late": 1, "soon": 1, "ready": 3, "failed": 1, "archive": 0}
    for key in FILTERS:
        model.set_filter(key)
        assert model.rowCount() == {"all": 3, "late": 1, "soon": 1, "ready": 2, "failed": 1, "archive": 0}[key]
    model.set_filter("all")
    # Whose day comes first stands first; who waits for nothing comes last.
    assert [r.next_left for r in rows] == [-22, 69, None]
    model.set_rows([rows[2], rows[1], rows[0]])
    model.set_order("due")
    assert [r.company.id for r in model.rows] == [1, 2, 3]
    model.set_order("title")
    assert [r.company.id for r in model.rows] == [3, 2, 1]
    assert "aynı son günü paylaşır" in spoken(rows[1], rows[1].cells[3])
    model.set_rows(rows)
    model.set_text("isil mak")
    assert [r.company.id for r in model.rows] == [2]
    cell = model.index(0, 4).data(CellRole)
    assert isinstance(cell, Cell)
    said = model.index(0, 4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Nisan 2026: Hatalı" in said
    assert "doğrulanmadı" in said
    model.set_rows([])
    assert model.is_bare


def test_years_that_begin_in_different_months_share_no_month_names(parent: QObject) -> None:
    model = BoardModel(parent)
    model.set_rows([row(1, "Takvim", {}), row(2, "Özel", {}, fiscal_year_start="2026-07-01")])
    assert model.headerData(1, Qt.Orientation.Horizontal) == "1. ay"
    periods = [cell.period for cell in model.rows[1].cells]
    assert (periods[0], periods[-1]) == (Period(2026, 7), Period(2027, 6))
    assert "dönem başı 07.2026" in model.rows[1].terms


def test_two_hundred_clients_are_read_without_making_their_files(tmp_path: Path) -> None:
    many = [record(number, f"Firma {number}") for number in range(200)]
    rows = facts.board(tmp_path, many, 2026, TODAY)
    assert len(rows) == 200
    assert all(cell.state is None and not cell.is_expected for r in rows for cell in r.cells)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_ledger_is_told_in_its_row(tmp_path: Path) -> None:
    (tmp_path / "9205121120-2026.db").write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    found = facts.board_row(tmp_path, record(1, "Bozuk"), 2026, TODAY)
    assert found.fault
    assert all(cell.state is None for cell in found.cells)


def test_the_vouchers_model_reads_in_blocks_and_searches(qtbot: QtBot, ledger_world: Any, tmp_path: Path) -> None:
    file = source(tmp_path / "mart.csv", 3, 450)
    folder = ledger_world.office.folder.ledgers
    import_vouchers(ledger_world.ctx, ledger_world.company, file, inspect_source(file), folder=folder)
    path = facts.ledger_file(folder, ledger_world.company, Period(2026, 3))
    model = VouchersModel(ledger_world.desk, ledger_world.desk)
    QAbstractItemModelTester(model, STRICT, model)
    with qtbot.waitSignal(model.answered, timeout=PATIENCE_MS):
        model.ask(path, 202603)
    assert model.rowCount() == 450
    model.index(449, 2).data()
    qtbot.waitUntil(lambda: model.index(449, 2).data() == "3-450", timeout=PATIENCE_MS)
    with qtbot.waitSignal(model.answered, timeout=PATIENCE_MS):
        model.ask(path, 202603, "3-44")
    assert model.rowCount() == 11, "3-44 and 3-440 to 3-449"
    model.clear()
    assert model.rowCount() == 0
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_the_text_model_and_its_words(parent: QObject) -> None:
    model = TextModel((TextColumn("Hesap", 10), TextColumn("Borç", 10, is_number=True)), parent)
    QAbstractItemModelTester(model, STRICT, parent)
    model.set_rows([TextRow(texts=("100", "1,00"), what="100"), TextRow(texts=("Toplam", "1,00"), is_strong=True)])
    assert model.index(1, 1).data() == "1,00"
    assert model.index(0, 0).data(Qt.ItemDataRole.UserRole) == "100"


def test_the_words_of_days_states_and_sizes() -> None:
    assert [days_words(n) for n in (12, 0, -3)] == ["12 gün", "son gün", "3 gün geçti"]
    assert [days_tone(n) for n in (11, 10, 3, -1)] == ["quiet", "warn", "error", "error"]
    assert look_of_month(None).title == "boş"
    assert {look_of_month(state).title for state in PeriodState} == {
        "Alındı",
        "Denetlendi",
        "Mühürlü",
        "Yüklendi",
        "Tamam",
        "İptal",
        "Hatalı",
    }
    assert (size_words(12), size_words(146_000), size_words(2_500_000)) == ("12 bayt", "143 KB", "2,4 MB")
