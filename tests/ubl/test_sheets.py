"""Workbooks: what Excel (and XlsxWriter) stores comes out as text, and a stranger's file is refused in a sentence."""

from __future__ import annotations

import gc
import io
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.domain.errors import AppError
from app.ubl.sheets import is_sheet, sheet_rows
from tests.ubl.workbooks import ods, xls


def workbook(rows: list[list[Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = book.add_worksheet("Sayfa1")
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    money = book.add_format({"num_format": '#,##0.00 "TL"'})
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(r, c, value, day)
            elif isinstance(value, float):
                sheet.write_number(r, c, value, money)
            elif value is not None:
                sheet.write(r, c, value)
    book.close()
    return out.getvalue()


def refused(raw: bytes) -> str:
    """The code of the sentence that the file is refused with."""
    with pytest.raises(AppError) as caught:
        list(sheet_rows(raw))
    assert caught.value.what and caught.value.todo
    return caught.value.code


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared strings", "inline strings"])
def test_texts_numbers_and_days(options: dict[str, Any]) -> None:
    raw = workbook([["Unvan", "Tutar", "Tarih"], ["Işık & Oğulları <A.Ş.>", 100.1, date(2026, 3, 9)]], **options)
    assert is_sheet(raw)
    assert list(sheet_rows(raw)) == [
        (1, ["Unvan", "Tutar", "Tarih"]),
        (2, ["Işık & Oğulları <A.Ş.>", "100.1", "2026-03-09"]),
    ]


def test_a_number_is_what_excel_shows_not_what_the_machine_holds() -> None:
    raw = workbook([[0.1 + 0.2, 1e6, 12345678.91, -5.5, 0.0, 7]])
    assert list(sheet_rows(raw)) == [(1, ["0.3", "1000000", "12345678.91", "-5.5", "0", "7"])]


def test_numbers_of_taxpayers_and_documents_keep_their_digits() -> None:
    raw = workbook([["0012345678", 9205121120, 12345678901, 123456789012345, 1e20, "1.234,50", "1e5"]])
    assert list(sheet_rows(raw)) == [
        (1, ["0012345678", "9205121120", "12345678901", "123456789012345", "1" + "0" * 20, "1.234,50", "1e5"])
    ]


def test_a_day_with_an_hour_is_that_day_and_an_hour_alone_stays_one() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, datetime(2026, 3, 9, 23, 59), book.add_format({"num_format": "dd.mm.yyyy hh:mm"}))
    sheet.write_number(0, 1, 0.5, book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(1, ["2026-03-09", "12:00:00"])]


@pytest.mark.parametrize("spelling", ["gg.aa.yyyy", "g/a/yy", "GG-AA-YYYY;@"])
def test_a_day_in_the_turkish_spelling_of_its_format_is_a_day(spelling: str) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_number(0, 0, 46090, book.add_format({"num_format": spelling}))
    sheet.write_number(0, 1, 46090, book.add_format({"num_format": '0 "gg.aa.yyyy"'}))
    sheet.write(0, 2, "ş")
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(1, ["2026-03-09", "46090", "ş"])]


def test_gaps_stay_gaps_and_formulas_give_their_stored_value() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write("B2", "b")
    sheet.write("D2", "d")
    sheet.write_formula("A4", "=1+1", None, 2)
    sheet.write_boolean("B4", True)
    sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
    sheet.write_formula("D4", '="ş"', None, "ş")
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(2, ["", "b", "", "d"]), (4, ["2", "1", "", "ş"])]


def test_columns_that_begin_late_keep_their_place() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write("C3", "c")
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(3, ["", "", "c"])]


def test_the_first_sheet_that_can_be_seen_counts() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in ("Gizli", "Görünen", "Üçüncü"):
        book.add_worksheet(name).write(0, 0, name)
    book.worksheets()[1].activate()
    book.worksheets()[0].hide()
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(1, ["Görünen"])]


