"""Search everywhere (Ctrl+F): documents of all clients while one types, opened right in their lists."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.domain.lifecycle import Direction
from app.domain.turkish import format_amount, format_date
from app.storage import companies, overview, search
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.frame.popup import Panel
from app.ui.frame.switcher import bind_icon_action
from app.ui.frame.words import thousands
from app.ui.theme import tokens
from app.ui.widgets import Line, LineList, QuietLabel, look_of

_DEBOUNCE_MS = 150
_SHOWN = 30
_WIDE_PX = 640
_Answer = tuple[int, str, list[DocumentRecord], int, dict[int, str], list[CompanyRecord]]


class GlobalSearch(QObject):
    """Field and panel together. Answers older than the latest question are dropped."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._question = 0
        self.field = QLineEdit(window)
        self.field.setPlaceholderText(self.tr("Bütün firmalarda ara: belge no, unvan, VKN, kalem (Ctrl+F)"))
        self.field.setAccessibleName(self.tr("Bütün firmalarda ara"))
        self.field.setClearButtonEnabled(True)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bind_icon_action(self.field)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.installEventFilter(self)
        self.panel = Panel(self.field, window)
        self.panel.setAccessibleName(self.tr("Arama sonuçları"))
        self.list = LineList(self.tr("Arama sonuçları"), self.panel)
        self.list.setFrameShape(LineList.Shape.NoFrame)
        self.list.opened.connect(self._on_list_opened)
        self._foot = QuietLabel("", self.panel)
        self.panel.column.addWidget(self.list, 1)
        self.panel.column.addWidget(self._foot)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DEBOUNCE_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def focus(self) -> None:
        """Ctrl+F."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.panel.isVisible():
                    self.list.open_current()
                else:
                    self._on_timer_timeout()
                return True
            if event.key() == Qt.Key.Key_Escape and (self.panel.isVisible() or self.field.text()):
                self.panel.hide()
                self.field.clear()
                return True
            if self.panel.isVisible() and self.list.step(event.key()):
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_field_text_changed(self, text: str) -> None:
        self._question += 1
        if text.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self.panel.hide()

    @Slot()
    def _on_timer_timeout(self) -> None:
        text, question = self.field.text().strip(), self._question
        if not text:
            return

        def ask(s: OpenSession) -> _Answer:
            query = search.DocumentQuery(text=text)
            found = search.ids(s, query)
            known = companies.list_companies(s)
            return question, text, search.rows(s, found[:_SHOWN]), len(found), overview.company_names(s), known

        self._desk.read(ask, self._take, owner=self)

    def _take(self, answer: _Answer) -> None:
        question, text, rows, total, names, known = answer
        if question != self._question:
            return
        lines: list[Line] = []
        firms = _matching(known, text)[:5]
        if firms:
            lines.append(Line(title=self.tr("Firmalarınız"), is_header=True))
            lines.extend(
                Line(
                    title=c.company.party.display_name,
                    right=c.company.tax_number.digits,
                    icon="building",
                    tone="quiet",
                    what=c,
                )
                for c in firms
            )
        if rows:
            lines.append(Line(title=self.tr("Belgeler"), is_header=True))
            lines.extend(self._line(record, names.get(record.company_id, "")) for record in rows)
        self.list.lines.set_lines(lines)
        self.list.select_first()
        if not lines:
            self._foot.setText(self.tr("“{text}” hiçbir firmada bulunamadı.").format(text=text))
        elif total > len(rows):
            self._foot.setText(
                self.tr("{total} belgeden ilk {shown} tanesi · yazmaya devam edin").format(
                    total=thousands(total), shown=len(rows)
                )
            )
        else:
            self._foot.setText(self.tr("{total} belge · Enter açar, Esc kapatır").format(total=thousands(total)))
        if self.field.hasFocus() and not self.panel.isVisible():
            self.panel.open(width=_WIDE_PX, height=self._height())
        elif self.panel.isVisible():
            self.panel.resize(self.panel.width(), self._height())

    def _height(self) -> int:
        foot = self._foot.sizeHint().height() + 3 * tokens.S
        return min(tokens.POPUP_HEIGHT_PX, self.list.content_height() + foot)

    def _line(self, record: DocumentRecord, company: str) -> Line:
        look = look_of(record.state, review=bool(record.review_code))
        side = self.tr("gelen") if record.direction is Direction.IN else self.tr("giden")
        day = format_date(record.issue_date) if record.issue_date else ""
        parts = (record.number or self.tr("numarasız taslak"), day, side, look.title, company)
        amount = "" if record.payable is None else f"{format_amount(record.payable)} {record.currency}"
        return Line(
            title=record.partner_name or record.partner_vkn,
            details=(" · ".join(part for part in parts if part),),
            right=amount,
            icon=look.icon,
            tone=look.tone,
            what=record,
        )

    @Slot(object)
    def _on_list_opened(self, what: object) -> None:
        self.panel.hide()
        self.field.clear()
        if isinstance(what, CompanyRecord):
            self._desk.set_company(what)
        elif isinstance(what, DocumentRecord):
            self._desk.wanted.emit("inbox" if what.direction is Direction.IN else "outbox", what.id)


def _matching(known: list[CompanyRecord], text: str) -> list[CompanyRecord]:
    from app.domain.turkish import fold

    words = fold(text).split()
    return [
        c
        for c in known
        if all(w in f"{fold(c.company.party.display_name)} {c.company.tax_number.digits}" for w in words)
    ]
