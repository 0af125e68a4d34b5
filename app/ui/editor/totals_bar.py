"""The bottom bar: sums, KDV by rate, and the one button."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.invoice import KDV_CODE, InvoiceTotals
from app.domain.turkish import format_amount
from app.ui.theme import fonts, tokens
from app.ui.widgets import MoneyLabel, PrimaryButton, QuietButton, QuietLabel


class _Sum(QWidget):
    """A word above an amount."""

    def __init__(self, title: str, parent: QWidget, *, strong: bool = False) -> None:
        super().__init__(parent)
        self.amount = MoneyLabel(None, parent=self, strong=strong)
        if strong:
            self.amount.setFont(fonts.heading(self.amount.font()))
        self.amount.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.title = QuietLabel(title, self)
        self.title.setAlignment(self.amount.alignment())
        column.addWidget(self.title)
        column.addWidget(self.amount)


class TotalsBar(QFrame):
    """Sums that are zero for this invoice (discount, tevkifat) are not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.net = _Sum(self.tr("Matrah"), self)
        self.discount = _Sum(self.tr("İndirim"), self)
        self.other = _Sum(self.tr("Diğer vergiler"), self)
        self.vat = _Sum(self.tr("KDV"), self)
        self.withheld = _Sum(self.tr("Tevkifat"), self)
        self.payable = _Sum(self.tr("Ödenecek"), self, strong=True)
        self.breakdown = QLabel(self)
        self.breakdown.setProperty("role", "quiet")
        self.breakdown.setAccessibleName(self.tr("KDV dökümü"))
        self.state = QuietLabel("", self)
        self.save = QuietButton(self.tr("Taslağı kaydet"), self, icon="save", shortcut="Ctrl+S")
        self.seal = PrimaryButton(self.tr("Mühürle ve gönder"), self, icon="seal", shortcut="Ctrl+Return")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.S)
        row.setSpacing(tokens.XL)
        for part in (self.net, self.discount, self.other, self.vat, self.withheld, self.payable):
            row.addWidget(part)
        row.addWidget(self.breakdown, 1)
        row.addWidget(self.state)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.S)
        buttons.addWidget(self.save)
        buttons.addWidget(self.seal)
        row.addLayout(buttons)

    def show_totals(self, totals: InvoiceTotals | None, currency: str) -> None:
        """The sums of the form as it stands; None shows dashes."""
        if totals is None:
            for part in (self.net, self.vat, self.payable):
                part.amount.setText("–")
            self.breakdown.setText("")
            return
        others = totals.tax_total - totals.vat
        self.net.amount.set_amount(totals.tax_exclusive)
        self.vat.amount.set_amount(totals.vat)
        self.payable.amount.set_amount(totals.payable, currency)
        for part, amount in (
            (self.discount, totals.allowance_total),
            (self.other, others),
            (self.withheld, totals.withheld),
        ):
            part.amount.set_amount(amount)
            part.setVisible(bool(amount))
        rates = [t for t in totals.taxes if t.code == KDV_CODE]
        words = [f"%{t.percent.normalize():f}: {format_amount(t.amount)}" for t in rates if t.percent is not None]
        full = [
            f"%{t.percent.normalize():f} × {format_amount(t.taxable)} = {format_amount(t.amount)}"
            for t in rates
            if t.percent is not None
        ]
        self.breakdown.setText("\n".join(words[:2]) + (f" … +{len(words) - 2}" if len(words) > 2 else ""))
        self.breakdown.setToolTip("\n".join(full))
