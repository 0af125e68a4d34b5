"""A discount or charge of the whole invoice: asked once, laid on all lines or kept below them, as one undo step."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from app.ubl.numbertext import plain
from app.ui.editor.fields import Field, FormEdit
from app.ui.editor.numbers import read_number
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import QuietLabel
from app.workflows.drafting import spread_over_lines


class SpreadDialog(QDialog):
    """`%5` or an amount; `value` and `is_rate` are read from it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Genel indirim / artırım"))
        self.kind = QComboBox(self)
        self.kind.addItem(self.tr("İndirim"), False)
        self.kind.addItem(self.tr("Artırım"), True)
        self.amount = FormEdit(self)
        self.amount.setPlaceholderText(self.tr("%5 ya da 1.500,00"))
        self.amount.textChanged.connect(self._show_readiness)
        self.reason = FormEdit(self)
        self.reason.setPlaceholderText(self.tr("ör. kampanya, nakliye"))
        self.way = QComboBox(self)
        self.way.addItem(self.tr("Satırlara dağıtılsın"), False)
        self.way.addItem(self.tr("Faturanın altında tek kalem kalsın"), True)
        self.way.currentIndexChanged.connect(self._show_way)
        self._words = QuietLabel("", self, wrap=True)
        self.yes = QPushButton(self)
        self.yes.setDefault(True)
        no = QPushButton(self.tr("Vazgeç"), self)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.L)
        column.setSpacing(tokens.M)
        column.addWidget(Field(self.tr("Ne"), self.kind, (), self))
        column.addWidget(Field(self.tr("Oran ya da tutar"), self.amount, (), self))
        column.addWidget(Field(self.tr("Nedeni"), self.reason, (), self))
        column.addWidget(Field(self.tr("Nasıl"), self.way, (), self))
        column.addWidget(self._words)
        column.addWidget(buttons)
        self.setMinimumWidth(tokens.TEXT_WIDTH_PX)
        self._show_way()
        self._show_readiness()
        self.amount.setFocus()

    @property
    def is_rate(self) -> bool:
        return "%" in self.amount.text()

    @property
    def value(self) -> Decimal | None:
        """A fraction for a rate, else an amount; None while it is no number that can be laid on lines."""
        number = read_number(self.amount.text())
        if number is None or number <= 0 or (self.is_rate and number > 100):
            return None
        return number / 100 if self.is_rate else number

    @property
    def is_whole(self) -> bool:
        """Whether it stays one item of the document."""
        return bool(self.way.currentData())

    @Slot()
    def _show_way(self) -> None:
        if self.is_whole:
            words = self.tr(
                "Satırlar olduğu gibi kalır; KDV matrahları satırların paylarına göre azalır ya da artar. Alıcı "
                "faturada bir tek indirim görür."
            )
        else:
            words = self.tr("Oran her satıra yazılır; tutar satırlara paylarına göre kuruşu kuruşuna dağıtılır.")
        self._words.setText(words)
        self.yes.setText(self.tr("Faturaya ekle") if self.is_whole else self.tr("Satırlara dağıt"))

    @Slot()
    def _show_readiness(self) -> None:
        self.yes.setEnabled(self.value is not None)


def ask_spread(store: FormStore, parent: QWidget) -> bool:
    """Whether it was laid on the lines, or put below them."""
    dialog = SpreadDialog(parent)
    is_yes = dialog.exec() == QDialog.DialogCode.Accepted
    value, is_charge, title = dialog.value, bool(dialog.kind.currentData()), dialog.kind.currentText()
    reason, is_rate, is_whole = dialog.reason.text().strip(), dialog.is_rate, dialog.is_whole
    dialog.deleteLater()
    if not is_yes or value is None:
        return False
    if is_whole:
        path = "charges" if is_charge else "discounts"
        item = {"rate" if is_rate else "amount": plain(value)} | ({"reason": reason} if reason else {})
        store.set(path, [*(store.get(path, None) or []), item], f"Genel {title.lower()}")
        return True
    new = spread_over_lines(store.lines.lines, value, is_rate=is_rate, is_charge=is_charge, reason=reason)
    store.lines.replace_all(new, f"Genel {title.lower()}")
    return True
