"""The dialog "Belge denetle": what the checks say of files that were dropped or chosen. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import Severity
from app.ui.lists.file_check import CheckedFile
from app.ui.reading.places import place_of
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import Chip, HeadingLabel, QuietLabel

_LOOKS: Final[dict[Severity, tuple[str, Tone, str]]] = {
    Severity.ERROR: ("error", "error", "Hata"),
    Severity.WARNING: ("warn", "warn", "Uyarı"),
    Severity.INFO: ("info", "wait", "Bilgi"),
}
_KINDS: Final = {
    "invoice": "Fatura",
    "despatch": "İrsaliye",
    "receipt": "Makbuz",
    "creditnote": "Müstahsil makbuzu",
    "application-response": "Uygulama yanıtı",
    "envelope": "Zarf",
    "unknown": "Tanınmadı",
}


class FileFindingsDialog(QDialog):
    """Not modal. Files as a tree, findings under them; explanation and official text in the fold."""

    def __init__(self, files: Sequence[CheckedFile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files = tuple(files)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Belge denetle"))
        self.setAccessibleName(self.tr("Belge denetle"))
        counts = {s: sum(f.severity is s for file in files for f in file.findings) for s in Severity}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        layout.setSpacing(tokens.S)
        if counts[Severity.ERROR]:
            title = self.tr("{0} dosyada {1} hata bulundu").format(len(files), counts[Severity.ERROR])
        else:
            title = self.tr("{0} dosyada hata bulunmadı").format(len(files))
        layout.addWidget(HeadingLabel(title, self))
        layout.addWidget(QuietLabel(self.tr("Dosyalar yalnız denetlendi; kutulara eklenmedi."), self, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(tokens.XS)
        self.severity_chips: dict[Severity, Chip] = {}
        for severity in Severity:
            chip = Chip(_LOOKS[severity][2], self, key=severity.value, count=counts[severity])
            chip.setChecked(True)
            chip.toggled.connect(self._fill)
            self.severity_chips[severity] = chip
            row.addWidget(chip)
        row.addStretch(1)
        layout.addLayout(row)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels([self.tr("Dosya ve bulgu"), self.tr("Yer")])
        self.tree.setAccessibleName(self.tr("Bulgular"))
        self.tree.setColumnWidth(0, tokens.TEXT_WIDTH_PX + 80)
        self.tree.currentItemChanged.connect(self._on_current)
        layout.addWidget(self.tree, 1)
        self.detail = QLabel(self)
        self.detail.setWordWrap(True)
        self.detail.setProperty("role", "quiet")
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self.detail)
        buttons = QDialogButtonBox(self)
        close = QPushButton(self.tr("Kapat"), self)
        copy = QPushButton(self.tr("Tümünü kopyala"), self)
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_all)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self._fill()
        self.resize(tokens.TEXT_WIDTH_PX + 320, tokens.POPUP_HEIGHT_PX + 60)

    @Slot()
    def _fill(self) -> None:
        shown = {s for s, chip in self.severity_chips.items() if chip.isChecked()}
        self.tree.clear()
        for file in self.files:
            kind = _KINDS.get(file.kind, file.kind)
            top = QTreeWidgetItem([file.name, kind])
            top.setToolTip(0, file.name)
            top.setIcon(0, icon("document"))
            for finding in file.findings:
                if finding.severity not in shown:
                    continue
                name, tone, word = _LOOKS[finding.severity]
                place = place_of(finding) if finding.field or finding.line else ""
                item = QTreeWidgetItem([f"{word}: {finding.message}", place])
                item.setIcon(0, icon(name, tone))
                item.setToolTip(0, finding.message)
                item.setData(
                    0,
                    Qt.ItemDataRole.UserRole,
                    "\n".join(filter(None, [finding.message, finding.explanation, finding.official])),
                )
                top.addChild(item)
            self.tree.addTopLevelItem(top)
        self.tree.expandAll()

    @Slot(QTreeWidgetItem, QTreeWidgetItem)
    def _on_current(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        text = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else ""
        self.detail.setText(text or "")

    def report_text(self) -> str:
        """Every finding on its own line, tab-separated."""
        lines = [
            "\t".join((file.name, _LOOKS[f.severity][2], f.code, place_of(f) if f.field or f.line else "", f.message))
            for file in self.files
            for f in file.findings
        ]
        return "\n".join(lines) + "\n"

    @Slot()
    def copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.report_text())
