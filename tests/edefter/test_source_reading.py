"""Files as programs really write them, read whole: encodings, line ends, separators, names, and rows that are bad."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.fields import field_of
from app.edefter.sources.reading import ensure_ready, inspect_source, read_source
from app.edefter.sources.shape import Format
from app.edefter.sources.values import DayOrder, Decimals

IZIBIZ = (
    "detailref;entryref;linenumber;linenumbercounter;accmainid;accmainiddesc;accsubid;accsubdesc;amount;"
    "debitcreditcode;postingdate;documenttype;doctypedesc;documentnumber;documentreference;entrynumbercounter;"
    "documentdate;paymentmethod;detailcomment;erpno;divisionno;enteredby;entereddate;entrynumber;entrycomment"
)
LINES = (
    "1;F1;1;1;100;KASA;100.01;MERKEZ ŞUBE KASASI;1180.00;D;2026-03-02;invoice;NULL;ABC2026000000007;F1;1;2026-03-01;"
    "Nakit;Peşin satış;001;0;AYŞE IŞIK;2026-03-02;F1;Satış",
    "2;F1;2;1;600;YURT İÇİ SATIŞLAR;600.01;TİCARİ MAL;1000.00;C;2026-03-02;invoice;NULL;ABC2026000000007;F1;1;"
    "2026-03-01;NULL;Peşin satış;001;0;AYŞE IŞIK;2026-03-02;F1;Satış",
    "3;F1;3;1;391;HESAPLANAN KDV;391.20;KDV %20;180.00;C;2026-03-02;invoice;NULL;ABC2026000000007;F1;1;2026-03-01;"
    "-;Peşin satış;001;0;AYŞE IŞIK;2026-03-02;F1;Satış",
)


def write(path: Path, *rows: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
    path.write_bytes((newline.join(rows) + newline).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "iso-8859-9", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_the_izibiz_pattern_in_every_dress(tmp_path: Path, encoding: str, newline: str, delimiter: str) -> None:
    rows = [row.replace(";", delimiter) for row in (IZIBIZ, *LINES)]
    path = write(tmp_path / "mart.csv", *rows, encoding=encoding, newline=newline)
    shape = inspect_source(path)
    assert shape.format is Format.TABLE and shape.questions == ()
    found = list(read_source(path, shape))
    assert [row for row in found if isinstance(row, BadRow)] == []
    first = found[0]
    assert isinstance(first, LedgerRow)
    assert first == LedgerRow(
        2,
        "2026-03-02",
        "F1",
        "",
        "",
        "F1",
        "Satış",
        "AYŞE IŞIK",
        1,
        1,
        "100",
        "KASA",
        "100.01",
        "MERKEZ ŞUBE KASASI",
        11_800_000,
        "D",
        "invoice",
        "",
        "ABC2026000000007",
        "2026-03-01",
        "F1",
        "Nakit",
        "Peşin satış",
    )
    assert [(row.sub_id, row.amount, row.side) for row in found if isinstance(row, LedgerRow)] == [
        ("100.01", 11_800_000, "D"),
        ("600.01", 10_000_000, "C"),
        ("391.20", 1_800_000, "C"),
    ]


def test_turkish_headers_two_amount_columns_and_a_title_above(tmp_path: Path) -> None:
    path = write(
        tmp_path / "muavin.csv",
        "Kuzey Un ve Yem A.Ş. – yevmiye dökümü;;;;;;",
        "",
        "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Açıklama;Borç;Alacak",
        "17;02.03.2026;770.03;Kırtasiye;Kâğıt;1.250,40;",
        "17;02.03.2026;100.01;Kasa;Kâğıt;;1.250,40",
        encoding="cp1254",
    )
    shape = inspect_source(path)
    assert (shape.header_rows, shape.decimals, shape.days) == (3, Decimals.COMMA, DayOrder.DAY_FIRST)
    rows = [row for row in read_source(path, shape) if isinstance(row, LedgerRow)]
    assert [(row.source_line, row.reference, row.main_id, row.amount, row.side) for row in rows] == [
        (4, "17@2026-03", "770", 12_504_000, "D"),
        (5, "17@2026-03", "100", 12_504_000, "C"),
    ]


def test_quoted_cells_keep_their_separators_and_line_ends(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "Fiş No;Tarih;Hesap Kodu;Açıklama;Borç;Alacak",
        '1;2026-03-02;100;"Kira; ""mart""\nikinci satır";10,00;',
        "1;2026-03-02;770;;;10,00",
    )
    rows = list(read_source(path, inspect_source(path)))
    assert [row.comment for row in rows if isinstance(row, LedgerRow)] == ['Kira; "mart"\nikinci satır', ""]


def test_bad_rows_stand_aside_with_their_number_and_reason(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "Fiş No;Tarih;Hesap Kodu;Tutar;Borç/Alacak",
        "1;2026-03-02;100;10,00;D",
        "1;31.02.2026;100;10,00;D",
        "1;2026-03-02;100;on lira;D",
        "1;2026-03-02;;10,00;C",
        "1;2026-03-02;600;10,00;X",
        ";2026-03-02;600;10,00;C",
        "1;2026-03-02;600;10,00;C;fazla",
        "",
        "1;2026-03-02;600;10,00;alacak",
    )
    rows = list(read_source(path, inspect_source(path)))
    assert [(row.source_line, row.code) for row in rows if isinstance(row, BadRow)] == [
        (3, "LEDGER.DAY"),
        (4, "LEDGER.AMOUNT"),
        (5, "LEDGER.ACCOUNT"),
        (6, "LEDGER.SIDE"),
        (7, "LEDGER.REFERENCE"),
        (8, "LEDGER.ROW_WIDE"),
    ]
    assert [row.source_line for row in rows if isinstance(row, LedgerRow)] == [2, 10]


def test_two_readings_are_asked_and_the_answer_is_used(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "Fiş No;Tarih;Hesap Kodu;Borç;Alacak",
        "1;03/04/2026;100;1.234;",
        "1;03/04/2026;600;;1.234",
    )
    shape = inspect_source(path)
    assert [question.key for question in shape.questions] == ["decimals", "days"]
    with pytest.raises(InputError) as caught:
        ensure_ready(shape)
    assert caught.value.code == "LEDGER.QUESTION" and "iki türlü" in caught.value.sentence
    answered = shape.answer(decimals=".", days="mdy")
    row = next(iter(read_source(path, answered)))
    assert isinstance(row, LedgerRow) and (row.amount, row.day) == (12_340, "2026-03-04")
    with pytest.raises(InputError, match="tanınmadı"):
        shape.answer(decimals="x")


def test_a_saved_mapping_reads_the_next_month(tmp_path: Path) -> None:
    first = write(
        tmp_path / "a.csv",
        "Fiş No;Tarih;Kod;Borç;Alacak;Not",
        "1;02.03.2026;100;1,00;;x",
        "1;02.03.2026;600;;1,00;y",
    )
    shape = inspect_source(first)
    with pytest.raises(InputError, match="Hesap kodu"):
        ensure_ready(shape)
    mapping = shape.to_mapping()
    mapping["columns"] |= {"Kod": "sub_id", "Not": "comment"}
    ready = inspect_source(first).with_mapping(mapping)
    rows = [row for row in read_source(first, ready) if isinstance(row, LedgerRow)]
    assert [(row.sub_id or row.main_id, row.comment) for row in rows] == [("100", "x"), ("600", "y")]


def test_a_mapped_column_that_may_be_read_two_ways_is_asked_too(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", "Fiş No;Tarih;Hesap Kodu;Giriş;Çıkış", "1;2026-03-02;100;1.234;", "1;2026-03-02;6;;1.234"
    )
    shape = inspect_source(path)
    assert shape.questions == ()
    mapped = shape.with_mapping({"columns": {"Giriş": "debit", "Çıkış": "credit"}})
    assert [question.key for question in mapped.questions] == ["decimals"]
    assert shape.with_mapping(mapped.to_mapping() | {"decimals": "."}).questions == ()


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Fiş No.", "entry_number"),
        ("FİŞ TARİHİ", "day"),
        ("doctypedesc", "document_description"),
        ("documenttyp", "document_type"),
        ("Hesap  Kodu", "sub_id"),
        ("acountsubid", "sub_id"),
        ("erpno", None),
        ("renk", None),
    ],
)
def test_headers_with_small_differences(header: str, key: str | None) -> None:
    assert field_of(header) == key


def test_turkcell_txt(tmp_path: Path) -> None:
    line = ["1", "1", "100", "KASA", "MERKEZ", "100.01", "118.00", "D", "2026-03-02"]
    line += ["other", "dekont", "D-1", "1", "2026-03-01", "Nakit", "Açıklama"]
    path = write(
        tmp_path / "mart.txt",
        "Y\t2026-01-01\t2026-12-31\t\t9205121120",
        "H\tAyşe\t2026-03-02\t1\tTahsilat\t118.00\t118.00\t1",
        "\t".join(line),
        "\t".join(["2", "1", "120", "ALICILAR", "", "", "118.00", "C", *line[8:]]),
        "H\tAyşe\tdün\t2\t\t1\t1\t2",
        "\t".join(line),
        "3\t2\t100",
        encoding="cp1254",
    )
    shape = inspect_source(path)
    assert shape.format is Format.TURKCELL
    rows = list(read_source(path, shape))
    good = [row for row in rows if isinstance(row, LedgerRow)]
    assert [(row.counter, row.number, row.main_id, row.sub_id, row.amount, row.side) for row in good] == [
        (1, 1, "100", "100.01", 1_180_000, "D"),
        (1, 2, "120", "", 1_180_000, "C"),
    ]
    assert (good[0].document_type, good[0].document_description, good[0].payment_method) == ("other", "dekont", "Nakit")
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert [(row.source_line, row.code) for row in bad] == [(5, "LEDGER.DAY"), (6, "LEDGER.DAY"), (7, "LEDGER.DAY")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "LEDGER.EMPTY"),
        (b" \n\n", "LEDGER.EMPTY"),
        (b"%PDF-1.7\x00\x01\x02" * 50, "LEDGER.BINARY"),
        (b"bir\niki\nuc\n", "LEDGER.DELIMITER"),
        (b"a;b;c;d\n1;2;3;4\n", "LEDGER.COLUMNS"),
    ],
)
def test_what_is_no_source_says_so(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        ensure_ready(inspect_source(path))
    assert caught.value.code == code and caught.value.todo


def test_a_byte_that_does_not_fit_is_said_not_swallowed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Fiş No;Tarih;Hesap Kodu;Borç;Alacak", "1;2026-03-02;100;1,00;")
    shape = inspect_source(path)
    with path.open("ab") as file:
        file.write(b"2;2026-03-02;100;1,00;\xff\xfe\n")
    with pytest.raises(InputError) as caught:
        list(read_source(path, shape))
    assert caught.value.code == "LEDGER.ENCODING"
