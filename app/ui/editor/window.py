"""The editor's window: form and lines at the left, page and findings at the right, sums and the one button below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.editor import sources
from app.ui.editor.assessing import Assessment
from app.ui.editor.extra_sections import ExtraFold
from app.ui.editor.favourites import Favourites
from app.ui.editor.form import InvoiceForm
from app.ui.editor.form_window import DocumentForm, FormWindow
from app.ui.editor.line_details import LineDetails
from app.ui.editor.registration import Registration
from app.ui.editor.room import Room
from app.ui.editor.scenario import line_fields
from app.ui.editor.totals_bar import TotalsBar
from app.ui.editor.verbs import EditorVerbs
from app.workflows.context import WorkContext


class EditorWindow(FormWindow):
    """One invoice. `opened` when its fields are there; `issued` when it went out and the window may go.

    Needs a chosen company (`desk.company`) at construction, and stays with it whatever is chosen later.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        document_id: int | None = None,
        copy_of: int | None = None,
        return_of: int | None = None,
        invoice_of: Sequence[int] = (),
        unfinished: str | None = None,
        company: CompanyRecord | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.prepare(desk, company, document_id)
        self.favourites = Favourites(desk, self.company, self)
        self._unfinished: list[str] = []
        self.form = InvoiceForm(self.store, self.split)
        self.build(self.form, self.tr("Yeni fatura"), TotalsBar(self.body))
        self.details = LineDetails(self.form.table, self.store.lines, self.tabs)
        self.tabs.addTab(self.details, self.tr("Satır ayrıntısı"))
        self.room = Room(self)
        self.verbs = EditorVerbs(self)
        self._connect()
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
                invoice_of=invoice_of,
                unfinished=unfinished,
            )

        desk.run("Okunuyor", start, self._on_started, owner=self, failed=self._on_start_failed)
        desk.run("Okunuyor", lambda ctx: sources.known(ctx, own, recovery), self._on_known, owner=self)

    def _connect(self) -> None:
        self.registration = Registration(self.desk, self.company, self.store, self.form.buyer, self)
        self.registration.failed.connect(self._on_failed)
        self.registration.known.connect(self.worker.begin_check)
        self.form.buyer.starred.connect(self.verbs.star_buyer)
        self.connect_parts()
        self.store.field_changed.connect(self._on_field_changed)
        self.favourites.changed.connect(self._on_favourites_changed)
        self.form.scenario.refilled.connect(self._on_refilled)
        for extra in self.form.extras:
            extra.built.connect(self._on_extra_built)
        self.form.detail_wanted.connect(self.verbs.show_details)
        self.message.acted.connect(self._on_message_acted)

    @property
    def document_form(self) -> DocumentForm:
        return self.form

    def title_of(self, start: sources.Start) -> str:
        if start.record is not None:
            return start.record.number or self.tr("Taslak fatura")
        return self.tr("İade faturası") if start.fields.get("type") == "IADE" else ""

    def show_assessed(self, result: Assessment) -> None:
        self.totals.show_totals(result.totals, self.store.text("currency") or "TRY")
        if result.partner is not None:
            self.form.buyer.show_partner(result.partner)

    def keep_room(self) -> None:
        self.room.keep()

    # --- opening ---------------------------------------------------------------------------------------------------

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
    def _on_favourites_changed(self) -> None:
        self.verbs.show_goods()
        self.form.buyer.show_favourites(self.favourites.buyers)

    @Slot()
    def _on_message_acted(self) -> None:
        if self._unfinished:
            window = EditorWindow(self.desk, unfinished=self._unfinished.pop(0), company=self.company)
            window.show()
            self.message.setVisible(False)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", "profile", "type"):
            self.details.show_fields(line_fields(self.form.use()))

    @Slot()
    def _on_refilled(self) -> None:
        for field in self.form.scenario.fields:
            field.mended.connect(self._on_mended)

    @Slot()
    def _on_extra_built(self) -> None:
        extra = self.sender()
        assert isinstance(extra, ExtraFold)
        for field in extra.fields:
            field.mended.connect(self._on_mended)

    def leave_fields(self) -> None:
        """What stands in an open cell or field counts as typed."""
        super().leave_fields()
        self.details.take_over()


def _open_windows() -> list[EditorWindow]:
    from PySide6.QtWidgets import QApplication

    return [w for w in QApplication.topLevelWidgets() if isinstance(w, EditorWindow)]
