"""What a company card asks of the office beyond being stored: last numbers of before, its accountant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.domain.errors import AppError
from app.runtime.settings import LEDGER_APPLICATION
from app.storage import settings_store
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.pages.settings.company_card import CompanyCard
from app.ui.widgets import MessageBar
from app.workflows.context import WorkContext
from app.workflows.ledger_card import keep_office_accountant, office_accountant
from app.workflows.ledger_start import LedgerStart, read_start


class CardDoing(QObject):
    """Child of the subject that shows the card. `company` is the stored one; None for a new card."""

    def __init__(self, desk: Desk, card: CompanyCard, message: MessageBar, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._card, self._message = desk, card, message
        self.company: CompanyRecord | None = None
        card.start_wanted.connect(self._on_start_wanted)
        card.accountant_wanted.connect(self._on_accountant_wanted)
        card.accountant_kept.connect(self._on_accountant_kept)

    def refresh(self) -> None:
        """Tell the card what holds in the office."""
        settings = self._desk.office.settings
        self._desk.read(
            lambda _s: settings.get(LEDGER_APPLICATION), self._card.set_office_application, owner=self._card
        )

    def read_start_file(self, path: Path) -> None:
        """Write the last numbers that stand in this file on the card."""
        company = self.company
        if company is None:
            return
        self._desk.run(
            self.tr("{0} okunuyor").format(path.name),
            lambda _ctx: read_start(path, company),
            self._on_start_read,
            owner=self,
            company=company,
            failed=self._on_failed,
        )

    @Slot()
    def _on_start_wanted(self) -> None:
        if self.company is None:
            words = self.tr("Önce firmayı kaydedin; dosyanın bu firmaya ait olduğu vergi numarasından anlaşılır.")
            self._message.show_message("warn", words)
            return
        name, _filter = QFileDialog.getOpenFileName(
            self._card,
            self.tr("Önceki programın son yevmiye defteri ya da beratı"),
            "",
            self.tr("Defter ve berat (*.xml *.zip)"),
        )
        if name:
            self.read_start_file(Path(name))

    def _on_start_read(self, start: LedgerStart) -> None:
        self._card.take_start(start_fields(start))
        if start.missing:
            titles = {"entry": self.tr("son madde no"), "line": self.tr("son satır no")}
            words = self.tr("{0} okundu, ama berat {1} söylemez: yevmiye defterinden okuyun ya da kendiniz yazın.")
            lacking = self.tr(" ile ").join(titles.get(key, key) for key in start.missing)
            self._message.show_message("warn", words.format(start.source, lacking))
            return
        words = self.tr("Son numaralar {0} dosyasından okundu; kontrol edip kaydedin.")
        if not start.is_approved:
            words = self.tr("Son numaralar {0} dosyasından okundu. GİB onaylı değil; son onaylı ay mı, kontrol edin.")
        self._message.show_message("ok" if start.is_approved else "warn", words.format(start.source))

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


def start_fields(start: LedgerStart) -> dict[str, str]:
    """The card's keys of what was read; those of a branch begin with its number."""
    before = f"{start.branch_no}." if start.branch_no else ""
    said = {"entry": start.entry, "line": start.line, "sequence": start.sequence}
    said = {key: last for key, last in said.items() if key not in start.missing}
    return {"period": start.period} | {f"{before}{key}": str(number) for key, number in said.items()}
