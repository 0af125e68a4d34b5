"""Defter: the page is there, the vouchers come with a later release; said plainly."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.desk import Desk
from app.ui.pages.base import Page
from app.ui.widgets import EmptyState


class LedgerPage(Page):
    """Nothing but its empty state."""

    key = "ledger"
    title = "Defter"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        column = QVBoxLayout(self)
        self.empty = EmptyState(
            "ledger",
            self.tr("Defter henüz bu sürümde yok"),
            self.tr(
                "Fişlerin içe aktarılması ve e-Defter sonraki sürümle gelecek. Bu sürümde faturalar Gelen ve Giden "
                "Kutusu'nda işlenir; şimdi yapmanız gereken bir şey yok."
            ),
            parent=self,
        )
        column.addWidget(self.empty)
