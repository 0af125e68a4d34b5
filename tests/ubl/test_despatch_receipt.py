"""Despatch notes and the answers to them: there and back, valid by the official schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.domain.despatch import Receipt, ReceiptLine, ReceiptOutcome, Shipment, answer_due
from app.domain.errors import InputError
from app.ubl.despatch import build_despatch, read_despatch
from app.ubl.namespaces import NSMAP
from app.ubl.receipt import answer_despatch, build_receipt, read_receipt
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import ADDRESS, CARRIER, TODAY, despatch_for, invoice_for

D = Decimal
KINDS = [("TEMELIRSALIYE", "SEVK"), ("TEMELIRSALIYE", "MATBUDAN"), ("HKSIRSALIYE", "SEVK"), ("IDISIRSALIYE", "SEVK")]
TEMPLATE = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
DAMAGED = ReceiptLine(
    name="Masaüstü bilgisayar",
    unit_code="C62",
    received=D(18),
    rejected=D(2),
    reason="2 tanesi hasarlı",
    short=D(2),
    oversupply=D(1),
    note="Tutanak tutuldu",
    line_ref="1",
    order_line="3",
    seller_code="PNC1234",
)


def answer(**changes: ReceiptLine) -> Receipt:
    return answer_despatch(
        despatch_for(),
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d489",
        series="YNT",
        issue_date=TODAY,
        issue_time=time(15, 0),
        changes={int(key[1:]): line for key, line in changes.items()},
        notes=("Teslim alındı",),
        received_day=TODAY,
        received_time=time(14, 3, 52),
    )


@pytest.mark.parametrize(("profile", "type_code"), KINDS, ids="-".join)
def test_a_despatch_note_is_read_back_as_it_was(profile: str, type_code: str) -> None:
    note = despatch_for(profile, type_code)
    read = read_despatch(build_despatch(note, template=TEMPLATE))
    assert read.despatch == note
    assert (read.document_id, read.template, read.warnings) == (note.number_text, TEMPLATE, [])
    assert not read.has_signature


@pytest.mark.shared
def test_despatch_notes_and_answers_are_valid_by_the_official_schema(
    ensure_schema_valid: Callable[[bytes], None],
) -> None:
    for kind in KINDS:
        ensure_schema_valid(build_despatch(despatch_for(*kind), template=TEMPLATE))
    bare = Shipment(despatch_day=TODAY, despatch_time=time(1), address=ADDRESS, carrier=CARRIER)
    ensure_schema_valid(build_despatch(despatch_for(shipment=bare, orders=(), notes=()), template=None))
    ensure_schema_valid(build_receipt(answer(), template=TEMPLATE))
    ensure_schema_valid(build_receipt(answer(n1=DAMAGED), template=None))


def test_the_value_of_the_goods_is_computed_from_the_priced_lines() -> None:
    note = despatch_for()
    root = etree.fromstring(build_despatch(note, template=None))
    assert note.value == D("20002.5")
    assert root.findtext("cac:Shipment/cac:GoodsItem/cbc:ValueAmount", "", NSMAP) == "20002.50"
    told = replace(note, shipment=replace(note.shipment, goods_value=D("35200.00")))
    assert read_despatch(build_despatch(told, template=None)).despatch == told


def test_the_paper_note_is_the_one_named_matbu() -> None:
    note = despatch_for("TEMELIRSALIYE", "MATBUDAN")
    raw = build_despatch(note, template=None).replace(b">MATBU<", b">Matbu<")
    assert read_despatch(raw).despatch.paper == note.paper


def test_nothing_but_a_despatch_note_is_read_as_one() -> None:
    invoice = invoice_for("TEMELFATURA", "SATIS")
    raw = build_invoice(invoice, compute_totals(invoice), template=None)
    for read, code in ((read_despatch, "UBL.NOT_DESPATCH"), (read_receipt, "UBL.NOT_RECEIPT")):
        with pytest.raises(InputError) as caught:
            read(raw)
        assert caught.value.code == code
    undated = build_despatch(despatch_for(), template=None).replace(b"<cbc:IssueDate>2026", b"<cbc:IssueDate>x", 1)
    with pytest.raises(InputError) as caught:
        read_despatch(undated)
    assert caught.value.code == "UBL.NO_DATE"


def test_an_answer_is_read_back_as_it_was() -> None:
    receipt = answer(n1=DAMAGED)
    read = read_receipt(build_receipt(receipt, template=TEMPLATE))
    assert read.receipt == receipt
    assert read.warnings == []
    assert read.template == TEMPLATE


def test_an_answer_names_the_note_by_ettn_and_number() -> None:
    root = etree.fromstring(build_receipt(answer(), template=None))
    note = despatch_for()
    assert root.findtext("cac:DespatchDocumentReference/cbc:ID", "", NSMAP) == note.uuid
    assert root.findtext("cac:AdditionalDocumentReference/cbc:ID", "", NSMAP) == note.number_text
    # The receiver signs, and stands before the supplier.
    assert root.findtext("cac:Signature/cbc:ID", "", NSMAP) == note.customer.tax_number.digits
    names = [etree.QName(child).localname for child in root]
    assert names.index("DeliveryCustomerParty") < names.index("DespatchSupplierParty")


def test_outcomes() -> None:
    nothing = replace(DAMAGED, received=D(0), rejected=D(0), short=D(20), oversupply=D(0))
    second = ReceiptLine(name="Çanta", unit_code="KGM", received=D(5), rejected=D(5), reason="İade", line_ref="2")
    assert answer().outcome is ReceiptOutcome.ACCEPTED
    assert answer(n1=DAMAGED).outcome is ReceiptOutcome.PARTLY
    assert answer(n1=nothing, n2=second).outcome is ReceiptOutcome.REJECTED
    assert DAMAGED.accepted == D(16)


def test_a_line_that_the_note_has_not_cannot_be_answered() -> None:
    with pytest.raises(InputError) as caught:
        answer(n3=DAMAGED)
    assert caught.value.code == "RECEIPT.LINE"


def test_seven_days_to_answer() -> None:
    assert answer_due(date(2026, 3, 9)) == date(2026, 3, 16)


_quantities = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False)


@given(received=_quantities, rejected=_quantities, short=_quantities, over=_quantities)
def test_every_quantity_of_an_answer_comes_back(received: D, rejected: D, short: D, over: D) -> None:
    line = replace(DAMAGED, received=received, rejected=rejected, short=short, oversupply=over)
    read = read_receipt(build_receipt(answer(n1=line), template=None)).receipt.lines[0]
    assert (read.received, read.rejected, read.short, read.oversupply) == (received, rejected, short, over)


@given(text=st.text(min_size=1, max_size=20))
def test_no_text_can_break_a_despatch_note(text: str) -> None:
    note = despatch_for()
    lines = (replace(note.lines[0], name=text, note=text, order_line=text.strip()), *note.lines[1:])
    raw = build_despatch(replace(note, lines=lines, notes=(text,)), template=None)
    assert len(read_despatch(raw).despatch.lines) == 2
