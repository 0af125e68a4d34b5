"""Documents of other kinds without a usable template: each in the sheet of its own kind; answers and envelopes too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

import lxml.html
import pytest
from lxml import etree

from app.domain.lifecycle import DocumentKind
from app.rendering import karekod
from app.rendering.html import Renderer
from app.rendering.template import LOGO_MARK, STAMP_MARK, own_template
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.envelope import EnvelopeParty, build_envelope
from app.ubl.karekod import smm_fields, to_text
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.response import answer_to, build_response
from app.ubl.smm import build_smm, read_smm
from app.ubl.templates import find_templates
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import (
    TODAY,
    despatch_for,
    freelance_receipt,
    invoice_for,
    producer_receipt,
    vendor_form,
)

ETTN = "f47ac10b-58cc-4372-a567-0e02b2c3d490"
BROKEN = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:oops>'
TITLES = {
    DocumentKind.DESPATCH: "e-İRSALİYE",
    DocumentKind.RECEIPT: "e-İRSALİYE YANITI",
    DocumentKind.CREDIT_NOTE: "e-MÜSTAHSİL MAKBUZU",
    DocumentKind.SMM: "e-SERBEST MESLEK MAKBUZU",
    DocumentKind.INVOICE: "e-FATURA",
    DocumentKind.EARCHIVE: "e-ARŞİV FATURA",
}


def document(kind: DocumentKind, template: bytes | None) -> bytes:
    if kind is DocumentKind.DESPATCH:
        return build_despatch(despatch_for(), template=template)
    if kind is DocumentKind.RECEIPT:
        answer = answer_despatch(despatch_for(), uuid=ETTN, series="YNT", issue_date=TODAY, issue_time=time(15))
        return build_receipt(answer, template=template)
    if kind is DocumentKind.CREDIT_NOTE:
        return build_credit_note(producer_receipt(), compute_totals(producer_receipt()), template=template)
    if kind is DocumentKind.SMM:
        return build_smm(freelance_receipt(), compute_totals(freelance_receipt()), template=template)
    invoice = invoice_for("EARSIVFATURA" if kind is DocumentKind.EARCHIVE else "TEMELFATURA", "SATIS")
    return build_invoice(invoice, compute_totals(invoice), template=template)


def mark_of(html: str) -> str:
    (mark,) = lxml.html.document_fromstring(html).xpath("//div[@class='mark']")
    return " ".join(" ".join(mark.itertext()).split())


def words(html: str) -> str:
    return " ".join(" ".join(lxml.html.document_fromstring(html).itertext()).split())


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("template", [None, BROKEN], ids=["none", "broken"])
def test_each_kind_is_drawn_in_its_own_sheet(kind: DocumentKind, template: bytes | None, renderer: Renderer) -> None:
    shown = renderer.render(document(kind, template))
    assert shown.source == "own"
    assert ("çalıştırılamadı" if template else "görünüm tasarımı yok") in shown.note
    assert mark_of(shown.html) == TITLES[kind]
    assert 'data-muhurdar="karekod"' in shown.html


@pytest.mark.parametrize("kind", TITLES)
def test_each_kind_carries_its_own_sheet(kind: DocumentKind, renderer: Renderer) -> None:
    sheet = own_template(kind)
    assert sheet.count(LOGO_MARK) == sheet.count(STAMP_MARK) == 1
    raw = document(kind, sheet)
    assert find_templates(raw) == [sheet]
    shown = renderer.render(raw)
    assert (shown.source, shown.note) == ("embedded", "")
    assert mark_of(shown.html) == TITLES[kind]


@pytest.mark.parametrize(
    ("root", "line", "total"),
    [
        ("Voucher", "VoucherLine", "LegalMonetaryTotal"),
        ("FreelancerVoucher", "FreelancerVoucherLine", "FreelancerVoucherLegalMonetaryTotal"),
    ],
)
def test_a_vendors_freelance_receipt_is_drawn_as_one(root: str, line: str, total: str, renderer: Renderer) -> None:
    raw = vendor_form(root, line, total, "<cbc:GrossWageAmount>1000</cbc:GrossWageAmount>")
    shown = renderer.render(raw)
    text = words(shown.html)
    assert mark_of(shown.html) == "e-SERBEST MESLEK MAKBUZU"
    for told in ("Danışmanlık", "Brüt ücret 1.000,00 TL", "Net ücret 800,00 TL", "Tahsil edilen 1.000,00 TL"):
        assert told in text
    read = read_smm(raw)
    told = lxml.html.document_fromstring(shown.html).get_element_by_id("qrvalue").text_content()
    assert told.lower() == to_text(smm_fields(read.invoice, read.stated)).lower()


def test_numbers_of_goods_have_names_on_a_despatch_note(renderer: Renderer) -> None:
    text = words(renderer.render(build_despatch(despatch_for("HKSIRSALIYE"), template=None)).html)
    assert "Künye no: 1231231231231231231" in text
    text = words(renderer.render(build_despatch(despatch_for("IDISIRSALIYE"), template=None)).html)
    for told in ("Etiket no: CV0152457", "Sevkiyat No: SE-1345840", "20.002,50 TL"):
        assert told in text


def answer() -> bytes:
    invoice = invoice_for("TICARIFATURA", "SATIS")
    return build_response(
        answer_to(invoice, code="RED", reason="Fiyat uymuyor.", uuid=ETTN, issue_date=TODAY, issue_time=time(9))
    )


def test_an_answer_says_yes_or_no_and_why(renderer: Renderer) -> None:
    shown = renderer.render(answer())
    text = words(shown.html)
    assert shown.source == "own"
    assert "UYGULAMA YANITI" in text
    assert "Yanıt: Red Fiyat uymuyor." in text
    assert invoice_for("TICARIFATURA", "SATIS").uuid in text


def wrap(*documents: bytes) -> bytes:
    party = EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar")
    return build_envelope(documents, uuid=ETTN, sender=party, receiver=party, created=datetime(2026, 3, 9, 10, 11))


def test_an_envelope_shows_its_first_document_and_says_so(renderer: Renderer) -> None:
    other = invoice_for("TEMELFATURA", "SATIS", uuid=ETTN)
    second = build_invoice(other, compute_totals(other), template=None)
    one = renderer.render(wrap(document(DocumentKind.DESPATCH, None)))
    assert one.note.startswith("Dosya bir zarf; içindeki belge gösteriliyor.")
    assert mark_of(one.html) == "e-İRSALİYE"
    two = renderer.render(wrap(document(DocumentKind.INVOICE, own_template()), second))
    assert two.note == "Dosya bir zarf ve içinde 2 belge var; yalnız ilki gösteriliyor."
    assert two.source == "embedded"
    assert "Yanıt: Red" in words(renderer.render(wrap(answer())).html)


def test_an_envelope_of_nothing_known_shows_itself(renderer: Renderer) -> None:
    raw = wrap(document(DocumentKind.INVOICE, None))
    root = etree.fromstring(raw)
    (elements,) = root.iter("ElementList")
    for child in list(elements):
        elements.remove(child)
    shown = renderer.render(etree.tostring(root))
    text = words(shown.html)
    assert "içinde tanınan bir belge yok" in shown.note
    for told in ("ZARF", "Gönderen", "urn:mail:defaultgb@cinar.example", "Zarf no", ETTN):
        assert told in text


@pytest.mark.parametrize("kind", TITLES)
def test_a_senders_empty_place_gets_the_karekod_of_its_kind(
    kind: DocumentKind, renderer: Renderer, make_sheet: Callable[..., bytes]
) -> None:
    raw = document(kind, make_sheet('<html><body><div id="qrcode"></div><p>Belge</p></body></html>'))
    shown = renderer.render(raw)
    assert (shown.source, shown.note) == ("embedded", "")
    (path,) = lxml.html.document_fromstring(shown.html).xpath("//*[@data-muhurdar='karekod']/path[@fill='#000']/@d")
    expected = karekod.svg(karekod.payload_of_xml(etree.fromstring(raw)), size_px=100)
    assert path == expected[1].get("d")
