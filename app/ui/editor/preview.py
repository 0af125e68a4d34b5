"""The live page beside the form: A4, as the buyer will see it. Its web view is made when it is first seen."""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QPointF, QTimer, QUrl, Signal, Slot
from PySide6.QtWidgets import QStackedLayout, QTextBrowser, QWidget

from app.domain.errors import AppError
from app.ui.theme import tokens
from app.ui.widgets import QuietLabel

log = logging.getLogger(__name__)


class TextView(QTextBrowser):
    """What is left where there is no web engine: the words without the design."""

    shown = Signal(object)
    failed = Signal(object)

    def show_html(self, key: object, html: str) -> None:
        self.setOpenLinks(False)
        at = self.verticalScrollBar().value()
        self.setHtml(html)
        self.verticalScrollBar().setValue(at)
        self.shown.emit(key)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return None


def make_view(parent: QWidget) -> QWidget:
    """The reading pane's sealed-off view; without a web engine the plain text view."""
    try:
        from app.ui.reading.web import DocumentView
    except ImportError as e:
        log.info("no web engine for the preview: %s", e)
        return TextView(parent)
    return DocumentView(parent)


class PreviewPane(QWidget):
    """Shows the latest page at the place where one was reading; pages that come faster than they load are skipped.

    `shown` with the version of the form whose page has been loaded.
    """

    shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Önizleme"))
        self.html = ""
        self.version = -1
        #: Of the page that is loading; None while none is.
        self._loading: int | None = None
        self._shown_version = -1
        self._at = QPointF()
        self._view: Any = None
        self._hint = QuietLabel(self.tr("Önizleme hazırlanıyor…"), self, wrap=True)
        self._hint.setMargin(tokens.XL)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)

    @property
    def view(self) -> Any:
        """The web view, once something was shown."""
        return self._view

    @property
    def is_settled(self) -> bool:
        """Whether the latest page is the one that is shown."""
        return self._loading is None and self._shown_version == self.version >= 0

    @Slot(str, int)
    def show_page(self, html: str, version: int) -> None:
        """Show this page now, or when the pane is first seen."""
        self.html, self.version = html, version
        if self.isVisible():
            self._show()

    @Slot(object)
    def show_fault(self, error: AppError) -> None:
        self._hint.setText(self.tr("Önizleme çizilemedi. {0}").format(error.sentence))
        self._stack.setCurrentWidget(self._hint)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if self.html:
            # After the pane itself is drawn: making the first web view takes a moment.
            QTimer.singleShot(0, self, self._show)

    @Slot()
    def _show(self) -> None:
        if self._loading is not None or self._shown_version == self.version:
            return
        if self._view is None:
            self._view = make_view(self)
            self._view.setAccessibleName(self.tr("Faturanın önizlemesi"))
            self._view.shown.connect(self._on_shown)
            self._view.failed.connect(self._on_failed)
            self._stack.addWidget(self._view)
        self._loading = self.version
        self._at = self._scrolled()
        self._view.show_html(self.version, self.html)
        self._stack.setCurrentWidget(self._view)

    def _scrolled(self) -> QPointF:
        """Where the page stands, in CSS px; the top for the first page."""
        if self._shown_version < 0 or isinstance(self._view, TextView):
            return QPointF()
        at: QPointF = self._view.page().scrollPosition() / max(self._view.zoomFactor(), 0.01)
        return at

    @Slot(object)
    def _on_shown(self, key: object) -> None:
        if key != self._loading or self._loading is None:
            return
        self._shown_version, self._loading = self._loading, None
        if self._at.y() > 1 or self._at.x() > 1:
            from PySide6.QtWebEngineCore import QWebEngineScript

            # Our own one-liner in a world apart: the page's scripts stay switched off.
            world = QWebEngineScript.ScriptWorldId.ApplicationWorld
            scroll = f"window.scrollTo({self._at.x():.0f},{self._at.y():.0f})"
            self._view.page().runJavaScript(scroll, world.value)
        self.shown.emit(self._shown_version)
        # What was drawn meanwhile comes next.
        self._show()

    @Slot(object)
    def _on_failed(self, _key: object) -> None:
        self._loading = None
        self._hint.setText(self.tr("Önizleme gösterilemedi; bir alan değişince yeniden denenir."))
        self._stack.setCurrentWidget(self._hint)
