"""Bugün: what lapses, what is stuck, what arrived, across all clients. Each line is a door to the very thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_amount
from app.storage import companies, overview
from app.storage.database import OpenSession
from app.storage.records import DocumentRecord
from app.ui.desk import Desk
from app.ui.frame.words import ago, left, long_date, thousands
from app.ui.jobs import Changes
from app.ui.pages.base import Page
from app.ui.stuck import why_stuck
from app.ui.theme import tokens
from app.ui.theme.tokens import Tone
from app.ui.widgets import EmptyState, HeadingLabel, Line, LineList, QuietLabel, Section, SkeletonRows, look_of

if TYPE_CHECKING:
    from app.ui.ledger.today_lines import LedgerNews

#: The ledgers of all clients are read when the page stands; what changes at once is read once.
_LEDGERS_AFTER_MS = 1_000
#: Answers that end within this are shown; the same span as the countdown's warning in the lists.
DUE_WITHIN = timedelta(days=3)
_URGENT_WITHIN = timedelta(days=1)
#: A seal that ends takes weeks to renew; in its last days it is as urgent as a lapsing answer.
_SEAL_URGENT_DAYS = 7
_EMPTY_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingSeal:
    """A seal card whose certificate ends soon, as the card reader told it."""

    owner: str
    ends_at: str
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDoor:
    """Where a line about ledgers leads: (CompanyRecord, Period, tab) of a client, or the board's filter."""

    what: Any


@dataclass(frozen=True, slots=True)
class _Read:
    due: overview.Found
    stuck: overview.Found
    arrived: overview.Found
    names: dict[int, str]
    has_account: bool
    now: datetime


class _Column(Section):
    """One of the three questions, with its own words for an empty answer."""

    def __init__(self, title: str, sentence: str, icon: str, empty: str, calm: str, parent: QWidget) -> None:
        super().__init__(title, parent, sentence=sentence, raised=True)
        self.list = LineList(title, self)
        self.list.setFrameShape(LineList.Shape.NoFrame)
        self.empty = EmptyState(icon, empty, calm, parent=self, lines=_EMPTY_LINES)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.skeleton = SkeletonRows(self.list)
        self.more = QuietLabel("", self)
        self.body.addWidget(self.stack, 1)
        self.body.addWidget(self.more)

    def show_lines(self, lines: list[Line], total: int) -> None:
        self.skeleton.stop()
        self.list.lines.set_lines(lines)
        self.stack.setCurrentWidget(self.list if lines else self.empty)
        self.set_count(total)
        hidden = total - len(lines)
        self.more.setVisible(hidden > 0)
        self.more.setText(self.tr("ve {n} belge daha").format(n=thousands(hidden)))


