"""Pages to PDF: the right page, whole, in order, alone with itself, whatever happens to the child."""

from __future__ import annotations

import ast
import http.server
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.domain.errors import AppError, JobCancelled, RenderError
from app.rendering import pdf
from app.rendering.html import Renderer
from app.rendering.pdf import PdfPrinter, merge

Make = Callable[..., bytes]


@pytest.fixture(scope="module")
def printer() -> Iterator[PdfPrinter]:
    with PdfPrinter() as made:
        yield made


def page(body: str) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def text_of(raw: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(raw)).pages)


def ettn(n: int) -> str:
    return f"1f6f7a3e-57a1-4e43-9d5b-{n:012d}"


def test_an_invoice_is_one_a4_page_with_its_ettn(make_invoice: Make, renderer: Renderer, printer: PdfPrinter) -> None:
    made = printer.to_pdf(renderer.render(make_invoice(lines=8, ettn=ettn(1))).html)
    (sheet,) = PdfReader(BytesIO(made)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height, -1)) == (595, 840)
    text = sheet.extract_text()
    for expected in (ettn(1), "Müşteri Sanayi ve Ticaret A.Ş.", "11.851,84"):
        assert expected in text


def test_a_long_invoice_repeats_its_header_row(make_invoice: Make, renderer: Renderer, printer: PdfPrinter) -> None:
    made = printer.to_pdf(renderer.render(make_invoice(lines=120)).html)
    sheets = PdfReader(BytesIO(made)).pages
    assert len(sheets) >= 3
    assert all("Mal / Hizmet" in sheet.extract_text() for sheet in sheets[:-1])
    assert "Kırtasiye ürünü 120" in text_of(made)


def test_every_page_says_which_document_and_which_of_how_many(
    make_invoice: Make, renderer: Renderer, printer: PdfPrinter
) -> None:
    raw = make_invoice(lines=120).replace(b"<cbc:ID>ABC2026000000001<", b'<cbc:ID>ABC2026"}000000001\\<')
    made = printer.to_pdf(renderer.render(raw).html)
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(made)).pages]
    assert len(sheets) >= 3
    for number, text in enumerate(sheets, start=1):
        assert f"{number} / {len(sheets)}" in text
        assert "ABC2026000000001" in text, "a hostile number ends no style"


def test_an_invoice_without_lines_says_so(make_invoice: Make, renderer: Renderer, printer: PdfPrinter) -> None:
    assert "Bu belgede kalem yok." in text_of(printer.to_pdf(renderer.render(make_invoice(lines=0)).html))


def test_a_page_above_two_megabytes_is_printed_and_not_the_one_before(printer: PdfPrinter) -> None:
    printer.to_pdf(page("ONCEKI"))
    text = text_of(printer.to_pdf(page(f"<p>BUYUK</p><!--{'x' * (3 << 20)}--><p>SON</p>")))
    assert "BUYUK" in text
    assert "SON" in text
    assert "ONCEKI" not in text


@pytest.mark.parametrize("width", [700, 1000, 1300, 2000, 3500])
def test_nothing_is_cut_from_a_page_that_is_too_wide(width: int, printer: PdfPrinter) -> None:
    cells = "<td>SOL</td><td align=right>SAG</td>"
    made = printer.to_pdf(page(f'<table style="width:{width}px"><tr>{cells}</tr></table>'))
    (sheet,) = PdfReader(BytesIO(made)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height, -1)) == (595, 840)
    assert "SOL" in sheet.extract_text()
    assert "SAG" in sheet.extract_text()


def test_javascript_is_off(printer: PdfPrinter) -> None:
    body = (
        "<p id=x>ESKI</p><noscript>BETIKSIZ</noscript><script>document.getElementById('x').textContent='YENI'</script>"
    )
    text = text_of(printer.to_pdf(page(body)))
    assert "ESKI" in text
    assert "BETIKSIZ" in text
    assert "YENI" not in text


def test_the_child_asks_nobody_for_anything(printer: PdfPrinter, tmp_path: Path) -> None:
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self) -> None:
            seen.append("connection")
            super().handle()

        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    secret = tmp_path / "gizli.html"
    secret.write_text("GIZLI")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        web = f"http://127.0.0.1:{server.server_port}"
        body = (
            f'<link rel=stylesheet href="{web}/css"><style>@import "{web}/import";</style>'
            f"<style>@font-face{{font-family:a;src:url({web}/font)}}body{{font-family:a}}</style>"
            f'<link rel=preconnect href="{web}"><link rel=dns-prefetch href="{web}">'
            f'<link rel=preload as=image href="{web}/preload"><img src="{web}/img"><iframe src="{web}/frame"></iframe>'
            f'<iframe src="{secret.as_uri()}"></iframe><object data="{secret.as_uri()}"></object>'
            f'<iframe src="muhurdar-belge://belge/0"></iframe><p>BURADA</p>'
        )
        text = text_of(printer.to_pdf(page(body)))
        # A page that wants to go elsewhere is not printed at all (`clean` takes this tag out long before).
        with pytest.raises(RenderError) as caught:
            printer.to_pdf(page(f'<meta http-equiv="refresh" content="0;url={web}/refresh"><p>x</p>'))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert seen == []
    assert caught.value.code == "PDF.FAILED"
    assert "BURADA" in text
    assert "GIZLI" not in text


