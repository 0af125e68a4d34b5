"""Notes, answers, receipts and envelopes that are broken: reading ends in a value or in an InputError, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.domain.errors import InputError
from app.ubl.coverage import coverage_of
from app.ubl.creditnote import build_credit_note, read_credit_note
from app.ubl.despatch import build_despatch, read_despatch
from app.ubl.envelope import EnvelopeParty, build_envelope, read_envelope
from app.ubl.karekod import credit_note_fields, despatch_fields, invoice_fields, smm_fields
from app.ubl.reader import read_invoice
from app.ubl.receipt import answer_despatch, build_receipt, read_receipt
from app.ubl.smm import build_smm, read_smm
from app.ubl.summary import summarize
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.ubl.xmlsafe import parse
from app.validation.builtin import check_invoice
from app.validation.builtin_despatch import check_despatch, check_receipt
from app.validation.builtin_receipts import check_credit_note, check_smm
from app.validation.builtin_xml import check_xml
from tests.ubl.scenarios import (
    TODAY,
    despatch_for,
    freelance_receipt,
    internet_sale,
    invoice_for,
    producer_receipt,
    vendor_form,
)

JUNK = ["", " ", "x", "-1", "NaN", "Infinity", "1e999999999", "0", "9" * 500, "1,5", "TRY", "ş", "2026-13-45", "0015"]
PARTY = EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar")


def _invoice(profile: str, type_code: str) -> bytes:
    made = invoice_for(profile, type_code)
    return build_invoice(made, compute_totals(made), template=None)


def _sources() -> dict[str, bytes]:
    note = despatch_for()
    answer = answer_despatch(
        note, uuid="f47ac10b-58cc-4372-a567-0e02b2c3d489", series="YNT", issue_date=TODAY, issue_time=note.issue_time
    )
    mm, smm, sale = producer_receipt(), freelance_receipt(), internet_sale()
    return {
        "despatch": build_despatch(note, template=None),
        "paper despatch": build_despatch(despatch_for("TEMELIRSALIYE", "MATBUDAN"), template=None),
        "receipt": build_receipt(answer, template=None),
        "credit note": build_credit_note(mm, compute_totals(mm), template=None),
        "smm": build_smm(smm, compute_totals(smm), template=None),
        "voucher": vendor_form(
            "Voucher",
            "VoucherLine",
            "LegalMonetaryTotal",
            "<cbc:TaxExclusiveAmount>800</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>1000</cbc:TaxInclusiveAmount>",
        ),
        "internet sale": build_invoice(sale, compute_totals(sale), template=None),
        "export": _invoice("IHRACAT", "ISTISNA"),
        "passenger": _invoice("YOLCUBERABERFATURA", "ISTISNA"),
        "hks": _invoice("HKS", "HKSKOMISYONCU"),
        "incentive": _invoice("YATIRIMTESVIK", "SATIS"),
        "envelope": build_envelope(
            [_invoice("TEMELFATURA", "SATIS")],
            uuid="f47ac10b-58cc-4372-a567-0e02b2c3d490",
            sender=PARTY,
            receiver=PARTY,
            created=datetime(2026, 3, 9, 10, 11, 12),
        ),
    }


SOURCES = _sources()


@contextmanager
def refused_or_done() -> Iterator[None]:
    try:
        yield
    except InputError as e:
        assert e.what


def _despatch(raw: bytes) -> None:
    note = read_despatch(raw).despatch
    check_despatch(note, today=TODAY)
    despatch_fields(note)
    build_despatch(note, template=None)


def _receipt(raw: bytes) -> None:
    answer = read_receipt(raw).receipt
    check_receipt(answer, today=TODAY)
    build_receipt(answer, template=None)


def _credit_note(raw: bytes) -> None:
    receipt = read_credit_note(raw).invoice
    check_credit_note(receipt, today=TODAY)
    totals = compute_totals(receipt)
    credit_note_fields(receipt, totals)
    build_credit_note(receipt, totals, template=None)


def _smm(raw: bytes) -> None:
    receipt = read_smm(raw).invoice
    check_smm(receipt, today=TODAY)
    totals = compute_totals(receipt)
    smm_fields(receipt, totals)
    build_smm(receipt, totals, template=None)


def _any_invoice(raw: bytes) -> None:
    invoice = read_invoice(raw).invoice
    check_invoice(invoice, today=TODAY, purpose="file")
    totals = compute_totals(invoice)
    invoice_fields(invoice, totals)
    build_invoice(invoice, totals, template=None)


def _xml(raw: bytes) -> None:
    check_xml(parse(raw).getroot(), today=TODAY)


WAYS: list[Callable[[bytes], object]] = [
    _despatch,
    _receipt,
    _credit_note,
    _smm,
    _any_invoice,
    _xml,
    summarize,
    read_envelope,
    coverage_of,
]


def survive(raw: bytes) -> None:
    for way in WAYS:
        with refused_or_done():
            way(raw)


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_elements_changed_removed_and_doubled(name: str, data: st.DataObject) -> None:
    root = etree.fromstring(SOURCES[name])
    for _ in range(data.draw(st.integers(1, 8))):
        elements = [e for e in root.iter() if e is not root and isinstance(e.tag, str)]
        if not elements:
            break
        element = data.draw(st.sampled_from(elements))
        parent = element.getparent()
        assert parent is not None
        match data.draw(st.sampled_from(["text", "text", "remove", "double", "comment", "attributes"])):
            case "text":
                element.text = data.draw(st.sampled_from(JUNK))
            case "remove":
                parent.remove(element)
            case "double":
                parent.append(etree.fromstring(etree.tostring(element)))
            case "comment":
                element.insert(0, etree.Comment("x"))
            case "attributes":
                element.attrib.clear()
    survive(etree.tostring(root))


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=10)
@given(data=st.data())
def test_bytes_cut_and_changed(name: str, data: st.DataObject) -> None:
    raw = bytearray(SOURCES[name])
    for _ in range(data.draw(st.integers(0, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    survive(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    survive(bytes(raw))
