"""Every profile × type of the code list: produced clean and read back as it was, or refused with the rule's id."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from app.domain.findings import Severity
from app.domain.invoice import Invoice
from app.domain.party import Company
from app.runtime.clock import FixedClock
from app.ubl import codes
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.namespaces import NSMAP
from app.ubl.profiles import fields_for, values_at
from app.ubl.reader import read_invoice
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import check_invoice
from tests.ubl.scenarios import ALLOWED, CUSTOMER, PAIRS, REFUSED, TODAY, internet_sale, invoice_for

D = Decimal
CLOCK = FixedClock(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))


def build(invoice: Invoice) -> bytes:
    return build_invoice(invoice, compute_totals(invoice), template=None)


def texts(raw: bytes, path: str) -> list[str]:
    return [e.text or "" for e in etree.fromstring(raw).findall(path, NSMAP)]


def errors(invoice: Invoice) -> list[str]:
    found = check_invoice(invoice, today=TODAY, purpose="seal", registered=True)
    return [f"{f.code} {f.field}: {f.message}" for f in found if f.severity is Severity.ERROR]


def test_no_pair_is_absent() -> None:
    assert len(PAIRS) == len(codes.profiles()) * len(codes.invoice_types()) == len(ALLOWED) + len(REFUSED)
    assert set(ALLOWED).isdisjoint(REFUSED)


@pytest.mark.parametrize(("profile", "type_code"), ALLOWED, ids=lambda v: str(v))
def test_an_allowed_pair_is_produced_clean_and_read_back(profile: str, type_code: str) -> None:
    invoice = invoice_for(profile, type_code)
    assert errors(invoice) == []
    totals = compute_totals(invoice)
    read = read_invoice(build(invoice))
    assert read.warnings == []
    assert read.invoice == invoice
    assert read.stated == totals
    assert compute_totals(read.invoice) == totals


@pytest.mark.shared
def test_every_allowed_pair_is_valid_by_the_official_schema(ensure_schema_valid: Callable[[bytes], None]) -> None:
    for pair in ALLOWED:
        ensure_schema_valid(build(invoice_for(*pair)))
    ensure_schema_valid(build(internet_sale()))


@pytest.mark.parametrize(("profile", "type_code"), REFUSED, ids=lambda v: str(v))
def test_a_refused_pair_names_the_official_rule(profile: str, type_code: str) -> None:
    found = check_invoice(invoice_for(profile, type_code), today=TODAY, registered=True)
    (finding,) = [f for f in found if f.code == "INV.PROFILE_TYPE"]
    assert finding.severity is Severity.ERROR
    assert "InvoiceTypeCodeCheck" in finding.explanation


@pytest.mark.parametrize(("profile", "type_code"), ALLOWED, ids=lambda v: str(v))
def test_the_draft_of_a_pair_goes_there_and_back(profile: str, type_code: str, project: Path) -> None:
    invoice = invoice_for(profile, type_code)
    data = json.loads(json.dumps(invoice_to_json(invoice)))
    schema = json.loads((project / "resources" / "schemas" / "draft.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(data)
    company = Company(party=invoice.supplier, series={"einvoice": "CNR"})
    assert invoice_from_json(data, company=company, clock=CLOCK) == invoice


def test_an_internet_sale_is_clean_and_read_back() -> None:
    sale = internet_sale()
    assert errors(sale) == []
    read = read_invoice(build(sale))
    assert read.invoice == sale
    told = read_invoice(build_invoice(sale, compute_totals(sale), template=None, spelling="send_type"))
    assert told.invoice == sale


@pytest.mark.parametrize("name", ["SendingType", "SEND_TYPE", "gonderimSekli"])
@pytest.mark.parametrize("value", ["KAGIT", "ELEKTRONIK"])
def test_the_sending_type_is_read_in_every_spelling(name: str, value: str) -> None:
    raw = build(invoice_for("EARSIVFATURA", "SATIS"))
    text = raw.decode().replace("ELEKTRONIK", value).replace("SendingType", name)
    earchive = read_invoice(text.encode()).invoice.earchive
    assert earchive is not None
    assert earchive.sending == value


def test_a_forgone_tax_is_shown_and_not_added() -> None:
    """As GİB's YTB_Istisna sample: the KDV stands there with sequence −1 and counts nowhere."""
    invoice = invoice_for("YATIRIMTESVIK", "ISTISNA")
    totals = compute_totals(invoice)
    assert (totals.vat, totals.tax_total, totals.payable) == (D("0.00"), D("0.00"), totals.tax_exclusive)
    raw = build(invoice)
    assert texts(raw, "cac:TaxTotal/cbc:TaxAmount") == ["0.00"]
    place = "cac:TaxTotal/cac:TaxSubtotal/cbc:"
    shown = list(zip(texts(raw, f"{place}TaxAmount"), texts(raw, f"{place}CalculationSequenceNumeric"), strict=True))
    assert shown == [("300.30", "-1"), ("300.30", "-1")]


