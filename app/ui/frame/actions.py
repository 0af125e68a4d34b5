"""The window's own actions: each has a shortcut or a place in the menu at the end of the tab row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QToolButton

from app import __version__
from app.runtime.settings import THEME, TRAY_NOTICES
from app.ui.jobs import Changes
from app.ui.theme.icons import bind_icon
from app.ui.widgets import IconButton

if TYPE_CHECKING:
    from app.ui.frame.window import MainWindow


class Actions(QObject):
    """Lives with the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.by_name: dict[str, QAction] = {}
        header = window.header
        self._add("new", self.tr("Yeni fatura"), "Ctrl+N", "plus").triggered.connect(self._on_new_triggered)
        self._add("company", self.tr("Firma değiştir"), "Ctrl+K", "building").triggered.connect(header.switcher.open)
        self._add("search", self.tr("Bütün firmalarda ara"), "Ctrl+F", "search").triggered.connect(header.search.focus)
        self._add("sync", self.tr("Eşitle: gönder, sor, al"), "F5", "sync").triggered.connect(window.center.sync_chosen)
        self._add("sync-all", self.tr("Bütün firmaları eşitle"), "Ctrl+F5", "sync").triggered.connect(
            self._on_sync_all_triggered
        )
        self._add("back", self.tr("Geri dön"), "Alt+Left", "back").triggered.connect(window.go_back)
        self._add("shortcuts", self.tr("Klavye kısayolları"), "F1", "keyboard").triggered.connect(window.show_shortcuts)
        self._add("ledger-file", self.tr("e-Defter dosyası görüntüle…"), "Ctrl+Shift+O", "ledger").triggered.connect(
            self._on_ledger_file_triggered
        )
        self._add("logs", self.tr("Günlük klasörünü aç"), "", "folder").triggered.connect(self._on_logs_triggered)
        self._add("about", self.tr("Mühürdar hakkında"), "", "info").triggered.connect(self._on_about_triggered)
        self._add("quit", self.tr("Çıkış"), "Ctrl+Q", "quit").triggered.connect(window.close)
        self._add_pages()
        self._add_menu()

    def _add(self, name: str, text: str, keys: str, icon: str) -> QAction:
        action = QAction(text, self._window)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        bind_icon(action, icon)
        self._window.addAction(action)
        self.by_name[name] = action
        return action

    def _add_pages(self) -> None:
        for number, spec in enumerate(self._window.page_specs, start=1):
            action = self._add(f"page-{spec.key}", spec.title, f"Ctrl+{number}", spec.icon)
            action.setData(spec.key)
            action.triggered.connect(self._on_page_triggered)

    def _add_menu(self) -> None:
        menu = QMenu(self._window)
        for name in ("new", "ledger-file", "sync", "sync-all"):
            menu.addAction(self.by_name[name])
        menu.addSeparator()
        look = menu.addMenu(self.tr("Görünüm"))
        bind_icon(look.menuAction(), "moon")
        self._themes = QActionGroup(self)
        chosen = self._window.desk.office.settings.get(THEME)
        for value, title in THEME.choices:
            action = look.addAction(title)
            action.setCheckable(True)
            action.setData(value)
            action.setChecked(value == chosen)
            self._themes.addAction(action)
        self._themes.triggered.connect(self._on_themes_triggered)
        self._notices = menu.addAction(self.tr("Bildirim göster"))
        self._notices.setCheckable(True)
        self._notices.setChecked(self._window.desk.office.settings.get(TRAY_NOTICES))
        self._notices.toggled.connect(self._on_notices_toggled)
        bind_icon(self._notices, "bell")
        menu.addSeparator()
        for name in ("shortcuts", "logs", "about", "quit"):
            menu.addAction(self.by_name[name])
        button = IconButton("more", self.tr("Menü"), self._window)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._window.tabs.row.addWidget(button)
        self.menu = menu

    def show_settings(self) -> None:
        """The menu's marks as the settings are now; they may have been changed on their own page."""
        settings = self._window.desk.office.settings
        for action in self._themes.actions():
            action.setChecked(action.data() == settings.get(THEME))
        self._notices.blockSignals(True)
        self._notices.setChecked(settings.get(TRAY_NOTICES))
        self._notices.blockSignals(False)

    @Slot()
    def _on_new_triggered(self) -> None:
        self._window.desk.wanted.emit("editor", None)

    @Slot()
    def _on_sync_all_triggered(self) -> None:
        self._window.center.sync_all(mode="button")

    @Slot()
    def _on_page_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window.show_page(action.data())

    @Slot(QAction)
    def _on_themes_triggered(self, action: QAction) -> None:
        self._store(THEME, action.data())

    @Slot(bool)
    def _on_notices_toggled(self, is_on: bool) -> None:
        self._store(TRAY_NOTICES, is_on)

    def _store(self, setting: object, value: object) -> None:
        desk = self._window.desk
        settings = desk.office.settings
        desk.run(
            self.tr("Ayar kaydediliyor"),
            lambda _ctx: settings.set(setting, value),  # type: ignore[arg-type, type-var]
            owner=self,
            changes=Changes(settings=True),
        )

    @Slot()
    def _on_ledger_file_triggered(self) -> None:
        desk = self._window.desk
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Görüntülenecek e-Defter dosyası"),
            str(desk.office.folder.edefter),
            self.tr("e-Defter dosyaları (*.xml);;Bütün dosyalar (*)"),
        )
        if chosen:
            from app.ui.ledger.viewer import open_viewer

            open_viewer(desk, Path(chosen), self._window)

    @Slot()
    def _on_logs_triggered(self) -> None:
        from PySide6.QtCore import QUrl

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._window.desk.office.folder.logs)))

    @Slot()
    def _on_about_triggered(self) -> None:
        QMessageBox.about(
            self._window,
            self.tr("Mühürdar hakkında"),
            self.tr("Mühürdar {version}\nMali müşavir büroları için e-belge ve e-defter programı.").format(
                version=__version__
            ),
        )
