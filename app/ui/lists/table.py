"""The table of documents: sorting by asking, selection by id, columns that are remembered, drag out, copy."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QHeaderView, QWidget

from app.ui.lists.columned_table import ColumnedTable
from app.ui.lists.columns import Column
from app.ui.lists.delegate import RowDelegate
from app.ui.lists.document_model import DocumentModel
from app.ui.lists.remember import Remembered
from app.ui.theme import tokens
from app.ui.theme.style import theme

Sort = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is to be selected again once the ids are there: documents or all, the one with the focus, the top one."""

    ids: Sequence[int] = ()
    current: int | None = None
    top: int | None = None
    is_all: bool = False


#: Selection is announced once it has settled.
SETTLE_MS = 60
_SUPERSCRIPT = "¹²³⁴⁵⁶⁷⁸⁹"


class DocumentTable(ColumnedTable):
    """Of one DocumentModel. `opened` on Enter or double click, `previewed` on Space, `choosing` at once when the
    selection changes and `chosen` when it has settled, `sort_changed` when the page should ask again, `drag_wanted`
    when the mouse pulls rows out (True: as PDF).
    """

    opened = Signal(int)
    previewed = Signal()
    choosing = Signal()
    chosen = Signal()
    sort_changed = Signal()
    drag_wanted = Signal(bool)

    def __init__(self, model: DocumentModel, memory: Remembered, *, sort: Sort, parent: QWidget | None = None) -> None:
        super().__init__(model, memory, parent)
        self._default_sort = sort
        self._sort: Sort = _sort_from(memory.get("sort", None)) or sort
        self._kept: _Kept | None = None
        self._late: _Kept | None = None
        self._is_restoring = False
        self.setModel(model)
        self._delegate = RowDelegate(model, self)
        self._delegate.take_font(self.font())
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Belge listesi"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(max(tokens.ROW_PX, self.fontMetrics().height() + 2 * tokens.XS))
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        # Of its own and always empty: with the table's the header asks every selected row for its flags at each paint.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setStretchLastSection(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)
        header.sectionClicked.connect(self._on_section_clicked)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.chosen)
        self._restore_columns()
        header.sectionResized.connect(self._on_section_resized)
        header.sectionMoved.connect(self._on_columns_changed)
        model.renewing.connect(self._on_renewing)
        model.modelReset.connect(self._on_model_reset)
        model.answered.connect(self._on_model_answered)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        theme().changed.connect(self._on_theme_changed)
        self._mark_sort()

    # -- selection by id -------------------------------------------------------------------------------------------

    @property
    def document_model(self) -> DocumentModel:
        return self._model

    def selected_ids(self) -> array[int]:
        """All selected documents in the list's order, also those that were never painted."""
        ids, found = self._model.ids, array("q")
        last = -1
        for top, bottom in self._ranges():
            # Ranges may overlap: Qt joins them only when it must.
            found.extend(ids[max(top, last + 1) : bottom + 1])
            last = max(last, bottom)
        return found

    def selectAll(self) -> None:
        """All documents of the question, also those whose ids have not come yet."""
        self._restore(_Kept(current=self.current_id(), is_all=True))
        self.choosing.emit()
        self._settle.start()

    def is_all_selected(self) -> bool:
        return self._ranges() == [(0, self._model.rowCount() - 1)]

    def _ranges(self) -> list[tuple[int, int]]:
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        return sorted({(part.top(), part.bottom()) for part in parts})

    def select_ids(self, document_ids: Iterable[int], *, current: int | None = None, scroll: bool = True) -> None:
        """Select exactly these; those that the list does not have are left out. `current` gets the focus."""
        wanted = list(document_ids)
        last = self._model.columnCount() - 1
        selection = QItemSelection()
        rows = self._model.rows_of(wanted)
        for top, bottom in _runs(rows):
            selection.select(self._model.index(top, 0), self._model.index(bottom, last))
        row = self._model.row_of(current) if current is not None else (rows[0] if rows else -1)
        if row >= 0:
            index = self._model.index(row, self._first_shown())
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            if scroll:
                self.scrollTo(index)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(selection, flags)

    def current_id(self) -> int | None:
        return self._model.id_at(self.currentIndex().row())

    @Slot(bool)
    def _on_renewing(self, is_refresh: bool) -> None:
        late, self._late = self._late, None
        if late is not None:
            # The first rows of an answer are about to be replaced by others: what was chosen before them counts.
            self._kept = late
            return
        # "All" stays all of the same question, however it is sorted; of another one only what was chosen is kept.
        is_all = self._model.asks_the_same and self._model.rowCount() > 1 and self.is_all_selected()
        # Another question starts at its first row, or at what was chosen; the same one stays where it was.
        is_down = is_refresh and self.verticalScrollBar().value() > 0
        self._kept = _Kept(
            ids=() if is_all else self.selected_ids(),
            current=self.current_id(),
            top=self._model.id_at(self.rowAt(0)) if is_down else None,
            is_all=is_all,
        )

    @Slot()
    def _on_model_reset(self) -> None:
        kept, self._kept, self._late = self._kept, None, None
        if kept is None:
            self._settle.start()
            return
        self._restore(kept)
        current = self._model.row_of(kept.current) if kept.current is not None else -1
        top = self._model.row_of(kept.top) if kept.top is not None else -1
        if kept.top is None and current >= 0:
            self.scrollTo(self._model.index(current, self._first_shown()))
        elif kept.top is None:
            self.scrollToTop()
        if top >= 0:
            self.scrollTo(self._model.index(top, self._first_shown()), QAbstractItemView.ScrollHint.PositionAtTop)
        if self._late is None:
            self._settle.start()

    @Slot()
    def _on_model_answered(self) -> None:
        late, self._late = self._late, None
        if late is not None:
            self._restore(late)
            self._settle.start()

    def _restore(self, kept: _Kept) -> None:
        """Select it as far as the ids are there; the rest follows when they are."""
        self._is_restoring = True
        if kept.is_all:
            super().selectAll()
        elif kept.ids or kept.current is not None:
            self.select_ids(kept.ids, current=kept.current, scroll=False)
        self._is_restoring = False
        is_waiting = self._model.is_partial and (kept.is_all or bool(kept.ids) or kept.current is not None)
        self._late = kept if is_waiting else None

    @Slot()
    def _on_selection_changed(self) -> None:
        if self._is_restoring:
            return
        # The user has chosen something else meanwhile.
        self._late = None
        self.choosing.emit()
        self._settle.start()

    def _first_shown(self) -> int:
        header = self.horizontalHeader()
        return next((i for i in map(header.logicalIndex, range(header.count())) if not header.isSectionHidden(i)), 0)

    # -- sorting ---------------------------------------------------------------------------------------------------

    @property
    def sort(self) -> Sort:
        return self._sort

    def set_sort(self, sort: Sort) -> None:
        """Sort by these columns (SORTABLE names, descending), the first one first."""
        if sort == self._sort:
            return
        self._sort = sort
        self._memory.put("sort", [list(part) for part in sort])
        self._mark_sort()
        self.sort_changed.emit()

    def reset_sort(self) -> None:
        self.set_sort(self._default_sort)

    def sort_by(self, column: Column, *, add: bool = False) -> None:
        """By this column, the other way round when it is already the one; `add` keeps the columns before it."""
        if not column.sort:
            return
        known = dict(self._sort)
        # Dates and amounts are read from the top: newest and largest first.
        first_way = column.kind in ("date", "number")
        descending = not known[column.sort] if column.sort in known else first_way
        if not add:
            self.set_sort(((column.sort, descending),))
        elif column.sort in known:
            self.set_sort(tuple((name, descending if name == column.sort else d) for name, d in self._sort))
        else:
            self.set_sort((*self._sort, (column.sort, descending)))

    def _mark_sort(self) -> None:
        marks = {}
        for place, (name, descending) in enumerate(self._sort):
            column = next((c for c in self._model.columns if c.sort == name), None)
            if column is not None:
                number = _SUPERSCRIPT[place] if len(self._sort) > 1 and place < len(_SUPERSCRIPT) else ""
                marks[column.key] = f" {'↓' if descending else '↑'}{number}"
        self._model.set_sort_marks(marks)

    @Slot(int)
    def _on_section_clicked(self, section: int) -> None:
        add = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.sort_by(self._model.columns[section], add=add)

    # -- painting, keys and mouse ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._delegate.paint_rows(painter, self, event.rect())
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        current = self.current_id()
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            self.opened.emit(current)
        elif plain and key == Qt.Key.Key_Space:
            self.previewed.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        document_id = self._model.id_at(self.indexAt(event.position().toPoint()).row())
        if event.button() == Qt.MouseButton.LeftButton and document_id is not None:
            self.opened.emit(document_id)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        # The files are made off the GUI thread first; the page starts the drag when they are there.
        self.drag_wanted.emit(bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_delegate"):
            self._delegate.take_font(self.font())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.viewport().update()


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Rising rows as unbroken stretches: few ranges keep a selection of thousands quick."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _sort_from(stored: Any) -> Sort | None:
    try:
        return tuple((str(name), bool(descending)) for name, descending in stored) or None
    except (TypeError, ValueError):
        return None
