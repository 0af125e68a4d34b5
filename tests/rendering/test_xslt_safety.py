"""A stranger's template cannot read, write, call or wait: it ends in our own view and one sentence."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.rendering.engines import Engines, SheetRefused
from app.rendering.html import Renderer
from app.runtime.children import ChildPool
from app.ubl import xmlsafe

SECRET = "cok-gizli-bilgi"
Make = Callable[..., bytes]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gizli dosyalar")
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.xml").write_text(f"<s>{SECRET}</s>")
    (folder / "secret.xsl").write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        f'<xsl:variable name="s" select="\'{SECRET}\'"/></xsl:stylesheet>'
    )
    return folder


@pytest.fixture(scope="module")
def visits() -> Iterator[tuple[str, list[str]]]:
    """(address of a loopback web server, the paths that were asked of it)."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"<s>{SECRET}</s>".encode())

        def log_message(self, *_: object) -> None:
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


# {file} is a folder address, {web} the loopback server. `upper-case('a')` makes libxslt give up, so that Saxon runs it.
DOORS = {
    "document": "<xsl:value-of select=\"document('{file}/secret.xml')\"/>",
    "document of a web address": "<xsl:copy-of select=\"document('{web}/document')\"/>",
    "doc": "<xsl:value-of select=\"doc('{file}/secret.xml')\"/>",
    "doc of passwd": "<xsl:value-of select=\"doc('file:///etc/passwd')\"/>",
    "doc of a web address": "<xsl:value-of select=\"doc('{web}/doc')\"/>",
    "unparsed-text": "<xsl:value-of select=\"unparsed-text('{file}/secret.txt')\"/>",
    "unparsed-text-lines": "<xsl:value-of select=\"unparsed-text-lines('{file}/secret.txt')\"/>",
    "unparsed-text of a web address": "<xsl:value-of select=\"unparsed-text('{web}/text')\"/>",
    "json-doc": "<xsl:value-of select=\"json-doc('{file}/secret.txt')\"/>",
    "collection": "<xsl:value-of select=\"collection('{file}/?select=*.xml')\"/>",
    "uri-collection": "<xsl:value-of select=\"uri-collection('{file}')\"/>",
    "doc-available": "<xsl:if test=\"doc-available('{file}/secret.xml')\">" + SECRET + "</xsl:if>",
    "environment-variable": "<xsl:value-of select=\"environment-variable('MUHURDAR_TEST_SECRET'), upper-case('a')\"/>",
    "all variables": "<xsl:value-of select=\"available-environment-variables(), environment-variable('PATH')\"/>",
    "java": "<xsl:value-of select=\"jt:getenv('MUHURDAR_TEST_SECRET')\"/>",
    "java by EQName": "<xsl:value-of select=\"Q{{java:java.lang.System}}getProperty('user.dir')\"/>",
    "expath file": "<xsl:value-of select=\"Q{{http://expath.org/ns/file}}read-text('{path}/secret.txt')\"/>",
    "fn:transform": (
        "<xsl:value-of select=\"transform(map{{'stylesheet-location':'{file}/secret.xsl','source-node':/}})?output\"/>"
    ),
    "result-document": '<xsl:result-document href="{file}/written.txt"><a>x</a></xsl:result-document>',
    "exsl:document": '<exsl:document href="{file}/written.txt"><a>x</a></exsl:document>',
    "xsl:document": '<xsl:document href="{file}/written.txt"><a>x</a></xsl:document>',
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("version", ["1.0", "3.0"])
def test_every_door_is_shut(
    door: str,
    version: str,
    secrets: Path,
    visits: tuple[str, list[str]],
    make_invoice: Make,
    make_sheet: Make,
    monkeypatch: pytest.MonkeyPatch,
    renderer: Renderer,
) -> None:
    monkeypatch.setenv("MUHURDAR_TEST_SECRET", SECRET)
    body = DOORS[door].format(file=secrets.as_uri(), path=secrets, web=visits[0])
    shown = renderer.render(make_invoice(template=make_sheet(f"<p>görünür {body}</p>", version=version)))
    assert SECRET not in shown.html
    assert "root:" not in shown.html
    assert "/usr/bin" not in shown.html
    assert not (secrets / "written.txt").exists()
    assert visits[1] == []
    # Either the sheet ran without what it asked for, or our own view says why not.
    assert shown.source == "embedded" or "kendi tasarımı" in shown.note


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("version", ["1.0", "3.0"])
def test_the_engines_own_locks_hold_alone(
    door: str,
    version: str,
    secrets: Path,
    visits: tuple[str, list[str]],
    make_invoice: Make,
    make_sheet: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, where the process cannot be kept from opening files."""
    monkeypatch.setenv("MUHURDAR_TEST_SECRET", SECRET)
    body = DOORS[door].format(file=secrets.as_uri(), path=secrets, web=visits[0])
    document = xmlsafe.parse(make_invoice()).getroot()
    try:
        made, _ = Engines(seal_process=False).run(make_sheet(f"<p>görünür {body}</p>", version=version), document)
    except SheetRefused:
        made = b""
    assert SECRET.encode() not in made
    assert b"root:" not in made
    assert not (secrets / "written.txt").exists()
    assert visits[1] == []


def test_without_the_locks_the_doors_would_be_open(secrets: Path) -> None:
    """The test above means something only while these engines can in fact read files."""
    import saxonche
    from lxml import etree

    address = (secrets / "secret.xml").as_uri()
    text = (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        f"<p><xsl:value-of select=\"document('{address}')\"/></p></xsl:template></xsl:stylesheet>"
    )
    assert SECRET in str(etree.XSLT(etree.fromstring(text))(etree.fromstring("<a/>")))
    processor = saxonche.PySaxonProcessor(license=False)
    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
    assert SECRET in executable.transform_to_string(xdm_node=processor.parse_xml(xml_text="<a/>"))


@pytest.mark.parametrize("version", ["1.0", "3.0"])
@pytest.mark.parametrize("tag", ["import", "include"])
def test_other_sheets_are_not_pulled_in(
    tag: str, version: str, secrets: Path, make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    raw = make_sheet('<p><xsl:value-of select="$s"/></p>', version=version)
    address = (secrets / "secret.xsl").as_uri().encode()
    raw = raw.replace(b"<xsl:output", b'<xsl:%s href="%s"/><xsl:output' % (tag.encode(), address), 1)
    shown = renderer.render(make_invoice(template=raw))
    assert SECRET not in shown.html
    assert shown.source == "own"


@pytest.mark.parametrize("version", ["1.0", "3.0"])
def test_entities_of_a_sheet_reach_no_file(
    version: str, secrets: Path, make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    address = (secrets / "secret.txt").as_uri()
    doctype = f'<!DOCTYPE x [<!ENTITY nbsp "&#160;"><!ENTITY s SYSTEM "{address}">]>'.encode()
    kind = "<xsl:value-of select=\"upper-case('a')\"/>" if version == "3.0" else ""
    shown = renderer.render(make_invoice(template=doctype + make_sheet(f"<p>bir&s;{kind}</p>", version=version)))
    assert SECRET not in shown.html
    harmless = renderer.render(
        make_invoice(template=doctype + make_sheet(f"<p>bir&nbsp;iki{kind}</p>", version=version))
    )
    assert harmless.source == "embedded"
    assert "bir\xa0iki" in harmless.html


def test_a_sheet_full_of_laughs_is_refused(make_invoice: Make, make_sheet: Make, renderer: Renderer) -> None:
    entities = '<!ENTITY a0 "ha ha ha ha ha ha ha ha ha ha">'
    entities += "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    shown = renderer.render(make_invoice(template=f"<!DOCTYPE x [{entities}]>".encode() + make_sheet("<p>&a11;</p>")))
    assert shown.source == "own"


HUNGRY = {
    "recursion": (
        '<xsl:template name="again"><b><xsl:call-template name="again"/></b></xsl:template>',
        '<xsl:call-template name="again"/>',
    ),
    "endless loop": (
        '<xsl:template name="again"><xsl:param name="n"/><xsl:if test="$n &gt; 0"><xsl:call-template name="again">'
        '<xsl:with-param name="n" select="$n - 1"/></xsl:call-template><xsl:call-template name="again">'
        '<xsl:with-param name="n" select="$n - 1"/></xsl:call-template></xsl:if></xsl:template>',
        '<xsl:call-template name="again"><xsl:with-param name="n" select="60"/></xsl:call-template>',
    ),
    "gigantic output": (
        '<xsl:template name="again"><xsl:param name="n"/><xsl:param name="s"/><xsl:choose><xsl:when test="$n &gt; 0">'
        '<xsl:call-template name="again"><xsl:with-param name="n" select="$n - 1"/>'
        '<xsl:with-param name="s" select="concat($s, $s)"/></xsl:call-template></xsl:when>'
        '<xsl:otherwise><xsl:value-of select="$s"/></xsl:otherwise></xsl:choose></xsl:template>',
        '<xsl:call-template name="again"><xsl:with-param name="n" select="32"/>'
        '<xsl:with-param name="s" select="\'xxxxxxxxxxxxxxxx\'"/></xsl:call-template>',
    ),
}


@pytest.mark.parametrize("version", ["1.0", "3.0"])
@pytest.mark.parametrize("kind", HUNGRY)
def test_a_hungry_sheet_ends_in_our_own_view_and_harms_nobody(
    kind: str, version: str, make_invoice: Make, make_sheet: Make
) -> None:
    top, body = HUNGRY[kind]
    if version == "3.0":
        # A function that libxslt lacks sends the sheet to Saxon.
        body = f"<xsl:if test=\"upper-case('a') = 'A'\">{body}</xsl:if>"
    with ChildPool(2) as pool:
        renderer = Renderer(pool, deadline_s=3)
        neighbours: list[str] = []
        other = threading.Thread(target=lambda: neighbours.append(renderer.render(make_invoice()).source))
        other.start()
        shown = renderer.render(make_invoice(template=make_sheet(f"<p>{body}</p>", top=top, version=version)))
        other.join()
        assert neighbours == ["own"]
        assert shown.source == "own"
        assert "kendi tasarımı" in shown.note
        assert "Deneme Yazılım" in shown.html
        assert renderer.render(make_invoice(template=make_sheet("<p>iyi</p>"))).source == "embedded"


def test_messages_go_nowhere_and_terminate_is_not_fatal(
    make_invoice: Make, make_sheet: Make, renderer: Renderer
) -> None:
    spoken = make_sheet(f"<p>iyi<xsl:message>{SECRET}</xsl:message></p>")
    assert renderer.render(make_invoice(template=spoken)).source == "embedded"
    stopped = make_sheet('<p><xsl:message terminate="yes">dur</xsl:message></p>')
    shown = renderer.render(make_invoice(template=stopped))
    assert shown.source == "own"
    assert "kendi tasarımı çalıştırılamadı" in shown.note
