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
        self.column.addStretch(1)
        self.company.currentIndexChanged.connect(self._on_company_chosen)

    def refresh(self) -> None:
        self.desk.read(work.list_firms, self._on_firms_read, owner=self)

    def reveal(self, what: Any) -> None:
        if isinstance(what, CompanyRecord):
            what = what.id
        if isinstance(what, int):
            self._wanted = what
            self.company.setCurrentIndex(self.company.findData(what))

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
        if record is not None:
            self.account.show_company(record)
