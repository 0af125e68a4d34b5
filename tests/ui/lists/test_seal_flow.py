"""Mühürle ve gönder from click to database: one question for many, progress by document, stop at the first refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.errors import SealError
from app.domain.findings import Finding, Layer, Severity
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.storage import documents
from app.ui.dialogs.pin import SealDialog
from app.ui.dialogs.warning_word import WordDialog
from app.ui.lists import bulk
from app.ui.lists.bulk import Outcome
from app.ui.lists.list_page import ListPage
from app.ui.pages.outbox import OutboxPage
from app.ui.seals import keeper_of

PATIENCE_MS = 30_000
MANY = 100


class User:
    """Answers the seal dialog each time it comes up; `asked` counts how often."""

    def __init__(self, *, says_yes: bool) -> None:
        self.asked = 0
        self._says_yes = says_yes
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._press)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, SealDialog):
            return
        if not self._says_yes:
            self.asked += 1
            dialog.reject()
        elif dialog.confirm.isEnabled():
            self.asked += 1
            dialog.confirm.click()


class PulledCard:
    """A real seal whose card is pulled after some signatures."""

    def __init__(self, inner: Sealer, *, good_for: int) -> None:
        self._inner = inner
        self._left = good_for

    def sign(self, digests: Sequence[Any]) -> Any:
        self._left -= 1
        if self._left < 0:
            raise SealError("TOKEN.GONE", "Kart çıkarıldı.", why="Okuyucuda kart yok.", todo="Kartı takın.")
        return self._inner.sign(digests)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def outbox(qtbot: QtBot, ui_world: Any) -> Iterator[ListPage]:
    page = OutboxPage(ui_world.desk)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    yield page
    # As the window does: pages go before the desk closes.
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not ui_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def chosen(qtbot: QtBot, page: ListPage, count: int) -> None:
    with qtbot.waitSignal(page.model.answered, timeout=PATIENCE_MS):
        page.show()
    page.table.selectAll()
    qtbot.waitUntil(lambda: page.doing.selection.total == count, timeout=PATIENCE_MS)


def test_a_hundred_documents_one_question_progress_by_document(qtbot: QtBot, outbox: ListPage, ui_world: Any) -> None:
    for _ in range(MANY):
        ui_world.draft(0)
    keeper_of(ui_world.desk).keep(ui_world.company.id, ui_world.sealer)
    chosen(qtbot, outbox, MANY)
    assert outbox.primary_button.text() == f"Mühürle ve gönder ({MANY})"
    steps: set[tuple[int, int]] = set()
    ui_world.desk.runner.started.connect(
        lambda job: job.on_ended(lambda ended: steps.add((ended.progress.done, ended.progress.total)))
    )
    user = User(says_yes=True)
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS) as ended:
        outbox.primary_button.click()
    user.stop()
    outcome: Outcome = ended.args[0]
    assert (user.asked, len(outcome.done), outcome.failed) == (1, MANY, [])
    records = ui_world.records(Direction.OUT)
    numbers = sorted(r.number for r in records)
    assert [int(n[-9:]) for n in numbers] == list(range(1, MANY + 1)), "no number skipped, none twice"
    assert {r.state for r in records} <= {State.QUEUED, State.SENDING, State.SENT}
    assert (MANY, MANY) in steps
    qtbot.waitUntil(lambda: len(ui_world.sandbox.stored(Direction.OUT)) == MANY, timeout=PATIENCE_MS)


def test_the_first_refusal_of_the_card_stops_the_batch(qtbot: QtBot, outbox: ListPage, ui_world: Any) -> None:
    drafts = [ui_world.draft(0) for _ in range(5)]
    keeper_of(ui_world.desk).keep(ui_world.company.id, PulledCard(ui_world.sealer, good_for=2))
    chosen(qtbot, outbox, 5)
    user = User(says_yes=True)
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS) as ended:
        outbox.primary_button.click()
    user.stop()
    outcome: Outcome = ended.args[0]
    assert outcome.stopped and len(outcome.done) == 2
    assert [f.error.code for f in outcome.failed] == ["TOKEN.GONE", "BULK.STOPPED", "BULK.STOPPED"]
    failed = {f.document_id for f in outcome.failed}
    assert set(outbox.table.selected_ids()) == failed, "the failed ones stay selected"
    assert {r.id for r in ui_world.records(Direction.OUT, State.DRAFT, State.READY)} == failed
    assert len(failed) + 2 == len(drafts)
    assert keeper_of(ui_world.desk).get(ui_world.company.id) is None, "the PIN is asked again the next time"


class Accountant(User):
    """Answers the question about warnings as well: with a reason, or by leaving the drafts as they are."""

    def __init__(self, reason: str) -> None:
        super().__init__(says_yes=True)
        self.told: list[str] = []
        self._reason = reason

    def _press(self) -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, WordDialog):
            super()._press()
            return
        assert not dialog.yes_button.isEnabled() and not dialog.yes_button.isDefault()
        self.told.append(" ".join(label.text() for label in dialog.findChildren(QLabel)))
        dialog.reason.setText(self._reason)
        (dialog.yes_button if dialog.yes_button.isEnabled() else dialog.no_button).click()


FREE = [{"name": "Numune", "quantity": "1", "unit": "C62", "unit_price": "0", "vat_rate": "20"}]


def test_enter_after_the_reason_neither_seals_nor_throws_it_away(qtbot: QtBot) -> None:
    finding = Finding(Severity.WARNING, Layer.BUILTIN, "INV.ZERO", "lines", "Tutar sıfır.")
    dialog = WordDialog([finding], company="Çınar", count=1)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.reason, "Numune")
    QTest.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.text == "Numune"
    assert dialog.yes_button.isEnabled() and not dialog.yes_button.isDefault()


@pytest.mark.parametrize("reason", ["Bedelsiz numune", "  "])
def test_warnings_that_matter_are_passed_over_with_a_reason_only(
    qtbot: QtBot, outbox: ListPage, ui_world: Any, reason: str
) -> None:
    ui_world.draft(0)
    free = ui_world.draft(0, lines=FREE).ettn
    keeper_of(ui_world.desk).keep(ui_world.company.id, ui_world.sealer)
    chosen(qtbot, outbox, 2)
    user = Accountant(reason)
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS) as ended:
        outbox.primary_button.click()
    user.stop()
    outcome: Outcome = ended.args[0]
    assert (user.asked, len(user.told)) == (1, 1), "the seal is asked for once, the reason once"
    assert "Faturanın tutarı sıfır" in user.told[0]
    record = next(r for r in ui_world.records(Direction.OUT) if r.ettn == free)
    with ui_world.office.db.read() as s:
        notes = " ".join(row.note for row in documents.history(s, record.id))
    if reason.strip():
        assert (len(outcome.done), outcome.failed) == (2, []) and record.number
        assert "INV.ZERO uyarısı bilerek geçildi: Bedelsiz numune" in notes
    else:
        assert [f.error.code for f in outcome.failed] == ["SEAL.WORD_WANTED"] and len(outcome.done) == 1
        assert (record.state, record.number) == (State.DRAFT, "") and "bilerek" not in notes


def test_declining_the_seal_brings_the_page_back_and_says_so(qtbot: QtBot, outbox: ListPage, ui_world: Any) -> None:
    draft = ui_world.draft(0)
    keeper_of(ui_world.desk).keep(ui_world.company.id, ui_world.sealer)
    chosen(qtbot, outbox, 1)
    user = User(says_yes=False)
    outbox.primary_button.click()
    qtbot.waitUntil(outbox.message.isVisible, timeout=PATIENCE_MS)
    user.stop()
    assert "Mühür verilmedi" in outbox.message.sentence
    assert not outbox.doing.is_sealing and outbox.primary_button.isEnabled()
    assert ui_world.get(draft.ettn).state in (State.DRAFT, State.READY)
    user = User(says_yes=True)
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS):
        outbox.primary_button.click()
    user.stop()
    assert ui_world.get(draft.ettn).number


def test_sending_again_stops_at_the_first_refusal_too(ui_world: Any) -> None:
    made = [ui_world.draft(0).ettn for _ in range(2)]
    for ettn in made:
        ui_world.sandbox.set_plan(ettn, fail_at_gib=1150)
    ui_world.issue(*made)
    ui_world.sync()
    for _ in range(3):
        ui_world.push(hours=5)
        ui_world.sync()
    failed = ui_world.records(Direction.OUT, State.FAILED)
    assert len(failed) == 2
    sealer = PulledCard(ui_world.sealer, good_for=0)
    outcome = bulk.reissue(ui_world.ctx, ui_world.office, ui_world.company, failed, sealer)
    assert outcome.stopped
    assert [f.error.code for f in outcome.failed] == ["TOKEN.GONE", "BULK.STOPPED"]


@pytest.mark.parametrize("reason", ["Bedelsiz numune", "  "])
def test_sealing_again_asks_for_the_reason_again(qtbot: QtBot, outbox: ListPage, ui_world: Any, reason: str) -> None:
    free = ui_world.draft(0, lines=FREE).ettn
    ui_world.sandbox.set_plan(free, fail_at_gib=1150)
    ui_world.issue(free)
    ui_world.sync()
    for _ in range(3):
        ui_world.push(hours=5)
        ui_world.sync()
    assert ui_world.get(free).state is State.FAILED
    keeper_of(ui_world.desk).keep(ui_world.company.id, ui_world.sealer)
    chosen(qtbot, outbox, 1)
    user = Accountant(reason)
    with qtbot.waitSignal(outbox.doing.finished, timeout=PATIENCE_MS) as ended:
        outbox.doing.reissue()
    user.stop()
    outcome: Outcome = ended.args[0]
    assert (user.asked, len(user.told)) == (1, 1)
    record = ui_world.records(Direction.OUT)[0]
    with ui_world.office.db.read() as s:
        notes = " ".join(row.note for row in documents.history(s, record.id))
    if reason.strip():
        assert (outcome.failed, record.attempt_no) == ([], 2)
        assert "INV.ZERO uyarısı bilerek geçildi: Bedelsiz numune" in notes
    else:
        assert [f.error.code for f in outcome.failed] == ["SEAL.WORD_WANTED"]
        assert (record.state, record.attempt_no) == (State.FAILED, 1)
