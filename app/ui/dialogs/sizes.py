"""How large a dialog opens: as it likes to be, and never larger than the screen leaves it at this scale."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QDialog

#: What the frame and the task bar take.
_SHARE: Final = 0.92


def open_at(dialog: QDialog, width_px: int, height_px: int) -> None:
    """Resize a dialog that was just laid out."""
    room = dialog.screen().availableSize() * _SHARE
    dialog.resize(min(width_px, room.width()), min(height_px, room.height()))
