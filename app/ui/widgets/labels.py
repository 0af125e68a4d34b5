"""Labels: elided in the middle, amounts, headings, icons that follow the theme."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.domain.turkish import format_amount
from app.ui.theme import fonts
from app.ui.theme.icons import pixmap
from app.ui.theme.style import theme
from app.ui.theme.tokens import ICON_PX, Tone


class ElidedLabel(QWidget):
    """One line of text; what does not fit is left out in the middle and stands whole in the tool tip.

    Turkish firm names differ at both ends: the beginning names the firm, the end its legal form.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        quiet: bool = False,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._mode = mode
        self._is_quiet = quiet
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = " ".join(text.split())
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self._tell_tip()
        self.update()

    def shown_text(self) -> str:
        """What fits."""
        return self.fontMetrics().elidedText(self._text, self._mode, self.width())

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("MMMM…MMMM"), metrics.height() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_tip()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            self._tell_tip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tones = theme().palette
        painter.setPen(QColor(tones.quiet if self._is_quiet else tones.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown_text())

    def _tell_tip(self) -> None:
        self.setToolTip(self._text if self.shown_text() != self._text else "")


class MoneyLabel(QLabel):
    """An amount, right-aligned, in the Turkish form: `1.234,56 TRY`."""

    def __init__(
        self, amount: Decimal | None = None, currency: str = "", parent: QWidget | None = None, *, strong: bool = False
    ) -> None:
        super().__init__(parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(fonts.medium(self.font()) if strong else fonts.tabular(self.font()))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.set_amount(amount, currency)

    def set_amount(self, amount: Decimal | None, currency: str = "") -> None:
        self.setText("" if amount is None else f"{format_amount(amount)} {currency}".strip())


class HeadingLabel(QLabel):
    """One step larger and medium."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setFont(fonts.heading(self.font()))


class QuietLabel(QLabel):
    """Words beside the matter; wraps unless told otherwise."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "quiet")
        self.setWordWrap(wrap)


class IconLabel(QLabel):
    """An icon that stands still; follows the theme."""

    def __init__(
        self, name: str, tone: Tone = "text", parent: QWidget | None = None, *, size: int = ICON_PX, title: str = ""
    ) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self.setFixedSize(size, size)
        self.setAccessibleName(title)
        theme().changed.connect(self._show)
        self._show()

    def set_icon(self, name: str, tone: Tone = "text") -> None:
        self._name, self._tone = name, tone
        self._show()

    @Slot()
    def _show(self) -> None:
        self.setPixmap(pixmap(self._name, self._tone, size=self._size, ratio=self.devicePixelRatioF()))


def line_frame(parent: QWidget | None = None) -> QFrame:
    """A horizontal line of one pixel."""
    frame = QFrame(parent)
    frame.setProperty("role", "line")
    frame.setFrameShape(QFrame.Shape.NoFrame)
    return frame
