"""Ayarlar › Defter: how the archives stood when they were last looked at, and a button that looks now."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.turkish import format_datetime
from app.runtime.lanes import Cancelled
from app.storage import companies
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import JobHandle
from app.ui.ledger.archive_keeper import check_now
from app.ui.ledger.archive_words import archive_report, archive_sentence
from app.ui.ledger.results import LedgerReport
from app.ui.ledger.words import number
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, IconLabel, MessageBar, QuietButton, QuietLabel
from app.workflows.ledger_selfcheck import ArchiveCheck, checks_of

Found = list[tuple[CompanyRecord, ArchiveCheck]]


class ArchiveRow(QWidget):
    """Reads when it is shown; one look at a time, which can be stopped."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._handle: JobHandle | None = None
        self._report: LedgerReport | None = None
        self.icon = IconLabel("clock", "quiet", self)
        self.words = QuietLabel("", self, wrap=True)
        self.button = QuietButton(self.tr("Arşivi şimdi denetle"), self, icon="check")
        self.button.clicked.connect(self._on_clicked)
        self.message = MessageBar(parent=self)
        row = QHBoxLayout()
        row.setSpacing(tokens.S)
        row.addWidget(self.icon)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.M, 0, 0)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(self.tr("Defter arşivi"), self))
        column.addLayout(row)
        column.addWidget(self.message)

    def refresh(self) -> None:
        """Read what the last looks have found."""
        folder = self._desk.office.folder

        def read(session: OpenSession) -> Found:
            owners = companies.list_companies(session)
            return [(one, check) for one in owners for check in checks_of(one, folder).values()]

        self._desk.read(read, self._show, owner=self)

    def _show(self, found: Found) -> None:
        bad = sum(not check.ok for _, check in found)
        if not found:
            self.icon.set_icon("clock", "quiet")
            self.words.setText(self.tr("Henüz denetlenmedi."))
            return
        newest = format_datetime(max(check.checked_at for _, check in found))
        told = (
            self.tr("{0} ayın dosyalarında sorun var").format(number(bad))
            if bad
            else self.tr("{0} ayın dosyaları yerinde ve değişmemiş").format(number(len(found)))
        )
        self.icon.set_icon("error" if bad else "check-circle", "error" if bad else "ok")
        self.words.setText(self.tr("{0}. Son denetim {1}.").format(told, newest))

    @Slot()
    def _on_clicked(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self.button.setEnabled(False)
            return
        self.message.hide()
        self.button.setText(self.tr("Durdur"))
        self._handle = check_now(self._desk, None, owner=self, then=self._on_checked, failed=self._on_failed)
        self._handle.progressed.connect(self._on_progressed)
        self._handle.ended.connect(self._on_ended)

    @Slot(int, int, str)
    def _on_progressed(self, done: int, total: int, what: str) -> None:
        if total and self._handle is not None:
            self.words.setText(f"{number(done)}/{number(total)} · {what}")

    def _on_checked(self, found: Found) -> None:
        is_fine = all(check.ok for _, check in found)
        self.message.show_message("ok" if is_fine else "error", archive_sentence(found))
        if not is_fine:
            self._report = archive_report(found, self)
            self._report.show()

    def _on_failed(self, error: AppError) -> None:
        self.message.show_error(error)

    @Slot(object)
    def _on_ended(self, outcome: object) -> None:
        self._handle = None
        self.button.setText(self.tr("Arşivi şimdi denetle"))
        self.button.setEnabled(True)
        if isinstance(outcome, Cancelled):
            self.message.show_message("wait", self.tr("Denetim durduruldu; bakılan ayların sonucu saklandı."))
        self.refresh()
