"""The bar above a list: chips with counts, period, states, saved filters, and the search box that waits for a pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

from app.domain.lifecycle import STATE_TITLES, State
from app.ui.lists.filters import PERIODS, ChipSpec, ListFilter
from app.ui.lists.remember import Remembered
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.widgets import Chip, MenuButton, PrimaryButton
from app.ui.widgets.state import look_of

#: A pause in typing that long asks the question.
DEBOUNCE_MS = 180
#: Characters of the longest action's words, its count included.
_LONGEST_ACTION = 22


class FilterBar(QWidget):
    """`changed` when the list should be asked again. Menus come in by `add_tool`, actions into `actions_row`."""

    changed = Signal()

    def __init__(
        self,
        chips: tuple[ChipSpec, ...],
        states: tuple[State, ...],
        memory: Remembered,
        today: date,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._chips = chips
        self._memory = memory
        self._today = today
        self._filter = replace(ListFilter.from_json(memory.get("filter", None)), text="")
        if self._filter.chip not in {c.key for c in chips}:
            self._filter = replace(self._filter, chip=chips[0].key)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(DEBOUNCE_MS)
        self._typing.timeout.connect(self._on_typing_paused)

        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.chip_buttons: dict[str, Chip] = {}
        self._chip_box, chip_row = _box(self)
        for spec in chips:
            chip = Chip(spec.title, self, key=spec.key)
            chip.setToolTip(spec.hint)
            self._group.addButton(chip)
            self.chip_buttons[spec.key] = chip
            chip_row.addWidget(chip)
        self._group.buttonClicked.connect(self._on_chip)
        self._chip_menu = QMenu(self)
        self._chip_menu.aboutToShow.connect(self._fill_chip_menu)
        self._chip_menu.triggered.connect(self._on_chip_menu)
        self.chip_button = MenuButton("", self._chip_menu, self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Listede ara (Ctrl+L)"))
        self.search.setAccessibleName(self.tr("Listede ara"))
        self.search.setToolTip(self.tr("Unvan, VKN, belge no, kalem adı veya not içinde arar"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textEdited.connect(self._on_text_edited)
        self.search.textChanged.connect(self._on_text_changed)
        self.search.returnPressed.connect(self._on_typing_paused)
        self.search.setMaximumWidth(self.fontMetrics().averageCharWidth() * 42)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18)
        period_menu, state_menu = self._period_menu(), self._state_menu(states)
        self.period_button = MenuButton("", period_menu, self, icon="calendar")
        self.state_button = MenuButton(self.tr("Durum"), state_menu, self, icon="filter")
        self._saved_menu = QMenu(self)
        self._saved_menu.aboutToShow.connect(self._fill_saved_menu)
        self._saved_menu.triggered.connect(self._on_saved)
        self.saved_button = MenuButton(self.tr("Süzgeçler"), self._saved_menu, self, icon="star")
        self._compact_menu = QMenu(self)
        self.compact_button = MenuButton(self.tr("Süzgeç"), self._compact_menu, self, icon="filter")
        self._tool_box, self._tool_row = _box(self)
        self._action_box, self.actions_row = _box(self)
        # The highest thing that comes and goes; the list below must not jump with it.
        probe = PrimaryButton("", self)
        probe.ensurePolished()
        self._action_box.setMinimumHeight(probe.sizeHint().height())
        probe.deleteLater()
        for button, menu, title in (
            (self.period_button, period_menu, self.tr("Dönem")),
            (self.state_button, state_menu, self.tr("Durum")),
            (self.saved_button, self._saved_menu, self.tr("Süzgeçler")),
        ):
            self.add_tool(button, menu, title)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.XS)
        row.setSpacing(tokens.XS)
        for part in (self._chip_box, self.chip_button, self._tool_box, self.compact_button):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.search, 2)
        row.addWidget(self._action_box)
        self._arrange()
        self._show()

    # -- room -----------------------------------------------------------------------------------------------------

    def add_tool(self, button: MenuButton, menu: QMenu, title: str) -> None:
        """A button of the bar; in a narrow window its menu stands under "Süzgeç" instead."""
        self._tool_row.addWidget(button)
        menu.setTitle(title)
        self._compact_menu.addMenu(menu)

    def _arrange(self) -> None:
        """One row at any width: first the tools go under one menu, then the chips too. Rows are for documents.

        The room of the longest action is kept free, so that nothing jumps when something is selected.
        """
        gap = tokens.XS
        action = self.fontMetrics().averageCharWidth() * _LONGEST_ACTION + tokens.XL
        rest = self._chip_box.sizeHint().width() + self.search.minimumWidth() + 2 * action + 4 * gap
        room = self.width() - 2 * tokens.S
        is_folded = rest - action + self.compact_button.sizeHint().width() > room
        is_compact = is_folded or rest + self._tool_box.sizeHint().width() > room
        self._chip_box.setVisible(not is_folded)
        self.chip_button.setVisible(is_folded)
        self._tool_box.setVisible(not is_compact)
        self.compact_button.setVisible(is_compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # -- value -----------------------------------------------------------------------------------------------------

    @property
    def filter(self) -> ListFilter:
        return self._filter

    @property
    def chips(self) -> tuple[ChipSpec, ...]:
        return self._chips

    def set_filter(self, value: ListFilter) -> None:
        """Take another filter, show it, remember it (the words are not remembered) and ask."""
        if value.chip not in self.chip_buttons:
            value = replace(value, chip=self._chips[0].key)
        self._typing.stop()
        if value == self._filter:
            return
        self._filter = value
        self._memory.put("filter", replace(value, text="").to_json())
        self._show()
        self.changed.emit()

    def clear(self) -> None:
        """Everything again: first chip, no period, no words."""
        self.set_filter(ListFilter(chip=self._chips[0].key))

    def set_counts(self, counts: Mapping[str, int]) -> None:
        for key, chip in self.chip_buttons.items():
            chip.set_count(counts.get(key))
        self._show_chip()
        self._arrange()

    def set_today(self, today: date) -> None:
        if today != self._today:
            self._today = today
            self._show()

    def _show(self) -> None:
        self.chip_buttons[self._filter.chip].setChecked(True)
        self._show_chip()
        if self.search.text() != self._filter.text:
            self.search.setText(self._filter.text)
        period = self._filter.period_text(self._today)
        self.period_button.setText(period)
        self.period_button.setAccessibleName(self.tr("Dönem: {0}").format(period))
        for action in self._period_group.actions():
            action.setChecked(action.data() == self._filter.period)
        for action in self._state_actions:
            action.setChecked(action.data() in self._filter.states)
        titles = [STATE_TITLES[State(s)] for s in self._filter.states]
        words = titles[0] if len(titles) == 1 else self.tr("{0} durum").format(len(titles))
        self.state_button.setText(words if titles else self.tr("Durum"))
        narrowed = [words for words in (period if self._filter.period != "all" else "", *titles) if words]
        self.compact_button.setText(narrowed[0] if len(narrowed) == 1 else self.tr("Süzgeç"))
        self.compact_button.setAccessibleName(self.tr("Süzgeç: {0}").format(", ".join(narrowed) or self.tr("yok")))
        self.state_button.setAccessibleName(self.tr("Durum: {0}").format(", ".join(titles) or self.tr("hepsi")))

    def _show_chip(self) -> None:
        """The chosen chip on the button that stands for all of them."""
        chip = self.chip_buttons[self._filter.chip]
        self.chip_button.setText(chip.text())
        self.chip_button.setAccessibleName(chip.accessibleName())

    @Slot()
    def _fill_chip_menu(self) -> None:
        self._chip_menu.clear()
        for key, chip in self.chip_buttons.items():
            action = self._chip_menu.addAction(chip.text())
            action.setCheckable(True)
            action.setChecked(key == self._filter.chip)
            action.setData(key)

    @Slot(QAction)
    def _on_chip_menu(self, action: QAction) -> None:
        self.set_filter(replace(self._filter, chip=action.data(), states=()))

    # -- parts -----------------------------------------------------------------------------------------------------

    def _period_menu(self) -> QMenu:
        menu = QMenu(self)
        self._period_group = QActionGroup(menu)
        for key, title in PERIODS:
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setData(key)
            self._period_group.addAction(action)
        menu.triggered.connect(self._on_period)
        return menu

    def _state_menu(self, states: tuple[State, ...]) -> QMenu:
        menu = QMenu(self)
        self._state_actions: list[QAction] = []
        for state in states:
            look = look_of(state)
            action = menu.addAction(look.title)
            action.setCheckable(True)
            action.setData(state.value)
            self._state_actions.append(action)
        menu.addSeparator()
        menu.addAction(self.tr("Bütün durumlar")).setData("")
        menu.triggered.connect(self._on_state)
        return menu

    @Slot(QAbstractButton)
    def _on_chip(self, button: Chip) -> None:
        # A chip says its own states; states chosen by hand would contradict it.
        self.set_filter(replace(self._filter, chip=button.key, states=()))

    @Slot(QAction)
    def _on_period(self, action: QAction) -> None:
        if action.data() != "custom":
            self.set_filter(replace(self._filter, period=action.data(), start="", end=""))
            return
        start, end = self._filter.days(self._today)
        days = _PeriodDialog.ask(start or self._today.replace(day=1), end or self._today, self)
        if days is None:
            self._show()
            return
        first, last = sorted(days)
        self.set_filter(replace(self._filter, period="custom", start=first.isoformat(), end=last.isoformat()))

    @Slot(QAction)
    def _on_state(self, action: QAction) -> None:
        if not action.data():
            self.set_filter(replace(self._filter, states=()))
            return
        chosen = tuple(a.data() for a in self._state_actions if a.isChecked())
        self.set_filter(replace(self._filter, chip=self._chips[0].key if chosen else self._filter.chip, states=chosen))

    @Slot()
    def _on_text_edited(self) -> None:
        self._typing.start()

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        # The clear button edits nothing in Qt's eyes.
        if not text and self._filter.text:
            self._typing.start()

    @Slot()
    def _on_typing_paused(self) -> None:
        self.set_filter(replace(self._filter, text=self.search.text().strip()))

    # -- saved filters ---------------------------------------------------------------------------------------------

    def saved(self) -> dict[str, Any]:
        stored = self._memory.get("saved_filters", {})
        return stored if isinstance(stored, dict) else {}

    def save_as(self, name: str) -> None:
        """Keep the present filter, words included, under a name; the same name is replaced."""
        self._memory.put("saved_filters", {**self.saved(), name.strip(): self._filter.to_json()})

    def forget(self, name: str) -> None:
        self._memory.put("saved_filters", {k: v for k, v in self.saved().items() if k != name})

    @Slot()
    def _fill_saved_menu(self) -> None:
        menu = self._saved_menu
        menu.clear()
        names = sorted(self.saved())
        for name in names:
            menu.addAction(name).setData(("take", name))
        if names:
            menu.addSeparator()
        menu.addAction(self.tr("Bu süzgeci kaydet…")).setData(("save", ""))
        if names:
            forgetting = menu.addMenu(self.tr("Kayıtlı süzgeci sil"))
            for name in names:
                forgetting.addAction(name).setData(("forget", name))
        menu.addAction(self.tr("Süzgeci temizle")).setData(("clear", ""))

    @Slot(QAction)
    def _on_saved(self, action: QAction) -> None:
        data = action.data()
        if not isinstance(data, tuple | list):
            return
        what, name = data
        match what:
            case "take":
                self.set_filter(ListFilter.from_json(self.saved().get(name)))
            case "forget":
                self.forget(name)
            case "clear":
                self.clear()
            case _:
                self._save_dialog()

    def _save_dialog(self) -> None:
        name, is_ok = QInputDialog.getText(self, self.tr("Süzgeci kaydet"), self.tr("Süzgecin adı:"))
        if is_ok and name.strip():
            self.save_as(name)


def _box(parent: QWidget) -> tuple[QWidget, QHBoxLayout]:
    """Widgets that move from one row to another together."""
    box = QWidget(parent)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(tokens.XS)
    return box, row


class _PeriodDialog(QDialog):
    """Two days, both inclusive."""

    def __init__(self, start: date, end: date, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tarih aralığı"))
        self._start, self._end = QDateEdit(self), QDateEdit(self)
        for edit, day in ((self._start, start), (self._end, end)):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("dd.MM.yyyy")
            edit.setDate(QDate(day.year, day.month, day.day))
        self._start.setAccessibleName(self.tr("İlk gün"))
        self._end.setAccessibleName(self.tr("Son gün"))
        form = QFormLayout(self)
        form.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        form.addRow(self.tr("&İlk gün"), self._start)
        form.addRow(self.tr("&Son gün"), self._end)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.tr("Uygula"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.tr("Vazgeç"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)

    @classmethod
    def ask(cls, start: date, end: date, parent: QWidget) -> tuple[date, date] | None:
        dialog = cls(start, end, parent)
        try:
            if dialog.exec() != QDialog.DialogCode.Accepted:
                return None
            return _python_day(dialog._start.date()), _python_day(dialog._end.date())
        finally:
            dialog.deleteLater()


def _python_day(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
