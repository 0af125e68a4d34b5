"""From the editor's one button to the queue: the seal is asked by the same flow as in the outbox."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.errors import AppError
from app.domain.lifecycle import DocumentKind
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.lists.seal_flow import SealFlow
from app.workflows.papers import TITLES


class IssueFlow(QObject):
    """`ended` with a sentence when the invoice is sealed; `refused` with the error when it is not.

    `declined` when the user thought better of it at the question: nothing has happened.
    """

    ended = Signal(str)
    refused = Signal(object)
    declined = Signal()
    failed = Signal(object)

    def __init__(
        self, desk: Desk, company: CompanyRecord, window: QWidget, *, kind: DocumentKind = DocumentKind.INVOICE
    ) -> None:
        super().__init__(window)
        self._kind = kind
        self._company = company
        self._flow = SealFlow(desk, window)
        self._flow.ended.connect(self._on_ended)
        self._flow.failed.connect(self._on_failed)
        self._flow.declined.connect(self.declined)

    @property
    def is_running(self) -> bool:
        return self._flow.is_running

    @property
    def why(self) -> str:
        """After `declined`: what has become of the document."""
        return self._flow.why

    def start(self, document_id: int, *, again: bool = False) -> None:
        """Ask for the seal, number, seal, queue, send. `again`: it has failed and keeps its number."""
        self._flow.start("reissue" if again else "issue", [document_id])

    @Slot(object)
    def _on_ended(self, outcome: Any) -> None:
        if outcome.failed:
            self.refused.emit(outcome.failed[0].error)
        elif outcome.notes:
            # Sealed, and kept because nobody sends its kind: that is said, not hidden.
            self.ended.emit(outcome.notes[0])
        elif self._kind is DocumentKind.INVOICE:
            self.ended.emit(self.tr("Fatura mühürlendi ve gönderim kuyruğuna girdi."))
        else:
            self.ended.emit(self.tr("{0} mühürlendi ve gönderim kuyruğuna girdi.").format(TITLES[self._kind]))

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.failed.emit(error)
