"""Contracts come from the endpoint, are kept between runs, and never lead us anywhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.connectors.base import Unreachable
from app.connectors.izibiz import IzibizConnector
from app.connectors.izibiz.endpoint import parse_endpoint, parse_settings
from app.connectors.izibiz.wsdl_cache import MAX_AGE, Bundle, keep_bundle, load_bundle
from app.runtime.clock import FixedClock

pytestmark = pytest.mark.shared
VKN = "0000000001"


def ask(kit: Any, connector: IzibizConnector | None = None) -> None:
    kit.integrator.say("CheckUser", kit.soap("CheckUser"))
    session = kit.open(connector)
    assert session.check_taxpayer(VKN) == []
    session.close()


def test_the_contract_is_fetched_once_per_program(kit: Any) -> None:
    ask(kit)
    fetched = list(kit.integrator.gets)
    assert fetched[0] == "/AuthenticationWS?wsdl"
    ask(kit)
    assert kit.integrator.gets == fetched


def test_the_sister_endpoint_can_be_chosen(kit: Any) -> None:
    kit.integrator.say("SendInvoice", kit.soap("SendInvoice", kit.DONE))
    kit.open(einvoice_path="/EFaturaOIB").send([kit.outgoing()])
    assert "/EFaturaOIB?wsdl" in kit.integrator.gets
    assert kit.integrator.of("SendInvoice")[0].path == "/EFaturaOIB"


def test_the_address_in_a_wsdl_leads_nowhere(kit: Any) -> None:
    """The real files name efaturatest.izibiz.com.tr; the house rule of the tests fails on any way out."""
    ask(kit)
    assert b"efaturatest.izibiz.com.tr" in (kit.integrator.contracts / "auth" / "AuthenticationWS.wsdl").read_bytes()
    assert {p.path for p in kit.integrator.posts} == {"/AuthenticationWS"}
    assert b"efaturatest" not in b"".join(p.body for p in kit.integrator.posts)


def test_a_schema_at_another_host_is_looked_for_at_home(kit: Any) -> None:
    wsdl = (kit.integrator.contracts / "auth" / "AuthenticationWS.wsdl").read_bytes()
    foreign = wsdl.replace(b'schemaLocation="Auth', b'schemaLocation="http://10.9.9.9:8080/Auth')
    kit.integrator.documents["/AuthenticationWS"] = foreign
    ask(kit)
    assert "/AuthenticationWS_xsd2.xsd" in kit.integrator.gets


@pytest.mark.parametrize("harm", ["html", "half", "dtd", "file", "no_operation", "missing_schema"])
def test_a_broken_contract_means_nothing_was_sent(kit: Any, harm: str) -> None:
    wsdl = (kit.integrator.contracts / "einvoice" / "EInvoiceWS.wsdl").read_bytes()
    kit.integrator.documents["/EInvoiceWS"] = {
        "html": b"<html><body>Bakim</body></html>",
        "half": wsdl[: len(wsdl) // 2],
        "dtd": b'<!DOCTYPE a [<!ENTITY b "c">]>' + wsdl.partition(b"?>")[2],
        "file": wsdl.replace(b"EInvoiceWS_xsd4.xsd", b"file:///etc/passwd"),
        "no_operation": wsdl.replace(b'"SendInvoice"', b'"SendFatura"'),
        "missing_schema": wsdl.replace(b"EInvoiceWS_xsd4.xsd", b"yok.xsd"),
    }[harm]
    with pytest.raises(Unreachable) as caught:
        kit.open().send([kit.outgoing()])
    assert caught.value.maybe_processed is False
    assert not kit.integrator.of("SendInvoice")


def test_a_changed_contract_is_noticed_before_anything_is_sent(kit: Any) -> None:
    schema = (kit.integrator.contracts / "einvoice" / "EInvoiceWS_xsd4.xsd").read_bytes()
    kit.integrator.documents["/EInvoiceWS_xsd4.xsd"] = schema.replace(b'name="RECEIVER"', b'name="ALICI"')
    with pytest.raises(Unreachable) as caught:
        kit.open().send([kit.outgoing()])
    assert caught.value.code == "IZIBIZ.CONTRACT_CHANGED"
    assert caught.value.maybe_processed is False
    assert kit.PASSWORD not in str(caught.value.raw_text)


def test_a_start_without_the_contract_server_uses_the_kept_one(kit: Any) -> None:
    ask(kit)
    kit.integrator.documents["/AuthenticationWS"] = b"<html>Bakim</html>"
    kit.clock.advance(timedelta(days=30))
    ask(kit, IzibizConnector(cache_folder=kit.tmp_path / "cache", clock=kit.clock))
    with pytest.raises(Unreachable):
        ask(kit, IzibizConnector(cache_folder=kit.tmp_path / "empty", clock=kit.clock))


def test_a_broken_contract_is_never_kept(kit: Any) -> None:
    kit.integrator.documents["/AuthenticationWS"] = b"<definitions/>"
    with pytest.raises(Unreachable):
        ask(kit)
    assert not list(kit.tmp_path.rglob("*.json"))


@pytest.fixture
def live(kit: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The way a live endpoint is treated, seen on loopback: the kept contract is used while it is fresh."""
    from app.connectors.base import EndpointKind
    from app.connectors.izibiz.endpoint import Endpoint
    from app.connectors.izibiz.wire import Wire

    def make() -> Wire:
        import threading

        return Wire(
            Endpoint(parse_endpoint(kit.integrator.url).base, EndpointKind.LIVE),
            parse_settings({}),
            contracts={},
            lock=threading.Lock(),
            cache_folder=kit.tmp_path / "cache",
            clock=kit.clock,
            max_request_bytes=5_000_000,
        )

    # Only so that requests does not ask a proxy of this machine for loopback.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield make


