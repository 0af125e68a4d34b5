"""What the karekod of every kind of document says, as ordered fields. Drawing it is rendering's work.

Source: guide Karekod Standardı V1.2 (November 2023), §2.1–2.5: one JSON object, every value a string, amounts with a
point and two decimals, keys in the guide's order. KDV that is shown and not collected (CalculationSequenceNumeric −1)
is no KDV of the document and has no pair. `karekod_tree` says the same of a document that is XML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from app.domain.despatch import Despatch
from app.domain.invoice import KDV_CODE, Invoice, InvoiceTotals
from app.domain.money import WIDE, ZERO, round_kurus
from app.ubl.emitter import iso_time
from app.ubl.numbertext import percent
from app.ubl.smm import net_fee

Fields = list[tuple[str, str]]
INCOME_TAXES: Final = ("0003", "0011")
EXCHANGE_FEE: Final = "8001"
PASTURE_FUND: Final = "9040"
SOCIAL_SECURITY: Final = "SGK_PRIM"
#: The guide's own spelling of the producer receipt's type.
PRODUCER_TYPE: Final = "MUSTAHSILMAKBUZU"


def to_text(fields: Sequence[tuple[str, str]]) -> str:
    """The JSON object as the guide prints it: no blanks, Turkish letters as they are."""
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))


def invoice_fields(invoice: Invoice, totals: InvoiceTotals) -> Fields:
    """e-Fatura and e-Arşiv fatura (§2.1, §2.1.1, §2.2). One KDV pair per rate."""
    fields = _parties(invoice)
    if invoice.profile == "YOLCUBERABERFATURA":
        passport = invoice.buyer.passport_no if invoice.buyer is not None else ""
        agent = invoice.tax_representative.number if invoice.tax_representative is not None else ""
        fields += [("pasaportno", passport), ("aracikurumvkn", agent)]
    fields += _head(invoice, with_scenario=True)
    fields.append(("malhizmettoplam", amount_text(totals.gross)))
    kept = ((t.percent, t.taxable, t.amount) for t in totals.taxes if t.code == KDV_CODE and t.shown_amount is None)
    fields += vat_pairs(kept)
    return [*fields, ("vergidahil", amount_text(totals.tax_inclusive)), ("odenecek", amount_text(totals.payable))]


def despatch_fields(despatch: Despatch) -> Fields:
    """e-İrsaliye (§2.3). Without a carrier firm the driver's number stands in its place."""
    shipment = despatch.shipment
    carrier = shipment.carrier.tax_number.digits if shipment.carrier is not None else ""
    if not carrier and shipment.drivers:
        carrier = shipment.drivers[0].number
    return [
        ("vkntckn", despatch.supplier.tax_number.digits),
        ("avkntckn", despatch.customer.tax_number.digits),
        ("senaryo", despatch.profile),
        ("tip", despatch.type_code),
        ("tarih", despatch.issue_date.isoformat()),
        ("no", despatch.number_text),
        ("ettn", despatch.uuid),
        ("sevktarihi", shipment.despatch_day.isoformat() if shipment.despatch_day is not None else ""),
        ("sevkzamani", iso_time(shipment.despatch_time) if shipment.despatch_time is not None else ""),
        ("tasiyicivkn", carrier),
        ("plaka", shipment.plate),
    ]


def smm_fields(receipt: Invoice, totals: InvoiceTotals) -> Fields:
    """e-Serbest meslek makbuzu (§2.4): fee, KDV collected, KDV withheld, stopaj, KDV, net fee, sum collected."""
    withheld = sum((w.amount for w in totals.withholdings), ZERO)
    return [
        *_parties(receipt),
        *_head(receipt, with_scenario=False),
        ("brutucret", amount_text(totals.tax_exclusive)),
        ("tahsilkdv", amount_text(totals.vat - withheld)),
        ("kdvtevkifat", amount_text(withheld)),
        ("gvstopaj", amount_text(_sum_of(totals, *INCOME_TAXES))),
        ("kdvtutari", amount_text(totals.vat)),
        ("netucret", amount_text(net_fee(totals))),
        ("tahsilat", amount_text(totals.payable)),
    ]


def credit_note_fields(receipt: Invoice, totals: InvoiceTotals) -> Fields:
    """e-Müstahsil makbuzu (§2.5). The guide spells the type MUSTAHSILMAKBUZU."""
    fields = [*_parties(receipt), *_head(receipt, with_scenario=True)]
    fields = [(key, PRODUCER_TYPE if key == "tip" else value) for key, value in fields]
    return [
        *fields,
        ("malhizmettoplam", amount_text(totals.gross)),
        ("gvstopaj", amount_text(_sum_of(totals, *INCOME_TAXES))),
        ("merafonu", amount_text(_sum_of(totals, PASTURE_FUND))),
        ("borsatescilucreti", amount_text(_sum_of(totals, EXCHANGE_FEE))),
        ("sgkprimkesintisi", amount_text(_sum_of(totals, SOCIAL_SECURITY))),
        ("odenecek", amount_text(totals.payable)),
    ]


def _parties(invoice: Invoice) -> Fields:
    return [
        ("vkntckn", invoice.supplier.tax_number.digits),
        ("avkntckn", invoice.customer.tax_number.digits),
    ]


def _head(invoice: Invoice, *, with_scenario: bool) -> Fields:
    scenario = [("senaryo", invoice.profile), ("tip", invoice.type_code)] if with_scenario else []
    return [
        *scenario,
        ("tarih", invoice.issue_date.isoformat()),
        ("no", invoice.number_text),
        ("ettn", invoice.uuid),
        ("parabirimi", invoice.currency),
    ]


def vat_pairs(subtotals: Iterable[tuple[Decimal | None, Decimal, Decimal]]) -> Fields:
    """One matrah and one KDV field per rate, from (rate, base, KDV), in order of first appearance."""
    rates: dict[str, tuple[Decimal, Decimal]] = {}
    for rate, taxable, vat in subtotals:
        name = percent(rate or Decimal(0))
        base, sum_ = rates.get(name, (ZERO, ZERO))
        rates[name] = (WIDE.add(base, taxable), WIDE.add(sum_, vat))
    fields: Fields = []
    for name, (base, sum_) in rates.items():
        fields += [(f"kdvmatrah({name})", amount_text(base)), (f"hesaplanankdv({name})", amount_text(sum_))]
    return fields


def _sum_of(totals: InvoiceTotals, *tax_codes: str) -> Decimal:
    return sum((t.amount for t in totals.taxes if t.code in tax_codes), ZERO)


def amount_text(value: Decimal) -> str:
    """`1000.00`: a point, two decimals, rounded half up."""
    return format(round_kurus(value), "f")
