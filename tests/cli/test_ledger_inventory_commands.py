"""`ledger inventory`: a list becomes E and EB, which hold for xmlsec1 and for GİB's own rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.signing.verify import verify_document

from .test_ledger_build_commands import ledger_company

__all__ = ["ledger_company"]

HEAD = (
    "Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Ürün Kodu;Ürün Adı;Miktar;Birim;Tutar;Açıklama;"
    "Döviz Cinsi;Döviz Tutarı;Kur;Kur Tarihi"
)
ROWS = (
    "100;KASA;100.01;Merkez kasa;;;;;1.250,40;Sayım;;;;",
    "102;BANKALAR;102.02;Döviz hesabı;;;;;4.125,00;;USD;100,00;41,2500;31.12.2025",
    "153;TİCARİ MALLAR;153.01;Un;U-1;Ekmeklik un <50 kg>;12,5;kg;9.000,00;;;;;",
    "153;TİCARİ MALLAR;153.02;Toner;T-7;Toner & kartuş;3;adet;810,00;;;;;",
    "153;TİCARİ MALLAR;153.03;Su;S-1;Su;40;LTR;120,00;;;;;",
)


def write(path: Path, *rows: str, head: str = HEAD) -> Path:
    path.write_text("\r\n".join([head, *rows]), "cp1254", newline="")
    return path


def take(run: Any, company: str, path: Path, day: str, *more: str) -> Any:
    return run("ledger", "inventory", "import", path, "--company", company, "--day", day, *more)


def build(run: Any, company: str, out: Path, day: str, *more: str) -> dict[str, Any]:
    base = ("ledger", "inventory", "build", "--company", company, "--day", day, "--out", out, "--seal", "test")
    ran = run(*base, "--json", *more)
    assert ran.code == 0, ran.err + ran.out
    told: dict[str, Any] = json.loads(ran.out)
    return told


def test_a_list_becomes_a_sealed_ledger_and_the_year_s_numbers_go_on(
    run: Any, ledger_company: str, tmp_path: Path
) -> None:
    out = tmp_path / "defterler"
    assert take(run, ledger_company, write(tmp_path / "a.csv", *ROWS), "2026-01-01").code == 0
    again = take(run, ledger_company, write(tmp_path / "b.csv", *reversed(ROWS)), "2026-01-01")
    assert again.code == 0 and "aynı liste" in again.out
    first = build(run, ledger_company, out, "2026-01-01")
    assert first["checks"][0]["entries"] == [1, 3] and first["checks"][0]["lines"] == 5
    folder = out / ledger_company / "01.01.2026-31.12.2026" / "01"
    stem = f"{ledger_company}-202601"
    text = (folder / f"{stem}-E-000000.xml").read_text("utf-8")
    assert "ENV202601000001" in text and ">12.5</gl-bus:measurableQuantity>" in text and ">KGM</" in text
    assert "iso4217:USD" in text and text.count("<gl-cor:entryHeader>") == 3
    with zipfile.ZipFile(folder / f"{stem}-EB-000000.zip") as package:
        assert package.namelist() == [f"{stem}-EB-000000.xml", f"{stem}-E-000000.xml"]
    for path in folder.glob("*.xml"):
        assert verify_document(path.read_bytes()).valid, path.name
    assert (folder / "envanter.xslt").is_file()
    assert take(run, ledger_company, write(tmp_path / "c.csv", *ROWS[:2]), "2026-02-28").code == 0
    second = build(run, ledger_company, out, "2026-02-28")
    assert second["checks"][0]["entries"] == [4, 5]
    later = out / ledger_company / "01.01.2026-31.12.2026" / "02" / f"{ledger_company}-202602-E-000000.xml"
    assert "ENV202602000002" in later.read_text("utf-8") and ">6</gl-cor:lineNumber>" in later.read_text("utf-8")
    run(
        "ledger",
        "inventory",
        "build",
        "--company",
        ledger_company,
        "--day",
        "2026-01-01",
        "--out",
        out,
        "--seal",
        "test",
    ).refused(1, "sonraki bir günün envanteri mühürlenmiş")
    assert run("ledger", "verify", out).code == 0
    assert take(run, ledger_company, tmp_path / "c.csv", "2026-02-28", "--replace").code == 0
    assert build(run, ledger_company, out, "2026-01-01", "--again")["checks"][0]["entries"] == [1, 3]


def test_another_list_waits_for_a_word(run: Any, ledger_company: str, tmp_path: Path) -> None:
    assert take(run, ledger_company, write(tmp_path / "a.csv", *ROWS), "2026-01-01").code == 0
    other = write(tmp_path / "b.csv", *ROWS[:3])
    refused = take(run, ledger_company, other, "2026-01-01")
    assert refused.code == 1 and "--replace" in refused.err
    assert take(run, ledger_company, other, "2026-01-01", "--replace").code == 0


def test_everything_wrong_is_told_together_and_nothing_is_written(
    run: Any, ledger_company: str, tmp_path: Path
) -> None:
    rows = (
        "10;KASA;100.01;Kasa;;;;;1,00;;;;;",
        "153;;154.01;Un;U-1;;1,0;kg;0,00;;USD;;;",
        "153;TİCARİ MALLAR;153.01;Un;U-1;Un;1,0;ZZZZ;5,00;;;;;",
        "153;TİCARİ MALLAR;153.01;Un;U-1;Un;bir;kg;5,00;;;;;",
    )
    ran = take(run, ledger_company, write(tmp_path / "a.csv", *rows), "2026-01-01")
    assert ran.code == 1 and "5. satır" in ran.err
    out = tmp_path / "defterler"
    base = ("ledger", "inventory", "build", "--company", ledger_company, "--day", "2026-01-01", "--out", out)
    ran = run(*base, "--seal", "test", "--json")
    assert ran.code == 1 and not out.exists()
    found = {one["code"]: one["severity"] for one in json.loads(ran.out)["checks"][0]["findings"]}
    assert found == {
        "ENVANTER.MAIN_ACCOUNT": "error",
        "ENVANTER.ACCOUNT_NAME": "error",
        "ENVANTER.SUB_ACCOUNT": "error",
        "ENVANTER.AMOUNT": "error",
        "ENVANTER.PRODUCT": "error",
        "ENVANTER.CURRENCY": "error",
        "ENVANTER.UNIT": "warning",
    }
    run(*base).refused(2, "mühürsüz oluşturulamaz")
    ran = run("ledger", "inventory", "build", "--company", ledger_company, "--day", "2026-02-01", "--out", out,
              "--seal", "test")  # fmt: skip
    assert ran.code == 1 and "alınmamış" in ran.err
    run(*base[:-4], "--day", "dün", "--out", out, "--seal", "test").refused(2, "Envanter günü anlaşılmadı")


def test_excel_and_parts(run: Any, ledger_company: str, tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(
            0, 0, ["Hesap Kodu", "Hesap Adı", "Ana Hesap Adı", "Stok Kodu", "Stok Adı", "Miktar", "Birim", "Tutar"]
        )
        for index in range(1_500):
            main = 150 + index // 150
            sheet.write_row(index + 1, 0, [f"{main}.{index}", "Mal", "MALLAR", f"S{index}", "Stok", 2, "adet", 10.25])
    assert take(run, ledger_company, path, "2026-01-01").code == 0
    told = build(run, ledger_company, tmp_path / "d", "2026-01-01", "--max-mb", "1")
    names = sorted(Path(one["file"]).name for one in told["files"] if "-E-" in one["file"])
    assert told["parts"] == len(names) >= 2 and names[0].endswith("-E-000001.xml")
    assert all(one.stat().st_size < 1024 * 1024 for one in (tmp_path / "d").rglob("*-E-*.xml"))


@pytest.mark.xmlsec
def test_xmlsec1_agrees(run: Any, ledger_company: str, tmp_path: Path) -> None:
    assert take(run, ledger_company, write(tmp_path / "a.csv", *ROWS), "2026-01-01").code == 0
    told = build(run, ledger_company, tmp_path / "d", "2026-01-01")
    program = shutil.which("xmlsec1")
    assert program is not None
    for one in told["files"]:
        if one["file"].endswith(".xml"):
            ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
            ran = subprocess.run(
                [program, "--verify", "--insecure", *ids, one["file"]], capture_output=True, check=False
            )
            assert ran.returncode == 0, ran.stderr


@pytest.mark.shared
@pytest.mark.parametrize("branch", ["", "0001"])
def test_gibs_own_rules_find_nothing(run: Any, ledger_company: str, tmp_path: Path, shared: Path, branch: str) -> None:
    package = tmp_path / "edefter.zip"
    with zipfile.ZipFile(package, "w") as archive:
        folder = shared / "gib" / "edefter-paketi"
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    assert run("package", "install", package).code == 0
    head, rows = HEAD, ROWS
    if branch:
        head, rows = f"{HEAD};Şube No;Şube Adı", tuple(f"{row};{branch};Kadıköy Şubesi" for row in ROWS)
    assert take(run, ledger_company, write(tmp_path / "a.csv", *rows, head=head), "2026-01-01").code == 0
    told = build(run, ledger_company, tmp_path / "d", "2026-01-01")
    assert told["official"] == []
    books = {name: engine for name, engine in told["engines"].items() if name != "data"}
    assert len(books) == 2 and all("schematron" in engine for engine in books.values()), told["engines"]
