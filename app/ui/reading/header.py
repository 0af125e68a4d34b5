"""The pane's head: which document, in which state, and the seal's verdict in words."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.lifecycle import Direction
from app.ui.reading.loading import Facts
from app.ui.theme import fonts, tokens
from app.ui.widgets import ElidedLabel, MessageBar, MoneyLabel, QuietLabel, StateBadge


class PaneHeader(QWidget):
    """Two lines of facts, the verdict under them; the verdict's further sentences unfold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("", self)
        self.title.setFont(fonts.medium(self.font()))
        self.amount = MoneyLabel(parent=self, strong=True)
        self.number = QuietLabel("", self)
        self.state = StateBadge(parent=self)
        self.verdict = MessageBar(parent=self, closable=False)
        self.verdict.acted.connect(self._on_verdict_acted)
        self.details = QuietLabel("", self, wrap=True)
        self.details.setVisible(False)
        self.review = MessageBar(parent=self, closable=False)
        first = QHBoxLayout()
        first.setSpacing(tokens.M)
        first.addWidget(self.title, 1)
        first.addWidget(self.amount)
        second = QHBoxLayout()
        second.setSpacing(tokens.M)
        second.addWidget(self.number, 1)
        second.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.XS)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.review)
        column.addWidget(self.verdict)
        column.addWidget(self.details)

    def show_facts(self, facts: Facts) -> None:
        record = facts.record
        self.title.setText(record.partner_name or record.partner_vkn or self.tr("(adsız)"))
        self.amount.set_amount(record.payable, record.currency)
        way = self.tr("gelen") if record.direction is Direction.IN else self.tr("giden")
        parts = [record.number or self.tr("numarasız taslak"), record.profile, record.type_code, way]
        self.number.setText(" · ".join(part for part in parts if part))
        self.state.set_state(record.state, review=bool(record.review_code))
        verdict = facts.verdict
        self.details.setText("\n".join(verdict.details))
        self.details.setVisible(False)
        self.verdict.show_message(verdict.kind, verdict.sentence, self.tr("Ayrıntı") if verdict.details else "")
        if record.review_code:
            self.review.show_message("error", f"{record.review_reason} {record.review_todo}".strip())
        else:
            self.review.setVisible(False)

    @Slot()
    def _on_verdict_acted(self) -> None:
        self.details.setVisible(self.details.isHidden())
