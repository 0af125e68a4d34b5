"""Sums, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.extras import Deduction
from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine, OtherTax
from app.ubl.totals import compute_totals

D = Decimal
Make = Callable[..., Invoice]


def test_plain_sale(make: Make) -> None:
    totals = compute_totals(make())
    assert (totals.gross, totals.tax_exclusive, totals.tax_total, totals.payable) == (
        D("1000.00"), D("1000.00"), D("200.00"), D("1200.00"),
    )  # fmt: skip
    assert [(t.code, t.percent, t.taxable, t.amount) for t in totals.taxes] == [
        ("0015", D(20), D("1000.00"), D("200.00"))
    ]


def test_discounts_and_charges(make: Make, line: InvoiceLine) -> None:
    allowances = (
        AllowanceCharge(rate=D("0.10")),
        AllowanceCharge(rate=D("0.05")),
        AllowanceCharge(is_charge=True, amount=D("25.005")),
    )
    totals = compute_totals(make(lines=(replace(line, allowances=allowances),)))
    # Both discounts are taken from the gross 1000; the charge is rounded half up.
    assert totals.lines[0].allowance_amounts == (D("100.00"), D("50.00"), D("25.01"))
    assert totals.gross == D("1000.00")
    assert totals.allowance_total == D("150.00")
    assert totals.charge_total == D("25.01")
    assert totals.tax_exclusive == D("875.01")
    assert totals.tax_total == D("175.00")
    assert totals.payable == D("1050.01")


def test_tax_is_rounded_once_per_rate_not_per_line(make: Make, line: InvoiceLine) -> None:
    small = replace(line, quantity=D(1), unit_price=D("0.12"))
    totals = compute_totals(make(lines=(small,) * 10))
    # 0.12 × 20 % = 0.024 on each line (0.02), but 1.20 × 20 % = 0.24 on the document.
    assert {t.taxes[-1].amount for t in totals.lines} == {D("0.02")}
    assert totals.tax_total == D("0.24")


def test_withholding(make: Make, line: InvoiceLine) -> None:
    withheld = replace(line, withholding_code="606", withholding_rate=D(90))
    totals = compute_totals(make(type_code="TEVKIFAT", lines=(withheld, line)))
    assert totals.tax_total == D("400.00")
    (subtotal,) = totals.withholdings
    assert (subtotal.code, subtotal.taxable, subtotal.percent, subtotal.amount) == (
        "606", D("200.00"), D(90), D("180.00"),
    )  # fmt: skip
    assert totals.withheld == D("180.00")
    assert totals.tax_inclusive == D("2400.00")
    assert totals.payable == D("2220.00")


def test_official_withholding_sample(make: Make, line: InvoiceLine) -> None:
    """The figures of GİB's TEVKIFAT sample: 20,000 at 18 %, nine tenths withheld."""
    service = replace(line, quantity=D(1), unit_price=D(20000), vat_rate=D(18), withholding_code="606")
    totals = compute_totals(make(type_code="TEVKIFAT", lines=(service,)))
    assert (totals.tax_total, totals.withheld, totals.tax_inclusive, totals.payable) == (
        D("3600.00"), D("3240.00"), D("23600.00"), D("20360.00"),
    )  # fmt: skip


def test_withheld_vat_is_computed_on_the_rounded_vat_of_the_group(make: Make, line: InvoiceLine) -> None:
    # KDV 0.15 × 20 % = 0.03; nine tenths of 0.03 is 0.027 -> 0.03. On the unrounded sums it would be the same,
    # but two lines of 0.13: 0.26 × 20 % = 0.052 -> 0.05; × 50 % = 0.025 -> 0.03 (unrounded: 0.026 -> 0.03); three
    # lines of 0.11: 0.33 × 20 % = 0.066 -> 0.07; × 50 % = 0.035 -> 0.04 (unrounded: 0.033 -> 0.03).
    item = replace(line, quantity=D(1), unit_price=D("0.11"), withholding_code="604", withholding_rate=D(50))
    totals = compute_totals(make(type_code="TEVKIFAT", lines=(item,) * 3))
    assert totals.withholdings[0].taxable == D("0.07")
    assert totals.withheld == D("0.04")


def test_otv_enters_the_vat_base_konaklama_and_oiv_do_not(make: Make, line: InvoiceLine) -> None:
    def vat_base(code: str, rate: str, **more: bool) -> Decimal:
        taxed = replace(line, other_taxes=(OtherTax(code=code, rate=D(rate), **more),))
        return compute_totals(make(lines=(taxed,))).taxes[-1].taxable

    assert vat_base("0074", "6.7") == D("1067.00")
    assert vat_base("0059", "2") == D("1000.00")
    assert vat_base("4080", "10") == D("1000.00")
    # The line may say otherwise.
    assert vat_base("4080", "10", in_vat_base=True) == D("1100.00")
    assert vat_base("0074", "6.7", in_vat_base=False) == D("1000.00")


