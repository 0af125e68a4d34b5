"""What we write, held against GİB's own schema and Schematron of the two official packages."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.despatch import ReceiptLine, Shipment
from app.domain.document_number import DocumentNumber
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.envelope import EnvelopeParty, build_envelope
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.response import LineAnswer, answer_to, build_response
from app.ubl.smm import build_smm
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.validation.builtin import check_invoice
from app.validation.packages import child
from tests.ubl.scenarios import (
    ADDRESS,
    ALLOWED,
    CARRIER,
    CUSTOMER,
    REFUSED,
    SUPPLIER,
    TODAY,
    D,
    despatch_for,
    freelance_receipt,
    internet_sale,
    invoice_for,
    producer_receipt,
)

pytestmark = pytest.mark.shared
TEMPLATE = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
UUID = "f47ac10b-58cc-4372-a567-0e02b2c3d489"


@pytest.fixture(scope="module")
def packages(shared: Path) -> dict[str, str]:
    return {
        "ubl-tr": str(shared / "gib" / "UBL-TR1.2.1_Paketi.zip"),
        "e-fatura": str(shared / "gib" / "e-FaturaPaketi.zip"),
    }


def broken_rules(packages: dict[str, str], raw: bytes) -> list[str]:
    answer = child.check(packages, raw, {"today": "2026-11-21"})
    assert answer["missing"] == []
    return [f"{row[2]}: {row[3]}" for row in answer["rows"]]


def invoice(*pair: str, **changes: Any) -> bytes:
    made = invoice_for(pair[0], pair[1], **changes)
    return build_invoice(made, compute_totals(made), template=TEMPLATE)


def test_every_allowed_pair_breaks_no_official_rule(packages: dict[str, str]) -> None:
    found = {pair: broken_rules(packages, invoice(*pair)) for pair in ALLOWED}
    assert {pair: rules for pair, rules in found.items() if rules} == {}


def test_every_refused_pair_is_refused_by_the_rule_we_name(packages: dict[str, str]) -> None:
    for pair in REFUSED:
        (ours,) = [f for f in check_invoice(invoice_for(*pair), today=TODAY) if f.code == "INV.PROFILE_TYPE"]
        theirs = {rule.partition(":")[0] for rule in broken_rules(packages, invoice(*pair))}
        assert any(rule in ours.explanation for rule in theirs), (pair, theirs, ours.explanation)


def test_an_internet_sale_breaks_no_official_rule(packages: dict[str, str]) -> None:
    sale = internet_sale()
    for spelling in ("type_code", "send_type"):
        raw = build_invoice(sale, compute_totals(sale), template=TEMPLATE, spelling=spelling)  # type: ignore[arg-type]
        assert broken_rules(packages, raw) == []


@pytest.mark.parametrize(
    ("profile", "type_code"),
    [("TEMELIRSALIYE", "SEVK"), ("TEMELIRSALIYE", "MATBUDAN"), ("HKSIRSALIYE", "SEVK"), ("IDISIRSALIYE", "SEVK")],
)
def test_a_despatch_note_breaks_no_official_rule(packages: dict[str, str], profile: str, type_code: str) -> None:
    assert broken_rules(packages, build_despatch(despatch_for(profile, type_code), template=TEMPLATE)) == []


def test_a_despatch_note_with_a_carrier_alone(packages: dict[str, str]) -> None:
    shipment = Shipment(despatch_day=TODAY, despatch_time=despatch_for().issue_time, address=ADDRESS, carrier=CARRIER)
    assert broken_rules(packages, build_despatch(despatch_for(shipment=shipment), template=TEMPLATE)) == []


def test_answers_to_a_despatch_note(packages: dict[str, str]) -> None:
    damaged = ReceiptLine(name="Bilgisayar", unit_code="C62", received=D(20), rejected=D(2), reason="Hasarlı")
    note = despatch_for()
    for changes in ({}, {1: damaged}):
        answer = answer_despatch(
            note, uuid=UUID, series="YNT", issue_date=TODAY, issue_time=note.issue_time, changes=changes
        )
        assert broken_rules(packages, build_receipt(answer, template=TEMPLATE)) == []


def test_a_producer_receipt(packages: dict[str, str]) -> None:
    receipt = producer_receipt()
    assert broken_rules(packages, build_credit_note(receipt, compute_totals(receipt), template=TEMPLATE)) == []


def test_a_freelance_receipt_breaks_only_what_it_must(packages: dict[str, str]) -> None:
    """There is no official form; the invoice's rules refuse its profile, its type and KDV tevkifatı in that type."""
    receipt = freelance_receipt()
    raw = build_smm(receipt, compute_totals(receipt), template=TEMPLATE)
    rules = {rule.partition(":")[0] for rule in broken_rules(packages, raw)}
    assert rules == {"ProfileIDCheck", "InvoiceTypeCodeCheck", "GeneralWithholdingTaxTotalCheck"}


@pytest.mark.parametrize("code", ["KABUL", "RED", "IADE"])
def test_answers_to_an_invoice(packages: dict[str, str], code: str) -> None:
    made = invoice_for("TICARIFATURA", "SATIS")
    lines = (LineAnswer(line="1", code="IADE", reasons=("Hasarlı",), reference_id="1"),) if code == "IADE" else ()
    answer = answer_to(
        made, code=code, reason="Sebep", uuid=UUID, issue_date=TODAY, issue_time=made.issue_time, lines=lines
    )
    assert broken_rules(packages, build_response(answer)) == []


def test_an_envelope(packages: dict[str, str]) -> None:
    raw = build_envelope(
        [invoice("TEMELFATURA", "SATIS", number=DocumentNumber("CNR", 2026, n)) for n in (1, 2)],
        uuid=UUID,
        sender=EnvelopeParty(label="urn:mail:gb@x.example", number=SUPPLIER.tax_number.digits, title="Çınar"),
        receiver=EnvelopeParty(label="urn:mail:pk@y.example", number=CUSTOMER.tax_number.digits, title="Işık"),
        created=datetime(2026, 3, 9, 10, 0),
    )
    assert broken_rules(packages, raw) == []
