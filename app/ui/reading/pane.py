"""The reading pane: seal verdict, the document as its sender drew it, its fields, its history, its findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import AppError
from app.domain.findings import Finding
from app.domain.lifecycle import State
from app.storage.records import DocumentRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes, JobHandle
from app.ui.reading.loading import (
    Answer,
    Facts,
    FactsCache,
    Picture,
    PictureCache,
    load_answer,
    load_findings,
    load_record,
)
from app.ui.reading.many import Summary, summary
from app.ui.reading.pane_parts import PaneParts
from app.ui.reading.warmth import Warmth
from app.ui.stuck import is_stuck, why_stuck

#: While an arrow key is held down, documents pass by faster than they can be drawn.
_SETTLE_MS = 60
_HURRY_MS = 150


class ReadingPane(PaneParts):
    """`show_document` or `show_documents`; an answer that comes after the selection has moved on is dropped.

    `fix_wanted(document id, Finding)` from Bulgular of a draft; the editor is asked for at the same time.
    """

    fix_wanted = Signal(int, object)
    #: The document that is fully drawn now.
    shown = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._document_id: int | None = None
        self._neighbours: tuple[int, ...] = ()
        self._facts: Facts | None = None
        self._cache = PictureCache()
        self._known = FactsCache()
        self._jobs: list[JobHandle] = []
        self._ahead: JobHandle | None = None
        self._ahead_id: int | None = None
        self._asked = 0
        self._since = QElapsedTimer()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._load)
        self.warmth = Warmth(desk, self, self.tabs.picture.make_ready)
        self._connect()

    def _connect(self) -> None:
        picture = self.tabs.picture
        picture.drawn.connect(self._on_drawn)
        picture.broke.connect(self._on_broke)
        self.findings.fix_wanted.connect(self._on_fix_wanted)
        self.findings.place_wanted.connect(self._on_place_wanted)
        self._desk.changed.connect(self._on_changed)
        self._desk.closed.connect(self._on_desk_closed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.warmth.begin()

    @property
    def document_id(self) -> int | None:
        """What is shown, or about to be."""
        return self._document_id

    @property
    def facts(self) -> Facts | None:
        """What is known of it; None until it was read."""
        return self._facts

    def set_neighbours(self, ids: Sequence[int]) -> None:
        """The documents that are likely next, the likeliest first: they are drawn ahead while nothing else waits."""
        self._neighbours = tuple(ids)
        self._draw_ahead()

    def show_document(self, document_id: int | None, *, neighbours: Sequence[int] | None = None) -> None:
        """Show one document; None shows that nothing is selected. `neighbours` as in `set_neighbours`."""
        if neighbours is not None:
            self._neighbours = tuple(neighbours)
        if document_id == self._document_id and document_id is not None and self._stack.currentWidget() is self._one:
            self._draw_ahead()
            return
        self._drop_jobs()
        self._set_current(document_id, None)
        if document_id is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self.warmth.stop()
        self.message.setVisible(False)
        self.notices.fold()
        self._stack.setCurrentWidget(self._one)
        drawn, facts = self._cache.get(document_id), self._known.get(document_id)
        if drawn is not None:
            self._show_picture(drawn)
        else:
            self.tabs.picture.begin()
        if facts is not None:
            self._show_facts(facts)
        is_hurried = self._since.isValid() and self._since.elapsed() < _HURRY_MS
        if is_hurried or (drawn is not None and facts is not None):
            # Known already, or passing by: what is left to ask can wait a moment.
            self._settle.start()
        else:
            self._load()
        self._since.start()

    def _set_current(self, document_id: int | None, facts: Facts | None) -> None:
        self._document_id = self.doing.document_id = document_id
        self._facts = self.doing.facts = facts

    def show_documents(self, ids: Sequence[int]) -> None:
        """Show what several selected documents are together; one of them is shown itself."""
        if len(ids) <= 1:
            self.show_document(ids[0] if ids else None)
            return
        self._drop_jobs()
        self._set_current(None, None)
        chosen = list(ids)
        handle = self._desk.read(lambda s: summary(s, chosen), self._on_tallied, owner=self)
        self._jobs = [handle]

    def reload(self) -> None:
        """Read the shown document again (it has changed). What was received is not drawn again."""
        self._asked += 1
        self._cache.clear(keep_fixed=True)
        self._known.clear()
        if self._document_id is not None and self._stack.currentWidget() is self._one:
            self._drop_jobs()
            self._load()

    # --- reading -------------------------------------------------------------------------------------------------

    @Slot()
    def _load(self) -> None:
        """Ask for what is not known yet of the document; of a known one, whether it is still as it was."""
        document_id = self._document_id
        if document_id is None:
            return
        jobs = []
        ahead = self._ahead if self._ahead_id == document_id else None
        if ahead is not None and isValid(ahead):
            # It is being worked out already.
            return
        if document_id not in self._cache:
            jobs.append(self._start(document_id, picture=True, facts=False))
        known = self._known.get(document_id)
        if known is None:
            jobs.append(self._start(document_id, picture=False, facts=True))
        else:
            jobs.append(self._ask_whether_fresh(document_id))
            if known.findings is None:
                jobs.append(self._check(document_id))
        self._jobs = jobs

    def _start(self, document_id: int, *, picture: bool, facts: bool) -> JobHandle:
        office, asked = self._desk.office, self._asked
        return self._desk.run(
            self.tr("Belge okunuyor"),
            lambda ctx: load_answer(ctx, office, document_id, picture=picture, facts=facts, asked=asked),
            self._on_answered,
            owner=self,
            failed=self._on_failed,
        )

    def _check(self, document_id: int) -> JobHandle:
        """The checks come last: GİB's rules may take a second, and the document is read without them."""
        office, asked = self._desk.office, self._asked
        return self._desk.run(
            self.tr("Belge denetleniyor"),
            lambda ctx: (document_id, asked, load_findings(ctx, office, document_id)),
            self._on_checked,
            owner=self,
            failed=self._on_failed,
        )

    def _on_checked(self, answer: tuple[int, int, list[Finding]]) -> None:
        document_id, asked, findings = answer
        known = self._known.get(document_id)
        if asked != self._asked or known is None:
            return
        checked = replace(known, findings=findings)
        self._known.put(document_id, checked)
        if document_id == self._document_id:
            self._set_current(document_id, checked)
            self.tabs.show_findings(checked)

    def _ask_whether_fresh(self, document_id: int) -> JobHandle:
        return self._desk.run(
            self.tr("Belge okunuyor"),
            lambda ctx: load_record(ctx, document_id)[1],
            self._on_record,
            owner=self,
            failed=self._on_failed,
        )

    def _drop_jobs(self) -> None:
        """The selection moved on: what waits is not started; what runs may end, its answer is not shown."""
        self._settle.stop()
        for handle in self._jobs:
            if isValid(handle):
                handle.cancel()
        self._jobs = []

    def _on_record(self, record: DocumentRecord) -> None:
        """Another program (the command line) may have changed it without a word to this window."""
        known = self._known.get(record.id)
        if known is not None and known.record != record:
            self.reload()
        elif record.id == self._document_id:
            self._draw_ahead()

    def _on_answered(self, answer: Answer) -> None:
        document_id = answer.document_id
        was_ahead = document_id == self._ahead_id
        if was_ahead:
            self._ahead = self._ahead_id = None
        is_stale = answer.asked != self._asked
        if answer.picture is not None and (answer.picture.is_fixed or not is_stale):
            self._cache.put(document_id, answer.picture)
        if answer.facts is not None and not is_stale:
            self._known.put(document_id, answer.facts)
        if document_id == self._document_id:
            if is_stale:
                if was_ahead:
                    # Nothing else was asked, because this was to come.
                    self._load()
                return
            if answer.facts is not None:
                self._show_facts(answer.facts)
                if answer.facts.findings is None:
                    self._jobs.append(self._check(document_id))
            if answer.picture is not None:
                self._show_picture(answer.picture)
            elif answer.undrawn is not None:
                self.tabs.picture.show_error(answer.undrawn)
                self._show_note("")
            if answer.fault is not None:
                self.message.show_error(answer.fault)
        self._draw_ahead()

    def _show_facts(self, facts: Facts) -> None:
        self._set_current(self._document_id, facts)
        self.header.show_facts(facts)
        self.tabs.show_facts(facts)
        self.bar.set_attachments([a.name for a in facts.attachments])
        record = facts.record
        if is_stuck(record):
            self.review.show_message("warn" if record.state is State.UNKNOWN else "error", " ".join(why_stuck(record)))
        else:
            self.review.setVisible(False)

    def _on_failed(self, error: AppError) -> None:
        self._ahead = self._ahead_id = None
        self.tabs.picture.stop()
        self.message.show_error(error)

    def _show_picture(self, picture: Picture) -> None:
        self._show_note(picture.drawn.note)
        self.tabs.picture.show_html(self._document_id, picture.drawn.html)

    @Slot(object)
    def _on_drawn(self, key: object) -> None:
        if isinstance(key, int) and key == self._document_id:
            self.shown.emit(key)

    @Slot(object)
    def _on_broke(self, key: object) -> None:
        if key == self._document_id:
            self.message.show_message("error", self.tr("Belgenin görünümü açılamadı. Listeden yeniden seçin."))

    def _draw_ahead(self) -> None:
        """One neighbour at a time, and only when the shown document itself is drawn and read."""
        shown = self._document_id
        if self._ahead_id is not None or shown is None or shown not in self._known or shown not in self._cache:
            return
        wanted = next((i for i in self._neighbours if i != shown and not (i in self._cache and i in self._known)), None)
        if wanted is not None:
            self._neighbours = tuple(i for i in self._neighbours if i != wanted)
            self._ahead_id = wanted
            self._ahead = self._start(wanted, picture=wanted not in self._cache, facts=wanted not in self._known)

    def _on_tallied(self, said: Summary) -> None:
        if self._document_id is None:
            self.many.show_summary(said)
            self._stack.setCurrentWidget(self.many)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if changes.companies:
            self._cache.clear()
        if changes.documents or changes.companies or changes.settings:
            self.reload()

    @Slot()
    def _on_desk_closed(self) -> None:
        """No job is taken any more; answers still on their way find nobody."""
        self._settle.stop()
        self._neighbours = ()
        self._set_current(None, None)

    # --- doing ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_fix_wanted(self, finding: Finding) -> None:
        self._open_editor(finding)

    @Slot(object)
    def _on_place_wanted(self, finding: Finding) -> None:
        self._open_editor(finding)

    def _open_editor(self, finding: Finding) -> None:
        if self._facts is None:
            return
        if not self._facts.is_draft:
            self.tabs.show_fields(finding.field)
            return
        self.fix_wanted.emit(self._facts.record.id, finding)
        self._desk.wanted.emit("editor", self._facts.record.id)
