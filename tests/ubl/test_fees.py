"""A freelance fee from gross and from net: the same sums as the receipt's own, and there and back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.ubl.fees import FeeRates, gross_of, payable_of
from app.ubl.totals import compute_totals
from tests.ubl.scenarios import freelance_receipt

D = Decimal
USUAL = FeeRates(income_tax=D(20), vat=D(20), withheld=D(90))
rates = st.builds(
    FeeRates,
    income_tax=st.sampled_from([D(0), D(17), D(20)]),
    vat=st.sampled_from([D(0), D(1), D(10), D(18), D(20)]),
    withheld=st.sampled_from([D(0), D(50), D(70), D(90), D(100)]),
)


def test_the_sum_is_that_of_the_receipt() -> None:
    receipt = freelance_receipt()
    told = FeeRates(income_tax=D(20), vat=D(18), withheld=D(50))
    for gross in (D(1000), D("1234.57"), D("0.05")):
        line = replace(receipt.lines[0], unit_price=gross)
        assert payable_of(gross, told) == compute_totals(replace(receipt, lines=(line,))).payable


def test_from_net_to_gross() -> None:
    assert payable_of(D(10000), USUAL) == D("8200.00")
    assert gross_of(D(8200), USUAL) == D("10000.00")
    assert gross_of(D(8000), FeeRates(income_tax=D(20))) == D("10000.00")
    assert gross_of(D(100), FeeRates(income_tax=D(100))) == D("0.00")


@given(gross=st.decimals(min_value="0.01", max_value="9999999", places=2), told=rates)
def test_there_and_back_comes_to_the_same_sum(gross: Decimal, told: FeeRates) -> None:
    paid = payable_of(gross, told)
    assert payable_of(gross_of(paid, told), told) == paid


@given(paid=st.decimals(min_value="0.01", max_value="9999999", places=2), told=rates)
def test_a_wanted_sum_is_met_to_the_kurus_or_nearly(paid: Decimal, told: FeeRates) -> None:
    assert abs(payable_of(gross_of(paid, told), told) - paid) <= D("0.02")
