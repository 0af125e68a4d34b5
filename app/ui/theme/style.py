"""Puts the tokens on the application: palette, style sheet, fonts; follows the system or the user's choice."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory
from shiboken6 import isValid

from app.ui.theme import fonts, icons
from app.ui.theme.sheet import style_sheet
from app.ui.theme.tokens import DARK, LIGHT, Palette

_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """The application's look. One per application, its child; `theme()` gives it. GUI thread only.

    `changed` comes after palette, sheet and bound icons are new: whoever paints by hand repaints then.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice = "system"
        self._palette = LIGHT
        self._is_applied = False
        app.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    @property
    def palette(self) -> Palette:
        return self._palette

    @property
    def choice(self) -> str:
        """ "system", "light" or "dark", as the setting THEME says it."""
        return self._choice

    def apply(self, choice: str = "system") -> None:
        """Take a choice (a value of the setting THEME) and dress the application."""
        self._choice = choice
        hints = self._app.styleHints()
        if choice == "system":
            hints.unsetColorScheme()
        else:
            # The title bar and the system's own dialogs follow as well.
            hints.setColorScheme(_SCHEMES[choice])
        self._dress()

    def _wanted(self) -> Palette:
        if self._choice == "system":
            return DARK if self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._choice == "dark" else LIGHT

    def _dress(self) -> None:
        wanted = self._wanted()
        if self._is_applied and wanted is self._palette:
            return
        self._palette = wanted
        if not self._is_applied:
            self._is_applied = True
            self._app.setStyle(QStyleFactory.create("Fusion"))
            self._app.setFont(fonts.base_font())
        self._app.setPalette(qt_palette(wanted))
        self._app.setStyleSheet(style_sheet(wanted))
        icons.rebind_all()
        self.changed.emit()

    @Slot()
    def _on_color_scheme_changed(self) -> None:
        if self._is_applied and self._choice == "system":
            self._dress()


_themes: dict[int, Theme] = {}


def theme() -> Theme:
    """The theme of the running application; made at the first call, plain light until `apply`."""
    app = QGuiApplication.instance()
    assert isinstance(app, QApplication), "the theme needs a QApplication"
    known = _themes.get(id(app))
    if known is None or not isValid(known):
        _themes.clear()
        known = _themes[id(app)] = Theme(app)
    return known


def qt_palette(p: Palette) -> QPalette:
    """The tokens in Qt's own roles, for whatever the sheet does not name."""
    role = QPalette.ColorRole
    colours = {
        role.Window: p.ground,
        role.WindowText: p.text,
        role.Base: p.surface,
        role.AlternateBase: p.hover,
        role.Text: p.text,
        role.Button: p.surface,
        role.ButtonText: p.text,
        role.BrightText: p.error,
        role.Highlight: p.selection,
        role.HighlightedText: p.text,
        role.Accent: p.accent,
        role.Link: p.accent,
        role.LinkVisited: p.accent,
        role.ToolTipBase: p.raised,
        role.ToolTipText: p.text,
        role.PlaceholderText: p.quiet,
        role.Light: p.surface,
        role.Midlight: p.hover,
        role.Mid: p.line,
        role.Dark: p.field_line,
        role.Shadow: p.field_line,
    }
    palette = QPalette()
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(p.disabled))
    return palette