class TodayPage(Page):
    """Across all clients, whichever is chosen."""

    key = "today"
    title = "Bugün"
    shows = Changes(documents=True, companies=True, accounts=True, ledgers=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._date = HeadingLabel("", self)
        self._summary = QuietLabel("", self)
        top = QHBoxLayout()
        top.setSpacing(tokens.M)
        top.addWidget(self._date)
        top.addWidget(self._summary)
        top.addStretch(1)
        self.due = _Column(
            self.tr("Süresi dolanlar"),
            self.tr("Üç gün içinde yanıtlanmazsa kabul sayılanlar; günü yaklaşan defterler; süresi biten mühürler."),
            "check-circle",
            self.tr("Süresi dolan yok"),
            self.tr("Önümüzdeki üç gün içinde yanıtlanması gereken ticari fatura kalmadı."),
            self,
        )
        self.stuck = _Column(
            self.tr("Takılanlar"),
            self.tr("Gitmeyen, sonucu bilinmeyen ya da elle bakılması gerekenler."),
            "check-circle",
            self.tr("Takılan yok"),
            self.tr("Her gönderim yolunda; elle bakılması gereken belge yok."),
            self,
        )
        self.arrived = _Column(
            self.tr("Gelenler"),
            self.tr("Son 60 günde gelip açılmamış belgeler, yenisi üstte."),
            "check-circle",
            self.tr("Yeni belge yok"),
            self.tr("Gelen bütün belgeler okundu. Yenilerini almak için F5'e basın."),
            self,
        )
        self._seals: tuple[EndingSeal, ...] = ()
        self._known: _Read | None = None
        self._news: LedgerNews | None = None
        self._reads_news = True
        self._due_lines: list[Line] = []
        self._broken_lines: list[Line] = []
        self._ledgers_soon = QTimer(self)
        self._ledgers_soon.setSingleShot(True)
        self._ledgers_soon.setInterval(_LEDGERS_AFTER_MS)
        self._ledgers_soon.timeout.connect(self._read_ledgers)
        desk.closed.connect(self._ledgers_soon.stop)
        self.columns = (self.due, self.stuck, self.arrived)
        self.begin = EmptyState("building", "", "", parent=self)
        self.begin.pressed.connect(self._on_begin_pressed)
        self._begins_with = ""
        questions = QWidget(self)
        row = QHBoxLayout(questions)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.M)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(questions)
        self.stack.addWidget(self.begin)
        for column in self.columns:
            row.addWidget(column, 1)
            column.list.opened.connect(self._on_list_opened)
        page = QVBoxLayout(self)
        page.setContentsMargins(tokens.M, tokens.M, tokens.M, tokens.S)
        page.setSpacing(tokens.M)
        page.addLayout(top)
        page.addWidget(self.stack, 1)

    def refresh(self) -> None:
        now = self.desk.office.clock.now()
        for column in self.columns:
            column.skeleton.setGeometry(column.list.rect())
            column.skeleton.start()

        def ask(s: OpenSession) -> _Read:
            return _Read(
                overview.due_answers(s, now=now, within=DUE_WITHIN),
                overview.stuck(s),
                overview.arrived(s, now=now),
                overview.company_names(s),
                bool(companies.list_accounts(s)),
                now,
            )

        self.desk.read(ask, self._take, owner=self)
        if self._reads_news:
            # Every client's ledger is opened for it: only when one may have changed.
            self._reads_news = False
            self._ledgers_soon.start()

    @Slot()
    def _read_ledgers(self) -> None:
        office = self.desk.office
        today = office.clock.today()

        def ask(s: OpenSession) -> LedgerNews:
            # Much of the program comes with the ledgers; the window's start does not wait for it.
            from app.ui.ledger.today_lines import read_news

            return read_news(office.folder, companies.list_companies(s), today)

        self.desk.read(ask, self._take_news, owner=self)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        self._reads_news = self._reads_news or changes.ledgers or changes.companies
        super()._on_changed(changes)

    def _take_news(self, news: LedgerNews) -> None:
        from app.ui.ledger.today_lines import broken_lines, due_lines

        self._news = news
        self._due_lines, self._broken_lines = due_lines(news), broken_lines(news)
        if self._known is not None:
            self._take(self._known)

    def show_seals(self, seals: Sequence[EndingSeal]) -> None:
        """Seals among the cards in the readers that end soon; the window tells after it has looked."""
        if tuple(seals) != self._seals:
            self._seals = tuple(seals)
            if self._known is not None:
                self._take(self._known)

    def _take(self, read: _Read) -> None:
        self._known = read
        self._date.setText(long_date(read.now))
        had_rows = any(column.list.lines.rowCount() for column in self.columns)
        ledgers, broken = self._due_lines, self._broken_lines
        due = [
            *(self._seal_line(seal) for seal in self._seals),
            *ledgers,
            *(self._due_line(r, read) for r in read.due.rows),
        ]
        self.due.show_lines(due, read.due.total + len(self._seals) + len(ledgers))
        stuck = [*broken, *(self._stuck_line(r, read) for r in read.stuck.rows)]
        self.stuck.show_lines(stuck, read.stuck.total + len(broken))
        self.arrived.show_lines([self._arrived_line(r, read) for r in read.arrived.rows], read.arrived.total)
        if not had_rows and self.window().focusWidget() is None:
            self._focus_first()
        waiting = sum(len(day.owners) for day in self._news.days) if self._news is not None else 0
        parts = (
            (read.due.total, self.tr("{n} yanıtın süresi doluyor")),
            (len(self._seals), self.tr("{n} mührün süresi bitiyor")),
            (waiting, self.tr("{n} defter yüklenmeyi bekliyor")),
            (read.stuck.total, self.tr("{n} belge takıldı")),
            (len(broken), self.tr("{n} defter arşivinde sorun var")),
            (read.arrived.total, self.tr("{n} yeni belge geldi")),
        )
        told = ", ".join(words.format(n=thousands(n)) for n, words in parts if n)
        told = f"{told}." if told else self.tr("Bekleyen iş yok; masa temiz.")
        if self.desk.company is not None and len(read.names) > 1:
            # The tabs count the chosen firm, this page never does.
            told = self.tr("Bütün firmalar: {told}").format(told=told)
        self._summary.setText(told)
        self._show_begin(read)

    def _show_begin(self, read: _Read) -> None:
        """An office that cannot have work yet is told what comes first instead of "nothing waits" three times."""
        has_lines = any(column.list.lines.rowCount() for column in self.columns)
        if not read.names:
            self._begins_with = "firms"
            self.begin.set_words(
                self.tr("Önce bir firma ekleyin"),
                self.tr("Firmaların bekleyen işleri burada bir arada durur. Eklemek için firmanın VKN'si yeter."),
                self.tr("Firma ekle"),
            )
        elif not read.has_account and not has_lines:
            self._begins_with = "integrators"
            self.begin.set_words(
                self.tr("Sıradaki adım: entegratör"),
                self.tr(
                    "Belge alıp göndermek için firmanın entegratör hesabı gerekir; taslak o olmadan da hazırlanır."
                ),
                self.tr("Entegratör tanımla"),
            )
        else:
            self._begins_with = ""
        self._summary.setVisible(not self._begins_with)
        self.stack.setCurrentIndex(1 if self._begins_with else 0)

    @Slot()
    def _on_begin_pressed(self) -> None:
        self.desk.wanted.emit("settings", self._begins_with)

    def _focus_first(self) -> None:
        """The keys work at once: the first column with something in it has the focus."""
        column = next((c for c in self.columns if c.list.lines.rowCount()), None)
        if column is not None:
            column.list.setFocus(Qt.FocusReason.OtherFocusReason)
            column.list.select_first()

    def _seal_line(self, seal: EndingSeal) -> Line:
        tone: Tone = "error" if seal.days_left <= _SEAL_URGENT_DAYS else "warn"
        return Line(
            title=seal.owner,
            details=(self.tr("Mali mühür {date} tarihinde biter").format(date=seal.ends_at), self.tr("→ Yenileyin")),
            right=self.tr("{n} gün").format(n=seal.days_left) if seal.days_left >= 0 else self.tr("süre doldu"),
            right_tone=tone,
            icon="seal",
            tone=tone,
            what=seal,
        )

    def _due_line(self, record: DocumentRecord, read: _Read) -> Line:
        is_urgent = record.answer_due_at is not None and record.answer_due_at - read.now < _URGENT_WITHIN
        tone: Tone = "error" if is_urgent else "warn"
        return Line(
            title=record.partner_name or record.partner_vkn,
            details=(_facts(_money(record), record.number), read.names.get(record.company_id, "")),
            right=left(record.answer_due_at, now=read.now),
            right_tone=tone,
            icon="clock",
            tone=tone,
            what=record,
        )

    def _stuck_line(self, record: DocumentRecord, read: _Read) -> Line:
        reason, todo = why_stuck(record)
        look = look_of(record.state)
        is_lost = record.state in (State.FAILED, State.UNKNOWN)
        facts = _facts(record.number, read.names.get(record.company_id, ""))
        return Line(
            title=record.partner_name or record.partner_vkn,
            details=(facts, reason, f"→ {todo}"),
            wraps=True,
            right=look.title if is_lost else self.tr("İncele"),
            right_tone=look.tone if is_lost else "warn",
            icon=look.icon if is_lost else "warn",
            tone=look.tone if is_lost else "warn",
            tip=f"{record.partner_name}\n{reason}\n→ {todo}",
            what=record,
        )

    def _arrived_line(self, record: DocumentRecord, read: _Read) -> Line:
        return Line(
            title=record.partner_name or record.partner_vkn,
            details=(
                _facts(record.number, ago(record.arrived_at, now=read.now)),
                read.names.get(record.company_id, ""),
            ),
            right=_money(record),
            icon=look_of(record.state).icon,
            is_strong=True,
            what=record,
        )

    @Slot(object)
    def _on_list_opened(self, record: object) -> None:
        if isinstance(record, DocumentRecord):
            self.desk.wanted.emit("inbox" if record.direction is Direction.IN else "outbox", record.id)
        elif isinstance(record, EndingSeal):
            self.desk.wanted.emit("settings", "seal")
        elif isinstance(record, LedgerDoor):
            self.desk.wanted.emit("ledger", record.what)


def _facts(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _money(record: DocumentRecord) -> str:
    return "" if record.payable is None else f"{format_amount(record.payable)} {record.currency}"
