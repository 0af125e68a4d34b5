"""The office's own list of e-Fatura users: fetched whole once, then what has changed, every two hours when online.

Customers' cards follow it, and a lookup needs no connection. One list serves the office: where some companies work
with the real integrator and others with a test one it is the real one's, and only the cards of companies in that
environment follow it.
Source: İzibiz guide, "Mükellef Listesi Çekme (GetGibUserList)" and the rules for integrations ("her 2 saatte").
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from app.connectors.base import (
    AuthenticationFailed,
    Connector,
    ContractBroken,
    EndpointKind,
    Session,
    SessionExpired,
    Taxpayer,
    Unreachable,
)
from app.domain.errors import ConfigError
from app.domain.taxnumber import TaxNumber
from app.runtime.paths import DataFolder
from app.storage import companies, polling, registrations, taxpayer_list
from app.storage.records import AccountRecord
from app.storage.taxpayer_list import ListedAddress, ListState
from app.workflows import points
from app.workflows.context import WorkContext
from app.workflows.floors import CLOCK_SLACK

log = logging.getLogger(__name__)

#: The integrator's floor and its wish at once: not more often, not more seldom.
RENEW_EVERY: Final = timedelta(hours=2)
#: Now and then the whole list again: a change that never reached us is then mended.
WHOLE_EVERY: Final = timedelta(days=7)
# The integrator's clock and ours differ; what is told twice does no harm.
_OVERLAP: Final = timedelta(hours=1)
_WHAT: Final = "taxpayers"
_REPORT_EVERY: Final = 5_000
_CARDS_AT_ONCE: Final = 200
#: Whose list is worth more: the real one's.
_RANK: Final = {EndpointKind.LIVE: 0, EndpointKind.TEST: 1, EndpointKind.SANDBOX: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the list says of one number. `labels` are its mailboxes (PK), `as_of` how old that knowledge is.

    `source` is the environment: of another than the company's own it is a hint only.
    """

    registered: bool
    title: str
    labels: tuple[str, ...]
    registered_at: str
    as_of: datetime
    source: EndpointKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An account the list can be fetched with, where it leads, and the companies that work in that environment."""

    account: AccountRecord
    kind: EndpointKind
    company_ids: frozenset[int]


@dataclass(slots=True, kw_only=True)
class RenewReport:
    """What one renewal did. `updated_cards` are tax numbers whose card changed, each once."""

    is_whole: bool = False
    addresses: int = 0
    state: ListState | None = None
    updated_cards: list[str] = field(default_factory=list)
    skipped_until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "whole": self.is_whole,
            "addresses": self.addresses,
            "taxpayers": self.state.taxpayers if self.state is not None else 0,
            "updated_cards": len(self.updated_cards),
            "skipped_until": self.skipped_until.isoformat() if self.skipped_until is not None else None,
        }


def lookup(ctx: WorkContext, tax_number: TaxNumber | str) -> Registration | None:
    """Is this number registered for e-Fatura? Answered from the office's own list, without a connection.

    None: nobody knows, there is no list yet. Any thread; well under a millisecond on a list of a million.
    """
    digits = tax_number.digits if isinstance(tax_number, TaxNumber) else tax_number.strip()
    found = taxpayer_list.find(list_path(ctx), digits)
    if found is None:
        return None
    state, addresses = found
    return Registration(
        registered=bool(addresses),
        title=addresses[-1].title if addresses else "",
        labels=tuple(dict.fromkeys(a.alias for a in addresses if a.unit == "PK" and a.alias)),
        registered_at=addresses[0].registered_at if addresses else "",
        as_of=state.asked_at,
        source=EndpointKind(state.source),
    )


def state(ctx: WorkContext) -> ListState | None:
    """How large and how old the list is; None while there is none."""
    return taxpayer_list.read_state(list_path(ctx))


def list_path(ctx: WorkContext) -> Path:
    """The list lies beside the office's database."""
    return DataFolder(ctx.db.path.parent).taxpayers


def sources(ctx: WorkContext, connector_of: Callable[[str], Connector]) -> list[Source]:
    """The accounts that can fetch the office's list, all of one environment, oldest first."""
    with ctx.db.read() as s:
        accounts = companies.list_accounts(s)
    found: list[tuple[AccountRecord, EndpointKind]] = []
    for account in accounts:
        try:
            found.append((account, connector_of(account.connector).endpoint_kind(account.url)))
        except ConfigError as e:
            log.info("account %d cannot fetch the taxpayer list: %s", account.id, e.code)
    best = min((_RANK[kind] for _account, kind in found), default=None)
    chosen = [(account, kind) for account, kind in found if _RANK[kind] == best]
    company_ids = frozenset(account.company_id for account, _kind in chosen)
    return [Source(account=account, kind=kind, company_ids=company_ids) for account, kind in chosen]


