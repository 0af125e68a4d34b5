"""Asks for the vault's passphrase in its place, where no keyring of the system works."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.ui.desk import Desk
from app.ui.pages.settings.form import Form, PlainButton, Verdict, secret_edit
from app.ui.theme import tokens
from app.ui.widgets import QuietLabel
from app.workflows.context import WorkContext

#: Codes that mean: a passphrase would help.
ASKS_PASSPHRASE = frozenset({"SECRET.NO_PLACE", "SECRET.LOCKED", "VAULT.PASSPHRASE", "VAULT.NO_PASSPHRASE"})
_LEAST_LETTERS = 8


class VaultPrompt(QFrame):
    """Hidden until `ask`. `unlocked` when the vault is open; the passphrase stays in memory only."""

    unlocked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setProperty("role", "raised")
        self.setAccessibleName(self.tr("Kasa parolası"))
        self._words = QuietLabel("", self, wrap=True)
        self.first = secret_edit(self)
        self.second = secret_edit(self)
        self.form = Form(self)
        self.form.add("first", self.tr("Kasa parolası"), self.first)
        self.form.add("second", self.tr("Yeniden yazın"), self.second)
        self.verdict = Verdict(self)
        self.button = PlainButton(self.tr("Kasayı aç"), self, icon="lock")
        row = QHBoxLayout()
        row.addWidget(self.verdict, 1)
        row.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.M)
        column.addWidget(self._words)
        column.addWidget(self.form)
        column.addLayout(row)
        self.button.clicked.connect(self._on_button_clicked)
        self.second.returnPressed.connect(self._on_button_clicked)
        self.first.returnPressed.connect(self._on_first_return_pressed)
        self._is_new = False
        self.hide()

    def ask(self) -> None:
        """Show the question: once for a vault that is there, twice for a new one."""
        self._is_new = not self.desk.office.folder.vault.exists()
        if self._is_new:
            self._words.setText(
                self.tr(
                    "Bu bilgisayarda çalışan bir anahtarlık yok. Entegratör parolaları, sizin belirleyeceğiniz bir "
                    "kasa parolasıyla şifrelenip saklanır. Kasa parolası hiçbir yerde saklanmaz; unutulursa entegratör "
                    "parolaları yeniden girilir."
                )
            )
            self.button.setText(self.tr("Kasa oluştur"))
        else:
            self._words.setText(
                self.tr(
                    "Entegratör parolaları parola kasasında duruyor. Kasa parolasını yazın; yalnız bellekte tutulur."
                )
            )
            self.button.setText(self.tr("Kasayı aç"))
        self.form.set_row_visible("second", self._is_new)
        self.show()
        self.first.setFocus()

    @Slot()
    def _on_first_return_pressed(self) -> None:
        if self._is_new:
            self.second.setFocus()
        else:
            self._on_button_clicked()

    @Slot()
    def _on_button_clicked(self) -> None:
        typed = self.first.text()
        if self._is_new and len(typed) < _LEAST_LETTERS:
            self.verdict.say("error", self.tr("En az {0} karakter yazın.").format(_LEAST_LETTERS))
            return
        if self._is_new and typed != self.second.text():
            self.verdict.say("error", self.tr("İki yazılan aynı değil. Yeniden yazın."))
            return
        self.button.setEnabled(False)
        self.verdict.say("wait", self.tr("Kasa açılıyor…"))
        self.desk.run(
            self.tr("Kasa açılıyor"),
            partial(_unlock, self.desk, typed),
            self._on_unlocked,
            owner=self,
            failed=self._on_failed,
        )

    @Slot(object)
    def _on_unlocked(self, _value: object) -> None:
        self.button.setEnabled(True)
        for edit in (self.first, self.second):
            edit.clear()
        self.verdict.clear()
        self.hide()
        self.unlocked.emit()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.button.setEnabled(True)
        self.verdict.say("error", error.sentence)
        self.first.selectAll()
        self.first.setFocus()


def _unlock(desk: Desk, passphrase: str, _ctx: WorkContext) -> None:
    desk.office.unlock_secrets(passphrase)
