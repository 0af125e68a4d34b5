"""What Gelen Kutusu and Giden Kutusu have in common: bar, table, reading pane, message, status, empty states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.lifecycle import Direction, State
from app.storage import overview, search
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.lists.chip_counts import ChipCounter
from app.ui.lists.columns import Column
from app.ui.lists.document_model import DocumentModel
from app.ui.lists.doing import Doing
from app.ui.lists.drag import DragOut, Dropped, dropped_files
from app.ui.lists.filter_bar import FilterBar
from app.ui.lists.filters import ChipSpec, ListFilter
from app.ui.lists.remember import Remembered
from app.ui.lists.selection import Selection, status_text, unique
from app.ui.lists.side import SidePane
from app.ui.lists.table import DocumentTable, Sort
from app.ui.lists.toolbar import Toolbar
from app.ui.lists.verbs import Verb, VerbActions
from app.ui.memory import memory_of
from app.ui.pages.base import Page
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, EmptyState, MessageBar, SkeletonRows

#: A document that stays in the pane so long counts as read.
READ_AFTER_MS = 1_500


class ListPage(Page):
    """Subclasses say which documents, columns, chips and verbs. GUI thread only."""

    shows = Changes(documents=True, companies=True)
    direction: ClassVar[Direction]
    columns: ClassVar[tuple[Column, ...]]
    chips: ClassVar[tuple[ChipSpec, ...]]
    states: ClassVar[tuple[State, ...]]
    verbs: ClassVar[tuple[Verb, ...]]
    #: The keys of verbs that stand as buttons in the bar; the first that can be pressed is the primary one.
    primary: ClassVar[tuple[str, ...]]
    quiet: ClassVar[tuple[str, ...]]
    #: The keys of verbs under the button "Yeni"; none has no such button.
    new: ClassVar[tuple[str, ...]] = ()
    sort: ClassVar[Sort] = (("issue_date", True),)
    empty_icon: ClassVar[str]

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        memory = Remembered(desk, self.key)
        self.model = DocumentModel(desk, self.columns, self)
        self.bar = FilterBar(self.chips, self.states, memory, desk.office.clock.today(), self)
        self.table = DocumentTable(self.model, memory, sort=self.sort, parent=self)
        self.message = MessageBar(parent=self)
        self.doing = Doing(desk, self.table, self.message, self.title, self)
        self.verb_actions = VerbActions(self, self.doing, self.verbs)
        self.status = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.empty = EmptyState(self.empty_icon, "", "", parent=self)
        self.empty.pressed.connect(self._on_empty_pressed)
        self._empty_does = ""
        self.side = SidePane(desk, self.model, self)
        self.reading = self.side.reading
        self._reveal: int | None = None
        self._selection_asked = 0
        self._company_id: int | None = None
        self._chip_counter = ChipCounter(desk, self.chips, self)
        self._drag = DragOut(desk, self.table)
        self._drag.told.connect(self.message.show_message)
        self._seen = QTimer(self)
        self._seen.setSingleShot(True)
        self._seen.setInterval(READ_AFTER_MS)
        self._seen.timeout.connect(self._on_seen)
        self.setAcceptDrops(True)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.toolbar = Toolbar(self, self.bar, self.table, self.verb_actions, quiet=self.quiet)
        self.more_menu, self.columns_menu = self.toolbar.more_menu, self.toolbar.columns_menu
        self.primary_button = self.toolbar.primary_button
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.skeleton = SkeletonRows(self.table.viewport())
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        foot.addWidget(self.status)
        column.addLayout(foot)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setStretchFactor(0, 6)
        self.splitter.setStretchFactor(1, 4)
        if not memory_of(self.desk).restore_splitter(self.splitter, self.key):
            self.splitter.setSizes([600, 400])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addWidget(self.message)
        whole.addWidget(self.splitter, 1)
        self.toolbar.take(Selection())

    def _connect(self) -> None:
        self.bar.changed.connect(self._on_question)
        self.table.sort_changed.connect(self._on_question)
        self.table.choosing.connect(self._on_choosing)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.table.previewed.connect(self._on_previewed)
        self.table.drag_wanted.connect(self._on_drag_wanted)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.model.begun.connect(self._on_begun)
        self.model.answered.connect(self._on_answered)
        self.model.failed.connect(self._on_model_failed)
        self._chip_counter.counted.connect(self.bar.set_counts)
        find = QAction(self.tr("Listede ara"), self)
        find.setShortcut(QKeySequence("Ctrl+L"))
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self._on_find)
        self.addAction(find)

    # -- asking ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.bar.set_today(self.desk.office.clock.today())
        self._ask(again=True)

    def reveal(self, what: Any) -> None:
        """Select a document (id) or take a filter (ListFilter, or the key of a chip)."""
        match what:
            case ListFilter():
                self.bar.set_filter(what)
            case str():
                self.bar.set_filter(ListFilter(chip=what))
            case int():
                self._reveal = what
                if self.model.row_of(what) < 0:
                    self.bar.clear()
                if not self.model.is_waiting:
                    self._ask(again=False)

    @Slot(object)
    def _on_company_changed(self, company: object) -> None:
        # At once, seen or not: what belongs to the firm of before may not be acted on for another moment.
        if (company.id if isinstance(company, CompanyRecord) else None) != self._company_id:
            self.forget()
        super()._on_company_changed(company)

    def forget(self) -> None:
        """Nothing is shown, selected or counted until it has been read for the firm that is chosen now."""
        self._company_id = self.desk.company.id if self.desk.company is not None else None
        self.model.clear()
        self.doing.forget()
        self.bar.set_counts({})
        self._selection_asked += 1
        self._show_reading(())
        self._take_selection(Selection())
        self.stack.setCurrentWidget(self.table)

    @Slot()
    def _on_question(self) -> None:
        self._ask(again=False)

    def _ask(self, *, again: bool) -> None:
        company = self.desk.company
        self._company_id = company.id if company is not None else None
        self.table.set_across(company is None)
        query = self.bar.filter.query(
            self.chips,
            company_id=self._company_id,
            direction=self.direction,
            sort=self.table.sort,
            today=self.desk.office.clock.today(),
        )
        if not self.model.ids and self.stack.currentWidget() is self.table:
            self.skeleton.resize(self.table.viewport().size())
            self.skeleton.start()
        self.model.ask(query)
        self._chip_counter.ask(query, again=again)

    @Slot()
    def _on_begun(self) -> None:
        if self.model.ids:
            self.skeleton.stop()
            self.stack.setCurrentWidget(self.table)

    @Slot()
    def _on_answered(self) -> None:
        if self._reveal is not None and self.model.row_of(self._reveal) >= 0:
            self.table.select_ids([self._reveal], current=self._reveal)
            self._reveal = None
        self.skeleton.stop()
        is_empty = not self.model.ids
        if is_empty:
            self._show_empty()
        self.stack.setCurrentWidget(self.empty if is_empty else self.table)
        self._on_chosen()

    @Slot(object)
    def _on_model_failed(self, error: AppError) -> None:
        self.skeleton.stop()
        self.message.show_message("error", error.sentence)

    # -- the selection ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_choosing(self) -> None:
        self.verb_actions.hold()

    @Slot()
    def _on_chosen(self) -> None:
        ids = self.table.selected_ids()
        self._selection_asked += 1
        question = self._selection_asked
        self._show_reading(ids)
        if not ids:
            self._take_selection(Selection())
            return

        def read(s: OpenSession) -> tuple[int, Selection]:
            tallies = search.tally(s, ids)
            titles = overview.company_names(s)
            names = unique([titles[tally.company_id] for tally in tallies])
            return question, Selection(ids=ids, tallies=tuple(tallies), names=names)

        self.desk.read(read, self._on_tally, owner=self)

    def _on_tally(self, answer: tuple[int, Selection]) -> None:
        question, selection = answer
        if question == self._selection_asked:
            self._take_selection(selection)

    def _take_selection(self, selection: Selection) -> None:
        self.doing.selection = selection
        self.verb_actions.take(selection)
        self.toolbar.take(selection)
        if len(selection.ids) > 1:
            actions = self.verb_actions.actions
            self.side.show_many(selection, [(v.icon, actions[v.key]) for v in self.toolbar.likely()])
        text = status_text(len(self.model.ids), selection)
        if len(selection.ids) == 1:
            # The state's cell is often too narrow for its sentence.
            row = self.model.view_at(self.model.row_of(selection.ids[0]))
            text += f" · {row.look.title}: {row.step}" if row is not None and row.step else ""
        self.status.setText(text)
        if len(selection.ids) == 1 and selection.unread and self.direction is Direction.IN and self._pane_is_open():
            self._seen.start()
        else:
            self._seen.stop()

    def _show_reading(self, ids: Sequence[int]) -> None:
        if not ids:
            self.side.show_none()
        elif len(ids) == 1 and self.isVisible():
            self.side.show_one(ids[0])

    def _pane_is_open(self) -> bool:
        return self.reading is not None and self.side.isVisible()

    @Slot()
    def _on_seen(self) -> None:
        ids = self.doing.selection.ids
        if len(ids) == 1 and self.isVisible():
            self.doing.mark_seen(ids[0])

    # -- opening, moving, dropping ---------------------------------------------------------------------------------

    @Slot(int)
    def _on_opened(self, document_id: int) -> None:
        """Enter: a draft opens in the editor, anything else is read."""
        row = self.model.view_at(self.model.row_of(document_id))
        if row is not None and row.record.state in (State.DRAFT, State.READY):
            self.desk.wanted.emit("editor", document_id)
        elif self.reading is not None:
            self.side.show()
            self._show_reading((document_id,))
            self.reading.setFocus()

    @Slot()
    def _on_previewed(self) -> None:
        if self.reading is not None:
            self.side.setVisible(not self.side.isVisible())
            self._on_chosen()

    @Slot(bool)
    def _on_drag_wanted(self, as_pdf: bool) -> None:
        self._drag.start(list(self.table.selected_ids()), as_pdf=as_pdf)

    @Slot()
    def _on_find(self) -> None:
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Any file may be let go here: it is said what can be done with it.
        if event.source() is None and dropped_files(event.mimeData()) != Dropped():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        dropped = dropped_files(event.mimeData())
        if dropped == Dropped():
            return
        event.acceptProposedAction()
        if dropped.sentence:
            self.message.show_message("wait", dropped.sentence)
        if dropped.checkable:
            self.doing.check_files(dropped.checkable)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.toolbar.fit()

    def take_focus(self) -> None:
        # No focus proxy: with one the page stands before its own parts, and Tab passes the bar by.
        is_listed = self.stack.currentWidget() is self.table
        (self.table if is_listed else self.bar.search).setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_focus()
        if self.doing.selection.ids:
            self._show_reading(self.doing.selection.ids)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._seen.stop()
        memory_of(self.desk).keep_splitter(self.splitter, self.key)

    # -- nothing to show -------------------------------------------------------------------------------------------

    def _show_empty(self) -> None:
        is_first_chip = self.bar.filter.chip == self.chips[0].key
        if self.bar.filter.is_narrow or not is_first_chip:
            self._empty_does = "clear"
            self.empty.set_words(
                self.tr("Bu süzgece uyan belge yok"),
                self.tr("Süzgeç, dönem veya aranan sözcük başka belgeleri gizliyor."),
                self.tr("Süzgeci temizle"),
            )
            return
        self._empty_does = "start"
        self.empty.set_words(*self.empty_words())

    def empty_words(self) -> tuple[str, str, str]:
        """Title, sentence and button of a list that has never had anything."""
        raise AssertionError("every list says what belongs into it")

    def start(self) -> None:
        """What the empty list's button does."""

    @Slot()
    def _on_empty_pressed(self) -> None:
        if self._empty_does == "clear":
            self.bar.clear()
        else:
            self.start()
