"""What lies in the tree of a day's inventory, with the way to its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import size_words
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, QuietButton
from app.workflows.inventory_facts import InventoryFacts

_COLUMNS: Final = (TextColumn("Dosya", 0), TextColumn("Boyut", 10, is_number=True))


class InventoryFiles(QWidget):
    """Read with the day's facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        self.model = TextModel(_COLUMNS, self)
        self.table = RowTable(self.tr("Envanterin dosyaları"), _COLUMNS, self)
        self.table.setModel(self.model)
        self.empty = EmptyState(
            "folder",
            self.tr("Henüz dosya yok"),
            self.tr("Envanter defteri ve beratı mühürlendiğinde burada durur."),
            parent=self,
        )
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.open_button = QuietButton(self.tr("Klasörü aç"), self, icon="folder")
        self.open_button.clicked.connect(self._on_open_clicked)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.XS, 0, 0)
        column.addLayout(row)
        column.addWidget(self.stack, 1)

    def show_files(self, facts: InventoryFacts) -> None:
        """The files as they were just read."""
        self._folder = facts.folder
        self.model.set_rows([_row(path, size) for path, size in facts.files])
        self.table.share_room()
        self.stack.setCurrentWidget(self.table if facts.files else self.empty)
        self.open_button.setVisible(bool(facts.files))

    @Slot()
    def _on_open_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


def _row(path: Path, size: int) -> TextRow:
    return TextRow(texts=(path.name, size_words(size)), what=path, icon="document")
