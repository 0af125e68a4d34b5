"""The bottom bar: sums, KDV by rate, and the one button."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.invoice import KDV_CODE, InvoiceTotals
from app.domain.turkish import format_amount
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import MoneyLabel, PrimaryButton, QuietButton, QuietLabel

#: Rates that have room beside the sums.
_RATES_SHOWN: Final = 2


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
        self._lines: list[tuple[str, str, str]] = []
        self.net = _Sum(self.tr("Matrah"), self)
        self.discount = _Sum(self.tr("İndirim"), self)
        self.charge = _Sum(self.tr("Artırım"), self)
        self.rounding = _Sum(self.tr("Yuvarlama"), self)
        self.other = _Sum(self.tr("Diğer vergiler"), self)
        self.vat = _Sum(self.tr("KDV"), self)
        self.withheld = _Sum(self.tr("Tevkifat"), self)
        self.deducted = _Sum(self.tr("Kesintiler"), self)
        self.payable = _Sum(self.tr("Ödenecek"), self, strong=True)
        self.breakdown = QWidget(self)
        self.breakdown.setAccessibleName(self.tr("KDV dökümü"))
        self._rates = QGridLayout(self.breakdown)
        self._rates.setContentsMargins(0, 0, 0, 0)
        self._rates.setHorizontalSpacing(tokens.M)
        self._rates.setVerticalSpacing(0)
        self.rate_labels = [[QuietLabel("", self.breakdown) for _ in range(3)] for _ in range(_RATES_SHOWN)]
        for row, labels in enumerate(self.rate_labels):
            for column, label in enumerate(labels):
                label.setFont(fonts.tabular(label.font()))
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._rates.addWidget(label, row, column)
        self.state = QuietLabel("", self)
        self.save = QuietButton(self.tr("Kaydet"), self, icon="save", shortcut="Ctrl+S")
        self.seal = PrimaryButton(self.tr("Mühürle ve gönder"), self, icon="seal", shortcut="Ctrl+Return")
        self._parts = (
            self.net,
            self.discount,
            self.charge,
            self.other,
            self.vat,
            self.withheld,
            self.deducted,
            self.rounding,
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(tokens.L, tokens.XS, tokens.L, tokens.XS)
        whole.setSpacing(tokens.L)
        for part in (*self._parts, self.payable):
            whole.addWidget(part, alignment=Qt.AlignmentFlag.AlignBottom)
        whole.addWidget(self.breakdown, alignment=Qt.AlignmentFlag.AlignBottom)
        whole.addStretch(1)
        whole.addWidget(self.state)
        buttons = QHBoxLayout()
        buttons.setSpacing(tokens.S)
        buttons.addWidget(self.save)
        buttons.addWidget(self.seal)
        whole.addLayout(buttons)
        self._errors = 0
        self._verb = self._tip = self.tr("Mühürle ve gönder")
        self.show_totals(None, "TRY")

    def show_errors(self, count: int) -> None:
        """What stands in the way of sealing: the button says so, and pressing it goes to the first."""
        if count != self._errors:
            self._errors = count
            self._show_verb()

    def set_verb(self, words: str, tip: str) -> None:
        """What the button does when nothing stands in the way, in a word and in a sentence."""
        if (words, tip) != (self._verb, self._tip):
            self._verb, self._tip = words, tip
            self._show_verb()

    def _show_verb(self) -> None:
        count, keys = self._errors, self.seal.shortcut()
        self.seal.setText(self.tr("{0} hatayı düzelt").format(count) if count else self._verb)
        stopped = self.tr("Mühürlenemez: {0} hata var. Basınca ilk hataya gider.").format(count)
        tip = stopped if count else self._tip
        self.seal.setToolTip(f"{tip} ({keys.toString(keys.SequenceFormat.NativeText)})")
        bind_icon(self.seal, "error" if count else "seal", "on_accent")
        # A new text makes Qt forget the shortcut.
        self.seal.setShortcut(keys)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a narrow window the breakdown gives way: the KDV sum's tool tip has it."""
        layout, breakdown = self.layout(), self.breakdown
        if layout is None:
            return
        wide = breakdown.minimumSizeHint().width() + layout.spacing()
        least = layout.minimumSize().width() - (0 if breakdown.isHidden() else wide)
        has_room = bool(self._lines) and least + wide <= self.width()
        if has_room is breakdown.isHidden():
            breakdown.setVisible(has_room)

    def event(self, event: QEvent) -> bool:
        # Whatever grows, a word of the state or the button's own, the breakdown gives way to it.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Without the breakdown, or it would keep the window wide instead of giving way."""
        least = super().minimumSizeHint()
        return QSize(max(least.width() - self.breakdown.sizeHint().width(), 0), least.height())

    def show_totals(self, totals: InvoiceTotals | None, currency: str) -> None:
        """The sums of the form as it stands; None shows dashes."""
        if totals is None:
            for part in (self.net, self.vat, self.payable):
                part.amount.setText("–")
            for part in (self.discount, self.charge, self.other, self.withheld, self.deducted, self.rounding):
                part.setVisible(False)
            self._lines = []
            self._show_lines()
            self._fit()
            return
        others = totals.tax_total - totals.vat
        self.net.amount.set_amount(totals.tax_exclusive)
        self.vat.amount.set_amount(totals.vat)
        self.payable.amount.set_amount(totals.payable, currency)
        for part, amount in (
            (self.discount, totals.allowance_total),
            (self.charge, totals.charge_total),
            (self.rounding, totals.rounding),
            (self.other, others),
            (self.withheld, totals.withheld),
            (self.deducted, totals.deduction_total),
        ):
            part.amount.set_amount(amount)
            part.setVisible(bool(amount))
        self._lines = [
            (f"%{t.percent.normalize():f}", format_amount(t.taxable), format_amount(t.amount))
            for t in totals.taxes
            if t.code == KDV_CODE and t.percent is not None
        ]
        self._show_lines()
        self._fit()

    def _show_lines(self) -> None:
        for number, labels in enumerate(self.rate_labels):
            texts: tuple[str, ...] = self._lines[number] if number < len(self._lines) else ("", "", "")
            if number == _RATES_SHOWN - 1 and len(self._lines) > _RATES_SHOWN:
                texts = (f"+{len(self._lines) - number}", self.tr("oran daha"), "…")
            for label, text in zip(labels, texts, strict=True):
                label.setText(text)
        full = "\n".join(self.tr("{0} × {1} = {2}").format(*line) for line in self._lines)
        self.breakdown.setToolTip(full)
        self.vat.setToolTip(full)
