"""Documents as PDF files: one, each its own, or all in one. A job; what could not be drawn is said, nothing stops."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.office import Office
from app.storage import companies, documents
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.jobs import JobHandle
from app.ui.reading.heavy import watermark_in
from app.ui.widgets import MessageBar
from app.workflows.context import WorkContext

# What draws and looks at seals is imported by the job that does it: a reading pane alone does not need it.
if TYPE_CHECKING:
    from app.workflows.printing import Page, PrintReport


class StoredPage:
    """One document to draw, as `workflows.printing.Page`; its bytes are read when it is drawn and not kept.

    `raw` first, then `watermark`: what a document is marked with is known from its bytes. Raises from `raw` what
    `workflows.viewing.viewable` raises; the printing then goes on with the next one.
    """

    def __init__(self, ctx: WorkContext, office: Office, company: CompanyRecord, record: DocumentRecord) -> None:
        from app.workflows.printing import safe_name

        self.name = safe_name(f"{record.number or record.ettn[:8]}_{record.partner_name[:40]}")
        self.watermark = ""
        self._asked = (ctx, office, company, record)

    @property
    def raw(self) -> bytes:
        from app.workflows.viewing import viewable

        ctx, office, company, record = self._asked
        seen = viewable(
            ctx,
            company,
            record.ettn,
            template=partial(office.template, company),
            direction=record.direction,
            watermark=lambda raw: watermark_in(lambda: office.pool, raw),
        )
        self.watermark = seen.watermark
        return seen.raw


def collect_pages(ctx: WorkContext, office: Office, ids: Sequence[int]) -> list[Page]:
    """The documents as they count, in this order. Any number: none of them is in memory yet."""
    with ctx.db.read() as s:
        firms = {c.id: c for c in companies.list_companies(s)}
        records = [documents.get(s, i) for i in ids]
    pages = [StoredPage(ctx, office, firms[r.company_id], r) for r in records]
    return cast("list[Page]", pages)


def write_merged(ctx: WorkContext, office: Office, ids: Sequence[int], out: Path) -> PrintReport:
    """All documents in the one file `out`. CPU lane."""
    from app.workflows import printing

    pages = collect_pages(ctx, office, ids)
    return printing.print_merged(
        pages, renderer=office.renderer, printer=office.printer, out=out, progress=ctx.progress
    )


def write_each(ctx: WorkContext, office: Office, ids: Sequence[int], folder: Path) -> PrintReport:
    """One file per document in `folder`. CPU lane."""
    from app.workflows import printing

    pages = collect_pages(ctx, office, ids)
    return printing.print_each(
        pages, renderer=office.renderer, printer=office.printer, folder=folder, progress=ctx.progress
    )


def words_of(report: PrintReport) -> str:
    """What went and what did not, in a sentence or two."""
    said = []
    if len(report.written) == 1:
        said.append(_tr("PDF kaydedildi: {p}").format(p=report.written[0]))
    elif report.written:
        said.append(_tr("{n} PDF kaydedildi: {p}").format(n=len(report.written), p=report.written[0].parent))
    if report.failed:
        name, error = report.failed[0]
        said.append(_tr("{n} belge çizilemedi; ilki {d}: {e}").format(n=len(report.failed), d=name, e=error.sentence))
    return "\n".join(said) or _tr("Yazılacak belge yok.")


def save_pdf(
    desk: Desk, ids: Sequence[int], owner: QWidget, message: MessageBar, *, merged: bool = True, name: str = ""
) -> JobHandle | None:
    """Ask where, then write. `merged` False asks for a folder and writes a file each. The outcome goes to `message`.

    `name` is proposed for the one file, without its ending. None when the user went away from the question. GUI thread.
    """
    target = _ask_file(owner, name or _tr("belgeler")) if merged else _ask_folder(owner)
    return None if target is None else start_saving(desk, ids, owner, message, target, merged=merged)


def start_saving(
    desk: Desk, ids: Sequence[int], owner: QWidget, message: MessageBar, target: Path, *, merged: bool
) -> JobHandle:
    """The job of `save_pdf`, when the place is known."""
    office, chosen = desk.office, list(ids)

    def work(ctx: WorkContext) -> PrintReport:
        return (write_merged if merged else write_each)(ctx, office, chosen, target)

    def tell(report: PrintReport) -> None:
        kind = "error" if not report.written else "warn" if report.failed else "ok"
        message.show_message(kind, words_of(report))  # type: ignore[arg-type]

    title = _tr("{n} belge PDF yapılıyor").format(n=len(chosen))
    return desk.run(title, work, tell, owner=owner, failed=message.show_error)


def _ask_file(owner: QWidget, proposed: str) -> Path | None:
    name, _ = QFileDialog.getSaveFileName(owner, _tr("PDF olarak kaydet"), f"{proposed}.pdf", "PDF (*.pdf)")
    return with_ending(Path(name)) if name else None


def with_ending(path: Path, ending: str = ".pdf") -> Path:
    """`A.Ş. 2026` becomes `A.Ş. 2026.pdf`: what stands behind a dot in a name is no ending."""
    return path if path.suffix.lower() == ending else path.with_name(f"{path.name}{ending}")


def _ask_folder(owner: QWidget) -> Path | None:
    name = QFileDialog.getExistingDirectory(owner, _tr("PDF'ler nereye kaydedilsin?"))
    return Path(name) if name else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("printing", text)
