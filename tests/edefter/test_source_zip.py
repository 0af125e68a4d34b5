"""Vouchers in a zip, and characters that no ledger can hold, left out on the user's word only."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.reading import inspect_source, read_source
from app.edefter.sources.shape import Format

HEAD = "Fiş No;Tarih;Hesap Kodu;Ana Hesap Adı;Açıklama;Borç;Alacak;Kaydeden"
XML = (
    '<?xml version="1.0" encoding="utf-8"?><LedgerSource><StartDate>2026-03-01</StartDate><EndDate>2026-03-31</EndDate>'
    "<Entries><Entry><EnteredBy>Ayşe</EnteredBy><EnteredDate>2026-03-02</EnteredDate><EntryNumber>F1</EntryNumber>"
    "<TotalDebit>118.00</TotalDebit><TotalCredit>118.00</TotalCredit><Details>"
    "<Detail><AccountMainID>100</AccountMainID><AccountMainDescription>KASA</AccountMainDescription>"
    "<Amount>118.00</Amount><DebitCreditCode>D</DebitCreditCode></Detail>"
    "<Detail><AccountMainID>600</AccountMainID><AccountMainDescription>SATIŞ</AccountMainDescription>"
    "<Amount>118.00</Amount><DebitCreditCode>C</DebitCreditCode></Detail></Details></Entry></Entries></LedgerSource>"
)


def table(*vouchers: str, comment: str = "Satış") -> str:
    rows = [HEAD]
    for name in vouchers:
        rows += [
            f"{name};02.03.2026;100;KASA;{comment};10,00;;Ayşe",
            f"{name};02.03.2026;600;SATIŞ;{comment};;10,00;Ayşe",
        ]
    return "\n".join(rows)


def packed(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return path


def rows(path: Path, **word: bool) -> list[LedgerRow | BadRow]:
    return [*read_source(path, replace(inspect_source(path), **word))]


def test_uyumsofts_xml_comes_out_of_its_zip(tmp_path: Path) -> None:
    path = packed(tmp_path / "mart.zip", mart__kaynak_xml=XML, oku_md="x")
    assert inspect_source(path).format is Format.UYUMSOFT_XML
    found = rows(path)
    plain = tmp_path / "kaynak.xml"
    plain.write_text(XML, "utf-8")
    assert found == rows(plain) and len(found) == 2


def test_several_files_of_one_layout_follow_each_other(tmp_path: Path) -> None:
    path = packed(tmp_path / "mart.zip", a_csv=table("F1"), b_csv=table("F2", "F3"))
    found = [row for row in rows(path) if isinstance(row, LedgerRow)]
    assert [row.reference.partition("@")[0] for row in found] == ["F1", "F1", "F2", "F2", "F3", "F3"]
    places = [row.source_line for row in found]
    assert places == sorted(set(places)), "every row has a place of its own"


@pytest.mark.parametrize("files", [{"oku_md": "x"}, {"a_csv": table("F1"), "b_xml": XML}])
def test_a_zip_of_nothing_or_of_two_kinds_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        inspect_source(packed(tmp_path / "x.zip", **files))
    assert caught.value.code == "LEDGER.ZIP"


def test_a_workbook_is_not_taken_for_a_zip_of_files(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "mart.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(table("F1").splitlines()):
            sheet.write_row(at, 0, line.split(";"))
    assert inspect_source(path).format is Format.EXCEL


@pytest.mark.parametrize("kind", ["csv", "turkcell"])
def test_control_characters_go_on_the_users_word_only(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "kaynak.txt"
    if kind == "csv":
        path.write_text(table("F1", comment="Sa\x02tış"), "utf-8")
    else:
        head = ["Y\t2026-01-01\t2026-12-31\t\t9205121120", "H\tAyşe\t2026-03-02\tF1\tSa\x02tış\t10.00\t10.00\t1"]
        line = "{n}\t1\t{a}\tAD\t\t\t10.00\t{s}\t2026-03-02\t\t\t\t\t\t\tİş\x02"
        path.write_text("\n".join([*head, line.format(n=1, a=100, s="D"), line.format(n=2, a=600, s="C")]), "utf-8")
    assert {row.code for row in rows(path) if isinstance(row, BadRow)} == {"LEDGER.CONTROL"}
    cleaned = rows(path, clean_control=True)
    assert all(isinstance(row, LedgerRow) for row in cleaned) and len(cleaned) == 2
    assert {row.entry_comment or row.comment for row in cleaned if isinstance(row, LedgerRow)} == {"Satış"}
    assert "\x02" in path.read_text("utf-8"), "the source stays as it is"
