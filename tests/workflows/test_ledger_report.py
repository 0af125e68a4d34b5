"""The report of a month's findings, read back out of the Excel file and the page that the PDF is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from app.domain.errors import ConfigError, InputError
from app.workflows import ledger_report
from app.workflows.ledger_report import report_html, write_report
from tests.workflows.ledger_office import LIRA, LedgerOffice, ledger_office, voucher

DAY = date(2026, 4, 3)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def broken(world: LedgerOffice) -> None:
    rows = voucher("F<1>@2026-03", entry_comment="=SUM(A1)")
    rows[0] = rows[0]._replace(amount=7 * LIRA)
    world.take([*rows, *voucher("F2", 4, document_number="")])


def test_the_excel_file_says_firm_period_totals_and_every_finding(world: LedgerOffice, tmp_path: Path) -> None:
    broken(world)
    check = world.check()
    path = write_report(world.company, [check], tmp_path / "mart.xlsx", made_on=DAY)
    book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
    assert book.sheet_names == ["Özet", "Bulgular"]
    summary = {row[0]: row[1] for row in book.get_sheet_by_name("Özet").to_python() if row[0]}
    assert summary["Dönem"] == "Mart 2026" and summary["Satır sayısı"] == 4
    assert (summary["Borç toplamı"], summary["Alacak toplamı"]) == (107.0, 200.0)
    assert summary[world.company.company.party.display_name] == "VKN 9205121120"
    head, *rows = book.get_sheet_by_name("Bulgular").to_python()
    assert head[1:4] == ["Fiş", "Madde", "Satır"]
    assert sorted(row[7] for row in rows) == sorted(finding.code for finding in check.findings)
    assert {row[1] for row in rows} == {"", "F<1>", "F2"}


def test_the_page_is_by_voucher_and_harmless(world: LedgerOffice) -> None:
    broken(world)
    page = report_html(world.company, [world.check()], made_on=DAY)
    assert "Defter denetimi · Mart 2026" in page and "03.04.2026" in page
    assert "F&lt;1&gt; fişi (madde 1)" in page and "F<1>" not in page
    assert page.index("F&lt;1&gt; fişi") < page.index("F2 fişi (madde 2)")
    assert "borcu 7,00, alacağı 100,00" in page


def test_a_long_list_is_cut_on_paper_and_says_so(world: LedgerOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(world)
    monkeypatch.setattr(ledger_report, "MAX_ON_PAPER", 1)
    page = report_html(world.company, [world.check()], made_on=DAY)
    assert "bulgu daha; Excel raporunda" in page


def test_a_month_without_findings_says_so(world: LedgerOffice) -> None:
    world.take(voucher(day="2026-01-02", entry_comment="Açılış"))
    from app.domain.voucher import Period

    check = world.check(Period(2026, 1))
    assert check.findings == []
    assert "Hata ya da uyarı bulunamadı" in report_html(world.company, [check], made_on=DAY)


def test_what_cannot_be_written_is_refused(world: LedgerOffice, tmp_path: Path) -> None:
    world.take(voucher())
    checks = [world.check()]
    with pytest.raises(InputError):
        write_report(world.company, checks, tmp_path / "mart.docx", made_on=DAY)
    with pytest.raises(ConfigError):
        write_report(world.company, checks, tmp_path / "mart.pdf", made_on=DAY)


def test_the_pdf_holds_the_words(world: LedgerOffice, tmp_path: Path) -> None:
    broken(world)
    path = write_report(
        world.company, [world.check()], tmp_path / "mart.pdf", made_on=DAY, printer=world.office.printer
    )
    assert path.read_bytes().startswith(b"%PDF")
