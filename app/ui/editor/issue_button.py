"""Keeps the word on the editor's one button true: where the document goes may change while the window is open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.domain.errors import AppError
from app.domain.lifecycle import DocumentKind
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.editor.intent import Intent, read_intent
from app.ui.editor.totals_bar import TotalsBar
from app.ui.jobs import Changes


class IssueButton(QObject):
    """`is_again`: the document has failed and is sealed under its own number."""

    def __init__(
        self, desk: Desk, company: CompanyRecord, kind: DocumentKind, bar: TotalsBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._company, self._kind, self._bar = desk, company, kind, bar
        self.intent = Intent(kind=kind)
        self.is_again = False
        desk.changed.connect(self._on_desk_changed)
        self._ask()

    def set_again(self, again: bool) -> None:
        """After the document was read."""
        self.is_again = again
        self._show()

    def _ask(self) -> None:
        office, company, kind = self._desk.office, self._company, self._kind
        self._desk.run(
            "Okunuyor",
            lambda ctx: read_intent(ctx, office, company, kind),
            self._on_read,
            owner=self,
            failed=self._on_failed,
        )

    @Slot(object)
    def _on_desk_changed(self, changes: Changes) -> None:
        if changes.accounts or changes.companies:
            self._ask()

    def _on_read(self, intent: Intent) -> None:
        self.intent = intent
        self._show()

    def _on_failed(self, _error: AppError) -> None:
        # A connector that cannot be loaded is shown where accounts are; here the ordinary word stays.
        self._show()

    def _show(self) -> None:
        self._bar.set_verb(self.intent.button(again=self.is_again), self.intent.tip())
