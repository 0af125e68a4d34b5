"""Sums of an invoice. The rounding rules are those of `domain.money`; this module only applies them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

from app.domain.invoice import (
    ISTISNA,
    KDV_CODE,
    AllowanceCharge,
    Invoice,
    InvoiceLine,
    InvoiceTotals,
    LineTotals,
    OtherTax,
    TaxSubtotal,
)
from app.domain.money import WIDE, ZERO, round_kurus
from app.ubl import codes
from app.ubl.xmlsafe import clean_text

#: A producer receipt (e-Müstahsil) knows no KDV.
PRODUCER_RECEIPT: Final = "MUSTAHSILMAKBUZ"
#: A freelance receipt (e-SMM); its TaxTotal sums the income tax withheld too.
FREELANCE_RECEIPT: Final = "SERBESTMESLEKMAKBUZU"
_HUNDRED = Decimal(100)
# Types whose zero KDV needs no reason (Schematron TaxExemptionReasonCheck).
_NO_REASON_NEEDED = frozenset({"IADE", "YTBIADE", "IHRACKAYITLI", "OZELMATRAH", "SGK", "KONAKLAMAVERGISI"})


@dataclass(slots=True)
class _Group:
    """One tax subtotal of the document while it is being summed."""

    name: str
    percent: Decimal | None
    per_unit: Decimal | None
    exemption: tuple[str, str] = ("", "")
    taxable: Decimal = ZERO
    amount: Decimal = ZERO
    rounded_per_line: bool = False
    quantity: Decimal = Decimal(0)


@dataclass(slots=True)
class _Sums:
    others: dict[tuple[str, Decimal | None, Decimal | None], _Group] = field(default_factory=dict)
    vat: dict[tuple[Decimal, str, str, bool], Decimal] = field(default_factory=dict)
    withheld: dict[tuple[str, Decimal], dict[Decimal, Decimal]] = field(default_factory=dict)


def compute_totals(invoice: Invoice) -> InvoiceTotals:
    """All sums of `invoice`, in the document currency. Any thread; the result depends on the invoice alone.

    - Each line discount and charge with a rate is taken from the line's gross amount (BaseAmount), not one after
      the other.
    - A discount or charge of the document with a rate is taken from the sum of the lines' nets. It stands in no line;
      the document's taxes are reckoned after each line has borne its share of it, by its net.
    - Taxes that deduct (stopaj) stand in `taxes` but not in `tax_total`; they are counted in `withheld`.
    - Zero KDV without a code becomes 351 (KDV - İstisna Olmayan Diğer) where GİB demands a reason; an ISTISNA
      invoice is left alone, because only the user knows which exemption it is.
    - KDV that is shown and not collected (`vat_shown_only`) has the amount zero and stands in `shown_amount`.
    - What a hal commission agent keeps back lowers the payable amount only; a rate is taken from the document's base.
    Source: UBL-TR fact sheet, "Numbers and arithmetic"; rounding: `domain.money`.
    """
    with localcontext(WIDE):
        return _compute(invoice)


def _compute(invoice: Invoice) -> InvoiceTotals:
    sums = _Sums()
    lines = tuple(_compute_line(line, invoice.type_code) for line in invoice.lines)
    gross = _total(line.gross for line in lines)
    base = _total(line.net for line in lines)
    amounts = tuple(_allowance_amount(item, base) for item in invoice.allowances)
    shares = _shares([line.net for line in lines], _change(invoice.allowances, amounts))
    for line, computed, share in zip(invoice.lines, lines, shares, strict=True):
        _sum_up(line, computed.net + share, invoice.type_code, sums)
    pairs = [
        *zip(invoice.allowances, amounts, strict=True),
        *(
            pair
            for line, computed in zip(invoice.lines, lines, strict=True)
            for pair in zip(line.allowances, computed.allowance_amounts, strict=True)
        ),
    ]
    allowances = _total(amount for item, amount in pairs if not item.is_charge)
    charges = _total(amount for item, amount in pairs if item.is_charge)
    taxes = (*_other_subtotals(sums), *_vat_subtotals(sums, invoice.type_code))
    tax_total = _total(t.amount for t in taxes if not is_deducted(t.code))
    withholdings = _withholding_subtotals(sums)
    withheld = _total(w.amount for w in withholdings) + _total(t.amount for t in taxes if is_deducted(t.code))
    tax_exclusive = gross - allowances + charges
    tax_inclusive = tax_exclusive + tax_total
    rounding = round_kurus(invoice.rounding)
    deducted = tuple(
        round_kurus(item.amount if item.amount is not None else tax_exclusive * (item.rate or Decimal(0)) / _HUNDRED)
        for item in invoice.deductions
    )
    return InvoiceTotals(
        lines=lines,
        gross=gross,
        allowance_total=allowances,
        charge_total=charges,
        tax_exclusive=tax_exclusive,
        taxes=taxes,
        tax_total=tax_total,
        withholdings=withholdings,
        withheld=withheld,
        tax_inclusive=tax_inclusive,
        rounding=rounding,
        payable=tax_inclusive - withheld - _total(deducted) + rounding,
        deduction_amounts=deducted,
        deduction_total=_total(deducted),
        allowance_amounts=amounts,
    )


def _change(items: Iterable[AllowanceCharge], amounts: Iterable[Decimal]) -> Decimal:
    """By how much discounts and charges move what they are taken from."""
    return _total(amount if item.is_charge else -amount for item, amount in zip(items, amounts, strict=True))


def _shares(nets: Sequence[Decimal], change: Decimal) -> list[Decimal]:
    """What each line bears of a discount or charge of the document, by its net; the largest takes what rounding
    leaves, so that every tax rate bears its part and nothing is lost."""
    whole = _total(nets)
    if not change or not whole:
        return [ZERO] * len(nets)
    shares = [round_kurus(change * net / whole) for net in nets]
    shares[nets.index(max(nets))] += change - _total(shares)
    return shares


def is_deducted(tax_code: str) -> bool:
    """Whether this tax lowers the payable amount (stopaj and the like)."""
    found = codes.tax_types().get(tax_code)
    return found.deducts if found is not None else tax_code in codes.producer_cuts()


def enters_vat_base(tax: OtherTax) -> bool:
    """Whether the tax is part of the KDV base: as the line says, else as its code says."""
    return is_in_vat_base(tax.code) if tax.in_vat_base is None else tax.in_vat_base


def is_in_vat_base(tax_code: str) -> bool:
    """Whether this tax is by law part of the KDV base (ÖTV and the like)."""
    found = codes.tax_types().get(tax_code)
    return found is not None and found.in_vat_base


def _compute_line(line: InvoiceLine, type_code: str) -> LineTotals:
    """A line by itself: what the document grants as a whole does not stand in its lines."""
    gross = round_kurus(line.quantity * line.unit_price)
    amounts = tuple(_allowance_amount(item, gross) for item in line.allowances)
    net = gross + _change(line.allowances, amounts)
    others, vat_base = _bases(line, net)
    if type_code == PRODUCER_RECEIPT:
        return LineTotals(gross=gross, allowance_amounts=amounts, net=net, taxes=others, withholding=None)
    code, reason = _exemption(line)
    vat = round_kurus(vat_base * line.vat_rate / _HUNDRED)
    if line.vat_rate == 0:
        code, reason = _with_default_reason(code, reason, line.vat_rate, vat, type_code)
    own = _vat_subtotal(vat_base, line.vat_rate, code, reason, is_shown_only=line.vat_shown_only)
    rate = _withholding_rate(line)
    return LineTotals(
        gross=gross,
        allowance_amounts=amounts,
        net=net,
        taxes=(*others, own),
        withholding=_withholding(line.withholding_code, rate, vat) if rate is not None else None,
    )


def _bases(line: InvoiceLine, net: Decimal) -> tuple[tuple[TaxSubtotal, ...], Decimal]:
    """The taxes beside KDV of a line whose goods cost `net`, and its KDV base."""
    others = tuple(_line_tax(tax, line, net) for tax in line.other_taxes)
    if line.vat_base is not None:
        return others, round_kurus(line.vat_base)
    entering = (t.amount for tax, t in zip(line.other_taxes, others, strict=True) if enters_vat_base(tax))
    return others, net + _total(entering)


def _sum_up(line: InvoiceLine, net: Decimal, type_code: str, sums: _Sums) -> None:
    """Count a line's taxes among the document's; `net` is after the line's share of what the document grants."""
    others, vat_base = _bases(line, net)
    for tax, subtotal in zip(line.other_taxes, others, strict=True):
        _add_other(sums, tax, subtotal, in_base=enters_vat_base(tax), quantity=line.quantity)
    if type_code == PRODUCER_RECEIPT:
        return
    key = (line.vat_rate, *_exemption(line), line.vat_shown_only)
    sums.vat[key] = sums.vat.get(key, ZERO) + vat_base
    rate = _withholding_rate(line)
    if rate is not None:
        bases = sums.withheld.setdefault((line.withholding_code, rate), {})
        bases[line.vat_rate] = bases.get(line.vat_rate, ZERO) + vat_base


