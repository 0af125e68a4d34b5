"""The board's table: months share what room there is; on a narrow screen the clients stand still beside them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from app.ui.ledger.board_delegate import month_width
from app.ui.ledger.facts import YEAR

_TITLE_CHARS = 24


class BoardTable(QTableView):
    """Enter opens the month under the cursor; the months share what room the clients' column leaves."""

    entered_month = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: The clients' column once more, standing still while the months scroll under it on a narrow screen.
        self.frozen = QTableView(self)
        self.frozen.setObjectName("frozen-clients")
        self.frozen.setAccessibleName(self.tr("Firmalar"))
        self.frozen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.frozen.hide()

    def freeze(self) -> None:
        """After model, delegate and headers are set."""
        still = self.frozen
        still.setModel(self.model())
        still.setItemDelegate(self.itemDelegate())
        still.setSelectionModel(self.selectionModel())
        still.setShowGrid(False)
        still.setFrameShape(QFrame.Shape.NoFrame)
        still.setVerticalScrollMode(self.verticalScrollMode())
        for off in (still.setHorizontalScrollBarPolicy, still.setVerticalScrollBarPolicy):
            off(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        still.verticalHeader().hide()
        still.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        still.verticalHeader().setDefaultSectionSize(self.verticalHeader().defaultSectionSize())
        still.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        still.horizontalHeader().setHighlightSections(False)
        self.verticalScrollBar().valueChanged.connect(still.verticalScrollBar().setValue)
        still.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        still.doubleClicked.connect(self.doubleClicked)
        self.horizontalScrollBar().valueChanged.connect(self.place_frozen)

    @Slot()
    def place_frozen(self) -> None:
        """Over the first column, only while that column is scrolled away."""
        still, width = self.frozen, self.columnWidth(0)
        is_needed = self.horizontalScrollBar().value() > 0
        if is_needed:
            for column in range(1, YEAR + 1):
                still.setColumnHidden(column, True)
            still.setColumnWidth(0, width)
            frame = self.frameWidth()
            head = self.horizontalHeader().height()
            still.horizontalHeader().setFixedHeight(head)
            # Its own border, which the sheet gives it, stands outside the column.
            still.setGeometry(frame - 1, frame - 1, width + 2, self.viewport().height() + head + 2)
            still.verticalScrollBar().setValue(self.verticalScrollBar().value())
            still.raise_()
        still.setVisible(is_needed)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """A month must not hide behind the clients."""
        super().scrollTo(index, hint)
        if index.column() > 0:
            hidden = self.columnWidth(0) - self.columnViewportPosition(index.column())
            bar = self.horizontalScrollBar()
            if hidden > 0 and bar.value() > 0:
                bar.setValue(bar.value() - hidden)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.entered_month.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_room()

    def share_room(self) -> None:
        """Months as wide as their widest word; what is left goes to the client's title."""
        metrics = self.fontMetrics()
        month = month_width(metrics)
        room = self.viewport().width() - YEAR * month
        least = metrics.averageCharWidth() * _TITLE_CHARS
        title = max(least, min(room, 2 * least))
        month = max(month, (self.viewport().width() - title) // YEAR)
        self.setColumnWidth(0, title)
        for column in range(1, YEAR + 1):
            self.setColumnWidth(column, month)
        self.place_frozen()
