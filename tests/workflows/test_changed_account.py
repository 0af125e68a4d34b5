"""A company whose integrator account is changed while documents are on their way."""

from __future__ import annotations

from app.domain.lifecycle import State
from app.sandbox.server import Sandbox
from app.storage import outbox
from app.storage.records import AccountRecord
from app.workflows import companies

from .conftest import Desk, found


def _point_at(desk: Desk, url: str, user: str = "demo") -> AccountRecord:
    return companies.set_connector(
        desk.ctx,
        desk.company,
        desk.office.connector("izibiz"),
        url=url,
        user=user,
        password="demo-parola",
        secrets=desk.office.secrets,
        settings={},
    )


def test_an_unknown_outcome_is_not_settled_by_another_integrator(desk: Desk) -> None:
    ettn = desk.draft(0)
    desk.issue(ettn)
    desk.sandbox.arm("drop_after", "SendInvoice")
    desk.sandbox.arm("drop_before", "GetInvoiceStatus", times=9)
    desk.sandbox.arm("drop_before", "GetInvoiceStatusAll", times=9)
    desk.sync()
    assert desk.get(ettn).state is State.UNKNOWN
    with Sandbox(now=desk.sandbox.now()) as other:
        found(desk.office, other, desk.office.folder.root)
        for _ in range(4):
            desk.push(minutes=10)
            other.advance(desk.clock.now() - other.now())
            desk.sync()
        assert other.stored("out") == [], "it had reached the first integrator"
    record = desk.get(ettn)
    assert (record.state, record.review_code) == (State.UNKNOWN, "ACCOUNT.MOVED")
    with desk.office.db.read() as s:
        assert [r.state for r in outbox.for_document(s, record.id)] == ["parked"]


def test_the_session_follows_the_account(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=1, to_vkn="9205121120")
    desk.sync()
    with Sandbox(now=desk.sandbox.now()) as other:
        found(desk.office, other, desk.office.folder.root)
        other.add_incoming(count=2, to_vkn="9205121120")
        desk.push(minutes=6)
        assert not desk.sync().errors
        assert sum(c.operation == "GetInvoice" for c in other.calls) == 1
    assert desk.calls("GetInvoice") == 1
    assert desk.calls("Logout") == 1


def test_a_new_password_is_used_after_forgetting_the_session(desk: Desk) -> None:
    account = companies.require_account(desk.ctx, desk.company)
    first = desk.office.session(account)
    assert desk.office.session(account) is first
    desk.office.forget(account.id)
    assert desk.office.session(account) is not first
