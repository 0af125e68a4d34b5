"""Presses Tab through a window, for real: does the focus come to everything that takes it, and out again?"""

from __future__ import annotations

import looking
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QRadioButton, QTabBar, QWidget

from app.ui.frame.popup import Panel

#: Far more than any window has; a walk that is longer goes in circles.
_MOST = 400
_WEB_MS = 400


def not_reached(root: QWidget) -> list[str]:
    """Sentences: what takes the focus by Tab but never gets it, and what never lets it go."""
    window = root.window()
    window.activateWindow()
    wanted = [widget for widget in looking.seen(root) if _takes_tab(widget) and not _in_panel(widget)]
    if not wanted:
        return []
    visited: list[QWidget] = []
    faults: list[str] = []
    wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
    at = window.focusWidget()
    for _ in range(_MOST):
        if at is None:
            break
        visited.append(at)
        following = _press(window, at)
        if following is at:
            # A grid keeps Tab for its cells; Ctrl+Tab is the way out of it.
            following = _press(window, at, Qt.KeyboardModifier.ControlModifier)
            if following is at:
                faults.append(f"{looking.called(at)}: Tab does not leave it")
                break
        if following in visited[:1]:
            break
        at = following
    seen = set(visited)
    for widget in wanted:
        # What went with the focus (a field that is shown while another has it) is not there to be reached.
        if widget in seen or not _takes_tab(widget) or _stands_for(widget, seen):
            continue
        faults.append(f"{looking.called(widget)}: Tab never comes here")
    return faults


def _in_panel(widget: QWidget) -> bool:
    """A panel that drops from the header opens by its own key and closes when the focus leaves it."""
    parent: QWidget | None = widget
    while parent is not None:
        if isinstance(parent, Panel):
            return True
        parent = parent.parentWidget()
    return False


def _press(window: QWidget, at: QWidget, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    """Where the focus is after Tab. A web view passes the key to another process and answers later."""
    QTest.keyClick(at, Qt.Key.Key_Tab, modifier)
    QApplication.processEvents()
    if window.focusWidget() is at and _is_web(at):
        QTest.qWait(_WEB_MS)
    return window.focusWidget() or at


def _is_web(widget: QWidget) -> bool:
    parent: QWidget | None = widget
    while parent is not None:
        if "WebEngine" in type(parent).__name__ or "Web" in type(parent).__name__:
            return True
        parent = parent.parentWidget()
    return False


def _takes_tab(widget: QWidget) -> bool:
    if not widget.isEnabled() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy() is not None:
        return False
    if isinstance(widget, QAbstractItemView) and widget.model() is None:
        return False
    return widget.isVisible()


def _stands_for(widget: QWidget, seen: set[QWidget]) -> bool:
    """One of a group of radio buttons stands for all: the arrows go on from there. Parts of a field are the field."""
    if isinstance(widget, QRadioButton) or (isinstance(widget, QAbstractButton) and widget.group() is not None):
        group = widget.group()
        mates = group.buttons() if group is not None else widget.parentWidget().findChildren(QRadioButton)
        return any(mate in seen for mate in mates)
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if parent in seen and not isinstance(parent, QTabBar):
            return True
        parent = parent.parentWidget()
    return any(widget.isAncestorOf(other) for other in seen if isinstance(other, QWidget))
