"""The table of Cariler: the name takes what room there is; in a narrow window the card tells what has no room here."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.ui.lists.delegate import LinedDelegate
from app.ui.lists.partners_model import PartnersModel
from app.ui.theme import tokens

#: Characters per column of the model; the name has this much at least.
_WIDTHS: Final = (14, 24, 20, 12, 18, 26, 40, 16)
_NAME: Final = 1
_COMPANY: Final = 2
#: What only the card tells: the table would be wider than the screen.
_IN_THE_CARD: Final = (4, 6)
#: What gives way to a narrow window, first to last: last asked, the label that is sent to.
_GIVE_WAY: Final = (7, 5)


class PartnersTable(QTableView):
    """GUI thread only."""

    def __init__(self, model: PartnersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across = False
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(LinedDelegate(self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(max(tokens.ROW_PX, self.fontMetrics().height() + 2 * tokens.XS))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSortIndicator(_NAME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for place in range(len(_WIDTHS)):
            self.setColumnWidth(place, self._least(place))
        self.share_room()

    def set_across(self, across: bool) -> None:
        """Show whose card it is: only where the cards of all companies stand together."""
        self._across = across
        self.share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.share_room()

    def share_room(self) -> None:
        """Leave out what gives way until the rest fits; the name gets what is left over."""
        shown = [
            place for place in range(len(_WIDTHS)) if place not in _IN_THE_CARD and (self._across or place != _COMPANY)
        ]
        room = self.viewport().width()
        for place in _GIVE_WAY:
            if self._needed(shown) > room:
                shown.remove(place)
        for place in range(len(_WIDTHS)):
            self.setColumnHidden(place, place not in shown)
        left = room - self._needed([place for place in shown if place != _NAME])
        self.setColumnWidth(_NAME, max(self._least(_NAME), left))

    def _least(self, place: int) -> int:
        return self.fontMetrics().averageCharWidth() * _WIDTHS[place] + 2 * tokens.S

    def _needed(self, places: list[int]) -> int:
        """As wide as the user has made them; the name counts with the least it needs."""
        return sum(self._least(p) if p == _NAME else self.columnWidth(p) or self._least(p) for p in places)
