"""One sound invoice for every pair of profile and type, with the extra fields that the pair demands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from app.domain.despatch import Despatch, DespatchLine, Driver, Shipment
from app.domain.document_number import DocumentNumber
from app.domain.extras import (
    AdditionalReference,
    BankAccount,
    Buyer,
    Deduction,
    Delivery,
    EArchive,
    Package,
    Period,
    TaxRepresentative,
)
from app.domain.invoice import RETURN_TYPES, DocumentReference, Invoice, InvoiceLine, OtherTax, PaymentMeans
from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber, parse_tax_number
from app.ubl import codes
from app.ubl.namespaces import NSMAP

D = Decimal
TODAY = date(2026, 3, 9)
PAIRS = [(profile, type_code) for profile in codes.profiles() for type_code in codes.invoice_types()]
ALLOWED = [pair for pair in PAIRS if codes.is_type_allowed(*pair)]
REFUSED = [pair for pair in PAIRS if not codes.is_type_allowed(*pair)]

ADDRESS = Address(street="Papatya Cad. 21", district="Beşiktaş", city="İstanbul", postal_code="34100")
SUPPLIER = Party(
    tax_number=parse_tax_number("9205121120"),
    title="Çınar Gıda A.Ş.",
    tax_office="Çankaya",
    address=Address(street="Selvi Cad. 75", district="Çankaya", city="Ankara", postal_code="06100"),
    web="https://cinar.example",
)
CUSTOMER = Party(
    tax_number=parse_tax_number("7750409379"), title="Işık Ticaret A.Ş.", tax_office="Beşiktaş", address=ADDRESS
)
PERSON = Party(
    tax_number=parse_tax_number("10000000146"),
    first_name="Işıl",
    family_name="Şahin",
    tax_office="Beşiktaş",
    address=ADDRESS,
)
CUSTOMS = Party(
    tax_number=parse_tax_number("1460415308"), title="Gümrük ve Ticaret Bakanlığı", tax_office="Ulus", address=ADDRESS
)
LONDON = Address(
    street="Avon Way 56", district="Bridgtow", city="London", country="Birleşik Krallık", country_code="GB"
)
LINE = InvoiceLine(name="Kalem", quantity=D(15), unit_code="C62", unit_price=D("100.10"), vat_rate=D(20))
EXEMPT = {"vat_rate": D(0), "exemption_code": "301", "exemption_reason": "11/1-a Mal İhracatı"}


def _line_of_type(type_code: str) -> InvoiceLine:
    """What the type alone asks of a line."""
    changes: dict[str, Any] = {}
    if type_code in ("TEVKIFAT", "YTBTEVKIFAT"):
        changes = {"withholding_code": "613", "withholding_rate": D(90)}
    elif type_code in ("ISTISNA", "YTBISTISNA"):
        changes = dict(EXEMPT)
    elif type_code == "OZELMATRAH":
        changes = {
            "exemption_code": "805",
            "exemption_reason": "Altından Mamül Eşya",
            "vat_base": D("250.00"),
        }
    elif type_code == "IHRACKAYITLI":
        changes = {
            "vat_rate": D(0),
            "exemption_code": "702",
            "exemption_reason": "DİİB ve Geçici Kabul Rejimi Kapsamındaki Satışlar",
            "delivery": Delivery(
                customs_id="020622000000", buyer_line_code="12345678901", seller_line_code="10987654321"
            ),
        }
    elif type_code == "KONAKLAMAVERGISI":
        changes = {"other_taxes": (OtherTax(code="0059", name="Konaklama V.", rate=D(2)),), "vat_rate": D(10)}
    elif type_code == "TEKNOLOJIDESTEK":
        changes = {"item_ids": (("TELEFON", "542420896351314"),)}
    elif type_code in ("SARJ", "SARJANLIK"):
        changes = {"unit_code": "KWH", "serial_id": "45225"}
    return replace(LINE, **changes)


def _of_type(type_code: str) -> dict[str, Any]:
    """What the type alone asks of the document."""
    if type_code in RETURN_TYPES:
        return {"returned_invoices": (DocumentReference(number="ABC2026000000009", day=date(2026, 2, 1)),)}
    if type_code == "SGK":
        return {
            "accounting_cost": "SAGLIK_ECZ",
            "period": Period(start=date(2026, 2, 1), end=date(2026, 2, 28)),
            "references": (
                AdditionalReference(
                    number="1", day=TODAY, type_code="MUKELLEF_KODU", kind="15425689", description="Eczane Sicil No"
                ),
                AdditionalReference(number="2", day=TODAY, type_code="DOSYA_NO", kind="798564"),
            ),
        }
    if type_code in ("KOMISYONCU", "HKSKOMISYONCU"):
        return {
            "deductions": (
                Deduction(code="HKSKOMISYON", rate=D(5), amount=D("75.08")),
                Deduction(code="HKSKOMISYONKDV", amount=D("15.02")),
                Deduction(code="HKSRUSUM", rate=D(1), amount=D("15.02")),
            )
        }
    if type_code in ("SARJ", "SARJANLIK"):
        report = AdditionalReference(number="B0E502A8-122C-4061-BE02-8133A5788177", day=TODAY, scheme="ESURaporID")
        return {
            "customer": replace(CUSTOMER, identifiers=(("PLAKA", "06GIB06"), ("ARACKIMLIKNO", "452325"))),
            "period": Period(
                start=date(2026, 3, 8), start_time=time(6), end=date(2026, 3, 8), end_time=time(7, 30)
            ),
            "references": (report,) if type_code == "SARJ" else (),
        }  # fmt: skip
    if type_code == "TEKNOLOJIDESTEK":
        return {"customer": PERSON}
    return {}


def _incentive(invoice: Invoice) -> Invoice:
    def machine(line: InvoiceLine, kind: str) -> InvoiceLine:
        changes: dict[str, Any] = {"classification": kind}
        if kind == "01":
            changes |= {"model": "CNC tezgâhı", "trace_id": "74563", "serial_id": "412578"}
        if invoice.type_code in ("ISTISNA", "YTBISTISNA"):
            code = {"01": "308", "02": "339"}[kind]
            changes |= {
                "vat_rate": D(20),
                "vat_shown_only": True,
                "exemption_code": code,
                "exemption_reason": codes.exemptions()[code].name,
            }
        return replace(line, **changes)

    line = invoice.lines[0]
    return replace(
        invoice,
        incentive=DocumentReference(number="123456", day=date(2025, 1, 1)),
        lines=(machine(line, "01"), machine(line, "02")),
    )


def _of_profile(invoice: Invoice) -> Invoice:
    """What the profile asks for on top of the type."""
    line = invoice.lines[0]
    profile = invoice.profile
    if profile == "IHRACAT":
        delivery = replace(line.delivery or Delivery(), customs_id="020622000000", packages=(
            Package(type_code="CN", number="UACU2451999", quantity=D(1)),
            Package(type_code="BX", quantity=D(40)),
        ))  # fmt: skip
        return replace(
            invoice,
            customer=CUSTOMS,
            buyer=Buyer(
                party=Party(tax_number=TaxNumber(""), title="Farthing Ltd", address=LONDON),
                party_type="EXPORT",
                legal_name="Farthing Purchasing Consortium",
                legal_id="175 269 2355",
            ),
            delivery=Delivery(address=LONDON, incoterms="CIF", transport_mode="1"),
            lines=(replace(line, delivery=delivery, origin_country="TR"),),
            payment_means=PaymentMeans(code="42"),
        )
    if profile == "YOLCUBERABERFATURA":
        person = Party(tax_number=TaxNumber(""), first_name="John", family_name="Doe", address=LONDON)
        taxed = invoice.type_code == "ISTISNA"
        return replace(
            invoice,
            customer=CUSTOMS,
            buyer=Buyer(
                party=person,
                party_type="TAXFREE",
                nationality="GB",
                passport_no="U1234567",
                passport_day=date(2020, 1, 14),
                account=BankAccount(number="GB29NWBK60161331926819", currency="GBP", bank="Bank", branch="City"),
            ),
            tax_representative=TaxRepresentative(
                number="1111111111", label="urn:mail:yolcuberaberpk@agent.example", address=ADDRESS
            ),
            lines=(
                replace(line, vat_rate=D(20), exemption_code="501", exemption_reason="Yolcu Beraberi")
                if taxed
                else line,
            ),
        )
    if profile == "KAMU":
        unit = Party(tax_number=parse_tax_number("4840847211"), title="Defterdarlık", address=ADDRESS)
        return replace(
            invoice,
            payment_means=PaymentMeans(code="42", iban="TR330006100519786457841326"),
            buyer=Buyer(party=unit),
        )
    if profile == "HKS":
        return replace(invoice, lines=(replace(line, item_ids=(("KUNYENO", "1231231231231231231"),)),))
    if profile == "ILAC_TIBBICIHAZ":
        return replace(invoice, lines=(replace(line, item_ids=(("ILAC", "8699546220014"), ("DIGER", "1111111111"))),))
    if profile == "IDIS":
        return replace(invoice, shipment_no="SE-1345840", lines=(replace(line, item_ids=(("ETIKETNO", "CV0152457"),)),))
    if profile == "YATIRIMTESVIK":
        return _incentive(invoice)
    if profile == "EARSIVFATURA":
        invoice = replace(invoice, earchive=EArchive(sending="ELEKTRONIK"))
        return _incentive(invoice) if invoice.type_code.startswith("YTB") else invoice
    return invoice


def invoice_for(profile: str, type_code: str, **changes: Any) -> Invoice:
    """A sound invoice of this pair; for a refused pair everything but the pair itself is sound."""
    base = Invoice(
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d479",
        series="CNR",
        number=DocumentNumber("CNR", 2026, 1),
        profile=profile,
        type_code=type_code,
        issue_date=TODAY,
        issue_time=time(14, 30, 5),
        supplier=SUPPLIER,
        customer=CUSTOMER,
        lines=(_line_of_type(type_code),),
    )
    return replace(_of_profile(replace(base, **_of_type(type_code))), **changes)


def internet_sale() -> Invoice:
    """An e-Arşiv invoice of a sale over the internet, with payment and carrier."""
    carrier = Party(tax_number=parse_tax_number("3900892152"), title="Hızlı Kargo A.Ş.", address=ADDRESS)
    return invoice_for(
        "EARSIVFATURA",
        "SATIS",
        customer=PERSON,
        notes=("Bu satış internet üzerinden yapılmıştır.",),
        earchive=EArchive(is_internet=True, web="https://cinar.example"),
        payment_means=PaymentMeans(code="48", due_date=TODAY, note="KREDIKARTI/BANKAKARTI"),
        delivery=Delivery(despatch_day=TODAY, carrier=carrier),
    )


CARRIER = Party(tax_number=parse_tax_number("3900892152"), title="Hızlı Nakliyat Ltd. Şti.", address=ADDRESS)
DRIVER = Driver(first_name="Mehmet", family_name="Öztürk", number="10000000146", title="Şoför")


def despatch_for(profile: str = "TEMELIRSALIYE", type_code: str = "SEVK", **changes: Any) -> Despatch:
    """A sound despatch note of this profile and type."""
    item_ids: tuple[tuple[str, str], ...] = ()
    if profile == "HKSIRSALIYE":
        item_ids = (("KUNYENO", "1231231231231231231"),)
    elif profile == "IDISIRSALIYE":
        item_ids = (("ETIKETNO", "CV0152457"),)
    base = Despatch(
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d480",
        series="IRS",
        number=DocumentNumber("IRS", 2026, 7),
        profile=profile,
        type_code=type_code,
        issue_date=TODAY,
        issue_time=time(9, 0),
        supplier=SUPPLIER,
        customer=CUSTOMER,
        lines=(
            DespatchLine(
                name="Masaüstü bilgisayar",
                quantity=D(20),
                unit_code="C62",
                unit_price=D("1000.125"),
                outstanding=D(4),
                outstanding_reason="Stokta yok",
                seller_code="PNC1234",
                item_ids=item_ids,
                order_line="3",
                note="Kırılır",
            ),
            DespatchLine(name="Çanta", quantity=D("12.5"), unit_code="KGM", item_ids=item_ids),
        ),
        shipment=Shipment(
            despatch_day=TODAY,
            despatch_time=time(10, 30),
            address=ADDRESS,
            carrier=CARRIER,
            drivers=(DRIVER, replace(DRIVER, first_name="Mustafa")),
            plate="06DR4077",
            trailers=("06DR4088", "06DR4099"),
        ),
        notes=("Mallar teslim edildi.",),
        orders=(DocumentReference(number="SIP-7", day=date(2026, 3, 1)),),
        paper=DocumentReference(number="A-963403", day=date(2026, 3, 7)) if type_code == "MATBUDAN" else None,
        shipment_no="SE-1345840" if profile == "IDISIRSALIYE" else "",
    )
    return replace(base, **changes)


def producer_receipt(**changes: Any) -> Invoice:
    """A sound e-Müstahsil makbuzu: wheat with stopaj and borsa, an animal with other cuts."""
    cuts = tuple(
        OtherTax(code=code, name=codes.tax_name(code), rate=D(rate))
        for code, rate in (("0003", 2), ("8001", "0.1"), ("SGK_PRIM", 3))
    )
    wheat = InvoiceLine(name="Buğday", quantity=D("1250.5"), unit_code="KGM", unit_price=D("12.345"), other_taxes=cuts)
    animal = InvoiceLine(
        name="Dana",
        quantity=D(2),
        unit_code="C62",
        unit_price=D(45000),
        other_taxes=(
            OtherTax(code="0003", name="GV Stopajı", rate=D(1)),
            OtherTax(code="9040", name="Mera Fonu", rate=D("0.1")),
        ),
    )
    base = Invoice(
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d481",
        series="MUH",
        number=DocumentNumber("MUH", 2026, 3),
        profile="EARSIVBELGE",
        type_code="MUSTAHSILMAKBUZ",
        issue_date=TODAY,
        issue_time=time(11, 0),
        supplier=SUPPLIER,
        customer=PERSON,
        lines=(wheat, animal),
        delivery=Delivery(day=TODAY),
        notes=("Teslim alındı.",),
    )
    return replace(base, **changes)


def freelance_receipt(**changes: Any) -> Invoice:
    """A sound e-SMM as in GİB's karekod guide: fee 1000, KDV 18 %, stopaj 20 %, KDV tevkifatı 50 %."""
    fee = InvoiceLine(
        name="Danışmanlık",
        quantity=D(1),
        unit_code="C62",
        unit_price=D(1000),
        vat_rate=D(18),
        other_taxes=(OtherTax(code="0003", name="GV Stopajı", rate=D(20)),),
        withholding_code="615",
        withholding_rate=D(50),
    )
    base = Invoice(
        uuid="f47ac10b-58cc-4372-a567-0e02b2c3d482",
        series="SMM",
        number=DocumentNumber("SMM", 2026, 5),
        profile="EARSIVBELGE",
        type_code="SERBESTMESLEKMAKBUZU",
        issue_date=TODAY,
        issue_time=time(12, 0),
        supplier=replace(PERSON, title=""),
        customer=CUSTOMER,
        lines=(fee,),
        earchive=None,
    )
    return replace(base, **changes)


