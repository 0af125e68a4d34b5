"""The work list: unknown outcomes and reviews, one after the other; why, what was tried, the next safe step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.dates import ISTANBUL, istanbul_date
from app.domain.errors import AppError
from app.domain.lifecycle import Direction
from app.domain.turkish import format_amount, format_datetime
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.jobs import Changes
from app.ui.lists import worklist
from app.ui.lists.seal_flow import patiently
from app.ui.lists.worklist import WorkItem
from app.ui.theme import fonts, tokens
from app.ui.widgets import (
    ElidedLabel,
    EmptyState,
    HeadingLabel,
    Line,
    LineList,
    LinkButton,
    MessageBar,
    QuietButton,
    QuietLabel,
    StateBadge,
    line_frame,
    look_of,
)
from app.workflows import sync
from app.workflows.resolving import Step
from app.workflows.sync import SyncReport

_STATUS_PAUSE = timedelta(seconds=1)
#: A reason shorter than this is refused by the workflow.
_LEAST_REASON = 3


class WorkListDialog(QDialog):
    """Not modal: the lists can be worked on meanwhile. `company` None means all of them. GUI thread only."""

    def __init__(
        self, desk: Desk, company: CompanyRecord | None, parent: QWidget | None = None, *, focus: int | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._company = company
        self._wanted = focus
        self._items: list[WorkItem] = []
        self._shown: WorkItem | None = None
        self.reason = QLineEdit(self)
        self.reason.hide()
        self._asked = 0
        self._is_busy = False
        self.step_buttons: dict[str, QuietButton] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("İş listesi")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.heading = HeadingLabel(title, self)
        owner = company.company.party.display_name if company is not None else self.tr("Tüm firmalar")
        self.message = MessageBar(parent=self)
        self.list = LineList(self.tr("Bakılacak belgeler"), self)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.detail = QScrollArea(self)
        self.detail.setWidgetResizable(True)
        self.detail.setFrameShape(QFrame.Shape.NoFrame)
        self.empty = EmptyState(
            "check-circle",
            self.tr("Bakılacak iş yok"),
            self.tr("Sonucu bilinmeyen ya da elle bakılması gereken belge kalmadı."),
            parent=self,
        )
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.detail)
        splitter.setSizes([tokens.TEXT_WIDTH_PX * 2 // 3, tokens.TEXT_WIDTH_PX])
        self.stack = QStackedWidget(self)
        self.stack.addWidget(splitter)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        top = QHBoxLayout()
        top.setSpacing(tokens.M)
        top.addWidget(self.heading)
        top.addWidget(ElidedLabel(owner, self, quiet=True), 1)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.stack, 1)
        self.resize(tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + 120)
        refresh = QShortcut(QKeySequence("F5"), self)
        refresh.activated.connect(self.refresh)
        desk.changed.connect(self._on_desk_changed)
        self.refresh()

    @property
    def item(self) -> WorkItem | None:
        """The one whose details are shown."""
        row = self.list.currentIndex().row()
        return self._items[row] if 0 <= row < len(self._items) else None

    @Slot()
    def refresh(self) -> None:
        self._asked += 1
        question, office = self._asked, self._desk.office
        company_id = self._company.id if self._company is not None else None
        self._desk.run(
            self.tr("İş listesi okunuyor"),
            lambda ctx: (question, worklist.load(ctx, office, company_id)),
            self._on_loaded,
            owner=self,
            failed=self._on_failed,
        )

    @Slot(object)
    def _on_desk_changed(self, changes: Changes) -> None:
        if changes.documents:
            self.refresh()

    def _on_loaded(self, answer: tuple[int, Sequence[WorkItem]]) -> None:
        question, items = answer
        if question != self._asked:
            return
        before, row = self.item, self.list.currentIndex().row()
        kept = self._wanted if self._wanted is not None else (before.record.id if before is not None else None)
        self._wanted = None
        self._items = list(items)
        self.heading.setText(self.tr("İş listesi ({0})").format(len(items)) if items else self.tr("İş listesi"))
        self.list.lines.set_lines([self._line(item) for item in items])
        self.stack.setCurrentIndex(0 if items else 1)
        if not items:
            return
        # The settled one is gone: what stood below it comes next.
        place = next((i for i, it in enumerate(items) if it.record.id == kept), min(max(row, 0), len(items) - 1))
        self.list.setCurrentIndex(self.list.lines.index(place, 0))
        self._show_item()

    def _line(self, item: WorkItem) -> Line:
        record = item.record
        look = look_of(record.state, review=bool(record.review_code))
        firm = "" if self._company is not None else item.company.company.party.display_name
        return Line(
            title=record.partner_name or record.partner_vkn,
            details=(" · ".join(p for p in (record.number, firm) if p), item.reason),
            wraps=True,
            right=look.title,
            right_tone=look.tone,
            icon=look.icon,
            tone=look.tone,
            what=record.id,
        )

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_item()

    # -- one document ------------------------------------------------------------------------------------------------

    def _show_item(self) -> None:
        item = self.item
        if item is None or item == self._shown:
            # Nothing new: what is being typed stays.
            return
        typed = self.reason.text() if self._shown is not None and self._shown.record.id == item.record.id else ""
        self._shown = item
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(tokens.L, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.M)
        column.addWidget(HeadingLabel(item.record.partner_name or item.record.partner_vkn, inside))
        facts = QHBoxLayout()
        facts.setSpacing(tokens.M)
        facts.addWidget(StateBadge(item.record.state, inside, review=bool(item.record.review_code)))
        facts.addWidget(QuietLabel(_facts(item.record), inside), 1)
        column.addLayout(facts)
        for title, sentences in (
            (self.tr("Ne oldu"), (item.reason,)),
            (self.tr("Program ne yaptı"), item.tried),
            (self.tr("Sıradaki güvenli adım"), (item.todo,)),
        ):
            if any(sentences):
                section = QVBoxLayout()
                section.setSpacing(tokens.XS)
                section.addWidget(_Title(title, inside))
                for sentence in sentences:
                    section.addWidget(_words(sentence, inside))
                column.addLayout(section)
        self._add_asking(item, column, inside)
        self._add_steps(item, column, inside)
        link = LinkButton(self.tr("Belgeyi listede göster"), inside)
        link.clicked.connect(self._on_link_clicked)
        column.addWidget(link, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.reason.setText(typed)
        self.detail.setWidget(inside)

    def _add_asking(self, item: WorkItem, column: QVBoxLayout, inside: QWidget) -> None:
        self.ask_button = QuietButton(self.tr("Şimdi sor"), inside, icon="sync")
        self.ask_button.clicked.connect(self.ask_now)
        self.ask_hint = QuietLabel(self._ask_words(item), inside, wrap=True)
        self.ask_button.setVisible(item.can_ask)
        self.ask_hint.setVisible(item.can_ask)
        self.ask_button.setEnabled(item.ask_at is None and not self._is_busy)
        row = QHBoxLayout()
        row.setSpacing(tokens.M)
        row.addWidget(self.ask_button)
        row.addWidget(self.ask_hint, 1)
        column.addLayout(row)

    def _ask_words(self, item: WorkItem) -> str:
        if item.ask_at is None:
            return self.tr("Entegratöre durumu sorulur; hiçbir şey yeniden gönderilmez.")
        when = _clock(item.ask_at, self._desk.office.clock.now())
        return self.tr("Entegratör daha sık sorulmasına izin vermiyor; en erken {0} sorulabilir.").format(when)

    def _add_steps(self, item: WorkItem, column: QVBoxLayout, inside: QWidget) -> None:
        self.step_buttons = {}
        self.reason = QLineEdit(inside)
        if not item.steps:
            column.addWidget(QuietLabel(self.tr("Sizden beklenen bir karar yok; program izlemeyi sürdürüyor."), inside))
            self.reason.setVisible(False)
            return
        column.addWidget(line_frame(inside))
        column.addWidget(_Title(self.tr("Sizin kararınız"), inside))
        self.reason.setPlaceholderText(self.tr("Ne gördünüz? Kararla birlikte belgenin geçmişine yazılır."))
        self.reason.setAccessibleName(self.tr("Kararın nedeni (zorunlu)"))
        self.reason.textChanged.connect(self._show_readiness)
        column.addWidget(self.reason)
        for step in item.steps:
            button = QuietButton(step.title, inside)
            button.setProperty("step", step.key)
            button.clicked.connect(self._on_step_clicked)
            self.step_buttons[step.key] = button
            row = QHBoxLayout()
            row.setSpacing(tokens.M)
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
            row.addWidget(QuietLabel(step.explanation, inside, wrap=True), 1)
            column.addLayout(row)
        self._show_readiness()

    @Slot()
    def _show_readiness(self) -> None:
        is_ready = len(" ".join(self.reason.text().split())) >= _LEAST_REASON and not self._is_busy
        for button in self.step_buttons.values():
            button.setEnabled(is_ready)
            button.setToolTip("" if is_ready else self.tr("Önce ne gördüğünüzü yazın."))

    # -- doing -------------------------------------------------------------------------------------------------------

    @Slot()
    def ask_now(self) -> None:
        """Ask the integrator of this document's firm; what a floor forbids is said, not done."""
        item = self.item
        if item is None or item.account is None or self._is_busy:
            return
        office, company, account = self._desk.office, item.company, item.account
        self._begin(
            self.tr("Entegratöre soruluyor"),
            lambda ctx: patiently(ctx, lambda: sync.sync_company(ctx, company, office.line(account))),
            self._on_asked,
            item,
        )

    def _on_asked(self, report: SyncReport) -> None:
        self._rest()
        skipped = report.step("status")
        if report.errors:
            self.message.show_error(report.errors[0])
        elif skipped is not None and skipped.skipped_until is not None and self.item is not None:
            when = _clock(skipped.skipped_until, self._desk.office.clock.now())
            self.message.show_message(
                "wait", self.tr("Soruldu. Durumlar yeniden en erken {0} sorulabilir.").format(when)
            )
        else:
            self.message.show_message("ok", self.tr("Entegratöre soruldu; sonucu belgenin geçmişinde."))

    @Slot()
    def _on_step_clicked(self) -> None:
        sender, item = self.sender(), self.item
        if item is None or sender is None:
            return
        step = next(s for s in item.steps if s.key == sender.property("step"))
        self.decide(step)

    def decide(self, step: Step) -> None:
        """Take one step with the reason that was typed; what cannot be taken back is asked first."""
        item, reason = self.item, self.reason.text()
        if item is None or self._is_busy:
            return
        question = worklist.QUESTIONS.get(step.key)
        if question is not None:
            title, consequence, yes = question
            firm = f"{item.company.company.party.display_name} · {item.record.number or item.record.partner_name}"
            if not confirm(title, company=firm, consequence=consequence, yes=yes, parent=self):
                return
        office = self._desk.office
        self._begin(
            step.title,
            lambda ctx: patiently(ctx, lambda: worklist.decide(ctx, office, item, step.key, reason)),
            self._on_decided,
            item,
        )

    def _on_decided(self, record: DocumentRecord) -> None:
        self._rest()
        name = record.number or record.partner_name
        title = look_of(record.state, review=bool(record.review_code)).title
        self.message.show_message("ok", self.tr("{0}: kararınız yazıldı. Durumu: {1}.").format(name, title))

    def _begin(self, title: str, work: Callable[..., object], then: Callable[..., None], item: WorkItem) -> None:
        self._is_busy = True
        self.message.hide()
        self.ask_button.setEnabled(False)
        self._show_readiness()
        account = item.account
        self._desk.run(
            title,
            work,
            then,
            owner=self,
            company=item.company,
            lane=self._desk.account_lane(account.id) if account is not None else None,
            changes=Changes(documents=True),
            failed=self._on_failed,
        )

    def _on_failed(self, error: AppError) -> None:
        self._rest()
        self.message.show_error(error)

    def _rest(self) -> None:
        self._is_busy = False
        item = self.item
        if item is not None:
            self.ask_button.setEnabled(item.ask_at is None)
            self._show_readiness()

    @Slot()
    def _on_link_clicked(self) -> None:
        if self.item is not None:
            record = self.item.record
            self._desk.wanted.emit("inbox" if record.direction is Direction.IN else "outbox", record.id)


class _Title(QLabel):
    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setFont(fonts.medium(self.font()))


def _words(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _facts(record: DocumentRecord) -> str:
    amount = f"{format_amount(record.payable)} {record.currency}" if record.payable is not None else ""
    return " · ".join(part for part in (record.number, amount) if part)


def _clock(moment: datetime, now: datetime) -> str:
    """`13:40`, with its day when that is not today."""
    # Rounded up: at the minute that is shown it may really be asked.
    shown = moment + timedelta(minutes=1) - _STATUS_PAUSE
    if istanbul_date(shown) == istanbul_date(now):
        return f"{shown.astimezone(ISTANBUL):%H:%M}"
    return format_datetime(shown)
