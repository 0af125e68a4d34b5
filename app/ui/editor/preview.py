"""The live page beside the form: A4, as the buyer will see it. Its web view is made when it is first seen."""

from __future__ import annotations

import logging
from typing import Any, Final, Protocol

from PySide6.QtCore import QTimer, QUrl, Slot
from PySide6.QtWidgets import QStackedLayout, QTextBrowser, QWidget

from app.domain.errors import AppError
from app.ui.widgets import QuietLabel

log = logging.getLogger(__name__)
#: QWebEngineView.setHtml takes no more than 2 MB in its percent-encoded form.
_MAX_HTML_CHARS: Final = 600_000


class HtmlView(Protocol):
    """A widget that shows one page, runs no script and fetches nothing."""

    def show_html(self, html: str) -> None: ...


class TextView(QTextBrowser):
    """What is left where there is no web engine: the words without the design."""

    def show_html(self, html: str) -> None:
        self.setOpenLinks(False)
        self.setHtml(html)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        return None


def make_view(parent: QWidget) -> QWidget:
    """A view on the web engine; without one the plain text view."""
    try:
        from app.ui.editor.webview import WebView
    except ImportError as e:
        log.info("no web engine for the preview: %s", e)
        return TextView(parent)
    return WebView(parent)


class PreviewPane(QWidget):
    """Shows the latest page; keeps the scroll position from page to page as far as the view does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Önizleme"))
        self.html = ""
        self._view: Any = None
        self._hint = QuietLabel(self.tr("Önizleme hazırlanıyor…"), self, wrap=True)
        self._hint.setMargin(24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)

    @Slot(str)
    def show_page(self, html: str) -> None:
        """Show this page now, or when the pane is first seen."""
        self.html = html
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
        if len(self.html) > _MAX_HTML_CHARS:
            self._hint.setText(self.tr("Fatura canlı önizleme için çok uzun; kaydedip okuma panelinde açın."))
            self._stack.setCurrentWidget(self._hint)
            return
        if self._view is None:
            self._view = make_view(self)
            self._view.setAccessibleName(self.tr("Faturanın önizlemesi"))
            self._stack.addWidget(self._view)
        self._view.show_html(self.html)
        self._stack.setCurrentWidget(self._view)
