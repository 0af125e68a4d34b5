"""Checks that every kind of document shares: its date, its number, its parties."""

from __future__ import annotations

from datetime import date
from typing import Literal

from app.domain.dates import MAX_DAYS_BACK, is_issue_date_allowed
from app.domain.document_number import DocumentNumber, parse_series
from app.domain.errors import InputError
from app.domain.party import Party
from app.domain.turkish import format_date
from app.ubl import codes
from app.validation.rules import Notebook, is_blank

#: `draft` while typing, `seal` before sealing, `file` for somebody else's document (no seven-day rule).
Purpose = Literal["draft", "seal", "file"]


def check_date(book: Notebook, day: date, *, today: date, purpose: Purpose, noun: str = "Fatura") -> None:
    """The date of issue; `noun` names the document in the sentences."""
    if day > today:
        book.error(
            "INV.DATE_FUTURE",
            "issue_date",
            f"{noun} tarihi ({format_date(day)}) bugünden ileri; bugünün veya son yedi günün tarihini yazın.",
            explanation="GİB ileri tarihli belgeyi kabul etmez (TimeCheck).",
            fix=f"issue_date={today.isoformat()}",
        )
    elif day.year < 2005:
        book.error("INV.DATE_OLD", "issue_date", f"{noun} tarihi 2005'ten önce olamaz; yılı kontrol edin.")
    elif purpose != "file" and not is_issue_date_allowed(day, today=today):
        book.error(
            "INV.SEVEN_DAYS",
            "issue_date",
            f"{noun} tarihi {(today - day).days} gün geride; en çok {MAX_DAYS_BACK} gün geriye düzenlenebilir.",
            explanation="Fatura, mal tesliminden veya hizmetten sonra yedi gün içinde düzenlenir (VUK 231/5).",
        )


def check_number(
    book: Notebook, series: str, number: DocumentNumber | None, issue_date: date, *, noun: str = "fatura"
) -> None:
    """Series and number of our own document."""
    try:
        parse_series(series)
    except InputError:
        book.error("INV.SERIES", "series", "Seri üç büyük harf veya rakam olmalı (A–Z, 0–9); Türkçe harf kullanmayın.")
        return
    if number is None or number.is_placeholder:
        return
    if number.year != issue_date.year:
        book.error(
            "INV.NUMBER_YEAR",
            "number",
            f"Belge numarasının yılı ({number.year}) {noun} tarihinin yılıyla ({issue_date.year}) aynı olmalı.",
        )
    if number.series != series:
        book.error("INV.NUMBER_SERIES", "number", f"Belge numarası {series} serisinden başlamalı.")


def check_party(book: Notebook, party: Party, place: str, who: str, *, is_side: bool = True) -> None:
    """A party; `who` names it in the sentences. `is_side` False for a helper (carrier), whose address is not asked."""
    number = party.tax_number
    if not number.digits:
        book.error(
            "INV.PARTY_NUMBER",
            f"{place}.tax_number",
            f"{who} için VKN ya da TCKN yazılmamış; vergi mükellefi olmayan kişide 11111111111 yazılır.",
            explanation="Tarafın tam bir vergi kimliği bulunur (PartyIdentificationPartyNamePersonCheck).",
        )
        return
    if number.is_vkn and is_blank(party.title):
        book.error(
            "INV.PARTY_TITLE",
            f"{place}.title",
            f"{who} VKN ile yazılmış; unvanı da yazın.",
            explanation="VKN varsa unvan, TCKN varsa ad ve soyad zorunludur (PartyIdentificationPartyNamePersonCheck).",
        )
    if not number.is_vkn:
        for attribute, words in (("first_name", "adı"), ("family_name", "soyadı")):
            if is_blank(getattr(party, attribute)):
                book.error("INV.PARTY_PERSON", f"{place}.{attribute}", f"{who} TCKN ile yazılmış; {words} boş olamaz.")
    if not number.is_checksum_valid:
        book.warning(
            "INV.CHECKSUM",
            f"{place}.tax_number",
            f"{who} vergi numarasının ({number}) kontrol basamağı tutmuyor; bir rakam yanlış yazılmış olabilir.",
            explanation="GİB yalnız uzunluğa bakar; yanlış numaralı fatura başkasına gider.",
        )
    for attribute, words in (("district", "ilçe"), ("city", "il")) if is_side else ():
        if not getattr(party.address, attribute).strip():
            book.warning(
                "INV.ADDRESS", f"{place}.address.{attribute}", f"{who} adresinde {words} boş; tam adres yazın."
            )
    if is_side and number.is_vkn and not party.tax_office.strip():
        book.warning(
            "INV.TAX_OFFICE", f"{place}.tax_office", f"{who} vergi dairesi boş; VUK 230'a göre belgede bulunur."
        )
    country = party.address.country_code
    if country and country not in codes.countries():
        book.error(
            "INV.COUNTRY",
            f"{place}.address.country_code",
            f"{who} adresinde ülke kodu '{country[:10]}' listede yok; TR, DE gibi iki harfli kod seçin.",
            explanation="Ülkeler iki harfli ISO kodlarıyla yazılır (CountryCodeCheck).",
        )
    for scheme, _value in party.identifiers:
        if scheme not in codes.party_schemes():
            book.error(
                "INV.PARTY_SCHEME",
                f"{place}.identifiers",
                f"'{scheme}' GİB'in kimlik türü listesinde yok; çıkarın.",
                explanation="Kimlik türleri GİB'in listesinden olmalı (PartyIdentificationSchemeIDCheck).",
            )
        elif scheme in ("VKN", "TCKN"):
            book.error(
                "INV.PARTY_SECOND_NUMBER",
                f"{place}.identifiers",
                f"{who} için ikinci bir {scheme} yazılmış; bir tarafın tek vergi numarası olur, ikincisini çıkarın.",
                explanation="VKN ile TCKN birlikte yazılamaz (PartyIdentificationPartyNamePersonCheck).",
            )


def is_iban(text: str) -> bool:
    """A Turkish IBAN with a right check sum (ISO 13616, mod 97)."""
    iban = text.replace(" ", "").upper()
    if len(iban) != 26 or not iban.startswith("TR") or not iban[2:].isdigit():
        return False
    return int(iban[4:] + "2927" + iban[2:4]) % 97 == 1
