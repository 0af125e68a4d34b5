"""A panel that opens under a button or field, inside the window: keys and pictures stay whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from app.ui.theme import tokens


class Panel(QFrame):
    """Raised over its window; goes when the focus leaves it and its anchor, or with Esc."""

    closed = Signal()

    def __init__(self, anchor: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "raised")
        self.setAutoFillBackground(True)
        self._anchor = anchor
        self._back_to: QWidget | None = None
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.S)
        self.column.setSpacing(tokens.XS)
        self.hide()
        window.installEventFilter(self)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def open(self, *, width: int = tokens.POPUP_WIDTH_PX, height: int = tokens.POPUP_HEIGHT_PX) -> None:
        """Show under the anchor, within the window."""
        self._back_to = QApplication.focusWidget()
        self._place(width, height)
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        """Hide and give the focus back."""
        if not self.isVisible():
            return
        has_focus = self._holds(QApplication.focusWidget())
        self.hide()
        if has_focus and self._back_to is not None:
            self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def _place(self, width: int, height: int) -> None:
        window = self.parentWidget()
        assert window is not None
        corner = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + tokens.XS))
        wide = min(max(width, self._anchor.width()), window.width() - 2 * tokens.S)
        x = max(tokens.S, min(corner.x(), window.width() - wide - tokens.S))
        self.setGeometry(x, corner.y(), wide, min(height, window.height() - corner.y() - tokens.S))

    def _holds(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._anchor or self.isAncestorOf(widget) or widget is self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place(self.width(), self.height())
        return super().eventFilter(watched, event)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self.isVisible() and new is not None and not self._holds(new):
            self.hide()
            self.closed.emit()
