"""A person's word on a stuck document by command, and a SIGKILL in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.office import Office
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.storage import documents, outbox, search
from app.workflows import companies, points

DraftFile = Callable[..., Path]
POINT = "db.resolve"
WHY = ("--reason", "Portala baktım")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX systems")


@pytest.fixture
def queued(run: Any, connected: str, draft_file: DraftFile) -> str:
    """The ETTN of an invoice that waits in the outbox."""
    ettn = str(run("invoice", "create", draft_file(0), "--company", connected).out.strip())
    assert run("invoice", "queue", ettn, "--company", connected, "--seal", "test").code == 0
    return ettn


def _park(data_dir: Path, vkn: str, ettn: str) -> None:
    """As the engine leaves it after eight sends that the integrator never kept."""
    with Office.open(data_dir, owner="test", secrets=MemorySecretStore()) as office:
        company = companies.require_company(office.context(), vkn)
        now = office.clock.now()
        with office.db.write(points.REVIEW) as s:
            (row,) = outbox.due(s, company.id, now=now)
            outbox.park(s, row.id, error_code="SEND.TOO_MANY", error_text="x", at=now)
            documents.flag_review(s, row.document_id, code="SEND.TOO_MANY", reason="Olmadı.", todo="Sorun.", at=now)
        assert row.ettn == ettn


def _state(data_dir: Path, vkn: str) -> tuple[str, str, list[str]]:
    with Office.open(data_dir, owner="test", secrets=MemorySecretStore()) as office, office.db.read() as s:
        company = companies.require_company(office.context(), vkn)
        (record,) = search.rows(s, search.ids(s, search.DocumentQuery(company_id=company.id)))
        return record.state.value, record.review_code, [r.state for r in outbox.for_document(s, record.id)]


def test_show_tells_what_can_be_decided_and_requeue_asks_first(
    run: Any, connected: str, sandbox: Sandbox, queued: str, data_dir: Path
) -> None:
    assert run("invoice", "show", queued, "--company", connected, "--json").json()["next_steps"] == []
    _park(data_dir, connected, queued)
    shown = run("invoice", "show", queued, "--company", connected, "--json").json("show")
    assert [step["key"] for step in shown["next_steps"]] == ["requeue", "cancel"]
    assert "Yeniden kuyruğa al" in run("invoice", "show", queued, "--company", connected).out
    assert run("sync", "--company", connected).code == 0
    assert sandbox.stored("out") == [], "parked"
    done = run("invoice", "resolve", queued, "requeue", "--company", connected, *WHY, "--json")
    assert done.code == 0, done.err
    assert (done.json()["state"], done.json()["review"]) == ("queued", None)
    assert [c.operation for c in sandbox.calls].count("GetInvoiceStatus") == 1
    run("sync", "--company", connected)
    assert [d.sends for d in sandbox.stored("out")] == [1]


def test_cancel_says_that_the_number_stays_used(
    run: Any, connected: str, queued: str, sandbox: Sandbox, data_dir: Path
) -> None:
    number = run("invoice", "show", queued, "--company", connected, "--json").json("show")["number"]
    done = run("invoice", "resolve", queued.upper(), "cancel", "--company", connected, *WHY)
    assert (done.code, done.err) == (0, "")
    assert f"{number}: İptal" in done.out and "kullanılmış kalır" in done.out
    history = run("invoice", "show", queued, "--company", connected).out
    assert "Portala baktım" in history and number in history
    run("sync", "--company", connected)
    assert sandbox.stored("out") == []
    assert _state(data_dir, connected) == ("cancelled", "", ["withdrawn"])


def test_what_cannot_be_decided_is_refused_in_one_sentence(run: Any, connected: str, queued: str) -> None:
    to = ("--company", connected)
    run("invoice", "resolve", queued, "arrived", *to, *WHY).refused(1, "sonucu bilinmeyen", "İptal et (cancel)")
    run("invoice", "resolve", queued, "dismiss", *to, *WHY).refused(1, "bu yapılamaz")
    run("invoice", "resolve", queued, "requeue", *to, *WHY).refused(1, "bu yapılamaz")
    run("invoice", "resolve", queued, "cancel", *to, "--reason", " ").refused(2, "Neden yazılmadı")
    run("invoice", "resolve", queued, "cancel", *to).refused(2, "--reason")
    run("invoice", "resolve", queued, "sil", *to, *WHY).refused(2, "'sil' olmaz")
    run("invoice", "resolve", "abc", "cancel", *to, *WHY).refused(2, "ETTN geçersiz")
    unknown = "123e4567-e89b-42d3-a456-426614174000"
    run("invoice", "resolve", unknown, "cancel", *to, *WHY).refused(1, unknown)


@posix_only
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("decision", ["cancel", "requeue"])
def test_killed_while_deciding(
    run: Any, connected: str, sandbox: Sandbox, queued: str, data_dir: Path, decision: str, phase: str
) -> None:
    """State, flag and intent change together or not at all; the same word again brings the same end."""
    _park(data_dir, connected, queued)
    command = ["invoice", "resolve", queued, decision, "--company", connected, *WHY]
    killed = subprocess.run(
        [sys.executable, "-m", "app", *command],
        env={**os.environ, "MUHURDAR_CRASH_AT": f"{POINT}:{phase}"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = {"cancel": ("cancelled", "", ["withdrawn"]), "requeue": ("queued", "", ["withdrawn", "waiting"])}[decision]
    untouched = ("queued", "SEND.TOO_MANY", ["parked"])
    assert _state(data_dir, connected) == (untouched if phase == "before" else done)
    again = run(*command)
    assert again.code == (0 if phase == "before" else 1), again.err
    assert _state(data_dir, connected) == done
    run("sync", "--company", connected)
    assert [d.sends for d in sandbox.stored("out")] == ([] if decision == "cancel" else [1])
