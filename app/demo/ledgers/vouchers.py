"""A small trading firm's vouchers, month by month, as its accounting program would give them out (CSV).

Amounts are whole kuruş. The same firm and month give the same vouchers again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

HEAD: Final = (
    "Fiş No;Tarih;Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Borç;Alacak;Belge Türü;Belge Türü Açıklaması;Belge No;"
    "Belge Tarihi;Açıklama;Fiş Açıklaması;Kaydeden"
)
_MAIN: Final = {
    "100": "KASA",
    "102": "BANKALAR",
    "120": "ALICILAR",
    "153": "TİCARİ MALLAR",
    "191": "İNDİRİLECEK KDV",
    "254": "TAŞITLAR",
    "255": "DEMİRBAŞLAR",
    "320": "SATICILAR",
    "335": "PERSONELE BORÇLAR",
    "360": "ÖDENECEK VERGİ VE FONLAR",
    "361": "ÖDENECEK SOSYAL GÜVENLİK KESİNTİLERİ",
    "391": "HESAPLANAN KDV",
    "500": "SERMAYE",
    "600": "YURT İÇİ SATIŞLAR",
    "621": "SATILAN TİCARİ MALLAR MALİYETİ",
    "770": "GENEL YÖNETİM GİDERLERİ",
}
_SUBS: Final = {
    "100.01": "MERKEZ KASA",
    "102.01": "ZİRAAT BANKASI KADIKÖY ŞB.",
    "102.02": "İŞ BANKASI BAHARİYE ŞB.",
    "120.01": "IŞIL ÖĞÜTÜCÜ MAKİNE A.Ş.",
    "120.02": "GÜNEYDOĞU GIDA TOPTAN LTD. ŞTİ.",
    "120.03": "MUHTELİF ALICILAR",
    "153.01": "İŞLENMİŞ AHŞAP",
    "191.20": "İNDİRİLECEK KDV %20",
    "254.01": "34 MUH 214 KAMYONET",
    "255.01": "BİLGİSAYAR VE YAZICI",
    "320.01": "KASTAMONU KERESTE TİC. LTD. ŞTİ.",
    "320.02": "EGE HIRDAVAT PAZARLAMA A.Ş.",
    "335.01": "ÜCRET BORÇLARI",
    "360.01": "GELİR VERGİSİ STOPAJI",
    "360.10": "ÖDENECEK KDV",
    "361.01": "SGK PRİMLERİ",
    "391.20": "HESAPLANAN KDV %20",
    "500.01": "SERMAYE",
    "600.20": "MAL SATIŞLARI %20",
    "621.01": "SATILAN MALLARIN MALİYETİ",
    "770.01": "ÜCRET GİDERLERİ",
    "770.02": "KIRA GİDERLERİ",
    "770.03": "OFİS VE MUTFAK GİDERLERİ",
}
_CLERKS: Final = ("Ayşe Işık", "Uğur Çağlar", "Şükriye Öz")
_KURUS: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a voucher: sub-account and kuruş, positive on the debit side, negative on the credit side."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A voucher. `paper` is (type, description, number), empty where the law wants no document."""

    day: date
    comment: str
    entries: tuple[Entry, ...]
    paper: tuple[str, str, str] = ("", "", "")


