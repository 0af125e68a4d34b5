"""Turkish names of every length, places, and tax numbers whose check digits are right. Nobody's, as far as we know."""

from __future__ import annotations

import random
from typing import Final

from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber

_BRANDS: Final = (
    "Akçay", "Batıçim", "Çınar", "Değirmen", "Ege Yıldızı", "Fırat", "Gökçe", "Hisar", "Işık", "İpek Yolu", "Kuzey",
    "Lâle", "Marmara", "Nilüfer", "Öz Karadeniz", "Pınarbaşı", "Rüzgâr", "Söğüt", "Şahin", "Toros", "Uludağ",
    "Üçler", "Vadi", "Yeşilırmak", "Zümrüt", "Ağrı Dağı", "Boğaziçi", "Çağdaş", "Doğuş", "Efes", "Gülşen",
    "Harran", "Ilgaz", "İnci", "Kapadokya", "Mercan", "Nar", "Örnek", "Pamukkale", "Safran", "Şelale", "Turkuaz",
    "Uğur", "Ülkü", "Yağmur", "Zirve", "Bozkır", "Çiğdem", "Dört Mevsim", "Günışığı",
)  # fmt: skip
_TRADES: Final = (
    "Mobilya", "Gıda", "İnşaat Taahhüt", "Tekstil", "Otomotiv Yedek Parça", "Kırtasiye", "Elektrik Malzemeleri",
    "Temizlik Hizmetleri", "Nakliyat", "Soğuk Hava Deposu İşletmeciliği", "Zeytinyağı", "Bilişim Danışmanlık",
    "Tarım Ürünleri", "Turizm Otelcilik", "Ambalaj", "Medikal", "Akaryakıt Dağıtım", "Un ve Yem", "Balıkçılık",
    "Ağaç İşleri",
)  # fmt: skip
_TAILS: Final = (
    "Sanayi ve Ticaret",
    "Pazarlama",
    "İthalat İhracat Sanayi ve Dış Ticaret",
    "Üretim Pazarlama Sanayi İthalat İhracat Mümessillik ve Dahili Ticaret",
)
_FORMS: Final = ("Limited Şirketi", "Anonim Şirketi", "Ltd. Şti.", "A.Ş.")
_FIRST: Final = (
    "Ayşe", "Şükriye", "Çağla", "İbrahim", "Oğuz", "Gülşah", "Mehmet Ali", "Ümit", "Özlem", "Ilgın", "Hüseyin",
    "Şehrazat", "Emine Nur", "Tuğba", "Kâzım",
)  # fmt: skip
_LAST: Final = (
    "Yağcıoğlu", "Öğütçü", "Çelik", "Şimşek", "Kılıç", "Yıldırımoğlu", "Ak", "Üstündağ", "Işıkçı", "Gündoğdu",
    "Karabıyıkoğlu", "Er", "Demirağaç", "Özgür", "İnce",
)  # fmt: skip
# (city, district, tax office, postal code)
_PLACES: Final = (
    ("İstanbul", "Kadıköy", "Kadıköy", "34710"),
    ("İstanbul", "Küçükçekmece", "Küçükçekmece", "34290"),
    ("Ankara", "Yenimahalle", "Yenimahalle", "06170"),
    ("İzmir", "Çiğli", "Çiğli", "35620"),
    ("Bursa", "Nilüfer", "Nilüfer", "16110"),
    ("Gaziantep", "Şehitkamil", "Şehitkamil", "27090"),
    ("Trabzon", "Ortahisar", "Hızırbey", "61030"),
    ("Konya", "Meram", "Meram", "42090"),
    ("Adana", "Seyhan", "Seyhan", "01120"),
    ("Muğla", "Menteşe", "Muğla", "48000"),
    ("Diyarbakır", "Kayapınar", "Süleyman Nazif", "21070"),
    ("Eskişehir", "Odunpazarı", "İki Eylül", "26030"),
)
_STREETS: Final = (
    "Atatürk Caddesi", "İnönü Bulvarı", "Sanayi Sokak", "Çarşı İçi", "Fevzi Çakmak Sokak", "Cumhuriyet Caddesi",
    "Organize Sanayi Bölgesi 4. Cadde", "Şehit Üsteğmen Ömer Bulvarı", "Zafer Sokak", "Gül Sokak",
)  # fmt: skip
#: How often each kind of name comes: kind 0 is the shortest title, 3 the longest, "person" a TCKN holder.
_KINDS: Final = (1, 2, "person", 1, 3, 0, 2, 1, "person", 2)


def party(seed: str, role: str, index: int) -> Party:
    """The party number `index` of a role ("client", "partner"); the same again for the same seed."""
    chance = random.Random(f"{seed} {role} {index}")
    kind = _KINDS[index % len(_KINDS)]
    city, district, office, code = chance.choice(_PLACES)
    address = Address(
        street=chance.choice(_STREETS),
        building=chance.choice(("", "", "Çınar İş Merkezi", "Ticaret Sarayı B Blok")),
        building_no=f"{chance.randrange(1, 240)}{chance.choice(('', '', '/A', '/7'))}",
        district=district,
        city=city,
        postal_code=code,
    )
    domain = f"{role}{index:02d}.example"
    phone = (
        f"0{chance.choice((212, 216, 232, 312, 224, 342))} 555 {chance.randrange(10, 99)} {chance.randrange(10, 99)}"
    )
    if kind == "person":
        return Party(
            tax_number=tckn(chance),
            first_name=chance.choice(_FIRST),
            family_name=chance.choice(_LAST),
            tax_office=office,
            address=address,
            phone=phone,
            email=f"bilgi@{domain}",
        )
    return Party(
        tax_number=vkn(chance),
        title=_title(chance, int(kind), index),
        tax_office=office,
        address=address,
        phone=phone,
        email=f"muhasebe@{domain}",
        web=f"www.{domain}",
    )


def labels(someone: Party) -> tuple[str, str]:
    """Sending unit and mailbox of a party."""
    domain = someone.email.partition("@")[2]
    return f"urn:mail:defaultgb@{domain}", f"urn:mail:defaultpk@{domain}"


def _title(chance: random.Random, size: int, index: int) -> str:
    brand = _BRANDS[(index * 7 + chance.randrange(3)) % len(_BRANDS)]
    if size == 0:
        return f"{brand} {chance.choice(('Ltd. Şti.', 'A.Ş.', 'Kollektif Şti.'))}"
    if size == 1:
        return f"{brand} {chance.choice(_TRADES)} {chance.choice(_FORMS[2:])}"
    if size == 2:
        return f"{brand} {chance.choice(_TRADES)} {_TAILS[0]} {chance.choice(_FORMS)}"
    first, second = chance.sample(_TRADES, 2)
    return f"{brand} {first} {second} {chance.choice(_TAILS[2:])} {chance.choice(_FORMS[:2])}"


def vkn(chance: random.Random) -> TaxNumber:
    """A VKN whose check digit is right."""
    head = f"{chance.randrange(10**8, 10**9):09d}"
    return next(n for n in (TaxNumber(f"{head}{last}") for last in range(10)) if n.is_checksum_valid)


def tckn(chance: random.Random) -> TaxNumber:
    """A TCKN whose check digits are right."""
    head = str(chance.randrange(10**8, 10**9))
    return next(n for n in (TaxNumber(f"{head}{last:02d}") for last in range(100)) if n.is_checksum_valid)
