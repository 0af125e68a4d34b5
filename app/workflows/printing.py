"""Drawing documents to files: one each, or many in one PDF. One that cannot be drawn never stops the others."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.domain.errors import AppError
from app.domain.protocols import NoProgress, Progress
from app.rendering import pdf
from app.rendering.html import Renderer
from app.rendering.pdf import PdfPrinter
from app.runtime.files import write_output

Form = Literal["html", "pdf", "png"]
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
#: File systems hold 255 bytes; an ending and a number behind the name need room.
_NAME_BYTES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One document to draw. `name` is the file name without its ending."""

    name: str
    raw: bytes = field(repr=False)
    watermark: str = ""


@dataclass(slots=True, kw_only=True)
class PrintReport:
    """Files written; (name, error) of those that could not be drawn; (name, remark) where our own template stood in."""

    written: list[Path] = field(default_factory=list)
    failed: list[tuple[str, AppError]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "written": [str(p) for p in self.written],
            "failed": [{"name": n, "code": e.code, "message": e.sentence} for n, e in self.failed],
            "notes": [{"name": n, "message": m} for n, m in self.notes],
        }


def print_each(
    pages: Sequence[Page],
    *,
    renderer: Renderer,
    printer: PdfPrinter | None,
    folder: Path,
    form: Form = "pdf",
    progress: Progress | None = None,
) -> PrintReport:
    """One file per document in `folder`; equal names get a number behind them. `printer` may be None for HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    report = PrintReport()
    taken: set[str] = set()

    def keep(page: Page, content: bytes) -> None:
        path = folder / f"{_free_name(safe_name(page.name), taken)}.{form}"
        write_output(path, content)
        report.written.append(path)

    _draw(pages, renderer, printer, form, report, progress or NoProgress(), keep)
    return report


def print_merged(
    pages: Sequence[Page], *, renderer: Renderer, printer: PdfPrinter, out: Path, progress: Progress | None = None
) -> PrintReport:
    """All documents in one PDF, in order, every page there."""
    report = PrintReport()
    with tempfile.TemporaryDirectory(prefix="muhurdar-pdf-") as name:
        parts: list[Path] = []

        def keep(_page: Page, content: bytes) -> None:
            part = Path(name) / f"{len(parts):06d}.pdf"
            part.write_bytes(content)
            parts.append(part)

        _draw(pages, renderer, printer, "pdf", report, progress or NoProgress(), keep)
        if parts:
            pdf.merge((part.read_bytes() for part in parts), out)
            report.written.append(out)
    return report


def print_one(page: Page, *, renderer: Renderer, printer: PdfPrinter | None, out: Path, form: Form) -> PrintReport:
    """One document into exactly the file named."""
    report = PrintReport()

    def keep(_page: Page, content: bytes) -> None:
        write_output(out, content)
        report.written.append(out)

    _draw([page], renderer, printer, form, report, NoProgress(), keep)
    return report


def print_beside(
    pages: Sequence[Page], *, renderer: Renderer, printer: PdfPrinter | None, out: Path, form: Form
) -> PrintReport:
    """The documents of one file: the first into the file named, the others beside it with their number behind."""
    report = PrintReport()

    def keep(_page: Page, content: bytes) -> None:
        number = len(report.written) + 1
        path = out if number == 1 else out.with_name(f"{out.stem}-{number}{out.suffix}")
        write_output(path, content)
        report.written.append(path)

    _draw(pages, renderer, printer, form, report, NoProgress(), keep)
    return report


def _draw(
    pages: Sequence[Page],
    renderer: Renderer,
    printer: PdfPrinter | None,
    form: Form,
    report: PrintReport,
    progress: Progress,
    keep: Callable[[Page, bytes], None],
) -> None:
    """Hand each drawn page to `keep`, in order. PDFs are printed while the next page is being transformed."""
    drawn: list[Page] = []

    def source() -> Iterator[str]:
        for done, page in enumerate(pages):
            progress.report(done, len(pages), f"{page.name} çiziliyor")
            progress.checkpoint()
            try:
                rendered = renderer.render(page.raw, watermark=page.watermark)
            except AppError as error:
                report.failed.append((page.name, error))
                continue
            if rendered.note:
                report.notes.append((page.name, rendered.note))
            drawn.append(page)
            yield rendered.html

    if form == "pdf" and printer is not None:
        printed = printer.print_many(source(), lambda index, content: keep(drawn[index], content))
        report.failed += [(drawn[index].name, error) for index, error in printed.failed.items()]
    else:
        for html in source():
            page = drawn[-1]
            try:
                content = printer.to_png(html) if form == "png" and printer is not None else html.encode()
            except AppError as error:
                report.failed.append((page.name, error))
                continue
            keep(page, content)
    progress.report(len(pages), len(pages), "Bitti")


def safe_name(name: str) -> str:
    """A file name that no operating system minds and that cannot leave its folder."""
    cleaned = "".join(c if c.isalnum() or c in "-_." else "_" for c in name).strip("._")
    stem, dot, rest = cleaned.partition(".")
    if _RESERVED.fullmatch(stem):
        # Windows keeps these for itself, whatever follows the first dot.
        cleaned = f"{stem}_{dot}{rest}"
    return cleaned.encode()[:_NAME_BYTES].decode(errors="ignore") or "belge"


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.casefold() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.casefold())
    return free
