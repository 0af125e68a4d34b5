"""The code lists that work without any GİB package: facts of the Schematron of 2026-03-12 with Turkish names.

Lists are read from resources/codes/*.json on first use and kept. When an official package is installed, it is the
authority (validation/); these serve the forms, the instant checks and the names printed on documents. Any thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from app.runtime.resources import resource_path

#: A sale whose KDV is 0 although it is no exemption; allowed with every invoice type.
PLAIN_ZERO_VAT: Final = "351"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code and what the user reads for it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxType:
    """A tax beside or with KDV. `deducts`: it lowers what is paid (stopaj) instead of adding to it.

    `in_vat_base`: the tax is part of the KDV base (ÖTV and the charges of KDV law art. 24/b; not ÖİV or konaklama).
    """

    code: str
    name: str
    short: str
    in_vat_base: bool
    deducts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """A KDV tevkifat code; `current` and `accepted` are whole percents (older ones stay accepted for returns)."""

    code: str
    name: str
    current: int
    accepted: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A reason for KDV 0. `group` is full, partial, otv, special (özel matrah), export_registered or none."""

    code: str
    name: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """`word` and `minor` are for the amount in words; `minor` is empty where no customary hundredth exists."""

    code: str
    name: str
    word: str
    minor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A scenario and the invoice types it lets through."""

    code: str
    name: str
    types: frozenset[str]


def items(name: str) -> list[dict[str, Any]]:
    """The rows of resources/codes/<name>.json."""
    rows: list[dict[str, Any]] = json.loads(resource_path(f"codes/{name}.json").read_text("utf-8"))["items"]
    return rows


def _named(name: str) -> Mapping[str, Named]:
    return MappingProxyType({i["code"]: Named(code=i["code"], name=i["name"]) for i in items(name)})


@cache
def tax_types() -> Mapping[str, TaxType]:
    """Taxes by TaxTypeCode."""
    return MappingProxyType(
        {
            i["code"]: TaxType(
                code=i["code"],
                name=i["name"],
                short=i["short"],
                in_vat_base=i["in_vat_base"],
                deducts=i["effect"] == "deduct",
            )
            for i in items("tax_types")
        }
    )


@cache
def withholdings() -> Mapping[str, Withholding]:
    """KDV tevkifat codes 6xx and 8xx."""
    return MappingProxyType(
        {
            i["code"]: Withholding(code=i["code"], name=i["name"], current=i["current"], accepted=tuple(i["accepted"]))
            for i in items("withholding")
        }
    )


@cache
def exemptions() -> Mapping[str, Exemption]:
    """TaxExemptionReasonCode values, all groups."""
    return MappingProxyType(
        {i["code"]: Exemption(code=i["code"], name=i["name"], group=i["group"]) for i in items("exemptions")}
    )


@cache
def units() -> Mapping[str, Named]:
    """The usual units only; the full UN/ECE list comes with the official package."""
    return _named("units")


@cache
def currencies() -> Mapping[str, Currency]:
    """All accepted currency codes, the usual ones first."""
    return MappingProxyType(
        {
            i["code"]: Currency(code=i["code"], name=i["name"], word=i["word"], minor=i["minor"])
            for i in items("currencies")
        }
    )


@cache
def countries() -> Mapping[str, Named]:
    return _named("countries")


@cache
def payment_means() -> Mapping[str, Named]:
    return _named("payment_means")


@cache
def party_schemes() -> Mapping[str, Named]:
    """schemeID values allowed in PartyIdentification of supplier and customer."""
    return _named("party_schemes")


@cache
def incoterms() -> Mapping[str, Named]:
    """Delivery terms (DeliveryTermCodeList)."""
    return _named("incoterms")


@cache
def transport_modes() -> Mapping[str, Named]:
    """UN/ECE rec. 19."""
    return _named("transport_modes")


@cache
def packages() -> Mapping[str, Named]:
    """The usual kinds of packaging only (UN/ECE rec. 21); the full list comes with the official package."""
    return _named("packages")


@cache
def accounting_costs() -> Mapping[str, Named]:
    """SGK's own kinds of invoice (AccountingCost)."""
    return _named("accounting_costs")


@cache
def hks_deductions() -> Mapping[str, Named]:
    """What a hal commission agent may keep back, by AllowanceChargeReason."""
    return _named("hks_deductions")


@cache
def expense_kinds() -> Mapping[str, Named]:
    """Harcama tipi of a yatırım teşvik invoice (ItemClassificationCode)."""
    return _named("expense_kinds")


@cache
def producer_cuts() -> Mapping[str, Named]:
    """What a producer receipt (e-Müstahsil) cuts from the price; SGK_PRIM is no tax type of the invoice."""
    return _named("producer_cuts")


@cache
def earchive_sending() -> Mapping[str, Named]:
    """How an e-Arşiv invoice reaches its buyer."""
    return _named("earchive_sending")


def named_list(name: str) -> Mapping[str, Named]:
    """Any list of codes and names by its file name, as `ExtraField.codes` names it. Raises: KeyError (unknown)."""
    if name == "countries":
        return countries()
    if name == "payment_means":
        return payment_means()
    if name in ("exemptions", "withholdings"):
        rows = exemptions() if name == "exemptions" else withholdings()
        return {code: Named(code=code, name=row.name) for code, row in rows.items()}
    known = {
        "incoterms": incoterms,
        "transport_modes": transport_modes,
        "packages": packages,
        "accounting_costs": accounting_costs,
        "hks_deductions": hks_deductions,
        "expense_kinds": expense_kinds,
        "earchive_sending": earchive_sending,
        "producer_cuts": producer_cuts,
    }
    return known[name]()


@cache
def invoice_types() -> Mapping[str, Named]:
    return _named("invoice_types")


@cache
def profiles() -> Mapping[str, Profile]:
    return MappingProxyType(
        {i["code"]: Profile(code=i["code"], name=i["name"], types=frozenset(i["types"])) for i in items("profiles")}
    )


def is_type_allowed(profile: str, type_code: str) -> bool:
    """Whether the Schematron lets this type through in this profile; an unknown profile lets nothing through."""
    found = profiles().get(profile)
    return found is not None and type_code in found.types


def is_withholding_accepted(code: str, percent: Decimal) -> bool:
    """Whether GİB accepts this pair of tevkifat code and percent."""
    found = withholdings().get(code)
    return found is not None and percent in found.accepted


def tax_name(code: str) -> str:
    """The name printed for a tax code; the code itself when it is unknown."""
    found = tax_types().get(code)
    if found is None and code in producer_cuts():
        return producer_cuts()[code].name
    return found.short if found else code
