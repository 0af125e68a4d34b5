"""The grid of lines: keys and clipboard of a spreadsheet over the line model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from app.ui.editor.columns import visible_keys
from app.ui.editor.delegates import LineDelegate
from app.ui.editor.line_model import LineModel
from app.ui.editor.numbers import join_block, split_block
from app.ui.editor.pasting import headings
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import ROW_PX, XS

#: Letters of the name that are in sight even where there is hardly any room.
_LEAST_NAME = 13
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class LineTable(QTableView):
    """Tab goes right and, at the end, to the next line; Enter goes down; typing edits; Ctrl+V takes a block from Excel.

    `actions_for_menu` are the row verbs, with their shortcuts, for menus and the F1 sheet.
    """

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._sheet = model.sheet
        self._wanted: frozenset[str] = frozenset()
        self.setModel(model)
        self.delegate = LineDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self._sheet.title)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.setTabKeyNavigation(True)
        self.setAlternatingRowColors(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(max(ROW_PX, self.fontMetrics().height() + 10))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        letters = self.fontMetrics().averageCharWidth()
        for number, column in enumerate(self._sheet.columns):
            self.setColumnWidth(number, letters * column.width + XS)
        self.horizontalHeader().setHighlightSections(False)
        # A heading stands over the words of its column, not beside them.
        self.horizontalHeader().setStyleSheet(f"QHeaderView::section {{ padding: {XS}px 3px; }}")
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.actions_for_menu = self._make_actions()
        model.edited.connect(self._on_edited)
        model.modelReset.connect(self._on_edited)
        self.show_columns(frozenset())

    def _make_actions(self) -> list[QAction]:
        made = []
        for title, keys, icon, slot in (
            (self.tr("Satır ekle"), "Ctrl++", "plus", self.insert_row),
            (self.tr("Satır sil"), "Ctrl+-", "trash", self.delete_rows),
            (self.tr("Satırı çoğalt"), "Alt+Shift+Down", "copy", self.duplicate_rows),
            (self.tr("Yukarı taşı"), "Alt+Up", "chevron-up", self.move_up),
            (self.tr("Aşağı taşı"), "Alt+Down", "chevron-down", self.move_down),
            (self.tr("Aşağı doldur"), "Ctrl+D", "", self.fill_down),
            (self.tr("Kes"), "Ctrl+X", "", self.cut_cells),
            (self.tr("Kopyala"), "Ctrl+C", "copy", self.copy_cells),
            (self.tr("Yapıştır (Excel bloğu da olur)"), "Ctrl+V", "import", self.paste_cells),
        ):
            action = QAction(title, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            if icon:
                bind_icon(action, icon)
            self.addAction(action)
            made.append(action)
        return made

    def show_columns(self, wanted: frozenset[str]) -> None:
        """Show these optional columns, and those that a line holds something in."""
        self._wanted = wanted
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        wanted = visible_keys(self._wanted, self._lines.lines, self._sheet)
        self._lines.hidden = frozenset(self._sheet.keys) - wanted
        is_other = False
        for number, key in enumerate(self._sheet.keys):
            if self.isColumnHidden(number) is (key in wanted):
                self.setColumnHidden(number, key not in wanted)
                is_other = True
        if is_other:
            self._fill_width()

    def _fill_width(self) -> None:
        """The name takes the room that is left; where there is none the others give way as far as they can be read."""
        letter = self.fontMetrics().averageCharWidth()
        shown = self.shown_columns(1)
        full = {n: letter * self._sheet.columns[n].width + XS for n in shown}
        least = letter * _LEAST_NAME
        room = self.viewport().width() - letter * self._sheet.columns[0].width
        spare = sum(full.values()) - room
        if spare > 0:
            # What is narrower than its heading says nothing any more.
            words = self.horizontalHeader().fontMetrics()
            bare = {n: max(letter * 6, words.horizontalAdvance(self._sheet.columns[n].title) + 2 * XS) for n in shown}
            give = {n: max(0, full[n] - bare[n]) for n in shown if self._sheet.columns[n].kind != "computed"}
            part = min(1.0, spare / max(sum(give.values()), 1))
            for n, px in give.items():
                full[n] -= int(px * part)
        for n, px in full.items():
            if self.columnWidth(n) != px:
                self.setColumnWidth(n, px)
        self.setColumnWidth(0, max(least, self.viewport().width() - sum(full.values())))

    def rows_height(self, rows: int) -> int:
        """How high the grid must be to show `rows` lines, the heading and, where columns need it, the scroll bar."""
        return (
            self.horizontalHeader().sizeHint().height()
            + rows * self.verticalHeader().defaultSectionSize()
            + self.horizontalScrollBar().sizeHint().height()
            + 2 * self.frameWidth()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill_width()

    def shown_columns(self, start: int = 0) -> list[int]:
        return [n for n in range(start, len(self._sheet.columns)) if not self.isColumnHidden(n)]

    def leave_cell(self) -> None:
        """What stands in an open cell counts as typed."""
        for editor in self.viewport().findChildren(QLineEdit):
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def go_to(self, row: int, column: int) -> None:
        """Bring a cell to sight and set the cursor into it."""
        index = self._lines.index(row, column)
        self.setFocus()
        self.setCurrentIndex(index)
        self.scrollTo(index)

    # --- rows ----------------------------------------------------------------------------------------------------

    def _chosen_rows(self) -> tuple[int, int]:
        rows = [i.row() for i in self.selectedIndexes()] or [max(self.currentIndex().row(), 0)]
        return min(rows), max(rows)

    @Slot()
    def insert_row(self) -> None:
        if self._sheet.is_fixed:
            return
        row = self._chosen_rows()[0]
        self._lines.insert_blank(row)
        self.go_to(row, 0)

    @Slot()
    def delete_rows(self) -> None:
        if self._sheet.is_fixed:
            return
        first, last = self._chosen_rows()
        self._lines.delete_rows(first, last)
        self.go_to(min(first, self._lines.rowCount() - 1), max(self.currentIndex().column(), 0))

    @Slot()
    def duplicate_rows(self) -> None:
        if self._sheet.is_fixed:
            return
        row = self._lines.duplicate_rows(*self._chosen_rows())
        self.go_to(row, max(self.currentIndex().column(), 0))

    @Slot()
    def move_up(self) -> None:
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        if self._sheet.is_fixed:
            return
        first, last = self._chosen_rows()
        column = max(self.currentIndex().column(), 0)
        if self._lines.move_rows(first, last, step):
            self.go_to(first + step, column)

    # --- clipboard -----------------------------------------------------------------------------------------------

    @Slot()
    def copy_cells(self) -> None:
        cells = [i for i in self.selectedIndexes() if not self.isColumnHidden(i.column())]
        if not cells:
            return
        rows = sorted({i.row() for i in cells})
        columns = sorted({i.column() for i in cells})
        block = [[self._text(row, column) for column in columns] for row in rows if row < len(self._lines.lines)]
        QGuiApplication.clipboard().setText(join_block(block))

    def _text(self, row: int, column: int) -> str:
        role = (
            Qt.ItemDataRole.DisplayRole if self._sheet.columns[column].kind == "computed" else Qt.ItemDataRole.EditRole
        )
        return str(self._lines.data(self._lines.index(row, column), role) or "")

    @Slot()
    def cut_cells(self) -> None:
        self.copy_cells()
        self._clear_cells()

    @Slot()
    def fill_down(self) -> None:
        """The selected rows take the cells of the first; one row alone takes those of the row above."""
        if self._lines.is_locked:
            return
        first, last = self._chosen_rows()
        columns = sorted({i.column() for i in self.selectedIndexes()} or {max(self.currentIndex().column(), 0)})
        if first == last and first > 0:
            first -= 1
        self._lines.fill_down(first, last, [n for n in columns if not self.isColumnHidden(n)])

    @Slot()
    def paste_cells(self) -> None:
        """A block with headings goes by them, one cell fills the whole selection, else from the cursor on."""
        if self._lines.is_locked:
            return
        block = split_block(QGuiApplication.clipboard().text())
        first, last = self._chosen_rows()
        chosen = sorted({i.column() for i in self.selectedIndexes()}) or [max(self.currentIndex().column(), 0)]
        at = chosen[0]
        named = headings(block, self._sheet)
        columns = self.shown_columns(at)
        if named is not None:
            block = [[cell for cell, n in zip(row, named, strict=False) if n is not None] for row in block[1:]]
            columns = [n for n in named if n is not None]
        elif len(block) == 1 and len(block[0]) == 1 and (first, chosen[-1]) != (last, at):
            columns = [n for n in chosen if not self.isColumnHidden(n)]
            block = [block[0] * len(columns)] * (min(last, len(self._lines.lines) - 1) - first + 1)
        written = self._lines.paste(first, columns, block)
        if written:
            self.go_to(first + written - 1, at)

    # --- keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.state() != QAbstractItemView.State.EditingState:
            self._go_down()
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self._clear_cells()
            return
        if event.key() == Qt.Key.Key_Escape:
            # Qt's own view swallows it; here it belongs to the window once no cell is open.
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and event.modifiers() & _CTRL:
            self._leave(is_forward=event.key() == Qt.Key.Key_Tab and not event.modifiers() & _SHIFT)
            return
        super().keyPressEvent(event)

    def _leave(self, *, is_forward: bool) -> None:
        """Ctrl+Tab: to the field behind the lines; plain Tab stays among the cells."""
        self.setTabKeyNavigation(False)
        self.focusNextPrevChild(is_forward)
        self.setTabKeyNavigation(True)

    def _clear_cells(self) -> None:
        if not self._lines.is_locked:
            self._lines.clear_cells([(i.row(), i.column()) for i in self.selectedIndexes()])

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self._go_down()

    def _go_down(self) -> None:
        """To the cell below; from the last line to the beginning of a new one."""
        index = self.currentIndex()
        row = min(index.row() + 1, self._lines.rowCount() - 1)
        is_new = row == self._lines.rowCount() - 1
        self.setCurrentIndex(self._lines.index(row, 0 if is_new else max(index.column(), 0)))

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Tab and Shift+Tab pass over cells that cannot be written."""
        step = {
            QAbstractItemView.CursorAction.MoveNext: 1,
            QAbstractItemView.CursorAction.MovePrevious: -1,
        }.get(action)
        index = self.currentIndex()
        if step is None or not index.isValid():
            return super().moveCursor(action, modifiers)
        columns = [n for n in self.shown_columns() if self._sheet.columns[n].kind != "computed"]
        flat = index.row() * len(columns) + sum(1 for n in columns if n < index.column())
        if index.column() not in columns:
            flat -= step > 0
        flat = max(0, min(flat + step, self._lines.rowCount() * len(columns) - 1))
        return self._lines.index(flat // len(columns), columns[flat % len(columns)])

    def setModel(self, model: Any) -> None:
        super().setModel(model)
        self.setCurrentIndex(self._lines.index(0, 0))