def test_a_picture_shows_all_pages(printer: PdfPrinter) -> None:
    made = printer.to_png(page('<p>bir</p><p style="break-before:page">iki</p>'), dpi=50)
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = (int.from_bytes(made[at : at + 4], "big") for at in (16, 20))
    assert (round(width / 413, 1), round(height / 1168, 1)) == (1.0, 1.0)


def test_a_bulk_keeps_its_order_and_every_ettn_is_in_its_pdf(
    make_invoice: Make, renderer: Renderer, printer: PdfPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty through children that are replaced after twenty-five; then one PDF of them all."""
    monkeypatch.setattr(pdf, "DOCUMENTS_PER_CHILD", 25)
    made: dict[int, bytes] = {}
    pages = (renderer.render(make_invoice(ettn=ettn(n))).html for n in range(60))
    report = printer.print_many(pages, made.__setitem__)
    assert (report.printed, report.failed) == (60, {})
    assert list(made) == list(range(60))
    assert merge(made.values(), tmp_path / "hepsi.pdf") == 60
    sheets = PdfReader(tmp_path / "hepsi.pdf").pages
    for n, sheet in enumerate(sheets):
        assert ettn(n) in sheet.extract_text()
    assert ettn(7) in text_of(made[7])


def test_a_bulk_into_a_folder(printer: PdfPrinter, tmp_path: Path) -> None:
    report = printer.print_many([page("bir"), page("iki")], tmp_path, names="fatura-{}.pdf".format)
    assert report.printed == 2
    assert "iki" in text_of((tmp_path / "fatura-1.pdf").read_bytes())


def test_the_child_may_die_in_the_middle_of_a_bulk(printer: PdfPrinter) -> None:
    made: dict[int, bytes] = {}

    def keep(index: int, raw: bytes) -> None:
        made[index] = raw
        if index in (1, 4):
            assert printer._child is not None
            printer._child._kill()

    report = printer.print_many([page(f"SAYFA{n}.") for n in range(8)], keep)
    assert report == pdf.PrintReport(printed=8)
    assert all(f"SAYFA{n}." in text_of(raw) for n, raw in made.items())


def test_a_page_that_never_ends_fails_alone() -> None:
    heavy = page("<table>" + "<tr><td>a<table><tr><td>b</table>" * 400_000 + "</table>")
    with PdfPrinter(deadline_s=2.5) as printer:
        made: dict[int, bytes] = {}
        report = printer.print_many([page("ONCE"), heavy, page("SONRA")], made.__setitem__)
        assert {index: error.code for index, error in report.failed.items()} == {1: "PDF.TIMEOUT"}
        assert "2.5 saniye" in report.failed[1].sentence
        assert "ONCE" in text_of(made[0])
        assert "SONRA" in text_of(made[2])


def test_cancelling_leaves_the_printer_usable(printer: PdfPrinter) -> None:
    class Stop:
        def report(self, done: int, total: int, what: str) -> None:
            assert total == 6

        def checkpoint(self) -> None:
            if len(made) == 2:
                raise JobCancelled

    made: dict[int, bytes] = {}
    with pytest.raises(JobCancelled):
        printer.print_many([page(f"S{n}.") for n in range(6)], made.__setitem__, progress=Stop())
    assert list(made) == [0, 1]
    assert "YENIDEN" in text_of(printer.to_pdf(page("YENIDEN")))


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: pidfd")
def test_nothing_is_left_when_the_app_is_killed(project: Path) -> None:
    script = (
        "import sys\nfrom app.rendering.pdf import PdfPrinter\nprinter = PdfPrinter()\n"
        "printer.to_pdf('<p>bir</p>')\nprint(printer._child._process.pid, flush=True)\nsys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    group = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _group(entry) == child]
    assert len(group) > 1  # Chromium's helpers are there
    watched = [os.pidfd_open(pid) for pid in group]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    for descriptor in watched:
        assert select.select([descriptor], [], [], 15)[0]
        os.close(descriptor)


def _group(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2])
    except FileNotFoundError:
        return 0


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: the sandbox is a matter of root there")
def test_the_sandbox_is_off_only_for_root() -> None:
    assert ("QTWEBENGINE_DISABLE_SANDBOX" in pdf._environment()) == (os.geteuid() == 0)


def test_the_worker_stands_alone(project: Path) -> None:
    """It imports nothing of the app, and nobody imports it."""
    worker = ast.parse((project / "app/pdfworker/__main__.py").read_text(encoding="utf-8"))
    assert not [name for name in _imported(worker) if name == "app" or name.startswith("app.")]
    for file in (project / "app").rglob("*.py"):
        if "pdfworker" not in file.parts:
            names = _imported(ast.parse(file.read_text(encoding="utf-8")))
            assert not [name for name in names if name.startswith("app.pdfworker")], file


def _imported(tree: ast.AST) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


@pytest.mark.parametrize(
    ("parts", "code"), [([], "PDF.EMPTY"), ([b"%PDF-1.4 bozuk"], "PDF.DAMAGED"), ([b""], "PDF.DAMAGED")]
)
@pytest.mark.filterwarnings("ignore")
def test_joining_says_what_is_wrong(
    parts: list[bytes], code: str, tmp_path: Path, expected_logs: Callable[..., None]
) -> None:
    expected_logs()
    with pytest.raises(AppError) as caught:
        merge(parts, tmp_path / "x.pdf")
    assert caught.value.code == code
    assert not list(tmp_path.iterdir())
