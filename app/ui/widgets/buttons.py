"""Buttons: one primary per page, quiet ones beside it, icons with a name, links."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import ICON_PX, Tone


class _Button(QPushButton):
    _role = ""
    _tone: Tone = "text"

    def __init__(self, text: str, parent: QWidget | None = None, *, icon: str = "", shortcut: str = "") -> None:
        super().__init__(text, parent)
        self.setProperty("role", self._role)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setAutoDefault(False)
        if icon:
            bind_icon(self, icon, self._tone)
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
            self.setToolTip(f"{text} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})")


class PrimaryButton(_Button):
    """The next thing to press; at most one on a page."""

    _role = "primary"
    _tone: Tone = "on_accent"


class QuietButton(_Button):
    """Everything else that can be pressed."""

    _role = "quiet"


class LinkButton(_Button):
    """A place one can jump to, inside a sentence's row."""

    _role = "link"


class IconButton(QToolButton):
    """A picture without a word; the word is its tool tip and accessible name."""

    def __init__(
        self, icon: str, title: str, parent: QWidget | None = None, *, shortcut: str = "", tone: Tone = "text"
    ) -> None:
        super().__init__(parent)
        bind_icon(self, icon, tone)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tip = title
        if shortcut:
            keys = QKeySequence(shortcut)
            self.setShortcut(keys)
            tip = f"{title} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})"
        self.setToolTip(tip)


class MenuButton(QToolButton):
    """A word with a small arrow that opens a menu."""

    def __init__(self, text: str, menu: QMenu | None = None, parent: QWidget | None = None, *, icon: str = "") -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind_icon(self, icon or "chevron-down", "quiet" if not icon else "text")
        if menu is not None:
            menu.setParent(self, menu.windowFlags())
            self.setMenu(menu)
