"""Asking the integrator about the buyer, and remembering which mailbox was chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.errors import AppError
from app.domain.party import Party
from app.domain.taxnumber import parse_tax_number
from app.storage import companies
from app.storage.records import AccountRecord, CompanyRecord, PartnerRecord
from app.ui.desk import Desk
from app.ui.editor.buyer import BuyerCard, number_of
from app.ui.editor.store import FormStore
from app.ui.jobs import Changes
from app.workflows import drafting, partners
from app.workflows.context import WorkContext


class Registration(QObject):
    """`known` after an answer was stored; `failed` with the error when nobody could be asked."""

    known = Signal()
    failed = Signal(object)

    def __init__(
        self, desk: Desk, company: CompanyRecord, form: FormStore, card: BuyerCard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._company, self._form, self._card = desk, company, form, card
        card.asked.connect(self.ask)
        card.label_chosen.connect(self.remember)

    @Slot()
    def ask(self) -> None:
        """Ask now; the account is looked up first, for its lane keeps the order of its calls."""
        company = self._company
        self._desk.read(
            lambda s: companies.get_account(s, company.id), self._ask_at, owner=self, failed=self.failed.emit
        )

    def _ask_at(self, account: AccountRecord | None) -> None:
        company, office, data = self._company, self._desk.office, self._form.data()
        try:
            parse_tax_number(number_of(data.get("customer", {})))
        except AppError as e:
            self.failed.emit(e)
            return

        def work(ctx: WorkContext) -> PartnerRecord:
            party = _party(ctx, company, data)
            session = office.session(account) if account is not None else None
            return partners.ensure_registration(ctx, company, party, session)

        lane = self._desk.account_lane(account.id) if account is not None else None
        self._desk.run(
            self.tr("Alıcı sorgulanıyor"),
            work,
            self._on_known,
            owner=self,
            company=company,
            lane=lane,
            changes=Changes(partners=True),
            failed=self.failed.emit,
        )

    def _on_known(self, partner: PartnerRecord) -> None:
        if partner.party.tax_number.digits == number_of(self._form.get("customer", {}) or {}):
            self._card.show_partner(partner)
            self.known.emit()

    @Slot(str)
    def remember(self, label: str) -> None:
        """Keep the mailbox for the next invoice to this buyer."""
        company, data = self._company, self._form.data()

        def work(ctx: WorkContext) -> None:
            with ctx.db.read() as s:
                partner = companies.get_partner(s, company.id, number_of(data.get("customer", {})))
            if partner is not None:
                partners.remember_choice(ctx, company, partner, label)

        lane = self._desk.lanes.account("editor")
        self._desk.run("Okunuyor", work, owner=self, lane=lane, failed=self.failed.emit)


def _party(ctx: WorkContext, company: CompanyRecord, data: dict[str, object]) -> Party:
    from app.ui.editor.assessing import completed

    return drafting.read_invoice(ctx, company, completed(data)).customer
