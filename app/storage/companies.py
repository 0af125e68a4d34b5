"""Companies, their accounts at integrators, and their partners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.errors import ConfigError
from app.domain.party import Company, Party
from app.domain.taxnumber import TaxNumber
from app.domain.turkish import fold
from app.storage import codec, settings_store
from app.storage.database import OpenSession
from app.storage.models import AccountRow, CompanyRow, DocumentRow, PartnerLabelRow, PartnerRow, table
from app.storage.records import AccountRecord, CompanyRecord, PartnerRecord

_COMPANY = table(CompanyRow)
_ACCOUNT = table(AccountRow)
_PARTNER = table(PartnerRow)
_DOCUMENT = table(DocumentRow)
_LABEL = table(PartnerLabelRow)
#: Name of the setting that holds the connector of a company's sending account; its id follows.
_SENDS = "sending_account:"


def save_company(s: OpenSession, company: Company, *, at: datetime) -> CompanyRecord:
    """Insert the card, or replace the one with the same tax number."""
    values = {
        "tax_number": company.tax_number.digits,
        "name": company.party.display_name,
        "data": codec.dumps(codec.to_plain(company)),
        "logo": company.logo,
        "stamp": company.stamp,
        "updated_at": at,
    }
    statement = (
        upsert(CompanyRow)
        .values(**values, created_at=at)
        .on_conflict_do_update(index_elements=["tax_number"], set_=values)
        .returning(CompanyRow.id)
    )
    return CompanyRecord(id=s.execute(statement).scalar_one(), company=company)


def get_company(s: OpenSession, tax_number: TaxNumber | str) -> CompanyRecord | None:
    """The company with this VKN or TCKN, or None."""
    digits = tax_number.digits if isinstance(tax_number, TaxNumber) else tax_number
    row = s.execute(select(_COMPANY).where(_COMPANY.c.tax_number == digits)).one_or_none()
    return None if row is None else _company(row)


def company_by_id(s: OpenSession, company_id: int) -> CompanyRecord:
    """Raises: ConfigError (COMPANY.UNKNOWN)."""
    row = s.execute(select(_COMPANY).where(_COMPANY.c.id == company_id)).one_or_none()
    if row is None:
        raise ConfigError("COMPANY.UNKNOWN", "Firma bulunamadı.", todo="Önce firmayı ekleyin.")
    return _company(row)


def list_companies(s: OpenSession) -> list[CompanyRecord]:
    """All companies in the order they were added."""
    return [_company(row) for row in s.execute(select(_COMPANY).order_by(_COMPANY.c.id))]


def has_companies(s: OpenSession) -> bool:
    """Whether there is any; reads no card."""
    return s.execute(select(_COMPANY.c.id).limit(1)).scalar() is not None


def _company(row: Any) -> CompanyRecord:
    company = codec.from_plain(Company, codec.loads(row.data), logo=row.logo, stamp=row.stamp)
    return CompanyRecord(id=row.id, company=company)


def save_account(
    s: OpenSession,
    company_id: int,
    *,
    connector: str,
    url: str,
    user: str,
    secret_name: str,
    settings: Mapping[str, str] | None = None,
    labels: Iterable[str] = (),
) -> AccountRecord:
    """One account per company and connector; saving again replaces it. No password comes near."""
    values = {
        "url": url,
        "user_name": user,
        "secret_name": secret_name,
        "settings": codec.dumps(dict(settings or {})),
        "labels": codec.dumps(list(labels)),
    }
    statement = (
        upsert(AccountRow)
        .values(company_id=company_id, connector=connector, **values)
        .on_conflict_do_update(index_elements=["company_id", "connector"], set_=values)
        .returning(AccountRow.id)
    )
    account_id = s.execute(statement).scalar_one()
    row = s.execute(select(_ACCOUNT).where(_ACCOUNT.c.id == account_id)).one()
    return _account(row)


def get_account(s: OpenSession, company_id: int, connector: str | None = None) -> AccountRecord | None:
    """The account at `connector`; without it the one that sends: the chosen one, else the company's first.

    A choice whose account is gone counts as none.
    """
    accounts = list_accounts(s, company_id)
    wanted = connector if connector is not None else _chosen(s, company_id)
    found = next((account for account in accounts if account.connector == wanted), None)
    if found is None and connector is None:
        return accounts[0] if accounts else None
    return found


def choose_account(s: OpenSession, company_id: int, connector: str) -> AccountRecord:
    """Let the company send with its account at `connector` from now on. Raises: ConfigError (ACCOUNT.UNKNOWN)."""
    account = get_account(s, company_id, connector)
    if account is None:
        raise ConfigError("ACCOUNT.UNKNOWN", "Entegratör hesabı bulunamadı.", todo="Önce hesabı kaydedin.")
    settings_store.save_setting(s, f"{_SENDS}{company_id}", connector)
    return account


def _chosen(s: OpenSession, company_id: int) -> str | None:
    """The connector of the chosen account. It stands among the office's settings: a choice, not part of a login."""
    value = settings_store.load_setting(s, f"{_SENDS}{company_id}")
    return value if isinstance(value, str) else None


