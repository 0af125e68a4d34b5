"""The templates of despatch notes, answers, producer and freelance receipts: what they show, what the karekod says."""

from __future__ import annotations

import json
from datetime import time
from decimal import Decimal

import lxml.html
import pytest
from lxml import etree

from app.domain.despatch import ReceiptLine
from app.rendering.engines import Engines, parse_sheet
from app.rendering.template import LOGO_MARK, STAMP_MARK
from app.runtime.resources import resource_path
from app.ubl.creditnote import build_credit_note
from app.ubl.despatch import build_despatch
from app.ubl.karekod import credit_note_fields, despatch_fields, smm_fields, to_text
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.smm import build_smm
from app.ubl.totals import compute_totals
from tests.ubl.scenarios import TODAY, despatch_for, freelance_receipt, producer_receipt

D = Decimal
NAMES = ["despatch", "receipt", "creditnote", "smm"]
NOTE, PRODUCER, FREELANCE = despatch_for("TEMELIRSALIYE", "MATBUDAN"), producer_receipt(), freelance_receipt()
ANSWER = answer_despatch(
    NOTE,
    uuid="f47ac10b-58cc-4372-a567-0e02b2c3d489",
    series="YNT",
    issue_date=TODAY,
    issue_time=time(15, 0),
    changes={
        1: ReceiptLine(
            name="Bilgisayar",
            unit_code="C62",
            received=D(18),
            rejected=D(2),
            reason="Hasarlı",
            short=D(2),
            line_ref="1",
        )
    },
)
DOCUMENTS = {
    "despatch": build_despatch(NOTE, template=None),
    "receipt": build_receipt(ANSWER, template=None),
    "creditnote": build_credit_note(PRODUCER, compute_totals(PRODUCER), template=None),
    "smm": build_smm(FREELANCE, compute_totals(FREELANCE), template=None),
}


def sheet(name: str) -> bytes:
    return resource_path(f"templates/{name}.xslt").read_bytes()


def drawn(name: str, raw: bytes | None = None) -> lxml.html.HtmlElement:
    made, engine = Engines().run(sheet(name), etree.fromstring(raw or DOCUMENTS[name]))
    assert engine == "xslt1"
    return lxml.html.document_fromstring(made)


def words(page: lxml.html.HtmlElement) -> str:
    return " ".join(page.text_content().split())


@pytest.mark.parametrize("name", NAMES)
def test_the_sheet_is_small_plain_xslt_1(name: str) -> None:
    raw = sheet(name)
    assert len(raw) < 40 * 1024
    assert parse_sheet(raw).get("version") == "1.0"
    assert b"<script" not in raw
    assert b"http://" not in raw.replace(b"http://www.w3.org/", b"")
    assert raw.count(LOGO_MARK) == raw.count(STAMP_MARK) == 1


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_draw_the_same_words(name: str) -> None:
    forced = sheet(name).replace(
        b"</xsl:stylesheet>", b'<xsl:template name="z"><xsl:sequence select="1"/></xsl:template></xsl:stylesheet>'
    )
    made, engine = Engines().run(forced, etree.fromstring(DOCUMENTS[name]))
    assert engine == "saxon"
    assert words(lxml.html.document_fromstring(made)) == words(drawn(name))


def test_the_karekod_says_what_our_own_fields_say() -> None:
    expected = {
        "despatch": despatch_fields(NOTE),
        "creditnote": credit_note_fields(PRODUCER, compute_totals(PRODUCER)),
        "smm": smm_fields(FREELANCE, compute_totals(FREELANCE)),
    }
    for name, fields in expected.items():
        assert drawn(name).get_element_by_id("qrvalue").text_content() == to_text(fields)
    told = json.loads(drawn("receipt").get_element_by_id("qrvalue").text_content())
    assert told["no"] == ANSWER.number_text


def test_a_despatch_note_shows_carriage_and_paper() -> None:
    text = words(drawn("despatch"))
    for told in ("e-İRSALİYE", "06DR4077", "06DR4088", "Mehmet Öztürk", "Hızlı Nakliyat", "A-963403", "20.002,50",
                 "Kâğıt irsaliye", "09.03.2026 10:30", "Eksik gönderim: Stokta yok", "12,5 kg"):  # fmt: skip
        assert told in text


def test_an_answer_shows_what_was_not_as_sent() -> None:
    text = words(drawn("receipt"))
    for told in (
        "e-İRSALİYE YANITI",
        "Reddedilen",
        "Red sebebi: Hasarlı",
        "Kabul edilen",
        "IRS2026000000007",
        NOTE.uuid,
    ):
        assert told in text
    plain = build_receipt(
        answer_despatch(NOTE, uuid=NOTE.uuid, series="YNT", issue_date=TODAY, issue_time=time(9)), template=None
    )
    text = words(drawn("receipt", plain))
    assert "Mallar irsaliyedeki gibi teslim alınmıştır." in text
    assert "Reddedilen" not in text


def test_the_receipts_show_their_sums() -> None:
    text = words(drawn("creditnote"))
    for told in ("e-MÜSTAHSİL", "105.437,42 TL", "−463,12 TL", "103.660,11 TL", "GV Stopajı %2", "Yalnız YüzÜçBin"):
        assert told in text
    text = words(drawn("smm"))
    for told in (
        "e-SERBEST",
        "Net ücret800,00 TL",
        "KDV tevkifatı−90,00 TL",
        "Tahsil edilen890,00 TL",
        "%18 180,00",
    ):
        assert told in text


def test_a_document_without_lines_says_so() -> None:
    for name in NAMES:
        root = etree.fromstring(DOCUMENTS[name])
        for line in [e for e in root if etree.QName(e).localname.endswith("Line")]:
            root.remove(line)
        assert "Bu belgede kalem yok." in words(drawn(name, etree.tostring(root)))
