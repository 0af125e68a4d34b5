"""Drafts of despatch notes and answers as JSON: there and back, every problem told, agreeing with the schema."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.domain.despatch import Despatch, Receipt, ReceiptLine
from app.domain.document_number import SeriesPurpose, invoice_purpose
from app.domain.party import Company
from app.runtime.clock import FixedClock
from app.ubl.despatchjson import despatch_from_json, despatch_to_json, receipt_from_json, receipt_to_json
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.jsonread import InvalidData
from app.ubl.receipt import answer_despatch
from tests.ubl.scenarios import CUSTOMER, SUPPLIER, TODAY, despatch_for, freelance_receipt, producer_receipt

D = Decimal
CLOCK = FixedClock(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))
SERIES = {"despatch": "IRS", "receipt": "YNT", "creditnote": "MUH", "smm": "SMM"}


def schema(project: Path, name: str) -> jsonschema.Draft202012Validator:
    text = (project / "resources" / "schemas" / f"{name}.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def a_receipt() -> Receipt:
    damaged = ReceiptLine(
        name="Bilgisayar",
        unit_code="C62",
        received=D(18),
        rejected=D("2.5"),
        reason="Hasarlı",
        short=D(2),
        line_ref="1",
    )
    return answer_despatch(
        despatch_for(),
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d489",
        series="YNT",
        issue_date=TODAY,
        issue_time=time(15, 0),
        changes={1: damaged},
        notes=("Not",),
        received_day=TODAY,
        received_time=time(14, 3, 52),
    )


def company(sides: Any = SUPPLIER) -> Company:
    return Company(party=sides, series=SERIES)


@pytest.mark.parametrize(
    "note",
    [
        despatch_for(),
        despatch_for("TEMELIRSALIYE", "MATBUDAN"),
        despatch_for("HKSIRSALIYE"),
        despatch_for("IDISIRSALIYE", buyer=CUSTOMER, seller=SUPPLIER, originator=CUSTOMER),
    ],
    ids=lambda n: f"{n.profile}-{n.type_code}",
)
def test_a_despatch_note_goes_there_and_back(note: Despatch, project: Path) -> None:
    data = json.loads(json.dumps(despatch_to_json(note)))
    schema(project, "despatch").validate(data)
    assert despatch_from_json(data, company=company(), clock=CLOCK) == note


def test_an_answer_goes_there_and_back(project: Path) -> None:
    receipt = a_receipt()
    data = json.loads(json.dumps(receipt_to_json(receipt)))
    schema(project, "receipt").validate(data)
    assert receipt_from_json(data, company=company(CUSTOMER), clock=CLOCK) == receipt


def test_what_is_absent_comes_from_the_company_and_the_clock() -> None:
    data = {"customer": {"vkn": "7750409379", "title": "X"}, "lines": [{"name": "Y", "quantity": 1, "unit": "C62"}]}
    note = despatch_from_json(data, company=company(), clock=CLOCK)
    assert (note.profile, note.type_code, note.series, note.number) == ("TEMELIRSALIYE", "SEVK", "IRS", None)
    assert (note.issue_date, note.issue_time, note.supplier) == (TODAY, time(15, 0), SUPPLIER)
    assert note.uuid != despatch_from_json(data, company=company(), clock=CLOCK).uuid


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ({}, {"customer", "lines"}),
        ({"customer": {"vkn": "1"}, "lines": [{"name": "X", "quantity": 1.5, "unit": "C62"}]},
         {"customer.vkn", "lines[0].quantity"}),
        ({"customer": {"vkn": "7750409379"}, "lines": [], "series": "ŞŞ", "uuid": "x", "number": "1", "paper": {},
          "unknown": 1, "schema_version": 2},
         {"series", "uuid", "number", "paper.number", "paper.day", "unknown", "schema_version"}),
    ],
)  # fmt: skip
def test_every_problem_is_told_at_once(data: dict[str, Any], paths: set[str]) -> None:
    with pytest.raises(InvalidData) as caught:
        despatch_from_json(data, company=company(), clock=CLOCK)
    assert {problem.partition(":")[0] for problem in caught.value.problems} == paths


def test_an_answer_needs_its_note_and_a_series() -> None:
    with pytest.raises(InvalidData) as caught:
        receipt_from_json(
            {"supplier": {"vkn": "7750409379"}, "lines": []}, company=Company(party=CUSTOMER), clock=CLOCK
        )
    assert {problem.partition(":")[0] for problem in caught.value.problems} == {"series", "despatch"}


def test_receipts_are_drafted_with_the_invoices_schema(project: Path) -> None:
    for receipt in (producer_receipt(number=None), freelance_receipt(number=None)):
        data = invoice_to_json(receipt)
        schema(project, "draft").validate(json.loads(json.dumps(data)))
        del data["series"]
        made = invoice_from_json(data, company=company(receipt.supplier), clock=CLOCK)
        assert made == replace(receipt, series=made.series)
        assert made.series == receipt.series


def test_every_kind_has_a_series_of_its_own() -> None:
    assert invoice_purpose("EARSIVFATURA", is_internet=True) is SeriesPurpose.EARCHIVE_INTERNET
    assert invoice_purpose("EARSIVFATURA") is SeriesPurpose.EARCHIVE
    assert invoice_purpose("OZELFATURA") is SeriesPurpose.EXPORT
    assert invoice_purpose("KAMU") is SeriesPurpose.EINVOICE
    assert invoice_purpose("EARSIVBELGE", type_code="SERBESTMESLEKMAKBUZU") is SeriesPurpose.SMM
    assert invoice_purpose("EARSIVBELGE", type_code="MUSTAHSILMAKBUZ") is SeriesPurpose.CREDIT_NOTE
