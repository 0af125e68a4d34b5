"""Defter: the board of all clients' months, and one month as a path from vouchers to GİB's approval."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.ledger.archive_flow import ArchiveFlow
from app.ui.ledger.asking import ask_deleted, confirm_again, confirm_take_back, confirm_undo
from app.ui.ledger.board import Board
from app.ui.ledger.board_model import BUILDABLE
from app.ui.ledger.building import Special
from app.ui.ledger.doing import LedgerDoing
from app.ui.ledger.doors import Doors
from app.ui.ledger.facts import MonthFacts, ledger_file
from app.ui.ledger.filing import confirm_filed
from app.ui.ledger.incoming import Incoming
from app.ui.ledger.job_bar import JobBar
from app.ui.ledger.mending import Mending
from app.ui.ledger.month import MonthView
from app.ui.ledger.results import LedgerReport
from app.ui.ledger.telling import Telling
from app.ui.ledger.viewer import open_viewer
from app.ui.ledger.words import month_name
from app.ui.pages.base import Page
from app.ui.widgets import MessageBar


class LedgerPage(Page):
    """The board and the month are two faces of one page; Esc goes from the month to the board."""

    key = "ledger"
    title = "Defter"
    shows = Changes(ledgers=True, companies=True)
    keys_help = (("Enter", "Ayı aç"), ("F5", "Eşitle ve defteri yeniden oku"))

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._report: LedgerReport | None = None
        self.board = Board(desk, self)
        self.month = MonthView(desk, self)
        self.jobs = JobBar(self)
        self.doing = LedgerDoing(desk, self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.board)
        self.stack.addWidget(self.month)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(self.jobs)
        self.incoming = Incoming(self)
        self.doors = Doors(self)
        self.board.opened.connect(self.open_month)
        self.board.import_wanted.connect(self.incoming.choose_file)
        self.board.build_wanted.connect(self.doing.build)
        self.board.inventory_wanted.connect(self.doors.open_inventory)
        self.month.left.connect(self.show_board)
        self.month.stepped.connect(self._on_stepped)
        self.month.acted.connect(self._on_acted)
        self.month.export_wanted.connect(self._on_export_wanted)
        self.month.all_wanted.connect(self.do_everything)
        self.month.files.view_wanted.connect(self._on_view_wanted)
        self.archive = ArchiveFlow(self)
        self.telling = Telling(self)
        self.mending = Mending(self)
        self._action(self.tr("Fiş dosyası içe aktar"), "Ctrl+O", self.incoming.choose_file)
        self._action(self.tr("Veritabanından fiş al"), "Ctrl+Shift+O", self.doors.open_query)
        self._action(self.tr("Envanter defteri"), "Ctrl+Shift+E", self.doors.open_inventory)
        self._escape = self._action(self.tr("Panoya dön"), "Esc", self._on_escape)
        self._action(self.tr("Firmalarda ya da fişlerde ara"), "Ctrl+L", self._on_find)
        self._action(self.tr("Bu ay için hepsini yap"), "Ctrl+Shift+Return", self.do_everything)
        self._action(self.tr("Seçili ayları oluştur / sıradaki adım"), "Ctrl+Return", self._on_next)
        self.stack.currentChanged.connect(self._on_face_changed)
        self._on_face_changed()
        self.setAcceptDrops(True)

    def _action(self, text: str, shortcut: str, slot: Any) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def event(self, event: QEvent) -> bool:
        """F5 stays the window's own (sync); whoever presses it here wants to see the ledger anew as well."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_asked and event.key() == Qt.Key.Key_F5:  # type: ignore[attr-defined]
            self.refresh()
        return super().event(event)

    @Slot()
    def _on_face_changed(self) -> None:
        # A page that goes loses its Python side first, and its stack then says once more that its face changed.
        escape: QAction | None = getattr(self, "_escape", None)
        if escape is not None:
            # On the board Esc is the window's: back to the page before.
            escape.setEnabled(self.is_month)

    @property
    def message(self) -> MessageBar:
        """The bar of the face that is shown."""
        return self.month.message if self.is_month else self.board.message

    @property
    def is_month(self) -> bool:
        return self.stack.currentWidget() is self.month

    # -- showing ---------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        if self.is_month:
            self.month.refresh()
        self.board.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.is_month:
            self.board.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.month.keep()

    @Slot(object)
    def _on_company_changed(self, company: object) -> None:
        self.board.clear()
        shown = self.month.company
        if not (isinstance(company, CompanyRecord) and shown is not None and company.id == shown.id):
            self.stack.setCurrentWidget(self.board)
        super()._on_company_changed(company)

    def reveal(self, what: Any) -> None:
        """Open a month, (CompanyRecord, Period[, place of a tab]), or the board with a filter, a str."""
        if isinstance(what, tuple):
            self.open_month(*what[:2])
            if len(what) > 2:
                self.month.tabs.setCurrentIndex(what[2])
        elif isinstance(what, str):
            self.show_board()
            self.board.show_filter(what)

    @Slot(object, object)
    def open_month(self, company: CompanyRecord, period: Period) -> None:
        self.stack.setCurrentWidget(self.month)
        self.month.open(company, period)

    @Slot()
    def show_board(self) -> None:
        self.stack.setCurrentWidget(self.board)
        company, period = self.month.company, self.month.period
        if company is not None and period is not None:
            self.board.show_month(company.id, period)
        self.board.table.setFocus()

    @Slot(int)
    def _on_stepped(self, by: int) -> None:
        company, period = self.month.company, self.month.period
        if company is not None and period is not None:
            count = period.year * 12 + period.month - 1 + by
            self.open_month(company, Period(count // 12, count % 12 + 1))

    @Slot()
    def _on_escape(self) -> None:
        if self.is_month:
            self.show_board()

    @Slot()
    def _on_find(self) -> None:
        if self.is_month:
            self.month.tabs.setCurrentIndex(0)
            self.month.vouchers.search.setFocus()
        else:
            self.board.search.setFocus()

    @Slot()
    def _on_next(self) -> None:
        """Press what is to be pressed next, wherever the keyboard is."""
        if not self.is_month:
            self.board.build_button.click()
            return
        for card in self.month.path.cards.values():
            if card.step is not None and card.step.primary is not None:
                card.buttons[card.step.primary.key].click()
                return

    # -- files in --------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.incoming.take_files(paths)

    @Slot(object)
    def _on_view_wanted(self, path: Path) -> None:
        open_viewer(self.desk, path, self)

    @Slot(object)
    def show_error(self, error: AppError) -> None:
        """In the face that is shown."""
        self.message.show_error(error)

    # -- a step's work ---------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_acted(self, key: str) -> None:
        company, period, month = self.month.company, self.month.period, self.month.month
        if company is None or period is None or month is None or self.doing.is_busy:
            return
        self.month.message.hide()
        match key:
            case "import":
                self.incoming.choose_file()
            case "undo":
                self._undo(month)
            case "check":
                self.doing.check(company, period)
            case "build" if month.parts:
                if confirm_again([(company, period)], self):
                    self.doing.build([(company, period)], Special(again=True))
            case "build":
                self.doing.build([(company, period)])
            case "query":
                self.doors.open_query()
            case "inventory":
                self.doors.open_inventory()
            case "options":
                self.doors.build_with_options()
            case "export":
                self.doors.open_export()
            case "filed":
                if confirm_filed(month, self):
                    self.doing.file(company, period)
            case "back":
                self._take_back(month)
            case "approved":
                self._choose_berats(company, period)
            case "report":
                self.doing.report(company, period)

    @Slot()
    def do_everything(self) -> None:
        """The open month in one go: vouchers (asked for when there are none), check, books, seals, packages."""
        company, period, month = self.month.company, self.month.period, self.month.month
        if company is None or period is None or month is None or self.doing.is_busy:
            return
        self.month.message.hide()
        if month.whole_state is None:
            self.telling.goes_on = (company, period)
            self.incoming.choose_file()
            if not self.doing.is_busy:
                self.telling.goes_on = None
        elif month.whole_state in BUILDABLE:
            self.doing.build([(company, period)])
        else:
            words = self.tr("{0} zaten oluşturulup mühürlenmiş. Sıradaki adım solda.")
            self.month.message.show_message("wait", words.format(month_name(period)))

    def _undo(self, month: MonthFacts) -> None:
        if month.imports and confirm_undo(month, self):
            path = ledger_file(self.desk.office.folder.ledgers, month.company, month.period)
            self.doing.undo(month.company, path, month.imports[0].id)

    def _take_back(self, month: MonthFacts) -> None:
        if month.whole_state is not None and month.whole_state.is_locked:
            said = ask_deleted(month, self.desk.office.clock.today(), self)
            if said is not None:
                self.doing.take_back(month.company, month.period, deleted_by=said[0], deleted_on=said[1])
        elif confirm_take_back(month, self):
            self.doing.take_back(month.company, month.period)

    def _choose_berats(self, company: CompanyRecord, period: Period) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("GİB onaylı beratları seçin"), "", self.tr("Beratlar (*.xml *.zip);;Bütün dosyalar (*)")
        )
        if chosen:
            self.doing.approve(company, period, [Path(path) for path in chosen])

    @Slot(str)
    def _on_export_wanted(self, target: str) -> None:
        self.doors.open_export(target)

    def show_report(self, report: LedgerReport) -> None:
        """Not modal: the month can be looked at while it is open."""
        if self._report is not None:
            self._report.close()
        self._report = report
        report.show()
