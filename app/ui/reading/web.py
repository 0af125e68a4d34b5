"""One sealed-off web view for strangers' documents: no script, no request leaves it, nothing is kept.

HTML goes in through an own URL scheme: `setHtml` fails silently above 2 MB. Qt WebEngine is imported with the first
document only: it costs a tenth of a second and some sixty megabytes that a start should not pay.
"""

from __future__ import annotations

import logging
import os
import sys
import weakref
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QResizeEvent
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import delete, isValid

log = logging.getLogger(__name__)

SCHEME: Final = "muhurdar-okuma"
_ADDRESS: Final = f"{SCHEME}://belge/"
#: How wide senders draw their A4 pages, in CSS px, with a little air.
_PAGE_WIDTH: Final = 820
_LEAST_ZOOM, _MOST_ZOOM, _ZOOM_STEP = 0.4, 3.0, 1.1
_QUIET_FLAGS = (
    "--disable-background-networking --disable-component-update --disable-sync --disable-extensions"
    " --disable-logging --no-first-run"
)
_CONTAINER_FLAGS = " --disable-gpu --disable-dev-shm-usage"


def prepare_environment() -> None:
    """What Chromium reads when it starts. Only as root on Linux (containers) its own sandbox cannot start."""
    flags = _QUIET_FLAGS
    if sys.platform == "linux" and os.geteuid() == 0:
        flags += _CONTAINER_FLAGS
        if "QTWEBENGINE_DISABLE_SANDBOX" not in os.environ:
            log.info("running as root: the reading pane runs without Chromium's sandbox")
            os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", flags)


class _Handler(QWebEngineUrlSchemeHandler):
    """Serves the documents in hand by their number, and nothing else."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.documents: dict[str, bytes] = {}

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        html = self.documents.get(job.requestUrl().path().strip("/"))
        if html is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(html))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(b"text/html;charset=utf-8"), buffer)


class _Wall(QWebEngineUrlRequestInterceptor):
    """Blocks every request but the document's own and what stands inside it (data:). IO thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blocked: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        scheme = info.requestUrl().scheme()
        if scheme not in ("data", SCHEME):
            info.block(True)
            self.blocked.append(scheme)


class Stage(QObject):
    """The off-the-record profile that all views of the application share. Child of the application."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Without a name a profile keeps nothing on the disk.
        self.profile = QWebEngineProfile(self)
        self.handler = _Handler(self)
        self.wall = _Wall(self)
        self._count = 0
        self.profile.installUrlSchemeHandler(QByteArray(SCHEME.encode()), self.handler)
        self.profile.setUrlRequestInterceptor(self.wall)
        self.profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.profile.downloadRequested.connect(self._on_download_requested)
        _shut(self.profile.settings())
        self._pages: list[weakref.ref[QWebEnginePage]] = []
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._on_about_to_quit)

    def note(self, page: QWebEnginePage) -> None:
        """Remember a page: none may outlive the profile."""
        self._pages = [known for known in self._pages if known() is not None]
        self._pages.append(weakref.ref(page))

    @Slot()
    def _on_about_to_quit(self) -> None:
        for known in self._pages:
            page = known()
            if page is not None and isValid(page):
                delete(page)

    def put(self, html: str) -> QUrl:
        """Lay a document ready; returns its address."""
        self._count += 1
        self.handler.documents[str(self._count)] = html.encode("utf-8", "replace")
        return QUrl(f"{_ADDRESS}{self._count}")

    def drop(self, url: QUrl) -> None:
        self.handler.documents.pop(url.path().strip("/"), None)

    @Slot(object)
    def _on_download_requested(self, download: QObject) -> None:
        download.cancel()  # type: ignore[attr-defined]


def stage() -> Stage:
    """The application's one stage; the scheme is registered before its profile is made."""
    app = QCoreApplication.instance()
    assert app is not None
    known = app.findChild(Stage)
    if known is not None:
        return known
    prepare_environment()
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME.encode()))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)
    return Stage(app)


class _Page(QWebEnginePage):
    """A page that goes only where we send it."""

    wanted = QUrl()

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        return is_main_frame and QUrl(url) == self.wanted

    def javaScriptConsoleMessage(self, *_: object) -> None:
        return None


class DocumentView(QWebEngineView):
    """Shows one HTML at a time. `shown` with the key it was given, once that very load has ended well.

    A load that was overtaken by another says nothing. `zoomed` tells the zoom in percent.
    """

    shown = Signal(object)
    failed = Signal(object)
    zoomed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._stage = stage()
        super().__init__(parent)
        page = _Page(self._stage.profile, self)
        page.setBackgroundColor(QColor("white"))
        self._document = page
        self._stage.note(page)
        self.setPage(page)
        self._key: object = None
        self._is_loading = False
        self._fits = True
        self._width = _PAGE_WIDTH
        page.loadFinished.connect(self._on_load_finished)
        page.contentsSizeChanged.connect(self._on_contents_size_changed)
        page.renderProcessTerminated.connect(self._on_render_process_terminated)
        self.setAccessibleName(self.tr("Belgenin görünümü"))

    def show_html(self, key: object, html: str) -> None:
        """Load a document of any size. `key` comes back with `shown` or `failed`."""
        self._stage.drop(self._document.wanted)
        self._key = key
        self._is_loading = True
        self._width = _PAGE_WIDTH
        self._document.wanted = self._stage.put(html)
        self._document.load(self._document.wanted)
        self._fit()

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
        self._set_zoom(factor)

    def _set_zoom(self, factor: float) -> None:
        factor = min(_MOST_ZOOM, max(_LEAST_ZOOM, factor))
        if abs(factor - self.zoomFactor()) > 0.005:
            self.setZoomFactor(factor)
        self.zoomed.emit(round(factor * 100))

    def _fit(self) -> None:
        if self._fits and self.width() > 0:
            self._set_zoom(min(1.25, self.width() / self._width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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
        if not self._is_loading or (ok and self._document.url() != self._document.wanted):
            return
        if not ok and self._document.requestedUrl() != self._document.wanted:
            return
        self._is_loading = False
        (self.shown if ok else self.failed).emit(self._key)

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


def _shut(settings: QWebEngineSettings) -> None:
    attribute = QWebEngineSettings.WebAttribute
    for name in (
        attribute.JavascriptEnabled,
        attribute.PluginsEnabled,
        attribute.PdfViewerEnabled,
        attribute.LocalStorageEnabled,
        attribute.LocalContentCanAccessFileUrls,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.ErrorPageEnabled,
        attribute.HyperlinkAuditingEnabled,
        attribute.DnsPrefetchEnabled,
        attribute.WebGLEnabled,
        attribute.Accelerated2dCanvasEnabled,
        attribute.ScreenCaptureEnabled,
    ):
        settings.setAttribute(name, False)
    settings.setAttribute(attribute.AutoLoadImages, True)
    settings.setDefaultTextEncoding("utf-8")