def next_allowed(ctx: WorkContext, source: Source) -> datetime | None:
    """None when the list may be asked for now, else from when. The floor is the same whoever asks, also by hand."""
    now = ctx.clock.now()
    with ctx.db.read() as s:
        asked = [polling.last_poll(s, source.account.id, _WHAT)]
    known = state(ctx)
    if known is not None and known.source == source.kind.value:
        asked.append(known.asked_at)
    # A moment that lies ahead was written by a clock that has been put right since; it holds nothing up.
    times = [at for at in asked if at is not None and at - now <= CLOCK_SLACK]
    if not times or now >= max(times) + RENEW_EVERY:
        return None
    return max(times) + RENEW_EVERY


def refresh(ctx: WorkContext, source: Source, session: Session) -> RenewReport:
    """Bring the list up to date over `session`, then the cards. Before its time it says so and asks nothing.

    Raises: ConnectorError; the list is then as it was. JobCancelled likewise.
    """
    allowed = next_allowed(ctx, source)
    if allowed is not None:
        return RenewReport(skipped_until=allowed, state=state(ctx))
    known, now = state(ctx), ctx.clock.now()
    is_whole = (
        known is None or known.source != source.kind.value or known.asked_at > now or now - known.full_at >= WHOLE_EVERY
    )
    report = RenewReport(is_whole=is_whole)
    since = None if is_whole or known is None else known.asked_at - _OVERLAP
    arriving = _arriving(ctx, source, session, since, report)
    changed: Collection[str] = ()
    if since is None:
        try:
            report.state = taxpayer_list.replace_all(list_path(ctx), arriving, source=source.kind.value, at=now)
        except ValueError as e:
            raise ContractBroken(
                "TAXPAYERS.EMPTY",
                "Mükellef listesi alınmadı.",
                why="Entegratör içinde kimse olmayan bir liste gönderdi.",
                todo="Eldeki liste geçerli kalır; iki saat sonra yeniden alınır.",
                retry_safe=True,
            ) from e
    else:
        report.state, changed = taxpayer_list.apply_changes(list_path(ctx), arriving, at=now)
    report.updated_cards = update_cards(ctx, source, changed=changed)
    return report


def renew(ctx: WorkContext, source: Source, session_of: Callable[[AccountRecord], Session]) -> RenewReport:
    """`refresh` with the account's own session, which is not even opened before its time."""
    allowed = next_allowed(ctx, source)
    if allowed is not None:
        return RenewReport(skipped_until=allowed, state=state(ctx))
    return refresh(ctx, source, session_of(source.account))


def update_cards(ctx: WorkContext, source: Source, *, changed: Collection[str] = ()) -> list[str]:
    """Let the customers' cards say what the list says; returns the tax numbers of those whose card changed.

    Every card is looked at: one may be new, or of an older backup. One that was asked about in the last hours knows
    better than the list, unless the list has just been told a change (`changed`).
    """
    now = ctx.clock.now()
    with ctx.db.read() as s:
        cards = registrations.list_registrations(s, source.company_ids)
    listed = taxpayer_list.find_many(list_path(ctx), (card.tax_number for card in cards))
    todo = []
    for card in cards:
        labels = listed.get(card.tax_number, [])
        is_registered = card.tax_number in listed
        is_fresh = card.checked_at is not None and now - card.checked_at < RENEW_EVERY
        if is_fresh and card.tax_number not in changed:
            continue
        if card.registered is not is_registered or set(card.labels) != set(labels):
            todo.append((card, is_registered, labels))
    for start in range(0, len(todo), _CARDS_AT_ONCE):
        ctx.progress.checkpoint()
        with ctx.db.write(points.PARTNER) as s:
            for card, is_registered, labels in todo[start : start + _CARDS_AT_ONCE]:
                registrations.set_registration(s, card, registered=is_registered, labels=labels, at=now)
    return list(dict.fromkeys(card.tax_number for card, _is_registered, _labels in todo))


def _arriving(
    ctx: WorkContext, source: Source, session: Session, since: datetime | None, report: RenewReport
) -> Iterator[ListedAddress]:
    """The addresses as they come. The question counts as asked unless it surely never arrived."""
    account_id = source.account.id
    with ctx.db.write(points.POLL) as s:
        before = polling.last_poll(s, account_id, _WHAT)
        polling.mark_poll(s, account_id, _WHAT, ctx.clock.now())
    ctx.progress.report(0, 0, "Mükellef listesi alınıyor")
    try:
        for taxpayer in session.taxpayers(changed_since=since):
            report.addresses += 1
            if report.addresses % _REPORT_EVERY == 0:
                ctx.progress.checkpoint()
                ctx.progress.report(report.addresses, 0, "Mükellef listesi alınıyor")
            yield _listed(taxpayer)
    except (Unreachable, AuthenticationFailed, SessionExpired) as error:
        if not report.addresses and not getattr(error, "maybe_processed", False):
            with ctx.db.write(points.POLL) as s:
                polling.restore_poll(s, account_id, _WHAT, before)
        raise


def _listed(taxpayer: Taxpayer) -> ListedAddress:
    return ListedAddress(
        vkn=taxpayer.vkn,
        unit=taxpayer.unit or "PK",
        alias=taxpayer.alias,
        title=taxpayer.title,
        kind=taxpayer.kind,
        registered_at=taxpayer.registered_at,
        created_at=taxpayer.alias_created_at,
        is_deleted=taxpayer.deleted,
    )
