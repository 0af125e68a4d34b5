"""The one question before something that cannot be taken back: company, count, consequence. Never preselects yes."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, IconLabel


class ConfirmDialog(QDialog):
    """`company` may be empty where the question is about no company."""

    def __init__(
        self,
        title: str,
        *,
        company: str,
        consequence: str,
        yes: str,
        icon: str = "question",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        words = QVBoxLayout()
        words.setSpacing(tokens.S)
        words.addWidget(HeadingLabel(title, self))
        if company:
            firm = QLabel(company, self)
            firm.setWordWrap(True)
            words.addWidget(firm)
        said = QLabel(consequence, self)
        said.setWordWrap(True)
        said.setProperty("role", "quiet")
        said.setMinimumWidth(tokens.TEXT_WIDTH_PX - tokens.XL * 2)
        words.addWidget(said)
        top = QHBoxLayout()
        top.setSpacing(tokens.M)
        picture = IconLabel(icon, "warn", self, size=tokens.BIG_ICON_PX)
        column = QVBoxLayout()
        column.addWidget(picture)
        column.addStretch(1)
        top.addLayout(column)
        top.addLayout(words, 1)
        buttons = QDialogButtonBox(self)
        self.yes_button = QPushButton(yes, self)
        self.no_button = QPushButton(self.tr("Vazgeç"), self)
        buttons.addButton(self.yes_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.no_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.yes_button.setAutoDefault(False)
        self.no_button.setDefault(True)
        self.no_button.setFocus()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        layout.setSpacing(tokens.L)
        layout.addLayout(top)
        layout.addWidget(buttons)


def confirm(title: str, *, company: str, consequence: str, yes: str, parent: QWidget) -> bool:
    """Ask; True only when the user pressed the button that says `yes`."""
    dialog = ConfirmDialog(title, company=company, consequence=consequence, yes=yes, parent=parent)
    try:
        return dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()
