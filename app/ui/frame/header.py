"""The top line of the window: client, search, sync state, card."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.ui.desk import Desk
from app.ui.frame.card import CardButton, CardState
from app.ui.frame.search import GlobalSearch
from app.ui.frame.switcher import CompanySwitcher
from app.ui.frame.sync import SyncCenter
from app.ui.frame.words import ago
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import MenuButton

_TICK_MS = 30_000


class SyncButton(MenuButton):
    """`2 dk önce ⟳`; a press syncs."""

    def __init__(self, center: SyncCenter, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("", None, parent, icon="sync")
        self._center, self._desk = center, desk
        self.setPopupMode(MenuButton.ToolButtonPopupMode.DelayedPopup)
        self.clicked.connect(center.sync_chosen)
        center.changed.connect(self._on_center_changed)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_center_changed)
        self._timer.start()
        self._on_center_changed()

    @Slot()
    def _on_center_changed(self) -> None:
        center = self._center
        summary = center.summary
        tip = self.tr("Gönder, sor ve al (F5)")
        icon = "sync"
        if summary is not None:
            many = f" {summary.finished}/{summary.companies}" if summary.companies > 1 else ""
            text = self.tr("eşitleniyor…") + many
        elif not center.is_known:
            text = self.tr("eşitle")
        elif not center.has_accounts:
            text, tip = self.tr("entegratör yok"), self.tr("Bu firma için entegratör tanımlanmadı.")
        elif center.is_offline:
            text, icon = self.tr("çevrimdışı"), "offline"
            tip = self.tr("Entegratöre ulaşılamadı; bekleyenler kuyrukta. Yeniden denemek için basın (F5).")
        elif center.last_at is None:
            text = self.tr("hiç eşitlenmedi")
        else:
            text = ago(center.last_at, now=self._desk.office.clock.now())
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self.tr('Eşitle')}: {text}")
        self.setEnabled(center.has_accounts and summary is None)
        bind_icon(self, icon, "warn" if icon == "offline" else "text")


class Header(QFrame):
    """Owns the switcher, the search and the states; the window wires them."""

    def __init__(self, desk: Desk, window: QWidget, center: SyncCenter, card: CardState) -> None:
        super().__init__(window)
        self.setProperty("role", "bar")
        self.switcher = CompanySwitcher(desk, window)
        self.search = GlobalSearch(desk, window)
        self.sync_button = SyncButton(center, desk, self)
        self.card_button = CardButton(card, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(self.switcher.button)
        row.addWidget(self.search.field, 1)
        row.addSpacing(tokens.S)
        row.addWidget(self.sync_button)
        row.addWidget(self.card_button)