def test_a_fresh_contract_is_not_fetched_again(kit: Any, live: Any) -> None:
    def login() -> int:
        wire = live()
        header = {"SESSION_ID": "-1", "APPLICATION_NAME": "x"}
        wire.call("/AuthenticationWS", "Login", {"REQUEST_HEADER": header, "USER_NAME": "u", "PASSWORD": "p"})
        wire.close()
        return len(kit.integrator.gets)

    once = login()
    assert login() == once
    kit.clock.advance(MAX_AGE)
    assert login() == 2 * once


def test_a_bundle_comes_back_whole_or_not_at_all(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    bundle = Bundle(now, {"https://x/a?wsdl": b"\x00\xffwsdl", "https://x/b": b"xsd"})
    folder = tmp_path / "new" / "folder"
    keep_bundle(folder, "https://x/a?wsdl", bundle)
    assert load_bundle(folder, "https://x/a?wsdl") == bundle
    assert load_bundle(folder, "https://y/a?wsdl") is None
    (path,) = folder.iterdir()
    kept = json.loads(path.read_text())
    for harm in (
        {"documents": {**kept["documents"], "https://x/b": "AAAA"}},
        {"documents": []},
        {"fetched_at": "dün"},
        {"version": 99},
    ):
        path.write_text(json.dumps({**kept, **harm}))
        assert load_bundle(folder, "https://x/a?wsdl") is None
    path.write_bytes(b"\x00")
    assert load_bundle(folder, "https://x/a?wsdl") is None


def test_freshness_needs_a_sane_clock() -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    bundle = Bundle(clock.now(), {})
    assert bundle.is_fresh(clock.now())
    assert not bundle.is_fresh(clock.now() + MAX_AGE)
    assert not bundle.is_fresh(clock.now() - timedelta(seconds=1))


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(tmp_path: Path) -> None:
    blocked = tmp_path / "dosya"
    blocked.write_text("")
    keep_bundle(blocked / "wsdl", "https://x", Bundle(datetime(2026, 3, 1, tzinfo=UTC), {}))
    assert load_bundle(blocked / "wsdl", "https://x") is None
