"""Asking the integrator about the buyer, and remembering which mailbox was chosen."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.domain.party import Party
from app.domain.taxnumber import parse_tax_number
from app.storage import companies
from app.storage.records import AccountRecord, CompanyRecord, PartnerRecord
from app.ui.desk import Desk
from app.ui.editor.buyer import BuyerCard, name_of, number_of
from app.ui.editor.store import FormStore
from app.ui.jobs import Changes
from app.workflows import drafting, lookups, partners, taxpayers
from app.workflows.context import WorkContext

#: After so long without a key the number counts as typed.
ASK_MS: Final = 700


class Registration(QObject):
    """`known` after an answer was stored; `failed` with the error when the user asked and nobody could be reached.

    A whole number that we know nothing of is asked about by itself, once, and quietly: with no connection a line
    says so and nothing is in the way.
    """

    known = Signal()
    failed = Signal(object)

    def __init__(
        self, desk: Desk, company: CompanyRecord, form: FormStore, card: BuyerCard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._company, self._form, self._card = desk, company, form, card
        self.asks_by_itself = True
        self._asked: set[str] = set()
        self._is_quiet = self._is_listed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self._ask_quietly)
        card.asked.connect(self.ask)
        card.label_chosen.connect(self.remember)
        form.field_changed.connect(self._on_field_changed)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path == "" or path.startswith("customer"):
            self._timer.start()

    @Slot()
    def _ask_quietly(self) -> None:
        number = number_of(self._form.get("customer", {}) or {})
        partner = self._card.partner
        is_known = partner is not None and partner.registered is not None
        if not self.asks_by_itself or self._form.lines.is_locked or is_known or number in self._asked:
            return
        try:
            if not parse_tax_number(number).is_checksum_valid:
                return
        except AppError:
            return
        self._asked.add(number)
        # First what the office's own list says: at once, and without a connection. Then the integrator's word.
        self._desk.run(
            "Okunuyor",
            lambda ctx: taxpayers.lookup(ctx, number),
            partial(self._on_listed, number),
            owner=self,
            failed=self._on_list_failed,
        )

    def _on_listed(self, number: str, listed: taxpayers.Registration | None) -> None:
        customer = self._form.get("customer", {}) or {}
        self._is_listed = listed is not None and number == number_of(customer)
        if listed is not None and self._is_listed:
            self._card.show_listed(listed.registered, listed.labels)
            if not name_of(customer) and listed.title and len(number) == 10:
                self._form.set("customer.title", listed.title, self.tr("Unvan"))
        self._start(is_quiet=True)

    def _on_list_failed(self, _error: AppError) -> None:
        # Without a readable list the integrator is asked; the list is fetched anew by the next sync.
        self._is_listed = False
        self._start(is_quiet=True)

    @Slot()
    def ask(self) -> None:
        """Ask now, because the user wants to know."""
        self._start(is_quiet=False)

    def _start(self, *, is_quiet: bool) -> None:
        # The account is looked up first, for its lane keeps the order of its calls.
        company = self._company
        self._is_quiet = is_quiet
        self._desk.read(
            lambda s: companies.get_account(s, company.id), self._ask_at, owner=self, failed=self._on_failed
        )

    def _on_failed(self, error: AppError) -> None:
        if self._is_quiet:
            if not self._is_listed:
                self._card.show_unreached(error.sentence)
        else:
            self.failed.emit(error)

    def _ask_at(self, account: AccountRecord | None) -> None:
        company, office, data, is_quiet = self._company, self._desk.office, self._form.data(), self._is_quiet
        if account is None and is_quiet:
            return
        try:
            parse_tax_number(number_of(data.get("customer", {})))
        except AppError as e:
            self._on_failed(e)
            return

        def work(ctx: WorkContext) -> PartnerRecord | None:
            party = _party(ctx, company, data)
            session = office.session(account) if account is not None else None
            if is_quiet and session is not None:
                return lookups.find_registration(ctx, company, party, session)
            return partners.ensure_registration(ctx, company, party, session, ask_again=True)

        lane = self._desk.account_lane(account.id) if account is not None else None
        number = number_of(data.get("customer", {}))
        self._desk.run(
            self.tr("Alıcı sorgulanıyor"),
            work,
            partial(self._on_answer, number),
            owner=self,
            company=company,
            lane=lane,
            changes=Changes(partners=True),
            failed=self._on_failed,
        )

    def _on_answer(self, number: str, partner: PartnerRecord | None) -> None:
        customer = self._form.get("customer", {}) or {}
        if number != number_of(customer):
            return
        if partner is None:
            self._card.show_unregistered()
            return
        if not name_of(customer) and partner.party.title:
            self._form.set("customer.title", partner.party.title, self.tr("Unvan"))
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
