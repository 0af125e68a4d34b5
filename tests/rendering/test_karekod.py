"""The karekod's text against the guide's own samples, and its drawing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import pytest
import segno
from lxml import etree

from app.domain.document_number import parse_document_number
from app.domain.extras import Buyer, TaxRepresentative
from app.domain.invoice import Invoice, InvoiceLine, InvoiceTotals, TaxSubtotal
from app.domain.party import Party
from app.domain.taxnumber import parse_tax_number
from app.rendering import karekod
from app.ubl.totals import compute_totals
from tests.ubl.scenarios import despatch_for, freelance_receipt, producer_receipt

D = Decimal


def vat(base: str, amount: str, percent: str) -> TaxSubtotal:
    return TaxSubtotal(code="0015", name="KDV", taxable=D(base), amount=D(amount), percent=D(percent))


def totals(*taxes: TaxSubtotal, gross: str, inclusive: str, payable: str) -> InvoiceTotals:
    zero = D("0.00")
    return InvoiceTotals(
        lines=(),
        gross=D(gross),
        allowance_total=zero,
        charge_total=zero,
        tax_exclusive=D(gross),
        taxes=taxes,
        tax_total=zero,
        withholdings=(),
        withheld=zero,
        tax_inclusive=D(inclusive),
        rounding=zero,
        payable=D(payable),
    )


def invoice(**changes: object) -> Invoice:
    party = Party(tax_number=parse_tax_number("1111111111"), title="Örnek")
    values: dict[str, object] = {
        "uuid": "04e26a62-7c00-46d0-878c-6f7c60834525",
        "series": "GIB",
        "profile": "TEMELFATURA",
        "type_code": "SATIS",
        "issue_date": date(2022, 8, 17),
        "issue_time": time(9, 0),
        "supplier": party,
        "customer": party,
        "number": parse_document_number("GIB2022000000001"),
        "lines": (InvoiceLine(name="x", quantity=D(1), unit_code="C62", unit_price=D(1000)),),
    }
    return Invoice(**(values | changes))  # type: ignore[arg-type]


# Source: Karekod Standardı V1.2, §2.1 and §2.1.1.
GUIDE = (
    '{"vkntckn":"1111111111","avkntckn":"1111111111","senaryo":"TEMELFATURA","tip":"SATIS","tarih":"2022-08-17",'
    '"no":"GIB2022000000001","ettn":"04e26a62-7c00-46d0-878c-6f7c60834525","parabirimi":"TRY",'
    '"malhizmettoplam":"1000.00","kdvmatrah(8)":"1000.00","hesaplanankdv(8)":"80.00","vergidahil":"1080.00",'
    '"odenecek":"1080.00"}'
)


def test_the_guides_sample() -> None:
    made = karekod.payload(invoice(), totals(vat("1000", "80", "8"), gross="1000", inclusive="1080", payable="1080"))
    assert made == GUIDE


def test_the_guides_tax_free_sample() -> None:
    traveller = invoice(
        profile="YOLCUBERABERFATURA",
        buyer=Buyer(passport_no="123654"),
        tax_representative=TaxRepresentative(number="1111111111", label="urn:mail:araci@ornek.example"),
    )
    made = karekod.payload(traveller, totals(vat("1000", "80", "8"), gross="1000", inclusive="1080", payable="1080"))
    told = json.loads(made)
    assert list(told)[:4] == ["vkntckn", "avkntckn", "pasaportno", "aracikurumvkn"]
    assert (told["pasaportno"], told["aracikurumvkn"]) == ("123654", "1111111111")


def test_each_kind_has_its_own_keys() -> None:
    producer, freelance = producer_receipt(), freelance_receipt()
    last = {
        "despatch": list(json.loads(karekod.payload(despatch_for())))[-1],
        "producer": list(json.loads(karekod.payload(producer, compute_totals(producer))))[-2],
        "freelance": list(json.loads(karekod.payload(freelance, compute_totals(freelance))))[-1],
    }
    assert last == {"despatch": "plaka", "producer": "sgkprimkesintisi", "freelance": "tahsilat"}
    with pytest.raises(ValueError, match="totals"):
        karekod.payload(freelance)


def test_one_pair_per_rate_and_only_kdv() -> None:
    other = TaxSubtotal(code="0071", name="ÖTV", taxable=D(1), amount=D(1), percent=D(5))
    sums = totals(
        vat("10", "0", "0"),
        vat("100.005", "20.001", "20.00"),
        other,
        vat("5", "0", "0"),
        vat("8", "0.20", "2.5"),
        gross="1",
        inclusive="1",
        payable="1",
    )
    told = json.loads(karekod.payload(invoice(currency="USD"), sums))
    assert {key: value for key, value in told.items() if "kdv" in key} == {
        "kdvmatrah(0)": "15.00",
        "hesaplanankdv(0)": "0.00",
        "kdvmatrah(20)": "100.01",
        "hesaplanankdv(20)": "20.00",
        "kdvmatrah(2.5)": "8.00",
        "hesaplanankdv(2.5)": "0.20",
    }
    assert told["parabirimi"] == "USD"
    assert all(isinstance(value, str) for value in told.values())


def test_the_xml_says_the_same(make_invoice: Callable[..., bytes]) -> None:
    told = json.loads(karekod.payload_of_xml(etree.fromstring(make_invoice())))
    assert told == {
        "vkntckn": "9205121120",
        "avkntckn": "4840847211",
        "senaryo": "TICARIFATURA",
        "tip": "SATIS",
        "tarih": "2026-11-21",
        "no": "ABC2026000000001",
        "ettn": "1f6f7a3e-57a1-4e43-9d5b-0c7f3f3f0001",
        "parabirimi": "TRY",
        "malhizmettoplam": "1234.57",
        "kdvmatrah(20)": "1234.57",
        "hesaplanankdv(20)": "246.91",
        "vergidahil": "1481.48",
        "odenecek": "1481.48",
    }


@pytest.mark.parametrize("amount", ["", "NaN", "1e999999999", "-1e-999999999", "bin lira"])
def test_absurd_amounts_of_strangers_do_no_harm(amount: str, make_invoice: Callable[..., bytes]) -> None:
    raw = make_invoice().replace(b">1481.48<", f">{amount}<".encode())
    assert json.loads(karekod.payload_of_xml(etree.fromstring(raw)))["odenecek"] == "0.00"


def test_a_despatch_note_has_the_guides_keys() -> None:
    """Source: §2.3."""
    cac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    raw = (
        '<DespatchAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:DespatchAdvice-2" '
        f'xmlns:a="{cac}" xmlns:b="{cbc}">'
        "<b:ProfileID>TEMELIRSALIYE</b:ProfileID><b:DespatchAdviceTypeCode>SEVK</b:DespatchAdviceTypeCode>"
        "<a:Shipment><a:ShipmentStage><a:TransportMeans><a:RoadTransport><b:LicensePlateID>06AA0606</b:LicensePlateID>"
        "</a:RoadTransport></a:TransportMeans></a:ShipmentStage><a:Delivery><a:Despatch>"
        "<b:ActualDespatchDate>2022-08-17</b:ActualDespatchDate><b:ActualDespatchTime>09:32:13.0Z</b:ActualDespatchTime>"
        "</a:Despatch></a:Delivery></a:Shipment></DespatchAdvice>"
    )
    told = json.loads(karekod.payload_of_xml(etree.fromstring(raw)))
    assert " ".join(told) == "vkntckn avkntckn senaryo tip tarih no ettn sevktarihi sevkzamani tasiyicivkn plaka"
    assert (told["tip"], told["sevkzamani"], told["plaka"]) == ("SEVK", "09:32:13", "06AA0606")


def test_the_drawing_holds_exactly_the_codes_modules() -> None:
    drawing = karekod.svg(GUIDE, size_px=150)
    code = segno.make_qr(GUIDE, error="m", mode="byte", encoding="utf-8", boost_error=False, mask=3)
    side = len(code.matrix)
    dark = set()
    path = drawing[1].get("d") or ""
    for run in path.strip("Mz").split("zM"):
        position, width = run.split("h")[0], int(run.split("h")[1].split("v")[0])
        x, y = (int(part) - 4 for part in position.split())
        dark |= {(x + i, y) for i in range(width)}
    assert dark == {(x, y) for y in range(side) for x in range(side) if code.matrix[y][x]}
    assert drawing.get("viewBox") == f"0 0 {side + 8} {side + 8}"


@pytest.mark.parametrize("text", ["", "x" * 5000])
def test_what_no_code_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        karekod.svg(text, size_px=100)
