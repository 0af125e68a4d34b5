"""Login, Logout, the eight hours of a session, and the taxpayer list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.domain.errors import InputError
from app.runtime.safezip import iter_members
from app.sandbox.server import Sandbox

from .conftest import BUYER, BUYER_NAME, BUYER_PKS, NOW, PASSWORD, SELLER, USER, Client, furnish, refused


def test_one_session_serves_all_services_until_logout(client: Client) -> None:
    assert client.session_id not in ("", "-1")
    assert client.get() == []
    assert client.get(service=client.oib) == []
    assert client.auth.service.Logout(client.header).REQUEST_RETURN.RETURN_CODE == 0
    assert refused(client.get)[0] == 10004
    assert refused(lambda: client.auth.service.Logout(client.header))[0] == 10004


def test_a_session_lives_eight_hours(client: Client) -> None:
    client.push(hours=7, minutes=59)
    client.get()
    client.push(minutes=1)
    assert refused(client.get)[0] == 10004
    client.login()
    client.get()


def test_wrong_password_and_wrong_first_session(client: Client) -> None:
    for user, password in ((USER, "yanlış"), ("kimse", PASSWORD), (USER, PASSWORD + " ")):
        assert refused(lambda user=user, password=password: client.login(user, password))[0] == 10002
    header = client.header | {"SESSION_ID": "başka"}
    assert refused(lambda: client.auth.service.Login(header, USER_NAME=USER, PASSWORD=PASSWORD))[0] == 10013


def test_a_changed_password_ends_the_sessions(client: Client) -> None:
    client.sandbox.set_password(USER, "yeni")
    assert refused(client.get)[0] == 10004
    assert refused(client.login)[0] == 10002
    client.login(USER, "yeni")
    with pytest.raises(InputError):
        client.sandbox.set_password("kimse", "x")


def test_application_name_is_demanded(client: Client) -> None:
    client.options["APPLICATION_NAME"] = ""
    assert refused(client.get)[0] == 10013


def test_nothing_secret_is_kept_or_shown(tmp_path: Path, new_client: Callable[[Sandbox], Client]) -> None:
    path = tmp_path / "state.db"
    with Sandbox(path, now=NOW) as sandbox:
        furnish(sandbox)
        client = new_client(sandbox)
        session_id = client.login()
        client.get()
        shown = repr(sandbox.calls)
        client.transport.is_checking = False
        shown += client.transport.session.get(f"{sandbox.url}/_control/state").text
        shown += client.transport.session.get(f"{sandbox.url}/_control/calls").text
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for secret in (session_id, PASSWORD):
        assert secret not in shown
        assert secret.encode() not in kept


def test_check_user_lists_the_labels(client: Client) -> None:
    def labels(vkn: str, document_type: str | None = "INVOICE") -> list[tuple[str, str]]:
        answer = client.auth.service.CheckUser(client.header, USER={"IDENTIFIER": vkn}, DOCUMENT_TYPE=document_type)
        return [(u.UNIT, u.ALIAS) for u in answer.USER]

    assert labels(BUYER) == [("PK", pk) for pk in BUYER_PKS] + [("GB", "urn:mail:defaultgb@isil.example")]
    assert labels(BUYER, None) == labels(BUYER)
    assert labels(BUYER, "DESPATCHADVICE") == []
    assert labels("1111111111") == []
    client.sandbox.delete_alias(BUYER, BUYER_PKS[0])
    assert labels(BUYER)[0] == ("PK", BUYER_PKS[1])
    assert refused(lambda: labels(""))[0] == 10013


def _listed(client: Client, **options: Any) -> list[dict[str, str]]:
    answer = client.auth.service.GetGibUserList(client.header, **options)
    content = answer.CONTENT if isinstance(answer.CONTENT, bytes) else answer.CONTENT._value_1
    (member,) = iter_members(content)
    if options.get("TYPE") == "CSV":
        assert member.name.endswith(".csv")
        rows = csv.DictReader(io.StringIO(member.data.decode("utf-8")), delimiter=";")
        return [{k: v for k, v in row.items() if v} for row in rows]
    return [{e.tag: e.text or "" for e in user} for user in etree.fromstring(member.data)]


def test_the_list_is_a_zip_of_xml_or_csv(client: Client) -> None:
    users = _listed(client)
    assert {u["UNIT"] for u in users} == {"PK"}
    assert {u["IDENTIFIER"] for u in users} == {SELLER, BUYER}
    first = next(u for u in users if u["ALIAS"] == BUYER_PKS[0])
    assert (first["TITLE"], first["TYPE"], first["DOCUMENT_TYPE"]) == (BUYER_NAME, "OZEL", "INVOICE")
    assert first["REGISTER_TIME"] == "2026-11-20T12:00:00"
    assert {u["UNIT"] for u in _listed(client, ALIAS_TYPE="ALL")} == {"PK", "GB"}
    assert {u["UNIT"] for u in _listed(client, ALIAS_TYPE="GB", TYPE="CSV")} == {"GB"}
    assert [u["ALIAS"] for u in _listed(client, TYPE="CSV")] == [u["ALIAS"] for u in users]
    assert _listed(client, DOCUMENT_TYPE="DESPATCHADVICE") == []


def test_deltas_hold_added_and_deleted_labels(client: Client) -> None:
    client.push(days=1)
    client.login()
    since = datetime(2026, 11, 21)
    assert _listed(client, ALIAS_MODIFY_DATE=since) == []
    client.sandbox.delete_alias(BUYER, BUYER_PKS[1])
    client.sandbox.register("4840847211", "Yeni Mükellef", pk=["urn:mail:pk@yeni.example"])
    delta = {u["ALIAS"]: u for u in _listed(client, ALIAS_MODIFY_DATE=since)}
    assert set(delta) == {BUYER_PKS[1], "urn:mail:pk@yeni.example"}
    assert delta[BUYER_PKS[1]]["DELETED"] == "Y"
    assert delta[BUYER_PKS[1]]["DELETION_TIME"] == "2026-11-21T12:00:00"
    assert "DELETED" not in delta["urn:mail:pk@yeni.example"]
    assert BUYER_PKS[1] not in {u["ALIAS"] for u in _listed(client)}
    assert {u["IDENTIFIER"] for u in _listed(client, REGISTER_TIME_START=since)} == {"4840847211"}
    client.sandbox.register(BUYER, BUYER_NAME, pk=list(BUYER_PKS))
    assert BUYER_PKS[1] in {u["ALIAS"] for u in _listed(client)}, "a label that came back is alive"
    assert refused(lambda: _listed(client, TYPE="PDF"))[0] == 10013


def test_sessions_survive_a_restart_with_a_state_file(tmp_path: Path, new_client: Callable[[Sandbox], Client]) -> None:
    path = tmp_path / "state.db"
    with Sandbox(path, now=NOW) as sandbox:
        furnish(sandbox)
        client = new_client(sandbox)
        session_id = client.login()
        sandbox.advance(timedelta(hours=3))
    with Sandbox(path) as sandbox:
        again = new_client(sandbox)
        again.session_id = session_id
        again.get()
        sandbox.advance(timedelta(hours=5))
        assert refused(again.get)[0] == 10004
