"""The karekod of a document that is XML: the same as that of the model, for every kind, and never an error."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import time

import pytest
from lxml import etree

from app.domain.invoice import Invoice
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.karekod import credit_note_fields, despatch_fields, invoice_fields, smm_fields, to_text
from app.ubl.karekod_tree import fields_of_tree
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.smm import build_smm, read_smm
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import (
    ALLOWED,
    DRIVER,
    TODAY,
    despatch_for,
    freelance_receipt,
    internet_sale,
    invoice_for,
    producer_receipt,
    vendor_form,
)


def of_xml(raw: bytes) -> str:
    return to_text(fields_of_tree(etree.fromstring(raw)))


def of_invoice(invoice: Invoice) -> str:
    return of_xml(build_invoice(invoice, compute_totals(invoice), template=None))


@pytest.mark.parametrize(("profile", "type_code"), ALLOWED, ids=lambda v: str(v))
def test_an_invoice_of_every_pair(profile: str, type_code: str) -> None:
    invoice = invoice_for(profile, type_code)
    assert of_invoice(invoice) == to_text(invoice_fields(invoice, compute_totals(invoice)))


def test_the_other_kinds() -> None:
    sale = internet_sale()
    assert of_invoice(sale) == to_text(invoice_fields(sale, compute_totals(sale)))
    for note in (
        despatch_for(),
        despatch_for("IDISIRSALIYE", "MATBUDAN"),
        replace(despatch_for(), shipment=replace(despatch_for().shipment, carrier=None, drivers=(DRIVER,))),
    ):
        assert of_xml(build_despatch(note, template=None)) == to_text(despatch_fields(note))
    producer = producer_receipt()
    totals = compute_totals(producer)
    assert of_xml(build_credit_note(producer, totals, template=None)) == to_text(credit_note_fields(producer, totals))
    freelance = freelance_receipt()
    totals = compute_totals(freelance)
    assert of_xml(build_smm(freelance, totals, template=None)) == to_text(smm_fields(freelance, totals))


def test_an_answer_to_a_despatch_note_shares_its_head() -> None:
    answer = answer_despatch(
        despatch_for(), uuid=despatch_for().uuid, series="YNT", issue_date=TODAY, issue_time=time(15, 0)
    )
    told = json.loads(of_xml(build_receipt(answer, template=None)))
    assert list(told) == ["vkntckn", "avkntckn", "senaryo", "tip", "tarih", "no", "ettn"]
    assert told["no"] == answer.number_text


@pytest.mark.parametrize(
    ("root", "line", "total"),
    [
        ("Voucher", "VoucherLine", "LegalMonetaryTotal"),
        ("FreelancerVoucher", "FreelancerVoucherLine", "FreelancerVoucherLegalMonetaryTotal"),
    ],
)
def test_a_vendors_freelance_receipt(root: str, line: str, total: str) -> None:
    raw = vendor_form(root, line, total, "<cbc:GrossWageAmount>1000</cbc:GrossWageAmount>")
    told = json.loads(of_xml(raw))
    read = read_smm(raw)
    assert told | {"ettn": ""} == dict(smm_fields(read.invoice, read.stated)) | {"ettn": ""}
    assert (told["brutucret"], told["gvstopaj"], told["kdvtutari"], told["tahsilat"]) == (
        "1000.00",
        "200.00",
        "200.00",
        "1000.00",
    )


def test_a_producer_receipt_is_named_as_the_guide_names_it() -> None:
    producer = producer_receipt()
    told = json.loads(of_xml(build_credit_note(producer, compute_totals(producer), template=None)))
    assert (told["senaryo"], told["tip"]) == ("EARSIVBELGE", "MUSTAHSILMAKBUZU")


@pytest.mark.parametrize("name", ["Invoice", "CreditNote", "DespatchAdvice", "ReceiptAdvice", "ApplicationResponse"])
def test_an_empty_document_gives_empty_fields(name: str) -> None:
    root = etree.Element(f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}{name}")
    told = dict(fields_of_tree(root))
    assert set(told.values()) <= {"", "0.00", "TRY", "MUSTAHSILMAKBUZU"}
