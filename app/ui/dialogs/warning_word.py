"""Warnings that are passed over with a reason only: what they say, one line for the reason, nothing preselected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.findings import Finding
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.theme import tokens

#: As the history keeps it.
MAX_REASON = 250


class WordDialog(ConfirmDialog):
    """`findings`: one of each code. The yes button stays closed until a reason is there."""

    def __init__(self, findings: Sequence[Finding], *, company: str, count: int, parent: QWidget | None = None) -> None:
        # Words are needed before there is a widget whose tr could be asked.
        super().__init__(
            QCoreApplication.translate("WordDialog", "{0} belgede sebepsiz geçilmeyen uyarı var").format(count),
            company=company,
            consequence="\n".join(f"• {finding.message}" for finding in findings),
            yes=QCoreApplication.translate("WordDialog", "Sebebiyle mühürle ({0})").format(count),
            icon="warn",
            parent=parent,
        )
        self.yes_button.setEnabled(False)
        label = QLabel(self.tr("&Sebep (zorunlu; belgenin geçmişinde durur)"), self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(MAX_REASON)
        self.reason.setAccessibleName(self.tr("Sebep"))
        self.reason.textChanged.connect(self._check)
        label.setBuddy(self.reason)
        column = QVBoxLayout()
        column.setSpacing(tokens.XS)
        column.addWidget(label)
        column.addWidget(self.reason)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertLayout(1, column)
        self.reason.setFocus()

    @property
    def text(self) -> str:
        """The reason on one line; empty when none was written."""
        return " ".join(self.reason.text().split())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter after the reason was typed neither seals nor throws the reason away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() is self.reason:
            event.accept()
            return
        super().keyPressEvent(event)

    @Slot()
    def _check(self) -> None:
        self.yes_button.setEnabled(bool(self.text))


def ask_word(findings: Sequence[Finding], *, company: str, count: int, parent: QWidget) -> dict[str, str]:
    """The user's reason for each of these warnings, by code; empty when they are to be mended instead."""
    dialog = WordDialog(findings, company=company, count=count, parent=parent)
    try:
        said_yes = dialog.exec() == QDialog.DialogCode.Accepted
        return {finding.code: dialog.text for finding in findings} if said_yes and dialog.text else {}
    finally:
        dialog.deleteLater()
