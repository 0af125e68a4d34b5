"""New drafts from earlier documents: copies, returns of received invoices, invoices of despatch notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.errors import InputError, RuleBroken
from app.domain.lifecycle import Direction
from app.domain.party import Company
from app.runtime.clock import FixedClock
from app.storage import documents
from app.ubl.draft import invoice_from_json
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from app.workflows import copying, drafting
from tests.ubl.scenarios import CUSTOMER, SUPPLIER, TODAY, despatch_for, invoice_for

from .conftest import Desk

D = Decimal
SELLER = "9205121120"


def test_a_copy_keeps_buyer_and_lines_and_loses_what_is_the_documents_own(desk: Desk) -> None:
    ettn = desk.draft(
        0,
        delivery={"incoterms": "CIF", "day": "2026-11-19"},
        references=[{"number": "1", "day": "2026-11-19", "type_code": "DOSYA_NO", "kind": "7"}],
        period={"start": "2026-11-01"},
    )
    before = drafting.load_fields(desk.ctx, desk.get(ettn).id)
    copied = copying.copied_fields(desk.ctx, desk.company, desk.get(ettn).id)
    assert copied["uuid"] != ettn
    assert (copied["customer"], copied["lines"]) == (before["customer"], before["lines"])
    assert copied["delivery"] == {"incoterms": "CIF"}
    assert not {"references", "period", "number", "order_reference"} & set(copied)
    assert drafting.save_draft(desk.ctx, desk.company, copied).invoice.uuid == copied["uuid"]


def test_a_received_invoice_goes_back_to_its_sender(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=1, to_vkn=SELLER)
    desk.sync()
    (received,) = desk.records(Direction.IN)
    fields = copying.return_fields(desk.ctx, desk.company, received.id)
    draft = drafting.save_draft(desk.ctx, desk.company, fields)
    invoice = draft.invoice
    assert (invoice.profile, invoice.type_code) == ("TEMELFATURA", "IADE")
    assert invoice.supplier.tax_number.digits == SELLER
    assert invoice.customer.tax_number.digits == received.partner_vkn
    assert [r.number for r in invoice.returned_invoices] == [received.number]
    with desk.office.db.read() as s:
        raw = documents.load_file(s, received.id, "received")
    assert raw is not None
    assert copying.left_behind(raw) == ()
    with pytest.raises(RuleBroken) as caught:
        copying.return_fields(desk.ctx, desk.company, draft.record.id)
    assert caught.value.code == "RETURN.OWN"


def a_company() -> Company:
    return Company(party=SUPPLIER, series={"einvoice": "CNR"})


def made(fields: dict[str, Any]) -> Any:
    clock = FixedClock(datetime(2026, 3, 12, 9, 0, tzinfo=UTC))
    return invoice_from_json(fields, company=a_company(), clock=clock)


UUID = "f47ac10b-58cc-4372-a567-0e02b2c3d499"


def test_despatch_notes_become_one_invoice() -> None:
    first = despatch_for()
    second = despatch_for("HKSIRSALIYE", series="IRT", number=None, issue_date=date(2026, 3, 10))
    fields = copying.invoice_of_despatches([first, second], uuid=UUID, issue_date=date(2026, 3, 12))
    invoice = made(fields)
    assert invoice.customer == CUSTOMER
    assert [(r.number, r.day) for r in invoice.despatch_references] == [
        ("IRS2026000000007", TODAY),
        ("IRT2026000000000", date(2026, 3, 10)),
    ]
    assert invoice.order_reference is not None and invoice.order_reference.number == "SIP-7"
    assert [line.unit_price for line in invoice.lines] == [D("1000.125"), D(0), D("1000.125"), D(0)]
    assert [line.quantity for line in invoice.lines] == [D(20), D("12.5"), D(20), D("12.5")]
    assert invoice.lines[2].item_ids == (("KUNYENO", "1231231231231231231"),)
    assert compute_totals(invoice).gross == 2 * D("20002.50")


def test_the_buyer_is_invoiced_when_another_takes_the_goods() -> None:
    note = despatch_for(buyer=SUPPLIER)
    invoice = made(copying.invoice_of_despatches([note], uuid=UUID, issue_date=TODAY))
    assert invoice.customer == SUPPLIER


@pytest.mark.parametrize(
    ("notes", "code"),
    [
        ([], "DESPATCH.NONE"),
        ([despatch_for(), despatch_for(customer=SUPPLIER)], "DESPATCH.MIXED"),
        ([despatch_for(), despatch_for(currency="USD")], "DESPATCH.MIXED"),
    ],
    ids=["none", "buyers", "currencies"],
)
def test_notes_that_make_no_one_invoice_are_refused(notes: list[Any], code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        copying.invoice_of_despatches(notes, uuid=UUID, issue_date=TODAY)
    assert caught.value.code == code


def test_only_our_own_despatch_notes_are_invoiced(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=1, to_vkn=SELLER)
    desk.sync()
    (received,) = desk.records(Direction.IN)
    with pytest.raises(RuleBroken) as caught:
        copying.despatch_fields(desk.ctx, desk.company, [received.id])
    assert caught.value.code == "DESPATCH.RECEIVED"
    ettn = desk.draft(0)
    desk.issue(ettn)
    with pytest.raises(InputError) as wrong:
        copying.despatch_fields(desk.ctx, desk.company, [desk.get(ettn).id])
    assert wrong.value.code == "UBL.NOT_DESPATCH"
    stranger = replace(desk.company, id=desk.company.id + 1)
    with pytest.raises(RuleBroken) as caught:
        copying.despatch_fields(desk.ctx, stranger, [desk.get(ettn).id])
    assert caught.value.code == "COPY.FOREIGN"


def test_what_does_not_come_along_is_named() -> None:
    invoice = invoice_for("TEMELFATURA", "SATIS")
    raw = build_invoice(invoice, compute_totals(invoice), template=None)
    told = raw.replace(b"<cac:PostalAddress>", b"<cac:PostalAddress><cbc:ID>1234567890</cbc:ID>")
    assert copying.left_behind(told) == (
        "AccountingCustomerParty/Party/PostalAddress/ID",
        "AccountingSupplierParty/Party/PostalAddress/ID",
    )
