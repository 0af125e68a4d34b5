"""validate, render, sign and verify: files in, files out, whatever those files are."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

XXE = b"""<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&x;</Invoice>"""
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>'


def _zip(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def _bad(xml: bytes) -> dict[str, tuple[str, bytes]]:
    """name of the trouble -> (code that must be named, bytes)."""
    return {
        "truncated": ("XML.TRUNCATED", xml[: len(xml) // 2]),
        "empty": ("XML.EMPTY", b""),
        "pdf": ("XML.PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
        "encoding": ("XML.ENCODING", xml.decode().encode("iso-8859-9", errors="replace")),
        "note": ("XML.TOO_BIG", xml.replace(b"<cbc:Note>", b"<cbc:Note>" + b"A" * 50_000_000, 1)),
        "xxe": ("XML.DTD", XXE),
        "laughs": ("XML.DTD", LAUGHS),
        "text": ("XML.MALFORMED", "merhaba dünya".encode()),
        "deep": ("XML.TOO_BIG", b"<a>" * 50_000 + b"</a>" * 50_000),
    }


TROUBLES = list(_bad(b"<cbc:Note></cbc:Note>"))


@pytest.fixture
def troubled(unsigned: Path, tmp_path: Path) -> Callable[[str], tuple[str, Path]]:
    def write(trouble: str) -> tuple[str, Path]:
        code, content = _bad(unsigned.read_bytes())[trouble]
        path = tmp_path / f"{trouble}.xml"
        path.write_bytes(content)
        return code, path

    return write


# --- validate ---------------------------------------------------------------------------------------------------------


def test_validate_says_what_it_found(run: Any, unsigned: Path) -> None:
    ran = run("validate", unsigned)
    assert ran.code == 0 and ran.err == ""
    assert ran.out.startswith(f"{unsigned}: uygun (invoice)")
    file = run("validate", unsigned, "--json").json("validate")["files"][0]
    assert file["ok"] and file["kind"] == "invoice" and file["file"] == str(unsigned)
    assert [(f["severity"], f["layer"]) for f in file["findings"] if f["code"] == "SEAL.NONE"] == [("info", "seal")]


def test_validate_ends_with_1_for_an_error(run: Any, unsigned: Path) -> None:
    unsigned.write_bytes(unsigned.read_bytes().replace(b">TEMELFATURA<", b">YANLISFATURA<"))
    ran = run("validate", unsigned, "--json")
    assert ran.code == 1
    (file,) = ran.json("validate")["files"]
    assert not file["ok"]
    assert any(f["severity"] == "error" and f["layer"] == "builtin" for f in file["findings"])


@pytest.mark.parametrize("trouble", TROUBLES)
def test_validate_ends_with_2_for_what_cannot_be_read(run: Any, troubled: Any, unsigned: Path, trouble: str) -> None:
    code, path = troubled(trouble)
    ran = run("validate", unsigned, path, "--json")
    assert ran.code == 2
    good, bad = ran.json("validate")["files"]
    assert good["ok"] and not bad["ok"]
    assert [(f["layer"], f["code"]) for f in bad["findings"]] == [("read", code)]
    assert ran.err == f"{path}: {bad['findings'][0]['message']}\n"


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("ZIP.TRAVERSAL", (("../../evil.xml", b"<a/>"),)),
        ("ZIP.BOMB", (("a.xml", b"\0" * 120_000_000),)),
        ("ZIP.NESTED", (("1.zip", _zip(("2.zip", _zip(("3.zip", _zip(("a.xml", b"<a/>"))))))),)),
        ("ZIP.EMPTY", ()),
        ("XML.UNKNOWN", (("sayfa.xml", b"<html/>"),)),
    ],
)
def test_validate_refuses_bad_zips(run: Any, tmp_path: Path, code: str, members: Any) -> None:
    path = tmp_path / "gelen.zip"
    path.write_bytes(_zip(*members))
    ran = run("validate", path, "--json")
    assert ran.code == 2
    assert [f["code"] for f in ran.json("validate")["files"][0]["findings"]] == [code]
    assert not (tmp_path.parent.parent / "evil.xml").exists()


def test_validate_looks_into_zips_and_folders(run: Any, unsigned: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gelenler"
    (folder / "alt").mkdir(parents=True)
    (folder / "alt" / "iki.zip").write_bytes(_zip(("a.xml", unsigned.read_bytes()), ("b.xml", unsigned.read_bytes())))
    (folder / "bir.XML").write_bytes(unsigned.read_bytes())
    (folder / "resim.pdf").write_bytes(b"%PDF-1.7")
    ran = run("validate", folder, "--json")
    names = [Path(f["file"]).name for f in ran.json("validate")["files"]]
    assert ran.code == 0
    assert names == ["iki.zip!a.xml", "iki.zip!b.xml", "bir.XML"]


def test_validate_names_what_is_not_there(run: Any, tmp_path: Path) -> None:
    (tmp_path / "bos").mkdir()
    ran = run("validate", tmp_path / "yok.xml", tmp_path / "bos", "--json")
    assert ran.code == 2
    codes = [f["findings"][0]["code"] for f in ran.json("validate")["files"]]
    assert codes == ["FILE.MISSING", "FOLDER.EMPTY"]


def test_validate_reads_no_endless_device(run: Any) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("only on systems with /dev/zero")
    ran = run("validate", "/dev/zero", "--json")
    assert ran.code == 2
    assert ran.json("validate")["files"][0]["findings"][0]["code"] == "FILE.TOO_BIG"


# --- sign and verify --------------------------------------------------------------------------------------------------


def _sign(run: Any, source: Path, out: Path, seal: Path, *more: str) -> Any:
    return run("sign", source, "-o", out, "--pkcs12", seal, "--password-env", "P12", *more)


def test_sign_then_verify(run: Any, unsigned: Path, tmp_path: Path, p12: Any) -> None:
    out = tmp_path / "muhurlu.xml"
    ran = _sign(run, unsigned, out, p12(), "--json")
    assert ran.code == 0 and "TEST mührü" in ran.err
    assert ran.json("sign")["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    verified = run("verify", out, "--json")
    (signature,) = verified.json("verify")["signatures"]
    assert verified.code == 0
    assert signature["digest_ok"] and signature["signature_ok"] and signature["certificate"]["owner"] == "9205121120"
    assert "mühür geçerli" in run("verify", out).out
    again = _sign(run, out, tmp_path / "iki.xml", p12())
    again.refused(1, "zaten mühürlü")
    assert not (tmp_path / "iki.xml").exists()


def test_changed_document_is_found_out(run: Any, unsigned: Path, tmp_path: Path, p12: Any) -> None:
    out = tmp_path / "muhurlu.xml"
    assert _sign(run, unsigned, out, p12()).code == 0
    out.write_bytes(out.read_bytes().replace(b"Kampanya", b"Kampanyb"))
    verified = run("verify", out, "--json")
    assert verified.code == 1
    assert not verified.json("verify")["valid"]
    assert "GEÇERSİZ" in run("verify", out).out
    findings = run("validate", out, "--json").json("validate")["files"][0]["findings"]
    assert [(f["severity"], f["layer"]) for f in findings if f["code"] == "SEAL.BROKEN"] == [("warning", "seal")]


@pytest.mark.xmlsec
def test_xmlsec1_accepts_what_sign_makes(run: Any, unsigned: Path, tmp_path: Path, p12: Any) -> None:
    out = tmp_path / "muhurlu.xml"
    assert _sign(run, unsigned, out, p12()).code == 0
    _ask_xmlsec1(out)


def _ask_xmlsec1(sealed: Path) -> None:
    """Digest and signature, by the certificate that the document names."""
    id_attribute = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"
    done = subprocess.run(
        ["xmlsec1", "--verify", "--insecure", "--id-attr:Id", id_attribute, str(sealed)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_draft_without_number_is_not_signed(run: Any, company: str, draft_file: Any, tmp_path: Path, p12: Any) -> None:
    source, out = tmp_path / "taslak.xml", tmp_path / "muhurlu.xml"
    assert run("invoice", "create", draft_file(), "--company", company, "-o", source).code == 0
    _sign(run, source, out, p12()).refused(1, "numarası verilmemiş")
    assert not out.exists()


def test_sign_refuses_seals_that_do_not_fit(
    run: Any, unsigned: Path, tmp_path: Path, p12: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "muhurlu.xml"
    _sign(run, unsigned, out, p12("7750409379")).refused(1, "Sertifika bu firmanın değil")
    expired = p12(not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2023, 1, 1, tzinfo=UTC))
    _sign(run, unsigned, out, expired).refused(1, "süresi dolmuş")
    _sign(run, unsigned, out, unsigned).refused(2, "bir mühür dosyası değil")
    _sign(run, unsigned, out, tmp_path / "yok.p12").refused(2, "yok.p12")
    monkeypatch.setenv("P12", "yanlis-parola")
    _sign(run, unsigned, out, p12()).refused(1, "parola yanlış")
    run("sign", unsigned, "-o", out, "--pkcs12", p12(), "--password-env", "BOYLE_YOK").refused(1, "BOYLE_YOK")
    run("sign", unsigned, "-o", out, "--pkcs11", tmp_path / "yok.so").refused(1, "Mühür sürücüsü bulunamadı")
    assert not out.exists()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_sign_and_verify_refuse_what_cannot_be_read(
    run: Any, troubled: Any, tmp_path: Path, p12: Any, trouble: str
) -> None:
    code, path = troubled(trouble)
    _sign(run, path, tmp_path / "muhurlu.xml", p12()).refused(2)
    assert not (tmp_path / "muhurlu.xml").exists()
    verified = run("verify", path, "--json")
    assert verified.code == 2
    assert verified.json("error")["error"]["code"] == code


def test_output_that_cannot_be_written(run: Any, unsigned: Path, tmp_path: Path, p12: Any) -> None:
    (tmp_path / "klasor").mkdir()
    _sign(run, unsigned, tmp_path / "klasor", p12()).refused(1, "Dosya yazılamadı")
    _sign(run, unsigned, unsigned / "icinde.xml", p12()).refused(1, "Dosya yazılamadı")
    before = unsigned.read_bytes()
    assert _sign(run, unsigned, unsigned, p12("7750409379")).code == 1
    assert unsigned.read_bytes() == before
    if Path("/dev/full").exists():
        _sign(run, unsigned, Path("/dev/full"), p12()).refused(1, "Diskte yer kalmadı")


def test_verify_without_a_seal(run: Any, unsigned: Path, tmp_path: Path) -> None:
    ran = run("verify", unsigned)
    assert ran.code == 1 and "mühür yok" in ran.out
    assert run("verify", unsigned, "--json").json("verify")["signatures"] == []
    run("verify", unsigned, "--trust", tmp_path / "yok.pem").refused(2, "yok.pem")
    run("verify", unsigned, "--trust", unsigned).refused(2, "Sertifika okunamadı")
    run("verify", tmp_path).refused(2, "bir klasör")


# --- render -----------------------------------------------------------------------------------------------------------


def test_render_html(run: Any, unsigned: Path, tmp_path: Path) -> None:
    out = tmp_path / "fatura.html"
    ran = run("render", unsigned, "--html", out, "--json")
    assert ran.code == 0
    assert ran.json("render")["written"] == [str(out)]
    assert "Meşe yemek masası" in out.read_text("utf-8")


def test_render_goes_on_past_what_cannot_be_drawn(run: Any, unsigned: Path, tmp_path: Path) -> None:
    page = tmp_path / "sayfa.xml"
    page.write_text("<html/>")
    folder = tmp_path / "cikti"
    ran = run("render", unsigned, page, tmp_path / "yok.xml", "--html", folder, "--json")
    assert ran.code == 1
    shown = ran.json("render")
    assert shown["written"] == [str(folder / "fatura.html")]
    assert [f["code"] for f in shown["failed"]] == ["XML.UNKNOWN", "FILE.MISSING"]
    assert ran.err.count("\n") == 2


@pytest.mark.parametrize("trouble", ["truncated", "pdf", "xxe", "note"])
def test_render_refuses_what_cannot_be_read(run: Any, troubled: Any, tmp_path: Path, trouble: str) -> None:
    code, path = troubled(trouble)
    ran = run("render", path, "--html", tmp_path / "fatura.html", "--json")
    assert ran.code == 2
    assert [f["code"] for f in ran.json("render")["failed"]] == [code]
    assert not (tmp_path / "fatura.html").exists()


def test_render_pdf_and_png(run: Any, unsigned: Path, tmp_path: Path) -> None:
    from pypdf import PdfReader

    other = tmp_path / "baska.xml"
    other.write_bytes(unsigned.read_bytes())
    out = tmp_path / "hepsi.pdf"
    assert run("render", unsigned, other, "--pdf", out).code == 0
    assert len(PdfReader(out).pages) == 2
    picture = tmp_path / "fatura.png"
    assert run("render", unsigned, "--png", picture).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
