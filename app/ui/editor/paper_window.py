"""The editor of a despatch note, an answer to one, a producer or a freelance receipt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.invoice import InvoiceTotals
from app.domain.lifecycle import DocumentKind
from app.domain.turkish import format_amount
from app.storage.records import CompanyRecord
from app.ubl.totals import is_deducted
from app.ui.desk import Desk
from app.ui.editor import sources
from app.ui.editor.assessing import Assessment
from app.ui.editor.form_window import DocumentForm, FormWindow
from app.ui.editor.paper_craft import KnownParties, PaperCraft
from app.ui.editor.paper_form import PaperForm
from app.ui.editor.paper_sheets import SHEETS
from app.ui.editor.totals_bar import TotalsBar
from app.ui.memory import memory_of
from app.workflows.context import WorkContext
from app.workflows.papers import TITLES

_FIRST_SIZE = QSize(1400, 860)


class PaperTotals(TotalsBar):
    """Sums in the words of the kind; a despatch note and an answer have none."""

    def __init__(self, kind: DocumentKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._has_sums = kind in (DocumentKind.CREDIT_NOTE, DocumentKind.SMM)
        words = {
            DocumentKind.CREDIT_NOTE: (self.tr("Mal bedeli"), self.tr("Kesintiler"), self.tr("Net ödenecek")),
            DocumentKind.SMM: (self.tr("Brüt ücret"), self.tr("Stopaj ve tevkifat"), self.tr("Tahsil edilecek")),
        }.get(kind, ("", "", ""))
        for part, title in zip((self.net, self.withheld, self.payable), words, strict=True):
            part.title.setText(title)
            part.amount.setAccessibleName(title)
        if not self._has_sums:
            for part in (*self._parts, self.payable):
                part.setVisible(False)
        self.vat.setVisible(kind is DocumentKind.SMM)
        self.breakdown.setAccessibleName(self.tr("Kesinti dökümü"))

    def show_totals(self, totals: InvoiceTotals | None, currency: str) -> None:
        super().show_totals(totals, currency)
        # Called by the parent's own beginning too, before this part is made.
        if not getattr(self, "_has_sums", False):
            return
        self.vat.setVisible(self._kind is DocumentKind.SMM)
        if totals is not None:
            cuts = [(t.name, t.percent, t.amount) for t in totals.taxes if is_deducted(t.code)]
            cuts += [(self.tr("KDV tevkifatı"), t.percent, t.amount) for t in totals.withholdings]
            self._lines = [(name, _percent(rate), format_amount(amount)) for name, rate, amount in cuts]
            self._show_lines()
            self._fit()


def _percent(rate: Decimal | None) -> str:
    return f"%{rate.normalize():f}" if rate is not None else ""


class PaperWindow(FormWindow):
    """One document of `kind`. `answer_to`: a received despatch note (its id, or the bytes of a file)."""

    def __init__(
        self,
        desk: Desk,
        kind: DocumentKind,
        *,
        document_id: int | None = None,
        answer_to: int | bytes | None = None,
        unfinished: str | None = None,
        company: CompanyRecord | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.craft = PaperCraft(kind)
        self.prepare(desk, company, document_id, sheet=SHEETS[kind], craft=self.craft)
        self._unfinished: list[str] = []
        self.form = PaperForm(kind, self.store, self.split)
        totals = PaperTotals(kind, self.body)
        self.build(self.form, self.tr("Yeni {0}").format(TITLES[kind]), totals)
        self._make_menu()
        self.connect_parts(kind)
        self.message.acted.connect(self._on_message_acted)
        self._restore()
        recovery, own, craft = self.worker.recovery, self.company, self.craft

        def start(ctx: WorkContext) -> sources.Start:
            return craft.start(ctx, own, recovery, document_id=document_id, answer_to=answer_to, left=unfinished)

        desk.run("Okunuyor", start, self._on_started, owner=self, failed=self._on_start_failed)
        desk.run("Okunuyor", lambda ctx: craft.known(ctx, own, recovery), self._on_known, owner=self)

    # --- what the window asks ----------------------------------------------------------------------------------------

    @property
    def document_form(self) -> DocumentForm:
        return self.form

    @property
    def partner_name(self) -> str:
        return self.form.party.summary().partition(" · ")[0]

    def title_of(self, start: sources.Start) -> str:
        if start.record is None:
            return ""
        return start.record.number or self.tr("Taslak {0}").format(TITLES[self.kind])

    def show_assessed(self, result: Assessment) -> None:
        self.totals.show_totals(result.totals, self.store.text("currency") or "TRY")

    def keep_room(self) -> None:
        memory = memory_of(self.desk)
        memory.keep_geometry(self, self._memory_key)
        memory.keep_splitter(self.split, self._memory_key)
        memory.keep_splitter(self.right, f"{self._memory_key}/right")

    @property
    def _memory_key(self) -> str:
        return f"editor/{self.kind.value}"

    def _restore(self) -> None:
        memory = memory_of(self.desk)
        if not memory.restore_geometry(self, self._memory_key):
            self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize()))
        if not memory.restore_splitter(self.split, self._memory_key):
            self.split.setSizes([620, 380])
        if not memory.restore_splitter(self.right, f"{self._memory_key}/right"):
            self.right.setSizes([550, 450])

    def _on_known(self, known: KnownParties) -> None:
        self.form.party.set_known(known.partners)
        self.form.series.setPlaceholderText(known.series)
        left = [form for form in known.unfinished if form.ettn != self.store.text("uuid")]
        if left and self.document_id is None and not self.message.isVisible():
            self._unfinished = [form.ettn for form in left]
            words = self.tr("Yarım kalan {0} form var; sonuncusu: {1}.").format(len(left), left[0].title)
            self.message.show_message("wait", words, self.tr("Aç"))

    @Slot()
    def _on_message_acted(self) -> None:
        if self._unfinished:
            PaperWindow(self.desk, self.kind, unfinished=self._unfinished.pop(0), company=self.company).show()
            self.message.setVisible(False)

    # --- what can be done besides typing -----------------------------------------------------------------------------

    def _make_menu(self) -> None:
        undo = self.store.undo.createUndoAction(self, self.tr("Geri al:"))
        undo.setShortcut(QKeySequence.StandardKey.Undo)
        redo = self.store.undo.createRedoAction(self, self.tr("Yinele:"))
        redo.setShortcuts([QKeySequence("Ctrl+Y"), QKeySequence("Ctrl+Shift+Z")])
        wanted: list[tuple[str, str, Any]] = [
            (self.tr("Karşı tarafı ara"), "Ctrl+B", self.go_to_party),
            (self.tr("Satırlara git"), "Ctrl+L", self.go_to_lines),
            (self.tr("Sonraki bulgu"), "F8", self._on_next_finding),
            (self.tr("Önceki bulgu"), "Shift+F8", self._on_previous_finding),
            (self.tr("Önizlemeyi göster/gizle"), "F9", self._on_preview),
        ]
        if self.kind is DocumentKind.DESPATCH:
            wanted.append((self.tr("Teslim alanın adresine teslim et"), "Ctrl+Shift+A", self.deliver_to_party))
        wanted.append((self.tr("Pencereyi kapat"), "Ctrl+W", self.close))
        menu = QMenu(self.tr("Diğer"), self)
        self.verbs: list[QAction] = [undo, redo]
        for title, keys, slot in wanted:
            action = QAction(title, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.verbs.append(action)
        for verb in self.verbs:
            self.addAction(verb)
            menu.addAction(verb)
        menu.insertSeparator(self.verbs[2])
        if not self.store.lines.sheet.is_fixed:
            menu.addSeparator()
            for row_verb in self.form.table.actions_for_menu:
                menu.addAction(row_verb)
        self.menu_button.setMenu(menu)

    @Slot()
    def go_to_party(self) -> None:
        self.form.sections["party"].open()
        self.form.party.picker.setFocus()

    @Slot()
    def go_to_lines(self) -> None:
        self.form.table.go_to(max(self.form.table.currentIndex().row(), 0), 0)

    @Slot()
    def deliver_to_party(self) -> None:
        """The goods go where the receiver's card says: its address becomes the delivery address."""
        address = dict((self.store.get("customer", {}) or {}).get("address") or {})
        if address and not self.worker.is_locked:
            self.store.set("shipment.address", {"country": "Türkiye"} | address, self.tr("Teslim adresi"))

    @Slot()
    def _on_next_finding(self) -> None:
        self._go_to_finding(1)

    @Slot()
    def _on_previous_finding(self) -> None:
        self._go_to_finding(-1)

    def _go_to_finding(self, by: int) -> None:
        finding = self.findings.step(by)
        if finding is None:
            self.totals.state.setText(self.tr("bulgu yok"))
            return
        self.tabs.setCurrentWidget(self.findings)
        self.form.jump(finding)

    @Slot()
    def _on_preview(self) -> None:
        shown = not self.preview.isVisible()
        self.preview.setVisible(shown)
        self.worker.draws = shown
        if shown:
            self.worker.redraw()
