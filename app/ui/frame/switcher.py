"""Choosing the client: a button with its name, and a panel to search by any part of title or VKN (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from app.domain.turkish import fold
from app.storage.overview import Waiting
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.frame.popup import Panel
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import ElidedLabel, IconLabel, Line, LineList, QuietLabel

_MIN_WIDTH_PX = 220
_MAX_WIDTH_PX = 360


class CompanyButton(QPushButton):
    """The chosen client's name; long ones lose their middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "quiet")
        self.setAutoDefault(False)
        self.setCheckable(True)
        self._icon = IconLabel("building", "text", self)
        self._name = ElidedLabel("", self)
        self._name.setFont(fonts.medium(self.font()))
        arrow = IconLabel("chevron-down", "quiet", self)
        for child in (self._icon, self._name, arrow):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, 0, tokens.S, 0)
        row.setSpacing(tokens.S)
        row.addWidget(self._icon)
        row.addWidget(self._name, 1)
        row.addWidget(arrow)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_company(None)

    def show_company(self, company: CompanyRecord | None) -> None:
        name = self.tr("Tüm firmalar") if company is None else company.company.party.display_name
        self._icon.set_icon("buildings" if company is None else "building")
        self._name.setText(name)
        self.setAccessibleName(self.tr("Firma: {name}").format(name=name))
        vkn = "" if company is None else f"\nVKN/TCKN {company.company.tax_number.digits}"
        self.setToolTip(f"{name}{vkn}\n{self.tr('Firma değiştir (Ctrl+K)')}")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        wanted = self._name.sizeHint().width() + 2 * (tokens.ICON_PX + tokens.S) + 2 * tokens.S + tokens.L
        return QSize(max(_MIN_WIDTH_PX, min(_MAX_WIDTH_PX, wanted)), self.fontMetrics().height() + 2 * tokens.S)

    def minimumSizeHint(self) -> QSize:
        return QSize(_MIN_WIDTH_PX, self.sizeHint().height())


class CompanySwitcher(QObject):
    """Button and panel together. Everything is in memory: an office has hundreds of clients, not more."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._companies: list[tuple[str, CompanyRecord]] = []
        self._waiting: Mapping[int, Waiting] = {}
        self.button = CompanyButton(window)
        self.button.clicked.connect(self._on_button_clicked)
        self.panel = Panel(self.button, window)
        self.panel.setAccessibleName(self.tr("Firma seçimi"))
        self.panel.closed.connect(self._on_panel_closed)
        self.field = QLineEdit(self.panel)
        self.field.setPlaceholderText(self.tr("Unvan ya da VKN/TCKN yazın"))
        self.field.setAccessibleName(self.tr("Firma ara"))
        self.field.setClearButtonEnabled(True)
        bind_icon_action(self.field)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.field.installEventFilter(self)
        self.list = LineList(self.tr("Firmalar"), self.panel)
        self.list.setFrameShape(LineList.Shape.NoFrame)
        self.list.opened.connect(self._on_list_opened)
        self.panel.column.addWidget(self.field)
        self.panel.column.addWidget(self.list, 1)
        self._foot = QuietLabel("", self.panel)
        self.panel.column.addWidget(self._foot)
        desk.company_changed.connect(self._on_company_changed)
        self._on_company_changed(desk.company)

    def show_companies(self, companies: list[CompanyRecord], waiting: Mapping[int, Waiting]) -> None:
        """The clients and what waits at each, read anew."""
        keyed = [
            (f"{fold(c.company.party.display_name)} {fold(c.company.party.title)} {c.company.tax_number.digits}", c)
            for c in companies
        ]
        self._companies = sorted(keyed, key=lambda pair: pair[0])
        self._waiting = waiting
        if self.panel.isVisible():
            self._fill()

    def open(self) -> None:
        """Ctrl+K."""
        self.field.clear()
        self._fill()
        self.panel.open()
        self.button.setChecked(True)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.open_current()
                return True
            if self.list.step(event.key()):
                return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        words = fold(self.field.text()).split()
        found = [c for key, c in self._companies if all(word in key for word in words)]
        if not words:
            # Whoever opens it without a name in mind looks for where the fire is; the sort keeps names in order.
            found.sort(key=lambda c: not self._waiting.get(c.id, Waiting()).urgent)
        lines = [self._line(c) for c in found]
        if not words:
            total = sum(self._waiting.values(), Waiting())
            lines.insert(
                0,
                Line(
                    title=self.tr("Tüm firmalar"),
                    details=(self._told(total),),
                    icon="buildings",
                    tone="text",
                    is_strong=True,
                    what=None,
                ),
            )
        self.list.lines.set_lines(lines)
        self.list.select_first()
        self._foot.setText(
            self.tr("{n} firma · Enter seçer, Esc kapatır").format(n=len(found))
            if found
            else self.tr("Bu yazıya uyan firma yok.")
        )

    def _line(self, record: CompanyRecord) -> Line:
        waiting = self._waiting.get(record.id, Waiting())
        is_chosen = self._desk.company is not None and self._desk.company.id == record.id
        return Line(
            title=record.company.party.display_name,
            details=(f"{record.company.tax_number.digits} · {self._told(waiting)}",),
            icon="check" if is_chosen else "building",
            tone="accent" if is_chosen else "quiet",
            right=self.tr("acil") if waiting.urgent else "",
            right_tone="warn",
            what=record,
        )

    def _told(self, w: Waiting) -> str:
        parts = (
            (w.answer_due, self.tr("{n} yanıt bekliyor")),
            (w.stuck, self.tr("{n} takıldı")),
            (w.unsent, self.tr("{n} gönderilmedi")),
            (w.queued, self.tr("{n} kuyrukta")),
            (w.unread, self.tr("{n} yeni")),
        )
        return " · ".join(words.format(n=n) for n, words in parts if n) or self.tr("bekleyen yok")

    @Slot()
    def _on_button_clicked(self) -> None:
        if self.panel.isVisible():
            self.panel.dismiss()
        else:
            self.open()

    @Slot()
    def _on_panel_closed(self) -> None:
        self.button.setChecked(False)

    @Slot(str)
    def _on_field_text_changed(self, _text: str) -> None:
        self._fill()

    @Slot(object)
    def _on_list_opened(self, record: object) -> None:
        self.panel.dismiss()
        self._desk.set_company(record if isinstance(record, CompanyRecord) else None)

    @Slot(object)
    def _on_company_changed(self, company: CompanyRecord | None) -> None:
        self.button.show_company(company)


def bind_icon_action(field: QLineEdit) -> None:
    """The looking glass at the front of a search field."""
    action = field.addAction(field.windowIcon(), QLineEdit.ActionPosition.LeadingPosition)
    bind_icon(action, "search", "quiet")