def list_accounts(s: OpenSession, company_id: int | None = None) -> list[AccountRecord]:
    """Accounts of a company, or of all."""
    statement = select(_ACCOUNT).order_by(_ACCOUNT.c.id)
    if company_id is not None:
        statement = statement.where(_ACCOUNT.c.company_id == company_id)
    return [_account(row) for row in s.execute(statement)]


def _account(row: Any) -> AccountRecord:
    return AccountRecord(
        id=row.id,
        company_id=row.company_id,
        connector=row.connector,
        url=row.url,
        user=row.user_name,
        secret_name=row.secret_name,
        settings=codec.loads(row.settings),
        labels=tuple(codec.loads(row.labels)),
    )


def save_partner(
    s: OpenSession,
    company_id: int,
    party: Party,
    *,
    registered: bool | None = None,
    pk_labels: Iterable[str] = (),
    preferred_pk: str = "",
    checked_at: datetime | None = None,
    at: datetime,
) -> PartnerRecord:
    """Insert or replace the card of a partner (by tax number) with its mailboxes, in the given order."""
    labels = tuple(dict.fromkeys(pk_labels))
    values = {
        "name_folded": fold(party.display_name),
        "data": codec.dumps(codec.to_plain(party)),
        "registered": registered,
        "preferred_pk": preferred_pk,
        "checked_at": checked_at,
        "updated_at": at,
    }
    statement = (
        upsert(PartnerRow)
        .values(company_id=company_id, tax_number=party.tax_number.digits, **values)
        .on_conflict_do_update(index_elements=["company_id", "tax_number"], set_=values)
        .returning(PartnerRow.id)
    )
    partner_id = s.execute(statement).scalar_one()
    s.execute(delete(_LABEL).where(_LABEL.c.partner_id == partner_id))
    if labels:
        s.execute(
            insert(_LABEL),
            [
                {"company_id": company_id, "partner_id": partner_id, "label": label, "position": position}
                for position, label in enumerate(labels)
            ],
        )
    return PartnerRecord(
        id=partner_id,
        company_id=company_id,
        party=party,
        registered=registered,
        pk_labels=labels,
        preferred_pk=preferred_pk,
        checked_at=checked_at,
    )


def get_partner(s: OpenSession, company_id: int, vkn: str) -> PartnerRecord | None:
    """The partner with this VKN or TCKN, or None."""
    row = s.execute(
        select(_PARTNER).where(_PARTNER.c.company_id == company_id, _PARTNER.c.tax_number == vkn)
    ).one_or_none()
    return None if row is None else _partner(s, row)


def list_partners(s: OpenSession, company_id: int, *, starts_with: str = "", limit: int = 1000) -> list[PartnerRecord]:
    """Partners by folded name; `starts_with` narrows to names that begin so, whatever the letters' marks."""
    statement = (
        select(_PARTNER).where(_PARTNER.c.company_id == company_id).order_by(_PARTNER.c.name_folded).limit(limit)
    )
    prefix = fold(starts_with)
    if prefix:
        statement = statement.where(_PARTNER.c.name_folded >= prefix, _PARTNER.c.name_folded < prefix + "\U0010ffff")
    return [_partner(s, row) for row in s.execute(statement).all()]


def dealt_with(s: OpenSession) -> list[str]:
    """The names of everybody a document came from or went to, each once, whether there is a card or not."""
    return [name for name in s.execute(select(_DOCUMENT.c.partner_name).distinct()).scalars() if name]


def _partner(s: OpenSession, row: Any) -> PartnerRecord:
    labels = s.execute(select(_LABEL.c.label).where(_LABEL.c.partner_id == row.id).order_by(_LABEL.c.position))
    return PartnerRecord(
        id=row.id,
        company_id=row.company_id,
        party=codec.from_plain(Party, codec.loads(row.data)),
        registered=row.registered,
        pk_labels=tuple(labels.scalars()),
        preferred_pk=row.preferred_pk,
        checked_at=row.checked_at,
    )
