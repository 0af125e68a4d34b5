"""The control room over HTTP, the state file, the command line entry, and the limits of who may come in."""

from __future__ import annotations

import base64
import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from app.domain.errors import InputError
from app.sandbox.clock import SandboxClock
from app.sandbox.server import Sandbox
from app.sandbox.training import PASSWORD as TRAINING_PASSWORD
from app.sandbox.training import USER as TRAINING_USER

from .conftest import (
    BUYER,
    BUYER_NAME,
    BUYER_PKS,
    NOW,
    SELLER,
    SELLER_NAME,
    Client,
    connect,
    furnish,
    make_invoice,
    refused,
    sealed,
)

ETTN = make_invoice(1).uuid


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


Room = Callable[..., Any]


@pytest.fixture
def room(sandbox: Sandbox, http: requests.Session) -> Room:
    """`room("advance", hours=1)` posts, `room("state", get=True)` asks."""

    def call(name: str, *, get: bool = False, status: int = 200, **data: Any) -> Any:
        url = f"{sandbox.url}/_control/{name}"
        answer = http.get(url, params=data, timeout=10) if get else http.post(url, json=data, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


def test_the_state_can_be_seen_from_another_process(room: Room, client: Client) -> None:
    xml = sealed(1)
    client.send(xml)
    state = room("state", get=True)
    (document,) = state["documents"]["out"]
    assert document["sha256"] == hashlib.sha256(xml).hexdigest()
    assert (document["ettn"], document["sends"], document["status_code"]) == (ETTN, 1, 101)
    assert state["now"] == NOW.isoformat()
    assert "xml" not in document
    with_xml = room("state", get=True, xml="1")["documents"]["out"][0]
    assert base64.b64decode(with_xml["xml"]) == xml
    calls = room("calls", get=True, operation="SendInvoice")["calls"]
    assert [(c["operation"], c["uuids"], c["client_txn_id"], c["outcome"]) for c in calls] == [
        ("SendInvoice", [ETTN], "deneme-1", "ok")
    ]


def test_everything_can_be_pushed_from_another_process(room: Room, client: Client) -> None:
    room("account", user="yeni", password="p", vkn=BUYER, title=BUYER_NAME, pk=list(BUYER_PKS), gb=[])
    room("register", vkn="4840847211", title="Üçüncü", pk=["urn:mail:pk@ucuncu.example"])
    (ettn,) = room("incoming", count=1, to_vkn=SELLER, profile="TICARIFATURA")["ettns"]
    given = base64.b64encode(sealed(7)).decode()
    assert room("incoming", xml=given, to_vkn=SELLER)["ettns"] == [make_invoice(7).uuid]
    assert client.state(ettn) == (132, 1300)
    room("plan", ettn=ETTN, answer="RED", after_seconds=3600)
    client.send(sealed(1, profile="TICARIFATURA", customer=make_invoice().customer), RECEIVER=None)
    room("arm", fault="soap_fault", operation="GetInvoice", code=10001)
    assert refused(client.get)[0] == 10001
    room("arm", fault="drop_after")
    room("clear_faults")
    assert room("advance", hours=2)["now"] == (NOW + timedelta(hours=2)).isoformat()
    assert client.state(ETTN) == (120, 1300)
    room("mark_read", ettns=[ettn])
    assert [i.UUID for i in client.get()] == [make_invoice(7).uuid]
    assert room("expire_sessions")["ended"] == 1
    assert room("error_channel", channel="error_type") == {"channel": "error_type"}


def test_what_cannot_be_done_is_said(room: Room) -> None:
    assert "saat" not in room("advance", status=400, weeks=1)["error"]
    assert "ValueError" in room("advance", status=400, seconds=-5)["error"]
    assert room("arm", status=400, fault="deprem")["code"] == "SANDBOX.FAULT"
    assert room("plan", status=400)["error"].startswith("KeyError")
    assert room("incoming", status=400, to_vkn="1111111111")["code"] == "SANDBOX.WHO"
    assert "advance" in room("yok", status=404)["known"]


def test_a_web_page_cannot_reach_the_sandbox(sandbox: Sandbox, http: requests.Session) -> None:
    for headers in ({"Origin": "https://kotu.example"}, {"Host": f"kotu.example:{sandbox.port}"}):
        for path in ("/_control/state", "/EInvoiceWS?wsdl"):
            assert http.get(sandbox.url + path, headers=headers, timeout=5).status_code == 403
        answer = http.post(f"{sandbox.url}/_control/advance", data='{"days": 1}', headers=headers, timeout=5)
        assert answer.status_code == 403
    assert sandbox.now() == NOW
    assert http.get(f"http://localhost:{sandbox.port}/_control/state", timeout=5).status_code == 200


def test_chunked_and_oversized_requests(sandbox: Sandbox, http: requests.Session) -> None:
    url = f"{sandbox.url}/_control/advance"
    assert http.post(url, data=iter([b'{"min', b'utes": 1}']), timeout=5).status_code == 200
    assert sandbox.now() == NOW + timedelta(minutes=1)
    answer = http.post(url, data=b"", headers={"Content-Length": str(10**9)}, timeout=5)
    assert answer.status_code == 413


def test_the_clock(room: Room, sandbox: Sandbox) -> None:
    assert sandbox.integrator.clock.is_frozen
    room("freeze", frozen=False)
    first = sandbox.now()
    while sandbox.now() == first:
        pass
    assert sandbox.now() > first
    room("freeze", frozen=True)
    assert sandbox.now() == sandbox.now()
    with pytest.raises(ValueError, match="aware"):
        SandboxClock(datetime(2026, 1, 1))
    assert abs(SandboxClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_stop_and_start_keep_port_and_documents(client: Client) -> None:
    sandbox = client.sandbox
    client.send(sealed(1))
    url = sandbox.url
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        client.get()
    sandbox.start()
    assert sandbox.url == url
    assert client.state(ETTN) == (101, None)


def test_a_state_file_survives(tmp_path: Path, new_client: Callable[[Sandbox], Client]) -> None:
    path = tmp_path / "deneme.db"
    with Sandbox(path, now=NOW) as first:
        furnish(first)
        client = new_client(first)
        client.login()
        client.send(sealed(1, profile="TICARIFATURA"))
        first.set_plan(ETTN, answer="RED", after=timedelta(hours=1))
        ettns = first.add_incoming(count=2)
        first.advance(timedelta(minutes=45))
        before = first.stored("out"), first.stored("in")
    with Sandbox(path, now=NOW + timedelta(days=300)) as second:
        assert second.now() == NOW + timedelta(minutes=45), "it goes on from its own time"
        assert (second.stored("out"), second.stored("in")) == before
        again = new_client(second)
        again.login()
        assert again.state(ETTN) == (111, 1300)
        second.advance(timedelta(hours=1))
        assert again.state(ETTN) == (120, 1300)
        assert len({*ettns, *second.add_incoming(count=2)}) == 4, "no invoice comes twice"


def test_many_threads_at_once(sandbox: Sandbox) -> None:
    """Eight clients send and read at the same time; each number is taken once."""
    sandbox.add_incoming(count=5)
    documents = [[sealed(serial)] for serial in range(1, 17)]
    clients = [connect(sandbox) for _ in range(8)]
    barrier = threading.Barrier(8)

    def work(index: int) -> int:
        client = clients[index]
        client.login()
        barrier.wait(timeout=20)
        client.send(*documents[index])
        client.send(*documents[8 + index])
        return len(client.get())

    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(work, range(8))) == [5] * 8
    finally:
        for client in clients:
            client.transport.session.close()
    assert len({d.number for d in sandbox.stored("out")}) == 16


def test_the_same_invoice_from_two_threads_is_taken_once(sandbox: Sandbox) -> None:
    clients = [connect(sandbox) for _ in range(4)]
    barrier = threading.Barrier(4)
    xml = sealed(1)

    def work(client: Client) -> int:
        client.login()
        barrier.wait(timeout=20)
        try:
            client.send(xml)
        except Exception as e:
            return int(e.detail[0].findtext("ERROR_CODE"))  # type: ignore[attr-defined]
        return 0

    try:
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(work, clients)) == [0, 10009, 10009, 10009]
    finally:
        for client in clients:
            client.transport.session.close()
    assert [d.sends for d in sandbox.stored("out")] == [1]


