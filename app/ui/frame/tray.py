"""The tray icon: says what arrived and what became urgent, when the user has chosen so."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from app.storage.overview import Waiting
from app.ui.frame.words import thousands


class Tray(QObject):
    """Present only where the desktop has a tray and the setting is on."""

    #: The user pressed the icon or a notice: bring the window up.
    pressed = Signal()

    def __init__(self, icon: QIcon, title: str, window: QWidget, quit_action: QAction) -> None:
        super().__init__(window)
        self.icon = QSystemTrayIcon(icon, self)
        self.icon.setToolTip(title)
        menu = QMenu(window)
        show = menu.addAction(self.tr("Mühürdar'ı göster"))
        show.triggered.connect(self.pressed)
        menu.addSeparator()
        menu.addAction(quit_action)
        self.icon.setContextMenu(menu)
        self.icon.activated.connect(self._on_icon_activated)
        self.icon.messageClicked.connect(self.pressed)
        self._urgent = 0
        self._is_on = False
        self.last_notice = ""

    @property
    def is_on(self) -> bool:
        return self._is_on

    def set_on(self, is_on: bool) -> None:
        """The setting TRAY_NOTICES."""
        self._is_on = is_on
        self.icon.setVisible(is_on and QSystemTrayIcon.isSystemTrayAvailable())

    def tell_arrived(self, number: int) -> None:
        """After a sync that ran by itself."""
        if number:
            self._tell(self.tr("{n} yeni belge geldi").format(n=thousands(number)), self.tr("Gelen kutusunda."))

    def tell_waiting(self, waiting: Waiting) -> None:
        """Speak once when more answers are about to lapse than before."""
        if waiting.urgent > self._urgent:
            self._tell(
                self.tr("{n} yanıtın süresi bugün yarın doluyor").format(n=thousands(waiting.urgent)),
                self.tr("Bugün sayfasında hangileri olduğu yazıyor."),
            )
        self._urgent = waiting.urgent

    def _tell(self, title: str, text: str) -> None:
        if not self._is_on:
            return
        self.last_notice = title
        if self.icon.isVisible():
            self.icon.showMessage(title, text, self.icon.icon())

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_icon_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.pressed.emit()
