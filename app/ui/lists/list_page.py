"""What Gelen Kutusu and Giden Kutusu have in common: bar, table, reading pane, message, status, empty states."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.lifecycle import Direction, State
from app.storage import companies, search
from app.storage.database import OpenSession
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.lists.columns import Column
from app.ui.lists.document_model import DocumentModel
from app.ui.lists.doing import Doing
from app.ui.lists.drag import DragOut, dropped_files
from app.ui.lists.filter_bar import FilterBar
from app.ui.lists.filters import ChipSpec, ListFilter
from app.ui.lists.remember import Remembered
from app.ui.lists.selection import Selection, status_text
from app.ui.lists.table import DocumentTable, Sort
from app.ui.lists.verbs import Verb, VerbActions
from app.ui.memory import memory_of
from app.ui.pages.base import Page
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, MenuButton, MessageBar, PrimaryButton, QuietButton, QuietLabel

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
        self.status = QuietLabel("", self)
        self.empty = EmptyState(self.empty_icon, "", "", parent=self)
        self.empty.pressed.connect(self._on_empty_pressed)
        self._empty_does = ""
        self.reading = _reading_pane(desk, self)
        self._reveal: int | None = None
        self._selection_asked = 0
        self._counts_asked = 0
        self._drag = DragOut(desk, self.table)
        self._seen = QTimer(self)
        self._seen.setSingleShot(True)
        self._seen.setInterval(READ_AFTER_MS)
        self._seen.timeout.connect(self._on_seen)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.table)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.columns_menu = QMenu(self)
        self.columns_menu.aboutToShow.connect(self._fill_columns_menu)
        self.columns_menu.triggered.connect(self.table.on_columns_menu)
        self.columns_button = MenuButton(self.tr("Sütunlar"), self.columns_menu, self, icon="columns")
        self.bar.tools.addWidget(self.columns_button)
        self.quiet_buttons: dict[str, QuietButton] = {}
        for key in self.quiet:
            verb = next(v for v in self.verbs if v.key == key)
            button = QuietButton(verb.text, self, icon=verb.icon)
            button.clicked.connect(self.verb_actions.actions[key].trigger)
            self.quiet_buttons[key] = button
            self.bar.actions_row.addWidget(button)
        self.primary_button = PrimaryButton("", self)
        self.primary_button.clicked.connect(self._on_primary_clicked)
        self.bar.actions_row.addWidget(self.primary_button)
        self.more_menu = QMenu(self)
        self.more_menu.aboutToShow.connect(self._fill_more_menu)
        self.more_button = MenuButton(self.tr("Diğer"), self.more_menu, self, icon="more")
        self.bar.actions_row.addWidget(self.more_button)

        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        self.status.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        column.addWidget(self.status)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        if self.reading is not None:
            self.splitter.addWidget(self.reading)
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
        self._show_buttons(Selection())

    def _connect(self) -> None:
        self.bar.changed.connect(self._ask)
        self.table.sort_changed.connect(self._ask)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.table.previewed.connect(self._on_previewed)
        self.table.drag_wanted.connect(self._on_drag_wanted)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_context_menu)
        self.model.answered.connect(self._on_answered)
        self.model.failed.connect(self._on_model_failed)
        find = QAction(self.tr("Listede ara"), self)
        find.setShortcut(QKeySequence("Ctrl+L"))
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self._on_find)
        self.addAction(find)

    # -- asking ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.bar.set_today(self.desk.office.clock.today())
        self._ask()

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
                    self._ask()

    @Slot()
    def _ask(self) -> None:
        company = self.desk.company
        self.table.set_across(company is None)
        query = self.bar.filter.query(
            self.chips,
            company_id=company.id if company is not None else None,
            direction=self.direction,
            sort=self.table.sort,
            today=self.desk.office.clock.today(),
        )
        self.model.ask(query)
        self._count()

    def _count(self) -> None:
        """How many each chip would show, under the present period and words."""
        self._counts_asked += 1
        question, company, bar = self._counts_asked, self.desk.company, self.bar.filter
        today = self.desk.office.clock.today()

        def count(s: OpenSession) -> tuple[int, dict[str, int]]:
            counts = {}
            for chip in self.chips:
                one = ListFilter(chip=chip.key, period=bar.period, start=bar.start, end=bar.end, text=bar.text)
                query = one.query(
                    self.chips,
                    company_id=company.id if company is not None else None,
                    direction=self.direction,
                    sort=(),
                    today=today,
                )
                counts[chip.key] = search.count(s, query)
            return question, counts

        self.desk.read(count, self._on_counts, owner=self)

    def _on_counts(self, answer: tuple[int, dict[str, int]]) -> None:
        question, counts = answer
        if question == self._counts_asked:
            self.bar.set_counts(counts)

    @Slot()
    def _on_answered(self) -> None:
        if self._reveal is not None and self.model.row_of(self._reveal) >= 0:
            self.table.select_ids([self._reveal], current=self._reveal)
            self._reveal = None
        is_empty = not self.model.ids
        if is_empty:
            self._show_empty()
        self.stack.setCurrentWidget(self.empty if is_empty else self.table)
        self._on_chosen()

    @Slot(object)
    def _on_model_failed(self, error: AppError) -> None:
        self.message.show_message("error", error.sentence)

    # -- the selection ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_chosen(self) -> None:
        ids = tuple(self.table.selected_ids())
        self._selection_asked += 1
        question = self._selection_asked
        self._show_reading(ids)
        if not ids:
            self._take_selection(Selection())
            return

        def read(s: OpenSession) -> tuple[int, Selection]:
            tallies = search.tally(s, ids)
            wanted = {t.company_id for t in tallies}
            known = [c.company.party.display_name for c in companies.list_companies(s) if c.id in wanted]
            return question, Selection(ids=ids, tallies=tuple(tallies), names=tuple(known))

        self.desk.read(read, self._on_tally, owner=self)

    def _on_tally(self, answer: tuple[int, Selection]) -> None:
        question, selection = answer
        if question == self._selection_asked:
            self._take_selection(selection)

    def _take_selection(self, selection: Selection) -> None:
        self.doing.selection = selection
        self.verb_actions.take(selection)
        self._show_buttons(selection)
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

    def _show_reading(self, ids: tuple[int, ...]) -> None:
        if self.reading is None or not self.isVisible():
            return
        if len(ids) > 1:
            self.reading.show_documents(list(ids))
        else:
            self.reading.show_document(ids[0] if ids else None)

    def _pane_is_open(self) -> bool:
        return self.reading is not None and self.reading.isVisible()

    @Slot()
    def _on_seen(self) -> None:
        ids = self.doing.selection.ids
        if len(ids) == 1 and self.isVisible():
            self.doing.mark_seen(ids[0])

    def _show_buttons(self, selection: Selection) -> None:
        """One primary button, what comes next for this selection; the quiet ones only where they fit."""
        actions = self.verb_actions.actions
        first = next((k for k in self.primary if actions[k].isEnabled()), "") if selection.ids else ""
        self._primary_key = first
        self.primary_button.setVisible(bool(first))
        if first:
            self.primary_button.setText(actions[first].text())
            keys = actions[first].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self.primary_button.setToolTip(f"{actions[first].text()} ({keys})")
        for key, button in self.quiet_buttons.items():
            button.setText(actions[key].text().removesuffix("…"))
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """On a narrow window the quiet buttons go, the last first; all of them stand under "Diğer" as well."""
        actions, ids = self.verb_actions.actions, self.doing.selection.ids
        wanted = [k for k in self.quiet if ids and actions[k].isEnabled() and k != self._primary_key]
        for key, button in self.quiet_buttons.items():
            button.setVisible(key in wanted)
        for key in reversed(wanted):
            if self.bar.sizeHint().width() <= self.bar.width():
                break
            self.quiet_buttons[key].setVisible(False)

    @Slot()
    def _on_primary_clicked(self) -> None:
        if self._primary_key:
            self.verb_actions.actions[self._primary_key].trigger()

    # -- menus -----------------------------------------------------------------------------------------------------

    @Slot()
    def _fill_columns_menu(self) -> None:
        self.columns_menu.clear()
        self.table.fill_columns_menu(self.columns_menu)

    @Slot()
    def _fill_more_menu(self) -> None:
        self.more_menu.clear()
        self._fill_actions(self.more_menu)

    def _fill_actions(self, menu: QMenu) -> None:
        """What can be done now; commands without a selection at the end."""
        actions = self.verb_actions.actions
        loose = [v for v in self.verbs if v.count is None]
        for verb in self.verbs:
            if verb.count is not None and actions[verb.key].isEnabled():
                menu.addAction(actions[verb.key])
        if menu.actions():
            menu.addSeparator()
        for verb in loose:
            menu.addAction(actions[verb.key])

    @Slot(QPoint)
    def _on_context_menu(self, place: QPoint) -> None:
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_actions(menu)
        menu.popup(self.table.viewport().mapToGlobal(place))

    # -- opening, moving, dropping ---------------------------------------------------------------------------------

    @Slot(int)
    def _on_opened(self, document_id: int) -> None:
        """Enter: a draft opens in the editor, anything else is read."""
        row = self.model.view_at(self.model.row_of(document_id))
        if row is not None and row.record.state in (State.DRAFT, State.READY):
            self.desk.wanted.emit("editor", document_id)
        elif self.reading is not None:
            self.reading.show()
            self._show_reading((document_id,))
            self.reading.setFocus()

    @Slot()
    def _on_previewed(self) -> None:
        if self.reading is not None:
            self.reading.setVisible(not self.reading.isVisible())
            self._on_chosen()

    @Slot(bool)
    def _on_drag_wanted(self, as_pdf: bool) -> None:
        self._drag.start(self.table.selected_ids(), as_pdf=as_pdf)

    @Slot()
    def _on_find(self) -> None:
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.doing.check_files(files)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_buttons()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.table.setFocus()
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


def _reading_pane(desk: Desk, page: QWidget) -> Any:
    """The reading pane; None in a build without it."""
    try:
        found = find_spec("app.ui.reading.pane")
    except ModuleNotFoundError:
        return None
    return import_module("app.ui.reading.pane").ReadingPane(desk, page) if found is not None else None
