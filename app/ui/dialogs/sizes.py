"""How large a dialog opens: as it likes to be, and never larger than the screen leaves it at this scale."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

#: What the frame and the task bar take.
_SHARE: Final = 0.92
#: What is left of the smallest screen that the window is made for, 1366 × 768 at 150 %.
_LEAST_WIDTH_PX: Final = 840
_LEAST_HEIGHT_PX: Final = 470


def open_at(window: QWidget, width_px: int, height_px: int) -> None:
    """Resize a dialog or window that was just laid out."""
    room = window.screen().availableSize() * _SHARE
    width, height = max(_LEAST_WIDTH_PX, room.width()), max(_LEAST_HEIGHT_PX, room.height())
    window.resize(min(width_px, width), min(height_px, height))
