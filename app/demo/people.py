"""The made-up firms of the demo. Numbers have right check digits and belong to nobody we know of."""

from __future__ import annotations

from typing import Any

SELLER: dict[str, Any] = {
    "vkn": "9205121120",
    "title": "Çınaraltı Ahşap Mobilya Sanayi ve Ticaret Limited Şirketi",
    "tax_office": "Kadıköy",
    "address": {
        "street": "Bağdat Caddesi",
        "building": "Çınar İş Merkezi",
        "building_no": "214/7",
        "district": "Kadıköy",
        "city": "İstanbul",
        "postal_code": "34728",
        "country": "Türkiye",
    },
    "phone": "0216 555 01 42",
    "email": "muhasebe@cinaralti.example",
    "web": "www.cinaralti.example",
    "mersis": "0920512112000015",
    "trade_registry_no": "412876-5",
    "nace": "310903",
    "fiscal_year_start": "2026-01-01",
    "fiscal_year_end": "2026-12-31",
    "labels": {"gb": ["urn:mail:defaultgb@cinaralti.example"], "pk": ["urn:mail:defaultpk@cinaralti.example"]},
    "series": {"einvoice": "CNR", "export": "CNI", "earchive": "CNA", "earchive_internet": "CNW"},
    "sealing_mode": "own",
}

BUYERS: tuple[dict[str, Any], ...] = (
    {
        "vkn": "7750409379",
        "title": "Işıl Öğütücü Makine İmalat ve Dış Ticaret Anonim Şirketi",
        "tax_office": "Çiğli",
        "address": {
            "street": "Atatürk Organize Sanayi Bölgesi 10003 Sokak",
            "building_no": "18",
            "district": "Çiğli",
            "city": "İzmir",
            "postal_code": "35620",
            "country": "Türkiye",
        },
        "email": "fatura@isilogutucu.example",
    },
    {
        "vkn": "4840847211",
        "title": "Güneydoğu Gıda Toptan Pazarlama Limited Şirketi",
        "tax_office": "Şehitkamil",
        "address": {
            "street": "İncilipınar Mahallesi Gazi Muhtar Paşa Bulvarı",
            "building_no": "42",
            "district": "Şehitkamil",
            "city": "Gaziantep",
            "postal_code": "27090",
            "country": "Türkiye",
        },
        "email": "muhasebe@guneydogugida.example",
    },
    {
        "tckn": "10000000146",
        "name": "Şükriye",
        "surname": "Yağcıoğlu",
        "tax_office": "Ödemiş",
        "address": {
            "street": "Zafer Caddesi",
            "building_no": "3",
            "district": "Ödemiş",
            "city": "İzmir",
            "postal_code": "35750",
            "country": "Türkiye",
        },
        "email": "sukriye@example.com",
    },
)


def buyer(index: int) -> dict[str, Any]:
    """A copy of one buyer, for a draft."""
    return {**BUYERS[index], "address": dict(BUYERS[index]["address"])}


def buyer_name(index: int) -> str:
    who = BUYERS[index]
    return str(who.get("title") or f"{who['name']} {who['surname']}")


def buyer_number(index: int) -> str:
    who = BUYERS[index]
    return str(who.get("vkn") or who["tckn"])


def buyer_labels(index: int) -> list[str]:
    """The mailboxes under which the sandbox knows this buyer."""
    domain = str(BUYERS[index]["email"]).partition("@")[2]
    return [f"urn:mail:defaultpk@{domain}"]


def drafts(today: str) -> list[dict[str, Any]]:
    """The three drafts of the demo: basic, commercial, and foreign currency with withholding."""
    return [
        {
            "profile": "TEMELFATURA",
            "type": "SATIS",
            "issue_date": today,
            "customer": buyer(0),
            "lines": [
                {
                    "name": "Meşe yemek masası, 8 kişilik",
                    "quantity": "2",
                    "unit": "C62",
                    "unit_price": "18450.00",
                    "vat_rate": "20",
                    "discounts": [{"rate": "0.05", "reason": "Kampanya"}],
                    "seller_code": "MSA-801",
                },
                {
                    "name": "Ahşap bakım yağı 1 lt",
                    "quantity": "12",
                    "unit": "LTR",
                    "unit_price": "186.25",
                    "vat_rate": "20",
                },
                {
                    "name": "Ders kitabı: Ağaç İşleri Temel Bilgiler",
                    "quantity": "3",
                    "unit": "C62",
                    "unit_price": "240",
                    "vat_rate": "0",
                    "exemption": {"code": "351", "reason": "KDV - İstisna Olmayan Diğer"},
                },
            ],
            "notes": ["Sevkiyat alıcının adresine yapılmıştır."],
            "order_reference": {"number": "SIP-2026-0412", "day": today},
            "payment": {"code": "42", "due_date": today, "iban": "TR330006100519786457841326"},
        },
        {
            "profile": "TICARIFATURA",
            "type": "SATIS",
            "issue_date": today,
            "customer": buyer(1),
            "lines": [
                {
                    "name": "Raf sistemi kurulumu",
                    "quantity": "14.5",
                    "unit": "HUR",
                    "unit_price": "950",
                    "vat_rate": "20",
                },
                {
                    "name": "Çam raf 200×40 cm",
                    "quantity": "60",
                    "unit": "C62",
                    "unit_price": "412.9",
                    "vat_rate": "20",
                    "charges": [{"amount": "750", "reason": "Nakliye"}],
                },
                {"name": "Ekmek kasası", "quantity": "25", "unit": "C62", "unit_price": "88.40", "vat_rate": "10"},
            ],
            "despatch_references": [{"number": "IRS2026000000077", "day": today}],
            "payment_terms": {"note": "30 gün vadeli"},
        },
        {
            "profile": "TICARIFATURA",
            "type": "TEVKIFAT",
            "issue_date": today,
            "currency": "USD",
            "exchange_rate": {"rate": "41.2375", "day": today},
            "customer": buyer(2),
            "lines": [
                {
                    "name": "Mobilya tasarım ve projelendirme hizmeti",
                    "quantity": "1",
                    "unit": "C62",
                    "unit_price": "3200.00",
                    "vat_rate": "20",
                    "withholding": {"code": "602", "rate": "90"},
                },
            ],
            "notes": ["Bedel ödeme günündeki TCMB döviz satış kuruyla TL olarak ödenebilir."],
        },
    ]
