"""A table whose columns are chosen, moved and remembered, and give way where the window is too narrow for all."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from app.ui.lists.columns import Column
from app.ui.lists.document_model import DocumentModel
from app.ui.lists.remember import Remembered
from app.ui.theme import tokens

#: The columns that take what room there is, until the user gives them a width; and their least in characters.
FLEXIBLE = "partner_name"
STEPS = "state"
_COMPANY = "company"
_LEAST_PARTNER = 16
_LEAST_STATE = 19
#: What still says something on the smallest screen, all clients' list and the pane beside it.
_FLOOR = 10


class ColumnedTable(QTableView):
    """Of one DocumentModel; how it sorts is its subclass's matter. GUI thread only."""

    def __init__(self, model: DocumentModel, memory: Remembered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._memory = memory
        self._across = False
        self._is_fitting = False
        self._hidden: set[str] = set()
        #: Whether the user has said which columns to show; until then the least important give way to a narrow window.
        self._is_chosen = False
        self._widths: dict[str, int] = {}
        self._save_soon = QTimer(self)
        self._save_soon.setSingleShot(True)
        self._save_soon.setInterval(400)
        self._save_soon.timeout.connect(self.save_columns)

    def sort_by(self, column: Column, *, add: bool = False) -> None:
        """By this column; `add` keeps the columns before it."""
        raise AssertionError("the subclass sorts")

    def reset_sort(self) -> None:
        """The order that the list came with."""
        raise AssertionError("the subclass sorts")

    def set_across(self, across: bool) -> None:
        """Show the columns that only make sense for all companies together."""
        self._across = across
        self._apply_hidden()

    def shown_columns(self) -> list[Column]:
        """Visible columns from left to right."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [self._model.columns[i] for i in order if not header.isSectionHidden(i)]

    def set_column_shown(self, key: str, shown: bool) -> None:
        # What she sees now is what she starts from.
        self._hidden |= self._given_way()
        self._is_chosen = True
        self._hidden.discard(key)
        if not shown:
            self._hidden.add(key)
        self._apply_hidden()
        self.save_columns()

    def reset_columns(self) -> None:
        """The columns as they came with the program."""
        header = self.horizontalHeader()
        self._hidden = {c.key for c in self._model.columns if not c.is_shown}
        self._is_chosen = False
        self._widths.clear()
        for logical in range(header.count()):
            header.moveSection(header.visualIndex(logical), logical)
        self._default_widths()
        self._apply_hidden()
        self.reset_sort()
        self.save_columns()

    def fill_columns_menu(self, menu: QMenu) -> None:
        """Columns to show, then how to sort: everything the header can do, for the keyboard too.

        Connect the menu's `triggered` to `on_columns_menu`, once.
        """
        given_way = self._given_way()
        for column in self._model.columns:
            if column.across_only and not self._across:
                continue
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(column.key not in self._hidden and column.key not in given_way)
            action.setData(("column", column.key))
        menu.addSeparator()
        sorting = menu.addMenu(self.tr("Sırala"))
        adding = menu.addMenu(self.tr("Sıralamaya ekle"))
        for column in self._model.columns:
            if column.sort:
                sorting.addAction(column.title).setData(("sort", column.key))
                adding.addAction(column.title).setData(("add", column.key))
        menu.addSeparator()
        menu.addAction(self.tr("Sütunları ilk haline getir")).setData(("reset", ""))

    @Slot(QAction)
    def on_columns_menu(self, action: QAction) -> None:
        data = action.data()
        if not isinstance(data, tuple | list):
            return
        what, key = data
        if what == "reset":
            self.reset_columns()
            return
        column = next(c for c in self._model.columns if c.key == key)
        if what == "column":
            self.set_column_shown(key, action.isChecked())
        else:
            self.sort_by(column, add=what == "add")

    @Slot(QPoint)
    def _on_header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(self.on_columns_menu)
        self.fill_columns_menu(menu)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._apply_hidden()

    def _given_way(self) -> set[str]:
        """Columns left out because the window is too narrow for them; the amount and the countdown never are."""
        if self._is_chosen:
            return set()
        each = self.fontMetrics().averageCharWidth()
        least = {STEPS: _LEAST_STATE, FLEXIBLE: _LEAST_PARTNER, _COMPANY: _LEAST_PARTNER}
        shown = [c for c in self._model.columns if c.key not in self._hidden and (self._across or not c.across_only)]
        widths = {c.key: self._widths.get(c.key, each * least.get(c.key, c.width) + 2 * tokens.S) for c in shown}
        room = self.viewport().width()
        given: set[str] = set()
        for column in sorted((c for c in shown if c.gives_way), key=lambda c: -c.gives_way):
            if sum(width for key, width in widths.items() if key not in given) <= room:
                break
            given.add(column.key)
        return given

    def _fit_flexible(self) -> None:
        """Share what room the other columns leave: half to the next step, up to its width, the rest to the partner."""
        keys = [c.key for c in self._model.columns]
        header = self.horizontalHeader()
        loose = [k for k in (STEPS, _COMPANY, FLEXIBLE) if self._is_loose(k, keys)]
        if not loose:
            return
        each = self.fontMetrics().averageCharWidth()
        chars = {STEPS: _LEAST_STATE, _COMPANY: _LEAST_PARTNER, FLEXIBLE: _LEAST_PARTNER}
        sizes = {k: each * chars[k] + 2 * tokens.S for k in loose}
        places = {k: keys.index(k) for k in loose}
        others = header.length() - sum(header.sectionSize(place) for place in places.values())
        room = self.viewport().width() - others - sum(sizes.values())
        if room < 0:
            # Too narrow for all of them even so: words give way to the amount, which is what is looked for.
            floor = each * _FLOOR + 2 * tokens.S
            spare = {k: max(0, size - floor) for k, size in sizes.items()}
            share = min(1.0, -room / max(1, sum(spare.values())))
            sizes = {k: size - int(spare[k] * share + 0.5) for k, size in sizes.items()}
        room = max(0, room)
        for number, key in enumerate(loose):
            # The partner comes last and takes what the others leave; they take their own width at most.
            if key != FLEXIBLE:
                most = each * self._model.columns[places[key]].width + 2 * tokens.S
                grown = min(max(0, most - sizes[key]), room // (len(loose) - number))
                sizes[key] += grown
                room -= grown
        if FLEXIBLE in sizes:
            sizes[FLEXIBLE] += room
        self._is_fitting = True
        for key, size in sizes.items():
            header.resizeSection(places[key], size)
        self._is_fitting = False

    def _is_loose(self, key: str, keys: list[str]) -> bool:
        is_shown = key in keys and key not in self._hidden and (key != _COMPANY or self._across)
        return is_shown and key not in self._widths

    @Slot(int, int, int)
    def _on_section_resized(self, logical: int, _before: int, size: int) -> None:
        if self._is_fitting or size <= 0:
            return
        self._widths[self._model.columns[logical].key] = size
        self._fit_flexible()
        self._save_soon.start()

    @Slot()
    def _on_columns_changed(self) -> None:
        self._save_soon.start()

    @Slot()
    def save_columns(self) -> None:
        """Remember order, widths and what is hidden."""
        self._save_soon.stop()
        header = self.horizontalHeader()
        order = [self._model.columns[header.logicalIndex(place)].key for place in range(header.count())]
        hidden = sorted(self._hidden) if self._is_chosen else None
        self._memory.put("columns", {"order": order, "widths": self._widths, "hidden": hidden})

    def _restore_columns(self) -> None:
        stored = self._memory.get("columns", {})
        columns = self._model.columns
        keys = [c.key for c in columns]
        hidden = stored.get("hidden")
        self._is_chosen = hidden is not None
        self._hidden = (
            {c.key for c in columns if not c.is_shown} if hidden is None else {k for k in hidden if k in keys}
        )
        self._widths = {k: int(w) for k, w in stored.get("widths", {}).items() if k in keys}
        self._default_widths()
        header = self.horizontalHeader()
        for logical, column in enumerate(columns):
            if self._widths.get(column.key, 0) > 0:
                header.resizeSection(logical, self._widths[column.key])
        for place, key in enumerate(k for k in stored.get("order", []) if k in keys):
            header.moveSection(header.visualIndex(keys.index(key)), place)
        self._apply_hidden()

    def _default_widths(self) -> None:
        each = self.fontMetrics().averageCharWidth()
        self._is_fitting = True
        for logical, column in enumerate(self._model.columns):
            self.horizontalHeader().resizeSection(logical, each * column.width + 2 * tokens.S)
        self._is_fitting = False

    def _apply_hidden(self) -> None:
        given_way = self._given_way()
        for logical, column in enumerate(self._model.columns):
            hidden = column.key in self._hidden or (column.across_only and not self._across) or column.key in given_way
            if hidden != self.isColumnHidden(logical):
                # A column that comes back has its width told anew; nobody has pulled at it.
                self._is_fitting = True
                self.setColumnHidden(logical, hidden)
                self._is_fitting = False
        self._fit_flexible()
