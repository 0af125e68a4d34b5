"""Gelen Kutusu and Giden Kutusu from click to database, over the real sandbox."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_amount
from app.storage import overview
from app.storage.records import DocumentRecord
from app.storage.types import to_micros
from app.ui.dialogs.answer import AnswerDialog
from app.ui.dialogs.bulk_report import BulkReportDialog
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.dialogs.file_findings import FileFindingsDialog
from app.ui.dialogs.pin import SealDialog
from app.ui.jobs import Changes
from app.ui.lists import bulk
from app.ui.lists.list_page import ListPage
from app.ui.pages.inbox import InboxPage
from app.ui.pages.outbox import OutboxPage
from app.ui.seals import keeper_of
from app.workflows import points

PATIENCE_MS = 20_000


def shown(qtbot: QtBot, page: ListPage) -> ListPage:
    qtbot.addWidget(page)
    page.resize(1366, 700)
    with qtbot.waitSignal(page.model.answered, timeout=PATIENCE_MS):
        page.show()
    return page


def choose(qtbot: QtBot, page: ListPage, records: list[DocumentRecord]) -> None:
    wanted = {r.id for r in records}
    page.table.select_ids(wanted)
    qtbot.waitUntil(lambda: set(page.doing.selection.ids) == wanted, timeout=PATIENCE_MS)


class Answerer:
    """Presses in the next modal dialogs as a user would; `seen` are their classes."""

    def __init__(self, reason: str = "") -> None:
        self.seen: list[type[QDialog]] = []
        self._reason = reason
        self._timer = QTimer()
        self._timer.setInterval(30)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        match dialog:
            case AnswerDialog():
                dialog.reason.setPlainText(self._reason)
                button = dialog.yes_button
            case ConfirmDialog():
                button = dialog.yes_button
            case SealDialog():
                button = dialog.confirm
            case _:
                return
        if button.isEnabled():
            self.seen.append(type(dialog))
            button.click()


@pytest.fixture
def inbox(qtbot: QtBot, filled_world: Any) -> Iterator[ListPage]:
    page = shown(qtbot, InboxPage(filled_world.desk))
    yield page
    # As the window does: pages go before the desk closes.
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def outbox(qtbot: QtBot, filled_world: Any) -> Iterator[ListPage]:
    page = shown(qtbot, OutboxPage(filled_world.desk))
    yield page
    # As the window does: pages go before the desk closes.
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)


def test_new_means_the_same_on_the_tab_and_on_the_chip(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    world = filled_world
    day = world.clock.today()
    longer_ago = overview.new_since(day) - timedelta(hours=1)
    old, *_ = [r for r in world.records(Direction.IN) if not r.is_read]
    with world.office.db.write(points.STATUS) as s:
        s.execute(
            text("UPDATE document SET arrived_at = :at WHERE id = :id"), {"at": to_micros(longer_ago), "id": old.id}
        )
    with world.office.db.read() as s:
        waiting = overview.waiting(s, now=world.clock.now(), urgent_within=timedelta(days=3))[world.company.id]
    assert waiting.unread > 0
    world.desk.changed.emit(Changes(documents=True))
    chip = inbox.bar.chip_buttons["new"]
    qtbot.waitUntil(lambda: chip.count == waiting.unread, timeout=PATIENCE_MS)
    chip.click()
    qtbot.waitUntil(lambda: len(inbox.model.ids) == waiting.unread, timeout=PATIENCE_MS)
    assert old.id not in inbox.model.ids


def test_what_has_its_result_does_not_wait_for_one(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    on_their_way = filled_world.records(Direction.OUT, State.SENT, State.DELIVERED, State.UNKNOWN)
    still_open = {r.id for r in on_their_way if not r.is_final}
    assert 0 < len(still_open) < len(on_their_way)
    chip = outbox.bar.chip_buttons["way"]
    qtbot.waitUntil(lambda: chip.count == len(still_open), timeout=PATIENCE_MS)
    chip.click()
    qtbot.waitUntil(lambda: set(outbox.model.ids) == still_open, timeout=PATIENCE_MS)


def test_chips_filter_and_count(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    due = filled_world.records(Direction.IN, State.ANSWER_DUE)
    qtbot.waitUntil(lambda: inbox.bar.chip_buttons["due"].count == len(due), timeout=PATIENCE_MS)
    with qtbot.waitSignal(inbox.model.answered):
        inbox.bar.chip_buttons["due"].click()
    assert sorted(inbox.model.ids) == [r.id for r in due]


def test_a_narrow_list_keeps_its_bar_in_one_row(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    bar = outbox.bar
    one_row = bar.height()
    # A screen of 1366×768 at 150 %.
    outbox.resize(911, 400)
    qtbot.waitUntil(bar.chip_button.isVisible)
    assert bar.height() == one_row and not bar.chip_buttons["all"].isVisible()
    choose(qtbot, outbox, filled_world.records(Direction.OUT, State.FAILED)[:1])
    assert bar.height() == one_row and bar.minimumSizeHint().width() <= bar.width()
    bar.chip_button.menu().aboutToShow.emit()
    drafts = next(a for a in bar.chip_button.menu().actions() if a.data() == "draft")
    with qtbot.waitSignal(outbox.model.answered):
        drafts.trigger()
    assert bar.chip_button.text() == bar.chip_buttons["draft"].text() and bar.filter.chip == "draft"
    outbox.resize(1366, 700)
    qtbot.waitUntil(bar.chip_buttons["draft"].isVisible)
    assert bar.chip_buttons["draft"].isChecked() and not bar.chip_button.isVisible()


def test_the_amount_is_in_sight_beside_the_firms_on_a_small_screen(
    qtbot: QtBot, outbox: ListPage, filled_world: Any
) -> None:
    filled_world.desk.set_company(None)
    outbox.resize(911, 400)
    keys = [column.key for column in outbox.model.columns]
    qtbot.waitUntil(lambda: not outbox.table.isColumnHidden(keys.index("company")), timeout=PATIENCE_MS)
    amount = keys.index("payable")
    right = outbox.table.columnViewportPosition(amount) + outbox.table.columnWidth(amount)
    assert right <= outbox.table.viewport().width()


def test_search_waits_for_a_pause_and_asks_once(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    wanted = filled_world.records(Direction.IN)[0]
    questions: list[str] = []
    inbox.bar.changed.connect(lambda: questions.append(inbox.bar.filter.text))
    qtbot.keyClicks(inbox.bar.search, wanted.number)
    qtbot.waitUntil(lambda: list(inbox.model.ids) == [wanted.id], timeout=PATIENCE_MS)
    assert questions == [wanted.number]


def test_an_empty_answer_says_what_to_do(qtbot: QtBot, inbox: ListPage) -> None:
    everything = list(inbox.model.ids)
    inbox.bar.search.setFocus()
    qtbot.keyClicks(inbox.bar.search, "yok boyle bir sey")
    qtbot.waitUntil(lambda: inbox.stack.currentWidget() is inbox.empty, timeout=PATIENCE_MS)
    assert inbox.empty.button.text() == "Süzgeci temizle"
    qtbot.mouseClick(inbox.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: list(inbox.model.ids) == everything, timeout=PATIENCE_MS)


def test_saved_filters_come_back(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    inbox.bar.chip_buttons["due"].click()
    inbox.bar.search.setText("şti")
    inbox.bar.search.returnPressed.emit()
    inbox.bar.save_as("Yanıtlanacaklar")
    wanted = inbox.bar.filter
    inbox.bar.clear()
    other = InboxPage(filled_world.desk)
    qtbot.addWidget(other)
    other.bar._fill_saved_menu()
    action = next(a for a in other.bar._saved_menu.actions() if a.text() == "Yanıtlanacaklar")
    action.trigger()
    assert other.bar.filter == wanted


def test_a_rejection_goes_with_its_reason_and_the_rest_is_told(
    qtbot: QtBot, inbox: ListPage, filled_world: Any
) -> None:
    due = filled_world.records(Direction.IN, State.ANSWER_DUE)
    basic = next(r for r in filled_world.records(Direction.IN) if r.profile == "TEMELFATURA")
    keeper_of(filled_world.desk).keep(filled_world.company.id, filled_world.sealer)
    choose(qtbot, inbox, [due[-1], basic])
    user = Answerer("Fiyat siparişle uyuşmuyor")
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS) as ended:
        inbox.verb_actions.actions["reject"].trigger()
    outcome: bulk.Outcome = ended.args[0]
    assert outcome.done == [due[-1].id]
    assert [f.error.code for f in outcome.failed] == ["ANSWER.BASIC"]
    qtbot.waitUntil(lambda: list(inbox.table.selected_ids()) == [basic.id], timeout=PATIENCE_MS)
    report = inbox.findChild(BulkReportDialog)
    assert report is not None and basic.number in report.report_text()
    report.close()
    qtbot.waitUntil(
        lambda: any(s.ettn == due[-1].ettn and s.answers for s in filled_world.sandbox.stored(Direction.IN)),
        timeout=PATIENCE_MS,
    )
    user.stop()
    assert user.seen == [AnswerDialog, SealDialog]
    assert filled_world.get(due[-1].ettn, Direction.IN).answer == "RED"
    qtbot.waitUntil(lambda: not filled_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def test_basic_invoices_have_no_answer_but_a_return(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    basic = next(r for r in filled_world.records(Direction.IN) if r.profile == "TEMELFATURA")
    choose(qtbot, inbox, [basic])
    actions = inbox.verb_actions.actions
    assert not actions["accept"].isEnabled() and not actions["reject"].isEnabled()
    assert inbox.primary_button.text() == "İade faturası hazırla"
    with qtbot.waitSignal(filled_world.desk.wanted) as wanted:
        inbox.primary_button.click()
    assert wanted.args == ["editor", ("return", basic.id)]


def test_drafts_are_deleted_by_key_and_brought_back(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    drafts = filled_world.records(Direction.OUT, State.DRAFT)
    choose(qtbot, outbox, drafts)
    user = Answerer()
    outbox.table.setFocus()
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS):
        qtbot.keyClick(outbox.table, Qt.Key.Key_Delete)
    user.stop()
    assert user.seen == [ConfirmDialog]
    assert {filled_world.get(r.ettn).state for r in drafts} == {State.CANCELLED}
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS):
        outbox.message.action.click()
    assert {filled_world.get(r.ettn).state for r in drafts} == {State.DRAFT}


def test_numbered_documents_cannot_be_deleted(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    choose(qtbot, outbox, filled_world.records(Direction.OUT, State.SENT))
    assert not outbox.verb_actions.actions["discard"].isEnabled()


def test_seal_and_send_numbers_and_hands_over(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    drafts = filled_world.records(Direction.OUT, State.DRAFT)
    keeper_of(filled_world.desk).keep(filled_world.company.id, filled_world.sealer)
    choose(qtbot, outbox, drafts)
    assert outbox.primary_button.text() == f"Mühürle ve gönder ({len(drafts)})"
    user = Answerer()
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS) as ended:
        outbox.primary_button.click()
    user.stop()
    assert user.seen == [SealDialog]
    assert sorted(ended.args[0].done) == [r.id for r in drafts]
    sent = {r.ettn for r in drafts}
    qtbot.waitUntil(lambda: sent <= {s.ettn for s in filled_world.sandbox.stored(Direction.OUT)}, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not filled_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    assert all(filled_world.get(e).number for e in sent)


def test_all_companies_show_whose_document_it_is(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    one = len(inbox.model.ids)
    assert "company" not in [c.key for c in inbox.table.shown_columns()]
    with qtbot.waitSignal(inbox.model.answered, timeout=PATIENCE_MS):
        filled_world.desk.set_company(None)
    assert len(inbox.model.ids) == one + 3
    assert "company" in [c.key for c in inbox.table.shown_columns()]


def test_switching_the_firm_empties_the_list_at_once(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    choose(qtbot, inbox, filled_world.records(Direction.IN)[:2])
    assert inbox.verb_actions.actions["xml"].isEnabled()
    other = next(c for c in filled_world.companies() if c.id != filled_world.company.id)
    with qtbot.waitSignal(inbox.model.answered, timeout=PATIENCE_MS):
        filled_world.desk.set_company(other)
        # Not yet read, and already nothing of the first firm is there to be acted on.
        assert inbox.model.rowCount() == 0
        assert not inbox.doing.selection.ids
        assert not inbox.verb_actions.actions["xml"].isEnabled()
    assert len(inbox.model.ids) == 3


def test_a_hidden_page_forgets_the_firm_too(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    inbox.hide()
    filled_world.desk.set_company(None)
    assert inbox.model.rowCount() == 0
    with qtbot.waitSignal(inbox.model.answered, timeout=PATIENCE_MS):
        inbox.show()
    assert len(inbox.model.ids) == len(filled_world.records(Direction.IN)) + 3


def test_what_is_pressed_while_a_selection_is_read_is_done_to_that_selection(
    qtbot: QtBot, inbox: ListPage, filled_world: Any
) -> None:
    unread = [r for r in filled_world.records(Direction.IN) if not r.is_read][:2]
    choose(qtbot, inbox, unread[:1])
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS) as ended:
        inbox.table.select_ids([unread[1].id])
        inbox.verb_actions.actions["read"].trigger()
    assert ended.args[0].done == [unread[1].id]
    assert not filled_world.get(unread[0].ettn, Direction.IN).is_read


def test_several_selected_show_their_sum_their_states_and_what_can_be_done(
    qtbot: QtBot, inbox: ListPage, filled_world: Any
) -> None:
    chosen = filled_world.records(Direction.IN, State.ANSWER_DUE)[:2] + filled_world.records(Direction.IN)[-1:]
    choose(qtbot, inbox, chosen)
    panel = inbox.side.currentWidget()
    assert panel is inbox.side.many
    words = [label.text() for label in panel.findChildren(QLabel)]
    assert "3 belge seçili" in words
    for currency in {r.currency for r in chosen}:
        total = sum(r.payable for r in chosen if r.currency == currency)
        assert f"{format_amount(total)} {currency}" in words
    assert panel.buttons[0].text() == "Kabul (2)"
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS) as ended:
        next(b for b in panel.buttons if b.text().startswith("Okunmadı") or b.text().startswith("Okundu")).click()
    assert len(ended.args[0].done) == 3


def test_the_table_is_copied_with_turkish_numbers(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    chosen = filled_world.records(Direction.OUT, State.DRAFT)[:2]
    choose(qtbot, outbox, chosen)
    QGuiApplication.clipboard().clear()
    outbox.table.setFocus()
    qtbot.keyClick(outbox.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().count("\n") == 3, timeout=PATIENCE_MS)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    amount = lines[0].index("Tutar")
    assert {line[amount] for line in lines[1:]} <= {"45.468,00", "49.589,80", "3.264,00"}


def test_what_is_shown_is_saved_as_csv_and_excel(
    qtbot: QtBot, inbox: ListPage, filled_world: Any, tmp_path: Path
) -> None:
    for name in ("liste.csv", "liste.xlsx"):
        with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS):
            inbox.doing.save_list_to(tmp_path / name)
    raw = (tmp_path / "liste.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";"))
    titles = [c.title for c in inbox.table.shown_columns()]
    place = titles.index("Tutar") + 1
    assert rows[0] == [*titles[:place], "Döviz", *titles[place:]]
    assert len(rows) == len(inbox.model.ids) + 1
    with zipfile.ZipFile(tmp_path / "liste.xlsx") as book:
        assert b'r="1"' in book.read("xl/worksheets/sheet1.xml")


def test_xml_leaves_as_the_bytes_that_came(qtbot: QtBot, inbox: ListPage, filled_world: Any, tmp_path: Path) -> None:
    chosen = filled_world.records(Direction.IN)[:3]
    choose(qtbot, inbox, chosen)
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS):
        inbox.doing.export_into(tmp_path, "XML", bulk.export_xml)
    written = {p.read_bytes() for p in tmp_path.glob("*.xml")}
    assert written == {bulk.stored_bytes(filled_world.ctx, r) for r in chosen}


def test_dropped_files_are_checked_and_not_stored(
    qtbot: QtBot, inbox: ListPage, filled_world: Any, tmp_path: Path
) -> None:
    before = list(inbox.model.ids)
    raw = bulk.stored_bytes(filled_world.ctx, filled_world.records(Direction.IN)[0])
    folder = tmp_path / "disardan"
    folder.mkdir()
    (folder / "fatura.xml").write_bytes(raw)
    with zipfile.ZipFile(folder / "paket.zip", "w") as archive:
        archive.writestr("ic/fatura.xml", raw)
    (folder / "bozuk.xml").write_bytes(b"%PDF-1.4")
    inbox.doing.check_files(sorted(folder.iterdir()))
    qtbot.waitUntil(lambda: inbox.findChild(FileFindingsDialog) is not None, timeout=PATIENCE_MS)
    dialog = inbox.findChild(FileFindingsDialog)
    assert dialog is not None
    assert [(f.name, f.kind) for f in dialog.files] == [
        ("bozuk.xml", "unknown"),
        ("fatura.xml", "invoice"),
        ("paket.zip ▸ ic/fatura.xml", "invoice"),
    ]
    assert "XML.PDF" in dialog.report_text()
    dialog.close()
    assert list(inbox.model.ids) == before


def test_a_drop_is_checked_and_of_the_rest_it_is_said_what_to_do(
    qtbot: QtBot, inbox: ListPage, filled_world: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "bırakılan"
    folder.mkdir()
    (folder / "fatura.xml").write_bytes(bulk.stored_bytes(filled_world.ctx, filled_world.records(Direction.IN)[0]))
    for name in ("fişler.xlsx", "resim.png"):
        (folder / name).write_bytes(b"x")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(folder.iterdir())])
    copy, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(10, 10), copy, mime, left, plain)
    QApplication.sendEvent(inbox, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(inbox, QDropEvent(QPointF(10, 10), copy, mime, left, plain))
    assert "fişler.xlsx: Excel" in inbox.message.sentence and "resim.png: bu türle" in inbox.message.sentence
    qtbot.waitUntil(lambda: inbox.findChild(FileFindingsDialog) is not None, timeout=PATIENCE_MS)
    dialog = inbox.findChild(FileFindingsDialog)
    assert dialog is not None and [f.name for f in dialog.files] == ["fatura.xml"]
    dialog.close()


def test_rows_pulled_out_become_files_and_what_cannot_is_said(
    qtbot: QtBot, outbox: ListPage, filled_world: Any
) -> None:
    sealed = filled_world.records(Direction.OUT, State.SENT)[:1]
    draft = filled_world.records(Direction.OUT, State.DRAFT)[:1]
    choose(qtbot, outbox, [*sealed, *draft])
    outbox.table.drag_wanted.emit(False)
    qtbot.waitUntil(outbox.message.isVisible, timeout=PATIENCE_MS)
    assert "1 belge sürüklenemedi" in outbox.message.sentence and "mühürlen" in outbox.message.sentence
    folder = next(p for p in outbox._drag.folder.iterdir() if p.is_dir())
    (url,) = outbox._drag.mime_for(folder).urls()
    assert Path(url.toLocalFile()).read_bytes() == bulk.stored_bytes(filled_world.ctx, sealed[0])


def test_read_marks_are_set_in_bulk_and_taken_back(qtbot: QtBot, inbox: ListPage, filled_world: Any) -> None:
    unread = [r for r in filled_world.records(Direction.IN) if not r.is_read][:4]
    choose(qtbot, inbox, unread)
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS):
        inbox.verb_actions.actions["read"].trigger()
    assert all(filled_world.get(r.ettn, Direction.IN).is_read for r in unread)
    with qtbot.waitSignal(inbox.doing.finished, timeout=PATIENCE_MS):
        inbox.doing.undo()
    assert not any(filled_world.get(r.ettn, Direction.IN).is_read for r in unread)


def test_the_state_says_the_next_step(qtbot: QtBot, outbox: ListPage, filled_world: Any) -> None:
    sent = filled_world.records(Direction.OUT, State.SENT)[0]
    row = outbox.model.row_of(sent.id)
    qtbot.waitUntil(lambda: outbox.model.index(row, 0).data() is not None, timeout=PATIENCE_MS)
    assert outbox.model.index(row, 0).data().startswith("Gönderildi: GİB yanıtı bekleniyor")
