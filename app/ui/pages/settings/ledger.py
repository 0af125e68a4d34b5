"""Defter: what holds for the ledgers of every company whose card says nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from app.runtime.settings import Setting
from app.ui.desk import Desk
from app.ui.pages.settings.generated import GeneratedSubject
from app.ui.widgets import QuietLabel


class LedgerSubject(GeneratedSubject):
    """The typed settings; what belongs to one company stands on its card."""

    key = "ledger"
    icon = "ledger"

    def __init__(self, desk: Desk, settings: Sequence[Setting[Any]], parent: QWidget | None = None) -> None:
        sentence = self.tr("Kartında başkası yazılmayan bütün firmaların defterleri için geçerlidir.")
        super().__init__(desk, self.tr("Defter"), sentence, settings, parent)
        words = self.tr(
            "Firmaya özel olanlar firma kartındadır: Firmalar › firma › Defter (hazırlayan, hesap dönemi, numaralar, "
            "şubeler, önceki programdan devir) ve Müşavir."
        )
        self.column.insertWidget(self.column.count() - 1, QuietLabel(words, self, wrap=True))
