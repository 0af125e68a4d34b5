"""The invoice as bytes: valid by the official schema, read back as it was, the same in every process."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.domain.document_number import DocumentNumber
from app.domain.invoice import AllowanceCharge, DocumentReference, ExchangeRate, Invoice, InvoiceLine, OtherTax
from app.domain.party import Address, Party
from app.domain.taxnumber import parse_tax_number
from app.ubl.namespaces import NSMAP
from app.ubl.reader import read_invoice
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

D = Decimal
Make = Callable[..., Invoice]


def build(invoice: Invoice, template: bytes | None = None) -> bytes:
    return build_invoice(invoice, compute_totals(invoice), template=template)


def texts(raw: bytes, path: str) -> list[str]:
    return [e.text or "" for e in etree.fromstring(raw).findall(path, NSMAP)]


@pytest.mark.shared
def test_every_pair_is_valid_by_the_official_schema(
    full_invoice: Invoice, template: bytes, ensure_schema_valid: Callable[[bytes], None]
) -> None:
    ensure_schema_valid(build(full_invoice, template))


@pytest.mark.shared
def test_the_barest_invoice_is_valid_too(make: Make, ensure_schema_valid: Callable[[bytes], None]) -> None:
    party = Party(tax_number=parse_tax_number("9205121120"), title="X")
    ensure_schema_valid(build(make(supplier=party, customer=party, number=None)))


def test_every_pair_is_read_back_as_it_was(full_invoice: Invoice, template: bytes) -> None:
    totals = compute_totals(full_invoice)
    read = read_invoice(build_invoice(full_invoice, totals, template=template))
    assert read.invoice == full_invoice
    assert read.stated == totals
    assert compute_totals(read.invoice) == totals
    assert read.template == template
    assert read.document_id == full_invoice.number_text
    assert read.warnings == []
    assert not read.has_signature


def test_every_document_amount_has_the_form_gib_enforces(full_invoice: Invoice) -> None:
    root = etree.fromstring(build(full_invoice))
    amounts = [*root.find("cac:LegalMonetaryTotal", NSMAP), *root.findall("cac:TaxTotal/cbc:TaxAmount", NSMAP)]
    for amount in amounts:
        if not amount.tag.endswith("PayableRoundingAmount"):
            assert re.fullmatch(r"[0-9]{1,17}\.[0-9]{2}", amount.text), amount.tag


def test_withholding_stands_as_in_gibs_samples(make: Make, line: InvoiceLine) -> None:
    item = replace(line, withholding_code="606", withholding_rate=D("90.0"))
    raw = build(make(type_code="TEVKIFAT", lines=(item,)))
    for place in (".", "cac:InvoiceLine"):
        assert texts(raw, f"{place}/cac:TaxTotal/cbc:TaxAmount") == ["20.00"]
        assert texts(raw, f"{place}/cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount") == ["200.00"]
        withheld = f"{place}/cac:WithholdingTaxTotal/cac:TaxSubtotal"
        assert texts(raw, f"{withheld}/cbc:TaxableAmount") == ["200.00"]
        assert texts(raw, f"{withheld}/cbc:TaxAmount") == ["180.00"]
        # GİB compares code and percent as text: never 90.0.
        assert texts(raw, f"{withheld}/cbc:Percent") == ["90"]


def test_header_of_the_document(make: Make) -> None:
    raw = build(make())
    root = etree.fromstring(raw)
    names = ("UBLVersionID", "CustomizationID", "CopyIndicator", "LineCountNumeric")
    assert [texts(raw, f"cbc:{name}") for name in names] == [["2.1"], ["TR1.2.1"], ["false"], ["1"]]
    assert texts(raw, "cbc:Note") == ["Yalnız BinİkiYüz TürkLirası"]
    assert texts(raw, ".//cac:DigitalSignatureAttachment//cbc:URI") == ["#Signature_CNR2026000000001"]
    signer = root.find("cac:Signature/cbc:ID", NSMAP)
    assert signer is not None and (signer.get("schemeID"), signer.text) == ("VKN_TCKN", "9205121120")
    schemes = [
        e.get("schemeID") for e in root.findall(".//cac:AccountingSupplierParty//cac:PartyIdentification/cbc:ID", NSMAP)
    ]
    assert schemes == ["VKN", "MERSISNO", "TICARETSICILNO"]


def test_the_place_of_the_seal_is_open_closed_and_empty(make: Make) -> None:
    assert build(make()).count(b"<ext:ExtensionContent></ext:ExtensionContent>") == 1


def test_returned_invoices_carry_the_code_gib_wants(make: Make) -> None:
    returned = (DocumentReference(number="ABC2026000000009", day=date(2026, 2, 1)),)
    path = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:DocumentTypeCode"
    assert texts(build(make(type_code="IADE", returned_invoices=returned)), path) == ["IADE"]


def test_foreign_currency_carries_its_rate(make: Make) -> None:
    raw = build(make(currency="EUR", exchange_rate=ExchangeRate(rate=D("36.123456"))))
    assert texts(raw, "cac:PricingExchangeRate/*") == ["EUR", "TRY", "36.123456"]
    assert {e.get("currencyID") for e in etree.fromstring(raw).iter() if e.get("currencyID")} == {"EUR"}


@pytest.mark.parametrize(("typed", "written"), [("34.1200000000", "34.12"), ("40.000", "40"), ("1E+1", "10")])
def test_zeros_at_the_end_of_a_rate_are_not_written(make: Make, typed: str, written: str) -> None:
    """GİB counts at most six decimals, zeros too (CurrencyCodeCheck)."""
    raw = build(make(currency="EUR", exchange_rate=ExchangeRate(rate=D(typed))))
    assert texts(raw, "cac:PricingExchangeRate/cbc:CalculationRate") == [written]


def test_the_template_is_embedded_as_ubl_tr_says(make: Make, template: bytes) -> None:
    root = etree.fromstring(build(make(), template))
    (reference,) = root.findall("cac:AdditionalDocumentReference", NSMAP)
    assert reference.findtext("cbc:DocumentType", namespaces=NSMAP) == "XSLT"
    attachment = reference.find("cac:Attachment/cbc:EmbeddedDocumentBinaryObject", NSMAP)
    assert attachment is not None
    assert dict(attachment.attrib) == {
        "characterSetCode": "UTF-8",
        "encodingCode": "Base64",
        "filename": "CNR2026000000001.xslt",
        "mimeCode": "application/xml",
    }
    assert base64.b64decode(attachment.text or "", validate=True) == template


def test_a_draft_without_a_number_carries_the_placeholder(make: Make) -> None:
    raw = build(make(number=None))
    assert texts(raw, "cbc:ID") == ["CNR2026000000000"]
    assert read_invoice(raw).invoice.number is None


def test_text_of_the_user_cannot_open_an_element(make: Make, line: InvoiceLine) -> None:
    nasty = '</cbc:Name><cbc:Evil a="1">&amp;]]> \' "'
    raw = build(make(lines=(replace(line, name=nasty, unit_code='C62" evil="1'),), notes=(nasty,)))
    read = read_invoice(raw).invoice
    assert (read.lines[0].name, read.notes, read.lines[0].unit_code) == (nasty, (nasty,), 'C62" evil="1')


def test_characters_that_xml_cannot_hold_become_blanks(make: Make) -> None:
    raw = build(make(notes=("a\x00b\x0bc\ud800d\ufffee\r\nf\rg",)))
    assert read_invoice(raw).invoice.notes == ("a b c d e\nf\ng",)


def test_numbers_are_never_written_with_an_exponent(make: Make, line: InvoiceLine) -> None:
    raw = build(make(lines=(replace(line, quantity=D("1E+3"), unit_price=D("1E-7")),)))
    assert texts(raw, ".//cbc:InvoicedQuantity") == ["1000"]
    assert texts(raw, ".//cbc:PriceAmount") == ["0.0000001"]


SCRIPT = """
import hashlib, locale, sys
from datetime import date, time
from decimal import Decimal as D
from app.domain.document_number import DocumentNumber
from app.domain.invoice import Invoice, InvoiceLine, OtherTax
from app.domain.party import Party
from app.domain.taxnumber import TaxNumber
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
party = Party(tax_number=TaxNumber("9205121120"), title="İĞÜŞÇÖ ığüşçö",
    identifiers=(("MUSTERINO", "1"), ("BAYINO", "2")))