def test_vat_bases_are_exactly_goods_and_otv(make: Make, line: InvoiceLine) -> None:
    items = tuple(
        replace(
            line, quantity=D(1), unit_price=D("0.33"), vat_rate=rate, other_taxes=(OtherTax(code="0074", rate=D(10)),)
        )
        for rate in (D(20), D(10), D(20))
    )
    totals = compute_totals(make(lines=items))
    otv = next(t for t in totals.taxes if t.code == "0074")
    bases = sum(t.taxable for t in totals.taxes if t.code == "0015")
    assert otv.amount == D("0.09")  # three times 0.03, not 0.099 rounded
    assert bases == totals.tax_exclusive + otv.amount


def test_fixed_tax_per_unit(make: Make, line: InvoiceLine) -> None:
    """The figures of GİB's OTV sample: 922 kg, 1.9985 a kilo, KDV on goods and ÖTV."""
    fuel = replace(
        line, quantity=D(922), unit_price=D("6.9324"), vat_rate=D(18),
        other_taxes=(OtherTax(code="0071", per_unit=D("1.9985")),),
    )  # fmt: skip
    totals = compute_totals(make(lines=(fuel,)))
    assert [(t.code, t.taxable, t.amount) for t in totals.taxes] == [
        ("0071", D("6391.67"), D("1842.62")),
        ("0015", D("8234.29"), D("1482.17")),
    ]
    assert totals.tax_total == D("3324.79")


def test_stopaj_lowers_the_payable_amount(make: Make, line: InvoiceLine) -> None:
    rent = replace(line, other_taxes=(OtherTax(code="0003", rate=D(20)),))
    totals = compute_totals(make(lines=(rent,)))
    assert (totals.tax_total, totals.tax_inclusive, totals.withheld, totals.payable) == (
        D("200.00"), D("1200.00"), D("200.00"), D("1000.00"),
    )  # fmt: skip


@pytest.mark.parametrize("type_code", ["SATIS", "TEVKIFAT"])
def test_plain_zero_vat_becomes_351(make: Make, line: InvoiceLine, type_code: str) -> None:
    totals = compute_totals(make(type_code=type_code, lines=(replace(line, vat_rate=D(0)),)))
    assert totals.taxes[0].exemption_code == "351"
    assert totals.taxes[0].exemption_reason


def test_a_free_line_at_a_rate_gets_a_reason_on_the_document(make: Make, line: InvoiceLine) -> None:
    """GİB asks for a reason wherever the document's KDV amount is 0, whatever the rate."""
    totals = compute_totals(make(lines=(replace(line, unit_price=D(0)), replace(line, vat_rate=D(10)))))
    assert [(t.percent, t.exemption_code) for t in totals.taxes] == [(D(20), "351"), (D(10), "")]


@pytest.mark.parametrize(("type_code", "code"), [("ISTISNA", ""), ("IADE", "")])
def test_no_reason_is_invented_where_only_the_user_knows_it(
    make: Make, line: InvoiceLine, type_code: str, code: str
) -> None:
    totals = compute_totals(make(type_code=type_code, lines=(replace(line, vat_rate=D(0)),)))
    assert totals.taxes[0].exemption_code == code


def test_a_blank_reason_gives_way_to_the_codes_own(make: Make, line: InvoiceLine) -> None:
    totals = compute_totals(
        make(lines=(replace(line, vat_rate=D(0), exemption_code="351", exemption_reason=" \x01 "),))
    )
    assert totals.taxes[0].exemption_reason.startswith("KDV")


def test_different_exemptions_are_different_subtotals(make: Make, line: InvoiceLine) -> None:
    lines = tuple(replace(line, vat_rate=D(0), exemption_code=code) for code in ("301", "302", "301"))
    totals = compute_totals(make(type_code="ISTISNA", lines=lines))
    assert [(t.exemption_code, t.taxable) for t in totals.taxes] == [("301", D("2000.00")), ("302", D("1000.00"))]
    assert all(t.exemption_reason for t in totals.taxes)


def test_rounding_is_added_to_the_payable_amount(make: Make) -> None:
    assert compute_totals(make(rounding=D("-0.37"))).payable == D("1199.63")


def test_an_empty_invoice_has_zero_sums(make: Make) -> None:
    totals = compute_totals(make(lines=()))
    assert (totals.payable, totals.taxes, totals.lines) == (D(0), (), ())


prices = st.decimals(min_value=0, max_value=10**9, places=4)
quantities = st.decimals(min_value=0, max_value=10**6, places=3)
rates = st.sampled_from([D(0), D(1), D(8), D(10), D(18), D(20)])


