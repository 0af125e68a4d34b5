"""The grid of lines: keys and clipboard of a spreadsheet over the line model."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from app.ui.editor.columns import COLUMNS, KEYS, visible_keys
from app.ui.editor.delegates import LineDelegate
from app.ui.editor.line_model import LineModel
from app.ui.editor.numbers import join_block, split_block
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import ROW_PX, XS

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LineTable(QTableView):
    """Tab goes right and, at the end, to the next line; Enter goes down; typing edits; Ctrl+V takes a block from Excel.

    `actions_for_menu` are the row verbs, with their shortcuts, for menus and the F1 sheet.
    """

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._type_code = ""
        self.setModel(model)
        self.delegate = LineDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("Fatura satırları"))
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
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, letters * column.width + XS)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.actions_for_menu = self._make_actions()
        model.edited.connect(self._on_edited)
        model.modelReset.connect(self._on_edited)
        self.show_type("")

    def _make_actions(self) -> list[QAction]:
        made = []
        for title, keys, icon, slot in (
            (self.tr("Satır ekle"), "Ctrl++", "plus", self.insert_row),
            (self.tr("Satır sil"), "Ctrl+-", "trash", self.delete_rows),
            (self.tr("Satırı çoğalt"), "Ctrl+D", "copy", self.duplicate_rows),
            (self.tr("Yukarı taşı"), "Alt+Up", "chevron-up", self.move_up),
            (self.tr("Aşağı taşı"), "Alt+Down", "chevron-down", self.move_down),
            (self.tr("Kopyala"), "Ctrl+C", "copy", self.copy_cells),
            (self.tr("Yapıştır (Excel bloğu da olur)"), "Ctrl+V", "import", self.paste_cells),
        ):
            action = QAction(title, self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            bind_icon(action, icon)
            self.addAction(action)
            made.append(action)
        return made

    def show_type(self, type_code: str) -> None:
        """Show the columns that this type of invoice uses."""
        self._type_code = type_code
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        wanted = visible_keys(self._type_code, self._lines.lines)
        for number, key in enumerate(KEYS):
            if self.isColumnHidden(number) is (key in wanted):
                self.setColumnHidden(number, key not in wanted)
        self._fill_width()

    def _fill_width(self) -> None:
        """The name takes the room that is left, and never less than its own width."""
        others = sum(self.columnWidth(n) for n in self.shown_columns(1))
        least = self.fontMetrics().averageCharWidth() * COLUMNS[0].width
        self.setColumnWidth(0, max(least, self.viewport().width() - others))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill_width()

    def shown_columns(self, start: int = 0) -> list[int]:
        return [n for n in range(start, len(COLUMNS)) if not self.isColumnHidden(n)]

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
        row = self._chosen_rows()[0]
        self._lines.insert_blank(row)
        self.go_to(row, 0)

    @Slot()
    def delete_rows(self) -> None:
        first, last = self._chosen_rows()
        self._lines.delete_rows(first, last)
        self.go_to(min(first, self._lines.rowCount() - 1), max(self.currentIndex().column(), 0))

    @Slot()
    def duplicate_rows(self) -> None:
        row = self._lines.duplicate_rows(*self._chosen_rows())
        self.go_to(row, max(self.currentIndex().column(), 0))

    @Slot()
    def move_up(self) -> None:
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
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
        role = Qt.ItemDataRole.DisplayRole if COLUMNS[column].kind == "computed" else Qt.ItemDataRole.EditRole
        return str(self._lines.data(self._lines.index(row, column), role) or "")

    @Slot()
    def paste_cells(self) -> None:
        if self._lines.is_locked:
            return
        block = split_block(QGuiApplication.clipboard().text())
        first = self._chosen_rows()[0]
        at = max(min((i.column() for i in self.selectedIndexes()), default=self.currentIndex().column()), 0)
        written = self._lines.paste(first, self.shown_columns(at), block)
        if written:
            self.go_to(first + written - 1, at)

    # --- keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.state() != QAbstractItemView.State.EditingState:
            self._go_down()
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self._lines.clear_cells([(i.row(), i.column()) for i in self.selectedIndexes()])
            return
        super().keyPressEvent(event)

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
        columns = [n for n in self.shown_columns() if COLUMNS[n].kind != "computed"]
        flat = index.row() * len(columns) + sum(1 for n in columns if n < index.column())
        if index.column() not in columns:
            flat -= step > 0
        flat = max(0, min(flat + step, self._lines.rowCount() * len(columns) - 1))
        return self._lines.index(flat // len(columns), columns[flat % len(columns)])

    def setModel(self, model: Any) -> None:
        super().setModel(model)
        self.setCurrentIndex(self._lines.index(0, 0))
