"""Built-in checks of despatch notes, answers, producer and freelance receipts: one broken example for each rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.despatch import Despatch, DespatchLine, Receipt, ReceiptLine
from app.domain.findings import Finding, Severity
from app.domain.invoice import DocumentReference, Invoice, OtherTax
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.smm import build_smm
from app.ubl.totals import compute_totals
from app.validation.builtin_despatch import check_despatch, check_receipt
from app.validation.builtin_kinds import check_kind
from app.validation.builtin_receipts import check_credit_note, check_smm
from app.validation.files import check_file
from tests.ubl.scenarios import CUSTOMER, DRIVER, TODAY, despatch_for, freelance_receipt, producer_receipt

D = Decimal


def a_receipt(**changes: Any) -> Receipt:
    sound = answer_despatch(
        despatch_for(),
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d489",
        series="YNT",
        issue_date=TODAY,
        issue_time=time(15, 0),
    )
    return replace(sound, **changes)


def _line(receipt: Any, **changes: Any) -> Any:
    return replace(receipt, lines=(replace(receipt.lines[0], **changes), *receipt.lines[1:]))


def _ship(**changes: Any) -> Despatch:
    note = despatch_for()
    return replace(note, shipment=replace(note.shipment, **changes))


def _address(**changes: Any) -> Despatch:
    address = despatch_for().shipment.address
    assert address is not None
    return _ship(address=replace(address, **changes))


def despatch(note: Despatch) -> list[Finding]:
    return check_despatch(note, today=TODAY)


def receipt(answer: Receipt) -> list[Finding]:
    return check_receipt(answer, today=TODAY, despatch=despatch_for())


def mm(made: Invoice) -> list[Finding]:
    return check_credit_note(made, today=TODAY)


def smm(made: Invoice) -> list[Finding]:
    return check_smm(made, today=TODAY)


SOUND: list[tuple[Callable[[Any], list[Finding]], Any]] = [
    (despatch, despatch_for()),
    (despatch, despatch_for("TEMELIRSALIYE", "MATBUDAN")),
    (despatch, despatch_for("HKSIRSALIYE")),
    (despatch, despatch_for("IDISIRSALIYE")),
    (receipt, a_receipt()),
    (mm, producer_receipt()),
    (smm, freelance_receipt()),
]
PRODUCER, FREELANCE = producer_receipt(), freelance_receipt()
BROKEN: list[tuple[str, str, Callable[[Any], list[Finding]], Any]] = [
    ("DSP.PROFILE", "profile", despatch, despatch_for(profile="TEMELFATURA")),
    ("DSP.TYPE", "type", despatch, despatch_for(type_code="IADE")),
    ("INV.DATE_FUTURE", "issue_date", despatch, despatch_for(issue_date=TODAY + timedelta(days=1))),
    ("INV.NUMBER_SERIES", "number", despatch, despatch_for(series="ABC")),
    ("INV.PARTY_TITLE", "customer.title", despatch, despatch_for(customer=replace(CUSTOMER, title=""))),
    ("DSP.PAPER", "paper", despatch, despatch_for("TEMELIRSALIYE", "MATBUDAN", paper=None)),
    ("DSP.PAPER_DAY", "paper", despatch,
     despatch_for("TEMELIRSALIYE", "MATBUDAN", paper=DocumentReference(number="A", day=date(2030, 1, 1)))),
    ("DSP.DESPATCH_DAY", "shipment.despatch_day", despatch, _ship(despatch_day=None)),
    ("DSP.DESPATCH_EARLY", "shipment.despatch_day", despatch, _ship(despatch_day=TODAY - timedelta(days=1))),
    ("DSP.DESPATCH_TIME", "shipment.despatch_time", despatch, _ship(despatch_time=None)),
    ("DSP.ADDRESS", "shipment.address", despatch, _ship(address=None)),
    ("DSP.ADDRESS", "shipment.address.district", despatch, _address(district=" ")),
    ("DSP.POSTAL_CODE", "shipment.address.postal_code", despatch, _address(postal_code="82100")),
    ("DSP.CARRIER", "shipment.drivers", despatch, _ship(drivers=(), carrier=None)),
    ("DSP.DRIVER", "shipment.drivers[0].number", despatch, _ship(drivers=(replace(DRIVER, number=""),))),
    ("DSP.PLATE", "shipment.plate", despatch, _ship(plate="")),
    ("DSP.LINES", "lines", despatch, despatch_for(lines=())),
    ("DSP.LINE_NAME", "lines[0].name", despatch, _line(despatch_for(), name="")),
    ("DSP.LINE_QUANTITY", "lines[0].quantity", despatch, _line(despatch_for(), quantity=D(0))),
    ("DSP.LINE_PRICE", "lines[0].unit_price", despatch, _line(despatch_for(), unit_price=D(-1))),
    ("INV.LINE_UNIT", "lines[0].unit", despatch, _line(despatch_for(), unit_code="ADET")),
    ("DSP.HKS_TAG", "lines[0].item_ids", despatch, _line(despatch_for("HKSIRSALIYE"), item_ids=())),
    ("DSP.IDIS_TAG", "lines[0].item_ids", despatch, _line(despatch_for("IDISIRSALIYE"), item_ids=(("ETIKETNO", "1"),))),
    ("DSP.IDIS_SHIPMENT", "shipment_no", despatch, despatch_for("IDISIRSALIYE", shipment_no="")),
    ("RCP.TYPE", "type", receipt, a_receipt(type_code="IADE")),
    ("RCP.NUMBER", "number", receipt, a_receipt(series="", document_id="YANIT-1")),
    ("RCP.DESPATCH", "despatch", receipt, a_receipt(despatch=DocumentReference(number="", day=TODAY))),
    ("RCP.LATE", "issue_date", receipt,
     a_receipt(despatch=DocumentReference(number="X", day=TODAY - timedelta(days=8)))),
    ("RCP.LINES", "lines", receipt, a_receipt(lines=())),
    ("RCP.LINE_NAME", "lines[0].name", receipt, _line(a_receipt(), name="")),
    ("RCP.SIGN", "lines[0].short", receipt, _line(a_receipt(), short=D(-1))),
    ("RCP.REJECTED", "lines[0].rejected", receipt, _line(a_receipt(), rejected=D(21), reason="Hasarlı")),
    ("RCP.REASON", "lines[0].reason", receipt, _line(a_receipt(), rejected=D(1))),
    ("RCP.SUM", "lines[0].received", receipt, _line(a_receipt(), received=D(19))),
    ("MM.PROFILE", "profile", mm, producer_receipt(profile="TEMELFATURA")),
    ("MM.TYPE", "type", mm, producer_receipt(type_code="SATIS")),
    ("MM.CURRENCY", "currency", mm, producer_receipt(currency="TL")),
    ("MM.RATE", "exchange_rate", mm, producer_receipt(currency="USD")),
    ("MM.FARMER", "customer.tax_number", mm, producer_receipt(customer=CUSTOMER)),
    ("MM.CUT", "lines[0].other_taxes[0].code", mm, _line(PRODUCER, other_taxes=(OtherTax(code="0071", rate=D(1)),))),
    ("MM.VAT", "lines[0].vat_rate", mm, _line(PRODUCER, vat_rate=D(10))),
    ("MM.NO_STOPAJ", "lines[0].other_taxes", mm, _line(PRODUCER, other_taxes=())),
    ("MM.DELIVERY", "delivery.day", mm, producer_receipt(delivery=None)),
    ("MM.LINES", "lines", mm, producer_receipt(lines=())),
    ("MM.LINE_NAME", "lines[0].name", mm, _line(PRODUCER, name=" ")),
    ("MM.LINE_QUANTITY", "lines[0].quantity", mm, _line(PRODUCER, quantity=D(-1))),
    ("MM.LINE_PRICE", "lines[0].unit_price", mm, _line(PRODUCER, unit_price=D(-1))),
    ("MM.TOTALS", "lines", mm, _line(PRODUCER, quantity=D("1E+30"))),
    ("MM.NEGATIVE", "lines", mm, producer_receipt(
        lines=(replace(PRODUCER.lines[0], other_taxes=(OtherTax(code="0003", rate=D(101)),)),))),
    ("SMM.TYPE", "type", smm, freelance_receipt(type_code="SATIS")),
    ("SMM.PROFILE", "profile", smm, freelance_receipt(profile="EARSIVFATURA")),
    ("SMM.TAX", "lines[0].other_taxes[0].code", smm, _line(FREELANCE, other_taxes=(OtherTax(code="0071", rate=D(1)),))),
    ("SMM.NO_STOPAJ", "lines[0].other_taxes", smm, _line(FREELANCE, other_taxes=())),
    ("SMM.WITHHOLDING", "lines[0].withholding", smm, _line(FREELANCE, vat_rate=D(0))),
    ("SMM.WITHHOLDING_CODE", "lines[0].withholding.code", smm, _line(FREELANCE, withholding_code="999")),
    ("SMM.LINES", "lines", smm, freelance_receipt(lines=())),
]  # fmt: skip


@pytest.mark.parametrize(("check", "document"), SOUND)
def test_a_sound_document_has_no_finding(check: Callable[[Any], list[Finding]], document: Any) -> None:
    assert check(document) == []


@pytest.mark.parametrize(("code", "field", "check", "document"), BROKEN, ids=lambda v: v if isinstance(v, str) else "")
def test_other_kind_rule(code: str, field: str, check: Callable[[Any], list[Finding]], document: Any) -> None:
    found = check(document)
    assert (code, field) in [(f.code, f.field) for f in found]
    for finding in found:
        assert finding.message.endswith((".", "?", ")"))


def test_every_rule_of_the_other_kinds_has_a_broken_example() -> None:
    room = Path(__file__).resolve().parents[2] / "app/validation"
    written = set(re.findall(r'"((?:DSP|RCP)\.[A-Z_0-9]+)"', (room / "builtin_despatch.py").read_text("utf-8")))
    text = (room / "builtin_receipts.py").read_text("utf-8")
    written |= set(re.findall(r'"((?:MM|SMM)\.[A-Z_0-9]+)"', text))
    written |= {f"MM.{name}" for name in re.findall(r'f"\{prefix\}\.([A-Z_]+)"', text)}
    assert written - {b[0] for b in BROKEN} == set()


def test_a_strangers_answer_is_not_called_late() -> None:
    late = a_receipt(despatch=DocumentReference(number="X", day=TODAY - timedelta(days=80)))
    assert check_receipt(late, today=TODAY, purpose="file") == []


def test_what_did_not_come_and_what_came_too_much_add_up() -> None:
    short = _line(a_receipt(), received=D(18), short=D(2))
    over = _line(a_receipt(), received=D(23), oversupply=D(3))
    assert receipt(short) == receipt(over) == []


def test_a_line_of_an_unknown_note_is_not_compared() -> None:
    unknown = a_receipt(lines=(ReceiptLine(name="X", unit_code="C62", received=D(1), line_ref="99"),))
    assert receipt(unknown) == []
    assert check_receipt(unknown, today=TODAY) == []


def test_errors_are_errors_and_habits_are_warnings() -> None:
    by_code = {f.code: f.severity for _, _, check, document in BROKEN for f in check(document)}
    assert by_code["DSP.POSTAL_CODE"] is Severity.ERROR
    assert by_code["DSP.PLATE"] is Severity.WARNING
    assert by_code["MM.NO_STOPAJ"] is Severity.WARNING


def test_a_despatch_line_without_a_price_is_sound() -> None:
    line = DespatchLine(name="Ürün", quantity=D(1), unit_code="C62")
    assert despatch(despatch_for(lines=(line,))) == []


def test_a_file_gets_the_checks_of_its_kind() -> None:
    broken = _address(postal_code="1")
    raw = build_despatch(broken, template=None)
    assert "DSP.POSTAL_CODE" in {f.code for f in check_kind(raw, kind="despatch", today=TODAY)}
    answer = build_receipt(_line(a_receipt(), rejected=D(30)), template=None)
    assert {f.code for f in check_kind(answer, kind="receipt", today=TODAY)} == {"RCP.REJECTED", "RCP.REASON"}
    made = producer_receipt(customer=CUSTOMER)
    raw = build_credit_note(made, compute_totals(made), template=None)
    assert "MM.FARMER" in {f.code for f in check_kind(raw, kind="creditnote", today=TODAY)}
    fee = _line(FREELANCE, other_taxes=())
    raw = build_smm(fee, compute_totals(fee), template=None)
    assert "SMM.NO_STOPAJ" in {f.code for f in check_kind(raw, kind="smm", today=TODAY)}
    assert check_kind(raw, kind="application-response", today=TODAY) == []


def test_a_file_of_every_kind_is_checked_whole() -> None:
    """`check_file` finds the kind by the content; a freelance receipt is not held against the invoice's own rules."""
    note = check_file(build_despatch(_address(postal_code="1"), template=None), today=TODAY)
    assert note.kind == "despatch"
    assert "DSP.POSTAL_CODE" in {f.code for f in note.findings}
    fee = check_file(build_smm(FREELANCE, compute_totals(FREELANCE), template=None), today=TODAY)
    assert fee.kind == "invoice"
    assert {f.code for f in fee.findings} == {"INV.NO_TEMPLATE", "SEAL.NONE", "OFFICIAL.NO_RULES"}
    undated = build_despatch(despatch_for(), template=None).replace(b"<cbc:IssueDate>2026", b"<cbc:IssueDate>x", 1)
    assert [f.code for f in check_file(undated, today=TODAY).findings] == ["UBL.NO_DATE"]
