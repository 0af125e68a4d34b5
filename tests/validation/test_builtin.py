"""Every built-in rule has an invoice that breaks it, and a clean invoice that breaks none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.document_number import DocumentNumber
from app.domain.findings import Severity
from app.domain.invoice import (
    AllowanceCharge,
    DocumentReference,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    OtherTax,
    PaymentMeans,
)
from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber, parse_tax_number
from app.validation.builtin import check_invoice, is_iban

TODAY = date(2026, 11, 21)


def _party(number: str = "7750409379", **changes: Any) -> Party:
    fields: dict[str, Any] = {
        "tax_number": parse_tax_number(number),
        "title": "Işık Ticaret A.Ş.",
        "tax_office": "Kadıköy",
        "address": Address(street="Bağdat Cad. 1", district="Kadıköy", city="İstanbul"),
    }
    return Party(**(fields | changes))


LINE = InvoiceLine(
    name="Kalem", quantity=Decimal(10), unit_code="C62", unit_price=Decimal("12.50"), vat_rate=Decimal(20)
)
CLEAN = Invoice(
    uuid="123e4567-e89b-42d3-a456-426614174000",
    series="ABC",
    profile="TEMELFATURA",
    type_code="SATIS",
    issue_date=TODAY,
    issue_time=time(10, 0),
    supplier=_party("9205121120"),
    customer=_party(),
    lines=(LINE,),
)
PAST = DocumentReference(number="XYZ2026000000009", day=TODAY - timedelta(days=40))


def _line(**changes: Any) -> Callable[[Invoice], Invoice]:
    return lambda invoice: replace(invoice, lines=(replace(LINE, **changes),))


def _set(**changes: Any) -> Callable[[Invoice], Invoice]:
    return lambda invoice: replace(invoice, **changes)


def _both(line: dict[str, Any], **changes: Any) -> Callable[[Invoice], Invoice]:
    return lambda invoice: replace(invoice, lines=(replace(LINE, **line),), **changes)


BROKEN: list[tuple[str, str, Callable[[Invoice], Invoice]]] = [
    ("INV.PROFILE", "profile", _set(profile="BILINMEYEN")),
    ("INV.TYPE", "type", _set(type_code="BEDAVA")),
    ("INV.PROFILE_TYPE", "type", _set(profile="TICARIFATURA", type_code="IADE", returned_invoices=(PAST,))),
    ("INV.DATE_FUTURE", "issue_date", _set(issue_date=TODAY + timedelta(days=1))),
    ("INV.DATE_OLD", "issue_date", _set(issue_date=date(2004, 12, 31))),
    ("INV.SEVEN_DAYS", "issue_date", _set(issue_date=TODAY - timedelta(days=8))),
    ("INV.SERIES", "series", _set(series="İŞK")),
    ("INV.NUMBER_YEAR", "number", _set(number=DocumentNumber("ABC", 2025, 1))),
    ("INV.NUMBER_SERIES", "number", _set(number=DocumentNumber("XYZ", 2026, 1))),
    ("INV.PARTY_TITLE", "customer.title", _set(customer=_party(title=" "))),
    ("INV.PARTY_PERSON", "customer.family_name", _set(customer=_party("10000000146", title="", first_name="Ali"))),
    ("INV.CHECKSUM", "customer.tax_number", _set(customer=_party("1288331521"))),
    ("INV.ADDRESS", "customer.address.city", _set(customer=_party(address=Address(district="Kadıköy")))),
    ("INV.TAX_OFFICE", "customer.tax_office", _set(customer=_party(tax_office=""))),
    ("INV.PARTY_SCHEME", "customer.identifiers", _set(customer=_party(identifiers=(("UYDURMA", "1"),)))),
    (
        "INV.PARTY_SECOND_NUMBER",
        "customer.identifiers",
        _set(customer=_party(identifiers=(("TCKN", "10000000146"),))),
    ),
    ("INV.SELF", "customer.tax_number", _set(customer=_party("9205121120"))),
    ("INV.CUSTOMS_BUYER", "customer.tax_number", _set(customer=_party("1460415308"))),
    ("INV.LABEL", "receiver_label", _set(receiver_label="defaultpk@x.example")),
    ("INV.LABEL_PROFILE", "receiver_label", _set(receiver_label="urn:mail:ihracatpk@gtb.gov.tr")),
    ("INV.PARTY_NUMBER", "customer.tax_number", _set(customer=replace(_party(), tax_number=TaxNumber("")))),
    (
        "INV.COUNTRY",
        "customer.address.country_code",
        _set(customer=_party(address=Address(district="X", city="Y", country="Atlantis", country_code="XY"))),
    ),
    ("INV.CURRENCY", "currency", _set(currency="TL")),
    ("INV.RATE", "exchange_rate", _set(currency="USD")),
    ("INV.RATE_UNUSED", "exchange_rate", _set(exchange_rate=ExchangeRate(rate=Decimal(41)))),
    ("INV.RATE_POSITIVE", "exchange_rate.rate", _set(currency="USD", exchange_rate=ExchangeRate(rate=Decimal(0)))),
    (
        "INV.RATE_DECIMALS",
        "exchange_rate.rate",
        _set(currency="USD", exchange_rate=ExchangeRate(rate=Decimal("41.1234567"))),
    ),
    ("INV.RETURN_REFERENCE", "returned_invoices", _set(type_code="IADE")),
    (
        "INV.RETURN_NUMBER",
        "returned_invoices[0].number",
        _set(type_code="IADE", returned_invoices=(replace(PAST, number="A-12"),)),
    ),
    ("INV.RETURN_UNUSED", "returned_invoices[0]", _set(returned_invoices=(PAST,))),
    (
        "INV.RETURN_DATE",
        "returned_invoices[0].day",
        _set(type_code="IADE", issue_date=TODAY - timedelta(days=2), returned_invoices=(replace(PAST, day=TODAY),)),
    ),
    (
        "INV.REFERENCE_FUTURE",
        "order_reference.day",
        _set(order_reference=replace(PAST, day=TODAY + timedelta(days=1))),
    ),
    ("INV.REFERENCE_OLD", "order_reference.day", _set(order_reference=replace(PAST, day=date(2004, 12, 31)))),
    ("INV.LINES", "lines", _set(lines=())),
    ("INV.LINE_NAME", "lines[0].name", _line(name=" ")),
    ("INV.LINE_QUANTITY", "lines[0].quantity", _line(quantity=Decimal(0))),
    ("INV.LINE_PRICE", "lines[0].unit_price", _line(unit_price=Decimal(-1))),
    ("INV.LINE_UNIT", "lines[0].unit", _line(unit_code="ADET")),
    ("INV.LINE_UNIT_RARE", "lines[0].unit", _line(unit_code="2N")),
    ("INV.ALLOWANCE", "lines[0].discounts[0]", _line(allowances=(AllowanceCharge(),))),
    ("INV.ALLOWANCE_RATE", "lines[0].discounts[0]", _line(allowances=(AllowanceCharge(rate=Decimal(5)),))),
    ("INV.ALLOWANCE_SIGN", "lines[0].discounts[0]", _line(allowances=(AllowanceCharge(amount=Decimal(-5)),))),
    ("INV.ALLOWANCE_MORE", "lines[0].discounts", _line(allowances=(AllowanceCharge(amount=Decimal(500)),))),
    ("INV.VAT_RATE", "lines[0].vat_rate", _line(vat_rate=Decimal(-1))),
    ("INV.VAT_RARE", "lines[0].vat_rate", _line(vat_rate=Decimal(19))),
    ("INV.EXEMPTION", "lines[0].exemption", _line(vat_rate=Decimal(0))),
    ("INV.EXEMPTION_CODE", "lines[0].exemption.code", _line(vat_rate=Decimal(0), exemption_code="999")),
    ("INV.EXEMPTION_TYPE", "lines[0].exemption.code", _line(vat_rate=Decimal(0), exemption_code="301")),
    ("INV.EXEMPTION_555", "lines[0].exemption.code", _line(vat_rate=Decimal(0), exemption_code="555")),
    ("INV.EXEMPTION_UNUSED", "lines[0].exemption", _both({"exemption_code": "301"}, type_code="ISTISNA")),
    ("INV.TAX_CODE", "lines[0].other_taxes[0].code", _line(other_taxes=(OtherTax(code="7777", rate=Decimal(1)),))),
    ("INV.TAX_RATE", "lines[0].other_taxes[0]", _line(other_taxes=(OtherTax(code="4080"),))),
    ("INV.TAX_4171", "lines[0].other_taxes[0].code", _line(other_taxes=(OtherTax(code="4171", rate=Decimal(1)),))),
    (
        "INV.WITHHOLDING_TYPE",
        "lines[0].withholding",
        _line(withholding_code="602", withholding_rate=Decimal(90)),
    ),
    (
        "INV.WITHHOLDING_CODE",
        "lines[0].withholding.code",
        _both({"withholding_code": "650", "withholding_rate": Decimal(20)}, type_code="TEVKIFAT"),
    ),
    (
        "INV.WITHHOLDING_RATE",
        "lines[0].withholding.rate",
        _both({"withholding_code": "602", "withholding_rate": Decimal(50)}, type_code="TEVKIFAT"),
    ),
    (
        "INV.WITHHOLDING_OLD",
        "lines[0].withholding.rate",
        _both({"withholding_code": "603", "withholding_rate": Decimal(50)}, type_code="TEVKIFAT"),
    ),
    (
        "INV.WITHHOLDING_VAT",
        "lines[0].withholding",
        _both(
            {
                "withholding_code": "602",
                "withholding_rate": Decimal(90),
                "vat_rate": Decimal(0),
                "exemption_code": "351",
            },
            type_code="TEVKIFAT",
        ),
    ),
    ("INV.NO_WITHHOLDING", "lines", _set(type_code="TEVKIFAT")),
    ("INV.NO_EXEMPTION", "lines", _set(type_code="ISTISNA")),
    ("INV.PAYMENT_CODE", "payment.code", _set(payment_means=PaymentMeans(code="99"))),
    ("INV.IBAN", "payment.iban", _set(payment_means=PaymentMeans(code="42", iban="TR330006100519786457841327"))),
    (
        "INV.DUE_DATE",
        "payment.due_date",
        _set(payment_means=PaymentMeans(code="42", due_date=TODAY - timedelta(days=1))),
    ),
    ("INV.NEGATIVE", "lines", _set(rounding=Decimal(-900))),
    ("INV.ZERO", "lines", _line(unit_price=Decimal(0))),
    ("INV.HUGE", "lines", _line(quantity=Decimal(10) ** 16, unit_price=Decimal(100))),
    ("INV.TOTALS", "lines", _line(quantity=Decimal("1E+900000"), unit_price=Decimal("1E+900000"))),
    ("INV.ROUNDING", "rounding", _set(rounding=Decimal("1.50"))),
]


def test_a_clean_invoice_has_no_finding() -> None:
    assert check_invoice(CLEAN, today=TODAY, purpose="seal", registered=True) == []


@pytest.mark.parametrize(("code", "field", "change"), BROKEN, ids=[b[0] for b in BROKEN])
def test_rule(code: str, field: str, change: Callable[[Invoice], Invoice]) -> None:
    found = {f.code: f for f in check_invoice(change(CLEAN), today=TODAY)}
    assert code in found, f"said instead: {sorted(found)}"
    assert found[code].field == field
    assert found[code].message.endswith((".", "?"))


def test_555_is_for_a_sale_with_vat() -> None:
    """Source: Schematron DemirbasKDVTaxExemptionCheck."""

    def codes_of(type_code: str, *lines: InvoiceLine) -> set[str]:
        return {f.code for f in check_invoice(replace(CLEAN, type_code=type_code, lines=lines), today=TODAY)}

    fixture = replace(LINE, vat_rate=Decimal(1), exemption_code="555")
    zero = replace(LINE, vat_rate=Decimal(0), exemption_code="351")
    assert codes_of("SATIS", fixture, LINE) & {"INV.EXEMPTION_555", "INV.EXEMPTION_UNUSED"} == set()
    assert "INV.EXEMPTION_555" in codes_of("SATIS", fixture, zero)
    assert "INV.EXEMPTION_555" in codes_of("ISTISNA", fixture)


@pytest.mark.parametrize("text", ["\x00", " \x02 ", "\ud800"])
def test_a_name_that_xml_cannot_hold_is_no_name(text: str) -> None:
    invoice = replace(CLEAN, customer=_party(title=text), lines=(replace(LINE, name=text),))
    assert {"INV.PARTY_TITLE", "INV.LINE_NAME"} <= {f.code for f in check_invoice(invoice, today=TODAY)}


def test_every_rule_has_a_broken_example() -> None:
    """The extra fields' rules have their own list in test_builtin_extras."""
    room = Path(__file__).resolve().parents[2] / "app/validation"
    source = "".join(
        (room / f"{name}.py").read_text("utf-8") for name in ("builtin", "builtin_parts", "lines", "files")
    )
    written = set(re.findall(r'"(INV\.[A-Z_0-9]+)"', source))
    elsewhere = {"INV.NOT_REGISTERED", "INV.NO_TEMPLATE"}
    assert written - {b[0] for b in BROKEN} - elsewhere == set()


