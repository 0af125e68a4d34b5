"""How an integrator wants receipts written stands with its account, and whoever seals them obeys it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import ConfigError
from app.domain.extras import EArchive
from app.domain.lifecycle import DocumentKind
from app.workflows import companies, papers
from tests.ubl.scenarios import freelance_receipt

PASSWORD = "demo-parola"


def connect(desk: Any, spelling: str) -> None:
    account = companies.require_account(desk.ctx, desk.company)
    companies.set_connector(
        desk.ctx,
        desk.company,
        desk.office.connector("izibiz"),
        url=account.url,
        user=account.user,
        password=PASSWORD,
        secrets=desk.office.secrets,
        settings={"receipt_spelling": spelling} if spelling else {},
    )


@pytest.mark.parametrize(
    ("spelling", "said"), [("", b"SendingType<"), ("type_code", b"SendingType<"), ("send_type", b"SEND_TYPE<")]
)
def test_the_accounts_word_decides(desk: Any, spelling: str, said: bytes) -> None:
    connect(desk, spelling)
    endpoint = desk.office.endpoint(companies.require_account(desk.ctx, desk.company))
    receipt = replace(freelance_receipt(), earchive=EArchive())
    raw = papers.build_paper(DocumentKind.SMM, receipt, None, endpoint=endpoint)
    assert said in raw
    assert (b"SEND_TYPE<" in raw) == (spelling == "send_type")


def test_a_way_that_nobody_knows_is_refused(desk: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        connect(desk, "elle")
    assert "type_code" in caught.value.sentence
