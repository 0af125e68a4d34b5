"""Our own template: runs in both engines, takes a logo and a stamp, stays small."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import lxml.html
import pytest
from lxml import etree

from app.domain.errors import InputError
from app.rendering import karekod
from app.rendering.engines import Engines, parse_sheet
from app.rendering.html import Renderer
from app.rendering.template import MAX_PICTURE_BYTES, own_template, personalise
from app.runtime.resources import resource_path
from app.ubl.words import amount_in_words

PNG = b"\x89PNG\r\n\x1a\n" + b"resim"
JPEG = b"\xff\xd8\xff\xe0" + b"kase"
Make = Callable[..., bytes]


def page_of(html: bytes | str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(html)


@pytest.mark.parametrize("name", ["invoice.xslt", "generic.xslt"])
def test_the_sheets_are_small_plain_xslt_1(name: str) -> None:
    raw = resource_path(f"templates/{name}").read_bytes()
    assert len(raw) < 56 * 1024
    assert parse_sheet(raw).get("version") == "1.0"
    assert b"<script" not in raw
    assert b"http://" not in raw.replace(b"http://www.w3.org/", b"")


def test_both_engines_draw_the_same_words(make_invoice: Make) -> None:
    document = etree.fromstring(make_invoice(currency="USD", rate="34.123456", note="Teşekkür ederiz."))
    engines = Engines()
    first, engine = engines.run(own_template(), document)
    assert engine == "xslt1"
    # A version 2.0 instruction, never reached, sends the same sheet to Saxon.
    forced = own_template().replace(
        b"</xsl:stylesheet>", b'<xsl:template name="z"><xsl:sequence select="1"/></xsl:template></xsl:stylesheet>'
    )
    second, engine = engines.run(forced, document)
    assert engine == "saxon"
    assert page_of(first).text_content().split() == page_of(second).text_content().split()


def test_the_sheet_writes_the_karekods_text_as_the_guide_wants(make_invoice: Make) -> None:
    raw = make_invoice(lines=3)
    made, _ = Engines().run(own_template(), etree.fromstring(raw))
    told = page_of(made).get_element_by_id("qrvalue").text_content()
    assert told == karekod.payload_of_xml(etree.fromstring(raw))
    assert list(json.loads(told))[-1] == "odenecek"


@pytest.mark.parametrize(
    ("payable", "currency", "words"),
    [
        ("2250.50", "TRY", "Yalnız İkiBinİkiYüzElli TürkLirası ElliKuruş"),
        ("1000", "TRY", "Yalnız Bin TürkLirası"),
        ("1101.01", "USD", "Yalnız BinYüzBir ABD Doları BirSent"),
        ("1001001.10", "EUR", "Yalnız BirMilyonBinBir Euro OnSent"),
        ("21000000", "TRY", "Yalnız YirmiBirMilyon TürkLirası"),
        ("0", "TRY", "Yalnız Sıfır TürkLirası"),
        ("0.05", "TRY", "Yalnız BeşKuruş"),
        (
            "999999999.99",
            "TRY",
            "Yalnız DokuzYüzDoksanDokuzMilyonDokuzYüzDoksanDokuzBinDokuzYüzDoksanDokuz TürkLirası DoksanDokuzKuruş",
        ),
    ],
)
def test_the_amount_in_words(payable: str, currency: str, words: str, make_invoice: Make) -> None:
    raw = make_invoice(currency=currency, rate="" if currency == "TRY" else "34").replace(
        b">1481.48</cbc:PayableAmount>", f">{payable}</cbc:PayableAmount>".encode()
    )
    made, _ = Engines().run(own_template(), etree.fromstring(raw))
    (told,) = page_of(made).xpath("//div[@class='words']")
    assert words == amount_in_words(Decimal(payable), currency)
    assert " ".join(told.text_content().split()) == words


def test_words_that_the_sender_wrote_are_kept(make_invoice: Make) -> None:
    made, _ = Engines().run(own_template(), etree.fromstring(make_invoice(note="Yalnız: BinDörtYüz...")))
    page = page_of(made)
    assert page.xpath("string(//div[@class='words'])") == "Yalnız: BinDörtYüz..."
    assert "NOTLAR" not in page.text_content()


def test_foreign_currency_shows_the_rate_and_the_lira(make_invoice: Make, renderer: Renderer) -> None:
    text = " ".join(page_of(renderer.render(make_invoice(currency="USD", rate="34.5")).html).text_content().split())
    assert "1 USD = 34,50 TL" in text
    assert "Kur (20.11.2026)" in text
    assert "1.481,48 USD" in text
    assert "51.111,06 TL" in text  # 1481.48 × 34.5


def test_withholding_is_shown_by_code_and_rate(make_invoice: Make, renderer: Renderer) -> None:
    withheld = (
        '<cac:WithholdingTaxTotal><cbc:TaxAmount currencyID="TRY">222.22</cbc:TaxAmount><cac:TaxSubtotal>'
        '<cbc:TaxableAmount currencyID="TRY">246.91</cbc:TaxableAmount>'
        '<cbc:TaxAmount currencyID="TRY">222.22</cbc:TaxAmount>'
        "<cbc:Percent>90</cbc:Percent><cac:TaxCategory><cac:TaxScheme><cbc:Name>Temizlik Hizmeti</cbc:Name>"
        "<cbc:TaxTypeCode>612</cbc:TaxTypeCode></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>"
        "</cac:WithholdingTaxTotal>"
    )
    text = " ".join(page_of(renderer.render(make_invoice(withheld=withheld)).html).text_content().split())
    assert "KDV tevkifatı 612 · %90" in text
    assert "−222,22 TL" in text


def test_logo_and_stamp_go_to_their_places(make_invoice: Make, renderer: Renderer) -> None:
    template = personalise(own_template(), logo=PNG, stamp=JPEG)
    shown = renderer.render(make_invoice(template=template))
    assert shown.source == "embedded"
    page = page_of(shown.html)
    assert page.xpath("//img[@class='logo']/@src")[0].startswith("data:image/png;base64,")
    assert page.xpath("//img[@class='stamp']/@src")[0].startswith("data:image/jpeg;base64,")
    assert personalise(own_template()) == own_template()
    assert not page_of(renderer.render(make_invoice()).html).xpath("//img")


@pytest.mark.parametrize(
    ("picture", "code"),
    [(b"GIF89a", "TEMPLATE.PICTURE"), (PNG + bytes(MAX_PICTURE_BYTES), "TEMPLATE.PICTURE_SIZE")],
)
def test_other_pictures_are_refused(picture: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        personalise(own_template(), logo=picture)
    assert caught.value.code == code


def test_a_template_without_a_place_is_said() -> None:
    with pytest.raises(InputError) as caught:
        personalise(b"<xsl:stylesheet/>", stamp=PNG)
    assert caught.value.code == "TEMPLATE.MARK"
