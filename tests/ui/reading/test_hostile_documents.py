"""What a stranger may put into a document, shown by the real view while a real server counts who asks."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtWebEngineCore import QWebEngineSettings
from pytestqt.qtbot import QtBot

from app.rendering.html import Renderer
from app.runtime.children import ChildPool
from app.ui.reading.web import DocumentView, stage

PATIENCE_MS = 20_000
#: Every way we know in which a page asks for something, `{w}` being the server; what an engine forgot is in here.
WAYS = {
    "img": "<img src='{w}/img'><img srcset='{w}/set 2x'><picture><source srcset='{w}/src'><img></picture>",
    "table": "<table background='{w}/bg'><tr><td background='{w}/td'>x</td></tr></table>",
    "style": "<link rel=stylesheet href='{w}/css'><style>@import '{w}/imp';p{{background:url({w}/url)}}</style>",
    "inline style": "<p style=\"background-image:url('{w}/inline');list-style:url({w}/list)\">x</p>",
    "font": "<style>@font-face{{font-family:a;src:url({w}/font)}}p{{font-family:a}}</style>",
    "hints": "<link rel=preload as=image href='{w}/pre'><link rel=prefetch href='{w}/fetch'>"
    "<link rel=preconnect href='{w}'><link rel=dns-prefetch href='{w}'><link rel=icon href='{w}/icon'>"
    "<link rel=manifest href='{w}/man'><link rel=modulepreload href='{w}/mod'>",
    "frames": "<iframe src='{w}/frame'></iframe><iframe srcdoc=\"<img src='{w}/doc'>\"></iframe>"
    "<object data='{w}/obj'></object><embed src='{w}/emb'>",
    "media": "<video src='{w}/vid' poster='{w}/post' autoplay></video><audio src='{w}/aud' autoplay></audio>"
    "<video><source src='{w}/vsrc'><track src='{w}/trk' default></video>",
    "svg": "<svg><image href='{w}/svg'/><use href='{w}/use#a'/><filter id=f><feImage href='{w}/fe'/></filter></svg>",
    "refresh": "<meta http-equiv=refresh content='0;url={w}/refresh'>",
    "base": "<base href='{w}/'><img src='based'>",
    "form": "<form action='{w}/form' id=f><input autofocus onfocus='document.forms[0].submit()'></form>",
    "script": "<script>fetch('{w}/js');new Image().src='{w}/i2';new WebSocket('ws://{h}/ws');location='{w}/loc';"
    "navigator.sendBeacon('{w}/beacon')</script><script src='{w}/s.js'></script>"
    "<img src=x onerror=\"fetch('{w}/on')\"><body onload=\"location='{w}/load'\">",
    "ping": "<a id=a href='{w}/a' ping='{w}/ping' download>link</a>",
    "files": "<img src='file:///etc/hostname'><iframe src='file:///etc/hostname'></iframe>",
    "others": "<iframe src='ftp://{h}/x'></iframe><img src='blob:{w}/y'><iframe src='view-source:{w}/z'></iframe>",
}


class Counter:
    """A loopback server that answers everything and remembers it, down to bare connections."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle(self) -> None:
                outer.seen.append("connection")
                super().handle()

            def do_GET(self) -> None:
                outer.seen.append(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                return None

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    yield made
    made.close()


@pytest.fixture
def view(qtbot: QtBot, dressed) -> DocumentView:  # type: ignore[no-untyped-def]
    made = DocumentView()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


def text_of(qtbot: QtBot, view: DocumentView) -> str:
    came: list[str] = []
    view.page().toPlainText(came.append)
    qtbot.waitUntil(lambda: bool(came), timeout=PATIENCE_MS)
    return came[0]


def everything(counter: Counter) -> str:
    return "".join(way.format(w=f"http://{counter.host}", h=counter.host) for way in WAYS.values())


def refresh(counter: Counter) -> str:
    return WAYS["refresh"].format(w=f"http://{counter.host}")


def test_the_server_would_have_seen_it(counter: Counter) -> None:
    with socket.create_connection(counter.server.server_address[:2], timeout=10) as line:
        line.sendall(b"GET /deneme HTTP/1.0\r\n\r\n")
        assert line.recv(20).startswith(b"HTTP/1.0 200")
    assert counter.seen == ["connection", "/deneme"]


def test_nobody_is_asked_and_no_script_runs(qtbot: QtBot, view: DocumentView, counter: Counter) -> None:
    before = len(stage().wall.blocked)
    # The one that wants to go elsewhere has a test of its own.
    html = f"<!doctype html><p id=p>BURADA</p>{everything(counter).replace(refresh(counter), '')}"
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, html)
    # A second document has come and gone: whatever the first had begun would be there by now.
    qtbot.mouseClick(view.focusProxy() or view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(2, f"<!doctype html><p>SONRA</p>{WAYS['img'].format(w=f'http://{counter.host}', h='')}")
    assert "SONRA" in text_of(qtbot, view)
    assert counter.seen == []
    assert len(stage().wall.blocked) > before
    assert not view.settings().testAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled)


