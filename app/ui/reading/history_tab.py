"""Geçmiş: states in order, raw answers in a fold, sealing attempts, and the files that lie in the office."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidgetItem, QVBoxLayout, QWidget

from app.domain.turkish import format_amount, format_datetime
from app.storage.records import AttemptRecord, FileRecord, HistoryRecord
from app.ui.reading.tree import CalmTree
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import icon
from app.ui.widgets import QuietButton, look_of

_FILE = Qt.ItemDataRole.UserRole + 1
_ROLE_TITLES = {
    "sealed": "Mühürlü belge (bizim)",
    "legal": "Yasal kopya (GİB'e giden)",
    "received": "Gelen belge",
    "answer": "Yanıt (uygulama yanıtı)",
}
_SEALER_TITLES = {"own": "kendi mührü", "test": "TEST mührü", "integrator": "entegratör mührü", "": "mühürsüz"}


class HistoryTab(QWidget):
    """`save_wanted(role, attempt_no)` when a stored file is to be saved."""

    save_wanted = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = CalmTree(
            [self.tr("Zaman"), self.tr("Durum"), self.tr("Açıklama")], self.tr("Belgenin geçmişi"), self
        )
        for column in (0, 1):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(True)
        self.tree.itemSelectionChanged.connect(self._on_selection_changed)
        self.tree.itemActivated.connect(self._on_item_activated)
        self._said: tuple[list[HistoryRecord], list[AttemptRecord], list[FileRecord]] = ([], [], [])
        self._is_stale = False
        self.save_button = QuietButton(self.tr("Dosyayı kaydet…"), self, icon="save")
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self._on_save_clicked)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bottom.addStretch(1)
        bottom.addWidget(self.save_button)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addWidget(self.tree, 1)
        column_layout.addLayout(bottom)

    def show_history(
        self, history: list[HistoryRecord], attempts: list[AttemptRecord], files: list[FileRecord]
    ) -> None:
        """Newest first: what happened last is what is asked for. Drawn now, or when the tab is first seen."""
        self._said = (history, attempts, files)
        self._is_stale = True
        if self.isVisible():
            self._rebuild()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._rebuild()

    def _rebuild(self) -> None:
        self._is_stale = False
        history, attempts, files = self._said
        self.tree.clear()
        top = self._group(self.tr("Durumlar"))
        for event in reversed(history):
            look = look_of(event.state)
            item = QTreeWidgetItem(top, [format_datetime(event.at), look.title, event.note])
            item.setIcon(1, icon(look.icon, look.tone))
            item.setToolTip(2, event.note)
            if event.raw_code or event.raw_text:
                answer = " ".join(part for part in (event.raw_code, event.raw_text) if part)
                raw = QTreeWidgetItem(item, ["", self.tr("Ham yanıt"), answer])
                raw.setToolTip(2, answer)
                raw.setForeground(1, self.tree.quiet_brush())
        if attempts:
            top = self._group(self.tr("Mühürleme denemeleri"))
            for attempt in attempts:
                said = _SEALER_TITLES.get(attempt.sealed_by, attempt.sealed_by)
                nth = self.tr("{n}. deneme").format(n=attempt.attempt_no)
                QTreeWidgetItem(top, [format_datetime(attempt.at), nth, f"{said} · ETTN {attempt.ettn}"])
        if files:
            top = self._group(self.tr("Dosyalar"))
            for kept in files:
                self._add_file(top, kept)

    def _add_file(self, top: QTreeWidgetItem, kept: FileRecord) -> None:
        title = _ROLE_TITLES.get(kept.role, kept.role)
        size = f"{format_amount(_kilobytes(kept.size_bytes), 1)} KB"
        item = QTreeWidgetItem(top, [format_datetime(kept.at), title, f"{size} · SHA-256 {kept.sha256[:16]}…"])
        item.setToolTip(2, f"SHA-256 {kept.sha256}")
        item.setIcon(1, icon("document", "wait"))
        item.setData(0, _FILE, (kept.role, kept.attempt_no))

    def _group(self, title: str) -> QTreeWidgetItem:
        top = QTreeWidgetItem(self.tree, [title])
        top.setFont(0, fonts.medium(self.tree.font()))
        top.setFirstColumnSpanned(True)
        top.setExpanded(True)
        return top

    def _chosen(self) -> tuple[str, int] | None:
        items = self.tree.selectedItems()
        said = items[0].data(0, _FILE) if items else None
        return tuple(said) if said else None

    @Slot()
    def _on_selection_changed(self) -> None:
        self.save_button.setEnabled(self._chosen() is not None)

    @Slot()
    def _on_save_clicked(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.save_wanted.emit(*chosen)

    @Slot(QTreeWidgetItem, int)
    def _on_item_activated(self, item: QTreeWidgetItem, _column: int) -> None:
        if item.data(0, _FILE):
            self._on_save_clicked()


def _kilobytes(size: int) -> Decimal:
    return Decimal(size) / 1024