@pytest.mark.parametrize(
    ("registered", "purpose", "severity"),
    [
        (False, "draft", Severity.WARNING),
        (False, "seal", Severity.ERROR),
        (None, "seal", None),
        (True, "seal", None),
    ],
)
def test_unregistered_buyer(registered: bool | None, purpose: Any, severity: Severity | None) -> None:
    found = [
        f.severity
        for f in check_invoice(CLEAN, today=TODAY, purpose=purpose, registered=registered)
        if f.code == "INV.NOT_REGISTERED"
    ]
    assert found == ([severity] if severity else [])


@pytest.mark.parametrize(("days", "errors"), [(0, 0), (7, 0), (8, 1)])
def test_seven_days(days: int, errors: int) -> None:
    invoice = replace(CLEAN, issue_date=TODAY - timedelta(days=days))
    assert len([f for f in check_invoice(invoice, today=TODAY) if f.severity is Severity.ERROR]) == errors
    assert not [f for f in check_invoice(invoice, today=TODAY, purpose="file") if f.code == "INV.SEVEN_DAYS"]


def test_fixes_clear_their_own_finding() -> None:
    broken = replace(CLEAN, lines=(replace(LINE, unit_code="KG"),))
    (finding,) = [f for f in check_invoice(broken, today=TODAY) if f.code == "INV.LINE_UNIT"]
    assert finding.fix == "unit=KGM"
    mended = replace(broken, lines=(replace(LINE, unit_code=finding.fix.partition("=")[2]),))
    assert check_invoice(mended, today=TODAY) == []


def test_iban() -> None:
    assert is_iban("TR33 0006 1005 1978 6457 8413 26")
    assert not is_iban("TR340006100519786457841326")
    assert not is_iban("DE89370400440532013000")