def test_a_page_that_wants_to_go_elsewhere_stays_or_is_not_shown(
    qtbot: QtBot, view: DocumentView, counter: Counter
) -> None:
    said: list[object] = []
    view.shown.connect(said.append)
    view.failed.connect(said.append)
    view.show_html(1, f"<!doctype html>{refresh(counter)}<p>BURADA</p>")
    qtbot.waitUntil(lambda: said == [1], timeout=PATIENCE_MS)
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(2, "<!doctype html><p>SONRA</p>")
    assert "SONRA" in text_of(qtbot, view) and counter.seen == []


def test_a_link_that_is_clicked_leads_nowhere(qtbot: QtBot, view: DocumentView, counter: Counter) -> None:
    link = f"<a href='http://{counter.host}/a' style='display:block;font-size:90px' target=_blank>BAĞLANTI</a>"
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, f"<!doctype html>{link * 4}")
    target = view.focusProxy()
    assert target is not None
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
        qtbot.mouseClick(target, button, pos=QPoint(60, 60))
    assert "BAĞLANTI" in text_of(qtbot, view)
    assert view.url() == view.page().wanted and counter.seen == []  # type: ignore[attr-defined]


def test_nothing_is_kept_and_no_file_is_opened(qtbot: QtBot, view: DocumentView) -> None:
    profile = stage().profile
    assert profile.isOffTheRecord()
    assert profile.httpCacheType() == profile.HttpCacheType.NoCache
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, "<!doctype html><p>BURADA</p>")
    view.setUrl(QUrl("file:///etc/hostname"))
    assert text_of(qtbot, view).strip() == "BURADA"


def test_a_strangers_template_is_cleaned_before_it_is_shown(qtbot: QtBot, view: DocumentView, counter: Counter) -> None:
    """The whole way: the hostile sheet inside a document, run by the child, cleaned, shown."""
    body = everything(counter).replace("&", "&amp;").replace("<", "&lt;")
    ubl = "urn:oasis:names:specification:ubl:schema:xsd:"
    sheet = (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="html"/>'
        '<xsl:template match="/"><html><body><p>BURADA</p><xsl:value-of disable-output-escaping="yes" '
        "select=\"string(/*/*[local-name()='Note'])\"/></body></html></xsl:template></xsl:stylesheet>"
    )
    raw = (
        f'<Invoice xmlns="{ubl}Invoice-2" xmlns:cac="{ubl}CommonAggregateComponents-2" '
        f'xmlns:cbc="{ubl}CommonBasicComponents-2"><cbc:ID>A</cbc:ID><cbc:Note>{body}</cbc:Note>'
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject "
        f'filename="t.xslt">{sheet.replace("&", "&amp;").replace("<", "&lt;")}</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference></Invoice>"
    ).encode()
    with ChildPool(1) as pool:
        drawn = Renderer(pool).render(raw)
    assert drawn.source == "embedded", drawn.note
    for word in ("<script", "onerror", "onload", "<iframe", "<base", "<object", 'http-equiv="refresh', "/pre'"):
        assert word not in drawn.html, word
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, drawn.html)
    assert "BURADA" in text_of(qtbot, view) and counter.seen == []
