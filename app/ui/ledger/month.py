"""One month: its path at the left; vouchers, trial balance, findings and files in tabs."""

from __future__ import annotations

from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.spans import period_of_day
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.ledger import facts
from app.ui.ledger.balances import BalancesTab
from app.ui.ledger.board_model import BUILDABLE
from app.ui.ledger.facts import MonthFacts
from app.ui.ledger.files import FilesTab
from app.ui.ledger.findings_tab import FindingsTab
from app.ui.ledger.results import Told
from app.ui.ledger.side_switch import SideSwitch
from app.ui.ledger.sides import side_days
from app.ui.ledger.step_cards import Path
from app.ui.ledger.steps import steps_of, waits_words
from app.ui.ledger.vouchers import VouchersTab
from app.ui.ledger.words import look_of_month, month_name, number
from app.ui.memory import memory_of
from app.ui.theme import tokens
from app.ui.widgets import (
    ElidedLabel,
    HeadingLabel,
    IconButton,
    IconLabel,
    MenuButton,
    MessageBar,
    QuietButton,
    QuietLabel,
    SkeletonRows,
)
from app.workflows.ledger_findings import StoredCheck, stored_checks
from app.workflows.ledger_heads import fiscal_year
from app.workflows.ledger_terms import is_exporting

VOUCHERS, BALANCES, FINDINGS, FILES = range(4)
_PATH_PX = 300
#: The integrators' own formats, by the names of `ledger_export.FORMATS`.
EXPORTS: Final = {
    "izibiz": "İzibiz CSV",
    "uyumsoft-csv": "Uyumsoft CSV",
    "uyumsoft-xml": "Uyumsoft XML",
    "turkcell": "Turkcell TXT",
}


MonthAnswer = tuple[int, list[MonthFacts], list[StoredCheck]]


