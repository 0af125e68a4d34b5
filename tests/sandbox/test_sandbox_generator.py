"""The generated incoming invoices: all readable, sealed, varied, and the same again from the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from lxml import etree

from app.domain.dates import is_issue_date_allowed
from app.sandbox.firms import firms
from app.sandbox.generator import generate
from app.signing.verify import verify_document
from app.ubl.reader import read_invoice
from app.ubl.summary import summarize
from app.ubl.templates import find_templates

from .conftest import NOW, SELLER, SELLER_NAME, TODAY, Client, party


def _some(number: int, seed: str = "muhurdar") -> list[bytes]:
    counter = count()
    made = generate(
        number, customer=party(SELLER, SELLER_NAME), now=NOW, counter=lambda: next(counter), seed=seed, sealed=False
    )
    return [xml for _, xml in made]


def test_the_same_seed_gives_the_same_invoices() -> None:
    assert _some(15) == _some(15)
    assert not set(_some(15)) & set(_some(15, seed="başka"))


def test_twelve_hold_every_kind() -> None:
    summaries = [summarize(xml) for xml in _some(12)]
    assert Counter(s.profile for s in summaries) == {"TEMELFATURA": 6, "TICARIFATURA": 6}
    assert {s.type_code for s in summaries} == {"SATIS", "TEVKIFAT", "ISTISNA", "IADE"}
    assert {s.currency for s in summaries} == {"TRY", "USD", "EUR"}
    assert len({s.ettn for s in summaries} | {s.number for s in summaries}) == 24
    lengths = sorted(len(s.supplier_name) for s in summaries)
    assert lengths[0] < 15
    assert lengths[-1] > 90


def test_each_is_a_sound_invoice_of_its_sender(client: Client) -> None:
    sandbox = client.sandbox
    sandbox.add_incoming(count=36)
    senders = set()
    for document in sandbox.stored("in"):
        report = verify_document(document.xml)
        assert report.valid, report
        certificate = report.signatures[0].certificate
        assert certificate is not None and certificate.is_test
        assert str(certificate.owner) == document.sender_vkn
        found = read_invoice(document.xml)
        assert found.invoice.customer.tax_number.digits == SELLER
        assert is_issue_date_allowed(found.invoice.issue_date, today=TODAY)
        assert found.warnings == []
        senders.add(document.sender_vkn)
    assert len(senders) == len(firms())
    assert all(f.party.tax_number.is_checksum_valid for f in firms())
    answer = client.auth.service.CheckUser(client.header, USER={"IDENTIFIER": senders.pop()})
    assert {u.UNIT for u in answer.USER} == {"PK", "GB"}


def test_the_looks_differ_as_promised() -> None:
    templates = [find_templates(xml) for xml in _some(12)]
    assert sum(not t for t in templates) == 1, "one without a template"
    sheets = {t[0] for t in templates if t}
    assert len(sheets) == 5
    assert sum(b'version="2.0"' in s for s in sheets) == 1
    assert sum(b"1240px" in s for s in sheets) == 1
    broken = 0
    for sheet in sheets:
        try:
            etree.XSLT(etree.fromstring(sheet))(etree.fromstring(_some(1)[0]))
        except etree.XSLTError:
            broken += 1
    assert broken == 2, "the broken one and the one that needs XSLT 2.0"


def test_further_calls_bring_further_invoices(client: Client) -> None:
    sandbox = client.sandbox
    first = sandbox.add_incoming(count=3)
    client.push(minutes=5)
    second = sandbox.add_incoming(count=3, profile="TICARIFATURA")
    assert len({*first, *second}) == 6
    stored = {d.ettn: d for d in sandbox.stored("in")}
    assert all(stored[e].status_code == 132 for e in second)
    times = [i.HEADER.CDATE for i in client.get(headers_only=True)]
    assert times[3] - times[0] == timedelta(minutes=5)
    with pytest.raises(ValueError, match="IHRACAT"):
        sandbox.add_incoming(profile="IHRACAT")


def test_a_person_as_the_customer() -> None:
    from app.sandbox.server import Sandbox

    with Sandbox(now=NOW) as sandbox:
        sandbox.add_account("kişi", "p", vkn="10000000146", title="Şükriye Yağcıoğlu")
        sandbox.add_incoming(count=1)
        customer = read_invoice(sandbox.stored("in")[0].xml).invoice.customer
        assert (customer.first_name, customer.family_name) == ("Şükriye", "Yağcıoğlu")
