"""Who deleted berats in GİB's portal, and when: asked before something that was filed is taken back."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Slot
from PySide6.QtWidgets import QDateEdit, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, PrimaryButton, QuietButton, QuietLabel


class PortalDeletedDialog(QDialog):
    """`name` is what was filed (`Mart 2026`, `31.12.2026 envanteri`); `files` are moved, none is deleted."""

    def __init__(self, name: str, *, company: str, files: int, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = self.tr("{0} beratı portaldan silindi mi?").format(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        words = self.tr(
            "Yüklenmiş defter ancak beratları yasal süre içinde GİB portalından silindiyse geri alınır. Kimin, hangi "
            "gün sildiği kaydedilir; {0} dosya 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşınır."
        ).format(files)
        said = QuietLabel(words, self, wrap=True)
        said.setMinimumWidth(tokens.TEXT_WIDTH_PX)
        self.who = QLineEdit(self)
        self.who.setAccessibleName(self.tr("Silen"))
        self.who.setPlaceholderText(self.tr("adı soyadı"))
        self.who.textChanged.connect(self._show_ready)
        last = QDate(today.year, today.month, today.day)
        self.day = QDateEdit(last, self)
        self.day.setAccessibleName(self.tr("Silme günü"))
        self.day.setDisplayFormat("dd.MM.yyyy")
        self.day.setCalendarPopup(True)
        self.day.setMaximumDate(last)
        form = QFormLayout()
        form.addRow(self.tr("Silen"), self.who)
        form.addRow(self.tr("Silme günü"), self.day)
        self.yes = PrimaryButton(self.tr("Geri al"), self, icon="undo")
        self.yes.clicked.connect(self.accept)
        self.no = QuietButton(self.tr("Vazgeç"), self)
        self.no.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addWidget(ElidedLabel(company, self))
        column.addWidget(said)
        column.addLayout(form)
        column.addLayout(buttons)
        self._show_ready()

    @property
    def answer(self) -> tuple[str, str]:
        """Who, and the ISO day."""
        return self.who.text().strip(), self.day.date().toPython().isoformat()  # type: ignore[attr-defined]

    @Slot()
    def _show_ready(self) -> None:
        self.yes.setEnabled(bool(self.who.text().strip()))
