"""The list's model and table over a real office: ids of the whole query, rows in blocks, selection by id."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.domain.lifecycle import Direction, DocumentKind
from app.storage import documents
from app.storage.records import DocumentIndex
from app.storage.search import DocumentQuery
from app.ui.desk import Desk
from app.ui.lists import columns
from app.ui.lists.document_model import BLOCK, FIRST, DocumentModel, RowViewRole
from app.ui.lists.remember import Remembered
from app.ui.lists.table import DocumentTable
from app.workflows import points

COUNT = 700


@pytest.fixture
def many(ui_world: Any) -> Desk:
    """A desk with some hundred received documents, numbered in the order of their dates."""
    with ui_world.office.db.write(points.RECEIVE) as s:
        for n in range(COUNT):
            add(s, ui_world, n)
    return ui_world.desk


def add(s: Any, world: Any, n: int) -> int:
    record, _ = documents.store_received(
        s,
        world.company.id,
        kind=DocumentKind.INVOICE,
        ettn=f"{n:08x}-0000-4000-8000-000000000000",
        index=DocumentIndex(
            number=f"LST2026{n:09d}",
            profile="TEMELFATURA",
            type_code="SATIS",
            issue_date=date(2026, 1, 1 + n // 50),
            partner_vkn=f"{1_000_000_000 + n % 7}",
            partner_name=f"{'İğne' if n % 2 else 'Şal'} Tekstil {n % 7}",
            payable=Decimal(n),
            vat=Decimal(n) / 5,
        ),
        raw=f"<Invoice>{n}</Invoice>".encode(),
        arrived_at=world.clock.now(),
        at=world.clock.now(),
    )
    return record.id


def query(**changes: Any) -> DocumentQuery:
    return DocumentQuery(direction=Direction.IN, **({"sort": (("number", False),)} | changes))


def asked(qtbot: QtBot, model: DocumentModel, what: DocumentQuery) -> None:
    with qtbot.waitSignal(model.answered):
        model.ask(what)


@pytest.fixture
def model(many: Desk) -> DocumentModel:
    return DocumentModel(many, columns.INBOX, many)


@pytest.fixture
def table(qtbot: QtBot, many: Desk, model: DocumentModel) -> DocumentTable:
    view = DocumentTable(model, Remembered(many, "probe"), sort=(("number", False),))
    qtbot.addWidget(view)
    view.resize(1000, 500)
    return view


def test_the_model_keeps_qts_rules_while_it_fills_and_is_asked_again(qtbot: QtBot, model: DocumentModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    asked(qtbot, model, query())
    qtbot.waitUntil(lambda: model.view_at(0) is not None)
    asked(qtbot, model, query(text="iğne"))
    assert model.rowCount() == COUNT // 2
    asked(qtbot, model, query(text="böyle bir firma yok"))
    assert model.rowCount() == 0
    assert tester.model() is model


def test_only_the_blocks_around_what_is_seen_are_read(qtbot: QtBot, model: DocumentModel, table: DocumentTable) -> None:
    asked(qtbot, model, query())
    table.show()
    qtbot.waitUntil(lambda: model.view_at(0) is not None)
    assert model.view_at(COUNT - 1) is None
    table.scrollToBottom()
    qtbot.waitUntil(lambda: model.view_at(COUNT - 1) is not None)
    assert model.view_at(COUNT // 2) is None
    shown = model.index(COUNT - 1, 4).data()
    assert shown == f"LST2026{COUNT - 1:09d}"
    assert model.view_at(COUNT - 1 - BLOCK) is not None


def test_an_answer_that_is_older_than_the_latest_question_is_dropped(qtbot: QtBot, model: DocumentModel) -> None:
    answers: list[int] = []
    model.answered.connect(lambda: answers.append(model.rowCount()))
    for word in ("i", "iğ", "iğn", "şal"):
        model.ask(query(text=word))
    qtbot.waitUntil(lambda: not model.is_waiting)
    assert len(answers) == 1
    assert model.query == query(text="şal")
    qtbot.waitUntil(lambda: model.index(0, 3).data() is not None)
    assert all(model.index(r, 3).data().startswith("Şal Tekstil") for r in range(20))


def test_select_all_means_all_ids_and_survives_new_arrivals(
    qtbot: QtBot, ui_world: Any, model: DocumentModel, table: DocumentTable
) -> None:
    asked(qtbot, model, query())
    table.selectAll()
    assert len(table.selected_ids()) == COUNT
    with ui_world.office.db.write(points.RECEIVE) as s:
        fresh = add(s, ui_world, COUNT + 5)
    asked(qtbot, model, query())
    assert fresh in table.selected_ids()


def test_a_selection_is_of_documents_and_not_of_rows(qtbot: QtBot, model: DocumentModel, table: DocumentTable) -> None:
    asked(qtbot, model, query())
    chosen = [model.ids[3], model.ids[4], model.ids[500]]
    table.select_ids(chosen, current=chosen[0])
    asked(qtbot, model, query(sort=(("payable", True),)))
    assert sorted(table.selected_ids()) == sorted(chosen)
    assert table.current_id() == chosen[0]
    asked(qtbot, model, query(text="iğne"))
    left = [i for i in chosen if model.row_of(i) >= 0]
    assert list(table.selected_ids()) == left and len(left) < 3


def test_sorting_asks_sql_with_every_column_in_turn(table: DocumentTable, qtbot: QtBot) -> None:
    partner = next(c for c in columns.INBOX if c.key == "partner_name")
    amount = next(c for c in columns.INBOX if c.key == "payable")
    with qtbot.waitSignal(table.sort_changed):
        table.sort_by(partner)
    table.sort_by(amount, add=True)
    assert table.sort == (("partner_name", False), ("payable", True))
    titles = [table.document_model.headerData(i, Qt.Orientation.Horizontal) for i in range(len(columns.INBOX))]
    assert "Gönderen ↑¹" in titles and "Tutar ↓²" in titles


def test_columns_are_remembered(qtbot: QtBot, many: Desk, model: DocumentModel, table: DocumentTable) -> None:
    table.set_column_shown("ettn", True)
    table.set_column_shown("vat", False)
    header = table.horizontalHeader()
    header.moveSection(header.visualIndex(0), 2)
    header.resizeSection(0, 321)
    table.save_columns()
    again = DocumentTable(model, Remembered(many, "probe"), sort=(("number", False),))
    qtbot.addWidget(again)
    assert [c.key for c in again.shown_columns()] == [c.key for c in table.shown_columns()]
    assert again.horizontalHeader().sectionSize(0) == 321


def test_a_row_is_formatted_once_and_in_turkish(qtbot: QtBot, model: DocumentModel) -> None:
    asked(qtbot, model, query(text="LST2026000000699"))
    qtbot.waitUntil(lambda: model.index(0, 0).data(RowViewRole) is not None)
    by_key = {c.key: model.index(0, i).data() for i, c in enumerate(columns.INBOX)}
    assert (by_key["payable"], by_key["vat"], by_key["issue_date"]) == ("699,00", "139,80", "14.01.2026")
    assert by_key["profile"] == "Temel · Satış"


def test_the_first_rows_come_before_the_whole_and_nothing_moves_when_it_arrives(
    qtbot: QtBot, model: DocumentModel, table: DocumentTable
) -> None:
    seen: list[tuple[int, bool]] = []
    model.begun.connect(lambda: seen.append((model.rowCount(), model.view_at(0) is not None)))
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(model.rowCount()))
    asked(qtbot, model, query())
    assert seen == [(FIRST, True)] and resets == [FIRST]
    assert model.rowCount() == COUNT


def test_select_all_on_the_first_rows_means_all_that_follow(
    qtbot: QtBot, model: DocumentModel, table: DocumentTable
) -> None:
    model.begun.connect(table.selectAll)
    asked(qtbot, model, query())
    assert len(table.selected_ids()) == COUNT


def test_what_was_chosen_far_down_is_chosen_again_once_it_is_there(
    qtbot: QtBot, model: DocumentModel, table: DocumentTable
) -> None:
    asked(qtbot, model, query())
    wanted = [model.ids[500], model.ids[650]]
    table.select_ids(wanted, current=wanted[0])
    told: list[list[int]] = []
    table.chosen.connect(lambda: told.append(list(table.selected_ids())))
    asked(qtbot, model, query(sort=(("number", False), ("payable", False))))
    assert list(table.selected_ids()) == wanted
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == wanted


def test_all_of_a_narrow_list_is_not_all_of_a_wider_one(
    qtbot: QtBot, model: DocumentModel, table: DocumentTable
) -> None:
    asked(qtbot, model, query(text="iğne"))
    table.selectAll()
    chosen = list(table.selected_ids())
    assert len(chosen) == COUNT // 2
    asked(qtbot, model, query())
    assert sorted(table.selected_ids()) == sorted(chosen)


def test_another_firms_rows_are_gone_before_its_own_arrive(
    qtbot: QtBot, ui_world: Any, model: DocumentModel, table: DocumentTable
) -> None:
    asked(qtbot, model, query(company_id=ui_world.company.id))
    table.selectAll()
    with qtbot.waitSignal(model.answered):
        model.ask(query(company_id=ui_world.company.id + 1))
        assert model.rowCount() == 0 and not table.selected_ids()
    assert model.rowCount() == 0
    model.ask(query(company_id=ui_world.company.id))
    model.clear()
    qtbot.waitUntil(lambda: not ui_world.desk.runner.live_jobs())
    assert model.rowCount() == 0, "an answer that came after the firm was left"


def shown(table: DocumentTable) -> list[str]:
    return [column.key for column in table.shown_columns()]


def test_on_a_narrow_screen_the_amount_and_the_countdown_stay(qtbot: QtBot, table: DocumentTable) -> None:
    table.show()
    table.resize(1600, 400)
    qtbot.waitUntil(lambda: "vat" in shown(table))
    assert {"issue_date", "number", "profile"} <= set(shown(table))
    table.resize(560, 400)
    qtbot.waitUntil(lambda: "vat" not in shown(table))
    assert {"state", "partner_name", "payable", "answer_due_at"} <= set(shown(table))
    assert not {"number", "profile"} & set(shown(table))
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)


def test_columns_that_the_user_chose_stay_whatever_the_room(qtbot: QtBot, many: Desk, table: DocumentTable) -> None:
    table.show()
    table.resize(560, 400)
    qtbot.waitUntil(lambda: "vat" not in shown(table))
    table.set_column_shown("vat", True)
    assert "vat" in shown(table) and "number" not in shown(table), "what she sees is what she starts from"
    table.save_columns()
    again = DocumentTable(table.document_model, Remembered(many, "probe"), sort=(("number", False),))
    qtbot.addWidget(again)
    assert shown(again) == shown(table)
    table.reset_columns()
    qtbot.waitUntil(lambda: "vat" not in shown(table))
