"""Grey bars in the place of rows that are still being read (shown after 0.3 s, not before)."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.theme import tokens
from app.ui.theme.style import theme

#: Parts of the width, so that the rows look like rows and not like a wall.
_WIDTHS = (0.62, 0.48, 0.71, 0.55, 0.66, 0.41)


def paint_skeleton_row(painter: QPainter, rect: QRect, row: int = 0) -> None:
    """Draw one bar into a cell or a row; for delegates whose row is not in the cache yet."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(theme().palette.skeleton))
    painter.setPen(QColor(theme().palette.skeleton))
    width = max(tokens.XL, (rect.width() - 2 * tokens.S) * _WIDTHS[row % len(_WIDTHS)])
    height = max(tokens.XS, rect.height() * 0.34)
    bar = QRectF(rect.left() + tokens.S, rect.center().y() - height / 2, width, height)
    painter.drawRoundedRect(bar, height / 2, height / 2)
    painter.restore()


class SkeletonRows(QWidget):
    """Covers a place while it loads. `start` waits 0.3 s before anything is drawn; `stop` hides it at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(tokens.SKELETON_AFTER_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.setAccessibleName(self.tr("Yükleniyor"))
        self.hide()

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme().palette.surface))
        for row in range(self.height() // tokens.ROW_PX + 1):
            paint_skeleton_row(painter, QRect(0, row * tokens.ROW_PX, self.width(), tokens.ROW_PX), row)

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.show()
        self.raise_()
