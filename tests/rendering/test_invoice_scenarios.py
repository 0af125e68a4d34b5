"""Our invoice sheet shows every value that a profile and a type ask for, in words where a code has a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import lxml.html
import pytest
from lxml import etree

from app.domain.invoice import Invoice, OtherTax
from app.rendering import karekod
from app.rendering.engines import Engines
from app.rendering.template import own_template
from app.ubl import codes
from app.ubl.draft import invoice_to_json
from app.ubl.profiles import ExtraField, fields_for, values_at
from app.ubl.totals import compute_totals
from app.ubl.writeextras import Spelling
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import ALLOWED, internet_sale, invoice_for

D = Decimal
ENGINES = Engines()
# Values that are no text of their own on paper, and what stands there for them.
IN_WORDS = {
    "buyer.party_type": {"EXPORT": "YURT DIŞINDAKİ ALICI", "TAXFREE": "YOLCU"},
    "lines[].vat_shown_only": {"True": "tahsil edilmez"},
    "earchive.internet": {"True": "İnternet satışı"},
}


def page_of(raw: bytes) -> lxml.html.HtmlElement:
    made, engine = ENGINES.run(own_template(), etree.fromstring(raw))
    assert engine == "xslt1"
    page = lxml.html.document_fromstring(made)
    for hidden in page.xpath("//*[@id='qrvalue'] | //style | //title"):
        hidden.drop_tree()
    return page


def words_of(invoice: Invoice, *, spelling: Spelling = "type_code") -> str:
    raw = build_invoice(invoice, compute_totals(invoice), template=None, spelling=spelling)
    page = page_of(raw)
    return " ".join(" ".join(page.itertext()).split())


def money(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def expected(field: ExtraField, value: Any) -> list[str]:
    """The texts that a reader looks for when the draft holds `value` at this field."""
    known = IN_WORDS.get(field.path, {}).get(str(value))
    if known is not None:
        return [known]
    if isinstance(value, dict):
        parts = [part for key, part in value.items() if key != "country_code"]  # its name stands beside it
        return [text for part in parts for text in expected(replace(field, kind="text", codes=""), part)]
    if isinstance(value, list):
        return [text for part in value for text in expected(field, part)]
    text = str(value)
    if field.kind == "date" or (len(text) == 10 and text[4:5] == text[7:8] == "-"):
        return [f"{date.fromisoformat(text):%d.%m.%Y}"]
    if field.kind == "time":
        return [text[:5]]
    if field.kind == "iban":
        return [" ".join(text[i : i + 4] for i in range(0, len(text), 4))]
    if field.kind == "number":
        return [money(D(text)) if field.path == "lines[].vat_base" else f"{D(text).normalize():f}"]
    if field.codes and text in codes.named_list(field.codes):
        named = codes.named_list(field.codes)[text].name
        return [named, text] if field.codes in ("countries", "exemptions", "withholdings") else [named]
    return [text]


def is_shown(texts: list[str], field: ExtraField, told: str) -> bool:
    """All of them; a code may stand there by its name or as itself."""
    return any(text in told for text in texts) if field.kind == "code" else all(text in told for text in texts)


@pytest.mark.parametrize(("profile", "type_code"), ALLOWED, ids=lambda v: str(v))
def test_every_extra_value_of_a_pair_is_on_paper(profile: str, type_code: str) -> None:
    ensure_all_shown(invoice_for(profile, type_code))


@pytest.mark.parametrize(("profile", "type_code"), ALLOWED, ids=lambda v: str(v))
def test_the_sheet_writes_the_karekod_of_every_pair(profile: str, type_code: str) -> None:
    invoice = invoice_for(profile, type_code)
    totals = compute_totals(invoice)
    made, _ = ENGINES.run(own_template(), etree.fromstring(build_invoice(invoice, totals, template=None)))
    told = lxml.html.document_fromstring(made).get_element_by_id("qrvalue").text_content()
    assert told == karekod.payload(invoice, totals)


@pytest.mark.parametrize("spelling", ["type_code", "send_type"])
def test_every_extra_value_of_an_internet_sale_is_on_paper(spelling: Spelling) -> None:
    sale = internet_sale()
    ensure_all_shown(sale, spelling=spelling)
    told = words_of(sale, spelling=spelling)
    for text in ("Satış şekli İnternet satışı", "Gönderim şekli Elektronik ortamda", "Taşıyıcı: Hızlı Kargo A.Ş.",
                 "VKN: 3900892152", "Gönderi tarihi: 09.03.2026", "https://cinar.example",
                 "Kredi veya banka kartı"):  # fmt: skip
        assert text in told
    assert "EK BİLGİLER" not in told


def ensure_all_shown(invoice: Invoice, *, spelling: Spelling = "type_code") -> None:
    data = invoice_to_json(invoice)
    told = words_of(invoice, spelling=spelling)
    missing = []
    for field in fields_for(invoice.profile, invoice.type_code):
        for place in values_at(data, field.path):
            if place.value is None or place.value is False or field.is_hidden:
                continue
            texts = expected(field, place.value)
            if not is_shown(texts, field, told):
                missing.append((place.path, texts))
    assert not missing, told


def test_a_tax_that_is_not_collected_is_shown_and_counts_nowhere() -> None:
    told = words_of(invoice_for("YATIRIMTESVIK", "ISTISNA"))
    assert told.count("KDV %20 (matrah 1.501,50) tahsil edilmez, toplama girmez (300,30 TL)") == 2
    assert "Vergiler dahil toplam 3.003,00 TL" in told
    assert "KDV %20 (matrah 3.003,00)" not in told
    assert "600,60" not in told
    assert told.count("(300,30) tahsil edilmez") == 2


def test_what_a_hal_agent_keeps_is_a_deduction_and_no_charge() -> None:
    invoice = invoice_for("HKS", "KOMISYONCU")
    told = words_of(invoice)
    for text in ("Kesinti: Komisyon %5 −75,08 TL", "Kesinti: Komisyon KDV −15,02 TL", "Kesinti: Rüsum %1 −15,02 TL"):
        assert text in told
    assert told.index("Vergiler dahil toplam") < told.index("Kesinti: Komisyon %5") < told.index("Ödenecek tutar")
    assert "Toplam artırım" not in told
    assert "Toplam iskonto" not in told


@pytest.mark.parametrize(
    ("charged", "discounted", "shown"),
    [("115.12", "0.00", "Toplam artırım 10,00 TL"), ("0.00", "107.12", "Toplam iskonto −2,00 TL")],
)
def test_other_charges_and_discounts_stay_beside_the_deductions(charged: str, discounted: str, shown: str) -> None:
    """Senders put the deductions among the charges, as GİB's sample does, or among the discounts."""
    invoice = invoice_for("HKS", "KOMISYONCU")
    raw = build_invoice(invoice, compute_totals(invoice), template=None).decode()
    raw = raw.replace(">105.12</cbc:Charge", f">{charged}</cbc:Charge").replace(
        ">0.00</cbc:AllowanceTotal", f">{discounted}</cbc:AllowanceTotal"
    )
    told = " ".join(" ".join(page_of(raw.encode()).itertext()).split())
    assert shown in told
    assert told.count("Toplam artırım") + told.count("Toplam iskonto") == 1
    assert "Kesinti: Komisyon %5 −75,08 TL" in told


