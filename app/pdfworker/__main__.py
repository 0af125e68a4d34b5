"""The PDF child: HTML in, PDF or PNG out, by Qt WebEngine. Started by `app.rendering.pdf`; imports nothing of the app.

Protocol on stdin/stdout: frames of `head length (4 bytes) · body length (4) · head (JSON) · body`.
    in   {"id": 7, "want": "pdf" | "png", "dpi": 120}   body: the HTML, UTF-8
    out  {"ready": true, "slots": 2}                     once
         {"id": 7, "pages": 1}                           body: the PDF or PNG
         {"id": 7, "error": "load" | "print" | "crash" | "picture"}

JavaScript is off, nothing but the page itself may be requested. A page is printed only after that very load succeeded:
`setHtml` fails silently above 2 MB and printToPdf then prints the page before. Pages are made new every ten documents
(each leaks some 2.6 MB per PDF); the app replaces the whole child every hundred.
"""

from __future__ import annotations

import json
import os
import re
import struct
import threading
import zlib
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QObject, QSizeF, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPageLayout, QPageSize, QPainter
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

SCHEME = b"muhurdar-belge"
# One host for all documents: another one would cost a new renderer process each.
_ADDRESS = "muhurdar-belge://belge/"
_HEAD = struct.Struct(">II")
SLOTS = 2
DOCUMENTS_PER_PAGE = 10
_A4_MM = QSizeF(210, 297)
_MARGINS_MM = (10.0, 9.0, 10.0, 9.0)
# Chromium shrinks a page that is too wide by at most this much; the rest would be cut.
_LARGEST_SHRINK = 2.0834
_WIDER = 1.45
_MOST_STEPS = 6
_MOST_PICTURE_PAGES = 20
_SCALE = re.compile(rb"\bq\s+(\d*\.?\d+) 0 0 (\d*\.?\d+) -?[\d.]+ -?[\d.]+ cm")


class Handler(QWebEngineUrlSchemeHandler):
    """Serves the documents in hand by their number, and nothing else."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        super().__init__()
        self._documents = documents

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        html = self._documents.get(job.requestUrl().path().strip("/"))
        if html is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(html))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(b"text/html;charset=utf-8"), buffer)


class Wall(QWebEngineUrlRequestInterceptor):
    """Blocks every request but the document's own and what stands inside it (data:)."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        scheme = info.requestUrl().scheme()
        info.block(scheme != "data" and scheme.encode() != SCHEME)


class Page(QWebEnginePage):
    """A page that goes only where we send it."""

    wanted = QUrl()

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        return is_main_frame and QUrl(url) == self.wanted

    def javaScriptConsoleMessage(self, *_: Any) -> None:
        return None


class Slotted(QObject):
    """One place where a document is loaded and printed; a fresh page every ten documents."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._page: Page | None = None
        self._used = 0
        self._step = 1.0
        self.task: dict[str, Any] | None = None

    def start(self, task: dict[str, Any]) -> None:
        self.task = task
        self._step = 1.0
        if self._page is None or self._used >= DOCUMENTS_PER_PAGE:
            self._renew()
        assert self._page is not None
        self._used += 1
        self._page.wanted = QUrl(f"{_ADDRESS}{task['id']}")
        self._page.load(self._page.wanted)

    def close(self) -> None:
        if self._page is not None:
            self._page.deleteLater()
            self._page = None

    def _renew(self) -> None:
        self.close()
        self._page = Page(self._worker.profile)
        self._page.setBackgroundColor(QColor("white"))
        self._page.loadFinished.connect(self._on_load_finished)
        self._page.renderProcessTerminated.connect(self._on_terminated)
        self._used = 0

    @Slot(bool)
    def _on_load_finished(self, ok: bool) -> None:
        page = self._page
        if self.task is None or page is None:
            return
        if not ok or page.url() != page.wanted:
            self._fail("load")
            return
        page.printToPdf(self._on_printed, _layout(self._step))

    def _on_printed(self, data: Any) -> None:
        if self.task is None or self._page is None:
            return
        pdf = bytes(data)
        if not pdf.startswith(b"%PDF"):
            self._fail("print")
            return
        if _is_cut(pdf) and self._step < _WIDER**_MOST_STEPS:
            # On wider paper the page is laid out wider; it is scaled back to A4 at the end.
            self._step *= _WIDER
            self._page.printToPdf(self._on_printed, _layout(self._step))
            return
        if self._step > 1.0:
            pdf = _scaled_to_a4(pdf, self._step)
        self._finish(pdf)

    def _finish(self, pdf: bytes) -> None:
        assert self.task is not None
        task, self.task = self.task, None
        body, pages = pdf, 0
        if task["want"] == "png":
            body, pages = _picture(pdf, float(task.get("dpi", 120)))
        self._worker.answer(task, {"pages": pages} if body else {"error": "picture"}, body)

    def _fail(self, error: str) -> None:
        assert self.task is not None
        task, self.task = self.task, None
        self._used = DOCUMENTS_PER_PAGE
        self._worker.answer(task, {"error": error}, b"")

    @Slot()
    def _on_terminated(self, *_: Any) -> None:
        if self.task is not None:
            self._fail("crash")


class Worker(QObject):
    """Takes requests from stdin (a thread reads it) and answers on stdout."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._documents: dict[str, bytes] = {}
        self._waiting: list[dict[str, Any]] = []
        self._sink = os.fdopen(os.dup(1), "wb")
        self._source = os.fdopen(os.dup(0), "rb")
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        self.profile = QWebEngineProfile()
        self._handler = Handler(self._documents)
        self._wall = Wall()
        self.profile.installUrlSchemeHandler(QByteArray(SCHEME), self._handler)
        self.profile.setUrlRequestInterceptor(self._wall)
        self.profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.profile.downloadRequested.connect(lambda download: download.cancel())
        _shut(self.profile.settings())
        self._slots = [Slotted(self) for _ in range(SLOTS)]
        self.arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()
        self._write({"ready": True, "slots": SLOTS}, b"")

    def answer(self, task: dict[str, Any], head: dict[str, Any], body: bytes) -> None:
        self._documents.pop(str(task["id"]), None)
        self._write({"id": task["id"]} | head, body)
        # Not from inside the page's own signal.
        QTimer.singleShot(0, self._next)

    def _read(self) -> None:
        """The reading thread. When the app is gone, so are we: nothing here is worth saving."""
        while True:
            head = self._source.read(_HEAD.size)
            if len(head) < _HEAD.size:
                os._exit(0)
            head_size, body_size = _HEAD.unpack(head)
            task = json.loads(self._source.read(head_size))
            task["html"] = self._source.read(body_size)
            self.arrived.emit(task)

    @Slot(object)
    def _on_arrived(self, task: dict[str, Any]) -> None:
        self._documents[str(task["id"])] = task.pop("html")
        self._waiting.append(task)
        self._next()

    def _next(self) -> None:
        for slot in self._slots:
            if slot.task is None and self._waiting:
                slot.start(self._waiting.pop(0))

    def _write(self, head: dict[str, Any], body: bytes) -> None:
        raw = json.dumps(head).encode()
        try:
            self._sink.write(_HEAD.pack(len(raw), len(body)) + raw + body)
            self._sink.flush()
        except BrokenPipeError:
            os._exit(0)


