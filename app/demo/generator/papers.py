"""The invoices of the made-up office: lines, currencies, scenarios, and their bytes with or without a seal."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.domain.dates import ISTANBUL
from app.domain.document_number import DocumentNumber
from app.domain.invoice import (
    SATIS,
    TEMELFATURA,
    TEVKIFAT,
    TICARIFATURA,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    PaymentTerms,
)
from app.domain.party import Party
from app.runtime.resources import resource_path
from app.sandbox.seals import seal_for
from app.signing.xades import seal_ubl
from app.storage.records import DocumentIndex
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.workflows.drafting import index_of

# (name, unit, price from, price to, KDV)
_GOODS: Final = (
    ("Meşe yemek masası, 8 kişilik", "C62", 14500, 24900, 20),
    ("A4 fotokopi kâğıdı 80 gr", "C62", 95, 190, 20),
    ("Ekmeklik un, 50 kg çuval", "C62", 820, 1190, 1),
    ("Motorin", "LTR", 41, 49, 20),
    ("İş güvenliği ayakkabısı", "PR", 640, 1490, 10),
    ("Elektrik tesisatı bakım hizmeti", "HUR", 550, 1200, 20),
    ("Zeytinyağı, naturel sızma 5 lt", "C62", 1450, 2100, 1),
    ("Nakliye bedeli", "C62", 1500, 9800, 20),
    ("Ambalaj karton koli 60×40×40 cm", "C62", 18, 46, 20),
    ("Konaklama bedeli, çift kişilik oda", "DAY", 1800, 4600, 10),
    ("Yıllık yazılım bakım ve destek bedeli (güncelleme, uzaktan destek ve iki ziyaret dahil)", "C62", 9000, 62000, 20),
)
_RATES: Final = {"USD": Decimal("41.2375"), "EUR": Decimal("48.1190")}
_NOTES: Final = ("", "", "Sevk adresi fatura adresidir.", "İade süresi 7 gündür.", "Vade farkı aylık %3 uygulanır.")
_LOOKS: Final = ("sade", "serit", "genis", "surum2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One invoice with its row in the lists."""

    invoice: Invoice
    index: DocumentIndex


def write_invoice(chance: random.Random, *, supplier: Party, customer: Party, series: str, day: date) -> Invoice:
    """An invoice without a number."""
    profile = TICARIFATURA if chance.random() < 0.45 else TEMELFATURA
    is_withheld = chance.random() < 0.06
    currency = chance.choices(("TRY", "USD", "EUR"), (92, 5, 3))[0]
    count = 1 if is_withheld else chance.choices((1, 2, 3, 6), (40, 30, 25, 5))[0]
    invoice = Invoice(
        uuid=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        series=series,
        profile=profile,
        type_code=TEVKIFAT if is_withheld else SATIS,
        issue_date=day,
        issue_time=time(chance.randrange(8, 19), chance.randrange(60), chance.randrange(60)),
        supplier=supplier,
        customer=customer,
        currency=currency,
        lines=tuple(_line(chance, withheld=is_withheld) for _ in range(count)),
        notes=tuple(filter(None, (chance.choice(_NOTES),))),
    )
    if currency != "TRY":
        invoice = replace(invoice, exchange_rate=ExchangeRate(rate=_RATES[currency], day=day))
    if chance.random() < 0.3:
        invoice = replace(invoice, payment_terms=PaymentTerms(note="30 gün vadeli", due_date=day + timedelta(days=30)))
    return invoice


def _line(chance: random.Random, *, withheld: bool) -> InvoiceLine:
    name, unit, low, high, rate = chance.choice(_GOODS)
    quantity = Decimal(chance.choice((1, 2, 3, 5, 12, 40)))
    price = Decimal(chance.randrange(low * 100, high * 100)) / 100
    if withheld:
        return InvoiceLine(
            name="Yazılım geliştirme ve bakım hizmeti",
            quantity=Decimal(1),
            unit_code="C62",
            unit_price=Decimal(chance.randrange(2_000_00, 90_000_00)) / 100,
            vat_rate=Decimal(20),
            withholding_code="602",
            withholding_rate=Decimal(90),
        )
    return InvoiceLine(name=name, quantity=quantity, unit_code=unit, unit_price=price, vat_rate=Decimal(rate))


def numbered(invoice: Invoice, number: DocumentNumber) -> Invoice:
    return replace(invoice, number=number)


def paper_of(invoice: Invoice) -> Paper:
    """The invoice with what lists show of it, from its buyer's side."""
    return Paper(invoice=invoice, index=index_of(invoice, compute_totals(invoice)))


def index_for_receiver(invoice: Invoice) -> DocumentIndex:
    """What the buyer's list shows: the partner is the supplier."""
    return replace(
        index_of(invoice, compute_totals(invoice)),
        partner_vkn=invoice.supplier.tax_number.digits,
        partner_name=invoice.supplier.display_name,
    )


def xml_of(invoice: Invoice, *, look: bytes | None, sealed: bool) -> bytes:
    """The UBL-TR bytes. The sealed ones carry the TEST seal of their supplier; all of them share one key."""
    xml = build_invoice(invoice, compute_totals(invoice), template=look)
    if not sealed:
        return xml
    supplier = invoice.supplier
    sealer = seal_for(supplier.tax_number.digits, supplier.display_name)
    return seal_ubl(xml, sealer, signing_time=moment_of(invoice))


def moment_of(invoice: Invoice) -> datetime:
    """When the invoice was issued, as an aware UTC moment."""
    return datetime.combine(invoice.issue_date, invoice.issue_time, ISTANBUL).astimezone(UTC)


def look_of(index: int) -> bytes | None:
    """The look of a sender; some senders have none."""
    return None if index % 5 == 4 else _look(_LOOKS[index % len(_LOOKS)])


@lru_cache
def _look(name: str) -> bytes:
    return resource_path(f"sandbox/looks/{name}.xslt").read_bytes()
