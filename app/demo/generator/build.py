"""Puts the made-up office into a real one through the storage functions: one transaction per client, past times."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from app.demo.generator import names, papers
from app.demo.generator.writing import Receiving, Sending
from app.demo.run import PASSWORD, USER
from app.domain.dates import istanbul_date
from app.domain.invoice import Invoice
from app.domain.lifecycle import SealingMode
from app.domain.party import Company, Labels, Party
from app.domain.protocols import NoProgress, Progress
from app.office import Office
from app.sandbox.records import Plan, Row
from app.sandbox.server import Sandbox
from app.storage import companies as stored
from app.storage import polling, quarantine
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord
from app.workflows import companies, points

DEFAULT_SEED: Final = "muhurdar"
#: Partners are shared among the clients, as in a real town; the last ones are no e-Fatura users.
_PARTNERS: Final = 48
_UNREGISTERED: Final = 6
#: Of a client's ten partners: invoices go to these; the next one is no user, and nobody has asked of the last.
_REGISTERED: Final = 8
_CONNECTOR: Final = "izibiz"
#: Every so manieth client lets the integrator seal.
_INTEGRATOR_SEALS: Final = 9


@dataclass(slots=True, kw_only=True)
class GeneratedOffice:
    """What was made. `sealed` documents carry a real TEST seal."""

    companies: list[CompanyRecord] = field(default_factory=list)
    outgoing: int = 0
    incoming: int = 0
    sealed: int = 0


def build_demo_office(
    office: Office,
    sandbox: Sandbox | None,
    *,
    companies: int = 60,
    seed: str = DEFAULT_SEED,
    days: int = 365,
    per_company: int = 30,
    sealed: int = 700,
    start: int = 0,
    progress: Progress | None = None,
) -> GeneratedOffice:
    """Add `companies` clients with about `per_company` outgoing and as many incoming documents over `days` days.

    The newest `sealed` documents carry real TEST seals and their senders' looks. Everything but the seals' own bytes
    is the same again for the same seed, clock and sandbox address. `sandbox` None leaves the clients without an
    integrator. Call it on an office whose clients are others: a client of the same seed is not made twice.

    `start` leaves out the first so many of the `companies`; those that were made before are left out too, so that what
    was cut short can be gone on with. `progress` is told and asked between two clients.
    Raises: JobCancelled, from `progress`; the clients made so far stay, each of them whole.
    """
    builder = _Builder(office, sandbox, seed, days, per_company)
    return builder.run(companies, sealed, start=start, progress=progress or NoProgress())


class _Builder:
    def __init__(self, office: Office, sandbox: Sandbox | None, seed: str, days: int, per_company: int) -> None:
        self._office, self._sandbox, self._seed = office, sandbox, seed
        self._days, self._per_company = days, per_company
        self._now = office.clock.now()
        self._made = GeneratedOffice()
        self._partners = [names.party(seed, "partner", index) for index in range(_PARTNERS + _UNREGISTERED)]

    def run(self, count: int, sealed: int, *, start: int, progress: Progress) -> GeneratedOffice:
        if self._sandbox is not None:
            for partner in self._partners[:_PARTNERS]:
                gb, pk = names.labels(partner)
                self._sandbox.register(partner.tax_number.digits, partner.display_name, pk=[pk], gb=[gb])
        done = self._done()
        for index in range(start, count):
            progress.report(index, count, "Deneme ofisi dolduruluyor")
            progress.checkpoint()
            party = names.party(self._seed, "client", index)
            if party.tax_number.digits not in done:
                self._client(index, party, sealed // max(1, count) + (index < sealed % max(1, count)))
        return self._made

    def _done(self) -> set[str]:
        """The clients that have their documents: their last question to the integrator is noted with them."""
        with self._office.db.read() as s:
            known = {record.id: record.company.tax_number.digits for record in stored.list_companies(s)}
            return {
                known[account.company_id]
                for account in stored.list_accounts(s)
                if polling.last_poll(s, account.id, "receive") is not None
            }

    def _client(self, index: int, party: Party, sealed: int) -> None:
        chance = random.Random(f"{self._seed} year {index}")
        record = companies.save_company(self._office.context(), _card(index, party, self._now))
        self._made.companies.append(record)
        amount = max(4, round(self._per_company * chance.uniform(0.3, 1.7)))
        # Two firms of one name on one line look like a fault.
        others = [i for i in range(_PARTNERS) if self._partners[i].display_name != party.display_name]
        chosen = chance.sample(others, 10)
        chosen[_REGISTERED] = _PARTNERS + index % _UNREGISTERED
        partners = [self._partners[i] for i in chosen]
        out = self._invoices(chance, amount, [(party, p) for p in partners[:_REGISTERED]], (_series(index),))
        # Nobody without e-Fatura sends one.
        senders = [place for place in range(len(partners)) if place != _REGISTERED]
        into = self._invoices(
            chance, amount, [(partners[i], party) for i in senders], tuple(f"P{chosen[i]:02d}" for i in senders)
        )
        sending = Sending(record, chance, self._now, integrator_seals=index % _INTEGRATOR_SEALS == 8)
        receiving = Receiving(record, chance, self._now)
        # What takes long (XML, seals) is made before the transaction begins.
        sending.prepare(out, sealed // 2, look=self._office.template(record))
        receiving.prepare(into, sealed - sealed // 2, chosen)
        account = self._account(record)
        with self._office.db.write(points.RECEIVE) as s:
            self._partner_cards(s, record, partners, chance)
            self._made.outgoing += sending.write(s)
            self._made.incoming += receiving.write(s)
            self._oddities(s, record, index)
            if self._sandbox is not None:
                # Before our own commit: cut short here, the client is made again and told again.
                _tell(self._sandbox, sending.known, receiving.known)
            if account is not None:
                polling.mark_poll(s, account.id, "receive", self._now - timedelta(minutes=2 + index % 9))
                polling.mark_poll(s, account.id, "status", self._now - timedelta(minutes=2 + index % 9))
        self._made.sealed += sending.sealed + receiving.sealed

    def _account(self, record: CompanyRecord) -> AccountRecord | None:
        """The login at the sandbox; stored without asking the connector, which sixty times over takes its time."""
        if self._sandbox is None:
            return None
        company = record.company
        digits = company.tax_number.digits
        user = f"{USER}-{digits}"
        self._sandbox.add_account(
            user,
            PASSWORD,
            vkn=digits,
            title=company.party.display_name,
            gb=list(company.labels.gb),
            pk=list(company.labels.pk),
            seals="integrator" if company.default_sealing_mode is SealingMode.INTEGRATOR else "own",
        )
        secret = f"{_CONNECTOR}:{digits}:{user}"
        self._office.secrets.set(secret, PASSWORD)
        with self._office.db.write(points.COMPANY) as s:
            return stored.save_account(
                s, record.id, connector=_CONNECTOR, url=self._sandbox.url, user=user, secret_name=secret
            )

    def _invoices(
        self,
        chance: random.Random,
        amount: int,
        pairs: Sequence[tuple[Party, Party]],
        series: Sequence[str],
    ) -> list[Invoice]:
        """Invoices over the year, oldest first; a fifth of them within the last nine days, where the work is."""
        today = istanbul_date(self._now)
        ages = sorted(
            (
                chance.randrange(0, 9) if chance.random() < 0.22 else chance.randrange(9, self._days)
                for _ in range(amount)
            ),
            reverse=True,
        )
        made = []
        for age in ages:
            which = chance.randrange(len(pairs))
            supplier, customer = pairs[which]
            made.append(
                papers.write_invoice(
                    chance,
                    supplier=supplier,
                    customer=customer,
                    series=series[which % len(series)],
                    day=today - timedelta(days=age),
                )
            )
        return made

    def _partner_cards(
        self, s: OpenSession, record: CompanyRecord, partners: Sequence[Party], chance: random.Random
    ) -> None:
        for place, partner in enumerate(partners):
            known = True if place < _REGISTERED else (False if place == _REGISTERED else None)
            stored.save_partner(
                s,
                record.id,
                partner,
                registered=known,
                pk_labels=(names.labels(partner)[1],) if known else (),
                checked_at=None if known is None else self._now - timedelta(days=chance.randrange(1, 40)),
                at=self._now,
            )

    def _oddities(self, s: OpenSession, record: CompanyRecord, index: int) -> None:
        """Every few clients something that could not be read."""
        if index % 8 == 3:
            quarantine.keep(
                s,
                record.id,
                name=f"bozuk-{index:02d}.xml",
                raw=b'<?xml version="1.0"?><Invoice><cbc:ID>kesik',
                code="XML.TRUNCATED",
                reason="Dosya yarım kalmış: XML'in sonu yok.",
                at=self._now - timedelta(days=2),
            )
        if index % 8 == 5:
            quarantine.keep(
                s,
                record.id,
                name=f"taranmis-{index:02d}.xml",
                raw=b"%PDF-1.4 taranmis fatura",
                code="XML.PDF",
                reason="Dosya XML değil, adı değiştirilmiş bir PDF.",
                at=self._now - timedelta(days=5),
            )


def _tell(sandbox: Sandbox, sent: Sequence[tuple[Row, Plan]], received: Sequence[Row]) -> None:
    """Put them into the integrator's own store, past its checks: they went through them months ago."""
    store = sandbox.integrator.store
    accounts = {row.account for row in [*received, *(row for row, _ in sent)]}
    with store.transaction():
        for account in accounts:
            store.execute("DELETE FROM documents WHERE account = ?", account)
        store.insert([row for row, _ in sent])
        store.insert(received)
        for row, plan in sent:
            store.set_plan(row.ettn, plan)


def _series(index: int) -> str:
    return f"{chr(65 + index // 26 % 26)}{chr(65 + index % 26)}{index % 10}"


def _card(index: int, party: Party, now: datetime) -> Company:
    gb, pk = names.labels(party)
    year: date = istanbul_date(now)
    series = _series(index)
    return Company(
        party=party,
        labels=Labels(gb=(gb,), pk=(pk,)),
        series={"einvoice": series, "earchive": f"{series[:2]}X"},
        default_sealing_mode=SealingMode.INTEGRATOR if index % _INTEGRATOR_SEALS == 8 else SealingMode.OWN,
        fiscal_year_start=f"{year.year}-01-01",
        fiscal_year_end=f"{year.year}-12-31",
    )
