"""Ayarlar: subjects at the left, the chosen one at the right. Subjects are made when they are first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from app.runtime.settings import ALL, BULK_PDF, SEAL_MODULES, THEME, Setting
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.base import Page
from app.ui.pages.settings.backup import BackupSubject
from app.ui.pages.settings.firms import FirmsSubject
from app.ui.pages.settings.generated import GeneratedSubject
from app.ui.pages.settings.integrators import IntegratorsSubject
from app.ui.pages.settings.ledger import LedgerSubject
from app.ui.pages.settings.log_view import LogSubject
from app.ui.pages.settings.rules import RulesSubject
from app.ui.pages.settings.seal import SealSubject
from app.ui.pages.settings.subject import Subject
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.style import theme

#: Settings about how things look; those with a page of their own are in neither list, all others are the office's.
_LOOKS: Final = (THEME.name, BULK_PDF.name)
_ELSEWHERE: Final = (SEAL_MODULES.name,)
#: A setting whose name begins so belongs to Defter.
_LEDGER_PREFIXES: Final = ("ledger_", "tsa_")
#: A new setting whose name begins so belongs to Görünüm.
_LOOK_PREFIXES: Final = ("theme", "look_", "notice", "tray")


def is_look(setting: Setting[Any]) -> bool:
    """Whether a setting stands under Görünüm."""
    return setting.name in _LOOKS or setting.name.startswith(_LOOK_PREFIXES)


def is_ledger(setting: Setting[Any]) -> bool:
    """Whether a setting stands under Defter."""
    return setting.name.startswith(_LEDGER_PREFIXES)


class SettingsPage(Page):
    """`reveal` takes a subject's key, the name of a setting, or (subject key, what)."""

    key: ClassVar[str] = "settings"
    title: ClassVar[str] = "Ayarlar"
    shows: ClassVar[Changes] = Changes(companies=True, settings=True, accounts=True)
    shortcut: ClassVar[str] = "Ctrl+,"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._makers: dict[str, Callable[[], Subject]] = {}
        self._subjects: dict[str, Subject] = {}
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Ayar konuları"))
        self.list.setIconSize(QSize(tokens.ICON_PX, tokens.ICON_PX))
        self.list.setStyleSheet(f"QListWidget {{ border: none; }} QListWidget::item {{ padding: 0 {tokens.S}px; }}")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stack = QStackedWidget(self)
        self._add("office", self.tr("Ofis"), "building", self._make_office)
        self._add(FirmsSubject.key, self.tr("Firmalar"), FirmsSubject.icon, self._make_firms)
        self._add(IntegratorsSubject.key, self.tr("Entegratörler"), IntegratorsSubject.icon, self._make_integrators)
        self._add(SealSubject.key, self.tr("Mühür"), SealSubject.icon, self._make_seal)
        self._add(RulesSubject.key, self.tr("Kurallar"), RulesSubject.icon, self._make_rules)
        self._add("ledger", self.tr("Defter"), "ledger", self._make_ledger)
        self._add(BackupSubject.key, self.tr("Yedek"), BackupSubject.icon, self._make_backup)
        self._add("look", self.tr("Görünüm"), "eye", self._make_look)
        self._add(LogSubject.key, self.tr("Günlük"), LogSubject.icon, self._make_log)
        self.list.setFixedWidth(self.list.sizeHintForColumn(0) + 3 * tokens.M)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(self.stack, 1)
        self.list.currentItemChanged.connect(self._on_current_item_changed)
        theme().changed.connect(self._on_theme_changed)
        self.list.setCurrentRow(0)

    def keys(self) -> list[str]:
        """The subjects, top to bottom."""
        return list(self._makers)

    def subject(self, key: str) -> Subject:
        """Open a subject and return it."""
        self.list.setCurrentRow(self.keys().index(key))
        return self._subjects[key]

    def refresh(self) -> None:
        for subject in self._subjects.values():
            subject.is_stale = True
        self._refresh_current()

    def reveal(self, what: Any) -> None:
        key, rest = what if isinstance(what, tuple) else (what, None)
        if key in self._makers:
            subject = self.subject(key)
            if rest is not None:
                subject.reveal(rest)
            return
        setting = next((s for s in ALL if s.name == key), None)
        if setting is not None:
            key = "look" if is_look(setting) else "ledger" if is_ledger(setting) else "office"
            self.subject(key).reveal(setting.name)

    def unsaved(self) -> str | None:
        """What stands unsaved in any subject, whichever is in front."""
        said = [sentence for subject in self._subjects.values() if (sentence := subject.unsaved())]
        return " ".join(said) or None

    def _add(self, key: str, title: str, icon_name: str, make: Callable[[], Subject]) -> None:
        item = QListWidgetItem(icon(icon_name), title)
        item.setData(Qt.ItemDataRole.UserRole, (key, icon_name))
        item.setSizeHint(QSize(self._item_width(title), tokens.ROW_PX + tokens.XS))
        self.list.addItem(item)
        self._makers[key] = make

    def _item_width(self, title: str) -> int:
        return self.list.fontMetrics().horizontalAdvance(title) + tokens.ICON_PX + 2 * tokens.M

    def _make_office(self) -> Subject:
        rest = [s for s in ALL if not is_look(s) and not is_ledger(s) and s.name not in _ELSEWHERE]
        sentence = self.tr("Büro adı ve eşitleme aralıkları. Değişiklikler hemen kaydedilir.")
        return GeneratedSubject(self.desk, self.tr("Ofis"), sentence, rest, self)

    def _make_look(self) -> Subject:
        sentence = self.tr("Değişiklikler hemen uygulanır.")
        return GeneratedSubject(self.desk, self.tr("Görünüm"), sentence, [s for s in ALL if is_look(s)], self)

    def _make_ledger(self) -> Subject:
        return LedgerSubject(self.desk, [s for s in ALL if is_ledger(s)], self)

    def _make_firms(self) -> Subject:
        return FirmsSubject(self.desk, self)

    def _make_integrators(self) -> Subject:
        return IntegratorsSubject(self.desk, self)

    def _make_seal(self) -> Subject:
        return SealSubject(self.desk, self)

    def _make_rules(self) -> Subject:
        return RulesSubject(self.desk, self)

    def _make_backup(self) -> Subject:
        return BackupSubject(self.desk, self)

    def _make_log(self) -> Subject:
        return LogSubject(self.desk, self)

    def _refresh_current(self) -> None:
        subject = self.stack.currentWidget()
        if isinstance(subject, Subject) and subject.is_stale and self.isVisible():
            subject.is_stale = False
            subject.refresh()

    @Slot()
    def _on_current_item_changed(self) -> None:
        key, _icon = self.list.currentItem().data(Qt.ItemDataRole.UserRole)
        if key not in self._subjects:
            subject = self._subjects[key] = self._makers[key]()
            self.stack.addWidget(subject)
        self.stack.setCurrentWidget(self._subjects[key])
        self._refresh_current()

    @Slot(object)
    def _on_company_changed(self, _company: object) -> None:
        """The subjects have their own choice of company; the switcher does not move them."""

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        for subject in self._subjects.values():
            if subject.shows.touches(changes):
                subject.is_stale = True
        self._refresh_current()

    @Slot()
    def _on_theme_changed(self) -> None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setIcon(icon(item.data(Qt.ItemDataRole.UserRole)[1]))
