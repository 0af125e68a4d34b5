from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import ConfigError
from app.domain.lifecycle import DocumentKind, SealingMode
from app.domain.party import Accountant, Address, Branch, Company, Labels, Party
from app.domain.taxnumber import parse_tax_number
from app.storage import companies, polling, settings_store


def _full_company() -> Company:
    return Company(
        party=Party(
            tax_number=parse_tax_number("1234567890"),
            title="Çınar İnşaat Işık A.Ş.",
            tax_office="Beşiktaş",
            address=Address(street="Gül Sk.", district="Şişli", city="İstanbul"),
            identifiers=(("MERSISNO", "0123"), ("TICARETSICILNO", "9")),
        ),
        labels=Labels(gb=("urn:mail:defaultgb@x",), pk=("urn:mail:pk1@x", "urn:mail:pk2@x")),
        series={"einvoice": "ABC"},
        default_sealing_mode=SealingMode.INTEGRATOR,
        sealing_modes={DocumentKind.INVOICE: SealingMode.OWN},
        logo=b"\x89PNG logo",
        stamp=b"\xff\xd8 stamp",
        branches=(Branch(no="0001", name="Şube"),),
        accountant=Accountant(name="Ayşe", address=Address(city="Ankara")),
        ledger_start={"2026": "2026-01-01"},
    )


def test_company_comes_back_as_it_was(lab: Any) -> None:
    company = _full_company()
    with lab.db.write(lab.point) as s:
        saved = companies.save_company(s, company, at=lab.now)
    with lab.db.read() as s:
        assert companies.get_company(s, company.tax_number) == saved
        assert companies.get_company(s, "1234567890") == saved
        assert companies.company_by_id(s, saved.id).company == company


def test_saving_again_replaces_the_card_and_keeps_the_id(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        saved = companies.save_company(s, _full_company(), at=lab.now)
    assert saved.id == lab.company.id
    with lab.db.read() as s:
        assert [c.company.party.title for c in companies.list_companies(s)] == ["Çınar İnşaat Işık A.Ş."]


def test_unknown_company_is_none(lab: Any) -> None:
    with lab.db.read() as s:
        assert companies.get_company(s, "1111111111") is None


def test_account_is_one_per_company_and_connector(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        first = companies.save_account(
            s,
            lab.company.id,
            connector="izibiz",
            url="http://127.0.0.1:1",
            user="u",
            secret_name="izibiz/1234567890",
            settings={"einvoice_path": "/EFaturaOIB"},
            labels=("urn:mail:pk1@x",),
        )
        second = companies.save_account(
            s, lab.company.id, connector="izibiz", url="http://127.0.0.1:2", user="v", secret_name="n", settings={}
        )
    assert first.settings == {"einvoice_path": "/EFaturaOIB"}
    assert first.labels == ("urn:mail:pk1@x",)
    assert second.id == first.id
    with lab.db.read() as s:
        assert companies.get_account(s, lab.company.id) == second
        assert companies.get_account(s, lab.company.id, "izibiz") == second
        assert companies.get_account(s, lab.company.id, "uyumsoft") is None
        assert companies.list_accounts(s) == [second]


def test_partner_comes_back_with_its_labels_in_order(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        saved = companies.save_partner(
            s,
            lab.company.id,
            lab.party(),
            registered=True,
            pk_labels=("urn:mail:b@x", "urn:mail:a@x", "urn:mail:b@x"),
            preferred_pk="urn:mail:a@x",
            checked_at=lab.now,
            at=lab.now,
        )
    assert saved.pk_labels == ("urn:mail:b@x", "urn:mail:a@x")
    with lab.db.read() as s:
        assert companies.get_partner(s, lab.company.id, "9876543210") == saved


def test_partner_not_asked_yet_is_neither_registered_nor_not(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        companies.save_partner(s, lab.company.id, lab.party(), at=lab.now)
    with lab.db.read() as s:
        known = companies.get_partner(s, lab.company.id, "9876543210")
    assert known is not None
    assert known.registered is None
    assert known.checked_at is None


def test_partners_of_companies_are_apart(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    with lab.db.write(lab.point) as s:
        companies.save_partner(s, lab.company.id, lab.party(), registered=True, at=lab.now)
    with lab.db.read() as s:
        assert companies.get_partner(s, other.id, "9876543210") is None


def test_partners_are_found_by_the_start_of_the_name_whatever_its_letters(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        for vkn, title in (("1000000001", "İstanbul Şeker"), ("1000000002", "ISPARTA Gül"), ("1000000003", "Ankara")):
            companies.save_partner(s, lab.company.id, lab.party(vkn, title), at=lab.now)
    with lab.db.read() as s:
        found = [p.party.title for p in companies.list_partners(s, lab.company.id, starts_with="ıs")]
    assert found == ["ISPARTA Gül", "İstanbul Şeker"]


def test_last_poll_survives_and_is_per_account_and_thing(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        account = companies.save_account(s, lab.company.id, connector="izibiz", url="u", user="u", secret_name="n")
        assert polling.last_poll(s, account.id, "receive") is None
        polling.mark_poll(s, account.id, "receive", lab.now)
        polling.mark_poll(s, account.id, "receive", lab.now + timedelta(minutes=15))
    with lab.db.read() as s:
        assert polling.last_poll(s, account.id, "receive") == lab.now + timedelta(minutes=15)
        assert polling.last_poll(s, account.id, "status") is None


def _account_at(s: Any, company_id: int, connector: str) -> Any:
    return companies.save_account(
        s, company_id, connector=connector, url="http://127.0.0.1:1", user="u", secret_name=f"{connector}:1"
    )


def test_of_several_accounts_the_chosen_one_sends(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        first = _account_at(s, lab.company.id, "izibiz")
        second = _account_at(s, lab.company.id, "uyumsoft")
        assert companies.get_account(s, lab.company.id) == first, "none chosen: the oldest"
        assert companies.choose_account(s, lab.company.id, "uyumsoft") == second
        assert companies.get_account(s, lab.company.id) == second
        assert companies.get_account(s, lab.company.id, "izibiz") == first
        with pytest.raises(ConfigError, match="hesabı bulunamadı"):
            companies.choose_account(s, lab.company.id, "turkcell")
    with lab.db.read() as s:
        assert companies.get_account(s, lab.company.id) == second
        assert companies.get_account(s, lab.company.id + 1) is None


def test_a_choice_whose_account_is_gone_counts_as_none(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        first = _account_at(s, lab.company.id, "izibiz")
        settings_store.save_setting(s, f"sending_account:{lab.company.id}", "uyumsoft")
        assert companies.get_account(s, lab.company.id) == first
