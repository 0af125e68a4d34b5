"""Where strangers' documents are shown: one sealed-off profile for all views; no request leaves it, nothing is kept.

Qt WebEngine is imported with the first document only: it costs a tenth of a second and some sixty megabytes that a
start should not pay.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import weakref
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QObject, QUrl, Slot
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
from shiboken6 import delete, isValid

log = logging.getLogger(__name__)

SCHEME: Final = "muhurdar-okuma"
_ADDRESS: Final = f"{SCHEME}://belge/"
_QUIET_FLAGS = (
    "--disable-background-networking --disable-component-update --disable-sync --disable-extensions"
    " --disable-logging --no-first-run"
)
#: `<link rel=preconnect>` opens a bare connection that no interceptor is asked about (seen). So Chromium finds no host
#: at all, and whatever it would send goes to a proxy that is not there; our own scheme needs neither.
_NOWHERE_FLAGS = (
    ' --host-resolver-rules="MAP * ~NOTFOUND" --proxy-server=http://0.0.0.0:1 --proxy-bypass-list=<-loopback>'
    " --dns-prefetch-disable"
)
_CONTAINER_FLAGS = " --disable-gpu --disable-dev-shm-usage"


def prepare_environment() -> None:
    """What Chromium reads when it starts. Only as root on Linux (containers) its own sandbox cannot start."""
    flags = _QUIET_FLAGS + _NOWHERE_FLAGS
    if sys.platform == "linux" and os.geteuid() == 0:
        flags += _CONTAINER_FLAGS
        if "QTWEBENGINE_DISABLE_SANDBOX" not in os.environ:
            log.info("running as root: the reading pane runs without Chromium's sandbox")
            os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    # What somebody set for their machine (a graphics quirk) stays; the last word is ours.
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{os.environ.get('QTWEBENGINE_CHROMIUM_FLAGS', '')} {flags}".strip()


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
    """The off-the-record profile that all views of the application share. Child of the application.

    No page may outlive the profile: Chromium crashes then. Whatever order windows die in, `close` takes the pages
    first; it is called when the event loop ends, and before the interpreter takes the application down.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Without a name a profile keeps nothing on the disk.
        self.profile = QWebEngineProfile(self)
        self.handler = _Handler(self)
        self.wall = _Wall(self)
        self._count = 0
        self._pages: list[weakref.ref[QWebEnginePage]] = []
        self.profile.installUrlSchemeHandler(QByteArray(SCHEME.encode()), self.handler)
        self.profile.setUrlRequestInterceptor(self.wall)
        self.profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.profile.downloadRequested.connect(self._on_download_requested)
        _shut(self.profile.settings())
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self.close)

    @property
    def is_open(self) -> bool:
        return isValid(self) and isValid(self.profile)

    def note(self, page: QWebEnginePage) -> None:
        """Remember a page made on this profile."""
        self._pages = [known for known in self._pages if (p := known()) is not None and isValid(p)]
        self._pages.append(weakref.ref(page))

    @property
    def live_pages(self) -> int:
        return sum(1 for known in self._pages if (page := known()) is not None and isValid(page))

    @Slot()
    def close(self) -> None:
        """Take down the pages, then the profile. Views that still stand show nothing any more."""
        if not self.is_open:
            return
        for known in self._pages:
            page = known()
            if page is not None and isValid(page):
                delete(page)
        self._pages.clear()
        self.handler.documents.clear()
        delete(self.profile)

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


_known: weakref.ref[Stage] | None = None


def stage() -> Stage:
    """The application's one stage; the scheme is registered before its profile is made."""
    global _known
    app = QCoreApplication.instance()
    assert app is not None
    standing = _known() if _known is not None else None
    if standing is not None and standing.is_open:
        return standing
    if QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME.encode())).name().isEmpty():
        prepare_environment()
        scheme = QWebEngineUrlScheme(QByteArray(SCHEME.encode()))
        scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
        scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
        QWebEngineUrlScheme.registerScheme(scheme)
    made = Stage(app)
    _known = weakref.ref(made)
    return made


@atexit.register
def _close_at_exit() -> None:
    """Before PySide takes the application down (it registered first, so it comes last): its order is arbitrary."""
    made = _known() if _known is not None else None
    if made is not None and isValid(made):
        made.close()


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
