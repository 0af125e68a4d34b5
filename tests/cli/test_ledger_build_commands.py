"""A month from vouchers to sealed ledgers by the public commands, and what GİB's rules and xmlsec1 say of them."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.signing.verify import verify_document

HEAD = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Açıklama;Borç;Alacak;Belge Türü;Belge No;Belge Tarihi;Kaydeden"
NAMES = {"100": "KASA", "320": "SATICILAR", "600": "SATIŞLAR", "770": "GİDERLER", "391": "KDV"}


def source(path: Path, year: int, month: int, vouchers: int, *, extra: str = "") -> Path:
    """A balanced month; `extra` are more rows."""
    dice = random.Random(month)
    rows = [HEAD]
    for index in range(vouchers):
        day = f"{1 + index * 28 // vouchers:02d}.{month:02d}.{year}"
        debit, credit = dice.sample(sorted(NAMES), 2)
        units = dice.randint(1, 10**7)
        amount = f"{units // 100:,}".replace(",", ".") + f",{units % 100:02d}"
        document = ("fatura", f"ABC{year}{index + 1:09d}", day) if index % 2 else ("", "", "")
        for code, sides in ((debit, (amount, "")), (credit, ("", amount))):
            parts = (f"{month}-{index + 1}", day, f"{code}.01", "ALT HESAP", NAMES[code], "Kayıt & iş", *sides)
            rows.append(";".join((*parts, *document, "Ayşe Işık")))
    path.write_bytes(("\r\n".join([*rows, extra]) + "\r\n").encode("cp1254", "replace"))
    return path


@pytest.fixture
def ledger_company(run: Any, company: str, company_file: Path) -> str:
    """The company with everything a ledger's head needs."""
    data = json.loads(company_file.read_text("utf-8"))
    data |= {
        "phone": "2165550142",
        "email": "muhasebe@ornek.example",
        "nace": "310903",
        "fiscal_year_start": "2026-01-01",
        "fiscal_year_end": "2026-12-31",
        "accountant": {"name": "Şükriye Yağcıoğlu", "engagement_type": "SMMM sözleşmesi", "contract_no": "M10120"},
    }
    data["address"] |= {"street": "Bahariye Caddesi", "city": "İstanbul", "postal_code": "34710"}
    company_file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    assert run("company", "add", "--from", company_file).code == 0
    return company


def take(run: Any, company: str, path: Path) -> None:
    assert run("ledger", "import", path, "--company", company).code == 0


def build(run: Any, company: str, out: Path, period: str, *more: str) -> dict[str, Any]:
    ran = run(
        "ledger", "build", "--company", company, "--period", period, "--out", out, "--seal", "test", "--json", *more
    )
    assert ran.code == 0, ran.err + ran.out
    told: dict[str, Any] = json.loads(ran.out)
    return told


def test_two_months_follow_each_other(run: Any, ledger_company: str, tmp_path: Path, today: str) -> None:
    out = tmp_path / "defterler"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 12))
    take(run, ledger_company, source(tmp_path / "02.csv", 2026, 2, 9))
    run("ledger", "build", "--company", ledger_company, "--period", "2026-02", "--out", out, "--seal", "test").refused(
        1, "Önceki ay (2026-01) henüz oluşturulmamış"
    )
    first = build(run, ledger_company, out, "2026-01")
    second = build(run, ledger_company, out, "2026-02")
    assert first["checks"][0]["entries"] == [1, 12] and second["checks"][0]["entries"] == [13, 21]
    folder = out / ledger_company / "01.01.2026-31.12.2026" / "02"
    stem = f"{ledger_company}-202602"
    names = {path.name for path in folder.iterdir()}
    assert {f"{stem}-{kind}-000000.xml" for kind in ("Y", "K", "YB", "KB")} <= names
    assert {"yevmiye.xslt", "kebir.xslt", "berat.xslt"} <= names
    journal = (folder / f"{stem}-Y-000000.xml").read_text("utf-8")
    assert "YEV202602000002" in journal and ">25</gl-cor:lineNumber>" in journal
    with zipfile.ZipFile(folder / f"{stem}-YB-000000.zip") as package:
        assert package.namelist() == [f"{stem}-YB-000000.xml", f"{stem}-Y-000000.xml"]
    with zipfile.ZipFile(folder / f"{stem}-KB-000000.zip") as package:
        assert package.namelist() == [f"{stem}-KB-000000.xml"]
    for path in folder.glob("*.xml"):
        assert verify_document(path.read_bytes()).valid, path.name
    assert not [*folder.glob(".muhurdar-*")]


