"""What a ledger needs of a company's card, fact by fact, and the office's accountant for new cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.ledger_terms import LedgerMode, application_problem
from app.domain.party import Company
from app.storage import settings_store
from app.storage.database import OpenSession
from app.ubl.company_json import company_to_json

#: Among the office's settings: the accountant whose facts a new company's card takes.
_ACCOUNTANT: Final = "office_accountant"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """A fact that a ledger's head needs. `key` is its path in the company's JSON; `needs` says why it is there.

    `is_required` False: a ledger can be built without it.
    """

    key: str
    title: str
    needs: str
    is_complete: bool
    is_required: bool = True


#: (path, title, why, required). Sources: Genel Açıklamalar, entityInformation; Workcube's list of definitions.
_FIELDS: Final = (
    ("phone", "Telefon", "defterin başında zorunlu", True),
    ("email", "E-posta", "defterin başında zorunlu", True),
    ("web", "Web sitesi", "defterin başında yeri var; boş da verilebilir", False),
    ("address.street", "Cadde, sokak", "adreste zorunlu", True),
    ("address.building_no", "Kapı no", "adreste zorunlu; yazılmazsa - konur", False),
    ("address.city", "İl", "adreste zorunlu", True),
    ("address.postal_code", "Posta kodu", "adreste zorunlu", True),
    ("nace", "NACE kodu", "iş konusu olarak zorunlu", True),
    ("taxpayer_kind", "Mükellef türü", "son yükleme günü buna bağlı; yazılmazsa numaradan anlaşılır", False),
    ("upload_preference", "Yükleme tercihi", "son yükleme günü buna bağlı; yazılmazsa aylık sayılır", False),
    ("fiscal_year_start", "Hesap dönemi başı", "defterin başında zorunlu", True),
    ("fiscal_year_end", "Hesap dönemi sonu", "defterin başında zorunlu", True),
    ("accountant.name", "Mali müşavir", "defterin başında zorunlu", True),
    ("accountant.engagement_type", "Sözleşme türü", "yazılmazsa - konur: defteri firma kendi tutuyor demektir", False),
    ("accountant.phone", "Müşavirin telefonu", "iletişim bilgisi olarak istenir", False),
    ("accountant.address.city", "Müşavirin ili", "adresi ancak il yazılırsa verilir", False),
)


def card_fields(data: Mapping[str, Any], *, office_application: str = "") -> list[CardField]:
    """Every fact that a ledger needs of a company, `data` being its JSON; in the order of the card."""
    name = CardField(
        key="title" if "vkn" in data or "tckn" not in data else "name",
        title="Unvan" if "tckn" not in data else "Ad ve soyad",
        needs="defterin başında zorunlu",
        is_complete=bool(data.get("title") or (data.get("name") and data.get("surname"))),
    )
    found = [name]
    for key, title, needs, is_required in _FIELDS:
        complete = bool(str(_at(data, key) or "").strip())
        found.append(CardField(key=key, title=title, needs=needs, is_complete=complete, is_required=is_required))
    terms = data.get("ledger", {})
    if terms.get("mode", LedgerMode.OWN.value) == LedgerMode.INTEGRATOR.value:
        needs = "entegratörün okuduğu biçim seçilmeli"
        complete = bool(terms.get("export_format"))
        found.append(CardField(key="ledger.export_format", title="Dosya biçimi", needs=needs, is_complete=complete))
    else:
        application = terms.get("source_application") or office_application
        found.append(
            CardField(
                key="ledger.source_application",
                title="Defter programı",
                needs="GİB'in onayladığı tanım; onsuz yalnız deneme yapılır",
                is_complete=bool(application) and not application_problem(application),
                is_required=False,
            )
        )
    if terms.get("uses_branches"):
        complete = bool(data.get("branches"))
        found.append(CardField(key="branches", title="Şubeler", needs="şubeli defterde zorunlu", is_complete=complete))
    return found


def company_fields(company: Company, *, office_application: str = "") -> list[CardField]:
    """The same of a stored card."""
    return card_fields(company_to_json(replace(company, logo=b"", stamp=b"")), office_application=office_application)


def _at(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def office_accountant(s: OpenSession) -> dict[str, Any]:
    """The accountant's part of a company's JSON that new cards take; empty when none was kept."""
    kept = settings_store.load_setting(s, _ACCOUNTANT)
    return dict(kept) if isinstance(kept, dict) else {}


def keep_office_accountant(s: OpenSession, accountant: Mapping[str, Any]) -> None:
    """Keep these facts for new cards. Within `db.write(settings_store.POINT)`."""
    settings_store.save_setting(s, _ACCOUNTANT, dict(accountant))
