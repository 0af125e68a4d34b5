"""Producer receipts (e-Müstahsil) and freelance receipts (e-SMM): sums, writer, reader, the vendors' own forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.domain.errors import InputError
from app.domain.invoice import Invoice, InvoiceLine, OtherTax
from app.ubl.creditnote import build_credit_note, read_credit_note
from app.ubl.namespaces import NSMAP
from app.ubl.smm import build_smm, net_fee, read_smm
from app.ubl.totals import compute_totals
from tests.ubl.scenarios import CUSTOMER, freelance_receipt, producer_receipt, vendor_form

D = Decimal


def credit_note(receipt: Invoice) -> bytes:
    return build_credit_note(receipt, compute_totals(receipt), template=None)


def smm(receipt: Invoice) -> bytes:
    return build_smm(receipt, compute_totals(receipt), template=None)


def test_a_producer_receipt_subtracts_its_cuts() -> None:
    totals = compute_totals(producer_receipt())
    assert totals.gross == totals.tax_exclusive == totals.tax_inclusive == D("105437.42")
    cuts = {(t.code, t.percent): t.amount for t in totals.taxes}
    assert cuts == {
        ("0003", D(2)): D("308.75"),
        ("8001", D("0.1")): D("15.44"),
        ("SGK_PRIM", D(3)): D("463.12"),
        ("0003", D(1)): D("900.00"),
        ("9040", D("0.1")): D("90.00"),
    }
    assert totals.withheld == sum(cuts.values())
    assert totals.payable == totals.gross - totals.withheld


def test_a_producer_receipt_is_read_back_as_it_was() -> None:
    receipt = producer_receipt()
    read = read_credit_note(credit_note(receipt))
    assert read.invoice == receipt
    assert read.stated == compute_totals(receipt)
    assert read.warnings == []


@pytest.mark.shared
def test_both_are_valid_by_the_official_schema(ensure_schema_valid: Callable[[bytes], None]) -> None:
    ensure_schema_valid(credit_note(producer_receipt()))
    bare = InvoiceLine(name="Elma", quantity=D(1), unit_code="KGM", unit_price=D(5))
    ensure_schema_valid(credit_note(producer_receipt(lines=(bare,), delivery=None, notes=())))
    ensure_schema_valid(smm(freelance_receipt()))


def test_a_producer_receipt_has_no_kdv() -> None:
    root = etree.fromstring(credit_note(producer_receipt()))
    codes = {e.text for e in root.iter("{*}TaxTypeCode")}
    assert codes == {"0003", "8001", "9040", "SGK_PRIM"}


def test_a_freelance_receipt_computes_as_in_the_karekod_guide() -> None:
    """Guide V1.2 §2.4: fee 1000, stopaj 200, KDV 180 of which the customer keeps 90, collected 890."""
    totals = compute_totals(freelance_receipt())
    assert (totals.tax_exclusive, totals.vat, totals.payable) == (D("1000.00"), D("180.00"), D("890.00"))
    assert [w.amount for w in totals.withholdings] == [D("90.00")]
    assert net_fee(totals) == D("800.00")


def test_a_freelance_receipt_is_read_back_as_it_was() -> None:
    receipt = freelance_receipt()
    raw = smm(receipt)
    read = read_smm(raw)
    assert read.invoice == receipt
    assert read.stated == compute_totals(receipt)
    assert read.warnings == []
    # İzibiz sums the stopaj too.
    assert etree.fromstring(raw).findtext("cac:TaxTotal/cbc:TaxAmount", "", NSMAP) == "380.00"


@pytest.mark.parametrize(
    ("root", "line", "total", "amounts"),
    [
        (
            "Voucher",
            "VoucherLine",
            "LegalMonetaryTotal",
            "<cbc:LineExtensionAmount>800</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>800</cbc:TaxExclusiveAmount>"
            "<cbc:TaxInclusiveAmount>1000</cbc:TaxInclusiveAmount>",
        ),
        (
            "FreelancerVoucher",
            "FreelancerVoucherLine",
            "FreelancerVoucherLegalMonetaryTotal",
            "<cbc:GrossWageAmount>1000</cbc:GrossWageAmount><cbc:PriceAmount>800</cbc:PriceAmount>",
        ),
    ],
)
def test_the_vendors_forms_are_read_into_the_same_words(root: str, line: str, total: str, amounts: str) -> None:
    read = read_smm(vendor_form(root, line, total, amounts))
    assert read.warnings == []
    invoice = read.invoice
    assert (invoice.profile, invoice.type_code) == ("EARSIVBELGE", "SERBESTMESLEKMAKBUZU")
    assert invoice.uuid == "f47ac10b-58cc-4372-a567-0e02b2c3d482"
    (only,) = invoice.lines
    assert (only.quantity, only.unit_price, only.vat_rate) == (D(1), D(1000), D(20))
    assert [(t.code, t.rate) for t in only.other_taxes] == [("0003", D(20))]
    ours = compute_totals(invoice)
    assert (ours.payable, ours.tax_inclusive) == (read.stated.payable, read.stated.tax_inclusive)
    assert ours.payable == D("1000.00")


def test_one_kind_is_not_read_as_the_other() -> None:
    with pytest.raises(InputError) as caught:
        read_smm(credit_note(producer_receipt()))
    assert caught.value.code == "UBL.NOT_SMM"
    with pytest.raises(InputError) as caught:
        read_credit_note(smm(freelance_receipt()))
    assert caught.value.code == "UBL.NOT_CREDIT_NOTE"


_money = st.decimals(min_value=0, max_value=10**7, places=4, allow_nan=False)
_rates = st.decimals(min_value=0, max_value=10, places=2, allow_nan=False)


@given(prices=st.lists(_money, min_size=1, max_size=5), stopaj=_rates, fund=_rates)
def test_payable_is_always_gross_less_cuts(prices: list[D], stopaj: D, fund: D) -> None:
    cuts = (OtherTax(code="0003", rate=stopaj), OtherTax(code="9040", rate=fund))
    lines = tuple(
        InvoiceLine(name="X", quantity=D(3), unit_code="KGM", unit_price=price, other_taxes=cuts) for price in prices
    )
    receipt = producer_receipt(lines=lines)
    totals = compute_totals(receipt)
    assert totals.payable == totals.gross - sum((t.amount for t in totals.taxes), D(0))
    assert read_credit_note(credit_note(receipt)).stated.payable == totals.payable


def test_without_withholding_all_kdv_is_collected() -> None:
    receipt = freelance_receipt(customer=CUSTOMER)
    line = replace(receipt.lines[0], withholding_code="", withholding_rate=None)
    assert compute_totals(replace(receipt, lines=(line,))).payable == D("980.00")
