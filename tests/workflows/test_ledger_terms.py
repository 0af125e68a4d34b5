"""How a company's ledgers are built by its card and the office's settings, and what its card still lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import InputError
from app.domain.ledger_terms import EXPORT_FORMATS, LedgerMode, LedgerTerms, application_problem
from app.runtime.settings import LEDGER_APPLICATION, LEDGER_PART_MB
from app.storage import settings_store
from app.ubl.company_json import company_from_json, company_to_json
from app.workflows import companies
from app.workflows.ledger_card import card_fields, company_fields, keep_office_accountant, office_accountant
from app.workflows.ledger_export import FORMATS
from app.workflows.ledger_terms import build_options, is_exporting

OFFICE = "9205121120##Çınar Yazılım A.Ş.##Defterci##2.1"
OWN = "7750409379##Işıl A.Ş.##Kendi##1"


def test_the_companys_word_goes_before_the_offices(desk: Any) -> None:
    settings, company = desk.office.settings, desk.company
    assert build_options(settings, company).source_application.endswith(f"##Mühürdar##{_version()}")
    settings.set(LEDGER_APPLICATION, OFFICE)
    settings.set(LEDGER_PART_MB, 100)
    made = build_options(settings, company)
    assert (made.source_application, made.max_part_bytes) == (OFFICE, 100 * 1024 * 1024)
    terms = LedgerTerms(source_application=OWN, max_part_mb=50)
    special = companies.save_company(desk.ctx, replace(company.company, ledger=terms))
    made = build_options(settings, special)
    assert (made.source_application, made.max_part_bytes) == (OWN, 50 * 1024 * 1024)
    assert build_options(settings, special, max_part_mb=10).max_part_bytes == 10 * 1024 * 1024
    assert not is_exporting(special)
    fed = replace(special.company, ledger=LedgerTerms(mode=LedgerMode.INTEGRATOR))
    assert is_exporting(companies.save_company(desk.ctx, fed))


def _version() -> str:
    from app import __version__

    return __version__


def test_every_format_of_the_card_can_be_written() -> None:
    assert set(EXPORT_FORMATS) == set(FORMATS)


@pytest.mark.parametrize(
    ("text", "part"),
    [(OFFICE, ""), ("Defterci", "dört bölüm"), ("12##A##B##1", "10 haneli"), ("9205121120##A## ##1", "program adı")],
)
def test_the_form_of_a_program_is_checked(desk: Any, text: str, part: str) -> None:
    problem = application_problem(text)
    assert part in problem and bool(part) == bool(problem)
    if part:
        with pytest.raises(InputError) as caught:
            desk.office.settings.set(LEDGER_APPLICATION, text)
        assert caught.value.code == "SETTING.FORM"


def test_a_whole_card_and_a_bare_one(desk: Any) -> None:
    bare = company_from_json({"vkn": "7750409379", "title": "Işıl A.Ş."})
    missing = {field.key for field in company_fields(bare) if field.is_required and not field.is_complete}
    needed = {"phone", "email", "address.street", "address.city", "address.postal_code", "nace", "accountant.name"}
    assert missing == needed | {"fiscal_year_start", "fiscal_year_end"}
    data = company_to_json(desk.company.company) | {"nace": "310903", "accountant": {"name": "Ayşe Işık"}}
    assert all(field.is_complete for field in card_fields(data) if field.is_required)
    fed = data | {"ledger": {"mode": "integrator", "uses_branches": True}}
    missing = {field.key for field in card_fields(fed) if field.is_required and not field.is_complete}
    assert missing == {"ledger.export_format", "branches"}


def test_the_offices_program_counts_for_every_card(desk: Any) -> None:
    company = desk.company.company
    alone = {field.key: field for field in company_fields(company)}
    assert not alone["ledger.source_application"].is_complete
    under = {field.key: field for field in company_fields(company, office_application=OFFICE)}
    assert under["ledger.source_application"].is_complete


def test_the_offices_accountant_is_kept(desk: Any) -> None:
    with desk.office.db.read() as s:
        assert office_accountant(s) == {}
    facts = {"name": "Ayşe Işık", "address": {"city": "İzmir"}}
    with desk.office.db.write(settings_store.POINT) as s:
        keep_office_accountant(s, facts)
    with desk.office.db.read() as s:
        assert office_accountant(s) == facts
