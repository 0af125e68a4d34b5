"""The reading pane: seal verdict, the document as its sender drew it, its fields, its history, its findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.errors import AppError
from app.domain.findings import Finding
from app.runtime.files import write_output
from app.ui.desk import Desk
from app.ui.jobs import Changes, JobHandle
from app.ui.printing.attachments import clean_name, is_program, save_all
from app.ui.reading.bar import PaneBar
from app.ui.reading.findings_list import FindingsList
from app.ui.reading.header import PaneHeader
from app.ui.reading.loading import Facts, Picture, PictureCache, load_facts, load_picture, load_stored_file
from app.ui.reading.many import ManyView, Summary, summary
from app.ui.reading.stack import DocumentStack, PictureTab
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, MessageBar

#: While an arrow key is held down, documents pass by faster than they can be drawn.
_SETTLE_MS = 60
#: The row of tabs and a few lines of the document.
_LEAST_TABS_PX = 72
_HURRY_MS = 150
#: Where the renderer's remark goes over to the engine's own words.
_DETAIL = "(Ayrıntı: "


class ReadingPane(QWidget):
    """`show_document` or `show_documents`; an answer that comes after the selection has moved on is dropped.

    `fix_wanted(document id, Finding)` from Bulgular of a draft; the editor is asked for at the same time.
    """

    fix_wanted = Signal(int, object)
    #: The document that is fully drawn now.
    shown = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._document_id: int | None = None
        self._neighbours: tuple[int, ...] = ()
        self._facts: Facts | None = None
        self._cache = PictureCache()
        self._jobs: list[JobHandle] = []
        self._note_detail = ""
        self._ahead: JobHandle | None = None
        self._ahead_id: int | None = None
        self.setObjectName("reading-pane")
        self.setAccessibleName(self.tr("Okuma bölmesi"))
        self.header = PaneHeader(self)
        self.note = MessageBar(parent=self)
        self.message = MessageBar(parent=self)
        self.tabs = DocumentStack(self)
        self.bar = PaneBar(self)
        self.tabs.set_corner(self.bar)
        self.many = ManyView(self)
        sentence = self.tr("Soldaki listeden bir belge seçin; burada gönderenin çizdiği gibi görünür.")
        self.empty = EmptyState("document", self.tr("Belge seçilmedi"), sentence, parent=self)
        one = QWidget(self)
        column = QVBoxLayout(one)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.S)
        top.setSpacing(tokens.S)
        for part in (self.header, self.note, self.message):
            top.addWidget(part)
        column.addLayout(top)
        column.addWidget(self.tabs, 1)
        # On a low screen the document gives way, never the words above it: they would be cut in half.
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.tabs.setMinimumHeight(_LEAST_TABS_PX)
        self._one = one
        self._stack = QStackedWidget(self)
        for page in (self.empty, one, self.many):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._since = QElapsedTimer()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._load)
        self._connect()

    def _connect(self) -> None:
        picture = self.tabs.picture
        self.note.acted.connect(self._on_note_acted)
        self.bar.zoom_in.connect(picture.zoom_in)
        self.bar.zoom_out.connect(picture.zoom_out)
        self.bar.zoom_fit.connect(picture.zoom_to_fit)
        self.bar.print_wanted.connect(self._on_print_wanted)
        self.bar.pdf_wanted.connect(self._on_pdf_wanted)
        self.bar.attachment_wanted.connect(self._on_attachment_wanted)
        self.bar.attachments_wanted.connect(self._on_attachments_wanted)
        picture.zoomed.connect(self.bar.set_percent)
        picture.drawn.connect(self._on_drawn)
        picture.broke.connect(self._on_broke)
        self.tabs.history.save_wanted.connect(self._on_file_wanted)
        self.findings.fix_wanted.connect(self._on_fix_wanted)
        self.findings.place_wanted.connect(self._on_place_wanted)
        self._desk.changed.connect(self._on_changed)

    @property
    def document_id(self) -> int | None:
        """What is shown, or about to be."""
        return self._document_id

    @property
    def facts(self) -> Facts | None:
        """What is known of it; None until it was read."""
        return self._facts

    @property
    def picture(self) -> PictureTab:
        return self.tabs.picture

    @property
    def findings(self) -> FindingsList:
        return self.tabs.findings

    def set_neighbours(self, ids: Sequence[int]) -> None:
        """The documents that are likely next, the likeliest first: they are drawn ahead while nothing else waits."""
        self._neighbours = tuple(ids)
        self._draw_ahead()

    def show_document(self, document_id: int | None, *, neighbours: Sequence[int] | None = None) -> None:
        """Show one document; None shows that nothing is selected."""
        if neighbours is not None:
            self._neighbours = tuple(neighbours)
        if document_id == self._document_id and document_id is not None and self._stack.currentWidget() is self._one:
            return
        self._drop_jobs()
        self._document_id = document_id
        self._facts = None
        if document_id is None:
            self._stack.setCurrentWidget(self.empty)
            return
        self.message.setVisible(False)
        self._stack.setCurrentWidget(self._one)
        drawn = self._cache.get(document_id)
        if drawn is not None:
            self._show_picture(drawn)
            self._load()
        else:
            self.tabs.picture.begin()
            is_hurried = self._since.isValid() and self._since.elapsed() < _HURRY_MS
            if is_hurried:
                self._settle.start()
            else:
                self._load()
        self._since.start()

    def show_documents(self, ids: Sequence[int]) -> None:
        """Show what several selected documents are together; one of them is shown itself."""
        if len(ids) <= 1:
            self.show_document(ids[0] if ids else None)
            return
        self._drop_jobs()
        self._document_id = None
        chosen = list(ids)
        handle = self._desk.read(lambda s: summary(s, chosen), self._on_tallied, owner=self)
        self._jobs = [handle]

    def reload(self) -> None:
        """Read the shown document again (it has changed). What was received is not drawn again."""
        self._cache.clear(keep_fixed=True)
        if self._document_id is not None and self._stack.currentWidget() is self._one:
            self._drop_jobs()
            self._load()

    # --- reading -------------------------------------------------------------------------------------------------

    @Slot()
    def _load(self) -> None:
        document_id, office = self._document_id, self._desk.office
        if document_id is None:
            return
        jobs = [
            self._desk.run(
                self.tr("Belge okunuyor"),
                lambda ctx: load_facts(ctx, office, document_id),
                self._on_facts,
                owner=self,
                failed=self._on_facts_failed,
            )
        ]
        if document_id not in self._cache:
            ahead = self._ahead if self._ahead_id == document_id else None
            if ahead is None or not isValid(ahead):
                jobs.insert(0, self._start_picture(document_id))
        self._jobs = jobs

    def _start_picture(self, document_id: int) -> JobHandle:
        office = self._desk.office
        return self._desk.run(
            self.tr("Belge çiziliyor"),
            lambda ctx: (document_id, _drawn(lambda: load_picture(ctx, office, document_id))),
            self._on_picture,
            owner=self,
            failed=self._on_facts_failed,
        )

    def _drop_jobs(self) -> None:
        """The selection moved on: what waits is not started; what runs may end, its answer is not shown."""
        self._settle.stop()
        for handle in self._jobs:
            if isValid(handle):
                handle.cancel()
        self._jobs = []

    def _on_facts(self, facts: Facts) -> None:
        if facts.record.id != self._document_id:
            return
        self._facts = facts
        self.header.show_facts(facts)
        self.tabs.show_facts(facts)
        self.bar.set_attachments([a.name for a in facts.attachments])

    def _on_facts_failed(self, error: AppError) -> None:
        self.message.show_error(error)

    def _on_picture(self, answer: tuple[int, Picture | AppError]) -> None:
        document_id, drawn = answer
        if document_id == self._ahead_id:
            self._ahead = self._ahead_id = None
        if isinstance(drawn, Picture):
            self._cache.put(document_id, drawn)
        if document_id != self._document_id:
            self._draw_ahead()
            return
        if isinstance(drawn, Picture):
            self._show_picture(drawn)
        else:
            self.tabs.picture.show_error(drawn)
            self._show_note("")
        self._draw_ahead()

    def _show_picture(self, picture: Picture) -> None:
        self._show_note(picture.drawn.note)
        self.tabs.picture.show_html(self._document_id, picture.drawn.html)

    def _show_note(self, note: str) -> None:
        """The renderer's remark; what an engine said in its own words unfolds."""
        said, _, detail = note.partition(_DETAIL)
        self._note_detail = detail.rstrip(") ")
        if said:
            self.note.show_message("wait", said.strip(), self.tr("Ayrıntı") if detail else "")
        else:
            self.note.setVisible(False)

    @Slot()
    def _on_note_acted(self) -> None:
        self.note.show_message("wait", f"{self.note.sentence}\n{self._note_detail}")

    @Slot(object)
    def _on_drawn(self, key: object) -> None:
        if isinstance(key, int) and key == self._document_id:
            self.shown.emit(key)

    @Slot(object)
    def _on_broke(self, key: object) -> None:
        if key == self._document_id:
            self.message.show_message("error", self.tr("Belgenin görünümü açılamadı. Listeden yeniden seçin."))

    def _draw_ahead(self) -> None:
        """One neighbour at a time, and only when the shown document itself is drawn."""
        if self._ahead_id is not None or self._document_id is None or self._document_id not in self._cache:
            return
        wanted = next((i for i in self._neighbours if i not in self._cache and i != self._document_id), None)
        if wanted is not None:
            self._neighbours = tuple(i for i in self._neighbours if i != wanted)
            self._ahead_id = wanted
            self._ahead = self._start_picture(wanted)

    def _on_tallied(self, said: Summary) -> None:
        if self._document_id is None:
            self.many.show_summary(said)
            self._stack.setCurrentWidget(self.many)

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if changes.companies:
            self._cache.clear()
        if changes.documents or changes.companies:
            self.reload()

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
            self.tabs.show_fields()
            return
        self.fix_wanted.emit(self._facts.record.id, finding)
        self._desk.wanted.emit("editor", self._facts.record.id)

    @Slot()
    def _on_print_wanted(self) -> None:
        if self._document_id is not None:
            from app.ui.printing.preview import preview_documents

            preview_documents(self._desk, [self._document_id], self.window())

    @Slot()
    def _on_pdf_wanted(self) -> None:
        if self._document_id is not None:
            from app.ui.printing.saving import save_pdf

            save_pdf(self._desk, [self._document_id], self, self.message)

    @Slot(int)
    def _on_attachment_wanted(self, index: int) -> None:
        if self._facts is None:
            return
        attachment = self._facts.attachments[index]
        cleaned = clean_name(attachment.name)
        target, _ = QFileDialog.getSaveFileName(self, self.tr("Eki kaydet"), cleaned)
        if target:
            warning = self.tr(" Bu ek bir program olabilir; açmadan önce gönderene sorun.")
            self._save(Path(target), attachment.content, note=warning if is_program(attachment.name) else "")

    @Slot()
    def _on_attachments_wanted(self) -> None:
        if self._facts is None:
            return
        target = QFileDialog.getExistingDirectory(self, self.tr("Ekler nereye kaydedilsin?"))
        if not target:
            return
        attachments, folder = self._facts.attachments, Path(target)
        self._desk.run(
            self.tr("Ekler kaydediliyor"),
            lambda _ctx: save_all(attachments, folder),
            self._on_all_saved,
            owner=self,
            failed=self._on_facts_failed,
        )

    @Slot(str, int)
    def _on_file_wanted(self, role: str, attempt_no: int) -> None:
        if self._facts is None:
            return
        record = self._facts.record
        name = clean_name(f"{record.number or record.ettn}_{role}.xml")
        target, _ = QFileDialog.getSaveFileName(self, self.tr("Dosyayı kaydet"), name)
        if not target:
            return
        self._desk.run(
            self.tr("Dosya kaydediliyor"),
            lambda ctx: _write(Path(target), load_stored_file(ctx, record.id, role, attempt_no) or b""),
            self._on_saved,
            owner=self,
            failed=self._on_facts_failed,
        )

    def _save(self, target: Path, content: bytes, *, note: str = "") -> None:
        self._desk.run(
            self.tr("Dosya kaydediliyor"),
            lambda _ctx: _write(target, content, note),
            self._on_saved,
            owner=self,
            failed=self._on_facts_failed,
        )

    def _on_saved(self, said: tuple[Path, str]) -> None:
        path, note = said
        self.message.show_message("warn" if note else "ok", self.tr("Kaydedildi: {p}.").format(p=path) + note)

    def _on_all_saved(self, paths: list[Path]) -> None:
        where = paths[0].parent if paths else ""
        self.message.show_message("ok", self.tr("{n} ek kaydedildi: {p}").format(n=len(paths), p=where))


def _write(path: Path, content: bytes, note: str = "") -> tuple[Path, str]:
    write_output(path, content)
    return path, note


def _drawn(draw: Callable[[], Picture]) -> Picture | AppError:
    """The picture or the error: which document failed must be known when the answer comes."""
    try:
        return draw()
    except AppError as error:
        return error
