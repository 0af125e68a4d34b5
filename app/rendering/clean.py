"""What a template produced becomes a page that is safe to show: no script, nothing from outside, our karekod.

The viewer and the PDF child have JavaScript and the network off anyway; the page's own Content-Security-Policy says the
same to a browser into which the user may save it.
"""

from __future__ import annotations

import re
from typing import Any

import lxml.html
from lxml import etree

from app.rendering import karekod

TEST_BANNER = "TEST MÜHRÜ: mali değeri yoktur"
_DROPPED = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "link", "audio", "video"}
)
_LOADING = frozenset(
    {"src", "srcset", "background", "poster", "data", "href", "action", "formaction", "lowsrc", "longdesc", "ping"}
)
_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
)
_PRINT_CSS = (
    "html{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "@media print{thead{display:table-header-group}tr,img,svg{break-inside:avoid}}"
)
_URL = re.compile(r"url\s*\(\s*(\"[^\"]*\"|'[^']*'|[^)]*)\s*\)", re.IGNORECASE)
_IMPORT = re.compile(r"@import[^;}]*;?", re.IGNORECASE)
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_QR_TARGET = re.compile(
    r"getElementById\(\s*[\"']([\w-]+)[\"']\s*\)\s*,\s*\{|\$\(\s*[\"']#([\w-]+)[\"']\s*\)\s*\.qrcode"
)
_QR_WIDTH = re.compile(r"\bwidth\s*:\s*(\d{2,4})")
_QR_IDS = ("qrcode", "qrCode", "karekod", "qr-code", "qr_code", "divQrCode")
_QR_VALUE_IDS = ("qrvalue", "qrValue", "qr-value", "karekodvalue")
_QR_SIZE = 150


def clean(produced: bytes, *, own_payload: str, watermark: str = "") -> tuple[str, bool]:
    """(the page, whether something from outside was blocked). Raises ValueError when the template produced nothing."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    # An XML output method leaves a declaration that an HTML parser would print as text.
    text = re.sub(rb"^\s*(\xef\xbb\xbf)?<\?xml[^>]*\?>", b"", produced)
    if not text.strip():
        raise ValueError("the template produced nothing")
    try:
        page: Any = lxml.html.document_fromstring(text, parser=parser)
    except etree.ParserError as error:
        raise ValueError("the template produced nothing") from error
    scripts = " ".join(script.text or "" for script in page.iter("script"))
    _draw_karekod(page, scripts, own_payload)
    blocked = _remove_dangers(page)
    if not page.text_content().strip() and page.find(".//img") is None:
        raise ValueError("the template produced an empty page")
    _complete_head(page)
    if watermark:
        _add_watermark(page, watermark)
    doctype = page.getroottree().docinfo.doctype or None
    return lxml.html.tostring(page, encoding="unicode", doctype=doctype), blocked


def _remove_dangers(page: Any) -> bool:
    blocked = False
    for element in list(page.iter(etree.Element)):
        name = element.tag.lower() if isinstance(element.tag, str) else ""
        if name in _DROPPED or (name == "meta" and element.get("name", "").lower() != "viewport"):
            # A style sheet or frame from outside is missed by the reader; a script is not.
            blocked = blocked or (name not in ("script", "meta", "base") and element.tag != "html")
            if element.getparent() is not None:
                element.drop_tree()
            continue
        for attribute, value in list(element.attrib.items()):
            bare = attribute.lower().rsplit(":", 1)[-1].rsplit("}", 1)[-1]
            if bare.startswith("on") or bare in ("srcdoc", "http-equiv"):
                del element.attrib[attribute]
            elif bare == "style":
                style = _clean_css(value)
                blocked = blocked or style != value
                element.attrib[attribute] = style
            elif bare in _LOADING and not _is_harmless(name, bare, value):
                blocked = blocked or name != "a"
                del element.attrib[attribute]
        if name == "style" and element.text:
            style = _clean_css(element.text)
            blocked = blocked or style != element.text
            element.text = style
    return blocked


def _is_harmless(element: str, attribute: str, value: str) -> bool:
    url = "".join(value.split()).lower()
    if element in ("a", "area"):
        return attribute == "href" and url.startswith(("http://", "https://", "mailto:", "tel:", "#"))
    return url.startswith("data:image/") or (url.startswith("#") and attribute == "href")


def _clean_css(css: str) -> str:
    """The style without @import and without url() to anything but data:."""
    if "url" not in css.lower() and "import" not in css.lower() and "\\" not in css:
        return css

    def judged(match: re.Match[str]) -> str:
        target = match[1].strip("\"' \t\r\n").lower()
        return match[0] if target.startswith(("data:image/", "data:font/", "data:application/", "#")) else "none"

    # `\75rl(` is `url(` to a browser: undo such escapes of letters before looking.
    if "\\" in css:
        css = _CSS_ESCAPE.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 128 else m[0], css)
    return _URL.sub(judged, _IMPORT.sub("", css))


def _draw_karekod(page: Any, scripts: str, own_payload: str) -> None:
    """Put the code where the template's script would have drawn it; text from the template, else ours."""
    named = [first or second for first, second in _QR_TARGET.findall(scripts)]
    places = {element.get("id"): element for element in page.iter("div", "span", "td", "p") if element.get("id")}
    place = next((places[name] for name in (*named, *_QR_IDS) if name in places), None)
    if place is None or place.find(".//img") is not None:
        return
    value = next((places[name] for name in _QR_VALUE_IDS if name in places), None)
    told = " ".join(value.text_content().split()) if value is not None else ""
    width = _QR_WIDTH.search(scripts)
    size = min(max(int(width[1]), 80), 220) if width else _QR_SIZE
    for text in (told, own_payload):
        try:
            drawing = karekod.svg(text, size_px=size)
        except ValueError:
            continue
        for child in list(place):
            place.remove(child)
        place.text = None
        place.append(drawing)
        return


def _complete_head(page: Any) -> None:
    head = page.find("head")
    if head is None:
        head = etree.Element("head")
        page.insert(0, head)
    policy = etree.Element("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    style = etree.Element("style")
    style.text = _PRINT_CSS
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
    head.insert(1, policy)
    # First among the styles, so that the template's own always win.
    head.insert(2, style)


def _add_watermark(page: Any, watermark: str) -> None:
    """A banner in the flow (so that it is read and never covers anything) and a pale word on every printed page."""
    body = page.find("body")
    if body is None:
        return
    sentence = TEST_BANNER if watermark.strip().upper() == "TEST" else watermark.strip()
    word = watermark.strip().split()[0]
    # Long words stay within the page. Red is for the TEST seal alone.
    size = min(150, 900 // len(word))
    colour = "#b3261e" if sentence == TEST_BANNER else "#1f4e79"
    banner = etree.Element(
        "div",
        {
            "data-muhurdar": "watermark",
            "style": "background:#fff4dc;border:1px solid #a86400;color:#7a4900;font:bold 13px sans-serif;"
            "letter-spacing:0;margin:0 0 8px;padding:5px 10px;text-align:center",
        },
    )
    banner.text = sentence
    pale = etree.Element(
        "div",
        {
            "aria-hidden": "true",
            "style": f"color:{colour};font:bold {size}px sans-serif;left:0;letter-spacing:{size * 2 // 15}px;"
            "opacity:.08;pointer-events:none;position:fixed;text-align:center;top:38%;transform:rotate(-35deg);width:100%;z-index:2147483647",
        },
    )
    pale.text = word
    banner.tail, body.text = body.text, None
    body.insert(0, banner)
    body.append(pale)
