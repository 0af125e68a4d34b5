"""File names and reports of bulk printing, without a browser: HTML is enough for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo import people
from app.workflows import drafting, printing, viewing

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