def month_of(owner: str, year: int, month: int, *, until: date | None = None, broken: bool = False) -> list[Made]:
    """The vouchers of a calendar month in the order of their days; January begins with the opening.

    `until` leaves out what is later. `broken` adds what goes wrong in real books: a voucher that does not balance and
    an invoice without its number.
    """
    chance = random.Random(f"{owner} {year}-{month:02d}")
    size = 1 + int(owner[-2:]) % 4
    first = date(year, month, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    made = [*_trade(chance, first, size), *_cash(chance, first, size), *_month_end(chance, first, last, size)]
    if month == 1:
        made.append(_opening(first, size))
    if broken:
        made += _slips(first)
    kept = [one for one in made if until is None or one.day <= until]
    # The opening comes before everything else of its day.
    return sorted(kept, key=lambda one: (one.day, one.comment != _OPENING))


_OPENING: Final = "Açılış fişi"


def csv_of(vouchers: Iterable[Made], *, prefix: str) -> str:
    """The vouchers as the file an accounting program gives out: `;`, decimal comma, CRLF."""
    rows = [HEAD]
    for index, one in enumerate(vouchers, start=1):
        number = f"{prefix}-{index:03d}"
        day = f"{one.day:%d.%m.%Y}"
        kind, description, paper = one.paper
        for entry in one.entries:
            main = entry.account[:3]
            shown = f"{abs(entry.amount) // _KURUS},{abs(entry.amount) % _KURUS:02d}"
            sides = (shown, "") if entry.amount > 0 else ("", shown)
            cells = (number, day, main, _MAIN[main], entry.account, _SUBS[entry.account], *sides)
            papers = (kind, description, paper, day if kind else "")
            rows.append(";".join((*cells, *papers, one.comment, one.comment, _CLERKS[index % len(_CLERKS)])))
    return "\r\n".join(rows) + "\r\n"


def _opening(day: date, size: int) -> Made:
    held = {"100.01": 6, "102.01": 90, "102.02": 240, "120.01": 55, "153.01": 260, "254.01": 120, "255.01": 18}
    owed = {"320.01": 75, "360.10": 9}
    entries = [Entry(account, thousands * 100_000 * size) for account, thousands in held.items()]
    entries += [Entry(account, -thousands * 100_000 * size) for account, thousands in owed.items()]
    entries.append(Entry("500.01", -sum(entry.amount for entry in entries)))
    return Made(day=day, comment=_OPENING, entries=tuple(entries))


def _trade(chance: random.Random, first: date, size: int) -> list[Made]:
    made = []
    for index in range(6 * size):
        day = first + timedelta(days=chance.randrange(1, 26))
        net = chance.randrange(4_000, 60_000) * _KURUS
        tax = net // 5
        buyer = f"120.0{1 + index % 3}"
        number = f"CNR{first.year}{first.month:02d}{index + 1:07d}"
        sold = (Entry(buyer, net + tax), Entry("600.20", -net), Entry("391.20", -tax))
        made.append(Made(day=day, comment="Mal satışı", entries=sold, paper=("invoice", "", number)))
        if index % 2 == 0:
            got = day + timedelta(days=1)
            received = (Entry("102.01", net + tax), Entry(buyer, -(net + tax)))
            made.append(Made(day=got, comment="Havale tahsilatı", entries=received, paper=_slip("dekont", got, index)))
    for index in range(4 * size):
        day = first + timedelta(days=chance.randrange(1, 26))
        net = chance.randrange(3_000, 40_000) * _KURUS
        tax = net // 5
        seller = f"320.0{1 + index % 2}"
        spent = (Entry("153.01", net), Entry("191.20", tax), Entry(seller, -(net + tax)))
        number = f"KST{first.year}{first.month:02d}{index + 1:07d}"
        made.append(Made(day=day, comment="Mal alışı", entries=spent, paper=("invoice", "", number)))
        if index % 3 == 0:
            payment = (Entry(seller, net), Entry("102.01", -net))
            on = day + timedelta(days=1)
            made.append(Made(day=on, comment="Satıcıya ödeme", entries=payment, paper=_slip("dekont", on, 40 + index)))
    return made


def _cash(chance: random.Random, first: date, size: int) -> list[Made]:
    made = []
    for index in range(2 * size):
        day = first + timedelta(days=chance.randrange(1, 26))
        net = chance.randrange(200, 900) * _KURUS
        entries = (Entry("770.03", net), Entry("191.20", net // 5), Entry("100.01", -(net + net // 5)))
        made.append(
            Made(
                day=day,
                comment="Kırtasiye ve mutfak",
                entries=entries,
                paper=_slip("ödeme kaydedici cihaz fişi", day, index),
            )
        )
    drawn = 2_500 * size * _KURUS
    day = first + timedelta(days=1)
    moved = (Entry("100.01", drawn), Entry("102.02", -drawn))
    made.append(Made(day=day, comment="Bankadan çekilen", entries=moved, paper=_slip("dekont", day, 90)))
    return made


def _month_end(chance: random.Random, first: date, last: date, size: int) -> list[Made]:
    gross = (24_000 + chance.randrange(0, 4_000)) * size * _KURUS
    tax, premium = gross * 15 // 100, gross * 14 // 100
    wages = (
        Entry("770.01", gross),
        Entry("360.01", -tax),
        Entry("361.01", -premium),
        Entry("335.01", -(gross - tax - premium)),
    )
    rent = 9_000 * size * _KURUS
    rented = (Entry("770.02", rent), Entry("360.01", -rent // 5), Entry("102.02", -(rent - rent // 5)))
    cost = 20_000 * size * _KURUS
    return [
        Made(day=last, comment="Ücret tahakkuku", entries=wages, paper=_slip("ücret bordrosu icmali", last, 1)),
        Made(day=first + timedelta(days=4), comment="İşyeri kirası", entries=rented, paper=_slip("dekont", first, 91)),
        Made(
            day=last,
            comment="Satılan malın maliyeti",
            entries=(Entry("621.01", cost), Entry("153.01", -cost)),
            paper=_slip("muhasebe fişi", last, 2),
        ),
    ]


def _slips(first: date) -> list[Made]:
    day = first + timedelta(days=13)
    return [
        Made(
            day=day,
            comment="Kasa sayım farkı",
            entries=(Entry("100.01", 125_000), Entry("120.03", -124_050)),
            paper=_slip("kasa tutanağı", day, 77),
        ),
        Made(
            day=day + timedelta(days=2),
            comment="Mal alışı",
            entries=(Entry("153.01", 840_000), Entry("191.20", 168_000), Entry("320.02", -1_008_000)),
            paper=("invoice", "", ""),
        ),
    ]


def _slip(name: str, day: date, index: int) -> tuple[str, str, str]:
    return "other", name, f"{day:%y%m}{index:04d}"
