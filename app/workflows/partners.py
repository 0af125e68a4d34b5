"""Is the buyer registered, and at which address? Asked once, remembered, asked again when it grows old."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.connectors.base import Session, Unreachable
from app.domain.errors import RuleBroken
from app.domain.party import Party
from app.storage import companies
from app.storage.records import CompanyRecord, PartnerRecord
from app.workflows import points, taxpayers
from app.workflows.context import WorkContext

#: A buyer's registration older than this is asked again when there is a connection.
FRESH_FOR = timedelta(days=1)


def ensure_registration(
    ctx: WorkContext, company: CompanyRecord, party: Party, session: Session | None, *, ask_again: bool = False
) -> PartnerRecord:
    """Return the buyer's card, asking the integrator when we do not know or the answer is old.

    With `ask_again` (the user pressed "Sorgula") a fresh answer is asked anew too. `session` None means no connection:
    what is known is used as it is.
    Raises: ConnectorError when the question itself failed and nothing was known before.
    """
    digits = party.tax_number.digits
    with ctx.db.read() as s:
        known = companies.get_partner(s, company.id, digits)
    now = ctx.clock.now()
    is_fresh = known is not None and known.checked_at is not None and now - known.checked_at < FRESH_FOR
    # A "no" is asked again each time there is a connection: the buyer may have registered this morning.
    is_enough = is_fresh and not ask_again
    if is_enough and known is not None and (known.registered or (known.registered is False and session is None)):
        return known
    if session is None:
        if known is not None and known.registered is not None:
            return known
        return _from_the_list(ctx, company, party)
    try:
        addresses = [t for t in session.check_taxpayer(digits) if not t.deleted]
    except Unreachable:
        # The line is down: an old answer is better than none, the integrator looks again when the invoice is sent.
        if known is not None and known.registered is not None:
            return known
        raise
    labels = tuple(dict.fromkeys(t.alias for t in addresses if t.unit in ("PK", "")))
    return _remember(ctx, company, party, registered=bool(addresses), labels=labels)


def _from_the_list(ctx: WorkContext, company: CompanyRecord, party: Party) -> PartnerRecord:
    """A buyer nobody asked about, offline: what the office's own list says. A "no" must be of today."""
    listed = taxpayers.lookup(ctx, party.tax_number)
    if listed is None or (not listed.registered and ctx.clock.now() - listed.as_of >= FRESH_FOR):
        return _remember(ctx, company, party, registered=None, labels=())
    return _remember(ctx, company, party, registered=listed.registered, labels=listed.labels, checked_at=listed.as_of)


def choose_label(partner: PartnerRecord, wanted: str) -> str:
    """The mailbox to send to. Several and none chosen: the user must say (IZ-F-31).

    Raises: RuleBroken (LABEL.CHOOSE, LABEL.UNKNOWN, LABEL.NONE).
    """
    if wanted:
        if partner.pk_labels and wanted not in partner.pk_labels:
            raise RuleBroken(
                "LABEL.UNKNOWN",
                f"{wanted} etiketi alıcıya ait değil.",
                why=f"Alıcının etiketleri: {', '.join(partner.pk_labels)}.",
                todo="Taslakta alıcı etiketini bunlardan biri yapın.",
            )
        return wanted
    if partner.preferred_pk and partner.preferred_pk in partner.pk_labels:
        return partner.preferred_pk
    if len(partner.pk_labels) == 1:
        return partner.pk_labels[0]
    if not partner.pk_labels:
        raise RuleBroken(
            "LABEL.NONE",
            "Alıcının posta kutusu etiketi bilinmiyor.",
            todo="Bağlantı varken alıcıyı sorgulayın ya da etiketi elle yazın.",
        )
    raise RuleBroken(
        "LABEL.CHOOSE",
        "Alıcının birden çok posta kutusu var.",
        why=f"Etiketler: {', '.join(partner.pk_labels)}.",
        todo="Taslakta alıcı etiketini seçin; seçim bir sonraki fatura için hatırlanır.",
    )


def sender_label(company: CompanyRecord, wanted: str, session: Session | None) -> str:
    """The sending unit: the draft's, else the card's, else the only one that GİB knows. Raises: RuleBroken.

    Never left to the integrator, which would choose one by itself.
    """
    if wanted:
        return wanted
    if company.company.labels.gb:
        return company.company.labels.gb[0]
    found: list[str] = []
    if session is not None:
        own = session.check_taxpayer(company.company.tax_number.digits)
        found = list(dict.fromkeys(t.alias for t in own if t.unit == "GB" and not t.deleted and t.alias))
    if len(found) == 1:
        return found[0]
    raise RuleBroken(
        "LABEL.SENDER",
        "Gönderici birim etiketi belli değil; numara verilmedi.",
        why=f"Firmanın etiketleri: {', '.join(found)}." if found else "Firma kartında gönderici birim etiketi yok.",
        todo="Firma kartındaki labels.gb alanına entegratörün verdiği etiketi yazın (urn:mail:… ile başlar).",
    )


def remember_choice(ctx: WorkContext, company: CompanyRecord, partner: PartnerRecord, label: str) -> None:
    """Keep the chosen mailbox for the next invoice."""
    if partner.preferred_pk == label:
        return
    with ctx.db.write(points.PARTNER) as s:
        companies.save_partner(
            s,
            company.id,
            partner.party,
            registered=partner.registered,
            pk_labels=partner.pk_labels,
            preferred_pk=label,
            checked_at=partner.checked_at,
            at=ctx.clock.now(),
        )


def _remember(
    ctx: WorkContext,
    company: CompanyRecord,
    party: Party,
    *,
    registered: bool | None,
    labels: tuple[str, ...],
    checked_at: datetime | None = None,
) -> PartnerRecord:
    now = ctx.clock.now()
    with ctx.db.write(points.PARTNER) as s:
        known = companies.get_partner(s, company.id, party.tax_number.digits)
        return companies.save_partner(
            s,
            company.id,
            party,
            registered=registered,
            pk_labels=labels,
            preferred_pk=known.preferred_pk if known is not None else "",
            checked_at=(checked_at or now) if registered is not None else None,
            at=now,
        )