@st.composite
def some_lines(draw: st.DrawFn) -> tuple[InvoiceLine, ...]:
    def one() -> InvoiceLine:
        taxes = draw(
            st.sampled_from([(), (OtherTax(code="0074", rate=D("6.7")),), (OtherTax(code="4080", rate=D(10)),)])
        )
        discounts = draw(
            st.sampled_from([(), (AllowanceCharge(rate=D("0.125")),), (AllowanceCharge(amount=D("0.01")),)])
        )
        withholding = draw(st.sampled_from(["", "", "606", "624"]))
        return InvoiceLine(
            name="x", quantity=draw(quantities), unit_code="C62", unit_price=draw(prices), vat_rate=draw(rates),
            other_taxes=taxes, allowances=discounts, withholding_code=withholding,
        )  # fmt: skip

    return tuple(one() for _ in range(draw(st.integers(1, 6))))


@pytest.fixture(scope="module")
def invoice_of() -> Callable[[tuple[InvoiceLine, ...]], Invoice]:
    from datetime import date, time

    from app.domain.party import Party
    from app.domain.taxnumber import TaxNumber

    party = Party(tax_number=TaxNumber("9205121120"), title="X")

    def build(lines: tuple[InvoiceLine, ...]) -> Invoice:
        return Invoice(
            uuid="", series="ABC", profile="TEMELFATURA", type_code="TEVKIFAT", issue_date=date(2026, 1, 1),
            issue_time=time(), supplier=party, customer=party, lines=lines,
        )  # fmt: skip

    return build


@given(lines=some_lines())
def test_sums_hold_together(
    invoice_of: Callable[[tuple[InvoiceLine, ...]], Invoice], lines: tuple[InvoiceLine, ...]
) -> None:
    totals = compute_totals(invoice_of(lines))
    assert totals.tax_exclusive == totals.gross - totals.allowance_total + totals.charge_total
    assert totals.tax_exclusive == sum(t.net for t in totals.lines)
    assert totals.tax_total == sum(t.amount for t in totals.taxes)
    assert totals.tax_inclusive == totals.tax_exclusive + totals.tax_total
    assert totals.payable == totals.tax_inclusive - totals.withheld + totals.rounding
    assert totals.withheld == sum(w.amount for w in totals.withholdings)
    # The lines' own tax is for showing; it is never off by more than half a kuruş a line.
    shown = sum(t.amount for line in totals.lines for t in line.taxes)
    assert abs(shown - totals.tax_total) <= D("0.01") * len(lines) + D("0.03")
    for amount in (totals.gross, totals.tax_total, totals.payable, *(t.amount for t in totals.taxes)):
        assert amount.as_tuple().exponent == -2


@given(lines=some_lines())
def test_order_of_lines_and_context_of_the_thread_do_not_matter(
    invoice_of: Callable[[tuple[InvoiceLine, ...]], Invoice], lines: tuple[InvoiceLine, ...]
) -> None:
    forward = compute_totals(invoice_of(lines))
    with localcontext() as context:
        context.prec = 6
        backward = compute_totals(invoice_of(lines[::-1]))
    assert (forward.payable, forward.tax_total, forward.withheld) == (
        backward.payable, backward.tax_total, backward.withheld,
    )  # fmt: skip


cuts = st.builds(Deduction, code=st.just("HKSNAVLUN"), rate=st.none(), amount=prices) | st.builds(
    Deduction, code=st.just("HKSKOMISYON"), rate=st.decimals(min_value=0, max_value=100, places=2), amount=st.none()
)


@given(lines=some_lines(), deductions=st.lists(cuts, max_size=4), data=st.data())
def test_sums_hold_together_with_own_bases_unpaid_vat_and_deductions(
    invoice_of: Callable[[tuple[InvoiceLine, ...]], Invoice],
    lines: tuple[InvoiceLine, ...],
    deductions: list[Deduction],
    data: st.DataObject,
) -> None:
    plain = tuple(replace(line, withholding_code="") for line in lines)
    special = tuple(
        replace(line, vat_base=data.draw(st.none() | prices), vat_shown_only=data.draw(st.booleans())) for line in plain
    )
    totals = compute_totals(replace(invoice_of(special), deductions=tuple(deductions)))
    assert len(totals.deduction_amounts) == len(deductions)
    assert totals.deduction_total == sum(totals.deduction_amounts)
    assert totals.payable == totals.tax_inclusive - totals.withheld - totals.deduction_total + totals.rounding
    assert totals.tax_inclusive == totals.tax_exclusive + totals.tax_total
    # The base of the goods does not change with the base of their KDV, and what is only shown is not collected.
    assert totals.tax_exclusive == compute_totals(invoice_of(plain)).tax_exclusive
    for subtotal in totals.taxes:
        assert subtotal.shown_amount is None or subtotal.amount == 0
