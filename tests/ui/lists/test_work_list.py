"""The work list from click to database: why, what was tried, when it may be asked, and the decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.connectors.base import Answer
from app.domain.lifecycle import Direction, State
from app.storage import documents, outbox
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.dialogs.pin import SealDialog
from app.ui.dialogs.worklist import WorkListDialog
from app.ui.pages.inbox import InboxPage
from app.ui.pages.outbox import OutboxPage
from app.ui.seals import keeper_of
from app.workflows import answering, points

PATIENCE_MS = 20_000


@pytest.fixture
def work(qtbot: QtBot, filled_world: Any) -> Iterator[WorkListDialog]:
    dialog = WorkListDialog(filled_world.desk, filled_world.company)
    yield ready(qtbot, dialog)
    gone(qtbot, filled_world, dialog)


def ready(qtbot: QtBot, dialog: WorkListDialog) -> WorkListDialog:
    dialog.show()
    qtbot.waitUntil(lambda: dialog.item is not None or dialog.stack.currentIndex() == 1, timeout=PATIENCE_MS)
    return dialog


def gone(qtbot: QtBot, world: Any, widget: Any) -> None:
    if isValid(widget):
        widget.close()
        widget.deleteLater()
        QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def focus(qtbot: QtBot, dialog: WorkListDialog, document_id: int) -> None:
    dialog._wanted = document_id
    dialog.refresh()
    qtbot.waitUntil(lambda: dialog.item is not None and dialog.item.record.id == document_id, timeout=PATIENCE_MS)


def words(dialog: WorkListDialog) -> str:
    return "\n".join(label.text() for label in dialog.detail.widget().findChildren(QLabel))


def yes_to(kind: type) -> QTimer:
    """Presses yes in the next dialog of this kind."""
    timer = QTimer()
    timer.setInterval(20)

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            timer.stop()
            (dialog.yes_button if isinstance(dialog, ConfirmDialog) else dialog.confirm).click()

    timer.timeout.connect(press)
    timer.start()
    return timer


def test_an_unknown_outcome_says_what_was_tried_and_is_settled_by_asking(
    qtbot: QtBot, filled_world: Any, work: WorkListDialog
) -> None:
    (lost,) = filled_world.records(Direction.OUT, State.UNKNOWN)
    focus(qtbot, work, lost.id)
    said = words(work)
    assert "ulaşıp ulaşmadığı bilinmiyor" in said and "1 kez gönderildi" in said
    assert work.ask_button.isEnabled(), "no floor holds back the question what became of a send"
    work.ask_button.click()
    qtbot.waitUntil(lambda: filled_world.get(lost.ettn).state is not State.UNKNOWN, timeout=PATIENCE_MS)
    qtbot.waitUntil(work.message.isVisible, timeout=PATIENCE_MS)
    assert filled_world.get(lost.ettn).state in (State.SENT, State.DELIVERED)
    qtbot.waitUntil(lambda: lost.id not in [i.record.id for i in work._items], timeout=PATIENCE_MS)


def test_a_status_is_asked_no_sooner_than_the_floor_and_says_when(
    qtbot: QtBot, filled_world: Any, work: WorkListDialog
) -> None:
    sent = filled_world.records(Direction.OUT, State.SENT)[0]
    filled_world.sync()
    with filled_world.office.db.write(points.REVIEW) as s:
        documents.flag_review(
            s, sent.id, code="STATUS.MISSING", reason="Tanımıyor.", todo="Portala bakın.", at=filled_world.clock.now()
        )
    focus(qtbot, work, sent.id)
    assert not work.ask_button.isEnabled() and "en erken" in work.ask_hint.text()
    filled_world.push(hours=5)
    work.refresh()
    qtbot.waitUntil(lambda: work.ask_button.isEnabled(), timeout=PATIENCE_MS)


def test_a_decision_needs_its_reason_and_what_is_final_is_asked_first(
    qtbot: QtBot, filled_world: Any, work: WorkListDialog
) -> None:
    (lost,) = filled_world.records(Direction.OUT, State.UNKNOWN)
    focus(qtbot, work, lost.id)
    button = work.step_buttons["arrived"]
    assert not button.isEnabled()
    work.reason.setText("Portalda gördüm")
    assert button.isEnabled()
    user = yes_to(ConfirmDialog)
    button.click()
    qtbot.waitUntil(lambda: filled_world.get(lost.ettn).state is State.SENT, timeout=PATIENCE_MS)
    assert not user.isActive()
    with filled_world.office.db.read() as s:
        assert any("Portalda gördüm" in h.note for h in documents.history(s, lost.id))
    qtbot.waitUntil(work.message.isVisible, timeout=PATIENCE_MS)


def test_one_that_was_sent_too_often_goes_back_to_the_queue_after_asking(qtbot: QtBot, filled_world: Any) -> None:
    draft = filled_world.draft(0)
    filled_world.issue(draft.ettn)
    with filled_world.office.db.write(points.REVIEW) as s:
        now = filled_world.clock.now()
        (row,) = outbox.open_for(s, draft.id)
        outbox.park(s, row.id, error_code="SEND.TOO_MANY", error_text="kaydedilmedi", at=now)
        documents.flag_review(s, draft.id, code="SEND.TOO_MANY", reason="8 kez gönderildi.", todo="Danışın.", at=now)
    dialog = ready(qtbot, WorkListDialog(filled_world.desk, filled_world.company, focus=draft.id))
    assert dialog.item is not None and dialog.item.record.id == draft.id
    assert list(dialog.step_buttons) == ["requeue", "cancel"]
    dialog.reason.setText("Entegratörle görüştüm")
    calls = len(filled_world.sandbox.calls)
    dialog.step_buttons["requeue"].click()
    qtbot.waitUntil(lambda: not filled_world.get(draft.ettn).review_code, timeout=PATIENCE_MS)
    assert filled_world.get(draft.ettn).state is State.QUEUED
    assert any("Status" in c.operation for c in filled_world.sandbox.calls[calls:]), "asked before it is queued again"
    qtbot.waitUntil(lambda: draft.id not in [i.record.id for i in dialog._items], timeout=PATIENCE_MS)
    dialog.close()
    gone(qtbot, filled_world, dialog)


def test_what_is_typed_survives_a_refresh(qtbot: QtBot, filled_world: Any, work: WorkListDialog) -> None:
    (lost,) = filled_world.records(Direction.OUT, State.UNKNOWN)
    focus(qtbot, work, lost.id)
    work.reason.setText("Yarım cümle")
    with filled_world.office.db.write(points.REVIEW) as s:
        documents.flag_review(
            s, lost.id, code="SEND.ODD_STATUS", reason="Başka numara.", todo="Bakın.", at=filled_world.clock.now()
        )
    work.refresh()
    qtbot.waitUntil(lambda: "Başka numara." in words(work), timeout=PATIENCE_MS)
    assert work.reason.text() == "Yarım cümle"


def test_an_office_without_work_says_so(qtbot: QtBot, ui_world: Any) -> None:
    dialog = ready(qtbot, WorkListDialog(ui_world.desk, None))
    assert dialog.stack.currentIndex() == 1
    assert dialog.empty.accessibleName() == "Bakılacak iş yok"
    dialog.close()
    gone(qtbot, ui_world, dialog)


def test_the_outbox_leads_to_it_and_a_review_is_closed_with_a_reason(qtbot: QtBot, filled_world: Any) -> None:
    sent = filled_world.records(Direction.OUT, State.SENT)[0]
    with filled_world.office.db.write(points.REVIEW) as s:
        documents.flag_review(
            s, sent.id, code="STATUS.MISSING", reason="Tanımıyor.", todo="Portala bakın.", at=filled_world.clock.now()
        )
    page = OutboxPage(filled_world.desk)
    with qtbot.waitSignal(page.model.answered, timeout=PATIENCE_MS):
        page.show()
    page.table.select_ids([sent.id])
    qtbot.waitUntil(lambda: list(page.doing.selection.ids) == [sent.id], timeout=PATIENCE_MS)
    assert page.primary_button.text() == "Ne yapmalı…"
    page.primary_button.click()
    dialog = page.findChild(WorkListDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.item is not None and dialog.item.record.id == sent.id, timeout=PATIENCE_MS)
    dialog.close()

    def type_reason() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QInputDialog)
        box.setTextValue("Portalda baktım")
        box.accept()

    QTimer.singleShot(200, type_reason)
    with qtbot.waitSignal(page.doing.finished, timeout=PATIENCE_MS) as ended:
        page.verb_actions.actions["reviewed"].trigger()
    assert ended.args[0].done == [sent.id]
    assert not filled_world.get(sent.ettn).review_code
    page.close()
    gone(qtbot, filled_world, page)


def test_answers_that_were_not_sealed_are_sent_later(qtbot: QtBot, filled_world: Any) -> None:
    due = filled_world.records(Direction.IN, State.ANSWER_DUE)[-1]
    answering.answer(filled_world.ctx, filled_world.company, due.ettn, Answer.ACCEPT, "")
    page = InboxPage(filled_world.desk)
    with qtbot.waitSignal(page.model.answered, timeout=PATIENCE_MS):
        page.show()
    page.table.select_ids([due.id])
    qtbot.waitUntil(lambda: list(page.doing.selection.ids) == [due.id], timeout=PATIENCE_MS)
    assert page.primary_button.text() == "Bekleyen yanıtı gönder (1)"
    keeper_of(filled_world.desk).keep(filled_world.company.id, filled_world.sealer)
    user = yes_to(SealDialog)
    page.primary_button.click()
    qtbot.waitUntil(page.message.isVisible, timeout=PATIENCE_MS)
    assert not user.isActive()
    assert "yanıt gönderildi" in page.message.sentence
    assert any(s.ettn == due.ettn and s.answers for s in filled_world.sandbox.stored(Direction.IN))
    page.close()
    gone(qtbot, filled_world, page)
