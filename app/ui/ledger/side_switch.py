"""Which of a month's two fiscal periods is shown; a line of its own where a liquidation has begun."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QWidget

from app.ui.ledger.facts import MonthFacts
from app.ui.ledger.sides import side_name, side_tip
from app.ui.ledger.words import look_of_month, number
from app.ui.theme import tokens
from app.ui.widgets import Chip, ElidedLabel


class SideSwitch(QWidget):
    """`chosen(bool)`: the user wants the liquidation's side, or the one before it.

    A month that lies in the liquidation as a whole has nothing to choose, but is called so. Hidden in other months.
    """

    chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Ayın hesap dönemi"))
        self.note = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.chips: list[Chip] = []
        self._names: list[str] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(tokens.M, 0, tokens.S, tokens.XS)
        self._row.setSpacing(tokens.S)
        self._row.addWidget(self.note, 1)
        self.hide()

    def show_sides(self, sides: Sequence[MonthFacts], shown: MonthFacts) -> None:
        """The sides in the order of their days; `shown` is the one in front."""
        names = [side_name(one.company.company, one.period) for one in sides] if len(sides) > 1 else []
        if names != self._names:
            self._fill(names)
        for chip, name, side in zip(self.chips, names, sides, strict=False):
            chip.setChecked(side.period == shown.period)
            state = look_of_month(side.state).title
            said = f"{state}, {number(side.cell.vouchers)} fiş" if side.cell.vouchers else state
            keys = chip.shortcut().toString()
            chip.setToolTip(f"{said} ({keys})\n{side_tip(side.company.company, side.period)}")
            chip.setAccessibleName(f"{name}: {said}")
        tip = side_tip(shown.company.company, shown.period)
        self.note.setText(tip if names else self.tr("Tasfiye dönemi · {0}").format(tip))
        self.setVisible(bool(names) or shown.period.is_liquidation)

    def clear(self) -> None:
        """Nothing is known of the month yet."""
        self.hide()

    def _fill(self, names: list[str]) -> None:
        for chip in self.chips:
            self._group.removeButton(chip)
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._names, self.chips = names, []
        for place, name in enumerate(names):
            chip = Chip(name, self, key=str(place))
            # A checked chip is drawn heavier than it is measured.
            chip.setMinimumWidth(chip.sizeHint().width() + tokens.S)
            chip.setShortcut(QKeySequence(f"Alt+{place + 1}"))
            self._group.addButton(chip, place)
            self._row.insertWidget(place, chip)
            self.chips.append(chip)

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        button: QAbstractButton | None = self._group.button(place)
        if button is not None:
            self.chosen.emit(bool(place))
