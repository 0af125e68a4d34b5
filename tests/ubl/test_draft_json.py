"""Drafts as JSON: there and back, every problem told, agreeing with the shipped schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.domain.ettn import parse_ettn
from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine, OtherTax
from app.domain.party import Company
from app.runtime.clock import FixedClock
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.jsonread import InvalidData

D = Decimal
Make = Callable[..., Invoice]
CLOCK = FixedClock(datetime(2026, 3, 9, 22, 15, 30, 999, tzinfo=UTC))

DRAFT: dict[str, Any] = {
    "profile": "TICARIFATURA",
    "type": "TEVKIFAT",
    "currency": "USD",
    "exchange_rate": {"rate": "34.1234", "day": "2026-03-06"},
    "customer": {
        "vkn": "3900892152",
        "title": "Alıcı Ltd. Şti.",
        "tax_office": "Ulus",
        "address": {"street": "Gül Sk. 1", "district": "Altındağ", "city": "Ankara", "postal_code": "06030"},
        "email": "a@alici.example",
    },
    "lines": [
        {
            "name": "Temizlik",
            "quantity": 3,
            "unit": "HUR",
            "unit_price": "150.75",
            "vat_rate": 20,
            "discounts": [{"rate": "0.1", "reason": "Sadakat"}],
            "charges": [{"amount": "5"}],
            "other_taxes": [{"code": "4080", "rate": "10"}],
            "withholding": {"code": "612", "rate": 90},
        },
        {
            "name": "Ürün",
            "quantity": "2.5",
            "unit": "KGM",
            "unit_price": "10",
            "vat_rate": "0",
            "exemption": {"code": "351", "reason": "Sebep"},
        },
    ],
    "notes": ["Not"],
    "order_reference": {"number": "S-1", "day": "2026-03-01"},
    "despatch_references": [{"number": "IRS2026000000001", "day": "2026-03-02"}],
    "payment": {"code": "42", "iban": "TR33 0006 1005 1978 6457 8413 26", "due_date": "2026-04-01"},
    "payment_terms": {"note": "30 gün"},
    "receiver_label": "urn:mail:defaultpk@alici.example",
}


@pytest.fixture
def company(make: Make) -> Company:
    return Company(party=make().supplier, series={"einvoice": "CNR", "export": "IHR", "earchive": "ARS"})


@pytest.fixture(scope="session")
def schema(project: Path) -> jsonschema.Draft202012Validator:
    text = (project / "resources" / "schemas" / "draft.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def changed(path: str, value: Any) -> dict[str, Any]:
    """DRAFT with one value changed; `path` is dotted, numbers are list places."""
    data = copy.deepcopy(DRAFT)
    *parents, last = path.split(".")
    place: Any = data
    for step in parents:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    return data


def test_a_draft_becomes_an_invoice(company: Company) -> None:
    invoice = invoice_from_json(DRAFT, company=company, clock=CLOCK)
    assert invoice.supplier == company.party
    assert (invoice.series, invoice.number) == ("CNR", None)
    assert parse_ettn(invoice.uuid) == invoice.uuid
    # 22:15 UTC is the next day in Istanbul.
    assert (invoice.issue_date, invoice.issue_time) == (date(2026, 3, 10), time(1, 15, 30))
    assert invoice.customer.tax_number.digits == "3900892152"
    assert (invoice.customer.address.country, invoice.customer.address.country_code) == ("Türkiye", "TR")
    assert invoice.lines[0] == InvoiceLine(
        name="Temizlik", quantity=D(3), unit_code="HUR", unit_price=D("150.75"), vat_rate=D(20),
        allowances=(
            AllowanceCharge(rate=D("0.1"), reason="Sadakat"),
            AllowanceCharge(is_charge=True, amount=D(5)),
        ),
        other_taxes=(OtherTax(code="4080", rate=D(10)),),
        withholding_code="612", withholding_rate=D(90),
    )  # fmt: skip
    assert invoice.payment_means is not None
    assert invoice.payment_means.iban == "TR330006100519786457841326"


def test_two_drafts_are_two_documents(company: Company) -> None:
    first, second = (invoice_from_json(DRAFT, company=company, clock=CLOCK) for _ in range(2))
    assert first.uuid != second.uuid
    assert replace(first, uuid="") == replace(second, uuid="")


@pytest.mark.parametrize(("profile", "series"), [("TEMELFATURA", "CNR"), ("EARSIVFATURA", "ARS"), ("IHRACAT", "IHR")])
def test_the_series_is_that_of_the_kind(company: Company, profile: str, series: str) -> None:
    assert invoice_from_json(changed("profile", profile), company=company, clock=CLOCK).series == series


def test_there_and_back(full_invoice: Invoice, company: Company, schema: jsonschema.Draft202012Validator) -> None:
    data = json.loads(json.dumps(invoice_to_json(full_invoice)))
    schema.validate(data)
    assert data["schema_version"] == 1
    read = invoice_from_json(data, company=company, clock=CLOCK)
    assert read == full_invoice
    assert invoice_to_json(read) == data


def test_there_and_back_with_labels_and_extras(make: Make, company: Company) -> None:
    invoice = make(sender_label="urn:mail:gb", receiver_label="urn:mail:pk", extra={"a": "b"}, number=None)
    assert invoice_from_json(invoice_to_json(invoice), company=company, clock=CLOCK) == invoice


def test_numbers_parsed_as_decimal_by_the_caller_are_taken(company: Company) -> None:
    data = json.loads(json.dumps(changed("lines.0.unit_price", 0.1)), parse_float=Decimal)
    assert invoice_from_json(data, company=company, clock=CLOCK).lines[0].unit_price == D("0.1")


BROKEN: list[tuple[str, Any, str]] = [
    ("profile", "", "profile"),
    ("lines", None, "lines"),
    ("lines", {}, "lines"),
    ("lines.0", "x", "lines[0]"),
    ("lines.0.quantity", "üç", "lines[0].quantity"),
    ("lines.0.quantity", 1.5, "lines[0].quantity"),
    ("lines.0.quantity", "1,5", "lines[0].quantity"),
    ("lines.0.quantity", "1e999999999", "lines[0].quantity"),
    ("lines.0.quantity", None, "lines[0].quantity"),
    ("lines.0.name", None, "lines[0].name"),
    ("lines.0.discounts.0.rate", "10", "lines[0].discounts[0].rate"),
    ("lines.0.discounts.0.amount", "10", "lines[0].discounts[0].rate"),
    ("lines.0.withholding", "612", "lines[0].withholding"),
    ("lines.0.vatrate", "20", "lines[0].vatrate"),
    ("customer", None, "customer"),
    ("customer.vkn", "123", "customer.vkn"),
    ("customer.vkn", 3900892152, "customer.vkn"),
    ("customer.vkn", "12345678901", "customer.vkn"),
    ("customer.tckn", "10000000146", "customer.vkn"),
    ("customer.adress", {}, "customer.adress"),
    ("issue_date", "10.03.2026", "issue_date"),
    ("issue_time", "öğlen", "issue_time"),
    ("uuid", "x", "uuid"),
    ("number", "ABC1", "number"),
    ("series", "ABÇ", "series"),
    ("exchange_rate.rate", "çok", "exchange_rate.rate"),
    ("order_reference.day", None, "order_reference.day"),
    ("notes", [1], "notes[0]"),
    ("schema_version", 2, "schema_version"),
    ("unknown", 1, "unknown"),
]


@pytest.mark.parametrize(("path", "value", "where"), BROKEN, ids=lambda v: str(v)[:30])
def test_a_problem_is_told_with_its_place(company: Company, path: str, value: Any, where: str) -> None:
    with pytest.raises(InvalidData) as caught:
        invoice_from_json(changed(path, value), company=company, clock=CLOCK)
    assert caught.value.code == "DRAFT.INVALID"
    assert [p.partition(": ")[0] for p in caught.value.problems] == [where]
    assert where in caught.value.sentence


def test_all_problems_come_at_once(company: Company) -> None:
    data = changed("lines.0.quantity", "x") | {"profile": "", "issue_date": "x"}
    with pytest.raises(InvalidData) as caught:
        invoice_from_json(data, company=company, clock=CLOCK)
    assert len(caught.value.problems) == 3
    assert "(ve 2 sorun daha)" in caught.value.sentence


def test_a_series_of_another_number_is_a_problem(company: Company) -> None:
    data = DRAFT | {"number": "ABC2026000000001", "series": "XYZ"}
    with pytest.raises(InvalidData, match="serisinden"):
        invoice_from_json(data, company=company, clock=CLOCK)


def test_a_company_without_a_series_needs_one_in_the_draft(company: Company) -> None:
    with pytest.raises(InvalidData, match="seri"):
        invoice_from_json(DRAFT, company=replace(company, series={}), clock=CLOCK)


@pytest.mark.parametrize("data", [[], None, "x", 3])
def test_what_is_no_object_is_no_draft(company: Company, data: Any) -> None:
    with pytest.raises(InvalidData):
        invoice_from_json(data, company=company, clock=CLOCK)


def test_the_schema_takes_the_draft_of_these_tests(schema: jsonschema.Draft202012Validator) -> None:
    schema.validate(DRAFT)


# Rules between two fields, and dates (which the schema only names), are told by the reader alone.
_BEYOND_THE_SCHEMA = {"profile", "issue_date", "issue_time", "uuid", "number", "series"}


@pytest.mark.parametrize(
    ("path", "value"), [(p, v) for p, v, _ in BROKEN if p not in _BEYOND_THE_SCHEMA], ids=lambda v: str(v)[:30]
)
def test_the_schema_refuses_what_the_reader_refuses(
    schema: jsonschema.Draft202012Validator, path: str, value: Any
) -> None:
    assert not schema.is_valid(changed(path, value))
