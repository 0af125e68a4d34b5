"""The pane's head: which document, in which state, and the seal's verdict in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.domain.lifecycle import Direction
from app.ui.lists.columns import type_text
from app.ui.reading.loading import Facts
from app.ui.reading.verdict import Verdict
from app.ui.theme import fonts, tokens
from app.ui.widgets import ElidedLabel, IconLabel, LinkButton, MoneyLabel, QuietLabel, StateBadge

_ICONS = {"ok": "check-circle", "wait": "info", "warn": "warn", "error": "error"}
_WORDS = {"ok": "Tamam", "wait": "Bilgi", "warn": "Uyarı", "error": "Hata"}


class VerdictLine(QWidget):
    """Icon and sentence, always there; further sentences unfold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel("info", "wait", self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.unfold = LinkButton(self.tr("Ayrıntı"), self)
        self.unfold.setAccessibleName(self.tr("Mührün ayrıntıları"))
        self.unfold.clicked.connect(self._on_unfold_clicked)
        self.details = QuietLabel("", self, wrap=True)
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.setVisible(False)
        row = QHBoxLayout()
        row.setSpacing(tokens.S)
        beside = QVBoxLayout()
        beside.addSpacing(max(0, (self.fontMetrics().height() - tokens.ICON_PX) // 2 + 1))
        beside.addWidget(self._icon)
        beside.addStretch(1)
        row.addLayout(beside)
        row.addWidget(self._words, 1)
        row.addWidget(self.unfold, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.XS)
        column.addLayout(row)
        column.addWidget(self.details)

    @property
    def sentence(self) -> str:
        return self._words.text()

    def show_verdict(self, verdict: Verdict) -> None:
        self._icon.set_icon(_ICONS[verdict.kind], verdict.kind)
        # A broken seal must jump to the eye, and not by its colour alone.
        self._words.setFont(fonts.medium(self.font()) if verdict.kind == "error" else self.font())
        self._words.setText(verdict.sentence)
        self.details.setText("\n".join(verdict.details))
        self.details.setVisible(False)
        self.unfold.setVisible(bool(verdict.details))
        self.setAccessibleName(f"{_WORDS[verdict.kind]}: {verdict.sentence}")

    @Slot()
    def _on_unfold_clicked(self) -> None:
        self.details.setVisible(self.details.isHidden())


class PaneHeader(QWidget):
    """Two lines of facts, the verdict under them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("", self)
        self.title.setFont(fonts.medium(self.font()))
        self.amount = MoneyLabel(parent=self, strong=True)
        self.number = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.state = StateBadge(parent=self)
        self.state.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.verdict = VerdictLine(self)
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
        column.addWidget(self.verdict)

    def show_facts(self, facts: Facts) -> None:
        record = facts.record
        self.title.setText(record.partner_name or record.partner_vkn or self.tr("(adsız)"))
        self.amount.set_amount(record.payable, record.currency)
        way = self.tr("gelen") if record.direction is Direction.IN else self.tr("giden")
        # The same words as in the list's column.
        parts = [record.number or self.tr("numarasız taslak"), type_text(record), way]
        self.number.setText(" · ".join(part for part in parts if part))
        self.state.set_state(record.state, review=bool(record.review_code))
        self.verdict.show_verdict(facts.verdict)
