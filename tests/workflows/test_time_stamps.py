"""How the office's settings, a company's card and one build's own word make a stamper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.books import BookKind
from app.domain.errors import AppError
from app.domain.ledger_terms import LedgerTerms, StampedFiles
from app.domain.party import Company, Party
from app.domain.protocols import SecretStore
from app.domain.taxnumber import TaxNumber
from app.runtime.secrets import MemorySecretStore
from app.runtime.settings import TSA_FILES, TSA_LOGIN, TSA_POLICY, TSA_ROOTS, TSA_URL, TSA_USER, Setting, Settings
from app.sandbox.tsa import POLICY, TimeStampAuthority
from app.workflows.time_stamps import save_password, secret_name, stamping_of, try_stamper

COMPANY = Company(party=Party(tax_number=TaxNumber("1234567808")))


@pytest.fixture
def tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority(login="basic", user="ofis", password="gizli") as authority:
        yield authority


def settings_with(values: dict[Setting[Any], Any]) -> Settings:
    kept: dict[str, object] = {}
    made = Settings(lambda: kept, kept.__setitem__)
    for setting, value in values.items():
        made.set(setting, value)
    return made


def card(files: StampedFiles) -> Company:
    return replace(COMPANY, ledger=LedgerTerms(time_stamp=files))


def never() -> SecretStore:
    raise AssertionError("a build that stamps nothing must not open the secret store")


@pytest.mark.parametrize(
    ("office", "company", "build", "wanted"),
    [
        ("never", StampedFiles.OFFICE, StampedFiles.OFFICE, None),
        ("berats", StampedFiles.OFFICE, StampedFiles.OFFICE, StampedFiles.BERATS),
        ("berats", StampedFiles.NEVER, StampedFiles.OFFICE, None),
        ("never", StampedFiles.ALL, StampedFiles.OFFICE, StampedFiles.ALL),
        ("all", StampedFiles.ALL, StampedFiles.NEVER, None),
    ],
)
def test_the_nearest_word_counts(
    office: str, company: StampedFiles, build: StampedFiles, wanted: StampedFiles | None
) -> None:
    settings = settings_with({TSA_URL: "http://127.0.0.1:1", TSA_FILES: office})
    found = stamping_of(settings, never, card(company), files=build)
    assert (found.files if found else None) is wanted


def test_which_files_get_a_stamp() -> None:
    settings = settings_with({TSA_URL: "http://127.0.0.1:1"})
    berats = stamping_of(settings, never, card(StampedFiles.BERATS))
    everything = stamping_of(settings, never, card(StampedFiles.ALL))
    assert berats and everything
    kinds = [BookKind.JOURNAL, BookKind.LEDGER_BERAT, BookKind.INVENTORY, BookKind.INVENTORY_BERAT]
    assert [berats.stamper_for(kind) is not None for kind in kinds] == [False, True, False, True]
    assert all(everything.stamper_for(kind) for kind in kinds)


def test_a_trial_with_everything_set(tsa: TimeStampAuthority, tmp_path: Path) -> None:
    root = tmp_path / "kok.pem"
    root.write_bytes(tsa.root_pem)
    settings = settings_with(
        {TSA_URL: tsa.url, TSA_LOGIN: "basic", TSA_USER: "ofis", TSA_POLICY: POLICY, TSA_ROOTS: f"{root}\n"}
    )
    secrets = MemorySecretStore()
    save_password(settings, secrets, "gizli")
    assert secrets.get(secret_name(tsa.url, "ofis")) == "gizli"
    report = try_stamper(settings, secrets)
    assert (report.valid, report.trusted, report.policy, tsa.stamped) == (True, True, POLICY, 1)
    save_password(settings, secrets, "")
    assert secrets.get(secret_name(tsa.url, "ofis")) is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "TSA.NOT_SET"),
        ({TSA_URL: "zd.kamusm.gov.tr"}, "TSA.ADDRESS"),
        ({TSA_URL: "http://127.0.0.1:1", TSA_LOGIN: "basic", TSA_USER: "a"}, "TSA.PASSWORD"),
        ({TSA_URL: "http://127.0.0.1:1", TSA_ROOTS: "/yok/kok.pem"}, "TSA.ROOTS"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_missing_is_said_before_anything_is_built(values: dict[Setting[Any], Any], code: str) -> None:
    with pytest.raises(AppError) as refused:
        stamping_of(settings_with(values), MemorySecretStore, card(StampedFiles.BERATS))
    assert refused.value.code == code and refused.value.todo
