"""Rules of a package that reach for this computer's files, its network or its settings get nothing.

Each rule here holds once it has reached what it asks for, so a door left open shows as a document without findings, or
as a visit to the server.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import InputError
from app.domain.findings import Severity
from app.runtime.children import ChildPool
from app.validation.packages.content import MAIN_SCHEMATRON
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.packagemaker import RULES, e_invoice_files, invoice, ubl_files, zipped

TODAY = date(2026, 3, 20)
XSL = "http://www.w3.org/1999/XSL/Transform"
SECRET = "<a>gizli</a>"


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.fixture
def rules(pool: ChildPool, tmp_path: Path) -> InstalledRules:
    folder = tmp_path / "packages"
    folder.mkdir()
    store = PackageStore(folder, pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    store.install(zipped(ubl_files()), "u.zip")
    return InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)


class Web(ThreadingHTTPServer):
    """Answers everything with the secret; `visits` are the paths asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        self.visits: list[str] = []
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answer(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.visits.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(SECRET)))
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: Any) -> None:
        """Silence: the tests look at the visits."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "gizli.xml"
    path.write_text(SECRET, "utf-8")
    return path


def said(rules: InstalledRules) -> list[tuple[str, Severity]]:
    return [(f.code, f.severity) for f in rules.check(invoice(), kind="invoice", issue_date=None)]


def asking(test: str) -> dict[str, bytes]:
    """A package whose rule on lines is this test."""
    return e_invoice_files(rules=RULES.replace("cac:Item/cbc:Name", test))


REACHES = [
    "doc('{file}')/a = 'gizli'",
    "document('{file}')/a = 'gizli'",
    "document('{path}')/a = 'gizli'",
    "doc-available('{file}')",
    "contains(unparsed-text('{file}'), 'gizli')",
    "unparsed-text-available('{file}')",
    "unparsed-text-lines('{file}') = '<a>gizli</a>'",
    "exists(collection('{folder}?select=*.xml'))",
    "exists(uri-collection('{folder}?select=*.xml'))",
    "doc('{web}/a')/a = 'gizli'",
    "document('{web}/a')/a = 'gizli'",
    "contains(unparsed-text('{web}/a'), 'gizli')",
    "string-length(environment-variable('PATH')) gt 0",
    "exists(available-environment-variables())",
    "exists(json-doc('{web}/a'))",
]


@pytest.mark.parametrize("test", REACHES)
def test_a_rule_that_reaches_outside_gets_nothing(rules: InstalledRules, secret: Path, web: Web, test: str) -> None:
    reach = test.format(file=secret.as_uri(), path=secret, folder=secret.parent.as_uri(), web=web.url)
    rules.store.install(zipped(asking(reach.replace("<", "&lt;"))), "reach.zip")
    assert said(rules) == [("LineNameCheck", Severity.ERROR)]
    assert web.visits == []


def test_what_could_be_reached_would_be_seen(rules: InstalledRules) -> None:
    """The rule of these tests says nothing where it holds."""
    rules.store.install(zipped(asking("contains('gizli', 'giz')")), "reach.zip")
    assert said(rules) == []


@pytest.mark.parametrize("place", ["{web}/a#x", "{file}#x", "{path}#x", "../../gizli.xml#x"])
def test_an_include_from_outside_the_package_is_refused(
    rules: InstalledRules, secret: Path, web: Web, place: str
) -> None:
    href = place.format(web=web.url, file=secret.as_uri(), path=secret)
    files = e_invoice_files()
    name = f"e-FaturaPaketi/{MAIN_SCHEMATRON}"
    files[name] = files[name].replace(b"UBL-TR_Codelist.xml#codes", href.encode())
    with pytest.raises(InputError) as caught:
        rules.store.install(zipped(files), "include.zip")
    assert caught.value.code == "PACKAGE.SCHEMATRON"
    assert web.visits == [] and [one.name for one in rules.store.installed()] == ["u.zip"]


@pytest.mark.parametrize("element", ["import", "include"])
@pytest.mark.parametrize("where", ["schema", "pattern", "rule"])
def test_xslt_among_the_rules_fetches_nothing(
    rules: InstalledRules, secret: Path, web: Web, element: str, where: str
) -> None:
    """A sheet from outside could make the check say what it likes; it is left out, or the package is refused."""
    for place in (f"{web.url}/a.xsl", secret.as_uri()):
        foreign = f'<xsl:{element} xmlns:xsl="{XSL}" href="{place}"/>'.encode()
        files = e_invoice_files()
        name = f"e-FaturaPaketi/{MAIN_SCHEMATRON}"
        before = {"schema": b'<sch:pattern id="invoice">', "pattern": b'<sch:rule context="inv:Invoice">'}
        at = before.get(where, b'<sch:extends rule="ProfileIDCheck"/>')
        assert at in files[name]
        files[name] = files[name].replace(at, foreign + at, 1)
        try:
            rules.store.install(zipped(files), "xslt.zip")
        except InputError as error:
            assert error.code == "PACKAGE.SCHEMATRON"
        else:
            assert said(rules) == []
        assert web.visits == []


def test_a_schema_does_not_import_from_outside(rules: InstalledRules, secret: Path, web: Web) -> None:
    for place in (f"{web.url}/a.xsd", secret.as_uri()):
        files = {
            name: data.replace(b"../common/Extension.xsd", place.encode()) if "UBL-Invoice" in name else data
            for name, data in ubl_files().items()
        }
        with pytest.raises(InputError) as caught:
            rules.store.install(zipped(files), "import.zip")
        assert caught.value.code == "PACKAGE.SCHEMA"
    assert web.visits == []
