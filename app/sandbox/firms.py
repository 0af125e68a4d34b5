"""The made-up senders of the sandbox. Their numbers pass the check digit and belong to nobody we know of."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber

# (title or "name|surname", tax office, street, building no, district, city, postal code, series)
_FIRMS = (
    ("Er Ltd. Şti.", "Kozyatağı", "İnönü Caddesi", "7", "Kadıköy", "İstanbul", "34742", "ERL"),
    ("Gülşen Çiçekçilik|", "Bornova", "Fevzi Çakmak Sokak", "12/A", "Bornova", "İzmir", "35040", "GUL"),
    (
        "Anadolu Kırtasiye ve Ofis Malzemeleri Ticaret A.Ş.",
        "Ulus",
        "Sanayi Caddesi",
        "88",
        "Altındağ",
        "Ankara",
        "06050",
        "ANK",
    ),
    (
        "Öz Karadeniz Balıkçılık Soğuk Hava Deposu İşletmeciliği Nakliyat Gıda Sanayi İthalat İhracat ve Ticaret "
        "Limited Şirketi",
        "Hızırbey",
        "Yalı Mahallesi Balıkhane Sokak",
        "3",
        "Ortahisar",
        "Trabzon",
        "61030",
        "OKB",
    ),
    ("Şehrazat|Yıldırımoğlu", "Meram", "Hükümet Meydanı", "1", "Meram", "Konya", "42090", "SEH"),
    (
        "Işık Elektrik Taahhüt Ltd. Şti.",
        "Osmangazi",
        "Ulubatlı Hasan Bulvarı",
        "215",
        "Osmangazi",
        "Bursa",
        "16200",
        "ISK",
    ),
    (
        "Toros Akaryakıt Dağıtım Pazarlama Sanayi A.Ş.",
        "Seyhan",
        "Turhan Cemal Beriker Bulvarı",
        "40",
        "Seyhan",
        "Adana",
        "01120",
        "TRS",
    ),
    (
        "Göl Temizlik Hizmetleri Ltd. Şti.",
        "Kaymakkapı",
        "Cumhuriyet Caddesi",
        "19",
        "Merkez",
        "Isparta",
        "32100",
        "GOL",
    ),
    (
        "Kapadokya Turizm Otelcilik ve Organizasyon Anonim Şirketi",
        "Nevşehir",
        "Uçhisar Yolu",
        "5",
        "Merkez",
        "Nevşehir",
        "50100",
        "KPD",
    ),
    (
        "Çağdaş Yazılım Bilişim Danışmanlık Ltd. Şti.",
        "Yenimahalle",
        "Teknopark Bulvarı",
        "1/14",
        "Yenimahalle",
        "Ankara",
        "06370",
        "CGD",
    ),
    (
        "Ağrı Dağı Un ve Yem Sanayi Ticaret Limited Şirketi",
        "Ağrı",
        "Erzurum Yolu 3. km",
        "2",
        "Merkez",
        "Ağrı",
        "04100",
        "AGR",
    ),
    ("Mehmet|Öğütçü", "Şahinbey", "Kale Altı Bakırcılar Çarşısı", "27", "Şahinbey", "Gaziantep", "27400", "MOG"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A sender: its party, its series and its labels."""

    party: Party
    series: str
    gb: str
    pk: str


@lru_cache
def firms() -> tuple[Firm, ...]:
    """All senders, always the same ones."""
    return tuple(_firm(index, row) for index, row in enumerate(_FIRMS))


def _firm(index: int, row: tuple[str, ...]) -> Firm:
    name, office, street, building_no, district, city, postal_code, series = row
    title, _, surname = name.partition("|")
    is_person = bool(surname)
    domain = f"{series.lower()}.example"
    party = Party(
        tax_number=_tckn(index) if is_person else _vkn(index),
        title="" if is_person else title,
        first_name=title if is_person else "",
        family_name=surname,
        tax_office=office,
        address=Address(street=street, building_no=building_no, district=district, city=city, postal_code=postal_code),
        phone=f"0{212 + index} 555 {10 + index:02d} {20 + index:02d}",
        email=f"muhasebe@{domain}",
        web=f"www.{domain}",
    )
    return Firm(party=party, series=series, gb=f"urn:mail:defaultgb@{domain}", pk=f"urn:mail:defaultpk@{domain}")


def _vkn(index: int) -> TaxNumber:
    head = f"{random.Random(f'vkn {index}').randrange(10**8, 10**9):09d}"
    return next(n for n in (TaxNumber(f"{head}{last}") for last in range(10)) if n.is_checksum_valid)


def _tckn(index: int) -> TaxNumber:
    head = str(random.Random(f"tckn {index}").randrange(10**8, 10**9))
    return next(n for n in (TaxNumber(f"{head}{last:02d}") for last in range(100)) if n.is_checksum_valid)
