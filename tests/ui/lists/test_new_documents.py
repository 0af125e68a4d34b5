"""Giden Kutusu's "Yeni" menu and the doors it opens; an invoice out of despatch notes; answers from Gelen Kutusu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.domain.lifecycle import DocumentKind, State
from app.storage import documents
from app.storage.records import DocumentRecord
from app.ubl.despatch import build_despatch
from app.ui.editor.form_window import FormWindow
from app.ui.editor.paper_window import PaperWindow
from app.ui.editor.window import EditorWindow
from app.ui.frame.doors import Doors
from app.ui.lists.list_page import ListPage
from app.ui.pages.inbox import InboxPage
from app.ui.pages.outbox import NEW_KEYS, OutboxPage
from app.workflows import companies, papers, points
from tests.ubl.scenarios import despatch_for
from tests.ui.conftest import World

PATIENCE_MS = 10_000
Page = TypeVar("Page", bound=ListPage)


@pytest.fixture
def world(ui_world: World) -> World:
    card = ui_world.company.company
    series = {**card.series, "despatch": "IRS", "receipt": "YNT", "creditnote": "MUH", "smm": "SMM"}
    ui_world.company = companies.save_company(ui_world.ctx, replace(card, series=series))
    ui_world.desk.set_company(ui_world.company)
    return ui_world


@pytest.fixture
def doors(world: World, qtbot: QtBot) -> Iterator[Doors]:
    """The main window's doors, fed by what pages want."""
    made = Doors(world.desk, world.desk)

    def open_it(key: str, what: object) -> None:
        if key == "editor":
            made.open_editor(what)

    world.desk.wanted.connect(open_it)
    yield made
    world.desk.wanted.disconnect(open_it)
    for window in made.editors:
        assert isinstance(window, FormWindow)
        window.worker.is_locked = True
        window.close()
        qtbot.waitUntil(lambda w=window: not isValid(w) or not w.worker.is_storing, timeout=PATIENCE_MS)


def opened(doors: Doors, qtbot: QtBot, count: int = 1) -> FormWindow:
    assert len(doors.editors) == count
    window = doors.editors[-1]
    assert isinstance(window, FormWindow)
    window.worker.draws = False
    qtbot.waitUntil(lambda: window.worker.is_assessed and window.isEnabled(), timeout=PATIENCE_MS)
    return window


@pytest.fixture
def outbox(world: World) -> Iterator[OutboxPage]:
    page = OutboxPage(world.desk)
    yield shown(page)
    gone(page)


@pytest.fixture
def inbox(world: World) -> Iterator[InboxPage]:
    page = InboxPage(world.desk)
    yield shown(page)
    gone(page)


def shown(page: Page) -> Page:
    page.resize(1366, 700)
    page.show()
    page.refresh()
    return page


def gone(page: ListPage) -> None:
    # As the window does: pages go before the desk closes.
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)


def note_of(world: World, ettn: str) -> DocumentRecord:
    today = world.clock.today()
    note = despatch_for(issue_date=today, number=None, uuid=ettn)
    note = replace(note, shipment=replace(note.shipment, despatch_day=today))
    fields = {k: v for k, v in papers.fields_of(note).items() if k != "series"}
    return papers.save_paper(world.ctx, world.company, DocumentKind.DESPATCH, fields).record


def test_the_menu_opens_an_editor_for_each_kind(world: World, doors: Doors, outbox: OutboxPage, qtbot: QtBot) -> None:
    page = outbox
    assert page.toolbar.new_button is not None and page.toolbar.new_button.isVisible()
    menu = page.toolbar.new_button.menu()
    assert [a.text() for a in menu.actions()][:4] == [
        "e-Fatura",
        "e-İrsaliye",
        "e-Müstahsil makbuzu",
        "e-Serbest meslek makbuzu",
    ]
    for count, (key, kind) in enumerate(
        (
            ("new_invoice", None),
            ("new_despatch", DocumentKind.DESPATCH),
            ("new_credit_note", DocumentKind.CREDIT_NOTE),
            ("new_smm", DocumentKind.SMM),
        ),
        start=1,
    ):
        assert key in NEW_KEYS
        page.verb_actions.actions[key].trigger()
        window = opened(doors, qtbot, count)
        assert (window.kind if isinstance(window, PaperWindow) else None) is kind


def test_without_a_firm_nothing_is_begun(world: World, doors: Doors, qtbot: QtBot) -> None:
    world.desk.set_company(None)
    with qtbot.waitSignal(world.desk.failed, timeout=PATIENCE_MS) as told:
        doors.open_editor(("new", DocumentKind.SMM))
    assert told.args[0].code == "EDITOR.COMPANY" and doors.editors == []