def test_a_withheld_income_tax_is_taken_off() -> None:
    tax = OtherTax(code="0003", name="GV Stopajı", rate=D(20))
    invoice = invoice_for("TEMELFATURA", "SATIS")
    told = words_of(replace(invoice, lines=(replace(invoice.lines[0], other_taxes=(tax,)),)))
    assert "GV Stopajı %20 −300,30 TL" in told


@pytest.mark.parametrize(
    "name",
    ["hks_deductions", "incoterms", "transport_modes", "packages", "accounting_costs", "expense_kinds",
     "internet_payments", "earchive_sending", "invoice_types"],
)  # fmt: skip
def test_the_sheet_has_a_word_for_every_code(name: str) -> None:
    sheet = own_template().decode()
    plain = {"SGK"}  # reads the same
    assert [i["code"] for i in codes.items(name) if i["code"] not in plain and f"|{i['code']}:" not in sheet] == []


def test_both_engines_draw_the_same_words() -> None:
    forced = own_template().replace(
        b"</xsl:stylesheet>", b'<xsl:template name="z"><xsl:sequence select="1"/></xsl:template></xsl:stylesheet>'
    )
    pairs = [("HKS", "KOMISYONCU"), ("YATIRIMTESVIK", "ISTISNA"), ("IHRACAT", "ISTISNA"), ("ENERJI", "SARJ"),
             ("YOLCUBERABERFATURA", "ISTISNA"), ("TEMELFATURA", "SGK")]  # fmt: skip
    for invoice in (*(invoice_for(*pair) for pair in pairs), internet_sale()):
        document = etree.fromstring(build_invoice(invoice, compute_totals(invoice), template=None))
        first, _ = ENGINES.run(own_template(), document)
        second, engine = ENGINES.run(forced, document)
        assert engine == "saxon"
        assert lxml.html.document_fromstring(first).text_content().split() == (
            lxml.html.document_fromstring(second).text_content().split()
        )


def test_an_invoice_that_is_named_is_returned_only_by_a_return() -> None:
    returned = invoice_for("TEMELFATURA", "IADE")
    assert "İade edilen fatura ABC2026000000009 · 01.02.2026" in words_of(returned)
    sale = invoice_for("TEMELFATURA", "SATIS", returned_invoices=returned.returned_invoices)
    assert "İlgili fatura ABC2026000000009 · 01.02.2026" in words_of(sale)


def test_terms_and_address_of_a_line_stand_at_the_line() -> None:
    """As GİB's export sample has them."""
    export = invoice_for("IHRACAT", "ISTISNA")
    assert export.delivery is not None
    line = export.lines[0]
    assert line.delivery is not None
    own = replace(line.delivery, incoterms="FOB", transport_mode="4", address=export.delivery.address)
    told = words_of(replace(export, delivery=None, lines=(replace(line, delivery=own),)))
    assert "Teslim şartı: FOB (Gemi bordasında teslim)" in told
    assert "Gönderilme şekli: Havayolu" in told
    assert "Kap: 1 Konteyner UACU2451999, 40 Kutu" in told
    assert "Teslim adresi: Avon Way 56 Bridgtow London Birleşik Krallık" in told
    assert "TESLİMAT" not in told
