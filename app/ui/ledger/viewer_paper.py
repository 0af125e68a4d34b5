"""What is shown of a ledger file on paper or as a PDF: a range of vouchers or accounts, heads repeated on each page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QIntValidator, QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import RuleBroken
from app.edefter.reading.reader import HeaderRow, LedgerReader, LineRow
from app.office import Office
from app.runtime.files import write_output
from app.ui.desk import Desk
from app.ui.ledger import viewer_words as words
from app.ui.ledger.words import number
from app.ui.printing.paper import Layout, open_pdf, print_pdf
from app.ui.printing.saving import with_ending
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows.context import WorkContext

#: More than this is no reading matter: some 120 pages.
MAX_LINES: Final = 5_000
_BLOCK: Final = 200
_HEADS: Final = ("Satır", "Hesap", "Açıklama ve belge", "Borç", "Alacak")
_STYLE: Final = (
    'body{font:8.5pt "Segoe UI","DejaVu Sans",Arial,sans-serif;margin:0}h1{font-size:12pt;font-weight:600;margin:0}'
    ".who{margin:1mm 0 3mm}table{width:100%;border-collapse:collapse}thead{display:table-header-group}"
    "small{font-size:7pt}th{text-align:left;font-weight:600;border-bottom:1px solid;padding:1mm}"
    f"td{{padding:.6mm 1mm;vertical-align:top;border-bottom:1px solid {tokens.LIGHT.line}}}"
    "tr{page-break-inside:avoid}"
    ".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".head td{font-weight:600;page-break-after:avoid}@page{size:A4;margin:12mm}"
)


def paper_html(reader: LedgerReader, headers: Sequence[int], found: dict[int, list[int]] | None = None) -> str:
    """The page set as HTML. `found` leaves out lines that the search did not find.

    Raises: RuleBroken LEDGERFILE.TOO_MUCH; what the reader raises.
    """
    total = sum(len(_lines_of(reader, header, found)) for header in headers)
    if total > MAX_LINES:
        raise RuleBroken(
            "LEDGERFILE.TOO_MUCH",
            "Basılacak sayfalar hazırlanmadı.",
            why=f"Seçilen aralıkta {number(total)} satır var; bir kerede en çok {number(MAX_LINES)} satır basılır.",
            todo="Aralığı daraltın ya da arayıp yalnız bulunanları yazdırın.",
        )
    head, kind = reader.head(), reader.head().kind
    heads = (*_HEADS[:3], "Tutar", "") if kind == "E" else _HEADS
    cells = "".join(f"<th{' class=n' if place in (0, 3, 4) else ''}>{title}</th>" for place, title in enumerate(heads))
    who = " · ".join(
        part
        for part in (
            head.title,
            head.owner,
            f"{words.day(head.period_start)}–{words.day(head.period_end)}",
            head.unique_id,
        )
        if part
    )
    rows = "".join(_rows(reader, headers, found))
    title = escape(words.title_of(reader))
    return (
        f'<!DOCTYPE html><html lang="tr"><head><meta charset="UTF-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>"
        f'<body><h1>{title}</h1><div class="who">{escape(who)}</div>'
        f"<table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></body></html>"
    )


def make_pdf(ctx: WorkContext, office: Office, html: str, target: Path) -> int:
    """Write the PDF; returns its pages. Not in the GUI thread. Raises: RenderError PDF.*; EnvironmentFault FILE.*."""
    ctx.progress.checkpoint()
    write_output(target, office.printer.to_pdf(html))
    document = open_pdf(target)
    try:
        return document.pageCount()
    finally:
        document.close()


def _lines_of(reader: LedgerReader, header: int, found: dict[int, list[int]] | None) -> Sequence[int]:
    return reader.index.lines_of(header) if found is None else found.get(header, [])


def _rows(reader: LedgerReader, headers: Sequence[int], found: dict[int, list[int]] | None) -> Iterator[str]:
    kind = reader.head().kind
    has_heads = bool(words.header_columns(kind))
    for start in range(0, len(headers), _BLOCK):
        for header in reader.headers(headers[start : start + _BLOCK]):
            if has_heads:
                yield _head_row(kind, header)
            lines = _lines_of(reader, header.place, found)
            for begin in range(0, len(lines), _BLOCK):
                yield from (_line_row(kind, line) for line in reader.lines(lines[begin : begin + _BLOCK]))


def _head_row(kind: str, header: HeaderRow) -> str:
    if kind == "K":
        said = f"{header.account} {header.account_name}"
    else:
        parts = (f"{header.number}. madde", words.day(header.day), header.entry_number, header.comment)
        said = " · ".join(part for part in parts if part)
    sums = ("", "") if kind == "E" else (words.money(header.debit), words.money(header.credit))
    cells = "".join(f'<td class="n">{text}</td>' for text in sums)
    return f'<tr class="head"><td colspan="{len(_HEADS) - 2}">{escape(said)}</td>{cells}</tr>'


def _line_row(kind: str, line: LineRow) -> str:
    amount = words.money(line.amount)
    debit, credit = (amount, "") if kind == "E" or line.side.upper().startswith("D") else ("", amount)
    paper = " ".join(part for part in (words.document(line), words.day(line.document_date)) if part)
    more = " ".join(part for part in (line.quantity, line.unit) if part) if kind == "E" else paper
    number_ = (
        f"{escape(line.number)}<br><small>{escape(line.entry)}. madde</small>" if kind == "K" else escape(line.number)
    )
    day = f"{escape(words.day(line.day))} · " if kind == "K" else ""
    account, name = escape(line.sub or line.main), escape(line.sub_name or line.main_name)
    said = "<br>".join(
        part
        for part in (escape(line.product or line.comment), f"<small>{escape(more)}</small>" if more else "")
        if part
    )
    return (
        f'<tr><td class="n">{number_}</td><td>{account}<br><small>{name}</small></td><td>{day}{said}</td>'
        f'<td class="n">{debit}</td><td class="n">{credit}</td></tr>'
    )


class PrintRangeDialog(QDialog):
    """Not modal. What is shown, or from one number to another; on paper or into a PDF."""

    def __init__(
        self,
        desk: Desk,
        reader: LedgerReader,
        shown: Sequence[int],
        found: dict[int, list[int]] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._reader = reader
        self._shown = list(shown)
        self._found = found
        self.setWindowTitle(self.tr("Yazdır"))
        self.setAccessibleName(self.tr("Defterin bir bölümünü yazdır"))
        lines = sum(len(_lines_of(reader, header, found)) for header in self._shown)
        said = self.tr("Bulunanlar: {0} satır") if found is not None else self.tr("Gösterilenlerin hepsi: {0} satır")
        self.all = QRadioButton(said.format(number(lines)), self)
        numbers = [one for one in reader.index.header_number if one]
        self.some = QRadioButton(self.tr("Madde aralığı"), self)
        self.some.setEnabled(bool(numbers))
        self._group = QButtonGroup(self)
        self._group.addButton(self.all)
        self._group.addButton(self.some)
        self.first, self.last = QLineEdit(self), QLineEdit(self)
        for field, title, value in (
            (self.first, self.tr("İlk madde"), numbers[0] if numbers else 0),
            (self.last, self.tr("Son madde"), numbers[min(len(numbers), 50) - 1] if numbers else 0),
        ):
            field.setAccessibleName(title)
            field.setValidator(QIntValidator(0, 2_000_000_000, field))
            field.setText(str(value) if value else "")
            field.setEnabled(bool(numbers))
            field.setMaximumWidth(self.fontMetrics().averageCharWidth() * 14)
            field.textEdited.connect(self._on_range_edited)
        (self.some if numbers and lines > MAX_LINES else self.all).setChecked(True)
        self.hint = QuietLabel(
            self.tr("Bir kerede en çok {0} satır basılır.").format(number(MAX_LINES)), self, wrap=True
        )
        self.message = MessageBar(parent=self)
        self.print_button = PrimaryButton(self.tr("Yazdır…"), self, icon="print")
        self.print_button.clicked.connect(self._on_print_clicked)
        self.save_button = QuietButton(self.tr("PDF kaydet…"), self, icon="pdf")
        self.save_button.clicked.connect(self._on_save_clicked)
        self._build()

    def _build(self) -> None:
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.print_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        close = QuietButton(self.tr("Kapat"), self)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        between = QHBoxLayout()
        between.setSpacing(tokens.S)
        for part in (self.some, self.first, QLabel("–", self), self.last):
            between.addWidget(part)
        between.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        column.setSpacing(tokens.M)
        column.addWidget(HeadingLabel(words.title_of(self._reader), self))
        column.addWidget(self.all)
        column.addLayout(between)
        column.addWidget(self.hint)
        column.addWidget(self.message)
        column.addWidget(buttons)
        self.setMinimumWidth(tokens.TEXT_WIDTH_PX)

    @Slot()
    def _on_range_edited(self) -> None:
        self.some.setChecked(True)

    def chosen(self) -> tuple[list[int], dict[int, list[int]] | None]:
        """The places of the headers to print, and which of their lines (None: all)."""
        if self.all.isChecked():
            return self._shown, self._found
        numbers = self._reader.index.header_number
        first, last = int(self.first.text() or 0), int(self.last.text() or 0)
        return [place for place, one in enumerate(numbers) if first <= one <= last], None

    @Slot()
    def _on_print_clicked(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setDocName(words.title_of(self._reader))
        if QPrintDialog(printer, self).exec() == QDialog.DialogCode.Accepted:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print as a job."""
        reader, office, (headers, found) = self._reader, self._desk.office, self.chosen()

        def work(ctx: WorkContext) -> int:
            with tempfile.TemporaryDirectory(prefix="muhurdar-") as folder:
                target = Path(folder) / "defter.pdf"
                pages = make_pdf(ctx, office, paper_html(reader, headers, found), target)
                return print_pdf(target, printer, [pages], Layout(), progress=ctx.progress)

        self._start(work, self.tr("{0} sayfa yazıcıya verildi."))

    @Slot()
    def _on_save_clicked(self) -> None:
        name = f"{self._reader.path.stem}.pdf"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("PDF kaydet"), name, "PDF (*.pdf)")
        if chosen:
            self.save_to(with_ending(Path(chosen)))

    def save_to(self, target: Path) -> None:
        """Write the PDF as a job."""
        reader, office, (headers, found) = self._reader, self._desk.office, self.chosen()

        def work(ctx: WorkContext) -> int:
            return make_pdf(ctx, office, paper_html(reader, headers, found), target)

        self._start(work, self.tr("{0} sayfa kaydedildi."))

    def _start(self, work: object, told: str) -> None:
        for button in (self.print_button, self.save_button):
            button.setEnabled(False)
        self.message.show_message("wait", self.tr("Sayfalar hazırlanıyor…"))
        handle = self._desk.run(
            self.tr("Defter sayfaları hazırlanıyor"),
            work,  # type: ignore[arg-type]
            lambda pages: self.message.show_message("ok", told.format(number(pages))),
            owner=self,
            failed=self.message.show_error,
        )
        handle.ended.connect(self._on_ended)

    @Slot(object)
    def _on_ended(self, _outcome: object) -> None:
        for button in (self.print_button, self.save_button):
            button.setEnabled(True)