def test_a_draft_opens_in_the_editor_of_its_kind(world: World, doors: Doors, outbox: OutboxPage, qtbot: QtBot) -> None:
    record = note_of(world, "f47ac10b-58cc-4372-a567-0e02b2c3d401")
    page = outbox
    page.refresh()
    qtbot.waitUntil(lambda: len(page.model.ids) == 1, timeout=PATIENCE_MS)
    page.table.select_ids([record.id], current=record.id)
    qtbot.waitUntil(page.verb_actions.actions["edit"].isEnabled, timeout=PATIENCE_MS)
    assert not page.verb_actions.actions["copy_of"].isEnabled()
    page.verb_actions.actions["edit"].trigger()
    window = opened(doors, qtbot)
    assert isinstance(window, PaperWindow) and window.kind is DocumentKind.DESPATCH
    assert window.document_id == record.id and window.heading.text() == "Taslak e-İrsaliye"


def test_one_invoice_of_two_despatch_notes(world: World, doors: Doors, outbox: OutboxPage, qtbot: QtBot) -> None:
    records = [note_of(world, f"f47ac10b-58cc-4372-a567-0e02b2c3d4{n:02d}") for n in (1, 2)]
    assert len(world.issue(*(r.ettn for r in records)).kept) == 2
    page = outbox
    page.refresh()
    qtbot.waitUntil(lambda: len(page.model.ids) == 2, timeout=PATIENCE_MS)
    page.table.selectAll()
    qtbot.waitUntil(page.verb_actions.actions["invoice_of"].isEnabled, timeout=PATIENCE_MS)
    page.verb_actions.actions["invoice_of"].trigger()
    window = opened(doors, qtbot)
    assert isinstance(window, EditorWindow)
    data = window.store.data()
    assert sorted(r["number"] for r in data["despatch_references"]) == ["IRS2026000000001", "IRS2026000000002"]
    assert len(data["lines"]) == 4 and data["type"] == "SATIS"
    window.save()
    qtbot.waitUntil(lambda: window.document_id is not None, timeout=PATIENCE_MS)
    with world.office.db.read() as s:
        assert documents.get(s, window.document_id or 0).kind is DocumentKind.INVOICE


def to_us(world: World) -> bytes:
    today = world.clock.today()
    note = despatch_for(issue_date=today, customer=world.company.company.party)
    note = replace(note, shipment=replace(note.shipment, despatch_day=today, despatch_time=time(8, 0)))
    return build_despatch(note, template=None)


def test_an_answer_begins_in_gelen_kutusu(world: World, doors: Doors, inbox: InboxPage, qtbot: QtBot) -> None:
    raw = to_us(world)
    note = despatch_for(issue_date=world.clock.today(), customer=world.company.company.party)
    with world.office.db.write(points.RECEIVE) as s:
        record, _ = documents.store_received(
            s,
            world.company.id,
            kind=DocumentKind.DESPATCH,
            ettn=note.uuid,
            index=papers.index_of_paper(note),
            raw=raw,
            arrived_at=world.clock.now(),
            state=State.RECEIVED,
            at=world.clock.now(),
        )
    page = inbox
    page.refresh()
    qtbot.waitUntil(lambda: len(page.model.ids) == 1, timeout=PATIENCE_MS)
    page.table.select_ids([record.id], current=record.id)
    qtbot.waitUntil(page.verb_actions.actions["answer_note"].isEnabled, timeout=PATIENCE_MS)
    assert not page.verb_actions.actions["return"].isEnabled()
    page.verb_actions.actions["answer_note"].trigger()
    window = opened(doors, qtbot)
    assert isinstance(window, PaperWindow) and window.kind is DocumentKind.RECEIPT
    assert window.store.text("despatch_number") == "IRS2026000000007"


def test_a_note_in_a_file_is_answered_too(
    world: World, doors: Doors, outbox: OutboxPage, qtbot: QtBot, tmp_path: Path
) -> None:
    page = outbox
    file = tmp_path / "irsaliye.xml"
    file.write_bytes(to_us(world))
    page.doing.answer_path(file)
    qtbot.waitUntil(lambda: len(doors.editors) == 1, timeout=PATIENCE_MS)
    window = opened(doors, qtbot)
    assert window.store.lines.rowCount() == 2
    page.doing.answer_path(tmp_path / "yok.xml")
    qtbot.waitUntil(lambda: "yok.xml okunamadı" in page.message.sentence, timeout=PATIENCE_MS)


def test_a_note_to_somebody_else_is_refused(world: World, doors: Doors, qtbot: QtBot) -> None:
    doors.open_editor(("answer", build_despatch(despatch_for(issue_date=world.clock.today()), template=None)))
    window = doors.editors[0]
    assert isinstance(window, PaperWindow)
    qtbot.waitUntil(lambda: "bu firmaya düzenlenmemiş" in window.message.sentence, timeout=PATIENCE_MS)
    assert not window.totals.isEnabled()
