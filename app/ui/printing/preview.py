"""Print preview: the very PDF that is printed, drawn page by page as one scrolls, and printed from there.

Not QPrintPreviewDialog: that one paints every page of a batch into memory before it shows the first.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Slot
from PySide6.QtGui import QCloseEvent, QPageLayout, QPageSize
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.office import Office
from app.rendering import pdf
from app.runtime.files import write_output
from app.ui.desk import Desk
from app.ui.jobs import JobHandle
from app.ui.printing.paper import Layout, open_pdf, print_pdf
from app.ui.printing.saving import collect_pages, with_ending
from app.ui.theme import tokens
from app.ui.widgets import IconButton, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows import printing
from app.workflows.context import WorkContext

_ZOOM_STEP = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The merged PDF in `path`, the pages of each document in it, and what could not be drawn."""

    path: Path
    counts: tuple[int, ...]
    failed: tuple[tuple[str, AppError], ...]


class _Folder:
    """A temporary folder that lives as long as anybody holds it: the dialog, or a job that outlives the dialog."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="muhurdar-baski-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def keep(self, value: int) -> int:
        """`value`; the work that calls this holds the folder until then."""
        return value


def prepare(ctx: WorkContext, office: Office, ids: Sequence[int], folder: Path) -> Prepared:
    """Draw the documents and join them. CPU lane. Raises: RenderError (PDF.EMPTY) when none could be drawn."""
    pages = collect_pages(ctx, office, ids)
    parts = folder / "parts"
    renderer, printer = office.renderer, office.printer
    report = printing.print_each(pages, renderer=renderer, printer=printer, folder=parts, progress=ctx.progress)
    out = folder / "baski.pdf"
    if not report.written and report.failed:
        raise report.failed[0][1]
    ctx.progress.checkpoint()
    ctx.progress.report(len(pages), len(pages), "Sayfalar birleştiriliyor")
    counts = tuple(pdf.merge_files(report.written, out))
    return Prepared(path=out, counts=counts, failed=tuple(report.failed))


def preview_documents(desk: Desk, ids: Sequence[int], parent: QWidget | None = None) -> PreviewDialog:
    """Open the preview of these documents, in their order; it deletes itself when it is closed. GUI thread."""
    dialog = PreviewDialog(desk, ids, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    return dialog


class PreviewDialog(QDialog):
    """Not modal: one may go on working. The temporary PDF lives as long as the dialog."""

    def __init__(self, desk: Desk, ids: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._count = len(ids)
        self._folder = _Folder()
        self._handle: JobHandle | None = None
        self.prepared: Prepared | None = None
        self.setWindowTitle(self.tr("Baskı önizleme: {n} belge").format(n=self._count))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._document: QPdfDocument | None = None
        self.view = QPdfView(self)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(self.tr("Basılacak sayfalar"))
        self.view.pageNavigator().currentPageChanged.connect(self._show_place)
        self.place = QuietLabel("", self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress_words = QLabel(self.tr("Belgeler çiziliyor…"), self)
        self.message = MessageBar(parent=self)
        self.duplex = QCheckBox(self.tr("Arkalı önlü; her belge yeni yaprakta"), self)
        self.fit = QCheckBox(self.tr("Kâğıda sığdır"), self)
        self.fit.setChecked(True)
        self.numbers = QCheckBox(self.tr("Sayfa numarası"), self)
        self.numbers.setChecked(True)
        self.printing = PrimaryButton(self.tr("Yazdır…"), self, icon="print", shortcut="Ctrl+P")
        self.saving = QuietButton(self.tr("PDF kaydet…"), self, icon="pdf", shortcut="Ctrl+S")
        self.printing.clicked.connect(self._on_print_clicked)
        self.saving.clicked.connect(self._on_save_clicked)
        self._build()
        self._set_ready(False)
        office, chosen, folder = desk.office, list(ids), self._folder
        self._handle = desk.run(
            self.tr("Baskı hazırlanıyor"),
            lambda ctx: prepare(ctx, office, chosen, folder.path),
            self._on_prepared,
            owner=self,
            failed=self._on_failed,
        )
        self._handle.progressed.connect(self._on_progressed)

    def _build(self) -> None:
        smaller = IconButton("zoom-out", self.tr("Küçült"), self, shortcut="Ctrl+-")
        larger = IconButton("zoom-in", self.tr("Büyüt"), self, shortcut="Ctrl++")
        width = QuietButton(self.tr("Genişliğe sığdır"), self, shortcut="Ctrl+0")
        before = IconButton("chevron-left", self.tr("Önceki sayfa"), self, shortcut="Ctrl+PgUp")
        after = IconButton("chevron-right", self.tr("Sonraki sayfa"), self, shortcut="Ctrl+PgDown")
        smaller.clicked.connect(self._on_smaller_clicked)
        larger.clicked.connect(self._on_larger_clicked)
        width.clicked.connect(self._on_width_clicked)
        before.clicked.connect(self._on_before_clicked)
        after.clicked.connect(self._on_after_clicked)
        top = QHBoxLayout()
        for part in (before, self.place, after, smaller, larger, width):
            top.addWidget(part)
        top.addStretch(1)
        waiting = QHBoxLayout()
        waiting.addWidget(self.progress_words)
        waiting.addWidget(self.progress, 1)
        bottom = QHBoxLayout()
        for box in (self.fit, self.duplex, self.numbers):
            bottom.addWidget(box)
        bottom.addStretch(1)
        bottom.addWidget(self.saving)
        bottom.addWidget(self.printing)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.M, tokens.M, tokens.M)
        column.setSpacing(tokens.S)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addLayout(waiting)
        column.addWidget(self.view, 1)
        column.addLayout(bottom)
        self.resize(tokens.POPUP_WIDTH_PX * 2 - tokens.XL * 8, tokens.POPUP_HEIGHT_PX * 2)

    @property
    def layout_wanted(self) -> Layout:
        return Layout(fit=self.fit.isChecked(), duplex=self.duplex.isChecked(), numbers=self.numbers.isChecked())

    @property
    def page_count(self) -> int:
        return self._document.pageCount() if self._document is not None else 0

    def print_on(self, printer: QPrinter) -> JobHandle | None:
        """Print on a printer that is set up; a job, so that the window stays free. None before all is drawn."""
        prepared, layout, folder = self.prepared, self.layout_wanted, self._folder
        if prepared is None:
            return None
        self._set_ready(False)
        self.progress_words.setText(self.tr("Yazdırılıyor…"))
        handle = self._desk.run(
            self.tr("{n} belge yazdırılıyor").format(n=self._count),
            lambda ctx: folder.keep(print_pdf(prepared.path, printer, prepared.counts, layout, progress=ctx.progress)),
            self._on_printed,
            owner=self,
            failed=self._on_failed,
        )
        handle.progressed.connect(self._on_progressed)
        handle.ended.connect(self._on_ended)
        return handle

    def _on_prepared(self, prepared: Prepared) -> None:
        try:
            self._document = open_pdf(prepared.path)
        except AppError as error:
            self._on_failed(error)
            return
        self._document.setParent(self)
        self.prepared = prepared
        self.view.setDocument(self._document)
        self._set_ready(True)
        self._show_place()
        if prepared.failed:
            name, fault = prepared.failed[0]
            said = self.tr("{n} belge çizilemedi; ilki {d}: {e}")
            self.message.show_message("warn", said.format(n=len(prepared.failed), d=name, e=fault.sentence))

    def _on_printed(self, painted: int) -> None:
        self.message.show_message("ok", self.tr("{n} sayfa yazıcıya verildi.").format(n=painted))

    def _on_failed(self, error: AppError) -> None:
        self.progress.setVisible(False)
        self.progress_words.setVisible(False)
        self.message.show_error(error)

    @Slot(object)
    def _on_ended(self, _outcome: object) -> None:
        self._set_ready(self.prepared is not None)

    @Slot(int, int, str)
    def _on_progressed(self, done: int, total: int, what: str) -> None:
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(done)
        if what:
            self.progress_words.setText(what)

    def _set_ready(self, ready: bool) -> None:
        self.progress.setVisible(not ready)
        self.progress_words.setVisible(not ready)
        for part in (self.printing, self.saving):
            part.setEnabled(ready)

    @Slot()
    def _show_place(self) -> None:
        if self._document is not None:
            now, total = self.view.pageNavigator().currentPage() + 1, self._document.pageCount()
            self.place.setText(self.tr("Sayfa {x} / {y}").format(x=now, y=total))

    @Slot()
    def _on_print_clicked(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setDocName(self.windowTitle())
        if self.duplex.isChecked():
            printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
        dialog = QPrintDialog(printer, self)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, True)
        dialog.setMinMax(1, max(1, self.page_count))
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.duplex.setChecked(printer.duplex() not in (QPrinter.DuplexMode.DuplexNone,))
            self.print_on(printer)

    @Slot()
    def _on_save_clicked(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("PDF kaydet"), "belgeler.pdf", "PDF (*.pdf)")
        if name and self.prepared is not None:
            source, target = self.prepared.path, with_ending(Path(name))
            self._desk.run(
                self.tr("PDF kaydediliyor"),
                lambda _ctx: write_output(target, source.read_bytes()) or target,  # type: ignore[func-returns-value]
                self._on_saved,
                owner=self,
                failed=self._on_failed,
            )

    def _on_saved(self, target: Path) -> None:
        self.message.show_message("ok", self.tr("PDF kaydedildi: {p}").format(p=target))

    @Slot()
    def _on_smaller_clicked(self) -> None:
        self._zoom(1 / _ZOOM_STEP)

    @Slot()
    def _on_larger_clicked(self) -> None:
        self._zoom(_ZOOM_STEP)

    def _zoom(self, factor: float) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.Custom)
        self.view.setZoomFactor(min(4.0, max(0.2, self.view.zoomFactor() * factor)))

    @Slot()
    def _on_width_clicked(self) -> None:
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    @Slot()
    def _on_before_clicked(self) -> None:
        self._go(-1)

    @Slot()
    def _on_after_clicked(self) -> None:
        self._go(1)

    def _go(self, step: int) -> None:
        pages = self.view.pageNavigator()
        wanted = min(max(0, pages.currentPage() + step), max(0, self.page_count - 1))
        pages.jump(wanted, QPointF(), pages.currentZoom())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._handle is not None and self.prepared is None:
            self._handle.cancel()
        if self._document is not None:
            self._document.close()
        super().closeEvent(event)
