"""The findings of a document on paper and as an Excel file: what the filter lets through, with why and where."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.domain.findings import Finding
from app.runtime.files import write_output
from app.ui.desk import Desk
from app.ui.jobs import JobHandle
from app.ui.printing.attachments import clean_name
from app.ui.printing.saving import with_ending
from app.ui.reading.places import place_of
from app.ui.reading.severity import LAYER_WORDS, severity_word
from app.ui.widgets import MessageBar

_COLUMNS = (
    ("Önem", 9),
    ("Bulgu", 70),
    ("Yer", 26),
    ("Neden", 50),
    ("Resmî metin", 50),
    ("Denetim", 22),
    ("Kod", 22),
    ("Satır", 8),
)


def save_excel(
    desk: Desk, findings: Sequence[Finding], title: str, owner: QWidget, message: MessageBar
) -> JobHandle | None:
    """Ask where, then write. None when the user went away from the question. GUI thread."""
    name = f"{clean_name(title)} bulgular.xlsx"
    chosen, _ = QFileDialog.getSaveFileName(owner, _tr("Bulguları kaydet"), name, "Excel (*.xlsx)")
    if not chosen:
        return None
    target, listed = with_ending(Path(chosen), ".xlsx"), list(findings)

    def tell(path: Path) -> None:
        message.show_message("ok", _tr("{n} bulgu kaydedildi: {p}").format(n=len(listed), p=path))

    return desk.run(
        _tr("Bulgular kaydediliyor"),
        lambda _ctx: write_excel(target, listed, title),
        tell,
        owner=owner,
        failed=message.show_error,
    )


def print_findings(
    desk: Desk, findings: Sequence[Finding], title: str, owner: QWidget, message: MessageBar
) -> JobHandle | None:
    """Ask for the printer, then print as a job. None when the user went away from the question. GUI thread."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setDocName(title)
    if QPrintDialog(printer, owner).exec() != QDialog.DialogCode.Accepted:
        return None
    listed = list(findings)

    def tell(_done: None) -> None:
        message.show_message("ok", _tr("{n} bulgu yazıcıya verildi.").format(n=len(listed)))

    return desk.run(
        _tr("Bulgular yazdırılıyor"),
        lambda _ctx: paint(printer, listed, title),
        tell,
        owner=owner,
        failed=message.show_error,
    )


def write_excel(path: Path, findings: Sequence[Finding], title: str) -> Path:
    """A sheet with a header that stays and a filter on every column. Any thread. Raises: EnvironmentFault FILE.*."""
    import xlsxwriter

    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet(_tr("Bulgular"))
        head = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, title, book.add_format({"bold": True}))
        for place, (heading, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(1, place, heading, head)
        for row, finding in enumerate(findings, start=2):
            for place, text in enumerate(_cells(finding)):
                sheet.write_string(row, place, text, wrapped)
            if finding.line is not None:
                sheet.write_number(row, len(_COLUMNS) - 1, finding.line, wrapped)
        sheet.freeze_panes(2, 0)
        sheet.autofilter(1, 0, max(1, 1 + len(findings)), len(_COLUMNS) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    write_output(path, made.getvalue())
    return path


def paint(printer: QPrinter, findings: Sequence[Finding], title: str) -> None:
    """Print the list. Any thread: the text document is made and used in this one."""
    document = QTextDocument()
    document.setDefaultStyleSheet("h3{margin-bottom:0} td{padding:4px 6px} .why{font-size:8pt} .kind{font-weight:600}")
    document.setHtml(page(findings, title))
    document.print_(printer)


def page(findings: Sequence[Finding], title: str) -> str:
    """The list as HTML: one row a finding, its reason below it."""
    rows = []
    for finding in findings:
        word, message, place, why, official, layer, code, _line = (escape(cell) for cell in _cells(finding))
        below = [part for part in (place, why, official and f"{_tr('Resmî metin')}: {official}") if part]
        below.append(f"{layer} · {code}")
        rows.append(
            f'<tr><td class="kind">{word}</td><td>{message}<br><span class="why">{"<br>".join(below)}</span></td></tr>'
        )
    count = _tr("{n} bulgu").format(n=len(findings))
    return f'<h3>{escape(title)}</h3><p>{count}</p><table width="100%" cellspacing="0">{"".join(rows)}</table>'


def _cells(finding: Finding) -> tuple[str, ...]:
    place = place_of(finding) if finding.field or finding.line else ""
    line = str(finding.line) if finding.line is not None else ""
    layer = LAYER_WORDS[finding.layer]
    word = severity_word(finding.severity)
    return (word, finding.message, place, finding.explanation, finding.official, layer, finding.code, line)


def _tr(text: str) -> str:
    return QCoreApplication.translate("findings", text)
