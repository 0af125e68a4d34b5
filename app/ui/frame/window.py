"""The main window: frame around the pages, and the one place that knows how to open things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.runtime.settings import THEME, TRAY_NOTICES
from app.storage import companies, documents, overview
from app.storage.database import OpenSession
from app.storage.overview import Waiting
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.frame import actions, doors
from app.ui.frame.card import CardState
from app.ui.frame.header import Header
from app.ui.frame.leaving import Leaving, ask_to_lose
from app.ui.frame.messages import Messages
from app.ui.frame.shortcuts import ShortcutSheet
from app.ui.frame.strip import READING, JobsStrip, job_title, visible_jobs
from app.ui.frame.sync import SyncCenter, SyncSummary
from app.ui.frame.tabs import TabRow
from app.ui.frame.tray import Tray
from app.ui.jobs import Changes
from app.ui.memory import memory_of
from app.ui.pages.base import Page
from app.ui.pages.registry import PageSpec, available
from app.ui.pages.today import DUE_WITHIN, EndingSeal, TodayPage
from app.ui.taxpayers import TaxpayerRenewal
from app.ui.theme import tokens
from app.ui.theme.icons import app_icon
from app.ui.theme.style import theme
from app.ui.widgets import IconLabel, line_frame

if TYPE_CHECKING:
    from app.ui.ledger.archive_keeper import ArchiveKeeper

_KEY = "window"
_SIZE = (1280, 760)
_ROOMY = (1440, 860)
#: The first page is painted and read by then.
_WARM_AFTER_MS = 1_500
#: Nobody waits for the archives to be looked at.
_ARCHIVES_AFTER_MS = 180_000
#: A screen of 1366×768 at 150 %.
_LEAST = (880, 460)


class MainWindow(QMainWindow):
    """GUI thread only. `start` begins reading and syncing; before it the window only stands there."""

    def __init__(self, desk: Desk, *, specs: list[PageSpec] | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.memory = memory_of(desk)
        self._specs = {spec.key: spec for spec in (available() if specs is None else specs)}
        self._pages: dict[str, Page] = {}
        self._path: list[str] = []
        self._companies: list[CompanyRecord] = []
        self._queued = 0
        self._may_close = False
        self.archives: ArchiveKeeper | None = None
        self.setWindowTitle(self.tr("Mühürdar · Deneme ofisi") if desk.is_demo else self.tr("Mühürdar"))
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*_LEAST)
        self.center = SyncCenter(desk, self)
        self.renewal = TaxpayerRenewal(desk, self)
        self.card = CardState(desk, self)
        self.doors = doors.Doors(desk, self)
        self._build()
        self._menu = actions.Actions(self)
        self.actions_ = self._menu.by_name
        self.tray = Tray(self.windowIcon(), self.windowTitle(), self, self.actions_["quit"])
        self.leaving = Leaving(desk, self.doors, self.strip, self)
        self._wire()
        self.resize(*_SIZE)
        if not self.memory.restore_geometry(self, _KEY) and self._is_screen_small():
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _is_screen_small(self) -> bool:
        """Whether the first start had better take all of it: 1366×768, or more at 150 %."""
        room = self.screen().availableSize()
        return room.width() < _ROOMY[0] or room.height() < _ROOMY[1]

    # --- parts --------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.ribbon = _Ribbon(body)
        self.ribbon.setVisible(self.desk.is_demo)
        self.header = Header(self.desk, self, self.center, self.card)
        self.tabs = TabRow(list(self._specs.values()), body)
        self.messages = Messages(body)
        self.stack = QStackedWidget(body)
        self.strip = JobsStrip(self.desk, body)
        for part in (self.ribbon, self.header, self.tabs, line_frame(body), self.messages):
            column.addWidget(part)
        column.addWidget(self.stack, 1)
        column.addWidget(line_frame(body))
        column.addWidget(self.strip)
        self.setCentralWidget(body)
        # Tab goes through the frame in the order in which it is read.
        for first, second in (
            (self.header.switcher.button, self.header.search.field),
            (self.header.search.field, self.header.sync_button),
            (self.header.sync_button, self.header.card_button),
        ):
            QWidget.setTabOrder(first, second)

    def _wire(self) -> None:
        desk = self.desk
        self.tabs.chosen.connect(self.show_page)
        desk.wanted.connect(self._on_desk_wanted)
        desk.failed.connect(self._on_desk_failed)
        desk.changed.connect(self._on_desk_changed)
        desk.company_changed.connect(self._on_desk_company_changed)
        self.center.finished.connect(self._on_center_finished)
        self.center.changed.connect(self._on_center_changed)
        self.card.changed.connect(self._show_ending_seals)
        self.tray.pressed.connect(self.come_up)
        self.leaving.stopping.connect(self._on_leaving_stopping)
        self.leaving.gone.connect(self._on_leaving_gone)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(0)
        self._recount.timeout.connect(self._count_waiting)

    def start(self) -> None:
        """Show the last page, read what waits, and begin to sync by the clock."""
        self.tray.set_on(self.desk.office.settings.get(TRAY_NOTICES))
        last = self.memory.get(f"{_KEY}/page", "today")
        self.show_page(last if last in self._specs else next(iter(self._specs)))
        self._restore_company()
        self._count_waiting()
        self.center.refresh()
        self.center.start_timer()
        self.renewal.start()
        self.card.read_soon()
        QTimer.singleShot(_WARM_AFTER_MS, self, self._warm_rules)
        QTimer.singleShot(_ARCHIVES_AFTER_MS, self, self._keep_archives)

    @Slot()
    def _warm_rules(self) -> None:
        """Let a child compile GİB's rules before the first document is checked; nothing without a package."""
        office = self.desk.office
        if not self.isVisible() or self.leaving.is_under_way:
            return
        # A lane of its own: it waits for the child for seconds, and pages must be read meanwhile.
        self.desk.run(READING, lambda _ctx: office.rules.warm_up(), owner=self, lane=self.desk.lanes.account("rules"))

    @Slot()
    def _keep_archives(self) -> None:
        """From now on the ledgers' archives are looked at in the pauses; imported late, for the start's sake."""
        if not self.leaving.is_under_way:
            from app.ui.ledger.archive_keeper import ArchiveKeeper

            self.archives = ArchiveKeeper(self.desk, self)
            self.archives.start()

    # --- pages --------------------------------------------------------------------------------------------------------

    @property
    def page_specs(self) -> list[PageSpec]:
        return list(self._specs.values())

    @property
    def page(self) -> Page | None:
        """The page in front."""
        widget = self.stack.currentWidget()
        return widget if isinstance(widget, Page) else None

    @property
    def pages(self) -> list[Page]:
        """Those that have been shown so far."""
        return list(self._pages.values())

    @Slot(str)
    def show_page(self, key: str) -> Page | None:
        """Bring a page to front; it is made when it is first wanted. None for one this version has not."""
        if key not in self._specs:
            return None
        page = self._made(key)
        if not self._path or self._path[-1] != key:
            self._path.append(key)
            del self._path[:-20]
        self.stack.setCurrentWidget(page)
        self.tabs.set_current(key)
        self.memory.set(f"{_KEY}/page", key)
        page.take_focus()
        return page

    def _made(self, key: str) -> Page:
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = self._specs[key].page_class(self.desk, self.stack)
            self.stack.addWidget(page)
            if isinstance(page, TodayPage):
                self._show_ending_seals()
        return page

    @Slot()
    def _show_ending_seals(self) -> None:
        page = self._pages.get(TodayPage.key)
        if isinstance(page, TodayPage):
            ending = [
                EndingSeal(owner=c.owner_name, ends_at=c.ends_at, days_left=c.days_left) for c in self.card.ending
            ]
            page.show_seals(ending)

    @Slot()
    def go_back(self) -> None:
        """Esc: the page before."""
        if len(self._path) > 1:
            self._path.pop()
            self.show_page(self._path.pop())

    @Slot(str, object)
    def _on_desk_wanted(self, key: str, what: Any) -> None:
        if key == "editor":
            self.doors.open_editor(what)
            return
        if isinstance(what, int) and key in ("inbox", "outbox") and self.desk.company is not None:
            self._open_document(key, what)
            return
        self._reveal(key, what)

    def _open_document(self, key: str, document_id: int) -> None:
        """A document of another client: that client is chosen first."""

        def ask(s: OpenSession) -> CompanyRecord:
            return companies.company_by_id(s, documents.get(s, document_id).company_id)

        def then(owner: CompanyRecord) -> None:
            if self.desk.company is not None and self.desk.company.id != owner.id:
                self.desk.set_company(owner)
            self._reveal(key, document_id)

        self.desk.read(ask, then, owner=self)

    def _reveal(self, key: str, what: Any) -> None:
        page = self.show_page(key)
        if page is not None and what is not None:
            page.reveal(what)

    # --- what waits ---------------------------------------------------------------------------------------------------

    def _count_waiting(self) -> None:
        now = self.desk.office.clock.now()

        def ask(s: OpenSession) -> tuple[list[CompanyRecord], dict[int, Waiting]]:
            return companies.list_companies(s), overview.waiting(s, now=now, urgent_within=DUE_WITHIN)

        self.desk.read(ask, self._take_waiting, owner=self)

    def _take_waiting(self, read: tuple[list[CompanyRecord], dict[int, Waiting]]) -> None:
        self._companies, waiting = read
        total = sum(waiting.values(), Waiting())
        self.header.switcher.show_companies(self._companies, waiting)
        self.strip.names = {c.company.tax_number.digits: c.company.party.display_name for c in self._companies}
        company = self.desk.company
        self.tabs.show_waiting(total if company is None else waiting.get(company.id, Waiting()))
        self.strip.show_connection(is_offline=self.center.is_offline, queued=total.queued)
        self.tray.tell_waiting(total)
        self._queued = total.queued

    def _restore_company(self) -> None:
        """The client chosen last time, when there still is one."""
        digits = self.memory.get(f"{_KEY}/company", "")
        if not digits or self.desk.company is not None:
            return
        self.desk.read(lambda s: companies.get_company(s, digits), self._take_company, owner=self)

    def _take_company(self, company: CompanyRecord | None) -> None:
        if company is not None and self.desk.company is None:
            self.desk.set_company(company)

    @Slot(object)
    def _on_desk_company_changed(self, company: CompanyRecord | None) -> None:
        self.memory.set(f"{_KEY}/company", "" if company is None else company.company.tax_number.digits)
        self._recount.start()

    @Slot(object)
    def _on_desk_changed(self, changes: Changes) -> None:
        if changes.documents or changes.companies or changes.accounts:
            self._recount.start()
        if changes.accounts:
            self.center.refresh()
        if changes.settings:
            self.apply_settings()

    @Slot(object)
    def _on_desk_failed(self, error: AppError) -> None:
        self.messages.show_error(error)

    @Slot()
    def _on_center_changed(self) -> None:
        self.strip.show_connection(is_offline=self.center.is_offline, queued=self._queued)

    @Slot(object)
    def _on_center_finished(self, summary: SyncSummary) -> None:
        self.messages.tell_sync(summary, self.strip, now=self.desk.office.clock.now())
        if not summary.is_button:
            self.tray.tell_arrived(summary.received)

    # --- settings, help, leaving --------------------------------------------------------------------------------------

    def apply_settings(self) -> None:
        """Theme, tray and the menu's marks as the settings say them now."""
        theme().apply(self.desk.office.settings.get(THEME))
        self.tray.set_on(self.desk.office.settings.get(TRAY_NOTICES))
        self._menu.show_settings()

    @Slot()
    def show_shortcuts(self) -> None:
        """F1: of every page, also of those that nobody has opened yet."""
        sheet = ShortcutSheet(self, [self._made(key) for key in self._specs])
        sheet.exec()
        sheet.deleteLater()

    @Slot()
    def come_up(self) -> None:
        """To the front, from the tray, from an icon, or because it was started a second time."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that nobody below wanted: first the message goes, then the page before comes."""
        if event.key() == Qt.Key.Key_Escape:
            if self.messages.isVisible():
                self.messages.dismiss()
            else:
                self.go_back()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            self._remember()
            event.accept()
            return
        event.ignore()
        if self.leaving.is_under_way or not self._may_lose():
            return
        if self.doors.close_editors() and not self.desk.lanes.jobs():
            self._stop_clocks()
            self._remember()
            event.accept()
            return
        self.leaving.begin()

    def _may_lose(self) -> bool:
        """Whether nothing typed would be lost, or the user does not mind; else the page that has it is in front."""
        for key, page in self._pages.items():
            sentence = page.unsaved()
            if sentence and not ask_to_lose(sentence, self):
                self.show_page(key)
                return False
        return True

    def _stop_clocks(self) -> None:
        self.center.stop()
        self.renewal.stop()
        if self.archives is not None:
            self.archives.stop()

    @Slot()
    def _on_leaving_stopping(self) -> None:
        self._stop_clocks()
        self.messages.show_leaving([job_title(job, self.strip.names) for job in visible_jobs(self.desk)])
        for part in (self.header, self.tabs, self.stack, self.strip):
            part.setEnabled(False)

    @Slot()
    def _on_leaving_gone(self) -> None:
        self._may_close = True
        self.close()

    def _remember(self) -> None:
        self.memory.keep_geometry(self, _KEY)
        self.memory.sync()
        self.tray.set_on(False)


class _Ribbon(QFrame):
    """The quiet line of the demo office."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "ribbon")
        words = QLabel(self.tr("Deneme ofisi: gerçek gönderim yapılmaz. Mühürler TEST mührüdür."), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.M, tokens.XS, tokens.M, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(IconLabel("flask", "warn", self))
        row.addWidget(words)
        row.addStretch(1)
