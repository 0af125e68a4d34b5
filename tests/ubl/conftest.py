"""Invoices to build from, and the official schemas where the reference folder is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.domain.document_number import DocumentNumber
from app.domain.invoice import (
    AllowanceCharge,
    DocumentReference,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    OtherTax,
    PaymentMeans,
    PaymentTerms,
)
from app.domain.party import Address, Party
from app.domain.taxnumber import parse_tax_number

D = Decimal
TEMPLATE = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
)
SUPPLIER = Party(
    tax_number=parse_tax_number("9205121120"),
    title="Çınar & Oğulları <Gıda> A.Ş.",
    tax_office="Çankaya",
    address=Address(
        street="Ihlamur Mah. Selvi Cad.",
        building="Sedir Apt.",
        building_no="75/A",
        district="Çankaya",
        city="Ankara",
        postal_code="06100",
    ),
    phone="+90 312 621 11 11",
    fax="+90 312 621 11 12",
    email="fatura@cinar.example",
    web="https://cinar.example",
    mersis="0920512112000018",
    trade_registry_no="123456",
)
CUSTOMER = Party(
    tax_number=parse_tax_number("10000000146"),
    first_name="Işıl",
    family_name="Şahin",
    tax_office="Beşiktaş",
    address=Address(street="Yasemin Sk. 21", district="Beşiktaş", city="İstanbul"),
    identifiers=(("MUSTERINO", "42"),),
)
LINE = InvoiceLine(name="Kalem", quantity=D(10), unit_code="C62", unit_price=D("100"), vat_rate=D(20))

Make = Callable[..., Invoice]


@pytest.fixture
def make() -> Make:
    """`make(lines=..., type_code=...)`: a plain TEMELFATURA/SATIS invoice with changes."""

    def factory(**changes: Any) -> Invoice:
        base = Invoice(
            uuid="f47ac10b-58cc-4372-a567-0e02b2c3d479",
            series="CNR",
            number=DocumentNumber("CNR", 2026, 1),
            profile="TEMELFATURA",
            type_code="SATIS",
            issue_date=date(2026, 3, 9),
            issue_time=time(14, 30, 5),
            supplier=SUPPLIER,
            customer=CUSTOMER,
            lines=(LINE,),
        )
        return replace(base, **changes)

    return factory


@pytest.fixture
def line() -> InvoiceLine:
    """10 × 100, KDV 20 %."""
    return LINE


@pytest.fixture
def template() -> bytes:
    """The smallest stylesheet there is."""
    return TEMPLATE


def _full(type_code: str, profile: str) -> dict[str, Any]:
    """Everything the writer can write, where the type allows it."""
    lines: list[InvoiceLine] = [
        replace(
            LINE,
            description="Açıklama",
            note="Kalem notu",
            brand="Marka",
            model="Model",
            seller_code="S-1",
            buyer_code="A-1",
            allowances=(
                AllowanceCharge(rate=D("0.05"), reason="Kampanya"),
                AllowanceCharge(amount=D("7.77")),
                AllowanceCharge(is_charge=True, amount=D("3.10"), reason="Ambalaj"),
            ),
        ),
        replace(LINE, quantity=D("2.5"), unit_code="KGM", unit_price=D("12.34567891"), vat_rate=D(10)),
    ]
    if type_code == "ISTISNA":
        lines = [
            replace(item, vat_rate=D(0), exemption_code="301", exemption_reason="11/1-a Mal İhracatı") for item in lines
        ]
    else:
        lines += [
            replace(LINE, vat_rate=D(20), other_taxes=(OtherTax(code="0074", name="ÖTV 4. Liste", rate=D("6.7")),)),
            replace(LINE, other_taxes=(OtherTax(code="0071", name="ÖTV 1. Liste", per_unit=D("1.9985")),)),
            replace(LINE, vat_rate=D(10), other_taxes=(OtherTax(code="0059", name="Konaklama V.", rate=D(2)),)),
            replace(LINE, vat_rate=D(20), other_taxes=(OtherTax(code="4080", name="ÖİV", rate=D(10)),)),
            replace(
                LINE, vat_rate=D(0), exemption_code="351", exemption_reason="KDV - İstisna Olmayan Diğer"
            ),
        ]  # fmt: skip
    if type_code == "TEVKIFAT":
        lines[0] = replace(lines[0], withholding_code="606", withholding_rate=D(90))
        lines[1] = replace(lines[1], withholding_code="624", withholding_rate=D(20))
    changes: dict[str, Any] = {
        "type_code": type_code,
        "profile": profile,
        "lines": tuple(lines),
        "notes": ("Birinci not", "İkinci\nnot"),
        "order_reference": DocumentReference(number="SIP-7", day=date(2026, 3, 1)),
        "despatch_references": (
            DocumentReference(number="IRS2026000000001", day=date(2026, 3, 2)),
            DocumentReference(number="IRS2026000000002", day=date(2026, 3, 3)),
        ),
        "payment_means": PaymentMeans(
            code="42", due_date=date(2026, 4, 9), iban="TR330006100519786457841326", channel_code="1", note="Havale"
        ),
        "payment_terms": PaymentTerms(note="30 gün", due_date=date(2026, 4, 9)),
        "rounding": D("-0.01"),
    }
    if type_code == "IADE":
        changes["returned_invoices"] = (DocumentReference(number="ABC2026000000009", day=date(2026, 2, 1)),)
    return changes


#: Every pair of profile and type this application writes.
PAIRS = [
    (profile, type_code)
    for profile in ("TEMELFATURA", "TICARIFATURA")
    for type_code in ("SATIS", "TEVKIFAT", "ISTISNA", "IADE")
    if (profile, type_code) != ("TICARIFATURA", "IADE")
]
FOREIGN: dict[str, Any] = {"currency": "USD", "exchange_rate": ExchangeRate(rate=D("34.123456"), day=date(2026, 3, 8))}


@pytest.fixture(params=[(*pair, currency) for pair in PAIRS for currency in ("TRY", "USD")], ids="-".join)
def full_invoice(request: pytest.FixtureRequest, make: Make) -> Invoice:
    """One invoice per pair and currency, with everything in it that the writer knows."""
    profile, type_code, currency = request.param
    return make(**_full(type_code, profile), **(FOREIGN if currency == "USD" else {}))


@pytest.fixture(scope="session")
def official_package(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unzipped UBL-TR package (schemas and samples)."""
    folder = tmp_path_factory.mktemp("ublpackage")
    with zipfile.ZipFile(shared / "gib" / "UBL-TR1.2.1_Paketi.zip") as package:
        package.extractall(folder)
    return next(folder.glob("UBLTR*"))


@pytest.fixture(scope="session")
def official_invoice_package(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unzipped e-Fatura package (Schematron, envelopes, samples)."""
    folder = tmp_path_factory.mktemp("invoicepackage")
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as package:
        package.extractall(folder)
    return next(folder.glob("e-Fatura*"))


@pytest.fixture(scope="session")
def ensure_schema_valid(official_package: Path) -> Callable[[bytes], None]:
    """Fails with the schema's own words. The empty place of the seal gets a placeholder, as the schema wants one."""
    schemas: dict[str, etree.XMLSchema] = {}

    def check(raw: bytes) -> None:
        root = etree.fromstring(raw)
        name = etree.QName(root).localname
        if name not in schemas:
            path = official_package / "xsdrt" / "maindoc" / f"UBL-{name}-2.1.xsd"
            schemas[name] = etree.XMLSchema(etree.parse(str(path)))
        (place,) = root.iter("{*}ExtensionContent")
        etree.SubElement(place, "{urn:test}Placeholder")
        assert schemas[name].validate(root), schemas[name].error_log

    return check