lines = tuple(
    InvoiceLine(name=f"Kalem {i}", quantity=D(i), unit_code="C62", unit_price=D("1.005"), vat_rate=D(rate),
        other_taxes=(OtherTax(code="0074", rate=D("6.7")), OtherTax(code="4080", rate=D(10))), withholding_code=code)
    for i, (rate, code) in enumerate([(20, "606"), (10, "624"), (1, ""), (0, ""), (20, "606")], start=1)
)
invoice = Invoice(uuid="f47ac10b-58cc-4372-a567-0e02b2c3d479", series="ABC", number=DocumentNumber("ABC", 2026, 7),
    profile="TICARIFATURA", type_code="TEVKIFAT", issue_date=date(2026, 1, 2), issue_time=time(3, 4, 5),
    supplier=party, customer=party, lines=lines, notes=("not",))
sys.stdout.write(hashlib.sha256(build_invoice(invoice, compute_totals(invoice), template=b"<x/>")).hexdigest())
"""


def test_same_bytes_from_processes_with_other_seeds_zones_and_locales(project: Path) -> None:
    digests = set()
    for seed, zone, language in (
        ("0", "UTC", "C"),
        ("1", "America/New_York", "tr_TR.UTF-8"),
        ("77", "Asia/Tokyo", "C.UTF-8"),
    ):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "PYTHONPATH": str(project)}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            encoding="utf-8",
        )
        digests.add(run.stdout)
    assert len(digests) == 1
    assert len(digests.pop()) == 64


# --- read(build(x)) == x ---------------------------------------------------------------------------------------------

# What a person could type: no characters that XML cannot hold, no blanks at the ends.
words = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"), max_size=20
).map(str.strip)
some_words = words.filter(bool)
money = st.decimals(min_value=0, max_value=10**7, places=2)
percents = st.sampled_from([D(0), D(1), D(10), D(20), D("7.5")])
fractions = st.decimals(min_value=D("0.0001"), max_value=1, places=4)
days = st.dates(min_value=date(2006, 1, 1), max_value=date(2099, 12, 31))


@st.composite
def parties(draw: st.DrawFn) -> Party:
    address = Address(**{key: draw(words) for key in Address.__dataclass_fields__})
    more = {key: draw(words) for key in ("tax_office", "phone", "fax", "email", "web", "mersis", "trade_registry_no")}
    identifiers = tuple(draw(st.lists(st.tuples(st.sampled_from(["MUSTERINO", "BAYINO"]), some_words), max_size=2)))
    if draw(st.booleans()):
        number = parse_tax_number(draw(st.from_regex(r"[0-9]{10}", fullmatch=True).filter(str.isascii)))
        return Party(tax_number=number, title=draw(some_words), address=address, identifiers=identifiers, **more)
    number = parse_tax_number(draw(st.from_regex(r"[1-9][0-9]{10}", fullmatch=True).filter(str.isascii)))
    return Party(
        tax_number=number, title=draw(words), first_name=draw(some_words), family_name=draw(some_words),
        address=address, identifiers=identifiers, **more,
    )  # fmt: skip


@st.composite
def invoice_lines(draw: st.DrawFn) -> InvoiceLine:
    allowance = st.one_of(
        st.builds(AllowanceCharge, is_charge=st.booleans(), rate=fractions, reason=some_words),
        st.builds(AllowanceCharge, is_charge=st.booleans(), amount=money.filter(bool), reason=words),
    )
    other = st.one_of(
        st.builds(OtherTax, code=st.sampled_from(["0074", "4080", "0003"]), name=some_words, rate=percents),
        st.builds(OtherTax, code=st.just("0071"), name=some_words, per_unit=money),
    )
    rate = draw(percents)
    withheld = draw(st.sampled_from(["", "606", "624", "801"]))
    return InvoiceLine(
        name=draw(some_words),
        quantity=draw(st.decimals(min_value=0, max_value=10**6, places=6)),
        unit_code=draw(st.sampled_from(["C62", "KGM", "KWH"])),
        unit_price=draw(st.decimals(min_value=0, max_value=10**6, places=8)),
        vat_rate=rate,
        allowances=tuple(draw(st.lists(allowance, max_size=3))),
        other_taxes=tuple(draw(st.lists(other, max_size=2))),
        withholding_code=withheld,
        withholding_rate=draw(st.sampled_from([D(20), D(90), D(100)])) if withheld else None,
        exemption_code="" if rate else draw(st.sampled_from(["301", "351"])),
        exemption_reason="" if rate else draw(some_words),
        **{key: draw(words) for key in ("description", "note", "brand", "model", "seller_code", "buyer_code")},
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    references = st.builds(DocumentReference, number=some_words, day=days)
    day = draw(days)
    currency = draw(st.sampled_from(["TRY", "USD", "EUR", "JPY"]))
    number = draw(st.none() | st.builds(DocumentNumber, st.just("ABC"), st.just(day.year), st.integers(1, 10**9 - 1)))
    return Invoice(
        uuid=str(draw(st.uuids())),
        series="ABC",
        number=number,
        profile=draw(st.sampled_from(["TEMELFATURA", "TICARIFATURA"])),
        type_code=draw(st.sampled_from(["SATIS", "TEVKIFAT", "ISTISNA", "IADE"])),
        issue_date=day,
        issue_time=draw(st.times().map(lambda t: t.replace(microsecond=0))),
        supplier=draw(parties()),
        customer=draw(parties()),
        lines=tuple(draw(st.lists(invoice_lines(), min_size=1, max_size=3))),
        currency=currency,
        exchange_rate=None if currency == "TRY" else ExchangeRate(rate=draw(money), day=draw(st.none() | days)),
        notes=tuple(draw(st.lists(some_words, max_size=3))),
        order_reference=draw(st.none() | references),
        despatch_references=tuple(draw(st.lists(references, max_size=2))),
        returned_invoices=tuple(draw(st.lists(references, max_size=2))),
        rounding=draw(st.decimals(min_value=-1, max_value=1, places=2)),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(invoice=invoices())
def test_any_invoice_is_read_back_as_it_was(invoice: Invoice) -> None:
    totals = compute_totals(invoice)
    raw = build_invoice(invoice, totals, template=None)
    assert raw == build_invoice(replace(invoice), totals, template=None)
    read = read_invoice(raw)
    assert read.invoice == invoice
    assert (read.stated.payable, read.stated.withheld, read.stated.tax_total) == (
        totals.payable, totals.withheld, totals.tax_total,
    )  # fmt: skip
    assert [line.net for line in read.stated.lines] == [line.net for line in totals.lines]


def test_midnight_is_a_time(make: Make) -> None:
    assert read_invoice(build(make(issue_time=time(0, 0)))).invoice.issue_time == time(0, 0)