def _vat_subtotal(base: Decimal, rate: Decimal, code: str, reason: str, *, is_shown_only: bool) -> TaxSubtotal:
    amount = round_kurus(base * rate / _HUNDRED)
    return TaxSubtotal(
        code=KDV_CODE,
        name=codes.tax_name(KDV_CODE),
        taxable=base,
        amount=ZERO if is_shown_only else amount,
        percent=rate,
        exemption_code=code,
        exemption_reason=reason,
        shown_amount=amount if is_shown_only else None,
    )


def _allowance_amount(item: AllowanceCharge, gross: Decimal) -> Decimal:
    if item.amount is not None:
        return round_kurus(item.amount)
    return round_kurus(gross * (item.rate or Decimal(0)))


def _line_tax(tax: OtherTax, line: InvoiceLine, net: Decimal) -> TaxSubtotal:
    if tax.per_unit is not None:
        amount = round_kurus(tax.per_unit * line.quantity)
    else:
        amount = round_kurus(net * (tax.rate or Decimal(0)) / _HUNDRED)
    return TaxSubtotal(
        code=tax.code,
        name=tax.name or codes.tax_name(tax.code),
        taxable=net,
        amount=amount,
        percent=None if tax.per_unit is not None else (tax.rate or Decimal(0)),
        per_unit=tax.per_unit,
    )


