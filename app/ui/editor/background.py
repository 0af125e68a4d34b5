"""The form's work off the GUI thread: sums and findings after each change, drawing a little later, saving in between.

Each of the three is debounced and has at most one job under way; an answer older than the form is thrown away and
asked again. Saving has a lane of its own, so that a later save never overtakes an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.domain.invoice import Invoice
from app.office import Office
from app.runtime.lanes import Cancelled, Done, Failed
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.editor import assessing, sources
from app.ui.editor.recovery import RecoveryStore, recovery_of
from app.ui.editor.store import FormStore
from app.ui.jobs import Changes
from app.workflows import drafting
from app.workflows.context import WorkContext

ASSESS_MS: Final = 80
DRAW_MS: Final = 450
AUTOSAVE_MS: Final = 3000


class Craft(Protocol):
    """What the worker must know of a kind of document. Each runs on a lane."""

    def assess(
        self, ctx: WorkContext, company: CompanyRecord, data: Mapping[str, Any], version: int
    ) -> assessing.Assessment: ...

    def store(
        self, ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore, data: Mapping[str, Any], version: int
    ) -> sources.Stored: ...

    def xml(self, document: Any, office: Office, company: CompanyRecord) -> bytes: ...


class InvoiceCraft:
    """Invoices."""

    def assess(
        self, ctx: WorkContext, company: CompanyRecord, data: Mapping[str, Any], version: int
    ) -> assessing.Assessment:
        return assessing.assess(ctx, company, data, version)

    def store(
        self, ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore, data: Mapping[str, Any], version: int
    ) -> sources.Stored:
        return sources.store(ctx, company, recovery, data, version)

    def xml(self, document: Invoice, office: Office, company: CompanyRecord) -> bytes:
        return drafting.unsigned_xml(document, office.template(company))


class FormWorker(QObject):
    """`assessed` (Assessment), `drawn` (HTML, version), `stored` (Stored), `store_failed` (AppError)."""

    assessed = Signal(object)
    drawn = Signal(str, int)
    draw_failed = Signal(object)
    stored = Signal(object)
    store_failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        company: CompanyRecord,
        form: FormStore,
        parent: QObject | None = None,
        *,
        craft: Craft | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._company, self._form = desk, company, form
        self._craft: Craft = craft or InvoiceCraft()
        self.recovery = recovery_of(desk.office)
        self._assessing = self._drawing = self._storing = False
        self._drawable: Any = None
        self._drawn_version = -1
        self._assessed_version = -1
        self._stored_version = form.version
        self.is_locked = False
        self.draws = True
        self._assess_timer = self._timer(ASSESS_MS, self._assess)
        self._draw_timer = self._timer(DRAW_MS, self._draw)
        self._save_timer = self._timer(AUTOSAVE_MS, self.save)
        form.changed.connect(self._on_form_changed)

    def _timer(self, ms: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(slot)
        return timer

    @property
    def is_saved(self) -> bool:
        """Whether everything typed is on the disk, as a draft or as an unfinished form."""
        return self._stored_version == self._form.version and not self._storing

    @property
    def is_storing(self) -> bool:
        return self._storing

    def begin(self, *, is_saved: bool) -> None:
        """After `load`: everything is to be shown; a copy or a recovered form is to be saved as well."""
        self._save_timer.stop()
        if is_saved:
            self._stored_version = self._form.version
        else:
            self._stored_version = -1
            self._save_timer.start()
        self._assess()

    @Slot()
    def begin_check(self) -> None:
        """Check again although the form has not changed: more is known of the buyer."""
        self._assess_timer.start()

    @Slot()
    def _on_form_changed(self) -> None:
        self._assess_timer.start()
        if not self._save_timer.isActive() and not self.is_locked:
            # Not restarted by each key: who types for minutes is saved in between all the same.
            self._save_timer.start()

    # --- sums and findings -----------------------------------------------------------------------------------------

    @Slot()
    def _assess(self) -> None:
        if self._assessing:
            return
        self._assessing = True
        company, data, version, craft = self._company, self._form.data(), self._form.version, self._craft
        self._run(
            lambda ctx: craft.assess(ctx, company, data, version),
            self._on_assessed,
            self._desk.lanes.cpu,
            "Okunuyor",
        )

    @Slot(object)
    def _on_assessed(self, outcome: object) -> None:
        self._assessing = False
        if isinstance(outcome, Failed):
            self._desk.failed.emit(outcome.error)
        if not isinstance(outcome, Done):
            return
        result: assessing.Assessment = outcome.value
        if result.version != self._form.version:
            if not self._assess_timer.isActive():
                self._assess_timer.start()
            return
        self._assessed_version = result.version
        self._drawable = result.invoice
        self.assessed.emit(result)
        self._draw_timer.start()

    @property
    def is_assessed(self) -> bool:
        """Whether sums and findings on the screen belong to the form as it stands."""
        return self._assessed_version == self._form.version

    # --- the page --------------------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw again although nothing has changed (the preview was opened)."""
        self._drawn_version = -1
        self._draw_timer.start()

    @Slot()
    def _draw(self) -> None:
        document = self._drawable
        if self._drawing or not self.draws or document is None or self._drawn_version == self._assessed_version:
            return
        self._drawing = True
        version = self._drawn_version = self._assessed_version
        office, company, craft = self._desk.office, self._company, self._craft

        def work(_ctx: WorkContext) -> tuple[str, int]:
            xml = craft.xml(document, office, company)
            return office.renderer.render(xml, watermark="TASLAK").html, version

        self._run(work, self._on_drawn, self._desk.lanes.cpu, "Okunuyor")

    @Slot(object)
    def _on_drawn(self, outcome: object) -> None:
        self._drawing = False
        if self._drawn_version != self._assessed_version:
            self._draw_timer.start()
        match outcome:
            case Done((html, version)):
                self.drawn.emit(html, version)
            case Failed(error):
                self.draw_failed.emit(error)

    # --- saving ----------------------------------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Store the form as it stands, unless it stands so already."""
        self._save_timer.stop()
        if self._storing or self.is_locked or self._stored_version == self._form.version:
            return
        self._storing = True
        company, data, version = self._company, self._form.data(), self._form.version
        recovery, craft = self.recovery, self._craft
        handle = self._run(
            lambda ctx: craft.store(ctx, company, recovery, data, version),
            self._on_stored,
            self._desk.lanes.account("editor"),
            self.tr("Taslak kaydediliyor"),
        )
        handle.ended.connect(self._announce)

    @Slot(object)
    def _on_stored(self, outcome: object) -> None:
        self._storing = False
        match outcome:
            case Done(value):
                self._stored_version = value.version
                self.stored.emit(value)
            case Failed(error):
                self.store_failed.emit(error)
            case Cancelled():
                pass
        if self._stored_version != self._form.version and not isinstance(outcome, Failed):
            self._save_timer.start()

    @Slot(object)
    def _announce(self, outcome: object) -> None:
        if isinstance(outcome, Done) and outcome.value.drafted is not None:
            self._desk.changed.emit(Changes(documents=True))

    def _run(self, work: Any, ended: Any, lane: Any, title: str) -> Any:
        """Start a job whose `ended` carries the outcome itself: each of the three must know that it is over."""
        handle = self._desk.run(title, work, owner=self, company=self._company, lane=lane, failed=_ignore)
        handle.ended.connect(ended)
        return handle


def _ignore(_error: AppError) -> None:
    """The outcome comes by `ended` as well, where it is dealt with."""
