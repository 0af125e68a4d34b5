"""What a company card asks of the office beyond being stored: last numbers of before, its accountant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Slot

from app.domain.errors import AppError
from app.runtime.settings import LEDGER_APPLICATION
from app.storage import settings_store
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.pages.settings.company_card import CompanyCard
from app.ui.widgets import MessageBar
from app.workflows.context import WorkContext
from app.workflows.ledger_card import keep_office_accountant, office_accountant


class CardDoing(QObject):
    """Child of the subject that shows the card. `company` is the stored one; None for a new card."""

    def __init__(self, desk: Desk, card: CompanyCard, message: MessageBar, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._card, self._message = desk, card, message
        self.company: CompanyRecord | None = None
        card.start_button.hide()
        card.accountant_wanted.connect(self._on_accountant_wanted)
        card.accountant_kept.connect(self._on_accountant_kept)

    def refresh(self) -> None:
        """Tell the card what holds in the office."""
        settings = self._desk.office.settings
        self._desk.read(
            lambda _s: settings.get(LEDGER_APPLICATION), self._card.set_office_application, owner=self._card
        )

    @Slot()
    def _on_accountant_wanted(self) -> None:
        self._desk.read(office_accountant, self._on_accountant_read, owner=self, failed=self._on_failed)

    def _on_accountant_read(self, accountant: dict[str, Any]) -> None:
        if not accountant:
            words = self.tr(
                "Ofisin müşaviri henüz seçilmedi. Bir firmanın kartında müşaviri yazıp “Bunu ofisin müşaviri yap” "
                "düğmesine basın."
            )
            self._message.show_message("warn", words)
            return
        self._card.take_accountant(accountant)

    @Slot(object)
    def _on_accountant_kept(self, accountant: Mapping[str, Any]) -> None:
        kept = dict(accountant)

        def work(ctx: WorkContext) -> None:
            with ctx.db.write(settings_store.POINT) as s:
                keep_office_accountant(s, kept)

        def then(_: None) -> None:
            words = self.tr("{0} ofisin müşaviri oldu; başka kartlara tek düğmeyle yazılır.")
            self._message.show_message("ok", words.format(kept.get("name", "")))

        self._desk.run(self.tr("Müşavir saklanıyor"), work, then, owner=self, failed=self._on_failed)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self._message.show_error(error)
