"""The window's fonts: the system's own, headings one step larger, never heavier than semibold."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

_HEADING_STEP_PT: Final = 2
_POINTS: Final = 9.5
#: Tried in this order where the desktop names no font of its own (a bare X server, a container).
_PLAIN_FAMILIES: Final = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Liberation Sans")
_NO_CHOICE: Final = ("Sans Serif", "DejaVu Sans", "Sans", "")


def base_font() -> QFont:
    """Segoe UI on Windows, else the platform's font; figures of one width everywhere."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    families = QFontDatabase.families()
    if sys.platform == "win32" and "Segoe UI" in families:
        font.setFamily("Segoe UI")
    elif font.family() in _NO_CHOICE:
        font.setFamily(next((f for f in _PLAIN_FAMILIES if f in families), font.family()))
    font.setPointSizeF(_POINTS)
    return tabular(font)


def tabular(font: QFont) -> QFont:
    """The same font with figures of one width, so that columns of amounts stand in line."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def medium(font: QFont) -> QFont:
    """The same font one weight up: unread rows, headings, the chosen tab."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result


def heading(font: QFont) -> QFont:
    """One step larger and medium; there is no bigger heading."""
    result = medium(font)
    result.setPointSizeF(font.pointSizeF() + _HEADING_STEP_PT)
    return result