def test_a_special_base_replaces_the_lines_own() -> None:
    totals = compute_totals(invoice_for("TEMELFATURA", "OZELMATRAH"))
    assert totals.tax_exclusive == D("1501.50")
    assert [(t.taxable, t.amount) for t in totals.taxes] == [(D("250.00"), D("50.00"))]
    assert totals.payable == D("1551.50")


def test_what_a_commission_agent_keeps_lowers_the_payable_amount_only() -> None:
    invoice = invoice_for("HKS", "KOMISYONCU")
    totals = compute_totals(invoice)
    assert totals.deduction_total == D("105.12")
    assert totals.payable == totals.tax_inclusive - D("105.12")
    raw = build(invoice)
    assert texts(raw, "cac:LegalMonetaryTotal/cbc:ChargeTotalAmount") == ["105.12"]
    assert texts(raw, "cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount") == ["0.00"]
    by_rate = replace(invoice.deductions[0], amount=None)
    assert compute_totals(replace(invoice, deductions=(by_rate,))).deduction_amounts == (D("75.08"),)


def test_accommodation_tax_stands_beside_the_vat_base() -> None:
    totals = compute_totals(invoice_for("TEMELFATURA", "KONAKLAMAVERGISI"))
    assert {t.code: (t.taxable, t.amount) for t in totals.taxes} == {
        "0059": (D("1501.50"), D("30.03")),
        "0015": (D("1501.50"), D("150.15")),
    }


def test_the_buyer_abroad_has_no_turkish_number() -> None:
    raw = build(invoice_for("IHRACAT", "ISTISNA"))
    ids = etree.fromstring(raw).findall("cac:BuyerCustomerParty//cac:PartyIdentification/cbc:ID", NSMAP)
    assert [(i.get("schemeID"), i.text) for i in ids] == [("PARTYTYPE", "EXPORT")]


def test_fields_for_shows_what_a_pair_needs_and_nothing_else() -> None:
    assert fields_for("TEMELFATURA", "SATIS") == ()
    assert [f.path for f in fields_for("HKS", "SATIS")] == ["lines[].item_ids[KUNYENO]"]
    export = {f.path for f in fields_for("IHRACAT", "ISTISNA") if f.is_required}
    assert {"lines[].delivery.customs_id", "delivery.incoterms", "buyer.legal_name"} <= export
    assert fields_for("UNKNOWN", "SATIS") == ()


def test_every_field_of_the_table_is_whole() -> None:
    """A list that it names exists, a required field can be told, and its path is one of the draft."""
    for pair in PAIRS:
        for field in fields_for(*pair):
            assert field.title
            assert field.level in ("error", "warning", "optional")
            if field.codes:
                assert codes.named_list(field.codes)
            if field.level != "optional" and not field.checked_elsewhere:
                assert field.code and field.message and (field.rule or field.guide or field.level == "warning")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lines[].item_ids[KUNYENO]", [("lines[0].item_ids", "1"), ("lines[1].item_ids", None)]),
        ("lines[].item_ids[ILAC|DIGER]", [("lines[0].item_ids", None), ("lines[1].item_ids", " ")]),
        ("buyer.name", [("buyer.name", None)]),
        ("carrier.vkn|carrier.tckn", [("carrier.tckn", "5")]),
        ("lines[].packages[].code", [("lines[0].packages[0].code", "BX")]),
    ],
)
def test_values_at(path: str, expected: list[tuple[str, str | None]]) -> None:
    data = {
        "carrier": {"tckn": "5"},
        "lines": [
            {"item_ids": [{"scheme": "KUNYENO", "value": "1"}], "packages": [{"code": "BX"}]},
            {"item_ids": [{"scheme": "DIGER"}]},
        ],
    }
    assert [(p.path, p.value) for p in values_at(data, path)] == expected


def test_the_supplier_keeps_no_shipment_number_of_one_document() -> None:
    read = read_invoice(build(invoice_for("IDIS", "SATIS"))).invoice
    assert read.shipment_no == "SE-1345840"
    assert read.supplier.identifiers == ()


def test_other_references_are_no_attachments() -> None:
    invoice = invoice_for("TEMELFATURA", "SGK")
    template = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
    read = read_invoice(build_invoice(invoice, compute_totals(invoice), template=template))
    assert read.invoice.references == invoice.references
    assert read.template == template


def test_a_deduction_is_no_discount_of_the_document() -> None:
    invoice = invoice_for("TEMELFATURA", "KOMISYONCU", customer=CUSTOMER)
    assert read_invoice(build(invoice)).warnings == []
