""" "Arşivi şimdi denetle" on the ledger page: progress, cancel, what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.domain.voucher import Period
from app.runtime.lanes import Cancelled
from app.storage.records import CompanyRecord
from app.ui.jobs import JobHandle
from app.ui.ledger.archive_keeper import check_now
from app.ui.ledger.archive_words import archive_report, archive_sentence
from app.workflows.ledger_selfcheck import ArchiveCheck

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class ArchiveFlow(QObject):
    """Lives with the page."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page
        self._handle: JobHandle | None = None
        page.board.archive_wanted.connect(self.check)
        page.month.files.check_wanted.connect(self._on_month_wanted)

    @Slot(object)
    def check(self, chosen: list[CompanyRecord] | None, only: Period | None = None) -> None:
        """Judge the archives of these companies now; None means all."""
        page = self._page
        if page.doing.is_busy or self._handle is not None:
            return
        self._handle = check_now(
            page.desk, chosen, owner=self, then=self._on_checked, failed=page.show_error, only=only
        )
        self._handle.ended.connect(self._on_ended)
        page.jobs.watch(self._handle, self.tr("Defter arşivi denetleniyor"))

    @Slot()
    def _on_month_wanted(self) -> None:
        month = self._page.month
        if month.company is not None and month.period is not None:
            self.check([month.company], month.period)

    def _on_checked(self, found: list[tuple[CompanyRecord, ArchiveCheck]]) -> None:
        is_fine = all(check.ok for _, check in found)
        page = self._page
        page.message.show_message("ok" if is_fine else "error", archive_sentence(found))
        if not is_fine:
            page.show_report(archive_report(found, page))

    @Slot(object)
    def _on_ended(self, outcome: object) -> None:
        self._page.jobs.done(self._handle)
        self._handle = None
        if isinstance(outcome, Cancelled):
            words = self.tr("Denetim durduruldu; bakılan ayların sonucu saklandı.")
            self._page.message.show_message("wait", words)
