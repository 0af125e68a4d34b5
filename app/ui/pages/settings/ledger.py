"""Defter: what holds for the ledgers of every company whose card says nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.runtime.settings import Setting
from app.ui.desk import Desk
from app.ui.ledger.archive_row import ArchiveRow
from app.ui.pages.settings.generated import GeneratedSubject
from app.ui.pages.settings.time_stamps import TimeStampSection
from app.ui.widgets import QuietLabel

#: Settings of the time stamp authority have a part of their own.
_STAMPS: Final = "tsa_"


class LedgerSubject(GeneratedSubject):
    """The typed settings; what belongs to one company stands on its card."""

    key = "ledger"
    icon = "ledger"

    def __init__(self, desk: Desk, settings: Sequence[Setting[Any]], parent: QWidget | None = None) -> None:
        sentence = self.tr("Kartında başkası yazılmayan bütün firmaların defterleri için geçerlidir.")
        plain = [one for one in settings if not one.name.startswith(_STAMPS)]
        super().__init__(desk, self.tr("Defter"), sentence, plain, parent)
        self.stamps = TimeStampSection(desk, [one for one in settings if one.name.startswith(_STAMPS)], self)
        words = self.tr(
            "Firmaya özel olanlar firma kartındadır: Firmalar › firma › Defter (hazırlayan, hesap dönemi, numaralar, "
            "şubeler, önceki programdan devir) ve Müşavir."
        )
        end = self.column.count() - 1
        self.column.insertWidget(end, QuietLabel(words, self, wrap=True))
        self.column.insertWidget(end + 1, self.stamps)
        self.archive = ArchiveRow(desk, self)
        self.column.insertWidget(end + 2, self.archive)

    def refresh(self) -> None:
        super().refresh()
        self.stamps.load()
        self.archive.refresh()

    def reveal(self, what: Any) -> None:
        for form in (self.form.form, self.stamps.form.form):
            if what in form.keys():  # noqa: SIM118 - a Form is no mapping
                form.editor(str(what)).setFocus()
