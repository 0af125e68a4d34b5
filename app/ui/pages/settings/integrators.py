"""Entegratörler: an account per company, and whether it works."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QWidget

from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import work
from app.ui.pages.settings.account_form import AccountForm
from app.ui.pages.settings.form import Form
from app.ui.pages.settings.subject import FormSubject
from app.ui.pages.settings.taxpayer_panel import TaxpayerPanel


class IntegratorsSubject(FormSubject):
    """A company at the top, its account under it."""

    key = "integrators"
    icon = "link"
    shows = Changes(companies=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Entegratörler"),
            self.tr(
                "Belgeler entegratör üzerinden gider ve gelir. Her firmanın kendi hesabı vardır; parola bu "
                "bilgisayarın güvenli deposunda durur, veritabanına yazılmaz."
            ),
            parent,
        )
        self._records: dict[int, CompanyRecord] = {}
        self._wanted: int | None = None
        self.company = QComboBox(self)
        self.form = Form(self)
        self.form.add("company", self.tr("Firma"), self.company)
        self.account = AccountForm(desk, self)
        self.column.addWidget(self.form)
        self.column.addWidget(self.account)
        self.taxpayers = TaxpayerPanel(desk, self)
        self.column.addWidget(self.taxpayers)
        self.column.addStretch(1)
        self.message.acted.connect(self._on_message_acted)
        self.company.currentIndexChanged.connect(self._on_company_chosen)

    def refresh(self) -> None:
        self.desk.read(work.list_firms, self._on_firms_read, owner=self)
        self.taxpayers.refresh()

    def reveal(self, what: Any) -> None:
        if isinstance(what, CompanyRecord):
            what = what.id
        if isinstance(what, int):
            self._wanted = what
            self.company.setCurrentIndex(self.company.findData(what))

    def unsaved(self) -> str | None:
        record = self._records.get(self.account.company_id or -1)
        if record is None or not self.account.is_dirty:
            return None
        name = record.company.party.display_name
        return self.tr("Ayarlar › Entegratörler: {0} hesabındaki değişiklikler kaydedilmedi.").format(name)

    @Slot(object)
    def _on_firms_read(self, records: list[CompanyRecord]) -> None:
        wanted = self._wanted or self.company.currentData()
        if wanted is None and self.desk.company is not None:
            wanted = self.desk.company.id
        self._wanted = None
        self._records = {record.id: record for record in records}
        self.company.blockSignals(True)
        self.company.clear()
        for record in records:
            self.company.addItem(f"{record.company.party.display_name}  ({record.company.tax_number})", record.id)
        self.company.setCurrentIndex(max(0, self.company.findData(wanted)) if records else -1)
        self.company.blockSignals(False)
        if not records:
            self.message.show_message("wait", self.tr("Önce Firmalar bölümünden bir firma ekleyin."))
            return
        self.message.setVisible(False)
        self._on_company_chosen()

    @Slot()
    def _on_company_chosen(self) -> None:
        record = self._records.get(self.company.currentData())
        if record is None:
            return
        if self.account.is_dirty:
            # The list was only read again, or another company was chosen over unsaved changes.
            if record.id != self.account.company_id:
                self._keep_here()
            return
        self.message.setVisible(False)
        self.account.show_company(record)

    def _keep_here(self) -> None:
        """The account has unsaved changes: say so and stay."""
        self.message.show_message(
            "warn",
            self.tr("Bu hesapta kaydedilmemiş değişiklik var. Önce kaydedin ya da değişiklikten vazgeçin."),
            self.tr("Vazgeç"),
        )
        self.company.blockSignals(True)
        self.company.setCurrentIndex(self.company.findData(self.account.company_id))
        self.company.blockSignals(False)

    @Slot()
    def _on_message_acted(self) -> None:
        """Give up what was typed."""
        record = self._records.get(self.account.company_id or -1)
        self.message.setVisible(False)
        if record is not None:
            self.account.show_company(record)
