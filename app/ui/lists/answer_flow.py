"""Kabul and Red: asked with the time that is left, written down, sealed where the firm seals itself, sent, told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.connectors.base import Answer
from app.domain.lifecycle import DocumentKind
from app.storage import search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.dialogs.answer import ask_answer
from app.ui.lists import bulk
from app.ui.lists.seal_flow import needs_seal, send_soon
from app.ui.lists.selection import Selection

if TYPE_CHECKING:
    from app.workflows.sync import SyncReport


class AnswerFlow(QObject):
    """`told` carries a kind of message and a sentence, `failed` an AppError. GUI thread only.

    `write` is called with ids, answer and reason once the user has said yes.
    """

    told = Signal(str, str)
    failed = Signal(object)

    def __init__(self, desk: Desk, window: QWidget, write: Callable[[Sequence[int], Answer, str], None]) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._write = write

    def ask(self, what: Answer, chosen: Selection) -> None:
        """Ask for the answer; how long there is time is read first."""

        def show(due: datetime | None) -> None:
            reason = ask_answer(
                what,
                company=chosen.company_words,
                count=chosen.answerable,
                left_out=len(chosen.ids) - chosen.answerable,
                due=due,
                now=self._desk.office.clock.now(),
                parent=self._window,
            )
            if reason is not None:
                self._write(chosen.ids, what, reason)

        self._desk.read(lambda s: search.soonest_due(s, chosen.ids), show, owner=self, failed=self.failed.emit)

    def send(self, document_ids: list[int]) -> None:
        """Send those of the documents whose answers wait."""
        self._desk.run(
            self.tr("Yanıtlar hazırlanıyor"),
            lambda ctx: bulk.waiting_answers(ctx, document_ids),
            self._seal_and_send,
            owner=self,
            lane=self._desk.lanes.account("lists"),
            failed=self.failed.emit,
        )

    def _seal_and_send(self, batches: list[tuple[CompanyRecord, list[DocumentRecord]]]) -> None:
        """Each company's answers go out with its own seal, or by the integrator's."""
        from app.ui.dialogs import pin

        for company, records in batches:
            if not needs_seal(company, DocumentKind.APPLICATION_RESPONSE):
                send_soon(self._desk, company, owner=self, then=self._on_sent)
                continue
            words = self.tr("Yanıtlar mühürlenip göndericilere ve GİB'e iletilir.")
            choice = pin.ask_seal(self._desk, company, len(records), words, self._window)
            if choice is not None:
                send_soon(self._desk, company, owner=self, sealer=choice.sealer, then=self._on_sent)
            else:
                words = self.tr("Yanıtlar yazıldı, gönderilmedi: mühür verilmedi. Satırı seçip yanıtı gönderin.")
                self.told.emit("wait", words)

    def _on_sent(self, report: SyncReport) -> None:
        step = report.step("answer")
        result = (step.result or {}) if step is not None else {}
        sent, left = len(result.get("sent", ())), len(result.get("waiting", ())) + len(result.get("unknown", ()))
        if report.offline:
            words = self.tr("Yanıtlar yazıldı, bağlantı yok. Bağlantı gelince kendiliğinden gönderilir.")
            self.told.emit("wait", words)
        elif step is not None and step.error is not None:
            self.told.emit("error", step.error.sentence)
        elif result.get("refused"):
            words = self.tr("{0} yanıt kabul edilmedi. Ayrıntısı iş listesinde.").format(len(result["refused"]))
            self.told.emit("warn", words)
        elif sent or left:
            more = self.tr(" {0} yanıt daha sonra yeniden denenecek.").format(left) if left else ""
            self.told.emit("ok", self.tr("{0} yanıt gönderildi.").format(sent) + more)
