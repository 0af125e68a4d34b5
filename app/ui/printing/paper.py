"""Bringing the pages of a PDF onto paper: which page on which side, how large, numbered. Any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from app.domain.errors import EnvironmentFault, RenderError
from app.domain.protocols import NoProgress, Progress

#: Finer than this no paper shows, and a page at 1200 dpi would take half a gigabyte.
_MOST_DPI = 300
_NUMBER_POINTS = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to print. `fit` scales to the printable width; without it a page keeps its own size.

    `duplex` begins every document on a fresh sheet; `numbers` writes "Sayfa x / y" at the foot.
    """

    fit: bool = True
    duplex: bool = False
    numbers: bool = True


def plan(counts: Sequence[int], *, duplex: bool) -> list[int | None]:
    """The sides in order: page indexes of the merged PDF, None for a blank back side between two documents."""
    sides: list[int | None] = []
    page = 0
    for count in counts:
        if duplex and len(sides) % 2:
            sides.append(None)
        sides.extend(range(page, page + count))
        page += count
    return sides


def choose(sides: Sequence[int | None], first: int, last: int) -> list[int | None]:
    """The sides of pages `first` to `last` (from 1); 0 and 0 mean all."""
    if not first and not last:
        return list(sides)
    return [side for side in sides if side is not None and first <= side + 1 <= (last or side + 1)]


def open_pdf(path: Path) -> QPdfDocument:
    """Raises: RenderError (PDF.DAMAGED)."""
    document = QPdfDocument()
    document.load(str(path))
    if document.status() is not QPdfDocument.Status.Ready:
        raise RenderError(
            "PDF.DAMAGED",
            "Baskı dosyası açılamadı.",
            why="PDF içeriği okunamadı.",
            todo="Belgeleri yeniden çizdirin.",
            raw_text=document.error().name,
        )
    return document


def print_pdf(
    path: Path, printer: QPrinter, counts: Sequence[int], layout: Layout, *, progress: Progress | None = None
) -> int:
    """Paint the merged PDF on a printer that the user has set up; returns how many pages of documents were painted.

    `counts` are the pages of each document in it. Raises: RenderError, EnvironmentFault (PRINT.*); JobCancelled
    between two pages.
    """
    told = progress or NoProgress()
    document = open_pdf(path)
    painter = QPainter()
    try:
        printer.setFullPage(not layout.fit)
        sides = choose(plan(counts, duplex=layout.duplex), printer.fromPage(), printer.toPage())
        if not painter.begin(printer):
            raise _refused()
        total = document.pageCount()
        painted = 0
        for at, side in enumerate(sides):
            told.checkpoint()
            told.report(at, len(sides), "Yazdırılıyor")
            if at and not printer.newPage():
                raise _refused()
            if side is not None:
                _paint(document, side, painter, printer, layout, total)
                painted += 1
        told.report(len(sides), len(sides), "Yazıcıya verildi")
        return painted
    finally:
        if painter.isActive():
            painter.end()
        document.close()


def _paint(document: QPdfDocument, page: int, painter: QPainter, printer: QPrinter, layout: Layout, total: int) -> None:
    dpi = float(printer.resolution())
    paper = QRectF(QPointF(0, 0), QSizeF(printer.pageLayout().paintRectPixels(printer.resolution()).size()))
    if not layout.fit:
        paper = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
    foot = dpi / 72 * _NUMBER_POINTS * 2 if layout.numbers else 0.0
    size = document.pagePointSize(page) * (dpi / 72)
    if layout.fit:
        room = QSizeF(paper.width(), paper.height() - foot)
        size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(QPointF((paper.width() - size.width()) / 2 if layout.fit else 0.0, 0.0), size)
    shrink = min(1.0, _MOST_DPI / dpi)
    image = document.render(page, (size * shrink).toSize())
    painter.drawImage(target, image)
    if layout.numbers:
        font = QFont(painter.font())
        font.setPointSizeF(_NUMBER_POINTS)
        painter.setFont(font)
        line = QRectF(0, paper.height() - foot, paper.width(), foot)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, f"Sayfa {page + 1} / {total}")


def _refused() -> EnvironmentFault:
    return EnvironmentFault(
        "PRINT.REFUSED",
        "Yazıcı işi kabul etmedi.",
        why="Yazıcı kapalı, bağlı değil ya da başka bir iş onu tutuyor olabilir.",
        todo="Yazıcıyı denetleyip yeniden yazdırın; belgeler yerinde duruyor.",
        retry_safe=True,
    )
