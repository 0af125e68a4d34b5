"""Dosyalar: what lies in the month's folder of the tree, with size and SHA-256. Enter shows a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.ledger.archive_words import check_words
from app.ui.ledger.facts import FileRow, MonthFacts
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import size_words
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, EmptyState, IconLabel, QuietButton
from app.workflows.ledger_selfcheck import TODO, ArchiveCheck

COLUMNS: Final = (
    TextColumn("Tür", 21),
    TextColumn("Dosya", 27),
    TextColumn("Boyut", 8, is_number=True),
    TextColumn("SHA-256", 0),
)
_KINDS: Final = {
    "Y": "Yevmiye defteri",
    "K": "Büyük defter",
    "YB": "Yevmiye beratı",
    "KB": "Kebir beratı",
    "DR": "Defter raporu",
    "E": "Envanter defteri",
    "EB": "Envanter beratı",
}


class FilesTab(QWidget):
    """Read with the month's facts; nothing here touches the disk but the button that opens the folder.

    `view_wanted(Path)` when a file is to be looked at, `check_wanted` when all of them are to be judged again.
    """

    view_wanted = Signal(object)
    check_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self.place = ElidedLabel("", self, quiet=True)
        self.archive_icon = IconLabel("clock", "quiet", self)
        self.archive = ElidedLabel("", self, quiet=True)
        self.check_button = QuietButton(self.tr("Şimdi denetle"), self, icon="check")
        self.check_button.setToolTip(self.tr("Ayın dosyaları yerinde mi, mühürleri tutuyor mu"))
        self.check_button.clicked.connect(self.check_wanted)
        self.view_button = QuietButton(self.tr("Görüntüle"), self, icon="eye")
        self.view_button.setToolTip(self.tr("Seçili dosyayı aç (Enter)"))
        self.view_button.clicked.connect(self._on_view_clicked)
        self.copy_button = QuietButton(self.tr("Özetleri kopyala"), self, icon="copy")
        self.copy_button.clicked.connect(self.copy_digests)
        self.open_button = QuietButton(self.tr("Klasörü aç"), self, icon="folder")
        self.open_button.clicked.connect(self._on_open_clicked)
        self.model = TextModel(COLUMNS, self)
        self.table = RowTable(self.tr("Ayın dosyaları"), COLUMNS, self)
        self.table.setModel(self.model)
        self.table.activated.connect(self._on_activated)
        self.empty = EmptyState(
            "folder",
            self.tr("Henüz dosya yok"),
            self.tr("Defterler oluşturulup mühürlendiğinde yevmiye, kebir ve beratları burada durur."),
            parent=self,
        )
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar.addWidget(self.place, 1)
        bar.addWidget(self.view_button)
        bar.addWidget(self.copy_button)
        bar.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        foot.setSpacing(tokens.S)
        foot.addWidget(self.archive_icon)
        foot.addWidget(self.archive, 1)
        foot.addWidget(self.check_button)
        column.addLayout(foot)

    def show_files(self, month: MonthFacts) -> None:
        """The files as they were just read."""
        self._folder = month.folder
        self.place.setText(str(month.folder) if month.files else "")
        self.model.set_rows([_row(file) for file in month.files])
        self.stack.setCurrentWidget(self.table if month.files else self.empty)
        for button in (self.view_button, self.copy_button, self.open_button):
            button.setEnabled(bool(month.files))
        self.table.share_room()
        self._show_check(month.archive, has_files=bool(month.files))

    def _show_check(self, check: ArchiveCheck | None, *, has_files: bool) -> None:
        """What the last look at the archive found, and when."""
        for part in (self.archive_icon, self.archive, self.check_button):
            part.setVisible(has_files)
        if check is None:
            self.archive_icon.set_icon("clock", "quiet")
        else:
            self.archive_icon.set_icon("check-circle" if check.ok else "error", "ok" if check.ok else "error")
        told = check_words(check)
        if check is not None and not check.ok:
            told = f"{told}. {TODO}"
        self.archive.setText(told)

    @Slot()
    def _on_view_clicked(self) -> None:
        index = self.table.currentIndex()
        self._on_activated(index if index.isValid() else self.model.index(0, 0))

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        if not 0 <= index.row() < len(self.model.rows):
            return
        file = self.model.rows[index.row()].what
        if file.path.suffix.lower() == ".xml" and not file.is_missing:
            self.view_wanted.emit(file.path)
        else:
            self._on_open_clicked()

    @Slot()
    def copy_digests(self) -> None:
        """As `sha256sum` writes them, for whoever compares."""
        files = [row.what for row in self.model.rows]
        lines = [f"{file.sha256}  {file.path.name}" for file in files if file.sha256]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))


def _row(file: FileRow) -> TextRow:
    title = _KINDS.get(file.kind, "Dosya")
    if file.path.name.startswith("GIB-"):
        title = f"GİB onaylı {title[0].lower()}{title[1:]}"
    if file.path.suffix == ".zip":
        title += " paketi"
    if file.is_missing:
        texts = (title, file.path.name, "YOK", file.sha256)
        return TextRow(texts=texts, what=file, icon="error", tone="error")
    return TextRow(texts=(title, file.path.name, size_words(file.size), file.sha256), what=file, icon="document")
