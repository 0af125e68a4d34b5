"""A discount or charge of the whole document: its sums, its XML, its draft, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo import people
from app.domain.extras import Deduction
from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine, OtherTax
from app.runtime.clock import FixedClock
from app.ubl.company_json import company_from_json
from app.ubl.coverage import coverage_of
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.reader import read_invoice
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import check_invoice
from app.validation.packages import child
from tests.ubl.scenarios import ALLOWED, TODAY, invoice_for

D = Decimal
Make = Callable[..., Invoice]
TENTH = AllowanceCharge(rate=D("0.10"), reason="Kampanya")
FREIGHT = AllowanceCharge(is_charge=True, amount=D("30.00"), reason="Nakliye")
TEMPLATE = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'


def test_each_rate_bears_its_part(make: Make, line: InvoiceLine) -> None:
    # 1000 at 20 % and 500 at 10 %; a tenth off and 30 freight: 150 − 30 = 120 less, 80 of it at 20 %, 40 at 10 %.
    lines = (line, replace(line, quantity=D(5), vat_rate=D(10)))
    totals = compute_totals(make(lines=lines, allowances=(TENTH, FREIGHT)))
    assert totals.allowance_amounts == (D("150.00"), D("30.00"))
    assert (totals.gross, totals.allowance_total, totals.charge_total) == (D("1500.00"), D("150.00"), D("30.00"))
    assert totals.tax_exclusive == D("1380.00")
    assert [(t.percent, t.taxable, t.amount) for t in totals.taxes] == [
        (D(20), D("920.00"), D("184.00")),
        (D(10), D("460.00"), D("46.00")),
    ]
    assert totals.payable == D("1610.00")
    # The lines say what they say without it.
    assert [t.net for t in totals.lines] == [D("1000.00"), D("500.00")]
    assert [t.taxes[-1].amount for t in totals.lines] == [D("200.00"), D("50.00")]


def test_withholding_and_other_taxes_follow(make: Make, line: InvoiceLine) -> None:
    taxed = replace(
        line,
        withholding_code="606",
        withholding_rate=D(90),
        other_taxes=(OtherTax(code="0071", rate=D(10)), OtherTax(code="4080", per_unit=D(1))),
    )
    totals = compute_totals(make(type_code="TEVKIFAT", lines=(taxed,), allowances=(TENTH,)))
    # 1000 − 100 = 900; ÖTV 90 enters the KDV base: 990 × 20 % = 198, nine tenths withheld.
    assert [(t.code, t.taxable, t.amount) for t in totals.taxes] == [
        ("0071", D("900.00"), D("90.00")),
        ("4080", D("900.00"), D("10.00")),
        ("0015", D("990.00"), D("198.00")),
    ]
    assert (totals.withheld, totals.payable) == (D("178.20"), D("1019.80"))


def test_a_rate_is_taken_after_the_lines_own_discounts(make: Make, line: InvoiceLine) -> None:
    cheaper = replace(line, allowances=(AllowanceCharge(amount=D(200)),))
    totals = compute_totals(make(lines=(cheaper,), allowances=(TENTH,)))
    assert totals.allowance_amounts == (D("80.00"),)
    assert (totals.allowance_total, totals.tax_exclusive, totals.vat) == (D("280.00"), D("720.00"), D("144.00"))


def test_deductions_of_a_commission_agent_come_after_it(make: Make, line: InvoiceLine) -> None:
    totals = compute_totals(
        make(lines=(line,), allowances=(TENTH,), deductions=(Deduction(code="HKSKOMISYON", rate=D(10)),))
    )
    assert totals.deduction_amounts == (D("90.00"),) and totals.payable == D("990.00")


@given(
    st.lists(st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=8),
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.booleans(),
)
def test_nothing_is_lost_among_the_lines(prices: list[Decimal], value: Decimal, is_charge: bool) -> None:
    lines = tuple(InvoiceLine(name="x", quantity=D(1), unit_code="C62", unit_price=p, vat_rate=D(20)) for p in prices)
    whole = AllowanceCharge(is_charge=is_charge, amount=value)
    made = invoice_for("TEMELFATURA", "SATIS", lines=lines, allowances=(whole,))
    totals = compute_totals(made)
    change = value if is_charge else -value
    assert totals.tax_exclusive == sum(prices) + change
    base = sum(t.taxable for t in totals.taxes)
    assert base == (totals.tax_exclusive if sum(prices) else 0)


def test_written_and_read_again(make: Make, line: InvoiceLine) -> None:
    invoice = make(lines=(line, line), allowances=(TENTH, FREIGHT))
    totals = compute_totals(invoice)
    raw = build_invoice(invoice, totals, template=None)
    again = read_invoice(raw)
    assert again.invoice.allowances == invoice.allowances
    assert again.stated.allowance_amounts == totals.allowance_amounts
    assert compute_totals(again.invoice).payable == totals.payable == again.stated.payable
    assert coverage_of(raw).unmodelled == () and coverage_of(raw).changed == ()
    assert build_invoice(again.invoice, again.stated, template=None) == raw


def test_it_is_kept_in_the_draft(line: InvoiceLine) -> None:
    company = company_from_json(dict(people.SELLER), base_dir=Path())
    data = people.drafts("2026-11-20")[0] | {
        "series": "ABC",
        "discounts": [{"rate": "0.1", "reason": "Kampanya"}],
        "charges": [{"amount": "30"}],
    }
    invoice = invoice_from_json(data, company=company, clock=FixedClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC)))
    assert invoice.allowances == (TENTH, AllowanceCharge(is_charge=True, amount=D(30)))
    told = invoice_to_json(invoice)
    assert (told["discounts"], told["charges"]) == (data["discounts"], data["charges"])


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        (AllowanceCharge(amount=D(5000)), "INV.ALLOWANCE_MORE", "discounts"),
        (AllowanceCharge(amount=D(-1)), "INV.ALLOWANCE_SIGN", "discounts[0]"),
        (AllowanceCharge(rate=D(2), is_charge=True), "INV.ALLOWANCE_RATE", "charges[0]"),
        (AllowanceCharge(), "INV.ALLOWANCE", "discounts[0]"),
    ],
)
def test_what_cannot_be_is_named(make: Make, item: AllowanceCharge, code: str, field: str) -> None:
    found = check_invoice(make(allowances=(item,)), today=date(2026, 11, 21))
    assert (code, field) in {(f.code, f.field) for f in found}


@pytest.mark.shared
@pytest.mark.parametrize("pair", ALLOWED)
def test_the_official_rules_let_it_pass(shared: Path, pair: tuple[str, str]) -> None:
    packages = {
        "ubl-tr": str(shared / "gib" / "UBL-TR1.2.1_Paketi.zip"),
        "e-fatura": str(shared / "gib" / "e-FaturaPaketi.zip"),
    }
    made = invoice_for(*pair)
    made = replace(made, allowances=(AllowanceCharge(rate=D("0.10")), AllowanceCharge(is_charge=True, amount=D("3"))))
    assert not [f for f in check_invoice(made, today=TODAY) if f.severity == "error"]
    raw = build_invoice(made, compute_totals(made), template=TEMPLATE)
    answer = child.check(packages, raw, {"today": "2026-11-21"})
    assert [f"{row[2]}: {row[3]}" for row in answer["rows"]] == []
