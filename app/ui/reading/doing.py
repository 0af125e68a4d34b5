"""What the pane does with the document it shows: print, PDF, saving attachments and stored files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import AppError
from app.domain.findings import Finding
from app.runtime.files import write_output
from app.ui.desk import Desk
from app.ui.printing.attachments import clean_name, is_program, save_all
from app.ui.reading import findings_paper
from app.ui.reading.loading import Facts, load_stored_file
from app.ui.widgets import MessageBar


class PaneActions(QObject):
    """Every outcome is said in `message`. `facts` and `document_id` are what the pane shows now."""

    def __init__(self, desk: Desk, pane: QWidget, message: MessageBar) -> None:
        super().__init__(pane)
        self._desk, self._pane, self._message = desk, pane, message
        self.facts: Facts | None = None
        self.document_id: int | None = None

    @Slot()
    def print_document(self) -> None:
        if self.document_id is not None:
            from app.ui.printing.preview import preview_documents

            preview_documents(self._desk, [self.document_id], self._pane.window())

    @Slot()
    def save_pdf(self) -> None:
        if self.document_id is not None:
            from app.ui.printing.saving import save_pdf

            name = ""
            if self.facts is not None:
                record = self.facts.record
                name = clean_name(f"{record.number or record.ettn[:8]}_{record.partner_name[:40]}".strip("_"))
            save_pdf(self._desk, [self.document_id], self._pane, self._message, name=name)

    @Slot(int)
    def save_attachment(self, index: int) -> None:
        if self.facts is None:
            return
        attachment = self.facts.attachments[index]
        target, _ = QFileDialog.getSaveFileName(self._pane, self.tr("Eki kaydet"), clean_name(attachment.name))
        if not target:
            return
        warning = self.tr(" Bu ek bir program olabilir; açmadan önce gönderene sorun.")
        note = warning if is_program(attachment.name) else ""
        path, content = Path(target), attachment.content
        self._desk.run(
            self.tr("Dosya kaydediliyor"),
            lambda _ctx: _write(path, content, note),
            self._on_saved,
            owner=self,
            failed=self._on_failed,
        )

    @Slot()
    def save_attachments(self) -> None:
        if self.facts is None:
            return
        target = QFileDialog.getExistingDirectory(self._pane, self.tr("Ekler nereye kaydedilsin?"))
        if not target:
            return
        attachments, folder = self.facts.attachments, Path(target)
        self._desk.run(
            self.tr("Ekler kaydediliyor"),
            lambda _ctx: save_all(attachments, folder),
            self._on_all_saved,
            owner=self,
            failed=self._on_failed,
        )

    @Slot(str, int)
    def save_file(self, role: str, attempt_no: int) -> None:
        """One of the stored files, byte for byte."""
        if self.facts is None:
            return
        record = self.facts.record
        name = clean_name(f"{record.number or record.ettn}_{role}.xml")
        target, _ = QFileDialog.getSaveFileName(self._pane, self.tr("Dosyayı kaydet"), name)
        if not target:
            return
        self._desk.run(
            self.tr("Dosya kaydediliyor"),
            lambda ctx: _write(Path(target), load_stored_file(ctx, record.id, role, attempt_no) or b""),
            self._on_saved,
            owner=self,
            failed=self._on_failed,
        )

    @Slot(object)
    def print_findings(self, findings: list[Finding]) -> None:
        findings_paper.print_findings(self._desk, findings, self._title(), self._pane, self._message)

    @Slot(object)
    def export_findings(self, findings: list[Finding]) -> None:
        findings_paper.save_excel(self._desk, findings, self._title(), self._pane, self._message)

    def _title(self) -> str:
        if self.facts is None:
            return self.tr("Bulgular")
        record = self.facts.record
        parts = (record.number or record.ettn, record.partner_name)
        return " · ".join(part for part in parts if part)

    def _on_failed(self, error: AppError) -> None:
        self._message.show_error(error)

    def _on_saved(self, said: tuple[Path, str]) -> None:
        path, note = said
        self._message.show_message("warn" if note else "ok", self.tr("Kaydedildi: {p}.").format(p=path) + note)

    def _on_all_saved(self, paths: list[Path]) -> None:
        where = paths[0].parent if paths else ""
        self._message.show_message("ok", self.tr("{n} ek kaydedildi: {p}").format(n=len(paths), p=where))


def _write(path: Path, content: bytes, note: str = "") -> tuple[Path, str]:
    write_output(path, content)
    return path, note
