"""A company with accounts at two integrators: one sends, the other only brings what arrived there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from app.connectors.izibiz import IzibizConnector
from app.domain.errors import ConfigError
from app.domain.lifecycle import Direction, State
from app.sandbox.server import Sandbox
from app.storage import companies as stored
from app.storage.records import AccountRecord
from app.workflows import companies, sync

from .conftest import Desk


class Second(IzibizConnector):
    """The same protocol under another name, as a second integrator."""

    key: ClassVar[str] = "ikinci"
    title: ClassVar[str] = "İkinci"


@pytest.fixture
def other(desk: Desk) -> Iterator[Sandbox]:
    """The second integrator, where the company has an account too."""
    desk.office._connectors["ikinci"] = Second(clock=desk.clock)
    with Sandbox(now=desk.sandbox.now()) as sandbox:
        sandbox.add_account("demo", "demo-parola", vkn="9205121120", title="X", gb=["urn:g"], pk=["urn:p"])
        companies.set_connector(
            desk.ctx,
            desk.company,
            desk.office.connector("ikinci"),
            url=sandbox.url,
            user="demo",
            password="demo-parola",
            secrets=desk.office.secrets,
            settings={},
        )
        yield sandbox


def account(desk: Desk, connector: str) -> AccountRecord:
    with desk.office.db.read() as s:
        found = stored.get_account(s, desk.company.id, connector)
    assert found is not None
    return found


def sync_with(desk: Desk, connector: str) -> sync.SyncReport:
    line = desk.office.line(account(desk, connector))
    return sync.sync_company(desk.ctx, desk.company, line, sealer=desk.sealer)


def test_the_first_account_sends_until_another_is_chosen(desk: Desk, other: Sandbox) -> None:
    assert companies.require_account(desk.ctx, desk.company).connector == "izibiz"
    assert companies.choose_account(desk.ctx, desk.company, "ikinci").connector == "ikinci"
    assert companies.require_account(desk.ctx, desk.company).connector == "ikinci"
    with pytest.raises(ConfigError):
        companies.choose_account(desk.ctx, desk.company, "yok")


def test_the_account_that_does_not_send_only_receives(desk: Desk, other: Sandbox) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    other.add_incoming(count=2, to_vkn="9205121120")
    report = sync_with(desk, "ikinci")
    assert [step.step for step in report.steps] == ["receive"] and not report.errors
    assert other.stored("out") == [] and desk.get(ettn).state is State.QUEUED
    assert len(desk.records(Direction.IN)) == 2
    assert not sync_with(desk, "izibiz").errors
    assert [d.ettn for d in desk.sandbox.stored("out")] == [ettn]


def test_an_unknown_outcome_is_left_to_a_person_when_another_account_is_chosen(desk: Desk, other: Sandbox) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_after", "SendInvoice")
    desk.sandbox.arm("drop_before", "GetInvoiceStatus", times=9)
    desk.sandbox.arm("drop_before", "GetInvoiceStatusAll", times=9)
    sync_with(desk, "izibiz")
    assert desk.get(ettn).state is State.UNKNOWN
    companies.choose_account(desk.ctx, desk.company, "ikinci")
    desk.push(hours=5)
    other.advance(desk.clock.now() - other.now())
    sync_with(desk, "ikinci")
    assert other.stored("out") == [], "the first integrator has it"
    assert desk.get(ettn).review_code == "ACCOUNT.MOVED"