class MonthView(QWidget):
    """`acted(str)` asks for a step's work, `export_wanted(str)` for an integrator's file.

    `left` goes back to the board, `stepped(int)` to a neighbouring month, `settled` when the month has been read.
    `period` is the month; `month` what is shown of it: all, or the chosen fiscal period where a liquidation begins.
    """

    acted = Signal(str)
    left = Signal()
    stepped = Signal(int)
    export_wanted = Signal(str)
    all_wanted = Signal()
    settled = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = 0
        self._told: dict[tuple[int, Period], list[Told]] = {}
        self._stored: list[StoredCheck] = []
        self.company: CompanyRecord | None = None
        self.period: Period | None = None
        self.month: MonthFacts | None = None
        self.sides: list[MonthFacts] = []
        #: Which side the user wants; None: the one that waits.
        self._wants_liquidation: bool | None = None
        self.back = IconButton("back", self.tr("Panoya dön (Esc)"), self)
        self.back.clicked.connect(self.left)
        self.before = IconButton("chevron-left", self.tr("Önceki ay"), self, shortcut="Alt+PgUp")
        self.before.clicked.connect(self._on_before)
        self.after = IconButton("chevron-right", self.tr("Sonraki ay"), self, shortcut="Alt+PgDown")
        self.after.clicked.connect(self._on_after)
        self.title = HeadingLabel("", self)
        self.switch = SideSwitch(self)
        self.switch.chosen.connect(self.show_side)
        self.export_menu = QMenu(self)
        for key, words in EXPORTS.items():
            self.export_menu.addAction(words).setData(key)
        self.export_menu.triggered.connect(self._on_export)
        self.export_button = MenuButton(self.tr("Dışa aktar"), self.export_menu, self, icon="export")
        self.all_button = QuietButton(self.tr("Hepsini yap"), self, icon="forward")
        self.all_button.setToolTip(
            self.tr("Fişleri al, denetle, oluştur, mühürle, paketle: bu ay için hepsi (Ctrl+Shift+Enter)")
        )
        self.all_button.clicked.connect(self.all_wanted)
        self.firm = ElidedLabel("", self)
        self.state_icon = IconLabel("month-empty", "quiet", self)
        self.state_word = QuietLabel("", self)
        self.due = QuietLabel("", self)
        self.message = MessageBar(parent=self)
        self.path = Path(self)
        self.path.acted.connect(self.acted)
        self.vouchers = VouchersTab(desk, self)
        self.vouchers.failed.connect(self.show_error)
        self.balances = BalancesTab(desk, self)
        self.balances.failed.connect(self.show_error)
        self.balances.voucher_wanted.connect(self._on_voucher_wanted)
        self.findings = FindingsTab(self)
        self.findings.voucher_wanted.connect(self.show_voucher)
        self.findings.check_wanted.connect(self._on_check_wanted)
        self.findings.counted.connect(self._on_counted)
        self.files = FilesTab(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for widget, title in (
            (self.vouchers, self.tr("Fişler")),
            (self.balances, self.tr("Mizan")),
            (self.findings, self.tr("Bulgular")),
            (self.files, self.tr("Dosyalar")),
        ):
            self.tabs.addTab(widget, title)
        self.tabs.currentChanged.connect(self._fill_tab)
        self.skeleton = SkeletonRows(self.tabs)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        left = QFrame(self)
        left.setProperty("role", "surface")
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.path)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.tabs)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        if not memory_of(desk).restore_splitter(self.splitter, "ledger-month"):
            self.splitter.setSizes([_PATH_PX, 3 * _PATH_PX])
        head = QHBoxLayout()
        head.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.XS)
        head.setSpacing(tokens.S)
        for part in (self.back, self.before, self.title, self.after, self.state_icon, self.state_word):
            head.addWidget(part)
        head.addSpacing(tokens.M)
        head.addWidget(self.firm, 1)
        head.addWidget(self.due)
        head.addWidget(self.all_button)
        head.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.switch)
        column.addWidget(self.message)
        column.addWidget(self.splitter, 1)

    def keep(self) -> None:
        """Remember how the user has divided the room."""
        memory_of(self._desk).keep_splitter(self.splitter, "ledger-month")

    # -- which month -----------------------------------------------------------------------------------------------

    def open(self, company: CompanyRecord, period: Period) -> None:
        """Show this month; what was shown of another goes at once."""
        if (self.company, self.period) != (company, period):
            self.month = None
            self.sides = []
            self._wants_liquidation = None
            self.switch.clear()
            self._stored = []
            self.message.hide()
            self.tabs.setCurrentIndex(VOUCHERS)
            self.vouchers.model.clear()
        self.company, self.period = company, period
        self.title.setText(month_name(period))
        self.firm.setText(company.company.party.display_name)
        self._show_findings()
        self.refresh()

    def refresh(self) -> None:
        """Read the month again."""
        company, period = self.company, self.period
        if company is None or period is None:
            return
        self._asked += 1
        question, office = self._asked, self._desk.office
        today = office.clock.today()

        def read(_s: object) -> MonthAnswer:
            folder = office.folder
            sides = facts.month_sides(folder.ledgers, folder.edefter, company, period, today)
            is_there = facts.ledger_file(folder.ledgers, company, period).is_file()
            stored = stored_checks(office.context(), company, period, folder=folder.ledgers) if is_there else []
            return question, facts.archive_of_sides(sides, folder), stored

        if self.month is None:
            self.skeleton.setGeometry(self.tabs.rect())
            self.skeleton.start()
        self._desk.read(read, self._on_month, owner=self, failed=self._on_failed)

    def _on_month(self, answer: MonthAnswer) -> None:
        question, sides, stored = answer
        if question != self._asked:
            return
        self.skeleton.stop()
        is_first = self.month is None
        self.sides, self._stored = sides, stored
        self._show_month(self._chosen(sides))
        if is_first and self.isVisible():
            self.path.focus_open()
        self.settled.emit()

    def _chosen(self, sides: list[MonthFacts]) -> MonthFacts:
        """The side that the user wants, else the one that is least far."""
        wanted = self._wants_liquidation
        for side in sides:
            if side.period.is_liquidation == wanted or (wanted is None and side.state == side.whole_state):
                return side
        return sides[0]

    @Slot(bool)
    def show_side(self, is_liquidation: bool) -> None:
        """Show the fiscal period that the liquidation has begun, or the one before it."""
        self._wants_liquidation = is_liquidation
        if self.sides:
            self._show_month(self._chosen(self.sides))

    @property
    def side(self) -> Period | None:
        """The month, or the side of it that is shown."""
        return self.period if self.month is None else self.month.period

    def _show_month(self, month: MonthFacts) -> None:
        self.month = month
        self.switch.show_sides(self.sides, month)
        self._show_findings()
        look = look_of_month(month.state)
        self.state_icon.set_icon(look.icon, look.tone)
        self.state_word.setText(look.title)
        self.due.setText(waits_words(month))
        self.due.setToolTip("" if month.cell.due is None else f"{month.cell.due.source}\n{month.cell.due.note}")
        self.path.set_steps(steps_of(month, self.findings.errors))
        self.export_button.setEnabled(month.state is not None)
        is_open = month.whole_state is None or month.whole_state in BUILDABLE
        self.all_button.setVisible(is_open and not is_exporting(month.company))
        self.all_button.setEnabled(not month.earlier)
        self.files.show_files(month)
        self._title_tab(FILES, self.tr("Dosyalar"), len(month.files))
        self._fill_tab()

    def _on_failed(self, error: AppError) -> None:
        self.skeleton.stop()
        self.show_error(error)

    @Slot(object)
    def show_error(self, error: AppError) -> None:
        self.message.show_error(error)

    @Slot()
    def _fill_tab(self) -> None:
        """A tab reads when it is in front; the others when they come there."""
        month = self.month
        if month is None:
            return
        path = facts.ledger_file(self._desk.office.folder.ledgers, month.company, month.period)
        if self.tabs.currentIndex() == VOUCHERS:
            self.vouchers.show_month(path, month.key)
        elif self.tabs.currentIndex() == BALANCES:
            start, _ = fiscal_year(month.company, month.period)
            first, last = side_days(month.company.company, month.period)
            self.balances.show_month(path, start.isoformat(), first.isoformat(), last.isoformat())

    # -- findings --------------------------------------------------------------------------------------------------

    def set_told(self, company: CompanyRecord, period: Period, told: list[Told]) -> None:
        """What a check or a build found just now; what was kept of it comes with the next reading."""
        period = Period(period.year, period.month)
        self._told[company.id, period] = told
        if self.company is not None and (company.id, period) == (self.company.id, self.period):
            self._show_findings()
            if self.month is not None:
                self.path.set_steps(steps_of(self.month, self.findings.errors))

    def forget_told(self, company: CompanyRecord) -> None:
        """Vouchers have changed: what was found just now may not hold any more; what was kept says so itself."""
        self._told = {key: value for key, value in self._told.items() if key[0] != company.id}
        self._show_findings()

    def _show_findings(self) -> None:
        key = (self.company.id, self.period) if self.company is not None and self.period is not None else None
        state = self.month.state if self.month is not None else None
        is_open = state is None or state in BUILDABLE
        told, stored = self._told.get(key) if key else None, self._stored
        if self.month is not None and self.month.other is not None:
            # A month of two fiscal periods: each has its own findings.
            side = self.month.period
            told = None if told is None else [one for one in told if one.period in (None, side)]
            stored = [one for one in stored if one.check.period == side]
        self.findings.show_findings(told, stored, is_open=is_open)

    @Slot()
    def _on_check_wanted(self) -> None:
        self.acted.emit("check")

    @Slot(int, int)
    def _on_counted(self, _errors: int, count: int) -> None:
        self._title_tab(FINDINGS, self.tr("Bulgular"), count)

    def _title_tab(self, place: int, title: str, count: int) -> None:
        self.tabs.setTabText(place, f"{title} {number(count)}" if count else title)

    @Slot(int, object)
    def _on_voucher_wanted(self, voucher_id: int, day: date) -> None:
        """A card of the whole year leads to other months as well."""
        company = self.company
        if company is None or Period.of(day) == self.period:
            if company is not None and self.month is not None and self.month.other is not None:
                self.show_side(period_of_day(company.company, day).is_liquidation)
            self.show_voucher(voucher_id)
            return
        self.open(company, Period.of(day))
        self._wants_liquidation = period_of_day(company.company, day).is_liquidation
        self.vouchers.reveal_next(voucher_id)

    @Slot(int)
    def show_voucher(self, voucher_id: int) -> None:
        """Jump to a voucher of this month."""
        self.tabs.setCurrentIndex(VOUCHERS)
        self.vouchers.reveal(voucher_id)
        self.vouchers.table.setFocus()

    @Slot(QAction)
    def _on_export(self, action: QAction) -> None:
        self.export_wanted.emit(str(action.data()))

    @Slot()
    def _on_before(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _on_after(self) -> None:
        self.stepped.emit(1)
