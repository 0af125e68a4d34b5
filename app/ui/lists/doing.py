"""Carries out the actions of a list on what is selected: asks where it must, runs one job, reports once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from app.connectors.base import Answer
from app.domain.lifecycle import DocumentKind
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.jobs import Changes
from app.ui.lists import bulk
from app.ui.lists.answer_flow import AnswerFlow
from app.ui.lists.bulk import Outcome
from app.ui.lists.file_doing import FileDoing
from app.ui.lists.seal_flow import SealFlow
from app.ui.lists.selection import Selection
from app.ui.lists.table import DocumentTable
from app.ui.widgets import MessageBar

#: From so many drafts on, deleting is asked first (it can be undone all the same).
_ASK_FROM = 2


class Doing(FileDoing):
    """GUI thread only."""

    def __init__(self, desk: Desk, table: DocumentTable, message: MessageBar, title: str, page: QWidget) -> None:
        super().__init__(desk, table, message, title, page)
        self._flow = SealFlow(desk, page)
        self._flow.ended.connect(self._on_outcome)
        self._flow.declined.connect(self._on_declined)
        self._flow.failed.connect(self._on_failed)
        self._answers = AnswerFlow(desk, page, self._write_answers)
        self._answers.told.connect(message.show_message)
        self._answers.failed.connect(self._on_failed)
        message.acted.connect(self.undo)

    @property
    def is_sealing(self) -> bool:
        """Whether a seal is being asked for or used."""
        return self._flow.is_running

    def forget(self) -> None:
        """Another firm is chosen: what was said and could be undone belongs to the one before."""
        self.selection = Selection()
        self._undo = ("", [])
        self._message.hide()

    # -- sending and answering -------------------------------------------------------------------------------------

    @Slot()
    def issue(self) -> None:
        self._flow.start("issue", self._ids())

    @Slot()
    def reissue(self) -> None:
        self._flow.start("reissue", self._ids())

    @Slot()
    def queue(self) -> None:
        office, ids = self._desk.office, self._ids()
        self._run(self.tr("Kuyruğa alınıyor"), lambda ctx: bulk.queue(ctx, office, ids))

    @Slot()
    def accept(self) -> None:
        self._answers.ask(Answer.ACCEPT, self.selection)

    @Slot()
    def reject(self) -> None:
        self._answers.ask(Answer.REJECT, self.selection)

    def _write_answers(self, ids: Sequence[int], what: Answer, reason: str) -> None:
        wanted = list(ids)
        self._run(self.tr("Yanıtlanıyor"), lambda ctx: bulk.answer(ctx, wanted, what, reason), then=self._on_answered)

    def _on_answered(self, outcome: Outcome) -> None:
        self._on_outcome(outcome)
        if outcome.done:
            self._answers.send(list(outcome.done))

    @Slot()
    def send_answers(self) -> None:
        """Answers that were written down and not sent: the seal was not given then, or there was no connection."""
        self._answers.send(self._ids())

    @Slot()
    def settle(self) -> None:
        """The work list, at the first of the selected documents that is on it."""
        self._show_work(focus=self.selection.ids[0] if len(self.selection.ids) else None)

    @Slot()
    def work_list(self) -> None:
        self._show_work(focus=None)

    def _show_work(self, *, focus: int | None) -> None:
        from app.ui.dialogs.worklist import WorkListDialog

        WorkListDialog(self._desk, self._desk.company, self._page, focus=focus).show()

    @Slot()
    def make_return(self) -> None:
        self._desk.wanted.emit("editor", ("return", self.selection.ids[0]))

    @Slot()
    def edit(self) -> None:
        self._desk.wanted.emit("editor", self.selection.ids[0])

    @Slot()
    def copy_of(self) -> None:
        self._desk.wanted.emit("editor", ("copy", self.selection.ids[0]))

    @Slot()
    def invoice_of(self) -> None:
        self._desk.wanted.emit("editor", ("invoice_of", tuple(self._ids())))

    @Slot()
    def answer_note(self) -> None:
        self._desk.wanted.emit("editor", ("answer", self.selection.ids[0]))

    @Slot()
    def new_invoice(self) -> None:
        self._desk.wanted.emit("editor", None)

    @Slot()
    def new_despatch(self) -> None:
        self._desk.wanted.emit("editor", ("new", DocumentKind.DESPATCH))

    @Slot()
    def new_credit_note(self) -> None:
        self._desk.wanted.emit("editor", ("new", DocumentKind.CREDIT_NOTE))

    @Slot()
    def new_smm(self) -> None:
        self._desk.wanted.emit("editor", ("new", DocumentKind.SMM))

    # -- marks and drafts ------------------------------------------------------------------------------------------

    @Slot()
    def mark_read(self) -> None:
        ids = self._ids()
        self._run(self.tr("Okundu işaretleniyor"), lambda ctx: bulk.mark_read(ctx, ids, is_read=True))

    @Slot()
    def mark_unread(self) -> None:
        ids = self._ids()
        self._run(self.tr("Okunmadı işaretleniyor"), lambda ctx: bulk.mark_read(ctx, ids, is_read=False))

    def mark_seen(self, document_id: int) -> None:
        """One document was read in the pane: no message, nothing to undo."""
        self._desk.run(
            self.tr("Okundu işaretleniyor"),
            lambda ctx: bulk.mark_read(ctx, [document_id], is_read=True),
            owner=self,
            lane=self._desk.lanes.account("lists"),
            changes=Changes(documents=True),
        )

    @Slot()
    def finish_review(self) -> None:
        ids, chosen = self._ids(), self.selection
        reason, is_given = QInputDialog.getText(
            self._page,
            self.tr("{0} belgenin incelemesini kapat").format(chosen.in_review),
            self.tr("{0}\nYalnız işaret kalkar, belgenin durumu değişmez. Ne gördünüz? (geçmişe yazılır)").format(
                chosen.company_words
            ),
        )
        if is_given:
            self._run(self.tr("İncelemeler kapatılıyor"), lambda ctx: bulk.finish_review(ctx, ids, reason))

    @Slot()
    def discard(self) -> None:
        ids, count = self._ids(), self.selection.discardable
        if count >= _ASK_FROM and not confirm(
            self.tr("{0} taslak silinsin mi?").format(count),
            company=self.selection.company_words,
            consequence=self.tr("Numara almamış taslaklar listeden kalkar; silme geri alınabilir."),
            yes=self.tr("Sil ({0})").format(count),
            parent=self._page,
        ):
            return
        self._run(self.tr("Taslaklar siliniyor"), lambda ctx: bulk.discard(ctx, ids))

    @Slot()
    def restore(self) -> None:
        ids = self._ids()
        self._run(self.tr("Taslaklar geri alınıyor"), lambda ctx: bulk.restore(ctx, ids))

    @Slot()
    def undo(self) -> None:
        """Take the last action back, if it was one that can be."""
        what, ids = self._undo
        self._undo = ("", [])
        self._message.hide()
        match what:
            case "restore":
                self._run(self.tr("Geri alınıyor"), lambda ctx: bulk.restore(ctx, ids))
            case "read" | "unread":
                self._run(self.tr("Geri alınıyor"), lambda ctx: bulk.mark_read(ctx, ids, is_read=what == "read"))

    @Slot()
    def _on_declined(self) -> None:
        self._message.show_message("wait", self._flow.why)
        self._table.setFocus()
