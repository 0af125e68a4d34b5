"""The karekod texts of the guide (V1.2), computed from documents that have the guide's figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from app.domain.invoice import InvoiceLine, OtherTax
from app.ubl.karekod import credit_note_fields, despatch_fields, invoice_fields, smm_fields, to_text
from app.ubl.totals import compute_totals
from tests.ubl.scenarios import DRIVER, despatch_for, freelance_receipt, invoice_for, producer_receipt

D = Decimal


def test_a_freelance_receipt_says_what_the_guide_says() -> None:
    receipt = freelance_receipt()
    fields = smm_fields(receipt, compute_totals(receipt))
    assert [key for key, _ in fields] == [
        "vkntckn", "avkntckn", "tarih", "no", "ettn", "parabirimi", "brutucret", "tahsilkdv", "kdvtevkifat",
        "gvstopaj", "kdvtutari", "netucret", "tahsilat",
    ]  # fmt: skip
    assert [value for _, value in fields[6:]] == ["1000.00", "90.00", "90.00", "200.00", "180.00", "800.00", "890.00"]


def test_a_producer_receipt_says_what_the_guide_says() -> None:
    """Guide §2.5: 5000, stopaj 200, mera 100, borsa 92, SGK 100, paid 4508."""
    cuts = (
        OtherTax(code="0003", rate=D(4)),
        OtherTax(code="9040", rate=D(2)),
        OtherTax(code="8001", rate=D("1.84")),
        OtherTax(code="SGK_PRIM", rate=D(2)),
    )
    line = InvoiceLine(name="Süt", quantity=D(500), unit_code="LTR", unit_price=D(10), other_taxes=cuts)
    receipt = producer_receipt(lines=(line,))
    told = dict(credit_note_fields(receipt, compute_totals(receipt)))
    assert told["tip"] == "MUSTAHSILMAKBUZU"
    assert list(told.values())[-6:] == ["5000.00", "200.00", "100.00", "92.00", "100.00", "4508.00"]
    assert list(told)[-6:] == [
        "malhizmettoplam", "gvstopaj", "merafonu", "borsatescilucreti", "sgkprimkesintisi", "odenecek",
    ]  # fmt: skip


def test_a_despatch_note_names_carrier_or_driver() -> None:
    note = despatch_for(issue_date=date(2026, 3, 9))
    told = dict(despatch_fields(note))
    assert list(told)[-4:] == ["sevktarihi", "sevkzamani", "tasiyicivkn", "plaka"]
    assert (told["sevkzamani"], told["tasiyicivkn"], told["plaka"]) == ("10:30:00", "3900892152", "06DR4077")
    alone = replace(note, shipment=replace(note.shipment, carrier=None, drivers=(DRIVER,), despatch_time=time(9)))
    assert dict(despatch_fields(alone))["tasiyicivkn"] == DRIVER.number


def test_a_travellers_invoice_names_passport_and_agent() -> None:
    invoice = invoice_for("YOLCUBERABERFATURA", "ISTISNA")
    fields = invoice_fields(invoice, compute_totals(invoice))
    assert fields[2:4] == [("pasaportno", "U1234567"), ("aracikurumvkn", "1111111111")]
    assert ("kdvmatrah(20)", "1501.50") in fields


def test_one_pair_per_rate_although_two_exemptions_share_it() -> None:
    invoice = invoice_for("TEMELFATURA", "ISTISNA")
    other = replace(invoice.lines[0], exemption_code="302", exemption_reason="11/1-a Hizmet İhracatı")
    invoice = replace(invoice, lines=(*invoice.lines, other))
    totals = compute_totals(invoice)
    assert len(totals.taxes) == 2
    keys = [key for key, _ in invoice_fields(invoice, totals)]
    assert keys.count("kdvmatrah(0)") == 1
    assert dict(invoice_fields(invoice, totals))["kdvmatrah(0)"] == "3003.00"


def test_a_tax_that_is_not_collected_has_no_pair() -> None:
    invoice = invoice_for("YATIRIMTESVIK", "ISTISNA")
    keys = [key for key, _ in invoice_fields(invoice, compute_totals(invoice))]
    assert keys[-4:] == ["parabirimi", "malhizmettoplam", "vergidahil", "odenecek"]


def test_the_text_is_json_with_strings_only() -> None:
    invoice = invoice_for("TEMELFATURA", "SATIS")
    text = to_text(invoice_fields(invoice, compute_totals(invoice)))
    told = json.loads(text)
    assert all(isinstance(value, str) for value in told.values())
    assert ", " not in text and told["odenecek"] == "1801.80"
