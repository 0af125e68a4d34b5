"""What the partner cards say of e-Fatura registration, read and mended for many cards at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update

from app.storage.database import OpenSession
from app.storage.models import PartnerLabelRow, PartnerRow, table

_PARTNER: Final = table(PartnerRow)
_LABEL: Final = table(PartnerLabelRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRegistration:
    """The registration on one partner card. `registered` None: never asked."""

    partner_id: int
    company_id: int
    tax_number: str
    registered: bool | None
    labels: tuple[str, ...]
    checked_at: datetime | None


def list_registrations(s: OpenSession, company_ids: Collection[int]) -> list[CardRegistration]:
    """The cards of these companies."""
    labels: dict[int, list[str]] = {}
    for partner_id, label in s.execute(
        select(_LABEL.c.partner_id, _LABEL.c.label).order_by(_LABEL.c.partner_id, _LABEL.c.position)
    ):
        labels.setdefault(partner_id, []).append(label)
    rows = s.execute(
        select(
            _PARTNER.c.id, _PARTNER.c.company_id, _PARTNER.c.tax_number, _PARTNER.c.registered, _PARTNER.c.checked_at
        ).where(_PARTNER.c.company_id.in_(list(company_ids)))
    )
    return [
        CardRegistration(
            partner_id=row.id,
            company_id=row.company_id,
            tax_number=row.tax_number,
            registered=row.registered,
            labels=tuple(labels.get(row.id, ())),
            checked_at=row.checked_at,
        )
        for row in rows
    ]


def set_registration(
    s: OpenSession, card: CardRegistration, *, registered: bool, labels: Iterable[str], at: datetime
) -> None:
    """Write what is known now on one card; its chosen mailbox and everything else stay."""
    s.execute(
        update(_PARTNER)
        .where(_PARTNER.c.id == card.partner_id)
        .values(registered=registered, checked_at=at, updated_at=at)
    )
    s.execute(delete(_LABEL).where(_LABEL.c.partner_id == card.partner_id))
    values = [
        {"company_id": card.company_id, "partner_id": card.partner_id, "label": label, "position": position}
        for position, label in enumerate(dict.fromkeys(labels))
    ]
    if values:
        s.execute(insert(_LABEL), values)
