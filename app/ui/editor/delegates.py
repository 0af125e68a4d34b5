"""Editors of the grid's cells: plain text, right-aligned numbers, pickers that search by word or code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.findings import Severity
from app.domain.turkish import fold
from app.ui.editor import catalogue
from app.ui.editor.catalogue import Catalogue
from app.ui.editor.cells import Option, find_code
from app.ui.editor.column_kinds import Column
from app.ui.editor.columns import INVOICE
from app.ui.editor.line_model import LineModel
from app.ui.theme.icons import pixmap
from app.ui.theme.style import theme
from app.ui.theme.tokens import XS

Index = QModelIndex | QPersistentModelIndex
_MARK_PX = 12
#: What it is found by, what may begin with the typed words, what is shown, the value.
_Choice = tuple[str, Collection[str], str, Any]


class WordCompleter(QCompleter):
    """Shows what holds every typed word anywhere, whatever the Turkish letters' marks. Choices are (words, value)."""

    def __init__(self, choices: Sequence[tuple[str, Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: list[_Choice] = []
        self.set_choices(choices)
        self._model = _Choices(self)
        self.setModel(self._model)
        self.list = QListView()
        self.list.setUniformItemSizes(True)
        self.setPopup(self.list)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setMaxVisibleItems(12)

    def set_choices(self, choices: Sequence[tuple[str, Any]]) -> None:
        """An Option is found by its code, too, and knows its words already: the list of units is long."""
        self._choices = [
            (value.folded, value.names, words, value)
            if isinstance(value, Option)
            else (folded := fold(words), (folded,), words, value)
            for words, value in choices
        ]

    def offer(self, typed: str) -> int:
        """Narrow the list to what fits; returns how many there are."""
        starts = fold(typed)
        words = starts.split()
        found = [choice for choice in self._choices if all(w in choice[0] for w in words)]
        if words:
            # What begins with the typed words stands first; otherwise the given order (the most used first) holds.
            found.sort(key=lambda choice: not any(name.startswith(starts) for name in choice[1]))
        self._model.show([(text, value) for _, _, text, value in found[:200]])
        return len(found)

    def value(self, index: Index) -> Any:
        """The value behind a row of the popup."""
        return index.data(Qt.ItemDataRole.UserRole)

    def splitPath(self, _path: str) -> list[str]:
        return [""]


class _Choices(QAbstractItemModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, Any]] = []

    def show(self, rows: list[tuple[str, Any]]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        inside = not parent.isValid() and 0 <= row < len(self._rows) and column == 0
        return self.createIndex(row, column) if inside else QModelIndex()

    def parent(self, _child: Index | None = None) -> Any:
        return QModelIndex() if _child is not None else QObject.parent(self)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        text, value = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return text
        return value if role == Qt.ItemDataRole.UserRole else None


class PickerEdit(QLineEdit):
    """A line in which one types a word or a code and chooses; `chosen` is the value of the last choice.

    With a function that gives the options of a code list, they are read when they are first wanted and again when
    another package has come; what is chosen then is an Option.
    """

    def __init__(
        self, choices: Sequence[tuple[str, Any]] | Callable[[], list[Option]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.chosen: Any = None
        self.options = choices if callable(choices) else None
        self._read: Catalogue | None = None
        self.words = WordCompleter([] if callable(choices) else choices, self)
        self.words.setWidget(self)
        self.words.list.setMinimumWidth(self.fontMetrics().averageCharWidth() * 48)
        picked: Any = self.words.activated
        picked[QModelIndex].connect(self._on_words_activated)
        self.textEdited.connect(self._on_text_edited)

    def meant(self) -> str:
        """The code of what was chosen, or what the typed words mean in the code list."""
        if isinstance(self.chosen, Option):
            return self.chosen.code
        return find_code(self.options(), self.text()) if self.options is not None else self.text().strip()

    def _load(self) -> None:
        now = catalogue.current()
        if self.options is not None and self._read is not now:
            self._read = now
            self.words.set_choices([(option.title, option) for option in self.options()])

    def _on_text_edited(self, text: str) -> None:
        self._load()
        self.chosen = None
        if self.words.offer(text) and text.strip():
            self.words.complete()
        else:
            self.words.list.hide()

    def open_list(self) -> None:
        """Everything there is to choose (Alt+Down)."""
        self._load()
        self.words.offer("")
        self.words.complete()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_list()
            return
        super().keyPressEvent(event)

    def _on_words_activated(self, index: QModelIndex) -> None:
        self.chosen = self.words.value(index)
        self.setText(str(index.data()))


def _column(index: Index) -> Column:
    model = index.model()
    sheet = model.sheet if isinstance(model, LineModel) else INVOICE
    return sheet.columns[index.column()]


class LineDelegate(QStyledItemDelegate):
    """Opens the right editor for a column. `goods` are earlier lines; choosing one fills the whole line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.goods: list[dict[str, Any]] = []
        #: Names that stand at the top with a mark.
        self.marked: frozenset[str] = frozenset()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        column = _column(index)
        editor: QLineEdit
        if column.key == "name":
            editor = PickerEdit([(self._words(g), g) for g in self.goods], parent)
        elif column.kind == "code":
            editor = PickerEdit(column.options, parent)
        else:
            editor = QLineEdit(parent)
        if column.kind == "number":
            editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setFrame(False)
        editor.setAccessibleName(f"{index.row() + 1}. satır, {column.title}")
        # A cell is lower than a field of a form: the sheet's own padding would cut its text.
        editor.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; border-radius: 0; }")
        return editor

    def _words(self, good: dict[str, Any]) -> str:
        name = str(good["name"])
        return f"{name}  ★" if name in self.marked else name

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        chosen = editor.chosen if isinstance(editor, PickerEdit) else None
        if isinstance(chosen, Option):
            model.setData(index, chosen.code)
        elif isinstance(chosen, dict) and isinstance(model, LineModel):
            line = model.line(index.row())
            quantity = {"quantity": line["quantity"]} if line.get("quantity") else {}
            model.replace_line(index.row(), {**chosen, **quantity}, f"{chosen['name']}")
        else:
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(option.rect)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        fault = model.fault(index.row(), index.column()) if isinstance(model, LineModel) else None
        is_odd = isinstance(model, LineModel) and _column(index).is_odd(model.line(index.row()))
        is_right = _column(index).kind in ("number", "computed")
        is_marked = fault is not None or is_odd
        drawn = QStyleOptionViewItem(option)
        if is_marked:
            # The mark has its own place beside the text.
            room = _MARK_PX + XS
            if drawn.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(option.rect, QColor(theme().palette.selection))
            drawn.rect = option.rect.adjusted(room if is_right else 0, 0, 0 if is_right else -room, 0)
        super().paint(painter, drawn, index)
        painter.setPen(QColor(theme().palette.line))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if not is_marked:
            return
        # A mark beside the text: the colour alone would tell nothing to some.
        is_error = fault is None or fault.severity is Severity.ERROR
        mark = pixmap("error" if is_error else "warn", "error" if is_error else "warn", size=_MARK_PX)
        top = option.rect.center().y() - _MARK_PX // 2
        left = option.rect.left() + XS if is_right else option.rect.right() - _MARK_PX - XS
        painter.drawPixmap(left, top, mark)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Enter goes to the line below, as in a spreadsheet; the table does the moving, the delegate only ends.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(editor, PickerEdit):
            popup = editor.words.list
            if popup.isVisible() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                if popup.currentIndex().isValid():
                    editor._on_words_activated(popup.currentIndex())
                popup.hide()
        return super().eventFilter(editor, event)
