"""What a list does with files and the clipboard, and the one way in which all of its jobs are run and told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import AppError, InputError
from app.runtime.files import OUTPUT, staged
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.bulk_drafts import BulkDraftsDialog
from app.ui.dialogs.bulk_report import BulkReportDialog
from app.ui.jobs import Changes
from app.ui.lists import bulk, export
from app.ui.lists.bulk import Outcome
from app.ui.lists.columns import RowView
from app.ui.lists.document_model import row_reader
from app.ui.lists.selection import Selection
from app.ui.lists.table import DocumentTable
from app.ui.widgets import MessageBar
from app.workflows.bulk_tables import BulkTable, read_table
from app.workflows.context import WorkContext

if TYPE_CHECKING:
    from app.ui.lists.file_check import CheckedFile

#: Rows per step of an export, and the most that is copied to the clipboard.
_STEP = 1_000
MAX_COPIED = 50_000


class FileDoing(QObject):
    """GUI thread only. `finished` carries the Outcome after it was shown."""

    finished = Signal(object)

    def __init__(self, desk: Desk, table: DocumentTable, message: MessageBar, title: str, page: QWidget) -> None:
        super().__init__(page)
        self._desk = desk
        self._table = table
        self._message = message
        self._title = title
        self._page = page
        self._undo: tuple[str, list[int]] = ("", [])
        self.selection = Selection()

    # -- drafts out of files ---------------------------------------------------------------------------------------

    @Slot()
    def answer_file(self) -> None:
        """A despatch note that came by another way than the integrator."""
        name, _ = QFileDialog.getOpenFileName(
            self._page, self.tr("Yanıtlanacak irsaliye"), _documents(), self.tr("e-İrsaliye (*.xml)")
        )
        if name:
            self.answer_path(Path(name))

    def answer_path(self, path: Path) -> None:
        self._desk.run(
            self.tr("Belge okunuyor"),
            lambda _ctx: _note_in(path),
            self._on_note_read,
            owner=self,
            failed=self._on_failed,
        )

    def _on_note_read(self, raw: bytes) -> None:
        self._desk.wanted.emit("editor", ("answer", raw))

    @Slot()
    def bulk_drafts(self) -> None:
        """Invoices out of a table that the office keeps elsewhere."""
        if self._desk.company is None:
            words = self.tr("Toplu taslak hangi firma adına? Önce üstten firmayı seçin (Ctrl+K).")
            self._message.show_message("wait", words)
            return
        name, _ = QFileDialog.getOpenFileName(
            self._page,
            self.tr("Faturaların tablosu"),
            _documents(),
            self.tr("Excel ya da CSV (*.xlsx *.xlsm *.xls *.ods *.csv *.txt)"),
        )
        if name:
            self.bulk_drafts_of(Path(name))

    def bulk_drafts_of(self, path: Path) -> None:
        company = self._desk.company
        if company is None:
            return
        self._desk.run(
            self.tr("Dosya okunuyor"),
            lambda _ctx: (path.name, company, read_table(_note_in(path))),
            self._on_table_read,
            owner=self,
            failed=self._on_failed,
        )

    def _on_table_read(self, read: tuple[str, CompanyRecord, BulkTable]) -> None:
        name, company, table = read
        BulkDraftsDialog(self._desk, company, table, name, self._page).show()

    # -- files and the clipboard -----------------------------------------------------------------------------------

    @Slot()
    def export_pdf(self) -> None:
        office = self._desk.office
        self._export(self.tr("PDF yazılıyor"), lambda ctx, ids, to: bulk.export_pdf(ctx, office, ids, to))

    @Slot()
    def export_xml(self) -> None:
        self._export(self.tr("XML yazılıyor"), bulk.export_xml)

    def _export(self, title: str, work: Callable[[WorkContext, Sequence[int], Path], Outcome]) -> None:
        chosen = QFileDialog.getExistingDirectory(self._page, self.tr("Dosyaların yazılacağı klasör"), _documents())
        if chosen:
            self.export_into(Path(chosen), title, work)

    def export_into(
        self, folder: Path, title: str, work: Callable[[WorkContext, Sequence[int], Path], Outcome]
    ) -> None:
        ids = self._ids()
        self._run(title, lambda ctx: work(ctx, ids, folder), changes=None)

    @Slot()
    def copy_table(self) -> None:
        """The selected rows, as they are shown, tab-separated."""
        every = self._columns()
        columns = export.with_currency(self._table.shown_columns(), every)
        read = row_reader(self._desk, self._ids()[:MAX_COPIED], every)
        self._desk.read(
            lambda s: export.tsv(read(s), columns, every), self._on_table_text, owner=self, failed=self._on_failed
        )

    def _on_table_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._message.show_message("ok", self.tr("{0} satır kopyalandı.").format(text.count("\n") - 1))

    @Slot()
    def select_all(self) -> None:
        self._table.selectAll()
        self._table.setFocus()

    @Slot()
    def save_list(self) -> None:
        name = f"{self._title} {self._desk.office.clock.today().isoformat()}.xlsx"
        path, _ = QFileDialog.getSaveFileName(
            self._page,
            self.tr("Listeyi kaydet"),
            str(Path(_documents()) / name),
            self.tr("Excel (*.xlsx);;CSV, noktalı virgüllü (*.csv)"),
        )
        if path:
            self.save_list_to(Path(path))

    def save_list_to(self, path: Path) -> None:
        """Every row that the list shows (not only the painted ones), in its order, with its columns."""
        ids = list(self._table.document_model.ids)
        every, desk, title = self._columns(), self._desk, self._title
        columns = export.with_currency(self._table.shown_columns(), every)
        if path.suffix.lower() not in (".xlsx", ".csv"):
            path = path.with_suffix(".xlsx")

        def write(ctx: WorkContext) -> Outcome:
            def blocks() -> Iterator[list[RowView]]:
                for start in range(0, len(ids), _STEP):
                    ctx.progress.report(start, len(ids), f"{path.name} yazılıyor")
                    ctx.progress.checkpoint()
                    with ctx.db.read() as s:
                        yield row_reader(desk, ids[start : start + _STEP], every)(s)

            with staged(path, point=OUTPUT, mode=0o644) as temporary:
                if path.suffix.lower() == ".csv":
                    count = export.write_csv(temporary, blocks(), columns, every)
                else:
                    count = export.write_excel(temporary, blocks(), columns, every, title=title)
            return Outcome(title=f"{path.name} yazıldı", done=ids[:count], folder=path.parent)

        self._run(self.tr("Liste kaydediliyor"), write, changes=None)

    @Slot()
    def choose_and_check(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(
            self._page, self.tr("Denetlenecek dosyalar"), _documents(), self.tr("e-Belge (*.xml *.zip)")
        )
        if names:
            self.check_files([Path(name) for name in names])

    def check_files(self, paths: Sequence[Path]) -> None:
        today = self._desk.office.clock.today()

        def check(ctx: WorkContext) -> list[CheckedFile]:
            from app.ui.lists.file_check import check_paths

            return check_paths(
                paths,
                today=today,
                report=ctx.progress.report,
                checkpoint=ctx.progress.checkpoint,
                rules=ctx.rules,
            )

        self._desk.run(
            self.tr("Belgeler denetleniyor"),
            check,
            self._on_checked,
            owner=self,
            failed=self._on_failed,
        )

    def _on_checked(self, files: list[CheckedFile]) -> None:
        from app.ui.dialogs.file_findings import FileFindingsDialog

        FileFindingsDialog(files, self._page).show()

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _ids(self) -> list[int]:
        return list(self.selection.ids)

    def _columns(self) -> Sequence[Any]:
        return self._table.document_model.columns

    def _run(
        self,
        title: str,
        work: Callable[[WorkContext], Outcome],
        *,
        then: Callable[[Outcome], None] | None = None,
        changes: Changes | None = Changes(documents=True),  # noqa: B008 - a frozen value
    ) -> None:
        self._desk.run(
            title,
            work,
            then or self._on_outcome,
            owner=self,
            company=self._desk.company,
            # A lane of its own: long exports never take the readers' workers.
            lane=self._desk.lanes.account("lists"),
            changes=changes,
            failed=self._on_failed,
        )

    @Slot(object)
    def _on_outcome(self, outcome: Outcome) -> None:
        """Say it in place; only what failed opens a report, and stays selected."""
        self._undo = (outcome.undo, list(outcome.done)) if outcome.undo and outcome.done else ("", [])
        action = self.tr("Geri al") if self._undo[0] else ""
        if outcome.is_clean:
            self._message.show_message("ok", _sentence(outcome), action)
        else:
            self._message.show_message(
                "warn", self.tr("{0} {1} belge yapılamadı.").format(_sentence(outcome), len(outcome.failed)), action
            )
            self._table.select_ids([f.document_id for f in outcome.failed])
            BulkReportDialog(outcome, self._page).show()
        self.finished.emit(outcome)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._message.show_message("error", error.sentence)


def _sentence(outcome: Outcome) -> str:
    where = f" ({outcome.folder})" if outcome.folder is not None else ""
    count = f"{len(outcome.done):,}".replace(",", ".")
    notes = "".join(f" {note}" for note in outcome.notes[:1])
    return f"{outcome.title}: {count} belge{where}.{notes}"


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


#: A despatch note or a table of invoices is small; what is larger is something else.
_MAX_NOTE_BYTES = 20 * 1024 * 1024


def _note_in(path: Path) -> bytes:
    """The bytes of a chosen file. Raises: InputError (FILE.UNREADABLE, FILE.TOO_BIG)."""
    try:
        if path.stat().st_size > _MAX_NOTE_BYTES:
            raise InputError("FILE.TOO_BIG", "Dosya okunmadı.", why="20 MB'tan büyük.", todo="Doğru dosyayı seçin.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            "FILE.UNREADABLE",
            f"{path.name} okunamadı.",
            why=error.strerror or type(error).__name__,
            todo="Dosyanın yerini ve izinlerini kontrol edip yeniden seçin.",
        ) from error
