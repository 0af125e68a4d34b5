"""Sources that are no text table: Uyumsoft's XML in several layouts, Excel; and signs that no XML may hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from app.domain.errors import InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.fields import BY_KEY, field_of
from app.edefter.sources.reading import ensure_ready, inspect_source, read_source
from app.edefter.sources.shape import Format

DETAIL = (
    "<Detail><DocumentType>invoice</DocumentType><DocumentNumber>ABC2026000000007</DocumentNumber>"
    "<DocumentDate>2026-03-01</DocumentDate><EntryNumberCounter>{entry}</EntryNumberCounter>"
    "<AccountMainID>{main}</AccountMainID><AccountMainDescription>ADI</AccountMainDescription>"
    "<AccountSubID>{main}.01</AccountSubID><AccountSubDescription>Işık &amp; Oğulları</AccountSubDescription>"
    "<Amount>{amount}</Amount><DebitCreditCode>{side}</DebitCreditCode><DetailComment>Satış</DetailComment>"
    "<LineNumberCounter>{line}</LineNumberCounter></Detail>"
)
HEAD = (
    "<EnteredBy>Ayşe</EnteredBy><EnteredDate>2026-03-0{day}</EnteredDate><EntryNumber>{number}</EntryNumber>"
    "<EntryComment>Peşin</EntryComment><BatchID>0001</BatchID><BatchDescription>Kadıköy Şubesi</BatchDescription>"
    "<TotalDebit>10.50</TotalDebit><TotalCredit>10.50</TotalCredit>"
)


def voucher(entry: int, *, number: str = "", head_last: bool = False, wrap: str = "Details") -> str:
    lines = "".join(
        DETAIL.format(entry=entry, main=main, amount="10.50", side=side, line=2 * entry - 1 + index)
        for index, (main, side) in enumerate((("100", "D"), ("600", "C")))
    )
    head = HEAD.format(day=entry, number=number or f"F{entry}")
    lines = f"<{wrap}>{lines}</{wrap}>" if wrap else lines
    return f"<Entry>{lines}{head}</Entry>" if head_last else f"<Entry>{head}{lines}</Entry>"


def write(path: Path, *vouchers: str, encoding: str = "utf-8") -> Path:
    body = f"<StartDate>2026-03-01</StartDate><Entries>{''.join(vouchers)}</Entries>"
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- x -->\n<Ledger xmlns="urn:x">{body}</Ledger>'
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(path: Path) -> list[LedgerRow | BadRow]:
    shape = inspect_source(path)
    ensure_ready(shape)
    return list(read_source(path, shape))


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1254", "utf-16"])
@pytest.mark.parametrize("head_last", [False, True])
@pytest.mark.parametrize("wrap", ["Details", ""])
def test_uyumsoft_xml_in_every_layout(tmp_path: Path, encoding: str, head_last: bool, wrap: str) -> None:
    vouchers = [voucher(entry, head_last=head_last, wrap=wrap) for entry in (1, 2)]
    path = write(tmp_path / "mart.xml", *vouchers, encoding=encoding)
    assert inspect_source(path).format is Format.UYUMSOFT_XML
    rows = rows_of(path)
    assert len(rows) == 4
    first = rows[0]
    assert isinstance(first, LedgerRow)
    assert (first.day, first.reference, first.counter, first.number) == ("2026-03-01", "1", 1, 1)
    assert (first.entered_by, first.entry_number, first.entry_comment) == ("Ayşe", "F1", "Peşin")
    assert (first.branch_no, first.branch_name) == ("0001", "Kadıköy Şubesi")
    assert (first.main_id, first.sub_id, first.sub_name) == ("100", "100.01", "Işık & Oğulları")
    assert (first.amount, first.side, first.document_type) == (105_000, "D", "invoice")
    assert [(r.day, r.counter, r.number, r.side) for r in rows if isinstance(r, LedgerRow)] == [
        ("2026-03-01", 1, 1, "D"),
        ("2026-03-01", 1, 2, "C"),
        ("2026-03-02", 2, 3, "D"),
        ("2026-03-02", 2, 4, "C"),
    ]


def test_attributes_count_like_elements_and_a_flat_list_needs_no_voucher_around(tmp_path: Path) -> None:
    line = '<Line EntryNumber="7" EnteredDate="2026-03-02" AccountSubID="{0}" Amount="1.00" DebitCreditCode="{1}"/>'
    path = tmp_path / "a.xml"
    path.write_text(f"<Lines>{line.format('100.01', 'D')}{line.format('600.01', 'C')}</Lines>", "utf-8")
    rows = [row for row in rows_of(path) if isinstance(row, LedgerRow)]
    assert [(row.reference, row.sub_id, row.side) for row in rows] == [
        ("7@2026-03", "100.01", "D"),
        ("7@2026-03", "600.01", "C"),
    ]


def test_two_vouchers_of_one_number_are_never_put_together(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "a.xml", voucher(1), voucher(1)))
    assert [row.reference for row in rows if isinstance(row, LedgerRow)] == ["1", "1", "1@2026-03#2", "1@2026-03#2"]


def test_a_bad_line_of_an_xml_stands_aside(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", voucher(1).replace("10.50</Amount>", "on</Amount>", 1), voucher(2))
    rows = rows_of(path)
    assert [(row.source_line, row.code) for row in rows if isinstance(row, BadRow)] == [(2, "LEDGER.AMOUNT")]
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<Invoice><ID>1</ID></Invoice>", "LEDGER.XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "XML.DTD"),
        ("<Ledger><Entry>", "XML.TRUNCATED"),
    ],
)
def test_an_xml_that_is_no_source_says_so(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as caught:
        inspect_source(path)
    assert caught.value.code == code


def test_our_keys_name_themselves() -> None:
    assert {key: field_of(key) for key in BY_KEY} == {key: key for key in BY_KEY}


def workbook(path: Path, *rows: list[object]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Yevmiye")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(r, c, value, day)
                elif value is not None:
                    sheet.write(r, c, value)
    return path


def test_excel_with_a_title_gaps_and_real_days(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "mart.xlsx",
        ["Kuzey Un ve Yem A.Ş."],
        [],
        ["Fiş No", "Tarih", "Hesap Kodu", "Hesap Adı", "Borç", "Alacak"],
        [17, date(2026, 3, 2), "100.01", "Kasa", 1250.4, None],
        [],
        [17, date(2026, 3, 2), "600.01", "Satış", None, 1250.4],
        [17, "dün", "600.01", "Satış", None, 1],
    )
    shape = inspect_source(path)
    assert (shape.format, shape.header_rows, shape.questions) == (Format.EXCEL, 3, ())
    rows = list(read_source(path, shape))
    assert [(r.source_line, r.reference, r.main_id, r.amount, r.side) for r in rows if isinstance(r, LedgerRow)] == [
        (4, "17@2026-03", "100", 12_504_000, "D"),
        (6, "17@2026-03", "600", 12_504_000, "C"),
    ]
    assert [(row.source_line, row.code) for row in rows if isinstance(row, BadRow)] == [(7, "LEDGER.DAY")]


def test_an_empty_sheet_and_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inspect_source(workbook(tmp_path / "a.xlsx"))
    assert caught.value.code == "LEDGER.EMPTY"
    path = tmp_path / "b.xlsx"
    path.write_bytes(b"PK\x03\x04" + b"x" * 50)
    with pytest.raises(InputError) as caught:
        inspect_source(path)
    assert caught.value.code == "ZIP.DAMAGED"


HEADER = "Fiş No;Tarih;Hesap Kodu;Açıklama;Borç;Alacak"


@pytest.mark.parametrize("sign", ["\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ufffe", "\uffff"])
def test_a_control_sign_makes_a_bad_row(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n1;2026-03-02;100;Ki{sign}ra;1,00;\n1;2026-03-02;770;Kira;;1,00\n", "utf-8", newline="")
    rows = list(read_source(path, inspect_source(path)))
    (bad,) = [row for row in rows if isinstance(row, BadRow)]
    assert (bad.source_line, bad.code) == (2, "LEDGER.CONTROL") and f"U+{ord(sign):04X}" in bad.message
    assert len(rows) == 2


@pytest.mark.parametrize("sign", ["\t", "\r", "\n", "\xa0", "\u200b", "ğ", "€"])
def test_what_xml_may_hold_is_taken(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'{HEADER}\n1;2026-03-02;100;"Ki{sign}ra";1,00;\n', "utf-8", newline="")
    (row,) = read_source(path, inspect_source(path))
    assert isinstance(row, LedgerRow) and row.comment == f"Ki{sign}ra"


def test_a_control_sign_in_turkcell_takes_the_line_or_the_whole_voucher(tmp_path: Path) -> None:
    line = "{0}\t1\t100\tKASA\t\t\t1.00\tD\t2026-03-02\t\t\t\t\t\t\tKi{1}ra"
    path = tmp_path / "a.txt"
    rows = [
        "Y\t2026-01-01\t2026-12-31\t\t9205121120",
        "H\tAyşe\t2026-03-02\tF1\t\t1.00\t1.00\t1",
        line.format(1, "\x02"),
        line.format(2, ""),
        "H\tAy\x03şe\t2026-03-02\tF2\t\t1.00\t1.00\t2",
        line.format(3, ""),
    ]
    path.write_text("\n".join(rows), "utf-8")
    found = rows_of(path)
    assert [(row.source_line, row.code) for row in found if isinstance(row, BadRow)] == [
        (3, "LEDGER.CONTROL"),
        (5, "LEDGER.CONTROL"),
        (6, "LEDGER.CONTROL"),
    ]
    assert [row.number for row in found if isinstance(row, LedgerRow)] == [2]
