"""The envelope: what goes in comes out byte for byte, what GİB refuses is refused before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree

from app.domain.despatch import Receipt
from app.domain.document_number import DocumentNumber
from app.domain.errors import InputError
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.envelope import EnvelopeParty, build_envelope, read_envelope
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.summary import summarize
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import TODAY, despatch_for, invoice_for, producer_receipt

SENDER = EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar & <Oğulları>")
RECEIVER = EnvelopeParty(label="urn:mail:defaultpk@isik.example", number="7750409379", title="Işık")
UUID = "f47ac10b-58cc-4372-a567-0e02b2c3d490"


def invoice(sequence: int = 1, profile: str = "TEMELFATURA") -> bytes:
    made = invoice_for(profile, "ISTISNA", number=DocumentNumber("CNR", 2026, sequence))
    return build_invoice(made, compute_totals(made), template=None)


def wrap(documents: Sequence[bytes]) -> bytes:
    return build_envelope(
        documents, uuid=UUID, sender=SENDER, receiver=RECEIVER, created=datetime(2026, 3, 9, 10, 11, 12)
    )


def bare(raw: bytes) -> bytes:
    """Without the XML declaration."""
    return raw.partition(b"?>")[2].strip()


def a_receipt() -> Receipt:
    note = despatch_for()
    return answer_despatch(note, uuid=UUID, series="YNT", issue_date=TODAY, issue_time=note.issue_time)


def test_documents_come_out_byte_for_byte() -> None:
    documents = [invoice(1), invoice(2), invoice(3)]
    envelope = read_envelope(wrap(documents))
    assert [d.raw for d in envelope.documents] == [bare(raw) for raw in documents]
    assert {d.root for d in envelope.documents} == {"Invoice"}
    assert (envelope.sender, envelope.receiver, envelope.uuid) == (SENDER, RECEIVER, UUID)
    assert (envelope.type, envelope.type_version, envelope.stated_counts) == (
        "SENDERENVELOPE",
        "1.2",
        (("INVOICE", "3"),),
    )
    assert envelope.created == datetime(2026, 3, 9, 10, 11, 12)


@pytest.mark.parametrize(
    ("raw", "kind", "element"),
    [
        (build_despatch(despatch_for(), template=None), "SENDERENVELOPE", "DESPATCHADVICE"),
        (build_receipt(a_receipt(), template=None), "POSTBOXENVELOPE", "RECEIPTADVICE"),
        (
            build_credit_note(producer_receipt(), compute_totals(producer_receipt()), template=None),
            "SENDERENVELOPE",
            "CREDITNOTE",
        ),
    ],
    ids=["despatch", "receipt", "creditnote"],
)
def test_each_kind_has_its_envelope(raw: bytes, kind: str, element: str) -> None:
    envelope = read_envelope(wrap([raw]))
    assert (envelope.type, envelope.stated_counts) == (kind, ((element, "1"),))
    assert envelope.documents[0].raw == bare(raw)


def test_the_summary_knows_the_envelope() -> None:
    summary = summarize(wrap([invoice()]))
    assert (summary.kind, summary.ettn, summary.supplier_vkn) == ("envelope", UUID, "9205121120")


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ([], "ENVELOPE.EMPTY"),
        ([invoice(), build_despatch(despatch_for(), template=None)], "ENVELOPE.MIXED"),
        ([b"<a/>"], "ENVELOPE.KIND"),
        ([invoice()] * 101, "ENVELOPE.TOO_MANY"),
        ([invoice(1, "IHRACAT"), invoice(2, "IHRACAT")], "ENVELOPE.LONELY"),
        ([invoice().decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")], "ENVELOPE.ENCODING"),
        ([invoice()[:-40]], "XML.TRUNCATED"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_what_gib_refuses_is_refused_before(documents: list[bytes], code: str) -> None:
    with pytest.raises(InputError) as caught:
        wrap(documents)
    assert caught.value.code == code


def test_one_export_invoice_may_travel() -> None:
    assert read_envelope(wrap([invoice(1, "IHRACAT")])).documents


def test_a_document_that_leans_on_the_envelopes_names_is_written_anew() -> None:
    raw = wrap([invoice()])
    moved = raw.replace(b"<sh:StandardBusinessDocument ", b'<sh:StandardBusinessDocument xmlns:q="urn:q" ', 1)
    moved = moved.replace(b"<cbc:UBLVersionID>", b"<q:x/><cbc:UBLVersionID>", 1)
    (document,) = read_envelope(moved).documents
    assert etree.fromstring(document.raw).find("{urn:q}x") is not None


def test_nothing_but_an_envelope_is_read_as_one() -> None:
    with pytest.raises(InputError) as caught:
        read_envelope(invoice())
    assert caught.value.code == "UBL.NOT_ENVELOPE"
    with pytest.raises(InputError) as caught:
        read_envelope(wrap([invoice()]).replace(b"?>", b"?><!DOCTYPE a [<!ENTITY b 'c'>]>", 1))
    assert caught.value.code == "XML.DTD"


@pytest.mark.shared
def test_every_official_envelope_gives_its_documents(official_invoice_package: Path) -> None:
    seen = 0
    for path in sorted(official_invoice_package.glob("xml/*_ZARF.xml")):
        raw = path.read_bytes()
        for document in read_envelope(raw).documents:
            assert document.raw in raw
            assert etree.fromstring(document.raw) is not None
            seen += 1
    assert seen == 13
