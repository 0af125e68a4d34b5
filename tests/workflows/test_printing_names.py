"""File names and reports of bulk printing, without a browser: HTML is enough for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from app.demo import people
from app.domain.errors import AppError, RenderError
from app.domain.lifecycle import SealingMode
from app.rendering.html import TEST_BANNER
from app.rendering.pdf import PdfPrinter, PrintReport
from app.storage import documents
from app.workflows import companies, drafting, points, printing, viewing

from .conftest import Desk


@pytest.fixture
def raw(desk: Desk) -> bytes:
    drafted = drafting.save_draft(desk.ctx, desk.company, people.drafts(desk.clock.today().isoformat())[0])
    return drafting.unsigned_xml(drafted.invoice, desk.office.template(desk.company))


def test_equal_names_do_not_overwrite_each_other_and_a_bad_one_is_named(desk: Desk, raw: bytes, tmp_path: Path) -> None:
    pages = [
        printing.Page(name="ABC/1", raw=raw),
        printing.Page(name="bozuk", raw=b"<Invoice"),
        printing.Page(name="abc_1", raw=raw),
        printing.Page(name="ABC 1", raw=raw),
    ]
    report = printing.print_each(
        pages, renderer=desk.office.renderer, printer=None, folder=tmp_path / "out", form="html"
    )
    assert [p.name for p in report.written] == ["ABC_1.html", "abc_1_2.html", "ABC_1_3.html"]
    assert all(p.stat().st_size for p in report.written)
    assert [name for name, _ in report.failed] == ["bozuk"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("CON", "CON_"),
        ("nul.2026", "nul_.2026"),
        ("com1", "com1_"),
        ("...", "belge"),
        ("ŞÜKRÜ 1", "ŞÜKRÜ_1"),
    ],
)
def test_names_that_a_system_minds_are_changed(name: str, safe: str) -> None:
    assert printing.safe_name(name) == safe


def test_long_names_fit_every_file_system() -> None:
    assert len(printing.safe_name("漢" * 300).encode()) <= 200


def test_a_test_seal_and_a_draft_are_marked(desk: Desk) -> None:
    ettn = desk.draft(0)
    template = desk.office.template(desk.company)
    assert viewing.viewable(desk.ctx, desk.company, ettn, template=template).watermark == "TASLAK"
    desk.issue(ettn)
    seen = viewing.viewable(desk.ctx, desk.company, ettn, template=template)
    assert (seen.role, seen.watermark) == ("sealed", "TEST")


class _JamsOnce(PdfPrinter):
    """A printer that cannot print one page; the others come out as the HTML they are."""

    def print_many(
        self,
        htmls: Iterable[str],
        out: Path | Callable[[int, bytes], None],
        **_options: object,
    ) -> PrintReport:
        assert callable(out)
        failed: dict[int, AppError] = {}
        printed = 0
        for index, html in enumerate(htmls):
            if "JAMS" in html:
                failed[index] = RenderError("PDF.TIMEOUT", "Sayfa basılamadı.")
                continue
            out(index, html.encode())
            printed += 1
        return PrintReport(printed=printed, failed=failed)


def test_a_page_that_cannot_be_printed_is_named_and_stops_no_other(desk: Desk, raw: bytes, tmp_path: Path) -> None:
    pages = [
        printing.Page(name="okunmaz", raw=b"<Invoice"),
        printing.Page(name="ilk", raw=raw, watermark="ILK"),
        printing.Page(name="basılmaz", raw=raw, watermark="JAMS"),
        printing.Page(name="son", raw=raw, watermark="SON"),
    ]
    report = printing.print_each(pages, renderer=desk.office.renderer, printer=_JamsOnce(), folder=tmp_path / "out")
    assert [(name, error.code) for name, error in report.failed][1:] == [("basılmaz", "PDF.TIMEOUT")]
    assert report.failed[0][0] == "okunmaz"
    assert [p.name for p in report.written] == ["ilk.pdf", "son.pdf"]
    assert [word in p.read_text("utf-8") for p, word in zip(report.written, ("ILK", "SON"), strict=True)] == [True] * 2
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["ilk.pdf", "son.pdf"]


def test_what_the_integrator_will_seal_says_that_it_has_no_seal_yet(desk: Desk) -> None:
    desk.company = companies.save_company(
        desk.ctx, replace(desk.company.company, default_sealing_mode=SealingMode.INTEGRATOR)
    )
    ettn = desk.draft(0)
    desk.issue(ettn)
    seen = viewing.viewable(desk.ctx, desk.company, ettn, template=b"")
    assert (seen.role, seen.watermark) == ("sealed", "MÜHÜRSÜZ NÜSHA")
    shown = desk.office.renderer.render(seen.raw, watermark=seen.watermark).html
    assert "MÜHÜRSÜZ NÜSHA" in shown and TEST_BANNER not in shown
    with desk.office.db.write(points.LEGAL) as s:
        documents.add_file(s, desk.get(ettn).id, "legal", seen.raw, at=desk.clock.now())
    seen = viewing.viewable(desk.ctx, desk.company, ettn, template=b"")
    assert (seen.role, seen.watermark) == ("legal", "")
