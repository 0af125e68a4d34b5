"""Whether Caps Lock is on, as far as the system tells: a PIN or password typed with it is a lost try."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

_VK_CAPITAL = 0x14


def system_caps_lock() -> bool | None:
    """What the system says; None where it cannot be asked (X11 and Wayland tell a program only by its keys)."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.user32.GetKeyState(_VK_CAPITAL) & 1)
    return None


def told_by_key(event: QKeyEvent) -> bool | None:
    """What one letter tells: a capital without Shift, or a small one with it, means that Caps Lock is on."""
    text = event.text()
    if len(text) != 1 or not text.isalpha() or text.upper() == text.lower():
        return None
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return None
    is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return text.isupper() != is_shifted


class CapsWatch(QObject):
    """Watches one secret field; `changed` says whether Caps Lock seems to be on."""

    changed = Signal(bool)

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self.is_on = False
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            self._tell(bool(system_caps_lock()))
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            said = system_caps_lock()
            if said is None:
                # The key itself, on systems that say nothing: it turns what we believe.
                said = not self.is_on if event.key() == Qt.Key.Key_CapsLock else told_by_key(event)
            if said is not None:
                self._tell(said)
        return False

    def _tell(self, is_on: bool) -> None:
        if is_on != self.is_on:
            self.is_on = is_on
            self.changed.emit(is_on)
