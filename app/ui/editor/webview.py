"""A web view for pages we have drawn: no script, no request to anywhere. Importing this needs the web engine."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QVBoxLayout, QWidget


class _Blocker(QWebEngineUrlRequestInterceptor):
    """Lets through what the page carries in itself and nothing else."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        info.block(info.requestUrl().scheme() not in ("data", "about"))


class _Page(QWebEnginePage):
    """No link leads anywhere."""

    def acceptNavigationRequest(self, url: object, kind: QWebEnginePage.NavigationType, _is_main: bool) -> bool:
        return kind is QWebEnginePage.NavigationType.NavigationTypeTyped


class WebView(QWidget):
    """`show_html` replaces the page; the profile is in memory and dies with the view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = QWebEngineProfile()
        self._blocker = _Blocker(self._profile)
        self._profile.setUrlRequestInterceptor(self._blocker)
        settings = self._profile.settings()
        attributes = QWebEngineSettings.WebAttribute
        settings.setAttribute(attributes.JavascriptEnabled, False)
        settings.setAttribute(attributes.LocalContentCanAccessRemoteUrls, False)
        settings.setAttribute(attributes.LocalContentCanAccessFileUrls, False)
        settings.setAttribute(attributes.PluginsEnabled, False)
        self._view = QWebEngineView(self)
        self._page = _Page(self._profile, self._view)
        self._view.setPage(self._page)
        # Children go in the order they came: view and page first, or Qt warns that the profile left too early.
        self._profile.setParent(self)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._view.setZoomFactor(0.7)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.setFocusProxy(self._view)

    def show_html(self, html: str) -> None:
        self._view.setHtml(html)
