"""package install, list, update, rollback; validate once packages are installed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.validation.packagemaker import e_invoice_files, invoice, ubl_files, zipped

OLD = zipped(e_invoice_files(release="20250101", lists={"CurrencyCodeList": "USD"}))
NEW = zipped(e_invoice_files())
UBL = zipped(ubl_files())


@pytest.fixture
def zips(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name, raw in (("old", OLD), ("new", NEW), ("ubl", UBL), ("half", NEW[:500])):
        found[name] = tmp_path / f"{name}.zip"
        found[name].write_bytes(raw)
    return found


@pytest.fixture
def bad_invoice(tmp_path: Path) -> Path:
    path = tmp_path / "kotu.xml"
    path.write_bytes(invoice(number="kısa"))
    return path


# ---- install, list, rollback ---------------------------------------------------------------------------------------


def test_install_and_list(run: Run, zips: dict[str, Path]) -> None:
    assert "Kurulu GİB paketi yok" in run("package", "list").out
    done = run("package", "install", zips["old"], zips["ubl"], zips["new"])
    assert done.code == 0
    assert "e-Fatura paketi 01.01.2025 kuruldu." in done.out
    assert "UBL-TR paketi 12.01.2026 kuruldu." in done.out
    assert "CurrencyCodeList listesine eklenenler: TRY, EUR" in done.out
    lines = run("package", "list").out.splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        ["e-Fatura paketi", "12.03.2026", "kullanılıyor"],
        ["e-Fatura paketi", "01.01.2025", "saklı"],
        ["UBL-TR paketi", "12.01.2026", "kullanılıyor"],
    ]
    assert "listesinden çıkarılanlar: USD" in run("package", "list", "--changes").out


def test_the_shape_of_the_json(run: Run, zips: dict[str, Path]) -> None:
    data = run("package", "install", zips["old"], "--json").json()
    (one,) = data["packages"]
    assert one["ok"] and one["installed"]["kind"] == "e-fatura" and one["installed"]["release"] == "2025-01-01"
    data = run("package", "install", zips["new"], "--json").json()
    assert data["packages"][0]["changes"]["added_codes"] == {"CurrencyCodeList": ["TRY", "EUR"]}
    listed = run("package", "list", "--changes", "--json").json()["packages"]
    assert [(one["release"], one["current"]) for one in listed] == [("2026-03-12", True), ("2025-01-01", False)]
    assert listed[0]["changes"]["removed_codes"] == {"CurrencyCodeList": ["USD"]}
    back = run("package", "rollback", "e-fatura", "--json").json()
    assert (back["installed"]["release"], back["previous"]["release"]) == ("2025-01-01", "2026-03-12")


def test_a_damaged_zip_is_refused_and_the_others_are_installed(run: Run, zips: dict[str, Path], data_dir: Path) -> None:
    done = run("package", "install", zips["half"], zips["new"], "--json")
    assert done.code == 1
    assert "bozuk ya da yarım" in done.err and "Traceback" not in done.err
    first, second = done.json()["packages"]
    assert (first["ok"], first["error"]["code"], second["ok"]) == (False, "ZIP.DAMAGED", True)
    assert len(list((data_dir / "packages").glob("*.zip"))) == 1


def test_a_missing_file_and_a_wrong_kind_are_said(run: Run, tmp_path: Path) -> None:
    done = run("package", "install", tmp_path / "yok.zip")
    assert done.code == 1 and "bulunamadı" in done.err
    run("package", "rollback", "e-fatura").refused(2, "kurulu değil")
    run("package", "rollback", "baska").refused(2, "olabilecekler")


def test_rollback_changes_what_validate_says_and_installing_again_returns(
    run: Run, zips: dict[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "f.xml"
    file.write_bytes(invoice())

    def official() -> list[str]:
        findings = run("validate", file, "--json").json("validate")["files"][0]["findings"]
        return [f["code"] for f in findings if f["layer"] == "schematron" and f["severity"] == "error"]

    run("package", "install", zips["old"], zips["new"], zips["ubl"])
    assert official() == []
    assert run("package", "rollback", "e-fatura").code == 0
    assert official() == ["CurrencyIDCheck"]
    run("package", "install", zips["new"])
    assert official() == []


# ---- update -------------------------------------------------------------------------------------------------------


class _Gib(ThreadingHTTPServer):
    """GİB's download pages on this machine: path -> (status, headers, body). `asked` are the paths asked for,
    `sent` the sizes of the bodies given."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.sent: list[int] = []
        super().__init__(("127.0.0.1", 0), _Page)

    def put(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> str:
        self.pages[path] = (status, {"Content-Length": str(len(body)), **headers}, body)
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Page(BaseHTTPRequestHandler):
    server: _Gib

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, headers, body = self.server.pages.get(self.path, (404, {"Content-Length": "0"}, b""))
        if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
            status, headers, body = 304, {"Content-Length": "0"}, b""
        if body:
            self.server.sent.append(len(body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Silence: the tests look at what was asked."""


@pytest.fixture
def gib() -> Iterator[_Gib]:
    with _Gib() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def addresses(data_dir: Path) -> Callable[..., None]:
    def write(**kinds: list[str]) -> None:
        folder = data_dir / "packages"
        folder.mkdir(parents=True, exist_ok=True)
        entries = [{"kind": kind.replace("_", "-"), "addresses": places} for kind, places in kinds.items()]
        (folder / "addresses.json").write_text(json.dumps({"packages": entries}), "utf-8")

    return write


def test_update_installs_what_is_new_and_leaves_what_is_not(
    run: Run, gib: _Gib, addresses: Callable[..., None]
) -> None:
    addresses(e_fatura=[gib.put("/e.zip", OLD)], ubl_tr=[gib.put("/u.zip", UBL)])
    first = run("package", "update")
    assert first.code == 0 and "01.01.2025 sürümü kuruldu" in first.out
    gib.put("/e.zip", NEW)
    second = run("package", "update")
    assert "e-Fatura paketi: 12.03.2026 sürümü kuruldu." in second.out
    assert "UBL-TR paketi: kurulu olan güncel." in second.out
    third = run("package", "update", "--kind", "e-fatura", "--json").json()
    assert [(one["kind"], one["ok"], "installed" in one) for one in third["packages"]] == [("e-fatura", True, False)]
    assert gib.asked.count("/u.zip") == 2


def test_after_going_back_an_update_returns_to_the_published_release(
    run: Run, gib: _Gib, addresses: Callable[..., None], zips: dict[str, Path]
) -> None:
    addresses(e_fatura=[gib.put("/e.zip", NEW, ETag='"7"')])
    run("package", "install", zips["old"])
    run("package", "update")
    assert run("package", "rollback", "e-fatura").code == 0
    assert "12.03.2026 sürümü kuruldu" in run("package", "update").out
    # A newer one from a file is not given up for what is published.
    later = zipped(e_invoice_files(release="20270101"))
    zips["new"].write_bytes(later)
    run("package", "install", zips["new"])
    assert "kurulu olan güncel" in run("package", "update").out
    assert "01.01.2027  kullanılıyor" in run("package", "list").out


def test_what_is_unchanged_by_its_tag_is_not_fetched_again(
    run: Run, gib: _Gib, addresses: Callable[..., None], data_dir: Path
) -> None:
    addresses(e_fatura=[gib.put("/e.zip", NEW, ETag='"7"')])
    run("package", "update")
    assert "kurulu olan güncel" in run("package", "update").out
    assert (gib.sent, gib.asked) == ([len(NEW)], ["/e.zip", "/e.zip"])
    # The tag is believed only while its package is there.
    (data_dir / "packages" / "index.json").unlink()
    for file in (data_dir / "packages").glob("*.zip"):
        file.unlink()
    assert "12.03.2026 sürümü kuruldu" in run("package", "update").out
    (data_dir / "packages" / "fetched.json").write_text("[1", "utf-8")
    assert "kurulu olan güncel" in run("package", "update").out
    assert gib.sent == [len(NEW)] * 3


def test_update_tries_the_next_address_and_follows_a_redirect(
    run: Run, gib: _Gib, addresses: Callable[..., None]
) -> None:
    gib.put("/new.zip", NEW)
    moved = gib.put("/moved.zip", b"", status=302, Location="/new.zip")
    addresses(e_fatura=[gib.put("/gone.zip", b"", status=404), moved])
    assert "12.03.2026 sürümü kuruldu" in run("package", "update").out


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ((b"", 404, {}), "404"),
        ((NEW[: len(NEW) // 2], 200, {"Content-Length": str(len(NEW))}), "koptu"),
        ((NEW[: len(NEW) // 2], 200, {}), "bozuk ya da yarım"),
        ((b"<html>busy</html>", 200, {}), "web sayfası"),
        ((b"busy", 200, {"Content-Type": "text/html; charset=utf-8"}), "web sayfası"),
        ((b"busy", 200, {}), "ZIP dosyası değil"),
        ((b"", 302, {"Location": "http://localhost:9/e.zip"}), "başka bir siteye"),
        ((b"", 302, {"Location": "file:///etc/passwd"}), "indirilmez"),
    ],
    ids=[
        "missing",
        "cut",
        "half",
        "a page instead",
        "said to be a page",
        "no zip",
        "a redirect to another site",
        "a redirect to a file",
    ],
)
def test_a_download_that_fails_changes_nothing(
    run: Run,
    gib: _Gib,
    addresses: Callable[..., None],
    data_dir: Path,
    page: tuple[bytes, int, dict[str, str]],
    words: str,
) -> None:
    addresses(e_fatura=[gib.put("/e.zip", OLD)], ubl_tr=[gib.put("/u.zip", UBL)])
    run("package", "update")
    index = (data_dir / "packages" / "index.json").read_bytes()
    body, status, headers = page
    gib.pages["/e.zip"] = (status, {"Content-Length": str(len(body)), **headers}, body)
    done = run("package", "update")
    assert done.code == 1 and words in done.err and "Traceback" not in done.err
    assert "UBL-TR paketi: kurulu olan güncel." in done.out
    assert (data_dir / "packages" / "index.json").read_bytes() == index


def test_nobody_there_and_a_broken_address_file(run: Run, addresses: Callable[..., None], data_dir: Path) -> None:
    addresses(e_fatura=["http://127.0.0.1:9/e.zip"])
    done = run("package", "update")
    assert done.code == 1 and "ulaşılamadı" in done.err
    addresses(e_fatura=["http://ebelge.example/e.zip"])
    assert "https ile başlamıyor" in run("package", "update").err
    (data_dir / "packages" / "addresses.json").write_text("{", "utf-8")
    run("package", "update").refused(1, "adresleri okunamadı")


def test_the_addresses_that_ship_are_gibs_and_secure(project: Path) -> None:
    from app.validation.packages.content import PackageKind
    from app.validation.packages.updating import addresses as shipped

    found = shipped(project / "no such folder")
    assert set(found) == set(PackageKind)
    assert all(place.startswith("https://") and ".gov.tr/" in place for places in found.values() for place in places)


# ---- validate ------------------------------------------------------------------------------------------------------


def test_validate_uses_what_is_installed(run: Run, zips: dict[str, Path], bad_invoice: Path) -> None:
    before = run("validate", bad_invoice, "--json").json("validate")["files"][0]["findings"]
    assert "OFFICIAL.NO_PACKAGE" in [f["code"] for f in before]
    run("package", "install", zips["new"], zips["ubl"])
    done = run("validate", bad_invoice, "--json")
    (entry,) = done.json("validate")["files"]
    assert (done.code, entry["kind"], entry["ok"]) == (1, "invoice", False)
    found = next(f for f in entry["findings"] if f["code"] == "InvoiceIDCheck")
    assert (found["layer"], found["severity"], found["field"], found["line"]) == ("schematron", "error", "number", 2)
    assert found["official"] == "Numara bicimi yanlis" and found["explanation"] and found["xpath"] == "/Invoice"
    said = run("validate", bad_invoice).out
    assert "HATA InvoiceIDCheck [number] (2. satır):" in said


def test_an_issued_document_is_checked_against_the_release_of_its_day(
    run: Run, zips: dict[str, Path], tmp_path: Path
) -> None:
    """In the command and in the window's "Belge denetle", which share their checks; a draft meets the newest."""
    run("package", "install", zips["new"], zips["ubl"], zips["old"])
    seal = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    head = (
        f"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>{seal}</ext:ExtensionContent></ext:UBLExtension>"
        "</ext:UBLExtensions>"
    )
    files = {
        "eski.xml": invoice(day="2026-03-11", head=head),
        "yeni.xml": invoice(day="2026-03-12", head=head),
        "taslak.xml": invoice(day="2026-03-11"),
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    paths = [tmp_path / name for name in files]
    shown = run("validate", *paths, "--json").json("validate")["files"]
    codes = {Path(e["file"]).name: "CurrencyIDCheck" in [f["code"] for f in e["findings"]] for e in shown}
    assert codes == {"eski.xml": True, "yeni.xml": False, "taslak.xml": False}


def test_a_batch_keeps_its_order_through_folders_and_zips(run: Run, zips: dict[str, Path], tmp_path: Path) -> None:
    run("package", "install", zips["new"], zips["ubl"])
    folder = tmp_path / "belgeler"
    folder.mkdir()
    for n in range(20):
        (folder / f"{n:02}.xml").write_bytes(invoice(number="x" if n % 3 else "ABC2026000000001"))
    (folder / "99.zip").write_bytes(zipped({"a.xml": invoice(), "b.xml": b"<kirik"}))
    (folder / "not.txt").write_bytes(b"x")
    done = run("validate", folder, "--json")
    files = done.json("validate")["files"]
    names = [Path(entry["file"]).name for entry in files]
    assert names == [f"{n:02}.xml" for n in range(20)] + ["99.zip!a.xml", "99.zip!b.xml"]
    bad = [any(f["code"] == "InvoiceIDCheck" for f in entry["findings"]) for entry in files[:20]]
    assert bad == [bool(n % 3) for n in range(20)]
    assert (done.code, files[-1]["kind"]) == (2, "unknown")


def test_what_is_no_document_in_a_zip_of_documents_is_passed_over(run: Run, tmp_path: Path) -> None:
    mixed, none = tmp_path / "karisik.zip", tmp_path / "resim.zip"
    mixed.write_bytes(zipped({"gorunum.xslt": b"<x/>", "a.XML": invoice(), "resim.png": b"\x89PNG"}))
    none.write_bytes(zipped({"resim.png": b"\x89PNG"}))
    files = run("validate", mixed, "--json").json("validate")["files"]
    assert [Path(entry["file"]).name for entry in files] == ["karisik.zip!a.XML"]
    done = run("validate", none, "--json")
    assert (done.code, [entry["kind"] for entry in done.json("validate")["files"]]) == (2, ["unknown"])


def test_queue_asks_the_installed_rules_and_leaves_a_draft(
    run: Run, connected: str, draft_file: Callable[..., Path], tmp_path: Path
) -> None:
    strict = tmp_path / "siki.zip"
    strict.write_bytes(zipped(e_invoice_files(lists={"ProfileIDType": "HKS", "CurrencyCodeList": "TRY,USD,EUR"})))
    run("package", "install", strict)
    ettn = run("invoice", "create", draft_file(), "--company", connected).out.strip()
    done = run("invoice", "queue", ettn, "--company", connected, "--seal", "test", "--json")
    assert done.code == 1 and "mühürlenmedi" in done.err and "ProfileIDCheck" in done.err
    # There is no word that passes an error over.
    words = ("--accept", "ProfileIDCheck=Biliyorum")
    assert run("invoice", "queue", ettn, "--company", connected, "--seal", "test", *words).code == 1
    (document,) = run("invoice", "list", "--company", connected, "--json").json("list")["documents"]
    assert (document["state"], document["number"]) == ("draft", "")


@pytest.mark.shared
def test_validate_names_the_kind_of_every_official_sample(run: Run, shared: Path, tmp_path: Path) -> None:
    packages = [shared / "gib" / name for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip")]
    assert run("package", "install", *packages).code == 0
    from app.runtime.safezip import iter_members

    folder = tmp_path / "ornekler"
    folder.mkdir()
    for member in iter_members(packages[0].read_bytes()):
        if "/xml/" in member.name and member.name.endswith(".xml"):
            (folder / member.name.rsplit("/", 1)[1]).write_bytes(member.data)
    files = run("validate", folder, "--json").json("validate")["files"]
    assert len(files) == 43
    assert {entry["kind"] for entry in files} == {"invoice", "despatch", "receipt", "application-response"}
    # With a placeholder for the seal all obey their schema; the Schematron, and nothing else, decides.
    assert sum(entry["ok"] for entry in files) == 26
    assert not [f for entry in files for f in entry["findings"] if f["layer"] == "xsd"]