def test_mistakes_in_setting_up_are_told() -> None:
    sandbox = Sandbox()
    try:
        with pytest.raises(InputError, match="kime geldiği"):
            sandbox.add_incoming(count=1)
        with pytest.raises(InputError, match="seals"):
            sandbox.add_account("u", "p", vkn=SELLER, title="x", seals="mum")
        with pytest.raises(InputError):
            sandbox.register("12", "x")
        sandbox.add_account("u", "p", vkn=SELLER, title=SELLER_NAME)
        with pytest.raises(InputError, match="hesabı yok"):
            sandbox.add_incoming(count=1, to_vkn=BUYER)
    finally:
        sandbox.close()


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGINT to a child")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_module_prints_its_address_and_ends_on_ctrl_c(
    tmp_path: Path, project: Path, new_client: Callable[[Sandbox], Client], by: signal.Signals
) -> None:
    command = [sys.executable, "-W", "error", "-m", "app.sandbox", "--state", str(tmp_path / "s.db")]
    child = subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        client = new_client(_At(url))  # type: ignore[arg-type]
        client.login(TRAINING_USER, TRAINING_PASSWORD)
        assert len(client.get()) == 25
        client.transport.session.close()
        child.send_signal(by)
        out, errors = child.communicate(timeout=20)
    assert (child.returncode, errors) == (0, "")
    assert "durdu" in out
    with Sandbox(tmp_path / "s.db") as again:
        assert len(again.stored("in")) == 25


class _At:
    """Just an address, for a client of a sandbox in another process."""

    def __init__(self, url: str) -> None:
        self.url = url


def test_a_state_file_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "not.txt"
    wrong.write_bytes(b"bu bir veritabani degil, duz yazi " * 50)
    for path in (wrong, tmp_path / "yok" / "s.db"):
        with pytest.raises(InputError, match="durum dosyası") as caught:
            Sandbox(path)
        assert caught.value.code == "SANDBOX.STATE"
    assert wrong.read_bytes().startswith(b"bu bir"), "left as it was"


def test_a_taken_port_is_a_sentence(sandbox: Sandbox, project: Path) -> None:
    command = [sys.executable, "-m", "app.sandbox", "--port", str(sandbox.port)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Deneme entegratörü başlatılamadı")
    assert "Traceback" not in done.stderr
