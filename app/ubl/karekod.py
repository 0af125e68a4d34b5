"""What the karekod of every kind of document says, as ordered fields. Drawing it is rendering's work.

Source: guide Karekod Standardı V1.2 (November 2023), §2.1–2.5: one JSON object, every value a string, amounts with a
point and two decimals, keys in the guide's order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from app.domain.despatch import Despatch
from app.domain.invoice import KDV_CODE, Invoice, InvoiceTotals
from app.domain.money import ZERO, round_kurus
from app.ubl.emitter import iso_time
from app.ubl.numbertext import percent
from app.ubl.smm import net_fee

Fields = list[tuple[str, str]]
_INCOME_TAX, _CORPORATE_TAX, _EXCHANGE_FEE, _PASTURE_FUND, _SOCIAL = "0003", "0011", "8001", "9040", "SGK_PRIM"


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
    fields.append(("malhizmettoplam", _amount(totals.gross)))
    rates: dict[str, tuple[Decimal, Decimal]] = {}
    for tax in totals.taxes:
        if tax.code == KDV_CODE:
            rate = percent(tax.percent or Decimal(0))
            base, sum_ = rates.get(rate, (ZERO, ZERO))
            rates[rate] = (base + tax.taxable, sum_ + tax.amount)
    for rate, (base, sum_) in rates.items():
        fields += [(f"kdvmatrah({rate})", _amount(base)), (f"hesaplanankdv({rate})", _amount(sum_))]
    return [*fields, ("vergidahil", _amount(totals.tax_inclusive)), ("odenecek", _amount(totals.payable))]


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
        ("brutucret", _amount(totals.tax_exclusive)),
        ("tahsilkdv", _amount(totals.vat - withheld)),
        ("kdvtevkifat", _amount(withheld)),
        ("gvstopaj", _amount(_sum_of(totals, _INCOME_TAX, _CORPORATE_TAX))),
        ("kdvtutari", _amount(totals.vat)),
        ("netucret", _amount(net_fee(totals))),
        ("tahsilat", _amount(totals.payable)),
    ]


def credit_note_fields(receipt: Invoice, totals: InvoiceTotals) -> Fields:
    """e-Müstahsil makbuzu (§2.5). The guide spells the type MUSTAHSILMAKBUZU."""
    fields = [*_parties(receipt), *_head(receipt, with_scenario=True)]
    fields = [(key, "MUSTAHSILMAKBUZU" if key == "tip" else value) for key, value in fields]
    return [
        *fields,
        ("malhizmettoplam", _amount(totals.gross)),
        ("gvstopaj", _amount(_sum_of(totals, _INCOME_TAX, _CORPORATE_TAX))),
        ("merafonu", _amount(_sum_of(totals, _PASTURE_FUND))),
        ("borsatescilucreti", _amount(_sum_of(totals, _EXCHANGE_FEE))),
        ("sgkprimkesintisi", _amount(_sum_of(totals, _SOCIAL))),
        ("odenecek", _amount(totals.payable)),
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


def _sum_of(totals: InvoiceTotals, *tax_codes: str) -> Decimal:
    return sum((t.amount for t in totals.taxes if t.code in tax_codes), ZERO)


def _amount(value: Decimal) -> str:
    return format(round_kurus(value), "f")
