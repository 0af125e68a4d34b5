"""The editor's window: form and lines at the left, page and findings at the right, sums and the one button below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.findings import Finding, Severity
from app.storage import documents
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.editor import sources
from app.ui.editor.assessing import Assessment, net_by_row
from app.ui.editor.background import FormWorker
from app.ui.editor.favourites import Favourites
from app.ui.editor.findings_panel import FindingsPanel
from app.ui.editor.form import InvoiceForm
from app.ui.editor.issuing import IssueFlow
from app.ui.editor.line_details import LineDetails
from app.ui.editor.preview import PreviewPane
from app.ui.editor.registration import Registration
from app.ui.editor.room import Room
from app.ui.editor.scenario import line_fields
from app.ui.editor.store import FormStore
from app.ui.editor.totals_bar import TotalsBar
from app.ui.editor.verbs import EditorVerbs
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, MenuButton, MessageBar, QuietLabel, line_frame
from app.workflows.context import WorkContext


class EditorWindow(QMainWindow):
    """One invoice. `opened` when its fields are there; `issued` when it went out and the window may go.

    Needs a chosen company (`desk.company`) at construction, and stays with it whatever is chosen later.
    """

    opened = Signal()
    issued = Signal()

    def __init__(
        self,
        desk: Desk,
        *,
        document_id: int | None = None,
        copy_of: int | None = None,
        return_of: int | None = None,
        unfinished: str | None = None,
        company: CompanyRecord | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        chosen = company or desk.company
        if chosen is None:
            raise ValueError("an invoice needs a company")
        self.desk = desk
        self.company: CompanyRecord = chosen
        self.document_id = document_id
        self.store = FormStore(self)
        self.worker = FormWorker(desk, self.company, self.store, self)
        self.assessment: Assessment | None = None
        self.favourites = Favourites(desk, self.company)
        self._unfinished: list[str] = []
        self._is_closing = False
        self._wants_issue = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        self.room = Room(self)
        self.verbs = EditorVerbs(self)
        self._connect()
        self.setEnabled(False)
        self._show_title()
        recovery = self.worker.recovery
        own = self.company

        def start(ctx: WorkContext) -> sources.Start:
            return sources.start(
                ctx,
                own,
                recovery,
                document_id=document_id,
                copy_of=copy_of,
                return_of=return_of,
                unfinished=unfinished,
            )

        desk.run("Okunuyor", start, self._on_started, owner=self, failed=self._on_start_failed)
        desk.run("Okunuyor", lambda ctx: sources.known(ctx, own, recovery), self._on_known, owner=self)

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        party = self.company.company.party
        self.company_label = ElidedLabel(f"{party.display_name} · {party.tax_number.kind} {party.tax_number}", self)
        self.heading = HeadingLabel(self.tr("Yeni fatura"), self)
        self.message = MessageBar(parent=self)
        self.form = InvoiceForm(self.store, self)
        self.preview = PreviewPane(self)
        self.findings = FindingsPanel(self)
        self.totals = TotalsBar(self)
        self.menu_button = MenuButton(self.tr("Diğer"), None, self, icon="more")
        head = QHBoxLayout()
        head.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.S)
        head.setSpacing(tokens.L)
        head.addWidget(self.heading)
        head.addWidget(self.company_label, 1)
        if self.desk.is_demo:
            head.addWidget(QuietLabel(self.tr("Deneme ofisi: gerçek gönderim yapılmaz"), self))
        head.addWidget(self.menu_button)
        self.details = LineDetails(self.form.table, self.store.lines, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.findings, self.tr("Bulgular"))
        self.tabs.addTab(self.details, self.tr("Satır ayrıntısı"))
        self.right = QSplitter(Qt.Orientation.Vertical, self)
        self.right.addWidget(self.preview)
        self.right.addWidget(self.tabs)
        self.right.setStretchFactor(0, 3)
        self.right.setStretchFactor(1, 2)
        self.right.setChildrenCollapsible(False)
        self.preview.setMinimumHeight(tokens.ROW_PX * 3)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.addWidget(self.form)
        self.split.addWidget(self.right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setChildrenCollapsible(False)
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.L, 0, tokens.L, 0)
        bar.addWidget(self.message)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(bar)
        column.addWidget(line_frame(body))
        column.addWidget(self.split, 1)
        column.addWidget(line_frame(body))
        column.addWidget(self.totals)
        self.setCentralWidget(body)

    def _connect(self) -> None:
        self.registration = Registration(self.desk, self.company, self.store, self.form.buyer, self)
        self.registration.failed.connect(self._on_failed)
        self.registration.known.connect(self.worker.begin_check)
        self.form.buyer.starred.connect(self.verbs.star_buyer)
        self.issue = IssueFlow(self.desk, self.company, self)
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
        self.store.field_changed.connect(self._on_field_changed)
        self.form.scenario.refilled.connect(self._on_refilled)
        self.findings.jumped.connect(self.form.jump)
        self.findings.counted.connect(self._on_findings_counted)
        self.form.detail_wanted.connect(self.verbs.show_details)
        self.findings.mended.connect(self._on_mended)
        for field in self.form.fields:
            field.mended.connect(self._on_mended)
        self.totals.save.clicked.connect(self.save)
        self.totals.seal.clicked.connect(self.seal_and_send)
        self.message.acted.connect(self._on_message_acted)

    # --- opening ---------------------------------------------------------------------------------------------------

    def _on_started(self, start: sources.Start) -> None:
        self.store.load(start.fields)
        self._lock(bool(start.locked))
        if start.record is not None:
            self.document_id = start.record.id
            self.heading.setText(start.record.number or self.tr("Taslak fatura"))
        elif start.fields.get("type") == "IADE":
            self.heading.setText(self.tr("İade faturası"))
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
        self.form.greet()
        self.opened.emit()

    def _on_start_failed(self, error: AppError) -> None:
        self.setEnabled(True)
        self.worker.is_locked = True
        self.form.set_locked(True)
        self.totals.setEnabled(False)
        self.message.show_error(error)

    def _on_known(self, known: sources.Known) -> None:
        self.form.buyer.set_known(known.buyers, known.partners, self.favourites.buyers)
        self.verbs.goods = known.goods
        self.verbs.show_goods()
        self.form.series.setPlaceholderText(known.series)
        open_forms = {w.store.text("uuid") for w in _open_windows()}
        left = [form for form in known.unfinished if form.ettn not in open_forms]
        if left and self.document_id is None and not self.message.isVisible():
            self._unfinished = [form.ettn for form in left]
            words = self.tr("Yarım kalan {0} form var; sonuncusu: {1}.").format(len(left), left[0].title)
            self.message.show_message("wait", words, self.tr("Aç"))

    @Slot()
    def _on_message_acted(self) -> None:
        if self._unfinished:
            window = EditorWindow(self.desk, unfinished=self._unfinished.pop(0), company=self.company)
            window.show()
            self.message.setVisible(False)

    # --- what the checks say -----------------------------------------------------------------------------------------

    @Slot(object)
    def _on_assessed(self, result: Assessment) -> None:
        self.assessment = result
        rows = self.store.lines.written_rows()
        placed = [(*place, f) for f in result.findings if (place := self.store.place_of(f.field)) is not None]
        self.store.lines.show_results(net_by_row(result.totals, rows), placed)
        self.form.show_findings(result.findings)
        self.findings.show_findings(result.findings, [self.form.place_title(f) for f in result.findings])
        self.totals.show_totals(result.totals, self.store.text("currency") or "TRY")
        self.totals.show_errors(sum(f.severity is Severity.ERROR for f in result.findings))
        if result.partner is not None:
            self.form.buyer.show_partner(result.partner)
        self._show_title()
        if self._wants_issue:
            self._go_on_issuing()

    @Slot(int, int)
    def _on_findings_counted(self, errors: int, count: int) -> None:
        words = self.tr(" · {0} hata").format(errors) if errors else (f" · {count}" if count else "")
        self.tabs.setTabText(self.tabs.indexOf(self.findings), self.tr("Bulgular") + words)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", "profile", "type"):
            self.details.show_fields(line_fields(self.form.use()))

    @Slot()
    def _on_store_changed(self) -> None:
        self.setWindowModified(not self.worker.is_locked)
        if not self.worker.is_locked:
            self.totals.state.setText(self.tr("kaydedilecek…"))

    @Slot()
    def _on_refilled(self) -> None:
        for field in self.form.scenario.fields:
            field.mended.connect(self._on_mended)

    @Slot(object)
    def _on_mended(self, finding: Finding) -> None:
        self.store.mend(finding)

    def _show_title(self) -> None:
        customer = self.store.get("customer", {}) or {}
        name = customer.get("title") or f"{customer.get('name', '')} {customer.get('surname', '')}".strip()
        what = name or self.heading.text()
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
            self.room.keep()
            super().closeEvent(event)
            return
        # Saved first; the window goes as soon as that is done.
        self._is_closing = True
        event.ignore()
        self.worker.save()

    def leave_fields(self) -> None:
        """What stands in an open cell or field counts as typed."""
        self.form.table.leave_cell()
        self.details.take_over()

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
            self.form.jump(errors[0])
            return
        if self.document_id is None:
            self.message.show_message("error", self.tr("Taslak henüz kaydedilmedi; Ctrl+S ile kaydedip yine deneyin."))
            return
        self.message.setVisible(False)
        # From here on the very fields that were checked are sealed: nothing is typed into them meanwhile.
        self._lock(True)
        self.issue.start(self.document_id)

    def _lock(self, locked: bool) -> None:
        self.worker.is_locked = locked
        self.form.set_locked(locked)
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


def _open_windows() -> list[EditorWindow]:
    from PySide6.QtWidgets import QApplication

    return [w for w in QApplication.topLevelWidgets() if isinstance(w, EditorWindow)]
