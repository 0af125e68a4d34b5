"""A web view for strangers' documents: no script of theirs runs, no request leaves it.

HTML goes in through an own URL scheme: `setHtml` fails silently above 2 MB. Importing this imports Qt WebEngine.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineScript
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from app.ui.reading.stage import Stage, stage

__all__ = ["DocumentView", "Stage", "stage"]

#: How wide senders draw their A4 pages, in CSS px, with a little air.
_PAGE_WIDTH: Final = 820
_LEAST_ZOOM, _MOST_ZOOM, _ZOOM_STEP = 0.4, 3.0, 1.1
#: A page that has shown so many documents or so much HTML gives way to a fresh one: what it leaks goes with it.
_DOCUMENTS_PER_PAGE: Final = 100
_CHARS_PER_PAGE: Final = 24 << 20
#: How often a load that was taken away is begun anew.
_MOST_STRAYS: Final = 3
_WATCH_MS: Final = 150


class _Page(QWebEnginePage):
    """A page that goes only where we send it."""

    #: It tried to go elsewhere. A refused journey takes a load that is under way with it.
    strayed = Signal()
    wanted = QUrl()

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        if not is_main_frame:
            return False
        if QUrl(url) != self.wanted:
            self.strayed.emit()
            return False
        return True

    def javaScriptConsoleMessage(self, *_: object) -> None:
        return None


class DocumentView(QWebEngineView):
    """Shows one HTML at a time. `shown` with the key it was given, once that very load has ended well.

    A load that was overtaken by another says nothing. `zoomed` tells the zoom in percent. Any number of views share
    one profile; a view needs nothing from its owner when it dies.
    """

    shown = Signal(object)
    failed = Signal(object)
    zoomed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._stage = stage()
        super().__init__(parent)
        self._key: object = None
        self._is_loading = False
        self._fits = True
        self._width = _PAGE_WIDTH
        self._scroll_y = 0.0
        self._strays = 0
        self._shown_documents = self._shown_chars = 0
        self._watch = QTimer(self)
        self._watch.setSingleShot(True)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._load_again)
        self._document = self._make_page()
        self.setPage(self._document)
        self.setAccessibleName(self.tr("Belgenin görünümü"))

    def _make_page(self) -> _Page:
        page = _Page(self._stage.profile, self)
        self._stage.note(page)
        page.setBackgroundColor(QColor("white"))
        page.strayed.connect(self._on_strayed)
        page.loadFinished.connect(self._on_load_finished)
        page.contentsSizeChanged.connect(self._on_contents_size_changed)
        page.renderProcessTerminated.connect(self._on_render_process_terminated)
        return page

    def show_html(self, key: object, html: str, *, keeps_place: bool = False) -> None:
        """Load a document of any size. `key` comes back with `shown` or `failed`.

        `keeps_place` scrolls to where the page before stood: for the same document, changed a little.
        """
        if not isValid(self._document):
            # The application is going down.
            return
        self._stage.drop(self._document.wanted)
        self._scroll_y = self._document.scrollPosition().y() / max(self.zoomFactor(), 0.01) if keeps_place else 0.0
        self._key = key
        self._is_loading = True
        self._strays = 0
        self._width = _PAGE_WIDTH
        self._recycle(len(html))
        self._document.wanted = self._stage.put(html)
        self._document.load(self._document.wanted)
        self._fit()

    def _recycle(self, coming: int) -> None:
        """A fresh page in place of a worn one."""
        self._shown_documents += 1
        self._shown_chars += coming
        if self._shown_documents <= _DOCUMENTS_PER_PAGE and self._shown_chars <= _CHARS_PER_PAGE:
            return
        self._shown_documents, self._shown_chars = 1, coming
        worn, factor = self._document, self.zoomFactor()
        worn.strayed.disconnect(self._on_strayed)
        worn.loadFinished.disconnect(self._on_load_finished)
        worn.contentsSizeChanged.disconnect(self._on_contents_size_changed)
        worn.renderProcessTerminated.disconnect(self._on_render_process_terminated)
        self._document = self._make_page()
        self.setPage(self._document)
        self.setZoomFactor(factor)
        worn.deleteLater()

    def clear(self) -> None:
        """Show nothing, and forget what was shown."""
        self.show_html(None, "<!doctype html><title></title>")

    @property
    def percent(self) -> int:
        return round(self.zoomFactor() * 100)

    @Slot()
    def zoom_in(self) -> None:
        self._zoom(self.zoomFactor() * _ZOOM_STEP)

    @Slot()
    def zoom_out(self) -> None:
        self._zoom(self.zoomFactor() / _ZOOM_STEP)

    @Slot()
    def zoom_to_fit(self) -> None:
        """As wide as the pane, and so again when the pane's width changes."""
        self._fits = True
        self._fit()

    def _zoom(self, factor: float) -> None:
        self._fits = False
        if isValid(self._document):
            self._set_zoom(factor)

    def _set_zoom(self, factor: float) -> None:
        factor = min(_MOST_ZOOM, max(_LEAST_ZOOM, factor))
        if abs(factor - self.zoomFactor()) > 0.005:
            self.setZoomFactor(factor)
        self.zoomed.emit(round(factor * 100))

    def _fit(self) -> None:
        if self._fits and self.width() > 0 and isValid(self._document):
            self._set_zoom(min(1.25, self.width() / self._width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def childEvent(self, event: QChildEvent) -> None:
        # Chromium's own widget takes the keys, and gives Tab to the document's links, which lead nowhere.
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildAdded and event.child().isWidgetType():
            event.child().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab leaves the document for what stands behind it, Shift+Tab for what stands before."""
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
                return False
            if event.type() == QEvent.Type.KeyPress:
                self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        return super().eventFilter(watched, event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Chromium's own menu offers to go back, to save and to look at the source; ours copies."""
        menu = QMenu(self)
        for which in (QWebEnginePage.WebAction.Copy, QWebEnginePage.WebAction.SelectAll):
            action = self._document.action(which)
            action.setText(self.tr("Kopyala") if which is QWebEnginePage.WebAction.Copy else self.tr("Tümünü seç"))
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    @Slot(bool)
    def _on_load_finished(self, ok: bool) -> None:
        if not self._is_loading:
            return
        arrived = self._document.url() if ok else self._document.requestedUrl()
        if arrived != self._document.wanted or (not ok and self._strays < _MOST_STRAYS):
            # Another load's end, or ours was taken away by a refused journey: look again in a moment.
            self._watch.start()
            return
        self._is_loading = False
        # It was handed over whole; nobody asks for it again.
        self._stage.drop(self._document.wanted)
        if ok and self._scroll_y > 0:
            # Our own words in a world of our own: the document's scripts stay off.
            script = f"window.scrollTo(0, {self._scroll_y:.0f})"
            self._document.runJavaScript(script, QWebEngineScript.ScriptWorldId.ApplicationWorld)
        (self.shown if ok else self.failed).emit(self._key)

    @Slot()
    def _on_strayed(self) -> None:
        self._watch.start()

    @Slot()
    def _load_again(self) -> None:
        """The document before wanted to go elsewhere just now, and took this one's load with it."""
        if not self._is_loading or not isValid(self._document) or self._document.isLoading():
            return
        self._strays += 1
        if self._strays <= _MOST_STRAYS:
            self._document.load(self._document.wanted)
        else:
            self._is_loading = False
            self.failed.emit(self._key)

    @Slot("QSizeF")
    def _on_contents_size_changed(self, size: object) -> None:
        wide = size.width()  # type: ignore[attr-defined]
        shown = self.width() / max(self.zoomFactor(), 0.01)
        if self._fits and wide > max(shown, self._width) * 1.01 and wide < _PAGE_WIDTH * 3:
            # Drawn wider than A4 usually is: a second look at the same page, so that nothing is cut.
            self._width = int(wide)
            self._fit()

    @Slot(QWebEnginePage.RenderProcessTerminationStatus, int)
    def _on_render_process_terminated(self, _status: object, _code: int) -> None:
        if self._is_loading:
            self._is_loading = False
            self.failed.emit(self._key)
