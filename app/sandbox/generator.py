"""Incoming invoices out of a seed: realistic, all of them different, the same again from the same seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from app.domain.dates import ISTANBUL
from app.domain.document_number import DocumentNumber
from app.domain.invoice import (
    IADE,
    ISTISNA,
    SATIS,
    TEMELFATURA,
    TEVKIFAT,
    TICARIFATURA,
    AllowanceCharge,
    DocumentReference,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    PaymentMeans,
    PaymentTerms,
)
from app.domain.party import Party
from app.runtime.resources import resource_path
from app.sandbox.firms import Firm, firms
from app.sandbox.seals import seal_for
from app.signing.xades import seal_ubl
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

NO_LOOK = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """What an invoice is about. `look` names a template under resources/sandbox/looks; empty for none."""

    profile: str
    type_code: str
    look: str
    currency: str = "TRY"
    lines: int = 3
    discounted: bool = False


# Repeated in this order; any twelve in a row hold all of them.
_RECIPES = (
    _Recipe(profile=TEMELFATURA, type_code=SATIS, look="sade"),
    _Recipe(profile=TICARIFATURA, type_code=SATIS, look="serit", discounted=True),
    _Recipe(profile=TEMELFATURA, type_code=TEVKIFAT, look="serit"),
    _Recipe(profile=TICARIFATURA, type_code=SATIS, look="genis", currency="USD"),
    _Recipe(profile=TEMELFATURA, type_code=SATIS, look=NO_LOOK, lines=1),
    _Recipe(profile=TICARIFATURA, type_code=SATIS, look="surum2", lines=5, discounted=True),
    _Recipe(profile=TEMELFATURA, type_code=ISTISNA, look="sade", lines=2),
    _Recipe(profile=TICARIFATURA, type_code=TEVKIFAT, look="bozuk", lines=1),
    _Recipe(profile=TEMELFATURA, type_code=SATIS, look="genis", currency="EUR", discounted=True),
    _Recipe(profile=TICARIFATURA, type_code=SATIS, look="sade", lines=28),
    _Recipe(profile=TEMELFATURA, type_code=IADE, look="serit", lines=1),
    _Recipe(profile=TICARIFATURA, type_code=SATIS, look="sade", lines=2),
)
# (name, unit, price from, price to, KDV)
_GOODS = (
    ("A4 fotokopi kâğıdı 80 gr", "C62", 95, 190, 20),
    ("Un, ekmeklik, 50 kg çuval", "C62", 820, 1190, 1),
    ("Motorin", "LTR", 41, 49, 20),
    ("İş güvenliği ayakkabısı", "PR", 640, 1490, 10),
    ("Elektrik tesisatı bakım hizmeti", "HUR", 550, 1200, 20),
    ("Toner kartuşu, siyah", "C62", 890, 2750, 20),
    ("Taze levrek", "KGM", 260, 410, 1),
    ("Nakliye bedeli", "C62", 1500, 9800, 20),
    ("Ambalaj karton koli 60×40×40 cm", "C62", 18, 46, 20),
    ("Çay, dökme", "KGM", 140, 240, 1),
    ("Konaklama bedeli, çift kişilik oda", "DAY", 1800, 4600, 10),
    (
        "Yıllık yazılım bakım ve destek bedeli (güncelleme, uzaktan destek ve yerinde iki ziyaret dahil)",
        "C62",
        9000,
        62000,
        20,
    ),
)
_SERVICES = (("Temizlik hizmeti", "612"), ("Yazılım geliştirme ve bakım hizmeti", "602"), ("Personel taşıma", "614"))
_RATES = {"USD": Decimal("41.2375"), "EUR": Decimal("48.1190")}
_NOTES = ("İade süresi 7 gündür.", "Sevk adresi fatura adresidir.", "Vade farkı aylık %3 uygulanır.", "")


def generate(
    count: int,
    *,
    customer: Party,
    now: datetime,
    counter: Callable[[], int],
    profile: str = "",
    sealed: bool = True,
    seed: str = "muhurdar",
) -> Iterator[tuple[Firm, bytes]]:
    """`count` invoices to `customer`, each with its sender. `counter` gives the running number of each.

    `profile`, when given, passes over the invoices of the other one. Raises ValueError for an unknown profile.
    """
    if profile not in ("", TEMELFATURA, TICARIFATURA):
        raise ValueError(profile)
    left = count
    while left > 0:
        index = counter()
        recipe = _RECIPES[index % len(_RECIPES)]
        if profile and recipe.profile != profile:
            continue
        left -= 1
        firm = firms()[(index + index // len(_RECIPES)) % len(firms())]
        invoice = _invoice(index, recipe, firm, customer, now, seed)
        template = _template(recipe.look) if recipe.look else None
        xml = build_invoice(invoice, compute_totals(invoice), template=template)
        if sealed:
            sealer = seal_for(firm.party.tax_number.digits, firm.party.display_name)
            xml = seal_ubl(xml, sealer, signing_time=now)
        yield firm, xml


@lru_cache
def _template(look: str) -> bytes:
    return resource_path(f"sandbox/looks/{look}.xslt").read_bytes()


def _invoice(index: int, recipe: _Recipe, firm: Firm, customer: Party, now: datetime, seed: str) -> Invoice:
    chance = random.Random(f"{seed} {index}")
    day = now.astimezone(ISTANBUL).date() - timedelta(days=chance.randrange(3))
    invoice = Invoice(
        uuid=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        series=firm.series,
        number=DocumentNumber(firm.series, day.year, 1 + index),
        profile=recipe.profile,
        type_code=recipe.type_code,
        issue_date=day,
        issue_time=time(chance.randrange(8, 19), chance.randrange(60), chance.randrange(60)),
        supplier=firm.party,
        customer=customer,
        currency=recipe.currency,
        lines=tuple(_line(recipe, chance, number) for number in range(recipe.lines)),
        notes=tuple(note for note in (chance.choice(_NOTES),) if note),
    )
    return _with_extras(invoice, chance, day)


def _with_extras(invoice: Invoice, chance: random.Random, day: date) -> Invoice:
    if invoice.currency != "TRY":
        invoice = replace(invoice, exchange_rate=ExchangeRate(rate=_RATES[invoice.currency], day=day))
    if invoice.type_code == IADE:
        returned = DocumentReference(number=f"ABC{day.year}{chance.randrange(1, 500):09d}", day=day - timedelta(days=9))
        invoice = replace(invoice, returned_invoices=(returned,))
    if chance.random() < 0.5:
        invoice = replace(
            invoice,
            payment_means=PaymentMeans(code="42", due_date=day + timedelta(days=30), iban="TR330006100519786457841326"),
            payment_terms=PaymentTerms(note="30 gün vadeli"),
        )
    if chance.random() < 0.4:
        order = DocumentReference(number=f"SIP-{chance.randrange(1000, 9999)}", day=day - timedelta(days=4))
        invoice = replace(invoice, order_reference=order)
    return invoice


def _line(recipe: _Recipe, chance: random.Random, number: int) -> InvoiceLine:
    if recipe.type_code == TEVKIFAT:
        name, code = _SERVICES[number % len(_SERVICES)]
        return InvoiceLine(
            name=name,
            quantity=Decimal(1),
            unit_code="C62",
            unit_price=Decimal(chance.randrange(200_000, 4_000_000)) / 100,
            vat_rate=Decimal(20),
            withholding_code=code,
            withholding_rate=Decimal(_WITHHELD[code]),
        )
    name, unit, low, high, vat = chance.choice(_GOODS)
    discount = AllowanceCharge(rate=Decimal("0.05"), reason="Peşin ödeme iskontosu")
    line = InvoiceLine(
        name=name,
        quantity=Decimal(chance.randrange(1, 120)) / (10 if unit in ("KGM", "LTR", "HUR") else 1),
        unit_code=unit,
        unit_price=Decimal(chance.randrange(low * 100, high * 100)) / 100,
        vat_rate=Decimal(vat),
        allowances=(discount,) if recipe.discounted and number % 2 == 0 else (),
        seller_code=f"{chance.randrange(10**5):05d}" if chance.random() < 0.5 else "",
    )
    if recipe.type_code == ISTISNA:
        return replace(line, vat_rate=Decimal(0), exemption_code="301", exemption_reason="11/1-a Mal ihracatı")
    return line


_WITHHELD = {"612": 90, "602": 90, "614": 50}