def _add_other(sums: _Sums, tax: OtherTax, subtotal: TaxSubtotal, *, in_base: bool, quantity: Decimal) -> None:
    key = (tax.code, subtotal.percent, subtotal.per_unit)
    group = sums.others.get(key)
    if group is None:
        group = sums.others[key] = _Group(
            name=subtotal.name, percent=subtotal.percent, per_unit=subtotal.per_unit, rounded_per_line=in_base
        )
    group.taxable += subtotal.taxable
    group.amount += subtotal.amount
    group.quantity += quantity


def _other_subtotals(sums: _Sums) -> list[TaxSubtotal]:
    result = []
    for (code, percent, per_unit), group in sums.others.items():
        if group.rounded_per_line:
            amount = group.amount
        elif per_unit is not None:
            amount = round_kurus(per_unit * group.quantity)
        else:
            amount = round_kurus(group.taxable * (percent or Decimal(0)) / _HUNDRED)
        result.append(
            TaxSubtotal(
                code=code,
                name=group.name,
                taxable=group.taxable,
                amount=amount,
                percent=percent,
                per_unit=per_unit,
            )
        )
    return result


def _vat_subtotals(sums: _Sums, type_code: str) -> list[TaxSubtotal]:
    """One subtotal per rate and exemption, the highest rate first."""
    merged: dict[tuple[Decimal, str, str, bool], Decimal] = {}
    for (rate, code, reason, is_shown_only), base in sums.vat.items():
        amount = round_kurus(base * rate / _HUNDRED)
        key = (rate, *_with_default_reason(code, reason, rate, amount, type_code), is_shown_only)
        merged[key] = merged.get(key, ZERO) + base
    return [
        _vat_subtotal(base, rate, code, reason, is_shown_only=is_shown_only)
        for (rate, code, reason, is_shown_only), base in sorted(
            merged.items(), key=lambda item: (-item[0][0], item[0][1:])
        )
    ]


def _withholding_rate(line: InvoiceLine) -> Decimal | None:
    """The whole percent of the line's tevkifat; None where there is none."""
    if not line.withholding_code:
        return None
    if line.withholding_rate is not None:
        return line.withholding_rate
    found = codes.withholdings().get(line.withholding_code)
    return Decimal(found.current) if found else Decimal(0)


def _withholding_subtotals(sums: _Sums) -> tuple[TaxSubtotal, ...]:
    return tuple(
        _withholding(code, rate, _total(round_kurus(base * vat_rate / _HUNDRED) for vat_rate, base in bases.items()))
        for (code, rate), bases in sums.withheld.items()
    )


def _withholding(code: str, rate: Decimal, vat: Decimal) -> TaxSubtotal:
    found = codes.withholdings().get(code)
    return TaxSubtotal(
        code=code,
        name=found.name if found else code,
        taxable=vat,
        amount=round_kurus(vat * rate / _HUNDRED),
        percent=rate,
    )


def _exemption(line: InvoiceLine) -> tuple[str, str]:
    code, reason = line.exemption_code, clean_text(line.exemption_reason).strip()
    if not code or reason:
        return code, reason
    found = codes.exemptions().get(code)
    return code, found.name if found else ""


def _with_default_reason(code: str, reason: str, rate: Decimal, vat: Decimal, type_code: str) -> tuple[str, str]:
    if code or reason or vat != 0 or type_code in _NO_REASON_NEEDED or (type_code == ISTISNA and rate == 0):
        return code, reason
    return codes.PLAIN_ZERO_VAT, codes.exemptions()[codes.PLAIN_ZERO_VAT].name


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
