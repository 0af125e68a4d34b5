"""The buttons above a list: columns, a few quiet actions, the one that comes next, and all the others in a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from app.ui.lists.filter_bar import FilterBar
from app.ui.lists.selection import Selection
from app.ui.lists.table import DocumentTable
from app.ui.lists.verbs import Verb, VerbActions
from app.ui.widgets import MenuButton, PrimaryButton, QuietButton

if TYPE_CHECKING:
    from app.ui.lists.list_page import ListPage


class Toolbar(QObject):
    """Fills the bar of a list page. `primary` and `quiet` are keys of verbs, the likeliest first. GUI thread only."""

    def __init__(
        self, page: ListPage, bar: FilterBar, table: DocumentTable, verbs: VerbActions, *, quiet: tuple[str, ...]
    ) -> None:
        super().__init__(page)
        self._bar = bar
        self._table = table
        self._verbs = verbs
        self._primary_keys = page.primary
        self._quiet_keys = quiet
        self._primary = ""
        self._has_selection = False
        self.columns_menu = QMenu(page)
        self.columns_menu.aboutToShow.connect(self._fill_columns_menu)
        self.columns_menu.triggered.connect(table.on_columns_menu)
        self.columns_button = MenuButton(self.tr("Sütunlar"), self.columns_menu, page, icon="columns")
        bar.add_tool(self.columns_button, self.columns_menu, self.tr("Sütunlar"))
        self.new_button: MenuButton | None = None
        if page.new:
            menu = QMenu(page)
            for key in page.new:
                menu.addAction(verbs.actions[key])
            self.new_button = MenuButton(self.tr("Yeni"), menu, page, icon="plus")
            bar.actions_row.addWidget(self.new_button)
        self.quiet_buttons: dict[str, QuietButton] = {}
        for key in quiet:
            verb = next(v for v in verbs.verbs if v.key == key)
            button = QuietButton(verb.text, page, icon=verb.icon)
            button.clicked.connect(verbs.actions[key].trigger)
            self.quiet_buttons[key] = button
            bar.actions_row.addWidget(button)
        self.primary_button = PrimaryButton("", page)
        self.primary_button.clicked.connect(self._on_primary_clicked)
        bar.actions_row.addWidget(self.primary_button)
        self.more_menu = QMenu(page)
        self.more_menu.aboutToShow.connect(self._fill_more_menu)
        self.more_button = MenuButton(self.tr("Diğer"), self.more_menu, page, icon="more")
        bar.actions_row.addWidget(self.more_button)
        table.customContextMenuRequested.connect(self._on_context_menu)

    def take(self, selection: Selection) -> None:
        """One primary button, what comes next for this selection; the quiet ones only where they fit."""
        actions = self._verbs.actions
        self._has_selection = bool(selection.ids)
        first = next((k for k in self._primary_keys if actions[k].isEnabled()), "") if selection.ids else ""
        self._primary = first
        self.primary_button.setVisible(bool(first))
        if first:
            self.primary_button.setText(actions[first].text())
            keys = actions[first].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self.primary_button.setToolTip(f"{actions[first].text()} ({keys})")
        for key, button in self.quiet_buttons.items():
            button.setText(actions[key].text().removesuffix("…"))
        self.fit()

    def fit(self) -> None:
        """On a narrow window the quiet buttons go, the last first; all of them stand under "Diğer" as well."""
        actions = self._verbs.actions
        wanted = [k for k in self._quiet_keys if self._has_selection and actions[k].isEnabled() and k != self._primary]
        # Reckoned before any is shown: a button that is shown without room widens the window at once.
        row, gap = self._bar.actions_row, self._bar.actions_row.spacing()
        row.invalidate()
        box = row.parentWidget()
        if box is not None:
            box.updateGeometry()
        shown = [button for button in self.quiet_buttons.values() if not button.isHidden()]
        taken = sum(button.sizeHint().width() + gap for button in shown)
        room = self._bar.width() - self._bar.minimumSizeHint().width() + taken
        fits = True
        for key in (*wanted, *(key for key in self.quiet_buttons if key not in wanted)):
            button = self.quiet_buttons[key]
            room -= button.sizeHint().width() + gap
            fits = fits and key in wanted and room >= 0
            button.setVisible(fits)

    def likely(self) -> list[Verb]:
        """What can be done with the selection, what comes next first."""
        order = {key: place for place, key in enumerate((*self._primary_keys, *self._quiet_keys))}
        return sorted(self._verbs.possible(), key=lambda verb: order.get(verb.key, len(order)))

    @Slot()
    def _on_primary_clicked(self) -> None:
        if self._primary:
            self._verbs.actions[self._primary].trigger()

    @Slot()
    def _fill_columns_menu(self) -> None:
        self.columns_menu.clear()
        self._table.fill_columns_menu(self.columns_menu)

    @Slot()
    def _fill_more_menu(self) -> None:
        self.more_menu.clear()
        self._fill(self.more_menu)

    @Slot(QPoint)
    def _on_context_menu(self, place: QPoint) -> None:
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu)
        menu.popup(self._table.viewport().mapToGlobal(place))

    def _fill(self, menu: QMenu) -> None:
        """What can be done now; commands without a selection at the end."""
        actions = self._verbs.actions
        for verb in self._verbs.possible():
            menu.addAction(actions[verb.key])
        if menu.actions():
            menu.addSeparator()
        for verb in self._verbs.verbs:
            if verb.count is None:
                menu.addAction(actions[verb.key])
