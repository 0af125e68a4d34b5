"""From a document to a page: which template, which engine, what is taken out, what is put in."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest

from app.domain.errors import InputError
from app.rendering.html import TEST_BANNER, Renderer

Make = Callable[..., bytes]


def test_the_embedded_template_is_used(make_invoice: Make, make_sheet: Make, renderer: Renderer) -> None:
    shown = renderer.render(make_invoice(template=make_sheet("<p>Gönderenin tasarımı: ğüşİöç</p>")))
    assert (shown.source, shown.engine, shown.note) == ("embedded", "xslt1", "")
    assert "Gönderenin tasarımı: ğüşİöç" in shown.html


@pytest.mark.parametrize(
    "body",
    [
        "<p><xsl:value-of select=\"upper-case('abc'), string-join(('d','e'), '-')\" separator=\" \"/></p>",
        '<p><xsl:for-each-group select="(1,2,3)" group-by=". mod 2"><i><xsl:sequence select="."/></i>'
        "</xsl:for-each-group></p>",
    ],
    ids=["functions that libxslt lacks", "instructions that libxslt would skip in silence"],
)
def test_saxon_runs_what_libxslt_cannot(body: str, make_invoice: Make, make_sheet: Make, renderer: Renderer) -> None:
    raw = make_invoice(template=make_sheet(body, version="2.0"))
    for _ in range(2):  # compiled, then from the cache
        shown = renderer.render(raw)
        assert (shown.source, shown.engine) == ("embedded", "saxon")
        assert "ABC d-e" in shown.html or "<i>1</i><i>2</i>" in shown.html


def test_saxon_pages_keep_their_turkish_letters(make_invoice: Make, make_sheet: Make, renderer: Renderer) -> None:
    raw = make_sheet("<p>ğİş<xsl:value-of select=\"upper-case('ş')\"/></p>", version="2.0")
    raw = raw.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-9"')
    assert "ğİşŞ" in renderer.render(make_invoice(template=raw)).html


@pytest.mark.parametrize("encoding", ["ISO-8859-9", "UTF-16", "windows-1254"])
def test_whatever_encoding_a_sheet_writes_the_page_is_utf8(
    encoding: str, make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    raw = make_sheet('<html><head><meta charset="ISO-8859-9"/></head><body>ğİşÖÇü</body></html>')
    raw = raw.replace(b'encoding="UTF-8"', f'encoding="{encoding}"'.encode())
    html = renderer.render(make_invoice(template=raw)).html
    assert "ğİşÖÇü" in html
    assert re.findall(r"charset=\W?([\w-]+)", html) == ["utf-8"]


def test_without_a_template_our_own_view_says_so(make_invoice: Make, renderer: Renderer) -> None:
    shown = renderer.render(make_invoice())
    assert (shown.source, shown.engine) == ("own", "xslt1")
    assert shown.note == "Belgede görünüm tasarımı yok; Mühürdar'ın kendi görünümüyle gösteriliyor."
    for text in (
        "Deneme Yazılım Ltd. Şti.",
        "Müşteri Sanayi",
        "ABC2026000000001",
        "21.11.2026",
        "1.234,57",
        "1.481,48",
    ):
        assert text in shown.html


@pytest.mark.parametrize(
    "broken",
    [
        b"<xsl:stylesheet xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><kesik",
        b"",
        b"bu bir tasarim degil",
        b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="///"/>'
        b"</xsl:stylesheet>",
        b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"/>'
        b"</xsl:stylesheet>",
    ],
    ids=["truncated", "empty", "no stylesheet", "wrong XPath", "makes nothing"],
)
def test_a_broken_template_is_replaced_and_said(broken: bytes, make_invoice: Make, renderer: Renderer) -> None:
    shown = renderer.render(make_invoice(template=broken))
    assert shown.source == "own"
    assert shown.note.startswith("Belgenin kendi tasarımı çalıştırılamadı;")
    assert "Müşteri Sanayi" in shown.html


def test_the_template_is_found_among_other_attachments(
    make_invoice: Make, make_sheet: Make, make_attachment: Callable[..., str], renderer: Renderer
) -> None:
    """Two that call themselves XSLT, one of them not base64; a picture; a document of another type name."""
    others = make_attachment(b"%PDF-1.7", filename="ek.pdf", kind="PDF")
    others += make_attachment(b"xslt degil!", filename="bozuk.xslt", encoded=False)
    others += make_attachment(make_sheet("<p>bulundu</p>"), filename="", kind="SATIS")
    shown = renderer.render(make_invoice(attachments=others))
    assert (shown.source, shown.note) == ("embedded", "")
    assert "bulundu" in shown.html


def test_the_next_template_is_tried_when_the_first_is_broken(
    make_invoice: Make, make_sheet: Make, make_attachment: Callable[..., str], renderer: Renderer
) -> None:
    two = make_attachment(make_sheet("<p/>") + b"<fazla/>") + make_attachment(make_sheet("<p>ikinci</p>"))
    assert "ikinci" in renderer.render(make_invoice(attachments=two)).html


def test_a_document_inside_an_envelope_is_drawn(make_invoice: Make, make_sheet: Make, renderer: Renderer) -> None:
    inner = make_invoice(template=make_sheet('<p>zarfın içi <xsl:value-of select="local-name(/*)"/></p>'))
    envelope = (
        b'<sh:StandardBusinessDocument xmlns:sh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">'
        b"<ElementList>" + inner.split(b"?>", 1)[1] + b"</ElementList></sh:StandardBusinessDocument>"
    )
    assert "zarfın içi Invoice" in renderer.render(envelope).html


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "XML.EMPTY"),
        (b"%PDF-1.7 ...", "XML.PDF"),
        (b"<Invoice><a>", "XML.TRUNCATED"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "XML.DTD"),
    ],
)
def test_an_unreadable_document_is_one_clear_error(raw: bytes, code: str, renderer: Renderer) -> None:
    with pytest.raises(InputError) as caught:
        renderer.render(raw)
    assert caught.value.code == code


def test_scripts_and_everything_from_outside_are_taken_out(
    make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    body = """<html><head>
      <meta http-equiv="refresh" content="0;url=http://kotu.invalid/1"/><base href="http://kotu.invalid/2"/>
      <link rel="stylesheet" href="http://kotu.invalid/3"/>
      <style>@import "http://kotu.invalid/4"; .a{background:url( 'http://kotu.invalid/5' )}
      .b{background:\\75rl(//kotu.invalid/6)}
      .c{background:url(data:image/png;base64,AAAA)} .d{color:green}</style><script>kotu()</script></head>
      <body onload="kotu()"><img src="http://kotu.invalid/7" alt="resim"/><img src="file:///etc/passwd"/>
      <img src="data:image/png;base64,AAAA"/><iframe src="http://kotu.invalid/8"></iframe><object data="kotu.swf"/>
      <p style="background:url(http://kotu.invalid/9);color:red">yazı</p><a href="java&#10;script:kotu()">bağ</a>
      <a href="https://www.ornek.invalid/">iyi bağ</a><table background="http://kotu.invalid/10">
      <tr><td>hücre</td></tr></table>
      <svg><image href="http://kotu.invalid/11"/></svg>
      <xsl:text disable-output-escaping="yes">&lt;script&gt;kotu()&lt;/script&gt;</xsl:text>
      <xsl:text disable-output-escaping="yes">&lt;img src=x onerror=kotu()&gt;</xsl:text>
      <form action="http://kotu.invalid/12"><input type="submit"/></form></body></html>"""
    shown = renderer.render(make_invoice(template=make_sheet(body)))
    assert shown.source == "embedded"
    assert "kotu" not in shown.html
    assert "passwd" not in shown.html
    assert "<script" not in shown.html
    assert shown.html.count("data:image/png;base64,AAAA") == 2
    for kept in ("yazı", "hücre", "color:green", "color:red", "https://www.ornek.invalid/"):
        assert kept in shown.html
    assert "Content-Security-Policy" in shown.html
    assert "engellendi" in shown.note


def test_the_karekod_is_drawn_where_the_script_would_have(
    make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    body = """<html><head><script>lib()</script></head><body><div id="kod"/><div id="qrvalue">{"no": "sablondan"}</div>
      <script>var q = new QRCode(document.getElementById("kod"), {width : 120, height : 120}); q.makeCode("x")</script>
      </body></html>"""
    page = lxml.html.document_fromstring(renderer.render(make_invoice(template=make_sheet(body))).html)
    (drawing,) = page.get_element_by_id("kod").iter("svg")
    assert drawing.get("width") == "120"
    assert "sablondan" in page.text_content()


def test_the_karekod_says_our_text_when_the_template_has_none(
    make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    html = renderer.render(make_invoice(template=make_sheet('<p>x</p><div id="qrcode"></div>'))).html
    assert 'data-muhurdar="karekod"' in html
    with_picture = make_sheet('<p>x</p><div id="qrcode"><img src="data:image/png;base64,AAAA"/></div>')
    assert 'data-muhurdar="karekod"' not in renderer.render(make_invoice(template=with_picture)).html


def test_the_test_seal_is_told_in_words_and_across_the_page(make_invoice: Make, renderer: Renderer) -> None:
    assert TEST_BANNER not in renderer.render(make_invoice()).html
    page = lxml.html.document_fromstring(renderer.render(make_invoice(), watermark="TEST").html)
    (banner,) = page.xpath("//div[@data-muhurdar='watermark']")
    assert banner.text == TEST_BANNER == "TEST MÜHRÜ: mali değeri yoktur"
    (pale,) = page.xpath("//body/div[@aria-hidden]")
    assert pale.text == "TEST"
    assert "position:fixed" in pale.get("style")


def test_other_watermarks_do_not_look_like_the_test_seal(make_invoice: Make, renderer: Renderer) -> None:
    marks = {}
    for watermark in ("TEST", "MÜHÜRSÜZ NÜSHA"):
        page = lxml.html.document_fromstring(renderer.render(make_invoice(), watermark=watermark).html)
        (banner,) = page.xpath("//div[@data-muhurdar='watermark']")
        (pale,) = page.xpath("//body/div[@aria-hidden]")
        style = dict(part.split(":") for part in pale.get("style").split(";"))
        marks[watermark] = (banner.text, pale.text, style["color"])
        size = int(re.findall(r"(\d+)px", style["font"])[0])
        assert len(pale.text) * size <= 900, "within the page"
    assert marks["MÜHÜRSÜZ NÜSHA"][:2] == ("MÜHÜRSÜZ NÜSHA", "MÜHÜRSÜZ")
    assert not set(marks["TEST"]) & set(marks["MÜHÜRSÜZ NÜSHA"])


def test_the_same_document_gives_the_same_page(make_invoice: Make, renderer: Renderer) -> None:
    assert renderer.render(make_invoice()) == renderer.render(make_invoice())


@pytest.mark.shared
def test_every_official_sample_can_be_looked_at(shared: Path, renderer: Renderer) -> None:
    """Both packages of the tax office; those that carry a template are shown by it."""
    sources: dict[str, int] = {"embedded": 0, "own": 0, "unreadable": 0}
    for package in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        with zipfile.ZipFile(shared / "gib" / package) as archive:
            for member in archive.namelist():
                if "/xml/" not in member or not member.endswith(".xml"):
                    continue
                raw = archive.read(member)
                try:
                    shown = renderer.render(raw)
                except InputError as error:
                    assert error.code == "XML.MALFORMED", member
                    sources["unreadable"] += 1
                    continue
                sources[shown.source] += 1
                assert "<script" not in shown.html
                if b"qrvalue" in raw or (shown.source == "own" and b":Invoice-2" in raw):
                    assert 'data-muhurdar="karekod"' in shown.html, member
    assert sources["unreadable"] == 1
    assert sources["embedded"] >= 20
    assert sources["own"] >= 30