@pytest.mark.xmlsec
def test_xmlsec1_agrees_with_a_built_month(run: Any, ledger_company: str, tmp_path: Path) -> None:
    out = tmp_path / "defterler"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 20))
    told = build(run, ledger_company, out, "2026-01")
    program = shutil.which("xmlsec1")
    assert program is not None
    books = [entry["file"] for entry in told["files"] if entry["file"].endswith(".xml")]
    assert len(books) == 4
    for book in books:
        ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
        ran = subprocess.run(
            [program, "--verify", "--insecure", *ids, book], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr


def test_errors_are_told_together_and_nothing_is_written(run: Any, ledger_company: str, tmp_path: Path) -> None:
    one = "1-99;28.01.2026;9X9.01;ALT;;Hatalı;10,00;;çekmece;;;A"
    other = "1-99;28.01.2026;100.01;ALT HESAP;KASA;Hatalı;;9,99;;X1;;A"
    extra = f"{one}\r\n{other}"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 3, extra=extra))
    ran = run("ledger", "check", "--company", ledger_company, "--period", "2026-01", "--json")
    assert ran.code == 1
    (check,) = json.loads(ran.out)["checks"]
    codes = {finding["code"] for finding in check["findings"]}
    assert {
        "DEFTER.BALANCE",
        "DEFTER.MAIN_ACCOUNT",
        "DEFTER.ACCOUNT_NAME",
        "DEFTER.ENTERED_BY",
        "DEFTER.DOCUMENT_TYPE",
        "DEFTER.DOCUMENT_NO_TYPE",
    } <= codes
    balance = next(finding for finding in check["findings"] if finding["code"] == "DEFTER.BALANCE")
    assert "borcu 10,00, alacağı 9,99" in balance["message"]
    out = tmp_path / "defterler"
    ran = run("ledger", "build", "--company", ledger_company, "--period", "2026-01", "--out", out, "--seal", "test")
    assert ran.code == 1 and "HATA DEFTER.BALANCE" in ran.err and not out.exists()


def test_a_month_is_split_by_day_and_by_size(run: Any, ledger_company: str, tmp_path: Path) -> None:
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 28))
    by_day = build(run, ledger_company, tmp_path / "a", "2026-01", "--split-after", "2026-01-10")
    assert by_day["parts"] == 2
    folder = tmp_path / "a" / ledger_company / "01.01.2026-31.12.2026" / "01"
    one = (folder / f"{ledger_company}-202601-Y-000001.xml").read_text("utf-8")
    two = (folder / f"{ledger_company}-202601-Y-000002.xml").read_text("utf-8")
    assert "2026-01-10</gl-cor:periodCoveredEnd>" in one and "2026-01-11</gl-cor:periodCoveredStart>" in two
    assert one.count("<gl-cor:entryHeader>") + two.count("<gl-cor:entryHeader>") == 28
    take(run, ledger_company, source(tmp_path / "02.csv", 2026, 2, 400))
    by_size = build(run, ledger_company, tmp_path / "b", "2026-02", "--max-mb", "1")
    assert by_size["parts"] >= 2
    sizes = [path.stat().st_size for path in (tmp_path / "b").rglob("*-Y-*.xml")]
    assert len(sizes) == by_size["parts"] and max(sizes) <= 1024 * 1024


def test_an_empty_and_an_unfinished_month_are_refused(run: Any, ledger_company: str, tmp_path: Path) -> None:
    ran = run("ledger", "check", "--company", ledger_company, "--period", "2026-01")
    assert ran.code == 1 and "ayında fiş yok" in ran.err
    ran = run("ledger", "check", "--company", ledger_company, "--period", "2099-01")
    assert ran.code == 1 and "henüz bitmedi" in ran.err
    run("ledger", "check", "--company", ledger_company, "--period", "ocak").refused(2, "Ay anlaşılmadı")
    run("ledger", "build", "--company", ledger_company, "--period", "2026-01", "--out", tmp_path).refused(
        2, "mühürsüz oluşturulamaz"
    )


@pytest.mark.shared
def test_gibs_own_rules_look_at_every_file_of_a_month(
    run: Any, ledger_company: str, tmp_path: Path, shared: Path
) -> None:
    package = tmp_path / "edefter.zip"
    with zipfile.ZipFile(package, "w") as archive:
        folder = shared / "gib" / "edefter-paketi"
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    assert run("package", "install", package).code == 0
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 30))
    told = build(run, ledger_company, tmp_path / "defterler", "2026-01")
    assert [one for one in told["official"] if one["severity"] == "error"] == []
    books = [name for name in told["engines"] if name != "data"]
    assert len(books) == 4 and all("schematron" in told["engines"][name] for name in books)


def test_a_sealed_month_is_filed_taken_back_and_built_again(run: Any, ledger_company: str, tmp_path: Path) -> None:
    out = tmp_path / "defterler"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 4))
    month = ("--company", ledger_company, "--period", "2026-01")
    run("ledger", "filed", *month).refused(1, "henüz oluşturulup mühürlenmemiş")
    build(run, ledger_company, out, "2026-01")
    run("ledger", "report", *month, "--out", out, "--seal", "test").refused(1, "GİB'ce onaylandıktan sonra")
    assert "yüklenmiş" in run("ledger", "filed", *month).out
    run("ledger", "build", *month, "--out", out, "--seal", "test").refused(1, "yeniden oluşturulamadı")
    stray = tmp_path / "GIB-x.xml"
    stray.write_text("<a/>", "utf-8")
    ran = run("ledger", "approve", stray, *month, "--out", out)
    assert ran.code == 1 and "GİB onaylı berat dosyası değil" in ran.err
    run("ledger", "takeback", *month, "--out", out).refused(1, "GİB'e yüklenmiş")
    ran = run("ledger", "takeback", *month, "--out", out, "--deleted-by", "Ayşe", "--deleted-on", "2026-02-03")
    assert ran.code == 0 and "6 dosya" in ran.out
    assert build(run, ledger_company, out, "2026-01")["built"]
