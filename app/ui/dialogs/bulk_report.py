"""What a bulk action did: how many went, which did not and why. The failed ones stay selected in the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui.lists.bulk import Outcome
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.widgets import HeadingLabel, IconLabel, QuietLabel

#: A list of thousands helps nobody; the rest is copied and stays selected.
MAX_SHOWN = 500
#: So many open by themselves with their reasons.
MAX_EXPANDED = 20


class BulkReportDialog(QDialog):
    """Not modal: the list can be worked on while it is open."""

    def __init__(self, outcome: Outcome, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome = outcome
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(outcome.title)
        self.setAccessibleName(self.tr("{0}: sonuç").format(outcome.title))
        failed, done = len(outcome.failed), len(outcome.done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        layout.setSpacing(tokens.S)
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(IconLabel("warn" if done else "error", "warn" if done else "error", self, size=20))
        head.addWidget(
            HeadingLabel(self.tr("{0} belgeden {1} tanesi yapılamadı").format(done + failed, failed), self), 1
        )
        layout.addLayout(head)
        went = self.tr("{0}: {1} belge.").format(outcome.title, done)
        rest = self.tr("Yapılamayanlar listede seçili bırakıldı; nedenleri aşağıda.")
        layout.addWidget(QuietLabel(f"{went} {rest}", self, wrap=True))
        if outcome.stopped:
            words = self.tr("Kart reddettiği için iş durduruldu; kalan belgeler denenmedi.")
            layout.addWidget(QuietLabel(words, self, wrap=True))
        self.tree = QTreeWidget(self)
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([self.tr("Belge"), self.tr("Neden ve ne yapmalı")])
        self.tree.setAccessibleName(self.tr("Yapılamayan belgeler"))
        # A sentence that is cut says nothing: each goes on over as many lines as it needs.
        self.tree.setWordWrap(True)
        self.tree.setUniformRowHeights(False)
        self.tree.setAlternatingRowColors(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        for failure in outcome.failed[:MAX_SHOWN]:
            error = failure.error
            item = QTreeWidgetItem([failure.name, error.what])
            item.setIcon(0, icon("error", "error"))
            item.setToolTip(0, failure.name)
            # A row each: what happened, why, what to do.
            for text in (error.why, error.todo, *failure.findings):
                if text:
                    child = QTreeWidgetItem(["", text])
                    child.setToolTip(1, text)
                    item.addChild(child)
            item.setToolTip(1, error.sentence)
            self.tree.addTopLevelItem(item)
        if failed <= MAX_EXPANDED:
            self.tree.expandAll()
        if failed > MAX_SHOWN:
            self.tree.addTopLevelItem(
                QTreeWidgetItem(["", self.tr("… ve {0} belge daha; hepsi kopyalanır.").format(failed - MAX_SHOWN)])
            )
        header = self.tree.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, tokens.TEXT_WIDTH_PX * 5 // 8)
        header.setStretchLastSection(True)
        header.sectionResized.connect(self._on_section_resized)
        layout.addWidget(self.tree, 1)
        buttons = QDialogButtonBox(self)
        close = QPushButton(self.tr("Kapat"), self)
        copy = QPushButton(self.tr("Kopyala"), self)
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_report)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        if outcome.folder is not None and done:
            show = QPushButton(self.tr("Klasörü aç"), self)
            show.setAutoDefault(False)
            show.clicked.connect(self._on_open_folder)
            buttons.addButton(show, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(tokens.TEXT_WIDTH_PX + 320, tokens.POPUP_HEIGHT_PX)

    @Slot()
    def _on_section_resized(self) -> None:
        self.tree.scheduleDelayedItemsLayout()

    def report_text(self) -> str:
        """Everything, tab-separated, for a mail or a table."""
        lines = [f"{self.outcome.title}: {len(self.outcome.done)}"]
        for failure in self.outcome.failed:
            lines.append("\t".join((failure.name, failure.error.sentence, failure.error.code)))
            lines += [f"\t{finding}" for finding in failure.findings]
        return "\n".join(lines) + "\n"

    @Slot()
    def copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report_text())

    @Slot()
    def _on_open_folder(self) -> None:
        if self.outcome.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.outcome.folder)))
