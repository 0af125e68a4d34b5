"""Excel workbooks: what Excel (and XlsxWriter) stores comes out as text, and a stranger's zip is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from app.domain.errors import AppError
from app.ubl.xlsx import is_xlsx, sheet_rows, stream_rows


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


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared strings", "inline strings"])
def test_texts_numbers_and_days(options: dict[str, Any]) -> None:
    raw = workbook([["Unvan", "Tutar", "Tarih"], ["Işık & Oğulları <A.Ş.>", 100.1, date(2026, 3, 9)]], **options)
    assert is_xlsx(raw)
    assert list(sheet_rows(raw)) == [
        (1, ["Unvan", "Tutar", "Tarih"]),
        (2, ["Işık & Oğulları <A.Ş.>", "100.1", "2026-03-09"]),
    ]


def test_a_number_is_what_excel_shows_not_what_the_machine_holds() -> None:
    raw = workbook([[0.1 + 0.2, 1e6, 12345678.91, -5.5, 0.0, 7]])
    assert list(sheet_rows(raw)) == [(1, ["0.3", "1000000", "12345678.91", "-5.5", "0", "7"])]


def test_gaps_stay_gaps_and_formulas_give_their_stored_value() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write("A1", "a")
    sheet.write("D1", "d")
    sheet.write_formula("A3", "=1+1", None, 2)
    sheet.write_boolean("B3", True)
    book.close()
    assert list(sheet_rows(out.getvalue())) == [(1, ["a", "", "", "d"]), (3, ["2", "1"])]


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (zipped(a="<a/>"), "XLSX.NONE"),
        (zipped(xl__worksheets__sheet1="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "XML.DTD"),
        (zipped(xl__worksheets__sheet1="<a>"), "XML.TRUNCATED"),
    ],
)
def test_a_strangers_zip_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(AppError) as caught:
        list(sheet_rows(raw))
    assert caught.value.code == code


def test_odd_cells_do_no_harm() -> None:
    raw = zipped(
        xl__worksheets__sheet1='<worksheet><sheetData><row r="x"><c r="A1" t="s"><v>9</v></c><c t="e"><v>#N/A</v></c>'
        '<c r="ZZZ1"><v>1</v></c></row><row><c r="A2"><v>1E+99</v></c></row></sheetData></worksheet>'
    )
    assert list(sheet_rows(raw)) == [(0, ["", ""]), (0, ["1E+99"])]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}], ids=["shared strings", "inline strings"])
def test_a_stream_gives_the_same_rows(options: dict[str, Any]) -> None:
    rows: list[list[Any]] = [[f"metin {r}", r * 1.25, None, date(2026, 1, 1 + r % 28), "<ş>"] for r in range(500)]
    raw = workbook(rows, **options)
    assert list(stream_rows(raw)) == list(sheet_rows(raw))


def test_a_stream_has_the_same_doors() -> None:
    raw = workbook([["a"] * 20] * 200)
    with pytest.raises(AppError) as caught:
        list(stream_rows(raw, max_sheet_bytes=1_000))
    assert caught.value.code == "ZIP.TOO_BIG"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet><row/></worksheet>")
    with pytest.raises(AppError) as caught:
        list(stream_rows(out.getvalue()))
    assert caught.value.code == "XML.DTD"