def _shut(settings: QWebEngineSettings) -> None:
    attribute = QWebEngineSettings.WebAttribute
    for name in (
        attribute.JavascriptEnabled,
        attribute.PluginsEnabled,
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
    settings.setAttribute(attribute.PrintElementBackgrounds, True)
    settings.setAttribute(attribute.AutoLoadImages, True)
    settings.setDefaultTextEncoding("utf-8")


def _layout(step: float) -> QPageLayout:
    size = QPageSize(_A4_MM * step, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch)
    if step == 1.0:
        size = QPageSize(QPageSize.PageSizeId.A4)
    margins = QMarginsF(*(margin * step for margin in _MARGINS_MM))
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)


def _is_cut(pdf: bytes) -> bool:
    """Whether Chromium shrank the page as far as it goes, so that something may stand beyond the edge.

    Its PDFs begin each page with a scale: 3.125 (300/96) at full size, down to two thirds of that.
    """
    for found in re.finditer(rb"stream\r?\n", pdf):
        try:
            start = zlib.decompressobj().decompress(pdf[found.end() : found.end() + 2048], 1024)
        except zlib.error:
            continue
        if b" cm" in start[:80]:
            scales = [float(x) for x, y in _SCALE.findall(start) if x == y]
            if scales:
                return min(scales) <= _LARGEST_SHRINK
    return False


def _scaled_to_a4(pdf: bytes, step: float) -> bytes:
    from io import BytesIO

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    for page in writer.pages:
        page.scale_by(1 / step)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _picture(pdf: bytes, dpi: float) -> tuple[bytes, int]:
    """(all pages one below the other as PNG, how many); (b"", 0) when that fails."""
    from PySide6.QtPdf import QPdfDocument

    source = QBuffer()
    source.setData(QByteArray(pdf))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(source)
    count = min(document.pageCount(), _MOST_PICTURE_PAGES)
    if document.status() != QPdfDocument.Status.Ready or count < 1:
        return b"", 0
    sizes = [(document.pagePointSize(n) * (dpi / 72)).toSize() for n in range(count)]
    whole = QImage(max(s.width() for s in sizes), sum(s.height() for s in sizes), QImage.Format.Format_RGB32)
    whole.fill(QColor("white"))
    painter = QPainter(whole)
    top = 0
    for number, size in enumerate(sizes):
        painter.drawImage(0, top, document.render(number, size))
        top += size.height()
    painter.end()
    document.close()
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    saved = whole.save(out, "PNG")  # type: ignore[call-overload]
    return (bytes(out.data().data()), count) if saved else (b"", 0)


def main() -> None:
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
    QWebEngineUrlScheme.registerScheme(scheme)
    application = QGuiApplication(["muhurdar-pdf"])
    worker = Worker()
    worker.start()
    application.exec()
    os._exit(0)


if __name__ == "__main__":
    main()
