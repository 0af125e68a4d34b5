"""PDF, preview and paper: every page of every document is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.domain.lifecycle import Direction
from app.rendering.pdf import merge
from app.runtime.lanes import Done
from app.ubl.attachments import Attachment, find_attachments
from app.ui.printing.attachments import clean_name, is_program, save_all
from app.ui.printing.paper import Layout, choose, plan, print_pdf
from app.ui.printing.preview import PreviewDialog
from app.ui.printing.saving import collect_pages, start_saving, with_ending, write_merged
from app.ui.widgets import MessageBar
from app.workflows import points

PATIENCE_MS = 120_000
XSLT = b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'


def words(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def test_all_in_one_pdf_and_one_each(qtbot: QtBot, filled_world, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    records = filled_world.records(Direction.IN)[-3:] + filled_world.records(Direction.OUT)[:2]
    ids = [r.id for r in records]
    message = MessageBar()
    qtbot.addWidget(message)
    for target, merged in ((tmp_path / "hepsi.pdf", True), (tmp_path / "tek", False)):
        handle = start_saving(filled_world.desk, ids, message, message, target, merged=merged)
        with qtbot.waitSignal(handle.ended, timeout=PATIENCE_MS) as ended:
            pass
        assert isinstance(ended.args[0], Done), ended.args
        assert "kaydedildi" in message.sentence and not ended.args[0].value.failed
    whole = words(tmp_path / "hepsi.pdf")
    for record in records:
        assert record.number in whole.replace("\n", ""), record.number
    each = sorted((tmp_path / "tek").glob("*.pdf"))
    assert len(each) == len(ids)
    assert sum(len(PdfReader(p).pages) for p in each) == len(PdfReader(tmp_path / "hepsi.pdf").pages)


def test_the_preview_prints_every_page(qtbot: QtBot, filled_world, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    records = filled_world.records(Direction.IN)[-3:]
    dialog = PreviewDialog(filled_world.desk, [r.id for r in records])
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.printing.isEnabled()
    qtbot.waitUntil(lambda: dialog.prepared is not None, timeout=PATIENCE_MS)
    assert dialog.prepared is not None
    assert len(dialog.prepared.counts) == 3 and dialog.page_count == sum(dialog.prepared.counts)
    assert dialog.place.text() == f"Sayfa 1 / {dialog.page_count}"
    shown = words(dialog.prepared.path).lower()
    assert all(r.number.lower() in shown for r in records)
    sheets = [page.extract_text() for page in PdfReader(dialog.prepared.path).pages]
    first = 0
    for record, count in zip(records, dialog.prepared.counts, strict=True):
        # Every page of every document, in the order asked for.
        assert record.number in sheets[first].replace("\n", "")
        assert all(sheet.strip() for sheet in sheets[first : first + count])
        first += count
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "kagit.pdf"))
    handle = dialog.print_on(printer)
    assert handle is not None
    with qtbot.waitSignal(handle.ended, timeout=PATIENCE_MS) as ended:
        pass
    assert ended.args[0] == Done(dialog.page_count)
    printed = PdfReader(tmp_path / "kagit.pdf")
    assert len(printed.pages) == dialog.page_count
    assert f"Sayfa {dialog.page_count} / {dialog.page_count}" in " ".join(words(tmp_path / "kagit.pdf").split())
    assert all(page.images for page in printed.pages)
    folder = dialog.prepared.path.parent
    dialog.close()
    assert folder.exists(), "the folder goes with the dialog, not before"


def test_duplex_begins_each_document_on_a_fresh_sheet() -> None:
    assert plan([1, 2, 3], duplex=False) == [0, 1, 2, 3, 4, 5]
    assert plan([1, 2, 3], duplex=True) == [0, None, 1, 2, 3, 4, 5]
    assert plan([3, 1, 1], duplex=True) == [0, 1, 2, None, 3, None, 4]
    assert choose(plan([1, 2], duplex=True), 0, 0) == [0, None, 1, 2]
    assert choose(plan([1, 2], duplex=True), 2, 3) == [1, 2]


@pytest.mark.parametrize("layout", [Layout(), Layout(fit=False, numbers=False), Layout(duplex=True)])
def test_paper_takes_all_pages_with_blank_backs(qtbot: QtBot, filled_world, tmp_path: Path, layout: Layout) -> None:  # type: ignore[no-untyped-def]
    printer = filled_world.office.printer
    parts = [printer.to_pdf(f"<h1>Belge {n}</h1>" + "<p style='page-break-after:always'>x</p>" * n) for n in (1, 2)]
    source = tmp_path / "kaynak.pdf"
    total = merge(parts, source)
    counts = [len(PdfReader(source).pages) - total + 2, 3] if total == 5 else [1, total - 1]
    device = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "kagit.pdf"))
    assert print_pdf(source, device, counts, layout) == total
    sides = plan(counts, duplex=layout.duplex)
    assert len(PdfReader(tmp_path / "kagit.pdf").pages) == len(sides)


def test_a_name_with_dots_keeps_them() -> None:
    assert with_ending(Path("ABC2026_Yılmaz Ltd. Şti")).name == "ABC2026_Yılmaz Ltd. Şti.pdf"
    assert with_ending(Path("a.PDF")).name == "a.PDF"


def test_bytes_are_read_when_a_page_is_drawn_and_a_missing_one_stops_nothing(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    tmp_path: Path,
) -> None:
    records = filled_world.records(Direction.IN)[:3]
    ctx, office = filled_world.ctx, filled_world.office
    assert len(collect_pages(ctx, office, [r.id for r in records])) == 3
    with office.db.write(points.STATUS) as s:
        s.execute(text("DELETE FROM document_file WHERE document_id = :i"), {"i": records[1].id})
    report = write_merged(ctx, office, [r.id for r in records], tmp_path / "hepsi.pdf")
    assert [error.code for _, error in report.failed] == ["DOC.BYTES_MISSING"]
    whole = words(tmp_path / "hepsi.pdf").replace("\n", "")
    assert records[0].number in whole and records[2].number in whole and records[1].number not in whole


def test_names_of_attachments_are_cleaned() -> None:
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name(r"C:\Users\x\rapor.pdf") == "rapor.pdf"
    assert clean_name("fatura\u202efdp.exe") == "faturafdp.exe.txt"
    assert clean_name("CON.pdf") == "_CON.pdf"
    assert clean_name("a<b>:c?.xlsx") == "a_b__c_.xlsx"
    assert clean_name(" . .. ") == "ek"
    assert clean_name("Şartname ğüşiöç.pdf") == "Şartname ğüşiöç.pdf"
    assert is_program("hesap.XLSM") and clean_name("hesap.XLSM").endswith(".txt")
    assert len(clean_name("x" * 500 + ".pdf")) <= 125


def test_attachments_are_found_and_nothing_is_overwritten(tmp_path: Path) -> None:
    reference = (
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject"
        ' mimeCode="{m}" filename="{n}">{c}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>'
        "</cac:AdditionalDocumentReference>"
    )
    ubl = "urn:oasis:names:specification:ubl:schema:xsd:"
    raw = (
        f'<Invoice xmlns="{ubl}Invoice-2" xmlns:cac="{ubl}CommonAggregateComponents-2" xmlns:cbc="{ubl}'
        'CommonBasicComponents-2">'
        + reference.format(m="application/pdf", n="../ek.pdf", c="JVBERi0xLjQ=")
        + reference.format(m="image/png", n="", c="iVBORw0KGgo=")
        + reference.format(
            m="application/xml",
            n="t.xslt",
            c="PHhzbDpzdHlsZXNoZWV0IHhtbG5zOnhzbD0iaHR0cDovL3d3dy53My5vcmcvMTk5OS9YU0wvVHJhbnNmb3JtIi8+",
        )
        + "</Invoice>"
    ).encode()
    found = find_attachments(raw)
    assert [(a.name, a.content[:4]) for a in found] == [("../ek.pdf", b"%PDF"), ("ek-2.png", b"\x89PNG")]
    first = save_all(found, tmp_path)
    second = save_all([Attachment(name="ek.pdf", mime="", content=b"yeni")], tmp_path)
    assert [p.name for p in first] == ["ek.pdf", "ek-2.png"] and second[0].name == "ek_2.pdf"
    assert (tmp_path / "ek.pdf").read_bytes() == b"%PDF-1.4"
    assert not (tmp_path.parent / "ek.pdf").exists()
