"""Every element a line may have, out of the formats that have a place for it, and back into them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.domain.books import BookLine
from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.inventory import read_inventory
from app.edefter.sources.reading import inspect_source, read_source
from app.edefter.targets.common import ExportHead
from app.edefter.targets.turkcell_txt import turkcell_txt
from app.edefter.targets.uyumsoft_xml import uyumsoft_xml

HEAD = ExportHead(
    tax_number="1234567808",
    fiscal_start=date(2026, 1, 1),
    fiscal_end=date(2026, 12, 31),
    start=date(2026, 3, 1),
    end=date(2026, 3, 31),
)
FOREIGN = {
    "currency": "USD",
    "currency_amount": 1_000_000,
    "currency_rate": "41.25",
    "currency_rate_day": "2026-03-02",
    "amount_currency": "TRY",
    "rate_source": "T.C.M.B.",
    "rate_comment": "Döviz alış kuru",
}
FUND = {"measure_quantity": "1000", "measure_cost": "0.015"}


def line(number: int, side: str, **changes: object) -> BookLine:
    values: dict[str, object] = {
        "entry": 1,
        "number": number,
        "day": "2026-03-02",
        "entered_by": "Ayşe Işık",
        "entry_number": "F1",
        "entry_comment": "Alış",
        "debit": 150_000,
        "credit": 150_000,
        "main_id": "118",
        "main_name": "DİĞER MENKUL KIYMETLER",
        "sub_id": "118.01",
        "sub_name": "Fon",
        "amount": 150_000,
        "side": side,
        "document_type": "",
        "document_description": "",
        "document_number": "",
        "document_reference": "",
        "document_day": "",
        "payment_method": "Banka",
        "comment": "Satır",
        "currency": "",
        "currency_amount": 0,
        "currency_rate": "",
        "currency_rate_day": "",
    }
    return BookLine(**(values | changes))  # type: ignore[arg-type]


LINES = (line(1, "D", **FUND), line(2, "C", **FOREIGN))


def read(path: Path) -> list[LedgerRow | BadRow]:
    return list(read_source(path, inspect_source(path)))


def facts(row: LedgerRow | BadRow) -> tuple[object, ...]:
    assert isinstance(row, LedgerRow), row
    return (
        row.currency,
        row.currency_amount,
        row.currency_rate_day,
        row.amount_currency,
        row.rate_source,
        row.rate_comment,
        row.measure_quantity,
        row.measure_cost,
    )


WANTED = [
    ("", 0, "", "", "", "", "1000", "0.015"),
    ("USD", 1_000_000, "2026-03-02", "TRY", "T.C.M.B.", "Döviz alış kuru", "", ""),
]


def test_turkcells_29_fields_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(turkcell_txt(LINES, HEAD)), "utf-8")
    rows = path.read_text("utf-8").splitlines()
    assert [row.count("\t") + 1 for row in rows[2:]] == [29, 23]
    assert rows[2].split("\t")[16:23] == [""] * 7
    assert rows[2].split("\t")[23:] == ["NT", "Maddi Olmayan Kalemler", "1000", "Fon", "Adet", "0.015"]
    assert [facts(row) for row in read(path)] == WANTED


def test_uyumsofts_xml_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("".join(uyumsoft_xml(LINES, HEAD)), "utf-8")
    assert [facts(row) for row in read(path)] == WANTED


CSV = (
    "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Borç;Alacak;Kaydeden;Döviz Cinsi;Döviz Tutarı;Kur;Kur Tarihi;"
    "Tutarın para birimi;Kur Kaynağı;Kur Açıklaması;Fon Adedi;Fon Birim Maliyeti;MeasurableCode;MeasurableQualifier"
)


def csv(path: Path, measure: str) -> Path:
    rows = [
        CSV,
        f"F1;02.03.2026;118.01;Fon;15,00;;Ayşe;;;;;;;;{measure}",
        "F1;02.03.2026;102.01;Banka;;15,00;Ayşe;USD;100,00;41,25;02.03.2026;TRY;T.C.M.B.;Döviz alış kuru;;;;",
    ]
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_columns_of_any_table(tmp_path: Path) -> None:
    assert [facts(row) for row in read(csv(tmp_path / "a.csv", "1.000;0,015;nt;FON"))] == WANTED


@pytest.mark.parametrize("measure", ["1.000;0,015;IN;FON", "1.000;0,015;NT;Altın", "bin;0,015;;", "-5;0,015;;"])
def test_a_measure_that_e_defter_does_not_know_stands_aside(tmp_path: Path, measure: str) -> None:
    first, second = read(csv(tmp_path / "a.csv", measure))
    assert isinstance(first, BadRow) and first.code in ("LEDGER.MEASURE", "LEDGER.AMOUNT")
    assert isinstance(second, LedgerRow)


def test_an_inventory_lists_foreign_side(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    head = (
        "Hesap Kodu;Hesap Adı;Tutar;Döviz Cinsi;Döviz Tutarı;Kur;Kur Tarihi;AmountCurrency;Kur Kaynağı;Kur Açıklaması"
    )
    path.write_text(f"{head}\n100.01;Kasa;41,25;USD;1,00;41,25;02.03.2026;TRY;T.C.M.B.;Alış\n", "utf-8")
    (row,) = read_inventory(path)
    assert not isinstance(row, BadRow)
    assert (row.amount_currency, row.rate_source, row.rate_comment) == ("TRY", "T.C.M.B.", "Alış")
