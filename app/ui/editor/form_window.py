"""What every editor's window is made of, whatever kind of document it writes: form, page, findings, the one button.

It saves by itself, checks while one types, and seals what was checked; a subclass says what its form holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QTabWidget, QWidget

from app.domain.errors import AppError
from app.domain.findings import Finding, Severity
from app.domain.lifecycle import DocumentKind, State
from app.storage import documents
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.editor import form_layout, sources
from app.ui.editor.assessing import Assessment, net_by_row
from app.ui.editor.background import Craft, FormWorker
from app.ui.editor.code_edit import CodeEdit
from app.ui.editor.code_source import code_source
from app.ui.editor.columns import INVOICE, Sheet
from app.ui.editor.fields import Field
from app.ui.editor.findings_panel import FindingsPanel
from app.ui.editor.issue_button import IssueButton
from app.ui.editor.issuing import IssueFlow
from app.ui.editor.line_table import LineTable
from app.ui.editor.preview import PreviewPane
from app.ui.editor.store import FormStore
from app.ui.editor.totals_bar import TotalsBar
from app.ui.widgets import ElidedLabel, HeadingLabel, MenuButton, MessageBar


class DocumentForm(Protocol):
    """What the window must know of a form; it is a QWidget too."""

    table: LineTable
    fields: list[Field]

    def set_locked(self, locked: bool) -> None: ...

    def greet(self) -> None: ...

    def show_findings(self, findings: Sequence[Finding]) -> None: ...

    def place_title(self, finding: Finding) -> str: ...

    def jump(self, finding: Finding) -> None: ...

    def show_codes(self) -> None: ...


class FormWindow(QMainWindow):
    """One document. `opened` when its fields are there; `issued` when it went out and the window may go.

    Needs a chosen company (`desk.company`) at construction, and stays with it whatever is chosen later. A subclass
    calls `prepare`, makes its form as a child of `split` and calls `build` and `connect_parts`.
    """

    opened = Signal()
    issued = Signal()

    def prepare(
        self,
        desk: Desk,
        company: CompanyRecord | None,
        document_id: int | None,
        *,
        sheet: Sheet = INVOICE,
        craft: Craft | None = None,
    ) -> None:
        """The parts that the form needs. Raises: ValueError without a company."""
        chosen = company or desk.company
        if chosen is None:
            raise ValueError("a document needs a company")
        self.desk = desk
        self.company: CompanyRecord = chosen
        self.document_id = document_id
        self.store = FormStore(self, sheet=sheet)
        self.worker = FormWorker(desk, self.company, self.store, self, craft=craft)
        # Made before what stands inside: a form that is put elsewhere later has all its fields drawn up a second time.
        self.body = QWidget(self)
        self.setCentralWidget(self.body)
        self.split = QSplitter(Qt.Orientation.Horizontal, self.body)
        self.assessment: Assessment | None = None
        self._is_closing = False
        self._wants_issue = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    # --- what a subclass says ----------------------------------------------------------------------------------------

    @property
    def document_form(self) -> DocumentForm:
        """The left side."""
        raise AssertionError("every editor has a form")

    def title_of(self, start: sources.Start) -> str:
        """The heading for what was opened; empty leaves it."""
        raise AssertionError("every editor names its document")

    @property
    def partner_name(self) -> str:
        """The other side, for the window's title."""
        customer = self.store.get("customer", {}) or {}
        name = customer.get("title") or f"{customer.get('name', '')} {customer.get('surname', '')}".strip()
        return str(name)

    def show_assessed(self, result: Assessment) -> None:
        """Sums, and what is known of the other side."""

    def keep_room(self) -> None:
        """Remember how the window was left."""

    def leave_fields(self) -> None:
        """What stands in an open cell or field counts as typed."""
        self.document_form.table.leave_cell()
        for edit in self.findChildren(CodeEdit):
            edit.take_over()

    company_label: ElidedLabel
    heading: HeadingLabel
    message: MessageBar
    preview: PreviewPane
    findings: FindingsPanel
    totals: TotalsBar
    menu_button: MenuButton
    tabs: QTabWidget
    right: QSplitter

    # --- building --------------------------------------------------------------------------------------------------

    def build(self, form: QWidget, title: str, totals: TotalsBar) -> None:
        """Lay the window out around the form."""
        form_layout.lay_out(self, form, title, totals)

    def connect_parts(self, kind: DocumentKind = DocumentKind.INVOICE) -> None:
        """Let the parts speak to each other; nothing can be typed until the fields are there."""
        form = self.document_form
        self.issue = IssueFlow(self.desk, self.company, self, kind=kind)
        self.issue_button = IssueButton(self.desk, self.company, kind, self.totals, self)
        self.issue.failed.connect(self._on_refused)
        self.issue.refused.connect(self._on_refused)
        self.issue.declined.connect(self._on_declined)
        self.issue.ended.connect(self._on_issued)
        self.worker.assessed.connect(self._on_assessed)
        self.worker.drawn.connect(self.preview.show_page)
        self.worker.draw_failed.connect(self.preview.show_fault)
        self.worker.stored.connect(self._on_stored)
        self.worker.store_failed.connect(self._on_store_failed)
        self.store.changed.connect(self._on_store_changed)
        self.findings.jumped.connect(form.jump)
        self.findings.counted.connect(self._on_findings_counted)
        self.findings.mended.connect(self._on_mended)
        for field in form.fields:
            field.mended.connect(self._on_mended)
        self.codes = code_source(self.desk)
        self.codes.changed.connect(self._on_codes_changed)
        self.codes.refresh()
        self.totals.save.clicked.connect(self.save)
        self.totals.seal.clicked.connect(self.seal_and_send)
        self.setEnabled(False)
        self._show_title()

    @Slot()
    def _on_codes_changed(self) -> None:
        """Another package of GİB is in use: other things to choose from, and the checks may say otherwise."""
        self.document_form.show_codes()
        self.worker.begin_check()

    # --- opening ---------------------------------------------------------------------------------------------------

    def _on_started(self, start: sources.Start) -> None:
        self.store.load(start.fields)
        self._lock(bool(start.locked))
        if start.record is not None:
            self.document_id = start.record.id
            self.issue_button.set_again(start.record.state is State.FAILED)
        if title := self.title_of(start):
            self.heading.setText(title)
        if start.locked:
            self.message.show_message("wait", start.locked)
        elif start.restored:
            self.message.show_message("ok", self.tr("Son yazdıklarınız geri getirildi; hiçbir şey kaybolmadı."))
        self.setEnabled(True)
        is_new = start.record is None and not start.fields.get("customer") and not start.fields.get("lines")
        self.worker.begin(is_saved=is_new or (start.record is not None and not start.restored))
        self.setWindowModified(not self.worker.is_saved)
        self.totals.state.setText("")
        self._show_title()
        self.document_form.greet()
        self.opened.emit()

    def _on_start_failed(self, error: AppError) -> None:
        self.setEnabled(True)
        self.worker.is_locked = True
        self.document_form.set_locked(True)
        self.totals.setEnabled(False)
        self.message.show_error(error)

    # --- what the checks say -----------------------------------------------------------------------------------------

    @Slot(object)
    def _on_assessed(self, result: Assessment) -> None:
        self.assessment = result
        form = self.document_form
        rows = self.store.lines.written_rows()
        placed = [(*place, f) for f in result.findings if (place := self.store.place_of(f.field)) is not None]
        self.store.lines.show_results(net_by_row(result.totals, rows), placed)
        form.show_findings(result.findings)
        self.findings.show_findings(result.findings, [form.place_title(f) for f in result.findings])
        self.totals.show_errors(sum(f.severity is Severity.ERROR for f in result.findings))
        self.show_assessed(result)
        self._show_title()
        if self._wants_issue:
            self._go_on_issuing()

    @Slot(int, int)
    def _on_findings_counted(self, errors: int, count: int) -> None:
        words = self.tr(" · {0} hata").format(errors) if errors else (f" · {count}" if count else "")
        self.tabs.setTabText(self.tabs.indexOf(self.findings), self.tr("Bulgular") + words)

    @Slot()
    def _on_store_changed(self) -> None:
        self.setWindowModified(not self.worker.is_locked)
        if not self.worker.is_locked:
            self.totals.state.setText(self.tr("kaydedilecek…"))

    @Slot(object)
    def _on_mended(self, finding: Finding) -> None:
        self.store.mend(finding)

    def _show_title(self) -> None:
        what = self.partner_name or self.heading.text()
        self.setWindowTitle(f"{what}[*] – {self.company.company.party.display_name} – Mühürdar")

    # --- saving ------------------------------------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Ctrl+S: now, and say so."""
        self.leave_fields()
        if self.worker.is_saved and self.document_id is not None:
            self.totals.state.setText(self.tr("kaydedildi"))
        self.worker.save()

    @Slot(object)
    def _on_stored(self, stored: Any) -> None:
        if stored.drafted is not None:
            self.document_id = stored.drafted.record.id
            self.totals.state.setText(self.tr("kaydedildi"))
            self.totals.state.setToolTip("")
        else:
            self.totals.state.setText(self.tr("eksik form saklandı"))
            self.totals.state.setToolTip(stored.why)
        self.setWindowModified(not self.worker.is_saved)
        if self._is_closing:
            self.close()
        elif self._wants_issue:
            self._go_on_issuing()

    @Slot(object)
    def _on_store_failed(self, error: AppError) -> None:
        self._wants_issue = False
        was_closing, self._is_closing = self._is_closing, False
        self.message.show_error(error)
        self.totals.state.setText(self.tr("kaydedilemedi"))
        if was_closing and confirm(
            self.tr("Kaydedilmemiş değişiklikler bırakılsın mı?"),
            company=self.company.company.party.display_name,
            consequence=self.tr("Kaydedilemedi: {0} Kapatırsanız son yazdıklarınız kaybolur.").format(error.sentence),
            yes=self.tr("Kaydetmeden kapat"),
            parent=self,
        ):
            self.worker.is_locked = True
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.issue.is_running:
            # The seal's own dialog is on top or the card is at work: it ends first.
            event.ignore()
            return
        self.leave_fields()
        if self.worker.is_locked or (self.worker.is_saved and not self.worker.is_storing):
            self.keep_room()
            super().closeEvent(event)
            return
        # Saved first; the window goes as soon as that is done.
        self._is_closing = True
        event.ignore()
        self.worker.save()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back: the form is saved by itself, so nothing is asked unless something would be lost."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.close()
            return
        super().keyPressEvent(event)

    # --- sealing -----------------------------------------------------------------------------------------------------

    @Slot()
    def seal_and_send(self) -> None:
        """Save, wait for the checks, then ask for the seal."""
        if self.worker.is_locked or self.issue.is_running:
            return
        self.leave_fields()
        self._wants_issue = True
        self.worker.save()
        self._go_on_issuing()

    def _go_on_issuing(self) -> None:
        if not self.worker.is_saved or not self.worker.is_assessed or self.assessment is None:
            if not self.worker.is_storing:
                self.worker.save()
            return
        self._wants_issue = False
        errors = [f for f in self.findings.findings if f.severity is Severity.ERROR]
        if errors:
            self.message.show_message(
                "error", self.tr("Mühürlemeden önce düzeltilecek {0} hata var; imleç ilkinde.").format(len(errors))
            )
            self.document_form.jump(errors[0])
            return
        if self.document_id is None:
            self.message.show_message("error", self.tr("Taslak henüz kaydedilmedi; Ctrl+S ile kaydedip yine deneyin."))
            return
        self.message.setVisible(False)
        # From here on the very fields that were checked are sealed: nothing is typed into them meanwhile.
        self._lock(True)
        self.issue.start(self.document_id, again=self.issue_button.is_again)

    def _lock(self, locked: bool) -> None:
        self.worker.is_locked = locked
        self.document_form.set_locked(locked)
        self.totals.save.setEnabled(not locked)
        self.totals.seal.setEnabled(not locked)

    @Slot()
    def _on_declined(self) -> None:
        """Vazgeç at the PIN, or the job was stopped: what has become of the document is read and said."""
        self.message.show_message("wait", self.issue.why)
        self._look_again()

    @Slot(object)
    def _on_refused(self, error: AppError) -> None:
        self.message.show_error(error)
        self._look_again()

    def _look_again(self) -> None:
        """A refusal may have left it a draft or given it a number: only a draft may be typed into again."""
        document_id = self.document_id
        if document_id is not None:
            self.desk.read(lambda s: documents.get(s, document_id), self._on_read_again, owner=self)

    def _on_read_again(self, record: DocumentRecord) -> None:
        is_draft = record.state in sources.EDITABLE
        self._lock(not is_draft)
        self.issue_button.set_again(record.state is State.FAILED)
        if record.number:
            self.heading.setText(record.number)
        self.worker.begin_check()

    @Slot(str)
    def _on_issued(self, sentence: str) -> None:
        self._lock(True)
        self.totals.state.setText("")
        self.setWindowModified(False)
        self.message.show_message("ok", sentence)
        self.issued.emit()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.message.show_error(error)