@pytest.mark.parametrize("make", [xls, ods], ids=["xls", "ods"])
def test_the_other_forms_give_the_same(make: Any, tmp_path: Path) -> None:
    rows = [["Unvan", "VKN", "Tutar"], ["Işık & Şti", 9205121120.0, 1234.5], [None, None, "007"]]
    wanted = [(1, ["Unvan", "VKN", "Tutar"]), (2, ["Işık & Şti", "9205121120", "1234.5"]), (3, ["", "", "007"])]
    raw = make(rows)
    assert is_sheet(raw)
    assert list(sheet_rows(raw)) == wanted
    path = tmp_path / "tablo"
    path.write_bytes(raw)
    assert list(sheet_rows(path)) == wanted


def test_only_the_head_when_only_the_head_is_wanted() -> None:
    raw = workbook([[f"satır {r}"] for r in range(50)])
    assert [number for number, _ in sheet_rows(raw, until=3)] == [1, 2, 3]


# ---- strangers' files ---------------------------------------------------------------------------------------------


def changed(**members: str) -> bytes:
    """A right workbook with some members written over (`__` for `/`, `.xml` added)."""
    out = io.BytesIO()
    names = {name.replace("__", "/") + ".xml": text for name, text in members.items()}
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as known, zipfile.ZipFile(out, "w", 8) as archive:
        for name in known.namelist():
            archive.writestr(name, names.get(name, known.read(name).decode()))
    return out.getvalue()


def sheet(rows: str) -> bytes:
    return changed(xl__worksheets__sheet1=f"<worksheet><sheetData>{rows}</sheetData></worksheet>")


def zipped(name: str, data: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


_LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'
_CELL = '<row r="1"><c r="A1" t="str"><v>x</v></c></row>'


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (zipped("a.xml", "<a/>"), "SHEET.NONE"),
        (b"PK\x03\x04" + b"\0" * 50, "ZIP.DAMAGED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "SHEET.NONE"),
        (xls([["a"]])[:1600], "SHEET.NONE"),
        (workbook([["a"] * 50] * 50)[:3000], "ZIP.DAMAGED"),
        (changed(xl__worksheets__sheet1=f"{_LAUGHS}<worksheet>&c;</worksheet>"), "XML.DTD"),
        (changed(xl__workbook='<!DOCTYPE a SYSTEM "file:///etc/passwd"><workbook/>'), "XML.DTD"),
        (changed(xl__worksheets__sheet1=f"<worksheet><sheetData>{_CELL}"), "SHEET.DAMAGED"),
        (sheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), "SHEET.DAMAGED"),
        (sheet('<row r="yok"><c r="A0"><v>9</v></c></row>'), "SHEET.DAMAGED"),
        (sheet(" " * 40_000_000), "ZIP.BOMB"),
        (zipped("../xl/workbook.xml", "<a/>"), "ZIP.TRAVERSAL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_strangers_file_is_refused(raw: bytes, code: str) -> None:
    assert refused(raw) == code


def test_what_asks_for_all_memory_kills_only_its_child() -> None:
    ends = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(sheet(ends)) == "SHEET.TOO_BIG"
    assert list(sheet_rows(workbook([["sağlam"]]))) == [(1, ["sağlam"])]


def test_a_cell_repeated_without_end_is_cut_at_the_columns_that_are_read() -> None:
    ((_, cells),) = sheet_rows(ods([["x"]], repeated='table:number-columns-repeated="2000000000"'))
    assert 0 < len(cells) <= 300


def test_odd_cells_do_no_harm() -> None:
    raw = sheet(
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="ZZZ1"><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1E+99</v></c></row>'
    )
    assert list(sheet_rows(raw)) == [(2, ["1E+99"])]


def test_the_rows_leave_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows = sheet_rows(workbook([["a"], ["b"]]))
    assert next(rows) == (1, ["a"]) and len(list(tmp_path.iterdir())) == 1
    del rows
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert refused(zipped("a.xml", "<a/>")) == "SHEET.NONE"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        list(sheet_rows(tmp_path / "yok.xlsx"))
    assert caught.value.code == "FILE.READ"
