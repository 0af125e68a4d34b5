"""What the integrator says of a number while it is being typed into an invoice."""

from __future__ import annotations

from dataclasses import replace

from app.connectors.base import Session
from app.domain.party import Party
from app.storage import companies
from app.storage.records import CompanyRecord, PartnerRecord
from app.workflows import points
from app.workflows.context import WorkContext


def find_registration(ctx: WorkContext, company: CompanyRecord, party: Party, session: Session) -> PartnerRecord | None:
    """Ask and keep the answer on the buyer's card; the title that comes with it fills a missing one.

    None when the number is not registered and nobody has written a name yet: a card without a name is not kept.
    Raises: ConnectorError.
    """
    digits = party.tax_number.digits
    addresses = [t for t in session.check_taxpayer(digits) if not t.deleted]
    title = next((t.title for t in addresses if t.title), "")
    named = party if party.display_name or not party.tax_number.is_vkn else replace(party, title=title)
    if not named.display_name:
        return None
    now = ctx.clock.now()
    with ctx.db.write(points.PARTNER) as s:
        known = companies.get_partner(s, company.id, digits)
        return companies.save_partner(
            s,
            company.id,
            # What stands on a card already is fuller than a form that is half typed.
            known.party if known is not None and known.party.display_name else named,
            registered=bool(addresses),
            pk_labels=tuple(dict.fromkeys(t.alias for t in addresses if t.unit in ("PK", ""))),
            preferred_pk=known.preferred_pk if known is not None else "",
            checked_at=now,
            at=now,
        )
