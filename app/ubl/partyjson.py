"""Parties and addresses in draft and company JSON."""

from __future__ import annotations

from typing import Any

from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber
from app.domain.turkish import fold
from app.ubl import codes
from app.ubl.jsonread import Fields

_TEXT_KEYS = ("tax_office", "phone", "fax", "email", "web", "mersis", "trade_registry_no")
_ADDRESS_KEYS = ("street", "building", "building_no", "district", "city", "postal_code")


def party_from_fields(fields: Fields, *, number_required: bool = True) -> Party:
    """A party; without a usable tax number the problem is noted and an empty number stands in.

    `number_required` False is for those who have no Turkish number, such as a buyer abroad.
    """
    number = fields.tax_number() if number_required or fields.has("vkn") or fields.has("tckn") else None
    texts = {key: fields.text(key) for key in _TEXT_KEYS}
    identifiers = []
    for item in fields.each("identifiers"):
        identifiers.append((item.text("scheme", required=True), item.text("value", required=True)))
        item.close()
    return Party(
        tax_number=number or TaxNumber(""),
        title=fields.text("title"),
        first_name=fields.text("name"),
        family_name=fields.text("surname"),
        address=address_from_fields(fields.nested("address")),
        identifiers=tuple(identifiers),
        **texts,
    )


def party_to_json(party: Party) -> dict[str, Any]:
    """The inverse of `party_from_fields`; empty fields are left out."""
    number = party.tax_number
    data: dict[str, Any] = {number.kind.value.lower(): number.digits}
    data |= {"title": party.title, "name": party.first_name, "surname": party.family_name}
    data |= {key: getattr(party, key) for key in _TEXT_KEYS}
    data["identifiers"] = [{"scheme": scheme, "value": value} for scheme, value in party.identifiers]
    data["address"] = address_to_json(party.address)
    return {key: value for key, value in data.items() if value}


def address_from_fields(fields: Fields | None) -> Address:
    """An address; the country may be given by name, by code, or not at all (Türkiye)."""
    if fields is None:
        return Address()
    texts = {key: fields.text(key) for key in _ADDRESS_KEYS}
    name, code = _country(fields.text("country"), fields.text("country_code"))
    fields.close()
    return Address(country=name, country_code=code, **texts)


def address_to_json(address: Address) -> dict[str, str]:
    """The inverse of `address_from_fields`."""
    data = {key: getattr(address, key) for key in _ADDRESS_KEYS}
    data |= {"country": address.country, "country_code": address.country_code}
    return {key: value for key, value in data.items() if value}


def _country(name: str, code: str) -> tuple[str, str]:
    known = codes.countries()
    if not code and name.upper() in known:
        name, code = "", name.upper()
    if not name and not code:
        return "Türkiye", "TR"
    if not name and code in known:
        return known[code].name, code
    if name and not code:
        folded = fold(name)
        code = next((c for c, country in known.items() if fold(country.name) == folded), "")
    return name, code
