"""Saved column mappings in the import dialog: choose one, or keep the present one under a name."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.theme import tokens
from app.ui.widgets import QuietButton, QuietLabel
from app.workflows.ledger_mappings import mapping_names


class MappingBar(QWidget):
    """`chosen(name)` when the user takes a saved one, `save_wanted(name)` when the present one is to be kept."""

    chosen = Signal(str)
    save_wanted = Signal(str)

    def __init__(self, desk: Desk, company: CompanyRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._company = desk, company
        self.saved = QComboBox(self)
        self.saved.setAccessibleName(self.tr("Kayıtlı eşleme"))
        self.saved.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.saved.activated.connect(self._on_activated)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Eşlemenin adı"))
        self.name.setPlaceholderText(self.tr("eşlemeye ad verin"))
        self.name.textChanged.connect(self._show_ready)
        self.name.setMaximumWidth(tokens.TEXT_WIDTH_PX // 2)
        self.save = QuietButton(self.tr("Eşlemeyi sakla"), self, icon="save")
        self.save.clicked.connect(self._on_save_clicked)
        words = QuietLabel(self.tr("Kayıtlı eşleme:"), self)
        words.setBuddy(self.saved)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.S, tokens.S, 0)
        row.setSpacing(tokens.S)
        row.addWidget(words)
        row.addWidget(self.saved)
        row.addStretch(1)
        row.addWidget(self.name, 1)
        row.addWidget(self.save)
        self._show_names([])
        self._show_ready()
        self.refresh()

    def refresh(self, chosen: str = "") -> None:
        """Read the names again; `chosen` is the one that holds."""
        company, folder = self._company, self._desk.office.folder.ledgers

        def then(names: list[str]) -> None:
            self._show_names(names)
            self.saved.setCurrentIndex(max(0, self.saved.findData(chosen)))

        self._desk.read(lambda _s: mapping_names(company, folder=folder), then, owner=self)

    def _show_names(self, names: list[str]) -> None:
        self.saved.clear()
        self.saved.addItem(self.tr("seçilmedi") if names else self.tr("henüz yok"), "")
        for name in names:
            self.saved.addItem(name, name)
        self.saved.setEnabled(bool(names))

    @Slot()
    def _show_ready(self) -> None:
        self.save.setEnabled(bool(self.name.text().strip()))

    @Slot(int)
    def _on_activated(self, _place: int) -> None:
        name = str(self.saved.currentData() or "")
        if name:
            self.name.setText(name)
            self.chosen.emit(name)

    @Slot()
    def _on_save_clicked(self) -> None:
        self.save_wanted.emit(self.name.text().strip())