def vendor_form(root: str, line: str, total: str, amounts: str) -> bytes:
    """A freelance receipt as a vendor writes it: gross 1000, stopaj 20 %, KDV 20 %, no quantity, price after stopaj."""

    def tax(code: str, amount: str) -> str:
        return (
            f"<cac:TaxSubtotal><cbc:TaxableAmount>1000</cbc:TaxableAmount><cbc:TaxAmount>{amount}</cbc:TaxAmount>"
            f"<cbc:Percent>20</cbc:Percent><cac:TaxCategory><cac:TaxScheme><cbc:TaxTypeCode>{code}</cbc:TaxTypeCode>"
            "</cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>"
        )

    def party(name: str, scheme: str, number: str) -> str:
        return (
            f'<cac:{name}><cac:Party><cac:PartyIdentification><cbc:ID schemeID="{scheme}">{number}</cbc:ID>'
            "</cac:PartyIdentification><cac:PartyName><cbc:Name>Ad</cbc:Name></cac:PartyName></cac:Party>"
            f"</cac:{name}>"
        )

    taxes = f"<cac:TaxTotal><cbc:TaxAmount>400</cbc:TaxAmount>{tax('0003', '200')}{tax('0015', '200')}</cac:TaxTotal>"
    return (
        f'<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" xmlns:cac="{NSMAP["cac"]}" '
        f'xmlns:cbc="{NSMAP["cbc"]}"><cbc:ID>SMM2026000000001</cbc:ID>'
        "<cbc:UUID>F47AC10B-58CC-4372-A567-0E02B2C3D482</cbc:UUID><cbc:IssueDate>2026-03-09</cbc:IssueDate>"
        "<cbc:IssueTime>10:00:00</cbc:IssueTime><cbc:DocumentCurrencyCode>TRY</cbc:DocumentCurrencyCode>"
        f"{party('AccountingSupplierParty', 'TCKN', '10000000146')}"
        f"{party('AccountingCustomerParty', 'VKN', '7750409379')}{taxes}"
        f"<cac:{total}>{amounts}<cbc:PayableAmount>1000</cbc:PayableAmount></cac:{total}>"
        f"<cac:{line}><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount>1000</cbc:LineExtensionAmount>{taxes}"
        "<cac:Item><cbc:Name>Danışmanlık</cbc:Name></cac:Item><cac:GrossWage><cbc:GrossWageAmount>1000"
        f"</cbc:GrossWageAmount></cac:GrossWage><cac:Price><cbc:PriceAmount>800</cbc:PriceAmount></cac:Price></cac:{line}>"
        f"</{root}>"
    ).encode()
