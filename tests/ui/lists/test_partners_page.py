"""Cariler and Defter: registration at a glance, asked again on demand; the ledger says plainly that it comes later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.demo import people
from app.domain.lifecycle import Direction
from app.storage import companies
from app.ui.lists.filters import ListFilter
from app.ui.pages.partners import PartnersPage

PATIENCE_MS = 20_000


def test_partners_are_asked_again_on_demand(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == len(people.BUYERS), timeout=PATIENCE_MS)
    assert {page.model.index(r, 0).data() for r in range(3)} == {"Mükellef"}
    filled_world.push(minutes=7)
    page.table.selectRow(0)
    calls = len(filled_world.sandbox.calls)
    qtbot.mouseClick(page.ask_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.message.isVisible(), timeout=PATIENCE_MS)
    assert page.message.sentence == "1 cari sorgulandı."
    assert any(c.operation == "CheckUser" for c in filled_world.sandbox.calls[calls:])
    vkn = page.selected()[0].partner.party.tax_number.digits
    with filled_world.office.db.read() as s:
        partner = companies.get_partner(s, filled_world.company.id, vkn)
    assert partner is not None and partner.checked_at is not None
    assert filled_world.clock.now() - partner.checked_at < timedelta(minutes=1)
    with qtbot.waitSignal(filled_world.desk.wanted) as wanted:
        page.invoices_button.click()
    assert wanted.args == ["outbox", ListFilter(text=vkn)]
    qtbot.waitUntil(lambda: not filled_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_the_model_keeps_qts_rules(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    page.model.sort(3, Qt.SortOrder.DescendingOrder)
    page.model.set_text("yağcı")
    page.model.set_text("")
    assert tester.model() is page.model


def test_the_card_tells_what_is_known_of_one_partner(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    page.table.selectRow(0)
    (row,) = page.selected()
    digits = row.partner.party.tax_number.digits
    sent = [r for r in filled_world.records(Direction.OUT) if r.partner_vkn == digits]
    qtbot.waitUntil(lambda: page.card.counts.text().startswith(f"{len(sent)} giden"), timeout=PATIENCE_MS)
    words = [label.text() for label in page.card.body.widget().findChildren(QLabel)]
    assert row.partner.party.display_name in words and digits in words and "e-Fatura: Mükellef" in words
    page.table.selectAll()
    assert page.card.currentWidget() is page.card.empty


def test_the_cards_of_the_firm_before_go_at_once(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    page.table.selectRow(0)
    other = next(c for c in filled_world.companies() if c.id != filled_world.company.id)
    filled_world.desk.set_company(other)
    assert page.model.rowCount() == 0 and not page.selected()
    assert not page.ask_button.isEnabled()
    qtbot.waitUntil(lambda: not filled_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_partners_are_found_by_any_word(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    page.search.setText("yağcı")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=PATIENCE_MS)
    page.search.setText("yok")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty, timeout=PATIENCE_MS)
    assert page.empty.button.text() == "Aramayı temizle"


def test_an_office_without_partners_says_where_they_come_from(qtbot: QtBot, ui_world: Any) -> None:
    page = PartnersPage(ui_world.desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty, timeout=PATIENCE_MS)
    with qtbot.waitSignal(ui_world.desk.wanted) as wanted:
        page.empty.button.click()
    assert wanted.args == ["editor", None]


def test_a_narrow_window_cuts_no_column(qtbot: QtBot, filled_world: Any) -> None:
    page = PartnersPage(filled_world.desk)
    qtbot.addWidget(page)
    page.resize(1366, 690)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() > 0, timeout=PATIENCE_MS)
    for width in (1600, 1100, 910, 700, 1600):
        page.resize(width, 460)
        table = page.table
        total = sum(table.columnWidth(place) for place in range(table.model().columnCount()))
        least = 4 * table.fontMetrics().averageCharWidth()
        assert total <= max(
            table.viewport().width(), table.columnWidth(0) + table.columnWidth(1) + table.columnWidth(3)
        )
        assert table.columnWidth(1) > least
    assert not page.table.isColumnHidden(5)
