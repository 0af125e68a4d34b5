"""What an ordinary year does not bring: 500 lines, none, an address of eight lines, and an office of 200 clients."""

from __future__ import annotations

from typing import Any, Final

from app.demo.generator import DEFAULT_SEED, names
from app.domain.party import Company, Labels
from app.office import Office
from app.storage.records import CompanyRecord
from app.workflows import companies, drafting

#: The notes by which the scenes find the drafts again.
MANY_LINES: Final = "Beş yüz satırlı fatura"
NO_LINES: Final = "Satırsız fatura"
LONG_ADDRESS: Final = "Sekiz satırlık adres"
FAULTY: Final = "Sevkiyat alıcının adresine yapılmıştır."
_CROWD: Final = 200

_BUYER: Final[dict[str, Any]] = {
    "vkn": "7750409379",
    "title": "Işıl Öğütücü Makine İmalat ve Dış Ticaret Anonim Şirketi",
    "tax_office": "Çiğli",
    "address": {"street": "10003 Sokak", "building_no": "18", "district": "Çiğli", "city": "İzmir"},
}
_LONG_BUYER: Final[dict[str, Any]] = {
    "vkn": "4840847211",
    "title": "Güneydoğu Anadolu Gıda, Tekstil, İnşaat, Turizm, Otomotiv ve Soğuk Hava Deposu İşletmeciliği Üretim "
    "Pazarlama Sanayi İthalat İhracat Mümessillik ve Dahili Ticaret Anonim Şirketi",
    "tax_office": "Şehitkamil",
    "address": {
        "street": "Atatürk Organize Sanayi Bölgesi Mahallesi, Şehit Üsteğmen Ömer Halisdemir Bulvarı, 83 Numaralı "
        "Cadde, Eski Tuz Depoları Mevkii, Demiryolu Köprüsünün Karşısı, Yeni Hal Yolu Üzeri",
        "building": "Güneydoğu Ticaret ve Lojistik Merkezi, C Blok, Doğu Girişi, Zemin Altı İkinci Kat",
        "building_no": "142-144-146/A, B2-07, B2-08 ve B2-09",
        "district": "Şehitkamil",
        "city": "Gaziantep",
        "postal_code": "27090",
        "country": "Türkiye",
    },
    "phone": "0342 555 01 23",
    "email": "muhasebe-ve-finans-isleri@guneydogu-anadolu-gida-tekstil.example",
}


#: What an ordinary invoice sells; the line that breaks a rule stands after them.
_WARES: Final[list[dict[str, Any]]] = [
    {"name": name, "quantity": quantity, "unit": unit, "unit_price": price, "vat_rate": rate}
    for name, quantity, unit, price, rate in (
        ("Meşe yemek masası, 8 kişilik", "2", "C62", "18450.00", "20"),
        ("Ahşap bakım yağı 1 lt", "12", "LTR", "186.25", "20"),
        ("Çam raf 200×40 cm", "60", "C62", "412.90", "20"),
        ("Montaj ve kurulum hizmeti", "14.5", "HUR", "950.00", "20"),
    )
]


def add(office: Office, company: CompanyRecord) -> None:
    """Store the odd drafts with this client."""
    ctx = office.context()
    today = office.clock.today().isoformat()
    for note, buyer, lines in (
        (MANY_LINES, _BUYER, [_line(place) for place in range(500)]),
        (NO_LINES, _BUYER, []),
        (LONG_ADDRESS, _LONG_BUYER, [_line(0, long=True), _line(1)]),
        (
            FAULTY,
            _partner(3),
            [*_WARES, _WARES[1] | {"name": "Ders kitabı: Ağaç İşleri", "unit": "C62", "vat_rate": "0"}],
        ),
    ):
        data = {
            "profile": "TICARIFATURA",
            "type": "SATIS",
            "issue_date": today,
            "customer": buyer,
            "lines": lines,
            "notes": [note],
        }
        drafting.save_draft(ctx, company, data)


def _partner(index: int) -> dict[str, Any]:
    """A firm that the generator has registered at the integrator, as a draft names its buyer."""
    party = names.party(DEFAULT_SEED, "partner", index)
    number = party.tax_number
    return {
        "vkn" if number.is_vkn else "tckn": number.digits,
        **({"title": party.title} if party.title else {"name": party.first_name, "surname": party.family_name}),
        "tax_office": party.tax_office,
        "address": {
            "street": party.address.street,
            "building_no": party.address.building_no,
            "district": party.address.district,
            "city": party.address.city,
            "postal_code": party.address.postal_code,
        },
        "phone": party.phone,
        "email": party.email,
    }


def _line(place: int, *, long: bool = False) -> dict[str, Any]:
    name = f"{place + 1}. kalem: galvanizli sac vida {place % 9 + 3}×{place % 5 * 10 + 20} mm"
    if long:
        name += ", paslanmaz, altı köşe başlı, kendinden pullu, 500'lük kutuda, üretici belgesiyle ve teslimat dahil"
    return {
        "name": name,
        "quantity": str(place % 40 + 1),
        "unit": "C62",
        "unit_price": f"{place % 97 + 1}.{place % 90 + 10}",
        "vat_rate": ("20", "10", "1")[place % 3],
    }


def crowd(office: Office) -> None:
    """Two hundred clients and nothing else."""
    ctx = office.context()
    for place in range(_CROWD):
        party = names.party("kalabalık", "client", place)
        gb, pk = names.labels(party)
        companies.save_company(ctx, Company(party=party, labels=Labels(gb=(gb,), pk=(pk,))))
