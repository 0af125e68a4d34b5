"""Letting documents arrive in a customer's inbox: given ones, generated ones, and broken ones."""

from __future__ import annotations

import uuid
from dataclasses import replace

from app.domain.ettn import parse_ettn
from app.domain.party import Address, Party
from app.domain.taxnumber import parse_tax_number
from app.sandbox.core import Integrator
from app.sandbox.firms import Firm
from app.sandbox.generator import generate
from app.sandbox.papers import read_paper
from app.sandbox.records import Account, Row
from app.sandbox.sending import pack, row_of

_BATCH = 200


def deliver(integrator: Integrator, account: Account, xml: bytes, *, label: str) -> str:
    """Put one invoice into the inbox as it is; returns its ETTN. Raises Refusal 10003 when it is no invoice."""
    row = _arrived(integrator, account, xml, label=label)
    integrator.store.insert([row])
    return row.ettn


def deliver_generated(
    integrator: Integrator, account: Account, count: int, *, label: str, profile: str, sealed: bool, seed: str
) -> list[str]:
    """Generate `count` invoices and put them in; returns their ETTNs. Further calls go on with further invoices."""
    ettns: list[str] = []
    rows: list[Row] = []
    made = generate(
        count,
        customer=party_of(account),
        now=integrator.clock.now(),
        counter=lambda: integrator.store.count_up("generated"),
        profile=profile,
        sealed=sealed,
        seed=seed,
    )
    for firm, xml in made:
        _introduce(integrator, firm)
        rows.append(replace(_arrived(integrator, account, xml, label=label), sender_label=firm.gb))
        ettns.append(rows[-1].ettn)
        if len(rows) == _BATCH:
            integrator.store.insert(rows)
            rows = []
    integrator.store.insert(rows)
    return ettns


def deliver_raw(integrator: Integrator, account: Account, content: bytes, *, number: str, ettn: str) -> str:
    """Put in bytes that are handed out exactly as they are; returns the ETTN under which they are listed."""
    name = parse_ettn(ettn) if ettn else str(uuid.uuid4())
    now = integrator.clock.now()
    row = Row(
        id=0,
        account=account.vkn,
        direction="IN",
        ettn=name,
        number=number or f"BZK{now.year}{1 + integrator.store.count_up('raw'):09d}",
        profile="TEMELFATURA",
        type_code="SATIS",
        issue_date=now.date().isoformat(),
        payable="0.00",
        sender_name="Bozuk Gönderici",
        receiver_vkn=account.vkn,
        receiver_name=account.title,
        receiver_label=_default_label(account),
        envelope=str(uuid.uuid4()),
        content=content,
        is_raw=True,
        at=now.timestamp(),
    )
    integrator.store.insert([row])
    return name


def party_of(account: Account) -> Party:
    """The customer of the invoices that are made for an account."""
    number = parse_tax_number(account.vkn)
    first, _, family = account.title.rpartition(" ")
    return Party(
        tax_number=number,
        title=account.title if number.is_vkn else "",
        first_name="" if number.is_vkn else first,
        family_name="" if number.is_vkn else family,
        tax_office="Kadıköy",
        address=Address(street="Bağdat Caddesi", building_no="214/7", district="Kadıköy", city="İstanbul"),
    )


def _arrived(integrator: Integrator, account: Account, xml: bytes, *, label: str) -> Row:
    paper = read_paper(xml)
    content = pack(paper.summary.ettn, xml)
    row = row_of(paper, account=account.vkn, direction="IN", content=content, at=integrator.now())
    return replace(row, receiver_label=label or _default_label(account), envelope=str(uuid.uuid4()))


def _introduce(integrator: Integrator, firm: Firm) -> None:
    """The senders are taxpayers too: the customer can send something back."""
    number, name = firm.party.tax_number.digits, firm.party.display_name
    if integrator.store.firm_title(number) is None:
        integrator.store.save_firm(number, name, pk=[firm.pk], gb=[firm.gb], at=integrator.now(), kind="OZEL")


def _default_label(account: Account) -> str:
    return account.pk[0] if account.pk else ""
