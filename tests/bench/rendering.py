"""HTML and PDF of one invoice and of 500; the yardstick is libxslt in this very process, without any guard."""

from __future__ import annotations

import tempfile
from pathlib import Path

from lxml import etree

from app.rendering.html import Renderer
from app.rendering.pdf import PdfPrinter
from app.runtime.children import ChildPool
from app.workflows import printing
from tests.bench import samples
from tests.bench.stopwatch import Board, children_memory_mb, median_of, once, own_memory_mb

BULK = 500


def run(board: Board, *, big: bool) -> None:
    sheet = samples.template()
    documents = [samples.xml(n, sheet) for n in range(1, BULK + 1)]
    transform = etree.XSLT(etree.fromstring(sheet))
    board.row("yardstick: bare lxml transform", median_of(lambda: bytes(transform(etree.fromstring(documents[0])))))
    with ChildPool() as pool, PdfPrinter() as printer:
        renderer = Renderer(pool)
        seconds, rendered = once(lambda: renderer.render(documents[0]))
        board.row("HTML of one invoice, cold (child starts)", seconds)
        board.row("HTML of one invoice, warm", median_of(lambda: renderer.render(documents[1]), runs=21), aim="20 ms")
        seconds, _ = once(lambda: printer.to_pdf(rendered.html))
        board.row("PDF of one invoice, cold (browser starts)", seconds)
        board.row("PDF of one invoice, warm", median_of(lambda: printer.to_pdf(rendered.html)))
        before = own_memory_mb()
        pages = [printing.Page(name=f"{n:04d}", raw=raw) for n, raw in enumerate(documents)]
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            seconds, report = once(
                lambda: printing.print_each(pages, renderer=renderer, printer=printer, folder=out / "each")
            )
            _count(report, BULK)
            board.row(f"{BULK} PDFs, one each", seconds, note=f"{seconds / BULK * 1000:.1f} ms each, aim 80 ms")
            seconds, report = once(
                lambda: printing.print_merged(pages, renderer=renderer, printer=printer, out=out / "all.pdf")
            )
            _count(report, 1)
            board.row(f"{BULK} invoices in one PDF", seconds, note=f"{seconds / BULK * 1000:.1f} ms each")
        board.fact("peak memory of this process: before, after the bulks", f"{before:.0f}, {own_memory_mb():.0f} MB")
    # The children have ended by now: the largest of them, template engine or browser.
    board.fact("peak memory of the largest child", f"{children_memory_mb():.0f} MB")


def _count(report: printing.PrintReport, expected: int) -> None:
    if len(report.written) != expected or report.failed:
        raise SystemExit(f"the bulk is not whole: {len(report.written)} written, {report.failed[:3]}")
