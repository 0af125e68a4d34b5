"""Invoices out of a table: guessed and saved mappings, a preview that stores nothing, drafts only when agreed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from app.domain.errors import AppError, InputError
from app.domain.lifecycle import Direction
from app.edefter.sources.values import Decimals
from app.workflows import bulk_drafting, drafting
from app.workflows.bulk_drafting import BulkMapping
from app.workflows.bulk_tables import BulkTable, read_table

from .conftest import Desk

D = Decimal
CSV = """Fatura No;VKN/TCKN;Unvan;Tarih;Ürün;Miktar;Birim;Birim Fiyat;KDV;İskonto
1;7750409379;Işıl Öğütücü A.Ş.;20.11.2026;Masa;2;Adet;1.250,55;20;
1;7750409379;Işıl Öğütücü A.Ş.;20.11.2026;Nakliye;1;C62;100;10;5
2;10000000146;;20.11.2026;Sandalye;4;Adet;75,5;%20;
"""


def table(text: str = CSV) -> BulkTable:
    return read_table(text.encode("cp1254"))


def previewed(desk: Desk, text: str = CSV, **changes: Any) -> list[bulk_drafting.BulkDraft]:
    source = table(text)
    return bulk_drafting.preview(
        desk.ctx, desk.company, source, replace(bulk_drafting.guess_mapping(source), **changes)
    )


def test_columns_are_guessed_by_their_names() -> None:
    mapping = bulk_drafting.guess_mapping(table())
    assert mapping.group_by == "Fatura No"
    assert mapping.columns["customer.number"] == "VKN/TCKN"
    assert mapping.columns["lines.unit_price"] == "Birim Fiyat"
    assert mapping.columns["lines.vat_rate"] == "KDV"
    assert mapping.defaults == {"profile": "TEMELFATURA", "type": "SATIS"}


def test_a_preview_stores_nothing_and_says_what_each_invoice_comes_to(desk: Desk) -> None:
    first, second = previewed(desk)
    assert desk.records(Direction.OUT) == []
    assert (first.rows, second.rows) == ((2, 3), (4,))
    # 2 × 1250.55 + KDV 20 %, 100 − 5 % + KDV 10 %
    assert first.payable == D("3001.32") + D("104.50")
    assert first.problems == ()
    assert [line["unit"] for line in first.data["lines"]] == ["C62", "C62"]
    assert second.data["customer"] == {"tckn": "10000000146"}
    codes = {f.code for f in second.findings}
    assert second.has_errors and "INV.PARTY_PERSON" in codes


def test_creating_the_same_preview_twice_makes_no_double(desk: Desk) -> None:
    drafts = previewed(desk)
    report = bulk_drafting.create(desk.ctx, desk.company, drafts)
    assert (len(report.created), report.failed) == (2, ())
    bulk_drafting.create(desk.ctx, desk.company, drafts)
    assert len(desk.records(Direction.OUT)) == 2
    invoice = drafting.load_invoice(desk.ctx, desk.company, report.created[0].id)
    assert (invoice.series, invoice.issue_date, len(invoice.lines)) == ("CNR", date(2026, 11, 20), 2)
    assert invoice.lines[1].allowances[0].rate == D("0.05")


def test_only_what_the_user_chose_is_created(desk: Desk) -> None:
    drafts = previewed(desk)
    report = bulk_drafting.create(desk.ctx, desk.company, drafts[1:])
    assert [record.ettn for record in report.created] == [drafts[1].data["uuid"]]


def test_a_cell_that_cannot_be_read_is_told_and_its_invoice_not_created(desk: Desk) -> None:
    drafts = previewed(desk, CSV.replace("1.250,55", "bin").replace("75,5", "1.25,5"))
    assert [len(draft.problems) for draft in drafts] == [1, 1]
    assert drafts[0].problems[0] == "2. satır, Birim Fiyat: 'bin' okunamadı (sayı değil)."
    assert not any(draft.can_be_created for draft in drafts)
    assert bulk_drafting.create(desk.ctx, desk.company, drafts).created == ()
    assert desk.records(Direction.OUT) == []


def test_rows_of_one_invoice_must_agree_about_the_whole(desk: Desk) -> None:
    first, _ = previewed(desk, CSV.replace("1;7750409379;Işıl Öğütücü A.Ş.;20.11.2026;Nakliye",
                                           "1;7750409379;Başka A.Ş.;20.11.2026;Nakliye"))  # fmt: skip
    assert "'Unvan' sütunu satırlara göre değişiyor" in first.problems[0]


def test_without_a_group_each_row_is_an_invoice(desk: Desk) -> None:
    assert [draft.rows for draft in previewed(desk, group_by="")] == [(2,), (3,), (4,)]


def test_numbers_are_read_as_they_are_meant(desk: Desk) -> None:
    text = CSV.replace("1.250,55", "1,250.55").replace("75,5", "75.5")
    first, second = previewed(desk, text, decimals=Decimals.POINT)
    assert first.data["lines"][0]["unit_price"] == "1250.55"
    assert second.data["lines"][0]["unit_price"] == "75.5"


def test_a_mapping_is_kept_for_its_company(desk: Desk) -> None:
    mapping = replace(bulk_drafting.guess_mapping(table()), decimals=Decimals.POINT)
    bulk_drafting.save_mapping(desk.ctx, desk.company, " Aylık ", mapping)
    bulk_drafting.save_mapping(desk.ctx, desk.company, "Başka", BulkMapping())
    assert bulk_drafting.saved_mappings(desk.ctx, desk.company) == {"Aylık": mapping, "Başka": BulkMapping()}
    other = replace(desk.company, id=desk.company.id + 1)
    assert bulk_drafting.saved_mappings(desk.ctx, other) == {}
    with pytest.raises(InputError):
        bulk_drafting.save_mapping(desk.ctx, desk.company, " ", mapping)


def test_a_mapping_of_another_file_is_refused(desk: Desk) -> None:
    source = table()
    mapping = replace(bulk_drafting.guess_mapping(source), group_by="Fiş")
    with pytest.raises(InputError) as caught:
        bulk_drafting.preview(desk.ctx, desk.company, source, mapping)
    assert caught.value.code == "BULK.COLUMN"


def test_an_excel_file_needs_no_word_about_numbers_and_days(desk: Desk) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, ["VKN", "Unvan", "Tarih", "Ürün", "Miktar", "Fiyat", "KDV"])
    sheet.write_row(1, 0, ["7750409379", "Işıl"])
    sheet.write_datetime(1, 2, date(2026, 11, 19), day)
    sheet.write_row(1, 3, ["Masa", 2.5, 1234.567, 20])
    book.close()
    source = read_table(out.getvalue())
    (draft,) = bulk_drafting.preview(desk.ctx, desk.company, source, bulk_drafting.guess_mapping(source))
    line = draft.data["lines"][0]
    assert (draft.data["issue_date"], line["quantity"], line["unit_price"]) == ("2026-11-19", "2.5", "1234.567")
    assert draft.problems == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a;b;c\n", "BULK.EMPTY"),
        (b"a;a;b\n1;2;3\n", "BULK.HEADER"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "SHEET.NONE"),
        (b"tek sutun\nbir\niki\n", "BULK.DELIMITER"),
        (b"a;b;c\n" + b"1;2;3\n" * 20_001, "BULK.TOO_BIG"),
        (b"", "LEDGER.EMPTY"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_table_that_cannot_be_used_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(AppError) as caught:
        read_table(raw)
    assert caught.value.code == code


def test_a_saved_mapping_of_nonsense_is_refused() -> None:
    with pytest.raises(InputError):
        bulk_drafting.mapping_from_json({"decimals": "x"})
    assert bulk_drafting.mapping_from_json({"columns": {"unknown": "A", "type": "T"}}).columns == {"type": "T"}
