"""The office's own taxpayer list over the real sandbox: whole once, then changes, floors obeyed, cards follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.connectors.base import ContractBroken, EndpointKind, Unreachable
from app.demo import people
from app.domain.errors import JobCancelled
from app.domain.party import Party
from app.domain.taxnumber import parse_tax_number
from app.storage import companies as stored
from app.storage.records import PartnerRecord
from app.workflows import partners, taxpayers

from .conftest import Desk, found

NEW = "1111111111"
NEW_PK = "urn:mail:pk@yeni.example"
STRANGER = "1234567803"


def source(desk: Desk) -> taxpayers.Source:
    (only,) = taxpayers.sources(desk.ctx, desk.office.connector)
    return only


def renew(desk: Desk) -> taxpayers.RenewReport:
    return taxpayers.renew(desk.ctx, source(desk), desk.office.session)


def add_card(desk: Desk, digits: str, name: str = "Yeni Mükellef A.Ş.") -> PartnerRecord:
    party = Party(tax_number=parse_tax_number(digits), title=name)
    with desk.office.db.write("db.partner") as s:
        return stored.save_partner(s, desk.company.id, party, at=desk.clock.now())


def card(desk: Desk, digits: str) -> PartnerRecord:
    with desk.office.db.read() as s:
        record = stored.get_partner(s, desk.company.id, digits)
    assert record is not None
    return record


def test_iz_f_03_the_list_answers_without_a_connection(desk: Desk) -> None:
    assert taxpayers.lookup(desk.ctx, STRANGER) is None, "no list: nobody knows"
    report = renew(desk)
    assert report.is_whole and report.addresses >= len(people.BUYERS)
    assert desk.calls("GetGibUserList") == 1
    desk.sandbox.arm("drop_before", "*", 99)
    buyer = people.buyer_number(0)
    known = taxpayers.lookup(desk.ctx, parse_tax_number(buyer))
    assert known is not None
    assert (known.registered, known.title, known.labels) == (
        True,
        people.buyer_name(0),
        tuple(people.buyer_labels(0)),
    )
    assert (known.as_of, known.source) == (desk.clock.now(), EndpointKind.SANDBOX)
    unknown = taxpayers.lookup(desk.ctx, f" {STRANGER} ")
    assert unknown is not None and not unknown.registered and unknown.labels == ()


def test_the_list_lies_beside_the_database(desk: Desk) -> None:
    renew(desk)
    assert taxpayers.list_path(desk.ctx) == desk.office.folder.taxpayers
    assert desk.office.folder.taxpayers.exists()


def test_iz_f_30_it_is_renewed_every_two_hours_and_cards_follow(desk: Desk) -> None:
    renew(desk)
    add_card(desk, NEW)
    desk.sandbox.register(NEW, "Yeni Mükellef A.Ş.", pk=[NEW_PK], gb=[])
    desk.push(hours=1, minutes=59)
    early = renew(desk)
    assert early.skipped_until is not None and (early.skipped_until - desk.clock.now()).total_seconds() == 60
    assert desk.calls("GetGibUserList") == 1
    assert card(desk, NEW).registered is None
    desk.push(minutes=1)
    report = renew(desk)
    assert not report.is_whole and report.updated_cards == [NEW]
    assert desk.calls("GetGibUserList") == 2
    assert (card(desk, NEW).registered, card(desk, NEW).pk_labels) == (True, (NEW_PK,))
    # The mailbox is closed: the card says so, what was chosen for it stays for the day it opens again.
    partners.remember_choice(desk.ctx, desk.company, card(desk, NEW), NEW_PK)
    desk.sandbox.register(NEW, "Yeni Mükellef A.Ş.", pk=[], gb=[])
    desk.push(hours=2)
    assert renew(desk).updated_cards == [NEW]
    gone = card(desk, NEW)
    assert (gone.registered, gone.pk_labels, gone.preferred_pk) == (False, (), NEW_PK)
    known = taxpayers.lookup(desk.ctx, NEW)
    assert known is not None and not known.registered
    desk.push(hours=2)
    assert renew(desk).updated_cards == [], "nothing has changed"


def test_the_floor_holds_over_a_restart_and_for_the_other_account_too(desk: Desk, tmp_path: Path) -> None:
    renew(desk)
    other = found(desk.office, desk.sandbox, tmp_path, vkn="1234567803", title="Öteki Ltd. Şti.")
    both = taxpayers.sources(desk.ctx, desk.office.connector)
    assert [s.account.company_id for s in both] == [desk.company.id, other.id]
    assert both[0].company_ids == {desk.company.id, other.id}
    for one in both:
        assert taxpayers.renew(desk.ctx, one, desk.office.session).skipped_until is not None
    assert desk.calls("GetGibUserList") == 1


def test_a_card_that_came_in_between_is_filled_by_the_next_renewal(desk: Desk) -> None:
    """A new card, or one of an older backup: the list had nothing new to say of it."""
    renew(desk)
    add_card(desk, people.buyer_number(1), people.buyer_name(1))
    assert card(desk, people.buyer_number(1)).registered is None
    desk.push(hours=2)
    report = renew(desk)
    assert not report.is_whole and report.updated_cards == [people.buyer_number(1)]
    assert card(desk, people.buyer_number(1)).registered is True


def test_a_whole_list_comes_again_after_a_week(desk: Desk) -> None:
    renew(desk)
    desk.push(days=6)
    assert not renew(desk).is_whole
    desk.push(days=1)
    assert renew(desk).is_whole
    desk.push(hours=2)
    assert not renew(desk).is_whole


def test_a_cards_own_fresh_answer_is_not_undone_by_the_whole_list(desk: Desk) -> None:
    party = Party(tax_number=parse_tax_number(STRANGER), title="Bu sabah kaydoldu")
    with desk.office.db.write("db.partner") as s:
        stored.save_partner(
            s, desk.company.id, party, registered=True, pk_labels=["urn:x"], checked_at=desk.clock.now(),
            at=desk.clock.now(),
        )  # fmt: skip
    assert renew(desk).updated_cards == []
    assert card(desk, STRANGER).registered is True


def test_an_unreachable_integrator_costs_neither_the_list_nor_the_two_hours(desk: Desk) -> None:
    renew(desk)
    desk.push(hours=2)
    before = taxpayers.state(desk.ctx)
    desk.sandbox.stop()
    with pytest.raises(Unreachable):
        renew(desk)
    assert taxpayers.state(desk.ctx) == before
    assert taxpayers.next_allowed(desk.ctx, source(desk)) is None, "a question that never arrived is no question"


class Told:
    """A session that tells what a test says; the rest is not used."""

    def __init__(self, *told: Any) -> None:
        self.told = told

    def taxpayers(self, *, changed_since: Any = None) -> Any:
        for one in self.told:
            if isinstance(one, Exception):
                raise one
            yield one


def test_a_broken_or_empty_list_leaves_the_old_one_and_counts_as_asked(desk: Desk) -> None:
    renew(desk)
    before = taxpayers.state(desk.ctx)
    desk.push(days=8)
    for told in (Told(), Told(ContractBroken("IZIBIZ.TAXPAYERS", "Mükellef listesi okunamadı."))):
        with pytest.raises(ContractBroken):
            taxpayers.refresh(desk.ctx, source(desk), told)  # type: ignore[arg-type]
        assert taxpayers.state(desk.ctx) == before
        assert taxpayers.next_allowed(desk.ctx, source(desk)) is not None
        desk.push(hours=2)
    assert renew(desk).is_whole


def test_cancelling_keeps_the_old_list(desk: Desk) -> None:
    class Stops:
        def report(self, _done: int, _total: int, _what: str) -> None:
            return None

        def checkpoint(self) -> None:
            raise JobCancelled

    from app.connectors.base import Taxpayer

    renew(desk)
    before = taxpayers.state(desk.ctx)
    desk.push(days=8)
    many = [Taxpayer(vkn=f"{n:010d}", title="", alias="urn:x", unit="PK") for n in range(5_001)]
    with pytest.raises(JobCancelled):
        taxpayers.refresh(desk.office.context(Stops()), source(desk), Told(*many))  # type: ignore[arg-type]
    assert taxpayers.state(desk.ctx) == before


def test_a_list_of_another_environment_is_replaced(desk: Desk) -> None:
    from dataclasses import replace

    from app.connectors.base import Taxpayer

    renew(desk)
    real = replace(source(desk), kind=EndpointKind.TEST)
    real = replace(real, account=replace(real.account, id=real.account.id))
    desk.push(hours=2)
    told = Told(Taxpayer(vkn=NEW, title="Gerçek", alias=NEW_PK, unit="PK"))
    assert taxpayers.refresh(desk.ctx, real, told).is_whole  # type: ignore[arg-type]
    known = taxpayers.lookup(desk.ctx, people.buyer_number(0))
    assert known is not None and not known.registered and known.source is EndpointKind.TEST


def test_offline_the_list_tells_a_buyers_mailbox(desk: Desk) -> None:
    """A new buyer while the line is down: what the list says goes onto the card, and is asked again when online."""
    renew(desk)
    party = Party(tax_number=parse_tax_number(people.buyer_number(0)), title=people.buyer_name(0))
    record = partners.ensure_registration(desk.ctx, desk.company, party, None)
    assert (record.registered, record.pk_labels) == (True, tuple(people.buyer_labels(0)))
    stranger = Party(tax_number=parse_tax_number(STRANGER), title="Kimse")
    assert partners.ensure_registration(desk.ctx, desk.company, stranger, None).registered is False
    desk.push(days=2)
    newer = Party(tax_number=parse_tax_number(NEW), title="Yeni")
    assert partners.ensure_registration(desk.ctx, desk.company, newer, None).registered is None, "too old for a no"
